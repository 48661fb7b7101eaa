"""Small core modules for tests: signatures as words, a world embedded."""

from __future__ import annotations

from pywasmtools.wasm.module_builder import ModuleBuilder, i32_const
from pywasmtools.wasm.types import F32, F64, FUNCREF, I32, I64, FuncType, GlobalType, MemoryType, TableType
from pywasmtools.wasm.writer import custom_section, name, name_map, section
from pywasmtools.wit.model import Resolve
from pywasmtools.wit.transform.push import push_source
from pywasmtools.wit_binary.component_type import embed

TYPES = {"i32": I32, "i64": I64, "f32": F32, "f64": F64}
MEMORY = "memory"
REALLOC = "cabi_realloc: i32 i32 i32 i32 -> i32"


def func_type(signature: str) -> FuncType:
    """`i32 i64 -> f32`."""
    params, _, results = signature.partition("->")
    return FuncType(tuple(TYPES[t] for t in params.split()), tuple(TYPES[t] for t in results.split()))


def core_module(imports: tuple[str, ...] = (), exports: tuple[str, ...] = ()) -> bytes:
    """A module of `module::field: signature` imports and `field: signature` exports, whose bodies trap.

    Also `env::memory` to import a memory, `memory` to export one, `__indirect_function_table` a table, and
    `$name` as an export: a mutable i32 global of that debug name, not exported.
    """
    module = ModuleBuilder()
    types: dict[FuncType, int] = {}
    funcs = 0

    def type_of(signature: str) -> int:
        found = func_type(signature)
        if found not in types:
            types[found] = module.type_func(found)
        return types[found]

    for text in imports:
        if text == "env::memory":
            module.import_("env", "memory", 2, MemoryType(1))
            continue
        place, _, signature = text.rpartition(": ")
        module_name, _, field = place.partition("::")
        module.import_(module_name, field, 0, type_of(signature))
        funcs += 1
    global_names = []
    for text in exports:
        if text.endswith(MEMORY):
            module.memory(MemoryType(1))
            module.export(text, 2, 0)
        elif text == "__indirect_function_table":
            module.table(TableType(FUNCREF, 1))
            module.export(text, 1, 0)
        elif text.startswith("$"):
            global_names.append((module.global_(GlobalType(I32, True), i32_const(0)), text[1:]))
        else:
            field, _, signature = text.rpartition(": ")
            index = funcs + module.function(type_of(signature))
            module.code([], b"\x00\x0b")
            module.export(field, 0, index)
    if global_names:
        module.customs += custom_section("name", section(7, name_map(global_names)))
    return module.finish()


def world_module(
    wit: str,
    imports: tuple[str, ...] = (),
    exports: tuple[str, ...] = (),
    producers: tuple[str, str] | None = None,
    encoding: str = "utf8",
) -> bytes:
    """Such a module with the one world of a WIT package embedded."""
    resolve = Resolve()
    push_source(resolve, "a.wit", wit.encode())
    data = core_module(imports, exports)
    if producers is not None:
        tool, version = producers
        content = b"\x01" + name("language") + b"\x01" + name(tool) + name(version)
        data += custom_section("producers", content)
    return embed(data, resolve, len(resolve.worlds) - 1, encoding)
