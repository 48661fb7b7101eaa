"""The kind `wit`: packages of the corpus, changed at the nodes of the grammar, in every form."""

from __future__ import annotations

import random

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.mutants import mutant, mutant_of_text
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.wit.lines import Files, Named, case_of
from pywasmtools.lab.fuzz.wit.nodes import Table
from pywasmtools.lab.fuzz.wit.roundtrips import laid_out
from pywasmtools.lab.fuzz.wit.splice import Donors, Splicer, interfaces_of, name_of
from pywasmtools.lab.fuzz.wit.worlds import package

MOST_FILES = 600
"""Files that parts are taken from."""

MOST_TABLES = 4000
"""Tables that are kept for files seen once."""


class Wit:
    """Mutations and splices."""

    name = "wit"

    def __init__(self) -> None:
        self.tables: dict[bytes, Table] = {}
        self.resolving: dict[int, bool] = {}
        self.donors: Donors | None = None

    def prepare(self, corpus: Corpus) -> None:
        """Reads what parts are taken from."""
        self.donors = Donors()
        packages = list(corpus.wit)
        if len(packages) > MOST_FILES:
            packages = random.Random(0).sample(packages, MOST_FILES)
        made = random.Random(0)
        packages += [package(made)[0] for _ in range(40)]
        for files in packages:
            for name, data in sorted(files.items()):
                if name.endswith(".wit"):
                    self.donors.add(self.table(data))

    def table(self, data: bytes) -> Table:
        found = self.tables.get(data)
        if found is None:
            found = Table(data)
            if len(self.tables) < MOST_TABLES:
                self.tables[data] = found
        return found

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        if self.donors is None:
            self.prepare(corpus)
        assert self.donors is not None
        files = dict(self.chosen(rng, corpus)) if corpus.wit and rng.random() < 0.8 else package(rng)[0]
        name = rng.choice(sorted(n for n in files if n.endswith(".wit")) or [""])
        if not name:
            return case_of(rng, files, Named([]))
        if rng.random() < 0.12:
            self.with_dependency(rng, files, name)
        kind = rng.random()
        if kind < 0.92:
            count = rng.choice((1, 1, 1, 1, 2, 3))
            files[name] = Splicer(rng, self.table(files[name]), self.donors).round(count)
        if kind > 0.86:
            files[name] = (mutant_of_text if rng.random() < 0.7 else mutant)(files[name], rng)
        return case_of(rng, files, self.named(files))

    def chosen(self, rng: random.Random, corpus: Corpus) -> Files:
        """A package of the corpus: mostly one that resolves, for what is wrong already hides what is changed."""
        files = rng.choice(corpus.wit)
        for _ in range(4):
            if rng.random() < 0.1 or self.resolves(files):
                break
            files = rng.choice(corpus.wit)
        return files

    def resolves(self, files: Files) -> bool:
        """Whether ours takes a package as it is."""
        key = hash(tuple(files.items()))
        found = self.resolving.get(key)
        if found is None:
            from pywasmtools.api import component_wit

            try:
                with laid_out(files) as wit:
                    component_wit(wit, all_features=True)
                found = True
            except Exception:
                found = False
            self.resolving[key] = found
        return found

    def with_dependency(self, rng: random.Random, files: Files, name: str) -> None:
        """Adds another package, in `deps` or nested, and something that takes from it."""
        assert self.donors is not None
        if not self.donors.files:
            return
        other = rng.choice(self.donors.files)
        declared = other.some("package_declaration")[0]
        full = other.text[declared.start + 7 : declared.end - 1].strip()
        path, _, version = full.partition(b"@")
        interface, types = rng.choice([*interfaces_of(other).items()])
        where = b"%b/%b%b" % (path, interface, b"@" + version if version else b"")
        taken = rng.choice((b"import %b;" % where, b"export %b;" % where, b"import d-x: %b;" % where))
        if types and rng.random() < 0.5:
            taken = b"use %b.{%b as d-t};\n  export d-f: func(x: d-t);" % (where, rng.choice(types))
        main = files[name] + b"\nworld d-w%d {\n  %b\n}\n" % (rng.randrange(99), taken)
        if rng.random() < 0.3:
            main += b"package %b {%b}\n" % (full, other.text[declared.end :])
        else:
            files[rng.choice(("deps/d.wit", "deps/d/x.wit"))] = other.text
        files[name] = main

    def named(self, files: Files) -> Named:
        """The names of a package's own files."""
        named = Named([])
        for name, data in files.items():
            if "/" in name or not name.endswith(".wit"):
                continue
            table = self.table(data) if data in self.tables else Table(data)
            named.worlds += [name_of(table, n).decode() for n in table.some("world")]
            for node in table.some("identifier"):
                kind = node.parent.kind if node.parent is not None else ""
                if kind == "import" and node.field in ("name", "path"):
                    named.imports.append(table.bytes_of(node).decode())
                elif kind == "attribute":
                    named.features.append(table.bytes_of(node).decode())
        return named
