"""Coots."""
