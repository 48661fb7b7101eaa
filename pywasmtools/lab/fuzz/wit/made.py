"""Random WIT packages: every form of type and item, over several files and packages.

`generate(seed)` gives the files of a folder; the same seed gives the same files for ever. What comes out is nearly
always valid: names are unique where they must be, types are used before or after they are defined, borrows stay out of
results. The few that are refused must be refused alike.
"""

from __future__ import annotations

import random

PRIMS = ["bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string", "error-context"]
KEYS = ["bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "char", "string"]
WORDS = [
    "a",
    "b2",
    "file",
    "HTTP",
    "request",
    "x1",
    "stream-of",
    "list2",
    "read",
    "size",
    "Z",
    "into-string",
    "poll",
    "flags-all",
    "y",
]
KEYWORDS = [
    "type",
    "use",
    "func",
    "record",
    "resource",
    "list",
    "result",
    "package",
    "world",
    "interface",
    "from",
    "as",
    "static",
    "option",
    "async",
]
DOCS = ("Reads it.", "", "A longer line, with `code`.", "  indented", "ünï → ✓", "a // b", "*/ no end", "trailing  ")
FEATURES = ("alpha", "b-2")


class Interface:
    """An interface that later ones may use: its name, package, types as (name, kind), and whether it uses no other."""

    __slots__ = ("alone", "name", "package", "types")

    def __init__(self, package: Package, name: str) -> None:
        self.package = package
        self.name = name
        self.types: list[tuple[str, str]] = []
        self.alone = True


class World:
    """A world that later ones may include: names that can be changed in that, and all plain names."""

    __slots__ = ("name", "names", "package", "plain")

    def __init__(self, package: Package, name: str, plain: list[str], names: set[str]) -> None:
        self.package = package
        self.name = name
        self.plain = plain
        self.names = names


class Package:
    """A package: its name and version, its interfaces, and its worlds."""

    __slots__ = ("interfaces", "name", "version", "worlds")

    def __init__(self, name: str, version: str) -> None:
        self.name = name
        self.version = version
        self.interfaces: list[Interface] = []
        self.worlds: list[World] = []

    def path(self, item: str) -> str:
        """`namespace:name/item@version`."""
        return f"{self.name}/{item}" + (f"@{self.version}" if self.version else "")


class Generator:
    """One folder of packages. `types` in scope are (name, kind): kind is resource, borrow, names (flags, enums) or plain."""

    def __init__(self, rng: random.Random, scale: float = 1.0) -> None:
        self.rng = rng
        self.scale = scale
        self.depth = 4 if scale == 1.0 else 2
        self.count = 0
        self.unstable = self.chance(0.3)
        # A gate with a version travels with what is included, and no package without a version may have one.
        self.versioned = self.chance(0.7)
        self.package = Package("a:a", "")
        self.known: list[Package] = []

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def some(self, low: int, high: int) -> int:
        """A number of things: fewer than `high` where the whole is to be small."""
        if self.scale < 1.0 and high > low:
            high = max(low + 1, round(high * self.scale))
        return self.rng.randint(low, high)

    def name(self) -> str:
        """A name that no other is equal to, whatever their case and hyphens."""
        self.count += 1
        letters = "".join(chr(97 + int(d)) for d in str(self.count))
        return f"{self.rng.choice(WORDS)}-{letters}q"

    def labels(self, low: int, high: int) -> list[str]:
        """Names that differ among themselves only: keywords too."""
        n = self.some(low, high)
        return [f"%{self.rng.choice(KEYWORDS)}" if k == 0 and self.chance(0.15) else self.name() for k in range(n)]

    def docs(self, indent: str) -> str:
        """Docs of either style, or none."""
        if not self.chance(0.25):
            return ""
        lines = [self.rng.choice(DOCS) for _ in range(self.some(1, 3))]
        if self.chance(0.2):
            return f"{indent}/** " + "\n".join(line.replace("*/", "").strip() or "Nothing." for line in lines) + " */\n"
        return "".join(f"{indent}///{' ' if self.chance(0.8) else ''}{line}\n" for line in lines)

    def gate(self, indent: str, external: bool = False) -> str:
        """`@since`, `@unstable`, `@deprecated`, `@external-id`, or nothing."""
        text = ""
        if self.versioned and self.chance(0.2):
            text = f"{indent}@since(version = {self.rng.choice(('0.1.0', '0.2.3'))})\n"
        elif self.unstable and self.chance(0.1):
            text = f"{indent}@unstable(feature = {self.rng.choice(FEATURES)})\n"
        if text and self.versioned and self.chance(0.3):
            text += f"{indent}@deprecated(version = 0.3.0)\n"
        if external and self.chance(0.05):
            text += f'{indent}@external-id("id \\u{{e9}} {self.count}")\n'
        return text

    def head(self, indent: str, external: bool = False) -> str:
        return self.docs(indent) + self.gate(indent, external)

    # ------------------------------------------------------------------ types

    def type(self, types: list[tuple[str, str]], depth: int = 0, borrow: bool = False) -> str:
        """A type expression over what is in scope; with borrows only where they may be."""
        kind = self.rng.randrange(16 if depth < self.depth else 5)
        if kind < 4:
            return self.rng.choice(PRIMS)
        if kind < 8:
            found = [(n, k) for n, k in types if borrow or k != "borrow"]
            if not found:
                return self.rng.choice(PRIMS)
            name, what = self.rng.choice(found)
            if what == "resource" and self.chance(0.5):
                return f"borrow<{name}>" if borrow else f"own<{name}>"
            return name

        def inner(may_borrow: bool = borrow) -> str:
            return self.type(types, depth + 1, may_borrow)

        if kind == 8:
            return f"list<{inner()}>"
        if kind == 9:
            return f"option<{inner()}>"
        if kind == 10:
            ok, err = inner(), inner()
            return self.rng.choice(("result", f"result<{ok}>", f"result<_, {err}>", f"result<{ok}, {err}>"))
        if kind == 11:
            return f"tuple<{', '.join(inner() for _ in range(self.some(1, 4)))}>"
        if kind == 12:
            return f"list<{inner()}, {self.rng.choice((1, 2, 7, 300))}>"
        if kind == 13:
            # Handles may not be values of maps; a few refusals are welcome.
            value = inner() if self.chance(0.02) else self.handle_free(types, depth + 1)
            return f"map<{self.rng.choice(KEYS)}, {value}>"
        what = "stream" if kind == 14 else "future"
        payload = inner(False)
        return what if self.chance(0.2) or payload == "char" else f"{what}<{payload}>"

    def handle_free(self, types: list[tuple[str, str]], depth: int) -> str:
        """A type expression without resources, streams, futures and error contexts."""
        kind = self.rng.randrange(9 if depth < self.depth else 4)
        if kind < 4:
            return self.rng.choice(PRIMS[:-1])
        inner = self.handle_free(types, depth + 1)
        if kind == 4:
            return self.rng.choice([n for n, k in types if k == "names"] or [inner])
        if kind == 5:
            return self.rng.choice((f"list<{inner}>", f"list<{inner}, 3>"))
        if kind == 6:
            return self.rng.choice((f"option<{inner}>", f"result<_, {inner}>", "result"))
        if kind == 7:
            return f"tuple<{inner}, {self.handle_free(types, depth + 1)}>"
        return f"map<{self.rng.choice(KEYS)}, {inner}>"

    def function(self, types: list[tuple[str, str]], async_too: bool = True) -> str:
        """`func(…) -> …`."""
        params = ", ".join(f"{n}: {self.type(types, 1, True)}" for n in self.labels(0, 4))
        result = f" -> {self.type(types, 1)}" if self.chance(0.7) else ""
        return f"{'async ' if async_too and self.chance(0.2) else ''}func({params}){result}"

    def functions(self, types: list[tuple[str, str]], indent: str, prefix: str = "") -> list[str]:
        """One function, or the getter and setter of one property."""
        name, head = self.name(), self.head(indent, True)
        if not self.chance(0.15):
            return [f"{head}{indent}{prefix}{name}: {self.function(types)};\n"]
        # A result as the type of a property means that getting it may fail.
        type_ = self.rng.choice((self.rng.choice(PRIMS), f"option<{self.type(types, 2)}>"))
        found = [f"{head}{indent}{prefix}{name}: get() -> {type_};\n"]
        if self.chance(0.5):
            fails = " -> result<_, string>" if self.chance(0.3) else ""
            found.append(f"{self.head(indent)}{indent}{prefix}{name}: set(v: {type_}){fails};\n")
        return found

    def resource(self, name: str, types: list[tuple[str, str]], indent: str) -> str:
        """`resource r;` or one with functions."""
        if self.chance(0.3):
            return f"resource {name};\n"
        inner = indent + "  "
        text = f"resource {name} {{\n"
        if self.chance(0.5):
            params = ", ".join(f"{n}: {self.type(types, 1, True)}" for n in self.labels(0, 3))
            fails = f" -> result<{name}, {self.type(types, 2)}>" if self.chance(0.3) else ""
            text += f"{self.head(inner)}{inner}constructor({params}){fails};\n"
        for _ in range(self.some(0, 3)):
            if self.chance(0.3):
                text += f"{self.head(inner)}{inner}{self.name()}: static {self.function(types)};\n"
            else:
                text += "".join(self.functions(types, inner))
        return text + indent + "}\n"

    def definition(self, types: list[tuple[str, str]], indent: str) -> str:
        """A type definition, added to the types in scope."""
        name, head = self.name(), self.head(indent, True)
        kind, inner = self.rng.randrange(7), indent + "  "
        what = "plain"

        def lines(found: list[str]) -> str:
            comma = "," if self.chance(0.5) else ""
            return "{\n" + ",\n".join(self.docs(inner) + inner + line for line in found) + f"{comma}\n{indent}}}\n"

        if kind == 0:
            text = f"record {name} " + lines([f"{n}: {self.type(types, 1)}" for n in self.labels(1, 5)])
        elif kind == 1:
            payloads = [f"({self.type(types, 1)})" if self.chance(0.6) else "" for _ in range(5)]
            text = f"variant {name} " + lines([n + p for n, p in zip(self.labels(1, 5), payloads, strict=False)])
        elif kind == 2:
            what = "names"
            text = f"enum {name} " + lines(self.labels(1, 6))
        elif kind == 3:
            what = "names"
            text = f"flags {name} " + lines(self.labels(1, 32 if self.chance(0.1) else 5))
        elif kind == 4:
            what = "resource"
            text = self.resource(name, [*types, (name, what)], indent)
        else:
            resources = [n for n, k in types if k == "resource"]
            target = self.type(types, 1)
            if resources and self.chance(0.2):
                what, target = "borrow", f"borrow<{self.rng.choice(resources)}>"
            elif resources and self.chance(0.2):
                what, target = "resource", self.rng.choice(resources)
            elif target == "char" or (target, "borrow") in types or (target, "resource") in types:
                target = "u8"
            text = f"type {name} = {target};\n"
        types.append((name, what))
        return head + indent + text

    def use(self, types: list[tuple[str, str]], indent: str, aliases: dict[str, str]) -> str:
        """`use path.{a, b as c};` of an interface known by now, or nothing."""
        found = [i for p in [*self.known, self.package] for i in p.interfaces if i.types]
        if not found:
            return ""
        source = self.rng.choice(found)
        parts = []
        for name, what in self.rng.sample(source.types, min(len(source.types), self.some(1, 3))):
            alias = self.name() if self.chance(0.4) or name in dict(types) else name
            parts.append(name if alias == name else f"{name} as {alias}")
            types.append((alias, what))
        return f"{self.gate(indent)}{indent}use {self.mention(source, aliases)}.{{{', '.join(parts)}}};\n"

    def mention(self, interface: Interface, aliases: dict[str, str]) -> str:
        """How an interface is called here: plainly, by its path, or by an alias that the file then declares."""
        path = interface.package.path(interface.name)
        if interface.package is self.package:
            return interface.name
        if self.chance(0.2):
            return aliases.setdefault(path, self.name())
        return path

    # ------------------------------------------------------------------ interfaces, worlds, packages

    def body(self, types: list[tuple[str, str]], indent: str, aliases: dict[str, str], uses: bool = True) -> str:
        """What stands in an interface, in any order: names are looked up in the whole of it."""
        items = [self.use(types, indent, aliases) for _ in range(self.some(0, 2) if uses else 0)]
        items += [self.definition(types, indent) for _ in range(self.some(0, 5))]
        for _ in range(self.some(0, 4)):
            items += self.functions(types, indent)
        self.rng.shuffle(items)
        return "".join(items)

    def interface(self, aliases: dict[str, str]) -> str:
        made = Interface(self.package, self.name())
        body = self.body(made.types, "  ", aliases)
        made.alone = "use " not in body
        text = f"{self.head('')}interface {made.name} {{\n{body}}}\n"
        self.package.interfaces.append(made)
        return text

    def world(self, aliases: dict[str, str]) -> str:
        types: list[tuple[str, str]] = []
        items = [self.use(types, "  ", aliases) for _ in range(self.some(0, 2))]
        items += [self.definition(types, "  ") for _ in range(self.some(0, 2))]
        plain: list[str] = []
        known = [i for p in [*self.known, self.package] for i in p.interfaces]
        for way in ("import", "export"):
            # An interface and what it uses may not be exported in any which way; a few refusals are welcome.
            some = [i for i in known if i.alone or way == "import" or self.chance(0.05)]
            for interface in self.rng.sample(some, min(len(some), self.some(0, 2))):
                items.append(f"{self.head('  ')}  {way} {self.mention(interface, aliases)};\n")
            for _ in range(self.some(0, 2)):
                name = self.name()
                if self.chance(0.5):
                    found = self.functions(types, "  ", f"{way} ")
                    plain.append(found[0].split(f"{way} ")[1].split(":")[0])
                    items += found
                elif known and self.chance(0.1):
                    items.append(f"  {way} {name}: {self.mention(self.rng.choice(known), aliases)};\n")
                    plain.append(name)
                else:
                    inner = self.body([], "    ", aliases, way == "import" or self.chance(0.05))
                    items.append(f"{self.head('  ')}  {way} {name}: interface {{\n{inner}  }}\n")
                    plain.append(name)
        owned = {*plain, *(n for n, _ in types)}
        worlds = [w for p in [*self.known, self.package] for w in p.worlds]
        for world in self.rng.sample(worlds, min(len(worlds), self.some(0, 2))):
            text, brought = self.include(world, owned)
            items.append(text)
            owned |= brought
        self.rng.shuffle(items)
        name = self.name()
        text = f"{self.head('')}world {name} {{\n{''.join(items)}}}\n"
        self.package.worlds.append(World(self.package, name, plain, owned))
        return text

    def include(self, world: World, owned: set[str]) -> tuple[str, set[str]]:
        """`include w;` or with other names for its own; nothing where names would be there twice."""
        renamed = {n: self.name() for n in world.plain if self.chance(0.3)}
        brought = (world.names - set(renamed)) | set(renamed.values())
        if brought & owned:
            return "", set()
        path = world.name if world.package is self.package else world.package.path(world.name)
        names = ", ".join(f"{a} as {b}" for a, b in renamed.items())
        return f"{self.gate('  ')}  include {path}{f' with {{ {names} }}' if names else ';'}\n", brought

    def items(self) -> list[tuple[str, dict[str, str]]]:
        """Interfaces and worlds of the package, each with the aliases that its file must declare."""
        found = []
        for make in [self.interface] * self.some(1, 4) + [self.world] * self.some(1, 3):
            aliases: dict[str, str] = {}
            found.append((make(aliases), aliases))
        self.rng.shuffle(found)
        return found

    def file(self, header: str, items: list[tuple[str, dict[str, str]]]) -> str:
        """A file: its package, the aliases of all its items, and the items."""
        uses = "".join(f"use {path} as {alias};\n" for _, all_ in items for path, alias in all_.items())
        return header + uses + "\n".join(text for text, _ in items)

    def folder(self) -> dict[str, str]:
        files: dict[str, str] = {}
        nested = ""
        for k in range(self.rng.choice((0, 0, 1, 2, 3) if self.scale == 1.0 else (0, 0, 0, 0, 1, 1, 2))):
            same = bool(self.known) and self.chance(0.3)
            name = self.known[-1].name if same else f"ns-{k}:dep{k}"
            self.package = Package(
                name, f"{k + 1}.{self.rng.randrange(3)}.0" if same or self.versioned or self.chance(0.5) else ""
            )
            if same and not self.known[-1].version:
                self.package.name = f"ns-{k}:dep{k}"
            full = self.package.name + (f"@{self.package.version}" if self.package.version else "")
            items = self.items()
            if self.chance(0.3) and not any(aliases for _, aliases in items):
                nested += self.file(f"{self.docs('')}package {full} {{\n", items) + "}\n"
            elif self.chance(0.5):
                files[f"deps/d{k}.wit"] = self.file(f"{self.docs('')}package {full};\n", items)
            else:
                files[f"deps/d{k}/x.wit"] = self.file(f"{self.docs('')}package {full};\n", items[1:])
                files[f"deps/d{k}/y.wit"] = self.file(f"package {full};\n", items[:1])
            self.known.append(self.package)
        versions = ("0.3.1", "1.2.3", "2.0.0-rc.1+b.5")
        self.package = Package("main:pack-age", self.rng.choice(versions if self.versioned else ("", *versions)))
        full = self.package.name + (f"@{self.package.version}" if self.package.version else "")
        items = self.items()
        cut = self.some(0, len(items)) if self.chance(0.4) else 0
        files["m.wit"] = self.file(f"{self.docs('')}package {full};\n", items[cut:]) + nested
        if cut:
            files["n.wit"] = self.file("", items[:cut])
        return files


def generate(seed: int) -> tuple[dict[str, str], list[str]]:
    """The files of a folder of WIT, and the names of the main package's worlds. All features must be on."""
    return generated(random.Random(seed))


def generated(rng: random.Random, scale: float = 1.0) -> tuple[dict[str, str], list[str]]:
    """`generate` from random numbers; a `scale` below 1 makes it smaller."""
    generator = Generator(rng, scale)
    files = generator.folder()
    return files, [world.name for world in generator.package.worlds]
