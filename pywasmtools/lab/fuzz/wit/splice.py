"""Changes to a file of WIT at the nodes of its grammar: others of the same kind, more, fewer, in another order, other names.

A change is (start, end, new) in bytes of the file; a round makes some that don't overlap. What is brought from another
file is given names that are in scope where it comes to stand, so that the result resolves more often than not.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from pywasmtools.lab.fuzz.wit.nodes import BODIES, DEFINITIONS, ITEMS, Node, Scope, Table, is_reference

Edit = tuple[int, int, bytes]

MOST_DONOR = 600
"""Bytes of what is brought from another file."""

PRIMITIVES = (
    *(b"bool", b"u8", b"u16", b"u32", b"u64", b"s8", b"s16", b"s32", b"s64", b"f32", b"f64", b"char", b"string"),
    b"error-context",
)
WORDS = (b"a", b"b2", b"get-it", b"X", b"file", b"A-B", b"%type", b"%list", b"stream-x", b"x", b"i", b"w", b"r", b"t")
VERSIONS = (b"0.1.0", b"0.1.1", b"0.2.0", b"1.0.0", b"1.2.3", b"2.0.0-rc.1", b"1.0.0+b", b"0.0.1", b"10.20.30")
BAD_VERSIONS = (
    *(
        b"01.0.0",
        b"1.02.0",
        b"1.0.00",
        b"1.0.0-01",
        b"1.0.0-",
        b"1.0.0+",
        b"1.0",
        b"1.0.0--a",
        b"1.0.0-a..b",
        b"1.0.0-a_b",
    ),
    *(
        b"99999999999999999999.0.0",
        b"1.0.18446744073709551616",
        b"1.0.0-00a",
        b"1.0.0+01",
        b"1.0.0-0.x-y+5.z",
        b"1.0.0.0",
    ),
)
BAD_TYPES = (
    *(
        b"record",
        b"func()",
        b"interface",
        b"_",
        b"<",
        b"",
        b"list",
        b"list<>",
        b"result<>",
        b"tuple<>",
        b"tuple<u8,>",
        b"own",
    ),
    *(
        b"own<u8>",
        b"borrow<list<u8>>",
        b"list<u8,>",
        b"option<u8, u8>",
        b"map<u8>",
        b"stream<>",
        b"use",
        b"-",
        b"1",
        b"get",
    ),
    *(
        b"list<u8, x>",
        b"result<_>",
        b"result<_, _>",
        b"x.y",
        b"%",
        b"future<_>",
        b"string<u8>",
        b'"x"',
        b"list<u8",
        b"own<a:b/c>",
    ),
)
ATTRIBUTES = (
    b"@since(version = %v)",
    b"@since(version = %v)",
    b"@since(version = %v)\n@deprecated(version = %v)",
    b"@unstable(feature = %f)",
    b"@unstable(feature = %f)\n@deprecated(version = %v)",
    b"@deprecated(version = %v)",
    b'@external-id("x")',
    b'@external-id("\\u{e9} \\n")',
)
FEATURES = (b"alpha", b"b-2", b"active", b"x")
COMMENTS = (
    *(b"/// Docs.\n", b"/// One.\n/// Two.\n", b"/** Block docs. */\n", b"/** Over\n  * lines */ ", b"// plain\n"),
    *(b"/* plain */ ", b"///\n", b"/// ", b"////// many\n", b"/** a /* nested */ b */ ", b"/**/ ", b"///no space\n"),
    *(b"/// \xc3\xbcn\xc3\xaf \xe2\x86\x92\n", b"///   deep\n///  less\n", b"/*** three */ ", b"/// trailing  \n"),
)
CHILDREN = {
    "interface_body": (*sorted(DEFINITIONS), "function", "use"),
    "world_body": (*sorted(DEFINITIONS), "import", "export", "use", "include"),
    "resource_body": ("constructor", "method", "static_function"),
    "source_file": ("interface", "world", "top_level_use", "nested_package"),
    "package_body": ("interface", "world", "top_level_use"),
}
"""What may stand in which body."""

SWAPS = (
    (b"import", b"export"),
    (b"own<", b"borrow<"),
    (b"enum ", b"flags "),
    (b"record ", b"variant "),
    (b"list<", b"option<"),
    (b"stream<", b"future<"),
    (b"option<", b"result<"),
    (b"static func", b"func"),
    (b"async func", b"func"),
    (b"func(", b"get("),
    (b"interface ", b"world "),
    (b"use ", b"include "),
    (b"list<", b"tuple<"),
    (b"result<", b"result<_, "),
)
"""Keywords in each other's place."""


