"""The sections of core modules in text."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm import module as m
from pywasmtools.wasm.payloads import (
    CODE_SECTION_ENTRY,
    CODE_SECTION_START,
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
from pywasmtools.wasm.spaces import CORE_FUNC, CORE_MEMORY, CORE_TABLE, CORE_TAG, DATA, ELEM, EXTERNAL_SORTS
from pywasmtools.wasm.types import GlobalType, MemoryType, TableType, TagType
from pywasmtools.wat.print.names import synthetic
from pywasmtools.wat.print.types import (
    all_params,
    func_text,
    global_text,
    memory_text,
    plain_func_type,
    ref_type_text,
    table_text,
    tag_text,
    type_use,
    val_type_text,
    write_rec_group,
)
from pywasmtools.wat.print.writer import data_text
from pywasmtools.wat.sections import SECTION_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.module import FuncToValidate
    from pywasmtools.wasm.module import EntityType
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import ValType
    from pywasmtools.wat.print.annotations import FunctionHints
    from pywasmtools.wat.print.names import Naming, State
    from pywasmtools.wat.print.stack_lines import Checked
    from pywasmtools.wat.print.writer import TextWriter

MAX_FUNCTIONS: Final = 1_000_000
MAX_LOCALS: Final = 50_000
MAX_HEAD: Final = 200
"""Characters of a function's type that is remembered as text."""

PLACES: Final = {
    id_: "after " + name.decode()
    for name, id_ in SECTION_NAMES.items()
    if id_ not in (START_SECTION, CODE_SECTION_START)
}
"""Where a custom section stands that follows a section with items in it."""

KINDS: Final = tuple([sort.keyword + " " for sort in EXTERNAL_SORTS])
"""The heads of items by their external kind, which is also their space."""


def write_module_section(
    w: TextWriter, state: State, payload: Payload, hints: list[FunctionHints], checked: Checked | None
) -> None:
    """Writes a section of a module. `hints` are the branch hints that are left, the next one last.

    `checked` knows the operand stacks, where they are asked for.
    """
    kind = payload.kind
    if kind == CODE_SECTION_ENTRY:
        write_body(w, state, payload.section(), hints, None if checked is None else checked.next_func())
        state.place = "after code"
        return
    if kind == START_SECTION:
        w.newline(payload.start)
        w.out.append(w.group("start ", state.reference(w, CORE_FUNC, payload.number)))
        state.place = "after start"
        return
    if kind == FUNCTION_SECTION and payload.count > MAX_FUNCTIONS:
        raise error(f"module contains {payload.count} functions which exceeds the limit of {MAX_FUNCTIONS}")
    if payload.count > 0 and kind in PLACES:
        state.place = PLACES[kind]
    reader = payload.section()
    is_plain = not (w.offsets or w.skeleton or w.synthesize or w.reset or state.names[DATA])
    for k in range(payload.count):
        offset = reader.pos
        if kind == FUNCTION_SECTION:
            state.func_types.append(reader.var_u32())
        elif kind == TYPE_SECTION:
            group = m.read_rec_group(reader)
            w.newline(offset)
            write_rec_group(w, state, group, False, offset + 2)
        elif kind == IMPORT_SECTION:
            write_imports(w, state, m.read_imports(reader), offset)
        elif kind == TABLE_SECTION:
            _write_table(w, state, m.read_table(reader), offset)
        elif kind == MEMORY_SECTION:
            memory = m.read_memory_type(reader)
            w.newline(offset)
            w.out.append(memory_text(w, state, memory, True))
            state.counts[CORE_MEMORY] += 1
        elif kind == TAG_SECTION:
            tag = m.read_tag_type(reader)
            w.newline(offset)
            w.add(tag_text(w, state, tag, True))
            state.counts[CORE_TAG] += 1
            state.tag_types.append(tag.func_type)
        elif kind == GLOBAL_SECTION:
            _write_global(w, state, m.read_global(reader), offset)
        elif kind == EXPORT_SECTION:
            export = m.read_export(reader)
            w.newline(offset)
            w.add(export_text(w, state, export))
        elif kind == ELEMENT_SECTION:
            _write_element(w, state, m.read_element(reader), k, offset)
        elif kind == DATA_SECTION:
            if not (is_plain and _write_plain_data(w, reader, k)):
                _write_data(w, state, payload.data, m.read_data(reader), k, offset)
        w.flush_if_large()
    reader.finish_section()


