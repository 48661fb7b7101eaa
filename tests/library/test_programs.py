"""The programs of `examples/library`: short, typed, and they do what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, environment
from inputs import WASI

FOLDER = ROOT / "examples" / "library"
NOTES = "wit"
PROGRAMS = sorted(p.stem for p in FOLDER.glob("*.py") if p.stem != "stubs")
LONGEST = 15
"""So many lines that are not blank."""

EXPECTED = {
    "cache": "example:notes/app@0.2.0 imports example:notes/store@0.2.0 log\n",
    "change_and_print": """\
  info-of: func(which: borrow<note>) -> tuple<info, u32>;

  /// How many there are.
  @since(version = 0.2.0)
  count: func(by: order) -> u64;
}
""",
    "compare_versions": """\
events: watch
  added
  watch: async func() -> stream<note-info>
store: find
  find: func(tag: string) -> result<handle-list, error>
  find: func(tag: string, by: order) -> result<handle-list, error>
""",
    "core_imports": """\
import example:notes/store@0.2.0 [constructor]note (i32, i32) -> (i32)
import example:notes/store@0.2.0 [method]note.read (i32, i64, i32) -> ()
""",
    "count_kinds": "'stream': 1",
    "find_streams": "\n[static]note.copy: borrow<note>, own<note>\nfind: own<note>\n",
    "graph": 'digraph {\n  "example:notes/events@0.2.0" -> "example:notes/store@0.2.0";\n}\n',
    "host_world": "world host {\n  import store;\n  import events;\n",
    "layout": """\
info: 48 bytes, aligned to 8, flat ('i32', 'i32', 'i32', 'i32', 'i32', 'i64', 'i32', 'i32')
  +0   title: string (8 bytes)
  +8   tags: list<string> (8 bytes)
  +16  written: option<time> (24 bytes)
  +40  mode: access (1 bytes)
""",
    "lint": "wit/notes.wit:52:3: Function 'describe' (which: borrow<note>) -> tuple<info, u32> has no docs\n",
    "list_functions": """\
import example:notes/app@0.2.0 log: func(line: string)
export example:notes/app@0.2.0 run: func(arguments: list<string>) -> result<_, string>
""",
    "live_types": "example:notes/store@0.2.0.access: flags\nexample:notes/store@0.2.0.info: record\n",
    "markdown": "- `read: func(%from: u64) -> result<string, error>`: Its text, from a byte on.\n",
    "resources": """\
class note  # of example:notes/store@0.2.0
  make constructor(title) -> own<note>
  method read(self, from) -> result<string, error>
  method write(self, text) -> result<_, error>
  static copy(other) -> own<note>
""",
    "what_changed": """\
~ interface store
  ~ find: func(tag: string) -> result<handle-list, error>; → find: func(tag: string, by: order) -> result<handle-list, error>;
~ interface events
  + watch: async func() -> stream<note-info>;
~ world app (not compatible: missing import named `example:notes/store@0.1.0`)
""",
    "walk_types": "error knows not-found, denied\nnote is resource note {\n",
}
"""A part of what each prints."""

MORE: dict[str, list[str]] = {
    "compare_versions": ["old", "wit"],
    "what_changed": ["old", "wit"],
    "walk_types": [NOTES, "store"],
}


def program(name: str, *argv: str) -> subprocess.CompletedProcess[str]:
    path = str(FOLDER / f"{name}.py")
    command = [sys.executable, path, *argv]
    return subprocess.run(command, cwd=FOLDER, env=environment(), capture_output=True, text=True, timeout=120)


def test_each_has_its_expectation() -> None:
    assert set(EXPECTED) == set(PROGRAMS) and len(PROGRAMS) >= 12


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_short(name: str) -> None:
    lines = (FOLDER / f"{name}.py").read_text().splitlines()
    assert len([line for line in lines if line.strip()]) <= LONGEST


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_does_what_it_says(name: str, tmp_path: Path) -> None:
    argv = MORE.get(name, [NOTES, str(tmp_path / "out")] if name in ("cache", "host_world") else [NOTES])
    done = program(name, *argv)
    assert (done.returncode, done.stderr) == (1 if name == "lint" else 0, "")
    assert EXPECTED[name] in done.stdout
    if name == "cache":
        assert program(name, *argv).stdout == done.stdout
    if name == "host_world":
        assert (tmp_path / "out").read_bytes()[:8] == b"\0asm\x0d\0\1\0"


def test_the_world_of_a_folder_is_found_by_its_name() -> None:
    listed = program("list_functions", str(WASI), "wasi:cli/command")
    assert "export wasi:cli/run@0.2.0 run: func() -> result\n" in listed.stdout


# ------------------------------------------------------------------------------- the generator of stubs


def test_the_generator_is_no_longer_than_it_says() -> None:
    assert len((FOLDER / "stubs.py").read_text().splitlines()) <= 200


USE = '''
"""What a user of the stubs writes."""
from command import Exports, environment, types
from notes import events, store
from notes.result import Err, Ok
from proxy.types import ErrorCode, ErrorCode_DNSError, Fields, DnsErrorPayload, OutgoingRequest

def descriptors(d: types.Descriptor) -> bytes | None:
    found = d.read(10, 0)
    return found.value[0] if not isinstance(found.value, types.ErrorCode) else None

class Component:
    async def watch(self) -> None:
        async for info in await events.watch():
            print(info.title.upper(), info.written.seconds if info.written else 0, info.mode & store.Access.READ)

def request(fields: Fields) -> OutgoingRequest:
    fields.set("a", [b"b"])
    return OutgoingRequest(fields.clone())

error: ErrorCode = ErrorCode_DNSError(DnsErrorPayload(rcode=None, info_code=3))
note = store.Note("title")
match note.read(0):
    case Ok(value):
        print(value.upper())
    case Err(store.Error_NotFound(what)):
        print(what.upper())
wrong: int = environment.get_arguments()
'''


@pytest.mark.slow
def test_stubs_type_check(tmp_path: Path) -> None:
    worlds = {"notes": (NOTES, "app"), "command": (str(WASI), "wasi:cli/command"), "proxy": (str(WASI), "proxy")}
    worlds["hello"] = (str(ROOT / "examples" / "hello" / "wit"), "hello")
    for name, (wit, world) in worlds.items():
        done = program("stubs", wit, str(tmp_path / name), world)
        assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "use.py").write_text(USE)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", *worlds, "use.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=300)
    # Only what is wrong on purpose, in the last line, is refused.
    last = len(USE.splitlines())
    assert done.stdout.count("error:") == 1, done.stdout
    assert f"use.py:{last}: error: Incompatible types in assignment" in done.stdout
