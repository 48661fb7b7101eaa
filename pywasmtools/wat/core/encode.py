"""Core modules in text, resolved, to binary: sections in the order of the specification, names last.

Specification: core, binary format, modules; extended name section; branch hinting.
"""

from __future__ import annotations

from pywasmtools.wasm import module as m
from pywasmtools.wasm import writer
from pywasmtools.wasm.module import NAME_MAP_SPACES, external_space
from pywasmtools.wasm.module_builder import ModuleSections
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
    MODULE_HEADER,
    MODULE_ORDER,
    START_SECTION,
    TABLE_SECTION,
    TAG_SECTION,
    TYPE_SECTION,
)
from pywasmtools.wasm.spaces import (
    CORE_FUNC,
    CORE_GLOBAL,
    CORE_MEMORY,
    CORE_TABLE,
    CORE_TAG,
    CORE_TYPE,
    DATA,
    ELEM,
    MODULE_SORTS,
)
from pywasmtools.wasm.types import FUNCREF
from pywasmtools.wasm.writer import custom_section, section, sized, var_u32
from pywasmtools.wat.core.instructions import Expression
from pywasmtools.wat.core.module import (
    ACTIVE,
    DECLARED,
    Data,
    Elem,
    Export,
    Func,
    Global,
    Memory,
    Module,
    Rec,
    Start,
    Table,
    Tag,
)
from pywasmtools.wat.core.types import (
    FuncSig,
    Imports,
    StructDef,
    Type,
    TypeUse,
    resolved,
    type_bytes,
    write_imports,
)
from pywasmtools.wat.sections import AFTER_LAST, BEFORE_FIRST, place_after, place_before

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wat.core.types import Param
    from pywasmtools.wat.cursor import Id
    from pywasmtools.wat.dwarf import Dwarf


def encode_module(module: Module, id_: Id | None = None, name: str | None = None) -> bytes:
    """The binary of a resolved module. `id_` and `name` are its own, for the name section."""
    if module.binary is not None:
        return module.binary
    return _Encoder(module).encode(id_, name)


