"""Elaboration of a world: all that its imports and exports depend on is listed, in topological order.

Also how the stabilities of equal items merge.
"""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, error, wit_error
from pywasmtools.wit.model import Function, InterfaceItem, TypeItem
from pywasmtools.wit.queries import interface_direct_deps, type_interface_dep
from pywasmtools.wit.types import Alias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pywasmtools.diagnostics import Span, WasmToolsError
    from pywasmtools.wit.model import Resolve, WorldItem, WorldKey
    from pywasmtools.wit.stability import Stability


def _rank(resolve: Resolve, item: WorldItem) -> int:
    """The class of an import: interfaces, used types, types, functions, functions of resources."""
    if isinstance(item, InterfaceItem):
        return 0
    if isinstance(item, Function):
        return 3 if item.kind.resource < 0 else 4
    found = resolve.types[item.id]
    if isinstance(found.kind, Alias):
        target = found.kind.type
        if isinstance(target, int) and resolve.types[target].owner != found.owner:
            return 1
    return 2


def _ranked(resolve: Resolve, items: dict[WorldKey, WorldItem]) -> list[tuple[WorldKey, WorldItem]]:
    """The items by class; within a class their order stays."""
    classes: list[list[tuple[WorldKey, WorldItem]]] = [[], [], [], [], []]
    for key, item in items.items():
        classes[_rank(resolve, item)].append((key, item))
    return classes[0] + classes[1] + classes[2] + classes[3] + classes[4]


def elaborate_world(resolve: Resolve, world_id: int, span: Span) -> None:
    """Rewrites imports and exports of a world so that every interface they need is listed before them.

    Raises at `span` where an export needs an interface both as an import and as an export.
    """
    world = resolve.worlds[world_id]
    imports: dict[WorldKey, WorldItem] = {}
    for key, item in _ranked(resolve, world.imports):
        if isinstance(item, InterfaceItem):
            _elaborate_import(resolve, imports, key, item.id, item.stability, item.docs, item.external_id)
            continue
        if isinstance(item, TypeItem):
            dep = type_interface_dep(resolve, item.id)
            if dep is not None:
                _elaborate_import(resolve, imports, dep, dep, resolve.types[item.id].stability, None, None)
        imports[key] = item

    exports: dict[WorldKey, WorldItem] = {}
    interfaces: dict[WorldKey, InterfaceItem] = {}
    for key, item in world.exports.items():
        if isinstance(item, InterfaceItem):
            interfaces[key] = item
        elif isinstance(item, TypeItem):
            # The reference crashes: `--exportize` can bring types here.
            raise error(f"type `{resolve.name_world_key(key)}` can't be exported from a world")
        else:
            exports[key] = item
    _elaborate_exports(resolve, interfaces, imports, exports, span)

    world.imports = dict(_ranked(resolve, imports))
    world.exports = exports


def _cycle(resolve: Resolve, interface: int) -> WasmToolsError:
    """Interfaces that use each other: merging partial views of packages can bring that about."""
    return error(f"interface `{resolve.id_of(interface) or ''}` depends on itself")


def _elaborate_import(
    resolve: Resolve,
    imports: dict[WorldKey, WorldItem],
    key: WorldKey,
    id_: int,
    stability: Stability,
    docs: str | None,
    external_id: str | None,
) -> None:
    """Adds what an interface needs and then itself; all with its stability, only itself with docs."""
    if key in imports:
        return
    path = {id_}
    stack: list[tuple[WorldKey, int, Iterator[int]]] = [(key, id_, iter(interface_direct_deps(resolve, id_)))]
    while stack:
        this_key, this, deps = stack[-1]
        dep = next(deps, None)
        if dep is not None:
            if dep in path:
                raise _cycle(resolve, dep)
            if dep not in imports:
                path.add(dep)
                stack.append((dep, dep, iter(interface_direct_deps(resolve, dep))))
            continue
        stack.pop()
        path.discard(this)
        if stack:
            imports[this_key] = InterfaceItem(this, stability)
        else:
            imports[this_key] = InterfaceItem(this, stability, docs, UNKNOWN_SPAN, external_id)


def _elaborate_exports(
    resolve: Resolve,
    interfaces: dict[WorldKey, InterfaceItem],
    imports: dict[WorldKey, WorldItem],
    exports: dict[WorldKey, WorldItem],
    span: Span,
) -> None:
    """Adds exported interfaces in topological order, and what they need to exports or imports.

    An interface is needed as an export where an export needs it and it is exported too; as an import
    otherwise. One that is needed as both is refused: component-model issue 208.
    """
    required: set[int] = set()
    for root_key, root_item in interfaces.items():
        if root_key in exports:
            continue
        # A frame: key and item to add, whether as an export, its dependencies not yet looked at.
        frames: list[tuple[WorldKey, InterfaceItem, bool, Iterator[int]]] = [
            (root_key, root_item, True, iter(interface_direct_deps(resolve, root_item.id)))
        ]
        path = {root_item.id}
        while frames:
            key, item, is_export, deps = frames[-1]
            dep = next(deps, None)
            if dep is None:
                frames.pop()
                path.discard(item.id)
                if not is_export:
                    required.add(item.id)
                    if key not in imports:
                        imports[key] = item
                elif item.id in required:
                    raise _incompatible(resolve, root_key, span)
                else:
                    exports[key] = item
                continue
            if dep in path:
                raise _cycle(resolve, dep)
            dep_is_export = is_export and dep in interfaces
            if dep in exports:
                if not dep_is_export:
                    raise _incompatible(resolve, root_key, span)
            elif dep_is_export or dep not in required:
                path.add(dep)
                dep_item = InterfaceItem(dep, item.stability, None, UNKNOWN_SPAN, item.external_id)
                frames.append((dep, dep_item, dep_is_export, iter(interface_direct_deps(resolve, dep))))


def _incompatible(resolve: Resolve, key: WorldKey, span: Span) -> WasmToolsError:
    name = resolve.name_world_key(key)
    return wit_error(span, f"interface `{name}` transitively depends on an interface in incompatible ways")
