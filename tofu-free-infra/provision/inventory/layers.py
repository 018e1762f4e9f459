"""Read the files of an environment and lay them over each other: site, environment's site, hosts, inventory."""

from dataclasses import dataclass
from pathlib import Path as FilePath

from generator.finding import Finding
from generator.source import Map, MergeRules, Value, merge, read_file, settle

# Here null has a meaning of its own: a checksum that is not known, a partition that is not encrypted.
_RULES = MergeRules(passes_null=lambda path: path[0] in ("images", "talos"))
_SITE_PARTS = ("zone", "timezone", "kubernetes", "networks", "addresses", "address_pools", "secret_store", "devices")
FOLDER = "values/inventory"
HOSTS = f"{FOLDER}/hosts.yaml"


@dataclass(frozen=True, slots=True)
class Layers:
    """The merged trees of an environment: what the site says, and its machines with the defaults under them."""

    site: Map
    machines: Map
    findings: tuple[Finding, ...]


def environments(root: FilePath) -> tuple[str, ...]:
    """Return the environments that have an inventory."""
    found = (root / FOLDER).glob("*.yaml")
    return tuple(sorted(file.stem for file in found if file.stem != "hosts"))


def read_layers(root: FilePath, environment: str) -> Layers:
    """Read and merge the files of an environment."""
    files = ["values/site.yaml", f"values/environments/{environment}.yaml", HOSTS, f"{FOLDER}/{environment}.yaml"]
    documents = [read_file(root, file) for file in files]
    findings = [finding for document in documents for finding in document.findings]
    site, above, hosts, own = (document.tree for document in documents)
    merged_site = merge(_only(site), _only(above.child("site")), findings)
    merged = merge(settle(hosts, findings, _RULES), own, findings, _RULES)
    return Layers(merged_site, _with_defaults(merged, findings), tuple(findings))


def _only(tree: Map) -> Map:
    """Keep what provisioning reads: the rest has merging rules of its own, which are the generator's."""
    result = Map(tree.place)
    for key in _SITE_PARTS:
        if key in tree:
            result.put(key, tree[key], *tree.marks[key])
    return result


def _with_defaults(merged: Map, findings: list[Finding]) -> Map:
    defaults = merged.child("defaults")
    result = merged.copy()
    for kind in ("nodes", "vms"):
        machines = merged.get(kind)
        if not isinstance(machines, Map):
            continue
        finished = machines.copy()
        for name, machine in machines.items():
            if isinstance(machine, Map):
                laid: Value = merge(defaults.child(kind), machine, findings)
                finished.put(name, laid, *machines.marks[name])
        result.put(kind, finished, *merged.marks[kind])
    return result
