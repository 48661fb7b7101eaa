"""What the items of a module or component are called in text, from its `name` and `component-name` sections.

Both kinds of section are heeded in both kinds of binary; a later section has the last word on an index, and
of a malformed one remains what came before the fault.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.wasm import module as m
from pywasmtools.wasm.component import ComponentNameReader
from pywasmtools.wasm.component_types import NAME_COMPONENT
from pywasmtools.wasm.module import NAME_MAP_SPACES
from pywasmtools.wasm.spaces import COMPONENT_SORTS, CORE_SORTS, SORTS
from pywasmtools.wat.print.writer import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import SubType
    from pywasmtools.wat.print.operators import OperatorPrinter
    from pywasmtools.wat.print.writer import TextWriter

_IDENTIFIER: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-./:<=>?@\\^_`|~"
"""The characters of identifiers that need no quotes."""


class Naming:
    """A name: as it was given, and the identifier that it makes.

    A name that is empty, begins with `#` (which is reserved) or was taken before in its space makes an
    identifier with a prefix, and is given in an annotation where the item is defined.
    """

    __slots__ = ("annotated", "identifier", "name")

    def __init__(self, name: str, index: int, group: str, used: set[str] | None) -> None:
        self.name = name
        taken = name == "" or name[0] == "#"
        if not taken and used is not None:
            taken = name in used
            used.add(name)
        self.annotated = taken
        if taken:
            self.identifier = f'$"#{group}{index} {escaped(name)}"'
        elif name.strip(_IDENTIFIER) == "":
            self.identifier = "$" + name
        else:
            self.identifier = f'$"{escaped(name)}"'

    def definition(self, w: TextWriter) -> str:
        """The identifier where it is defined."""
        if not self.annotated:
            return self.identifier
        return f'{self.identifier} ({w.keyword}@name "{w.reset}{escaped(self.name)}")'


def synthetic(group: str, index: int) -> Naming:
    """The name that is made up for what has none."""
    naming = Naming("", index, group, None)
    naming.annotated = False
    naming.identifier = f"$#{group}{index}"
    return naming


class State:
    """A module or component that is being printed: its names, and how far each index space has come.

    Types that open a scope of their own have a state too. Names of locals, labels, fields and parameters are
    by function or type, then by index.
    """

    __slots__ = (
        "counts",
        "field_names",
        "func_types",
        "heads",
        "is_module",
        "label_names",
        "local_names",
        "longest",
        "name",
        "names",
        "operators",
        "parameter_names",
        "place",
        "printer",
        "scopes",
        "tag_parameter_names",
        "tag_types",
        "texts",
        "types",
        "val_types",
    )

    def __init__(self, is_module: bool) -> None:
        self.is_module = is_module
        self.name: Naming | None = None
        self.names: list[dict[int, Naming]] = [{} for _ in SORTS]
        self.counts = [0] * len(SORTS)
        """How many items each space has so far."""
        self.local_names: dict[int, dict[int, Naming]] = {}
        self.label_names: dict[int, dict[int, Naming]] = {}
        self.field_names: dict[int, dict[int, Naming]] = {}
        self.parameter_names: dict[int, dict[int, Naming]] = {}
        self.tag_parameter_names: dict[int, dict[int, Naming]] = {}
        self.types: list[SubType | None] = []
        """The core types; None for module types and aliases."""
        self.func_types: list[int] = []
        """The type index of each core function of a module."""
        self.tag_types: list[int] = []
        """The type index of each tag of a module."""
        self.place = ""
        """Which section came last, for custom sections of modules."""
        self.longest = 0
        """The length of the longest identifier."""
        self.scopes: dict[str, list[int]] = {}
        """Of the outermost state only: the depths of all states that are open and have a name, by their identifiers."""
        self.texts: list[dict[int, str]] = [{} for _ in SORTS]
        """References that were printed before, with a space in front."""
        self.val_types: dict[int, str] = {}
        """Value types that were printed before."""
        self.operators: dict[bytes, str] = {}
        """Operators that were printed before, by their bytes."""
        self.heads: dict[int, str] = {}
        """Types of functions that were printed before, without names."""
        self.printer: OperatorPrinter | None = None
        """Of function bodies, from the first one on."""

    def reference(self, w: TextWriter, space: int, index: int) -> str:
        """An item where it is used: its identifier, or its index."""
        naming = self.names[space].get(index)
        if naming is None and w.synthesize:
            return f"{w.name}$#{SORTS[space].keyword}{index}{w.reset}"
        return f"{w.name}{index if naming is None else naming.identifier}{w.reset}"

    def spaced_reference(self, w: TextWriter, space: int, index: int) -> str:
        """The same after a space, remembered for instructions."""
        texts = self.texts[space]
        text = texts.get(index)
        if text is None:
            text = texts[index] = " " + self.reference(w, space, index)
        return text

    def definition(self, w: TextWriter, space: int) -> str:
        """The next item of a space where it is defined: its identifier if it has one, and its index in a comment."""
        return self.definition_of(w, space, self.counts[space])

    def definition_of(self, w: TextWriter, space: int, index: int) -> str:
        naming = self.names[space].get(index)
        if naming is None:
            made_up = f"$#{SORTS[space].keyword}{index} " if w.synthesize else ""
            return f"{w.name}{made_up}(;{index};){w.reset}"
        return f"{w.name}{naming.definition(w)} (;{index};){w.reset}"


# ------------------------------------------------------------------------------- reading


def read_module_names(state: State, reader: BinaryReader) -> None:
    """Adds the names of a `name` section, up to the first fault in it."""
    names = m.NameReader(reader)
    try:
        while True:
            subsection = names.next_subsection()
            if subsection is None:
                return
            _read_subsection(state, subsection)
    except WasmToolsError:
        pass


def _read_subsection(state: State, subsection: m.NameSubsection) -> None:
    id_ = subsection.id
    if id_ == m.NAME_MODULE:
        state.name = Naming(subsection.name, 0, "module", None)
    elif id_ in NAME_MAP_SPACES:
        sort = SORTS[NAME_MAP_SPACES[id_]]
        names_of = state.names[sort.number]
        _name_map(state, names_of, subsection.reader, subsection.count, sort.keyword, set())
    elif id_ == m.NAME_LOCAL:
        _indirect(state, state.local_names, subsection, "local")
    elif id_ == m.NAME_LABEL:
        _indirect(state, state.label_names, subsection, "label")
    elif id_ == m.NAME_FIELD:
        _indirect(state, state.field_names, subsection, "field")
    elif id_ == m.NAME_PARAMETER:
        _indirect(state, state.parameter_names, subsection, "parameter")
    elif id_ == m.NAME_TAG_PARAMETER:
        _indirect(state, state.tag_parameter_names, subsection, "tag parameter")


def read_component_names(state: State, reader: BinaryReader) -> None:
    """Adds the names of a `component-name` section, up to the first fault in it."""
    names = ComponentNameReader(reader)
    try:
        while True:
            subsection = names.next_subsection()
            if subsection is None:
                return
            if subsection.id == NAME_COMPONENT:
                state.name = Naming(subsection.name, 0, "component", None)
            elif subsection.sort >= 0:
                sort = (CORE_SORTS if subsection.is_core else COMPONENT_SORTS)[subsection.sort]
                group = sort.noun.replace(" ", "-")
                _name_map(state, state.names[sort.number], subsection.reader, subsection.count, group, set())
    except WasmToolsError:
        pass


def _name_map(
    state: State, into: dict[int, Naming], reader: BinaryReader, count: int, group: str, used: set[str] | None
) -> None:
    last = -1
    for _ in range(count):
        start = reader.pos
        index = reader.var_u32()
        name = reader.unlimited_string()
        if index <= last:
            raise binary_error(start, "names out of order")
        last = index
        into[index] = naming = Naming(name, index, group, used)
        if len(naming.identifier) > state.longest:
            state.longest = len(naming.identifier)
    reader.finish_section()


def _indirect(state: State, into: dict[int, dict[int, Naming]], subsection: m.NameSubsection, group: str) -> None:
    names = m.IndirectNameMapReader(subsection.reader, subsection.count)
    while True:
        entry = names.next_naming()
        if entry is None:
            return
        index, reader, count = entry
        # Labels may shadow each other, so theirs may be the same.
        used: set[str] | None = None if group == "label" else set()
        _name_map(state, into.setdefault(index, {}), reader, count, group, used)
