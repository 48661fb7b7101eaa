"""An adapter and a module that uses it: what the one imports the other exports, each in a world of its own."""

from __future__ import annotations

import random

from pywasmtools.componentize.core_names import LEGACY_ASYNC_CALLBACK, LEGACY_SYNC
from pywasmtools.lab.fuzz.core.model import Custom, Global, Import
from pywasmtools.lab.fuzz.core.stock import Stock, op
from pywasmtools.lab.fuzz.core.worlds import Fit
from pywasmtools.wasm.module import MEMORY
from pywasmtools.wasm.types import F64, I32, I64, GlobalType, MemoryType
from pywasmtools.wasm.writer import name_map, section
from pywasmtools.wit.model import Resolve
from pywasmtools.wit_binary.component_type import embed

World = tuple[str, Resolve, int]
Signature = tuple[str, tuple[int, ...], tuple[int, ...]]

CALLS = ("puts", "fd_write", "time", "spin", "exit", "more")


def adapted_pair(rng: random.Random, main: World, adapter: World, name: str) -> tuple[bytes, bytes]:
    """The module and the adapter, in binary; the module imports from `name`."""
    calls: list[Signature] = [
        (call, tuple(rng.choices((I32, I32, I64, F64), k=rng.randrange(4))), rng.choice(((), (I32,), (I64,))))
        for call in rng.sample(CALLS, rng.randrange(1, 4))
    ]
    fit = Fit(rng, main[1], rng.choice((LEGACY_SYNC, LEGACY_SYNC, LEGACY_ASYNC_CALLBACK)))
    for call, params, results in calls:
        if rng.randrange(4):
            fit.add_import((name, call), params, results)
    fit.world(main[2])
    wanted: list[Signature] = [("cabi_realloc", (I32,) * 4, (I32,))]
    wanted += [(n, tuple(p), tuple(r)) for n, p, r in fit.exported if not n.startswith("cabi_")][:2]
    stock = fit.finish()
    used = embed(stock.module.encode(), main[1], main[2])
    return used, _adapter(rng, adapter, calls, wanted)


def _adapter(rng: random.Random, world: World, calls: list[Signature], wanted: list[Signature]) -> bytes:
    _, resolve, id_ = world
    fit = Fit(rng, resolve, LEGACY_SYNC)
    stock = fit.stock
    stock.frugal = True
    if rng.randrange(8):
        memory = MemoryType(0)
        stock.memories.append(memory)
        stock.module.imports.append(Import("env", "memory", MEMORY, memory))
    for call, params, results in wanted:
        if rng.randrange(2):
            fit.add_import(("__main_module__", call), params, results)
    fit.world(id_)
    _globals(rng, stock)
    exported = [(call, params, results) for call, params, results in calls if rng.randrange(12)]
    if rng.randrange(3):
        exported.append(("cabi_import_realloc", (I32,) * 4, (I32,)))
    if rng.randrange(8) == 0:
        exported.append(("cabi_export_realloc", (I32,) * 4, (I32,)))
    fit.exported += exported
    fit.complete()
    _use_globals(rng, stock)
    if rng.randrange(4):
        stock.module.customs.append(_global_names(stock))
    return embed(stock.module.encode(), resolve, id_)


NAMED = ("__stack_pointer", "allocation_state", "state", "other")


def _globals(rng: random.Random, stock: Stock) -> None:
    """The stack pointer, and others."""
    for _ in range(rng.randrange(4)):
        type_ = GlobalType(I32, True)
        stock.globals_.append(type_)
        stock.module.globals_.append(Global(type_, [op(0x41, 0)]))


def _use_globals(rng: random.Random, stock: Stock) -> None:
    """Lets some functions change a global: only what is used is kept."""
    found = [k for k, g in enumerate(stock.globals_) if g == GlobalType(I32, True)]
    for func in stock.module.funcs:
        if found and rng.randrange(2):
            index = rng.choice(found)
            func.body[:0] = [op(0x23, index), op(0x41, 16), op(0x6B), op(0x24, index)]


def _global_names(stock: Stock) -> Custom:
    names = [(k, NAMED[min(k, len(NAMED) - 1)]) for k in range(len(stock.globals_))]
    return Custom(-1, "name", section(7, name_map(names)))
