"""Small worlds as WIT text, and core modules that fit them: the canonical ABI's names and signatures in both schemes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from pywasmtools.componentize import core_names
from pywasmtools.componentize.core_names import (
    EXPORTED_DROP,
    EXPORTED_NEW,
    EXPORTED_REP,
    IMPORTED_DROP,
    LEGACY_ASYNC_CALLBACK,
    LEGACY_ASYNC_STACKFUL,
    LEGACY_SYNC,
    STANDARD32,
)
from pywasmtools.componentize.linkage import ROOT_BUILTINS
from pywasmtools.lab.fuzz.core.model import Import
from pywasmtools.lab.fuzz.core.sections import add_customs, add_extras, complete
from pywasmtools.lab.fuzz.core.stock import Stock
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.module import FUNC, MEMORY, TABLE
from pywasmtools.wasm.types import FUNCREF, I32, MemoryType
from pywasmtools.wit.abi import FlatTypes, wasm_signature
from pywasmtools.wit.model import Function, InterfaceItem, TypeItem
from pywasmtools.wit.queries import find_futures_and_streams
from pywasmtools.wit.types import Future, Resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pywasmtools.wasm.canonicals import CanonRow
    from pywasmtools.wit.model import Resolve, WorldKey

PRIMITIVES = ("bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "char", "string")
KEYS = ("u8", "string", "char", "bool", "s64")
LABELS = ("a", "b", "c-d", "read", "x2", "type", "get-it", "HTTP", "e1")


def label(text: str) -> str:
    """A name as WIT text has it, keywords behind a percent sign."""
    return "%" + text if text == "type" else text


class Wit:
    """A package that is being written."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.named: list[str] = []
        self.resources: list[str] = []
        self.is_async = rng.randrange(3) == 0

    def type_(self, depth: int, *, borrow: bool = False) -> str:
        """A type, nested up to a depth."""
        rng = self.rng
        way = rng.randrange(12) if depth else rng.randrange(4)
        if way < 3:
            return rng.choice(PRIMITIVES)
        if way < 5 and self.named:
            return rng.choice(self.named)
        if way < 6 and self.resources:
            found = rng.choice(self.resources)
            return f"borrow<{found}>" if borrow and rng.randrange(2) else found
        if way == 6:
            return f"list<{self.type_(depth - 1, borrow=borrow)}>" if depth else "list<u8>"
        if way == 7:
            return f"option<{self.type_(depth - 1, borrow=borrow)}>" if depth else "option<u8>"
        if way == 8 and depth:
            ok, bad = (rng.choice(("_", self.type_(depth - 1))) for _ in (0, 1))
            return "result" if ok == bad == "_" else f"result<{ok}>" if bad == "_" else f"result<{ok}, {bad}>"
        if way == 9 and depth:
            return "tuple<" + ", ".join(self.type_(depth - 1) for _ in range(rng.randrange(1, 4))) + ">"
        if way == 10 and depth and self.is_async:
            return rng.choice(("stream", "future", "stream<u8>", "stream<string>", f"future<{self.type_(depth - 1)}>"))
        if way == 11:
            return rng.choice(("error-context", f"map<{rng.choice(KEYS)}, u8>", "list<u8, 4>", "list<string, 2>"))
        return rng.choice(PRIMITIVES)

    def function(self, prefix: str = "") -> str:
        """What stands behind a function's name and colon."""
        rng = self.rng
        names = rng.sample(LABELS, min(rng.choice((0, 1, 1, 2, 3)), len(LABELS)))
        depth = rng.randrange(3)
        params = ", ".join(f"{label(n)}: {self.type_(depth, borrow=True)}" for n in names)
        result = f" -> {self.type_(depth)}" if rng.randrange(3) else ""
        mark = "async " if self.is_async and rng.randrange(2) else ""
        return f"{prefix}{mark}func({params}){result};"

    def definition(self, name: str) -> str:
        """A type of any kind under a name."""
        rng = self.rng
        labels = [label(n) for n in rng.sample(LABELS, rng.randrange(1, 4))]
        way = rng.randrange(6)
        if way == 0:
            return f"record {name} {{ " + ", ".join(f"{n}: {self.type_(1)}" for n in labels) + " }"
        if way == 1:
            cases = [n if rng.randrange(2) else f"{n}({self.type_(1)})" for n in labels]
            return f"variant {name} {{ " + ", ".join(cases) + " }"
        if way == 2:
            return f"enum {name} {{ " + ", ".join(labels) + " }"
        if way == 3:
            return f"flags {name} {{ " + ", ".join(labels) + " }"
        if way == 4:
            return f"type {name} = {self.type_(2)};"
        methods = []
        for n in labels[: rng.randrange(3)]:
            methods.append(f"{n}: {self.function(rng.choice(('', 'static ')))}")
        if rng.randrange(2):
            methods.append("constructor(n: u32);")
        self.resources.append(name)
        return f"resource {name} {{ {' '.join(methods)} }}" if methods else f"resource {name};"

    def items(self, most: int) -> str:
        """The body of an interface."""
        rng = self.rng
        lines = []
        for k in range(rng.randrange(most)):
            made = self.definition(f"t{k}")
            if not made.startswith("resource"):
                self.named.append(f"t{k}")
            lines.append(made)
        for n in rng.sample(LABELS, rng.randrange(3)):
            lines.append(f"{label(n)}: {self.function()}")
        return " ".join(lines)


