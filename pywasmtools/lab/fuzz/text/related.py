"""Components that instantiate one thing with another of nearly the type that it wants: what decides is subtyping."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from pywasmtools.wasm.component_types import PRIMITIVE_NAMES

PRIMITIVES = tuple(PRIMITIVE_NAMES.values())
NAMES = ("a", "b", "c", "d", "e", "f-g", "run")
VALUES = ("i32", "i64", "f64", "v128", "funcref", "externref", "(ref null any)")


@dataclass
class Kind:
    """The type of an item: its sort, what it says of itself, and the items in it."""

    sort: str
    text: str = ""
    imports: dict[str, Kind] = field(default_factory=dict)
    exports: dict[str, Kind] = field(default_factory=dict)


def random_kind(rng: random.Random, depth: int, sorts: tuple[str, ...] = ()) -> Kind:
    """A type of one of the sorts, of any if none is given."""
    deep = ("instance", "component", "core module") if depth else ()
    sort = rng.choice(sorts or ("func", "func", "type", "resource", "value", *deep))
    if sort == "func":
        return Kind(sort, function(rng))
    if sort == "type":
        return Kind(sort, defined(rng))
    if sort == "value":
        return Kind(sort, rng.choice(PRIMITIVES))
    found = Kind(sort)
    if sort == "resource":
        return found
    if sort == "core module":
        found.imports = {f"{k}": Kind("core", core(rng)) for k in range(rng.randrange(3))}
        found.exports = {n: Kind("core", core(rng)) for n in rng.sample(NAMES, rng.randrange(3))}
        return found
    names = rng.sample(NAMES, rng.randrange(4))
    for name in names:
        side = found.imports if sort == "component" and rng.randrange(2) else found.exports
        side[name] = random_kind(rng, depth - 1)
    return found


def value_type(rng: random.Random) -> str:
    """A value type without names in it."""
    way = rng.randrange(6)
    inner = rng.choice(PRIMITIVES)
    if way < 3:
        return inner
    return rng.choice(
        (f"(list {inner})", f"(option {inner})", f"(tuple {inner} u8)", f"(result {inner} (error string))")
    )


def function(rng: random.Random) -> str:
    """What a function type says."""
    params = "".join(f' (param "{n}" {value_type(rng)})' for n in rng.sample(NAMES, rng.randrange(3)))
    result = f" (result {value_type(rng)})" if rng.randrange(2) else ""
    return f"{'async' if rng.randrange(5) == 0 else ''}{params}{result}"


def defined(rng: random.Random) -> str:
    """A defined type of any form, without references to others."""
    names = rng.sample(NAMES, 2)
    a, b = rng.choice(PRIMITIVES), rng.choice(PRIMITIVES)
    return rng.choice(
        (
            f'(record (field "{names[0]}" {a}) (field "{names[1]}" {b}))',
            f'(variant (case "{names[0]}" {a}) (case "{names[1]}"))',
            f'(enum "{names[0]}" "{names[1]}")',
            f'(flags "{names[0]}" "{names[1]}")',
            f"(list {a})",
            f"(list {a} {rng.randrange(1, 4)})",
            f"(map {rng.choice(('string', 'u8'))} {b})",
            f"(tuple {a} {b})",
            f"(option {a})",
            f"(result {a} (error {b}))",
            "(result)",
            f"(stream {rng.choice(('u8', 'u16'))})",
            "(future)",
            f"(future {a})",
            a,
        )
    )


def core(rng: random.Random) -> str:
    """The type of a core item."""
    limits = rng.choice(("0", "1", "1 2", "2 9", "i64 1", "1 2 shared", "1 (pagesize 1)"))
    value = rng.choice(VALUES)
    return rng.choice(
        (
            f"(func (param {value}))",
            f"(func (result {value}))",
            "(func)",
            f"(memory {limits})",
            f"(table {rng.choice(('0', '1 5', 'i64 2'))} {rng.choice(('funcref', 'externref'))})",
            f"(global {value})",
            f"(global (mut {value}))",
            f"(tag (param {value}))",
        )
    )


def core_like(rng: random.Random, text: str) -> str:
    """The type of a core item of the same kind."""
    while True:
        found = core(rng)
        if found.strip("()").split()[0] == text.strip("()").split()[0]:
            return found


def core_instances(rng: random.Random) -> str:
    """A core module that imports what an instance of another exports, nearly."""
    names = rng.sample(NAMES, rng.randrange(1, 4))
    given = {name: core(rng) for name in names}
    wanted = {n: core_like(rng, g) if rng.randrange(3) == 0 else g for n, g in given.items()}
    if rng.randrange(8) == 0:
        wanted[rng.choice(NAMES)] = core(rng)
    exports = "".join(f' (export "{n}" {g})' for n, g in given.items())
    imports = "".join(f' (import "i" "{n}" {w})' for n, w in wanted.items())
    return f"""(component
  (import "n" (core module $n{exports}))
  (core instance $i (instantiate $n))
  (core module $m{imports})
  (core instance (instantiate $m (with "i" (instance $i)))))
