"""The table of subcommands: what a row makes of a command, and that lists, pages and hints come from the rows alone."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from answers import Replies, asked, replies  # noqa: F401
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools import api
from pywasmtools.cli import new
from pywasmtools.cli.clap import SET_TRUE, Arg, Matches
from pywasmtools.cli.commands import WASM_TOOLS, Row, ours
from pywasmtools.cli.main import main
from pywasmtools.cli.options import GENERAL
from pywasmtools.diagnostics import error

Made = Callable[..., tuple[int, str, str]]


def rows(row: Row = WASM_TOOLS) -> list[Row]:
    """A row and all below it."""
    return [row, *(found for below in row.rows for found in rows(below))]


OURS = pytest.mark.parametrize("row", ours(WASM_TOOLS), ids=lambda row: row.path)
GROUPS = pytest.mark.parametrize("row", [row for row in rows() if row.rows], ids=lambda row: row.path or "wasm-tools")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Made:
    """Runs a command line where there is nothing to hand on to: (status, stdout, stderr)."""
    monkeypatch.setenv("PATH", "")

    def execute(*args: str) -> tuple[int, str, str]:
        status = main(list(args))
        shown = capfd.readouterr()
        return status, shown.out, shown.err

    return execute


def test_paths_are_those_of_the_tree() -> None:
    for row in rows():
        for below in row.rows:
            assert below.path == f"{row.path} {below.name}".lstrip()
            assert below.about and not (below.module and below.rows)
            assert not below.module or below.module.startswith("pywasmtools.cli.")
        names = [name for below in row.rows for name in (below.name, *below.aliases)]
        assert len(set(names)) == len(names)


@OURS
def test_a_command_has_a_page_with_its_options(row: Row, command: Made) -> None:
    page = row.page()
    assert f"\nUsage: wasm-tools {row.path} " in page
    for arg in row.command().args:
        assert arg.hidden or arg.shown() in page
    lines = [[*row.path.split(), "--help"], [*row.path.split(), "-h"]]
    lines += [["help", *row.path.split()], [*row.path.split()[:-1], "help", row.name]]
    for args in lines:
        assert command(*args) == (0, page, "")


@GROUPS
def test_a_group_lists_its_rows(row: Row, command: Made) -> None:
    listed = re.findall(r"^  ([a-z][a-z0-9-]*)  +\w", row.page(), re.M)
    assert listed == [*(below.name for below in row.rows), "help"]
    assert max(map(len, row.page().splitlines())) <= 100
    assert row.command().aliases == {alias: below.name for below in row.rows for alias in below.aliases}
    assert command(*row.path.split()) == (2, "", row.page())
    assert command(*row.path.split(), "help") == (0, row.page(), "")


def test_what_is_not_ours_is_handed_on_by_its_path(command: Made) -> None:
    for row in rows():
        if not row.is_ours:
            status, out, err = command(*row.path.split(), "--help")
            assert (status, out) == (2, "") and f"for `{row.path}` put a real wasm-tools behind it" in err
    assert command("wasm2wat", "x")[2].endswith("for `print` put a real wasm-tools behind it on PATH\n")
    said = command("help", "component", "link")[2]
    assert said.endswith("; for `link` put a real wasm-tools behind it on PATH\n")
    assert all(f"`{row.path}`" in said for row in ours(WASM_TOOLS))


# ------------------------------------------------------------------ one row more


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`made-up` and `metadata show`: a row and a module each, and nothing else."""
    module: Any = ModuleType("made_up_command")
    module.ARGS = (*GENERAL, Arg("shout", SET_TRUE, short="s", long="shout"), Arg("input", value_name="INPUT", index=1))
    module.PAGE = "Says what it was given.\n\nUsage: wasm-tools made-up [OPTIONS] [INPUT]\n"
    module.given = []

    def run(matches: Matches) -> None:
        module.given.append((matches.text("input"), matches.keywords("shout")))
        if matches.text("input") == "bad":
            raise error("made-up refuses")

    module.run = run
    monkeypatch.setitem(sys.modules, module.__name__, module)
    more = (
        Row("made-up", "Says what it was given", module.__name__, aliases=("invented",)),
        Row("meta", "A group", rows=(Row("meta show", "The same, one level down", module.__name__),)),
    )
    monkeypatch.setattr(WASM_TOOLS, "rows", (*WASM_TOOLS.rows, *more))
    found: ModuleType = module
    return found


