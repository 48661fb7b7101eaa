"""Metadata put into a binary, or taken out of it: `add_metadata`. What is nested in it keeps its own."""

from __future__ import annotations

from pywasmtools.sections.parts import Parts
from pywasmtools.wasm.annotations import (
    DESCRIPTIVE,
    LANGUAGE,
    PROCESSED_BY,
    SDK,
    ComponentNames,
    ModuleNames,
    Producers,
    read_component_names,
    read_module_names,
    rewritten_custom,
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
from pywasmtools.wasm.writer import custom_section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

    from pywasmtools.sections.parts import Part
    from pywasmtools.wasm.payloads import Payload

    Pairs = Iterable[tuple[str, str]]

CLEARABLE: Final = ("name", *DESCRIPTIVE)
"""What can be taken out."""

WRITTEN: Final = ("authors", "description", "licenses", "source", "homepage", "revision", "version")
"""Descriptions in the order in which new ones are written."""


class Changes:
    """What becomes of a binary's metadata.

    `name` is a new one, or None; `clear` has names of CLEARABLE; `descriptions` are texts by section, checked and normalised.
    Producers are (tool, version) pairs.
    """

    __slots__ = ("clear", "descriptions", "name", "producers")

    def __init__(self, name: str | None, clear: Iterable[str], descriptions: dict[str, str]) -> None:
        self.name = name
        self.clear = frozenset(clear)
        self.descriptions = descriptions
        self.producers = Producers()

    def produce(self, language: Pairs, processed_by: Pairs, sdk: Pairs) -> None:
        for field, pairs in ((LANGUAGE, language), (PROCESSED_BY, processed_by), (SDK, sdk)):
            for tool, version in pairs:
                self.producers.add(field, tool, version)


def description(name: str, text: str) -> str:
    """The text of a descriptive section as it is written: URLs normalised. Raises what it is refused for."""
    if name == "homepage" or name == "source":
        from pywasmtools.web.url import normalize_url

        return normalize_url(text)
    if name == "licenses":
        from pywasmtools.web.spdx import check_license_expression

        check_license_expression(text)
    return text


def add_metadata(data: bytes, changes: Changes) -> list[Part]:
    """The parts of a binary with its metadata changed. Raises what can't be parsed, and metadata that is malformed."""
    out = Parts(data)
    seen = set()
    encoding = COMPONENT
    depth = 0
    for payload in Parser(data, bodies=False):
        kind = payload.kind
        if kind == VERSION:
            encoding = payload.encoding if not depth else encoding
            out.header(payload.encoding)
        elif kind == MODULE_SECTION or kind == COMPONENT_SECTION:
            depth += 1
            out.nest()
        elif kind == END:
            depth -= 1
            if not out.end(payload.encoding):
                break
        elif kind == CUSTOM_SECTION and not depth:
            changed = _changed(payload, changes)
            if changed is None:
                out.section(payload)
            elif changed:
                seen.add("producers" if payload.name == "producers" else "name" if "name" in payload.name else "")
                out.add(changed)
        else:
            out.section(payload)
    if changes.name is not None and "name" not in seen:
        names = ComponentNames(changes.name) if encoding == COMPONENT else ModuleNames(changes.name)
        out.add(names.section())
    if "producers" not in seen and not changes.producers.is_empty():
        out.add(changes.producers.section())
    for name in WRITTEN:
        if name in changes.descriptions:
            out.add(custom_section(name, changes.descriptions[name].encode()))
    return out.parts


def _changed(payload: Payload, changes: Changes) -> bytes | None:
    """A custom section as it is written again: empty where it goes, None where it stays as it is."""
    name = payload.name
    if "name" in changes.clear:
        # What is taken out is read all the same.
        if name == "name":
            read_module_names(payload.section())
            return ModuleNames().section()
        if name == "component-name":
            read_component_names(payload.section())
            return ComponentNames().section()
    if name in DESCRIPTIVE:
        if name in changes.descriptions:
            return None  # the new one comes behind all
        if name in changes.clear:
            return b""
    return rewritten_custom(payload, changes.producers, changes.name)
