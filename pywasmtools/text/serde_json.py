"""JSON read into shapes, with serde's messages (places and syntax: see `json_cursor.py`).

A `Shape` says what is wanted, as serde's derived deserialisers do: strings, maps, structs (from objects or
arrays), enums tagged by their one key, and untagged enums. `read` gives plain values back:

- STRING `str`, OPTIONAL_STRING `str | None`, VERSION and OPTIONAL_VERSION `Version` and `Version | None`
- MAP `dict[str, value]`; a repeated key keeps its first place and its last value
- STRUCT `list` of the fields' values, in the order of the shape
- ENUM and UNTAGGED `(index of the variant, value)`; the value is a list of fields, None for a unit variant
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.text.json_cursor import CLOSE_LIST, CLOSE_MAP, OPEN_LIST, OPEN_MAP, QUOTE, JsonCursor, JsonObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STRING: Final = 0
OPTIONAL_STRING: Final = 1
VERSION: Final = 2
OPTIONAL_VERSION: Final = 3
MAP: Final = 4
STRUCT: Final = 5
ENUM: Final = 6
UNTAGGED: Final = 7


class Shape:
    """What a value must be. `name` is how messages call it; see the constructors below for the other fields."""

    __slots__ = ("deny_unknown", "from_list", "item", "kind", "name", "names", "required", "variants")

    def __init__(
        self,
        kind: int,
        name: str = "",
        names: tuple[str, ...] = (),
        variants: tuple[Shape | None, ...] = (),
        item: Shape | None = None,
        required: int = 0,
        deny_unknown: bool = False,
        from_list: bool = True,
    ) -> None:
        self.kind = kind
        self.name = name
        self.names = names
        self.variants = variants
        self.item = item
        self.required = required
        self.deny_unknown = deny_unknown
        self.from_list = from_list


def map_of(item: Shape) -> Shape:
    """An object with any keys."""
    return Shape(MAP, "a map", item=item)


def struct(
    name: str,
    fields: tuple[tuple[str, Shape], ...],
    required: int = 0,
    deny_unknown: bool = True,
    from_list: bool = True,
) -> Shape:
    """A struct: the first `required` fields have no default. Without `from_list` an array is no such struct."""
    return Shape(
        STRUCT,
        name,
        tuple([field[0] for field in fields]),
        tuple([field[1] for field in fields]),
        required=required,
        deny_unknown=deny_unknown,
        from_list=from_list,
    )


def enum(names: tuple[str, ...], variants: tuple[Shape | None, ...]) -> Shape:
    """An enum tagged by its one key; a variant is a struct, or None for a unit. The first variant is the default."""
    return Shape(ENUM, names=names, variants=variants)


def untagged(name: str, variants: tuple[Shape, ...]) -> Shape:
    """The first of the variants that fits."""
    return Shape(UNTAGGED, name, variants=variants)


A_STRING: Final = Shape(STRING, "a string")
AN_OPTIONAL_STRING: Final = Shape(OPTIONAL_STRING, "a string")
A_VERSION: Final = Shape(VERSION, "a string")
AN_OPTIONAL_VERSION: Final = Shape(OPTIONAL_VERSION, "a string")


def read(data: bytes, shape: Shape) -> object:
    """The one JSON value of `data`, as `shape` wants it; raises with serde_json's text, place included."""
    reader = Reader(data)
    value = reader.value(shape)
    if reader.skip_whitespace() >= 0:
        raise reader.peek_error("trailing characters")
    return value


def _default(shape: Shape) -> object:
    """What a field that is left out is: None, an empty map, or an enum's first variant."""
    if shape.kind == MAP:
        return {}
    if shape.kind == ENUM:
        return (0, None)
    return None


