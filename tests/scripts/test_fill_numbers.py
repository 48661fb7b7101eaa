"""The numbers in README.md and in the pages are those that `scripts/fill_numbers.py` fills in."""

from __future__ import annotations

from pathlib import Path

import fill_numbers as script
import pytest


@pytest.mark.parametrize("page", script.PAGES, ids=lambda page: page.name)
def test_the_numbers_are_filled_in(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert script.filled(text) == text, "run scripts/fill_numbers.py"


def test_every_number_stands_somewhere() -> None:
    marks = {found[2] for page in script.PAGES for found in script.MARK.finditer(page.read_text(encoding="utf-8"))}
    assert marks == set(script.NUMBERS)


def test_a_mark_is_filled_in() -> None:
    assert script.filled("<!--n coverage-->0<!--/n-->%") == f"<!--n coverage-->{script.coverage()}<!--/n-->%"
    assert script.filled("pip install pywasmtools==1.0.0") == f"pip install pywasmtools=={script.release()}"
    assert script.filled("pip install pywasmtools==OLD") == "pip install pywasmtools==OLD"
    assert script.hundreds(1599) == "1,500"


def test_a_time_that_is_not_there() -> None:
    with pytest.raises(SystemExit, match="no time in a row `new, nothing`"):
        script.measured("new, nothing", "ours")
