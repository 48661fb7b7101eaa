"""`listing`: what WIT, a component or a module imports and exports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from pywasmtools.changes.binary import read_component
from pywasmtools.changes.module import WORDS, external_kind, read_module
from pywasmtools.changes.wit import Telling, function_name
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.library.explain import Short, in_a_line
from pywasmtools.library.inputs import read_input
from pywasmtools.library.resolve import Resolve
from pywasmtools.library.sources import Source
from pywasmtools.load import Decoded, decode_bytes
from pywasmtools.wasm.payloads import is_component
from pywasmtools.wit.model import Function, InterfaceItem, TypeItem

Side: TypeAlias = Literal["import", "export", ""]
"""What becomes of a thing: nothing, of what stands in an interface."""


@dataclass(frozen=True, slots=True, repr=False)
class ListingItem(Short):
    """A thing that is imported or exported, or that stands in an interface.

    `kind` is `interface`, `func` or `type`; of a component also `instance`, `component`, `value` or `core module`, where that is
    all that is known; of a module `func`, `table`, `memory`, `global` or `tag`. `module` is the first half of a core import's
    name. `text` is what it is, in one line: as WIT, or in a module as WebAssembly text. `items` are those of an interface.
    """

    side: Side
    kind: str
    name: str
    text: str = ""
    module: str = ""
    items: tuple[ListingItem, ...] = ()

    def __str__(self) -> str:
        words = [self.side, self.kind, self.module, self.name]
        return " ".join([word for word in words if word])


@dataclass(frozen=True, slots=True, repr=False)
class ListingGroup(Short):
    """What imports and exports: a world, a component, a module; or an interface with what stands in it. `name` may be empty."""

    kind: Literal["world", "interface", "component", "module"]
    name: str
    items: tuple[ListingItem, ...]

    @property
    def imports(self) -> tuple[ListingItem, ...]:
        """Those that are imported."""
        return tuple(item for item in self.items if item.side == "import")

    @property
    def exports(self) -> tuple[ListingItem, ...]:
        """Those that are exported."""
        return tuple(item for item in self.items if item.side == "export")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".rstrip()


@dataclass(frozen=True, slots=True, repr=False)
class Listing(Short):
    """What is in an input: of a package its worlds and interfaces, of a component or module what that is, and its world.

    `notes` say what could not be told.
    """

    groups: tuple[ListingGroup, ...]
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[ListingGroup]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def to_json(self) -> dict[str, object]:
        """The same as dicts, lists and str."""
        return asdict(self)


def listing(source: Source | Resolve, *, features: Iterable[str] = (), all_features: bool = False) -> Listing:
    """What WIT, a component or a module imports and exports, with the types of it all.

    Of WIT (text, a folder, a package in binary, a `Resolve`) the worlds and interfaces of the main package. Of a component what it
    imports and exports, of a module that too; a world that is embedded in it comes first. `features` are names of `@unstable`
    features that are on, of text. Raises what can't be read.
    """
    found = read_input(source, "source", features, all_features)
    if isinstance(found, Decoded):
        return Listing(tuple(_packages(found)))
    if is_component(found):
        return _component(found)
    return _module(found)


# ------------------------------------------------------------------------------- WIT


def _packages(found: Decoded) -> Iterator[ListingGroup]:
    """The world that was read, or the worlds and interfaces of the main package."""
    telling = Telling(found.resolve)
    if not found.is_package:
        yield _world(telling, found.world)
        return
    package = found.resolve.packages[found.package]
    for id_ in package.worlds.values():
        yield _world(telling, id_)
    for id_ in package.interfaces.values():
        yield ListingGroup("interface", found.resolve.id_of(id_) or "", tuple(_interface(telling, id_)))


def _world(telling: Telling, id_: int) -> ListingGroup:
    resolve = telling.resolve
    world = resolve.worlds[id_]
    name = world.name if world.package is None else resolve.packages[world.package].name.interface_id(world.name)
    return ListingGroup("world", name, tuple(_world_items(telling, id_).values()))


def _world_items(telling: Telling, id_: int) -> dict[tuple[Side, str], ListingItem]:
    """A world's imports and exports, by side and the name that a component has for them."""
    resolve = telling.resolve
    world = resolve.worlds[id_]
    found: dict[tuple[Side, str], ListingItem] = {}
    for key, item in world.imports.items():
        found["import", resolve.name_world_key(key)] = _world_item(telling, "import", key, item)
    for key, item in world.exports.items():
        found["export", resolve.name_world_key(key)] = _world_item(telling, "export", key, item)
    return found


def _world_item(telling: Telling, side: Side, key: str | int, item: InterfaceItem | Function | TypeItem) -> ListingItem:
    resolve = telling.resolve
    if isinstance(item, Function):
        return ListingItem(side, "func", function_name(resolve, item), _line(telling.function_text(item)))
    if not isinstance(item, InterfaceItem):
        return ListingItem(side, "type", str(key), _line(telling.type_text(item.id)))
    full = resolve.id_of(item.id) or ""
    name = key if isinstance(key, str) else full
    text = full if name != full else ""
    return ListingItem(side, "interface", name, text, items=tuple(_interface(telling, item.id)))


def _interface(telling: Telling, id_: int) -> Iterator[ListingItem]:
    """The types and functions of an interface."""
    interface = telling.resolve.interfaces[id_]
    for name, type_ in interface.types.items():
        yield ListingItem("", "type", name, _line(telling.type_text(type_)))
    for function in interface.functions.values():
        yield ListingItem("", "func", function_name(telling.resolve, function), _line(telling.function_text(function)))


def _line(text: str) -> str:
    """WIT in one line, without what ends it."""
    return in_a_line(text).removesuffix(";")


# ------------------------------------------------------------------------------- binaries


def _component(data: bytes) -> Listing:
    """A component's imports and exports, by its sections; what they are by its WIT, as far as it has any."""
    notes: list[str] = []
    told: dict[tuple[Side, str], ListingItem] = {}
    try:
        found = decode_bytes(data, "<input>")
        if found.is_package:
            return Listing(tuple(_packages(found)))
        told = _world_items(Telling(found.resolve), found.world)
    except WasmToolsError as e:
        notes.append(f"it can't be told as WIT: {e.layers[-1].message}")
    component = read_component(data)
    items = [
        told.get(("import", name)) or ListingItem("import", kind, name) for name, kind in component.imports.items()
    ]
    items += [
        told.get(("export", name)) or ListingItem("export", kind, name) for name, kind in component.exports.items()
    ]
    return Listing((ListingGroup("component", component.name, tuple(items)),), tuple(notes))


def _module(data: bytes) -> Listing:
    """A module's imports and exports, after the world that is embedded in it."""
    module = read_module(data)
    items = [
        ListingItem("import", WORDS[external_kind(one)], one.name, module.import_text(one), one.module)
        for one in module.imports
    ]
    items += [
        ListingItem("export", WORDS[one.kind], one.name, module.entity_text(one.kind, one.index))
        for one in module.exports
    ]
    group = ListingGroup("module", module.module_name, tuple(items))
    if not any(name.startswith("component-type") for name in module.customs):
        return Listing((group,))
    try:
        return Listing((*_packages(decode_bytes(data, "<input>")), group))
    except WasmToolsError as e:
        return Listing((group,), (f"its world can't be told: {e.layers[-1].message}",))
