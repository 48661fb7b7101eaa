"""The library's face for Python: a `Resolve` to walk, its items and types, what goes in and what comes out.

`from pywasmtools import …` has all of it, loaded on first use.

From the ground up:

    state.py          what the model's objects are made of: copies, pickles, comparisons
    sources.py        what functions take: text, content, paths, options; refusals of what they don't
    abi.py            the canonical ABI of types: sizes, alignments, core types and signatures
    text.py           the text of parts: types as they are referred to, definitions
    changes.py        the model changed in place: names, what is taken out, what WIT text adds
    base.py           what items and types have in common: `View`, `Items`, `Stability`, `Location`
    types.py          types: a class for each kind, and `Type`, their union
    items.py          `Package`, `World`, `Interface`, `Function`, `Param`
    resolve.py        `Resolve`: the packages, worlds, interfaces and types of WIT
    visitor.py        `walk` and `Visitor`
    reading.py        text, folders, binaries, JSON to `Resolve`, and its text
    commands.py       the commands as functions
    assemble.py       a component of a module and WIT, in one step
    minimal.py        the smallest WIT that holds one world or interface
    inputs.py         WIT resolved, or a binary: whatever an input is
    explain.py        what differs between two components, modules or packages
    listing.py        what an input imports and exports

Everything here is interpreted, and nothing of it is loaded by the commands. So this room may use the whole standard library, and
what annotations name is there at run time: `typing.get_type_hints` and `inspect.signature(…, eval_str=True)` work.
"""
