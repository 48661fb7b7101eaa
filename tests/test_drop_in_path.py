"""What the drop-in commands load: no module of the standard library beyond what a bare interpreter has; of ours the rooms
that the command's row names, and there the modules listed in `drop_in_modules.txt`, a line a command line. A new module
there costs every run its loading.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, environment

from pywasmtools import component_embed
from pywasmtools.cli.commands import WASM_TOOLS, Row, ours

HELLO = ROOT / "examples" / "hello"
LISTED = Path(__file__).parent / "drop_in_modules.txt"

CODE = """
import sys
before = set(sys.modules)
from pywasmtools.cli.main import main
status = main(sys.argv[1:])
print("\\n".join(sorted(set(sys.modules) - before)), file=sys.stderr)
sys.exit(status)
"""


def loaded(folder: Path, *argv: str) -> list[str]:
    """The modules that a command line loads beyond those of a bare interpreter, by name."""
    env = environment(PATH="")
    done = subprocess.run([sys.executable, "-c", CODE, *argv], cwd=folder, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    return done.stderr.split()


PLAIN = {
    "component embed": ["embed"],
    "component link": ["link"],
    "component new": ["new"],
    "component wit": ["wit", "json"],
    "parse": ["parse"],
    "print": ["print"],
    "validate": ["validate"],
    "objdump": ["objdump"],
    "strip": ["strip"],
    "metadata show": ["metadata show"],
    "component targets": ["targets"],
    "component semver-check": ["semver-check"],
    "component unbundle": ["unbundle"],
    "metadata add": ["metadata add"],
}
"""The plain command lines of each row of ours, as `commands` calls them."""

EVERYWHERE = {"cli", "diagnostics", "release"}
"""Rooms that every command loads."""


def commands(folder: Path) -> dict[str, list[str]]:
    """The modules that each command line loads, in the order in which the main job runs them."""
    wit, module = str(HELLO / "wit"), str(HELLO / "hello.wasm")
    text = folder / "m.wat"
    text.write_text('(module (import "a" "b" (func)) (memory 1) (func (export "f") (result i32) i32.const 1))')
    embed = ["component", "embed", "-w", "hello", wit, module, "-o", "e.wasm"]
    (folder / "l.wasm").write_bytes(component_embed("package a:b; world w { import f: func(); }", b"\0asm\1\0\0\0"))
    return {
        "embed": loaded(folder, *embed),
        "new": loaded(folder, "component", "new", "e.wasm", "-o", "c.wasm"),
        "link": loaded(folder, "component", "link", "--dl-openable", "l.wasm", "-o", "k.wasm"),
        "wit": loaded(folder, "component", "wit", wit, "-o", "o.wit"),
        "json": loaded(folder, "component", "wit", wit, "-j", "-o", "o.json"),
        "parse": loaded(folder, "parse", str(text), "-o", "p.wasm"),
        "print": loaded(folder, "print", "c.wasm", "-o", "p.wat"),
        "validate": loaded(folder, "validate", "c.wasm"),
        "objdump": loaded(folder, "objdump", "c.wasm", "-o", "o.txt"),
        "strip": loaded(folder, "strip", "c.wasm", "-o", "s.wasm"),
        "metadata show": loaded(folder, "metadata", "show", "c.wasm", "-o", "m.txt"),
        "metadata add": loaded(folder, "metadata", "add", "--name", "x", "c.wasm", "-o", "m.wasm"),
        "targets": loaded(folder, "component", "targets", "-w", "hello", wit, "c.wasm"),
        "semver-check": loaded(folder, "component", "semver-check", wit, "--prev", "hello", "--new", "hello"),
        "unbundle": loaded(folder, "component", "unbundle", "--module-dir", "m", "c.wasm", "-o", "u.wasm"),
        "version": loaded(folder, "--version"),
    }


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return commands(tmp_path_factory.mktemp("drop-in"))


def test_nothing_of_the_standard_library_is_loaded(modules: dict[str, list[str]]) -> None:
    for name, found in modules.items():
        others = {m for m in found if not m.startswith("pywasmtools")}
        assert others <= {"__future__", "gc"}, f"{name} loads {sorted(others)}"


def test_only_the_listed_modules_are_loaded(modules: dict[str, list[str]]) -> None:
    listed = dict(line.split(": ", 1) for line in LISTED.read_text().splitlines())
    for name, found in modules.items():
        ours = [m.removeprefix("pywasmtools.") for m in found if m.startswith("pywasmtools.")]
        assert sorted(set(ours) - set(listed[name].split())) == [], f"{name} loads more than is listed"


def rooms_of(modules: list[str]) -> set[str]:
    return {m.split(".")[1] for m in modules if m.startswith("pywasmtools.")}


@pytest.mark.parametrize("row", ours(WASM_TOOLS), ids=lambda row: row.path)
def test_the_rooms_of_a_row_are_those_that_are_loaded(row: Row, modules: dict[str, list[str]]) -> None:
    found = set().union(*(rooms_of(modules[name]) for name in PLAIN[row.path]))
    assert found - EVERYWHERE == set(row.rooms)


def test_commands_on_text_load_no_binary_rooms(modules: dict[str, list[str]]) -> None:
    for name in ("wit", "json"):
        assert not rooms_of(modules[name]) & {"wasm", "wat", "validation", "wit_binary", "componentize"}
    assert not {
        m for m in modules["new"] if m.startswith(("pywasmtools.wit.syntax.lexer", "pywasmtools.wit.syntax.parser"))
    }


def test_the_version_loads_no_command(modules: dict[str, list[str]]) -> None:
    assert rooms_of(modules["version"]) == EVERYWHERE
    assert not {row.module for row in ours(WASM_TOOLS)} & set(modules["version"])


if __name__ == "__main__":
    # python tests/test_drop_in_path.py writes the list anew; look at what it grew by.
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        rows = commands(Path(scratch))
    text = ""
    for key, value in rows.items():
        text += (
            f"{key}: " + " ".join(m.removeprefix("pywasmtools.") for m in value if m.startswith("pywasmtools.")) + "\n"
        )
    LISTED.write_text(text)