def random_wit(rng: random.Random, package: str = "a:b") -> str:
    """A package with a world `w`."""
    version = rng.choice(("", "", "@0.1.0", "@1.2.3", "@0.0.1", "@1.0.0-rc.1"))
    wit = Wit(rng)
    parts = [f"package {package}{version};"]
    found: dict[str, tuple[list[str], list[str]]] = {}
    for name in ("i", "j")[: rng.randrange(3)]:
        wit.named, wit.resources = [], []
        uses = ""
        if found and rng.randrange(2):
            named, resources = found["i"]
            chosen = rng.sample(named + resources, rng.randrange(len(named + resources) + 1))
            wit.named = [f"u-{n}" for n in chosen if n in named]
            wit.resources = [f"u-{n}" for n in chosen if n in resources]
            if chosen:
                uses = f"use i.{{{', '.join(f'{n} as u-{n}' for n in chosen)}}}; "
        parts.append(f"interface {name} {{ {uses}{wit.items(4)} }}")
        found[name] = (wit.named, wit.resources)
    wit.named, wit.resources = [], []
    lines = []
    for name in found:
        lines += [f"{way} {name};" for way in ("import", "export") if rng.randrange(2)]
    if found and rng.randrange(4) == 0:
        lines.append(f"import other: {rng.choice(list(found))};")
    if rng.randrange(3) == 0:
        wit.named.append("t")
        lines.append(f"type t = {Wit(rng).type_(1)};")
    if rng.randrange(3) == 0:
        inner = Wit(rng)
        inner.is_async = wit.is_async
        lines.append(f"{rng.choice(('import', 'export'))} k: interface {{ {inner.items(3)} }}")
    for n in rng.sample(LABELS, rng.randrange(4)):
        lines.append(f"{rng.choice(('import', 'export', 'export'))} {label(n)}: {wit.function()}")
    parts.append(f"world w {{ {' '.join(lines)} }}")
    return "\n".join(parts) + "\n"


# ------------------------------------------------------------------------------- modules that fit

FUTURE_BUILT_INS = (
    *(canon.FUTURE_NEW, canon.FUTURE_READ, canon.FUTURE_WRITE, canon.FUTURE_FORWARD),
    *(canon.FUTURE_CANCEL_READ, canon.FUTURE_CANCEL_WRITE, canon.FUTURE_DROP_READABLE, canon.FUTURE_DROP_WRITABLE),
)
STREAM_BUILT_INS = (
    *(canon.STREAM_NEW, canon.STREAM_READ, canon.STREAM_WRITE, canon.STREAM_FORWARD),
    *(canon.STREAM_CANCEL_READ, canon.STREAM_CANCEL_WRITE, canon.STREAM_DROP_READABLE, canon.STREAM_DROP_WRITABLE),
)
OWN_LOWERED = (canon.FUTURE_READ, canon.FUTURE_WRITE, canon.STREAM_READ, canon.STREAM_WRITE)
"""Built-ins that may be lowered asynchronously."""


