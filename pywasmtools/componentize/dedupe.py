"""Imports that stand twice in a core module: a component can't satisfy them, so later ones are renamed.

`f` becomes `f [v2]`, `f [v3]`…; what each was called is kept, for that name says what the import means.
"""

from __future__ import annotations

from pywasmtools.wasm.module import read_imports
from pywasmtools.wasm.payloads import COMPONENT, IMPORT_SECTION, MODULE_HEADER, VERSION, Parser
from pywasmtools.wasm.writer import name, section, vector, write_entity_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.module import Import


def rename_duplicate_imports(wasm: bytes) -> tuple[bytes, dict[tuple[str, str], str]]:
    """The module with unique imports, and the original field names by module and new field name.

    A module without duplicates is returned as it is. Raises where the module can't be parsed; a component
    is left to others.
    """
    sections: list[tuple[int, int, int]] = []
    imports: list[Import] = []
    at = -1
    for payload in Parser(wasm, bodies=False):
        if payload.kind == VERSION:
            if payload.encoding == COMPONENT:
                return (wasm, {})
        elif payload.kind == IMPORT_SECTION:
            reader = payload.section()
            for _ in range(payload.count):
                imports += read_imports(reader).imports()
            reader.finish_section()
            at = len(sections)
            sections.append((payload.id, payload.start, payload.end))
        elif payload.id >= 0:
            sections.append((payload.id, payload.start, payload.end))

    originals = _rename(imports)
    if not originals:
        return (wasm, {})
    out = [MODULE_HEADER]
    for number, (id_, start, end) in enumerate(sections):
        out.append(section(id_, _import_section(imports) if number == at else wasm[start:end]))
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
