"""The text format of components: `parse_component` reads one, `encode_component` writes it as bytes.

In between names are written out (`expand.py`) and resolved (`resolve.py`).
Specification: component model, Explainer.md and Binary.md.
"""

from __future__ import annotations

from pywasmtools.wat.component.encode import ComponentEncoder
from pywasmtools.wat.component.expand import Expander, Generator
from pywasmtools.wat.component.parse import parse_fields
from pywasmtools.wat.component.resolve import Resolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wat.component.ast import Field
    from pywasmtools.wat.cursor import Id, Parser
    from pywasmtools.wat.lexer import SourceText


class TextComponent:
    """A component as it is written, or the bytes of one given as `(component binary "…")`."""

    __slots__ = ("binary", "fields", "id", "name")

    def __init__(self, id_: Id | None, name: str | None, fields: list[Field], binary: bytes | None) -> None:
        self.id = id_
        self.name = name
        self.fields = fields
        self.binary = binary


def parse_component(p: Parser) -> TextComponent:
    """`component $id (field)…`, inside its parentheses."""
    p.keyword(b"component")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    if not p.optional_keyword(b"binary"):
        return TextComponent(id_, name, parse_fields(p), None)
    data = bytearray()
    while not p.is_empty():
        data += p.strings()
    return TextComponent(id_, name, [], bytes(data))


def encode_component(source: SourceText, component: TextComponent) -> bytes:
    """The binary of a component. Its fields are used up."""
    if component.binary is not None:
        return component.binary
    generator = Generator()
    fields = Expander(generator).expand(component.fields)
    fields = Resolver(source, generator).group(component.id, fields)
    return ComponentEncoder().encode(fields, component.id, component.name)
