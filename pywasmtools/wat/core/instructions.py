"""One instruction in text, with its immediates, to code or to parts of code with names between them.

Mnemonics and immediates come from `wasm.instructions`. Specification: core, text format, instructions.
"""

from __future__ import annotations

from pywasmtools.wasm import spaces
from pywasmtools.wasm.immediates import (
    AS_BLOCK_TYPE,
    AS_CAST,
    AS_F32,
    AS_F64,
    AS_HANDLERS,
    AS_HEAP_TYPE,
    AS_LABELS,
    AS_LANE,
    AS_LANES,
    AS_MEMARG,
    AS_OPTIONAL_ORDERING,
    AS_ORDERING,
    AS_S32,
    AS_S64,
    AS_TRY_TABLE,
    AS_U32,
    AS_V128,
    AS_VAL_TYPES,
    CATCH,
    CATCH_ALL,
    CATCH_ALL_REF,
    CATCH_REF,
    ORDERINGS,
    MemArg,
    memarg_bytes,
    unknown_kind,
)
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
from pywasmtools.wat.lexer import FLOAT, INTEGER, KEYWORD, LPAREN, classify_number, number_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.immediates import Kind
    from pywasmtools.wasm.instructions import Row
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
LOOK_UP: Final = LOCAL + 7
"""Another fixup's kind and what it says: looked up already here, for the fault that it may be, with nothing added."""

SPACE_NAMES: Final = (*[sort.keyword for sort in spaces.MODULE_SORTS], "local", "label")


class Scope:
    """What is known of the names of a module while it is parsed: an index by name, a table a space.

    There are no locals outside functions, nor while their numbers are not known: where a function's parameters are given
    by a type alone.
    """

    __slots__ = ("locals", "spaces")

    def __init__(self) -> None:
        self.spaces: list[dict[bytes, int]] = [{} for _ in spaces.MODULE_SORTS]
        self.locals: dict[bytes, int] = {}


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

# How the immediates of an instruction are parsed.
HOW_SIMPLE: Final = 0
"""There are none."""
HOW_INDEX: Final = 1
HOW_OPTIONAL: Final = 2
"""An index, 0 where it is left out."""
HOW_MEMARG: Final = 3
HOW_NUMBER: Final = 4
"""An integer or a float, whose form says which."""
HOW_SEVERAL: Final = 5
"""One after the other, as the binary format has them. Those below are written in another way than that."""
HOW_BLOCK: Final = 6
HOW_TRY_TABLE: Final = 7
HOW_LABELLED: Final = 8
"""`else` and `end`, after which the block's label may be said again."""
HOW_DELEGATE: Final = 9
HOW_SELECT: Final = 10
HOW_CALL_INDIRECT: Final = 11
HOW_SEGMENT: Final = 12
"""A segment, and before it in text, where it is given, what it is put into."""
HOW_PAIR: Final = 13
"""Two indices, both of which may be left out."""

_BY_NAME: Final = {"else": HOW_LABELLED, "end": HOW_LABELLED, "delegate": HOW_DELEGATE, "select": HOW_SELECT}
_BY_IMMEDIATES: Final = {
    "block": HOW_BLOCK,
    "try_table": HOW_TRY_TABLE,
    "type table": HOW_CALL_INDIRECT,
    "data memory": HOW_SEGMENT,
    "elem table": HOW_SEGMENT,
    "memory memory": HOW_PAIR,
    "table table": HOW_PAIR,
    "table": HOW_OPTIONAL,
    "memory": HOW_OPTIONAL,
}

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
    "field": FIELD,
}
"""The index spaces that immediates name."""


class Op:
    """How an instruction is parsed: its opcode in binary, its immediates; of the first one its form and its space."""

    __slots__ = ("align", "form", "how", "kinds", "name", "opcode", "space", "uses_data")

    def __init__(self, row: Row) -> None:
        key = row.key
        self.name = row.name
        self.opcode = bytes((key,)) if key < 0x100 else bytes((key >> 16,)) + var_u32(key & 0xFFFF)
        self.kinds = row.kinds
        self.uses_data = False
        self.space = -1
        self.align = 0
        self.form = -1
        if row.kinds:
            first = row.kinds[0]
            self.form = first.form
            self.align = first.align
            if first.space:
                self.space = _SPACES[first.space]
            for kind in row.kinds:
                if kind.space == "data":
                    self.uses_data = True
        self.how = _how(row)


