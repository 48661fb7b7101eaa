"""Core modules in text.

    types.py          types: as written, parsed, and what they become
    customs.py        `@custom`, `@producers`, `@dylink.0`
    instructions.py   one instruction with its immediates, to code with names between
    expressions.py    flat and folded expressions, in one pass
    data_values.py    the strings and numbers of data segments
    ahead.py          function bodies parsed by other processes
    module.py         the fields of a module
    resolve.py        names to indices, and function types that nobody wrote
    encode.py         sections in binary order, names last

Invariant: code is bytes from the start; only what a later name fills in is kept apart.
"""
