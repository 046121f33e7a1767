import pandas


def main():
    print(pandas.DataFrame({"herons": [1]}))
