import pandas

if __name__ == "__main__":
    print(pandas)
