"""Differential runs: one command line under a real wasm-tools and under ours, compared byte for byte."""

from __future__ import annotations

import difflib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pywasmtools.cli.handing_on import find_real
from pywasmtools.release import VERSION
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wat.print.printer import print_wasm

if TYPE_CHECKING:
    from rich.console import Console

MAX_COPY_BYTES = 512 * 1024 * 1024
"""A folder larger than this is not copied twice."""


class CannotRun(Exception):
    """There is nothing to compare: no reference, or the folder can't be copied."""


@dataclass
class Run:
    """What one program did: its status and streams, and the files that it made, changed or deleted (None)."""

    status: int
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes | None]


@dataclass
class Comparison:
    """Both runs and the names of what differs: `status`, `stdout`, `stderr`, and paths of files."""

    argv: list[str]
    reference: Run
    ours: Run
    differing: list[str] = field(default_factory=list)
    note: str | None = None
    """What to know before the difference is read: the reference is another release."""

    @property
    def same(self) -> bool:
        return not self.differing


def compare(argv: list[str], reference: Path | None, folder: Path, stdin: TextIO, timeout: float) -> Comparison:
    """Runs `argv` under both programs in two scratch copies of `folder`; stdin is read once, if it is not a terminal."""
    named = str(reference) if reference is not None else find_real()
    found = shutil.which(named) if named is not None else None
    if found is None:
        raise CannotRun("no real wasm-tools: name one with --reference or $WASM_TOOLS_REFERENCE, or put it on PATH")
    data = b"" if stdin.isatty() else stdin.buffer.read()
    size = sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    if size > MAX_COPY_BYTES:
        raise CannotRun(f"this folder holds {size >> 20} MiB; run the command in a smaller one")
    ours = [sys.executable, "-m", "pywasmtools"]
    runs = []
    # Absolute, for the runs have folders of their own; not resolved, for a link's name may say what is to be run.
    real = os.path.abspath(found)
    for program in ([real], ours):
        with tempfile.TemporaryDirectory(prefix="pywasmtools-diff-") as scratch:
            copy = Path(scratch, "work")
            shutil.copytree(folder, copy, symlinks=True, ignore_dangling_symlinks=True)
            runs.append(execute(program, argv, copy, data, timeout))
    result = Comparison(argv, runs[0], runs[1], note=release_note(real))
    for name in ("status", "stdout", "stderr"):
        if getattr(runs[0], name) != getattr(runs[1], name):
            result.differing.append(name)
    for name in sorted({*runs[0].files, *runs[1].files}):
        if runs[0].files.get(name, b"") != runs[1].files.get(name, b"") or (name in runs[0].files) != (
            name in runs[1].files
        ):
            result.differing.append(name)
    return result


def release_of(executable: str) -> str | None:
    """The release that a wasm-tools says it is; None where it doesn't say."""
    with tempfile.TemporaryDirectory(prefix="pywasmtools-diff-") as scratch:
        try:
            done = subprocess.run(
                [os.path.abspath(executable), "--version"], cwd=scratch, input=b"", capture_output=True, timeout=10
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    words = done.stdout.decode(errors="replace").split()
    return words[1] if len(words) > 1 and words[0] == "wasm-tools" else None


def note_on(release: str | None) -> str | None:
    """One line where the release of a real wasm-tools is another one than ours."""
    if release in (None, VERSION):
        return None
    return f"the real wasm-tools is release {release}, ours is {VERSION}: what differs may be the release"


def release_note(executable: str) -> str | None:
    """One line where a real wasm-tools is another release than ours; None where it is the same, or doesn't say."""
    return note_on(release_of(executable))


def execute(program: list[str], argv: list[str], folder: Path, stdin: bytes, timeout: float) -> Run:
    """One run in `folder`."""
    before = snapshot(folder)
    env = dict(os.environ)
    root = str(Path(__file__).resolve().parent.parent.parent)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, (root, env.get("PYTHONPATH"))))
    try:
        done = subprocess.run([*program, *argv], cwd=folder, input=stdin, capture_output=True, timeout=timeout, env=env)
    except subprocess.TimeoutExpired:
        raise CannotRun(f"{program[0]} did not end within {timeout:g} seconds") from None
    except OSError as e:
        raise CannotRun(f"{program[0]} can't be run: {e.strerror}") from None
    after = snapshot(folder)
    files: dict[str, bytes | None] = {n: d for n, d in after.items() if before.get(n) != d}
    files.update({n: None for n in before if n not in after})
    return Run(done.returncode, done.stdout, done.stderr, files)


