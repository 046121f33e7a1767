"""Lock files: exact versions that a tool wrote for an environment."""