def _how(row: Row) -> int:
    how = _BY_NAME.get(row.name, -1)
    if how < 0:
        how = _BY_IMMEDIATES.get(row.immediates, -1)
    if how >= 0:
        return how
    if not row.kinds:
        return HOW_SIMPLE
    form = row.kinds[0].form
    if len(row.kinds) == 1:
        if form == AS_MEMARG:
            return HOW_MEMARG
        if AS_S32 <= form <= AS_F64:
            return HOW_NUMBER
        if form == AS_U32 and row.kinds[0].space not in ("", "field"):
            return HOW_INDEX
    return HOW_SEVERAL


OPS: Final[dict[bytes, Op]] = {}
"""All instructions by their mnemonics."""
SIMPLE: Final[dict[bytes, bytes]] = {}
"""The code of those without immediates, but for `else` and `end`, which have labels in text."""


def _fill() -> None:
    for row in ROWS:
        mnemonic = row.name.encode()
        if mnemonic in OPS:
            continue
        op = Op(row)
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
        return _whole(_memarg(p, op.opcode, op.kinds[0]))
    if how == HOW_OPTIONAL:
        if not p.peek_index():
            return op.opcode + b"\0"
        return _plain(op.opcode, [(op.space, p.index())])
    if how == HOW_NUMBER:
        return op.opcode + _number(p, op.form)
    if how == HOW_BLOCK:
        return _block(p, op.opcode)
    if how == HOW_SEVERAL:
        return _several(p, op)
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


def _memarg(p: Parser, opcode: bytes, kind: Kind) -> list[Part]:
    """A memory or the type of an array, an offset, an alignment and an ordering, all of which may be left out."""
    memarg = MemArg(kind.align, 0, 0)
    # A second token `type` decides, whatever the first one is.
    in_array = p.peek2_keyword(b"type")
    if in_array:
        p.open()
        p.keyword(b"type")
        index: Index | None = p.index()
        p.close()
    else:
        index = p.optional_index()
    offset = _field_number(p, b"offset=")
    if offset > 0:
        memarg.offset = offset
    align = _field_number(p, b"align=")
    if align >= 0:
        if align == 0 or align & (align - 1):
            raise p.error_here("alignment must be a power of two")
        memarg.align = align.bit_length() - 1
    if kind.orderings:
        memarg.ordering = _optional_ordering(p)
    if index is None:
        return [opcode + memarg_bytes(kind, memarg)]
    space = TYPE if in_array else MEMORY
    if index.id is None:
        return [opcode + named_memarg_bytes(kind, memarg, space, index.number)]
    # Whether the memory is the first one decides whether it is encoded at all.
    return [opcode, (space, (index.id.name, kind, memarg), index.span)]


def _number(p: Parser, form: int) -> bytes:
    """An integer or a float."""
    if form == AS_S32:
        value = p.signed(32)
        return var_s64(value - (1 << 32) if value >> 31 else value)
    if form == AS_S64:
        value = p.signed(64)
        return var_s64(value - (1 << 64) if value >> 63 else value)
    if form == AS_F32:
        return p.float_bits(32).to_bytes(4, "little")
    assert form == AS_F64
    return p.float_bits(64).to_bytes(8, "little")


def _other(p: Parser, op: Op) -> bytes | Instruction:
    """An instruction whose immediates are written in a way of their own."""
    how = op.how
    opcode = op.opcode
    if how == HOW_LABELLED:
        instruction = Instruction(END if op.name == "end" else ELSE, [opcode])
        instruction.label = p.optional_id()
        return instruction
    if how == HOW_CALL_INDIRECT:
        return _call_indirect(p, opcode)
    if how == HOW_SELECT:
        return _select(p, opcode)
    if how == HOW_DELEGATE:
        return Instruction(DELEGATE, _parts_of(_plain(opcode, [(LABEL, p.index())])))
    if how == HOW_TRY_TABLE:
        return _try_table(p, opcode)
    if how == HOW_SEGMENT:
        # The memory or table comes first in text, where it is given.
        container = p.index() if p.peek2_index() else Index(0, p.prev_end)
        return _plain(opcode, [(op.space, p.index()), (_SPACES[op.kinds[1].space], container)], op.uses_data)
    assert how == HOW_PAIR
    if not p.peek_index():
        return opcode + b"\0\0"
    destination = p.index()
    return _plain(opcode, [(op.space, destination), (op.space, p.index())])


