import attr


@attr.s
class Model:
    size = attr.ib(default=1)


print(Model())
