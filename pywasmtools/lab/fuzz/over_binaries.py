"""Command lines for an input: which of our commands takes it, and with which options."""

from __future__ import annotations

import random

EMPTY_WIT = b"package a:b;\nworld w {}\n"


def some(rng: random.Random, share: float, *words: str) -> list[str]:
    """The words, or none of them."""
    return [*words] if rng.random() < share else []


def output_of_binary(rng: random.Random) -> list[str]:
    """Where a binary goes: stdout, a file, or as text."""
    return rng.choice(([], ["-o", "o.wasm"], ["-t"], ["-t"], ["-t", "-o", "o.wat"]))


def wit_of_binary(rng: random.Random, name: str) -> list[str]:
    """`component wit` of a component, a package or a module with a world."""
    line = ["component", "wit", name, *rng.choice(([], [], ["-j"], ["-w", "-o", "o.wasm"], ["-t"], ["--out-dir", "d"]))]
    line += some(rng, 0.1, "--no-docs") + some(rng, 0.1, "--emit-canonical-names")
    line += some(rng, 0.1, "--skip-validation") + some(rng, 0.1, "--importize") + some(rng, 0.1, "--exportize")
    return line


def new(rng: random.Random, name: str) -> list[str]:
    """`component new` of a module with a world."""
    line = ["component", "new", name, *output_of_binary(rng)]
    line += some(rng, 0.15, rng.choice(("--validate=false", "--skip-validation", "--validate")))
    line += some(rng, 0.08, rng.choice(("--merge-imports-based-on-semver=false", "--merge-imports-based-on-semver")))
    line += some(rng, 0.05, "--realloc-via-memory-grow") + some(rng, 0.08, "--emit-canonical-names")
    line += some(rng, 0.08, "--reject-legacy-names") + some(
        rng, 0.08, rng.choice(("--debug-names=false", "--debug-names"))
    )
    line += some(rng, 0.08, "--return-call-ref")
    return line


def embed(rng: random.Random, wit: str, name: str) -> list[str]:
    """`component embed` of a world into a module."""
    line = ["component", "embed", wit, name, *output_of_binary(rng)]
    line += some(rng, 0.1, "--encoding", rng.choice(("utf8", "utf16", "compact-utf16")))
    return line
