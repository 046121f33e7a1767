"""Turns what steps left behind into causes, rungs, verdicts and scores."""