def _write_global(w: TextWriter, state: State, global_: m.Global, offset: int) -> None:
    w.newline(offset)
    w.add(global_text(w, state, global_.type, True) + " ")
    _write_expression(w, state, global_.init)
    w.out.append(")")
    state.counts[m.GLOBAL] += 1


# ------------------------------------------------------------------------------- imports and exports


def import_type_text(w: TextWriter, state: State, kind: int, type_: EntityType, named: bool) -> str:
    """The type of an import, as a definition of the next item of its kind if `named`."""
    if isinstance(type_, int):
        return func_text(w, state, type_, kind == m.FUNC_EXACT, named)
    if isinstance(type_, TableType):
        return table_text(w, state, type_, named) + ")"
    if isinstance(type_, MemoryType):
        return memory_text(w, state, type_, named)
    if isinstance(type_, GlobalType):
        return global_text(w, state, type_, named) + ")"
    return tag_text(w, state, type_, named)


def import_text(w: TextWriter, state: State, import_: m.Import, named: bool) -> str:
    """An import in the plain form."""
    type_text = import_type_text(w, state, import_.kind, import_.type, named)
    return w.group("import ", f"{w.string(import_.module)} {w.string(import_.name)} {type_text}")


def write_imports(w: TextWriter, state: State, imports: m.Imports, offset: int) -> None:
    """Writes an item of the import section, at `offset`: one import, or several of a module (and a type)."""
    w.newline(offset)
    if imports.form == m.SINGLE:
        w.add(import_text(w, state, imports.single, True))
        _count_import(state, imports.single)
        return
    w.open("import ")
    w.out.append(w.string(imports.module))
    reader = imports.content.clone()
    for _ in range(imports.count):
        at = reader.pos
        import_ = imports.read_one(reader)
        text = w.string(import_.name)
        if imports.form == m.COMPACT_ITEMS:
            text += " " + import_type_text(w, state, import_.kind, import_.type, True)
        w.newline(at)
        w.add(w.group("item ", text))
        _count_import(state, import_)
        w.flush_if_large()
    reader.finish_section()
    if imports.form == m.COMPACT_NAMES:
        w.newline(offset)
        w.out.append(import_type_text(w, state, imports.single.kind, imports.single.type, False))
    w.close()


def _count_import(state: State, import_: m.Import) -> None:
    if isinstance(import_.type, int):
        state.func_types.append(import_.type)
        state.counts[CORE_FUNC] += 1
    else:
        state.counts[import_.kind] += 1
        if isinstance(import_.type, TagType):
            state.tag_types.append(import_.type.func_type)


def export_text(w: TextWriter, state: State, export: m.Export) -> str:
    """An export of a module or of a core instance. Tags go by their number."""
    kind = export.kind
    if kind == m.TAG:
        item = str(export.index)
    else:
        item = state.reference(w, kind, export.index)
    return w.group("export ", f"{w.string(export.name)} {w.group(KINDS[kind], item)}")


# ------------------------------------------------------------------------------- tables and segments


def _write_table(w: TextWriter, state: State, table: m.Table, offset: int) -> None:
    w.newline(offset)
    w.out.append(table_text(w, state, table.type, True))
    if table.init is not None:
        w.out.append(" ")
        _write_expression(w, state, table.init)
    w.out.append(")")
    state.counts[CORE_TABLE] += 1


def _write_element(w: TextWriter, state: State, element: m.Element, index: int, offset: int) -> None:
    w.newline(offset)
    w.open("elem ")
    out = w.out
    out.append(state.definition_of(w, ELEM, index))
    if element.mode == m.DECLARED:
        out.append(" declare")
    elif element.offset is not None:
        if element.table is not None:
            out.append(" " + w.group("table ", state.reference(w, CORE_TABLE, element.table)))
        out.append(" ")
        _write_short(w, state, element.offset, "offset")
    out.append(" ")
    items = element.items
    if w.skeleton:
        out.append("...")
    elif element.expressions:
        out.append(ref_type_text(w, state, element.ref_type))
        for _ in range(element.count):
            out.append(" ")
            _write_short(w, state, m.read_const_expr(items), "item")
            w.flush_if_large()
    else:
        out.append("func")
        for _ in range(element.count):
            w.add(state.spaced_reference(w, CORE_FUNC, items.var_u32()))
    w.close()


