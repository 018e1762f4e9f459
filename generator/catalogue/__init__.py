"""What people wrote, typed and resolved for each environment."""

from generator.catalogue.load import Catalogue, Resolver, Sources, read_sources

__all__ = ["Catalogue", "Resolver", "Sources", "read_sources"]
