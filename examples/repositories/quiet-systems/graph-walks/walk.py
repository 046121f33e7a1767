"""Random walks on a small world."""

import argparse

import networkx as nx
import numpy as np


def walk(graph, steps, seed):
    random = np.random.RandomState(seed)
    node, path = 0, [0]
    for _ in range(steps):
        node = random.choice(sorted(graph.neighbors(node)))
        path.append(int(node))
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(walk(nx.watts_strogatz_graph(20, 4, 0.1, seed=1), arguments.steps, arguments.seed))
