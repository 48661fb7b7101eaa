"""Shapes of WIT text."""

from __future__ import annotations

from shapes import Case, shape


@shape(4_000)
def interfaces(n: int) -> Case:
    """Interfaces of one function each."""
    text = "".join(f"interface i{k} {{ f{k}: func(a: u32) -> string; }}\n" for k in range(n))
    return {"w.wit": "package a:b;\n" + text}, ["component", "wit", "w.wit"]