def _write_data(w: TextWriter, state: State, binary: bytes, data: m.Data, index: int, offset: int) -> None:
    w.newline(offset)
    w.open("data ")
    out = w.out
    out.append(state.definition_of(w, DATA, index) + " ")
    if data.offset is not None:
        if data.memory:
            out.append(w.group("memory ", state.reference(w, CORE_MEMORY, data.memory)) + " ")
        _write_short(w, state, data.offset, "offset")
        out.append(" ")
    if w.skeleton:
        out.append("...")
    else:
        w.data(binary, data.data_start, data.end)
    w.close()


def _write_plain_data(w: TextWriter, reader: BinaryReader, index: int) -> bool:
    """Writes a short segment at a constant offset without name, colours and options; whether the next one is that."""
    data = reader.data
    pos = reader.pos
    if data[pos : pos + 2] != b"\0\x41":  # active, i32.const
        return False
    value = 0
    shift = 0
    byte = 0x80
    pos += 2
    while byte >= 0x80:
        if shift > 21 or pos + 2 >= reader.end:
            return False
        byte = data[pos]
        value |= (byte & 0x7F) << shift
        shift += 7
        pos += 1
    if byte & 0x40:
        value -= 1 << shift
    size = data[pos + 1]
    end = pos + 2 + size
    if data[pos] != 0x0B or size >= 0x80 or end > reader.end:  # end
        return False
    reader.pos = end
    w.newline()
    w.add(f'(data (;{index};) (i32.const {value}) "{data_text(data[pos + 2 : end])}")')
    return True


def _write_short(w: TextWriter, state: State, expression: BinaryReader, keyword: str) -> None:
    """Writes an expression in parentheses, with the keyword unless it is of one operator."""
    from pywasmtools.wat.print.operators import OperatorPrinter, plain_operator

    start = expression.pos
    text = plain_operator(w, state, expression)
    if text and expression.pos + 1 == expression.end:
        w.add(f"({w.keyword}{w.reset}{text})")
        return
    from pywasmtools.wasm.operators import OperatorReader

    expression.pos = start
    rest = expression.clone()
    OperatorReader(rest).next_operator()
    out = w.out
    out.append(f"({w.keyword}{w.reset}")
    several = rest.pos + 1 != rest.end
    if several:
        out.append(keyword + " ")
    if several and w.fold:
        _write_folded(w, state, expression)
    else:
        OperatorPrinter(w, state).expression(expression)
    out.append(")")


def _write_folded(w: TextWriter, state: State, expression: BinaryReader) -> None:
    """Writes an expression with operands in their instructions."""
    from pywasmtools.wat.print.folded import FoldedPrinter

    folded = FoldedPrinter(w, state, (0, 0), 0)
    folded.printer.begin_expression()
    while expression.pos + 1 < expression.end:
        folded.operator(expression, "")
    folded.finish(False)


def _write_expression(w: TextWriter, state: State, expression: BinaryReader) -> None:
    if w.fold:
        _write_folded(w, state, expression)
        return
    from pywasmtools.wat.print.operators import OperatorPrinter, plain_operator

    start = expression.pos
    text = plain_operator(w, state, expression)
    if text and expression.pos + 1 == expression.end:
        w.add(text)
    else:
        expression.pos = start
        OperatorPrinter(w, state).expression(expression)


# ------------------------------------------------------------------------------- functions


def write_body(
    w: TextWriter, state: State, reader: BinaryReader, hints: list[FunctionHints], checked: FuncToValidate | None
) -> None:
    """Writes the next function with its body. Takes its branch hints if they are next.

    `checked` is the function for the validator, where its operand stack is asked for.
    """
    start = reader.pos
    func = state.counts[CORE_FUNC]
    type_index = state.func_types[func]
    names = state.local_names.get(func)
    own_hints: list[tuple[int, bool, int]] = []
    if hints and hints[-1][0] == func:
        own_hints = hints.pop()[1]
    if w.synthesize:
        names = state.local_names[func] = with_all_locals(state, func, reader)
    w.newline(start)
    w.open("func ")
    w.out.append(state.definition(w, CORE_FUNC))
    head = state.heads.get(type_index) if names is None else None
    if head is None:
        w.add(_head_text(w, state, type_index, names))
    else:
        w.out.append(head)
    if w.skeleton:
        w.out.append(" ...")
        w.close()
        state.counts[CORE_FUNC] += 1
        w.flush_if_large()
        return
    data = reader.data
    if w.offsets or w.fold or checked is not None:
        _write_body_by_options(w, state, reader, own_hints, checked)
    elif data[start : start + 2] != b"\0\x0b" or start + 2 != reader.end:  # no locals, `end`
        if start < reader.end and data[start] == 0:
            reader.pos = start + 1
        else:
            _write_all_locals(w, state, reader, type_index, {} if names is None else names)
        printer = state.printer
        if printer is None:
            from pywasmtools.wat.print.operators import OperatorPrinter

            printer = state.printer = OperatorPrinter(w, state)
        printer.body(reader, start, own_hints)
    w.close_at(reader.end - 1)
    state.counts[CORE_FUNC] += 1
    w.flush_if_large()