def test_a_made_up_row_is_parsed_and_run(made_up: ModuleType, command: Made) -> None:
    assert command("made-up", "-s", "x") == (0, "", "")
    assert command("invented", "y") == (0, "", "")
    assert command("meta", "show", "--shout") == (0, "", "")
    assert made_up.given == [("x", {"shout": True}), ("y", {}), (None, {"shout": True})]
    assert command("made-up", "bad") == (1, "", "error: made-up refuses\n")
    assert command("made-up", "bad", "--color", "always")[2].startswith("\x1b[0m\x1b[1m\x1b[31merror")


def test_a_made_up_row_is_helped_and_listed(made_up: ModuleType, command: Made) -> None:
    for args in (["made-up", "--help"], ["help", "made-up"], ["help", "invented"], ["meta", "help", "show"]):
        assert command(*args) == (0, made_up.PAGE, "")
    assert "  made-up         Says what it was given\n" in command("--help")[1]
    assert "  show  The same, one level down\n" in command("meta")[2]
    assert command("help", "made-up", "x")[2].startswith(
        "error: unrecognized subcommand 'x'\n\nUsage: wasm-tools made-up"
    )
    assert "`component new`" in command("dump")[2] and "`made-up`" in command("dump")[2]


def test_a_made_up_row_has_its_mistakes(made_up: ModuleType, command: Made) -> None:
    assert "a similar subcommand exists: 'made-up'" in command("made-upp")[2]
    assert "a similar subcommand exists: 'show'" in command("meta", "shows")[2]
    assert "tip: 'made-up --shout' exists" in command("--shou", "made-up")[2]
    assert "a similar argument exists: '--shout'" in command("made-up", "--shou")[2]
    assert command("made-up", "x", "y")[2] == (
        "error: unexpected argument 'y' found\n\n"
        "Usage: wasm-tools made-up [OPTIONS] [INPUT]\n\n"
        "For more information, try '--help'.\n"
    )


# ------------------------------------------------------------------ help on help


@pytest.mark.parametrize(
    "line",
    [
        *("help help", "component help help", "help component help", "help help wit"),
        pytest.param("component help help \x1b[1mx", id="an escape"),
    ],
)
def test_help_explains_itself_alone(line: str, run: Run, golden: SnapshotAssertion) -> None:
    assert run(line.split(" ")) == golden


# ------------------------------------------------------------------ hints and defaults


HINTS = {
    "targets": "component --semver-compatibl targets",
    "link": "component --stub-missing-function link",
    "unbundle": "component --module-dirs unbundle",
    "semver-check": "component --pre semver-check",
    "new": "component --debug-name new",
    "wit": "component --no-doc wit",
    "the-first-that-follows": "component --emit-canonical-name embed new",
}


@pytest.mark.parametrize("name", HINTS)
def test_options_of_subcommands_are_hinted_at(name: str, run: Run, golden: SnapshotAssertion) -> None:
    assert run(HINTS[name]) == golden


def rows_below(row: Row) -> list[Row]:
    return [found for below in row.rows for found in (below, *rows_below(below))]


def test_every_option_is_hinted_at(replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Before its subcommand, where it does not belong. `--help`, which does, is the last.
    commands = []
    for group in (WASM_TOOLS, *rows_below(WASM_TOOLS)):
        for row in group.rows:
            parent, _, name = f" {row.path}".rpartition(" ")
            commands += [f"{parent} --{long} {name}".strip() for long in row.long_options()[:-1] if not row.rows]
    assert replies(commands) == golden


def test_switches_of_new_are_keywords_whose_defaults_its_page_tells() -> None:
    keywords = inspect.signature(api.component_new).parameters
    switches = {arg.id: keywords[arg.id.replace("-", "_")].default for arg in new.SWITCHES}
    assert len(switches) == sum(isinstance(p.default, bool) for p in keywords.values())
    for arg in new.SWITCHES:
        told = re.search(re.escape(arg.shown()) + r"\n? +([^\n]*)", new.PAGE)
        assert told is not None
        if arg.optional_value:
            assert told[1].endswith(f"[default: {str(switches[arg.id]).lower()}]")
        else:
            assert switches[arg.id] is False


def test_keywords_are_what_was_given() -> None:
    matches = Matches()
    matches.values = {"a-b": [], "c": [False], "d": ["text"], "e": [1]}
    assert matches.keywords("a-b", "c", "d", "x-y") == {"a_b": True, "c": False, "d": "text"}
