"""Two core modules: what differs in imports, exports, definitions, functions, data and names."""

from __future__ import annotations

from pywasmtools.changes.code import SPACES, Numbers, body, numbers, plain_name
from pywasmtools.changes.model import ADDED, CHANGED, REMOVED, Change, changes_of
from pywasmtools.changes.module import (
    WORDS,
    expression_text,
    external_kind,
    global_text,
    memory_text,
    table_text,
)
from pywasmtools.wasm import spaces
from pywasmtools.wasm.immediates import Indices
from pywasmtools.wasm.module import ACTIVE, DECLARED, PASSIVE
from pywasmtools.wasm.types import GlobalType, show_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.changes.model import Part
    from pywasmtools.changes.module import CoreModule
    from pywasmtools.wasm.module import Data, Element

MODES: Final = {ACTIVE: "active", PASSIVE: "passive", DECLARED: "declared"}


def compare_modules(a: CoreModule, b: CoreModule, part: Part) -> None:
    """Adds to a part what differs between two core modules."""
    same = numbers(a, b)
    part.imports = changes_of("import", _imports(a), _imports(b))
    part.exports = _exports(a, b, same)
    told = {(change.name, change.before, change.after) for change in part.exports}
    part.definitions = [c for c in _definitions(a, b, same) if (c.name, c.before, c.after) not in told]
    part.definitions += _elements(a, b, same)
    part.code = _code(a, b, same, part)
    part.data = _data(a, b, same)
    part.names += _renamed(a, b, same)


def _imports(module: CoreModule) -> dict[str, str]:
    """Imports by module and name; of one that comes again the how manieth it is, too."""
    found: dict[str, str] = {}
    for import_ in module.imports:
        name = f"{import_.module} {import_.name}"
        count = 1
        while name in found:
            count += 1
            name = f"{import_.module} {import_.name} #{count}"
        found[name] = module.import_text(import_)
    return found


def _exports(a: CoreModule, b: CoreModule, same: Numbers) -> list[Change]:
    """Exports by name: their types, and whether they are the same items."""
    found = changes_of("export", _export_texts(a), _export_texts(b))
    told = {change.name for change in found}
    before = {export.name: export for export in a.exports}
    for export in b.exports:
        one = before.get(export.name)
        if one is None or export.name in told or export.kind not in SPACES_OF_EXPORTS:
            continue
        if same.maps[export.kind].get(export.index, -1) != one.index:
            name, after = _item_name(a, one.kind, one.index), _item_name(b, export.kind, export.index)
            found.append(Change(CHANGED, "export", export.name, name, after))
    return found


SPACES_OF_EXPORTS: Final = (
    spaces.CORE_FUNC,
    spaces.CORE_TABLE,
    spaces.CORE_MEMORY,
    spaces.CORE_GLOBAL,
    spaces.CORE_TAG,
)


def _export_texts(module: CoreModule) -> dict[str, str]:
    """Exports by name, with their types; of one that is imported as well this is told."""
    found: dict[str, str] = {}
    for export in module.exports:
        text = module.entity_text(export.kind, export.index)
        found[export.name] = f"{text}, imported" if export.index < module.imported(export.kind) else text
    return found


# ------------------------------------------------------------------------------- definitions


def _definitions(a: CoreModule, b: CoreModule, same: Numbers) -> list[Change]:
    """Tables, memories, globals and tags that are defined, and the start function."""
    found: list[Change] = []
    for kind in (spaces.CORE_TABLE, spaces.CORE_MEMORY, spaces.CORE_GLOBAL, spaces.CORE_TAG):
        texts, texts_after = _texts(a, kind), _texts(b, kind)
        back = {index: other for other, index in same.maps[kind].items()}
        for index, text in texts.items():
            other = texts_after.get(back.get(index, -1))
            if other != text:
                name = _item_name(a, kind, index)
                found.append(Change(REMOVED if other is None else CHANGED, WORDS[kind], name, text, other))
        for index, text in texts_after.items():
            if index not in same.maps[kind]:
                found.append(Change(ADDED, WORDS[kind], _item_name(b, kind, index), None, text))
    start = function_name(a, a.start) if a.start >= 0 else None
    start_after = function_name(b, b.start) if b.start >= 0 else None
    if (a.start < 0) != (b.start < 0) or (b.start >= 0 and same.index("func", b.start) != a.start):
        kind_ = ADDED if start is None else REMOVED if start_after is None else CHANGED
        found.append(Change(kind_, "start", "start", start, start_after))
    return found


