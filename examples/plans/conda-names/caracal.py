import cv2
import msgpack
import tables

if __name__ == "__main__":
    print(cv2, msgpack, tables)
