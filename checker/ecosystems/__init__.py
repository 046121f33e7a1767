"""One file per language: detect it in a tree, plan its build, repair its plans."""
