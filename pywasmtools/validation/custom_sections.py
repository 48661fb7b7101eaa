"""Custom sections that speak of a module's items: names and branch hints, each checked against what it names.

The core specification's appendix "Custom Sections and Annotations" has the `name` section; branch hints are a proposal
of their own. `CustomSections` goes beside a `Validator`, fed the same payloads after it.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.validation.core.module import ModuleState
from pywasmtools.wasm import module as m
from pywasmtools.wasm.annotations import read_branch_hints
from pywasmtools.wasm.operators import OperatorReader
from pywasmtools.wasm.payloads import (
    CODE_SECTION_ENTRY,
    COMPONENT,
    CUSTOM_SECTION,
    DATA_SECTION,
    END,
    VERSION,
)
from pywasmtools.wasm.types import FuncType, StructType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, TypeAlias

    from pywasmtools.validation.core.module import FuncToValidate
    from pywasmtools.validation.validator import Validator
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader

    Largest: TypeAlias = "tuple[int, int]"
    """The last index in a name map and where it stands; -1 and where the map stands, if it is empty."""

_LABELS: Final = (
    0x02,  # block
    0x03,  # loop
    0x04,  # if
    0x06,  # try
    0x1F,  # try_table
)
"""The instructions that make a label."""

_BRANCHES: Final = (
    0x04,  # if
    0x0D,  # br_if
)
"""The instructions that may have a branch hint."""


class CustomSections:
    """All custom sections of a binary. `current` is the state of the module or component that is being walked."""

    __slots__ = ("active",)

    def __init__(self) -> None:
        self.active: list[ModuleNames] = []

    @property
    def current(self) -> ModuleNames:
        return self.active[-1]

    def payload(self, payload: Payload, validator: Validator) -> None:
        """Takes a payload that `validator` has taken; raises where a custom section is not valid."""
        if payload.kind == VERSION:
            self.active.append(ModuleNames(payload.encoding == COMPONENT))
        elif payload.kind == END:
            self.active.pop()
        elif self.active:
            self.active[-1].payload(payload, validator)


class ModuleNames:
    """What the custom sections of one module said, as far as function bodies have to bear it out.

    `locals` and `labels` are the last index that was named of each function's, `hints` the (offset in the body, offset
    of the hint) of each, in order; `params` how many parameters each function has.
    """

    __slots__ = ("data_count", "has_hints", "has_names", "hints", "is_component", "labels", "locals", "params")

    def __init__(self, is_component: bool) -> None:
        self.is_component = is_component
        self.has_names = False
        self.has_hints = False
        self.data_count = 0
        self.locals: dict[int, Largest] = {}
        self.labels: dict[int, Largest] = {}
        self.params: dict[int, int] = {}
        self.hints: dict[int, list[tuple[int, int]]] = {}

    def payload(self, payload: Payload, validator: Validator) -> None:
        if payload.kind == CUSTOM_SECTION:
            if payload.name == "name":
                self._name_section(payload, validator)
            elif payload.name == "metadata.code.branch_hint":
                self._hint_section(payload, validator)
            return
        if self.has_names and payload.kind != CODE_SECTION_ENTRY:
            raise binary_error(payload.start, "name section must come last")
        if payload.kind == DATA_SECTION:
            self.data_count = payload.count

    # ------------------------------------------------------------------- names

    def _name_section(self, payload: Payload, validator: Validator) -> None:
        reader = payload.section()
        if self.is_component:
            raise binary_error(reader.pos, "core module `name` section in a component")
        if self.has_names:
            raise binary_error(reader.pos, "duplicate name section")
        self.has_names = True
        state = validator.types(0)
        assert isinstance(state, ModuleState)
        module = state.module
        counts = {
            m.NAME_FUNCTION: ("func", len(module.functions)),
            m.NAME_TYPE: ("type", len(module.types)),
            m.NAME_TABLE: ("table", len(module.tables)),
            m.NAME_MEMORY: ("memory", len(module.memories)),
            m.NAME_GLOBAL: ("global", len(module.globals)),
            m.NAME_ELEMENT: ("element", len(module.element_types)),
            m.NAME_DATA: ("data", self.data_count),
            m.NAME_TAG: ("tag", len(module.tags)),
        }
        names = m.NameReader(reader)
        while True:
            subsection = names.next_subsection()
            if subsection is None:
                return
            known = counts.get(subsection.id)
            if known is not None:
                _last_index(subsection.reader, subsection.count, known[0], known[1])
            elif subsection.id in m.INDIRECT_NAMES:
                self._indirect(state, subsection)
            elif subsection.id != m.NAME_MODULE:
                raise binary_error(subsection.reader.pos, f"unknown name subsection: {subsection.id}")

    def _indirect(self, state: ModuleState, subsection: m.NameSubsection) -> None:
        module = state.module
        core_types = state.types.core_types
        id_ = subsection.id
        if id_ == m.NAME_LOCAL or id_ == m.NAME_LABEL:
            word = "local" if id_ == m.NAME_LOCAL else "label"
            found = _last_indices(subsection, len(module.functions), "func", word)
            if id_ == m.NAME_LOCAL:
                self.locals = found
                for index in found:
                    self.params[index] = len(module.type_of_function(state.types, index, 0).params)
            else:
                self.labels = found
            # What is imported has no locals but its parameters, and no labels. The others' bodies come later.
            imported = {index: last for index, last in found.items() if index < module.imported_functions}
            params = self.params
            _check(imported, f"{word} name", lambda k, _: params[k] if id_ == m.NAME_LOCAL else 0)
        elif id_ == m.NAME_FIELD or id_ == m.NAME_PARAMETER:
            word = "field" if id_ == m.NAME_FIELD else "param"

            def count(index: int, offset: int) -> int:
                inner = core_types[module.types[index]].composite.inner
                if id_ == m.NAME_FIELD:
                    if isinstance(inner, StructType):
                        return len(inner.fields)
                    raise binary_error(offset, f"field name specified when type {index} is not a struct")
                if isinstance(inner, FuncType):
                    return len(inner.params)
                raise binary_error(offset, f"parameter name specified when type {index} is not a func")

            found = _last_indices(subsection, len(module.types), "type", word)
            _check(found, "field name" if id_ == m.NAME_FIELD else "parameter name", count)
        else:
            found = _last_indices(subsection, len(module.tags), "tag", "param")
            types = state.types
            _check(found, "tag parameter name", lambda k, _: len(types.func_type(module.tags[k]).params))

    # ------------------------------------------------------------------- branch hints

    def _hint_section(self, payload: Payload, validator: Validator) -> None:
        reader = payload.section()
        start = reader.pos
        count = _count_or_none(reader)
        if count < 0:
            return
        if self.is_component:
            raise binary_error(start, "core module branch hint section in a component")
        if self.has_hints:
            raise binary_error(start, "duplicate branch hint section")
        self.has_hints = True
        state = validator.types(0)
        assert isinstance(state, ModuleState)
        module = state.module
        last = -1
        for _ in range(count):
            offset = reader.pos
            func, hints = read_branch_hints(reader)
            if func <= last:
                raise binary_error(offset, "branch hints must be sorted by function index")
            last = func
            if not module.imported_functions <= func < len(module.functions):
                raise binary_error(offset, f"invalid function index {func} in branch hint section")
            previous = -1
            for place, _, at in hints:
                if place <= previous:
                    raise binary_error(at, "branch hints must be sorted by function offset")
                previous = place
            self.hints[func] = [(place, at) for place, _, at in hints]
        reader.finish_section()

    # ------------------------------------------------------------------- bodies

    def check_body(self, func: FuncToValidate) -> None:
        """Raises where a name or a hint is of something that a body, found to be valid, doesn't have."""
        index = func.index
        last = self.locals.get(index)
        label = self.labels.get(index)
        hints = self.hints.get(index, [])
        if last is None and label is None and not hints:
            return
        reader = func.body.section()
        total = 0
        for _ in range(reader.var_u32()):
            total += reader.var_u32()
            reader.val_type()
        if last is not None and last[0] >= self.params[index] + total:
            raise binary_error(last[1], f"invalid local index {last[0]}")
        labels = _count_labels(reader, func.body.start, hints)
        if label is not None and label[0] >= labels:
            raise binary_error(label[1], f"invalid label index {label[0]}")


