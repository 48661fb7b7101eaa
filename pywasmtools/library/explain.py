"""`explain`: what differs between two components, modules or packages of WIT, from the outside in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from pywasmtools.changes import model
from pywasmtools.changes.binary import compare
from pywasmtools.changes.compatible import fits
from pywasmtools.changes.wit import package_changes, world_changes
from pywasmtools.library.inputs import read_input
from pywasmtools.library.resolve import Resolve
from pywasmtools.library.sources import Source
from pywasmtools.load import Decoded, decode_bytes

ChangeKind: TypeAlias = Literal["added", "removed", "changed"]
"""What became of a thing."""

SIGNS: dict[str, str] = {"added": "+", "removed": "-", "changed": "~"}


class Short:
    """A `repr` with what is not the default."""

    __slots__ = ()

    def __repr__(self) -> str:
        shown: list[str] = []
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if value != field.default and value != ():
                shown.append(f"{field.name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, slots=True, repr=False)
class Verdict(Short):
    """Whether one world may stand where the other does, None where that can't be told; `why` says what is in the way."""

    fits: bool | None
    why: str = ""

    def __bool__(self) -> bool:
        return self.fits is True

    def __str__(self) -> str:
        if self.fits is None:
            return f"it can't be told whether it is compatible: {self.why}"
        return "compatible" if self.fits else f"not compatible: {self.why}"


@dataclass(frozen=True, slots=True, repr=False)
class Change(Short):
    """A thing that was added, removed or changed. `what` is its sort.

    | where | sorts |
    |---|---|
    | WIT | `package`, `world`, `interface`, `import`, `export`, `type`, `function` |
    | modules | `import`, `export`, `function`, `table`, `memory`, `global`, `tag`, `elem`, `start`, `data` |
    | about them | `section`, `producer`, `description`, `name`, `func name`, … |

    `before` and `after` are how it is told on each side, as WIT or WebAssembly text, None where it is not there, or where that is
    not what differs. Sizes are in bytes. `parts` are the changes inside of it. `verdict` is that of a world of a package: whether
    a component that was made for the first runs where there is the second.
    """

    kind: ChangeKind
    what: str
    name: str
    before: str | None = None
    after: str | None = None
    size_before: int | None = None
    size_after: int | None = None
    parts: tuple[Change, ...] = ()
    verdict: Verdict | None = None

    def walk(self) -> Iterator[Change]:
        """This one, and all in it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        """As text: a line for what it is, WIT below it where that is longer, and what is in it."""
        yield f"{SIGNS[self.kind]} {self.headline()}"
        for part in self.parts:
            for line in part._lines():
                yield f"  {line}"

    def headline(self) -> str:
        """What it is, in a line."""
        texts = list(dict.fromkeys([in_a_line(text) for text in (self.before, self.after) if text is not None]))
        told = " → ".join(texts)
        if self.is_wit and told:
            return told
        head = f"{self.what} {self.name}"
        if told and told != self.name:
            head += f": {told}"
        if self.verdict is not None:
            head += f" ({self.verdict})"
        sizes = [f"{size} bytes" for size in (self.size_before, self.size_after) if size is not None]
        return f"{head} ({' → '.join(dict.fromkeys(sizes))})" if sizes else head

    @property
    def is_wit(self) -> bool:
        """Whether `before` and `after` are WIT."""
        text = self.before or self.after or ""
        return bool(text) and self.what in _TOLD_AS_WIT and not text.startswith("(")

    def to_json(self) -> dict[str, object]:
        """The same as dicts, lists, str and int."""
        found: dict[str, object] = {"kind": self.kind, "what": self.what, "name": self.name}
        for name in ("before", "after", "size_before", "size_after"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        if self.parts:
            found["parts"] = [part.to_json() for part in self.parts]
        if self.verdict is not None:
            found["compatible"] = self.verdict.fits
            found["why"] = self.verdict.why
        return found


def in_a_line(text: str) -> str:
    """WIT in one line."""
    return " ".join(text.split()).replace(", }", " }")


_TOLD_AS_WIT = ("import", "export", "type", "function", "interface", "world", "package")


@dataclass(frozen=True, slots=True, repr=False)
class Difference(Short):
    """What differs between two components, modules or packages of WIT; or between two binaries that are nested in such.

    `kind` is `component`, `module` or `wit`, of both sides where they differ: `module → component`. `change` is `same` where not
    a byte differs, of WIT where the meaning is the same. Sizes are in bytes. Lists stand from the outside in:

    - `world`: imports and exports of a component's world, or of that which is embedded in a module; interfaces and worlds of a
      package. Docs and stability are no part of it;
    - `verdict`: whether the second fits wherever the first does;
    - `producers`, with what descriptive sections say; `names`: that of the binary, and of items that have another one now;
    - `sections`: by sort, how many items and bytes;
    - `imports` and `exports` of a core module; of a component where there is no `world`;
    - `definitions`: tables, memories, globals, tags, elements, start;
    - `functions`: those whose code or type differs. Numbers of functions, types and so on are no code: `renumbered` says how many
      functions differ in those alone;
    - `data`: segments;
    - `parts`: what is nested and is not the same.
    """

    kind: str
    name: str = ""
    change: Literal["same", "added", "removed", "changed"] = "changed"
    size_before: int | None = None
    size_after: int | None = None
    world: tuple[Change, ...] = ()
    verdict: Verdict | None = None
    producers: tuple[Change, ...] = ()
    names: tuple[Change, ...] = ()
    sections: tuple[Change, ...] = ()
    imports: tuple[Change, ...] = ()
    exports: tuple[Change, ...] = ()
    definitions: tuple[Change, ...] = ()
    functions: tuple[Change, ...] = ()
    renumbered: int = 0
    data: tuple[Change, ...] = ()
    parts: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.change == "same"

    @property
    def compatible(self) -> bool | None:
        """Whether the second fits wherever the first does; of a package, whether all its worlds do. None: it can't be told."""
        if self.verdict is not None:
            return self.verdict.fits
        verdicts = [change.verdict.fits for change in self.world if change.verdict is not None]
        if any(change.what == "world" and change.kind == "removed" for change in self.world) or False in verdicts:
            return False
        return None if None in verdicts else True

    def changes(self) -> Iterator[Change]:
        """All changes on this level, from the outside in, and what is in each."""
        for name in _LISTS:
            for change in getattr(self, name):
                yield from change.walk()

    def walk(self) -> Iterator[Difference]:
        """This one, and what is nested."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.verdict is not None:
            yield f"{self.verdict}"
        for name in _LISTS:
            for change in getattr(self, name):
                yield from change._lines()
        for part in self.parts:
            yield f"{SIGNS[part.change]} {part.kind} {part.name}".rstrip()
            for line in part._lines():
                yield f"  {line}"

    def to_json(self) -> dict[str, object]:
        """The same as dicts, lists, str and int: what is empty is left out."""
        found: dict[str, object] = {"kind": self.kind, "name": self.name, "change": self.change}
        for name in ("size_before", "size_after"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        if self.compatible is not None and self.world:
            found["compatible"] = self.compatible
        if self.verdict is not None:
            found["why"] = self.verdict.why
        for name in (*_LISTS, "parts"):
            values: tuple[Change | Difference, ...] = getattr(self, name)
            if values:
                found[name] = [value.to_json() for value in values]
        if self.renumbered:
            found["renumbered"] = self.renumbered
        if self.notes:
            found["notes"] = list(self.notes)
        return found


_LISTS = ("world", "producers", "names", "sections", "imports", "exports", "definitions", "functions", "data")
"""The lists of changes of a `Difference`, from the outside in."""


# ------------------------------------------------------------------------------- the function


def explain(
    a: Source | Resolve, b: Source | Resolve, *, features: Iterable[str] = (), all_features: bool = False
) -> Difference:
    """What differs between two components or modules, in binary or as text; or between two packages of WIT.

    `features` are names of `@unstable` features that are on, of WIT as text. Of a `Resolve` the main package counts, or its world
    where it is that of a component. Raises what can't be read, and where one side is WIT and the other is not.
    """
    one = read_input(a, "a", features, all_features)
    two = read_input(b, "b", features, all_features)
    if isinstance(one, bytes) and isinstance(two, bytes):
        return _difference(compare(one, two))
    return _of_wit(_as_wit(one), _as_wit(two))


def _as_wit(found: bytes | Decoded) -> Decoded:
    """The WIT of one side, where the other is WIT: of a component, or that which is embedded in a module."""
    return decode_bytes(found, "<input>") if isinstance(found, bytes) else found


def _of_wit(one: Decoded, two: Decoded) -> Difference:
    """What differs between two packages; between two worlds where one of the two is a component's."""
    if one.is_package and two.is_package:
        changes = package_changes(one.resolve, one.package, two.resolve, two.package)
        return Difference("wit", change="changed" if changes else "same", world=_changes(changes))
    worlds = [_world(found) for found in (one, two)]
    changes = world_changes(one.resolve, worlds[0], two.resolve, worlds[1])
    if not changes:
        return Difference("wit", change="same")
    verdict = _verdict(fits(two.resolve, worlds[1], one.resolve, worlds[0]))
    return Difference("wit", world=_changes(changes), verdict=verdict)


