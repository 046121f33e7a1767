import numpy


def read():
    return numpy.zeros(3)
