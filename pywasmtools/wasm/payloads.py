"""The one walk over a binary: modules and components, nested ones too, a payload at a time.

`Parser` yields what wasmparser's `parse_all` yields, in its order, with its errors: after the payload of a
nested module or component come that one's `VERSION` to `END`, then the outer one goes on. A payload is a
window; items are read with the functions of `module.py` and `component.py`:

    for payload in Parser(data):
        if payload.kind == IMPORT_SECTION:
            reader = payload.section()
            for _ in range(payload.count):
                offset = reader.pos
                import_ = read_imports(reader)
            reader.finish_section()
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.wasm.limits import MAX_WASM_FUNCTION_RETURNS, MAX_WASM_MODULE_SIZE, MAX_WASM_START_ARGS
from pywasmtools.wasm.reader import END_OF_FILE, BinaryReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

MAGIC: Final = b"\0asm"
MODULE_HEADER: Final = b"\0asm\x01\0\0\0"
COMPONENT_HEADER: Final = b"\0asm\x0d\0\x01\0"

MODULE_VERSION: Final = 0x1
COMPONENT_VERSION: Final = 0xD

# Encodings.
MODULE: Final = 0
COMPONENT: Final = 1

# Payload kinds. VERSION and END frame each module and component. Those of a module's sections are their ids.
VERSION: Final = 0
TYPE_SECTION: Final = 1
IMPORT_SECTION: Final = 2
FUNCTION_SECTION: Final = 3
TABLE_SECTION: Final = 4
MEMORY_SECTION: Final = 5
GLOBAL_SECTION: Final = 6
EXPORT_SECTION: Final = 7
START_SECTION: Final = 8
ELEMENT_SECTION: Final = 9
CODE_SECTION_START: Final = 10
DATA_SECTION: Final = 11
DATA_COUNT_SECTION: Final = 12
TAG_SECTION: Final = 13
CODE_SECTION_ENTRY: Final = 14
CUSTOM_SECTION: Final = 15
UNKNOWN_SECTION: Final = 16
END: Final = 17
# Component sections: 0x20 + the section's id.
MODULE_SECTION: Final = 0x21
CORE_INSTANCE_SECTION: Final = 0x22
CORE_TYPE_SECTION: Final = 0x23
COMPONENT_SECTION: Final = 0x24
COMPONENT_INSTANCE_SECTION: Final = 0x25
COMPONENT_ALIAS_SECTION: Final = 0x26
COMPONENT_TYPE_SECTION: Final = 0x27
COMPONENT_CANONICAL_SECTION: Final = 0x28
COMPONENT_START_SECTION: Final = 0x29
COMPONENT_IMPORT_SECTION: Final = 0x2A
COMPONENT_EXPORT_SECTION: Final = 0x2B

MODULE_ORDER: Final[tuple[int, ...]] = (
    TYPE_SECTION,
    IMPORT_SECTION,
    FUNCTION_SECTION,
    TABLE_SECTION,
    MEMORY_SECTION,
    TAG_SECTION,
    GLOBAL_SECTION,
    EXPORT_SECTION,
    START_SECTION,
    ELEMENT_SECTION,
    DATA_COUNT_SECTION,
    CODE_SECTION_START,
    DATA_SECTION,
)
"""The sections of a core module in the order that it must have, custom ones aside."""

_LAST_CORE_ID: Final = TAG_SECTION
_COMPONENT_KINDS: Final = 0x20
_LAST_COMPONENT_KIND: Final = COMPONENT_EXPORT_SECTION
_PLACES: Final = tuple([MODULE_ORDER.index(k) + 1 if k else 0 for k in range(_LAST_CORE_ID + 1)])
"""The place of each core section id in that order, from 1."""


def section_id(kind: int) -> int:
    """The id of a section in the binary, by its payload kind: of a component's section, or of a module's."""
    return kind & 0x1F


def after_bodies(data: bytes, start: int, end: int, count: int) -> tuple[int, int]:
    """Steps over function bodies before `end`: how many are left, and where they begin.

    None is stepped over unless all of them end in time, and have sizes of three bytes at most; but the last few bytes are left.
    """
    last = end - 3
    pos = start
    for left in range(count, 0, -1):
        if pos > last:
            return (left, pos) if pos <= end else (count, start)
        size = data[pos]
        if size < 0x80:
            pos += size + 1
            continue
        byte = data[pos + 1]
        if byte < 0x80:
            pos += (byte << 7) + size - 0x7E
            continue
        third = data[pos + 2]
        if third >= 0x80:
            return (count, start)
        pos += (third << 14) + (byte << 7) + size - 0x407D
    return (0, pos) if pos <= end else (count, start)


class Payload:
    """One thing that the walk found. `start..end` is the range in the binary of the section's content.

    | kind | what else is set |
    |---|---|
    | VERSION | `encoding` (MODULE or COMPONENT), `number`: the version |
    | sections of items | `count` items, read from `section()` |
    | START_SECTION, DATA_COUNT_SECTION | `number`: the function index, the number of data segments |
    | CODE_SECTION_START | `count` bodies; `end` is not checked to be in bounds; `size`: bytes after the count; `number`: how many of the last bodies may be large |
    | CODE_SECTION_ENTRY | `section()` reads the body, locals first |
    | MODULE_SECTION, COMPONENT_SECTION | `end` is not checked to be in bounds |
    | COMPONENT_START_SECTION | `component_start` |
    | CUSTOM_SECTION | `name`, and `section()` reads the data |
    | UNKNOWN_SECTION | `id` |
    | END | `start` is `end`: the offset |

    `id` is the section's id in the binary; -1 for what is no section.
    """

    __slots__ = (
        "component_start",
        "content",
        "count",
        "data",
        "encoding",
        "end",
        "features",
        "id",
        "kind",
        "name",
        "number",
        "size",
        "start",
    )

    def __init__(self, data: bytes, kind: int, id_: int, start: int, end: int, features: int = -1) -> None:
        self.data = data
        self.features = features
        self.kind = kind
        self.id = id_
        self.start = start
        self.end = end
        self.content = start
        """Where the items or the custom section's data begin."""
        self.count = 0
        self.number = 0
        self.size = 0
        self.encoding = MODULE
        self.name = ""
        self.component_start: ComponentStartFunction | None = None

    def section(self) -> BinaryReader:
        """A new reader of the section's items, of the body, or of the custom section's data."""
        reader = BinaryReader(self.data, self.start, self.end, self.features)
        reader.pos = self.content
        return reader

    def custom_data(self) -> bytes:
        """The data of a custom section."""
        return self.data[self.content : self.end]


