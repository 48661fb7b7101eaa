"""Command lines over modules, components and texts, with options drawn; commands that are ours by the table of commands."""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence

from pywasmtools.cli.commands import WASM_TOOLS, ours

OUT = ("-o", "out.wasm")
TEXT = ("-t",)

NEW = (
    OUT,
    OUT,
    OUT,
    TEXT,
    TEXT,
    ("--validate=false", *OUT),
    ("--validate=false", *TEXT),
    ("--skip-validation", *TEXT),
    ("--debug-names=false", *OUT),
    ("--return-call-ref", *OUT),
    ("--reject-legacy-names", *OUT),
    ("--realloc-via-memory-grow", *OUT),
    ("--emit-canonical-names", *TEXT),
    ("--merge-imports-based-on-semver=false", *OUT),
    ("--import-name", "a=b", *TEXT),
)
WIT = (
    (),
    (),
    ("-j",),
    ("-w", *OUT),
    TEXT,
    ("--no-docs",),
    ("--emit-canonical-names", *TEXT),
    ("--skip-validation", *TEXT),
)
EMBED = (
    TEXT,
    TEXT,
    OUT,
    ("--encoding", "utf16", *OUT),
    ("--encoding", "compact-utf16", *TEXT),
    ("--only-custom", *OUT),
    ("--emit-canonical-names", *OUT),
)
OTHERS: dict[str, Sequence[tuple[str, ...]]] = {
    "validate": (
        (),
        ("--features", "all"),
        ("--features", "all"),
        ("--features", "wasm1"),
        ("--features", "wasm2,gc"),
        ("--features", "mvp,-simd"),
        ("--features", "component-model,cm-async"),
    ),
    "print": ((), (), OUT, ("--skeleton",), ("--name-unnamed",), ("--fold-instructions",), ("-p",), ("--indent", "1")),
    "parse": (OUT, TEXT, TEXT, ("-g", *OUT)),
    "strip": (OUT, TEXT, ("-a", *OUT), ("--delete", "name", *OUT), ("--delete", "prod", *TEXT)),
    "objdump": ((), ()),
    "dump": ((),),
    "metadata show": ((), ("--json",)),
    "component unbundle": (("--module-dir", ".", "--threshold", "0", *OUT), ("--module-dir", ".", *TEXT)),
}
"""What may be ours on a tree: it takes one input, a module or a component, binary or text."""


FEATURES = (
    *("mutable-global", "saturating-float-to-int", "sign-extension", "reference-types", "multi-value", "bulk-memory"),
    *("simd", "relaxed-simd", "threads", "shared-everything-threads", "tail-call", "floats", "multi-memory"),
    *("exceptions", "memory64", "extended-const", "component-model", "function-references", "memory-control", "gc"),
    *("custom-page-sizes", "legacy-exceptions", "gc-types", "stack-switching", "wide-arithmetic", "cm-values"),
    *("cm-nested-names", "cm-async", "cm-async-stackful", "cm-more-async-builtins", "cm-threading", "cm-error-context"),
    *("cm-fixed-length-lists", "cm-gc", "call-indirect-overlong", "bulk-memory-opt", "custom-descriptors"),
    *("compact-imports", "cm-map", "cm64", "cm-implements", "cm-canon-names", "cm-forward", "cm-accessors"),
    *("acquire-release-atomics", "multibyte-array-access"),
)
SETS = ("all", "all", "all", "all", "wasm1", "mvp", "wasm2", "wasm3", "lime1", "-all", "")


def features(rng: random.Random) -> str:
    """A value of `--features`: a set, and some features more or less."""
    parts = [rng.choice(SETS)]
    for _ in range(rng.randrange(5)):
        less = parts[0] == "all" or rng.randrange(3) == 0
        parts.append(("-" if less else "") + rng.choice(FEATURES))
    if rng.randrange(40) == 0:
        parts.append(rng.choice(("nope", "-", "Simd", "simd ", "--gc")))
    return ",".join(part for part in parts if part) or "all"


@functools.cache
def ready() -> tuple[str, ...]:
    """Those of OTHERS that are ours here."""
    here = {row.path for row in ours(WASM_TOOLS)}
    return tuple(path for path in OTHERS if path in here)


def with_options(rng: random.Random, path: str, options: Sequence[tuple[str, ...]], *inputs: str) -> tuple[str, ...]:
    """A command line: the path, and inputs behind or before one of the lists of options."""
    chosen = rng.choice(options)
    if rng.randrange(4) == 0:
        return (*path.split(), *inputs, *chosen)
    return (*path.split(), *chosen, *inputs)


def other(rng: random.Random, *inputs: str) -> tuple[str, ...] | None:
    """A command line of a command that is ours beside the three; None where none is."""
    found = ready()
    if not found:
        return None
    path = rng.choice(found)
    if path == "validate" and rng.randrange(4):
        return ("validate", f"--features={features(rng)}", *inputs)
    return with_options(rng, path, OTHERS[path], *inputs)
