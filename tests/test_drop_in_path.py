"""What the drop-in commands load: no module of the standard library beyond what a bare interpreter has; of ours the rooms
that the command's row names, and there the modules listed in `drop_in_modules.txt`, a line a command line. A new module
there costs every run its loading. From that list come the parts of the bundle, `cli/bundle_parts.py`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, environment
from test_imports import imports, module_name, sources

from pywasmtools import component_embed, parse_wat
from pywasmtools.cli.bundle_parts import PARTS
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

INTERFACE = "package a:b; interface i { f: func(); } world w { import i; }"

EVERYWHERE = {"cli", "diagnostics", "release"}
"""Rooms that every command loads."""


def commands(folder: Path) -> dict[str, list[str]]:
    """The modules that each command line loads, in the order in which the main job runs them."""
    wit, module = str(HELLO / "wit"), str(HELLO / "hello.wasm")
    text = folder / "m.wat"
    text.write_text('(module (import "a" "b" (func)) (memory 1) (func (export "f") (result i32) i32.const 1))')
    embed = ["component", "embed", "-w", "hello", wit, module, "-o", "e.wasm"]
    adapter = parse_wat('(module (import "a:b/i" "f" (func $f)) (func (export "g") call $f))')
    (folder / "old.wasm").write_bytes(component_embed(INTERFACE, adapter))
    adapted = parse_wat('(module (import "old" "g" (func)))')
    (folder / "n.wasm").write_bytes(component_embed("package c:d; world w {}", adapted))
    (folder / "l.wasm").write_bytes(component_embed("package a:b; world w { import f: func(); }", b"\0asm\1\0\0\0"))
    return {
        "embed": loaded(folder, *embed),
        "new": loaded(folder, "component", "new", "e.wasm", "-o", "c.wasm"),
        "embed, dummy": loaded(folder, "component", "embed", wit, "--dummy", "-o", "d.wasm"),
        "embed, text": loaded(folder, "component", "embed", wit, str(text), "-o", "t.wasm"),
        "new, adapted": loaded(folder, "component", "new", "n.wasm", "--adapt", "old.wasm", "-o", "n.c.wasm"),
        "new, unvalidated": loaded(folder, "component", "new", "e.wasm", "--validate=false", "-o", "c.wasm"),
        "new, as text": loaded(folder, "component", "new", "e.wasm", "-t", "-o", "c.wat"),
        "wit of a component": loaded(folder, "component", "wit", "c.wasm", "-o", "o.wit"),
        "json of a component": loaded(folder, "component", "wit", "c.wasm", "-j", "-o", "o.json"),
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


PART_COSTS, KILOBYTE_COSTS = 40.0, 8.0
"""Microseconds: what a part costs that is read, and each kilobyte of bytecode in it."""


def parts(listed: dict[str, str]) -> tuple[str, ...]:
    """Modules that are loaded together, each part from the ground up, those that most command lines load first.

    Packages stand apart: they cost next to nothing, and are all that is asked for of rooms that are compiled.
    """
    users: dict[str, frozenset[str]] = {}
    for command, names in listed.items():
        for name in names.split():
            if name not in ("cli", "cli.bundle"):  # loaded before there is a bundle
                users[name] = users.get(name, frozenset()) | {command}
    packages = {name: found for name, found in users.items() if path_of(name).name == "__init__.py"}
    others = {name: found for name, found in users.items() if name not in packages}
    return tuple(" ".join(names) for _, names in sorted(joined(packages, True) + joined(others, False)))


def joined(users: dict[str, frozenset[str]], by_use: bool) -> list[tuple[int, list[str]]]:
    """The parts that modules fall into, each behind a number that says how late it comes.

    What is before a module is loaded with it. `by_use`: not what it needs, but what more command lines load, as packages do.

    At first those that the very same command lines load; then two parts are made one, as long as that saves time.
    """
    ranks = {name: (-len(users[name]) if by_use else 0, rank) for rank, name in enumerate(ground_up()) if name in users}
    found: dict[frozenset[str], float] = {}
    for name, key in users.items():
        found[key] = found.get(key, 0.0) + size(name)
    whole = {key: {key} for key in found}
    while len(found) > 1:
        saved, one, other = max(
            (
                cost(one, found[one]) + cost(other, found[other]) - cost(one | other, found[one] + found[other]),
                sorted(one),
                sorted(other),
            )
            for one in found
            for other in found
            if sorted(one) < sorted(other)
        )
        if saved <= 0:
            break
        a, b = frozenset(one), frozenset(other)
        kilobytes, keys = found.pop(a) + found.pop(b), whole.pop(a) | whole.pop(b)
        found[a | b] = found.get(a | b, 0.0) + kilobytes
        whole[a | b] = whole.get(a | b, set()) | keys
    return [(-len(key), sorted((n for n in users if users[n] in whole[key]), key=ranks.__getitem__)) for key in found]


def cost(users: frozenset[str], kilobytes: float) -> float:
    weight = len(users) + 5 * ("version" in users)  # the shortest run feels it most
    return weight * (PART_COSTS + KILOBYTE_COSTS * kilobytes)


def size(name: str) -> float:
    """The size of the bytecode of a module, roughly, in kilobytes."""
    return len(list(ast.walk(ast.parse(path_of(name).read_text())))) / 100


def path_of(name: str) -> Path:
    """The source of a module in the tree."""
    path = ROOT / "pywasmtools" / name.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def ground_up() -> list[str]:
    """The names of all modules, each behind those that it imports and behind its package."""
    graph = {module_name(p): sorted(m for m, typing_only in imports(p) if not typing_only) for p in sources()}
    seen: set[str] = set()
    done: list[str] = []

    def visit(name: str) -> None:
        if name in seen or name not in graph:
            return
        seen.add(name)
        for other in (name.rpartition(".")[0], *graph[name]):
            if other != "pywasmtools":
                visit(other)
        done.append(name)

    for name in sorted(graph):
        visit(name)
    return [name.removeprefix("pywasmtools.") for name in done]


def test_the_parts_of_the_bundle_are_those_of_the_list() -> None:
    listed = dict(line.split(": ", 1) for line in LISTED.read_text().splitlines())
    assert parts(listed) == PARTS, "python tests/test_drop_in_path.py writes them anew"


PARTS_FILE = Path(sys.modules["pywasmtools.cli.bundle_parts"].__file__ or "")
PARTS_HEAD = '''"""The parts of the bundle (`bundle.py`): modules that the same command lines load, from the ground up. Made by
`python tests/test_drop_in_path.py`; where a command changes what it loads, parts that are old cost time, nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

'''


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
    table = "\n".join(f'    "{part}",' for part in parts(dict(line.split(": ", 1) for line in text.splitlines())))
    PARTS_FILE.write_text(f"{PARTS_HEAD}PARTS: Final = (\n{table}\n)\n")