class ComponentStartFunction:
    """A component's start: a function, the values it is called with, and how many it returns."""

    __slots__ = ("arguments", "func_index", "results")

    def __init__(self, func_index: int, arguments: tuple[int, ...], results: int) -> None:
        self.func_index = func_index
        self.arguments = arguments
        self.results = results


def is_component(data: bytes) -> bool:
    """Whether the header is a component's."""
    return data[:8] == COMPONENT_HEADER


class _Level:
    """One module or component being walked. `end` is its last byte in the file, `limit` where it says it ends."""

    __slots__ = (
        "bodies",
        "code_count",
        "code_left",
        "data_count",
        "encoding",
        "end",
        "expected",
        "function_count",
        "has_start",
        "header",
        "limit",
        "order",
        "order_pos",
        "segment_count",
    )

    def __init__(self, start: int, end: int, limit: int, expected: int) -> None:
        self.header = True
        self.expected = expected
        self.encoding = MODULE
        self.end = end
        self.limit = limit
        self.order = 0
        self.order_pos = start
        # Counts that must agree; -1 while the section was not seen.
        self.function_count = -1
        self.code_count = -1
        self.data_count = -1
        self.segment_count = -1
        self.has_start = False
        # Inside a code section: bodies and bytes left; -1 outside.
        self.bodies = -1
        self.code_left = 0


