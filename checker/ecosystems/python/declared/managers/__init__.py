"""What project managers install: groups, extras, and folders of the tree that requirements come from."""
