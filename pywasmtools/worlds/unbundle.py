"""A component whose core modules are taken out and imported instead: `unbundle`."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.sections.parts import Parts
from pywasmtools.validation.validator import Validator
from pywasmtools.wasm import payloads
from pywasmtools.wasm.annotations import renumbered_component_names
from pywasmtools.wasm.component_builder import alias_outer, write_alias
from pywasmtools.wasm.component_types import MODULE
from pywasmtools.wasm.features import DEFAULT
from pywasmtools.wasm.module import FUNC, TAG
from pywasmtools.wasm.payloads import (
    COMPONENT_ALIAS_SECTION,
    COMPONENT_IMPORT_SECTION,
    COMPONENT_SECTION,
    COMPONENT_START_SECTION,
    CORE_TYPE_SECTION,
    CUSTOM_SECTION,
    END,
    MODULE_SECTION,
    UNKNOWN_SECTION,
    VERSION,
    Parser,
    section_id,
)
from pywasmtools.wasm.types import CONCRETE, REF, FuncType
from pywasmtools.wasm.writer import name as write_name
from pywasmtools.wasm.writer import section, var_u32, write_entity_type, write_func_type
from pywasmtools.worlds.renumber import Renumbering

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pywasmtools.sections.parts import Part
    from pywasmtools.validation.core.types import EntityType
    from pywasmtools.wasm.types import ValType

    Keep = Callable[[str, memoryview], object]
    """Is given the name of the import and the module that is to satisfy it."""


def unbundle(data: bytes, threshold: int, keep: Keep) -> list[Part]:
    """The parts of a component without its core modules of more than `threshold` bytes, which it imports.

    Each goes to `keep` before the next is looked at. Raises what can't be parsed, and modules whose types can't be imported.
    """
    taken = _taken(data, threshold)
    types = _CoreTypes()
    imports = bytearray()
    count = 0
    for start, end in [span for span in taken if span is not None]:
        index = types.module(data, start, end)
        name = f"unbundled-module{count}"
        imports += b"\x00" + write_name(name) + bytes((0x00, MODULE)) + var_u32(index)
        count += 1
        keep(name, memoryview(data)[start:end])
    out = Parts(data)
    out.header(payloads.COMPONENT)
    out.add(section(section_id(CORE_TYPE_SECTION), var_u32(types.count) + types.content))
    out.add(section(section_id(COMPONENT_IMPORT_SECTION), var_u32(count) + imports))
    _rewrite(out, data, Renumbering(types.count, count), taken)
    return out.parts


def _taken(data: bytes, threshold: int) -> list[tuple[int, int] | None]:
    """For each core module, in the order of the binary, where it lies if it is taken out."""
    found: list[tuple[int, int] | None] = []
    for payload in Parser(data, bodies=False):
        if payload.kind == MODULE_SECTION:
            found.append((payload.start, payload.end) if payload.end - payload.start > threshold else None)
    return found


def _rewrite(out: Parts, data: bytes, numbers: Renumbering, taken: list[tuple[int, int] | None]) -> None:
    """Adds the sections of the component `data`, its modules as `taken` says."""
    parser = Parser(data, bodies=False)
    modules = iter(taken)
    imported = 0
    for payload in parser:
        kind = payload.kind
        if kind == VERSION:
            if numbers.depth:
                out.header(payload.encoding)
        elif kind == MODULE_SECTION:
            parser.skip_nested(payload)
            if next(modules) is None:
                out.section(payload)
                continue
            alias = bytearray(b"\x01")
            write_alias(alias, alias_outer(MODULE, numbers.depth, imported))
            out.add(section(section_id(COMPONENT_ALIAS_SECTION), alias))
            imported += 1
        elif kind == COMPONENT_SECTION:
            numbers.depth += 1
            out.nest()
        elif kind == END:
            numbers.depth -= 1
            out.end(payload.encoding)
        elif kind == CUSTOM_SECTION and payload.name == "component-name":
            out.add(_names(payload, numbers))
        elif kind == CUSTOM_SECTION or kind == UNKNOWN_SECTION:
            out.section(payload)
        elif kind == COMPONENT_START_SECTION:
            start = payload.component_start
            assert start is not None
            arguments = b"".join([var_u32(index) for index in start.arguments])
            content = var_u32(start.func_index) + var_u32(len(start.arguments)) + arguments + var_u32(start.results)
            out.add(section(payload.id, content))
        else:
            out.add(numbers.section(payload))


def _names(payload: payloads.Payload, numbers: Renumbering) -> bytes:
    """A `component-name` section with core types and modules renumbered."""
    try:
        return renumbered_component_names(payload, numbers.core_type, numbers.module)
    except WasmToolsError as e:
        if len(e.layers) == 1:
            e.context("There was an error when parsing")
        raise


class _CoreTypes:
    """The core type section in front of all: function types, each once, and the types of the modules that use them."""

    __slots__ = ("_known", "content", "count", "validator")

    def __init__(self) -> None:
        self.validator = Validator(DEFAULT)
        self.content = bytearray()
        self.count = 0
        self._known: dict[int, int] = {}

    def module(self, data: bytes, start: int, end: int) -> int:
        """Adds the type of the module at `start..end`; returns its index."""
        parser = Parser(data, bodies=False)
        parser.narrow(start, end)
        try:
            for payload in parser:
                self.validator.payload(payload)
        except WasmToolsError as e:
            e.layers[-1].offset -= start  # it is told as if it were a file of its own
            raise e.context("failed to validate core wasm module found in component") from None
        self.validator.count = 0
        ended = self.validator.ended
        assert ended is not None
        state = ended.module  # type: ignore[union-attr]
        type_ = _ModuleType(self)
        for (module_name, name), entities in state.imports.items():
            for entity in entities:
                type_.declare(b"\x00" + write_name(module_name) + write_name(name), entity)
        for name, entity in state.exports.items():
            type_.declare(b"\x03" + write_name(name), entity)
        self.content += b"\x50" + var_u32(type_.declarations) + type_.content
        self.count += 1
        return self.count - 1

    def function(self, type_id: int) -> int:
        """The index of a function type, which is added where it is new."""
        known = self._known.get(type_id)
        if known is not None:
            return known
        type_ = self.validator.core_types.core_type(type_id)
        func = type_.composite.inner
        if not type_.is_final or type_.supertypes or type_.composite.shared or not isinstance(func, FuncType):
            raise error("unsupported core type to translate")
        _check_types((*func.params, *func.results))
        write_func_type(self.content, func)
        self._known[type_id] = self.count
        self.count += 1
        return self.count - 1


class _ModuleType:
    """A module type being written: it has its own alias of each function type that it uses."""

    __slots__ = ("_known", "_types", "content", "declarations")

    def __init__(self, types: _CoreTypes) -> None:
        self._types = types
        self._known: dict[int, int] = {}
        self.content = bytearray()
        self.declarations = 0

    def declare(self, start: bytes, entity: EntityType) -> None:
        """Adds an import or export, which begins with `start`."""
        if entity.type_id >= 0:
            index = self._function(entity.type_id)
            self.content += start
            # That a function is of exactly its type is not told.
            self.content.append(TAG if entity.kind == TAG else FUNC)
            if entity.kind == TAG:  # an exception
                self.content.append(0x00)
            self.content += var_u32(index)
        else:
            type_ = entity.table or entity.memory or entity.global_
            assert type_ is not None
            if entity.table is not None:
                _check_types((entity.table.element_type,))
            elif entity.global_ is not None:
                _check_types((entity.global_.content_type,))
            self.content += start
            write_entity_type(self.content, entity.kind, type_)
        self.declarations += 1

    def _function(self, type_id: int) -> int:
        known = self._known.get(type_id)
        if known is None:
            outer = self._types.function(type_id)
            known = self._known[type_id] = len(self._known)
            self.content += b"\x02\x10\x01\x01" + var_u32(outer)
            self.declarations += 1
        return known


def _check_types(types: Iterable[ValType]) -> None:
    """Refuses references to types that have a place in their module only."""
    for type_ in types:
        if type_ & REF and type_ & CONCRETE:
            raise error("There was a canonicalized heap type reference without type index information")