def _parts_of(instruction: bytes | Instruction) -> list[Part]:
    return [instruction] if isinstance(instruction, bytes) else instruction.parts


def _call_indirect(p: Parser, opcode: bytes) -> Instruction:
    """A table, which may be left out, and the type."""
    table = p.optional_index()
    parts: list[Part] = [opcode, (TYPE_USE, parse_type_use(p, False), 0)]
    if table is None:
        parts.append(b"\0")
    else:
        _add_index(parts, TABLE, table)
    return Instruction(PLAIN, parts)


def _several(p: Parser, op: Op) -> bytes | Instruction:
    """Immediates one after the other, as the binary format has them."""
    parts: list[Part] = [op.opcode]
    type_: Index | None = None
    for kind in op.kinds:
        if kind.form != AS_U32:
            _add_immediate(p, op, kind, parts)
        elif kind.space == "":
            parts.append(var_u32(p.u32()))
        elif kind.space == "field":
            field = p.index()
            if field.id is None:
                parts.append(var_u32(field.number))
            else:
                assert type_ is not None
                parts.append((FIELD, (type_, field.id), field.span))
        elif kind.space == "table" and not p.peek_index():
            parts.append(b"\0")
        else:
            type_ = p.index()
            _add_index(parts, _SPACES[kind.space], type_)
    return _whole(parts, op.uses_data)


def _add_immediate(p: Parser, op: Op, kind: Kind, parts: list[Part]) -> None:
    """Adds an immediate that is not an index."""
    form = kind.form
    if form == AS_ORDERING:
        parts.append(_ordering(p))
    elif form == AS_LANE:
        parts.append(_lane(p))
    elif form == AS_MEMARG:
        if op.kinds[-1].form != AS_LANE or _has_memarg(p):
            parts += _memarg(p, b"", kind)
        else:
            parts.append(memarg_bytes(kind, MemArg(kind.align, 0, 0)))
    elif AS_S32 <= form <= AS_F64:
        parts.append(_number(p, form))
    elif form == AS_V128:
        parts.append(parse_v128(p))
    elif form == AS_LANES:
        parts.append(bytes([p.u8() for _ in range(16)]))
    elif form == AS_LABELS:
        _labels(p, parts)
    elif form == AS_HEAP_TYPE:
        _heap_type(p, parts)
    elif form == AS_CAST:
        _cast(p, parts)
    elif form == AS_HANDLERS:
        _handlers(p, parts)
    elif form == AS_BLOCK_TYPE:
        _block_type(parts, parse_type_use(p, False))
    elif form == AS_TRY_TABLE:
        _block_type(parts, parse_type_use(p, False))
        _catches(p, parts)
    elif form == AS_VAL_TYPES:
        _val_types(p, parts)
    elif form == AS_OPTIONAL_ORDERING:
        parts.append(bytes((max(_optional_ordering(p), 0),)))
    else:
        raise unknown_kind(kind)


def _ordering(p: Parser) -> bytes:
    ordering = _optional_ordering(p)
    if ordering < 0:
        raise p.error("expected a memory ordering: `seqcst` or `acqrel`")
    return bytes((ordering,))


def _optional_ordering(p: Parser) -> int:
    """Which ordering comes next; -1 where none does."""
    for number, word in enumerate(ORDERINGS):
        if p.optional_keyword(word.encode()):
            return number
    return -1


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


def _labels(p: Parser, parts: list[Part]) -> None:
    labels: list[Part] = []
    count = 0
    while count == 0 or p.peek_index():
        numbers = p.plain_numbers() if p.kind == INTEGER else []
        if numbers:
            count += len(numbers)
            labels.append(b"".join([var_u32(number) for number in numbers]))
        else:
            count += 1
            _add_index(labels, LABEL, p.index())
    parts.append(var_u32(count - 1))
    parts += labels


def _select(p: Parser, opcode: bytes) -> bytes | Instruction:
    if not p.peek2_keyword(b"result"):
        return opcode
    # The opcode with types is the next one.
    parts: list[Part] = [bytes((opcode[0] + 1,))]
    _val_types(p, parts)
    return Instruction(PLAIN, parts)


