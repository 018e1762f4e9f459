"""The reference pages below docs/reference/: prose and tables for people, from the resolved fleets."""

from generator.docs.build import FOLDER, build, build_pages, service_path
from generator.docs.catalogue_page import Part, catalogue_parts
from generator.docs.facts import Facts, FactsError, Gotcha, read_facts
from generator.docs.images_page import pinned
from generator.docs.kept import KEPT_PAGES, Kept, keep, kept_page
from generator.docs.namespaces_page import NamespaceTables, quotas
from generator.docs.remarks import Remarks, read_remarks, remarks_in
from generator.docs.service_page import service_page
from generator.docs.storage_rows import held
from generator.docs.view import Reference, look

__all__ = [
    "FOLDER",
    "KEPT_PAGES",
    "Facts",
    "FactsError",
    "Gotcha",
    "Kept",
    "NamespaceTables",
    "Part",
    "Reference",
    "Remarks",
    "build",
    "build_pages",
    "catalogue_parts",
    "held",
    "keep",
    "kept_page",
    "look",
    "pinned",
    "quotas",
    "read_facts",
    "read_remarks",
    "remarks_in",
    "service_page",
    "service_path",
]
