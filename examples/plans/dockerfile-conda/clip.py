import rasterio
import rioxarray

if __name__ == "__main__":
    print(rasterio, rioxarray)
