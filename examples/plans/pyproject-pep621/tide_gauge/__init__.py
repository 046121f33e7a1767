import numpy

LEVEL = numpy.zeros(1)
