"""Inputs that the command line names, results that become files, and refusals in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from pywasmtools.cli.output import write_file
from pywasmtools.cli.wit import make_folders
from pywasmtools.diagnostics import WasmToolsError, path_str
from pywasmtools.library.sources import Source

MISTAKES = (WasmToolsError, ValueError, OSError)
"""What is refused: what an input has wrong, a name that means nothing, a file that can't be read or written."""


def source(path: Path) -> Source:
    """An input: a file or folder, or what stands on stdin where it is `-`."""
    if str(path) != "-":
        return path
    if sys.stdin is None or sys.stdin.isatty():
        raise ValueError("nothing stands on stdin")
    return sys.stdin.buffer.read()


def features(names: list[str] | None) -> list[str]:
    """Names of features: with commas or spaces, or one at a time."""
    return [name for text in names or [] for name in text.replace(",", " ").split()]


def write(path: Path | None, data: bytes) -> None:
    """Makes a result the contents of a file, whatever was in it; or writes it to stdout."""
    if path is not None:
        write_file(path_str(os.fsencode(path)), data)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_folder(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Writes files below a folder, which is made; returns their paths."""
    written: list[str] = []
    for name, text in files.items():
        path = folder / name
        make_folders(path_str(os.fsencode(path.parent)))
        write_file(path_str(os.fsencode(path)), text.encode())
        written.append(str(path))
    return written


def refused(e: Exception) -> typer.Exit:
    """Tells in one line what is wrong, with its place; the exit that follows."""
    Console(stderr=True).print(f"[bold red]error[/]: {escape(in_one_line(e))}", highlight=False, soft_wrap=True)
    return typer.Exit(2)


def in_one_line(e: Exception) -> str:
    """What is wrong, from the outside in: `world.wit:3:7: expected …`."""
    if isinstance(e, OSError) and e.filename is not None:
        name = os.fsdecode(e.filename) if isinstance(e.filename, bytes) else str(e.filename)
        return f"{name}: {e.strerror}"
    if not isinstance(e, WasmToolsError):
        return " ".join(str(e).split())
    if e.line is not None:
        return f"{e.path or '<input>'}:{e.line}:{e.column}: {' '.join(e.message.split())}"
    text = ": ".join([" ".join(layer.text().split()) for layer in e.layers])
    return text if e.path is None or e.path in text else f"{e.path}: {text}"
