import helper
import requests
import toolkit
import viewer

if __name__ == "__main__":
    print(requests.__version__, helper, toolkit, viewer)
