"""`Resolve`: the packages, worlds, interfaces and types of WIT; to walk, to change, and to write in any form."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.library import base, items, state, text, types
from pywasmtools.library.items import Interface, Package, World
from pywasmtools.library.sources import Dummy, Encoding, Source, flags, one_of, read_binary, words
from pywasmtools.library.types import DefinedType, defined
from pywasmtools.wit import model as _model
from pywasmtools.wit import queries as _queries
from pywasmtools.wit.transform import importize as _importize
from pywasmtools.wit.transform import merge as _merge
from pywasmtools.wit.transform import nominal as _nominal
from pywasmtools.wit.transform import select_world as _select_world
from pywasmtools.wit.transform import semver_merge as _semver_merge

_Part = TypeVar("_Part", Package, World, Interface)
_InPackage = TypeVar("_InPackage", World, Interface)


class Resolve:
    """WIT, resolved: packages and their worlds, interfaces and types. `str` is the text, as `component wit` prints it.

    `parse_wit`, `decode` and `resolve_from_json` read one. Two are equal where the same packages hold the same things in the
    same order, with ids and docs; where they were read from does not count. Copies, shallow or deep, have nothing in common with
    what they are copies of.

    `model` holds the arenas, for who wants ids: `pywasmtools.wit.model.Resolve`. `package_id` is the id of the main package, the
    one that was read; `world_id` that of the world that was read, of a component or a module; None where there is none.
    """

    __slots__ = ("model", "package_id", "world_id")

    model: _model.Resolve
    package_id: int | None
    world_id: int | None

    def __init__(self, model: _model.Resolve, package: int | None = None, world: int | None = None) -> None:
        self.model = model
        self.package_id = package
        self.world_id = world

    # --------------------------------------------------------------------------- what there is

    @property
    def packages(self) -> tuple[Package, ...]:
        """All packages, by their ids."""
        return tuple(Package(self, id_) for id_ in range(len(self.model.packages)))

    @property
    def worlds(self) -> tuple[World, ...]:
        """All worlds, by their ids."""
        return tuple(World(self, id_) for id_ in range(len(self.model.worlds)))

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """All interfaces, by their ids; those too that are written in worlds."""
        return tuple(Interface(self, id_) for id_ in range(len(self.model.interfaces)))

    @property
    def types(self) -> tuple[DefinedType, ...]:
        """All definitions of types, by their ids; those too that have no name."""
        return tuple(defined(self, id_) for id_ in range(len(self.model.types)))

    def package(self, name: str | None = None) -> Package:
        """A package by its name: `wasi:cli@0.2.0`, or `wasi:cli` where there is one version. Without a name, the main package.

        Raises LookupError where there is no such package, or several.
        """
        if name is None:
            if self.package_id is None:
                raise LookupError("there is no main package: say which one")
            return Package(self, self.package_id)
        _checked(name)
        found = [p for p in self.packages if name in (p.name, f"{p.namespace}:{p.local_name}")]
        return _one("package", name, found, [p.name for p in self.packages])

    def world(self, name: str | None = None) -> World:
        """A world by its name: `command`, `wasi:cli/command`, or with the version; a plain name means the main package first.

        Without a name, the world that was read, or the only one of the main package. Raises LookupError where there is no such
        world, or several. `select_world` chooses as the commands do.
        """
        if name is not None:
            return self._find("world", name, self.worlds)
        if self.world_id is not None:
            return World(self, self.world_id)
        worlds = list(self.package().worlds.values())
        return _one("world", "", worlds, [w.qualified_name for w in self.worlds])

    def interface(self, name: str) -> Interface:
        """An interface by its name: `streams`, `wasi:io/streams`, or with the version; a plain name means the main package first.

        Raises LookupError where there is no such interface, or several.
        """
        return self._find("interface", name, self.interfaces)

    def _find(self, word: str, name: str, parts: Iterable[_InPackage]) -> _InPackage:
        _checked(name)
        known: dict[str, list[_InPackage]] = {}
        for part in parts:
            full = str(part)
            for known_as in {full, full.partition("@")[0], part.name}:
                known.setdefault(known_as, []).append(part)
        found = known.get(name, [])
        if len(found) > 1:
            found = [part for part in found if part.package.id == self.package_id] or found
        return _one(word, name, found, list(map(str, parts)))

    # --------------------------------------------------------------------------- order

    def topological_packages(self) -> tuple[Package, ...]:
        """All packages, each after those that it needs."""
        return tuple(Package(self, id_) for id_ in _queries.topological_packages(self.model))

    def topological_interfaces(self) -> tuple[Interface, ...]:
        """All interfaces, each after those that it uses types of."""
        return tuple(Interface(self, id_) for id_ in _ordered(len(self.model.interfaces), self._needed_interfaces))

    def topological_types(self) -> tuple[DefinedType, ...]:
        """All types, each after those that it is made of."""
        live = _queries.LiveTypes(self.model)
        for id_ in range(len(self.model.types)):
            live.add_type_id(id_)
        return tuple(defined(self, id_) for id_ in live)

    def _needed_interfaces(self, id_: int) -> list[int]:
        return _queries.interface_direct_deps(self.model, id_)

    # --------------------------------------------------------------------------- what the commands do to it

    def select_world(self, name: str | None = None) -> World:
        """The world that the commands mean by `--world NAME`, or the only one of the main package.

        Raises `WasmToolsError` with their words where that is none or several.
        """
        packages = [] if self.package_id is None else [self.package_id]
        return World(self, _select_world.select_world(self.model, packages, name))

    def importize(self, world: str | World | None = None, *, name: str | None = None) -> Resolve:
        """A copy whose world imports what it exported, as one that uses its component would (`component wit --importize`).

        The world is called `name`, or `WORLD-importized`, and is the copy's `world()`.
        """
        new, id_ = self._copy_for(world)
        _within("failed to move world exports to imports", lambda: _importize.importize(new.model, id_, name))
        return new._with_world(id_)

    def exportize(
        self, world: str | World | None = None, *, name: str | None = None, imports: Iterable[str] | None = None
    ) -> Resolve:
        """A copy whose world exports what it imported (`component wit --exportize`): all, or the `imports` that are named.

        Imports are named as in `World.imports`, or by the plain name of the interface. The world is called `name`, or
        `WORLD-exportized`, and is the copy's `world()`.
        """
        new, id_ = self._copy_for(world)
        keys: set[_model.WorldKey] | None = None
        if imports is not None:
            keys = new._keys(id_, imports)
        _within("failed to move world imports to exports", lambda: _importize.exportize(new.model, id_, name, keys))
        return new._with_world(id_)

    def _keys(self, world: int, imports: Iterable[str]) -> set[_model.WorldKey]:
        """The keys of some imports of a world."""
        known: dict[str, list[_model.WorldKey]] = {}
        for key in self.model.worlds[world].imports:
            full = self.model.name_world_key(key)
            plain = key if isinstance(key, str) else self.model.interfaces[key].name or ""
            for name in {full, full.partition("@")[0], plain}:
                known.setdefault(name, []).append(key)
        keys: set[_model.WorldKey] = set()
        for name in words(imports, "imports"):
            if name not in known:
                raise LookupError(f"the world has no import `{name}`{_hint(name, known)}")
            keys.update(known[name])
        return keys

    def merge_imports_based_on_semver(self, world: str | World | None = None) -> Resolve:
        """A copy whose world imports of compatible versions only the latest (`--merge-world-imports-based-on-semver`)."""
        new, id_ = self._copy_for(world)
        message = "failed to merge world imports based on semver"
        _within(message, lambda: _semver_merge.merge_world_imports_based_on_semver(new.model, id_))
        return new._with_world(id_)

    def generate_nominal_type_ids(self, world: str | World | None = None) -> Resolve:
        """A copy in which an interface that a world imports and exports is two, with types of their own (`--generate-nominal-type-ids`).

        So that each type that a generator of bindings must tell apart has an id of its own.
        """
        new, id_ = self._copy_for(world)
        _nominal.generate_nominal_type_ids(new.model, id_)
        return new._with_world(id_)

    def merge(self, other: Resolve) -> Resolve:
        """A copy that has all of another `Resolve` too. Packages of one name become one: they must agree in what both have.

        The main package stays. Raises `WasmToolsError` where the two disagree.
        """
        if not isinstance(other, Resolve):
            raise TypeError(f"a Resolve can be merged with another one, not with {type(other).__name__}")
        new = self.copy()
        found = _merge.merge(new.model, other.copy().model)
        if new.package_id is None and other.package_id is not None:
            new.package_id = found.packages[other.package_id]
        return new

    def _copy_for(self, world: str | World | None) -> tuple[Resolve, int]:
        """A copy, and the id of a world of it."""
        if isinstance(world, World):
            if world.resolve is not self and world.resolve != self:
                raise ValueError(f"the world `{world}` is one of another Resolve")
            return self.copy(), world.id
        return self.copy(), self.world(world).id

    def _with_world(self, id_: int) -> Resolve:
        self.world_id = id_
        self.package_id = self.model.worlds[id_].package
        return self

    # --------------------------------------------------------------------------- out

    def to_wit(self, *, package: str | Package | None = None, docs: bool = True) -> str:
        """WIT text: the main package, or another, and all others nested behind it, as `component wit` prints it."""
        main = self._main(package)
        return text.package_text(self.model, main, [k for k in range(len(self.model.packages)) if k != main], docs)

    def to_json(self) -> str:
        """JSON text, as `component wit --json` prints it. `resolve_from_json` reads it."""
        from pywasmtools.wit.resolve_json import resolve_json

        return resolve_json(self.model)

    def to_binary(self, *, emit_canonical_names: bool = False) -> bytes:
        """The main package in its binary form, as `component wit --wasm` writes it. It is validated."""
        from pywasmtools.validation.validator import validate_all
        from pywasmtools.wit_binary.encoder import encode_package

        data = encode_package(self.model, self._main(), emit_canonical_names)
        validate_all(data)
        return data

    def to_section(
        self,
        world: str | World | None = None,
        *,
        encoding: Encoding = "utf8",
        emit_canonical_names: bool = False,
    ) -> bytes:
        """The custom section `component-type:WORLD` that describes a world: what `component embed` puts behind a module."""
        from pywasmtools.wit_binary.component_type import encode

        new, id_ = self._for_section(world, encoding, emit_canonical_names)
        return encode(new.model, id_, encoding, None, emit_canonical_names)

    def embed(
        self,
        module: Source,
        world: str | World | None = None,
        *,
        encoding: Encoding = "utf8",
        emit_canonical_names: bool = False,
    ) -> bytes:
        """A core module with a world's section behind it, as `component embed` writes it."""
        from pywasmtools.wit_binary.component_type import embed

        new, id_ = self._for_section(world, encoding, emit_canonical_names)
        return embed(read_binary(module, "module"), new.model, id_, encoding, emit_canonical_names)

    def dummy_module(self, world: str | World | None = None, *, names: Dummy = "standard32") -> bytes:
        """A core module that fits a world, with its section: what `component embed --dummy` makes."""
        from pywasmtools.api import dummy_of_world

        one_of(names, "names", Dummy)
        id_ = self._copy_for(world)[1]
        return self.embed(dummy_of_world(self.model, id_, names), World(self, id_))

    def _for_section(self, world: str | World | None, encoding: str, canonical: bool) -> tuple[Resolve, int]:
        one_of(encoding, "encoding", Encoding)
        flags(emit_canonical_names=canonical)
        new, id_ = self._copy_for(world)
        if canonical:
            _semver_merge.merge_world_imports_based_on_semver(new.model, id_)
        return new, id_

    def _main(self, package: str | Package | None = None) -> int:
        if package is not None:
            return package.id if isinstance(package, Package) else self.package(package).id
        if self.package_id is not None:
            return self.package_id
        if not self.model.packages:
            raise LookupError("there is no package")
        return len(self.model.packages) - 1

    # --------------------------------------------------------------------------- as a value

    def copy(self) -> Resolve:
        """A copy that has nothing in common with this one."""
        return Resolve(state.load(state.dump(self.model)), self.package_id, self.world_id)

    def __copy__(self) -> Resolve:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Resolve:
        memo[id(self)] = new = self.copy()
        return new

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (state.dump(self.model), self.package_id, self.world_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Resolve):
            return NotImplemented
        return self is other or (self.package_id == other.package_id and state.same(self.model, other.model))

    def __str__(self) -> str:
        return self.to_wit()

    def __repr__(self) -> str:
        name = "" if self.package_id is None else f" {self.package().name!r}"
        found = (
            (self.packages, "package"),
            (self.worlds, "world"),
            (self.interfaces, "interface"),
            (self.types, "type"),
        )
        return f"Resolve{name} ({', '.join(items.counted(parts, word) for parts, word in found)})"


