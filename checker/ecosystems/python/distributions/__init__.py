"""Packages and the modules they provide."""