class Fit:
    """A module that fits a world, as far as it is made."""

    def __init__(self, rng: random.Random, resolve: Resolve, mangling: int) -> None:
        self.rng = rng
        self.resolve = resolve
        self.mangling = mangling
        self.flat = FlatTypes(resolve)
        self.stock = Stock(rng)
        self.stock.plain = True
        self.exported: list[tuple[str, Sequence[int], Sequence[int]]] = []
        self.seen: set[tuple[str, str]] = set()

    def add_import(self, names: tuple[str, str], params: Sequence[int], results: Sequence[int]) -> None:
        """Imports a function, mostly: not all that may be has to."""
        if self.rng.randrange(50) == 0:
            names = self.nearly(names)
        if names in self.seen or self.rng.randrange(3) == 0:
            return
        self.seen.add(names)
        type_ = self.stock.func_type(params, results)
        self.stock.funcs.append(type_)
        self.stock.module.imports.append(Import(*names, FUNC, type_))

    def nearly(self, names: tuple[str, str]) -> tuple[str, str]:
        """Names like these: of another version or scheme, with another prefix or number, or of nothing."""
        rng = self.rng
        module, name = names
        way = rng.randrange(8)
        if way < 2:
            module = module.replace("1.2.3", rng.choice(("1.2.0", "1.9.9", "2.0.0"))).replace("0.1.0", "0.1.7")
        elif way == 2:
            module = rng.choice(
                ("$root", "[export]$root", "cm32p2", "cm32p2|x", "cm32p2|_ex_a:b/i", "a:b/none", "env", "x")
            )
        elif way == 3:
            name = rng.choice(("[async-lower]", "[export]", "[async-lower][async-lower]", "[resource-drop]")) + name
        elif way == 4:
            name = name.replace("-0]", rng.choice(("-1]", "-9]", "-unit]", "-]", "]")))
        elif way == 5:
            name = name[rng.randrange(len(name) + 1) :]
        elif way == 6:
            name = name.replace("_drop", "_new").replace("-drop]", "-rep]")
        else:
            name += rng.choice(("x", "]", " ", ""))
        return module, name

    def built_in(self, names: tuple[str, str], row: CanonRow) -> None:
        """Imports a built-in."""
        self.add_import(names, *row.core_type(canon.MEMORY32))

    def function(self, key: WorldKey | None, function: Function) -> None:
        """A function that the world imports."""
        mangling = core_names.for_func(self.mangling, function) if self.rng.randrange(20) else self.mangling
        signature = wasm_signature(self.resolve, core_names.import_variant(mangling), function, self.flat)
        names = core_names.func_import(self.resolve, mangling, key, function)
        self.add_import(names, signature.params, signature.results)
        self.payloads(key, function, False)

    def payloads(self, key: WorldKey | None, function: Function, exported: bool) -> None:
        """Built-ins of the futures and streams of a function."""
        if self.mangling == STANDARD32:
            return
        for index, type_ in enumerate(find_futures_and_streams(self.resolve, function)):
            rows = FUTURE_BUILT_INS if isinstance(self.resolve.types[type_].kind, Future) else STREAM_BUILT_INS
            for row in self.rng.sample(rows, self.rng.randrange(4)):
                prefix = "[async-lower]" if row in OWN_LOWERED and self.rng.randrange(2) else ""
                name = prefix + row.core_name()
                names = core_names.payload_import(self.resolve, key, function, name, index, exported)
                self.built_in(names, row)

    def resource(self, key: WorldKey | None, type_: int, exported: bool) -> None:
        """What may be done with a resource."""
        found = self.resolve.types[type_]
        if not isinstance(found.kind, Resource):
            return
        rows = [(IMPORTED_DROP, canon.RESOURCE_DROP)]
        if exported:
            rows = [
                (EXPORTED_DROP, canon.RESOURCE_DROP),
                (EXPORTED_NEW, canon.RESOURCE_NEW),
                (EXPORTED_REP, canon.RESOURCE_REP),
            ]
        for what, row in rows:
            self.built_in(core_names.resource_import(self.resolve, self.mangling, key, found.name or "", what), row)

    def export(self, key: WorldKey | None, function: Function) -> None:
        """A function that the world exports, with what belongs to it."""
        rng = self.rng
        mangling = core_names.for_func(self.mangling, function)
        if mangling == LEGACY_SYNC and rng.randrange(6) == 0 and function.kind.is_async:
            mangling = rng.choice((LEGACY_ASYNC_CALLBACK, LEGACY_ASYNC_STACKFUL))
        signature = wasm_signature(self.resolve, core_names.export_variant(mangling), function, self.flat)
        name = core_names.func_export(self.resolve, mangling, key, function)
        if rng.randrange(30):
            self.exported.append((name, signature.params, signature.results))
        if mangling == LEGACY_ASYNC_CALLBACK:
            self.exported.append((core_names.callback_export(self.resolve, key, function), (I32,) * 3, (I32,)))
        elif mangling != LEGACY_ASYNC_STACKFUL and rng.randrange(2):
            post = core_names.post_return_export(self.resolve, mangling, key, function)
            self.exported.append((post, signature.results, ()))
        if core_names.is_async(mangling) and rng.randrange(8):
            module, field, returned = core_names.task_return_import(self.flat, key, function)
            self.add_import((module, field), returned.params, returned.results)
        self.payloads(key, function, True)

    def world(self, world: int) -> None:
        """All imports, then all exports of a world."""
        found = self.resolve.worlds[world]
        for imported, items in ((True, found.imports), (False, found.exports)):
            for key, item in items.items():
                if isinstance(item, Function):
                    (self.function if imported else self.export)(None, item)
                elif isinstance(item, InterfaceItem):
                    interface = self.resolve.interfaces[item.id]
                    for function in interface.functions.values():
                        (self.function if imported else self.export)(key, function)
                    for type_ in interface.types.values():
                        self.resource(key, type_, not imported)
                        if not imported:
                            self.destructor(key, type_)
                elif isinstance(item, TypeItem) and imported:
                    self.resource(None, item.id, False)

    def destructor(self, key: WorldKey, type_: int) -> None:
        """A destructor of an exported resource, mostly."""
        found = self.resolve.types[type_]
        if isinstance(found.kind, Resource) and self.rng.randrange(4):
            name = core_names.destructor_export(self.resolve, self.mangling, key, found.name or "")
            self.exported.append((name, (I32,), ()))

    def root_built_ins(self) -> None:
        """Built-ins that belong to no item."""
        if self.mangling == STANDARD32:
            return
        if self.rng.randrange(3) == 0:
            for name, (_, row, _, bound) in self.rng.sample(list(ROOT_BUILTINS.items()), self.rng.randrange(5)):
                self.add_import(("$root", name), *row.core_type(bound))
        if self.rng.randrange(6) == 0:
            slot = self.rng.choice(("0", "1", "i32-0", "2"))
            row = self.rng.choice((canon.CONTEXT_GET, canon.CONTEXT_SET))
            self.built_in(("$root", f"[{row.core_name()}-{slot}]"), row)
        if self.mangling != LEGACY_SYNC:
            self.built_in(("[export]$root", "[task-cancel]"), canon.TASK_CANCEL)

    def finish(self) -> Stock:
        """Memory, `realloc`, the initialiser, bodies; exports last."""
        rng, stock = self.rng, self.stock
        if rng.randrange(24):
            stock.add_memory(MemoryType(rng.randrange(3)))
            if rng.randrange(30):
                stock.module.exports.append((core_names.memory_export(self.mangling), MEMORY, 0))
        if rng.randrange(12):
            self.exported.append((core_names.realloc_export(self.mangling), (I32,) * 4, (I32,)))
        if rng.randrange(3) == 0:
            self.exported.append((core_names.initialize_export(self.mangling), (), ()))
        self.special()
        return self.complete()

    def special(self) -> None:
        """Exports that mean something by themselves."""
        rng, stock = self.rng, self.stock
        realloc = ((I32,) * 4, (I32,))
        for name, params, results in (
            ("__wasm_task_hook", (I32,), ()),
            ("cabi_realloc_adapter", *realloc),
            ("cabi_import_realloc", *realloc),
            ("cabi_export_realloc", *realloc),
            ("_start", (), ()),
        ):
            if rng.randrange(10) == 0:
                self.exported.append((name, params, results))
        if rng.randrange(8) == 0:
            stock.module.exports.append(("__indirect_function_table", TABLE, stock.table(FUNCREF)))

    def environment(self) -> None:
        """What compilers import of the runtime."""
        for name, params, results in (
            ("__wasm_get_stack_pointer", (), (I32,)),
            ("__wasm_set_stack_pointer", (I32,), ()),
            ("__wasm_get_tls_base", (), (I32,)),
            ("__wasm_set_tls_base", (I32,), ()),
        ):
            if self.rng.randrange(16) == 0:
                self.add_import(("env", name), params, results)

    def complete(self) -> Stock:
        """Exports and bodies."""
        rng, stock = self.rng, self.stock
        for name, params, results in self.exported:
            index = stock.add_function(stock.func_type(params, results))
            stock.module.exports.append((name, FUNC, index))
        if rng.randrange(30 if stock.frugal else 4) == 0:
            add_extras(stock)
        stock.module.compact = rng.randrange(12) == 0
        complete(stock, left=rng.choice((0, 0, 2, 6)))
        if rng.randrange(3) == 0:
            add_customs(stock)
        return stock


def fitting(rng: random.Random, resolve: Resolve, world: int) -> Stock:
    """A module for a world, in a scheme of names and an ABI that are drawn."""
    mangling = rng.choice((STANDARD32, LEGACY_SYNC, LEGACY_SYNC, LEGACY_ASYNC_CALLBACK, LEGACY_ASYNC_STACKFUL))
    fit = Fit(rng, resolve, mangling)
    fit.world(world)
    fit.root_built_ins()
    fit.environment()
    return fit.finish()
