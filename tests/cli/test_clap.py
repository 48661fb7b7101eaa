"""Command lines that are mistaken: the very text, on stderr, with status 2. Goldens are the reference's."""

from __future__ import annotations

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools.cli.mistakes import did_you_mean, jaro

MISTAKES = {
    # An option nobody knows: the usage line repeats what was given before it, and a positional as <INPUT>.
    "unknown-option": "component wit a.wit --bogus",
    "unknown-option-with-a-similar-one": "component embed a.wit --dumy",
    "unknown-short-in-a-cluster": "component wit -jx",
    # A hidden option is suggested, but not repeated.
    "hidden-option-suggested": "component new --skip-validate",
    # `-1` looks like an option and is not a value.
    "negative-number": "component wit a.wit -o -1",
    "equals-on-a-flag": "component wit a.wit -w --json=true",
    # The usage line falls back to the groups that options were declared in.
    "equals-on-a-flag-behind-groups": "component embed -v -o x a.wit b --only-custom=1",
    "equals-on-a-short-flag": "component wit -j=1",
    "missing-value": "component wit a.wit -o",
    "missing-value-before-an-option": "component wit -o -j",
    "empty-value": "component wit a.wit --output=",
    "given-twice": "component embed a.wit -w x m.wasm -w y",
    "one-positional-too-many": "component wit a.wit b.wit",
    "bad-bool": "component new --validate=True",
    "empty-bool": "component new --debug-names=",
    "bad-encoding": "component embed a.wit --encoding latin1",
    "bad-mangling": "component embed a.wit --dummy-names bogus",
    "bad-color": "component wit --color purple",
    "bad-import-name": "component new --import-name a",
    "missing-adapter": "component new --adapt foo=nowhere.wasm",
    "conflict": "component wit a.wit -w -t",
    "several-conflicts": "component wit a.wit -j -t -w",
    "requirement": "component embed a.wit --async-callback m.wasm -g",
    "several-requirements": "component embed --dummy --async-callback",
    "missing-positional": "component embed",
    "options-after-double-dash": "component new -- m.wasm -t",
    "unknown-subcommand": "component bogus",
    "similar-subcommand": "component emb",
    "similar-subcommands": "compoent wit",
    "subcommand-behind-double-dash": "component -- wit a.wit",
    "option-of-a-subcommand": "component --color always wit a.wit",
    "top-option-with-a-similar-one": "--versio",
    "value-for-version": "--version=1",
    "version-below-the-top": "component wit --version",
    "component-alone": "component",
    "nothing": "",
    "version": "--version",
    "version-with-more": "--version extra",
    "help-of-nothing": "component help nope",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name: str, run: Run, golden: SnapshotAssertion) -> None:
    assert run(MISTAKES[name], {"a.wit": "package a:b;\n\nworld w {}\n"}) == golden


def test_jaro_is_that_of_the_literature() -> None:
    # Winkler's own examples.
    assert round(jaro("MARTHA", "MARHTA"), 3) == 0.944
    assert round(jaro("DWAYNE", "DUANE"), 3) == 0.822
    assert jaro("", "") == 1.0
    assert jaro("a", "") == 0.0


def test_did_you_mean_puts_the_most_similar_last() -> None:
    assert did_you_mean("wi", ("wit", "with", "x")) == ["with", "wit"]
