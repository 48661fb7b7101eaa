"""Usage errors, hints, usage lines and lists of subcommands with clap's styles, and when a stream has them."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from answers import Replies, asked, replies  # noqa: F401
from processes import NEEDS_TERMINALS, Process, process  # noqa: F401
from syrupy.assertion import SnapshotAssertion
from test_clap import MISTAKES

from pywasmtools.cli.main import main
from pywasmtools.cli.mistakes import Mistake
from pywasmtools.cli.styles import has_styles, styled_page

NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="a console is told otherwise")

MORE = {
    "tip-to-pass-a-value": "component wit --bogus=1",
    "tip-to-pass-a-value-short": "component new -x",
    "hidden-option-suggested-at-a-command": "component new --skip-validatio",
    "option-of-a-subcommand-below": "component --stack-siz x link",
    "several-uses-of-an-option": "component new --outpu x -v --adapt a=w.wit w.wit",
    "groups-in-the-usage": "component embed --only-custom=1 -v --features a x y",
    "value-for-a-counted-option": "component wit --verbose=1",
    "optional-value-missing": "component new --validate=",
    "similar-possible-value": "component new --validate=tru",
    "no-possible-value": "component new --validate=maybe",
    "colour-choice": "component wit --color=purpel",
    "colour-choice-in-capitals": "component wit --color=PurpelÄΣ",
    "dwarf-setting": "component embed w.wit --generate-dwarf no",
    "a-path-that-is-empty": "component wit -o=",
    "conflict-of-one-letter": "component new -g --generate-dwarf full",
    "given-twice-one-letter": "component new -g -g",
    "missing-with-a-group": "component embed -v --async-stackful",
    "no-subcommand-below": "component -- nothing",
    "a-similar-one-above": "hel",
    "help-of-help-and-more": "component help help nope",
    "help-behind-double-dash": "component -- help",
    "adapter-with-a-mistake": "component new --adapt w.wit",
    "text-that-is-not-utf8": "component wit --features=\udcff",
    "option-that-is-not-utf8": "component wit --feature\udcff",
    "letter-that-is-not-utf8": "component wit -j\udcffo",
}


@pytest.mark.parametrize("name", [*MISTAKES, *MORE])
def test_mistakes_with_styles(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    replies: Replies,  # noqa: F811
    golden: SnapshotAssertion,
) -> None:
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    told = replies([(MISTAKES | MORE)[name]]).replace("\x1b", "\\e")
    assert told.encode("utf-8", "backslashreplace").decode() == golden


def test_every_kind_of_mistake_is_among_them(
    monkeypatch: pytest.MonkeyPatch,
    replies: Replies,  # noqa: F811
    recording: bool,
) -> None:
    if recording:
        pytest.skip("asked of ours alone")
    kinds = {name for name in vars(Mistake) if name[0] != "_" and name not in ("command", "matches", "usage")}
    made = set()

    def noted(name: str, method: Callable[..., str]) -> Callable[..., str]:
        def note(*args: object) -> str:
            made.add(name)
            return method(*args)

        return note

    for name in kinds:
        monkeypatch.setattr(Mistake, name, noted(name, getattr(Mistake, name)))
    replies(list((MISTAKES | MORE).values()))
    assert made == kinds


WIDTHS = (
    "0",
    "1",
    "10",
    "13",
    "14",
    "17",
    "20",
    "24",
    "30",
    "34",
    "35",
    "36",
    "40",
    "43",
    "44",
    "60",
    "99",
    "101",
    "133",
)
ODD = ("", "+80", "080", "-1", "80x", " 80", "18446744073709551615", "18446744073709551616", "9" * 5000, "++8", "٣")


@pytest.mark.slow
@pytest.mark.parametrize("group", ["component", ""])
def test_lists_at_every_width(
    group: str,
    process: Process,  # noqa: F811
    golden: SnapshotAssertion,
) -> None:
    told = ""
    for columns in WIDTHS + (ODD if group else ()):
        told += f"== {columns[:30]}\n{process(group.split(), {'COLUMNS': columns, 'CLICOLOR_FORCE': '1'}).told()}"
    assert told == golden


@pytest.mark.slow
@NEEDS_TERMINALS
def test_lists_on_terminals_of_sizes(process: Process, golden: SnapshotAssertion) -> None:  # noqa: F811
    """stdout, stderr and stdin are asked in this order; one without rows or columns is none."""
    told = ""
    env = {"COLUMNS": "50", "TERM": "xterm"}
    for terminals in ("t--", "-t-", "--t", "t-t", "ttt"):
        for size in ((0, 0), [(24, 60), (24, 70), (24, 80)], [(24, 60), (0, 70), (24, 30)]):
            told += f"== {terminals} {size}\n{process(['component'], env, terminals, size).told()}"
    assert told == golden


VALUES = {
    "NO_COLOR": ("", "0", "1"),
    "CLICOLOR": ("", "0", "1"),
    "CLICOLOR_FORCE": ("", "0", "1"),
    "TERM": ("", "dumb", "xterm"),
    "CI": ("", "1"),
    "COLORTERM": ("truecolor",),
}
ENVIRONMENTS: list[dict[str, str]] = [{}, {"TERM": "xterm"}]
for one, two in itertools.combinations(VALUES, 2):
    ENVIRONMENTS += [{one: a, two: b} for a in VALUES[one] for b in VALUES[two]]
ENVIRONMENTS += [
    {"TERM": "xterm", "NO_COLOR": "1", "CLICOLOR_FORCE": "1"},
    {"TERM": "xterm", "NO_COLOR": "", "CLICOLOR": "0"},
    {"TERM": "dumb", "CLICOLOR": "0", "CI": "1"},
    {"CLICOLOR": "0", "CLICOLOR_FORCE": "1", "TERM": "xterm"},
]
COMMANDS = (
    "component wit --bogus",
    "component",
    "component wit nowhere.wit",
    "component wit nowhere.wit --color auto",
    "component wit nowhere.wit --color always",
    "component wit nowhere.wit --color never",
    "component embed nowhere.wit --bogus --color never",
    "--version",
)
TEXTS = ("component embed w.wit --dummy -t", "component embed w.wit --dummy -t --color Always", "component wit w.wit")


@NEEDS_TERMINALS
@pytest.mark.slow
@pytest.mark.parametrize("terminals", ["-tt", "---", "-t-", "--t"])
def test_styles_in_environments(terminals: str, process: Process, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for k, env in enumerate(ENVIRONMENTS):
        told += f"== {env}\n"
        for command in COMMANDS[k % 4 :: 4]:
            done = process(command.split(), env, terminals)
            told += f"{command}: {kind(done.out)}, {kind(done.err)}\n"
    assert told == golden


def kind(data: bytes) -> str:
    return "nothing" if not data else "styled" if b"\x1b" in data else "plain"


@pytest.mark.slow
@NEEDS_TERMINALS
@pytest.mark.parametrize("command", TEXTS)
def test_text_on_terminals(
    command: str,
    process: Process,  # noqa: F811
    golden: SnapshotAssertion,
    tmp_path: object,
) -> None:
    with open(f"{tmp_path}/work/w.wit", "w") as file:
        file.write("package a:b;\nworld w { export f: func(); }\n")
    told = ""
    for terminals, term in itertools.product(("-tt", "---", "--t"), ("xterm", "dumb")):
        for more in ({}, {"NO_COLOR": ""}, {"CLICOLOR_FORCE": "1"}, {"CLICOLOR": "0"}):
            done = process(command.split(), {"TERM": term, **more}, terminals)
            told += f"== {terminals} {term} {more}: {kind(done.out)}, {kind(done.err)}\n"
    assert told + done.told() == golden


@NOT_ON_WINDOWS
def test_an_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.isatty", lambda fd: fd == 2)
    monkeypatch.setenv("TERM", "xterm")
    assert has_styles(2) and not has_styles(1)
    monkeypatch.setenv("CLICOLOR", "0")
    assert not has_styles(2)
    monkeypatch.setenv("CLICOLOR_FORCE", "0")
    assert has_styles(2) and has_styles(1)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_styles(2)


@NOT_ON_WINDOWS
@pytest.mark.parametrize("terminal", [0, 1, 2])
@pytest.mark.parametrize(
    ("command", "stream"),
    [
        ("component wit --bogus", 2),
        ("component", 2),
        ("component wit --color maybe", 2),
        ("component wit nowhere.wit", 2),
        ("component new --help", 1),
        ("component help embed", 1),
        ("component embed --dummy -t w.wit", 1),
    ],
)
def test_the_stream_that_is_written_to_decides(
    command: str,
    stream: int,
    terminal: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("os.isatty", lambda fd: fd == terminal)
    Path("w.wit").write_text("package a:b;\nworld w { }\n")
    main(command.split())
    told = capfd.readouterr()
    assert [bool(told.out), bool(told.err)] == [stream == 1, stream == 2]
    assert ("\x1b" in told.out + told.err) == (stream == terminal)


@NOT_ON_WINDOWS
def test_a_binary_does_not_go_to_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.wit").write_text("package a:b;\nworld w { }\n")
    for terminal in (0, 1, 2):
        monkeypatch.setattr("os.isatty", lambda fd, one=terminal: fd == one)
        assert main(["component", "embed", "--dummy", "w.wit"]) == (terminal == 1)
        assert capfdbinary.readouterr().out[:4] == (b"" if terminal == 1 else b"\0asm")


def test_pages_of_our_own_are_styled_as_lists_are(monkeypatch: pytest.MonkeyPatch) -> None:
    page = """\
What it does.

Usage: wasm-tools component x [OPTIONS] <WIT>

Arguments:
  <WIT>  A file,
         and more

Options:
  -o, --output <OUTPUT>  Where to
      --json             How
      --long-name-of-an-option
                         What
      --validate[=<true|false>]
                         Whether
  -v, --verbose...       More
"""
    assert styled_page(page, 1) == page
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    assert (
        styled_page(page, 1).replace("\x1b[1m\x1b[4m", "#").replace("\x1b[1m", "*").replace("\x1b[0m", ".")
        == """\
What it does.

#Usage:. *wasm-tools component x. [OPTIONS] <WIT>

#Arguments:.
  <WIT>  A file,
         and more

#Options:.
  *-o., *--output. <OUTPUT>  Where to
      *--json.             How
      *--long-name-of-an-option.
                         What
      *--validate.[=<true|false>]
                         Whether
  *-v., *--verbose....       More
"""
    )