class _Encoder:
    __slots__ = ("funcs", "imported_funcs", "module", "out", "sections", "starts")

    def __init__(self, module: Module) -> None:
        self.module = module
        self.out = bytearray(MODULE_HEADER)
        self.sections = ModuleSections()
        self.starts: list[bytes] = []
        self.funcs: list[Func] = []
        self.imported_funcs = 0
        """Imported functions, without those whose type is meant exactly: the reference forgets these."""

    def type_name(self, id_: Id) -> int:
        return self.module.scope.spaces[CORE_TYPE][id_.name.encode()]

    def encode(self, id_: Id | None, name: str | None) -> bytes:
        needs_data_count = False
        for field in self.module.fields:
            if isinstance(field, Func):
                self.funcs.append(field)
                needs_data_count = needs_data_count or field.body.needs_data_count
                self._item(FUNCTION_SECTION, var_u32(_number(field.use)))
            else:
                self._field(field)
        names = Names(self.module, self.funcs, id_, name)
        dwarf: Dwarf | None = None
        if self.module.dwarf is not None:
            from pywasmtools.wat.dwarf import Dwarf

            dwarf = Dwarf(self.module.dwarf, self.imported_funcs, dict(names.spaces[CORE_FUNC]))
        self._customs(BEFORE_FIRST)
        for section_id in MODULE_ORDER:
            self._customs(place_before(section_id))
            if section_id == START_SECTION:
                for start in self.starts:
                    self.out += section(section_id, start)
            elif section_id == DATA_COUNT_SECTION:
                if needs_data_count:
                    self.out += section(section_id, var_u32(self.sections.counts[DATA_SECTION]))
            elif section_id == CODE_SECTION_START:
                self._code(dwarf)
            else:
                self.out += self.sections.section(section_id)
            self._customs(place_after(section_id))
        self._customs(AFTER_LAST)
        if not any(custom.name == "name" for custom in self.module.customs):
            content = names.content()
            if content:
                self.out += custom_section("name", content)
        if dwarf is not None:
            for section_name, content in dwarf.sections():
                self.out += custom_section(section_name, content)
        return bytes(self.out)

    def _item(self, section_id: int, item: bytes | bytearray) -> None:
        content = self.sections.item(section_id)
        content += item

    def _customs(self, place: int) -> None:
        for custom in self.module.customs:
            if custom.place == place:
                self.out += custom_section(custom.name, custom.data)

    def _field(self, field: object) -> None:
        item = bytearray()
        if isinstance(field, Type):
            writer.write_sub_type(item, field.definition.resolve(self.type_name))
            self._item(TYPE_SECTION, item)
        elif isinstance(field, Rec):
            item += b"\x4e" + var_u32(len(field.types))
            for type_ in field.types:
                writer.write_sub_type(item, type_.definition.resolve(self.type_name))
            self._item(TYPE_SECTION, item)
        elif isinstance(field, Imports):
            write_imports(item, field, self.type_name)
            self._item(IMPORT_SECTION, item)
            self.imported_funcs += len([sig for sig in field.sigs() if sig.kind == m.FUNC])
        elif isinstance(field, Table):
            if field.init is not None:
                item += b"\x40\x00"
            writer.write_table_type(item, field.type.resolved(self.type_name))
            if field.init is not None:
                item += _constant(field.init)
            self._item(TABLE_SECTION, item)
        elif isinstance(field, Memory):
            writer.write_memory_type(item, field.type)
            self._item(MEMORY_SECTION, item)
        elif isinstance(field, Tag):
            self._item(TAG_SECTION, b"\0" + var_u32(_number(field.use)))
        elif isinstance(field, Global):
            writer.write_global_type(item, field.type.resolved(self.type_name))
            self._item(GLOBAL_SECTION, item + _constant(field.init))
        elif isinstance(field, Export):
            self._item(EXPORT_SECTION, writer.name(field.name) + bytes((field.kind,)) + var_u32(field.index.number))
        elif isinstance(field, Start):
            self.starts.append(var_u32(field.func.number))
        elif isinstance(field, Elem):
            self._item(ELEMENT_SECTION, self._elem(field))
        elif isinstance(field, Data):
            self._item(DATA_SECTION, _data(field))

    def _elem(self, elem: Elem) -> bytes:
        type_ = None if elem.type is None else resolved(elem.type, self.type_name)
        flags = 0 if type_ is None else 0b100
        kind = b"\0" if type_ is None else type_bytes(type_)
        if elem.mode == ACTIVE:
            if elem.table is None and (type_ is None or type_ == FUNCREF):
                kind = b""
                head = var_u32(flags)
            else:
                head = var_u32(flags | 2) + var_u32(0 if elem.table is None else elem.table.number)
            head += _constant(elem.offset)
        else:
            head = var_u32(flags | (3 if elem.mode == DECLARED else 1))
        if type_ is None:
            return head + kind + var_u32(elem.count) + elem.indices.code
        return head + kind + writer.vector([_constant(expression) for expression in elem.exprs])

    # --------------------------------------------------------------------------- code

    def _code(self, dwarf: Dwarf | None) -> None:
        """The code section, and branch hints before it."""
        size = 0
        if self.funcs:
            bodies = []
            hints = []
            index = self.imported_funcs
            for func in self.funcs:
                body = self._body(func)
                head = len(body) - len(func.body.code) - 1
                if func.body.hints:
                    hints.append(_hints(index, func.body.hints, head))
                index += 1
                size_field = var_u32(len(body))
                bodies.append(size_field)
                bodies.append(body)
                size += len(size_field) + len(body)
                if dwarf is not None:
                    self._debug(dwarf, func, len(body), size)
            if hints:
                self.out += custom_section("metadata.code.branch_hint", writer.vector(hints))
            count = var_u32(len(self.funcs))
            self.out.append(CODE_SECTION_START)
            self.out += var_u32(len(count) + size)
            self.out += count
            for part in bodies:
                self.out += part

    def _debug(self, dwarf: Dwarf, func: Func, size: int, end: int) -> None:
        """Debugging information of a function whose `size` bytes end at `end`."""
        number = _number(func.use)
        types = self.module.types
        kind = types[number].definition.kind if number < len(types) else None
        params = []
        locals_ = []
        if isinstance(kind, FuncSig):
            # Where its type is none of a function, its locals are not told of either.
            params = [param[2] for param in kind.params]
            locals_ = [local[2] for local in func.locals]
        header = size - len(func.body.code) - 1
        dwarf.func(func.span, params, locals_, func.body.spans, header, end - size, size)

    def _body(self, func: Func) -> bytes:
        """A function's locals, neighbours of one type together, its code and the final `end`."""
        groups: list[tuple[int, int]] = []
        last = -1
        count = 0
        for local in func.locals:
            type_ = resolved(local[2], self.type_name)
            if type_ == last:
                count += 1
                continue
            if count:
                groups.append((count, last))
            last = type_
            count = 1
        if count:
            groups.append((count, last))
        head = var_u32(len(groups)) + b"".join([var_u32(number) + type_bytes(type_) for number, type_ in groups])
        return head + func.body.code + b"\x0b"


