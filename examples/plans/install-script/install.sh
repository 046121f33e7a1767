#!/bin/sh
apt-get install -y graphviz
pip install pydot==1.4.2 igraph
