"""What is read to a `Resolve`: text, folders of WIT, binaries."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pywasmtools.library.resolve import Resolve
from pywasmtools.load import decode_bytes, decode_input


def parse_wit(
    source: str | bytes | os.PathLike[str], *, features: Iterable[str] = (), all_features: bool = False
) -> Resolve:
    """The packages of WIT text (`str`), of a binary (`bytes`), or of a file or folder (a path)."""
    if isinstance(source, str | bytes):
        data = source.encode() if isinstance(source, str) else source
        found = decode_bytes(data, "<input>", tuple(features), all_features)
    else:
        found = decode_input(os.fspath(source), tuple(features), all_features)
    return Resolve(found.resolve, found.package, found.world if found.world >= 0 else None)


def decode(source: bytes | os.PathLike[str]) -> Resolve:
    """The packages of a binary: a WIT package, a component, or a core module with an embedded world."""
    return parse_wit(source)
