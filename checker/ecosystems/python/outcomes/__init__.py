"""What the result of a step means for Python code."""
