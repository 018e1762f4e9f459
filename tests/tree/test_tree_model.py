"""Which trees are refused, before anything is looked at on disk."""

import pytest

from generator.tree import Content, Link, Scope, Tree, TreeError
from tests.tree.trees import SCOPE

NO_PATH = "this is no path below the output folder, or a name in it is reserved"
ELSEWHERE = "lies in none of the generated folders (charts, kubernetes, docs/reference)"
CIRCLE = "which leads through a link or back to itself"


@pytest.mark.parametrize(
    "path",
    [
        "charts/a/b.yaml",
        "charts/a b/ü.yaml",
        "charts/.helmignore",
        "charts/..a/b..c",
        "charts/.gitattributes",
        "docs/reference/a.md",
    ],
)
def test_tree_accepts(path: str) -> None:
    assert list(Tree(SCOPE, {path: b""}).entries) == [path]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", f"'': {NO_PATH}"),
        ("/etc/passwd", f"'/etc/passwd': {NO_PATH}"),
        ("..", f"'..': {NO_PATH}"),
        ("charts/../values/site.yaml", f"'charts/../values/site.yaml': {NO_PATH}"),
        ("charts/./a", f"'charts/./a': {NO_PATH}"),
        ("charts//a", f"'charts//a': {NO_PATH}"),
        ("charts/a/", f"'charts/a/': {NO_PATH}"),
        ("charts/a\0", f"'charts/a\\x00': {NO_PATH}"),
        ("charts/a\nb", f"'charts/a\\nb': {NO_PATH}"),
        ("charts/ü\u2028", f"'charts/\\xfc\\u2028': {NO_PATH}"),
        ("charts/\ud800", f"'charts/\\ud800': {NO_PATH}"),
        ("charts\\a", f"'charts\\\\a': {NO_PATH}"),
        ("charts/.git/config", f"'charts/.git/config': {NO_PATH}"),
        ("charts/.GIT/ü", f"'charts/.GIT/ü': {NO_PATH}"),
        ("charts/.chartroom-tmp-1", f"'charts/.chartroom-tmp-1': {NO_PATH}"),
        ("values/site.yaml", f"values/site.yaml: {ELSEWHERE}"),
        ("chartsx/a", f"chartsx/a: {ELSEWHERE}"),
        ("charts", f"charts: {ELSEWHERE}"),
        ("charts/common/a", "charts/common/a: belongs to people, nothing is generated there"),
        ("charts/README.md", "charts/README.md: belongs to people, nothing is generated there"),
    ],
)
def test_tree_refuses_a_path(path: str, text: str) -> None:
    with pytest.raises(TreeError) as error:
        Tree(SCOPE, {path: b""})

    assert str(error.value) == text


@pytest.mark.parametrize("target", ["../../common", "../values.yaml", "x", "../../../README.md"])
def test_tree_accepts_a_link(target: str) -> None:
    assert Tree(SCOPE, {"charts/media/charts/common": Link(target)}).entries["charts/media/charts/common"] == Link(
        target
    )


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("", "charts/a/l: would link to '', outside of the output folder"),
        ("/etc", "charts/a/l: would link to '/etc', outside of the output folder"),
        ("../..", "charts/a/l: would link to '../..', outside of the output folder"),
        ("../../../x", "charts/a/l: would link to '../../../x', outside of the output folder"),
        ("../../.git", "charts/a/l: would link to '../../.git', outside of the output folder"),
        ("x\0", "charts/a/l: would link to 'x\\x00', outside of the output folder"),
        ("l", f"charts/a/l: would link to l, {CIRCLE}"),
        (".", f"charts/a/l: would link to ., {CIRCLE}"),
        ("..", f"charts/a/l: would link to .., {CIRCLE}"),
        ("l/x", f"charts/a/l: would link to l/x, {CIRCLE}"),
    ],
)
def test_tree_refuses_a_link(target: str, text: str) -> None:
    with pytest.raises(TreeError) as error:
        Tree(SCOPE, {"charts/a/l": Link(target)})

    assert str(error.value) == text


@pytest.mark.parametrize(
    ("paths", "text"),
    [
        ({"charts/a", "charts/a/b"}, "charts/a: is wanted both as a file and as a folder"),
        ({"charts/a", "charts/a/b/c/d"}, "charts/a: is wanted both as a file and as a folder"),
        (
            {"charts/a/B", "charts/a/b"},
            "charts/a/b: is one file with charts/a/B where the case of letters does not count",
        ),
    ],
)
def test_tree_refuses_paths_that_cannot_both_exist(paths: set[str], text: str) -> None:
    with pytest.raises(TreeError) as error:
        Tree(SCOPE, dict.fromkeys(paths, b""))

    assert str(error.value) == text


def test_tree_refuses_links_in_a_circle() -> None:
    with pytest.raises(TreeError) as error:
        Tree(SCOPE, {"charts/a": Link("b"), "charts/b": Link("a")})

    assert str(error.value) == f"charts/a: would link to b, {CIRCLE}"


def test_tree_sorts_its_entries_and_cannot_be_changed() -> None:
    given: dict[str, Content] = {"charts/b": b"", "charts/a": b""}
    tree = Tree(SCOPE, given)
    given["charts/c"] = b""

    assert list(tree.entries) == ["charts/a", "charts/b"]


def test_scope_refuses_a_folder_outside() -> None:
    with pytest.raises(TreeError) as error:
        Scope(folders=("../other",))

    assert str(error.value) == f"'../other': {NO_PATH}"
