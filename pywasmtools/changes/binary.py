"""Two binaries with all that is nested in them: `compare`. Components are taken apart, core modules held against each other."""

from __future__ import annotations

from pywasmtools.changes.compatible import fits
from pywasmtools.changes.core import compare_modules
from pywasmtools.changes.model import ADDED, CHANGED, REMOVED, Change, Part, changes_of
from pywasmtools.changes.module import Sections, read_module
from pywasmtools.changes.wit import package_changes, world_changes
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm import payloads
from pywasmtools.wasm.annotations import DESCRIPTIVE, read_component_names, read_module_names, read_producers
from pywasmtools.wasm.component import read_component_export, read_component_import
from pywasmtools.wasm.module import read_name_map
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.spaces import COMPONENT_SORTS, CORE_SORTS, sort_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.annotations import Producers
    from pywasmtools.wit.model import Decoded

DEEPEST: Final = 64
"""So many components in one another are looked into; the reader allows more."""

INTERPRETED: Final = ("producers", "name", "component-name")
"""Custom sections that are told by what they say."""


class Nested:
    """A binary that is nested in a component: `name` is what it calls itself, or what the component calls it."""

    __slots__ = ("data", "kind", "name")

    def __init__(self, kind: str, data: bytes) -> None:
        self.kind = kind
        self.data = data
        self.name = ""


class Component:
    """A component taken apart: its sections by sort, the names of its imports and exports, and what is nested in it."""

    __slots__ = ("exports", "imports", "name", "names", "nested", "sections")

    def __init__(self) -> None:
        self.name = ""
        self.sections = Sections()
        self.imports: dict[str, str] = {}
        self.exports: dict[str, str] = {}
        self.nested: list[Nested] = []
        self.names: dict[str, dict[int, str]] = {}


def read_component(data: bytes) -> Component:
    """Reads a component; raises what can't be parsed. What is nested is not looked into."""
    component = Component()
    parser = payloads.Parser(data)
    while True:
        payload = parser.next_payload()
        if payload is None:
            break
        kind = payload.kind
        component.sections.add(payload)
        if kind in (payloads.MODULE_SECTION, payloads.COMPONENT_SECTION):
            word = "module" if kind == payloads.MODULE_SECTION else "component"
            component.nested.append(Nested(word, data[payload.start : payload.end]))
            parser.skip_nested(payload)
        elif kind == payloads.COMPONENT_IMPORT_SECTION:
            reader = payload.section()
            for _ in range(payload.count):
                import_ = read_component_import(reader)
                component.imports[import_.name.name] = sort_of(import_.type.kind).noun
        elif kind == payloads.COMPONENT_EXPORT_SECTION:
            reader = payload.section()
            for _ in range(payload.count):
                export = read_component_export(reader)
                component.exports[export.name.name] = sort_of(export.kind).noun
        elif kind == payloads.CUSTOM_SECTION and payload.name == "component-name":
            _read_names(component, payload.section())
    _name_nested(component)
    return component


def _read_names(component: Component, reader: BinaryReader) -> None:
    """What a component calls itself and its items, by their sort; what is malformed is left out."""
    try:
        names = read_component_names(reader)
        component.name = names.component_name or ""
        for subsection in names.subsections:
            if subsection.sort >= 0:
                sort = CORE_SORTS[subsection.sort] if subsection.is_core else COMPONENT_SORTS[subsection.sort]
                named = dict(read_name_map(subsection.reader.clone(), subsection.count))
                component.names[sort.noun] = named
    except WasmToolsError:
        pass


def _name_nested(component: Component) -> None:
    """Gives what is nested a name: that of its own, or that which the component has for it by its number."""
    numbers = {"module": 0, "component": 0}
    for nested in component.nested:
        number = numbers[nested.kind]
        numbers[nested.kind] += 1
        sort = "core module" if nested.kind == "module" else "component"
        nested.name = own_name(nested.data) or component.names.get(sort, {}).get(number, "")