def _write_body_by_options(
    w: TextWriter,
    state: State,
    reader: BinaryReader,
    hints: list[tuple[int, bool, int]],
    checked: FuncToValidate | None,
) -> None:
    """Writes locals and instructions with offsets, folded, or with the operand stack."""
    from pywasmtools.wat.print.bodies import stack_of, write_operators
    from pywasmtools.wat.print.operators import OperatorPrinter

    start = reader.pos
    func = state.counts[CORE_FUNC]
    _write_all_locals(w, state, reader, state.func_types[func], state.local_names.get(func, {}))
    write_operators(OperatorPrinter(w, state), reader, start, hints, stack_of(w, state, checked))


def with_all_locals(state: State, func: int, reader: BinaryReader) -> dict[int, Naming]:
    """The names of all parameters and locals of a function, made up where they have none."""
    names = all_params(state, state.func_types[func], state.local_names.get(func, {}))
    groups: list[tuple[int, ValType, int]] = []
    try:
        _read_locals(reader.clone(), groups)
    except WasmToolsError:
        pass  # told where they are written
    func_type = plain_func_type(state, state.func_types[func])
    first = 0 if func_type is None else len(func_type.params)
    for k in range(first, first + sum([group[0] for group in groups])):
        names.setdefault(k, synthetic("local", k))
    return names


def _head_text(w: TextWriter, state: State, type_index: int, names: dict[int, Naming] | None) -> str:
    """The type of a function, by its index and spelled out; remembered if it is short and nothing has a name."""
    text = " " + type_use(w, state, type_index, {} if names is None else names)
    if names is None and len(text) <= MAX_HEAD:
        state.heads[type_index] = text
    return text


def _write_all_locals(
    w: TextWriter, state: State, reader: BinaryReader, type_index: int, names: dict[int, Naming]
) -> None:
    """Reads the locals and writes them; where they are malformed, what comes before the fault."""
    func_type = plain_func_type(state, type_index)
    first_local = 0 if func_type is None else len(func_type.params)
    groups: list[tuple[int, ValType, int]] = []
    try:
        _read_locals(reader, groups)
    except WasmToolsError:
        # The last group stays open, unless it is a named local's.
        _write_locals(w, state, groups, names, first_local, False)
        raise
    _write_locals(w, state, groups, names, first_local, True)


def _read_locals(reader: BinaryReader, groups: list[tuple[int, ValType, int]]) -> None:
    """Reads the locals into (count, type, offset) of each run, as far as they are well-formed."""
    total = 0
    for _ in range(reader.var_u32()):
        offset = reader.pos
        count = reader.var_u32()
        type_ = reader.val_type()
        total += count
        if total > MAX_LOCALS:
            raise error("function exceeds the maximum number of locals that can be printed")
        if count:
            groups.append((count, type_, offset))


def _write_locals(
    w: TextWriter, state: State, groups: list[tuple[int, ValType, int]], names: dict[int, Naming], k: int, closed: bool
) -> None:
    """Writes the locals, if there are any, on a line: counts and types, the first being number `k` of `names`.

    Named ones stand alone, others together; a last group of these has its parenthesis if `closed`.
    """
    if not groups:
        return
    w.newline(groups[0][2])
    head = f"({w.keyword}local{w.reset}"
    gap = ""
    is_open = False
    for count, type_, _ in groups:
        text = " " + val_type_text(w, state, type_)
        if names:
            for number in range(k, k + count):
                naming = names.get(number)
                if naming is not None:
                    w.add(f"{')' if is_open else ''}{gap}{head} {naming.definition(w)}{text})")
                    is_open = False
                else:
                    w.add(text if is_open else gap + head + text)
                    is_open = True
                gap = " "
            k += count
            continue
        if not is_open:
            w.out.append(head)
            is_open = True
        for left in range(count, 0, -0x1000):
            w.add(text * min(left, 0x1000))
    if is_open and closed:
        w.out.append(")")
