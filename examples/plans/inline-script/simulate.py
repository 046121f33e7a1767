# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy<2", "rich"]
# ///
import numpy
import rich

if __name__ == "__main__":
    rich.print(numpy.ones(2))
