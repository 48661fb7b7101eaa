"""Reduces an adapter to what is needed of it, and gives it a stack.

An adapter is a module of functions that work on another module's memory. What its remaining exports do not
reach is dropped, and all else is written anew with the indices that result. Its shadow stack lies in the main
module's memory: a start function, or the first call of an export, allocates it there.
"""

from __future__ import annotations

from pywasmtools.componentize import code
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.validation.validator import Validator
from pywasmtools.wasm.annotations import is_known_producers, read_producers
from pywasmtools.wasm.immediates import AS_HANDLERS, AS_TRY_TABLE, Indices, with_indices
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
from pywasmtools.wasm.operators import OperatorReader, skip_plain, write_operator
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
    I32,
    FuncType,
    GlobalType,
    MemoryType,
    TableType,
)
from pywasmtools.wasm.writer import name_map, section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.module import Export
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import BlockType

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
        self.types.append(read_rec_group(reader).plain_func(offset))

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
        live = _Marker(self)
        for export in self.exports.values():
            if export.kind == FUNC:
                self.mark_func(export.index)
            elif export.kind == GLOBAL:
                self.mark_global(export.index)
            elif export.kind == TABLE:
                self.mark_table(export.index)
            elif export.kind == MEMORY:
                self.live_memories.add(export.index)
            else:
                raise error("unsupported exported tag")
        work = self._work
        while work:
            kind, index = work.pop()
            if kind == FUNC:
                item = _at(self.funcs, index, "function")
                self.mark_type(item.func_type())
                if item.init is not None:
                    body = item.init.clone()
                    skip_locals(body)
                    live.operators(body)
            elif kind == GLOBAL:
                item = _at(self.globals, index, "global")
                if item.init is not None:
                    live.operators(item.init.clone())
            elif kind == TABLE:
                found = _at(self.tables, index, "table").type
                assert isinstance(found, TableType)
                live.val_type(found.element_type)
            else:
                if index >= len(self.types):
                    raise error(f"adapter uses the type {index}, which it doesn't have")
                for type_ in self.types[index].params + self.types[index].results:
                    live.val_type(type_)

    def mark_func(self, index: int) -> None:
        if index not in self.live_funcs:
            self.live_funcs.add(index)
            self._work.append((FUNC, index))

    def mark_global(self, index: int) -> None:
        if index not in self.live_globals:
            self.live_globals.add(index)
            self._work.append((GLOBAL, index))

    def mark_table(self, index: int) -> None:
        if index not in self.live_tables:
            self.live_tables.add(index)
            self._work.append((TABLE, index))

    def mark_type(self, index: int) -> None:
        if index not in self.live_types:
            self.live_types.add(index)
            self._work.append((-1, index))


class _Marker(Indices):
    """Marks what types and instructions name as live."""

    __slots__ = ("module", "types_too")

    def __init__(self, module: _Module) -> None:
        self.module = module
        self.types_too = True

    def index(self, space: str, index: int) -> int:
        module = self.module
        if space == "func":
            module.mark_func(index)
        elif space == "type":
            if self.types_too:
                module.mark_type(index)
        elif space == "global":
            module.mark_global(index)
        elif space == "table":
            module.mark_table(index)
        elif space == "memory":
            module.live_memories.add(index)
        elif space not in _LEFT_ALONE:
            raise AssertionError(f"unknown index space: {space}")
        return index

    def block_type(self, block: BlockType) -> BlockType:
        """Marks a function type; a result's type is not followed."""
        if block < 0:
            self.index("type", ~block)
        return block

    def operators(self, reader: BinaryReader) -> None:
        """Marks what a body or an expression names."""
        operators = OperatorReader(reader)
        while True:
            if skip_plain(operators):
                self.index("memory", 0)
            if operators.eof():
                break
            row = operators.next_operator()
            for kind in row.kinds:
                if kind.form == AS_TRY_TABLE or kind.form == AS_HANDLERS:
                    raise error(f"unsupported instruction `{row.name}` in adapter")
            # Continuation types are not followed: an adapter has none.
            self.types_too = not 0xE0 <= row.key <= 0xE6  # cont.new, switch
            for place, kind in enumerate(row.kinds):
                with_indices(kind, operators.immediates[place], self)
        self.types_too = True
        operators.finish()


