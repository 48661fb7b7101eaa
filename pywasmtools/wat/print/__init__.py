"""Binaries in text.

    writer.py        lines, indentation, groups, colours
    names.py         what items are called
    floats.py        floats, exact
    types.py         core types
    classes.py       how opcodes are treated
    operators.py     instructions: bodies and constant expressions
    annotations.py   custom sections
    module.py        sections of core modules
    component.py     sections of components
    printer.py       the walk: the entry

Invariant: what was printed before an error stands; nothing is validated here.
"""
