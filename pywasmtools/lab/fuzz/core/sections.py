"""Whole core modules at random: what stands around the bodies, and custom sections."""

from __future__ import annotations

import random
from collections.abc import Callable

from pywasmtools.lab.fuzz.core.bodies import random_body
from pywasmtools.lab.fuzz.core.model import ACTIVE, DECLARED, Custom, Element
from pywasmtools.lab.fuzz.core.stock import ABSTRACT, NAMES, Stock
from pywasmtools.wasm import module as kinds
from pywasmtools.wasm.payloads import MODULE_ORDER
from pywasmtools.wasm.types import FUNCREF, I32, I64, REF, concrete_heap
from pywasmtools.wasm.writer import name, name_map, section, sized, var_u32, vector

LENGTHS = (6, 12, 24, 24, 40)
"""How many instructions a body may have, about."""


def random_stock(rng: random.Random, *, imports: bool = False, exports: bool = True) -> Stock:
    """A module with some functions, and what they need; a few have mistakes."""
    stock = Stock(rng)
    if imports:
        modules = rng.sample(NAMES, 2)
        for _ in range(rng.randrange(1, 5)):
            kind = rng.choice((kinds.FUNC, kinds.FUNC, kinds.TABLE, kinds.MEMORY, kinds.GLOBAL, kinds.TAG))
            stock.import_(rng.choice(modules), rng.choice(NAMES), kind)
        stock.module.compact = rng.randrange(4) == 0
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        stock.add_function(stock.func_type(stock.val_types(3), stock.val_types(2)))
    add_extras(stock)
    complete(stock, slips=rng.choice((0, 0, 0, 0.04)))
    if exports:
        add_exports(stock)
    if rng.randrange(2):
        add_customs(stock)
    return stock


def add_extras(stock: Stock) -> None:
    """Items that no body asked for."""
    rng = stock.rng
    choices: list[Callable[[], object]] = [
        stock.struct,
        stock.array,
        stock.described,
        stock.memory,
        stock.data,
        stock.any_tag,
        lambda: stock.global_(stock.val_type()),
        lambda: stock.table(rng.choice(ABSTRACT)),
        lambda: stock.element(rng.choice(ABSTRACT)),
        lambda: stock.func_type(stock.val_types(4), stock.val_types(3)),
        lambda: stock.cont_type(stock.val_types(2), stock.val_types(2)),
        lambda: stock.add_group([], True),
        stock.subtype,
        lambda: stock.global_(concrete_heap(stock.below(made(stock))) | REF),
        lambda: stock.global_(concrete_heap(made(stock)) | REF),
        lambda: stock.element(concrete_heap(made(stock)) | REF),
    ]
    for _ in range(rng.randrange(3)):
        rng.choice(choices)()


def made(stock: Stock) -> int:
    """A type that a constant expression can make a value of."""
    return stock.rng.choice((stock.struct, stock.array, stock.described))()


def complete(stock: Stock, slips: float = 0, left: int = -1) -> None:
    """Bodies for all functions, a start, and a segment that declares what is referred to."""
    rng = stock.rng
    done = 0
    while stock.pending:
        length = rng.choice(LENGTHS) if left < 0 else left
        random_body(stock, stock.pending.pop(), rng, length if done < 3 else 0, slips)
        done += 1
        if done > 40:
            stock.pending.clear()
    module = stock.module
    if rng.randrange(8) == 0:
        found = [k for k, type_ in enumerate(stock.funcs) if not any(_parts(stock, type_))]
        if found:
            module.start = rng.choice(found)
    if stock.declared and rng.randrange(40):
        module.elements.append(Element(DECLARED, functions=sorted(stock.declared)))
    tables = [k for k, table in enumerate(stock.tables) if table.element_type == FUNCREF]
    if tables and stock.funcs and rng.randrange(2):
        table = rng.choice(tables)
        offset = stock.const(I64 if stock.tables[table].table64 else I32)
        functions = rng.choices(range(len(stock.funcs)), k=rng.randrange(4))
        module.elements.append(Element(ACTIVE, FUNCREF, functions, table=table, offset=offset))
    module.counts_data = rng.randrange(30) > 0


