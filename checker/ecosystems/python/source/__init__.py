"""One file's text: syntax tree, imports, static values, notebooks."""