def _one_of(names: tuple[str, ...]) -> str:
    """How serde lists the names that it knows."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) == 1:
        return quoted[0]
    if len(quoted) == 2:
        return f"{quoted[0]} or {quoted[1]}"
    return "one of " + ", ".join(quoted)


class _NoMatch:
    """What `_match` gives for content that does not fit."""

    __slots__ = ()


_NO_MATCH: Final = _NoMatch()


class Reader(JsonCursor):
    """Reads values of a shape."""

    __slots__ = ()

    def value(self, shape: Shape) -> object:
        """A value of the shape. Shapes nest a few levels; what a user can nest freely is content or ignored."""
        kind = shape.kind
        if kind in (STRING, OPTIONAL_STRING):
            char = self.start()
            if char == QUOTE:
                self.index += 1
                return self.string()
            if char == 0x6E and kind == OPTIONAL_STRING:
                self.ident(b"null")
                return None
            raise self.wrong_type(shape.name)
        if kind == MAP:
            return self._map(shape)
        if kind == STRUCT:
            return self._struct(shape)
        if kind == ENUM:
            return self._enum(shape)
        if kind == UNTAGGED:
            return self._untagged(shape)
        return self._version(shape)

    def _version(self, shape: Shape) -> object:
        from pywasmtools.text.semver import parse_version

        text = self.value(A_STRING if shape.kind == VERSION else AN_OPTIONAL_STRING)
        if not isinstance(text, str):
            return None
        try:
            return parse_version(text)
        except WasmToolsError as e:
            raise self.shape_error(e.layers[0].message) from None

    def _map(self, shape: Shape) -> dict[str, object]:
        if self.start() != OPEN_MAP:
            raise self.wrong_type(shape.name)
        self.enter()
        try:
            found = self._entries(shape)
        except WasmToolsError as e:
            raise self.failed(e, CLOSE_MAP) from None
        self.depth += 1
        self.end(CLOSE_MAP)
        return found

    def _entries(self, shape: Shape) -> dict[str, object]:
        item = shape.item
        assert item is not None
        found: dict[str, object] = {}
        first = True
        while self.more_keys(first):
            first = False
            key = self.string()
            self.colon()
            found[key] = self.value(item)
        return found

    def _struct(self, shape: Shape, expected: str = "struct ") -> list[object]:
        char = self.start()
        if char == OPEN_MAP:
            self.enter()
            close = CLOSE_MAP
        elif char == OPEN_LIST:
            self.enter()
            close = CLOSE_LIST
        else:
            raise self.wrong_type(expected + shape.name)
        try:
            values = self._fields(shape) if close == CLOSE_MAP else self._elements(shape, expected)
        except WasmToolsError as e:
            raise self.failed(e, close) from None
        self.depth += 1
        self.end(close)
        return values

    def _fields(self, shape: Shape) -> list[object]:
        names = shape.names
        found: dict[str, object] = {}
        first = True
        while self.more_keys(first):
            first = False
            key = self.string()
            if key not in names:
                if shape.deny_unknown:
                    raise self.shape_error(f"unknown field `{key}`, expected {_one_of(names)}")
                self.colon()
                self.ignore()
                continue
            if key in found:
                raise self.shape_error(f"duplicate field `{key}`")
            self.colon()
            item = shape.variants[names.index(key)]
            assert item is not None
            found[key] = self.value(item)
        values: list[object] = []
        for k, name in enumerate(names):
            if name in found:
                values.append(found[name])
            elif k < shape.required:
                raise self.shape_error(f"missing field `{name}`")
            else:
                item = shape.variants[k]
                assert item is not None
                values.append(_default(item))
        return values

    def _elements(self, shape: Shape, expected: str) -> list[object]:
        values: list[object] = []
        ended = False
        count = len(shape.names)
        for k, item in enumerate(shape.variants):
            assert item is not None
            if not ended and self.more_items(k == 0):
                values.append(self.value(item))
                continue
            ended = True
            if k < shape.required:
                plural = "element" if count == 1 else "elements"
                raise self.shape_error(f"invalid length {k}, expected {expected}{shape.name} with {count} {plural}")
            values.append(_default(item))
        return values

    def _enum(self, shape: Shape) -> tuple[int, object]:
        char = self.start()
        if char == QUOTE:
            self.index += 1
            name = self.string()
            if name not in shape.names:
                raise self.error_here(f"unknown variant `{name}`, expected {_one_of(shape.names)}")
            k = shape.names.index(name)
            if shape.variants[k] is not None:
                raise self.shape_error("invalid type: unit variant, expected struct variant")
            return (k, None)
        if char != OPEN_MAP:
            raise self.peek_error("expected value")
        self.enter()
        char = self.skip_whitespace()
        if char != QUOTE:
            if char < 0:
                raise self.peek_error("EOF while parsing an object")
            raise self.peek_error("expected value" if char == CLOSE_MAP else "key must be a string")
        self.index += 1
        name = self.string()
        if name not in shape.names:
            raise self.error_here(f"unknown variant `{name}`, expected {_one_of(shape.names)}")
        self.colon()
        k = shape.names.index(name)
        variant = shape.variants[k]
        value: object = None
        if variant is not None:
            value = self._struct(variant, "struct variant ")
        elif self.start() == 0x6E:
            self.ident(b"null")
        else:
            raise self.wrong_type("unit")
        self.depth += 1
        char = self.skip_whitespace()
        if char != CLOSE_MAP:
            raise self.error_here("EOF while parsing an object" if char < 0 else "expected value")
        self.index += 1
        return (k, value)

    def _untagged(self, shape: Shape) -> tuple[int, object]:
        content = self.content()
        for k, variant in enumerate(shape.variants):
            assert variant is not None
            found = _match(variant, content)
            if found is not _NO_MATCH:
                return (k, found)
        raise self.shape_error(f"data did not match any variant of untagged enum {shape.name}")


def _match(shape: Shape, content: object) -> object:
    """Content as a value of the shape, or `_NO_MATCH`."""
    kind = shape.kind
    if kind == STRING:
        return content if isinstance(content, str) else _NO_MATCH
    if kind == OPTIONAL_STRING:
        return content if content is None or isinstance(content, str) else _NO_MATCH
    if kind == STRUCT:
        return _match_struct(shape, content)
    if kind == ENUM:
        return _match_enum(shape, content)
    if kind == OPTIONAL_VERSION and content is None:
        return None
    if (kind in (VERSION, OPTIONAL_VERSION)) and isinstance(content, str):
        from pywasmtools.text.semver import parse_version

        try:
            return parse_version(content)
        except WasmToolsError:
            return _NO_MATCH
    return _NO_MATCH


def _match_struct(shape: Shape, content: object) -> object:
    found: dict[str, object] = {}
    if isinstance(content, JsonObject):
        for key, item in content.pairs:
            if key in shape.names:
                if key in found:
                    return _NO_MATCH
                field = shape.variants[shape.names.index(key)]
                assert field is not None
                found[key] = _match(field, item)
                if found[key] is _NO_MATCH:
                    return _NO_MATCH
            elif shape.deny_unknown:
                return _NO_MATCH
    elif isinstance(content, list) and shape.from_list:
        if len(content) > len(shape.names):
            return _NO_MATCH
        for k, item in enumerate(content):
            field = shape.variants[k]
            assert field is not None
            found[shape.names[k]] = _match(field, item)
            if found[shape.names[k]] is _NO_MATCH:
                return _NO_MATCH
    else:
        return _NO_MATCH
    values: list[object] = []
    for k, name in enumerate(shape.names):
        if name in found:
            values.append(found[name])
        elif k < shape.required:
            return _NO_MATCH
        else:
            field = shape.variants[k]
            assert field is not None
            values.append(_default(field))
    return values


def _match_enum(shape: Shape, content: object) -> object:
    if isinstance(content, str):
        name = content
        item: object = None
        tagged = False
    elif isinstance(content, JsonObject) and len(content.pairs) == 1:
        name, item = content.pairs[0]
        tagged = True
    else:
        return _NO_MATCH
    if name not in shape.names:
        return _NO_MATCH
    k = shape.names.index(name)
    variant = shape.variants[k]
    if variant is None:
        return (k, None) if item is None else _NO_MATCH
    if not tagged:
        return _NO_MATCH
    value = _match_struct(variant, item)
    return _NO_MATCH if value is _NO_MATCH else (k, value)
