import numexpr

if __name__ == "__main__":
    print(numexpr.evaluate("1 + 1"))
