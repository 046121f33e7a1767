import astropy


def main():
    print(astropy.__name__)
