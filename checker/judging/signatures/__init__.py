"""Tables of what tools print when they fail: each row names a cause and the pattern that gives it away.

The tables are ordered, and the first hit wins (`judging.diagnose`). Every row has a name of its own and, in
`signature_excerpts.py`, one excerpt of a real log that it must match and no earlier row may. Patterns never
hold an unbounded repetition over more than one line, so that hostile logs cost no more than honest ones.
"""
