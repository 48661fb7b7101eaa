"""Component types: value types, the forms of defined types (a row each), functions, resources, declarations.

A component value type is one int, the number that the binary format has: a type index where it is not
negative, else a primitive (`BOOL` is -1, `STRING` -13, …), and NO_TYPE where an optional one is left out.
"""

from __future__ import annotations

from pywasmtools.wasm.limits import (
    MAX_WASM_ENUM_CASES,
    MAX_WASM_FLAG_NAMES,
    MAX_WASM_RECORD_FIELDS,
    MAX_WASM_TUPLE_TYPES,
    MAX_WASM_VARIANT_CASES,
)
from pywasmtools.wasm.reader import invalid_leading_byte
from pywasmtools.wasm.writer import name as write_name
from pywasmtools.wasm.writer import var_s64, var_u32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.reader import BinaryReader

    ComponentValType: TypeAlias = int

BOOL: Final = -1
S8: Final = -2
U8: Final = -3
S16: Final = -4
U16: Final = -5
S32: Final = -6
U32: Final = -7
S64: Final = -8
U64: Final = -9
F32: Final = -10
F64: Final = -11
CHAR: Final = -12
STRING: Final = -13
ERROR_CONTEXT: Final = -28

NO_TYPE: Final = -64
"""No component value type, where one is optional."""

PRIMITIVE_NAMES: Final = {
    BOOL: "bool",
    S8: "s8",
    U8: "u8",
    S16: "s16",
    U16: "u16",
    S32: "s32",
    U32: "u32",
    S64: "s64",
    U64: "u64",
    F32: "f32",
    F64: "f64",
    CHAR: "char",
    STRING: "string",
    ERROR_CONTEXT: "error-context",
}
"""The keyword of each primitive."""


FORMS: Final[list[DefinedForm]] = []
"""All forms but primitives, in the order in which a message of the text parser lists them."""
BY_CODE: Final[dict[int, DefinedForm]] = {}
"""The forms by their byte; primitives are not among them."""


class DefinedForm:
    """A form of defined types: its byte, its keyword in the text format, what its content is.

    | content | `names` | `types` | `number` |
    |---|---|---|---|
    | `fields` | of the fields | theirs | |
    | `cases` | of the cases | payloads or NO_TYPE | |
    | `names` | the names | | |
    | `types` | | the elements | |
    | `type`, `type type` | | one or two | |
    | `optional`, `optional optional` | | one or two, or NO_TYPE | |
    | `type u32` | | one | the length |
    | `index` | | | the resource type's index |
    | `primitive` | | | the primitive |

    `limit` and `noun` bound a count. A row adds itself to the lists above.
    """

    __slots__ = ("code", "content", "limit", "name", "noun")

    def __init__(self, code: int, name: str, content: str, limit: int = 0, noun: str = "") -> None:
        self.code = code
        self.name = name
        self.content = content
        self.limit = limit
        self.noun = noun
        if content != "primitive":
            FORMS.append(self)
            BY_CODE[code] = self


PRIMITIVE: Final = DefinedForm(0x00, "primitive", "primitive")
RECORD: Final = DefinedForm(0x72, "record", "fields", MAX_WASM_RECORD_FIELDS, "record field")
VARIANT: Final = DefinedForm(0x71, "variant", "cases", MAX_WASM_VARIANT_CASES, "variant cases")
LIST: Final = DefinedForm(0x70, "list", "type")
MAP: Final = DefinedForm(0x63, "map", "type type")
TUPLE: Final = DefinedForm(0x6F, "tuple", "types", MAX_WASM_TUPLE_TYPES, "tuple types")
FLAGS: Final = DefinedForm(0x6E, "flags", "names", MAX_WASM_FLAG_NAMES, "flag names")
ENUM: Final = DefinedForm(0x6D, "enum", "names", MAX_WASM_ENUM_CASES, "enum cases")
OPTION: Final = DefinedForm(0x6B, "option", "type")
RESULT: Final = DefinedForm(0x6A, "result", "optional optional")
OWN: Final = DefinedForm(0x69, "own", "index")
BORROW: Final = DefinedForm(0x68, "borrow", "index")
FIXED_LENGTH_LIST: Final = DefinedForm(0x67, "list", "type u32")
STREAM: Final = DefinedForm(0x66, "stream", "optional")
FUTURE: Final = DefinedForm(0x65, "future", "optional")


def unknown_content(form: DefinedForm) -> AssertionError:
    """What is raised for a content that a direction does not know: rows and code disagree."""
    return AssertionError(f"content `{form.content}` of a defined type")


