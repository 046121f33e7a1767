import rich

__version__ = "0.2"
print = rich.print