class Parser:
    """Walks a binary. Iterate over it, or call `next_payload` until it returns None.

    With `bodies=False` no CODE_SECTION_ENTRY payloads come; their sizes are told to be wrong all the same, when
    the payload after CODE_SECTION_START is asked for. `features` is a set as in `features.py`, -1 for all.
    """

    __slots__ = ("_levels", "bodies", "data", "done", "features", "reader")

    def __init__(self, data: bytes, bodies: bool = True, features: int = -1) -> None:
        self.data = data
        self.features = features
        self.bodies = bodies
        self.reader = BinaryReader(data)
        self.done = False
        self._levels = [_Level(0, len(data), -1, -1)]

    def __iter__(self) -> Iterator[Payload]:
        # Without a step of Python's own between the loop and the walk.
        return iter(self.next_payload, None)

    @property
    def depth(self) -> int:
        """How many modules and components the walk is inside of; 0 after the last END."""
        return len(self._levels)

    def ahead(self) -> Parser:
        """A second walk from here to the end of the innermost module or component, after its VERSION."""
        parser = Parser(self.data, self.bodies, self.features)
        parser.reader = self.reader.clone()
        level = self._levels[-1]
        copy = _Level(level.order_pos, level.end, level.limit, level.expected)
        copy.header = level.header
        copy.encoding = level.encoding
        parser._levels = [copy]
        return parser

    def narrow(self, start: int, end: int) -> None:
        """Before the walk: it is one of the binary at `start..end` alone. Offsets stay those of all the data."""
        self.reader = BinaryReader(self.data, start, end)
        self._levels = [_Level(start, end, -1, -1)]

    def skip_section(self) -> None:
        """After CODE_SECTION_START: goes on behind the code section, without looking at its bodies."""
        level = self._levels[-1]
        self.reader.pos = min(self.reader.pos + level.code_left, self.reader.end)
        level.bodies = -1

    def skip_nested(self, payload: Payload) -> None:
        """After MODULE_SECTION or COMPONENT_SECTION: goes on behind the nested binary, without looking inside."""
        self._levels.pop()
        self.reader.end = self._levels[-1].end
        self.reader.pos = min(payload.end, self.reader.end)

    def next_payload(self) -> Payload | None:
        """The next payload; None after the outermost END. Raises what cannot be parsed, and then is done."""
        if self.done:
            return None
        self.done = True  # unless the payload is returned
        level = self._levels[-1]
        if level.bodies >= 0:
            payload = self._body(level)
            if payload is not None:
                self.done = False
                return payload
        if level.header:
            payload = self._header(level)
        elif self.reader.pos >= self.reader.end:
            payload = self._end(level)
            if not self._levels:
                return payload
        else:
            payload = self._section(level)
        self.done = False
        return payload

    def _header(self, level: _Level) -> Payload:
        reader = self.reader
        start = reader.pos
        magic = reader.take(4)
        if magic != MAGIC:
            raise binary_error(
                start,
                "magic header not detected: bad magic number - "
                f"expected={_debug_bytes(MAGIC)} actual={_debug_bytes(magic)}",
            )
        version = reader.u32()
        if version == MODULE_VERSION:
            if level.expected == COMPONENT:
                raise binary_error(start, "expected a version header for a component")
            level.encoding = MODULE
        elif version == COMPONENT_VERSION | 1 << 16:
            if level.expected == MODULE:
                raise binary_error(start, "expected a version header for a module")
            level.encoding = COMPONENT
        else:
            raise binary_error(start + 4, f"unknown binary version: {version:#10x}")
        level.header = False
        payload = Payload(self.data, VERSION, -1, start, reader.pos, self.features)
        payload.number = version & 0xFFFF
        payload.encoding = level.encoding
        return payload

    def _end(self, level: _Level) -> Payload:
        reader = self.reader
        pos = reader.pos
        if pos < level.limit:
            raise binary_error(pos, END_OF_FILE)
        _check_code_counts(level, pos)
        _check_data_counts(level, pos)
        self._levels.pop()
        if self._levels:
            reader.end = self._levels[-1].end
        payload = Payload(self.data, END, -1, pos, pos, self.features)
        payload.encoding = level.encoding
        return payload

    def _body(self, level: _Level) -> Payload | None:
        """The next function body; None where the code section is over."""
        reader = self.reader
        while level.bodies > 0:
            start = reader.pos
            size = reader.var_u32()
            content = reader.pos
            reader.skip(size)
            used = reader.pos - start
            if used > level.code_left:
                raise binary_error(start, END_OF_FILE)
            level.code_left -= used
            level.bodies -= 1
            if self.bodies:
                return Payload(self.data, CODE_SECTION_ENTRY, -1, content, reader.pos, self.features)
        if level.code_left > 0:
            raise binary_error(reader.pos, "trailing bytes at end of section")
        level.bodies = -1
        return None

    def _section(self, level: _Level) -> Payload:
        data = self.data
        reader = self.reader
        id_pos = reader.pos
        limit = reader.end
        id_ = data[id_pos]
        len_pos = id_pos + 1
        if id_ == 0:
            if id_pos + 4 <= limit and data[len_pos] == 0x61 and data[id_pos : id_pos + 4] == MAGIC:
                raise binary_error(id_pos, "expected section, got wasm magic number")
        elif id_ & 0x80:
            raise binary_error(id_pos, "malformed section id")
        if len_pos < limit and data[len_pos] < 0x80:
            size = data[len_pos]
            start = reader.pos = len_pos + 1
        else:
            reader.pos = len_pos
            size = reader.var_u32()
            start = reader.pos
        end = start + size
        if end > level.limit and level.limit >= 0:
            raise binary_error(len_pos, f"section too large, {size} goes past 0x{level.limit:x}")
        if id_ == 0:
            if start < end <= limit and data[start] < 0x80:
                # As most are: the name is short, and ASCII.
                content_pos = start + 1 + data[start]
                name = data[start + 1 : content_pos]
                if content_pos <= end and name.isascii():
                    reader.pos = end
                    payload = Payload(data, CUSTOM_SECTION, id_, start, end, self.features)
                    payload.name = name.decode()
                    payload.content = content_pos
                    return payload
            reader.skip(size)
            payload = Payload(data, CUSTOM_SECTION, id_, start, end, self.features)
            content = BinaryReader(data, start, end)
            payload.name = content.string()
            payload.content = content.pos
            return payload
        if level.encoding == MODULE:
            return self._module_section(level, id_, start, size)
        return self._component_section(level, id_, len_pos, start, size)

    def _module_section(self, level: _Level, id_: int, start: int, size: int) -> Payload:
        reader = self.reader
        end = start + size
        if id_ > _LAST_CORE_ID:
            return self._unknown(id_, start, size)
        order = _PLACES[id_]
        if level.order >= order and level.order_pos < start:
            raise binary_error(start, "section out of order")
        level.order = order
        level.order_pos = start
        if id_ == CODE_SECTION_START:
            payload = Payload(self.data, CODE_SECTION_START, id_, start, end, self.features)
            payload.count = reader.var_u32()
            used = reader.pos - start
            if used > size:
                raise binary_error(start, END_OF_FILE)
            payload.content = reader.pos
            payload.size = size - used
            level.code_count = payload.count
            _check_code_counts(level, start)
            level.bodies = payload.count
            level.code_left = payload.size
            if not self.bodies:
                limit = min(reader.end, payload.content + payload.size)
                level.bodies, reader.pos = after_bodies(self.data, payload.content, limit, payload.count)
                level.code_left -= reader.pos - payload.content
            payload.number = level.bodies
            return payload
        reader.skip(size)
        payload = Payload(self.data, id_, id_, start, end, self.features)
        content = BinaryReader(self.data, start, end)
        number = content.var_u32()
        payload.content = content.pos
        if id_ == START_SECTION or id_ == DATA_COUNT_SECTION:
            if content.pos < end:
                description = "start" if id_ == START_SECTION else "data count"
                raise binary_error(content.pos, f"unexpected content in the {description} section")
            payload.number = number
            if id_ == DATA_COUNT_SECTION:
                level.data_count = number
            return payload
        payload.count = number
        if id_ == FUNCTION_SECTION:
            level.function_count = number
        elif id_ == DATA_SECTION:
            level.segment_count = number
            _check_data_counts(level, end)
        return payload

    def _component_section(self, level: _Level, id_: int, len_pos: int, start: int, size: int) -> Payload:
        reader = self.reader
        end = start + size
        kind = _COMPONENT_KINDS | id_
        if id_ > section_id(_LAST_COMPONENT_KIND):
            return self._unknown(id_, start, size)
        if kind == MODULE_SECTION or kind == COMPONENT_SECTION:
            if size > MAX_WASM_MODULE_SIZE:
                description = "module" if kind == MODULE_SECTION else "component"
                raise binary_error(len_pos, f"{description} section is too large")
            reader.end = min(end, reader.end)
            self._levels.append(_Level(start, reader.end, end, MODULE if kind == MODULE_SECTION else COMPONENT))
            return Payload(self.data, kind, id_, start, end, self.features)
        if kind == COMPONENT_START_SECTION:
            if level.has_start:
                raise binary_error(start, "component cannot have more than one start function")
            reader.skip(size)
            payload = Payload(self.data, kind, id_, start, end, self.features)
            content = BinaryReader(self.data, start, end)
            payload.component_start = read_component_start(content)
            if content.pos < end:
                raise binary_error(content.pos, "unexpected content in the component start section")
            level.has_start = True
            return payload
        reader.skip(size)
        payload = Payload(self.data, kind, id_, start, end, self.features)
        content = BinaryReader(self.data, start, end)
        payload.count = content.var_u32()
        payload.content = content.pos
        return payload

    def _unknown(self, id_: int, start: int, size: int) -> Payload:
        self.reader.skip(size)
        return Payload(self.data, UNKNOWN_SECTION, id_, start, start + size, self.features)


