"""The library that wit-component has built in: `dlopen`, `dlsym` and their like, over the table of `tables.py`.

It is compiled code of wit-component, and not part of this package. What other libraries see of it is known here: mostly that
decides all, for it is left out where nothing needs it. Where it is needed, whoever links has to bring its bytes. A real
wasm-tools of this release has them: it puts them into a component of `probe_module`.
"""

from __future__ import annotations

from pywasmtools.componentize.linking.library import INITIALIZE, LIBDL_LIBRARIES, MEMORY_BASE, TABLE_BASE, Library
from pywasmtools.wasm.dylink import NEEDED
from pywasmtools.wasm.module import FUNC
from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.payloads import MODULE_SECTION, Parser
from pywasmtools.wasm.types import I32, FuncType
from pywasmtools.wasm.writer import name, section, vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

LIBDL: Final = "libdl.so"
LIBC: Final = "libc.so"
"""The library that it needs."""

SIZE: Final = 1358
"""How many bytes it has in this release."""

FINGERPRINT: Final = 0xF3017CCD55E69761
"""The 64-bit FNV-1a hash of these."""

_I32_TO_I32: Final = FuncType((I32,), (I32,))
IMPORTS: Final = (
    ("memcmp", FuncType((I32, I32, I32), (I32,))),
    ("strlen", _I32_TO_I32),
)
"""The functions that it imports, by name."""

EXPORTS: Final = (
    ("dlclose", _I32_TO_I32),
    ("dlerror", FuncType((), (I32,))),
    ("dlopen", FuncType((I32, I32), (I32,))),
    ("dlsym", FuncType((I32, I32), (I32,))),
)
"""The functions that it exports, by name."""


def libdl() -> Library:
    """What is known of it; its bytes are missing."""
    library = Library(LIBDL, False, b"", None)
    library.memory_size, library.memory_alignment = 148, 2
    library.table_alignment = 0
    library.needed = [LIBC]
    library.needs = {MEMORY_BASE, TABLE_BASE, LIBDL_LIBRARIES}
    library.env_imports = [(function, type_, 0) for function, type_ in IMPORTS]
    library.exports = [(function, FUNC, type_) for function, type_ in EXPORTS]
    library.exported_for_linker = {INITIALIZE}
    return library


def is_libdl(data: bytes) -> bool:
    """Whether bytes are those of this release's."""
    if len(data) != SIZE:
        return False
    found = 0xCBF29CE484222325
    for byte in data:
        found = (found ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return found == FINGERPRINT


def probe_module() -> bytes:
    """A library to be called `libc.so` and linked with `--use-built-in-libdl`: it needs that, and exports what that imports."""
    module = ModuleBuilder()
    for function, type_ in IMPORTS:
        index = module.function(module.type_func(type_))
        module.code([], b"\x00\x0b")
        module.export(function, FUNC, index)
    module.custom("dylink.0", section(NEEDED, vector([name(LIBDL)])))
    return module.finish()


def libdl_in(component: bytes) -> bytes | None:
    """The library, where a component has it among its modules."""
    for payload in Parser(component, bodies=False):
        if payload.kind == MODULE_SECTION:
            data = component[payload.start : payload.end]
            if is_libdl(data):
                return data
    return None