def own_name(data: bytes) -> str:
    """What a module or component calls itself; empty where it says nothing that can be read."""
    found = ""
    parser = payloads.Parser(data, bodies=False)
    try:
        while True:
            payload = parser.next_payload()
            if payload is None:
                return found
            if payload.kind in (payloads.MODULE_SECTION, payloads.COMPONENT_SECTION):
                parser.skip_nested(payload)
            elif payload.kind == payloads.CODE_SECTION_START:
                parser.skip_section()
            elif payload.kind == payloads.CUSTOM_SECTION and payload.name == "name":
                found = read_module_names(payload.section()).module_name or ""
            elif payload.kind == payloads.CUSTOM_SECTION and payload.name == "component-name":
                found = read_component_names(payload.section()).component_name or ""
    except WasmToolsError:
        return found


# ------------------------------------------------------------------------------- comparing


def compare(a: bytes, b: bytes, name: str = "", depth: int = 0) -> Part:
    """What differs between two modules or components. Raises what can't be parsed."""
    kinds = [_kind(data) for data in (a, b)]
    part = Part(kinds[0] if kinds[0] == kinds[1] else f"{kinds[0]} → {kinds[1]}", name, len(a), len(b))
    if a == b:
        part.same = True
        return part
    _compare_worlds(a, b, part, depth)
    if kinds == ["module", "module"]:
        one, two = read_module(a), read_module(b)
        _compare_sections(one.sections, two.sections, part)
        compare_modules(one, two, part)
        part.names[:0] = _name_change(one.module_name, two.module_name)
    elif kinds == ["component", "component"]:
        _compare_components(read_component(a), read_component(b), part, depth)
        part.names[:0] = _name_change(own_name(a), own_name(b))
    else:
        part.names += _name_change(own_name(a), own_name(b))
    if not _has_changes(part) and depth < DEEPEST:
        part.notes.append("both hold the same: how numbers are encoded, or the order of sections, is not")
    return part


def _kind(data: bytes) -> str:
    return "component" if payloads.is_component(data) else "module"


def _name_change(before: str, after: str) -> list[Change]:
    """The change of what a module or component calls itself."""
    if before == after:
        return []
    kind = ADDED if not before else REMOVED if not after else CHANGED
    return [Change(kind, "name", before or after, before or None, after or None)]


def _has_changes(part: Part) -> bool:
    lists = (part.world, part.imports, part.exports, part.producers, part.names, part.sections, part.definitions)
    return bool(any(lists) or part.code or part.data or part.parts or part.renumbered)


def _compare_worlds(a: bytes, b: bytes, part: Part, depth: int) -> None:
    """The worlds of two components, or those that are embedded in modules; or the packages that both are."""
    one, two = _decoded(a, part, "the first"), _decoded(b, part, "the second")
    if one is None or two is None:
        return
    if one.is_package and two.is_package:
        part.world = package_changes(one.resolve, one.package, two.resolve, two.package)
        return
    if one.is_package or two.is_package:
        part.notes.append("one of the two is a package of WIT, the other is none")
        return
    part.world = world_changes(one.resolve, one.world, two.resolve, two.world)
    if part.world and not depth:
        part.verdict = fits(two.resolve, two.world, one.resolve, one.world)


def _decoded(data: bytes, part: Part, which: str) -> Decoded | None:
    """The WIT of a component, or that which is embedded in a module; None without one."""
    from pywasmtools.load import decode_bytes

    if not payloads.is_component(data) and data.find(b"component-type") < 0:
        return None
    try:
        return decode_bytes(data, "<input>")
    except WasmToolsError as e:
        if "no `component-type*` custom sections" not in str(e):
            part.notes.append(f"{which} has no world that can be told as WIT: {e.layers[-1].message}")
        return None


