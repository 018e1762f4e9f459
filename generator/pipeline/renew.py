"""A run after few changes: by what the last one knew, where that can be proven to come to the same."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.pipeline.beside import beside
from generator.pipeline.state import SCOPE, Inputs, Outcome, entry_of, finding_of, remember
from generator.tree import Held, amend, read_ledger, seal, seal_after

if TYPE_CHECKING:
    from generator.pipeline.generate import Made
    from generator.pipeline.memo.store import Memo


def renew(held: Held, inputs: Inputs) -> Outcome | None:
    """Write what the change of a few services of one domain alters; None where it may be more than that.

    Raises:
        TreeError: something cannot be read or written.
    """
    from generator.pipeline.memo.store import load

    root = held.root
    memo = load(root, inputs.program)
    domain, changed = _changed(memo, inputs) if memo is not None else (None, frozenset[str]())
    if memo is None or domain is None:
        return None
    with beside(lambda: seal(root, SCOPE)) as sealed:
        from generator.pipeline.memo.again import write_again
        from generator.pipeline.memo.window import Unprovable

        warnings = tuple(finding_of(entry) for entry in memo.warnings)
        ledger = read_ledger(root)
        try:
            renewed = write_again(root, memo, domain, changed, warnings, ledger)
        except Unprovable:
            return None
        if sealed() != memo.seal or not renewed.files.keys() <= ledger.digests.keys():
            return None
    written = amend(held, renewed.files)
    outcome = Outcome(len(memo.services), memo.domains, len(memo.environments), renewed.warnings)
    if inputs.stand_still(root):
        after = seal_after(root)
        remember(root, inputs, outcome, after)
        _keep_text(root, replace(memo, kept=renewed.kept), inputs, outcome, after)
    return replace(outcome, written=len(written))


def _changed(memo: "Memo", inputs: Inputs) -> tuple[str | None, frozenset[str]]:
    """The domain in which all changes lie, and the files; None where others than services changed."""
    if memo.inputs.keys() != inputs.digests.keys():
        return None, frozenset()
    changed = frozenset(path for path, digest in inputs.digests.items() if memo.inputs[path] != digest)
    domains = {path.split("/")[2] for path in changed if path in memo.texts}
    if len(domains) != 1 or not changed <= memo.texts.keys():
        return None, frozenset()
    return domains.pop(), changed


def keep(root: Path, inputs: Inputs, made: "Made", outcome: Outcome, sealed: str) -> None:
    """Keep what a whole run knew."""
    from generator.pipeline.memo.store import Memo, save

    handed = made.handed
    memo = Memo(
        program=inputs.program,
        inputs=inputs.digests,
        seal=sealed,
        texts={},
        services=handed.services,
        environments=handed.environments,
        domains=outcome.domains,
        operators=handed.operators,
        steps=handed.steps,
        near=handed.near,
        kept=handed.kept,
        warnings=(),
    )
    save(root, _told(memo, inputs, outcome, sealed), made.around)


def _keep_text(root: Path, memo: "Memo", inputs: Inputs, outcome: Outcome, sealed: str) -> None:
    from generator.pipeline.memo.store import save_text

    save_text(root, _told(memo, inputs, outcome, sealed))


def _told(memo: "Memo", inputs: Inputs, outcome: Outcome, sealed: str) -> "Memo":
    paths = {known.path for known in memo.services.values()}
    texts = {
        path: content.decode() for path, content in inputs.files.items() if path in paths and isinstance(content, bytes)
    }
    entries = tuple(entry_of(finding) for finding in outcome.warnings)
    return replace(memo, inputs=inputs.digests, seal=sealed, texts=texts, warnings=entries)
