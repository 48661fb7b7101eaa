"""The commands under a stand-in for Windows (`windows.py`): the results are those of here, messages are as there.

The texts of the system are Windows' own; what stands around them, and when, was seen on the real wasm-tools.exe.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import as_elsewhere, environment

if sys.platform == "win32":
    pytest.skip("there is the real thing", allow_module_level=True)

STAND_IN = Path(__file__).with_name("windows.py")
NAME = "C:\\Scripts\\wasm-tools"
MODULE = b"\0asm\1\0\0\0"
WIT = "package a:b;\n\ninterface i {\n  f: func();\n}\n\nworld w {\n  import i;\n}\n"
FILES: dict[str, str | bytes] = {
    "a.wit": WIT,
    "lines.wit": WIT.replace("\n", "\r\n"),
    "m.wasm": MODULE,
    "t.wat": "(module\n  (func))\n",
    "bad.wat": "(module (func",
    "w/x.wit": "package a:b;\nworld w { import c:d/i; }\n",
    "w/deps/c/c.wit": "package c:d;\ninterface i { f: func(); }\n",
    "broken/x.wit": "package a:b;\nworld w {",
    "sub/m.wasm": MODULE,
    "big.wat": f'(component (core module (data "{"x" * 20000}")))',
}

Windows = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def windows(tmp_path: Path) -> Windows:
    """`windows("component", "wit", "a.wit")`: a run in `C:\\work`, which is `tmp_path / "c" / "work"`."""
    for name, contents in FILES.items():
        path = tmp_path / "c" / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)

    def execute(*argv: str, program: str = NAME, env: dict[str, str] | None = None, **options: object):  # type: ignore[no-untyped-def]
        command = [sys.executable, str(STAND_IN), str(tmp_path / "c"), "C:\\work", program, *argv]
        streams = {} if "stdout" in options else {"capture_output": True}
        whole = environment(PATH="C:\\nothing") | (env or {})
        return subprocess.run(command, env=whole, timeout=60, **streams, **options)  # type: ignore[call-overload]

    return execute


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "c" / "work"


def here(folder: Path, *argv: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """The same command on this system."""
    command = [sys.executable, "-m", "pywasmtools", *argv]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, timeout=60, input=stdin)


WRITING = [
    r"component wit a.wit -o out",
    r"component wit lines.wit -o out",
    r"component wit w -j -o sub\out",
    r"component wit w -w -o C:\work\out",
    r"component wit w -t -o \work\sub\..\out",
    r"component embed w m.wasm -o out",
    r"component embed W\ M.WASM -o out",
    r"component embed w/ sub\m.wasm -t -o out",
    r"component embed --dummy a.wit -w w -o out",
    r"component new m.wasm -o out",
    r"component new m.wasm -o SUB/out",
    r"component new m.wasm --adapt x=sub\m.wasm -o out",
    r"component new m.wasm --adapt C:\work\sub\m.wasm -t -o out",
    r"component new m.wasm -o m.wasm",
    r"component embed a.wit m.wasm -o a.wit",
    r"component unbundle big.wat --module-dir C:\work\new\d -o out",
    r"component link --dl-openable sub\m.wasm -o out",
    r"parse t.wat -o out",
    r"print m.wasm -o out",
    r"print big.wat -o out",
    r"strip m.wasm -o out",
    r"objdump m.wasm -o out",
    r"metadata add --name x m.wasm -o out",
    r"metadata show m.wasm -o out",
]


@pytest.mark.parametrize("line", WRITING)
def test_what_is_written_is_the_same(line: str, windows: Windows, work: Path, tmp_path: Path) -> None:
    done = windows(*line.split())
    theirs = contents(work)
    reset(work)
    ours = here(work, *line.replace("C:\\work\\", "").replace("\\work\\", "").replace("\\", "/").split())
    if ours.returncode:  # names in another case
        ours = here(work, *line.replace("W\\ M", "w/ m").replace("SUB", "sub").lower().split())
    assert (done.returncode, done.stderr) == (ours.returncode, ours.stderr) == (0, b"")
    assert (
        theirs
        == contents(work)
        != {name: data.encode() if isinstance(data, str) else data for name, data in FILES.items()}
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def reset(folder: Path) -> None:
    """The files as they were given."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    for name, data in FILES.items():
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


