import _stoat

if __name__ == "__main__":
    print(_stoat)
