"""Instructions, names and function types for the modules that this room writes: shims, fixups, what adapters get."""

from __future__ import annotations

from pywasmtools.wasm.module import NAME_FUNCTION, NAME_GLOBAL, NAME_MODULE
from pywasmtools.wasm.types import FuncType, GlobalType, concrete_heap, ref_type
from pywasmtools.wasm.writer import name, name_map, section, var_s64, var_u32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.module_builder import ModuleBuilder
    from pywasmtools.wasm.types import ValType

UNREACHABLE: Final = b"\x00"
IF: Final = b"\x04\x40"
"""Without operands and results."""
ELSE: Final = b"\x05"
END: Final = b"\x0b"
SELECT: Final = b"\x1b"
MEMORY_GROW: Final = b"\x40\x00"
"""Of memory 0."""
I32_EQZ: Final = b"\x45"
I32_EQ: Final = b"\x46"
I32_NE: Final = b"\x47"
I32_ADD: Final = b"\x6a"
I32_SHL: Final = b"\x74"


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


def local_tee(local: int) -> bytes:
    return b"\x22" + var_u32(local)


def global_get(global_: int) -> bytes:
    return b"\x23" + var_u32(global_)


def global_set(global_: int) -> bytes:
    return b"\x24" + var_u32(global_)


def i32_const(value: int) -> bytes:
    return b"\x41" + var_s64(value)


def i32_load(offset: int) -> bytes:
    """Of an aligned word of memory 0."""
    return b"\x28\x02" + var_u32(offset)


def i32_store(offset: int) -> bytes:
    """Of an aligned word of memory 0."""
    return b"\x36\x02" + var_u32(offset)


def ref_func(func: int) -> bytes:
    return b"\xd2" + var_u32(func)


def func_global(type_: int) -> GlobalType:
    """A mutable global that always holds a function of a type of the module."""
    return GlobalType(ref_type(False, concrete_heap(type_)), True)


class FuncTypes:
    """The function types of a module, each defined once."""

    __slots__ = ("_known", "_module")

    def __init__(self, module: ModuleBuilder) -> None:
        self._module = module
        self._known: dict[tuple[tuple[ValType, ...], tuple[ValType, ...]], int] = {}

    def index(self, params: tuple[ValType, ...], results: tuple[ValType, ...]) -> int:
        """The index of a function type; defines it where that was not done yet."""
        index = self._known.get((params, results))
        if index is None:
            index = self._module.type_func(FuncType(params, results))
            self._known[(params, results)] = index
        return index


def add_names(
    module: ModuleBuilder, module_name: str, functions: list[tuple[int, str]] | None, globals_: list[tuple[int, str]]
) -> None:
    """Appends a `name` section; `functions` None leaves out their names."""
    data = section(NAME_MODULE, name(module_name))
    if functions is not None:
        data += section(NAME_FUNCTION, name_map(functions))
    if globals_:
        data += section(NAME_GLOBAL, name_map(globals_))
    module.custom("name", data)