_LEFT_ALONE: Final = ("tag", "data", "elem", "local", "label", "field")
"""Index spaces of which an adapter has nothing, or that are the function's own."""


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


class _NewIndices(Indices):
    """The new indices of what is left."""

    __slots__ = ("funcs", "globals", "memories", "tables", "types")

    def __init__(self) -> None:
        self.types = _Remap("type")
        self.funcs = _Remap("function")
        self.memories = _Remap("memory")
        self.globals = _Remap("global")
        self.tables = _Remap("table")

    def index(self, space: str, index: int) -> int:
        if space == "func":
            return self.funcs.of(index)
        if space == "type":
            return self.types.of(index)
        if space == "global":
            return self.globals.of(index)
        if space == "memory":
            return self.memories.of(index)
        if space == "table":
            return self.tables.of(index)
        if space not in _LEFT_ALONE:
            raise AssertionError(f"unknown index space: {space}")
        return index


class _Minimizer:
    """Writes what is live of a module."""

    __slots__ = (
        "allocation_state",
        "func_names",
        "imported",
        "lazy",
        "main_realloc",
        "module",
        "new",
        "out",
        "page_size_log2",
        "realloc",
        "stack_pointer",
    )

    def __init__(self, module: _Module, main_realloc: str | None, page_size_log2: int) -> None:
        self.module = module
        self.main_realloc = main_realloc
        self.page_size_log2 = page_size_log2
        self.out = ModuleBuilder()
        self.new = _NewIndices()
        self.func_names: list[tuple[int, str]] = []
        self.imported = 0
        """How many functions are imported so far."""
        self.realloc = -1
        """The function that allocates the stack, by its new index."""
        self.lazy = -1
        """The function that allocates it at the first call of an export."""
        self.stack_pointer: int | None = None
        self.allocation_state: int | None = None
        """These two globals, by their old indices."""

    def encode(self) -> bytes:
        """The minimal module."""
        out = self.out
        empty_type = self._encode_types()
        memories = self._encode_memories_tables_globals()
        local = self._encode_imports()
        self.stack_pointer = self._find_mutable_i32("__stack_pointer")
        self.allocation_state = self._find_mutable_i32("allocation_state")
        self._import_realloc()
        self._encode_functions(local)
        if self.stack_pointer is not None:
            self._encode_stack_allocation(empty_type, memories)

        if self.new.tables.map:
            raise error("tables should not be present in the final adapter module")
        if memories > 1:
            raise error("the adapter module should not use multi-memory")
        if out.count(MEMORY_SECTION):
            raise error("locally-defined memories are not allowed define a local memory")
        self._encode_exports()
        self._encode_customs()
        return out.finish()

    def _encode_imports(self) -> list[tuple[int, _Item]]:
        """Writes the imported functions; returns the live functions that will be defined here, by old indices.

        An imported `realloc` that nobody provides is one of these.
        """
        module = self.module
        local: list[tuple[int, _Item]] = []
        for index in _live(module.live_funcs, module.funcs):
            item = module.funcs[index]
            is_realloc = item.module == "__main_module__" and item.name in _REALLOC_NAMES
            if not item.is_import or (is_realloc and self.main_realloc is None):
                local.append((index, item))
                continue
            self.new.funcs.push(index)
            name = item.name
            if is_realloc and self.main_realloc is not None:
                self.realloc = self.imported
                name = self.main_realloc
            self.out.import_(item.module, name, FUNC, self.new.types.of(item.func_type()))
            self.imported += 1
        return local

    def _import_realloc(self) -> None:
        """Imports the main module's `realloc` to allocate the stack with, where the adapter doesn't ask for it."""
        name = self.main_realloc
        if name is None or self.stack_pointer is None or self.realloc >= 0:
            return
        self.new.funcs.next += 1
        self.realloc = self.imported
        self.out.import_("__main_module__", name, FUNC, self.out.type_func(_REALLOC_TYPE))
        self.func_names.append((self.imported, name))
        self.imported += 1

    def _next_function(self) -> int:
        """The new index of the function that is defined next."""
        return self.imported + self.out.count(FUNCTION_SECTION)

    def _encode_functions(self, local: list[tuple[int, _Item]]) -> None:
        """Writes the functions that are defined here, and what allocates the stack at the first call of an export."""
        out = self.out
        for index, item in local:
            self.new.funcs.push(index)
            if item.is_import:
                self.realloc = self._next_function()
                out.function(self.new.types.of(item.func_type()))
                out.raw_code(_realloc_via_memory_grow(self.page_size_log2))
            else:
                out.function(self.new.types.of(item.func_type()))
        stack_pointer = self.stack_pointer
        if stack_pointer is not None and self.allocation_state is not None and self.main_realloc is not None:
            self.lazy = self._next_function()
            self.new.funcs.next += 1
            out.function(out.type_func(_EMPTY_TYPE))
        exported = {export.index for export in self.module.exports.values() if export.kind == FUNC}
        for index, item in local:
            if item.init is not None:
                self._encode_body(item.init, self.lazy if index in exported else -1)
        if self.lazy >= 0:
            assert stack_pointer is not None
            out.raw_code(_allocate_stack(self.realloc, stack_pointer, self.allocation_state))

    def _encode_stack_allocation(self, empty_type: int, memories: int) -> None:
        """Writes a start function that allocates the stack, unless that is done later, and a `realloc` where needed."""
        out = self.out
        assert self.stack_pointer is not None
        if self.realloc < 0 or self.allocation_state is None:
            # No `realloc`, or none that may be called while another call of it is under way.
            self.realloc = self._next_function()
            out.function(out.type_func(_REALLOC_TYPE))
            out.raw_code(_realloc_via_memory_grow(self.page_size_log2))
        if self.lazy >= 0 or memories == 0:
            return
        if memories != 1:
            raise error("adapter modules don't support multi-memory")
        new_pointer = self.new.globals.of(self.stack_pointer)
        start = self._next_function()
        out.function(out.type_func(_EMPTY_TYPE) if empty_type < 0 else empty_type)
        self.func_names.append((start, "allocate_stack"))
        # The state's index is left as it was, as the reference leaves it.
        out.raw_code(_allocate_stack(self.realloc, new_pointer, self.allocation_state))
        out.start = start

    def _encode_types(self) -> int:
        """Writes the live types; returns the new index of the last one that is `[] -> []`, or -1."""
        empty_type = -1
        for index in sorted(self.module.live_types):
            self.new.types.push(index)
            found = self.module.types[index]
            params = tuple([self.new.val_type(t) for t in found.params])
            self.out.type_func(FuncType(params, tuple([self.new.val_type(t) for t in found.results])))
            if not found.params and not found.results:
                empty_type = self.new.types.of(index)
        return empty_type

    def _encode_memories_tables_globals(self) -> int:
        """Writes what is live of these; returns the number of memories."""
        module, out = self.module, self.out
        memories = 0
        for index in _live(module.live_memories, module.memories):
            self.new.memories.push(index)
            item = module.memories[index]
            memory = item.type
            assert isinstance(memory, MemoryType)
            if item.is_import:
                out.import_(item.module, item.name, MEMORY, memory)
            else:
                out.memory(memory)
            memories += 1
        for index in _live(module.live_tables, module.tables):
            self.new.tables.push(index)
            item = module.tables[index]
            table = item.type
            assert isinstance(table, TableType)
            element = self.new.val_type(table.element_type)
            table = TableType(element, table.initial, table.maximum, table.table64, table.shared)
            if item.is_import:
                out.import_(item.module, item.name, TABLE, table)
            else:
                out.table(table)
        for index in _live(module.live_globals, module.globals):
            self.new.globals.push(index)
            item = module.globals[index]
            global_ = item.type
            assert isinstance(global_, GlobalType)
            global_ = GlobalType(self.new.val_type(global_.content_type), global_.mutable, global_.shared)
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
            locals_ = [(count, self.new.val_type(type_)) for count, type_ in read_locals(reader)]
            if lazy >= 0:
                out += code.call(lazy)
            self._encode_operators(out, reader)
        except WasmToolsError as e:
            if e.layers[-1].offset >= 0:
                raise e.context("There was an error when parsing") from None
            raise
        self.out.code(locals_, out)

    def _encode_operators(self, out: bytearray, reader: BinaryReader) -> None:
        operators = OperatorReader(reader)
        # What names nothing that has another index now stays as it is.
        is_plain = self.new.memories.map.get(0) == 0
        while True:
            if is_plain:
                begin = reader.pos
                skip_plain(operators)
                out += reader.data[begin : reader.pos]
            if operators.eof():
                break
            row = operators.next_operator()
            immediates = operators.immediates
            for place, kind in enumerate(row.kinds):
                immediates[place] = with_indices(kind, immediates[place], self.new)
            write_operator(out, row, immediates)

    # ----------------------------------------------------------------------- the rest

    def _encode_exports(self) -> None:
        for name, export in self.module.exports.items():
            if export.kind == FUNC:
                index = self.new.funcs.of(export.index)
            elif export.kind == TABLE:
                index = self.new.tables.of(export.index)
            elif export.kind == MEMORY:
                index = self.new.memories.of(export.index)
            else:
                index = self.new.globals.of(export.index)
            self.out.export(name, export.kind, index)

    def _encode_customs(self) -> None:
        """Appends the names of what is left, and the producers."""
        module = self.module
        func_names = self.func_names
        for index in _live(module.live_funcs, module.funcs):
            name = module.func_names.get(index)
            if name is not None:
                func_names.append((self.new.funcs.of(index), name))
        if self.lazy >= 0:
            func_names.append((self.lazy, "allocate_stack"))
        global_names = []
        for index in _live(module.live_globals, module.globals):
            name = module.global_names.get(index)
            if name is not None:
                global_names.append((self.new.globals.of(index), name))
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