def _restored(data: bytes, package: int | None, world: int | None) -> Resolve:
    return Resolve(state.load(data), package, world)


def _checked(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(f"a name is a str, not {type(name).__name__}")


def _one(word: str, name: str, found: list[_Part], known: list[str]) -> _Part:
    """The only one that was found."""
    if len(found) == 1:
        return found[0]
    called = f" `{name}`" if name else ""
    if not found:
        raise LookupError(f"there is no {word}{called}{_hint(name, known)}")
    raise LookupError(f"there are several: say which {word}{called} is meant: {', '.join(map(str, found))}")


def _hint(name: str, known: Iterable[str]) -> str:
    """Names that are like one, or what there is."""
    names = [n for n in known if n]
    plain = {n.partition("@")[0].rpartition("/")[2]: n for n in names} | {n.partition("@")[0]: n for n in names}
    like = list(dict.fromkeys(plain[n] for n in difflib.get_close_matches(name, plain, 2, 0.7)))
    if like:
        return f"; did you mean {' or '.join(f'`{n}`' for n in like)}?"
    return f"; there are {', '.join(names)}" if 0 < len(names) <= 8 else ""


def _within(message: str, work: Callable[[], object]) -> None:
    """Does some work; what it refuses is told under `message`, as the commands do."""
    try:
        work()
    except WasmToolsError as e:
        raise e.context(message) from None


def _ordered(count: int, needs: Callable[[int], list[int]]) -> list[int]:
    """The numbers below `count`, each after those that it needs."""
    done: dict[int, bool] = {}
    for root in range(count):
        stack = [(root, iter(needs(root)))] if root not in done else []
        path = {root}
        while stack:
            id_, deps = stack[-1]
            dep = next(deps, None)
            if dep is None:
                stack.pop()
                done[id_] = True
            elif dep not in done and dep not in path:
                path.add(dep)
                stack.append((dep, iter(needs(dep))))
    return list(done)


# What annotations of the files below name, and what those files can't import, for they come before this one.
_NAMES = {
    "Function": items.Function,
    "Interface": Interface,
    "Package": Package,
    "Resolve": Resolve,
    "World": World,
}
for _module in (base, types, items):
    vars(_module).update(_NAMES)
