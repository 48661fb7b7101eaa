"""How small `reduce` makes binaries and texts of which one word must stay: never larger than it was made before.

What it can't be done without varies by the word, so each makes its way through other passes. The sizes, in bytes, only fall:
one that is beaten is written down in `reduced_sizes.json`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pywasmtools import parse_wit
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab import programs
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.built_in import BODIES, COMPONENTS, WORLDS
from pywasmtools.lab.fuzz.component.whole import random_component
from pywasmtools.lab.fuzz.kinds import has_grammar
from pywasmtools.lab.pair import Pair
from pywasmtools.lab.reduce.binary import reduce_binary
from pywasmtools.lab.reduce.passes import reduce_case
from pywasmtools.lab.reduce.wat import reduce_wat
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.canonicals import ROWS, read_canonical
from pywasmtools.wasm.payloads import COMPONENT_CANONICAL_SECTION, Parser
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wat.print.printer import print_wasm

SIZES: dict[str, dict[str, int]] = json.loads(Path(__file__).with_name("reduced_sizes.json").read_text())
WORD = re.compile(r"[a-z][a-z0-9_.-]*")
WORD_IN_BYTES = re.compile(WORD.pattern.encode())
GRAMMAR = pytest.mark.skipif(not has_grammar(), reason="the grammar is not installed: pip install ./tree-sitter-wit")
KEYWORDS = frozenset(
    [
        "use",
        "include",
        "import",
        "export",
        "record",
        "variant",
        "enum",
        "flags",
        "type",
        "resource",
        "constructor",
        "static",
        "async",
        "func",
        "get",
        "list",
        "map",
        "option",
        "result",
        "tuple",
        "stream",
        "future",
        "borrow",
        "error-context",
        "string",
        "external-id",
        "since",
        "version",
        "u8",
    ]
)
STRUCTURE = frozenset(
    [
        "module",
        "component",
        "func",
        "param",
        "result",
        "local",
        "end",
        "type",
        "sub",
        "final",
        "field",
        "mut",
        "rec",
        "core",
        "label",
    ]
)


def words(data: bytes) -> set[str]:
    """The words of a binary's text."""
    return set(WORD.findall(print_wasm(data)[0]))


def is_valid(data: bytes) -> bool:
    try:
        validate_all(data, BodyValidator().check)
    except WasmToolsError:
        return False
    return True


def smallest(data: bytes, word: str) -> bytes:
    """A binary reduced while it is valid and its text has a word."""
    return reduce_binary(data, lambda d: is_valid(d) and word in words(d))


def small_enough(place: str, sizes: Iterator[tuple[str, int]]) -> None:
    known = SIZES[place]
    found = dict(sizes)
    assert {word: size for word, size in found.items() if size > known.get(word, 0)} == {}
    assert found.keys() == known.keys()


@pytest.mark.parametrize("name", [*BODIES])
def test_modules(name: str) -> None:
    data = wat_to_binary(BODIES[name].encode(), None)
    wanted = sorted(words(data) - STRUCTURE)
    small_enough(f"module {name}", ((word, len(smallest(data, word))) for word in wanted))


@pytest.mark.parametrize("name", [*COMPONENTS])
def test_components(name: str) -> None:
    data = wat_to_binary(COMPONENTS[name].encode(), None)
    wanted = sorted(words(data) - STRUCTURE)
    small_enough(f"component {name}", ((word, len(smallest(data, word))) for word in wanted))


def built_ins(data: bytes) -> set[str]:
    """The canonical built-ins of a component, those of the components inside it left out."""
    found: set[str] = set()
    for payload in Parser(data):
        if payload.kind == COMPONENT_CANONICAL_SECTION:
            reader = payload.section()
            found.update(read_canonical(reader)[0].name for _ in range(payload.count))
    return found


def test_built_ins() -> None:
    """A component at random for each built-in, the first that is valid with it."""
    first: dict[str, bytes] = {}
    for seed in range(400):
        data = random_component(random.Random(seed)).builder.finish()
        if len(data) < 4000 and is_valid(data):
            for name in sorted(built_ins(data)):
                first.setdefault(name, data)
    assert len(first) > len(ROWS) * 0.9

    def reduced(name: str, data: bytes) -> int:
        return len(reduce_binary(data, lambda d: is_valid(d) and name in built_ins(d)))

    small_enough("built-ins", ((name, reduced(name, data)) for name, data in first.items()))


def test_text() -> None:
    """Text by its forms, while it is text of a module with a word."""

    def reduced(text: str, word: bytes) -> int:
        def wanted(data: bytes) -> bool:
            try:
                wat_to_binary(data, None)
            except WasmToolsError:
                return False
            return word in WORD_IN_BYTES.findall(data)

        return len(reduce_wat(text.encode(), wanted))

    def sizes() -> Iterator[tuple[str, int]]:
        for name in ("mvp", "gc", "exceptions"):
            for word in sorted(set(WORD.findall(BODIES[name])) - STRUCTURE)[::3]:
                yield f"{name} {word}", reduced(BODIES[name], word.encode())

    small_enough("text", sizes())


@GRAMMAR
@pytest.mark.slow
def test_wit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole case, by all passes, while its WIT resolves and has a word."""
    word = ""

    def interest(case: Case, *_: object) -> str:
        if not any(word in WORD.findall(data.decode()) for data in case.files.values()):
            return ""
        try:
            for data in case.files.values():
                parse_wit(data.decode())
        except WasmToolsError:
            return ""
        return word if case.files else ""

    monkeypatch.setattr("pywasmtools.lab.reduce.state.interest_of", interest)

    def sizes() -> Iterator[tuple[str, int]]:
        nonlocal word
        program = programs.Program([], "none", "")
        with Pair(program, program) as pair:
            for name, text in WORLDS.items():
                for word in sorted(set(WORD.findall(text)) & KEYWORDS):
                    case = Case(("component", "wit", "a.wit"), {"a.wit": text.encode()})
                    yield f"{name} {word}", reduce_case(case, pair, seconds=60).after

    small_enough("wit", sizes())
