"""What `chartroom charts` writes about rules: a page for each, and the schema of the document that they read."""

import json
import os
from hashlib import sha256
from pathlib import Path

import generator
from generator.finding import Finding, Place, Unusable
from generator.pipeline.carried import CASES, POLICIES, carried, own_cache

_SCHEMA = ".schemas/fleet-document.json"
_KEPT = ".cache/chartroom/rulebook.json"
_PACKAGE = Path(generator.__file__).parent
# Besides the rules and cases themselves these decide what stands on a page.
_MADE_BY = ("policy/page.py", "policy/rule.py", "policy/marked.py", "policy/stages.py", "policy/stages.yaml")


def rule_book(root: Path) -> dict[str, str]:
    """Return every page and the schema, by path.

    Reading rules takes ten times as long as seeing that none has changed, so the pages are kept. That only saves
    time.

    Raises:
        Unusable: a rule is not finished.
    """
    parts = _parts(root)
    files = [
        *(path for policies, _ in parts for path in sorted(policies.glob("*/*/*"))),
        *(path for _, cases in parts for path in sorted(cases.glob("*/*/*/*.yaml"))),
    ]
    digest = sha256(str(len(parts)).encode())
    for path in (*(_PACKAGE / name for name in _MADE_BY), *files):
        if path.suffix in (".rego", ".py", ".yaml"):
            digest.update(f"{path.parent.parent.name}/{path.parent.name}/{path.name}\0".encode())
            digest.update(path.read_bytes() + b"\0")
    pages = _recalled(root / _KEPT, digest.hexdigest())
    if pages is None:
        pages = _made(parts)
        _keep(root, digest.hexdigest(), pages)
    return {**pages, _SCHEMA: (_PACKAGE / "policy/document.schema.json").read_text(encoding="utf-8")}


def _parts(root: Path) -> list[tuple[Path, Path]]:
    """Return folders of rules and of their cases: what came with this package, then the repository's own."""
    own = (root / POLICIES, root / CASES)
    return [own] if (own[0] / "lib").is_dir() else [(carried(POLICIES), carried(CASES)), own]


def _made(parts: list[tuple[Path, Path]]) -> dict[str, str]:
    # Whoever finds the pages kept needs nothing of the gate.
    from generator.policy import PolicyUsage, read_rules, rule_pages
    from generator.policy.marked import marked_rules
    from generator.policy.rule import rule_files

    found = {}
    for policies, _ in parts:
        try:
            rules = read_rules(policies) if any(rule_files(policies)) else ()
        except PolicyUsage as error:
            path, _, said = str(error).partition(": ")
            fix = "finish the rule, or take its folder away"
            raise Unusable([Finding(Place(path), "policy/rule", said, fix)]) from error
        ids = {rule.id: rule for rule in (*rules, *marked_rules(policies))}
        found.update(ids)
        own = frozenset(ids)
    return rule_pages([found[name] for name in sorted(found)], [cases for _, cases in parts], own)


def _recalled(path: Path, digest: str) -> dict[str, str] | None:
    try:
        made_from, sealed, content = path.read_bytes().split(b"\n", 2)
        if made_from.decode() != digest or sealed.decode() != sha256(content).hexdigest():
            return None
        pages: dict[str, str] = json.loads(content)
        return pages
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(root: Path, digest: str, pages: dict[str, str]) -> None:
    try:
        path = own_cache(root) / Path(_KEPT).name
        part = path.with_suffix(f".{os.getpid()}")
        content = json.dumps(pages).encode()
        part.write_bytes(f"{digest}\n{sha256(content).hexdigest()}\n".encode() + content)
        part.replace(path)
    except OSError:
        return  # where nothing can be kept, the next run reads the rules again
