import sklearn

if __name__ == "__main__":
    print(sklearn)
