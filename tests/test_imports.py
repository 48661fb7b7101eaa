"""The house plan, checked: which room imports from which, and that there are no circles."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pywasmtools"

ROOMS = [
    "release",
    "compiled",
    "windows",
    "processes",
    "diagnostics",
    "canonical_abi",
    "text",
    "regex",
    "web",
    "wasm",
    "validation",
    "wat",
    "wit",
    "wit_binary",
    "load",
    "componentize",
    "sections",
    "worlds",
    "changes",
    "api",
    "library",
    "cli",
    "lab",
]
"""From the ground up: a room imports only from those before it, and from itself."""

NOT_FROM = {
    "wit": {"web", "wasm", "validation", "wat"},
    "wasm": {"wit"},
    "sections": {"validation", "wit", "wit_binary", "load", "componentize"},
    "validation": {"web", "wat", "wit"},
    "wat": {"web", "wit"},
    "cli": {"library"},
}
"""Two foundations stand side by side: neither knows the other. The command line knows nothing of the face for Python."""

WALLS = {
    "validation": [
        "core",
        "component",
        "workers",
        "validator",
        "custom_sections",
        "rust_names",
        "dwarf",
        "dwarf_lines",
        "dwarf_units",
        "dwarf_functions",
        "source_places",
        "whole",
    ],
    "wat": ["char_widths", "lexer", "floats", "dwarf", "cursor", "sections", "print", "core", "component", "parse"],
    "wit": ["", "syntax", "transform"],
    "componentize": ["", "linking"],
}
"""Inner walls: the files and sub-rooms of a room from the ground up; "" stands for every file not named."""

APART = [("wat.print", "wat.core"), ("wat.print", "wat.component"), ("wat.print", "wat.cursor")]
"""Sub-rooms and files that know nothing of each other."""

LARGEST_ROOM = 20
"""So many files stand in one room without inner walls."""


def sources() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@functools.cache
def imports(path: Path) -> list[tuple[str, bool]]:
    """(module, only for type checking) for each import of our own in a file, wherever it stands."""
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, typing_only: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
                for inner in child.body:
                    visit(ast.Module([inner], []), True)
                continue
            if isinstance(child, ast.ImportFrom) and child.module and child.module.startswith("pywasmtools"):
                names = [f"{child.module}.{a.name}" for a in child.names]
                known = [n if (ROOT / (n.replace(".", "/") + ".py")).exists() else child.module for n in names]
                found.extend((n, typing_only) for n in known)
            elif isinstance(child, ast.Import):
                found.extend((a.name, typing_only) for a in child.names if a.name.startswith("pywasmtools"))
            visit(child, typing_only)

    visit(ast.parse(path.read_text()), False)
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda p: module_name(p))
def test_a_room_imports_only_from_rooms_before_it(path: Path) -> None:
    room = room_of(module_name(path))
    if room in ("", "__main__"):
        return
    assert room in ROOMS, f"{room} is not in the plan"
    for module, _ in imports(path):
        other = room_of(module)
        if other and other != room:
            assert ROOMS.index(other) < ROOMS.index(room), f"{module_name(path)} imports {module}"
            assert other not in NOT_FROM.get(room, ()), f"{module_name(path)} imports {module}"


def place_behind_wall(module: str) -> tuple[str, int] | None:
    """The room of a module that has inner walls, and its place there from the ground up."""
    parts = module.split(".")
    if len(parts) < 3 or parts[1] not in WALLS:
        return None
    order = WALLS[parts[1]]
    return parts[1], order.index(parts[2] if parts[2] in order else "")


@pytest.mark.parametrize("path", sources(), ids=lambda p: module_name(p))
def test_inner_walls_stand(path: Path) -> None:
    here = place_behind_wall(module_name(path))
    for module, _ in imports(path):
        there = place_behind_wall(module)
        if here and there and here[0] == there[0]:
            assert there[1] <= here[1], f"{module_name(path)} imports {module}"
    for one, other in [*APART, *((b, a) for a, b in APART)]:
        if module_name(path).startswith(f"pywasmtools.{one}"):
            assert not [m for m, _ in imports(path) if m.startswith(f"pywasmtools.{other}")], module_name(path)


def test_a_large_room_has_inner_walls() -> None:
    for folder in {p.parent for p in sources()}:
        assert len([p for p in folder.glob("*.py") if p.stem != "__init__"]) <= LARGEST_ROOM, folder


def test_there_are_no_circles() -> None:
    graph = {module_name(p): {m for m, typing_only in imports(p) if not typing_only} for p in sources()}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        if module not in done:
            for other in sorted(graph.get(module, ())):
                visit(other, (*trail, module))
            done.add(module)

    for module in sorted(graph):
        if module not in ("pywasmtools", "pywasmtools.__main__"):
            visit(module, ())