class Donors:
    """Nodes of many files, by kind."""

    def __init__(self) -> None:
        self.by_kind: dict[str, list[tuple[Table, Node]]] = {}
        self.seen: set[tuple[str, bytes]] = set()
        self.files: list[Table] = []
        """Files with a package of their own, which can be dependencies."""

    def add(self, table: Table) -> None:
        """Adds the nodes of a file, those that are not there yet."""
        for node in table.nodes:
            if node.end - node.start > MOST_DONOR or node.kind == "identifier":
                continue
            key = (node.kind, table.bytes_of(node))
            if key not in self.seen:
                self.seen.add(key)
                self.by_kind.setdefault(node.kind, []).append((table, node))
        if not table.broken and table.some("package_declaration") and table.some("interface"):
            self.files.append(table)

    def one(self, rng: random.Random, kinds: tuple[str, ...]) -> tuple[Table, Node] | None:
        """A node of one of some kinds."""
        there = [kind for kind in kinds if kind in self.by_kind]
        return rng.choice(self.by_kind[rng.choice(there)]) if there else None


def interfaces_of(table: Table) -> dict[bytes, list[bytes]]:
    """The interfaces at the top of a file, with the types that they define."""
    found = {}
    for node in table.some("interface"):
        name, body = name_of(table, node), next((n for n in table.inside(node) if n.kind == "interface_body"), None)
        inner = next((n.scope for n in table.inside(body) if n.parent is body and n.scope), None) if body else None
        found[name] = [*inner.types] if inner else []
    return found


def name_of(table: Table, node: Node) -> bytes:
    """The name that a definition gives."""
    return next(
        (
            table.bytes_of(n)
            for n in table.inside(node)
            if n.kind == "identifier" and n.parent is node and n.field == "name"
        ),
        b"",
    )