def _count_labels(reader: BinaryReader, start: int, hints: list[tuple[int, int]]) -> int:
    """How many labels a body has; raises where a hint is at no instruction that may have one."""
    labels = 0
    next_hint = 0
    operators = OperatorReader(reader)
    while not operators.eof():
        at = -1
        if next_hint < len(hints):
            place, offset = hints[next_hint]
            if place == reader.pos - start:
                next_hint += 1
                at = offset
            elif place < reader.pos - start:
                raise binary_error(offset, "branch hint for bytes between instructions")
        key = operators.next_operator().key
        if key in _LABELS:
            labels += 1
        if at >= 0 and key not in _BRANCHES:
            raise binary_error(at, "branch hint for instruction that isn't if or br_if")
    if next_hint < len(hints):
        raise binary_error(hints[next_hint][1], "branch hint for nonexistent instruction")
    return labels


def _count_or_none(reader: BinaryReader) -> int:
    """The number of items of a section; -1 where it can't be read, which leaves the section unknown."""
    data = reader.data
    pos = reader.pos
    while pos < reader.end and data[pos] >= 0x80 and pos < reader.pos + 4:
        pos += 1
    if pos >= reader.end or (pos == reader.pos + 4 and data[pos] >= 0x10):
        return -1
    return reader.var_u32()


def _last_index(reader: BinaryReader, count: int, word: str, items: int) -> Largest | None:
    """The last index of a name map and its offset; raises where one is too large. None for an empty map."""
    names = m.NameMapReader(reader, count)
    last: Largest | None = None
    while True:
        offset = reader.pos
        naming = names.next_naming()
        if naming is None:
            return last
        if naming[0] >= items >= 0:
            raise binary_error(offset, f"invalid {word} naming index {naming[0]}")
        last = (naming[0], offset)


def _last_indices(subsection: m.NameSubsection, items: int, word: str, item_word: str) -> dict[int, Largest]:
    """The last index of each inner map, by the index of what that is of."""
    reader = subsection.reader
    names = m.IndirectNameMapReader(reader, subsection.count)
    found: dict[int, Largest] = {}
    while True:
        offset = reader.pos
        naming = names.next_naming()
        if naming is None:
            return found
        index, inner, count = naming
        if index >= items:
            raise binary_error(offset, f"invalid {word} naming index {index}")
        found[index] = _last_index(inner, count, item_word, -1) or (-1, offset)


def _check(found: dict[int, Largest], description: str, count: Callable[[int, int], int]) -> None:
    """Raises for the first index that is not below what `count` says of the item, asked with an offset for errors."""
    for index in sorted(found):
        last, offset = found[index]
        limit = count(index, offset)
        if last >= limit:
            raise binary_error(offset, f"invalid {description} index {last}")
