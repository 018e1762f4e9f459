"""Manifests against schemas: rendered text in, objects and faults out.

Nothing here knows values files: a fault names the path within its object, the caller its place.
"""

from generator.schema.definition import definitions_of, has_cel
from generator.schema.fault import RULES, Fault, SchemaError, dotted
from generator.schema.kubernetes import Kind, schema_folder
from generator.schema.manifest import Manifest, Reading, read_manifests
from generator.schema.validator import Validator
from generator.schema.verdict import Judge, Verdict, judge, judge_all, key_of

__all__ = [
    "RULES",
    "Fault",
    "Judge",
    "Kind",
    "Manifest",
    "Reading",
    "SchemaError",
    "Validator",
    "Verdict",
    "definitions_of",
    "dotted",
    "has_cel",
    "judge",
    "judge_all",
    "key_of",
    "read_manifests",
    "schema_folder",
]
