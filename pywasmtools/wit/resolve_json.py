"""A `Resolve` as JSON, as `component wit --json` prints it: two spaces a level, members in the reference's order.

Spans, the source map and what else is of no use outside are left out; so are docs, stability and external ids where an
item has none.
"""

from __future__ import annotations

from pywasmtools.text.json_quote import quote
from pywasmtools.wit.model import FUNCTION_KIND_NAMES, METHOD, Function, InterfaceItem, WorldOwner
from pywasmtools.wit.stability import STABILITY_UNKNOWN
from pywasmtools.wit.types import (
    Alias,
    Borrow,
    Enum,
    FixedLengthList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Prim,
    Record,
    Result,
    Stream,
    Tuple,
    Variant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wit.model import (
        Attributed,
        Interface,
        Package,
        Resolve,
        TypeDef,
        TypeOwner,
        World,
        WorldItem,
        WorldKey,
    )
    from pywasmtools.wit.stability import Stability
    from pywasmtools.wit.types import Type, TypeKind


def resolve_json(resolve: Resolve) -> str:
    """The JSON text, without a newline at its end."""
    return _object(
        [
            _member("worlds", _list([_world(world) for world in resolve.worlds], "  ")),
            _member("interfaces", _list([_interface(interface) for interface in resolve.interfaces], "  ")),
            _member("types", _list([_type_def(type_) for type_ in resolve.types], "  ")),
            _member("packages", _list([_package(package) for package in resolve.packages], "  ")),
        ],
        "",
    )


# Each function takes the indentation of the line that its value begins on, where that varies.


def _optional_string(text: str | None) -> str:
    return "null" if text is None else quote(text)


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


def _member(name: str, value: str) -> str:
    return f'"{name}": {value}'


def _object(members: list[str], pad: str) -> str:
    if not members:
        return "{}"
    between = ",\n" + pad + "  "
    return f"{{\n{pad}  {between.join(members)}\n{pad}}}"


def _list(items: list[str], pad: str) -> str:
    if not items:
        return "[]"
    between = ",\n" + pad + "  "
    return f"[\n{pad}  {between.join(items)}\n{pad}]"


def _ids(map_: dict[str, int], pad: str) -> str:
    """A map of names to ids."""
    return _object([f"{quote(name)}: {id_}" for name, id_ in map_.items()], pad)


def _add_docs(members: list[str], docs: str | None, pad: str) -> None:
    if docs is not None:
        members.append(_member("docs", f'{{\n{pad}    "contents": {quote(docs)}\n{pad}  }}'))


def _add_stability(members: list[str], stability: Stability, pad: str) -> None:
    if stability.kind == STABILITY_UNKNOWN:
        return
    name, fields = stability.fields()
    inner = _object([_member(key, quote(value)) for key, value in fields], pad + "    ")
    members.append(_member("stability", _object([_member(name, inner)], pad + "  ")))


def _add_attributes(members: list[str], item: Attributed, pad: str) -> None:
    _add_stability(members, item.stability, pad)
    if item.external_id is not None:
        members.append(_member("external_id", quote(item.external_id)))


# ------------------------------------------------------------------------------- arenas

_PAD: Final = "    "  # of an item of an arena


def _world(world: World) -> str:
    members = [
        _member("name", quote(world.name)),
        _member("imports", _world_items(world.imports)),
        _member("exports", _world_items(world.exports)),
        _member("package", _number(world.package)),
    ]
    _add_docs(members, world.docs, _PAD)
    _add_stability(members, world.stability, _PAD)
    return _object(members, _PAD)


def _world_items(items: dict[WorldKey, WorldItem]) -> str:
    members: list[str] = []
    for key, item in items.items():
        name = quote(key) if isinstance(key, str) else f'"interface-{key}"'
        members.append(f"{name}: {_object([_world_item(item)], '        ')}")
    return _object(members, "      ")


def _world_item(item: WorldItem) -> str:
    pad = "          "
    if isinstance(item, InterfaceItem):
        members = [_member("id", str(item.id))]
        _add_attributes(members, item, pad)
        _add_docs(members, item.docs, pad)
        return _member("interface", _object(members, pad))
    if isinstance(item, Function):
        return _member("function", _function(item, pad))
    return _member("type", str(item.id))


def _interface(interface: Interface) -> str:
    functions = [f"{quote(name)}: {_function(func, '        ')}" for name, func in interface.functions.items()]
    members = [
        _member("name", _optional_string(interface.name)),
        _member("types", _ids(interface.types, "      ")),
        _member("functions", _object(functions, "      ")),
    ]
    _add_docs(members, interface.docs, _PAD)
    _add_stability(members, interface.stability, _PAD)
    members.append(_member("package", _number(interface.package)))
    if interface.clone_of is not None:
        members.append(_member("clone_of", str(interface.clone_of)))
    return _object(members, _PAD)


def _package(package: Package) -> str:
    members = [_member("name", quote(str(package.name)))]
    _add_docs(members, package.docs, _PAD)
    members.append(_member("interfaces", _ids(package.interfaces, "      ")))
    members.append(_member("worlds", _ids(package.worlds, "      ")))
    return _object(members, _PAD)


def _function(func: Function, pad: str) -> str:
    kind = quote(FUNCTION_KIND_NAMES[func.kind.tag])
    if func.kind.tag >= METHOD:
        kind = _object([f"{kind}: {func.kind.resource}"], pad + "  ")
    params: list[str] = []
    for param in func.params:
        param_members = [_member("type", _type(param.type))]
        if param.name:
            param_members.insert(0, _member("name", quote(param.name)))
        params.append(_object(param_members, pad + "    "))
    members = [
        _member("name", quote(func.name)),
        _member("kind", kind),
        _member("params", _list(params, pad + "  ")),
    ]
    if func.result is not None:
        members.append(_member("result", _type(func.result)))
    _add_docs(members, func.docs, pad)
    _add_attributes(members, func, pad)
    return _object(members, pad)


# ------------------------------------------------------------------------------- types


def _type(type_: Type | None) -> str:
    if type_ is None:
        return "null"
    return f'"{type_.name}"' if isinstance(type_, Prim) else str(type_)


def _type_def(type_: TypeDef) -> str:
    members = [
        _member("name", _optional_string(type_.name)),
        _member("kind", _kind(type_.kind)),
        _member("owner", _owner(type_.owner)),
    ]
    _add_docs(members, type_.docs, _PAD)
    _add_attributes(members, type_, _PAD)
    return _object(members, _PAD)


def _owner(owner: TypeOwner) -> str:
    if owner is None:
        return "null"
    return _object([f'"world": {owner.id}' if isinstance(owner, WorldOwner) else f'"interface": {owner.id}'], "      ")


_LABEL: Final = "            "  # the indentation of a field, flag or case


def _label(name: str, docs: str | None) -> str:
    members = [_member("name", quote(name))]
    _add_docs(members, docs, _LABEL)
    return _object(members, _LABEL)


def _typed_label(name: str, type_: Type | None, docs: str | None) -> str:
    members = [_member("name", quote(name)), _member("type", _type(type_))]
    _add_docs(members, docs, _LABEL)
    return _object(members, _LABEL)


def _kind(kind: TypeKind) -> str:
    if isinstance(kind, Record):
        fields = [_typed_label(field.name, field.type, field.docs) for field in kind.fields]
        return _one("record", _of_list("fields", fields))
    if isinstance(kind, Variant):
        cases = [_typed_label(case.name, case.type, case.docs) for case in kind.cases]
        return _one("variant", _of_list("cases", cases))
    if isinstance(kind, Enum):
        return _one("enum", _of_list("cases", [_label(case.name, case.docs) for case in kind.cases]))
    if isinstance(kind, Flags):
        return _one("flags", _of_list("flags", [_label(flag.name, flag.docs) for flag in kind.flags]))
    if isinstance(kind, Tuple):
        return _one("tuple", _of_list("types", [_type(type_) for type_ in kind.types()]))
    if isinstance(kind, (Own, Borrow)):
        return _one("handle", _object([_member(kind.word, str(kind.resource))], "        "))
    if isinstance(kind, Result):
        members = [_member("ok", _type(kind.ok)), _member("err", _type(kind.err))]
        return _one("result", _object(members, "        "))
    if isinstance(kind, Map):
        return _one("map", _list([_type(kind.key_type), _type(kind.value_type)], "        "))
    if isinstance(kind, FixedLengthList):
        return _one("fixed-length-list", _list([_type(kind.type), str(kind.length)], "        "))
    if isinstance(kind, (List, Option, Future, Stream, Alias)):
        return _one(kind.word, _type(kind.type))
    return quote(kind.word)


def _one(name: str, value: str) -> str:
    """What a type is, with its contents."""
    return _object([_member(name, value)], "      ")


def _of_list(name: str, items: list[str]) -> str:
    """The contents of a kind that has one list."""
    return _object([_member(name, _list(items, "          "))], "        ")
