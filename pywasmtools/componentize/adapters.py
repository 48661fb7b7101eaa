"""Reduces an adapter to what is needed of it, and gives it a stack.

An adapter is a module of functions that work on another module's memory. What its remaining exports do not
reach is dropped, and all else is written anew with the indices that result. Its shadow stack lies in the main
module's memory: a start function, or the first call of an export, allocates it there.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error, error
from pywasmtools.validate.validator import Validator
from pywasmtools.wasm.annotations import is_known_producers, read_producers
from pywasmtools.wasm.module import (
    FUNC,
    FUNC_EXACT,
    GLOBAL,
    MEMORY,
    NAME_FUNCTION,
    NAME_GLOBAL,
    TABLE,
    TAG,
    NameMapReader,
    NameReader,
    read_export,
    read_global,
    read_imports,
    read_locals,
    read_memory_type,
    read_rec_group,
    read_table,
    skip_locals,
)
from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.operators import (
    BrTable,
    Cast,
    MemArg,
    OperatorReader,
    ResumeTable,
    TryTable,
    write_operator,
)
from pywasmtools.wasm.payloads import (
    CODE_SECTION_ENTRY,
    CODE_SECTION_START,
    COMPONENT,
    CUSTOM_SECTION,
    END,
    EXPORT_SECTION,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    IMPORT_SECTION,
    MEMORY_SECTION,
    TABLE_SECTION,
    TYPE_SECTION,
    VERSION,
    Parser,
)
from pywasmtools.wasm.types import (
    CONCRETE,
    I32,
    MODULE_INDEX,
    REF,
    ContType,
    FuncType,
    GlobalType,
    MemoryType,
    TableType,
    with_index,
)
from pywasmtools.wasm.writer import name_map, section, var_s64, var_u32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.module import Export
    from pywasmtools.wasm.operators import Immediate
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import ValType

STACK_SIZE: Final = 64 * 1024

# What the global `allocation_state` says about the stack.
UNALLOCATED: Final = 0
ALLOCATING: Final = 1
ALLOCATED: Final = 2

_REALLOC_TYPE: Final = FuncType((I32, I32, I32, I32), (I32,))
_EMPTY_TYPE: Final = FuncType((), ())
_REALLOC_NAMES: Final = ("canonical_abi_realloc", "cabi_realloc")


def minimize(wasm: bytes, required: dict[str, None], main_realloc: str | None, page_size_log2: int) -> bytes:
    """The adapter with the `required` exports only. `main_realloc` is the main module's `realloc`, if it may be used."""
    module = _Module()
    module.parse(wasm)
    for name in required:
        if name not in module.exports:
            raise error(f"adapter module does not have export `{name}`")
    module.keep_exports(required)
    module.mark_live()
    return _Minimizer(module, main_realloc, page_size_log2).encode()


class _Item:
    """A function, table, memory or global. `module` and `name` of an import; `init` of what is defined here."""

    __slots__ = ("init", "is_import", "module", "name", "type")

    def __init__(self, type_: int | TableType | MemoryType | GlobalType, module: str = "", name: str = "") -> None:
        self.type = type_
        self.module = module
        self.name = name
        self.is_import = False
        self.init: BinaryReader | None = None

    def func_type(self) -> int:
        """The type index of a function."""
        assert isinstance(self.type, int)
        return self.type


