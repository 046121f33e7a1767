"""Points of the unit grid."""

import numpy as np


def grid(n):
    return np.linspace(0.0, 1.0, n + 1)
