"""The command line: `python -m tools.bench.site make DIR`, then `browse DIR`."""