def _compare_sections(a: Sections, b: Sections, part: Part) -> None:
    """Sections by sort: how many items are in them and how many bytes; and what descriptive ones say."""
    names = [*a.by_name, *[name for name in b.by_name if name not in a.by_name]]
    for name in names:
        one, two = a.by_name.get(name), b.by_name.get(name)
        if one is not None and two is not None and one.content == two.content:
            continue
        counts = [None if s is None or name.startswith("custom") else s.count for s in (one, two)]
        before, after = (None if count is None else f"{count} {'item' if count == 1 else 'items'}" for count in counts)
        kind = ADDED if one is None else REMOVED if two is None else CHANGED
        change = Change(kind, "section", name, before, after)
        part.sections.append(change.sized(-1 if one is None else one.size, -1 if two is None else two.size))
    part.producers = [
        *changes_of("producer", _producers(a), _producers(b)),
        *changes_of("description", _descriptions(a), _descriptions(b)),
    ]


def _custom(sections: Sections, name: str) -> bytes | None:
    """What the last custom section of a name holds."""
    found = sections.by_name.get(f"custom `{name}`")
    return None if found is None else found.content[-1]


def _producers(sections: Sections) -> dict[str, str]:
    """What made a binary: the version of each tool, by field and tool."""
    data = _custom(sections, "producers")
    if data is None:
        return {}
    try:
        producers: Producers = read_producers(BinaryReader(data))
    except WasmToolsError:
        return {}
    return {f"{field} {tool}": text for field, tools in producers.fields.items() for tool, text in tools.items()}


def _descriptions(sections: Sections) -> dict[str, str]:
    """What a binary says of itself in sections of text."""
    found: dict[str, str] = {}
    for name in DESCRIPTIVE:
        data = _custom(sections, name)
        if data is not None:
            found[name] = data.decode("utf-8", "replace")
    return found


def _compare_components(a: Component, b: Component, part: Part, depth: int) -> None:
    _compare_sections(a.sections, b.sections, part)
    if not part.world:
        # Imports and exports that WIT has no words for are told by name.
        part.imports = changes_of("import", a.imports, b.imports)
        part.exports = changes_of("export", a.exports, b.exports)
    for sort in [*a.names, *[sort for sort in b.names if sort not in a.names]]:
        before, after = a.names.get(sort, {}), b.names.get(sort, {})
        if before != after and sorted(before.values()) != sorted(after.values()):
            gone, new = set(before.values()) - set(after.values()), set(after.values()) - set(before.values())
            part.names += [Change(REMOVED, f"{sort} name", name, name) for name in before.values() if name in gone]
            part.names += [Change(ADDED, f"{sort} name", name, None, name) for name in after.values() if name in new]
    if depth >= DEEPEST:
        part.notes.append("what is nested deeper than this is not looked into")
        return
    for one, two in paired(a.nested, b.nested):
        if two is None:
            assert one is not None
            part.parts.append(Part(one.kind, one.name, len(one.data), -1))
        elif one is None:
            part.parts.append(Part(two.kind, two.name, -1, len(two.data)))
        elif one.data != two.data:
            part.parts.append(compare(one.data, two.data, one.name or two.name, depth + 1))


def paired(a: list[Nested], b: list[Nested]) -> list[tuple[Nested | None, Nested | None]]:
    """What is nested on either side, with what belongs to it on the other: the same bytes, or of its name.

    What has no name belongs to the next one of its kind without a partner; and so does the last one that is left on each side.
    """
    left = list(b)
    partners: list[Nested | None] = [None] * len(a)
    for rule in range(4):
        for k, one in enumerate(a):
            if partners[k] is not None:
                continue
            alone = [n for n, p in zip(a, partners, strict=True) if p is None and n.kind == one.kind] == [one]
            for two in left:
                if _belongs(one, two, rule, alone and [n for n in left if n.kind == one.kind] == [two]):
                    partners[k] = two
                    left.remove(two)
                    break
    pairs: list[tuple[Nested | None, Nested | None]] = list(zip(a, partners, strict=True))
    pairs += [(None, two) for two in left]
    return pairs


def _belongs(one: Nested, two: Nested, rule: int, alone: bool) -> bool:
    """Whether two nested binaries belong together, by one rule after the other."""
    if one.kind != two.kind:
        return False
    if rule == 0:
        return one.data == two.data
    if rule == 1:
        return bool(one.name) and one.name == two.name
    if rule == 2:
        return not one.name or not two.name
    return alone
