"""The gate: rules, the document that they read, the engine that asks them, and waivers."""

from generator.policy.case import FOLDER as CASES
from generator.policy.case import Case, case_document, find_cases
from generator.policy.document import Context, Entry, build_document, to_bytes
from generator.policy.error import PolicyError, PolicyUsage
from generator.policy.gate import Judgement, PythonRule, Readied, judge_fleet, judge_readied, readied
from generator.policy.group import findings_of
from generator.policy.hit import Hit, finished_hits, stage_rule
from generator.policy.library import Library, library_of
from generator.policy.page import rule_pages
from generator.policy.place import Places, place_of, trace
from generator.policy.relate import short_name
from generator.policy.rule import Rule, read_rules
from generator.policy.runner import ask, find_conftest
from generator.policy.stages import stages
from generator.policy.trace import values_path
from generator.policy.waiver import Waived, Waiver, apply, read_waivers

__all__ = [
    "CASES",
    "Case",
    "Context",
    "Entry",
    "Hit",
    "Judgement",
    "Library",
    "Places",
    "PolicyError",
    "PolicyUsage",
    "PythonRule",
    "Readied",
    "Rule",
    "Waived",
    "Waiver",
    "apply",
    "ask",
    "build_document",
    "case_document",
    "find_cases",
    "find_conftest",
    "findings_of",
    "finished_hits",
    "judge_fleet",
    "judge_readied",
    "library_of",
    "place_of",
    "read_rules",
    "read_waivers",
    "readied",
    "rule_pages",
    "short_name",
    "stage_rule",
    "stages",
    "to_bytes",
    "trace",
    "values_path",
]
