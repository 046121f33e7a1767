from shapely.geometry import Point

if __name__ == "__main__":
    print(Point(0, 0).buffer(1).area)
