"""Ecosystems whose reading and planning happen in a process of their own, within limits."""
