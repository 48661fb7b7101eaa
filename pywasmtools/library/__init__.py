"""The library's face for Python: a `Resolve` to walk, its items and types, what goes in and what comes out.

`from pywasmtools import …` has all of it, loaded on first use.

From the ground up:

    resolve.py        `Resolve`: the packages, worlds, interfaces and types of WIT
    reading.py        text, folders, binaries to `Resolve`

Everything here is interpreted, and nothing of it is loaded by the commands. So this room may use the whole standard library, and
what annotations name is there at run time: `typing.get_type_hints` and `inspect.signature(…, eval_str=True)` work.
"""
