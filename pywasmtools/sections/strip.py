"""A binary without some of its custom sections, nested binaries alike: `strip_sections`."""

from __future__ import annotations

from pywasmtools.sections.parts import Parts
from pywasmtools.wasm.payloads import COMPONENT_SECTION, CUSTOM_SECTION, END, MODULE_SECTION, VERSION, Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pywasmtools.sections.parts import Part


def strip_sections(data: bytes, is_stripped: Callable[[str], bool]) -> list[Part]:
    """The parts of a binary without the custom sections whose names are to be stripped. Raises what can't be parsed."""
    out = Parts(data)
    verdicts: dict[str, bool] = {}
    for payload in Parser(data, bodies=False):
        kind = payload.kind
        if kind == VERSION:
            out.header(payload.encoding)
        elif kind == MODULE_SECTION or kind == COMPONENT_SECTION:
            out.nest()
        elif kind == END:
            if not out.end(payload.encoding):
                break
        elif kind == CUSTOM_SECTION:
            name = payload.name
            if name not in verdicts:
                verdicts[name] = is_stripped(name)
            if not verdicts[name]:
                out.section(payload)
        else:
            out.section(payload)
    return out.parts


def chooser(all_: bool, patterns: Sequence[str]) -> Callable[[str], bool]:
    """Which custom sections are stripped, by name. Raises a pattern that is none.

    All; or those that a pattern is found in; or, without patterns, those that neither debuggers nor tools for components read.
    """
    if patterns:
        from pywasmtools.regex.compile import compile_set

        program = compile_set(patterns)
        if not all_:
            return program.matches
    return (lambda _: True) if all_ else is_for_debuggers


def is_for_debuggers(name: str) -> bool:
    """Whether a custom section is stripped where nothing is said."""
    return name not in ("name", "dylink.0") and not name.startswith("component-type:")