def _world(found: Decoded) -> int:
    """The world of a component, or the only one of a package."""
    if not found.is_package:
        return found.world
    from pywasmtools.wit.transform.select_world import select_world

    return select_world(found.resolve, [found.package], None)


def _verdict(verdict: model.Verdict | None) -> Verdict | None:
    return None if verdict is None else Verdict(verdict.fits, verdict.why)


def _size(size: int) -> int | None:
    return None if size < 0 else size


def _changes(changes: list[model.Change]) -> tuple[Change, ...]:
    return tuple(_change(change) for change in changes)


_KINDS: dict[str, ChangeKind] = {model.ADDED: "added", model.REMOVED: "removed", model.CHANGED: "changed"}


def _change(change: model.Change) -> Change:
    return Change(
        _KINDS[change.kind],
        change.what,
        change.name,
        change.before,
        change.after,
        _size(change.size_before),
        _size(change.size_after),
        _changes(change.parts),
        _verdict(change.verdict),
    )


def _difference(part: model.Part) -> Difference:
    return Difference(
        kind=part.kind,
        name=part.name,
        change="same" if part.same else _KINDS[part.change],
        size_before=_size(part.size_before),
        size_after=_size(part.size_after),
        world=_changes(part.world),
        verdict=_verdict(part.verdict),
        producers=_changes(part.producers),
        names=_changes(part.names),
        sections=_changes(part.sections),
        imports=_changes(part.imports),
        exports=_changes(part.exports),
        definitions=_changes(part.definitions),
        functions=_changes(part.code),
        renumbered=part.renumbered,
        data=_changes(part.data),
        parts=tuple(_difference(inner) for inner in part.parts),
        notes=tuple(part.notes),
    )
