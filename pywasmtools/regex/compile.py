"""Regular expressions of the `regex` crate, for whoever wants to know whether one of several is found in a text."""

from __future__ import annotations

from pywasmtools.regex.parser import parse
from pywasmtools.regex.program import Program, Translator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def compile_set(patterns: Sequence[str]) -> Program:
    """The program of several patterns. Raises what is wrong with one, in the crate's words."""
    nodes = [parse(pattern) for pattern in patterns]
    return Program([Translator(pattern).item(node) for pattern, node in zip(patterns, nodes, strict=True)])
