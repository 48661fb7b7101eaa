"""Whether a `Resolve` that was read from JSON is sound: what its parts say of each other.

Ids are known to be those of something. Here: whoever owns something has it under its name, what needs a name has one, nothing
contains itself, handles are of resources, and functions are called as what they are. A problem is the path of a member and what
is wrong there.
"""

from __future__ import annotations

from pywasmtools.text.json_quote import quote
from pywasmtools.text.names import is_kebab
from pywasmtools.wit.model import (
    ASYNC_FREESTANDING,
    ASYNC_METHOD,
    ASYNC_STATIC,
    CONSTRUCTOR,
    FREESTANDING,
    FUNCTION_TAGS,
    METHOD,
    STATIC,
    Function,
    InterfaceItem,
    InterfaceOwner,
    WorldOwner,
)
from pywasmtools.wit.types import Alias, Enum, Flags, Handle, Record, Resource, Variant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wit.model import Interface, Resolve, TypeOwner, World

    Problem: TypeAlias = "tuple[str, str] | None"

_PREFIXES: Final = {tag: prefix for prefix, tag in FUNCTION_TAGS.items()}
_SYNC: Final = {ASYNC_FREESTANDING: FREESTANDING, ASYNC_METHOD: METHOD, ASYNC_STATIC: STATIC}


def check(resolve: Resolve) -> Problem:
    """The first problem, None where all is well."""
    # What contains itself comes first: the other checks go from type to type.
    found = _self_containing_type(resolve) or _types(resolve)
    if found is not None:
        return found
    for k, interface in enumerate(resolve.interfaces):
        found = _interface(resolve, k, interface)
        if found is not None:
            return found
    for k, world in enumerate(resolve.worlds):
        found = _world(resolve, k, world)
        if found is not None:
            return found
    return _packages(resolve) or _self_using_interface(resolve)


def _at(at: str, name: str) -> str:
    return f"{at}[{quote(name)}]"


# ------------------------------------------------------------------------------- cycles


def _cycle(edges: list[list[int]]) -> int:
    """A node of a directed graph that can reach itself; -1 where there is none."""
    state = bytearray(len(edges))  # 1: on the path, 2: done
    for root in range(len(edges)):
        if state[root]:
            continue
        stack = [root]
        while stack:
            node = stack[-1]
            if state[node]:
                state[node] = 2
                stack.pop()
                continue
            state[node] = 1
            for next_ in edges[node]:
                if state[next_] == 1:
                    return next_
                if not state[next_]:
                    stack.append(next_)
    return -1


def _self_containing_type(resolve: Resolve) -> Problem:
    edges: list[list[int]] = []
    for type_ in resolve.types:
        # A handle does not contain its resource.
        inner = [] if isinstance(type_.kind, Handle) else type_.kind.types()
        edges.append([t for t in inner if isinstance(t, int)])
    found = _cycle(edges)
    return None if found < 0 else (f"$.types[{found}].kind", "the type contains itself")


def _self_using_interface(resolve: Resolve) -> Problem:
    edges: list[list[int]] = []
    for interface in resolve.interfaces:
        used: list[int] = []
        for id_ in interface.types.values():
            kind = resolve.types[id_].kind
            if isinstance(kind, Alias) and isinstance(kind.type, int):
                owner = resolve.types[kind.type].owner
                if isinstance(owner, InterfaceOwner) and owner != resolve.types[id_].owner:
                    used.append(owner.id)
        edges.append(used)
    found = _cycle(edges)
    return (
        None if found < 0 else (f"$.interfaces[{found}].types", "the interface uses types of itself by way of others")
    )


# ------------------------------------------------------------------------------- who has what


def _types(resolve: Resolve) -> Problem:
    for k, type_ in enumerate(resolve.types):
        at = f"$.types[{k}]"
        kind = type_.kind
        if type_.name is None:
            if isinstance(kind, (Record, Variant, Enum, Flags, Resource)):
                return (at + ".name", f"a {kind.word} needs a name")
        if type_.owner is not None and not _has(resolve, type_.owner, type_.name, k):
            return (at + ".owner", f"the owner has no type {k} of this name")
        if isinstance(kind, Handle) and not _is_resource(resolve, kind.resource):
            return (f"{at}.kind.handle.{kind.word}", f"type {kind.resource} is no resource")
    return None


