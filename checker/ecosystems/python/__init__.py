"""Python: specifications, interpreters, imports, entry points, plans and repairs."""
