import sys

import numpy as np
import PIL.Image
import skimage.io
from sklearn import svm

if __name__ == "__main__":
    print(np.ones(1), PIL, skimage, svm, sys.argv)
