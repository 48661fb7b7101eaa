"""The interface language and its model. Knows text, nothing of bytes.

    model.py          `Resolve` and its arenas of packages, worlds, interfaces and types
    decoded.py        what an input turned out to hold
    type_walk.py      the types inside a type, listed or replaced
    queries.py        names of imports and exports, and what depends on what
    live.py           which types are in use
    clone.py          deep copies for a new owner
    accessors.py      getters and setters: their order
    abi.py            how values flatten, and a function's core signature
    printer.py        WIT text
    resolve_json.py   JSON
    model_debug.py    parts of the model as Rust's Debug prints them
    syntax/           text, read and resolved
    transform/        what is done to a `Resolve`

Invariant: ids are ints, one space an arena; an ordered map is a `dict`, and its order shows in the bytes.
"""