class _Module:
    """The parts of an adapter, and which of them are live."""

    __slots__ = (
        "_work",
        "exports",
        "func_names",
        "funcs",
        "global_names",
        "globals",
        "live_funcs",
        "live_globals",
        "live_memories",
        "live_tables",
        "live_types",
        "memories",
        "producers",
        "tables",
        "types",
    )

    def __init__(self) -> None:
        self.types: list[FuncType] = []
        self.tables: list[_Item] = []
        self.globals: list[_Item] = []
        self.memories: list[_Item] = []
        self.funcs: list[_Item] = []
        self.exports: dict[str, Export] = {}
        self.func_names: dict[int, str] = {}
        self.global_names: dict[int, str] = {}
        self.producers: bytes | None = None
        self.live_types: set[int] = set()
        self.live_tables: set[int] = set()
        self.live_globals: set[int] = set()
        self.live_memories: set[int] = set()
        self.live_funcs: set[int] = set()
        # What was found live, and whose definition is still to be walked: (FUNC, TABLE, GLOBAL or -1 for a type, index).
        self._work: list[tuple[int, int]] = []

    # ----------------------------------------------------------------------- parsing

    def parse(self, wasm: bytes) -> None:
        """Reads the adapter; raises what is malformed, invalid, or more than an adapter may have."""
        validator = Validator()
        next_body = 0
        for payload in Parser(wasm):
            validator.payload(payload)
            kind = payload.kind
            if kind == VERSION:
                if payload.encoding == COMPONENT:
                    raise error("adapter must be a core wasm module, not a component")
            elif kind == FUNCTION_SECTION:
                next_body = len(self.funcs)
                reader = payload.section()
                for _ in range(payload.count):
                    self.funcs.append(_Item(reader.var_u32()))
            elif kind == CODE_SECTION_ENTRY:
                self.funcs[next_body].init = payload.section()
                next_body += 1
            elif kind == CUSTOM_SECTION:
                self._custom(payload)
            elif kind not in (END, CODE_SECTION_START):
                self._section(payload)

    def _section(self, payload: Payload) -> None:
        reader = payload.section()
        kind = payload.kind
        if kind == TYPE_SECTION:
            for _ in range(payload.count):
                self._type(reader)
        elif kind == IMPORT_SECTION:
            for _ in range(payload.count):
                for item in read_imports(reader).imports():
                    self._import(item.module, item.name, item.kind, item.type)
        elif kind == TABLE_SECTION:
            for _ in range(payload.count):
                self.tables.append(_Item(read_table(reader).type))
        elif kind == MEMORY_SECTION:
            for _ in range(payload.count):
                self.memories.append(_Item(read_memory_type(reader)))
        elif kind == GLOBAL_SECTION:
            for _ in range(payload.count):
                found = read_global(reader)
                item_ = _Item(found.type)
                item_.init = found.init
                self.globals.append(item_)
        elif kind == EXPORT_SECTION:
            for _ in range(payload.count):
                export = read_export(reader)
                self.exports[export.name] = export
        else:
            raise error(f"unsupported section `{payload.id}` in adapter")

    def _type(self, reader: BinaryReader) -> None:
        """Adds a type, which has to be a plain function type."""
        offset = reader.pos
        group = read_rec_group(reader)
        if len(group.types) == 1:
            found = group.types[0]
            inner = found.composite.inner
            if found.is_final and not found.supertypes:
                if isinstance(inner, FuncType):
                    self.types.append(inner)
                    return
                if isinstance(inner, ContType):
                    raise binary_error(offset, "stack switching proposal not supported")
        raise binary_error(offset, "gc proposal not supported")

    def _import(self, module: str, name: str, kind: int, type_: object) -> None:
        if kind == TAG:
            raise error("unsupported `tag` type")
        if kind == FUNC_EXACT:
            raise error("unsupported `func_exact` type")
        assert isinstance(type_, (int, TableType, MemoryType, GlobalType))
        item = _Item(type_, module, name)
        item.is_import = True
        if kind == FUNC:
            self.funcs.append(item)
        elif kind == TABLE:
            self.tables.append(item)
        elif kind == GLOBAL:
            self.globals.append(item)
        else:
            self.memories.append(item)

    def _custom(self, payload: Payload) -> None:
        """Names and producers, as far as they can be read; what is malformed in them is let pass."""
        try:
            if payload.name == "name":
                self._names(payload.section())
            elif is_known_producers(payload):
                self.producers = read_producers(payload.section()).encode()
        except WasmToolsError:
            pass

    def _names(self, reader: BinaryReader) -> None:
        names = NameReader(reader)
        while True:
            subsection = names.next_subsection()
            if subsection is None:
                return
            if subsection.id == NAME_FUNCTION:
                known = self.func_names
            elif subsection.id == NAME_GLOBAL:
                known = self.global_names
            else:
                continue
            map_ = NameMapReader(subsection.reader, subsection.count)
            while True:
                naming = map_.next_naming()
                if naming is None:
                    break
                known[naming[0]] = naming[1]

    def keep_exports(self, required: dict[str, None]) -> None:
        """Drops all other exports; the last one takes the place of each that goes."""
        order = list(self.exports)
        places = {name: place for place, name in enumerate(order)}
        for name in self.exports:
            if name in required:
                continue
            place = places.pop(name)
            last = order.pop()
            if last != name:
                order[place] = last
                places[last] = place
        self.exports = {name: self.exports[name] for name in order}

    # ----------------------------------------------------------------------- liveness

    def mark_live(self) -> None:
        """Finds all that the exports need."""
        for export in self.exports.values():
            if export.kind == FUNC:
                self._func(export.index)
            elif export.kind == GLOBAL:
                self._global(export.index)
            elif export.kind == TABLE:
                self._table(export.index)
            elif export.kind == MEMORY:
                self.live_memories.add(export.index)
            else:
                raise error("unsupported exported tag")
        work = self._work
        while work:
            kind, index = work.pop()
            if kind == FUNC:
                item = _at(self.funcs, index, "function")
                self._type_index(item.func_type())
                if item.init is not None:
                    body = item.init.clone()
                    skip_locals(body)
                    self._operators(body)
            elif kind == GLOBAL:
                item = _at(self.globals, index, "global")
                if item.init is not None:
                    self._operators(item.init.clone())
            elif kind == TABLE:
                found = _at(self.tables, index, "table").type
                assert isinstance(found, TableType)
                self._value_type(found.element_type)
            else:
                if index >= len(self.types):
                    raise error(f"adapter uses the type {index}, which it doesn't have")
                for type_ in self.types[index].params + self.types[index].results:
                    self._value_type(type_)

    def _func(self, index: int) -> None:
        if index not in self.live_funcs:
            self.live_funcs.add(index)
            self._work.append((FUNC, index))

    def _global(self, index: int) -> None:
        if index not in self.live_globals:
            self.live_globals.add(index)
            self._work.append((GLOBAL, index))

    def _table(self, index: int) -> None:
        if index not in self.live_tables:
            self.live_tables.add(index)
            self._work.append((TABLE, index))

    def _type_index(self, index: int) -> None:
        if index not in self.live_types:
            self.live_types.add(index)
            self._work.append((-1, index))

    def _value_type(self, type_: ValType) -> None:
        if type_ & REF:
            self._heap_type(type_)

    def _heap_type(self, type_: int) -> None:
        """A heap or reference type."""
        if type_ & CONCRETE:
            self._type_index(type_ >> 8)

    def _operators(self, reader: BinaryReader) -> None:
        operators = OperatorReader(reader)
        while not operators.eof():
            row = operators.next_operator()
            for kind, value in zip(row.kinds, operators.immediates, strict=True):
                if isinstance(value, int):
                    if kind == "func":
                        self._func(value)
                    elif kind == "type":
                        # Continuation types are not followed: an adapter has none.
                        if not 0xE0 <= row.key <= 0xE6:
                            self._type_index(value)
                    elif kind == "global":
                        self._global(value)
                    elif kind == "table":
                        self._table(value)
                    elif kind == "memory":
                        self.live_memories.add(value)
                    elif kind == "block":
                        if value < 0:
                            self._type_index(~value)
                    elif kind == "heap_type":
                        self._heap_type(value)
                elif isinstance(value, MemArg):
                    self.live_memories.add(value.memory)
                elif isinstance(value, tuple):
                    for type_ in value:
                        self._value_type(type_)
                elif isinstance(value, Cast):
                    self._value_type(value.from_type)
                    self._value_type(value.to_type)
                elif isinstance(value, (TryTable, ResumeTable)):
                    raise error(f"unsupported instruction `{row.name}` in adapter")
        operators.finish()


