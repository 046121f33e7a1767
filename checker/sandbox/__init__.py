"""Where untrusted code runs: one narrow interface, the Docker engine behind it, a scripted double beside it."""
