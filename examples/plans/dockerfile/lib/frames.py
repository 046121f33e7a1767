import cv2


def read(path):
    return cv2.imread(path)