class Splicer:
    """One round of changes to a file."""

    def __init__(self, rng: random.Random, table: Table, donors: Donors) -> None:
        self.rng = rng
        self.table = table
        self.donors = donors
        self.interfaces = interfaces_of(table)

    def round(self, count: int) -> bytes:
        """The file with up to so many changes."""
        edits: list[Edit] = []
        for _ in range(count * 3):
            [make] = self.rng.choices(*zip(*CHANGES, strict=True))
            edit: Edit | None = make(self)
            if edit is not None and not any(edit[0] < end and start < edit[1] for start, end, _ in edits):
                edits.append(edit)
            if len(edits) >= count:
                break
        text = self.table.text
        for start, end, new in sorted(edits, key=lambda e: (-e[0], -e[1])):
            text = text[:start] + new + text[end:]
        return text

    # ------------------------------------------------------------------ what is put in

    def pick(self, *kinds: str) -> Node | None:
        """A node of one of some kinds; each kind is as likely as the others."""
        there = [kind for kind in kinds if kind in self.table.by_kind]
        return self.rng.choice(self.table.by_kind[self.rng.choice(there)]) if there else None

    def name(self) -> bytes:
        """A new name, perhaps."""
        word = self.rng.choice(WORDS)
        return word if self.rng.random() < 0.3 else word + b"-n%d" % self.rng.randrange(50)

    def version(self) -> bytes:
        known = self.table.some("version")
        if known and self.rng.random() < 0.5:
            return self.table.bytes_of(self.rng.choice(known))
        return self.rng.choice(VERSIONS if self.rng.random() < 0.8 else BAD_VERSIONS)

    def attribute(self) -> bytes:
        text = self.rng.choice(ATTRIBUTES)
        while b"%v" in text:
            text = text.replace(b"%v", self.version(), 1)
        return text.replace(b"%f", self.rng.choice(FEATURES))

    def type(self, scope: Scope | None, depth: int = 0) -> bytes:
        """A type over the names in scope."""
        rng = self.rng
        kind = rng.randrange(14 if depth < 3 else 5)
        if kind < 3:
            return rng.choice(PRIMITIVES[: None if kind == 0 else -1])
        if kind < 5:
            if scope is not None and scope.resources and kind == 3:
                return rng.choice((b"own<%b>", b"borrow<%b>", b"%b")) % rng.choice(scope.resources)
            return rng.choice(scope.types) if scope is not None and scope.types else rng.choice(PRIMITIVES)

        def inner() -> bytes:
            return self.type(scope, depth + 1)

        forms: tuple[Callable[[], bytes], ...] = (
            lambda: b"list<%b>" % inner(),
            lambda: b"list<%b, %d>" % (inner(), rng.choice((0, 1, 4, 17, 70000))),
            lambda: b"option<%b>" % inner(),
            lambda: rng.choice((b"result", b"result<%b>" % inner(), b"result<_, %b>" % inner())),
            lambda: b"result<%b, %b>" % (inner(), inner()),
            lambda: b"tuple<%b>" % b", ".join(inner() for _ in range(rng.choice((1, 2, 2, 3, 17)))),
            lambda: rng.choice((b"stream", b"stream<%b>" % inner())),
            lambda: rng.choice((b"future", b"future<%b>" % inner())),
            lambda: b"map<%b, %b>" % (rng.choice((*PRIMITIVES[:9], b"string", b"char", b"f32")), inner()),
        )
        return rng.choice(forms)()

    def adapted(self, donor: tuple[Table, Node], scope: Scope | None) -> bytes:
        """A node of another file with names that are in scope."""
        table, node = donor
        rng, text, shift = self.rng, bytearray(table.bytes_of(node)), -node.start
        own = {
            name for n in table.inside(node) if n is not node and n.kind in DEFINITIONS for name in (name_of(table, n),)
        }
        for n in table.inside(node):
            if n.kind != "identifier" or n.parent is None:
                continue
            new, old = None, table.bytes_of(n)
            if is_reference(n) and old not in own and (scope is None or old not in scope.types):
                pool = scope.types if scope is not None else []
                if n.parent.kind != "named_type":
                    pool = scope.resources if scope is not None else []
                if pool and rng.random() < 0.9:
                    new = rng.choice(pool)
                elif n.parent.kind == "named_type":
                    new = rng.choice(PRIMITIVES)
            elif n.field == "path" and self.interfaces and n.parent.kind in ("use", "import", "export"):
                new = rng.choice([*self.interfaces])
            elif n.field == "name" and n.parent is node and scope is not None and old in scope.names:
                new = self.name() if rng.random() < 0.9 else None
            if new is not None:
                text[n.start + shift : n.end + shift] = new
                shift += len(new) - (n.end - n.start)
        return bytes(text)

    # ------------------------------------------------------------------ changes

    def other_type(self) -> Edit | None:
        node = self.pick("type")
        if node is None:
            return None
        if self.rng.random() < 0.06:
            return node.start, node.end, self.rng.choice(BAD_TYPES)
        donor = self.donors.one(self.rng, (node.kind,)) if self.rng.random() < 0.3 else None
        new = self.adapted(donor, node.scope) if donor else self.type(node.scope)
        return node.start, node.end, new

    def other_node(self) -> Edit | None:
        node = self.pick(*REPLACED)
        donor = node and self.donors.one(self.rng, (node.kind,))
        return (node.start, node.end, self.adapted(donor, node.scope)) if node and donor else None

    def more_items(self) -> Edit | None:
        body = self.pick(*CHILDREN)
        if body is None:
            return None
        donor = self.donors.one(self.rng, CHILDREN[body.kind])
        if donor is None:
            return None
        inside = [n for n in self.table.inside(body) if n.parent is body]
        scope = inside[0].scope if inside else None
        return self.into(body, inside, self.adapted(donor, scope))

    def into(self, body: Node, inside: list[Node], text: bytes) -> Edit:
        """A change that puts a text between what stands in a body."""
        items = [n for n in inside if n.kind in ITEMS]
        if items:
            at = self.rng.choice(items)
            place = at.start if self.rng.random() < 0.5 else at.end
        elif body.kind == "source_file":
            place = body.end
        else:
            place = body.start + 1
        return place, place, b"\n" + text + b"\n"

    def more_parts(self) -> Edit | None:
        node = self.pick("part")
        donor = node and self.donors.one(self.rng, (node.kind,))
        return (node.start, node.start, self.adapted(donor, node.scope) + b", ") if node and donor else None

    def fewer_items(self) -> Edit | None:
        node = self.pick("item", "attribute", "line_comment")
        return (node.start, node.end, b"") if node else None

    def no_end(self) -> Edit | None:
        """Nothing behind a node, or behind its beginning."""
        node = self.rng.choice(self.table.nodes) if self.table.nodes else None
        if node is None:
            return None
        place = node.end if self.rng.random() < 0.7 else self.rng.randint(node.start, node.end)
        return (
            place,
            len(self.table.text),
            self.rng.choice((b"", b"", b"\n", b" get", b": get", b" //", b" /*", b" @", b" %", b";", b"{", b"}")),
        )

    def fewer_parts(self) -> Edit | None:
        node = self.pick("part", "include_names", "integer")
        if node is None:
            return None
        end = node.end
        while end < len(self.table.text) and self.table.text[end] in b" \t\r\n":
            end += 1
        return node.start, end + 1 if self.table.text[end : end + 1] == b"," else node.end, b""

    def twice(self) -> Edit | None:
        node = self.pick("item", "part", "attribute")
        if node is None:
            return None
        text = self.table.bytes_of(node)
        name = name_of(self.table, node)
        if name and self.rng.random() < 0.7:
            text = text.replace(name, self.name(), 1)
        return node.end, node.end, (b", " if node.kind not in (*ITEMS, "attribute") else b"\n") + text

    def swap(self) -> Edit | None:
        """Two neighbours in each other's place."""
        node = self.pick("item", "part")
        if node is None or node.parent is None:
            return None
        after = next(
            (
                n
                for n in self.table.nodes[node.last + 1 : node.parent.last + 1]
                if n.parent is node.parent and n.kind in (*ITEMS, node.kind)
            ),
            None,
        )
        if after is None:
            return None
        between = self.table.text[node.end : after.start]
        return node.start, after.end, self.table.bytes_of(after) + between + self.table.bytes_of(node)

    def other_reference(self) -> Edit | None:
        node = self.pick("identifier")
        if node is None or node.scope is None:
            return None
        if is_reference(node):
            pool = node.scope.types
        elif node.field == "path":
            pool = [*self.interfaces]
        else:
            pool = node.scope.names
        return (node.start, node.end, self.rng.choice(pool)) if pool else None

    def other_name(self) -> Edit | None:
        """Another name for something: where it is defined alone, or in another case."""
        node = self.pick("identifier")
        if node is None:
            return None
        old = self.table.bytes_of(node)
        new = self.rng.choice(
            (self.name(), old.upper(), b"%" + old.lstrip(b"%"), old + b"-" + old, old.replace(b"-", b""))
        )
        return node.start, node.end, new

    def other_version(self) -> Edit | None:
        node = self.pick("version")
        if node is not None:
            return node.start, node.end, self.version()
        node = self.pick("package_name")
        return (node.end, node.end, b"@" + self.version()) if node else None

    def no_version(self) -> Edit | None:
        node = self.pick("version")
        if node is None or self.table.text[node.start - 1 : node.start] != b"@":
            return None
        return node.start - 1, node.end, b""

    def gate(self) -> Edit | None:
        node = self.pick("item")
        return (node.start, node.start, self.attribute() + b"\n") if node else None

    def other_gate(self) -> Edit | None:
        node = self.pick("attribute")
        return (node.start, node.end, self.attribute()) if node else None

    def number(self) -> Edit | None:
        node = self.pick("integer")
        new = self.rng.choice(
            (b"0", b"1", b"2", b"16", b"17", b"65536", b"4294967295", b"4294967296", b"007", b"99999999999999999999")
        )
        return (node.start, node.end, new) if node else None

    def docs(self) -> Edit | None:
        node = self.pick("item", "part", "package_declaration", "type", "identifier")
        return (node.start, node.start, self.rng.choice(COMMENTS)) if node else None

    def keyword(self) -> Edit | None:
        """One of two keywords for the other."""
        one, other = self.rng.choice(SWAPS)
        if self.rng.random() < 0.5:
            one, other = other, one
        places = []
        at = self.table.text.find(one)
        while at >= 0:
            places.append(at)
            at = self.table.text.find(one, at + 1)
        if not places:
            return None
        place = self.rng.choice(places)
        return place, place + len(one), other

    def in_world(self) -> Edit | None:
        """An import or export of what the file has, or a use of its types."""
        body = self.pick("world_body", "world_body", "interface_body")
        if body is None or not self.interfaces:
            return None
        rng = self.rng
        name = rng.choice([*self.interfaces])
        types = self.interfaces[name]
        inside = [n for n in self.table.inside(body) if n.parent is body]
        scope = inside[0].scope if inside else None
        if body.kind == "interface_body" or (types and rng.random() < 0.4):
            if not types:
                return None
            used = rng.choice(types)
            taken = scope is not None and used in scope.types
            alias = b" as " + self.name() if taken or rng.random() < 0.3 else b""
            return self.into(body, inside, b"use %b.{%b%b};" % (name, used, alias))
        way = rng.choice((b"import", b"export"))
        made = (
            b"%b %b;" % (way, name),
            b"%b %b: %b;" % (way, self.name(), name),
            b"%b %b: func(x: %b) -> %b;" % (way, self.name(), self.type(scope), self.type(scope)),
            b"%b %b: interface { %b f: func(x: %b); }" % (way, self.name(), self.used_in(name, types), self.type(None)),
        )
        return self.into(body, inside, rng.choice(made))

    def used_in(self, name: bytes, types: list[bytes]) -> bytes:
        return b"use %b.{%b}; g: func() -> %b;" % (name, types[0], types[0]) if types else b""

    def inclusion(self) -> Edit | None:
        """An `include` of another world of the file, with other names perhaps."""
        worlds = [name_of(self.table, n) for n in self.table.some("world")]
        body = self.pick("world_body")
        if body is None or not worlds:
            return None
        names = [
            self.table.bytes_of(n)
            for n in self.table.some("identifier")
            if n.field == "name" and n.parent and n.parent.kind in ("import", "export")
        ]
        renamed = (
            b" with { %b as %b }" % (self.rng.choice(names), self.name()) if names and self.rng.random() < 0.5 else b";"
        )
        inside = [n for n in self.table.inside(body) if n.parent is body]
        return self.into(body, inside, b"include " + self.rng.choice(worlds) + renamed)

    def both_ways(self) -> Edit | None:
        """An export of what is imported by the same name, or an import of what is exported."""
        node = self.pick("import", "export")
        if node is None:
            return None
        text = self.table.bytes_of(node)
        way = b"export" if node.kind == "import" else b"import"
        return node.end, node.end, b"\n" + text.replace(node.kind.encode(), way, 1)

    def another_world(self) -> Edit:
        """A world of its own that takes what there is."""
        rng = self.rng
        worlds = [name_of(self.table, n) for n in self.table.some("world")]
        body = b""
        for name, types in self.interfaces.items():
            body += rng.choice(
                (
                    b"",
                    b"  import %b;\n" % name,
                    b"  export %b;\n" % name,
                    b"  import %b;\n  export %b;\n" % (name, name),
                )
            )
            if types and rng.random() < 0.3:
                body += b"  use %b.{%b as u-%d};\n" % (name, rng.choice(types), rng.randrange(99))
        if worlds and rng.random() < 0.3:
            body += b"  include %b;\n" % rng.choice(worlds)
        end = len(self.table.text)
        return end, end, b"\nworld n-w%d {\n%b}\n" % (rng.randrange(99), body)


