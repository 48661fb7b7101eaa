"""The encoder of WIT types that binary WIT packages and components share.

`ValtypeEncoder` walks the types and decides what is defined, in which order, and what is defined only once. Where
a definition goes is for its subclasses: into an instance type, a component type, or a component's own type section.
"""

from __future__ import annotations

from pywasmtools.wasm.component_types import (
    BORROW,
    ENUM,
    FIXED_LENGTH_LIST,
    FLAGS,
    FUTURE,
    LIST,
    MAP,
    NO_TYPE,
    OPTION,
    OWN,
    PRIMITIVE,
    PRIMITIVE_NAMES,
    RECORD,
    RESULT,
    STREAM,
    TUPLE,
    VARIANT,
    ComponentFuncType,
    DefinedType,
    ExternName,
)
from pywasmtools.wit.model import InterfaceOwner
from pywasmtools.wit.types import (
    PRIMS,
    Alias,
    Borrow,
    Enum,
    FixedLengthList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Variant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.component_types import ComponentValType
    from pywasmtools.wit.model import Function, Resolve
    from pywasmtools.wit.types import Type, TypeKind

_CODES: Final = {name: code for code, name in PRIMITIVE_NAMES.items()}
_PRIM_CODES: Final = tuple([_CODES[prim.name] for prim in PRIMS])
"""The value type that a primitive is, by its index in the model."""


class TypeMaps:
    """What has been encoded into one type space, so that it is not encoded again.

    `ids` has the index of each type id, `kinds` that of each anonymous type by its structure, and `functions` that
    of each function type by whether it is async, its parameters and its result.
    """

    __slots__ = ("functions", "ids", "kinds")

    def __init__(self) -> None:
        self.ids: dict[int, int] = {}
        self.kinds: dict[tuple[object, ...], int] = {}
        self.functions: dict[tuple[object, ...], int] = {}

    def copy(self) -> TypeMaps:
        """The same knowledge, to be added to apart."""
        maps = TypeMaps()
        maps.ids = dict(self.ids)
        maps.kinds = dict(self.kinds)
        maps.functions = dict(self.functions)
        return maps


class _Frame:
    """A type that waits for its parts: `parts` are the types it is made of, `values` those encoded so far."""

    __slots__ = ("id", "parts", "values")

    def __init__(self, id_: int, parts: list[Type | None]) -> None:
        self.id = id_
        self.parts = parts
        self.values: list[ComponentValType] = []


class ValtypeEncoder:
    """Encodes types and functions of `resolve` into one type space. `interface` is the one that is being encoded, if any:
    named types of other interfaces are imported, not defined."""

    __slots__ = ("interface", "maps", "resolve")

    def __init__(self, resolve: Resolve, interface: int | None = None) -> None:
        self.resolve = resolve
        self.maps = TypeMaps()
        self.interface = interface

    # What subclasses decide.

    def define_type(self, type_: DefinedType) -> int:
        """Adds a type to the type space; returns its index."""
        raise AssertionError("abstract")

    def define_function_type(self, type_: ComponentFuncType) -> int:
        """Adds a function type to the type space; returns its index."""
        raise AssertionError("abstract")

    def export_type(self, index: int, name: ExternName) -> int:
        """Gives the type `index` a name; returns the index that stands for it from then on."""
        raise AssertionError("abstract")

    def export_resource(self, name: ExternName) -> int:
        """Adds a new resource of that name; returns its index."""
        raise AssertionError("abstract")

    def import_type(self, interface: int, id_: int) -> int:
        """Makes the type `id_` of another interface known in this type space; returns its index."""
        raise AssertionError("abstract")

    # What they share.

    def encode_function_type(self, function: Function) -> int:
        """Defines the type of a function, unless there is one already; returns its index."""
        key = (
            function.kind.is_async,
            tuple([(param.name, param.type) for param in function.params]),
            function.result,
        )
        found = self.maps.functions.get(key)
        if found is not None:
            return found
        params = tuple([(param.name, self.encode_valtype(param.type)) for param in function.params])
        result = None if function.result is None else self.encode_valtype(function.result)
        index = self.define_function_type(ComponentFuncType(params, result, function.kind.is_async))
        self.maps.functions[key] = index
        return index

    def encode_valtype(self, type_: Type) -> ComponentValType:
        """Defines a type and all that it is made of, as far as that is not done yet; returns its value type."""
        if not isinstance(type_, int):
            return _PRIM_CODES[type_.index]
        found = self._known(type_)
        if found is not None:
            return found
        # Types of types are encoded on a stack of our own: there is no limit to how deep they nest.
        stack = [_Frame(type_, self.resolve.types[type_].kind.parts())]
        while True:
            frame = stack[-1]
            values = frame.values
            waiting = -1
            parts = frame.parts
            while len(values) < len(parts):
                part = parts[len(values)]
                if part is None:
                    values.append(NO_TYPE)
                elif isinstance(part, int):
                    found = self._known(part)
                    if found is None:
                        waiting = part
                        break
                    values.append(found)
                else:
                    values.append(_PRIM_CODES[part.index])
            if waiting >= 0:
                stack.append(_Frame(waiting, self.resolve.types[waiting].kind.parts()))
                continue
            encoded = self._define(frame.id, values)
            stack.pop()
            if not stack:
                return encoded
            stack[-1].values.append(encoded)

    def _known(self, id_: int) -> ComponentValType | None:
        """The index of a type that needs no definition here: known already, of another interface, or a resource."""
        maps = self.maps
        found = maps.ids.get(id_)
        if found is not None:
            return found
        type_ = self.resolve.types[id_]
        if type_.name is None:
            found = maps.kinds.get(type_.kind.key())
            if found is not None:
                return found
        owner = type_.owner
        if isinstance(owner, InterfaceOwner) and owner.id != self.interface:
            index = self.import_type(owner.id, id_)
            self._remember(id_, index)
            return index
        if isinstance(type_.kind, Resource):
            assert type_.name is not None
            index = self.export_resource(ExternName(type_.name, external_id=type_.external_id))
            maps.ids[id_] = index
            return index
        return None

    def _remember(self, id_: int, index: int) -> None:
        self.maps.ids[id_] = index
        type_ = self.resolve.types[id_]
        if type_.name is None:
            self.maps.kinds[type_.kind.key()] = index

    def _define(self, id_: int, values: list[ComponentValType]) -> ComponentValType:
        """Defines a type whose parts are encoded, and names it where it has a name."""
        type_ = self.resolve.types[id_]
        if isinstance(type_.kind, Alias):
            encoded = values[0]
        else:
            encoded = self.define_type(_definition(type_.kind, values))
        if type_.name is not None:
            if encoded < 0:
                # A name needs an entry of the type space to stand for.
                encoded = self.define_type(DefinedType(PRIMITIVE, number=encoded))
            encoded = self.export_type(encoded, ExternName(type_.name, external_id=type_.external_id))
        if encoded >= 0:
            self._remember(id_, encoded)
        return encoded


def _definition(kind: TypeKind, values: list[ComponentValType]) -> DefinedType:
    """A type in the binary's terms, `values` being the types it is made of."""
    types = tuple(values)
    if isinstance(kind, Record):
        return DefinedType(RECORD, tuple([field.name for field in kind.fields]), types)
    if isinstance(kind, Variant):
        return DefinedType(VARIANT, tuple([case.name for case in kind.cases]), types)
    if isinstance(kind, Enum):
        return DefinedType(ENUM, tuple([case.name for case in kind.cases]))
    if isinstance(kind, Flags):
        return DefinedType(FLAGS, tuple([flag.name for flag in kind.flags]))
    if isinstance(kind, Tuple):
        return DefinedType(TUPLE, types=types)
    if isinstance(kind, Option):
        return DefinedType(OPTION, types=types)
    if isinstance(kind, Result):
        return DefinedType(RESULT, types=types)
    if isinstance(kind, List):
        return DefinedType(LIST, types=types)
    if isinstance(kind, Map):
        return DefinedType(MAP, types=types)
    if isinstance(kind, FixedLengthList):
        return DefinedType(FIXED_LENGTH_LIST, types=types, number=kind.length)
    if isinstance(kind, Future):
        return DefinedType(FUTURE, types=types)
    if isinstance(kind, Stream):
        return DefinedType(STREAM, types=types)
    if isinstance(kind, Own):
        return DefinedType(OWN, number=types[0])
    assert isinstance(kind, Borrow)
    return DefinedType(BORROW, number=types[0])
