"""Which types are in use: all that some items refer to, in the order in which they are complete."""

from __future__ import annotations

from pywasmtools.wit.model import (
    ASYNC_STATIC,
    STATIC,
    STATIC_GETTER,
    STATIC_SETTER,
    Function,
    InterfaceItem,
)
from pywasmtools.wit.type_walk import child_types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pywasmtools.wit.model import Resolve, Type, WorldItem


class LiveTypes:
    """A set of type ids in insertion order, each after the types it is made of."""

    __slots__ = ("resolve", "types")

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.types: dict[int, bool] = {}

    def __contains__(self, id_: int) -> bool:
        return id_ in self.types

    def __iter__(self) -> Iterator[int]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)

    def add_world(self, world: int) -> None:
        """All types that a world's imports and then its exports refer to."""
        found = self.resolve.worlds[world]
        for item in found.imports.values():
            self.add_world_item(item)
        for item in found.exports.values():
            self.add_world_item(item)

    def add_world_item(self, item: WorldItem) -> None:
        """All types that an import or export refers to."""
        if isinstance(item, InterfaceItem):
            self.add_interface(item.id)
        elif isinstance(item, Function):
            self.add_func(item)
        else:
            self.add_type_id(item.id)

    def add_interface(self, interface: int) -> None:
        """The types of an interface, then what its functions refer to."""
        found = self.resolve.interfaces[interface]
        for type_ in found.types.values():
            self.add_type_id(type_)
        for function in found.functions.values():
            self.add_func(function)

    def add_func(self, function: Function) -> None:
        """The types of a function's parameters and result; of a static function the resource first."""
        if function.kind.tag in (STATIC, ASYNC_STATIC, STATIC_GETTER, STATIC_SETTER):
            self.add_type_id(function.kind.resource)
        for param in function.params:
            self.add_type(param.type)
        if function.result is not None:
            self.add_type(function.result)

    def add_type(self, type_: Type) -> None:
        """A type, where it is no primitive one."""
        if isinstance(type_, int):
            self.add_type_id(type_)

    def add_type_id(self, id_: int) -> None:
        """A type and all that it is made of."""
        live = self.types
        if id_ in live:
            return
        types = self.resolve.types
        stack = [id_]
        while stack:
            top = stack[-1]
            if top in live:
                stack.pop()
                continue
            missing = [t for t in child_types(types[top].kind) if isinstance(t, int) and t not in live]
            if missing:
                missing.reverse()
                stack += missing
            else:
                stack.pop()
                live[top] = True
