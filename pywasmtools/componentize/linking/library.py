"""What a dynamic library says of itself: its `dylink.0` section, what it imports and exports.

The conventions are those of https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md: memory, table,
stack pointer and bases come from `env`, addresses from `GOT.mem` and `GOT.func`.
"""

from __future__ import annotations

from pywasmtools.diagnostics import CRASH, Layer, WasmToolsError, error
from pywasmtools.wasm.dylink import (
    BINDING_WEAK,
    IMPORT_INFO,
    MEM_INFO,
    NAMES,
    NEEDED,
    TARGET_ARCH,
    read_dylink_subsection,
)
from pywasmtools.wasm.module import (
    FUNC,
    GLOBAL,
    MEMORY,
    TABLE,
    TAG,
    read_export,
    read_global,
    read_imports,
    read_rec_group,
    read_tag_type,
)
from pywasmtools.wasm.payloads import (
    CUSTOM_SECTION,
    EXPORT_SECTION,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    IMPORT_SECTION,
    TAG_SECTION,
    TYPE_SECTION,
    Parser,
)
from pywasmtools.wasm.types import (
    F64,
    FUNCREF,
    I32,
    FuncType,
    GlobalType,
    TableType,
    TagType,
    debug_val_type,
    debug_val_types,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.dylink import DylinkSubsection
    from pywasmtools.wasm.module import Import
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wit_binary.component_type import Bindgen

    Symbol: TypeAlias = "tuple[str, int, FuncType | GlobalType]"
    """A name, an external kind (FUNC, GLOBAL or TAG), and the type: that of a function or tag, or of a global."""

    SortKey: TypeAlias = "tuple[object, ...]"

# Modules and items that a library imports by convention.
ENV: Final = "env"
GOT_MEM: Final = "GOT.mem"
GOT_FUNC: Final = "GOT.func"
MEMORY_NAME: Final = "memory"
TABLE_NAME: Final = "__indirect_function_table"
MEMORY_BASE: Final = "__memory_base"
TABLE_BASE: Final = "__table_base"
STACK_POINTER: Final = "__stack_pointer"
INIT_STACK_POINTER: Final = "__init_stack_pointer"
ASYNCIFY_STATE: Final = "__asyncify_state"
ASYNCIFY_DATA: Final = "__asyncify_data"
HEAP_BASE: Final = "__heap_base"
HEAP_END: Final = "__heap_end"
STACK_HIGH: Final = "__stack_high"
STACK_LOW: Final = "__stack_low"
LIBDL_LIBRARIES: Final = "__wasm_libdl_libraries"
PROGRAM_TLS_INFO: Final = "__wasm_program_tls_info"
GET_TLS_BASE: Final = "__wasm_get_tls_base"
SET_TLS_BASE: Final = "__wasm_set_tls_base"
ROOT: Final = "$root"
THREAD_NEW_INDIRECT: Final = "[thread-new-indirect-v0]"

ADDRESSES: Final = (HEAP_BASE, HEAP_END, STACK_HIGH, STACK_LOW, LIBDL_LIBRARIES, PROGRAM_TLS_INFO)
"""Addresses in `GOT.mem` that belong to the whole program."""

# What a library exports for the linker, not for other libraries.
APPLY_DATA_RELOCS: Final = "__wasm_apply_data_relocs"
CALL_CTORS: Final = "__wasm_call_ctors"
INITIALIZE: Final = "_initialize"
START: Final = "_start"
LIBRARY_TLS_INFO: Final = "__wasm_library_tls_info"

FOR_LINKER: Final = (APPLY_DATA_RELOCS, CALL_CTORS, INITIALIZE, START, LIBRARY_TLS_INFO)

THUNK: Final = FuncType((), ())
_GET: Final = FuncType((), (I32,))
_SET: Final = FuncType((I32,), ())
ADDRESS: Final = GlobalType(I32)
"""The type of an exported global that holds an address, relative to the library's memory."""

ENV_INTRINSICS: Final = {
    "__wasm_get_stack_pointer": _GET,
    "__wasm_set_stack_pointer": _SET,
    GET_TLS_BASE: _GET,
    SET_TLS_BASE: _SET,
}
"""Functions of `env` that no library exports, and their types."""

KIND_NAMES: Final = {FUNC: "function", GLOBAL: "global", TAG: "tag"}


def crash(message: str) -> WasmToolsError:
    """A refusal where the reference crashes."""
    return WasmToolsError(Layer(message), CRASH)


def show_func_type(type_: FuncType) -> str:
    """`[I32] -> []`."""
    return f"{debug_val_types(type_.params)} -> {debug_val_types(type_.results)}"


def show_symbol(symbol: Symbol) -> str:
    """`name (function [I32] -> [])`."""
    name, kind, type_ = symbol
    if isinstance(type_, FuncType):
        return f"{name} ({KIND_NAMES[kind]} {show_func_type(type_)})"
    mutable = "mut " if type_.mutable else ""
    return f"{name} ({KIND_NAMES[kind]} {mutable}{debug_val_type(type_.content_type)})"


def _types_key(type_: FuncType) -> SortKey:
    """Orders function types: by parameters, then results; of numbers i32 is the first, f64 the last."""
    return (tuple([-t for t in type_.params]), tuple([-t for t in type_.results]))


def _symbol_key(symbol: Symbol) -> SortKey:
    """Orders symbols: by name, kind and type."""
    name, kind, type_ = symbol
    if isinstance(type_, FuncType):
        return (name, 0 if kind == FUNC else 2, _types_key(type_))
    return (name, 1, (-type_.content_type, type_.mutable, type_.shared))


class LibraryImport:
    """What a library imports of an adapter: a function or a global, with the flags that `dylink.0` has for it."""

    __slots__ = ("flags", "module", "symbol")

    def __init__(self, module: str, symbol: Symbol, flags: int) -> None:
        self.module = module
        self.symbol = symbol
        self.flags = flags

    def key(self) -> tuple[str, Symbol, int]:
        """What makes two of them one import."""
        return (self.module, self.symbol, self.flags)


class Library:
    """A library and what the linker has to know of it.

    `wasm` are its bytes without component-type sections, `bindgen` is what these said; None where it has to be made yet.
    Sizes are in bytes and elements, alignments powers of two. Lists are in the order in which output shows them: by name.
    """

    __slots__ = (
        "bindgen",
        "dl_openable",
        "env_imports",
        "exported_for_linker",
        "exports",
        "func_addresses",
        "has_component_exports",
        "imports",
        "is_asyncified",
        "mem_addresses",
        "memory_alignment",
        "memory_size",
        "name",
        "needed",
        "needs",
        "table_alignment",
        "table_size",
        "tags",
        "uses_threads",
        "wasm",
    )

    def __init__(self, name: str, dl_openable: bool, wasm: bytes, bindgen: Bindgen | None) -> None:
        self.name = name
        self.dl_openable = dl_openable
        self.wasm = wasm
        self.bindgen = bindgen
        self.has_component_exports = bindgen is not None and bool(bindgen.resolve.worlds[bindgen.world].exports)
        self.memory_size = 0
        self.memory_alignment = 1
        self.table_size = 0
        self.table_alignment = 1
        self.needed: list[str] = []
        """The libraries that `dylink.0` names."""
        self.exported_for_linker: set[str] = set()
        """Which of FOR_LINKER it exports."""
        self.needs: set[str] = set()
        """Which items of the whole program it imports: its stack, its heap, thread-local storage."""
        self.is_asyncified = False
        self.uses_threads = False
        self.env_imports: list[tuple[str, FuncType, int]] = []
        """Functions of other libraries, with their flags."""
        self.mem_addresses: list[str] = []
        """Data of other libraries whose addresses it wants."""
        self.func_addresses: list[str] = []
        """Functions whose places in the table it wants."""
        self.tags: list[tuple[str, FuncType]] = []
        """Tags of other libraries."""
        self.exports: list[Symbol] = []
        self.imports: list[LibraryImport] = []
        """What it imports of adapters."""

    def weak_imports(self) -> set[str]:
        """The names of functions that it imports weakly."""
        return {name for name, _, flags in self.env_imports if flags & BINDING_WEAK}


def read_library(name: str, data: bytes, dl_openable: bool, adapters: set[str]) -> Library:
    """Reads a library. `adapters` are the names of adapters; raises what is malformed or not supported."""
    from pywasmtools.wit_binary.component_type import decode

    wasm, bindgen = decode(data)
    library = Library(name, dl_openable, data if wasm is None else wasm, bindgen)
    reader = _LibraryReader(library, adapters)
    for payload in Parser(data, bodies=False):
        reader.payload(payload)
    reader.finish()
    return library


class _LibraryReader:
    """Reads the sections of a library one after the other; types, functions, globals and tags as far as they are known."""

    __slots__ = (
        "_adapters",
        "_env",
        "_exports",
        "_func",
        "_functions",
        "_globals",
        "_import_flags",
        "_imports",
        "_library",
        "_mem",
        "_tag_imports",
        "_tags",
        "_types",
    )

    def __init__(self, library: Library, adapters: set[str]) -> None:
        self._library = library
        self._adapters = adapters
        self._types: list[FuncType] = []
        self._functions: list[int] = []
        self._globals: list[GlobalType] = []
        self._tags: list[int] = []
        self._import_flags: dict[tuple[str, str], int] = {}
        # Each import and export once, whatever stands twice.
        self._env: dict[tuple[str, FuncType, int], None] = {}
        self._mem: set[str] = set()
        self._func: set[str] = set()
        self._tag_imports: dict[tuple[str, FuncType], None] = {}
        self._imports: dict[tuple[str, Symbol, int], LibraryImport] = {}
        self._exports: dict[Symbol, None] = {}

    def finish(self) -> None:
        """Puts all in order."""
        library = self._library
        library.env_imports = sorted(self._env, key=lambda item: (item[0], _types_key(item[1]), item[2]))
        library.mem_addresses = sorted(self._mem)
        library.func_addresses = sorted(self._func)
        library.tags = sorted(self._tag_imports, key=lambda item: (item[0], _types_key(item[1])))
        library.exports = sorted(self._exports, key=_symbol_key)
        library.imports = sorted(
            self._imports.values(), key=lambda item: (item.module, _symbol_key(item.symbol), item.flags)
        )

    def payload(self, payload: Payload) -> None:
        """Reads a section, if it is one that counts."""
        kind = payload.kind
        if kind == CUSTOM_SECTION:
            if payload.name == "dylink.0":
                self._dylink(payload)
            return
        if kind not in (TYPE_SECTION, IMPORT_SECTION, FUNCTION_SECTION, GLOBAL_SECTION, TAG_SECTION, EXPORT_SECTION):
            return
        reader = payload.section()
        if kind == TYPE_SECTION:
            self._types = []
            for _ in range(payload.count):
                offset = reader.pos
                self._types.append(read_rec_group(reader).plain_func(offset))
        elif kind == IMPORT_SECTION:
            for _ in range(payload.count):
                for item in read_imports(reader).imports():
                    self._import(item)
        elif kind == FUNCTION_SECTION:
            for _ in range(payload.count):
                self._functions.append(reader.var_u32())
        elif kind == GLOBAL_SECTION:
            for _ in range(payload.count):
                self._globals.append(read_global(reader).type)
        elif kind == TAG_SECTION:
            for _ in range(payload.count):
                self._tags.append(read_tag_type(reader).func_type)
        else:
            for _ in range(payload.count):
                export = read_export(reader)
                self._export(export.name, export.kind, export.index)
        reader.finish_section()

    # ----------------------------------------------------------------------- dylink.0

    def _dylink(self, payload: Payload) -> None:
        library = self._library
        reader = payload.section()
        while reader.pos < reader.end:
            try:
                found = read_dylink_subsection(reader)
            except WasmToolsError as e:
                raise e.context("failed to parse `dylink.0` subsection") from None
            if found.id == MEM_INFO:
                library.memory_size, library.memory_alignment, library.table_size, library.table_alignment = (
                    found.numbers
                )
            else:
                self._dylink_names(found)

    def _dylink_names(self, found: DylinkSubsection) -> None:
        if found.id == NEEDED:
            self._library.needed = [entry[0] for entry in found.entries]
        elif found.id == IMPORT_INFO:
            for module, name, flags in found.entries:
                self._import_flags[(module, name)] = flags
        elif found.id == TARGET_ARCH:
            architecture = found.entries[0][0]
            if architecture != "wasm32":
                raise error(f"unsupported `dylink.0` target architecture: {architecture}")
        elif found.id not in NAMES:
            raise error(f"unrecognized `dylink.0` subsection: {found.id}")

    # ----------------------------------------------------------------------- types

    def _plain(self, type_: FuncType) -> FuncType:
        """A function type that has only numbers."""
        for found in type_.params + type_.results:
            _check_number(found)
        return type_

    def _type(self, index: int) -> FuncType:
        if index >= len(self._types):
            raise crash(f"library {self._library.name} names the type {index}, which it does not define")
        return self._types[index]

    def _func_type(self, index: int) -> FuncType:
        """A function type by its index, of numbers only."""
        return self._plain(self._type(index))

    # ----------------------------------------------------------------------- imports

    def _import(self, item: Import) -> None:
        """Notes what an import is for; refuses what has the wrong type."""
        library = self._library
        module, name, type_ = item.module, item.name, item.type
        if item.kind == FUNC and isinstance(type_, int):
            self._functions.append(type_)
        elif isinstance(type_, GlobalType):
            self._globals.append(type_)
        elif isinstance(type_, TagType):
            self._tags.append(type_.func_type)
        if module == ENV:
            self._env_import(item)
        elif module == GOT_MEM:
            _check_address(item)
            if name in ADDRESSES:
                library.needs.add(name)
            else:
                self._mem.add(name)
        elif module == GOT_FUNC:
            _check_address(item)
            self._func.add(name)
        elif module == ROOT and name == THREAD_NEW_INDIRECT:
            self._check_intrinsic(item, FuncType((I32, I32), (I32,)))
            library.uses_threads = True
        elif module in self._adapters:
            self._adapter_import(item)
        elif item.kind != FUNC and item.kind != GLOBAL:
            raise _unexpected(item)

    def _env_import(self, item: Import) -> None:
        library = self._library
        name, type_ = item.name, item.type
        if name == MEMORY_NAME:
            if item.kind != MEMORY:
                raise _unexpected(item)
        elif name == ASYNCIFY_STATE or name == ASYNCIFY_DATA:
            library.is_asyncified = True
            _check_address(item)
        elif name in (MEMORY_BASE, TABLE_BASE, STACK_POINTER, INIT_STACK_POINTER):
            _check_address(item)
            library.needs.add(name)
        elif name == TABLE_NAME:
            if not isinstance(type_, TableType) or type_.maximum is not None or type_.element_type != FUNCREF:
                raise _unexpected(item)
        elif name in ENV_INTRINSICS:
            self._check_intrinsic(item, ENV_INTRINSICS[name])
            library.needs.add(name)
        elif item.kind == FUNC and isinstance(type_, int):
            func_type = self._func_type(type_)
            self._env[(name, func_type, self._import_flags.get((ENV, name), 0))] = None
        elif isinstance(type_, TagType):
            self._tag_imports[(name, self._func_type(type_.func_type))] = None
        else:
            raise _unexpected(item)

    def _adapter_import(self, item: Import) -> None:
        module, name, type_ = item.module, item.name, item.type
        if isinstance(type_, GlobalType):
            _check_number(type_.content_type)
            symbol: Symbol = (name, GLOBAL, type_)
        elif item.kind == FUNC and isinstance(type_, int):
            symbol = (name, FUNC, self._func_type(type_))
        else:
            raise error(f"unsupported import kind for {module}.{name}: {_debug_type(item)}")
        found = LibraryImport(module, symbol, self._import_flags.get((module, name), 0))
        self._imports[found.key()] = found

    def _check_intrinsic(self, item: Import, expected: FuncType) -> None:
        """Refuses an import that is not a function of the type that the linker gives it."""
        module, name, type_ = item.module, item.name, item.type
        if item.kind != FUNC or not isinstance(type_, int):
            raise _unexpected(item)
        if type_ >= len(self._types):
            raise error(f"invalid function type index {type_} for `{module}.{name}`")
        try:
            found = self._plain(self._types[type_])
        except WasmToolsError as e:
            raise e.context(f"failed to read function type for `{module}.{name}`") from None
        _check_abi(f"function `{module}.{name}`", found, expected)

    # ----------------------------------------------------------------------- exports

    def _export(self, name: str, kind: int, index: int) -> None:
        """Notes an export."""
        if name in FOR_LINKER:
            if name == APPLY_DATA_RELOCS or name == CALL_CTORS:
                self._check_thunk(name, kind, index)
            self._library.exported_for_linker.add(name)
            return
        if kind == MEMORY or kind == TABLE:
            raise error(f"unsupported export kind for {name}: {'Memory' if kind == MEMORY else 'Table'}")
        space = len(self._globals if kind == GLOBAL else self._tags if kind == TAG else self._functions)
        if index >= space:
            raise crash(f"library {self._library.name} exports `{name}`, which it does not have")
        if kind == GLOBAL:
            type_ = self._globals[index]
            _check_number(type_.content_type)
            self._exports[(name, kind, type_)] = None
        else:
            type_index = self._tags[index] if kind == TAG else self._functions[index]
            self._exports[(name, kind, self._func_type(type_index))] = None

    def _check_thunk(self, name: str, kind: int, index: int) -> None:
        """Refuses an export that the start function can't call."""
        if kind != FUNC:
            shown = {MEMORY: "Memory", TABLE: "Table", GLOBAL: "Global", TAG: "Tag"}[kind]
            raise error(f"unexpected kind for export `{name}`: {shown}")
        if index >= len(self._functions):
            raise crash(f"library {self._library.name} exports `{name}`, which it does not have")
        type_ = self._type(self._functions[index])
        try:
            found = self._plain(type_)
        except WasmToolsError as e:
            raise e.context(f"failed to read function type for export `{name}`") from None
        _check_abi(f"export `{name}`", found, THUNK)


def _check_number(type_: int) -> None:
    if not F64 <= type_ <= I32:
        raise error(f"{debug_val_type(type_)} not yet supported")


def _check_abi(what: str, found: FuncType, expected: FuncType) -> None:
    if found != expected:
        raise error(
            f"type mismatch for {what}: required linker ABI `{show_func_type(expected)}` "
            f"but found `{show_func_type(found)}`"
        )


def _check_address(item: Import) -> None:
    if not isinstance(item.type, GlobalType) or item.type.content_type != I32:
        raise _unexpected(item)


def _unexpected(item: Import) -> WasmToolsError:
    return error(f"unexpected type for {item.module}:{item.name}: {_debug_type(item)}")


def _debug_type(item: Import) -> str:
    """The type of an import as Rust's Debug prints it."""
    type_ = item.type
    if isinstance(type_, TagType):
        return f"Tag(TagType {{ kind: Exception, func_type_idx: {type_.func_type} }})"
    if isinstance(type_, int):
        return f"{'Func' if item.kind == FUNC else 'FuncExact'}({type_})"
    kind = "Global" if isinstance(type_, GlobalType) else "Table" if isinstance(type_, TableType) else "Memory"
    return f"{kind}({type_.debug()})"
