import polars


def main():
    print(polars.DataFrame({"a": [1]}))


if __name__ == "__main__":
    main()
