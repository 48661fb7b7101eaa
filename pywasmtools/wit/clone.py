"""Deep copies of a world's items, types and interfaces within one `Resolve`, for a new owner."""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wit.model import Function, Interface, InterfaceOwner, TypeItem, WorldOwner
from pywasmtools.wit.types import Alias, swap_types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve, TypeOwner, WorldItem, WorldKey


class CloneMaps:
    """What has been cloned: original id to the clone's, of types and of interfaces."""

    __slots__ = ("interfaces", "types")

    def __init__(self) -> None:
        self.types: dict[int, int] = {}
        self.interfaces: dict[int, int] = {}

    def mark(self, interface: int) -> tuple[int, int | None]:
        """What `forget` needs to know, before an interface is cloned."""
        return (len(self.types), self.interfaces.get(interface))

    def forget(self, interface: int, mark: tuple[int, int | None]) -> None:
        """Takes away what was added since `mark`, by cloning that interface."""
        types, previous = mark
        while len(self.types) > types:
            self.types.popitem()
        if previous is None:
            self.interfaces.pop(interface, None)
        else:
            self.interfaces[interface] = previous


class Cloner:
    """Clones what `prev_owner` owns for `new_owner`; adds to `maps`.

    `new_package` is the package that cloned interfaces get; None: that of `new_owner`.
    """

    __slots__ = ("maps", "new_owner", "new_package", "prev_owner", "resolve")

    def __init__(
        self,
        resolve: Resolve,
        maps: CloneMaps,
        prev_owner: TypeOwner,
        new_owner: TypeOwner,
        new_package: int | None = None,
    ) -> None:
        self.resolve = resolve
        self.maps = maps
        self.prev_owner = prev_owner
        self.new_owner = new_owner
        self.new_package = new_package

    def register_world_type_overlap(self, from_: int, into: int) -> None:
        """Types that both worlds import by one name are the same: references go to those of `into`."""
        from_imports = self.resolve.worlds[from_].imports
        for key, item in self.resolve.worlds[into].imports.items():
            if isinstance(key, str) and isinstance(item, TypeItem):
                other = from_imports.get(key)
                if isinstance(other, TypeItem):
                    self.maps.types[other.id] = item.id

    def world_item(self, key: WorldKey, item: WorldItem) -> WorldItem:
        """The item as the new world has it, always an object of its own. Named interfaces are not cloned."""
        if isinstance(item, Function):
            return item.copy() if isinstance(key, int) else self.function(item)
        if isinstance(item, TypeItem):
            return TypeItem(item.id if isinstance(key, int) else self.type_id(item.id), item.span)
        new = item.copy()
        if isinstance(key, str) and self.resolve.interfaces[item.id].name is None:
            new.id = self.interface(item.id)
        return new

    def type_id(self, root: int) -> int:
        """The clone of a type; inner types are cloned before it."""
        types = self.resolve.types
        cloned = self.maps.types
        stack = [root]
        while stack:
            id_ = stack[-1]
            if id_ in cloned:
                stack.pop()
                continue
            found = types[id_]
            kind = found.kind
            if isinstance(kind, Alias):
                # A type used from elsewhere stays where it is.
                target = kind.type
                if isinstance(target, int) and target not in cloned and types[target].owner == self.prev_owner:
                    stack.append(target)
                    continue
            else:
                missing = [t for t in kind.types() if isinstance(t, int) and t not in cloned]
                if missing:
                    missing.reverse()
                    stack += missing
                    continue
            owner = found.owner
            if owner is not None:
                if owner != self.prev_owner:
                    raise error(f"type `{found.name or ''}` can't be copied: it belongs to another world or interface")
                owner = self.new_owner
            new = found.with_kind(kind.with_types(swap_types(kind.types(), cloned)), owner)
            cloned[id_] = self.resolve.add_type(new)
            stack.pop()
        return cloned[root]

    def function(self, function: Function) -> Function:
        """The clone of a function."""
        resource = function.kind.resource
        if resource >= 0:
            resource = self.type_id(resource)
        types = function.types()
        for type_ in types:
            if isinstance(type_, int):
                self.type_id(type_)
        return function.with_types(swap_types(types, self.maps.types), resource)

    def interface(self, id_: int) -> int:
        """The clone of an interface with all that it holds."""
        resolve = self.resolve
        old = resolve.interfaces[id_]
        new_id = len(resolve.interfaces)
        new = Interface(old.name, self._package(), old.docs, old.stability, old.span)
        inner = Cloner(resolve, self.maps, InterfaceOwner(id_), InterfaceOwner(new_id))
        for name, type_ in old.types.items():
            new.types[name] = inner.type_id(type_)
        for name, function in old.functions.items():
            new.functions[name] = inner.function(function)
        new.clone_of = id_
        resolve.add_interface(new)
        self.maps.interfaces[id_] = new_id
        return new_id

    def _package(self) -> int | None:
        if self.new_package is not None:
            return self.new_package
        owner = self.new_owner
        if isinstance(owner, WorldOwner):
            return self.resolve.worlds[owner.id].package
        if isinstance(owner, InterfaceOwner):
            return self.resolve.interfaces[owner.id].package
        return None