PRINTED = [
    "component wit a.wit",
    "component wit w -j",
    "component embed w m.wasm",
    "component embed a.wit m.wasm -t",
    "component new m.wasm",
    "print m.wasm",
    "parse t.wat",
    "validate bad.wat",
    "component wit bad.wat",
    "component bogus",
    "component new --help",
    "--version",
]


@pytest.mark.parametrize("line", PRINTED)
def test_what_is_printed_is_the_same(line: str, windows: Windows, work: Path) -> None:
    theirs = windows(*line.split())
    ours = here(work, *line.split())
    assert (theirs.returncode, theirs.stdout, theirs.stderr) == (ours.returncode, ours.stdout, ours.stderr)


def test_stdin_is_read_as_it_is(windows: Windows, work: Path) -> None:
    text = WIT.replace("\n", "\r\n").encode()
    for argv, given in ((["component", "wit"], text), (["component", "new", "-"], MODULE), (["print"], MODULE)):
        theirs = windows(*argv, input=given)
        assert theirs.returncode == 0
        assert theirs.stdout == here(work, *argv, stdin=given).stdout


FOUND = "The system cannot find the file specified. (os error 2)"
PATH = "The system cannot find the path specified. (os error 3)"
DENIED = "Access is denied. (os error 5)"
THERE = "Cannot create a file when that file already exists. (os error 183)"
SYNTAX = "The filename, directory name, or volume label syntax is incorrect. (os error 123)"

