"""From a project to plans, and from one attempt to the next plan."""
