import my_private_lab_module
import numpy

if __name__ == "__main__":
    print(numpy.ones(1), my_private_lab_module)
