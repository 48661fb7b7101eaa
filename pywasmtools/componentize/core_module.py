"""Builds small core modules: the shim module and the fixup module. Knows bytes, not what they are for."""

from __future__ import annotations

from pywasmtools.wasm.types import FuncType, concrete_heap, ref_type
from pywasmtools.wasm.writer import (
    custom_section,
    name,
    name_map,
    section,
    var_s64,
    var_u32,
    vector,
    write_func_type,
    write_val_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.types import ValType

# External kinds.
FUNC: Final = 0
TABLE: Final = 1
MEMORY: Final = 2
GLOBAL: Final = 3

# Instructions, by their byte.
UNREACHABLE: Final = b"\x00"
END: Final = b"\x0b"
SELECT: Final = b"\x1b"

NAME_MODULE: Final = 0
NAME_FUNCTIONS: Final = 1
NAME_GLOBALS: Final = 7


def call(func: int) -> bytes:
    return b"\x10" + var_u32(func)


def call_indirect(type_: int) -> bytes:
    """Through table 0."""
    return b"\x11" + var_u32(type_) + b"\x00"


def return_call_ref(type_: int) -> bytes:
    return b"\x15" + var_u32(type_)


def local_get(local: int) -> bytes:
    return b"\x20" + var_u32(local)


def local_set(local: int) -> bytes:
    return b"\x21" + var_u32(local)


def global_get(global_: int) -> bytes:
    return b"\x23" + var_u32(global_)


def global_set(global_: int) -> bytes:
    return b"\x24" + var_u32(global_)


def i32_const(value: int) -> bytes:
    return b"\x41" + var_s64(value)


def ref_func(func: int) -> bytes:
    return b"\xd2" + var_u32(func)


def funcref_table(size: int) -> bytes:
    """The type of a table of exactly so many functions."""
    return b"\x70\x01" + var_u32(size) + var_u32(size)


def global_type(value_type: ValType) -> bytes:
    """The type of a mutable global."""
    out = bytearray()
    write_val_type(out, value_type)
    out.append(1)
    return bytes(out)


def func_ref_type(type_: int) -> ValType:
    """A reference, never null, to a function of a type of the module."""
    return ref_type(False, concrete_heap(type_))


class CoreModule:
    """The sections of a module, each a list of encoded items."""

    __slots__ = (
        "code",
        "elements",
        "exports",
        "function_names",
        "functions",
        "global_names",
        "globals",
        "imports",
        "memories",
        "start",
        "tables",
        "types",
        "types_by_signature",
    )

    def __init__(self) -> None:
        self.types: list[bytes] = []
        self.types_by_signature: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        self.imports: list[bytes] = []
        self.functions: list[bytes] = []
        self.tables: list[bytes] = []
        self.memories: list[bytes] = []
        self.globals: list[bytes] = []
        self.exports: list[bytes] = []
        self.start = -1
        self.elements: list[bytes] = []
        self.code: list[bytes] = []
        self.function_names: list[tuple[int, str]] = []
        self.global_names: list[tuple[int, str]] = []

    def func_type(self, params: tuple[int, ...], results: tuple[int, ...]) -> int:
        """The index of a function type."""
        index = self.types_by_signature.get((params, results))
        if index is None:
            index = len(self.types)
            self.types_by_signature[(params, results)] = index
            out = bytearray()
            write_func_type(out, FuncType(params, results))
            self.types.append(bytes(out))
        return index

    def add_import(self, module: str, field: str, kind: int, type_: bytes) -> None:
        self.imports.append(name(module) + name(field) + bytes((kind,)) + type_)

    def add_function(self, type_: int, body: bytes, locals_: bytes = b"\x00") -> None:
        """`body` are the instructions without the last `end`; `locals_` the vector of local declarations."""
        self.functions.append(var_u32(type_))
        self.code.append(var_u32(len(locals_) + len(body) + 1) + locals_ + body + END)

    def add_export(self, field: str, kind: int, index: int) -> None:
        self.exports.append(name(field) + bytes((kind,)) + var_u32(index))

    def add_active_element(self, funcs: list[int]) -> None:
        """Fills table 0 from its beginning."""
        self.elements.append(b"\x00" + i32_const(0) + END + vector([var_u32(f) for f in funcs]))

    def add_declared_element(self, funcs: list[int]) -> None:
        """Declares functions that `ref.func` takes."""
        self.elements.append(b"\x03\x00" + vector([var_u32(f) for f in funcs]))

    def finish(self, module_name: str, producers: bytes, always_types: bool) -> bytes:
        """The binary. `producers` is a whole section; an empty `module_name` leaves out the names."""
        out = [b"\x00asm\x01\x00\x00\x00"]
        if self.types or always_types:
            out.append(section(1, vector(self.types)))
        for id_, items in (
            (2, self.imports),
            (3, self.functions),
            (4, self.tables),
            (5, self.memories),
            (6, self.globals),
            (7, self.exports),
        ):
            if items:
                out.append(section(id_, vector(items)))
        if self.start >= 0:
            out.append(section(8, var_u32(self.start)))
        if self.elements:
            out.append(section(9, vector(self.elements)))
        if self.code:
            out.append(section(10, vector(self.code)))
        out.append(producers)
        if module_name:
            names = section(NAME_MODULE, name(module_name))
            if self.function_names:
                names += section(NAME_FUNCTIONS, name_map(self.function_names))
            if self.global_names:
                names += section(NAME_GLOBALS, name_map(self.global_names))
            out.append(custom_section("name", names))
        return b"".join(out)
