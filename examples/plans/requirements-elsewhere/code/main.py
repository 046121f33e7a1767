from sklearn.linear_model import Ridge

if __name__ == "__main__":
    print(Ridge())
