import matplotlib
import networkx
import scipy

if __name__ == "__main__":
    print(networkx.path_graph(3))
