import ctypes

if __name__ == "__main__":
    print(ctypes.CDLL("native/lib.so"))
