"""The validator of core modules as a stepper: fed one section at a time, it shows the module's types so far.

Function bodies are not walked: `code_section_entry` hands each back as a `FuncToValidate`. Constant expressions
are checked where they stand. Errors are binary errors at the item's offset, or the section's where the section
as a whole is at fault. Core specification, 3.5 (modules).
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.core.const_expr import arithmetic_end, check_const_expr, reference_end
from pywasmtools.validation.core.index_spaces import Module
from pywasmtools.validation.core.subtyping import ref_is_subtype
from pywasmtools.validation.core.types import GroupReader, check_max
from pywasmtools.wasm.limits import (
    MAX_WASM_DATA_SEGMENTS,
    MAX_WASM_ELEMENT_SEGMENTS,
    MAX_WASM_EXPORTS,
    MAX_WASM_FUNCTION_SIZE,
    MAX_WASM_FUNCTIONS,
    MAX_WASM_GLOBALS,
    MAX_WASM_IMPORTS,
    MAX_WASM_TABLE_ENTRIES,
    MAX_WASM_TAGS,
    MAX_WASM_TYPES,
)
from pywasmtools.wasm.module import (
    ACTIVE,
    SINGLE,
    plain_type_end,
    read_const_expr,
    read_data,
    read_element,
    read_export,
    read_global_type,
    read_imports,
    read_memory_type,
    read_rec_group,
    read_table,
    read_tag_type,
)
from pywasmtools.wasm.payloads import (
    CODE_SECTION_START,
    DATA_COUNT_SECTION,
    DATA_SECTION,
    ELEMENT_SECTION,
    EXPORT_SECTION,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    IMPORT_SECTION,
    MEMORY_SECTION,
    START_SECTION,
    TABLE_SECTION,
    TAG_SECTION,
    TYPE_SECTION,
)
from pywasmtools.wasm.types import CONCRETE, CONT, FUNC, FUNCREF, NOCONT, NULLABLE, REF, TYPE_ID, wat_ref_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.types import CoreTypes
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import RefType, ValType

SECTION_NAMES: Final = {
    TYPE_SECTION: "type",
    IMPORT_SECTION: "import",
    FUNCTION_SECTION: "function",
    TABLE_SECTION: "table",
    MEMORY_SECTION: "memory",
    TAG_SECTION: "tag",
    GLOBAL_SECTION: "global",
    EXPORT_SECTION: "export",
    START_SECTION: "start",
    ELEMENT_SECTION: "element",
    DATA_COUNT_SECTION: "data count",
    CODE_SECTION_START: "code",
    DATA_SECTION: "data",
}
"""What messages call the sections of a module, by payload kind."""

FUNC_REF: Final = FUNC << 8 | REF
"""`(ref func)`: the element type of segments that list function indices."""


_SHORT_EXPR: Final = 16
"""Constant expressions of no more bytes are known again by these."""

_KEPT_SIZE: Final = 64
_KEPT_GROUPS: Final = 4096
"""Groups of types are known again by their bytes: of less than so many bytes each, and no more than so many."""


class FuncToValidate:
    """A function body that is still to be validated: which function, its type (an index), and in what module."""

    __slots__ = ("body", "index", "module", "type_index", "types")

    def __init__(self, index: int, type_index: int, module: Module, types: CoreTypes, body: Payload) -> None:
        self.index = index
        self.type_index = type_index
        self.module = module
        self.types = types
        self.body = body


class ModuleState:
    """The state of validating one core module: `module` has its types so far, `types` is the validator's arena."""

    __slots__ = ("code_index", "module", "types")

    def __init__(self, types: CoreTypes) -> None:
        self.types = types
        self.module = Module(types.checks)
        self.code_index = -1

    def section(self, payload: Payload) -> None:
        """Validates a section (any but custom and unknown ones, and not single bodies)."""
        kind = payload.kind
        if kind == TYPE_SECTION:
            self.type_section(payload)
        elif kind == IMPORT_SECTION:
            self.import_section(payload)
        elif kind == FUNCTION_SECTION:
            self.function_section(payload)
        elif kind == TABLE_SECTION:
            self.table_section(payload)
        elif kind == MEMORY_SECTION:
            self.memory_section(payload)
        elif kind == TAG_SECTION:
            self.tag_section(payload)
        elif kind == GLOBAL_SECTION:
            self.global_section(payload)
        elif kind == EXPORT_SECTION:
            self.export_section(payload)
        elif kind == START_SECTION:
            self.start_section(payload)
        elif kind == ELEMENT_SECTION:
            self.element_section(payload)
        elif kind == DATA_COUNT_SECTION:
            self.data_count_section(payload)
        elif kind == CODE_SECTION_START:
            self.code_section_start(payload)
        elif kind == DATA_SECTION:
            self.data_section(payload)
        else:
            raise AssertionError("not a section of a module")

    def type_section(self, payload: Payload) -> None:
        reader = _items(payload, len(self.module.types), MAX_WASM_TYPES, "types")
        module = self.module
        types = self.types
        binary = reader.data
        plain = types.plain_types
        usual = module.usual
        # Of this module, by their bytes: groups that name none of their own types.
        groups: dict[bytes, list[int]] = {}
        structures = GroupReader(binary, reader.end, module.types, types.composites)
        for _ in range(payload.count):
            offset = reader.pos
            # Types that look the same are the same where they name no others.
            last = plain_type_end(binary, offset, reader.end)
            known = plain.get(binary[offset:last])  # nothing is there unless `usual`
            if known is not None:
                module.add_known_type(known, offset)
                reader.pos = last
                continue
            count = 1
            start = offset
            if offset < reader.end and binary[offset] == 0x4E:
                reader.pos = offset + 1
                count = reader.var_u32()
                start = reader.pos
                reader.pos = offset
            if usual and 0 < count <= reader.end - start and structures.read(start, count):
                module.add_structures(types, structures, offset)
                reader.pos = structures.pos
                if structures.is_closed and reader.pos == last:
                    plain[binary[offset:last]] = module.types[-1]
                continue
            rec_group = read_rec_group(reader)
            raw = binary[offset : min(reader.pos, offset + _KEPT_SIZE)]
            ids = groups.get(raw)
            if ids is not None and len(raw) < _KEPT_SIZE:
                module.add_known_types(ids, offset)
                continue
            start = len(module.types)
            is_local = module.add_rec_group(types, rec_group, offset)
            if not is_local and len(raw) < _KEPT_SIZE and len(groups) < _KEPT_GROUPS:
                groups[raw] = module.types[start:]
        reader.finish_section()

    def import_section(self, payload: Payload) -> None:
        module = self.module
        types = self.types
        reader = _items(payload, len(module.imports), MAX_WASM_IMPORTS, "imports")
        for _ in range(payload.count):
            item = read_imports(reader)
            if item.form == SINGLE:
                one = item.single
                module.add_import(types, one.module, one.name, one.kind, one.type, one.offset)
                continue
            content = item.content.clone()
            for _ in range(item.count):
                one = item.read_one(content)
                module.add_import(types, one.module, one.name, one.kind, one.type, one.offset)
            content.finish_section()
        reader.finish_section()

    def function_section(self, payload: Payload) -> None:
        module = self.module
        functions = module.functions
        reader = _items(payload, len(functions), MAX_WASM_FUNCTIONS, "functions")
        functions += self._function_types(reader, payload.count)
        reader.finish_section()

    def _function_types(self, reader: BinaryReader, count: int) -> list[int]:
        """So many indices of function types."""
        start = reader.pos
        try:
            found = reader.var_u32s(count)
            for index in set(found):
                self.module.func_type_at(self.types, index, start)
            return found
        except WasmToolsError:
            pass
        # It is told where it is.
        reader.pos = start
        for _ in range(count):
            offset = reader.pos
            self.module.func_type_at(self.types, reader.var_u32(), offset)
        raise AssertionError("an index that was wrong is not")

    def table_section(self, payload: Payload) -> None:
        module = self.module
        reader = _items(payload, len(module.tables), module.max_tables(), "tables")
        for _ in range(payload.count):
            offset = reader.pos
            table = read_table(reader)
            type_ = module.check_table_type(self.types, table.type, offset)
            if table.init is None:
                if type_.element_type & NULLABLE == 0:
                    raise binary_error(offset, "type mismatch: non-defaultable element type")
            else:
                if module.checks is not None:
                    message = "tables with expression initializers require the function-references proposal"
                    module.checks.require("function-references", message, offset)
                check_const_expr(module, self.types, table.init, type_.element_type)
            module.tables.append(type_)
        reader.finish_section()

    def memory_section(self, payload: Payload) -> None:
        module = self.module
        reader = _items(payload, len(module.memories), module.max_memories(), "memories")
        for _ in range(payload.count):
            offset = reader.pos
            memory = read_memory_type(reader)
            module.check_memory_type(memory, offset)
            module.memories.append(memory)
        reader.finish_section()

    def tag_section(self, payload: Payload) -> None:
        module = self.module
        if module.checks is not None:
            module.checks.require("exceptions", "exceptions proposal not enabled", payload.start)
        reader = _items(payload, len(module.tags), MAX_WASM_TAGS, "tags")
        known: dict[bytes, int] = {}
        for _ in range(payload.count):
            offset = reader.pos
            same = known.get(reader.data[offset : offset + 2])
            if same is not None and offset + 2 <= reader.end:
                module.tags.append(same)
                reader.pos = offset + 2
                continue
            tag = read_tag_type(reader)
            module.check_tag_type(self.types, tag, offset)
            module.tags.append(module.types[tag.func_type])
            if reader.pos == offset + 2:
                known[reader.data[offset : reader.pos]] = module.tags[-1]
        reader.finish_section()

    def global_section(self, payload: Payload) -> None:
        module = self.module
        reader = _items(payload, len(module.globals), MAX_WASM_GLOBALS, "globals")
        usual = module.usual
        checked: set[tuple[bytes, ValType]] = set()
        for _ in range(payload.count):
            offset = reader.pos
            type_ = read_global_type(reader)
            content = type_.content_type
            last = arithmetic_end(module, reader.data, reader.pos, reader.end, content) if usual else -1
            if last < 0 and content & REF != 0 and usual:
                if content & CONCRETE != 0 and content >> 8 < len(module.types):
                    content = module.types[content >> 8] << 8 | (content & 0xFF) | TYPE_ID
                last = reference_end(module, self.types, reader.data, reader.pos, reader.end, content)
            if last >= 0:
                reader.pos = last
                type_ = module.check_global_type(self.types, type_, offset)
            else:
                init = read_const_expr(reader)
                type_ = module.check_global_type(self.types, type_, offset)
                self._check_expr(init, type_.content_type, checked)
            module.globals.append(type_)
        reader.finish_section()

    def export_section(self, payload: Payload) -> None:
        module = self.module
        reader = _items(payload, len(module.exports), MAX_WASM_EXPORTS, "exports")
        for _ in range(payload.count):
            offset = reader.pos
            export = read_export(reader)
            entity = module.export_entity(export.kind, export.index, offset)
            module.add_export(self.types, export.name, entity, offset, False)
        reader.finish_section()

    def start_section(self, payload: Payload) -> None:
        type_ = self.module.type_of_function(self.types, payload.number, payload.start)
        if type_.params or type_.results:
            raise binary_error(payload.start, "invalid start function type")

    def element_section(self, payload: Payload) -> None:
        reader = _items(payload, len(self.module.element_types), MAX_WASM_ELEMENT_SEGMENTS, "element segments")
        checked: set[tuple[bytes, ValType]] = set()
        short: dict[RefType, set[bytes]] = {}
        usual = self.module.usual
        for _ in range(payload.count):
            last = self._small_element_end(reader.data, reader.pos, reader.end, short) if usual else -1
            if last >= 0:
                reader.pos = last
            else:
                self._element(reader, checked, short)
        reader.finish_section()

    def _small_element_end(self, binary: bytes, pos: int, end: int, short: dict[RefType, set[bytes]]) -> int:
        """Adds an element segment whose numbers are single bytes, with expressions that were checked before.

        Returns where it ends; -1 for any other, valid or not: it is to be read and checked.
        """
        module = self.module
        if end - pos < 2 or binary[pos] > 7:
            return -1
        flags = binary[pos]
        pos += 1
        element_type = -1
        if flags & 0b001 == 0:
            index = 0
            if flags & 0b010:
                index = binary[pos]
                pos += 1
            if index >= min(len(module.tables), 0x80):
                return -1
            element_type = module.tables[index].element_type
            pos = arithmetic_end(module, binary, pos, end, module.tables[index].index_type())
        if pos < 0 or end - pos < 3:
            return -1
        ref_type = FUNCREF if flags & 0b100 else FUNC_REF
        if flags & 0b011:
            byte = binary[pos]
            pos += 1
            if flags & 0b100 == 0:
                if byte != 0:
                    return -1
            elif 0x68 <= byte <= 0x75:
                if module.checks is not None and (byte == CONT or byte == NOCONT):
                    return -1
                ref_type = byte << 8 | REF | NULLABLE
            elif (byte == 0x63 or byte == 0x64) and binary[pos] < min(len(module.types), 0x40):
                nullable = NULLABLE if byte == 0x63 else 0
                ref_type = module.types[binary[pos]] << 8 | CONCRETE | TYPE_ID | REF | nullable
                pos += 1
            else:
                return -1
        if element_type >= 0 and element_type != ref_type and not ref_is_subtype(self.types, ref_type, element_type):
            return -1
        count = binary[pos]
        pos += 1
        last = pos + count * 3 if flags & 0b100 else pos + count
        if count >= 0x80 or last > end:
            return -1
        if flags & 0b100:
            known = short.get(ref_type)
            if known is None:
                return -1
            for k in range(pos, last, 3):
                if binary[k : k + 3] not in known:
                    return -1
        else:
            indices = binary[pos:last]
            if not indices.isascii() or max(indices, default=-1) >= len(module.functions):
                return -1
            module.function_references.update(indices)
        module.element_types.append(ref_type)
        return last

    def _element(
        self, reader: BinaryReader, checked: set[tuple[bytes, ValType]], short: dict[RefType, set[bytes]]
    ) -> None:
        """Validates one element segment. `short` has the expressions of three bytes that were checked, by type."""
        module = self.module
        types = self.types
        offset = reader.pos
        element = read_element(reader)
        ref_type = FUNC_REF
        if element.expressions:
            ref_type = module.canonical_val_type(element.ref_type, offset)
        if element.mode == ACTIVE:
            table = module.table_at(element.table or 0, offset)
            if not ref_is_subtype(types, ref_type, table.element_type):
                raise binary_error(
                    offset,
                    f"type mismatch: invalid element type `{wat_ref_type(ref_type)}` "
                    f"for table type `{wat_ref_type(table.element_type)}`",
                )
            assert element.offset is not None
            check_const_expr(module, types, element.offset, table.index_type())
        elif module.checks is not None:
            module.checks.require("bulk-memory", "bulk memory must be enabled", offset)
        if element.count > MAX_WASM_TABLE_ENTRIES:
            raise binary_error(offset, "number of elements is out of bounds")
        items = element.items
        if element.expressions:
            self._element_expressions(items, element.count, ref_type, checked, short.setdefault(ref_type, set()))
        else:
            self._element_functions(items, element.count)
        module.element_types.append(ref_type)

    def _element_functions(self, items: BinaryReader, count: int) -> None:
        """Checks the function indices of a segment."""
        functions = len(self.module.functions)
        references = self.module.function_references
        start = items.pos
        left = count
        while left > 0:
            # Not all at once, for there may be millions.
            indices = items.var_u32s(min(left, 4096))
            left -= len(indices)
            if max(indices) >= functions:
                items.pos = start
                break
            references.update(indices)
        else:
            return
        for _ in range(count):
            offset = items.pos
            index = items.var_u32()
            if index >= functions:
                raise binary_error(offset, f"unknown function {index}: func index out of bounds")

    def _element_expressions(
        self,
        items: BinaryReader,
        count: int,
        ref_type: RefType,
        checked: set[tuple[bytes, ValType]],
        short: set[bytes],
    ) -> None:
        """Checks the expressions of a segment, all read before. One that comes again is not checked again.

        Most are three bytes, and in `short` then: `ref.func` or `ref.null`, a small number, `end`.
        """
        binary = items.data
        for _ in range(count):
            start = items.pos
            if binary[start : start + 3] in short:
                items.pos = start + 3
                continue
            self._check_expr(read_const_expr(items), ref_type, checked)
            if items.pos == start + 3:
                short.add(binary[start : items.pos])

    def _check_expr(self, expr: BinaryReader, expected: ValType, checked: set[tuple[bytes, ValType]]) -> None:
        """Checks a constant expression that was read. A short one that comes again is not checked again."""
        if expr.end - expr.pos > _SHORT_EXPR:
            check_const_expr(self.module, self.types, expr, expected)
            return
        key = (expr.data[expr.pos : expr.end], expected)
        if key not in checked:
            check_const_expr(self.module, self.types, expr, expected)
            if len(checked) < _KEPT_GROUPS:
                checked.add(key)

    def data_count_section(self, payload: Payload) -> None:
        checks = self.module.checks
        if checks is not None:
            message = "data count section requires the bulk-memory proposal"
            checks.require("bulk-memory", message, payload.start)
        if payload.number > MAX_WASM_DATA_SEGMENTS:
            raise binary_error(payload.start, "data count section specifies too many data segments")
        self.module.data_count = payload.number

    def code_section_start(self, payload: Payload) -> None:
        """Looks at the size of bodies, which a driver need not feed one by one; from here on types are final."""
        if payload.number > 0 and payload.size > MAX_WASM_FUNCTION_SIZE:
            _check_body_sizes(payload)
        if payload.count > 0:
            self.module.frozen = True

    def code_section_entry(self, payload: Payload) -> FuncToValidate:
        """The next function body, for whoever drives to validate."""
        module = self.module
        check_max(0, payload.end - payload.start, MAX_WASM_FUNCTION_SIZE, "function body size", payload.start)
        if self.code_index < 0:
            self.code_index = module.imported_functions
        index = self.code_index
        self.code_index = index + 1
        return FuncToValidate(index, module.functions[index], module, self.types, payload)

    def data_section(self, payload: Payload) -> None:
        module = self.module
        reader = _items(payload, 0, MAX_WASM_DATA_SEGMENTS, "data segments")
        # Most segments are `0, i32.const, end, size`: those are stepped over here, the others read as a whole.
        plain = bool(module.memories) and not module.memories[0].memory64
        binary = reader.data
        end = reader.end
        usual = module.usual
        last = end - 12 if plain else 0
        offset = reader.pos
        for _ in range(payload.count):
            if offset < last and binary[offset] == 0 and binary[offset + 1] == 0x41:
                pos = offset + 2
                if binary[pos] >= 0x80:
                    pos += 1
                    if binary[pos] >= 0x80:
                        pos += 1
                        if binary[pos] >= 0x80:
                            pos += 1
                if binary[pos] < 0x80 and binary[pos + 1] == 0x0B:
                    pos += 2
                    size = binary[pos]
                    if size >= 0x80:
                        pos += 1
                        size = size & 0x7F | binary[pos] << 7
                    if size < 0x4000 and pos + size < end:
                        offset = pos + size + 1
                        continue
            elif usual and offset + 1 < end and binary[offset] == 1 and binary[offset + 1] < 0x80:
                # Passive and small.
                pos = offset + 2 + binary[offset + 1]
                if pos <= end:
                    offset = pos
                    continue
            reader.pos = offset
            data = read_data(reader)
            if data.mode == ACTIVE:
                index_type = module.memory_at(data.memory, offset).index_type()
                assert data.offset is not None
                check_const_expr(module, self.types, data.offset, index_type)
            elif module.checks is not None:
                message = "passive data segments require the bulk-memory proposal"
                module.checks.require("bulk-memory", message, offset)
            offset = reader.pos
        reader.pos = offset
        reader.finish_section()


def _items(payload: Payload, known: int, limit: int, description: str) -> BinaryReader:
    """The reader of a section's items; raises where there would be more of them, with those known, than may be."""
    check_max(known, payload.count, limit, description, payload.start)
    return payload.section()


def _check_body_sizes(payload: Payload) -> None:
    """Raises for the first body that is too large; bodies that don't fit the section are the parser's to refuse."""
    reader = payload.section()
    end = min(payload.end, len(payload.data))
    pos = reader.pos
    binary = payload.data
    for _ in range(payload.count):
        size = 0
        shift = 0
        while pos < end and binary[pos] >= 0x80 and shift < 28:
            size |= (binary[pos] & 0x7F) << shift
            shift += 7
            pos += 1
        if pos >= end:
            return
        size |= (binary[pos] & 0x7F) << shift
        pos += 1
        if pos + size > end:
            return
        if size > MAX_WASM_FUNCTION_SIZE:
            check_max(0, size, MAX_WASM_FUNCTION_SIZE, "function body size", pos)
        pos += size
