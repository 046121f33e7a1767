import mpi4py
import psycopg2
import pygraphviz

if __name__ == "__main__":
    print(mpi4py, psycopg2, pygraphviz)
