"""How the commands for people look: every table and view as plain text, in a narrow window and in a wide one."""

from __future__ import annotations

import io
import json
import platform
import re
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")

from rich.console import Console

from pywasmtools.lab import doctor, page, shadow_log, start
from pywasmtools.lab import show as show_diff
from pywasmtools.lab.case import Case
from pywasmtools.lab.diff import Comparison, Run
from pywasmtools.lab.fuzz.running import view as fuzz_view
from pywasmtools.lab.fuzz.running.state import Count, Found
from pywasmtools.lab.fuzz.running.state import State as FuzzState
from pywasmtools.lab.fuzz.running.view import View
from pywasmtools.lab.programs import Program
from pywasmtools.lab.reduce import show as show_reduce
from pywasmtools.lab.reduce.passes import Reduction

NARROW, WIDE = 60, 120
REAL = Program(["/opt/real/wasm-tools"], "/opt/real/wasm-tools", "wasm-tools 1.263.0")
OURS = Program(["python"], "pywasmtools", "")


def printed(shown: Callable[[Console], object], width: int) -> str:
    """What is printed in a window without colours, without spaces at the ends of lines."""
    out = io.StringIO()
    shown(Console(file=out, width=width, height=40, emoji=False))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


# ------------------------------------------------------------------------------- doctor

FOUND = [
    doctor.Executable("/home/a/[b]/bin/wasm-tools", "broken", None, "it ended with status 1"),
    doctor.Executable("/usr/bin/wasm-tools", "ours", "1.263.0", "a launcher of /usr/bin/python3 -m pywasmtools"),
    doctor.Executable("/opt/real/wasm-tools", "real", "1.250.0", "an executable"),
]
FINDINGS = [
    doctor.Finding(False, "real wasm-tools is of another release", "install release 1.263.0 of it"),
    doctor.Finding(
        True,
        "$WASMTOOLS names /home/a/[b]/a-folder-with-a-name-that-no-window-has-room-for/wasm-tools, which is not there",
        "name an executable, or unset it",
    ),
]


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> doctor.Report:
    monkeypatch.setattr(doctor, "PACKAGE", PurePosixPath("/usr/lib/python3/site-packages/pywasmtools"))
    monkeypatch.setattr(doctor, "VERSION_LINE", "wasm-tools 1.263.0 (a line of it)")
    monkeypatch.setattr(doctor, "compiled", lambda: False)
    monkeypatch.setattr(platform, "python_implementation", lambda: "CPython")
    monkeypatch.setattr(platform, "python_version", lambda: "3.11.9")
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    bytecode = start.Bytecode(files=7, missing=["a.py"], stale=["b.py"])
    times = {"ours": 15.2, "on_path": 115.7, "interpreter": 9.6}
    return doctor.Report(FOUND, FOUND[1], FOUND[2], "tools/wasm-tools", None, bytecode, times, FINDINGS)


COMMANDS_OF_OURS = """\
parse                   /usr/bin/wasm-tools (ours)
validate                /usr/bin/wasm-tools (ours)
print                   /usr/bin/wasm-tools (ours)
objdump                 /usr/bin/wasm-tools (ours)
strip                   /usr/bin/wasm-tools (ours)
component new           /usr/bin/wasm-tools (ours)
component wit           /usr/bin/wasm-tools (ours)
component embed         /usr/bin/wasm-tools (ours)
component targets       /usr/bin/wasm-tools (ours)
component link          /usr/bin/wasm-tools (ours)
component semver-check  /usr/bin/wasm-tools (ours)
component unbundle      /usr/bin/wasm-tools (ours)
metadata show           /usr/bin/wasm-tools (ours)
metadata add            /usr/bin/wasm-tools (ours)
all others              /opt/real/wasm-tools (real)
$WASMTOOLS              tools/wasm-tools
"""

REPORT_NARROW = f"""\
emulates     wasm-tools 1.263.0 (a line of it)
package      /usr/lib/python3/site-packages/pywasmtools
interpreter  CPython 3.11.9, /usr/bin/python3
compiled     no, pure Python
bytecode     5 of 7 files have it, of 1 it is out of date;
             that of the others is kept at their first use
start        ours 15 ms, ours through PATH 116 ms, a bare
             interpreter 10 ms

wasm-tools on PATH
1  broken  -        /home/a/[b]/bin/wasm-tools
                    it ended with status 1
2  ours    1.263.0  /usr/bin/wasm-tools
                    a launcher of /usr/bin/python3 -m
                    pywasmtools
3  real    1.250.0  /opt/real/wasm-tools
                    an executable

{COMMANDS_OF_OURS}
to do  $WASMTOOLS names
       /home/a/[b]/a-folder-with-a-name-that-no-window-has-r
       oom-for/wasm-tools, which is not there
       so: name an executable, or unset it

note   real wasm-tools is of another release
       so: install release 1.263.0 of it
"""

