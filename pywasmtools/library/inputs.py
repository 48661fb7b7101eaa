"""An input whatever it is: `read_input` gives WIT resolved, or a module or component in binary."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pywasmtools.diagnostics import WasmToolsError, path_bytes, path_str
from pywasmtools.library.resolve import Resolve
from pywasmtools.library.sources import Source, content_or_path, feature_names, flags
from pywasmtools.load import UNKNOWN, Decoded, decode_bytes, decode_input, detect, read_file, read_wasm_bytes
from pywasmtools.wasm.payloads import Parser


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
        return _read(found, "<input>", names, all_features)
    path = path_str(os.fsencode(found))
    if os.path.isdir(path_bytes(path)):
        return decode_input(path, names, all_features)
    try:
        return _read(read_file(path), path, names, all_features)
    except WasmToolsError as e:
        raise e.in_file(path) from None


def _read(data: bytes, path: str, features: tuple[str, ...], all_features: bool) -> bytes | Decoded:
    """What content holds; `path` is for messages."""
    if detect(data) == UNKNOWN:
        return decode_bytes(data, path, features, all_features)
    binary = read_wasm_bytes(data, path)
    for _ in Parser(binary, bodies=False):
        pass  # so that it is told which of two inputs is cut off
    return binary
