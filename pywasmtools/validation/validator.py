"""The validator as a stepper: fed one payload at a time, it shows its types so far.

    validator = Validator()
    for payload in Parser(data):
        body = validator.payload(payload)
        ...                                  # ask, or refuse, between any two payloads

`payload` returns a `FuncToValidate` for a function body, which whoever drives may validate or leave, and None
for all else. After MODULE_SECTION and COMPONENT_SECTION the parser itself goes on inside; `types(0)` is the
state of the module or component that is being walked, `types(1)` that of the component around it. After END it
is gone from there and stands in `ended`. All states of one validator share `component_types` and `core_types`.

What a binary of only types doesn't need (core modules, instances, canonical definitions) is imported where it is met.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.component.state import IN_COMPONENT, ComponentState
from pywasmtools.validation.component.subtyping import val_type
from pywasmtools.validation.component.type_definitions import add_alias, add_core_type, add_type
from pywasmtools.validation.component.types import ComponentTypes
from pywasmtools.validation.core.types import CoreTypes, check_max
from pywasmtools.wasm.component import (
    read_alias,
    read_component_export,
    read_component_import,
    read_component_instance,
    read_component_type,
    read_core_instance,
    read_core_type,
)
from pywasmtools.wasm.limits import (
    MAX_WASM_COMPONENTS,
    MAX_WASM_EXPORTS,
    MAX_WASM_FUNCTIONS,
    MAX_WASM_INSTANCES,
    MAX_WASM_MODULES,
    MAX_WASM_MODULES_AND_COMPONENTS,
    MAX_WASM_TYPES,
)
from pywasmtools.wasm.payloads import (
    CODE_SECTION_ENTRY,
    COMPONENT_ALIAS_SECTION,
    COMPONENT_CANONICAL_SECTION,
    COMPONENT_EXPORT_SECTION,
    COMPONENT_IMPORT_SECTION,
    COMPONENT_INSTANCE_SECTION,
    COMPONENT_SECTION,
    COMPONENT_START_SECTION,
    COMPONENT_TYPE_SECTION,
    COMPONENT_VERSION,
    CORE_INSTANCE_SECTION,
    CORE_TYPE_SECTION,
    CUSTOM_SECTION,
    END,
    MODULE,
    MODULE_SECTION,
    MODULE_VERSION,
    UNKNOWN_SECTION,
    VERSION,
    Parser,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final, TypeAlias

    from pywasmtools.validation.component.types import ValType
    from pywasmtools.validation.core.features import FeatureChecks
    from pywasmtools.validation.core.module import FuncToValidate, ModuleState
    from pywasmtools.wasm.payloads import ComponentStartFunction, Payload
    from pywasmtools.wasm.reader import BinaryReader

    State: TypeAlias = "ModuleState | ComponentState"

LARGE: Final = 600_000
"""Bytes of bodies, from where on several processes may be worth it."""

COMPONENT_SECTION_NAMES: Final = {
    MODULE_SECTION: "module",
    CORE_INSTANCE_SECTION: "core instance",
    CORE_TYPE_SECTION: "core type",
    COMPONENT_SECTION: "component",
    COMPONENT_INSTANCE_SECTION: "instance",
    COMPONENT_ALIAS_SECTION: "alias",
    COMPONENT_TYPE_SECTION: "type",
    COMPONENT_CANONICAL_SECTION: "function",
    COMPONENT_START_SECTION: "start",
    COMPONENT_IMPORT_SECTION: "import",
    COMPONENT_EXPORT_SECTION: "export",
}
"""What messages call the sections of a component, by payload kind."""


class Validator:
    """Validates one binary, and others after it in the same arenas.

    `features` is a set as in `wasm/features.py`, -1 for all; the parser is given the same.
    `ended` is the state that the last END closed: once the walk is over, that of the whole binary.
    """

    __slots__ = ("component_types", "core_types", "count", "ended", "module", "stack")

    def __init__(self, features: int = -1) -> None:
        checks: FeatureChecks | None = None
        if features >= 0:
            from pywasmtools.validation.core.features import FeatureChecks as Checks

            checks = Checks(features)
        self.core_types = CoreTypes(checks)
        self.component_types = ComponentTypes(self.core_types)
        self.stack: list[ComponentState] = []
        """The components that are being walked, the innermost last."""
        self.module: ModuleState | None = None
        """The module that is being walked, inside of all components."""
        self.count = 0
        self.ended: State | None = None

    def types(self, level: int = 0) -> State:
        """The state of the module or component `level` levels out from the one being walked."""
        if self.module is not None:
            if level == 0:
                return self.module
            level -= 1
        return self.stack[-1 - level]

    def component(self, level: int = 0) -> ComponentState:
        """The same where it is known to be a component."""
        state = self.types(level)
        assert isinstance(state, ComponentState)
        return state

    def payload(self, payload: Payload) -> FuncToValidate | None:
        """Validates one payload. Raises at the place that is wrong; the validator is of no use then."""
        kind = payload.kind
        if kind == CUSTOM_SECTION:
            return None
        if kind == VERSION:
            self._version(payload)
            return None
        if kind == END:
            self._end(payload.start)
            return None
        if kind == UNKNOWN_SECTION:
            raise binary_error(payload.start, f"malformed section id: {payload.id}")
        module = self.module
        if kind in COMPONENT_SECTION_NAMES:
            if module is not None or not self.stack:
                raise self._misplaced(f"component {COMPONENT_SECTION_NAMES[kind]}", payload.start)
            self._component_section(payload)
            return None
        if module is None:
            from pywasmtools.validation.core.module import SECTION_NAMES

            name = "code" if kind == CODE_SECTION_ENTRY else SECTION_NAMES[kind]
            raise self._misplaced(f"module {name}", payload.start)
        if kind == CODE_SECTION_ENTRY:
            return module.code_section_entry(payload)
        module.section(payload)
        return None

    def _misplaced(self, section: str, offset: int) -> WasmToolsError:
        """The error for a section of the other encoding, or outside of any (a parser gives neither)."""
        if self.module is not None:
            return binary_error(offset, f"unexpected {section} section while parsing a module")
        if self.stack:
            return binary_error(offset, f"unexpected {section} section while parsing a component")
        when = "before header was parsed" if self.ended is None else "after parsing has completed"
        return binary_error(offset, f"unexpected section {when}")

    def _version(self, payload: Payload) -> None:
        check_max(self.count, 1, MAX_WASM_MODULES_AND_COMPONENTS, "modules and components", payload.start)
        self.count += 1
        number = payload.number
        if payload.encoding == MODULE:
            if number != MODULE_VERSION:
                raise binary_error(payload.start, f"unknown binary version: {number:#x}")
            from pywasmtools.validation.core.module import ModuleState

            self.module = ModuleState(self.core_types)
        else:
            if self.core_types.checks is not None:
                self.core_types.checks.require(
                    "component-model",
                    f"unknown binary version and encoding combination: {number:#x} and 0x1, note: encoded as a "
                    "component but the WebAssembly component model feature is not enabled - enable the feature to "
                    "allow component validation",
                    payload.start,
                )
            if number != COMPONENT_VERSION:
                word = "unsupported" if number < COMPONENT_VERSION else "unknown"
                raise binary_error(payload.start, f"{word} component version: {number:#x}")
            self.stack.append(ComponentState(IN_COMPONENT, self.component_types))

    def _end(self, offset: int) -> None:
        module = self.module
        if module is not None:
            self.module = None
            if self.stack:
                self.stack[-1].add_core_module(module.module, offset)
            self.ended = module
            return
        component = self.stack.pop()
        component.check_values_used(offset)
        type_ = component.finish(offset)
        if self.stack:
            self.stack[-1].components.append(self.component_types.add_component(type_))
        self.ended = component

    def _component_section(self, payload: Payload) -> None:
        kind = payload.kind
        state = self.stack[-1]
        start = payload.start
        if kind == MODULE_SECTION:
            check_max(len(state.core_modules), 1, MAX_WASM_MODULES, "modules", start)
            return
        if kind == COMPONENT_SECTION:
            check_max(len(state.components), 1, MAX_WASM_COMPONENTS, "components", start)
            return
        if kind == COMPONENT_START_SECTION:
            assert payload.component_start is not None
            add_start(state, payload.component_start, start)
            return
        count = payload.count
        if kind == COMPONENT_TYPE_SECTION or kind == CORE_TYPE_SECTION:
            check_max(state.type_count(), count, MAX_WASM_TYPES, "types", start)
        elif kind == COMPONENT_EXPORT_SECTION:
            check_max(len(state.exports), count, MAX_WASM_EXPORTS, "exports", start)
        elif kind == COMPONENT_CANONICAL_SECTION:
            check_max(state.function_count(), count, MAX_WASM_FUNCTIONS, "functions", start)
        elif kind == COMPONENT_INSTANCE_SECTION or kind == CORE_INSTANCE_SECTION:
            check_max(state.instance_count(), count, MAX_WASM_INSTANCES, "instances", start)
        self._all_items(kind, payload.section(), count)

    def _all_items(self, kind: int, reader: BinaryReader, count: int) -> None:
        try:
            self._component_items(kind, reader, count)
            reader.finish_section()
            return
        except MemoryError:
            pass
        raise MemoryError  # a new one: `diagnostics.py` says why

    def _component_items(self, kind: int, reader: BinaryReader, count: int) -> None:
        """Reads the items of a component's section and adds each."""
        stack = self.stack
        state = stack[-1]
        arena = self.component_types
        if kind == COMPONENT_TYPE_SECTION:
            for _ in range(count):
                offset = reader.pos
                add_type(stack, read_component_type(reader), arena, offset, False)
        elif kind == COMPONENT_IMPORT_SECTION:
            for _ in range(count):
                offset = reader.pos
                state.add_import(read_component_import(reader), offset)
        elif kind == COMPONENT_EXPORT_SECTION:
            for _ in range(count):
                offset = reader.pos
                export = read_component_export(reader)
                state.add_export(export.name, state.export_entity(export, offset), offset, False)
        elif kind == COMPONENT_ALIAS_SECTION:
            for _ in range(count):
                offset = reader.pos
                add_alias(stack, read_alias(reader), arena, offset)
        elif kind == COMPONENT_CANONICAL_SECTION:
            from pywasmtools.validation.component.canon import add_canonical
            from pywasmtools.wasm.canonicals import read_canonical

            for _ in range(count):
                offset = reader.pos
                add_canonical(state, read_canonical(reader), offset)
        elif kind == COMPONENT_INSTANCE_SECTION:
            from pywasmtools.validation.component.instantiation import add_instance

            for _ in range(count):
                offset = reader.pos
                add_instance(state, read_component_instance(reader), offset)
        elif kind == CORE_INSTANCE_SECTION:
            from pywasmtools.validation.component.instantiation import add_core_instance

            for _ in range(count):
                offset = reader.pos
                add_core_instance(state, read_core_instance(reader), offset)
        else:
            assert kind == CORE_TYPE_SECTION
            for _ in range(count):
                offset = reader.pos
                add_core_type(stack, read_core_type(reader), arena, offset)


