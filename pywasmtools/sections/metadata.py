"""What a binary says of itself, and what those nested in it say: `read_metadata`."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm.annotations import (
    DESCRIPTIVE,
    Producers,
    is_known_producers,
    read_component_names,
    read_module_names,
    read_producers,
)
from pywasmtools.wasm.payloads import (
    COMPONENT,
    COMPONENT_SECTION,
    CUSTOM_SECTION,
    END,
    MODULE_SECTION,
    VERSION,
    Parser,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pywasmtools.sections.dependencies import Dependencies
    from pywasmtools.wasm.payloads import Payload


class Metadata:
    """What a module or component says of itself: what it does not say is None.

    `start..end` is its range in the outermost binary, in bytes. `descriptions` has authors, description, licenses, source,
    homepage, revision and version by name. `children` are the binaries nested in a component.
    """

    __slots__ = (
        "children",
        "dependencies",
        "descriptions",
        "end",
        "is_component",
        "name",
        "producers",
        "start",
    )

    def __init__(self, is_component: bool, start: int, end: int) -> None:
        self.is_component: bool = is_component
        self.start: int = start
        self.end: int = end
        self.name: str | None = None
        self.producers: Producers | None = None
        self.descriptions: dict[str, str] = {}
        self.dependencies: Dependencies | None = None
        self.children: list[Metadata] = []

    def __repr__(self) -> str:
        name = "" if self.name is None else f" {self.name!r}"
        parts = [f"{self.start:#x}..{self.end:#x}"]
        if self.producers is not None:
            parts.append(repr(self.producers))
        parts += [f"{field}: {text!r}" for field, text in self.descriptions.items()]
        if self.children:
            parts.append(f"{len(self.children)} nested")
        return f"Metadata of a {self.kind}{name} ({', '.join(parts)})"

    def __reduce__(self) -> tuple[Callable[..., Metadata], tuple[object, ...]]:
        # Compiled, it can't be made without what its constructor takes.
        found = self.producers
        parts = (
            self.name,
            None if found is None else found.fields,
            self.descriptions,
            self.dependencies,
            self.children,
        )
        return (_restored, (self.is_component, self.start, self.end, *parts))

    @property
    def kind(self) -> str:
        """What it is of: "component" or "module"."""
        return "component" if self.is_component else "module"


def _restored(
    is_component: bool,
    start: int,
    end: int,
    name: str | None,
    producers: dict[str, dict[str, str]] | None,
    descriptions: dict[str, str],
    dependencies: Dependencies | None,
    children: list[Metadata],
) -> Metadata:
    """A copy, and what a pickle gives."""
    made = Metadata(is_component, start, end)
    made.name = name
    if producers is not None:
        made.producers = Producers()
        made.producers.fields = producers
    made.descriptions = descriptions
    made.dependencies = dependencies
    made.children = children
    return made


def take_apart(metadata: Metadata) -> None:
    """Frees what is nested, one after the other: freed by itself it goes as deep as it is nested, which needs a large stack."""
    parts = [metadata]
    while parts:
        part = parts.pop()
        parts.extend(part.children)
        part.children = []


def read_metadata(data: bytes) -> Metadata:
    """The metadata of a binary. Raises what can't be parsed, and sections of metadata that are malformed."""
    stack: list[Metadata] = []
    try:
        return _read(data, stack)
    except WasmToolsError:
        for metadata in stack:
            take_apart(metadata)
        raise


def _read(data: bytes, stack: list[Metadata]) -> Metadata:
    """`read_metadata`; `stack` has those whose end is yet to come."""
    for payload in Parser(data, bodies=False):
        kind = payload.kind
        if kind == VERSION:
            if not stack:
                stack.append(Metadata(payload.encoding == COMPONENT, 0, len(data)))
        elif kind == MODULE_SECTION or kind == COMPONENT_SECTION:
            stack.append(Metadata(kind == COMPONENT_SECTION, payload.start, payload.end))
        elif kind == END:
            finished = stack.pop()
            if not stack:
                return finished
            stack[-1].children.append(finished)
        elif kind == CUSTOM_SECTION:
            _read_custom(stack[-1], payload)
    raise error("malformed wasm binary, should have reached end")


def _read_custom(metadata: Metadata, payload: Payload) -> None:
    """What a custom section says; of two the last one counts."""
    section = payload.name
    if section == "name":
        _rename(metadata, read_module_names(payload.section()).module_name)
    elif section == "component-name":
        _rename(metadata, read_component_names(payload.section()).component_name)
    elif section == "producers":
        if is_known_producers(payload):
            metadata.producers = read_producers(payload.section())
    elif section in DESCRIPTIVE:
        from pywasmtools.wasm.descriptions import rewritten_description

        metadata.descriptions[section] = rewritten_description(section, payload.custom_data()).decode()
    elif section == ".dep-v0":
        from pywasmtools.sections.dependencies import read_dependencies

        metadata.dependencies = read_dependencies(payload.custom_data())


def _rename(metadata: Metadata, name: str | None) -> None:
    if name is not None:
        metadata.name = name
