"""One file per format of dependency declaration."""
