"""One instruction in text, with its immediates, to code or to parts of code with names between them.

Mnemonics and immediates come from `wasm.instructions`. Specification: core, text format, instructions.
"""

from __future__ import annotations

from pywasmtools.wasm import spaces
from pywasmtools.wasm.instructions import ROWS
from pywasmtools.wasm.types import BLOCK_EMPTY, NULLABLE, REF
from pywasmtools.wasm.writer import var_s64, var_u32, write_heap_type
from pywasmtools.wat.core.types import (
    NamedRef,
    TypeUse,
    parse_heap_type,
    parse_ref_type,
    parse_type_use,
    parse_val_type,
    type_bytes,
)
from pywasmtools.wat.cursor import Id, Index, Parser, integer_value
from pywasmtools.wat.lexer import INTEGER, KEYWORD, LPAREN, classify_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wat.core.types import TextType

    Fixup: TypeAlias = "tuple[int, int, object, int]"
    """Where in the code it goes, what it is, what it says, where in the text."""
    Part: TypeAlias = "bytes | tuple[int, object, int]"
    """Code, or a fixup without its place."""

# Index spaces, and what else a fixup can be.
FUNC: Final = spaces.CORE_FUNC
TABLE: Final = spaces.CORE_TABLE
MEMORY: Final = spaces.CORE_MEMORY
GLOBAL: Final = spaces.CORE_GLOBAL
TAG: Final = spaces.CORE_TAG
TYPE: Final = spaces.CORE_TYPE
ELEM: Final = spaces.ELEM
DATA: Final = spaces.DATA
LOCAL: Final = len(spaces.MODULE_SORTS)
LABEL: Final = LOCAL + 1
NAMED_TYPE: Final = LOCAL + 2
"""A `NamedRef`: a value type or a heap type."""
TYPE_USE: Final = LOCAL + 3
"""A `TypeUse`, as an index."""
BLOCK_TYPE: Final = LOCAL + 4
"""A `TypeUse`, as a block type."""
FIELD: Final = LOCAL + 5
"""The type of a structure as an `Index`, and one of its fields, named: as the index of the field."""
FAULT: Final = LOCAL + 6
"""A message."""

SPACE_NAMES: Final = (*[sort.keyword for sort in spaces.MODULE_SORTS], "local", "label")


class Scope:
    """What is known of the names of a module while it is parsed: an index by name, a table a space.

    `locals_known` is whether the locals' numbers are: not so where a function's parameters are given by a type alone.
    """

    __slots__ = ("locals", "locals_known", "spaces")

    def __init__(self) -> None:
        self.spaces: list[dict[bytes, int]] = [{} for _ in spaces.MODULE_SORTS]
        self.locals: dict[bytes, int] = {}
        self.locals_known = True


class Expression:
    """Code without its final `end`, and what is to be known of it."""

    __slots__ = ("code", "fixups", "hints", "label_count", "labels", "needs_data_count", "spans")

    def __init__(self) -> None:
        self.code = bytearray()
        self.fixups: list[Fixup] = []
        self.hints: list[tuple[int, int]] = []
        """Branch hints: places in the code and values."""
        self.labels: list[tuple[int, str]] = []
        """The names of labels, by the number of their block."""
        self.label_count = 0
        self.needs_data_count = False
        self.spans: list[tuple[int, int]] = []
        """Places in the code and in the text of all instructions, where they are asked for."""

    def sealed(self) -> Expression:
        """The expression, to which nothing is added any more: what is empty in it takes no room of its own."""
        if not self.fixups:
            self.fixups = _NO_FIXUPS
        if not self.hints:
            self.hints = _NO_PLACES
        if not self.spans:
            self.spans = _NO_PLACES
        if not self.labels:
            self.labels = _NO_LABELS
        return self


_NO_FIXUPS: Final[list[Fixup]] = []
_NO_PLACES: Final[list[tuple[int, int]]] = []
_NO_LABELS: Final[list[tuple[int, str]]] = []


class Instruction:
    """An instruction that is more than bytes. `kind` is one of the constants below."""

    __slots__ = ("kind", "label", "label_name", "opcode", "parts", "uses_data")

    def __init__(self, kind: int, parts: list[Part], uses_data: bool = False) -> None:
        self.kind = kind
        self.parts = parts
        self.label: Id | None = None
        self.label_name: str | None = None
        self.uses_data = uses_data
        self.opcode = 0


