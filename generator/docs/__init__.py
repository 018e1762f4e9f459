"""The reference pages below docs/reference/: prose and tables for people, from the resolved fleets."""

from generator.docs.build import FOLDER, build
from generator.docs.facts import Facts, FactsError, Gotcha, read_facts
from generator.docs.remarks import Remarks, read_remarks

__all__ = ["FOLDER", "Facts", "FactsError", "Gotcha", "Remarks", "build", "read_facts", "read_remarks"]
