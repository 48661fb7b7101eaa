"""A file of WIT as a flat table of its grammar's nodes, with the names that are in scope at each.

A table is made once a file: mutations work on offsets, so that nothing is parsed again.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node as Parsed

from pywasmtools.lab.grammar import parse

TYPES = frozenset(
    {
        *("primitive_type", "named_type", "list_type", "map_type", "option_type", "result_type", "tuple_type"),
        *("future_type", "stream_type", "own_type", "borrow_type"),
    }
)
DEFINITIONS = frozenset({"type_alias", "record", "variant", "enum", "flags", "resource"})
BODIES = frozenset({"interface_body", "world_body", "package_body", "source_file"})
IN_COMMAS = frozenset({"field", "variant_case", "enum_case", "flag", "parameter", "use_name", "include_name"})
ITEMS = frozenset(
    {
        *DEFINITIONS,
        *("function", "use", "include", "import", "export", "interface", "world", "top_level_use", "nested_package"),
        *("method", "constructor", "static_function"),
    }
)
"""What stands on its own in a body, and may have attributes before it."""

KEPT = frozenset(
    {
        *TYPES,
        *ITEMS,
        *IN_COMMAS,
        *BODIES,
        *("attribute", "version", "integer", "identifier", "package_name", "package_declaration", "qualified_path"),
        *(
            "function_type",
            "parameters",
            "inline_interface",
            "include_names",
            "string",
            "line_comment",
            "block_comment",
        ),
        *("record_body", "variant_body", "enum_body", "flags_body", "resource_body"),
    }
)


class Node:
    """A node: its bytes are `start` to `end`; `at` is its place in the table, behind which stand those inside, up to `last`."""

    __slots__ = ("at", "end", "field", "kind", "last", "parent", "scope", "start")

    def __init__(self, at: int, kind: str, field: str, start: int, end: int, parent: Node | None) -> None:
        self.at = at
        self.kind = kind
        self.field = field
        self.start = start
        self.end = end
        self.parent = parent
        self.last = at
        self.scope: Scope | None = None


class Scope:
    """Names that are defined in an interface, a world or a file: types, resources among them, and all names."""

    __slots__ = ("names", "resources", "types")

    def __init__(self) -> None:
        self.types: list[bytes] = []
        self.resources: list[bytes] = []
        self.names: list[bytes] = []


class Table:
    """The nodes of a file, in the order of the text; `by_kind` has them by kind, types together as `type`."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.nodes: list[Node] = []
        self.by_kind: dict[str, list[Node]] = {}
        self.broken = False
        self._walk(text)
        self._name()

    def _walk(self, text: bytes) -> None:
        cursor = parse(text).walk()
        stack: list[tuple[Node | None, Scope | None]] = []
        parent: Node | None = None
        scope: Scope | None = None
        while True:
            found = cursor.node
            assert found is not None
            node, inner = self._add(found, cursor.field_name or "", parent, scope)
            if cursor.goto_first_child():
                stack.append((parent, scope))
                parent, scope = node or parent, inner
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
                closed, (parent, scope) = parent, stack.pop()
                if closed is not parent and closed is not None:
                    closed.last = len(self.nodes) - 1

    def _add(
        self, found: Parsed, field: str, parent: Node | None, scope: Scope | None
    ) -> tuple[Node | None, Scope | None]:
        if found.is_error or found.is_missing:
            self.broken = True
        kind = found.type
        if not found.is_named or kind not in KEPT:
            return None, scope
        node = Node(len(self.nodes), kind, field, found.start_byte, found.end_byte, parent)
        self.nodes.append(node)
        self.by_kind.setdefault(kind, []).append(node)
        if kind in TYPES:
            self.by_kind.setdefault("type", []).append(node)
        if kind in ITEMS:
            self.by_kind.setdefault("item", []).append(node)
        if kind in IN_COMMAS:
            self.by_kind.setdefault("part", []).append(node)
        node.scope = scope
        if kind in BODIES:
            scope = Scope()
            if kind == "source_file":
                node.scope = scope
        return node, scope

    def _name(self) -> None:
        """Fills the scopes."""
        for node in self.by_kind.get("identifier", ()):
            parent = node.parent
            if parent is None or parent.scope is None:
                continue
            name, scope = self.bytes_of(node), parent.scope
            if node.field == "name" and parent.kind in DEFINITIONS:
                scope.types.append(name)
                if parent.kind == "resource":
                    scope.resources.append(name)
            if parent.kind == "use_name":
                if node.field == "alias":
                    scope.types.pop()  # the name that it stands behind
                scope.types.append(name)
            if node.field in ("name", "alias") and (
                parent.kind in ITEMS or parent.kind in ("use_name", "package_name")
            ):
                scope.names.append(name)

    def bytes_of(self, node: Node) -> bytes:
        return self.text[node.start : node.end]

    def inside(self, node: Node) -> Iterator[Node]:
        """The nodes inside another, itself too."""
        yield from self.nodes[node.at : node.last + 1]

    def some(self, kind: str) -> list[Node]:
        """Nodes of a kind, or of `type`, `item`, `part`."""
        return self.by_kind.get(kind, [])


def is_reference(node: Node) -> bool:
    """Whether an identifier means a type that is defined elsewhere."""
    return node.parent is not None and (node.parent.kind in ("named_type", "own_type", "borrow_type"))