_TRAP_IF: Final = code.IF + code.UNREACHABLE + code.END


def _realloc_via_memory_grow(page_size_log2: int) -> bytes:
    """The body of a `cabi_realloc` that gives one fresh stack's worth of memory a call, and nothing else."""
    body = b"\x01\x01\x7f"  # one local, an i32
    # The old block has to be none at all, the new one of just this size.
    for expected, local in ((0, 0), (0, 1), (STACK_SIZE, 3)):
        body += code.i32_const(expected) + code.local_get(local) + code.I32_NE + _TRAP_IF
    body += code.i32_const(STACK_SIZE >> page_size_log2) + code.MEMORY_GROW + code.local_tee(4)
    body += code.i32_const(-1) + code.I32_EQ + _TRAP_IF
    body += code.local_get(4)
    if page_size_log2 > 0:
        body += code.i32_const(page_size_log2) + code.I32_SHL
    return body + code.END


def _allocate_stack(realloc: int, stack_pointer: int, allocation_state: int | None) -> bytes:
    """The body of a function that lets the stack pointer point at the end of a new stack.

    With `allocation_state`, a global, it does so only once, and not while it is at it.
    """
    body = b"\x00"  # no locals
    if allocation_state is not None:
        body += code.global_get(allocation_state) + code.i32_const(UNALLOCATED) + code.I32_EQ + code.IF
        body += code.i32_const(ALLOCATING) + code.global_set(allocation_state)
    body += code.i32_const(0) + code.i32_const(0) + code.i32_const(8) + code.i32_const(STACK_SIZE) + code.call(realloc)
    body += code.i32_const(STACK_SIZE) + code.I32_ADD + code.global_set(stack_pointer)
    if allocation_state is not None:
        body += code.i32_const(ALLOCATED) + code.global_set(allocation_state) + code.END
    return body + code.END
