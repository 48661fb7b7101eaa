"""The library's face for Python: a `Resolve` to walk, its items and types, what goes in and what comes out.

`from pywasmtools import …` has all of it, loaded on first use.

From the ground up:

    resolve.py        `Resolve`: the packages, worlds, interfaces and types of WIT
    sources.py        what functions take: text, content, paths, options; refusals of what they don't
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
