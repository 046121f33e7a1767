"""The graph of results: its vocabulary and how it is filled."""
