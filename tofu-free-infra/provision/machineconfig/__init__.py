"""Talos machine configuration for the contracts 1.13 and 1.14: typed input in, YAML documents and findings out."""