def _number(use: TypeUse) -> int:
    assert use.index is not None
    return use.index.number


def _constant(expression: Expression) -> bytes:
    """A constant expression with its `end`."""
    return bytes(expression.code) + b"\x0b"


def _data(data: Data) -> bytes:
    if data.memory is None:
        head = b"\x01"
    elif data.memory.number == 0:
        head = b"\x00" + _constant(data.offset)
    else:
        head = b"\x02" + var_u32(data.memory.number) + _constant(data.offset)
    return head + sized(data.data)


def _hints(index: int, hints: list[tuple[int, int]], shift: int) -> bytes:
    """The branch hints of a function; their places count from the start of its body, `shift` before its code."""
    items = [var_u32(place + shift) + b"\x01" + var_u32(value) for place, value in hints]
    return var_u32(index) + writer.vector(items)


# ------------------------------------------------------------------------------- names


class Names:
    """The name section of a module."""

    __slots__ = ("counts", "fields", "labels", "locals", "module", "parameters", "spaces", "tag_parameters")

    def __init__(self, module: Module, funcs: list[Func], id_: Id | None, name: str | None) -> None:
        self.module = _shown(id_, name)
        self.spaces: list[list[tuple[int, str]]] = [[] for _ in MODULE_SORTS]
        self.counts = [0] * len(MODULE_SORTS)
        self.locals: list[tuple[int, list[tuple[int, str]]]] = []
        self.labels: list[tuple[int, list[tuple[int, str]]]] = []
        self.fields: list[tuple[int, list[tuple[int, str]]]] = []
        self.parameters: list[tuple[int, list[tuple[int, str]]]] = []
        self.tag_parameters: list[tuple[int, list[tuple[int, str]]]] = []
        for field in module.fields:
            self._field(module, field)

    def _add(self, space: int, id_: Id | None, name: str | None) -> int:
        index = self.counts[space]
        self.counts[space] = index + 1
        shown = _shown(id_, name)
        if shown is not None:
            self.spaces[space].append((index, shown))
        return index

    def _field(self, module: Module, field: object) -> None:
        if isinstance(field, Func):
            self._func(module, field)
        elif isinstance(field, Imports):
            for item in field.sigs():
                index = self._add(external_space(item.kind), item.id, item.name)
                use = item.type
                if item.kind != m.TAG and isinstance(use, TypeUse) and use.inline is not None:
                    _append(self.locals, index, _names_of(use.inline.params, 0))
        elif isinstance(field, Type):
            self._type(field)
        elif isinstance(field, Rec):
            for type_ in field.types:
                self._type(type_)
        elif isinstance(field, Table):
            self._add(CORE_TABLE, field.id, field.name)
        elif isinstance(field, Memory):
            self._add(CORE_MEMORY, field.id, field.name)
        elif isinstance(field, Global):
            self._add(CORE_GLOBAL, field.id, field.name)
        elif isinstance(field, Tag):
            index = self._add(CORE_TAG, field.id, field.name)
            if field.use.inline is not None:
                _append(self.tag_parameters, index, _names_of(field.use.inline.params, 0))
        elif isinstance(field, Elem):
            self._add(ELEM, field.id, field.name)
        elif isinstance(field, Data):
            self._add(DATA, field.id, field.name)

    def _type(self, type_: Type) -> None:
        index = self._add(CORE_TYPE, type_.id, type_.name)
        kind = type_.definition.kind
        if isinstance(kind, FuncSig):
            _append(self.parameters, index, _names_of(kind.params, 0))
        elif isinstance(kind, StructDef):
            names = []
            for number, field in enumerate(kind.fields):
                shown = _shown(field.id, field.name)
                if shown is not None:
                    names.append((number, shown))
            _append(self.fields, index, names)

    def _func(self, module: Module, func: Func) -> None:
        index = self._add(CORE_FUNC, func.id, func.name)
        names: list[tuple[int, str]] = []
        known = True
        if func.use.inline is not None:
            names = _names_of(func.use.inline.params, 0)
            first = len(func.use.inline.params)
        else:
            number = _number(func.use)
            kind = module.types[number].definition.kind if number < len(module.types) else None
            known = isinstance(kind, FuncSig)
            first = len(kind.params) if isinstance(kind, FuncSig) else 0
        if known:
            # Without its type nobody knows where a function's locals begin.
            _append(self.locals, index, names + _names_of(func.locals, first))
        _append(self.labels, index, func.body.labels)

    def content(self) -> bytes:
        """The section's content; empty where there are no names."""
        out = bytearray()
        if self.module is not None:
            _subsection(out, m.NAME_MODULE, writer.name(self.module))
        indirect = {
            m.NAME_LOCAL: self.locals,
            m.NAME_LABEL: self.labels,
            m.NAME_FIELD: self.fields,
            m.NAME_PARAMETER: self.parameters,
            m.NAME_TAG_PARAMETER: self.tag_parameters,
        }
        for id_ in range(m.NAME_FUNCTION, m.NAME_TAG_PARAMETER + 1):
            if id_ in indirect:
                _indirect(out, id_, indirect[id_])
            else:
                _direct(out, id_, self.spaces[NAME_MAP_SPACES[id_]])
        return bytes(out)


def _shown(id_: Id | None, name: str | None) -> str | None:
    """What something is called in the name section: an annotation's name before an id."""
    if name is not None:
        return name
    return None if id_ is None or id_.generation else id_.name


def _names_of(params: list[Param], first: int) -> list[tuple[int, str]]:
    names = []
    for number, param in enumerate(params, first):
        shown = _shown(param[0], param[1])
        if shown is not None:
            names.append((number, shown))
    return names


def _append(maps: list[tuple[int, list[tuple[int, str]]]], index: int, names: list[tuple[int, str]]) -> None:
    if names:
        maps.append((index, names))


def _subsection(out: bytearray, id_: int, content: bytes) -> None:
    out.append(id_)
    out += sized(content)


def _direct(out: bytearray, id_: int, names: list[tuple[int, str]]) -> None:
    if names:
        _subsection(out, id_, writer.name_map(names))


def _indirect(out: bytearray, id_: int, maps: list[tuple[int, list[tuple[int, str]]]]) -> None:
    if maps:
        _subsection(out, id_, writer.vector([var_u32(index) + writer.name_map(names) for index, names in maps]))
