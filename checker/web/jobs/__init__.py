"""Checks that visitors ask for: the queue, its tickets and the archive."""
