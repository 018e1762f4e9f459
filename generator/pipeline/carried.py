"""What the package carries for repositories that hold values only: the library chart, rules and their cases.

In a checkout all three lie at the top of the repository; the wheel holds them below `generator/data`.
"""

import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import generator

LIBRARY = "charts/common"
POLICIES = "policies"
CASES = "tests/cases"
_CACHE = ".cache/chartroom"
_MERGED = "rules"
_PACKAGE = Path(generator.__file__).resolve().parent
_WHEEL = {LIBRARY: "data/common", POLICIES: "data/policies", CASES: "data/cases"}


@dataclass(frozen=True, slots=True)
class RuleFolders:
    """Where the rules of a repository lie, and the cases of these rules; `own` are the ids that it wrote itself.

    `brings_library` says that `policies/lib` is its own too.
    """

    policies: Path
    cases: Path
    own: frozenset[str]
    brings_library: bool = False


def carried(part: str) -> Path:
    """Return the folder of what came with this package."""
    inside = _PACKAGE / _WHEEL[part]
    return inside if inside.is_dir() else _PACKAGE.parent / part


def library_folder(root: Path) -> Path:
    """Return the library chart of a repository, or the one that came with the package."""
    return root / LIBRARY if (root / LIBRARY).is_dir() else carried(LIBRARY)


def bring_library(root: Path) -> bool:
    """Copy the library chart into a repository that has none: ArgoCD reads it from there. Say whether it was so.

    From then on it is the repository's: delete the folder to get that of a newer release.
    """
    if (root / LIBRARY).exists():
        return False
    shutil.copytree(carried(LIBRARY), root / LIBRARY)
    return True


def rule_folders(root: Path) -> RuleFolders:
    """Return where to read rules and cases from: ours and the repository's in one folder.

    A repository whose `policies/` holds `lib/` brings the whole set, as a checkout of Chartroom does.

    Raises:
        PolicyUsage: a rule of the repository has the name of one of ours.
    """
    # `chartroom charts` needs this module and none of the gate, so the gate is imported here.
    from generator.policy import PolicyUsage

    ours, theirs = carried(POLICIES), root / POLICIES
    if (theirs / "lib").is_dir() or not (ours.is_dir() or theirs.is_dir()):
        return RuleFolders(theirs, root / CASES, frozenset(_ids(theirs)), brings_library=True)
    own = _ids(theirs)
    if not own and not (root / CASES).is_dir():
        return RuleFolders(ours, carried(CASES), frozenset())
    taken = sorted(own & _ids(ours))
    if taken:
        raise PolicyUsage(f"{POLICIES}/{taken[0]}: Chartroom brings a rule of this name; call yours otherwise")
    merged = _merge(root, {POLICIES: (ours, theirs), CASES: (carried(CASES), root / CASES)})
    return RuleFolders(merged / POLICIES, merged / CASES, frozenset(own))


def _ids(policies: Path) -> set[str]:
    """Return `category/name` of each folder that holds a rule, in Rego or in Python."""
    files = [*policies.glob("*/*/*.rego"), *policies.glob("*/*/test_*.py")]
    return {path.parent.relative_to(policies).as_posix() for path in files} - {"lib"}


def own_cache(root: Path) -> Path:
    """Return the cache folder of a repository, made so that Git never takes it up."""
    folder = root / _CACHE
    folder.mkdir(parents=True, exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    return folder


def _merge(root: Path, parts: dict[str, tuple[Path, Path]]) -> Path:
    """Lay the repository's files over ours in a folder named by their content, made at once or not at all."""
    files = {
        f"{part}/{path.relative_to(folder).as_posix()}": path
        for part, folders in parts.items()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (path.suffix == ".yaml" if part == CASES else path.suffix != ".pyc")
    }
    digest = sha256()
    for name, path in sorted(files.items()):
        digest.update(f"{name}\0{sha256(path.read_bytes()).hexdigest()}\0".encode())
    target = root / _CACHE / _MERGED / digest.hexdigest()[:16]
    if target.is_dir():
        return target
    target = own_cache(root) / _MERGED / target.name
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / "made"
        for name, path in files.items():
            copy = made / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        try:
            made.rename(target)
        except OSError:  # another run was faster; its folder holds the same
            if not target.is_dir():
                raise
    return target
