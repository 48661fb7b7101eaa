"""The help pages, word for word, as `pages.txt` beside this file has them: they are our own, the reference has others.

`python tests/cli/test_pages.py` writes the file anew; look at what changed.
"""

from __future__ import annotations

from pathlib import Path

from pywasmtools.cli.commands import WASM_TOOLS, Row

LISTED = Path(__file__).with_name("pages.txt")


def pages(row: Row = WASM_TOOLS) -> str:
    """The pages of a row and of all below it that we have."""
    own = f"# {row.path}\n{row.page()}\n" if row.is_ours or row.rows else ""
    return own + "".join(pages(below) for below in row.rows)


def test_pages_are_as_listed() -> None:
    assert pages() == LISTED.read_text(encoding="utf-8")


if __name__ == "__main__":
    LISTED.write_text(pages(), encoding="utf-8")
