"""What is held against each other in these tests: WIT, modules and components, made by our own encoder."""

from __future__ import annotations

from pywasmtools.api import component_embed, component_new, parse_wat
from pywasmtools.load import Decoded, decode_bytes

WIT = """package demo:hello@1.0.0;

interface host {
  enum level { info, warn }
  /// Docs are no difference.
  log: func(text: string);
  resource file { constructor(name: string); read: func() -> list<u8>; open: static func() -> file; }
}
world guest { import host; import tick: func(); export run: func(); }
"""

MODULE = """(module $main
  (import "demo:hello/host@1.0.0" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 7))
  (table 1 funcref)
  (func $helper (param i32) (result i32) local.get 0 i32.const 1 i32.add)
  (func $other (result i32) i32.const 3 call $helper)
  (func $run (export "run") i32.const 0 i32.const 5 call $log call $other drop)
  (elem (i32.const 0) func $helper)
  (data (i32.const 0) "hello"))
"""


def wit(text: str) -> Decoded:
    return decode_bytes(text.encode(), "world.wit")


def module(text: str = MODULE, *changes: tuple[str, str]) -> bytes:
    """A module as a binary, text of it replaced."""
    return parse_wat(replaced(text, *changes))


def replaced(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def component(module_changes: tuple[tuple[str, str], ...] = (), wit_changes: tuple[tuple[str, str], ...] = ()) -> bytes:
    """A component of the module and the world."""
    return component_new(component_embed(replaced(WIT, *wit_changes), module(MODULE, *module_changes)))
