"""Trusted access to the package index: the resolver, lookups and remote archives."""