REFUSED = {
    r"component wit nowhere": f'error: failed to read "nowhere"\n\nCaused by:\n    0: {FOUND}\n',
    r"component wit no\where.wit": f'error: failed to read "no\\\\where.wit"\n\nCaused by:\n    0: {PATH}\n',
    r"component wit -": f'error: failed to read "-"\n\nCaused by:\n    0: {FOUND}\n',
    r"component wit a?.wit": f'error: failed to read "a?.wit"\n\nCaused by:\n    0: {SYNTAX}\n',
    r"component new sub": f"error: failed to read from `sub`\n\nCaused by:\n    0: {DENIED}\n",
    r"component embed no\where m.wasm": f"error: failed to read path for WIT [no\\where]: {PATH}\n",
    r"component wit a.wit -o no\x": f"error: failed to write `no\\x`\n\nCaused by:\n    0: {PATH}\n",
    r"component wit a.wit -o sub": f"error: failed to write `sub`\n\nCaused by:\n    0: {DENIED}\n",
    r"component wit a.wit -o a?": f"error: failed to write `a?`\n\nCaused by:\n    0: {SYNTAX}\n",
    r"print m.wasm -o no\x.wat": f"error: {PATH}\n",
    r"component wit a.wit --out-dir a.wit\x": (
        f'error: failed to create directory: "a.wit\\\\x"\n\nCaused by:\n    0: {THERE}\n'
    ),
    r"component wit a.wit --out-dir A.wit": f'error: failed to create directory: "A.wit"\n\nCaused by:\n    0: {THERE}\n',
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_refused_is_told_in_the_systems_words(line: str, windows: Windows, work: Path) -> None:
    before = contents(work)
    done = windows(*line.split())
    assert (done.returncode, done.stdout, done.stderr.decode()) == (1, b"", REFUSED[line])
    assert contents(work) == before


def test_paths_in_messages_are_joined_as_there(windows: Windows) -> None:
    for given, shown in (("broken", "broken\\x.wit"), ("broken\\", "broken\\x.wit"), ("broken/", "broken/x.wit")):
        done = windows("component", "wit", given)
        assert done.returncode == 1
        assert f"--> {shown}:2:10" in done.stderr.decode()
    done = windows("component", "wit", "w", "--out-dir", "new\\folder")
    assert done.stdout == b"Writing: new\\folder\\deps\\d.wit\nWriting: new\\folder\\b.wit\n"
    done = windows("component", "wit", "w", "--out-dir", "new/folder/")
    assert done.stdout == b"Writing: new/folder/deps\\d.wit\nWriting: new/folder/b.wit\n"


def test_folders_are_made_from_the_drive_on(windows: Windows, work: Path) -> None:
    assert windows("component", "wit", "a.wit", "--out-dir", "C:\\x\\y\\z\\").returncode == 0
    assert (work.parent / "x" / "y" / "z" / "b.wit").read_text() == WIT
    assert windows("component", "wit", "a.wit", "--out-dir", "C:\\").returncode == 0
    done = windows("component", "wit", "a.wit", "--out-dir", "Q:\\x")
    assert (done.returncode, PATH in done.stderr.decode()) == (1, True)


def test_nothing_is_a_device_and_no_terminal(windows: Windows, work: Path) -> None:
    done = windows("component", "new", "m.wasm", "-o", "NUL")
    assert (done.returncode, done.stderr, contents(work).keys()) == (0, b"", FILES.keys())
    done = windows("component", "new", "m.wasm", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_has_gone_ends_in_silence(windows: Windows) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as out:
        done = windows("component", "wit", "a.wit", stdout=out, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"")


def test_names_of_the_program(windows: Windows) -> None:
    for program, shown in ((NAME, "wasm-tools"), (f"{NAME}.exe", "wasm-tools"), ("D:\\x\\tools.exe", "tools")):
        done = windows("component", "bogus", program=program)
        assert f"\nUsage: {shown} component <COMMAND>\n" in done.stderr.decode()


def test_debugging_information_names_the_folder(windows: Windows, work: Path) -> None:
    for given, folder in (
        ("t.wat", b"."),
        ("C:\\work\\t.wat", b"C:\\work"),
        ("..\\work/t.wat", b"..\\work"),
        ("C:t.wat", b"C:"),
    ):
        done = windows("parse", "-g", given, "-o", "out")
        assert (done.returncode, done.stderr) == (0, b"")
        assert b".debug_str" + folder + b"\0t.wat\0" in (work / "out").read_bytes(), given


HALF = """
from pywasmtools.diagnostics import displayed, path_bytes, path_str
from pywasmtools.load import debug_path, file_name, parent, trimmed
from pywasmtools.cli.clap import is_utf8
half = "a\\ud800\\udc80b"
print([ascii(displayed(half)), debug_path(half), path_str(path_bytes(half)) == half, is_utf8(half), is_utf8("\\u4e2d")])
print([file_name(p) for p in ("C:x.y", "C:\\\\", "a\\\\b/c\\\\.", "\\\\\\\\srv\\\\share\\\\z", "a/..")])
print([parent(p) for p in ("C:x", "C:\\\\x", "C:\\\\", "a\\\\b\\\\", "a", "\\\\\\\\srv\\\\share\\\\z", "a//b")])
"""


def test_paths_of_utf16_and_their_parts(windows: Windows) -> None:
    done = windows(HALF, program="-c")
    assert done.stderr == b""
    first, names, parents = done.stdout.decode().splitlines()
    assert first == r"""["'a\\ufffd\\ufffdb'", '"a\\u{d800}\\u{dc80}b"', True, False, True]"""
    assert names == "['x.y', '', 'c', 'z', '..']"
    assert parents == r"['C:', 'C:\\', '', 'a', '', '\\\\srv\\share\\', 'a']"


LIBRARY = """
import os
from pywasmtools import component_embed, parse_wit
class Given:
    def __fspath__(self):
        return "w\\\\"
resolve = parse_wit(Given())
print(sorted(str(p.name) for p in resolve.packages))
print(len(component_embed(Given(), b"\\0asm\\1\\0\\0\\0")))
"""


def test_the_library_reads_folders(windows: Windows) -> None:
    done = windows(LIBRARY, program="-c")
    assert (done.stderr, done.stdout.splitlines()[0]) == (b"", b"['a:b', 'c:d']")


CONSOLE = r"""
import os, sys, types
os.get_terminal_size = lambda fd=1: os.terminal_size((80, 24))
os.isatty = lambda fd: fd < 3

class Kernel:
    mode = 0
    def __init__(self, name):
        assert name == "kernel32"
    def GetConsoleMode(self, handle, mode):
        mode.value = Kernel.mode
        return 1
    def SetConsoleMode(self, handle, mode):
        Kernel.mode = mode
        return NEW

class Number:
    value = 0

NEW = sys.argv[1] == "new"
sys.modules["ctypes"] = types.SimpleNamespace(c_void_p=int, c_ulong=Number, byref=lambda number: number, WinDLL=Kernel)
sys.modules["msvcrt"] = types.SimpleNamespace(get_osfhandle=lambda fd: fd)
from pywasmtools.cli.main import main
print(main(sys.argv[2:]), Kernel.mode, flush=True)
"""


def test_consoles_get_colours_where_they_take_them(windows: Windows) -> None:
    """The system is told that ANSI sequences come; one that does not know them gets none."""
    for age, wish, mode in (("new", "auto", 4), ("new", "always", 4), ("new", "never", 0), ("old", "always", 4)):
        done = windows(CONSOLE, age, "component", "wit", "nowhere", "--color", wish, program="-c")
        assert (done.returncode, done.stdout) == (0, b"1 %d\n" % mode)
        assert (b"\x1b[31merror" in done.stderr) == (age == "new" and wish != "never"), (age, wish)
    for env, styled in (({}, True), ({"NO_COLOR": "1"}, False), ({"CLICOLOR": "0"}, False), ({"CLICOLOR": "1"}, True)):
        done = windows(CONSOLE, "new", "component", "bogus", program="-c", env=env)
        assert (done.stdout[:1], b"\x1b[" in done.stderr) == (b"2", styled)


COLOURED = b"\x1b[0m\x1b[1m\x1b[31merror\x1b[0m\x1b[1m: cannot print binary"


def test_consoles_get_text_and_no_binaries(windows: Windows) -> None:
    done = windows(CONSOLE, "new", "component", "wit", "a.wit", program="-c")
    assert (done.stdout, done.stderr) == (WIT.encode() + b"0 0\n", b"")
    done = windows(CONSOLE, "new", "component", "new", "m.wasm", program="-c")
    assert (done.stdout, done.stderr.startswith(COLOURED)) == (b"1 4\n", True)
    done = windows(CONSOLE, "new", "component", "wit", program="-c", input=WIT.encode())
    assert done.stdout == WIT.encode() + b"0 0\n"


# ------------------------------------------------------------------------------- handing on

SHOWS = """#!/bin/sh
case "$*" in *--is-this-pywasmtools*) echo "error: unexpected argument '--is-this-pywasmtools' found, try '--help'"; exit 2;; esac
read -r given; echo "$given[$*]"; exit 7
"""
FAILS = "#!/bin/sh\nexit 1\n"


def program(work: Path, name: str, text: str) -> str:
    """An executable in a folder of its own, which is returned as PATH has it."""
    path = work.parent / "tools" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return "C:\\tools\\" + os.path.dirname(name).replace("/", "\\")


def test_a_real_one_is_waited_for_and_its_status_passed(windows: Windows, work: Path) -> None:
    folder = program(work, "a b/wasm-tools.EXE", SHOWS)
    for path in (folder, f'"{folder}"', f";;C:\\none;{folder}"):
        done = windows("dump", "x y", '"', env={"PATH": path}, input=b"given")
        assert (done.returncode, done.stdout, done.stderr) == (7, b'given[dump x y "]\n', b"")


def test_the_current_folder_is_not_searched(windows: Windows, work: Path) -> None:
    (work / "wasm-tools.exe").write_text(SHOWS)
    (work / "wasm-tools.exe").chmod(0o755)
    done = windows("dump", env={"PATH": ";C:\\none;"})
    assert (done.returncode, done.stderr[:23]) == (2, b"error: pywasmtools has ")


def test_our_own_launcher_is_not_asked(windows: Windows, work: Path) -> None:
    ours = work.parent / "Scripts" / "wasm-tools.exe"
    ours.parent.mkdir()
    ours.write_text(f"#!/bin/sh\ntouch '{work}/asked'\n")
    ours.chmod(0o755)
    folder = program(work, "b/wasm-tools.exe", SHOWS)
    done = windows("dump", env={"PATH": f"C:\\Scripts;{folder}"}, input=b"")
    assert (done.returncode, done.stdout) == (7, b"[dump]\n")
    assert not (work / "asked").exists()


def test_batch_files_get_what_they_can_take(windows: Windows, work: Path) -> None:
    folder = program(work, "c/wasm-tools.cmd", SHOWS)
    env = {"PATH": folder, "PATHEXT": ".EXE;.CMD"}
    assert windows("dump", "a.wasm", env=env, input=b"").stdout == b"[dump a.wasm]\n"
    assert windows("dump", "a&calc", env=env, input=b"").returncode == 2
    assert windows("dump", "a.wasm", env={"PATH": folder, "PATHEXT": ".EXE"}, input=b"").returncode == 2


def test_one_that_fails_comes_last(windows: Windows, work: Path) -> None:
    first, second = program(work, "d/wasm-tools.exe", FAILS), program(work, "e/wasm-tools.exe", SHOWS)
    assert windows("dump", env={"PATH": f"{first};{second}"}, input=b"").returncode == 7
    assert windows("dump", env={"PATH": first}, input=b"").returncode == 1


# ------------------------------------------------------------------------------- the stand-in itself


def test_goldens_are_read_with_the_errors_and_slashes_of_posix() -> None:
    told = rf"""error: failed to read "a\\b": {PATH}
    0: {DENIED}
     --> d\deps\b.wit:2:24
Writing: new\b.wit
    1: another (os error 112)
"""
    assert as_elsewhere(told.encode()).decode().splitlines() == [
        r'error: failed to read "a\\b": No such file or directory (os error 2)',
        *("    0: Is a directory (os error 21)", "     --> d/deps/b.wit:2:24", "Writing: new/b.wit"),
        "    1: another (os error 112)",
    ]


RULES = r"""
import os
fd = os.open("text", os.O_WRONLY | os.O_CREAT)
os.write(fd, b"a\nb")
for call in (lambda: os.unlink("text"), lambda: os.replace("a.wit", "TEXT"), lambda: os.rename("a.wit", "m.wasm"),
             lambda: os.stat("nope"), lambda: open("w"), lambda: os.getuid(), lambda: os.O_CLOEXEC):
    try:
        call()
        print("no")
    except (OSError, AttributeError) as e:
        print(type(e).__name__, getattr(e, "winerror", "-"))
os.close(fd)
print(open("text", "rb").read(), os.getcwd(), os.path.join("a", "b"), os.path.exists("SUB\\M.wasm"), os.path.isdir("C:/work"))
"""


def test_the_stand_in_keeps_the_rules(windows: Windows) -> None:
    done = windows(RULES, program="-c")
    assert done.stderr == b""
    assert done.stdout.decode().splitlines() == [
        *(
            "PermissionError 32",
            "PermissionError 32",
            "FileExistsError 183",
            "FileNotFoundError 2",
            "PermissionError None",
        ),
        *("AttributeError -", "AttributeError -"),
        r"b'a\r\nb' C:\work a\b True True",
    ]
