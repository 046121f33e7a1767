import attrs


def describe(value):
    match value:
        case [first, *_]:
            return first
        case _:
            return attrs.asdict(value)


if __name__ == "__main__":
    print(describe([1]))
