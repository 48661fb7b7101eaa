"""`pywasmtools fmt`: which files are formatted, and what is told of each."""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pywasmtools.diagnostics import SourceMap, WasmToolsError
from pywasmtools.lab.format import format_wit

if TYPE_CHECKING:
    from rich.console import Console

STDIN = Path("-")


class CannotFormat(Exception):
    """A file that stays as it is; the text says why, in the words of `component wit` where it is no WIT."""


class Count(NamedTuple):
    """How many files were, or would be, laid out another way; how many were so already; how many stay as they are."""

    changed: int = 0
    same: int = 0
    refused: int = 0


def files_of(paths: list[Path]) -> Iterator[Path]:
    """The files that paths name: themselves, and of a folder the `.wit` files below it.

    What is hidden and what lies in `deps` is left out: it is another's, unless it is named.
    """
    for path in paths:
        if path == STDIN or not path.is_dir():
            yield path
            continue
        for folder, below, names in os.walk(path):
            below[:] = sorted(name for name in below if not name.startswith(".") and name != "deps")
            yield from (Path(folder, name) for name in sorted(names) if name.endswith(".wit"))


def formatted(source: bytes, name: str) -> bytes:
    """A file, called `name` in messages, in the one layout. Raises CannotFormat and NoGrammar."""
    try:
        source.decode()
    except UnicodeDecodeError:
        raise CannotFormat(f"input file is not valid utf-8 [{name}]") from None
    source_map = SourceMap()
    source_map.push(name, source)
    try:
        return format_wit(source)
    except WasmToolsError as e:
        raise CannotFormat(e.rendered(source_map)) from None


def fmt(paths: list[Path], check: bool, diff: bool, out: Console, err: Console) -> Count:
    """Formats files in place, and stdin to stdout. With `check` or `diff` nothing is written; differences are shown."""
    count = Count()
    for path in files_of(paths):
        name = "<stdin>" if path == STDIN else str(path)
        try:
            source = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
            written = formatted(source, name)
            if written != source and not check and not diff and path != STDIN:
                replace(path, written)
        except OSError as e:
            err.print(f"[bold red]error[/]: {name}: {e.strerror}", highlight=False, soft_wrap=True)
            count = count._replace(refused=count.refused + 1)
            continue
        except CannotFormat as e:
            err.print("[bold red]error[/]: ", end="")
            err.print(str(e), highlight=False, markup=False, soft_wrap=True)
            count = count._replace(refused=count.refused + 1)
            continue
        if diff:
            show_difference(source, written, name, out)
        if path == STDIN and not check and not diff:
            sys.stdout.buffer.write(written)
            sys.stdout.buffer.flush()
        elif written != source and not diff:
            err.print(
                f"{'would format' if check else 'formatted'} {name}", highlight=False, markup=False, soft_wrap=True
            )
        count = count._replace(
            changed=count.changed + (written != source),
            same=count.same + (written == source),
        )
    return count


def replace(path: Path, data: bytes) -> None:
    """Makes `data` what a file holds, at once or not at all; a link stays one, and the mode as it was."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, target.stat().st_mode & 0o7777)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def show_difference(source: bytes, written: bytes, name: str, out: Console) -> None:
    """A unified diff, in the colours of the field."""
    before, after = (data.decode("utf-8-sig").splitlines() for data in (source, written))
    for line in difflib.unified_diff(before, after, name, name, lineterm=""):
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        if line.startswith(("+++", "---")):
            style = "bold"
        out.print(line, style=style, highlight=False, markup=False, soft_wrap=True)
