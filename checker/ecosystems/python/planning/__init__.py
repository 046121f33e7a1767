"""Makes plans for a project, and the next plan after an attempt."""
