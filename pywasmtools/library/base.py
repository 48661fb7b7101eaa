"""What items and types of a `Resolve` have in common: they are views, with docs and stability, under names."""

from __future__ import annotations

import dataclasses
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pywasmtools.diagnostics import UNKNOWN_SPAN
from pywasmtools.text.semver import parse_version
from pywasmtools.wit import stability as _stability

if TYPE_CHECKING:
    # At run time `resolve.py` puts it here.
    from pywasmtools.library.resolve import Resolve


class View:
    """A view of a part of a `Resolve`: it holds the `Resolve` and where the part is there.

    Two are equal where they mean the same part of the same `Resolve`, or of two equal ones. They can be hashed and pickled,
    and live as long as what they look at.
    """

    __slots__ = ("_resolve",)

    _resolve: Resolve

    @property
    def resolve(self) -> Resolve:
        """The `Resolve` that it is a part of."""
        return self._resolve

    def _place(self) -> tuple[Any, ...]:
        """Which part it is. Hashable."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not type(self) or not isinstance(other, View):
            return False
        return self._place() == other._place() and (self._resolve is other._resolve or self._resolve == other._resolve)

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._place()))


@dataclasses.dataclass(frozen=True)
class Stability:
    """`@since`, `@unstable` and `@deprecated` of an item. Versions are text, as `0.2.0`. False where there is none of them.

    See https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md#feature-gates
    """

    since: str | None = None
    unstable: str | None = None
    """The feature that an unstable item is gated by."""
    deprecated: str | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.unstable is not None:
            raise ValueError("an item is since a version, or unstable, not both")
        if self.deprecated is not None and self.since is None and self.unstable is None:
            raise ValueError("a deprecated item is since a version, or unstable")

    def __bool__(self) -> bool:
        return self.since is not None or self.unstable is not None

    def __str__(self) -> str:
        return " ".join(_to_model(self).attributes())


def _to_model(found: Stability) -> _stability.Stability:
    deprecated = None if found.deprecated is None else parse_version(found.deprecated)
    if found.since is not None:
        return _stability.stable(parse_version(found.since), deprecated)
    if found.unstable is not None:
        return _stability.unstable(found.unstable, deprecated)
    return _stability.UNKNOWN_STABILITY


def _from_model(found: _stability.Stability) -> Stability:
    deprecated = None if found.deprecated is None else str(found.deprecated)
    if found.kind == _stability.STABILITY_STABLE:
        return Stability(since=str(found.since), deprecated=deprecated)
    if found.kind == _stability.STABILITY_UNSTABLE:
        return Stability(unstable=found.feature, deprecated=deprecated)
    return Stability()


class _HasDocs(Protocol):
    docs: str | None


class _HasSpan(_HasDocs, Protocol):
    span: tuple[int, int]


class _HasStability(_HasSpan, Protocol):
    stability: _stability.Stability


@dataclasses.dataclass(frozen=True)
class Location:
    """A place in WIT text: the path as it was given, line and column from 1, the column in UTF-8 bytes. `str` is `path:line:column`."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


def locate(resolve: Resolve, span: tuple[int, int]) -> Location | None:
    """Where a span begins; None where it is unknown."""
    source_map = resolve.model.source_map
    if span[0] == UNKNOWN_SPAN[0] or not source_map.sources:
        return None
    source = source_map.source_at(span[0])
    before = source.contents[: span[0] - source.offset]
    return Location(source.path, before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))


class Documented(View):
    """A part with docs."""

    __slots__ = ()

    def _docs_of(self) -> _HasDocs:
        raise NotImplementedError

    @property
    def docs(self) -> str | None:
        """The documentation: what stands after `///`, lines joined by newlines. It may be set."""
        return self._docs_of().docs

    @docs.setter
    def docs(self, docs: str | None) -> None:
        given: object = docs
        if given is not None and not isinstance(given, str):
            raise TypeError(f"docs are a str or None, not {type(given).__name__}")
        self._docs_of().docs = docs


class Located(Documented):
    """A part with docs and a place in the text that it was read from."""

    __slots__ = ()

    def _docs_of(self) -> _HasSpan:
        raise NotImplementedError

    @property
    def location(self) -> Location | None:
        """Where its name stands in WIT text; None where it was not read from text."""
        return locate(self._resolve, self._docs_of().span)


class Item(Located):
    """A part with docs and stability: a world, interface, function or type."""

    __slots__ = ()

    def _docs_of(self) -> _HasStability:
        raise NotImplementedError

    @property
    def stability(self) -> Stability:
        """`@since`, `@unstable` and `@deprecated`. It may be set."""
        return _from_model(self._docs_of().stability)

    @stability.setter
    def stability(self, stability: Stability) -> None:
        given: object = stability
        if not isinstance(given, Stability):
            raise TypeError(f"a stability is a Stability, not {type(given).__name__}")
        self._docs_of().stability = _to_model(stability)


T_co = TypeVar("T_co", covariant=True)


class Items(Mapping[str, T_co], Generic[T_co]):
    """Parts of a package, world or interface, by name and in order. It shows what is there at the moment.

    `del items[name]` removes a function, import or export.
    """

    __slots__ = ("_holder", "_what")

    _holder: Holder
    _what: str

    def __init__(self, holder: Holder, what: str) -> None:
        self._holder = holder
        self._what = what

    def __getitem__(self, name: str) -> T_co:
        found = self._holder._get(self._what, name)
        if found is None:
            raise KeyError(name)
        item: T_co = found
        return item

    def __iter__(self) -> Iterator[str]:
        return iter(self._holder._all(self._what))

    def __len__(self) -> int:
        return len(self._holder._all(self._what))

    def keys(self) -> KeysView[str]:
        """The names, in order."""
        return self._holder._all(self._what).keys()

    def values(self) -> ValuesView[T_co]:
        """What has the names, in order."""
        return self._holder._all(self._what).values()

    def items(self) -> ItemsView[str, T_co]:
        """The names and what has them, in order."""
        return self._holder._all(self._what).items()

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._holder._remove(self._what, name)

    def __repr__(self) -> str:
        return repr(self._holder._all(self._what))


class Holder(Documented):
    """A part that holds others by name."""

    __slots__ = ()

    def _all(self, what: str) -> dict[str, Any]:
        """What it holds by name, in order."""
        raise NotImplementedError

    def _get(self, what: str, name: str) -> Any:
        """One of them, or None."""
        return self._all(what).get(name)

    def _remove(self, what: str, name: str) -> None:
        raise TypeError(f"{what} can't be removed from {type(self).__name__.lower()} `{self}`")
