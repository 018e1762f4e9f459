"""What people may write, as JSON Schema: one place for the reader, editors, pages and tests."""

from generator.catalogue.shape.check import Shape, shapes, show

__all__ = ["Shape", "shapes", "show"]
