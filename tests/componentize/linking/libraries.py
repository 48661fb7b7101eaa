"""Small dynamic libraries for tests: text with `@dylink.0`, and a world embedded."""

from __future__ import annotations

from assemble import assemble

from pywasmtools import Encoding, component_embed

WIT = """package t:t@1.0.0;

interface i { f: func(s: string) -> string; g: func(); h: func(x: list<u8>) -> u32; }
interface r { resource q { constructor(); m: func(s: string); } mk: func() -> q; }
interface later { run: async func(s: string) -> string; }

world none {}
world go { export go: func(); }
world imports { import i; }
world exports { export i; }
world both { import i; export i; }
world resources { import r; export r; }
world asynchronous { export later; }
world plain { import plain: func(x: u32) -> u32; export s: func(x: string); }
world streams { import later: async func(x: stream<u8>) -> string; export go: func(); }
"""

REALLOC = '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)'
MEMORY = '(import "env" "memory" (memory 1))'
GO = '(func (export "go"))'
I_EXPORTS = """
  (func (export "t:t/i@1.0.0#f") (param i32 i32) (result i32) unreachable)
  (func (export "t:t/i@1.0.0#g"))
  (func (export "t:t/i@1.0.0#h") (param i32 i32) (result i32) unreachable)"""

Library = tuple[str, str]
"""The fields of a library's text, and the world that it has; none where that is empty."""


def library(fields: str, world: str = "", encoding: Encoding = "utf8") -> bytes:
    """A library. `fields` come in any order: imports are put before what is defined."""
    parts = sorted(top_level(fields), key=lambda field: not field.startswith(("(@", "(import")))
    data = assemble(f"(module {' '.join(parts)})")
    return component_embed(WIT, data, world=world, encoding=encoding) if world else data


def top_level(text: str) -> list[str]:
    """The expressions of a text, one by one; names in it have no parentheses."""
    found, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char == "(":
            start = start if depth else at
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                found.append(text[start : at + 1])
    return found


def dylink(*subsections: str) -> str:
    """A `dylink.0` section."""
    return f"(@dylink.0 {' '.join(f'({s})' for s in subsections)})"


def needing(*names: str) -> str:
    """Other libraries by their names, so that they are not left out."""
    return dylink("needed " + " ".join(f'"{name}"' for name in names))


def env(name: str, signature: str = "") -> str:
    """A function imported from other libraries."""
    return f'(import "env" "{name}" (func {signature}))'


def data_address(name: str) -> str:
    return f'(import "GOT.mem" "{name}" (global (mut i32)))'


def func_address(name: str) -> str:
    return f'(import "GOT.func" "{name}" (global (mut i32)))'


def exported(name: str, signature: str = "") -> str:
    """A function for other libraries; it traps."""
    return f'(func (export "{name}") {signature} unreachable)'