class DefinedType:
    """A defined type: its form and content (see `DefinedForm`). Compared and hashed by structure."""

    __slots__ = ("form", "names", "number", "types")

    def __init__(
        self,
        form: DefinedForm,
        names: tuple[str, ...] = (),
        types: tuple[ComponentValType, ...] = (),
        number: int = 0,
    ) -> None:
        self.form = form
        self.names = names
        self.types = types
        self.number = number

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DefinedType)
            and self.form is other.form
            and self.types == other.types
            and self.number == other.number
            and self.names == other.names
        )

    def __hash__(self) -> int:
        return hash((self.form.code, self.names, self.types, self.number))


class ComponentFuncType:
    """A component function type. `result` is None where nothing is returned."""

    __slots__ = ("is_async", "params", "result")

    def __init__(
        self, params: tuple[tuple[str, ComponentValType], ...], result: ComponentValType | None, is_async: bool = False
    ) -> None:
        self.params = params
        self.result = result
        self.is_async = is_async

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ComponentFuncType)
            and self.params == other.params
            and self.result == other.result
            and self.is_async == other.is_async
        )

    def __hash__(self) -> int:
        return hash((self.params, self.result, self.is_async))


class ResourceType:
    """A fresh resource type: its representation as a core value type, and maybe a destructor (a core function)."""

    __slots__ = ("dtor", "rep")

    def __init__(self, rep: int, dtor: int | None = None) -> None:
        self.rep = rep
        self.dtor = dtor


class ExternName:
    """The name of an import or export with its attributes."""

    __slots__ = ("external_id", "implements", "name", "version_suffix")

    def __init__(
        self,
        name: str,
        implements: str | None = None,
        version_suffix: str | None = None,
        external_id: str | None = None,
    ) -> None:
        self.name = name
        self.implements = implements
        self.version_suffix = version_suffix
        self.external_id = external_id

    def key(self) -> tuple[str, str | None, str | None, str | None]:
        return (self.name, self.implements, self.version_suffix, self.external_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ExternName) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())


# Kinds of component items, by their sort byte; core modules have the sort 0x00 0x11.
FUNC: Final = 0x01
VALUE: Final = 0x02
TYPE: Final = 0x03
COMPONENT: Final = 0x04
INSTANCE: Final = 0x05
MODULE: Final = 0x11
CORE_TYPE: Final = 0x10
"""Only in outer aliases."""
CORE_INSTANCE: Final = 0x12
"""Only in arguments of core instances, and names."""

KIND_NAMES: Final = {
    FUNC: "func",
    VALUE: "value",
    TYPE: "type",
    COMPONENT: "component",
    INSTANCE: "instance",
    MODULE: "module",
}
"""What messages call the kinds."""


class TypeRef:
    """The type of an import or export: `kind`, and an index of the types (core types for MODULE).

    For VALUE, `index` is a component value type. For TYPE, the bound: `index` of the equal type, or -1 for
    `sub resource`.
    """

    __slots__ = ("index", "kind")

    def __init__(self, kind: int, index: int) -> None:
        self.kind = kind
        self.index = index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypeRef) and self.kind == other.kind and self.index == other.index

    def __hash__(self) -> int:
        return hash((self.kind, self.index))


SUB_RESOURCE: Final = TypeRef(TYPE, -1)
"""The bound of a type import or export that is a fresh resource."""


# ------------------------------------------------------------------------------- reading


def read_component_val_type(reader: BinaryReader) -> ComponentValType:
    """A component value type."""
    pos = reader.pos
    byte = reader.peek()
    if byte < 0x40:
        reader.pos = pos + 1
        return byte
    if 0x73 <= byte <= 0x7F or byte == 0x64:
        reader.pos = pos + 1
        return byte - 0x80
    index = reader.var_s33()
    if index < 0:
        raise invalid_leading_byte(byte, "component value type", pos)
    return index


def read_optional_val_type(reader: BinaryReader) -> ComponentValType:
    """A component value type that may be left out: then NO_TYPE."""
    byte = reader.u8()
    if byte == 0x00:
        return NO_TYPE
    if byte == 0x01:
        return read_component_val_type(reader)
    raise reader.invalid_leading_byte(byte, "optional component value type")


