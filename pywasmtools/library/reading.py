"""What is read to a `Resolve`: WIT as text, folders, binaries and JSON; and a `Resolve` printed.

What was found is kept: the package, and of a component or a module the world, so that printing gives what `component wit` gives.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

from pywasmtools.diagnostics import SourceMap, WasmToolsError, error, path_str, wit_error
from pywasmtools.library.resolve import Resolve
from pywasmtools.library.sources import Source, content_or_path, feature_names, flags, number, texts
from pywasmtools.load import Decoded, decode_bytes, decode_input, read_file
from pywasmtools.wit.from_json import member, resolve_from_value
from pywasmtools.wit.printer import WitPrinter

JsonSource: TypeAlias = Source | Mapping[str, object]
"""JSON as text, content or a path; or what `json.loads` made of it."""


def parse_wit(source: Source, *, features: Iterable[str] = (), all_features: bool = False) -> Resolve:
    """The WIT in text, in a file or folder, or in a binary: a WIT package, a component, a core module with an embedded world.

    `features` are names of `@unstable` features that are on, `all_features` all of them. They are of text: a binary has been
    through them.
    """
    flags(all_features=all_features)
    names = feature_names(features)
    found = content_or_path(source, "source")
    if isinstance(found, bytes):
        return _found(decode_bytes(found, "<input>", names, all_features))
    return _found(decode_input(path_str(os.fsencode(found)), names, all_features))


def decode(binary: Source) -> Resolve:
    """The WIT in a binary: a WIT package, a component, or a core module with an embedded world; in its text, too.

    What the binary holds is kept: `print_wit` of it gives what `component wit` prints.
    """
    found = content_or_path(binary, "binary")
    if isinstance(found, bytes):
        return _found(decode_bytes(found, "<input>"))
    return _found(decode_input(path_str(os.fsencode(found))))


def _found(decoded: Decoded) -> Resolve:
    return Resolve(decoded.resolve, decoded.package, None if decoded.world < 0 else decoded.world)


def print_wit(resolve: Resolve, package: int | None = None, *, docs: bool = True) -> str:
    """The WIT text of a package of a `Resolve` (its id; the main one where None), with the others nested behind it."""
    _check_resolve(resolve)
    flags(docs=docs)
    model = resolve.model
    if package is not None:
        number(package, "package", len(model.packages) - 1)
    if not model.packages:
        raise ValueError("the Resolve has no package")
    main = package if package is not None else resolve.package_id
    if main is None:
        main = len(model.packages) - 1
    return WitPrinter(docs).print(model, main, [k for k in range(len(model.packages)) if k != main])


def _check_resolve(value: object) -> None:
    if not isinstance(value, Resolve):
        raise TypeError(f"`resolve` is a Resolve, not {type(value).__name__}")


# ------------------------------------------------------------------------------- JSON


def resolve_from_json(source: JsonSource, *, package: str | None = None) -> Resolve:
    """A `Resolve` from what `component wit --json` prints: text, content, a path, or the dict that `json.loads` made.

    JSON does not say which package is the main one: it is `package` (`namespace:name`, with `@version` where it has one), and the
    last one where that is None, which it is in the JSON of most inputs. Nor does JSON have places in source text, or the features
    that were on: what they left out is not there. Raises `WasmToolsError` where it is no JSON, with line and column, and where it is no
    `Resolve`, with the path of the member that is wrong: `$.types[3].kind: …`.
    """
    texts(package=package)
    if isinstance(source, Mapping):
        return _resolve(dict(source), package)
    found = content_or_path(source, "source")
    if isinstance(found, bytes):
        return _resolve(_parsed(found, "<input>"), package)
    path = path_str(os.fsencode(found))
    try:
        return _resolve(_parsed(read_file(path), path), package)
    except WasmToolsError as e:
        raise e.in_file(path) from None


def _resolve(value: object, package: str | None) -> Resolve:
    """The `Resolve` that JSON describes, with its main package."""
    model = resolve_from_value(value)
    if package is None:
        return Resolve(model, len(model.packages) - 1 if model.packages else None)
    names = [str(found.name) for found in model.packages]
    if package not in names:
        raise ValueError(f"`package` is one of {', '.join(names)}, not {package!r}")
    return Resolve(model, names.index(package))


def _parsed(data: bytes, path: str) -> object:
    """JSON, read. `path` is for messages."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise error("input was not valid utf-8") from None
    twice: list[tuple[object, str]] = []

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice.append((found, next(name for k, name in enumerate(names) if name in names[:k])))
        return found

    try:
        value: object = json.loads(text, object_pairs_hook=members)
    except json.JSONDecodeError as e:
        raise _not_json(text, e.pos, e.msg, path) from None
    except RecursionError:
        raise error("the JSON is nested too deep") from None
    except ValueError:
        raise error("the JSON has a number of too many digits") from None
    if twice:
        raise error(f"{_path_to(value, twice[0][0])}: there are two members {json.dumps(twice[0][1])}")
    return value


def _not_json(text: str, position: int, message: str, path: str) -> WasmToolsError:
    """A refusal of what is no JSON, with the line where it goes wrong."""
    source_map = SourceMap()
    source_map.push(path, text.encode())
    at = len(text[:position].encode())
    return wit_error((at, at), f"invalid JSON: {message[:1].lower()}{message[1:]}").as_one(source_map)


def _path_to(root: object, wanted: object) -> str:
    """The path of an object in JSON that was read."""
    waiting: list[tuple[str, object]] = [("$", root)]
    while waiting:
        at, value = waiting.pop()
        if value is wanted:
            return at
        if isinstance(value, dict):
            members = cast("dict[str, object]", value)
            waiting += [(member(at, name), inner) for name, inner in members.items()]
        elif isinstance(value, list):
            waiting += [(f"{at}[{k}]", inner) for k, inner in enumerate(cast("list[object]", value))]
    return "$"
