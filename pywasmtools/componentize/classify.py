"""Drives the validator over a core module and asks, section by section, what its imports and exports mean.

Both happen in one pass, so that a section's own errors come before those of what it means, and those
before the errors of later sections. Function bodies are not looked into.

Imports that stand twice in a module are renamed before, for a component can't satisfy them: `f` becomes `f [v2]`,
`f [v3]`…; what each was called is kept, for that name says what the import means.
"""

from __future__ import annotations

from pywasmtools.componentize.classify_exports import ExportClassifier
from pywasmtools.componentize.classify_imports import ImportClassifier
from pywasmtools.componentize.linkage import ValidatedModule, check_signature
from pywasmtools.diagnostics import error
from pywasmtools.validation.validator import Validator
from pywasmtools.wasm.module import FUNC, MEMORY, read_export, read_imports
from pywasmtools.wasm.payloads import COMPONENT, END, EXPORT_SECTION, IMPORT_SECTION, MODULE_HEADER, VERSION, Parser
from pywasmtools.wasm.types import MemoryType
from pywasmtools.wasm.writer import name, section, section_head, vector, write_entity_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.componentize.linkage import Arguments
    from pywasmtools.wasm.module import Import
    from pywasmtools.wasm.types import FuncType
    from pywasmtools.wit.abi import FlatTypes
    from pywasmtools.wit.model import WorldKey


def validate_module(
    flat: FlatTypes,
    world: int,
    adapters: list[str],
    reject_legacy: bool,
    data: bytes,
    keys: list[WorldKey],
    original_names: dict[tuple[str, str], str],
    arguments: Arguments,
) -> ValidatedModule:
    """What a module's imports and exports mean to the world.

    `keys` are the world's exports that the module has to provide, `adapters` the names it may import from, `arguments`
    what a library gets in any case.
    Raises what is malformed, invalid (bodies aside), unknown to the world, or missing.
    """
    validator = Validator()
    imports = ImportClassifier(flat, world, adapters, reject_legacy, original_names, arguments)
    exports = ExportClassifier(flat, world, keys, reject_legacy)
    found = ValidatedModule()
    for payload in Parser(data, bodies=False):
        validator.payload(payload)
        if payload.kind == END:
            break
        if payload.kind == VERSION:
            if payload.encoding == COMPONENT:
                raise error("data is not a WebAssembly module")
        elif payload.kind == IMPORT_SECTION:
            state = validator.module
            assert state is not None
            reader = payload.section()
            for _ in range(payload.count):
                for item in read_imports(reader).imports():
                    func_type: FuncType | None = None
                    memory_type: MemoryType | None = None
                    if isinstance(item.type, MemoryType):
                        memory_type = item.type
                    elif isinstance(item.type, int):
                        func_type = state.module.func_type_at(state.types, item.type, item.offset)
                    imports.add(found.imports, item.module, item.name, item.kind, func_type, memory_type)
        elif payload.kind == EXPORT_SECTION:
            state = validator.module
            assert state is not None
            reader = payload.section()
            for _ in range(payload.count):
                export = read_export(reader)
                func_type = None
                memory_type = None
                if export.kind == FUNC:
                    func_type = state.module.type_of_function(state.types, export.index, payload.start)
                elif export.kind == MEMORY:
                    memory_type = state.module.memories[export.index]
                exports.add(found.exports, export.name, export.kind, func_type, memory_type)
    exports.check(found.exports)
    return found


def validate_adapter_module(
    flat: FlatTypes,
    world: int,
    adapters: list[str],
    reject_legacy: bool,
    data: bytes,
    keys: list[WorldKey],
    required: dict[str, FuncType],
    arguments: Arguments,
) -> ValidatedModule:
    """The same of an adapter or a library, which has to export the functions that others import from it, too."""
    found = validate_module(flat, world, adapters, reject_legacy, data, keys, {}, arguments)
    for func_name, func_type in required.items():
        actual = found.exports.raw.get(func_name)
        if actual is None:
            raise error(f"adapter module did not export `{func_name}`")
        check_signature(func_name, (func_type.params, func_type.results), actual)
    return found


# ------------------------------------------------------------------------------- imports that stand twice


def rename_duplicate_imports(wasm: bytes) -> tuple[bytes, dict[tuple[str, str], str]]:
    """The module with unique imports, and the original field names by module and new field name.

    A module without duplicates is returned as it is. Raises where the module can't be parsed up to its imports; what
    comes behind them, and a component, is left to others.
    """
    imports: list[Import] = []
    for payload in Parser(wasm, bodies=False):
        if payload.kind == VERSION:
            if payload.encoding == COMPONENT:
                return (wasm, {})
        elif payload.kind == IMPORT_SECTION:
            reader = payload.section()
            for _ in range(payload.count):
                imports += read_imports(reader).imports()
            reader.finish_section()
            break
    originals = _rename(imports)
    if not originals:
        return (wasm, {})
    view = memoryview(wasm)
    out: list[bytes | memoryview] = [MODULE_HEADER]
    for payload in Parser(wasm, bodies=False):
        if payload.kind == IMPORT_SECTION:
            out.append(section(payload.id, _import_section(imports)))
        elif payload.id >= 0:
            content = view[payload.start : payload.end]
            out += (section_head(payload.id, len(content)), content)
    return (b"".join(out), originals)


def _rename(imports: list[Import]) -> dict[tuple[str, str], str]:
    """Gives later imports of a name names of their own; returns the original of each new one."""
    used: set[tuple[str, str]] = set()
    originals: dict[tuple[str, str], str] = {}
    last: dict[tuple[str, str], int] = {}
    for item in imports:
        key = (item.module, item.name)
        if key in used:
            # A number once taken stays taken, so the search goes on where it last stopped.
            number = last.get(key, 1)
            renamed = key
            while renamed in used:
                number += 1
                renamed = (item.module, f"{item.name} [v{number}]")
            last[key] = number
            originals[renamed] = item.name
            item.name = renamed[1]
            key = renamed
        used.add(key)
    return originals


def _import_section(imports: list[Import]) -> bytes:
    """The content of an import section, every import in the plain form."""
    items = []
    for item in imports:
        out = bytearray(name(item.module) + name(item.name))
        write_entity_type(out, item.kind, item.type)
        items.append(out)
    return vector(items)