PLAIN: Final = 0
BLOCK: Final = 1
TRY_TABLE: Final = 2
END: Final = 3
ELSE: Final = 4
DELEGATE: Final = 5


# ------------------------------------------------------------------------------- the table

# Immediates by what is parsed.
HOW_SIMPLE: Final = 0
HOW_INDEX: Final = 1
HOW_OPTIONAL: Final = 2
HOW_MEMARG: Final = 3
HOW_OTHER: Final = 4

_SPACES: Final = {
    "func": FUNC,
    "table": TABLE,
    "memory": MEMORY,
    "global": GLOBAL,
    "tag": TAG,
    "type": TYPE,
    "data": DATA,
    "elem": ELEM,
    "local": LOCAL,
    "label": LABEL,
}


class Op:
    """How an instruction is parsed: its opcode in binary, its immediates; for one index its space."""

    __slots__ = ("align", "how", "immediates", "opcode", "space", "uses_data")

    def __init__(self, opcode: bytes, immediates: str, kinds: tuple[str, ...]) -> None:
        self.opcode = opcode
        self.immediates = immediates
        self.uses_data = "data" in kinds
        self.space = -1
        self.align = 0
        first = kinds[0] if kinds else ""
        if not kinds:
            self.how = HOW_SIMPLE
        elif first.startswith("memarg"):
            self.align = int(first[6:]).bit_length() - 1
            self.how = HOW_MEMARG if len(kinds) == 1 else HOW_OTHER
        elif len(kinds) == 1 and first in _SPACES:
            self.space = _SPACES[first]
            self.how = HOW_OPTIONAL if first == "table" or first == "memory" else HOW_INDEX
        else:
            self.how = HOW_OTHER


OPS: Final[dict[bytes, Op]] = {}
"""All instructions by their mnemonics."""
SIMPLE: Final[dict[bytes, bytes]] = {}
"""The code of those without immediates, but for `else` and `end`, which have labels in text."""


def _fill() -> None:
    for row in ROWS:
        mnemonic = row.name.encode()
        if mnemonic in OPS:
            continue
        opcode = bytes((row.key,)) if row.key < 0x100 else bytes((row.key >> 16,)) + var_u32(row.key & 0xFFFF)
        if row.immediates == "zero":
            op = Op(opcode + b"\0", "", ())
        else:
            op = Op(opcode, row.immediates, row.kinds)
        if mnemonic == b"select" or mnemonic == b"else" or mnemonic == b"end" or mnemonic == b"delegate":
            op.how = HOW_OTHER
            op.immediates = row.name
        OPS[mnemonic] = op
        if op.how == HOW_SIMPLE:
            SIMPLE[mnemonic] = op.opcode


_fill()


# ------------------------------------------------------------------------------- one instruction


def parse_instruction(p: Parser) -> bytes | Instruction:
    """An instruction with its immediates."""
    if p.kind != KEYWORD:
        raise p.error("expected an instruction")
    op = OPS.get(p.word)
    if op is None:
        raise p.error("unknown operator or unexpected token")
    p.advance()
    how = op.how
    if how == HOW_SIMPLE:
        return op.opcode
    if how == HOW_INDEX:
        index = p.index()
        if index.id is None:
            if not op.uses_data:
                return op.opcode + var_u32(index.number)
            return Instruction(PLAIN, [op.opcode + var_u32(index.number)], True)
        return Instruction(PLAIN, [op.opcode, (op.space, index.id.name, index.span)], op.uses_data)
    if how == HOW_MEMARG:
        return _whole(_memarg(p, op.opcode, op.align))
    if how == HOW_OPTIONAL:
        if not p.peek_index():
            return op.opcode + b"\0"
        return _plain(op.opcode, [(op.space, p.index())])
    return _other(p, op)


def _plain(head: bytes, indices: list[tuple[int, Index]], uses_data: bool = False) -> bytes | Instruction:
    """An opcode and indices."""
    parts: list[Part] = [head]
    for space, index in indices:
        _add_index(parts, space, index)
    return _whole(parts, uses_data)


