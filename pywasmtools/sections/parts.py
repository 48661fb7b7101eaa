"""Binaries on their way out, in parts: what does not change is a window of the input, and is copied nowhere."""

from __future__ import annotations

from pywasmtools.wasm.payloads import (
    COMPONENT,
    COMPONENT_HEADER,
    COMPONENT_SECTION,
    MODULE_HEADER,
    MODULE_SECTION,
    section_id,
)
from pywasmtools.wasm.writer import var_u32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.payloads import Payload

    Part = bytes | memoryview


class Parts:
    """A module or component, and those around it that have not ended, in parts."""

    __slots__ = ("_input", "_outer", "parts", "size")

    def __init__(self, data: bytes) -> None:
        self._input = memoryview(data)
        self._outer: list[tuple[list[Part], int]] = []
        self.parts: list[Part] = []
        self.size = 0
        """Of the parts, in bytes."""

    def add(self, part: Part) -> None:
        self.parts.append(part)
        self.size += len(part)

    def header(self, encoding: int) -> None:
        """A module or component begins."""
        self.add(COMPONENT_HEADER if encoding == COMPONENT else MODULE_HEADER)

    def section(self, payload: Payload) -> None:
        """A section as it is, under a header of the shortest form. Payloads that are none are left out."""
        if payload.id >= 0:
            self.add(bytes((payload.id,)) + var_u32(payload.end - payload.start))
            self.add(self._input[payload.start : payload.end])

    def nest(self) -> None:
        """A nested binary begins: the parts are its own until it ends."""
        self._outer.append((self.parts, self.size))
        self.parts = []
        self.size = 0

    def end(self, encoding: int) -> bool:
        """A binary ends; False where it is the outermost."""
        if not self._outer:
            return False
        nested, size = self.parts, self.size
        self.parts, self.size = self._outer.pop()
        id_ = section_id(COMPONENT_SECTION if encoding == COMPONENT else MODULE_SECTION)
        self.add(bytes((id_,)) + var_u32(size))
        self.parts += nested
        self.size += size
        return True
