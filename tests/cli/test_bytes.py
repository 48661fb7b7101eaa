"""Arguments and names of files of any bytes: what is said of them, under every locale."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from processes import Process, locales, process  # noqa: F401
from syrupy.assertion import SnapshotAssertion

from pywasmtools.cli.locales import arguments_as_given, arguments_as_utf8
from pywasmtools.cli.main import program_name

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names there are not just bytes")

Line = list[bytes]
WIT, NEW, EMBED, GROUP = [b"component", b"wit"], [b"component", b"new"], [b"component", b"embed"], [b"component"]
WORLD = b"package a:b;\nworld w {}\n"

# A byte that starts nothing, one in text, a character without its end, one too long, a surrogate, one beyond the last.
VALUES: Line = [b"\xff", b"a\xe9b", b"\xe2\x82", b"\xf0\x80\x80", b"\xed\xa0\x80", b"true\xff", b"=\xff", b"\xff=w.wit"]


def with_values(start: Line, *options: bytes) -> list[Line]:
    """Each option with one of the values, in one of the ways in which it can have one."""
    lines = []
    for k, option in enumerate(options):
        value = VALUES[k % len(VALUES)]
        lines += [[*start, option, value], [*start, option + b"=" + value], [*start, option + value]]
    return lines


OPTIONS = {
    "wit": with_values(
        [*WIT, b"w.wit"],
        *(b"--importize-world", b"--importize-out-world-name", b"--exportize-world", b"--exportize-out-world-name"),
        *(b"--exportize-import", b"--merge-world-imports-based-on-semver", b"--generate-nominal-type-ids"),
        *(b"--features", b"--color", b"--json", b"-j", b"--verbose", b"-v", b"--no-docs", b"--bogus", b"-w"),
    ),
    "new": with_values(
        [*NEW, b"w.wit", b"-o", b"out"],
        *(b"--adapt", b"--import-name", b"--validate", b"--merge-imports-based-on-semver", b"--debug-names"),
        *(b"--return-call-ref", b"--generate-dwarf", b"-g", b"-t", b"--skip-validation", b"--color"),
    ),
    "embed": with_values(
        [*EMBED, b"w.wit", b"-o", b"out"],
        *(b"-w", b"--world", b"--encoding", b"--dummy", b"--dummy-names", b"--features", b"--generate-dwarf"),
        *(b"--color", b"--async-callback", b"--only-custom"),
    ),
    "names": [
        *([*WIT, name] for name in (b"--\xff", b"--outpu\xff", b"--\xff=a", b"--json\xff=b", b"---\xff", b"--\xc3\xa9")),
        *([*WIT, name] for name in (b"-\xff", b"-j\xff", b"-jt\xffo", b"-\xc3\xa9\xff", b"-v\xf0\x9f\x98\x80\xff", b"-j=\xff")),
        *([*EMBED, name] for name in (b"--dumm\xff", b"--worl\xff=x", b"-\xff\xfe")),
        *([*WIT, b"--", name, b"x"] for name in (b"\xff", b"--\xff", b"-\xff")),
        *([*WIT, b"a", b"-o", b"b", name] for name in (b"\xff", b"x\xffy")),
        *([*GROUP, name] for name in (b"\xff", b"wi\xff", b"embe\xff", b"-\xff", b"--\xff", b"--validat\xff")),
        *([*GROUP, b"help", name] for name in (b"\xff", b"wi\xff", b"help")),
        *([*GROUP, b"--", name] for name in (b"\xff", b"wit", b"help")),
        *([name] for name in (b"\xff", b"componen\xff", b"-V\xff", b"--version=\xff", b"help\xff")),
        [b"help", b"\xff"],
        [b"--stack-siz\xff", b"component"],
    ],
}  # fmt: skip


def lay_out(folder: Path) -> None:
    """Files whose names are not ASCII, or not UTF-8."""
    files = {
        b"w.wit": WORLD,
        b"\xff.wit": WORLD,
        "é.wit".encode(): WORLD,
        "bad é.wit".encode(): b"package a:b;\nworld {\n",
        b"bad \xe9.wit": b"package a:b;\nworld {\n",
        b"\xe9.wat": b"(module)",
        b"bad \xe9.wat": b"(module",
        "bad é\u202e.wat".encode(): b"(module",
        b"d\xff/x.wit": b"package a:b;\nworld w {\n",
        "dé/é.wit".encode(): b"package a:b;\nworld w {\n",
    }
    for name, contents in files.items():
        path = os.path.join(os.fsencode(folder), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(contents)


NAMES: Line = [
    *(b"\xff.wit", "é.wit".encode(), "bad é.wit".encode(), b"bad \xe9.wit", b"\xe9.wat", b"bad \xe9.wat"),
    *("bad é\u202e.wat".encode(), b"d\xff", "dé".encode(), b"no\xffne", "no'né\"\\\u200b".encode(), b"no\tne\x1b[3m\x7f"),
]  # fmt: skip
USES = {
    "wit": lambda name: [*WIT, name],
    "wit-out": lambda name: [*WIT, b"w.wit", b"-o", name + b"/x"],
    "wit-text-out": lambda name: [*WIT, b"w.wit", b"-t", b"-o", name + b"/x"],
    "wit-out-dir": lambda name: [*WIT, b"w.wit", b"--out-dir", b"w.wit/" + name],
    "wit-out-dir-made": lambda name: [*WIT, b"w.wit", b"--out-dir", b"new/" + name],
    "embed-wit": lambda name: [*EMBED, name, b"--dummy", b"-o", b"out"],
    "embed-module": lambda name: [*EMBED, b"w.wit", name, b"-o", b"out"],
    "embed-out": lambda name: [*EMBED, b"w.wit", b"--dummy", b"-o", name + b"/x"],
    "new": lambda name: [*NEW, name, b"-o", b"out"],
    "adapter": lambda name: [*NEW, b"--adapt", name],
    "named-adapter": lambda name: [*NEW, b"--adapt", b"x=" + name],
}


def told(process: Process, line: Line, env: dict[str, str] | None = None) -> str:  # noqa: F811
    return f"== {b' '.join(line).decode('utf-8', 'backslashreplace')!r}\n{process(line, env).told()}"


@pytest.mark.slow
@pytest.mark.parametrize("command", OPTIONS)
def test_options(command: str, process: Process, tmp_path: Path, golden: SnapshotAssertion) -> None:  # noqa: F811
    lay_out(tmp_path / "work")
    assert "".join(told(process, line) for line in OPTIONS[command]) == golden


@pytest.mark.slow
@pytest.mark.parametrize("use", USES)
def test_files(use: str, process: Process, tmp_path: Path, golden: SnapshotAssertion) -> None:  # noqa: F811
    lay_out(tmp_path / "work")
    assert "".join(told(process, USES[use](name)) for name in NAMES) == golden


@pytest.mark.slow
@pytest.mark.parametrize("use", USES)
def test_a_locale_changes_nothing(
    use: str,
    process: Process,  # noqa: F811
    locales: dict[str, dict[str, str]],  # noqa: F811
    tmp_path: Path,
) -> None:
    lay_out(tmp_path / "work")
    for k, name in enumerate(NAMES):
        expected = told(process, USES[use](name))
        # Each locale sees some of the names, each name some of the locales.
        for env in list(locales.values())[k % 3 :: 3]:
            assert told(process, USES[use](name), env) == expected, env


@pytest.mark.slow
def test_options_under_locales(
    process: Process,  # noqa: F811
    locales: dict[str, dict[str, str]],  # noqa: F811
    golden: SnapshotAssertion,
) -> None:
    lines = [
        [*WIT, b"--\xe9\xff"],
        [*NEW, b"--color=\xe9"],
        [*NEW, b"--validate=\xf4\x90"],
        [*EMBED, b"-w", "é".encode()],
    ]
    found = "".join(told(process, line) for line in lines)
    assert found == golden
    for env in locales.values():
        assert "".join(told(process, line, env) for line in lines) == found, env


def test_arguments_go_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    argv = ["script é", "a", "\u20ac"]
    with monkeypatch.context() as patched:
        # Without the arguments of the process, Python's reading of them is turned back.
        patched.setattr("builtins.open", _refused)
        assert arguments_as_utf8(argv) == argv
    assert arguments_as_given(argv) == argv


def _refused(*_: object) -> object:
    raise FileNotFoundError


def test_a_program_is_called_what_its_file_is_called() -> None:
    assert program_name("/a/b/wt") == program_name("wt") == "wt"
    assert program_name("wasm-tools.exe") == "wasm-tools.exe"
    assert program_name("\udcff") == ""
    for path in ("", "-c", "-m", "/x/pywasmtools/__main__.py", "wasm-tools.pyz", "/x/wasm-tools"):
        assert program_name(path) == "wasm-tools"


@pytest.mark.slow
def test_usage_lines_have_the_name_of_the_program(
    process: Process,  # noqa: F811
    program: list[str],
    tmp_path: Path,
    golden: SnapshotAssertion,
) -> None:
    """The reference is run by links of these names, ours by scripts."""
    found = ""
    for name in (b"wt", "é".encode(), b"x y", b"\xff", b"a\x1b[1mb"):
        path = os.path.join(os.fsencode(tmp_path), name)
        if len(program) == 1:
            os.symlink(program[0], path)
        else:
            with open(path, "w") as file:
                file.write(f"#!{sys.executable}\nfrom pywasmtools.cli.main import entry\nentry()\n")
            os.chmod(path, 0o755)
        for line in ([], GROUP, [*WIT, b"--bogus"], [*GROUP, b"help", b"help", b"x"], [*EMBED]):
            done = process(line, program=[path])
            found += f"== {name!r} {b' '.join(line).decode()}\n{done.told()}"
    assert found == golden
