"""WebAssembly text to the binary that a test wants as its input; offsets in messages are those of these bytes."""

from __future__ import annotations

from annotated import leb

from pywasmtools.wat.parse import wat_to_binary


def assemble(text: str) -> bytes:
    """The binary of a module or component, without the names of the text's identifiers.

    It is made by our own parser of text, which the tests in `wat/` hold to the reference. Names within a component's
    modules stay.
    """
    data = wat_to_binary(text.encode(), None)
    kept, at = data[:8], 8
    while at < len(data):
        size, start = leb(data, at + 1, len(data))
        if data[at] != 0 or not data.startswith((b"\x04name", b"\x0ecomponent-name"), start):
            kept += data[at : start + size]
        at = start + size
    return kept
