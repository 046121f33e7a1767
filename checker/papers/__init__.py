"""Papers: where they come from, and the links in their text."""
