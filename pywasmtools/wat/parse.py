"""The text format to binary: a module or a component, whichever the first keyword says."""

from __future__ import annotations

from pywasmtools.wat.core.encode import encode_module
from pywasmtools.wat.core.module import parse_binary_module, parse_module_fields
from pywasmtools.wat.core.resolve import resolve_module
from pywasmtools.wat.cursor import Parser
from pywasmtools.wat.lexer import EOF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wat.dwarf import DwarfSource


def wat_to_binary(text: bytes, path: str | None, dwarf: str | None = None) -> bytes:
    """Translates text, which is UTF-8. `path` is for messages and DWARF; `dwarf` is None, `lines` or `full`.

    Raises `WasmToolsError` with place, line and caret in its message.
    """
    debugging: DwarfSource | None = None
    if dwarf is not None:
        from pywasmtools.wat.dwarf import dwarf_source

        debugging = dwarf_source("<input>.wat" if path is None else path, text, dwarf == "full")
    p = Parser(text, path, debugging)
    if p.kind == EOF and p.lexer.raw_token(0)[0] == EOF:
        raise p.error("expected at least one module field")
    id_ = None
    name = None
    if p.peek2_keyword(b"module"):
        p.open()
        p.keyword(b"module")
        id_ = p.optional_id()
        name = p.optional_name_annotation()
        if p.optional_keyword(b"binary"):
            module = parse_binary_module(p)
        else:
            module = parse_module_fields(p)
        p.close()
    elif p.peek2_keyword(b"component"):
        from pywasmtools.wat.component.entry import encode_component, parse_component

        p.open()
        component = parse_component(p)
        p.close()
        finish(p)
        return encode_component(p.source, component)
    else:
        module = parse_module_fields(p)
    finish(p)
    resolve_module(module, p.source)
    return encode_module(module, id_, name)


def finish(p: Parser) -> None:
    """Refuses anything after the end."""
    p.check()
    if p.kind != EOF:
        raise p.error("extra tokens remaining after parse")
