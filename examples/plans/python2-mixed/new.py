import requests

if __name__ == "__main__":
    print(f"new {requests.__version__}")