REPORT_WIDE = f"""\
emulates     wasm-tools 1.263.0 (a line of it)
package      /usr/lib/python3/site-packages/pywasmtools
interpreter  CPython 3.11.9, /usr/bin/python3
compiled     no, pure Python
bytecode     5 of 7 files have it, of 1 it is out of date; that of the others is kept at their first use
start        ours 15 ms, ours through PATH 116 ms, a bare interpreter 10 ms

wasm-tools on PATH
1  broken  -        /home/a/[b]/bin/wasm-tools
                    it ended with status 1
2  ours    1.263.0  /usr/bin/wasm-tools
                    a launcher of /usr/bin/python3 -m pywasmtools
3  real    1.250.0  /opt/real/wasm-tools
                    an executable

{COMMANDS_OF_OURS}
to do  $WASMTOOLS names /home/a/[b]/a-folder-with-a-name-that-no-window-has-room-for/wasm-tools, which is not there
       so: name an executable, or unset it

note   real wasm-tools is of another release
       so: install release 1.263.0 of it
"""


@pytest.mark.parametrize(("width", "expected"), [(NARROW, REPORT_NARROW), (WIDE, REPORT_WIDE)])
def test_doctor(report: doctor.Report, width: int, expected: str) -> None:
    assert printed(lambda console: doctor.show(report, console), width) == expected


@pytest.mark.parametrize(
    ("width", "table"),
    [
        (12, " bro…  -\n\n ours  1.2…\n\n real  1.2…\n"),
        (16, "  brok…  -\n\n  ours   1.263…\n\n  real   1.250…\n"),
    ],
)
def test_names_are_cut_and_not_broken(report: doctor.Report, width: int, table: str) -> None:
    """In a window that has room for nothing, what stands at the left is still a name a line."""
    shown = printed(lambda console: doctor.show(report, console), width)
    assert shown.partition("PATH\n")[2].startswith(f"{table}\n")
    at_left = [re.split("  +", line)[0] for line in shown.splitlines() if line[:1].strip()]
    assert at_left[:6] == ["emulates", "package", "interpreter", "compiled", "bytecode", "start"]
    rows = [line.rpartition("  /")[0].rstrip() for line in COMMANDS_OF_OURS.splitlines()[:-1]]
    cut = [row if len(row) < width else f"{row[: width - 2]}…" for row in [*rows, "$WASMTOOLS"]]
    found = at_left[at_left.index("parse") :]
    assert found == [*cut, "to do", "note"]


def test_doctor_where_nothing_is_there(report: doctor.Report) -> None:
    bare = doctor.Report([], None, None, None, None, start.Bytecode(3), {}, FINDINGS[:1])
    shown = printed(lambda console: doctor.show(bare, console), NARROW)
    assert "\nstart        can't be measured\n\nwasm-tools on PATH: none\n\nparse   " in shown
    assert "\nmetadata add            nothing: there is none on PATH\n" in shown
    assert (
        "\nall others              refused: no real wasm-tools behind\n                        ours\n"
        "$WASMTOOLS              not set\n\nnote   real wasm-tools" in shown
    )
    assert shown.endswith("  so: install release 1.263.0 of it\n\nNothing needs doing.\n")
    # What a shell runs is not ours: all is handed to it.
    real = doctor.Report(FOUND[2:], FOUND[2], None, "wt", FOUND[2], start.Bytecode(3), {}, [])
    shown = printed(lambda console: doctor.show(real, console), NARROW)
    assert (
        "\nmetadata add            /opt/real/wasm-tools (real)\nall others              /opt/real/wasm-tools (real)\n"
        in shown
    )
    assert "\n$WASMTOOLS              wt (real: an executable)\n\nNothing needs doing.\n" in shown


# ------------------------------------------------------------------------------- diff


