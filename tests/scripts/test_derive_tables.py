"""The derived tables: their forms, and that each is what `scripts/derive_tables.py` makes of the reference."""

from __future__ import annotations

import sys
from pathlib import Path

import derive_tables as derive
import pytest
from reference import ReferenceUnavailable, emulated

ROOT = Path(__file__).parent.parent.parent


def test_forms() -> None:
    assert derive.toggles({1, 2, 5}) == [1, 3, 5, 6]
    assert derive.toggles({0xD7FF, 0xE000}) == [0xD7FF, 0xE001]  # surrogates are like what is before them
    assert derive.ranges([5, 1, 2]) == [1, 2, 5, 5]
    assert derive.entries([(1, (8,)), (2, (9,)), (3, (9, 1)), (4, (10, 1))]) == ["1+2=8", "3+2=9,1"]
    assert derive.base36(36 * 35 + 10) == "za"
    assert derive.numbers(range(3)) == "    0x0, 0x1, 0x2,"
    assert derive.words(["a" * 100, "b" * 100]) == f'    "{"a" * 100} "\n    "{"b" * 100}"'


def test_a_table_is_put_in_the_place_of_the_one_of_its_name() -> None:
    text = "A: Final = (\n    1,\n)\nBA: Final = (\n    2,\n)\n"
    assert derive.with_tables(text, {"A": "    3,"}) == text.replace("1", "3")
    with pytest.raises(derive.CannotDerive, match="0 tables C"):
        derive.with_tables(text, {"C": ""})


@pytest.mark.slow
def test_the_tables_are_what_the_reference_makes(request: pytest.FixtureRequest) -> None:
    try:
        found = dict(derive.made(emulated()))
    except ReferenceUnavailable as e:
        if request.config.getoption("--require-reference", default=False):
            pytest.fail(str(e))
        pytest.skip(str(e))
    for path, text in found.items():
        if isinstance(text, derive.CannotDerive):
            assert sys.version_info[:2] != (3, 11), text
            continue
        kept = (ROOT / path).read_text()
        if path == derive.IDENTIFIERS and derive.COMPILER.findall(text) != derive.COMPILER.findall(kept):
            # Of another compiler than the executable whose escapes these are: the rest is to be the same.
            text, kept = (derive.COMPILER.sub("", derive.with_tables(t, {"_ESCAPED": ""})) for t in (text, kept))
        assert text == kept, path


@pytest.mark.slow
def test_the_tables_of_regular_expressions_are_those_of_the_crate(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import derive_regex_tables

    monkeypatch.setattr(sys, "argv", ["derive_regex_tables.py", "--check"])
    try:
        status = derive_regex_tables.main()
    except SystemExit as e:
        if request.config.getoption("--require-reference", default=False):
            pytest.fail(str(e))
        pytest.skip(str(e))
    assert status == 0, capsys.readouterr().out