"""


def varied(rng: random.Random, kind: Kind, depth: int) -> Kind:
    """A type like another, with one difference somewhere, or none."""
    way = rng.randrange(7)
    items = [("imports", n) for n in kind.imports] + [("exports", n) for n in kind.exports]
    if not items or way == 0:
        if way < 4:
            return random_kind(rng, depth, (kind.sort,)) if kind.sort != "core" else Kind("core", core(rng))
        if kind.sort == "core":
            return Kind("core", core_like(rng, kind.text))
        return replace(kind)
    side, name = rng.choice(items)
    there = dict(getattr(kind, side))
    if way < 3:
        del there[name]
    elif way < 6:
        there[name] = varied(rng, there[name], max(depth - 1, 0))
    else:
        there["x"] = Kind("core", core(rng)) if kind.sort == "core module" else random_kind(rng, 0)
    found = replace(kind)
    setattr(found, side, there)
    return found


class Printer:
    """Writes types as text; names of defined types are counted."""

    def __init__(self) -> None:
        self.count = 0

    def fresh(self) -> str:
        self.count += 1
        return f"$t{self.count}"

    def extern(self, kind: Kind, before: list[str]) -> str:
        """The type of an import or export; what has to stand before it is added to a list."""
        if kind.sort == "resource":
            return "(type (sub resource))"
        if kind.sort == "type":
            name = self.fresh()
            before.append(f"(type {name} {kind.text})")
            return f"(type (eq {name}))"
        if kind.sort in ("func", "value"):
            return f"({kind.sort} {kind.text})"
        return f"({kind.sort}{self.inside(kind)})"

    def inside(self, kind: Kind) -> str:
        """What is in an instance, component or module type."""
        if kind.sort == "core module":
            imports = "".join(f' (import "m" "{n}" {k.text})' for n, k in kind.imports.items())
            return imports + "".join(f' (export "{n}" {k.text})' for n, k in kind.exports.items())
        parts: list[str] = []
        for word, items in (("import", kind.imports), ("export", kind.exports)):
            for name, item in items.items():
                text = self.extern(item, parts)
                parts.append(f'({word} "{name}" {text})')
        return "".join(" " + part for part in parts)


def related_text(rng: random.Random) -> str:
    """A component with an import that is given to a component that wants nearly that."""
    if rng.randrange(5) == 0:
        return core_instances(rng)
    depth = rng.choice((1, 1, 2, 3))
    given = random_kind(rng, depth, ("instance", "instance", "component", "component", "core module", "func", "type"))
    wanted = varied(rng, given, depth)
    printer = Printer()
    before: list[str] = []
    imported = printer.extern(given, before)
    inner: list[str] = []
    text = printer.extern(wanted, inner)
    sort = given.sort
    lines = [*before, f'(import "given" {named(imported, "$given")})']
    lines.append(f'(component $c {" ".join(inner)} (import "wanted" {text}))')
    lines.append(f'(instance (instantiate $c (with "wanted" ({sort} $given))))')
    if rng.randrange(3) == 0 and sort == "func":
        lines.append(f'(export "given-again" (func $given) {text})')
    return "(component\n  " + "\n  ".join(lines) + ")\n"


def named(text: str, name: str) -> str:
    """The type of an import with a name for what is imported."""
    for word in ("(core module", "(instance", "(component", "(func", "(type", "(value"):
        if text.startswith(word):
            return f"{word} {name}{text[len(word) :]}"
    return text