def read_defined_type(reader: BinaryReader, byte: int) -> DefinedType:
    """A defined type whose first byte has been read."""
    if 0x73 <= byte <= 0x7F or byte == 0x64:
        return DefinedType(PRIMITIVE, number=byte - 0x80)
    form = BY_CODE.get(byte)
    if form is None:
        raise reader.invalid_leading_byte(byte, "component defined type")
    content = form.content
    if content == "type":
        return DefinedType(form, types=(read_component_val_type(reader),))
    if content == "index":
        return DefinedType(form, number=reader.var_u32())
    if content == "optional":
        return DefinedType(form, types=(read_optional_val_type(reader),))
    if content == "optional optional":
        return DefinedType(form, types=(read_optional_val_type(reader), read_optional_val_type(reader)))
    if content == "type type":
        return DefinedType(form, types=(read_component_val_type(reader), read_component_val_type(reader)))
    if content == "type u32":
        types = (read_component_val_type(reader),)
        return DefinedType(form, types=types, number=reader.var_u32())
    count = reader.size(form.limit, form.noun)
    if content == "types":
        return DefinedType(form, types=tuple([read_component_val_type(reader) for _ in range(count)]))
    if content == "names":
        return DefinedType(form, names=tuple([reader.string() for _ in range(count)]))
    if content != "fields" and content != "cases":
        raise unknown_content(form)
    names = []
    payloads = []
    cases = content == "cases"
    for _ in range(count):
        names.append(reader.string())
        if cases:
            payloads.append(read_optional_val_type(reader))
            byte = reader.u8()
            if byte != 0:
                raise reader.invalid_leading_byte(byte, "zero byte required")
        else:
            payloads.append(read_component_val_type(reader))
    return DefinedType(form, names=tuple(names), types=tuple(payloads))


# ------------------------------------------------------------------------------- writing


def write_component_val_type(out: bytearray, type_: ComponentValType) -> None:
    """Encodes a component value type."""
    if -64 <= type_ < 64:
        out.append(type_ & 0x7F)
    else:
        out += var_s64(type_)


def write_optional_val_type(out: bytearray, type_: ComponentValType) -> None:
    """Encodes a component value type or NO_TYPE."""
    if type_ == NO_TYPE:
        out.append(0x00)
    else:
        out.append(0x01)
        write_component_val_type(out, type_)


def write_defined_type(out: bytearray, defined: DefinedType) -> None:
    """Encodes a defined type."""
    form = defined.form
    content = form.content
    if content == "primitive":
        out.append(defined.number & 0x7F)
        return
    out.append(form.code)
    if content == "type" or content == "type type":
        for type_ in defined.types:
            write_component_val_type(out, type_)
    elif content == "index":
        out += var_u32(defined.number)
    elif content == "optional" or content == "optional optional":
        for type_ in defined.types:
            write_optional_val_type(out, type_)
    elif content == "type u32":
        write_component_val_type(out, defined.types[0])
        out += var_u32(defined.number)
    elif content == "types":
        out += var_u32(len(defined.types))
        for type_ in defined.types:
            write_component_val_type(out, type_)
    elif content == "names":
        out += var_u32(len(defined.names))
        for text in defined.names:
            out += write_name(text)
    elif content == "fields" or content == "cases":
        out += var_u32(len(defined.names))
        cases = content == "cases"
        for k, text in enumerate(defined.names):
            out += write_name(text)
            if cases:
                write_optional_val_type(out, defined.types[k])
                out.append(0x00)
            else:
                write_component_val_type(out, defined.types[k])
    else:
        raise unknown_content(form)


def read_result_list(reader: BinaryReader) -> int | None:
    """What a component function returns: a component value type or nothing."""
    byte = reader.u8()
    if byte == 0x00:
        return read_component_val_type(reader)
    if byte != 0x01:
        raise reader.invalid_leading_byte(byte, "component function results")
    byte = reader.u8()
    if byte != 0x00:
        raise reader.invalid_leading_byte(byte, "number of results")
    return None


def write_result_list(out: bytearray, result: int | None) -> None:
    """Encodes what a component function returns."""
    if result is None:
        out += b"\x01\x00"
    else:
        out.append(0x00)
        write_component_val_type(out, result)


# ------------------------------------------------------------------------------- aliases, and what names are of

INSTANCE_EXPORT: Final = 0
CORE_INSTANCE_EXPORT: Final = 1
OUTER: Final = 2


class Alias:
    """An alias. `target` says of what, `kind` the kind of item (a core external kind for CORE_INSTANCE_EXPORT).

    For exports, `instance` and `name`; for OUTER, `count` components outward and `index` there: both share
    the places `first` and `second`.
    """

    __slots__ = ("first", "kind", "name", "second", "target")

    def __init__(self, target: int, kind: int, first: int, second: int, name: str) -> None:
        self.target = target
        self.kind = kind
        self.first = first
        self.second = second
        self.name = name

    @property
    def instance(self) -> int:
        """Whose export it is: an index of the instances, or of the core instances."""
        return self.first

    @property
    def count(self) -> int:
        """How many components outward; 0 is the one that the alias stands in."""
        return self.first

    @property
    def index(self) -> int:
        """The index in the outer component's space of `kind`."""
        return self.second

    def key(self) -> tuple[int, int, int, int, str]:
        return (self.target, self.kind, self.first, self.second, self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alias) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())


# Subsections of the `component-name` section: the component's own name, and maps of names.
NAME_COMPONENT: Final = 0
NAME_DECLS: Final = 1
