"""How bytes are looked for in bytes.

`needle in data` makes an error message in CPython and drops it, whatever it finds: bytes are asked for an int first. That takes
three times as long as `data.find(needle) >= 0`, and fifteen times as long as an int for a single byte.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pywasmtools"
NOT_HOT = {PACKAGE / "lab", PACKAGE / "cli" / "handing_on.py"}
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if not NOT_HOT & {path, *path.parents}]


def needles(source: str) -> list[int]:
    """The lines of a program where bytes are looked for by `in`."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        for left, operator in zip([node.left, *node.comparators], node.ops, strict=False)
        if isinstance(operator, ast.In | ast.NotIn) and isinstance(left, ast.Constant) and isinstance(left.value, bytes)
    ]


def test_what_is_found() -> None:
    assert needles('a = b"x" in c\nb = 1 < d and b"yy" not in e\nf = 0x78 in c\ng = "x" in h\ni = b"x" == j') == [1, 2]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_bytes_are_not_looked_for_by_in(path: Path) -> None:
    assert needles(path.read_text()) == []
