import numpy

ONE = numpy.ones(1)
