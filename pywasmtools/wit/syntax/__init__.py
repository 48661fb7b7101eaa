"""WIT as text, read and resolved.

    lexer.py           tokens, some thousand at a time, as parallel lists
    ast.py             the syntax tree
    parser.py          text to tree, by recursive descent
    attributes.py      `@since`, `@unstable`, `@deprecated`, `@external-id`: syntax and meaning
    name_scope.py      names that differ only in case and hyphens; getters and setters
    resolve_types.py   types and functions, from tree to model
    resolver.py        trees to a package with its foreign names noted down, items in the order of their needs

Invariant: a span is a pair of offsets in UTF-8 bytes of the source map; lines are counted when an error is shown.
"""
