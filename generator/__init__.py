"""Chartroom: service files in; charts, Applications, reference pages and findings out."""

__version__ = "0.1.0"
