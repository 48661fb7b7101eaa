"""Packages in several versions, most of them compatible, and a world that takes from all of them."""

from __future__ import annotations

import random

from pywasmtools.lab.fuzz.wit.lines import Files, Named

TRACKS = (
    ("1.0.0", "1.0.1", "1.2.0", "1.10.3"),
    ("0.2.0", "0.2.1", "0.2.10"),
    ("0.0.1", "0.0.2"),
    ("1.0.0", "2.0.0", "1.5.0-rc.1", "1.5.0"),
    ("0.3.0-rc-2025.1", "0.3.0-rc-2026.1", "0.3.0", "0.3.1"),
    ("1.2.3+b", "1.2.4", "0.2.0", "0.3.0"),
)
TYPES = (
    "record r { a: u8 }",
    "resource res;",
    "resource res { constructor(); m: func() -> u32; }",
    "enum e { a, b }",
    "flags fl { x, y }",
    "variant v { a, b(string) }",
    "type t = list<u8>;",
)
FUNCTIONS = (
    "f: func();",
    "g: func(x: u32) -> string;",
    "h: async func(s: stream<u8>);",
    "k: func(x: %s) -> %s;",
    "l: func() -> %s;",
)


def of_versions(rng: random.Random) -> tuple[Files, Named]:
    """The package with the world, and the versions of another one in `deps` or nested."""
    versions = rng.sample(track := rng.choice(TRACKS), min(len(track), rng.choice((2, 2, 2, 3))))
    names = rng.sample(("i", "j", "types"), rng.choice((1, 1, 2)))
    defined = {name: rng.sample(TYPES, rng.choice((0, 1, 1, 2))) for name in names}
    functions = {name: rng.sample(FUNCTIONS, rng.choice((0, 1, 1, 2))) for name in names}
    files: Files = {}
    nested = ""
    for at, version in enumerate(versions):
        text = ""
        for name in names:
            types = [other(rng, t) for t in defined[name] if rng.random() < 0.9]
            lines = [*types, *(filled(rng, f, types) for f in functions[name] if rng.random() < 0.85)]
            if name != names[0] and rng.random() < 0.5 and defined[names[0]]:
                used = name_of(rng.choice(defined[names[0]]))
                lines.insert(0, f"use {names[0]}.{{{used} as u}};")
            if rng.random() < 0.2:
                rng.shuffle(lines)
            text += f"interface {name} {{\n{''.join(f'  {line}{chr(10)}' for line in lines)}}}\n"
        if rng.random() < 0.3:
            nested += f"package dep:pkg@{version} {{\n{text}}}\n"
        else:
            files[f"deps/d{at}.wit"] = f"package dep:pkg@{version};\n{text}".encode()
    paths = [f"dep:pkg/{name}@{version}" for version in versions for name in names]
    body = ""
    for path in rng.sample(paths, rng.randint(1, len(paths))):
        body += f"  {'export' if rng.random() < 0.2 else 'import'} {path};\n"
    for at, path in enumerate(rng.sample(paths, rng.choice((0, 1, 2)) if len(paths) > 1 else 1)):
        name = path.split("/")[1].split("@")[0]
        if defined[name]:
            used = name_of(rng.choice(defined[name]))
            body += f"  use {path}.{{{used} as own-{at}}};\n  {rng.choice(('import', 'export'))} n{at}: func(x: own-{at});\n"
    own = rng.choice(("", "@1.0.0", "@0.1.0"))
    main = f"package main:m{own};\nworld w {{\n{body}}}\n"
    if rng.random() < 0.2:
        main += f"world x {{\n  include w;\n  import {rng.choice(paths)};\n}}\n"
    files["a.wit"] = (main + nested).encode()
    return files, Named(["w", "x"] if "world x" in main else ["w"])


def name_of(type_: str) -> str:
    return type_.split()[1].rstrip(";")


def other(rng: random.Random, type_: str) -> str:
    """A type as it is, or incompatible now and then."""
    if rng.random() < 0.9:
        return type_
    return (
        type_.replace("u8", "u16")
        .replace("a, b", "a, b, c")
        .replace("string", "u64")
        .replace("constructor()", "constructor(a: u8)")
    )


def filled(rng: random.Random, function: str, types: list[str]) -> str:
    """A function over the types that there are."""
    names = [name_of(type_) for type_ in types] or ["u8"]
    while "%s" in function:
        function = function.replace("%s", rng.choice(names), 1)
    return function