def _parts(stock: Stock, type_: int) -> tuple[object, object]:
    func = stock.func_of(type_)
    return func.params, func.results


def add_exports(stock: Stock) -> None:
    """Exports of some of what is there."""
    rng = stock.rng
    spaces = (stock.funcs, stock.tables, stock.memories, stock.globals_, stock.tags)
    names = list(NAMES)
    rng.shuffle(names)
    for _ in range(rng.randrange(5)):
        kind = rng.choice((0, 0, 0, 1, 2, 3, 4))
        count = len(spaces[kind])
        if count and names:
            stock.module.exports.append((names.pop(), kind, rng.randrange(count)))


# ------------------------------------------------------------------------------- custom sections


def add_customs(stock: Stock) -> None:
    """A few custom sections, anywhere."""
    rng = stock.rng
    for _ in range(rng.randrange(1, 4)):
        way = rng.choice(CUSTOMS)
        found, data = way(stock)
        if data and rng.randrange(40) == 0:
            data = data[: rng.randrange(len(data))]
        place = -1 if rng.randrange(2) else rng.randrange(len(MODULE_ORDER) + 1)
        stock.module.customs.append(Custom(place, found, data))


WORDS = ("a", "memory", "foo bar", "$", '"', "\\", "", "é", "x-y", "1", "main", "🦀", "\t", "a" * 20)


def _names(rng: random.Random, count: int) -> list[tuple[int, str]]:
    """Names of some of so many items; now and then of one that is not there, or out of order."""
    found = sorted(rng.sample(range(count), rng.randrange(min(count, 6) + 1))) if count else []
    if rng.randrange(40) == 0:
        found.append(rng.choice((0, count, 1000)))
    return [(k, rng.choice(WORDS)) for k in found]


def name_section(stock: Stock) -> tuple[str, bytes]:
    """A `name` section with subsections of any kind."""
    rng = stock.rng
    module = stock.module
    imported = len(stock.funcs) - len(module.funcs)
    parts: list[bytes] = []
    if rng.randrange(2):
        parts.append(section(0, name(rng.choice(WORDS))))
    if rng.randrange(4):
        parts.append(section(1, name_map(_names(rng, len(stock.funcs)))))
    for id_ in (2, 3):
        if rng.randrange(2) and module.funcs:
            maps = []
            for k in sorted(rng.sample(range(len(module.funcs)), rng.randrange(1, len(module.funcs) + 1))):
                func = module.funcs[k]
                count = len(func.locals_) + len(stock.func_of(func.type_).params) if id_ == 2 else 4
                maps.append(var_u32(imported + k) + name_map(_names(rng, count)))
            parts.append(section(id_, vector(maps)))
    counts = (len(stock.types), len(stock.tables), len(stock.memories), len(stock.globals_))
    for id_, count in enumerate((*counts, len(module.elements), len(module.datas)), 4):
        if rng.randrange(3) == 0:
            parts.append(section(id_, name_map(_names(rng, count))))
    if rng.randrange(4) == 0:
        maps = [var_u32(k) + name_map(_names(rng, 3)) for k in range(min(3, len(stock.types)))]
        parts.append(section(10, vector(maps)))
    if rng.randrange(3) == 0:
        parts.append(section(11, name_map(_names(rng, len(stock.tags)))))
    if rng.randrange(25) == 0:
        rng.shuffle(parts)
    if rng.randrange(16) == 0:
        parts.append(section(rng.choice((12, 60, 127)), b"abc"))
    return "name", b"".join(parts)


