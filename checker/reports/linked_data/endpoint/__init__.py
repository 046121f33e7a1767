"""The SPARQL endpoint over the graph."""