def _whole(parts: list[Part], uses_data: bool = False) -> bytes | Instruction:
    """An instruction of parts: bytes, where nothing is to be known of it but its code."""
    if uses_data:
        return Instruction(PLAIN, parts, True)
    code: list[bytes] = []
    for part in parts:
        if not isinstance(part, bytes):
            return Instruction(PLAIN, parts)
        code.append(part)
    return b"".join(code)


def _add_index(parts: list[Part], space: int, index: Index) -> None:
    if index.id is not None:
        parts.append((space, index.id.name, index.span))
    else:
        parts.append(var_u32(index.number))


def _add_type(parts: list[Part], type_: TextType) -> None:
    """Adds a value type, or a heap type."""
    if isinstance(type_, NamedRef):
        parts.append((NAMED_TYPE, type_, type_.id.span))
    elif type_ & REF or 0x77 <= type_ < 0x80:
        parts.append(type_bytes(type_))
    else:
        out = bytearray()
        write_heap_type(out, type_)
        parts.append(bytes(out))


def _heap_of(type_: TextType) -> TextType:
    """The heap type of a reference type."""
    mask = ~(REF | NULLABLE)
    if isinstance(type_, NamedRef):
        return NamedRef(type_.bits & mask, type_.id)
    return type_ & mask


def _is_nullable(type_: TextType) -> bool:
    bits = type_.bits if isinstance(type_, NamedRef) else type_
    return bits & NULLABLE != 0


def _field_number(p: Parser, name: bytes) -> int:
    """The number in `name=number`, where it comes next; -1 where it does not."""
    p.check()
    word = p.word
    if not word.startswith(name):
        return -1
    number = word[len(name) :]
    body = number[1:] if number[:1] in (b"+", b"-") else number
    digits = b"0123456789abcdefABCDEF" if body.startswith(b"0x") else b"0123456789"
    if classify_number(body, 2 if body.startswith(b"0x") else 0, digits, b"") != INTEGER:
        raise p.error("expected u64 integer constant")
    value = integer_value(number, 64, False)
    if value < 0:
        raise p.error("u64 constant out of range")
    p.advance()
    return value


def _memarg(p: Parser, opcode: bytes, align: int) -> list[Part]:
    """A memory, an offset and an alignment, all of which may be left out. `align` is by its logarithm."""
    index = p.optional_index()
    offset = _field_number(p, b"offset=")
    if offset < 0:
        offset = 0
    number = _field_number(p, b"align=")
    if number >= 0:
        if number == 0 or number & (number - 1):
            raise p.error_here("alignment must be a power of two")
        align = number.bit_length() - 1
    if index is None or index.id is None:
        return [opcode + memarg_bytes(align, 0 if index is None else index.number, offset)]
    # Whether the memory is the first one decides whether it is encoded at all.
    return [opcode, (MEMORY, (index.id.name, align, offset), index.span)]


def _other(p: Parser, op: Op) -> bytes | Instruction:
    """An instruction whose immediates are not one index."""
    immediates = op.immediates
    opcode = op.opcode
    if immediates == "i32":
        value = p.signed(32)
        return opcode + var_s64(value - (1 << 32) if value >> 31 else value)
    if immediates == "i64":
        value = p.signed(64)
        return opcode + var_s64(value - (1 << 64) if value >> 63 else value)
    if immediates == "f32":
        return opcode + p.float_bits(32).to_bytes(4, "little")
    if immediates == "f64":
        return opcode + p.float_bits(64).to_bytes(8, "little")
    if immediates == "block":
        return _block(p, opcode)
    if immediates == "end" or immediates == "else":
        instruction = Instruction(END if immediates == "end" else ELSE, [opcode])
        instruction.label = p.optional_id()
        return instruction
    if immediates == "type table":
        table = p.optional_index()
        use = parse_type_use(p, False)
        parts: list[Part] = [opcode, (TYPE_USE, use, 0)]
        if table is None:
            parts.append(b"\0")
        elif table.id is None:
            parts.append(var_u32(table.number))
        else:
            parts.append((TABLE, table.id.name, table.span))
        return Instruction(PLAIN, parts)
    if immediates == "labels":
        return _br_table(p, opcode)
    if immediates == "select":
        return _select(p, opcode)
    if immediates == "heap_type":
        return _heap_type(p, opcode)
    if immediates == "delegate":
        return Instruction(DELEGATE, _parts_of(_plain(opcode, [(LABEL, p.index())])))
    if immediates == "try_table":
        return _try_table(p, opcode)
    if immediates == "v128":
        return opcode + parse_v128(p)
    if immediates == "lanes":
        return opcode + bytes([p.u8() for _ in range(16)])
    if immediates == "lane":
        return opcode + _lane(p)
    if immediates.endswith(" lane"):
        parts = _memarg(p, opcode, op.align) if _has_memarg(p) else [opcode + bytes((op.align, 0))]
        parts.append(_lane(p))
        return _whole(parts)
    if immediates == "cast":
        return _cast(p, opcode)
    if immediates == "data memory" or immediates == "elem table":
        # The memory or table comes first in text, where it is given.
        space = DATA if op.uses_data else ELEM
        other = MEMORY if op.uses_data else TABLE
        container = p.index() if p.peek2_index() else Index(0, p.prev_end)
        return _plain(opcode, [(space, p.index()), (other, container)], op.uses_data)
    if immediates == "memory memory" or immediates == "table table":
        if not p.peek_index():
            return opcode + b"\0\0"
        space = MEMORY if immediates == "memory memory" else TABLE
        destination = p.index()
        return _plain(opcode, [(space, destination), (space, p.index())])
    return _several(p, op)


