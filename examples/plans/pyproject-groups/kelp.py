import xarray

if __name__ == "__main__":
    print(xarray.DataArray([1]))
