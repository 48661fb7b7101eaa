"""A folder of WIT of the size of a WASI proposal with its dependencies: packages that use each other, with docs and gates."""

from __future__ import annotations

import random

WORDS = ["stream", "poll", "clock", "file", "socket", "field", "error", "body", "request", "method", "path", "time"]
PLAIN = ["u8", "u32", "u64", "string", "bool", "char", "list<u8>", "option<string>", "tuple<u32, string>"]


def large_wit(packages: int = 8, interfaces: int = 4, items: int = 10, seed: int = 3) -> dict[str, bytes]:
    """The files of a folder `wit`: a package in it, the others in `deps`. One function has the parameter `culprit`."""
    rng = random.Random(seed)
    files: dict[str, bytes] = {}
    known: list[tuple[str, str, list[str]]] = []
    for k in range(packages):
        package = f"big:{WORDS[k % len(WORDS)]}-{k}@0.2.{k}"
        folder = "wit" if k == packages - 1 else f"wit/deps/{WORDS[k % len(WORDS)]}-{k}"
        names = []
        for number in range(interfaces):
            name = f"{rng.choice(WORDS)}-{number}"
            culprit = k == packages - 1 and number == 1
            text, types = interface(rng, name, items, known, package, culprit)
            head = f"package {package};\n\n" if number == 0 else ""
            files[f"{folder}/{name}.wit"] = (head + text).encode()
            known.append((package, name, types))
            names.append(name)
        imports = "".join(f"  {docs(rng)}  @since(version = 0.2.0)\n  import {name};\n" for name in names)
        foreign = [path(p, n) for p, n, _ in known if p != package]
        others = "".join(f"  import {name};\n" for name in rng.sample(foreign, min(3, len(foreign))))
        files[f"{folder}/world.wit"] = f"{docs(rng)}world imports {{\n{imports}{others}}}\n".encode()
    return files


def path(package: str, name: str) -> str:
    """How an interface of another package is called."""
    base, _, version = package.partition("@")
    return f"{base}/{name}@{version}"


def docs(rng: random.Random) -> str:
    """Some lines of documentation."""
    lines = [" ".join(rng.choice(WORDS) for _ in range(12)) for _ in range(rng.randrange(1, 6))]
    return "".join(f"/// {line}\n" for line in lines)


def interface(
    rng: random.Random, name: str, items: int, known: list[tuple[str, str, list[str]]], package: str, culprit: bool
) -> tuple[str, list[str]]:
    """An interface, and the types that others may use."""
    out = [docs(rng), f"@since(version = 0.2.0)\ninterface {name} {{\n"]
    usable = list(PLAIN)
    for k, (other, its, types) in enumerate(rng.sample(known, min(3, len(known)))):
        used = rng.choice(types)
        where = its if other == package else path(other, its)
        out.append(f"  use {where}.{{{used} as used-{k}}};\n")
        usable.append(f"used-{k}")
    types = []
    for k in range(items):
        type_ = f"{rng.choice(WORDS)}-type-{k}"
        a, b, c = (rng.choice(usable) for _ in range(3))
        out.append("  " + docs(rng).replace("\n///", "\n  ///"))
        kind = k % 5
        if kind == 0:
            out.append(f"  record {type_} {{\n    /// One.\n    one: {a},\n    two: {b},\n    three: {c},\n  }}\n")
        elif kind == 1:
            out.append(f"  variant {type_} {{ first({a}), second, third({b}) }}\n")
        elif kind == 2:
            out.append(f"  enum {type_} {{ a, b, c-d }}\n")
        elif kind == 3:
            out.append(
                f"  resource {type_} {{\n    constructor(x: {a});\n    @since(version = 0.2.0)\n    get-it: func(x: {b}) -> {c};\n    make: static func() -> {type_};\n  }}\n"
            )
        else:
            out.append(f"  flags {type_} {{ r, w, x }}\n")
        types.append(type_)
        usable.append(type_ if kind != 3 else f"option<{type_}>")
        out.append(f"  @since(version = 0.2.0)\n  do-{k}: func(x: {rng.choice(usable)}, y: {a}) -> result<{c}, {b}>;\n")
    if culprit:
        out.append(f"  {docs(rng)}  guilty: func(before: {usable[-1]}, culprit: list<{usable[-2]}>) -> {usable[-1]};\n")
    return "".join([*out, "}\n"]), types
