"""An ordinary program that needs nothing."""

if __name__ == "__main__":
    print("done")
