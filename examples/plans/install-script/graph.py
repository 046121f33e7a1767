import igraph
import pydot

if __name__ == "__main__":
    print(igraph, pydot)
