import numpy


def trail():
    return numpy.arange(3)