def producers_section(stock: Stock) -> tuple[str, bytes]:
    """A `producers` section."""
    rng = stock.rng
    fields = []
    known = ("language", "processed-by", "sdk") if rng.randrange(8) else ("language", "other", "sdk")
    for field in rng.sample(known, rng.randrange(1, 4)):
        values = [name(rng.choice(("Rust", "clang", "wit-component", ""))) + name(rng.choice(("1.0", "", "x y")))]
        values *= rng.choice((1, 1, 1, 0, 2))
        fields.append(name(field) + vector(values))
    return "producers", vector(fields)


def dylink_section(stock: Stock) -> tuple[str, bytes]:
    """A `dylink.0` section."""
    rng = stock.rng
    parts = [section(1, b"".join(var_u32(rng.choice((0, 1, 2, 200, 65536))) for _ in range(4)))]
    if rng.randrange(2):
        parts.append(section(2, vector([name(rng.choice(WORDS)) for _ in range(rng.randrange(3))])))
    if rng.randrange(2):
        parts.append(section(3, vector([name(rng.choice(WORDS)) + var_u32(rng.choice((0, 1, 0x10, 0x300)))])))
    if rng.randrange(2):
        items = [name("env") + name(rng.choice(WORDS)) + var_u32(rng.choice((0, 1, 0x20, 0x1FF)))]
        parts.append(section(4, vector(items)))
    if rng.randrange(3) == 0:
        parts.append(section(5, vector([name(rng.choice(WORDS))])))
    if rng.randrange(6) == 0:
        parts.append(section(rng.choice((6, 7, 100)), name("wasm32")))
    return "dylink.0", b"".join(parts)


def hints_section(stock: Stock) -> tuple[str, bytes]:
    """Branch hints of the functions."""
    rng = stock.rng
    imported = len(stock.funcs) - len(stock.module.funcs)
    funcs = []
    for k in range(len(stock.module.funcs)):
        places = sorted(rng.sample(range(1, 40), rng.randrange(3)))
        funcs.append(var_u32(imported + k) + vector([var_u32(at) + sized(bytes((rng.randrange(2),))) for at in places]))
    return "metadata.code.branch_hint", vector(funcs)


def core_section(stock: Stock) -> tuple[str, bytes]:
    """A core dump's section, or one that only its name says."""
    rng = stock.rng
    if rng.randrange(2):
        return "core", b"\0" + name("main")
    found = (
        "corestack",
        "coremodules",
        "coreinstances",
        "linking",
        "reloc.CODE",
        "sourceMappingURL",
        "target_features",
    )
    return rng.choice(found), rng.choice((b"", b"\0", b"\0\x04main\0", b"\x01\x02\0", b"\x02\x08\x01\x80", b"abc"))


DESCRIPTIVE = ("authors", "description", "licenses", "source", "homepage", "revision", "version")
CONTENTS = (
    *(b"", b"abc", b'"\\\n\0\xff', b"MIT", b"1.0", b"MIT OR (Apache-2.0 WITH LLVM-exception)", b"MIT AND", b"GPL-2.0+"),
    *(
        b"https://example.com",
        b"https://ex\xc3\xa4mple.com:443/a/../b?c#d",
        b"http://[::1]:80/",
        b"file:///C|/x",
        b"a:b",
    ),
    *(b"https://1.2.3.4.5/", b"http://0x7f.1/", b"https://a b/", b"\xe2\x82", b"\xc3\xa9\n"),
)


def other_section(stock: Stock) -> tuple[str, bytes]:
    """A section that describes, or one of any name."""
    return other_custom(stock.rng)


def other_custom(rng: random.Random) -> tuple[str, bytes]:
    """The name and the content of a section that describes, or of one of any name."""
    names: tuple[str, ...] = (*DESCRIPTIVE, "a", "", ".debug_info")
    if rng.randrange(8) == 0:
        names = ("component-type", "component-type:x", "name", "producers", "component-name")
    return rng.choice(names), rng.choice(CONTENTS)


CUSTOMS = (
    name_section,
    name_section,
    name_section,
    producers_section,
    dylink_section,
    hints_section,
    core_section,
    other_section,
)
