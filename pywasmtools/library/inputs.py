"""An input whatever it is: `read_input` gives WIT resolved, or a module or component in binary."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pywasmtools.diagnostics import path_bytes, path_str
from pywasmtools.library.resolve import Resolve
from pywasmtools.library.sources import Source, content_or_path, feature_names, flags
from pywasmtools.load import UNKNOWN, Decoded, decode_bytes, decode_input, detect, read_file, read_wasm_bytes


def read_input(
    source: Source | Resolve, what: str, features: Iterable[str] = (), all_features: bool = False
) -> bytes | Decoded:
    """WIT (text, a folder, a `Resolve`) resolved; a binary, also where it holds a package of WIT, as it is; text of one translated.

    `what` is the parameter that it is given as. Raises what can't be read, and what is neither.
    """
    if isinstance(source, Resolve):
        return Decoded(
            source.model,
            -1 if source.package_id is None else source.package_id,
            -1 if source.world_id is None else source.world_id,
        )
    flags(all_features=all_features)
    names = feature_names(features)
    found = content_or_path(source, what)
    if isinstance(found, bytes):
        if detect(found) == UNKNOWN:
            return decode_bytes(found, "<input>", names, all_features)
        return read_wasm_bytes(found, "<input>")
    path = path_str(os.fsencode(found))
    if os.path.isdir(path_bytes(path)):
        return decode_input(path, names, all_features)
    data = read_file(path)
    if detect(data) == UNKNOWN:
        return decode_bytes(data, path, names, all_features)
    return read_wasm_bytes(data, path)