def _parts_of(instruction: bytes | Instruction) -> list[Part]:
    return [instruction] if isinstance(instruction, bytes) else instruction.parts


def _several(p: Parser, op: Op) -> bytes | Instruction:
    """Immediates one after the other, as the binary format has them."""
    parts: list[Part] = [op.opcode]
    type_: Index | None = None
    for kind in op.immediates.split():
        if kind == "ordering":
            if p.optional_keyword(b"seqcst"):
                parts.append(b"\0")
            elif p.optional_keyword(b"acqrel"):
                parts.append(b"\1")
            else:
                raise p.error("expected a memory ordering: `seqcst` or `acqrel`")
        elif kind == "handlers":
            _handlers(p, parts)
        elif kind == "u32":
            parts.append(var_u32(p.u32()))
        elif kind == "field":
            field = p.index()
            if field.id is None:
                parts.append(var_u32(field.number))
            else:
                assert type_ is not None
                parts.append((FIELD, (type_, field.id), field.span))
        elif kind == "table" and not p.peek_index():
            parts.append(b"\0")
        else:
            type_ = p.index()
            _add_index(parts, _SPACES[kind], type_)
    return _whole(parts, op.uses_data)


def _handlers(p: Parser, parts: list[Part]) -> None:
    """`(on $tag $label)` and `(on $tag switch)`, any number of them."""
    inner: list[Part] = []
    count = 0
    while p.peek_paren_keyword(b"on"):
        count += 1
        p.open()
        p.keyword(b"on")
        tag = p.index()
        if p.optional_keyword(b"switch"):
            inner.append(b"\1")
            _add_index(inner, TAG, tag)
        else:
            inner.append(b"\0")
            _add_index(inner, TAG, tag)
            _add_index(inner, LABEL, p.index())
        p.close()
    parts.append(var_u32(count))
    parts += inner


def _block(p: Parser, opcode: bytes) -> Instruction:
    instruction = Instruction(BLOCK, [opcode])
    instruction.opcode = opcode[0]
    instruction.label = p.optional_id()
    instruction.label_name = p.optional_name_annotation()
    _block_type(instruction.parts, parse_type_use(p, False))
    return instruction


def _block_type(parts: list[Part], use: TypeUse) -> None:
    """A block type: nothing, one result, or a function type."""
    if use.index is not None:
        if use.inline is None and use.index.id is None:
            parts.append(var_s64(use.index.number))
        else:
            parts.append((BLOCK_TYPE, use, use.index.span))
    elif use.inline is None or not (use.inline.params or use.inline.results):
        parts.append(bytes((BLOCK_EMPTY,)))
    elif not use.inline.params and len(use.inline.results) == 1:
        _add_type(parts, use.inline.results[0])
    else:
        parts.append((BLOCK_TYPE, use, 0))


def _br_table(p: Parser, opcode: bytes) -> bytes | Instruction:
    labels: list[Part] = []
    while not labels or p.peek_index():
        _add_index(labels, LABEL, p.index())
    parts: list[Part] = [opcode, var_u32(len(labels) - 1)]
    return _whole(parts + labels)


