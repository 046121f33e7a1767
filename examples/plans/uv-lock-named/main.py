import polars

if __name__ == "__main__":
    print(polars.DataFrame({"a": [1]}))
