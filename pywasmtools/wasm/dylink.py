"""The `dylink.0` section of a dynamic library (tool-conventions, DynamicLinking.md), read."""

from __future__ import annotations

from pywasmtools.wasm.module import read_u7

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.reader import BinaryReader

# Subsections by their id.
MEM_INFO: Final = 1
NEEDED: Final = 2
EXPORT_INFO: Final = 3
IMPORT_INFO: Final = 4
RUNTIME_PATH: Final = 5
TARGET_ARCH: Final = 6

NAMES: Final = {
    MEM_INFO: "mem-info",
    NEEDED: "needed",
    EXPORT_INFO: "export-info",
    IMPORT_INFO: "import-info",
    RUNTIME_PATH: "runtime-path",
    TARGET_ARCH: "target-arch",
}
"""Subsections as the text format calls them."""

BINDING_WEAK: Final = 1 << 0

SYMBOL_FLAGS: Final[tuple[tuple[int, str], ...]] = (
    (BINDING_WEAK, "binding-weak"),
    (1 << 1, "binding-local"),
    (1 << 2, "visibility-hidden"),
    (1 << 4, "undefined"),
    (1 << 5, "exported"),
    (1 << 6, "explicit-name"),
    (1 << 7, "no-strip"),
    (1 << 8, "tls"),
    (1 << 9, "absolute"),
)
"""The flags of symbols with their names in the text format, in the order of both."""


class DylinkSubsection:
    """A subsection.

    | id | `numbers` | `entries` |
    |---|---|---|
    | MEM_INFO | memory size and alignment, table size and alignment | |
    | NEEDED, RUNTIME_PATH, TARGET_ARCH | | (name, "", 0) each |
    | EXPORT_INFO | | (name, "", flags) each |
    | IMPORT_INFO | | (module, name, flags) each |

    Those with another id are not read.
    """

    __slots__ = ("entries", "id", "numbers")

    def __init__(self, id_: int) -> None:
        self.id = id_
        self.numbers: tuple[int, ...] = ()
        self.entries: list[tuple[str, str, int]] = []


def read_dylink_subsection(reader: BinaryReader) -> DylinkSubsection:
    """The next subsection. What follows its content, as far as its size says, is not looked at."""
    result = DylinkSubsection(read_u7(reader))
    content = reader.sized_reader()
    id_ = result.id
    if id_ == MEM_INFO:
        result.numbers = tuple([content.var_u32() for _ in range(4)])
    elif id_ == TARGET_ARCH:
        result.entries.append((content.unlimited_string(), "", 0))
    elif id_ in NAMES:
        for _ in range(content.var_u32()):
            first = content.unlimited_string()
            second = content.unlimited_string() if id_ == IMPORT_INFO else ""
            flags = content.var_u32() if id_ == EXPORT_INFO or id_ == IMPORT_INFO else 0
            result.entries.append((first, second, flags))
    return result
