"""The interface language and its model. Knows text, nothing of bytes.

    stability.py      what is there under which features; merging of two stabilities
    types.py          the kinds of types, and the types that each refers to
    model.py          `Resolve` and its arenas of packages, worlds, interfaces and types
    queries.py        names of imports and exports, what depends on what, which types are in use
    clone.py          deep copies for a new owner
    abi.py            how values flatten, and a function's core signature
    printer.py        WIT text
    resolve_json.py   JSON
    json_checks.py    whether what JSON says is sound
    from_json.py      the other way: JSON to a `Resolve`
    model_debug.py    parts of the model as Rust's Debug prints them
    syntax/           text, read and resolved
    transform/        what is done to a `Resolve`

Invariant: ids are ints, one space an arena; an ordered map is a `dict`, and its order shows in the bytes.
"""
