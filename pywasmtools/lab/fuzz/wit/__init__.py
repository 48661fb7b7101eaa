"""Inputs that are WIT.

    made.py        packages made of nothing: every form of type and item
    versions.py    packages in several versions, and a world that takes from all
    lines.py       command lines over a package
    worlds.py      the kind `worlds`: made packages
    nodes.py       a file as a table of its grammar's nodes, with the names in scope
    splice.py      changes at those nodes
    spliced.py     the kind `wit`: packages of the corpus, changed
    roundtrips.py  the kind `roundtrips`: what our commands make of packages, taken on

Invariant: only `nodes.py` and what stands on it needs tree-sitter.
"""
