"""Node modules: from an npm lock into the cache."""

from pathlib import Path

from tests.toolchain.clone import FAKE_NPM, Recorder, make_clone, make_program
from toolchain.node import provide_modules


def test_provide_modules_installs_once_and_links(tmp_path: Path) -> None:
    places, recorder = make_clone(tmp_path), Recorder()
    make_program(places.venv / "bin" / "npm", FAKE_NPM)
    folder = places.clone / "tools" / "draw"
    for _ in range(2):
        provide_modules(folder, places=places, progress=recorder, environ={})
    assert recorder.said == ["set-up: installing the Node modules of draw"]
    assert (folder / "node_modules" / "mermaid").is_dir()
    assert (folder / "node_modules").resolve().is_relative_to(places.cache)


def test_provide_modules_installs_again_for_another_lock(tmp_path: Path) -> None:
    places, recorder = make_clone(tmp_path), Recorder()
    make_program(places.venv / "bin" / "npm", FAKE_NPM)
    folder = places.clone / "tools" / "draw"
    provide_modules(folder, places=places, progress=recorder, environ={})
    first = (folder / "node_modules").resolve()
    (folder / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}\n')
    provide_modules(folder, places=places, progress=recorder, environ={})
    assert (folder / "node_modules").resolve() != first
