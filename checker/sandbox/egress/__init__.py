"""The proxy through which a sandbox reaches the package indexes, and nothing else."""
