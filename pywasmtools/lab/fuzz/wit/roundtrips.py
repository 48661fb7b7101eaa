"""The kind `roundtrips`: packages, dummies and components that our commands made, taken on by the next one."""

from __future__ import annotations

import os
import random
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz import over_binaries
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.wit.lines import Files, Named, case_of
from pywasmtools.lab.fuzz.wit.worlds import package
from pywasmtools.lab.pair import fast_folder

DUMMIES = ("legacy", "legacy", "standard32", "legacy-async-callback", "legacy-async-stackful")
PRIMS = (b"bool", b"u8", b"u16", b"u32", b"u64", b"s8", b"s16", b"s32", b"s64", b"f32", b"f64", b"char", b"string")
ENCODINGS = ("utf8", "utf8", "utf16", "compact-utf16")


class Roundtrips:
    """Binaries that are as good as what they are made of."""

    name = "roundtrips"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        if corpus.wit and rng.random() < 0.4:
            files, named = rng.choice(corpus.wit), Named([])
        else:
            files, named = package(rng)
        world = rng.choice(named.worlds) if named.worlds else None
        try:
            return taken_on(rng, files, world)
        except WasmToolsError:
            return case_of(rng, files, named)


def taken_on(rng: random.Random, files: Files, world: str | None) -> Case:
    """A command line over what was made of a package. Raises WasmToolsError where nothing can be made of it."""
    from pywasmtools.api import component_embed, component_new, component_wit

    with laid_out(files) as wit:
        if rng.random() < 0.25:
            binary = component_wit(wit, form="wasm", all_features=True, emit_canonical_names=rng.random() < 0.1)
            if rng.random() < 0.3:
                return of_dependency(rng, binary, files)
            return Case(tuple(over_binaries.wit_of_binary(rng, "m.wasm")), {"m.wasm": binary})
        module = component_embed(
            wit,
            world=world,
            dummy=rng.choice(DUMMIES),
            all_features=True,
            encoding=rng.choice(ENCODINGS),
            emit_canonical_names=rng.random() < 0.1,
        )
    if rng.random() < 0.2:
        module = embedded_again(rng, files, world, module)
    if rng.random() < 0.6:
        return Case(tuple(over_binaries.new(rng, "m.wasm")), {"m.wasm": module})
    if rng.random() < 0.3:
        return Case(tuple(over_binaries.wit_of_binary(rng, "m.wasm")), {"m.wasm": module})
    component = component_new(module, return_call_ref=rng.random() < 0.1, debug_names=rng.random() < 0.7)
    return Case(tuple(over_binaries.wit_of_binary(rng, "m.wasm")), {"m.wasm": component})


@contextmanager
def laid_out(files: Files) -> Iterator[Path]:
    """The path of a package in a folder that is gone afterwards: a file, or a folder where it has several."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        for name, data in files.items():
            path = os.path.join(scratch, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
        yield Path(os.path.join(scratch, *files) if len(files) == 1 else scratch)


def embedded_again(rng: random.Random, files: Files, world: str | None, module: bytes) -> bytes:
    """A module with a second world: another one, or a variant of the package; both have to be merged."""
    from pywasmtools.api import component_embed

    for _ in range(6):
        try:
            with laid_out(variant(rng, files)) as wit:
                other = world if rng.random() < 0.7 else None
                return component_embed(wit, module, world=other, all_features=True, encoding=rng.choice(ENCODINGS))
        except WasmToolsError:
            continue
    return module


def variant(rng: random.Random, files: Files) -> Files:
    """A package with one word that is another one of its own, or as it was."""
    if rng.random() < 0.2:
        return files
    name = rng.choice(sorted(files))
    words = re.findall(rb"[\w%@.:-]+|\s+|.", files[name], re.DOTALL)
    places = [at for at, word in enumerate(words) if word[:1].isalpha()]
    if not places:
        return files
    at = rng.choice(places)
    alike = [word for word in words if word[:1].isalpha()] + [b"u8", b"string", b"x"]
    if rng.random() < 0.5 and words[at] in PRIMS:
        alike = list(PRIMS)
    words[at] = rng.choice(alike)
    return {**files, name: b"".join(words)}


def of_dependency(rng: random.Random, binary: bytes, files: Files) -> Case:
    """A package in binary as another one's dependency, or as that of a variant of itself."""
    own = {"a.wit": b"package own:own;\n\ninterface i {\n}\n"}
    if rng.random() < 0.5:
        own = {name: data for name, data in variant(rng, files).items() if name.endswith(".wit")}
    placed = {f"p/{name}": data for name, data in own.items()} | {"p/deps/x.wasm": binary}
    return Case(
        ("component", "wit", "p", *rng.choice(([], ["-j"], ["--out-dir", "d"], ["-t"])), "--all-features"), placed
    )


class Path:
    """A path that is no text of WIT."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return self.path
