"""What the model's objects are made of, said once: for copies, pickles and comparisons of a whole `Resolve`.

The model's classes are plain and may be compiled, so they know nothing of this.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

from pywasmtools import diagnostics
from pywasmtools.text import semver
from pywasmtools.wit import model, stability, types

_MEMBER = ("name", "docs", "span")
_TYPED_MEMBER = ("name", "type", "docs", "span")

PARTS: dict[type, tuple[str, ...]] = {
    diagnostics.SourceMap: ("sources", "offset"),
    diagnostics.Source: ("offset", "path", "contents"),
    semver.Version: ("major", "minor", "patch", "pre", "build"),
    stability.Stability: ("kind", "feature", "since", "deprecated"),
    model.PackageName: ("namespace", "name", "version"),
    model.WorldOwner: ("id",),
    model.InterfaceOwner: ("id",),
    model.TypeDef: ("name", "kind", "owner", "docs", "stability", "span", "external_id"),
    model.FunctionKind: ("tag", "resource"),
    model.Param: ("name", "type", "span"),
    model.Function: ("name", "kind", "params", "result", "docs", "stability", "span", "external_id"),
    model.InterfaceItem: ("id", "stability", "docs", "span", "external_id"),
    model.TypeItem: ("id", "span"),
    model.WorldInclude: ("stability", "id", "names", "span"),
    model.World: ("name", "package", "docs", "stability", "span", "imports", "exports", "includes"),
    model.Interface: ("name", "package", "docs", "stability", "span", "types", "functions", "clone_of"),
    model.Package: ("name", "docs", "interfaces", "worlds"),
    model.Resolve: (
        *("worlds", "interfaces", "types", "packages"),
        *("package_names", "features", "all_features", "source_map"),
    ),
    types.Field: _TYPED_MEMBER,
    types.Case: _TYPED_MEMBER,
    types.Flag: _MEMBER,
    types.EnumCase: _MEMBER,
    types.Record: ("fields",),
    types.Resource: (),
    types.Own: ("resource",),
    types.Borrow: ("resource",),
    types.Flags: ("flags",),
    types.Tuple: ("elements",),
    types.Variant: ("cases",),
    types.Enum: ("cases",),
    types.Option: ("type",),
    types.Result: ("ok", "err"),
    types.List: ("type",),
    types.Map: ("key_type", "value_type"),
    types.FixedLengthList: ("type", "length"),
    types.Future: ("type",),
    types.Stream: ("type",),
    types.Alias: ("type",),
}
"""The attributes of each class of the model, those that its constructor takes first and in its order."""

_TAKEN: dict[type, int] = {
    diagnostics.SourceMap: 0,
    model.World: 5,
    model.Interface: 5,
    model.Package: 2,
    model.Resolve: 0,
}
"""How many of them the constructor takes, where that is not all. A compiled class can't be made without its constructor."""

_NO_CONTENT = {"span", "source_map", "package_names", "features", "all_features"}
"""Attributes that say where something was read, or how; or what others say."""


def make(cls: type, values: tuple[Any, ...]) -> Any:
    """An object of the model, of what it is made of."""
    taken = _TAKEN.get(cls, len(values))
    made = cls(*values[:taken])
    for name, value in zip(PARTS[cls][taken:], values[taken:], strict=True):
        setattr(made, name, value)
    return made


def prim(index: int) -> types.Prim:
    """A primitive: there is one object of each."""
    return types.PRIMS[index]


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, types.Prim):
            return prim, (obj.index,)
        cls = type(obj)
        parts = PARTS.get(cls)
        return NotImplemented if parts is None else (make, (cls, tuple(getattr(obj, name) for name in parts)))


def dump(resolve: model.Resolve) -> bytes:
    """All of a model, as a pickle."""
    out = io.BytesIO()
    _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(resolve)
    return out.getvalue()


def load(data: bytes) -> model.Resolve:
    """The model that `dump` was given: a copy of it, with objects of its own."""
    found = pickle.loads(data)
    assert isinstance(found, model.Resolve)
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two parts of models have the same contents: ids, order and docs included, spans not."""
    if one is other:
        return True
    cls = type(one)
    if cls is not type(other):
        return False
    if cls is list or cls is tuple:
        return len(one) == len(other) and all(map(same, one, other))
    if cls is dict:
        return same(list(one), list(other)) and all(map(same, one.values(), other.values()))
    parts = PARTS.get(cls)
    if parts is None:
        return bool(one == other)
    return all(same(getattr(one, name), getattr(other, name)) for name in parts if name not in _NO_CONTENT)