def comparison(differs: bool) -> Comparison:
    a = Run(1, b"error: one\n", b"", {"out [x].wasm": b"\0asm", "kept": b"1"})
    b = Run(0, b"error: two\n", b"", {"kept": None, "new": b"22"})
    names = ["status", "stdout", "kept", "new", "out [x].wasm"] if differs else []
    argv = ["component", "wit", "a b.wit", "-o", "out [x].wasm"]
    return Comparison(argv, (REAL, OURS), a, b if differs else a, ["`target` was not copied"], names)


COMPARED = """\
$ wasm-tools component wit 'a b.wit' -o 'out [x].wasm'
note: `target` was not copied
reference: /opt/real/wasm-tools (wasm-tools 1.263.0)
subject: pywasmtools (no --version)
              reference  subject
status        1          0
stdout        11 bytes   11 bytes
stderr        0 bytes    0 bytes
kept          1 bytes    deleted
new           -          2 bytes
out [x].wasm  4 bytes    -
status: reference 1, subject 0
stdout differs
--- reference stdout
+++ subject stdout
@@ -1 +1 @@
-error: one
+error: two

kept differs
- 1 bytes
+ absent
new differs
- absent
+ 2 bytes
out [x].wasm differs
- 4 bytes
+ absent
"""

COMPARED_SAME = """\
$ wasm-tools component wit 'a b.wit' -o 'out [x].wasm'
note: `target` was not copied
reference: /opt/real/wasm-tools (wasm-tools 1.263.0)
subject: pywasmtools (no --version)
same: status 1, 11 bytes of stdout, 0 of stderr, kept: 1 bytes, out [x].wasm: 4 bytes
both fail alike, and say:
(nothing)
"""


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_diff(width: int) -> None:
    assert printed(lambda console: show_diff.show(comparison(True), console), width) == COMPARED
    assert printed(lambda console: show_diff.show(comparison(False), console), width) == COMPARED_SAME


PAGE = """\
Note: `target` was not copied.
| | reference | subject
| program | /opt/real/wasm-tools | pywasmtools
| says | wasm-tools 1.263.0 | nothing
* status | 1 | 0
* stdout | 11 bytes | 11 bytes
| stderr | 0 bytes | 0 bytes
* kept | 1 bytes | deleted
* new | - | 2 bytes
* out [x].wasm | 4 bytes | -
# stdout
| | reference
| subject
| 1 | error: [one] | 1 | error: [two]
# kept
Only the reference has it.
1
# new
Only the subject has it.
22
# out [x].wasm
Only the reference has it.
;; unexpected end-of-file (at offset 0x4)
"""
"""The page in plain lines: its rows with `*` where they differ, its heads with `#`, what is marked in brackets."""


def plain(html: str) -> str:
    """A page of HTML from its notes on, in plain lines."""
    html = html.partition("</h1>")[2]
    for pattern, words in (
        ("<tr class=.differs.>", "* "),
        ("<h2>", "# "),
        ("</t[hd]>(?=<t[hd])", " | "),
        ("<tr>", "| "),
        ("<b>", "["),
        ("</b>", "]"),
        ("<[^>]*>", ""),
    ):
        html = re.sub(pattern, words, html)
    lines = [" ".join(line.split()) for line in unescape(html).splitlines()]
    return "".join(f"{line}\n" for line in lines if line)


def test_page() -> None:
    assert plain(page.page(comparison(True))) == PAGE


# ------------------------------------------------------------------------------- fuzz


def fuzz_run(monkeypatch: pytest.MonkeyPatch, console: Console) -> View:
    """A view of a run that has gone on for 75 seconds."""
    state = FuzzState(PurePosixPath("fuzz"), 3, ["wit", "modules", "words"], [], next=12_400)  # type: ignore[arg-type]
    state.counts = {"wit": Count(12_000, 9_000, 3), "modules": Count(345, 1, 0)}
    for k, (cause, kind) in enumerate((("status: [a] 0, 1", "wit"), (f"panic in {'crates/' * 8}lib.rs:7", "modules"))):
        state.causes[cause] = Found(cause, 1_200 + k, kind, k, 2_000 * k + 7, "wasm-tools", False, k)
    state.crashes["src/a.rs:1"] = Found("src/a.rs:1", 1, "wit", 9, 9, "wasm-tools")
    state.corpus, state.unconfirmed, state.lost = 17, 2, 1
    plan = SimpleNamespace(reference=REAL, subject=OURS, guided=True, seconds=200.0, count=20_000)
    clock = SimpleNamespace(monotonic=lambda: 1000.0)
    monkeypatch.setattr(fuzz_view, "time", clock)
    made = View(console, plan, state, "a note", ["wit-words"])  # type: ignore[arg-type]
    made.first_cases, made.first = 2_345, 2_400
    made.rates = [(1065.0, 11_345), (1075.0, 12_345)]
    clock.monotonic = lambda: 1075.0
    return made