def _has(resolve: Resolve, owner: TypeOwner, name: str | None, id_: int) -> bool:
    """Whether an owner has a type under its name."""
    if name is None:
        return False
    if isinstance(owner, InterfaceOwner):
        return resolve.interfaces[owner.id].types.get(name) == id_
    if isinstance(owner, WorldOwner):
        for items in (resolve.worlds[owner.id].imports, resolve.worlds[owner.id].exports):
            item = items.get(name)
            if item is not None and not isinstance(item, (InterfaceItem, Function)) and item.id == id_:
                return True
    return False


def _is_resource(resolve: Resolve, id_: int) -> bool:
    """Whether a type is a resource, by another name perhaps. No type contains itself."""
    kind = resolve.types[id_].kind
    while isinstance(kind, Alias) and isinstance(kind.type, int):
        kind = resolve.types[kind.type].kind
    return isinstance(kind, Resource)


def _packages(resolve: Resolve) -> Problem:
    for k, package in enumerate(resolve.packages):
        at = f"$.packages[{k}]"
        for name, id_ in package.interfaces.items():
            if resolve.interfaces[id_].name != name or resolve.interfaces[id_].package != k:
                return (_at(at + ".interfaces", name), f"interface {id_} has another name or package")
        for name, id_ in package.worlds.items():
            if resolve.worlds[id_].name != name or resolve.worlds[id_].package != k:
                return (_at(at + ".worlds", name), f"world {id_} has another name or package")
    return None


def _interface(resolve: Resolve, id_: int, interface: Interface) -> Problem:
    at = f"$.interfaces[{id_}]"
    if interface.name is not None:
        package = interface.package
        listed = -1 if package is None else resolve.packages[package].interfaces.get(interface.name, -1)
        # A clone, which `--generate-nominal-type-ids` makes, has the name of what it is a clone of.
        if package is None or (listed != id_ and interface.clone_of is None):
            return (at + ".package", f"the package has no interface {id_} of this name")
    owner = InterfaceOwner(id_)
    for name, type_ in interface.types.items():
        if resolve.types[type_].owner != owner or resolve.types[type_].name != name:
            return (_at(at + ".types", name), f"type {type_} has another name or owner")
    for name, function in interface.functions.items():
        problem = _function(resolve, _at(at + ".functions", name), name, function, owner)
        if problem is not None:
            return problem
    return None


def _world(resolve: Resolve, id_: int, world: World) -> Problem:
    at = f"$.worlds[{id_}]"
    if world.package is None or resolve.packages[world.package].worlds.get(world.name) != id_:
        return (at + ".package", f"the package has no world {id_} of this name")
    owner = WorldOwner(id_)
    for side, items in (("imports", world.imports), ("exports", world.exports)):
        for key, item in items.items():
            if isinstance(key, int):
                continue
            inside = _at(f"{at}.{side}", key)
            if isinstance(item, Function):
                problem = _function(resolve, inside + ".function", key, item, owner)
                if problem is not None:
                    return problem
            elif not is_kebab(key):
                return (inside, "expected a name in kebab-case")
            elif not isinstance(item, InterfaceItem):
                type_ = resolve.types[item.id]
                if type_.owner != owner or type_.name != key:
                    return (inside + ".type", f"type {item.id} has another name or owner")
    return None


# ------------------------------------------------------------------------------- functions


def _function(resolve: Resolve, at: str, key: str, function: Function, owner: TypeOwner) -> Problem:
    if key != function.name:
        return (at + ".name", f"expected {quote(key)}, as it is called where it stands")
    tag = _SYNC.get(function.kind.tag, function.kind.tag)
    resource = function.kind.resource
    if not _is_called(function.name, tag):
        return (at + ".name", f"{quote(function.name)} is no name of a function of this kind")
    if tag >= METHOD:
        type_ = resolve.types[resource]
        if not isinstance(type_.kind, Resource) or type_.owner != owner:
            return (at + ".kind", f"type {resource} is no resource of the same interface or world")
    return None


def _is_called(name: str, tag: int) -> bool:
    """Whether a name is that of a function of a kind: `f`, `[get]a`, `[method]r.f`, `[constructor]r`…"""
    prefix = _PREFIXES[tag]
    if not name.startswith(prefix):
        return False
    rest = name[len(prefix) :]
    if tag >= METHOD and tag != CONSTRUCTOR:
        resource, dot, rest = rest.partition(".")
        if not dot or not is_kebab(resource):
            return False
    return is_kebab(rest)
