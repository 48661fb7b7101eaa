"""A walk over all that stands in a `Resolve` or a part of it, and a visitor with a method for each kind of part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from pywasmtools.library.base import View
from pywasmtools.library.items import Function, Interface, Package, Param, World
from pywasmtools.library.resolve import Resolve
from pywasmtools.library.types import (
    Alias,
    Borrow,
    Case,
    DefinedType,
    Enum,
    EnumCase,
    Field,
    FixedLengthList,
    Flag,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Prim,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    TypeDef,
    Variant,
)

Node: TypeAlias = Package | World | Interface | Function | Param | DefinedType | Field | Case | EnumCase | Flag
"""What a walk comes to. `match` with a case for each of these classes is exhaustive."""


def walk(*roots: Resolve | Node) -> Iterator[Node]:
    """Everything that stands in some parts, and these themselves, each once: owners before what they own.

    A type with a name is come to where it is defined, not where it is used; one without a name where it stands first. Primitive
    types are not come to.
    """
    seen: set[tuple[str, Any]] = set()
    stack: list[Iterator[Node]] = [iter(_parts(roots))]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        key = _key(node)
        if key not in seen:
            seen.add(key)
            yield node
            stack.append(iter(children(node)))


def _parts(roots: Iterable[Resolve | Node]) -> Iterator[Node]:
    for root in roots:
        given: object = root
        if isinstance(root, Resolve):
            yield from root.packages
        elif isinstance(given, View):
            yield root
        else:
            raise TypeError(f"a Resolve or a part of one is walked, not {type(given).__name__}")


def _key(node: Node) -> tuple[str, Any]:
    """What a walk knows a part by: types by their ids, whatever they are made of."""
    return (type(node).__name__, (id(node.resolve), node.id if isinstance(node, TypeDef) else node._place()))


def children(node: Node) -> list[Node]:
    """The parts that stand directly in one: of a record its fields, of a function its parameters and the type of its result."""
    found: list[Node]
    match node:
        case Package():
            return [*node.interfaces.values(), *node.worlds.values()]
        case Interface():
            return [*node.types.values(), *node.functions.values()]
        case World():
            return _written_in(node)
        case Function():
            found = [*node.params]
            return found if node.result is None else found + _without_name(node.result)
        case Param() | Field():
            return _without_name(node.type)
        case Case():
            return [] if node.type is None else _without_name(node.type)
        case Record():
            return [*node.fields]
        case Variant() | Enum():
            return [*node.cases]
        case Flags():
            return [*node.flags]
        case TypeDef():
            found = []
            for inner in node.inner:
                found += _without_name(inner)
            return found
        case _:
            return []


def _written_in(world: World) -> list[Node]:
    """The imports and exports that are written in a world, and not only named there."""
    found: list[Node] = []
    for item in (*world.imports.values(), *world.exports.values()):
        if not isinstance(item, Prim) and not (isinstance(item, Interface) and not item.is_inline):
            found.append(item)
    return found


def _without_name(type_: Type) -> list[Node]:
    return [type_] if not isinstance(type_, Prim) and type_.name is None else []


class Visitor:
    """Does something for each part of a `Resolve`: override the methods for those that matter, and call `visit`.

    Methods are called as `walk` comes to parts, and `leave` once all that stands in a part was visited. A method that returns False
    leaves out what stands in its part.
    """

    def visit(self, *roots: Resolve | Node) -> None:
        """Visits everything that stands in some parts, and these themselves, each once."""
        seen: set[tuple[str, Any]] = set()
        stack: list[tuple[Node | None, Iterator[Node]]] = [(None, iter(_parts(roots)))]
        while stack:
            holder, parts = stack[-1]
            node = next(parts, None)
            if node is None:
                stack.pop()
                if holder is not None:
                    self.leave(holder)
                continue
            key = _key(node)
            if key not in seen:
                seen.add(key)
                inside = self._visit_one(node) is not False
                stack.append((node, iter(children(node) if inside else ())))

    def _visit_one(self, node: Node) -> bool | None:
        hook: Callable[[Any], bool | None] = getattr(self, _HOOKS[type(node)])
        if isinstance(node, TypeDef) and self.visit_type(node) is False:
            return False
        return hook(node)

    def leave(self, node: Node) -> None:
        """Called once a part, and all that stands in it, was visited."""

    def visit_package(self, package: Package) -> bool | None:
        """A package."""

    def visit_interface(self, interface: Interface) -> bool | None:
        """An interface: in its package, or where it is written in a world."""

    def visit_world(self, world: World) -> bool | None:
        """A world. Of its imports and exports, those are visited in it that are written there."""

    def visit_function(self, function: Function) -> bool | None:
        """A function of an interface or world."""

    def visit_param(self, param: Param) -> bool | None:
        """A parameter."""

    def visit_type(self, type: DefinedType) -> bool | None:
        """A type of any kind. The method for its kind is called next, unless this one returns False."""

    def visit_record(self, record: Record) -> bool | None:
        """A record."""

    def visit_field(self, field: Field) -> bool | None:
        """A field of a record."""

    def visit_variant(self, variant: Variant) -> bool | None:
        """A variant."""

    def visit_case(self, case: Case) -> bool | None:
        """A case of a variant."""

    def visit_enum(self, enum: Enum) -> bool | None:
        """An enum."""

    def visit_enum_case(self, case: EnumCase) -> bool | None:
        """A case of an enum."""

    def visit_flags(self, flags: Flags) -> bool | None:
        """A flags type."""

    def visit_flag(self, flag: Flag) -> bool | None:
        """A flag."""

    def visit_tuple(self, tuple: Tuple) -> bool | None:
        """A tuple."""

    def visit_list(self, list: List) -> bool | None:
        """A list."""

    def visit_fixed_length_list(self, list: FixedLengthList) -> bool | None:
        """A list of fixed length."""

    def visit_map(self, map: Map) -> bool | None:
        """A map."""

    def visit_option(self, option: Option) -> bool | None:
        """An option."""

    def visit_result(self, result: Result) -> bool | None:
        """A result."""

    def visit_future(self, future: Future) -> bool | None:
        """A future."""

    def visit_stream(self, stream: Stream) -> bool | None:
        """A stream."""

    def visit_resource(self, resource: Resource) -> bool | None:
        """A resource. Its functions stand in its owner."""

    def visit_own(self, own: Own) -> bool | None:
        """A handle that is passed on."""

    def visit_borrow(self, borrow: Borrow) -> bool | None:
        """A handle that is lent."""

    def visit_alias(self, alias: Alias) -> bool | None:
        """An alias, `use` too."""


_HOOKS: dict[type, str] = {
    Package: "visit_package",
    Interface: "visit_interface",
    World: "visit_world",
    Function: "visit_function",
    Param: "visit_param",
    Record: "visit_record",
    Field: "visit_field",
    Variant: "visit_variant",
    Case: "visit_case",
    Enum: "visit_enum",
    EnumCase: "visit_enum_case",
    Flags: "visit_flags",
    Flag: "visit_flag",
    Tuple: "visit_tuple",
    List: "visit_list",
    FixedLengthList: "visit_fixed_length_list",
    Map: "visit_map",
    Option: "visit_option",
    Result: "visit_result",
    Future: "visit_future",
    Stream: "visit_stream",
    Resource: "visit_resource",
    Own: "visit_own",
    Borrow: "visit_borrow",
    Alias: "visit_alias",
}
