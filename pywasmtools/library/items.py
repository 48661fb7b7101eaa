"""Packages, worlds, interfaces and functions: views that lead from one to the other, down to types and back to owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pywasmtools.library import abi, changes, text
from pywasmtools.library.abi import CoreExport, CoreImport, CoreSignature, SignatureOf
from pywasmtools.library.base import Holder, Item, Items, View
from pywasmtools.library.sources import Dummy
from pywasmtools.library.types import DefinedType, Resource, Type, defined, view
from pywasmtools.wit import model as _model
from pywasmtools.wit import queries as _queries
from pywasmtools.wit.printer import escape_name

if TYPE_CHECKING:
    # At run time `resolve.py` puts it here.
    from pywasmtools.library.resolve import Resolve

FunctionKind = Literal[
    "freestanding",
    "async-freestanding",
    "getter",
    "setter",
    "method",
    "async-method",
    "method-getter",
    "method-setter",
    "static",
    "async-static",
    "static-getter",
    "static-setter",
    "constructor",
]
"""What a function is, in the words of the JSON form."""

Side = Literal["functions", "imports", "exports"]


class Param(View):
    """A parameter. Of a method the first one is `self`."""

    __slots__ = ("_function", "_index")
    __match_args__ = ("name", "type")

    _function: Function
    _index: int

    def __init__(self, function: Function, index: int) -> None:
        self._resolve = function.resolve
        self._function = function
        self._index = index

    def _place(self) -> tuple[Any, ...]:
        return (*self._function._place(), self._index)

    @property
    def name(self) -> str:
        """Its name; empty where a binary left it out."""
        return self._function._function.params[self._index].name

    @property
    def type(self) -> Type:
        """The type of what is passed."""
        return view(self._resolve, self._function._function.params[self._index].type)

    @property
    def owner(self) -> Function:
        """The function that it is a parameter of."""
        return self._function

    @property
    def index(self) -> int:
        """Its place among the parameters, from 0."""
        return self._index

    def __str__(self) -> str:
        return f"{escape_name(self.name)}: {self.type}"

    def __repr__(self) -> str:
        return f"Param {self}"


class Function(Item):
    """A function of an interface, or one that a world imports or exports by itself. `str` is its WIT on one line."""

    __slots__ = ("_function", "_owner", "_side")
    __match_args__ = ("name", "params", "result")

    _owner: Interface | World
    _side: Side
    _function: _model.Function

    def __init__(self, owner: Interface | World, side: Side, function: _model.Function) -> None:
        self._resolve = owner.resolve
        self._owner = owner
        self._side = side
        self._function = function

    def __reduce__(self) -> tuple[Any, ...]:
        return _function_of, (self._owner, self._side, self.name)

    def _place(self) -> tuple[Any, ...]:
        return (type(self._owner).__name__, self._owner.id, self._side, self.name)

    def _docs_of(self) -> _model.Function:
        return self._function

    def _resource_id(self) -> int:
        """The id of the resource that it belongs to, -1 where there is none."""
        return self._function.kind.resource

    @property
    def name(self) -> str:
        """Its name in the component model, with what it is: `f`, `[method]file.read`, `[constructor]file`, `[get]size`."""
        return self._function.name

    @property
    def item_name(self) -> str:
        """Its name within its resource or accessor, as WIT has it: `read` of `[method]file.read`; `constructor`."""
        return self._function.item_name()

    @property
    def kind(self) -> FunctionKind:
        """What it is: `freestanding`, `method`, `async-static`, `constructor` …"""
        name: Any = _model.FUNCTION_KIND_NAMES[self._function.kind.tag]
        kind: FunctionKind = name
        return kind

    @property
    def is_async(self) -> bool:
        """Whether it is an `async func`."""
        return self._function.kind.is_async

    @property
    def is_method(self) -> bool:
        """Whether it is called on a handle, which its first parameter `self` is: a method, or a getter or setter as a method."""
        return _model.METHOD <= self._function.kind.tag < _model.STATIC

    @property
    def is_static(self) -> bool:
        """Whether it belongs to a resource, and is neither a method nor the constructor."""
        return _model.STATIC <= self._function.kind.tag < _model.CONSTRUCTOR

    @property
    def is_constructor(self) -> bool:
        """Whether it makes a resource."""
        return self._function.kind.tag == _model.CONSTRUCTOR

    @property
    def owner(self) -> Interface | World:
        """The interface or world that it stands in."""
        return self._owner

    @property
    def package(self) -> Package:
        """The package of the owner."""
        return self._owner.package

    @property
    def resource(self) -> Resource | None:
        """The resource that it belongs to."""
        id_ = self._function.kind.resource
        if id_ < 0:
            return None
        found = view(self._resolve, id_).unaliased
        assert isinstance(found, Resource)
        return found

    @property
    def params(self) -> tuple[Param, ...]:
        """The parameters, in order; of a method with `self`."""
        return tuple(Param(self, k) for k in range(len(self._function.params)))

    @property
    def result(self) -> Type | None:
        """The type of the result; None where there is none."""
        result = self._function.result
        return None if result is None else view(self._resolve, result)

    @property
    def external_id(self) -> str | None:
        """What `@external-id` says."""
        return self._function.external_id

    def core_signature(self, side: SignatureOf = "import") -> CoreSignature:
        """The type of the core function that is imported for it, or that exports it (canonical ABI, `flatten_functype`)."""
        return abi.core_signature(self._resolve.model, self._function, side)

    def rename(self, name: str) -> None:
        """Gives it another name, in place: of a method the one within its resource. A constructor has none of its own."""
        changes.rename_function(self._owner._functions_at(self._side), self._function, name)

    def wit(self, *, docs: bool = True) -> str:
        """The text of its definition, lines with their ends."""
        return text.function_definition(self._resolve.model, self._function, docs)

    def __str__(self) -> str:
        return text.function_text(self._resolve.model, self._function)

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self.params))
        result = "" if self.result is None else f" -> {self.result}"
        return f"Function {self.name!r} {'async ' if self.is_async else ''}({shown}){result}"


def _function_of(owner: Interface | World, side: Side, name: str) -> Function:
    """A function by its place."""
    found = owner._functions_at(side)[name]
    assert isinstance(found, _model.Function)
    return Function(owner, side, found)


class Interface(Item, Holder):
    """An interface: types and functions. `str` is its name with its package: `wasi:io/streams@0.2.0`."""

    __slots__ = ("_id",)
    __match_args__ = ("name",)

    _id: int

    def __init__(self, resolve: Resolve, id: int) -> None:
        self._resolve = resolve
        self._id = id

    def _place(self) -> tuple[Any, ...]:
        return (self._id,)

    def _docs_of(self) -> _model.Interface:
        return self._resolve.model.interfaces[self._id]

    @property
    def id(self) -> int:
        """The index in `resolve.interfaces`, and in the arena of the model."""
        return self._id

    @property
    def name(self) -> str:
        """Its name, without the package. Of one that is written in a world, the name that it has there."""
        found = self._docs_of().name
        if found is not None:
            return found
        for world in self._resolve.model.worlds:
            for items in (world.imports, world.exports):
                for key, item in items.items():
                    if isinstance(key, str) and isinstance(item, _model.InterfaceItem) and item.id == self._id:
                        return key
        return ""

    @property
    def is_inline(self) -> bool:
        """Whether it is written in a world, `import a: interface { … }`, and has no name in its package."""
        return self._docs_of().name is None

    @property
    def qualified_name(self) -> str:
        """`namespace:package/name@version`; the plain name of one that is written in a world."""
        return self._resolve.model.id_of(self._id) or self.name

    @property
    def package(self) -> Package:
        """The package that it is in."""
        return Package(self._resolve, _queries.package_of(self._docs_of()))

    @property
    def types(self) -> Items[DefinedType]:
        """The types that it defines, and those that it uses of others, by name."""
        return Items(self, "types")

    @property
    def functions(self) -> Items[Function]:
        """Its functions, those of its resources too, by their names in the component model: `f`, `[method]file.read`."""
        return Items(self, "functions")

    @property
    def dependencies(self) -> tuple[Interface, ...]:
        """The interfaces that it uses types of, each once."""
        found = dict.fromkeys(_queries.interface_direct_deps(self._resolve.model, self._id))
        return tuple(Interface(self._resolve, id_) for id_ in found)

    def _functions_at(self, side: Side) -> dict[Any, Any]:
        return self._docs_of().functions

    def _own_functions(self) -> list[Function]:
        return [Function(self, "functions", f) for f in self._docs_of().functions.values()]

    def _all(self, what: str) -> dict[str, Any]:
        found = self._docs_of()
        if what == "types":
            return {name: defined(self._resolve, id_) for name, id_ in found.types.items()}
        return {name: Function(self, "functions", function) for name, function in found.functions.items()}

    def _remove(self, what: str, name: str) -> None:
        if what == "types":
            super()._remove(what, name)
        del self._docs_of().functions[name]

    def rename(self, name: str) -> None:
        """Gives it another name, in place."""
        changes.rename_in_package(self._resolve.model, self._docs_of(), "interfaces", self._id, name)

    def add(self, wit: str) -> None:
        """Adds what WIT text defines, in place: `interface.add("f: func(p: point) -> list<u8>;")`.

        The text may name the types of the interface. Raises `WasmToolsError` where it can't be added, and changes nothing then.
        """
        changes.add_to_interface(self._resolve.model, self._id, wit)

    def wit(self, *, docs: bool = True) -> str:
        """The text of its definition, lines with their ends."""
        return text.interface_definition(self._resolve.model, self._id, self.name, docs)

    def __str__(self) -> str:
        return self.qualified_name

    def __repr__(self) -> str:
        return (
            f"Interface {self.qualified_name!r} ({counted(self.types, 'type')}, {counted(self.functions, 'function')})"
        )


class World(Item, Holder):
    """A world: what a component imports and exports. `str` is its name with its package: `wasi:cli/command@0.2.0`."""

    __slots__ = ("_id",)
    __match_args__ = ("name",)

    _id: int

    def __init__(self, resolve: Resolve, id: int) -> None:
        self._resolve = resolve
        self._id = id

    def _place(self) -> tuple[Any, ...]:
        return (self._id,)

    def _docs_of(self) -> _model.World:
        return self._resolve.model.worlds[self._id]

    @property
    def id(self) -> int:
        """The index in `resolve.worlds`, and in the arena of the model."""
        return self._id

    @property
    def name(self) -> str:
        """Its name, without the package."""
        return self._docs_of().name

    @property
    def qualified_name(self) -> str:
        """`namespace:package/name@version`."""
        found = self._docs_of()
        return (
            self.name if found.package is None else _queries.id_of_name(self._resolve.model, found.package, found.name)
        )

    @property
    def package(self) -> Package:
        """The package that it is in."""
        package = self._docs_of().package
        assert package is not None
        return Package(self._resolve, package)

    @property
    def imports(self) -> Items[WorldItem]:
        """What it imports by name: interfaces (`wasi:io/streams@0.2.0`, or a plain name), functions and types.

        A version may be left out to find one: `imports["wasi:io/streams"]`.
        Functions of a resource that the world defines stand here too.
        """
        return Items(self, "imports")

    @property
    def exports(self) -> Items[WorldItem]:
        """What it exports by name: interfaces and functions."""
        return Items(self, "exports")

    @property
    def types(self) -> Items[DefinedType]:
        """The types that it defines, and those that it uses of interfaces, by name. They stand among the imports too."""
        return Items(self, "types")

    @property
    def imported_functions(self) -> tuple[Function, ...]:
        """All functions that it imports: by themselves, and in interfaces."""
        return tuple(self._functions_of("imports"))

    @property
    def exported_functions(self) -> tuple[Function, ...]:
        """All functions that it exports: by themselves, and in interfaces."""
        return tuple(self._functions_of("exports"))

    @property
    def functions(self) -> tuple[Function, ...]:
        """All functions that it imports, and then those that it exports."""
        return self.imported_functions + self.exported_functions

    def core_imports(self, names: Dummy = "legacy") -> tuple[CoreImport, ...]:
        """What a core module imports for the functions that the world imports: module, name and core signature.

        `names` says how it is called; `legacy` are the names that toolchains write today.
        """
        return tuple(abi.core_import(self._resolve.model, key, f, names) for key, f in self._keyed("imports"))

    def core_exports(self, names: Dummy = "legacy") -> tuple[CoreExport, ...]:
        """What a core module exports for the functions that the world exports: name and core signature."""
        return tuple(abi.core_export(self._resolve.model, key, f, names) for key, f in self._keyed("exports"))

    def _keyed(self, side: Side) -> list[tuple[_model.WorldKey | None, _model.Function]]:
        """The functions of its imports or exports, and the key of the interface that they stand in."""
        found: list[tuple[_model.WorldKey | None, _model.Function]] = []
        for key, item in self._functions_at(side).items():
            if isinstance(item, _model.Function):
                found.append((None, item))
            elif isinstance(item, _model.InterfaceItem):
                functions = self._resolve.model.interfaces[item.id].functions
                found += [(key, function) for function in functions.values()]
        return found

    def live_types(self) -> tuple[DefinedType, ...]:
        """All types that its imports and exports refer to, each once and after those that it is made of."""
        live = _queries.LiveTypes(self._resolve.model)
        live.add_world(self._id)
        return tuple(defined(self._resolve, id_) for id_ in live)

    def _functions_of(self, side: Side) -> list[Function]:
        found: list[Function] = []
        for item in self._functions_at(side).values():
            if isinstance(item, _model.Function):
                found.append(Function(self, side, item))
            elif isinstance(item, _model.InterfaceItem):
                found += Interface(self._resolve, item.id)._own_functions()
        return found

    def _own_functions(self) -> list[Function]:
        """Those that it imports by itself."""
        items = self._docs_of().imports.values()
        return [Function(self, "imports", f) for f in items if isinstance(f, _model.Function)]

    def _functions_at(self, side: Side) -> dict[Any, Any]:
        return self._docs_of().exports if side == "exports" else self._docs_of().imports

    def _items(self, what: str) -> dict[str, tuple[_model.WorldKey, _model.WorldItem]]:
        found = self._docs_of()
        items = found.exports if what == "exports" else found.imports
        key_of = self._resolve.model.name_world_key
        return {
            key_of(key): (key, item)
            for key, item in items.items()
            if what != "types" or isinstance(item, _model.TypeItem)
        }

    def _all(self, what: str) -> dict[str, Any]:
        return {name: self._view(what, item) for name, (_, item) in self._items(what).items()}

    def _view(self, what: str, item: _model.WorldItem) -> WorldItem:
        if isinstance(item, _model.InterfaceItem):
            return Interface(self._resolve, item.id)
        if isinstance(item, _model.Function):
            return Function(self, "exports" if what == "exports" else "imports", item)
        return defined(self._resolve, item.id)

    def _found(self, what: str, name: str) -> tuple[_model.WorldKey, _model.WorldItem] | None:
        """An item by its name; a version may be left out where there is one."""
        items = self._items(what)
        if name in items or "/" not in name:
            return items.get(name)
        found = [item for known, item in items.items() if known.partition("@")[0] == name]
        return found[0] if len(found) == 1 else None

    def _get(self, what: str, name: str) -> Any:
        found = self._found(what, name)
        return None if found is None else self._view(what, found[1])

    def _remove(self, what: str, name: str) -> None:
        if what == "types":
            super()._remove(what, name)
        found = self._found(what, name)
        assert found is not None
        changes.remove_world_item(self._resolve.model, self._id, what == "imports", found[0])

    def rename(self, name: str) -> None:
        """Gives it another name, in place."""
        changes.rename_in_package(self._resolve.model, self._docs_of(), "worlds", self._id, name)

    def add(self, wit: str) -> None:
        """Adds what WIT text imports, exports or defines, in place: `world.add("import log: func(line: string);")`.

        The text may name the types of the world, and interfaces of all packages. Raises `WasmToolsError` where it can't be
        added, and changes nothing then.
        """
        changes.add_to_world(self._resolve.model, self._id, wit)

    def wit(self, *, docs: bool = True) -> str:
        """The text of its definition, lines with their ends."""
        return text.world_definition(self._resolve.model, self._id, self.name, docs)

    def __str__(self) -> str:
        return self.qualified_name

    def __repr__(self) -> str:
        return f"World {self.qualified_name!r} ({counted(self.imports, 'import')}, {counted(self.exports, 'export')})"


WorldItem: TypeAlias = Interface | Function | Type
"""What a world imports or exports."""


class Package(Holder):
    """A package: its interfaces and worlds. `str` is its name: `wasi:io@0.2.0`."""

    __slots__ = ("_id",)
    __match_args__ = ("name",)

    _id: int

    def __init__(self, resolve: Resolve, id: int) -> None:
        self._resolve = resolve
        self._id = id

    def _place(self) -> tuple[Any, ...]:
        return (self._id,)

    def _docs_of(self) -> _model.Package:
        return self._resolve.model.packages[self._id]

    @property
    def id(self) -> int:
        """The index in `resolve.packages`, and in the arena of the model."""
        return self._id

    @property
    def name(self) -> str:
        """Its whole name: `wasi:io@0.2.0`."""
        return str(self._docs_of().name)

    @property
    def namespace(self) -> str:
        """What stands before the colon: `wasi`."""
        return self._docs_of().name.namespace

    @property
    def local_name(self) -> str:
        """What stands behind the colon, without the version: `io`."""
        return self._docs_of().name.name

    @property
    def version(self) -> str | None:
        """The version: `0.2.0`."""
        version = self._docs_of().name.version
        return None if version is None else str(version)

    @property
    def interfaces(self) -> Items[Interface]:
        """Its interfaces, by name."""
        return Items(self, "interfaces")

    @property
    def worlds(self) -> Items[World]:
        """Its worlds, by name."""
        return Items(self, "worlds")

    @property
    def dependencies(self) -> tuple[Package, ...]:
        """The packages that it needs, each once."""
        found = dict.fromkeys(_queries.package_direct_deps(self._resolve.model, self._id))
        return tuple(Package(self._resolve, id_) for id_ in found)

    def _all(self, what: str) -> dict[str, Any]:
        found = self._docs_of()
        if what == "interfaces":
            return {name: Interface(self._resolve, id_) for name, id_ in found.interfaces.items()}
        return {name: World(self._resolve, id_) for name, id_ in found.worlds.items()}

    def add(self, wit: str) -> None:
        """Adds the interfaces and worlds that WIT text defines, in place. It may name interfaces of all packages.

        Raises `WasmToolsError` where they can't be added, and changes nothing then.
        """
        changes.add_to_package(self._resolve.model, self._id, wit)

    def wit(self, *, docs: bool = True) -> str:
        """The text of the package alone: what a file of it would hold."""
        return text.package_text(self._resolve.model, self._id, [], docs)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"Package {self.name!r} ({counted(self.interfaces, 'interface')}, {counted(self.worlds, 'world')})"


def counted(items: Any, word: str) -> str:
    """How many there are of something, as a word."""
    return f"{len(items)} {word}{'' if len(items) == 1 else 's'}"
