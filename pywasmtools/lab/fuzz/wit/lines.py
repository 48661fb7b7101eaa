"""Command lines over a package of WIT: all output forms, and what is done to worlds."""

from __future__ import annotations

import random
from collections.abc import Callable

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.over_binaries import output_of_binary, some

Files = dict[str, bytes]

FOLDER = "p"
FEATURES = ("alpha", "b-2", "active", "inactive", "x")
NEW_NAMES = ("w2", "a-world", "new-name", "A", "w", "not a name", "")


class Named:
    """What a package has names for: worlds, what worlds import, and features."""

    __slots__ = ("features", "imports", "worlds")

    def __init__(self, worlds: list[str], imports: list[str] | None = None, features: list[str] | None = None) -> None:
        self.worlds = worlds
        self.imports = imports or []
        self.features = features or []

    def world(self, rng: random.Random) -> str:
        """One of the worlds, mostly."""
        if not self.worlds or rng.random() < 0.03:
            return rng.choice(("w", "world", "a:b/w", "a:b/w@1.0.0", "no such"))
        return rng.choice(self.worlds)


def case_of(rng: random.Random, files: Files, named: Named) -> Case:
    """A command line over a package: a file, or a folder."""
    if len(files) == 1 and rng.random() < 0.9:
        [data] = files.values()
        if rng.random() < 0.02:
            return Case(tuple(line(rng, "-", named)), {}, data)
        return Case(tuple(line(rng, "a.wit", named)), {"a.wit": data})
    path = FOLDER if rng.random() < 0.95 else rng.choice((f"{FOLDER}/", f"./{FOLDER}", f"{FOLDER}/{min(files)}"))
    return Case(tuple(line(rng, path, named)), {f"{FOLDER}/{name}": data for name, data in files.items()})


def line(rng: random.Random, path: str, named: Named) -> list[str]:
    """Words of a command line over WIT at a path."""
    [make] = rng.choices(*zip(*FORMS, strict=True))
    found: list[str] = make(rng, path, named)
    if rng.random() < 0.75:
        found.append("--all-features")
    elif rng.random() < 0.6:
        names = rng.sample([*named.features, *FEATURES], rng.randint(1, 3))
        found += ["--features", rng.choice((",", " ", ", ")).join(names)]
    return found


def text(rng: random.Random, path: str, _: Named) -> list[str]:
    return ["component", "wit", path, *some(rng, 0.1, "--no-docs"), *some(rng, 0.05, "-o", "o.wit")]


def json(_: random.Random, path: str, __: Named) -> list[str]:
    return ["component", "wit", path, "-j"]


def binary(rng: random.Random, path: str, _: Named) -> list[str]:
    form = rng.choice((["-w", "-o", "o.wasm"], ["-w", "-o", "o.wasm"], ["-w"], ["-t"], ["-t", "-o", "o.wat"]))
    more = [*some(rng, 0.1, "--skip-validation"), *some(rng, 0.15, "--emit-canonical-names")]
    return ["component", "wit", path, *form, *more]


def folder(rng: random.Random, path: str, _: Named) -> list[str]:
    return ["component", "wit", path, "--out-dir", rng.choice(("d", "d/e", ".", FOLDER)), *some(rng, 0.1, "--no-docs")]


def changed(rng: random.Random, path: str, named: Named) -> list[str]:
    """What is done to a world, in any output form."""
    which = rng.randrange(9)
    form = rng.choice(([], [], ["-j"], ["-w", "-o", "o.wasm"], ["-t"], ["--out-dir", "d"]))
    if which < 3:
        mode = ["--importize-world", named.world(rng)]
        mode += some(rng, 0.4, "--importize-out-world-name", rng.choice(NEW_NAMES))
    elif which < 6:
        mode = ["--exportize-world", named.world(rng)]
        mode += some(rng, 0.4, "--exportize-out-world-name", rng.choice(NEW_NAMES))
        for _ in range(rng.choice((0, 0, 1, 2))):
            mode += ["--exportize-import", rng.choice(named.imports or ["f"])]
    elif which < 8:
        mode = ["--merge-world-imports-based-on-semver", named.world(rng)]
    else:
        mode = ["--generate-nominal-type-ids", named.world(rng)]
    return ["component", "wit", path, *mode, *form]


def dummy(rng: random.Random, path: str, named: Named) -> list[str]:
    """`embed` into a module that is made up."""
    names = rng.choice(
        (
            ["--dummy"],
            ["--dummy"],
            ["--dummy-names", "legacy"],
            ["--dummy-names", "legacy"],
            ["--dummy-names", "standard32"],
            ["--dummy-names", "legacy", "--async-callback"],
            ["--dummy-names", "legacy", "--async-stackful"],
        )
    )
    return ["component", "embed", path, *names, *output_of_binary(rng), *embedded(rng, named)]


def custom(rng: random.Random, path: str, named: Named) -> list[str]:
    """`embed` of the section alone."""
    return ["component", "embed", path, "--only-custom", *some(rng, 0.5, "-o", "o.wasm"), *embedded(rng, named)]


def embedded(rng: random.Random, named: Named) -> list[str]:
    """Options of `embed`."""
    found = some(rng, 1.0 if len(named.worlds) > 1 else 0.2, rng.choice(("-w", "--world")), named.world(rng))
    found += some(rng, 0.3, "--encoding", rng.choice(("utf8", "utf16", "compact-utf16")))
    return found + some(rng, 0.1, "--emit-canonical-names")


FORMS: list[tuple[Callable[[random.Random, str, Named], list[str]], float]] = [
    (text, 4),
    (json, 3),
    (binary, 4),
    (folder, 1),
    (changed, 4),
    (dummy, 4),
    (custom, 1.5),
]
"""The forms, and how often each is."""
