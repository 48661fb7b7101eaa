"""The tree-sitter grammar of WIT, the interface language of WebAssembly components.

parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_wit.language()))
"""

from importlib.resources import files

from tree_sitter_wit._binding import language

__all__ = ["FOLDS_QUERY", "HIGHLIGHTS_QUERY", "TAGS_QUERY", "language"]


def _query(name: str) -> str:
    return (files(f"{__package__}.queries") / name).read_text()


HIGHLIGHTS_QUERY = _query("highlights.scm")
"""What an editor colours, as a query over the tree."""

TAGS_QUERY = _query("tags.scm")
"""Definitions and references, for indexes of code."""

FOLDS_QUERY = _query("folds.scm")
"""What an editor may fold."""
