"""A core module as WebAssembly text, each thing in one of the ways that the text format has for it.

Names or numbers, folded or flat, abbreviations, spellings of numbers and strings, comments, annotations.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from pywasmtools.lab.fuzz.core.model import ACTIVE, DECLARED, Data, Element, Expr, Func, Import, Module, Op
from pywasmtools.lab.fuzz.core.stock import Stock
from pywasmtools.lab.fuzz.text.spellings import floating, identifier, integer, string, unsigned
from pywasmtools.wasm.immediates import (
    AS_BLOCK_TYPE,
    AS_F32,
    AS_F64,
    AS_HEAP_TYPE,
    AS_LANE,
    AS_LANES,
    AS_MEMARG,
    AS_OPTIONAL_ORDERING,
    AS_ORDERING,
    AS_S32,
    AS_S64,
    AS_U32,
    AS_V128,
    AS_VAL_TYPES,
    ORDERINGS,
    BrTable,
    Cast,
    Kind,
    MemArg,
    ResumeTable,
    TryTable,
)
from pywasmtools.wasm.instructions import Row
from pywasmtools.wasm.types import (
    BLOCK_EMPTY,
    CONCRETE,
    EXACT,
    HEAP_NAMES,
    NULL_NAMES,
    NULLABLE,
    NUMERIC_NAMES,
    REF,
    SHARED,
    ArrayType,
    FieldType,
    FuncType,
    GlobalType,
    MemoryType,
    StructType,
    SubType,
    TableType,
)

if TYPE_CHECKING:
    from pywasmtools.wasm.immediates import Immediate
    from pywasmtools.wasm.types import HeapType, RefType, StorageType, ValType

EXTERNAL = ("func", "table", "memory", "global", "tag")
CATCHES = ("catch", "catch_ref", "catch_all", "catch_all_ref")
ORDER = {0xFC_0008: (1, 0), 0xFC_000C: (1, 0), 0x11: (1, 0), 0x13: (1, 0)}
"""Rows whose immediates stand in another order in text: memory.init, table.init, call_indirect, return_call_indirect."""
NULLABLE_ROWS = (0xFB_0015, 0xFB_0017, 0xFB_0024)


class Writer:
    """Writes a module. How it does is drawn once for the whole, and once more for each thing."""

    def __init__(self, rng: random.Random, stock: Stock) -> None:
        self.rng = rng
        self.stock = stock
        self.module: Module = stock.module
        self.named = rng.randrange(3)
        self.folded = rng.choice((0, 0.3, 0.9))
        self.ids: dict[tuple[str, int], str] = {}
        self.taken: set[tuple[str, str]] = set()
        self.labels: list[str] = []
        self.locals_: dict[int, str] = {}
        self.fields_: dict[tuple[int, int], str] = {}

    # ------------------------------------------------------------------- names

    def define(self, space: str, index: int) -> str:
        """An identifier for what is defined here, with a space before it, or nothing."""
        if not self.named or self.rng.randrange(4) == 0:
            return ""
        found = identifier(self.rng, index)
        if (space, found) in self.taken or '"' in found:
            found = f"$i{index}" if '"' not in found else f'$"q {space} {index}"'
        self.taken.add((space, found))
        self.ids[space, index] = found
        return " " + found

    def prepare(self) -> None:
        """Gives the items their identifiers before anything refers to them."""
        counts = {
            "type": len(self.stock.types),
            "func": len(self.stock.funcs),
            "table": len(self.stock.tables),
            "memory": len(self.stock.memories),
            "global": len(self.stock.globals_),
            "tag": len(self.stock.tags),
            "elem": len(self.module.elements),
            "data": len(self.module.datas),
        }
        self.definitions = {(s, k): self.define(s, k) for s, count in counts.items() for k in range(count)}

    def ref(self, space: str, index: int) -> str:
        """A reference to an item, by its name or its number."""
        found = self.ids.get((space, index))
        if found is not None and self.rng.randrange(6):
            return found
        return unsigned(self.rng, index) if self.rng.randrange(10) == 0 else str(index)

    # ------------------------------------------------------------------- types

    def heap(self, heap: HeapType) -> str:
        """A heap type."""
        if heap & CONCRETE:
            index = self.ref("type", heap >> 8)
            return f"(exact {index})" if heap & EXACT else index
        name = HEAP_NAMES[heap >> 8]
        return f"(shared {name})" if heap & SHARED else name

    def ref_type(self, ref: RefType) -> str:
        """A reference type, short where it can be."""
        if not ref & CONCRETE and ref & NULLABLE and self.rng.randrange(3):
            name = NULL_NAMES.get(ref >> 8) or HEAP_NAMES[ref >> 8]
            return f"(shared {name}ref)" if ref & SHARED else f"{name}ref"
        null = "null " if ref & NULLABLE else ""
        return f"(ref {null}{self.heap(ref & ~(REF | NULLABLE))})"

    def val_type(self, type_: StorageType) -> str:
        """A value or storage type."""
        return self.ref_type(type_) if type_ & REF else NUMERIC_NAMES[type_]

    def types(self, word: str, types: tuple[ValType, ...], names: dict[int, str] | None = None) -> str:
        """Parameters, results or locals, in one list or several."""
        out = []
        run: list[str] = []
        for k, type_ in enumerate(types):
            name = names.get(k) if names else None
            if name or self.rng.randrange(4) == 0:
                if run:
                    out.append(f"({word} {' '.join(run)})")
                    run = []
                out.append(f"({word} {name + ' ' if name else ''}{self.val_type(type_)})")
            else:
                run.append(self.val_type(type_))
        if run:
            out.append(f"({word} {' '.join(run)})")
        elif not types and self.rng.randrange(20) == 0:
            out.append(f"({word})")
        return "".join(" " + text for text in out)

    def field(self, field: FieldType) -> str:
        element = self.val_type(field.element_type)
        return f"(mut {element})" if field.mutable else element

    def struct(self, struct: StructType, index: int) -> str:
        """A struct type, its fields one by one, named or not, or in one list."""
        fields = [self.field(f) for f in struct.fields]
        if fields and self.rng.randrange(3) == 0:
            return f"(struct (field {' '.join(fields)}))"
        for k in range(len(fields)):
            if self.named and self.rng.randrange(2):
                self.fields_[index, k] = f"$f{k}"
        texts = [f" (field {self.fields_.get((index, k), '')} {f})" for k, f in enumerate(fields)]
        return f"(struct{''.join(texts)})"

    def composite(self, sub: SubType, index: int) -> str:
        """What a defined type is."""
        composite = sub.composite
        inner = composite.inner
        if isinstance(inner, FuncType):
            text = f"(func{self.types('param', inner.params)}{self.types('result', inner.results)})"
        elif isinstance(inner, ArrayType):
            text = f"(array {self.field(inner.field)})"
        elif isinstance(inner, StructType):
            text = self.struct(inner, index)
        else:
            text = f"(cont {self.ref('type', inner.func >> 8)})"
        if composite.descriptor is not None:
            text = f"(descriptor {self.ref('type', composite.descriptor >> 8)}) {text}"
        if composite.describes is not None:
            text = f"(describes {self.ref('type', composite.describes >> 8)}) {text}"
        if composite.shared:
            text = f"(shared {text})"
        if not sub.is_final or sub.supertypes or self.rng.randrange(20) == 0:
            final = "final " if sub.is_final else ""
            supers = "".join(self.ref("type", s >> 8) + " " for s in sub.supertypes)
            text = f"(sub {final}{supers}{text})"
        return text

    def groups(self) -> list[str]:
        out = []
        index = 0
        for types, explicit in self.module.groups:
            texts = []
            for type_ in types:
                texts.append(f"(type{self.definitions['type', index]} {self.composite(type_, index)})")
                index += 1
            out.append(f"(rec {' '.join(texts)})" if explicit or len(texts) != 1 else texts[0])
        return out

    def type_use(self, type_: int, names: dict[int, str] | None = None) -> str:
        """A function's type: by its index, spelled out, or both."""
        if type_ >= len(self.stock.types):
            return f" (type {type_})"
        func = self.stock.func_of(type_)
        spelled = self.types("param", func.params, names) + self.types("result", func.results)
        sub = self.stock.types[type_]
        plain = (
            sub.is_final and not sub.composite.shared and all(not t & CONCRETE for t in (*func.params, *func.results))
        )
        way = self.rng.randrange(3)
        if names or (way == 0 and plain):
            return spelled if way == 0 and plain else f" (type {self.ref('type', type_)}){spelled}"
        return f" (type {self.ref('type', type_)})" + (spelled if way == 1 else "")

    def limits(self, initial: int, maximum: int | None) -> str:
        text = unsigned(self.rng, initial)
        return text if maximum is None else f"{text} {unsigned(self.rng, maximum)}"

    def table_type(self, table: TableType) -> str:
        shared = "shared " if table.shared else ""
        wide = "i64 " if table.table64 else "i32 " if self.rng.randrange(8) == 0 else ""
        return f"{shared}{wide}{self.limits(table.initial, table.maximum)} {self.ref_type(table.element_type)}"

    def memory_type(self, memory: MemoryType) -> str:
        wide = "i64 " if memory.memory64 else "i32 " if self.rng.randrange(8) == 0 else ""
        page = "" if memory.page_size_log2 is None else f" (pagesize {1 << memory.page_size_log2})"
        shared = " shared" if memory.shared else ""
        return f"{wide}{self.limits(memory.initial, memory.maximum)}{shared}{page}"

    def global_type(self, global_: GlobalType) -> str:
        text = self.val_type(global_.content_type)
        if global_.shared:
            text = f"shared (mut {text})" if global_.mutable else f"shared {text}"
            return f"({text})"
        return f"(mut {text})" if global_.mutable else text

    def name(self, text: str) -> str:
        return string(self.rng, text.encode())

    # ------------------------------------------------------------------- instructions

    def immediates(self, row: Row, values: tuple[Immediate, ...]) -> str:
        """Immediates as text, a space before each."""
        order = ORDER.get(row.key, range(len(values)))
        parts = []
        for place in order:
            kind, value = row.kinds[place], values[place]
            if kind.space == "field":
                name = self.fields_.get((values[place - 1], value))  # type: ignore[arg-type]
                if name and self.rng.randrange(5):
                    parts.append(name)
                    continue
            parts.append(self.immediate(row, kind, value))
        return "".join([" " + part for part in parts if part])

    def immediate(self, row: Row, kind: Kind, value: Immediate) -> str:
        """One immediate; nothing for one that is left out."""
        form = kind.form
        rng = self.rng
        if isinstance(value, int):
            return self._number(row, kind, value)
        if form == AS_MEMARG:
            assert isinstance(value, MemArg)
            return self._memarg(kind, value)
        if form == AS_V128:
            assert isinstance(value, bytes)
            return self._vector(value)
        if form == AS_LANES:
            assert isinstance(value, bytes)
            return " ".join(unsigned(rng, lane) for lane in value)
        if form == AS_VAL_TYPES:
            assert isinstance(value, tuple)
            return self.types("result", value).strip()
        if isinstance(value, BrTable):
            return " ".join(self.label(label) for label in (*value.labels, value.default))
        if isinstance(value, Cast):
            return f"{self.label(value.label)} {self.ref_type(value.from_type)} {self.ref_type(value.to_type)}"
        if isinstance(value, ResumeTable):
            return " ".join(
                f"(on {self.ref('tag', tag)} {'switch' if clause else self.label(label)})"
                for clause, tag, label in value.handlers
            )
        assert isinstance(value, TryTable), kind.name
        return (self.block_type(value.block) + self.catches(value)).strip()

    def _number(self, row: Row, kind: Kind, value: int) -> str:
        form, rng = kind.form, self.rng
        if form == AS_U32:
            if kind.space == "label":
                return self.label(value)
            if kind.space == "local":
                name = self.locals_.get(value)
                return name if name and rng.randrange(5) else str(value)
            if row.key in (0x11, 0x13) and kind.space == "type":
                return self.type_use(value).strip()
            if kind.space in ("", "field"):
                return unsigned(rng, value)
            return self.ref(kind.space, value)
        if form == AS_S32 or form == AS_S64:
            return integer(rng, value, 32 if form == AS_S32 else 64)
        if form == AS_F32 or form == AS_F64:
            return floating(rng, value, form == AS_F64)
        if form == AS_LANE:
            return unsigned(rng, value)
        if form == AS_ORDERING:
            return ORDERINGS[value]
        if form == AS_BLOCK_TYPE:
            return self.block_type(value).strip()
        if form == AS_OPTIONAL_ORDERING:
            return ORDERINGS[value] if value or rng.randrange(6) == 0 else ""
        assert form == AS_HEAP_TYPE, kind.name
        if row.key == 0xD0:
            return self.heap(value)
        return self.ref_type(value | REF | (NULLABLE if row.key in NULLABLE_ROWS else 0))

    def _memarg(self, kind: Kind, value: MemArg) -> str:
        rng = self.rng
        parts = []
        if value.array >= 0:
            parts.append(f"(type {self.ref('type', value.array)})")
        elif value.memory or rng.randrange(8) == 0:
            parts.append(self.ref("memory", value.memory))
        if value.offset or rng.randrange(10) == 0:
            parts.append(f"offset={unsigned(rng, value.offset)}")
        if value.align != kind.align or rng.randrange(10) == 0:
            parts.append(f"align={unsigned(rng, 1 << value.align)}")
        if value.ordering >= 0:
            parts.append(ORDERINGS[value.ordering])
        return " ".join(parts)

    def _vector(self, value: bytes) -> str:
        rng = self.rng
        shape = rng.choice(("i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2"))
        bits = int(shape[1:].partition("x")[0])
        lanes = [int.from_bytes(value[k : k + bits // 8], "little") for k in range(0, 16, bits // 8)]
        if shape[0] == "f":
            return f"{shape} " + " ".join(floating(rng, lane, bits == 64) for lane in lanes)
        return f"{shape} " + " ".join(
            integer(rng, lane - (1 << bits) if lane >> bits - 1 and rng.randrange(2) else lane, bits) for lane in lanes
        )

    def label(self, label: int) -> str:
        """A label by name, if no block further in has the same, or by number."""
        place = len(self.labels) - 1 - label
        if place >= 0 and self.labels[place] and self.rng.randrange(4):
            name = self.labels[place]
            if name not in self.labels[place + 1 :]:
                return name
        return str(label)

    def block_type(self, block: int) -> str:
        """A block's type, a space before it, or nothing."""
        if block == BLOCK_EMPTY:
            return ""
        if block < 0:
            return self.type_use(~block)
        return self.types("result", (block,))

    def expr(self, expr: Expr) -> str:
        """Instructions, flat and folded."""
        parts, _ = self.sequence(expr, 0)
        return " ".join(parts)

    def sequence(self, ops: Expr, at: int) -> tuple[list[str], int]:
        """Instructions up to what ends the block that they stand in; where that is."""
        out: list[str] = []
        while at < len(ops):
            row, values = ops[at]
            key = row.key
            if key in (0x05, 0x07, 0x0B, 0x18, 0x19):  # else, catch, end, delegate, catch_all
                break
            if key in (0x02, 0x03, 0x04, 0x06, 0x1F):  # block, loop, if, try, try_table
                text, at = self.block(ops, at, out)
                out.append(text)
                continue
            text = row.name + self.immediates(row, values)
            at += 1
            if self.rng.random() < self.folded:
                text = f"({text}{self.taken_in(out)})"
            out.append(text)
        return out, at

    def taken_in(self, out: list[str]) -> str:
        """Some of the last instructions, those that are folded, as what another takes."""
        count = 0
        while count < min(len(out), 3) and out[-1 - count].startswith("("):
            count += 1
        count = min(count, self.rng.randrange(4))
        taken = out[len(out) - count :]
        del out[len(out) - count :]
        return "".join(" " + text for text in taken)

    def block(self, ops: Expr, at: int, out: list[str]) -> tuple[str, int]:
        """A block with what is in it."""
        rng = self.rng
        row, values = ops[at]
        folded = rng.random() < self.folded and row.key != 0x06
        name = ""
        if self.named and rng.randrange(3) == 0:
            name = rng.choice(("$l", "$m", "$a", f"$l{len(self.labels)}"))
        value = values[0]
        if isinstance(value, TryTable):
            head = self.block_type(value.block) + self.catches(value)
        else:
            assert isinstance(value, int)
            head = self.block_type(value)
        head = f"{row.name}{' ' + name if name else ''}{head}"
        condition = self.taken_in(out) if folded and row.key == 0x04 else ""
        self.labels.append(name)
        inner, at = self.sequence(ops, at + 1)
        if folded:
            text, at = self._folded(row, head + condition, inner, ops, at)
        else:
            text, at = self._flat(head, inner, ops, at, name)
        self.labels.pop()
        return text, at

    def _folded(self, row: Row, head: str, inner: list[str], ops: Expr, at: int) -> tuple[str, int]:
        if row.key != 0x04:
            return f"({head} {' '.join(inner)})", at + 1
        text = f"({head} (then {' '.join(inner)})"
        if at < len(ops) and ops[at][0].key == 0x05:
            other, at = self.sequence(ops, at + 1)
            text += f" (else {' '.join(other)})"
        return text + ")", at + 1

    def _flat(self, head: str, inner: list[str], ops: Expr, at: int, name: str) -> tuple[str, int]:
        parts = [head, *inner]
        while at < len(ops) and ops[at][0].key in (0x05, 0x07, 0x19):
            row, values = ops[at]
            parts.append(row.name + self.immediates(row, values))
            if row.key == 0x05 and name and self.rng.randrange(3) == 0:
                parts.append(name)
            more, at = self.sequence(ops, at + 1)
            parts += more
        if at < len(ops) and ops[at][0].key == 0x18:
            # `delegate` counts from outside its block.
            inside = self.labels.pop()
            parts.append(f"delegate{self.immediates(*ops[at])}")
            self.labels.append(inside)
        else:
            parts.append(f"end {name}" if name and self.rng.randrange(3) == 0 else "end")
        return " ".join(parts), at + 1

    def catches(self, table: TryTable) -> str:
        """The clauses of a `try_table`."""
        return "".join(
            f" ({CATCHES[clause]} {self.ref('tag', tag) + ' ' if tag >= 0 else ''}{self.label(label)})"
            for clause, tag, label in table.catches
        )

    # ------------------------------------------------------------------- items

    def func(self, index: int, func: Func, exports: str) -> str:
        """A function."""
        type_ = self.stock.func_of(func.type_)
        count = len(type_.params)
        self.locals_ = {}
        if self.named:
            for k in range(count + len(func.locals_)):
                if self.rng.randrange(3) == 0:
                    self.locals_[k] = f"$p{k}"
        self.labels = [""]
        params = {k: n for k, n in self.locals_.items() if k < count}
        named = {k - count: n for k, n in self.locals_.items() if k >= count}
        head = self.type_use(func.type_, params) + self.types("local", tuple(func.locals_), named)
        body = self.expr(func.body)
        self.locals_ = {}
        return f"(func{self.definitions['func', index]}{exports}{head} {body})"

    def const(self, expr: Expr, word: str = "") -> str:
        """A constant expression in parentheses, with a word where it needs one."""
        if len(expr) == 1 and self.rng.randrange(3):
            return f"({self.plain(expr[0])})"
        return f"({word} {self.expr(expr)})"

    def plain(self, op: Op) -> str:
        return op[0].name + self.immediates(*op)

    def element(self, index: int, element: Element) -> str:
        """An element segment."""
        head = f"(elem{self.definitions['elem', index]}"
        if element.mode == DECLARED:
            head += " declare"
        elif element.mode == ACTIVE:
            if element.table or self.rng.randrange(3) == 0:
                head += f" (table {self.ref('table', element.table)})"
            head += " " + self.const(element.offset, "offset")
        if element.functions is not None:
            items = "".join(" " + self.ref("func", f) for f in element.functions)
            word = "" if element.mode == ACTIVE and not element.table and self.rng.randrange(2) else " func"
            return f"{head}{word}{items})"
        items = "".join(" " + self.const(e, "item") for e in element.exprs)
        return f"{head} {self.ref_type(element.type_)}{items})"

    def data(self, index: int, data: Data) -> str:
        """A data segment, its bytes in one string or several."""
        head = f"(data{self.definitions['data', index]}"
        if data.mode == ACTIVE:
            if data.memory or self.rng.randrange(4) == 0:
                head += f" (memory {self.ref('memory', data.memory)})"
            head += " " + self.const(data.offset, "offset")
        if self.rng.randrange(6) == 0:
            first = "" if data.mode == ACTIVE else '"" '  # or it would be taken for an offset
            return f"{head} {first}{self.numbers(data.data)})"
        at = self.rng.randrange(len(data.data) + 1)
        parts = [data.data[:at], data.data[at:]] if self.rng.randrange(3) == 0 else [data.data]
        return head + "".join(" " + string(self.rng, p) for p in parts) + ")"

    def numbers(self, data: bytes) -> str:
        """Bytes as lists of numbers, what is left over as a string."""
        rng = self.rng
        word = rng.choice(("i8", "i16", "i32", "i64", "f32", "f64"))
        size = int(word[1:]) // 8
        whole = len(data) // size * size
        values = [int.from_bytes(data[k : k + size], "little") for k in range(0, whole, size)]
        if word[0] == "f":
            texts = [floating(rng, value, size == 8) for value in values]
        else:
            texts = [
                integer(rng, value - (rng.randrange(2) << size * 8 if value >> size * 8 - 1 else 0), size * 8)
                for value in values
            ]
        return f"({word} {' '.join(texts)})" + (f" {string(rng, data[whole:])}" if data[whole:] else "")

    def exports(self, kind: int, index: int, left: list[tuple[str, int, int]]) -> str:
        """Some of the exports of an item, written in it; they are taken out of the list."""
        text = ""
        for export in list(left):
            if export[1:] == (kind, index) and self.rng.randrange(2):
                left.remove(export)
                text += f" (export {self.name(export[0])})"
        return text

    def imports(self, left: list[tuple[str, int, int]]) -> list[str]:
        """The imports: one by one, in what they define, or those of a module together."""
        out: list[str] = []
        counts = [0] * len(EXTERNAL)
        for group in self.module.groups_of_imports():
            if len(group) > 1 and self.rng.randrange(4) == 0:
                items = []
                for import_ in group:
                    definition, type_ = self._imported(import_, counts)
                    items.append(f" (item {self.name(import_.name)} ({EXTERNAL[import_.kind]}{definition}{type_}))")
                out.append(f"(import {self.name(group[0].module)}{''.join(items)})")
                continue
            for import_ in group:
                index = counts[import_.kind]
                definition, type_ = self._imported(import_, counts)
                word = EXTERNAL[import_.kind]
                names = f"(import {self.name(import_.module)} {self.name(import_.name)}"
                if self.rng.randrange(3) == 0:
                    exports = self.exports(import_.kind, index, left)
                    out.append(f"({word}{definition}{exports} {names}){type_})")
                else:
                    out.append(f"{names} ({word}{definition}{type_}))")
        return out

    def _imported(self, import_: Import, counts: list[int]) -> tuple[str, str]:
        """The identifier and the type of an import, which is counted."""
        index = counts[import_.kind]
        counts[import_.kind] += 1
        type_ = import_.type_
        if isinstance(type_, TableType):
            text = " " + self.table_type(type_)
        elif isinstance(type_, MemoryType):
            text = " " + self.memory_type(type_)
        elif isinstance(type_, GlobalType):
            text = " " + self.global_type(type_)
        else:
            assert isinstance(type_, int)
            text = f" (exact{self.type_use(type_)})" if import_.exact else self.type_use(type_)
        return self.definitions[EXTERNAL[import_.kind], index], text

    def fields(self) -> list[str]:
        """All fields of the module."""
        module, stock = self.module, self.stock
        self.prepare()
        left = list(module.exports)
        out = self.groups()
        out += self.imports(left)
        first = len(stock.tables) - len(module.tables)
        for k, table in enumerate(module.tables, first):
            init = "" if table.init is None else " " + self.expr_folded(table.init)
            head = f"(table{self.definitions['table', k]}{self.exports(1, k, left)}"
            out.append(f"{head} {self.table_type(table.type_)}{init})")
        first = len(stock.memories) - len(module.memories)
        for k, memory in enumerate(module.memories, first):
            out.append(f"(memory{self.definitions['memory', k]}{self.exports(2, k, left)} {self.memory_type(memory)})")
        first = len(stock.tags) - len(module.tags)
        for k, tag in enumerate(module.tags, first):
            out.append(f"(tag{self.definitions['tag', k]}{self.exports(4, k, left)}{self.type_use(tag)})")
        first = len(stock.globals_) - len(module.globals_)
        for k, global_ in enumerate(module.globals_, first):
            head = f"(global{self.definitions['global', k]}{self.exports(3, k, left)}"
            out.append(f"{head} {self.global_type(global_.type_)} {self.expr_folded(global_.init)})")
        first = len(stock.funcs) - len(module.funcs)
        for k, func in enumerate(module.funcs, first):
            out.append(self.func(k, func, self.exports(0, k, left)))
        out += [f"(export {self.name(n)} ({EXTERNAL[kind]} {self.ref(EXTERNAL[kind], k)}))" for n, kind, k in left]
        if module.start is not None:
            out.append(f"(start {self.ref('func', module.start)})")
        out += [self.element(k, e) for k, e in enumerate(module.elements)]
        out += [self.data(k, d) for k, d in enumerate(module.datas)]
        return out

    def expr_folded(self, expr: Expr) -> str:
        """A constant expression that stands by itself: its instructions, each in parentheses or not."""
        if self.rng.randrange(4) == 0:
            return " ".join(self.plain(op) for op in expr)
        return " ".join(f"({self.plain(op)})" for op in expr)


EXTRAS = (
    '(memory (data "abc"))',
    "(memory i64 (data))",
    '(memory (export "m9") (data "\\00" "b"))',
    "(table funcref (elem))",
    "(table anyref (elem (ref.null any) (item ref.null none)))",
    '(@custom "c" "data")',
    '(@custom "c" (before first) "x")',
    '(@custom "c" (after code) "x" "y")',
    '(@producers (processed-by "a" "1") (language "b" ""))',
    '(@dylink.0 (mem-info (memory 1 2) (table 3 4)) (needed "a" "b"))',
    '(@dylink.0 (export-info "e" binding-weak tls) (import-info "m" "n" undefined 0x1000))',
    '(@unknown (a b) "c" 1.5)',
    '(func (@name "named") nop)',
    "(global $g9 i32 (i32.const 9))",
    "(type $t9 (func (param $a i32) (param i64)))",
    '(func (@metadata.code.branch_hint "\\00") if end)',
    '(func (param (@name "p") i32) (local $y (@name "z") i64))',
    '(tag (export "t9"))',
    '(data "" (i8 1 -1 0xff) (i16 0x1_0) "a" (f32 1.5 nan) (v128 i32x4 1 2 3 4) (i64))',
    '(memory (data "" (i8 1)))',
    "(elem declare func)",
    "(elem externref (ref.null extern) (item (ref.null extern)))",
)


def module_text(rng: random.Random, stock: Stock) -> str:
    """A module as text."""
    fields = Writer(rng, stock).fields()
    if rng.randrange(3) == 0:
        for _ in range(rng.randrange(1, 3)):
            fields.insert(rng.randrange(len(fields) + 1) if rng.randrange(3) == 0 else len(fields), rng.choice(EXTRAS))
    if rng.randrange(8) == 0:
        rng.shuffle(fields)
    gap = rng.choice(("\n  ", "\n  ", " ", "\n"))
    way = rng.randrange(8)
    if way == 0:
        return gap.join(fields)
    name = rng.choice(("", "", " $m", ' (@name "M")', ' $"q"'))
    return f"(module{name}{gap}{gap.join(fields)})\n"
