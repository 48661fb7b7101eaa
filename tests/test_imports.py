"""The house plan, checked: which room imports from which, and that there are no circles."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pywasmtools"

ROOMS = [
    "release",
    "diagnostics",
    "text",
    "wasm",
    "validate",
    "wat",
    "wit",
    "wit_binary",
    "load",
    "componentize",
    "api",
    "cli",
    "lab",
]
"""From the ground up: a room imports only from those before it, and from itself."""

NOT_FROM = {"wit": {"wasm", "validate", "wat"}, "wasm": {"wit"}, "validate": {"wat", "wit"}, "wat": {"wit"}}
"""Two foundations stand side by side: neither knows the other."""


def sources() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(path: Path) -> list[tuple[str, bool]]:
    """(module, only for type checking) for each import of our own in a file, wherever it stands."""
    found = []

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
