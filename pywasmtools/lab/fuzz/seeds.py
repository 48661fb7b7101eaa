"""Inputs to begin with: from folders, from what is built in, and from what joined in a run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz import built_in
from pywasmtools.lab.fuzz.limits import TooSlow, limited
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.workplace import CannotRun

MOST_BYTES = 1 << 15
"""What is larger is left out: small inputs run faster, and find as much."""

MODULE = b"\0asm\1\0\0\0"
COMPONENT = b"\0asm\x0d\0\1\0"


def load(places: Iterable[Path]) -> Corpus:
    """What is built in, and below it what files and folders hold. Raises CannotRun where there is no such place."""
    corpus = built_in_corpus()
    for place in places:
        if not place.exists():
            raise CannotRun(f"`{place}` does not exist")
        try:
            add_place(corpus, place)
        except OSError as e:
            raise CannotRun(f"`{place}`: {e.strerror}") from None
    return corpus


def add_place(corpus: Corpus, place: Path) -> None:
    """Adds a file, or all that a folder holds."""
    files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file() and not hidden(p, place))
    folders: dict[Path, None] = {}
    for file in files:
        suffix = file.suffix
        if suffix not in (".wit", ".wat", ".wasm") or file.stat().st_size > MOST_BYTES:
            continue
        add(corpus, file.name, file.read_bytes())
        if suffix == ".wit" and place.is_dir():
            folders[file.parent] = None
    for folder in folders:
        package = dict(package_files(folder))
        if len(package) > 1 and sum(map(len, package.values())) <= MOST_BYTES:
            corpus.wit.append(package)


def hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def package_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a package: those of its folder, and all below its `deps`."""
    for file in sorted([*folder.glob("*.wit"), *(folder / "deps").rglob("*.wit"), *(folder / "deps").glob("*.wasm")]):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file.read_bytes()


def add(corpus: Corpus, name: str, data: bytes) -> None:
    """Adds a file to the list that it belongs to."""
    if name.endswith(".wit"):
        corpus.wit.append({"a.wit": data})
    elif data.startswith(MODULE):
        corpus.modules.append(data)
    elif data.startswith(COMPONENT):
        corpus.components.append(data)
    elif name.endswith(".wat") and not data.startswith(b"\0asm"):
        corpus.wat.append(data)


def grown_over(cases: list[Case], base: Corpus) -> Corpus:
    """The inputs of cases; of kinds that they have none of, those of another corpus."""
    corpus = Corpus()
    for case in cases:
        package = {}
        for name, data in case.files.items():
            if name.endswith(".wit"):
                package[name.removeprefix("p/")] = data
            else:
                add(corpus, name, data)
        if package:
            corpus.wit.append(package)
    for field in fields(Corpus):
        if not getattr(corpus, field.name):
            setattr(corpus, field.name, getattr(base, field.name))
    return corpus


def built_in_corpus() -> Corpus:
    """The worlds, modules and components of `built_in.py`, and what our commands make of them."""
    from pywasmtools.api import component_embed, component_new, component_wit
    from pywasmtools.load import wat_to_binary

    corpus = Corpus()
    for text in built_in.WORLDS.values():
        corpus.wit.append({"a.wit": text.encode()})
        # Whatever ours can't make is no seed: it may be a patched copy that is looked at.
        with contextlib.suppress(Exception, TooSlow), limited(3.0):
            corpus.components.append(component_wit(text, form="wasm"))
            module = component_embed(text, None, dummy="legacy")
            corpus.modules.append(module)
            corpus.components.append(component_new(module))
    for text in (*built_in.BODIES.values(), built_in.ADAPTER, built_in.ADAPTED):
        corpus.wat.append(text.encode())
        with contextlib.suppress(Exception, TooSlow), limited(3.0):
            corpus.modules.append(wat_to_binary(text.encode(), "a.wat"))
    for text in built_in.COMPONENTS.values():
        corpus.wat.append(text.encode())
        with contextlib.suppress(Exception, TooSlow), limited(3.0):
            corpus.components.append(wat_to_binary(text.encode(), "a.wat"))
    return corpus