def _select(p: Parser, opcode: bytes) -> bytes | Instruction:
    if not p.peek2_keyword(b"result"):
        return opcode
    types: list[TextType] = []
    while p.peek2_keyword(b"result"):
        p.open()
        p.keyword(b"result")
        while not p.is_empty():
            types.append(parse_val_type(p))
        p.close()
    # The opcode with types is the next one.
    parts: list[Part] = [bytes((opcode[0] + 1,)) + var_u32(len(types))]
    for type_ in types:
        _add_type(parts, type_)
    return Instruction(PLAIN, parts)


def _heap_type(p: Parser, opcode: bytes) -> Instruction:
    """A heap type; that of a reference type where a prefix says so, with the next opcode if it may be null."""
    if len(opcode) == 1:
        parts: list[Part] = [opcode]
        _add_type(parts, parse_heap_type(p))
        return Instruction(PLAIN, parts)
    type_ = parse_ref_type(p)
    parts = [bytes((opcode[0], opcode[1] + 1)) if _is_nullable(type_) else opcode]
    _add_type(parts, _heap_of(type_))
    return Instruction(PLAIN, parts)


def _cast(p: Parser, opcode: bytes) -> Instruction:
    label = p.index()
    source = parse_ref_type(p)
    target = parse_ref_type(p)
    flags = (1 if _is_nullable(source) else 0) | (2 if _is_nullable(target) else 0)
    parts: list[Part] = [opcode + bytes((flags,))]
    _add_index(parts, LABEL, label)
    _add_type(parts, _heap_of(source))
    _add_type(parts, _heap_of(target))
    return Instruction(PLAIN, parts)


_CATCHES: Final = {b"catch": 0, b"catch_ref": 1, b"catch_all": 2, b"catch_all_ref": 3}


def _try_table(p: Parser, opcode: bytes) -> Instruction:
    instruction = _block(p, opcode)
    instruction.kind = TRY_TABLE
    inner: list[Part] = []
    count = 0
    while p.peek(LPAREN) and any(p.peek2_keyword(word) for word in _CATCHES):
        count += 1
        p.open()
        kind = _CATCHES[p.word]
        p.advance()
        inner.append(bytes((kind,)))
        if kind < 2:
            _add_index(inner, TAG, p.index())
        _add_index(inner, LABEL, p.index())
        p.close()
    instruction.parts.append(var_u32(count))
    instruction.parts += inner
    return instruction


def _lane(p: Parser) -> bytes:
    if p.kind != INTEGER:
        raise p.error("expected a lane index")
    word = p.data[p.start : p.end]
    if word[0] == 0x2B or word[0] == 0x2D:
        raise p.error("unexpected token")
    value = integer_value(word, 8, False)
    if value < 0:
        raise p.error("malformed lane index")
    p.advance()
    return bytes((value,))


def _has_memarg(p: Parser) -> bool:
    """Whether a number that comes next is a memory's, or none comes: else it is the lane's."""
    if not p.peek(INTEGER):
        return True
    if p.peek2(INTEGER):
        return True
    return p.second_word().startswith((b"offset=", b"align="))


_SHAPES: Final = {b"i8x16": 8, b"i16x8": 16, b"i32x4": 32, b"i64x2": 64, b"f32x4": 32, b"f64x2": 64}


def parse_v128(p: Parser) -> bytes:
    """A vector by its shape and lanes."""
    shape = p.word
    width = _SHAPES.get(shape, 0)
    if width == 0:
        raise p.unexpected(*[f"`{name.decode()}`" for name in _SHAPES])
    p.advance()
    out = bytearray()
    for _ in range(128 // width):
        value = p.float_bits(width) if shape[0] == 0x66 else p.signed(width)
        out += value.to_bytes(width // 8, "little")
    return bytes(out)


def memarg_bytes(align: int, memory: int, offset: int) -> bytes:
    """The immediates of a load or store."""
    if memory == 0:
        return var_u32(align) + var_u32(offset)
    return var_u32(align | 0x40) + var_u32(memory) + var_u32(offset)


def named_type_bytes(type_: NamedRef, index: int) -> bytes:
    """A value or heap type whose name is resolved, in binary."""
    whole = type_.bits | index << 8
    if whole & REF:
        return type_bytes(whole)
    out = bytearray()
    write_heap_type(out, whole)
    return bytes(out)
