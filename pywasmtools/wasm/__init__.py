"""The binary format: reading and writing it, item by item. Knows bytes, nothing of WIT.

    limits.py              how much of everything is accepted
    types.py               core types, as ints and small classes, and how messages show them
    reader.py              a bounds-checked cursor over one `bytes`; every error carries its offset
    writer.py              numbers, names, vectors, sections, core types: the shortest form of each
    features.py            the table of features; what reads differently without one
    instructions.py        the table of instructions, a row each
    immediates.py          the table of kinds of immediates: what each is in the binary, read and written
    operators.py           one operator at a time by both tables
    payloads.py            the one walk over a binary, nested modules and components too
    component_types.py     the table of component type forms; value types as ints; aliases
    spaces.py              index spaces, a row each: numbers, words, bytes
    module.py              items of a core module's sections
    module_builder.py      small core modules, written
    canonicals.py          the table of canonical built-ins, a row each; a built-in as a hashable tuple
    component.py           items of a component's sections
    well_formed.py         all of a binary, read and dropped
    component_builder.py   components, written: items that follow each other share a section
    annotations.py         `producers`, `name`, `component-name`: read, merged, rewritten; branch hints
    descriptions.py        sections of text for people and registries
    dylink.py              the `dylink.0` section

Invariant: input is `bytes`; what is read is a slice or an int, never a copy of a body.
"""