def read_component_start(reader: BinaryReader) -> ComponentStartFunction:
    """The start function of a component."""
    func_index = reader.var_u32()
    count = reader.size(MAX_WASM_START_ARGS, "start function arguments")
    arguments = tuple([reader.var_u32() for _ in range(count)])
    results = reader.size(MAX_WASM_FUNCTION_RETURNS, "start function results")
    return ComponentStartFunction(func_index, arguments, results)


def _check_code_counts(level: _Level, pos: int) -> None:
    functions = level.function_count
    bodies = level.code_count
    if functions >= 0 and bodies >= 0:
        if functions != bodies:
            raise binary_error(pos, "function and code section have inconsistent lengths")
    elif functions > 0:
        raise binary_error(pos, "function section has non-zero count but code section is absent")
    elif bodies > 0:
        raise binary_error(pos, "function section is absent but code section has non-zero count")


def _check_data_counts(level: _Level, pos: int) -> None:
    count = level.data_count
    segments = level.segment_count
    if count >= 0 and segments >= 0:
        if count != segments:
            raise binary_error(pos, "data count and data section have inconsistent lengths")
    elif count > 0:
        raise binary_error(pos, "data count is non-zero but data section is absent")


def _debug_bytes(data: bytes) -> str:
    """Bytes as Rust's `{:#x?}` prints them: a line each."""
    return "[\n" + "".join([f"    {byte:#x},\n" for byte in data]) + "]"
