"""The frozen values that travel from a paper to its report; each round-trips through JSON."""
