"""Inputs of growing size, a function each: time, memory and growth on them are held beside the reference's.

`test_shapes.py` runs them. A file here holds the shapes of one part of the input; `shape(start)` adds one:

    @shape(5_000)
    def interfaces(n: int) -> Case:
        files = {"w.wit": "package a:b;" + "".join(f"interface i{k} {{ }}" for k in range(n))}
        return files, ["component", "wit", "w.wit"]

`start` is the first size; the second is four times that. Choose it so that the reference takes some 20 ms at the second
size, and ours a second or two.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import NamedTuple

Case = tuple[dict[str, "str | bytes"], list[str]]
"""The files that a command line needs, by name, and the command line."""


class Shape(NamedTuple):
    """A family of inputs: `make(n)` is the one of size `n`."""

    name: str
    start: int
    make: Callable[[int], Case]


SHAPES: dict[str, Shape] = {}


def shape(start: int) -> Callable[[Callable[[int], Case]], Callable[[int], Case]]:
    """Adds a function from a size to a case, named after its file and itself."""

    def add(make: Callable[[int], Case]) -> Callable[[int], Case]:
        name = f"{make.__module__.rpartition('.')[2]}.{make.__name__}"
        assert name not in SHAPES, name
        SHAPES[name] = Shape(name, start, make)
        return make

    return add


def all_shapes() -> list[Shape]:
    """The shapes of every file beside this one."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return list(SHAPES.values())