def _at(items: list[_Item], index: int, what: str) -> _Item:
    if index >= len(items):
        raise error(f"adapter uses the {what} {index}, which it doesn't have")
    return items[index]


class _Remap:
    """New indices of an index space, in the order of `push`."""

    __slots__ = ("map", "next", "what")

    def __init__(self, what: str) -> None:
        self.map: dict[int, int] = {}
        self.next = 0
        self.what = what

    def push(self, old: int) -> None:
        self.map[old] = self.next
        self.next += 1

    def of(self, old: int) -> int:
        new = self.map.get(old)
        if new is None:
            raise error(f"adapter uses the {self.what} {old}, which it doesn't have at this place")
        return new


class _Minimizer:
    """Writes what is live of a module."""

    __slots__ = ("funcs", "globals", "main_realloc", "memories", "module", "out", "page_size_log2", "tables", "types")

    def __init__(self, module: _Module, main_realloc: str | None, page_size_log2: int) -> None:
        self.module = module
        self.main_realloc = main_realloc
        self.page_size_log2 = page_size_log2
        self.out = ModuleBuilder()
        self.types = _Remap("type")
        self.funcs = _Remap("function")
        self.memories = _Remap("memory")
        self.globals = _Remap("global")
        self.tables = _Remap("table")

    def encode(self) -> bytes:
        """The minimal module."""
        module, out = self.module, self.out
        main_realloc = self.main_realloc
        empty_type = self._encode_types()
        memories = self._encode_memories_tables_globals()

        # Imported functions first, then those defined here: an imported `realloc` that nobody provides is one of these.
        local: list[tuple[int, _Item]] = []
        func_names: list[tuple[int, str]] = []
        realloc = -1
        imported = 0
        for index in _live(module.live_funcs, module.funcs):
            item = module.funcs[index]
            is_realloc = item.module == "__main_module__" and item.name in _REALLOC_NAMES
            if not item.is_import or (is_realloc and main_realloc is None):
                local.append((index, item))
                continue
            self.funcs.push(index)
            name = item.name
            if is_realloc and main_realloc is not None:
                realloc = imported
                name = main_realloc
            out.import_(item.module, name, FUNC, self.types.of(item.func_type()))
            imported += 1

        stack_pointer = self._find_mutable_i32("__stack_pointer")
        allocation_state = self._find_mutable_i32("allocation_state")
        if main_realloc is not None and stack_pointer is not None and realloc < 0:
            # The stack is allocated with it, though the adapter itself doesn't ask for it.
            self.funcs.next += 1
            realloc = imported
            out.import_("__main_module__", main_realloc, FUNC, out.type_func(_REALLOC_TYPE))
            func_names.append((imported, main_realloc))
            imported += 1
        for index, item in local:
            self.funcs.push(index)
            if item.is_import:
                realloc = imported + out.count(FUNCTION_SECTION)
                out.function(self.types.of(item.func_type()))
                out.raw_code(_realloc_via_memory_grow(self.page_size_log2))
            else:
                out.function(self.types.of(item.func_type()))

        lazy = -1
        if stack_pointer is not None and allocation_state is not None and main_realloc is not None:
            lazy = imported + out.count(FUNCTION_SECTION)
            self.funcs.next += 1
            out.function(out.type_func(_EMPTY_TYPE))
        exported = {export.index for export in module.exports.values() if export.kind == FUNC}
        for index, item in local:
            if item.init is not None:
                self._encode_body(item.init, lazy if index in exported else -1)
        if lazy >= 0:
            assert stack_pointer is not None
            out.raw_code(_allocate_stack(realloc, stack_pointer, allocation_state))
        if stack_pointer is not None and (realloc < 0 or allocation_state is None):
            # No `realloc`, or none that may be called while another call of it is under way.
            realloc = imported + out.count(FUNCTION_SECTION)
            out.function(out.type_func(_REALLOC_TYPE))
            out.raw_code(_realloc_via_memory_grow(self.page_size_log2))
        if stack_pointer is not None and lazy < 0 and memories > 0:
            if memories != 1:
                raise error("adapter modules don't support multi-memory")
            new_pointer = self.globals.of(stack_pointer)
            start = imported + out.count(FUNCTION_SECTION)
            out.function(out.type_func(_EMPTY_TYPE) if empty_type < 0 else empty_type)
            func_names.append((start, "allocate_stack"))
            # The state's index is left as it was, as the reference leaves it.
            out.raw_code(_allocate_stack(realloc, new_pointer, allocation_state))
            out.start = start

        if self.tables.map:
            raise error("tables should not be present in the final adapter module")
        if memories > 1:
            raise error("the adapter module should not use multi-memory")
        if out.count(MEMORY_SECTION):
            raise error("locally-defined memories are not allowed define a local memory")
        self._encode_exports()
        self._encode_customs(func_names, lazy)
        return out.finish()

    def _encode_types(self) -> int:
        """Writes the live types; returns the new index of the last one that is `[] -> []`, or -1."""
        empty_type = -1
        for index in sorted(self.module.live_types):
            self.types.push(index)
            found = self.module.types[index]
            params = tuple([self._value_type(t) for t in found.params])
            self.out.type_func(FuncType(params, tuple([self._value_type(t) for t in found.results])))
            if not found.params and not found.results:
                empty_type = self.types.of(index)
        return empty_type

    def _encode_memories_tables_globals(self) -> int:
        """Writes what is live of these; returns the number of memories."""
        module, out = self.module, self.out
        memories = 0
        for index in _live(module.live_memories, module.memories):
            self.memories.push(index)
            item = module.memories[index]
            memory = item.type
            assert isinstance(memory, MemoryType)
            if item.is_import:
                out.import_(item.module, item.name, MEMORY, memory)
            else:
                out.memory(memory)
            memories += 1
        for index in _live(module.live_tables, module.tables):
            self.tables.push(index)
            item = module.tables[index]
            table = item.type
            assert isinstance(table, TableType)
            element = self._value_type(table.element_type)
            table = TableType(element, table.initial, table.maximum, table.table64, table.shared)
            if item.is_import:
                out.import_(item.module, item.name, TABLE, table)
            else:
                out.table(table)
        for index in _live(module.live_globals, module.globals):
            self.globals.push(index)
            item = module.globals[index]
            global_ = item.type
            assert isinstance(global_, GlobalType)
            global_ = GlobalType(self._value_type(global_.content_type), global_.mutable, global_.shared)
            if item.init is None:
                out.import_(item.module, item.name, GLOBAL, global_)
            else:
                body = bytearray()
                self._encode_operators(body, item.init.clone())
                out.global_(global_, bytes(body))
        return memories

    def _find_mutable_i32(self, name: str) -> int | None:
        """The live mutable global of this debug name and the type i32, if there is one."""
        module = self.module
        matches = []
        for index in _live(module.live_globals, module.globals):
            found = module.globals[index].type
            assert isinstance(found, GlobalType)
            if found.mutable and found.content_type == I32 and module.global_names.get(index) == name:
                matches.append(index)
        if len(matches) > 1:
            raise error(f"found {len(matches)} mutable i32 globals with name {name}")
        return matches[0] if matches else None

    # ----------------------------------------------------------------------- bodies

    def _encode_body(self, body: BinaryReader, lazy: int) -> None:
        """Writes a body; with `lazy` not negative it calls that function first."""
        reader = body.clone()
        out = bytearray()
        try:
            locals_ = [(count, self._value_type(type_)) for count, type_ in read_locals(reader)]
            if lazy >= 0:
                out += b"\x10" + var_u32(lazy)
            self._encode_operators(out, reader)
        except WasmToolsError as e:
            if e.layers[-1].offset >= 0:
                raise e.context("There was an error when parsing") from None
            raise
        self.out.code(locals_, out)

    def _encode_operators(self, out: bytearray, reader: BinaryReader) -> None:
        operators = OperatorReader(reader)
        while not operators.eof():
            row = operators.next_operator()
            immediates = operators.immediates
            for place, kind in enumerate(row.kinds):
                immediates[place] = self._immediate(kind, immediates[place])
            write_operator(out, row, immediates)

    def _immediate(self, kind: str, value: Immediate) -> Immediate:
        """The immediate with new indices."""
        if isinstance(value, int):
            if kind == "func":
                return self.funcs.of(value)
            if kind == "type":
                return self.types.of(value)
            if kind == "global":
                return self.globals.of(value)
            if kind == "table":
                return self.tables.of(value)
            if kind == "memory":
                return self.memories.of(value)
            if kind == "block":
                return ~self.types.of(~value) if value < 0 else self._value_type(value)
            if kind == "heap_type":
                return self._heap_type(value)
            return value
        if isinstance(value, MemArg):
            return MemArg(value.align, value.offset, self.memories.of(value.memory))
        if isinstance(value, (bytes, BrTable, TryTable, ResumeTable)):
            return value
        if isinstance(value, Cast):
            return Cast(value.label, self._value_type(value.from_type), self._value_type(value.to_type))
        return tuple([self._value_type(type_) for type_ in value])

    def _value_type(self, type_: ValType) -> ValType:
        """A value type with its new index."""
        return self._heap_type(type_) if type_ & REF else type_

    def _heap_type(self, type_: int) -> int:
        """A heap or reference type with its new index."""
        if type_ & CONCRETE:
            return with_index(type_, self.types.of(type_ >> 8), MODULE_INDEX)
        return type_

    # ----------------------------------------------------------------------- the rest

    def _encode_exports(self) -> None:
        for name, export in self.module.exports.items():
            if export.kind == FUNC:
                index = self.funcs.of(export.index)
            elif export.kind == TABLE:
                index = self.tables.of(export.index)
            elif export.kind == MEMORY:
                index = self.memories.of(export.index)
            else:
                index = self.globals.of(export.index)
            self.out.export(name, export.kind, index)

    def _encode_customs(self, func_names: list[tuple[int, str]], lazy: int) -> None:
        """Appends the names of what is left, and the producers."""
        module = self.module
        for index in _live(module.live_funcs, module.funcs):
            name = module.func_names.get(index)
            if name is not None:
                func_names.append((self.funcs.of(index), name))
        if lazy >= 0:
            func_names.append((lazy, "allocate_stack"))
        global_names = []
        for index in _live(module.live_globals, module.globals):
            name = module.global_names.get(index)
            if name is not None:
                global_names.append((self.globals.of(index), name))
        names = b""
        for id_, found in ((NAME_FUNCTION, func_names), (NAME_GLOBAL, global_names)):
            if found:
                names += section(id_, name_map(sorted(found, key=_index)))
        if names:
            self.out.custom("name", names)
        if module.producers is not None:
            self.out.custom("producers", module.producers)


