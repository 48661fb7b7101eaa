"""WIT by its tree-sitter grammar, the distribution `tree-sitter-wit`; says in words where that is missing."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser, Tree


class NoGrammar(Exception):
    """tree-sitter or the grammar is not installed; the text says how to install it."""


@functools.cache
def parser() -> Parser:
    """A parser of WIT. Raises NoGrammar."""
    try:
        import tree_sitter
        import tree_sitter_wit
    except ImportError as e:
        raise NoGrammar(
            f"this command needs {e.name}: pip install tree-sitter, and tree-sitter-wit from the sources of pywasmtools "
            "(`pip install ./tree-sitter-wit`; it needs a C compiler)"
        ) from None
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_wit.language()))


def parse(source: bytes) -> Tree:
    """The concrete syntax tree of a file in UTF-8. Raises NoGrammar."""
    return parser().parse(source)
