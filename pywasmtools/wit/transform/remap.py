"""What putting packages together shares with its parts: the tables of old to new ids.

`Remap` is filled while an unresolved package is appended to a `Resolve` and while one `Resolve` is merged into
another; `wit/include.py` and `wit/merge.py` read it.
"""

from __future__ import annotations

from pywasmtools.diagnostics import wit_error
from pywasmtools.wit.model import FunctionKind, TypeDef
from pywasmtools.wit.types import Alias, Borrow, Own, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.diagnostics import Span, WasmToolsError
    from pywasmtools.wit.model import Function, Resolve
    from pywasmtools.wit.types import Type


class Remap:
    """New ids by old ones: of types, interfaces and worlds (None: gated by a feature that is off), and of packages.

    `own_handles` has the one anonymous `own<R>` of each resource, by the resource's new id (or that of an alias
    of it). `bases` and `borrows` remember, by new type id, what is behind aliases and whether a borrow is inside.
    """

    __slots__ = ("bases", "borrows", "interfaces", "own_handles", "packages", "types", "worlds")

    def __init__(self) -> None:
        self.types: list[int | None] = []
        self.interfaces: list[int | None] = []
        self.worlds: list[int | None] = []
        self.packages: list[int] = []
        self.own_handles: dict[int, int] = {}
        self.bases: dict[int, int] = {}
        self.borrows: dict[int, bool] = {}

    def map_type(self, id_: int, span: Span) -> int:
        """The new id of a type; raises at `span` where its feature is off."""
        found = self.types[id_]
        if found is None:
            raise _gated("type", span)
        return found

    def map_interface(self, id_: int, span: Span) -> int:
        """The new id of an interface; raises at `span` where its feature is off."""
        found = self.interfaces[id_]
        if found is None:
            raise _gated("interface", span)
        return found

    def map_world(self, id_: int, span: Span) -> int:
        """The new id of a world; raises at `span` where its feature is off."""
        found = self.worlds[id_]
        if found is None:
            raise _gated("world", span)
        return found

    def base_of(self, resolve: Resolve, id_: int) -> int:
        """The type behind all aliases of a (new) type id; an alias of a primitive is its own base."""
        bases = self.bases
        types = resolve.types
        passed: list[int] = []
        current = id_
        while True:
            known = bases.get(current)
            if known is not None:
                current = known
                break
            kind = types[current].kind
            if not isinstance(kind, Alias) or not isinstance(kind.type, int):
                break
            passed.append(current)
            current = kind.type
        for alias in passed:
            bases[alias] = current
        return current

    def handle_of(self, resolve: Resolve, id_: int) -> int:
        """What a mention of a (new) type id means: a resource is an implicit `own`, made once, others stay."""
        if not isinstance(resolve.types[self.base_of(resolve, id_)].kind, Resource):
            return id_
        handle = self.own_handles.get(id_)
        if handle is None:
            handle = resolve.add_type(TypeDef(None, Own(id_), None))
            self.own_handles[id_] = handle
        return handle

    def update_type(self, resolve: Resolve, type_: Type, span: Span) -> Type:
        """A mention of a type with its new id."""
        if not isinstance(type_, int):
            return type_
        return self.handle_of(resolve, self.map_type(type_, span))

    def update_function(self, resolve: Resolve, function: Function, span: Span) -> None:
        """Gives what a function refers to its new ids, in place; raises at `span` where its result has a borrow."""
        kind = function.kind
        if kind.resource >= 0:
            function.kind = FunctionKind(kind.tag, self.map_type(kind.resource, span))
        for param in function.params:
            if isinstance(param.type, int):
                param.type = self.update_type(resolve, param.type, span)
        result = function.result
        if isinstance(result, int):
            function.result = result = self.update_type(resolve, result, span)
            if self.type_has_borrow(resolve, result):
                raise wit_error(
                    span,
                    f"function `{function.name}` returns a type which contains a `borrow<T>` which is not supported",
                )

    def type_has_borrow(self, resolve: Resolve, type_: Type) -> bool:
        """Whether a (new) type holds a `borrow` anywhere. Iterative: aliases may be thousands deep."""
        if not isinstance(type_, int):
            return False
        borrows = self.borrows
        known = borrows.get(type_)
        if known is not None:
            return known
        stack = [type_]
        while stack:
            id_ = stack[-1]
            if id_ in borrows:
                stack.pop()
                continue
            kind = resolve.types[id_].kind
            result = isinstance(kind, Borrow)
            pending = False
            for inner in () if isinstance(kind, (Own, Borrow)) else kind.types():
                if not isinstance(inner, int):
                    continue
                found = borrows.get(inner)
                if found is None:
                    stack.append(inner)
                    pending = True
                elif found:
                    result = True
                    break
            if result or not pending:
                borrows[id_] = result
                while stack[-1] != id_:
                    stack.pop()
                stack.pop()
        return borrows[type_]


def _gated(what: str, span: Span) -> WasmToolsError:
    message = f"found a reference to a {what} which is excluded due to its feature not being activated"
    return wit_error(span, message)