def _texts(module: CoreModule, kind: int) -> dict[int, str]:
    """The defined items of a kind, by index."""
    first = module.imported(kind)
    found: dict[int, str] = {}
    if kind == spaces.CORE_TABLE:
        for index in range(first, len(module.tables)):
            found[index] = table_text(module.tables[index])
    elif kind == spaces.CORE_MEMORY:
        for index in range(first, len(module.memories)):
            found[index] = memory_text(module.memories[index])
    elif kind == spaces.CORE_TAG:
        for index in range(first, len(module.tags)):
            found[index] = module.tag_text(module.tags[index])
    else:
        for index in range(first, len(module.globals)):
            item = module.globals[index]
            if not isinstance(item, GlobalType):
                found[index] = global_text(item.type, expression_text(item.init))
    return found


def _item_name(module: CoreModule, kind: int, index: int) -> str:
    """An item by its name, or that of its import or export, or its number."""
    return _told_name(module, kind, index) or str(index)


def _told_name(module: CoreModule, kind: int, index: int) -> str:
    """The name of an item, or that of its import or export; empty where there is none of them."""
    name = module.names.get(kind, {}).get(index)
    if name is not None:
        return name
    imports = [i for i in module.imports if external_kind(i) == kind]
    if index < len(imports):
        return f"{imports[index].module} {imports[index].name}"
    for export in module.exports:
        if export.kind == kind and export.index == index:
            return export.name
    return ""


def _elements(a: CoreModule, b: CoreModule, same: Numbers) -> list[Change]:
    """Element segments. Functions are compared as the first module numbers them."""
    found: list[Change] = []
    for index in range(max(len(a.elements), len(b.elements))):
        before = a.elements[index] if index < len(a.elements) else None
        after = b.elements[index] if index < len(b.elements) else None
        text = None if before is None else _element_text(before)
        other = None if after is None else _element_text(after)
        if before is not None and after is not None:
            if text == other and _element_items(before, Indices()) == _element_items(after, same):
                continue
        kind = ADDED if before is None else REMOVED if after is None else CHANGED
        found.append(Change(kind, "elem", str(index), text, other))
    return found


def _element_text(element: Element) -> str:
    place = f" {expression_text(element.offset)}" if element.offset is not None else ""
    items = "item" if element.count == 1 else "items"
    return f"({MODES[element.mode]}{place} {show_val_type(element.ref_type)}, {element.count} {items})"


def _element_items(element: Element, indices: Indices) -> list[int] | bytes:
    """What a segment holds: functions, or the bytes of its expressions."""
    reader = element.items.clone()
    if element.expressions:
        return reader.remaining()
    return [indices.index("func", reader.var_u32()) for _ in range(element.count)]


# ------------------------------------------------------------------------------- code


def function_name(module: CoreModule, index: int) -> str:
    """A function by its name, or that of its import or export, or its number."""
    return _told_name(module, spaces.CORE_FUNC, index) or f"func {index}"


