"""A made-up store of any size, its site, and how fast a browser opens and filters it."""
