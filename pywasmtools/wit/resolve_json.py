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
            f'"worlds": {_list([_world(world) for world in resolve.worlds], "  ")}',
            f'"interfaces": {_list([_interface(interface) for interface in resolve.interfaces], "  ")}',
            f'"types": {_list([_type_def(type_) for type_ in resolve.types], "  ")}',
            f'"packages": {_list([_package(package) for package in resolve.packages], "  ")}',
        ],
        "",
    )


# Each function takes the indentation of the line that its value begins on, where that varies.


def _optional_string(text: str | None) -> str:
    return "null" if text is None else quote(text)


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


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
        members.append(f'"docs": {{\n{pad}    "contents": {quote(docs)}\n{pad}  }}')


def _add_stability(members: list[str], stability: Stability, pad: str) -> None:
    if stability.kind == STABILITY_UNKNOWN:
        return
    name, fields = stability.fields()
    between = f",\n{pad}      "
    inner = between.join([f'"{key}": {quote(value)}' for key, value in fields])
    members.append(f'"stability": {{\n{pad}    "{name}": {{\n{pad}      {inner}\n{pad}    }}\n{pad}  }}')


def _add_attributes(members: list[str], item: Attributed, pad: str) -> None:
    _add_stability(members, item.stability, pad)
    if item.external_id is not None:
        members.append(f'"external_id": {quote(item.external_id)}')


# ------------------------------------------------------------------------------- arenas

_PAD: Final = "    "  # of an item of an arena


def _world(world: World) -> str:
    members = [
        f'"name": {quote(world.name)}',
        f'"imports": {_world_items(world.imports)}',
        f'"exports": {_world_items(world.exports)}',
        f'"package": {_number(world.package)}',
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
        members = [f'"id": {item.id}']
        _add_attributes(members, item, pad)
        _add_docs(members, item.docs, pad)
        return f'"interface": {_object(members, pad)}'
    if isinstance(item, Function):
        return f'"function": {_function(item, pad)}'
    return f'"type": {item.id}'


def _interface(interface: Interface) -> str:
    functions = [f"{quote(name)}: {_function(func, '        ')}" for name, func in interface.functions.items()]
    members = [
        f'"name": {_optional_string(interface.name)}',
        f'"types": {_ids(interface.types, "      ")}',
        f'"functions": {_object(functions, "      ")}',
    ]
    _add_docs(members, interface.docs, _PAD)
    _add_stability(members, interface.stability, _PAD)
    members.append(f'"package": {_number(interface.package)}')
    if interface.clone_of is not None:
        members.append(f'"clone_of": {interface.clone_of}')
    return _object(members, _PAD)


def _package(package: Package) -> str:
    members = [f'"name": {quote(str(package.name))}']
    _add_docs(members, package.docs, _PAD)
    members.append(f'"interfaces": {_ids(package.interfaces, "      ")}')
    members.append(f'"worlds": {_ids(package.worlds, "      ")}')
    return _object(members, _PAD)


def _function(func: Function, pad: str) -> str:
    kind = quote(FUNCTION_KIND_NAMES[func.kind.tag])
    if func.kind.tag >= METHOD:
        kind = _object([f"{kind}: {func.kind.resource}"], pad + "  ")
    params: list[str] = []
    for param in func.params:
        param_members = [f'"type": {_type(param.type)}']
        if param.name:
            param_members.insert(0, f'"name": {quote(param.name)}')
        params.append(_object(param_members, pad + "    "))
    members = [
        f'"name": {quote(func.name)}',
        f'"kind": {kind}',
        f'"params": {_list(params, pad + "  ")}',
    ]
    if func.result is not None:
        members.append(f'"result": {_type(func.result)}')
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
        f'"name": {_optional_string(type_.name)}',
        f'"kind": {_kind(type_.kind)}',
        f'"owner": {_owner(type_.owner)}',
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
    members = [f'"name": {quote(name)}']
    _add_docs(members, docs, _LABEL)
    return _object(members, _LABEL)


def _typed_label(name: str, type_: Type | None, docs: str | None) -> str:
    members = [f'"name": {quote(name)}', f'"type": {_type(type_)}']
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
        return _one("handle", _object([f'"{kind.word}": {kind.resource}'], "        "))
    if isinstance(kind, Result):
        members = [f'"ok": {_type(kind.ok)}', f'"err": {_type(kind.err)}']
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
    return _object([f'"{name}": {value}'], "      ")


def _of_list(name: str, items: list[str]) -> str:
    """The contents of a kind that has one list."""
    return _object([f'"{name}": {_list(items, "          ")}'], "        ")
