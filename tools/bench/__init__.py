"""Measures the checker on lists of repositories; `python -m tools.bench --help` names the measurements."""