REPLACED = (
    *sorted(ITEMS),
    *(
        "field",
        "variant_case",
        "enum_case",
        "flag",
        "parameter",
        "use_name",
        "include_name",
        "function_type",
        "parameters",
    ),
    *("attribute", "qualified_path", "include_names", "record_body", "variant_body", "enum_body", "flags_body"),
    *("interface_body", "package_name", "inline_interface", "string"),
)
"""Kinds of nodes that another of the same kind may stand for."""

CHANGES: list[tuple[Callable[[Splicer], Edit | None], float]] = [
    (Splicer.other_type, 5),
    (Splicer.other_node, 4),
    (Splicer.more_items, 3),
    (Splicer.more_parts, 2),
    (Splicer.fewer_items, 2),
    (Splicer.fewer_parts, 1.5),
    (Splicer.no_end, 0.5),
    (Splicer.twice, 1),
    (Splicer.swap, 1.5),
    (Splicer.other_reference, 2),
    (Splicer.other_name, 1.5),
    (Splicer.other_version, 1),
    (Splicer.no_version, 0.3),
    (Splicer.gate, 1.5),
    (Splicer.other_gate, 1),
    (Splicer.number, 0.7),
    (Splicer.docs, 2),
    (Splicer.keyword, 1.5),
    (Splicer.in_world, 3),
    (Splicer.inclusion, 1),
    (Splicer.another_world, 1),
    (Splicer.both_ways, 1.5),
]
"""The changes, and how often each is."""

assert frozenset(CHILDREN) >= BODIES