FUZZ_NARROW = """\
reference /opt/real/wasm-tools (wasm-tools 1.263.0)
subject   pywasmtools (says nothing of its release)
folder    fuzz, seed 3, from case 2400
a note
left out: wit-words: tree-sitter and its grammar of WIT are
not installed (pip install ./tree-sitter-wit)

12,345 cases, 100/s, 73% accepted, 2 causes, 1 crashes of
the reference, corpus 17, 2:05 left, 7,600 cases left

KINDS
CAUSES"""

FUZZ_WIDE = """\
reference /opt/real/wasm-tools (wasm-tools 1.263.0)
subject   pywasmtools (says nothing of its release)
folder    fuzz, seed 3, from case 2400
a note
left out: wit-words: tree-sitter and its grammar of WIT are not installed (pip install ./tree-sitter-wit)

12,345 cases, 100/s, 73% accepted, 2 causes, 1 crashes of the reference, corpus 17, 2:05 left, 7,600 cases left

KINDS
CAUSES"""

SUMMARY_NARROW = """\
KINDS
10,000 cases in 1:15 (133/s), 12,345 in all: 73% accepted, 2
causes, 1 places where the reference breaks down, 2 that did
not come again, 1 lost

CAUSES
cases: fuzz/causes
"""

SUMMARY_WIDE = """\
KINDS
10,000 cases in 1:15 (133/s), 12,345 in all: 73% accepted, 2 causes, 1 places where the reference breaks down, 2 that
did not come again, 1 lost

CAUSES
cases: fuzz/causes
"""

KINDS = """\
kind      cases  accepted  not made
wit      12,000       75%         3
modules     345        0%
words         0         -
"""

CAUSES_NARROW = """\
times  bytes  kind     cause
1,201  2,007  modules  panic in
                       crates/crates/crates/crates/crates/cr
                       ates/crates/crates/lib.rs:7
1,200      7  wit      status: [a] 0, 1
"""

CAUSES_WIDE = """\
times  bytes  kind     cause
1,201  2,007  modules  panic in crates/crates/crates/crates/crates/crates/crates/crates/lib.rs:7
1,200      7  wit      status: [a] 0, 1
"""


@pytest.mark.parametrize(
    ("width", "picture", "summary", "causes"),
    [
        (NARROW, FUZZ_NARROW, SUMMARY_NARROW, CAUSES_NARROW),
        (WIDE, FUZZ_WIDE, SUMMARY_WIDE, CAUSES_WIDE),
    ],
)
def test_fuzz(width: int, picture: str, summary: str, causes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_run(part: Callable[[View], Any]) -> str:
        return printed(lambda console: console.print(part(fuzz_run(monkeypatch, console))), width)

    def filled(expected: str) -> str:
        return expected.replace("KINDS", KINDS).replace("CAUSES", causes)

    assert of_run(lambda view: view.picture()) == filled(picture)
    assert of_run(lambda view: view.summary()) == filled(summary)
    first, *others = causes.splitlines(keepends=True)
    newest = first.replace("cause\n", "cause (2, the newest first)\n") + "".join(others[:-1])
    assert of_run(lambda view: view.causes(1)) == newest
    assert of_run(lambda view: view.causes(2)) == of_run(lambda view: view.causes(None)) == causes


def test_fuzz_without_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    def summary(console: Console) -> None:
        view = fuzz_run(monkeypatch, console)
        view.state.causes.clear()
        view.state.unconfirmed = view.state.lost = 0
        console.print(view.summary())

    assert printed(summary, WIDE) == (
        f"{KINDS}\n10,000 cases in 1:15 (133/s), 12,345 in all: 73% accepted, 0 causes, "
        "1 places where the reference breaks down\nno difference\n"
    )


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (10.0, "10 s"),
        (59.9, "59 s"),
        (60.0, "1:00"),
        (61.0, "1:01"),
        (3599.0, "59:59"),
        (3600.0, "1:00:00"),
        (7325.0, "2:02:05"),
        (90061.0, "25:01:01"),
    ],
)
def test_a_time_as_a_person_writes_it(seconds: float, told: str) -> None:
    assert fuzz_view.clock(seconds) == told


# ------------------------------------------------------------------------------- reduce