def add_start(state: ComponentState, start: ComponentStartFunction, offset: int) -> None:
    """Checks the start section: arguments are values of the function's types, the result is a new value."""
    state.check_values(offset)
    if state.has_start:
        raise binary_error(offset, "component cannot have more than one start function")
    func = state.arena.func(state.function_at(start.func_index, offset))
    if len(func.params) != len(start.arguments):
        raise binary_error(
            offset,
            f"component start function requires {len(func.params)} arguments but was given {len(start.arguments)}",
        )
    results = 0 if func.result is None else 1
    if results != start.results:
        raise binary_error(
            offset,
            f"component start function has a result count of {start.results} but the function type has a "
            f"result count of {results}",
        )
    for k, (_, type_) in enumerate(func.params):
        given = state.use_value(start.arguments[k], offset)
        _check_start_argument(state, given, type_, k, offset)
    if func.result is not None:
        state.values.append(func.result)
        state.values_used.append(False)
    state.has_start = True


def _check_start_argument(state: ComponentState, given: ValType, type_: ValType, place: int, offset: int) -> None:
    try:
        val_type(state.arena, given, type_, offset)
    except WasmToolsError as e:
        raise e.within(f"value type mismatch for component start function argument {place}") from None


def validate_all(data: bytes, bodies: Callable[[FuncToValidate], None] | None = None, features: int = -1) -> State:
    """Validates a whole binary and returns its state. `bodies` validates a function body; None leaves them out.

    Bodies come last, as in the reference: what is wrong elsewhere is told first. `features` is a set as in
    `wasm/features.py`.
    """
    validator = Validator(features)
    found: list[FuncToValidate] = []
    for payload in Parser(data, bodies is not None, features):
        body = validator.payload(payload)
        if body is not None:
            found.append(body)
    if bodies is not None:
        check = bodies
        check_each(found, lambda at: check(found[at]))
    assert validator.ended is not None
    return validator.ended


def check_each(bodies: Sequence[FuncToValidate], check: Callable[[int], None]) -> None:
    """Calls `check` with each index of `bodies`, in turn, or in several processes where they are many and it is allowed."""
    size = 0
    for body in bodies:
        size += body.body.end - body.body.start
    if size < LARGE:
        for at in range(len(bodies)):
            check(at)
    else:
        from pywasmtools.validation.workers import check_in_processes

        check_in_processes(bodies, check)
