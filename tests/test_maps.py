"""Each room's `__init__.py` carries the map of its files and sub-rooms, a line each; it is complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pywasmtools"
ROOMS = sorted({p.parent for p in PACKAGE.rglob("*.py")} - {PACKAGE})
LINE = re.compile(r"^    ([a-z_0-9]+(?:\.py|/)) {2,}\S", re.M)


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_the_map_names_what_stands_in_the_room(room: Path) -> None:
    page = ast.get_docstring(ast.parse((room / "__init__.py").read_text()), clean=False)
    assert page is not None
    there = {p.name for p in room.glob("*.py")} - {"__init__.py"}
    there |= {f"{p.parent.name}/" for p in room.glob("*/__init__.py")}
    named = LINE.findall(page)
    assert len(named) == len(set(named))
    assert set(named) == there


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_the_first_line_says_what_a_file_is(path: Path) -> None:
    assert path.read_text().startswith('"""')


def test_no_file_is_too_long() -> None:
    assert [path for path in sorted(PACKAGE.rglob("*.py")) if len(path.read_bytes().splitlines()) > 800] == []