def snapshot(folder: Path) -> dict[str, bytes]:
    """The contents of all regular files below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if stat.S_ISREG(path.lstat().st_mode):
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def show(comparison: Comparison, console: Console) -> None:
    """Prints what differs: text as a unified diff, a binary as the section and offset where it starts to differ."""
    from rich.markup import escape
    from rich.syntax import Syntax
    from rich.table import Table

    console.print(f"[bold]$ wasm-tools {escape(' '.join(comparison.argv))}[/]", highlight=False)
    if comparison.note:
        console.print(f"[yellow]note[/]: {escape(comparison.note)}", highlight=False)
    a, b = comparison.reference, comparison.ours
    if comparison.same:
        made = len(a.files)
        console.print(
            f"[green]same[/]: status {a.status}, {len(a.stdout)} bytes of stdout, {len(a.stderr)} of stderr, {made} files"
        )
        return
    table = Table("", "reference", "ours", box=None, pad_edge=False)
    table.add_row("status", str(a.status), str(b.status))
    table.add_row("stdout", f"{len(a.stdout)} bytes", f"{len(b.stdout)} bytes")
    table.add_row("stderr", f"{len(a.stderr)} bytes", f"{len(b.stderr)} bytes")
    for name in sorted({*a.files, *b.files}):
        table.add_row(escape(name), size_of(a, name), size_of(b, name))
    console.print(table)
    for name in comparison.differing:
        if name == "status":
            console.print(f"[red]status[/]: reference {a.status}, ours {b.status}")
            continue
        left = getattr(a, name) if name in ("stdout", "stderr") else a.files.get(name)
        right = getattr(b, name) if name in ("stdout", "stderr") else b.files.get(name)
        console.print(f"[red]{escape(name)}[/] differs")
        text = difference(left, right, name)
        console.print(Syntax(text, "diff", theme="ansi_dark", background_color="default", word_wrap=True))


def size_of(run: Run, name: str) -> str:
    """How the table shows a file of a run."""
    if name not in run.files:
        return "-"
    data = run.files[name]
    return "deleted" if data is None else f"{len(data)} bytes"


def difference(a: bytes | None, b: bytes | None, name: str) -> str:
    """How two results differ, in words and lines of a diff."""
    if a is None or b is None:
        return f"- {'absent' if a is None else f'{len(a)} bytes'}\n+ {'absent' if b is None else f'{len(b)} bytes'}"
    try:
        left, right = a.decode(), b.decode()
        if "\0" not in left + right:
            lines = difflib.unified_diff(
                left.splitlines(keepends=True), right.splitlines(keepends=True), f"reference {name}", f"ours {name}"
            )
            return "".join(line if line.endswith("\n") else line + "\n\\ no newline at the end\n" for line in lines)
    except UnicodeDecodeError:
        pass
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    out = [f"  {len(a)} and {len(b)} bytes; the first difference is at {at:#x}"]
    out += [f"  reference: in {section_at(a, at)}", f"  ours:      in {section_at(b, at)}"]
    if a[:4] == b[:4] == b"\0asm":
        text = text_difference(a, b, name)
        if text:
            return "\n".join([*out, text])
    start = max(0, at - at % 16 - 16)
    for sign, data in (("-", a), ("+", b)):
        for row in range(start, min(start + 64, len(data)), 16):
            out.append(f"{sign} {row:08x}  {data[row : row + 16].hex(' ')}")
    return "\n".join(out)


def text_difference(a: bytes, b: bytes, name: str) -> str:
    """How two binaries differ in the text format, from our own printer; nothing where their text is the same."""

    def lines_of(data: bytes) -> list[str]:
        text, e = print_wasm(data)
        return (text if e is None else f"{text}\n;; {e}\n").splitlines()

    lines = list(difflib.unified_diff(lines_of(a), lines_of(b), f"reference {name}", f"ours {name}", lineterm=""))
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"… {len(lines) - MOST_LINES} lines more"]
    return "\n".join(lines)


MOST_LINES = 400
"""What is shown of the difference of two binaries."""

SECTIONS = ("custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code")
CORE_SECTIONS = (*SECTIONS, "data", "data count", "tag")
COMPONENT_SECTIONS = (
    "custom",
    "core module",
    "core instance",
    "core type",
    "component",
    "instance",
    "alias",
    "type",
    "canon",
    "start",
    "import",
    "export",
    "value",
)


def section_at(data: bytes, offset: int) -> str:
    """Which section of a binary holds the byte at `offset`, from the outside in: `core module > code`."""
    path: list[str] = []
    pos, end = 0, len(data)
    while data[pos : pos + 4] == b"\0asm":
        component = data[pos + 6 : pos + 8] == b"\1\0"
        names = COMPONENT_SECTIONS if component else CORE_SECTIONS
        pos += 8
        if offset < pos:
            path.append("the header")
            break
        found = False
        while pos < end:
            reader = BinaryReader(data, pos + 1, end)
            try:
                size = reader.var_u32()
            except Exception:
                break
            body = reader.pos
            if offset < body + size:
                id_ = data[pos]
                name = names[id_] if id_ < len(names) else f"section {id_}"
                if id_ == 0:
                    length = data[body] if body < end else 0
                    name += " " + repr(data[body + 1 : body + 1 + length].decode(errors="replace"))
                path.append(name)
                found = True
                pos, end = body, min(body + size, end)
                break
            pos = body + size
        if not found:
            break
    return " > ".join(path) or "no section"