def _code(a: CoreModule, b: CoreModule, same: Numbers, part: Part) -> list[Change]:
    """Functions whose code or type differs, those that are gone and those that are new, by name."""
    pairs = same.maps[spaces.CORE_FUNC]
    back = {index: other for other, index in pairs.items()}
    first, first_after = len(a.functions) - len(a.bodies), len(b.functions) - len(b.bodies)
    same_numbers = same.is_identity()
    found: list[Change] = []
    for number, (start, end) in enumerate(a.bodies):
        index = number + first
        other = back.get(index, -1)
        if other < first_after:
            text = a.type_text(a.functions[index])
            found.append(Change(REMOVED, "function", function_name(a, index), text).sized(end - start, -1))
            continue
        start_after, end_after = b.bodies[other - first_after]
        type_, type_after = a.type_text(a.functions[index]), b.type_text(b.functions[other])
        is_same = a.data[start:end] == b.data[start_after:end_after]
        if type_ == type_after:
            if is_same and same_numbers:
                continue
            if body(a, number, same.first_types) == body(b, other - first_after, same):
                part.renumbered += not is_same
                continue
        change = Change(CHANGED, "function", _both_names(function_name(a, index), function_name(b, other)))
        if type_ != type_after:
            change.before, change.after = type_, type_after
        found.append(change.sized(end - start, end_after - start_after))
    for number, (start, end) in enumerate(b.bodies):
        index = number + first_after
        if index not in pairs:
            text = b.type_text(b.functions[index])
            change = Change(ADDED, "function", function_name(b, index), None, text)
            found.append(change.sized(-1, end - start))
    return found


def _both_names(name: str, after: str) -> str:
    """How a function is called that has a name on each side."""
    return name if plain_name(name) == plain_name(after) or after.startswith("func ") else f"{name} → {after}"


# ------------------------------------------------------------------------------- data and names


def _data(a: CoreModule, b: CoreModule, same: Numbers) -> list[Change]:
    """Data segments: where each goes, and where its bytes begin to differ."""
    back = {index: other for other, index in same.maps[spaces.DATA].items()}
    found: list[Change] = []
    for index, segment in enumerate(a.segments):
        name = _segment_name(a, index)
        size = segment.end - segment.data_start
        other = back.get(index, -1)
        if other < 0:
            found.append(Change(REMOVED, "data", name, _data_text(segment)).sized(size, -1))
            continue
        after = b.segments[other]
        text, text_after = _data_text(segment), _data_text(after)
        one, two = a.data[segment.data_start : segment.end], b.data[after.data_start : after.end]
        if one == two and text == text_after:
            continue
        change = Change(CHANGED, "data", name)
        if text != text_after:
            change.before, change.after = text, text_after
        elif one[: len(two)] != two[: len(one)]:
            change.after = f"differs from byte {first_difference(one, two)} on"
        found.append(change.sized(len(one), len(two)))
    for index, segment in enumerate(b.segments):
        if index not in same.maps[spaces.DATA]:
            change = Change(ADDED, "data", _segment_name(b, index), None, _data_text(segment))
            found.append(change.sized(-1, segment.end - segment.data_start))
    return found


def _segment_name(module: CoreModule, index: int) -> str:
    return module.names.get(spaces.DATA, {}).get(index) or str(index)


def _data_text(segment: Data) -> str:
    """Where a segment goes."""
    place = f" {expression_text(segment.offset)}" if segment.offset is not None else ""
    memory = f" memory {segment.memory}" if segment.memory else ""
    return f"({MODES[segment.mode]}{memory}{place})"


def first_difference(one: bytes, two: bytes) -> int:
    """The offset of the first byte that differs, or where the shorter one ends; found by halves."""
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high) // 2
        if one[low : middle + 1] == two[low : middle + 1]:
            low = middle + 1
        else:
            high = middle
    return low


def _renamed(a: CoreModule, b: CoreModule, same: Numbers) -> list[Change]:
    """Items that are the same ones and have other names; functions whose code differs have theirs told there."""
    found: list[Change] = []
    for word, space in SPACES.items():
        names, names_after = a.names.get(space, {}), b.names.get(space, {})
        for other, index in same.maps[space].items():
            name, after = names.get(index), names_after.get(other)
            if name != after and (name is None or after is None or plain_name(name) != plain_name(after)):
                kind = ADDED if name is None else REMOVED if after is None else CHANGED
                found.append(Change(kind, f"{word} name", name or after or "", name, after))
    return found