def reduce_view(console: Console) -> Any:
    state = SimpleNamespace(
        best=SimpleNamespace(size=120, command="wasm-tools component wit [a].wit"),
        runs=50,
        seconds=12.4,
        better=8,
        deadline=220.0,
        begun=100.0,
        interest="stdout: [x]",
    )
    progress = show_reduce.Progress(console)
    progress.before = 900
    progress.phases = [
        ("first", 900, 900),
        *((f"phase {k}", 900 - 50 * k, 850 - 50 * k) for k in range(13)),
        ("now", 120, 120),
    ]
    return progress._view(state)  # type: ignore[arg-type]


REDUCTION = Reduction(
    Case(("component", "wit", "a.wit"), {"a.wit": b"package a:b;\n\ninterface i {}\n", "b.bin": b"\xff\0"}, b"text\n"),
    900,
    45,
    50,
    12.44,
    "stdout: [x]",
    True,
)

REDUCING = """\
bytes     900 => 120 (13.3%)
runs      50, 4 a second, 8 of them smaller
time      12 s of 120
keeps     stdout: [x]
command   wasm-tools component wit [a].wit
phase 2   800 => 750
phase 3   750 => 700
phase 4   700 => 650
phase 5   650 => 600
phase 6   600 => 550
phase 7   550 => 500
phase 8   500 => 450
phase 9   450 => 400
phase 10  400 => 350
phase 11  350 => 300
phase 12  300 => 250
now       120 => 120
"""

REDUCED = """\
900 => 45 bytes in 50 runs, 12.4 seconds: nothing helps any more
keeps: stdout: [x]
wasm-tools component wit a.wit <stdin
--- a.wit, 29 bytes
    package a:b;

    interface i {}
--- b.bin, 2 bytes
    ff 00
--- stdin, 5 bytes
    text
written to reduced
"""


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_reduce(width: int) -> None:
    assert printed(lambda console: console.print(reduce_view(console)), width) == REDUCING
    assert printed(lambda console: show_reduce.show(REDUCTION, "reduced", console), width) == REDUCED


def test_reduce_that_was_ended() -> None:
    case = Case(("parse",), {"large": b"x" * 2001, "m.wasm": b"\0asm\1\0\0\0"})
    ended = Reduction(case, 9, 7, 3, 120.0, "a difference", False)
    assert (
        printed(lambda console: show_reduce.show(ended, "[r]", console), NARROW)
        == """\
9 => 7 bytes in 3 runs, 120.0 seconds: the time was over
keeps: a difference
wasm-tools parse
--- large, 2001 bytes
--- m.wasm, 8 bytes
    (module)
    00 61 73 6d 01 00 00 00
written to [r]
"""
    )


# ------------------------------------------------------------------------------- shadow

SHADOWED_NARROW = """\
9 command lines: 4 same, 3 different, 1 failed, 1 skipped
id    command                     differs           inputs
0001  wasm-tools parse '[a]       stdout, out.wasm  kept
      b.wat' -o out.wasm
0002  wasm-tools --version        it took too long  not kept
"""

SHADOWED_WIDE = """\
9 command lines: 4 same, 3 different, 1 failed, 1 skipped
id    command                                   differs           inputs
0001  wasm-tools parse '[a] b.wat' -o out.wasm  stdout, out.wasm  kept
0002  wasm-tools --version                      it took too long  not kept
"""


@pytest.mark.parametrize(("width", "expected"), [(NARROW, SHADOWED_NARROW), (WIDE, SHADOWED_WIDE)])
def test_shadow(width: int, expected: str, tmp_path: Path) -> None:
    lines = [
        {
            "id": "0001",
            "argv": ["parse", "[a] b.wat", "-o", "out.wasm"],
            "differing": ["stdout", "out.wasm"],
            "kept": 1,
        },
        {"id": "0002", "argv": ["--version"], "failed": "it took too long"},
    ]
    (tmp_path / "differences.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    (tmp_path / "counts.json").write_text('{"skipped": 1, "failed": 1, "different": 3, "same": 4}')
    assert printed(lambda console: shadow_log.report(tmp_path, console), width) == expected


def test_shadow_of_nothing(tmp_path: Path) -> None:
    assert printed(lambda console: shadow_log.report(tmp_path, console), NARROW) == "0 command lines: none\n"
    (tmp_path / "counts.json").write_text('{"same": 2, "failed": 0}')
    assert printed(lambda console: shadow_log.report(tmp_path, console), NARROW) == "2 command lines: 2 same\n"
