"""The subcommands of `pywasmtools` as they are declared: pages, what each asks for, what holds where nothing is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")

import typer
from typer.testing import CliRunner

from pywasmtools.lab.commands import app

TOOLS = ("ls", "minimal", "assemble", "explain", "json", "wit-from-json")
COMMANDS = (*TOOLS, "diff", "doctor", "fmt", "fuzz", "reduce", "shadow")
SHADOW = ("install", "report", "replay", "export")

NEEDED = {
    "diff": ["command"],
    "reduce": ["case"],
    "shadow install": ["folder"],
    "shadow export": ["id", "folder"],
}
"""What a command can't do without; the others are in the test of them."""

GIVEN: dict[str, object] = {
    "diff --timeout": 120.0,
    "fuzz --folder": Path("fuzz"),
    "fuzz --timeout": 10.0,
    "reduce --time": 120.0,
    "reduce --output": Path("reduced"),
    "shadow report --wait": 60.0,
}
"""Options of `diff` to `shadow` that hold something where they are not given: all others are off or nothing."""


def declared() -> dict[str, Any]:
    """All subcommands by their path."""
    found: dict[str, Any] = {}

    def below(command: Any, path: str) -> None:
        for name, sub in getattr(command, "commands", {}).items():
            found[f"{path} {name}".strip()] = sub
            below(sub, f"{path} {name}".strip())

    below(typer.main.get_command(app), "")
    return found


OURS = {path: command for path, command in declared().items() if path not in (*TOOLS, "shadow")}


def test_all_are_there() -> None:
    assert set(declared()) == {*COMMANDS, *(f"shadow {name}" for name in SHADOW)}
    assert not [path for path, command in declared().items() if command.hidden or command.deprecated]
    assert all(command.help for command in declared().values())


@pytest.mark.parametrize(("argv", "named"), [([], COMMANDS), (["shadow"], SHADOW)])
def test_without_a_subcommand_its_page_is_shown(argv: list[str], named: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, argv)
    asked = CliRunner().invoke(app, [*argv, "--help"])
    assert asked.exit_code == 0
    assert " ".join(shown.output.split()) == " ".join(asked.output.split())
    assert all(f" {name} " in asked.output for name in named)
    assert "completion" not in asked.output


@pytest.mark.parametrize("path", [path for path in OURS if path in NEEDED])
def test_what_a_command_cannot_do_without(path: str) -> None:
    needed = [param.name for param in OURS[path].params if param.required]
    assert needed == NEEDED[path]
    done = CliRunner().invoke(app, path.split())
    assert done.exit_code == 2 and "Missing argument" in done.output


@pytest.mark.parametrize("path", [path for path in OURS if path not in NEEDED])
def test_what_a_command_can_do_without(path: str) -> None:
    assert not [param.name for param in OURS[path].params if param.required]


@pytest.mark.parametrize("path", OURS)
def test_what_holds_where_nothing_is_said(path: str) -> None:
    found = {}
    for param in OURS[path].params:
        if param.param_type_name == "option" and param.name != "help":
            name = max(param.opts, key=len)
            if param.default not in (None, False, [], ()) and "UNSET" not in str(param.default).upper():
                found[f"{path} {name}"] = param.default
            assert param.envvar == ("WASM_TOOLS_REFERENCE" if name == "--reference" else None), name
            assert param.help, name
    assert found == {name: value for name, value in GIVEN.items() if name.startswith(f"{path} --")}


def test_flags_have_no_other_side() -> None:
    """No `--no-json`: a flag that is not given is off."""
    flags = [param for command in OURS.values() for param in command.params if getattr(param, "is_flag", False)]
    names = {max(param.opts, key=len) for param in flags if param.name != "help"}
    assert names == {*("--json", "--check", "--diff", "--reduce", "--first", "--guide", "--any", "--crash")}
    assert not [param.secondary_opts for param in flags if param.secondary_opts]


LIMITS = (
    (("fuzz", "--time", "-1"), "--time"),
    (("fuzz", "--count", "-1"), "--count"),
    (("fuzz", "--jobs", "0"), "--jobs"),
    (("fuzz", "--timeout", "0.05"), "--timeout"),
    (("fuzz", "--count", "x"), "--count"),
    (("diff", "--timeout", "x", "--", "wit"), "--timeout"),
)


@pytest.mark.parametrize(("argv", "option"), LIMITS)
def test_values_that_are_refused(argv: tuple[str, ...], option: str) -> None:
    done = CliRunner().invoke(app, list(argv), env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert f"Invalid value for '{option}'" in done.output


LONG = "a-folder-with-a-long-name/" * 6 + "no-such-file.wasm"


@pytest.mark.parametrize(
    "argv",
    [
        ("ls", LONG),
        ("minimal", LONG),
        ("explain", LONG, LONG),
        ("json", LONG),
        ("wit-from-json", LONG),
        ("assemble", LONG, "--wit", LONG, "-o", "out.wasm"),
        ("reduce", "--reference", LONG, "--", "component", "wit"),
        ("diff", "--reference", LONG, "--", "component", "wit"),
        ("fuzz", "--reference", LONG, "--count", "1"),
        ("shadow", "install", "folder", "--reference", LONG),
        ("shadow", "replay", LONG, "--log", "nowhere"),
        ("shadow", "export", LONG, "folder", "--log", "nowhere"),
    ],
    ids=lambda argv: " ".join(argv[: 1 + (argv[0] == "shadow")]),
)
def test_what_is_refused_is_told_in_one_line(
    argv: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However narrow the terminal is, and without colours where it is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    done = CliRunner().invoke(app, list(argv))
    assert done.exit_code == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("error: ") and LONG in line
    assert done.stdout == ""
    assert not list(tmp_path.iterdir()) or argv[0] == "fuzz"