def _val_types(p: Parser, parts: list[Part]) -> None:
    """`(result …)`, any number of them."""
    types: list[TextType] = []
    while p.peek2_keyword(b"result"):
        p.open()
        p.keyword(b"result")
        while not p.is_empty():
            types.append(parse_val_type(p))
        p.close()
    parts.append(var_u32(len(types)))
    for type_ in types:
        _add_type(parts, type_)


def _heap_type(p: Parser, parts: list[Part]) -> None:
    """A heap type; that of a reference type where a prefix says so, with the next opcode if it may be null."""
    opcode = parts[0]
    assert isinstance(opcode, bytes)
    if len(opcode) == 1:
        _add_type(parts, parse_heap_type(p))
        return
    type_ = parse_ref_type(p)
    if _is_nullable(type_):
        parts[0] = bytes((opcode[0], opcode[1] + 1))
    _add_type(parts, _heap_of(type_))


def _cast(p: Parser, parts: list[Part]) -> None:
    label = p.index()
    source = parse_ref_type(p)
    target = parse_ref_type(p)
    flags = (1 if _is_nullable(source) else 0) | (2 if _is_nullable(target) else 0)
    parts.append(bytes((flags,)))
    _add_index(parts, LABEL, label)
    _add_type(parts, _heap_of(source))
    _add_type(parts, _heap_of(target))


_CATCHES: Final = {b"catch": CATCH, b"catch_ref": CATCH_REF, b"catch_all": CATCH_ALL, b"catch_all_ref": CATCH_ALL_REF}


def _try_table(p: Parser, opcode: bytes) -> Instruction:
    instruction = _block(p, opcode)
    instruction.kind = TRY_TABLE
    _catches(p, instruction.parts)
    return instruction


def _catches(p: Parser, parts: list[Part]) -> None:
    """Catch clauses, any number of them."""
    inner: list[Part] = []
    count = 0
    while p.peek(LPAREN) and any(p.peek2_keyword(word) for word in _CATCHES):
        count += 1
        p.open()
        clause = _CATCHES[p.word]
        p.advance()
        inner.append(bytes((clause,)))
        if clause <= CATCH_REF:
            _add_index(inner, TAG, p.index())
        _add_index(inner, LABEL, p.index())
        p.close()
    parts.append(var_u32(count))
    parts += inner


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


SHAPES: Final = {b"i8x16": 8, b"i16x8": 16, b"i32x4": 32, b"i64x2": 64, b"f32x4": 32, b"f64x2": 64}


def parse_v128(p: Parser) -> bytes:
    """A vector by its shape and lanes."""
    shape = p.word
    width = SHAPES.get(shape, 0)
    if width == 0:
        raise p.unexpected(*[f"`{name.decode()}`" for name in SHAPES])
    p.advance()
    out = bytearray()
    for _ in range(128 // width):
        value = p.float_bits(width) if shape[0] == 0x66 else p.signed(width)
        out += value.to_bytes(width // 8, "little")
    return bytes(out)


def vector_bytes(head: bytes, words: list[bytes], width: int, floats: bool) -> bytes:
    """`head` and numbers of `width` bits that stand in `words`; empty where one takes a careful look."""
    size = width // 8
    out = bytearray(head)
    if floats:
        from pywasmtools.wat.floats import float_bits

        for word in words:
            kind = number_kind(word)
            value = float_bits(word, width) if kind == INTEGER or kind == FLOAT else -1
            if value < 0:
                return b""
            out += value.to_bytes(size, "little")
        return bytes(out)
    limit = 1 << width
    for word in words:
        if word.isdigit() and len(word) < 21:
            value = int(word)
        else:
            value = integer_value(word, width, True) if number_kind(word) == INTEGER else -1
        if not 0 <= value < limit:
            return b""
        out += value.to_bytes(size, "little")
    return bytes(out)


def named_memarg_bytes(kind: Kind, memarg: MemArg, space: int, index: int) -> bytes:
    """A memory argument in binary, with what it names: a memory, or the type of an array."""
    if space == TYPE:
        memarg.array = index
    else:
        memarg.memory = index
    return memarg_bytes(kind, memarg)


def named_type_bytes(type_: NamedRef, index: int) -> bytes:
    """A value or heap type whose name is resolved, in binary."""
    whole = type_.bits | index << 8
    if whole & REF:
        return type_bytes(whole)
    out = bytearray()
    write_heap_type(out, whole)
    return bytes(out)