def _live(live: set[int], items: list[_Item]) -> list[int]:
    """The live indices of a space, in order."""
    return [index for index in sorted(live) if index < len(items)]


def _index(naming: tuple[int, str]) -> int:
    return naming[0]


# ------------------------------------------------------------------------------- functions that are added

_TRAP_IF: Final = b"\x04\x40\x00\x0b"
"""`if unreachable end`."""


def _i32_const(value: int) -> bytes:
    return b"\x41" + var_s64(value)


def _realloc_via_memory_grow(page_size_log2: int) -> bytes:
    """The body of a `cabi_realloc` that gives one fresh stack's worth of memory a call, and nothing else."""
    body = b"\x01\x01\x7f"
    # The old block has to be none at all, the new one of just this size.
    for expected, local in ((0, 0), (0, 1), (STACK_SIZE, 3)):
        body += _i32_const(expected) + b"\x20" + var_u32(local) + b"\x47" + _TRAP_IF
    body += _i32_const(STACK_SIZE >> page_size_log2) + b"\x40\x00\x22\x04"
    body += _i32_const(-1) + b"\x46" + _TRAP_IF
    body += b"\x20\x04"
    if page_size_log2 > 0:
        body += _i32_const(page_size_log2) + b"\x74"
    return body + b"\x0b"


def _allocate_stack(realloc: int, stack_pointer: int, allocation_state: int | None) -> bytes:
    """The body of a function that lets the stack pointer point at the end of a new stack.

    With `allocation_state`, a global, it does so only once, and not while it is at it.
    """
    body = b"\x00"
    if allocation_state is not None:
        state = var_u32(allocation_state)
        body += b"\x23" + state + _i32_const(UNALLOCATED) + b"\x46\x04\x40"
        body += _i32_const(ALLOCATING) + b"\x24" + state
    body += _i32_const(0) + _i32_const(0) + _i32_const(8) + _i32_const(STACK_SIZE)
    body += b"\x10" + var_u32(realloc)
    body += _i32_const(STACK_SIZE) + b"\x6a\x24" + var_u32(stack_pointer)
    if allocation_state is not None:
        body += _i32_const(ALLOCATED) + b"\x24" + var_u32(allocation_state) + b"\x0b"
    return body + b"\x0b"
