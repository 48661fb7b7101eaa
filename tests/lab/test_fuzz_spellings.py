"""Tokens that `fuzz` writes are read back as what they were; the words of its lists are words of the languages."""

from __future__ import annotations

import json
import random
import re
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("fuzz forks processes", allow_module_level=True)

from conftest import ROOT

from pywasmtools.api import parse_wit
from pywasmtools.cli.commands import WASM_TOOLS, ours
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab import cause, format
from pywasmtools.lab.fuzz import kinds, lines, options, seeds
from pywasmtools.lab.fuzz.component import scope
from pywasmtools.lab.fuzz.core import sections
from pywasmtools.lab.fuzz.core.stock import float_bits, number
from pywasmtools.lab.fuzz.text import forms, spellings, writer
from pywasmtools.lab.fuzz.wit import made, nodes, splice, versions
from pywasmtools.lab.reduce import wit as reduce_wit
from pywasmtools.text.semver import parse_version
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.annotations import DESCRIPTIVE
from pywasmtools.wasm.features import BITS, feature_steps
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wit.printer import KEYWORDS


def binary(text: str) -> bytes:
    return wat_to_binary(text.encode(), None)


def accepts(text: str) -> bool:
    """Whether a text is a module or component that is valid."""
    try:
        validate_all(binary(text), BodyValidator().check)
    except WasmToolsError:
        return False
    return True


def is_wit(text: str) -> bool:
    try:
        parse_wit(text)
    except WasmToolsError:
        return False
    return True


# ------------------------------------------------------------------------------- tokens


@pytest.mark.parametrize("bits", [32, 64])
def test_integers_are_read_back(bits: int) -> None:
    rng = random.Random(bits)
    top = 1 << bits
    for _ in range(400):
        value = number(rng, bits)
        text = spellings.integer(rng, value, bits)
        digits = text.replace("_", "").lstrip("+")
        assert int(digits, 0 if "x" in digits else 10) % top == value % top, text
        assert binary(f"(module (func i{bits}.const {text}))") == binary(f"(module (func i{bits}.const {value}))"), text


@pytest.mark.parametrize("wide", [False, True])
def test_floats_are_read_back(wide: bool) -> None:
    """By their bits; what is written in decimal is cut after some digits."""
    rng = random.Random(3)
    size, form = (8, "<d") if wide else (4, "<f")
    seen = set()
    for _ in range(1500):
        bits = float_bits(rng, wide)
        if rng.randrange(3) == 0:
            bits = rng.getrandbits(size * 8)
        text = spellings.floating(rng, bits, wide)
        parsed = binary(f"(module (func f{size * 8}.const {text}))")[-1 - size : -1]
        sort = next((part for part in ("nan", "inf", "0x") if part in text), "decimal")
        seen.add(sort)
        if sort == "decimal":
            [value], [other] = struct.unpack(form, parsed), struct.unpack(form, bits.to_bytes(size, "little"))
            assert abs(value - other) <= abs(other) * 1e-6, text
        else:
            assert int.from_bytes(parsed, "little") == bits, text
    assert seen == {"nan", "inf", "0x", "decimal"}


def test_strings_are_read_back() -> None:
    rng = random.Random(4)
    for _ in range(400):
        data = rng.choice(
            (rng.randbytes(rng.randrange(9)), bytes(rng.choices(b"\t\n\r\"'\\ aZ~\x7f", k=5)), "é€🦀".encode())
        )
        assert (
            binary(f"(module (data {spellings.string(rng, data)}))")[8:]
            == binary('(module (data "' + "".join(f"\\{byte:02x}" for byte in data) + '"))')[8:]
        )
    for byte, text in spellings.ESCAPES.items():
        assert binary(f'(module (data "{text}"))').endswith(bytes((1, 1, 1, byte)))
    assert accepts(f'(module (data "{"".join(spellings.ESCAPES.values())}"))')


def test_names_and_spaces() -> None:
    rng = random.Random(5)
    names = {spellings.identifier(rng, n) for n in range(2000)}
    assert names >= set(spellings.QUOTED) | {f"${name}" for name in spellings.IDS}
    assert all(accepts(f"(module (func {name} call {name}))") for name in [*sorted(names)[::9], *spellings.QUOTED])
    for space in spellings.SPACES:
        assert accepts(f"(module{space}(func{space}i32.const{space}1{space}drop{space}))"), space
    assert {spellings.space(rng, False) for _ in range(400)} == set(spellings.SPACES)
    assert not any(accepts(f"(module {odd} )") for odd in spellings.ODD)


def test_text_is_taken_apart_and_spaced_anew() -> None:
    rng = random.Random(6)
    text = '(module (;a (b;) (func $a (@name "x y") ;; (\n i32.const 0x1_0 drop) (data ")(;\\""))'
    tokens = forms.tokens_of(text)
    assert "".join(tokens) == text
    found = forms.forms_of(tokens)
    assert [forms.head_of(tokens, form) for form in found] == [" ", "func", "data", "module"]
    assert forms.head_of(["("], (0, 1)) == ""
    assert [(tokens[start], tokens[end - 1]) for start, end in found] == [("(@name", ")"), *[("(", ")")] * 3]
    plain = '(module $m (func (export "a b") (result i32) i32.const 0x1_0) (data ")(;\\""))'
    assert all(binary(forms.respaced(rng, plain)) == binary(plain) for _ in range(60))
    for yes in ("0", "-1", "+0x1_f", "1.5e-3", "0x1.8p+4", "inf", "-nan:0x1", "nan"):
        assert forms.NUMBER.match(yes), yes
    for no in ("i32", "$a", '"1"', "x1", "-", "offset=1", "infinite"):
        assert not forms.NUMBER.match(no), no


# ------------------------------------------------------------------------------- words


def words_of(*folders: str) -> set[str]:
    """All words of our sources there."""
    files = [file for folder in folders for file in (ROOT / "pywasmtools" / folder).rglob("*.py")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return {word for text in texts for word in re.findall(r"[^\s()|\"',\[\]{}]+", text)}


def test_the_words_of_text() -> None:
    ours_ = words_of("wat", "wasm")
    assert [word for word in forms.WORDS if word not in ours_] == ["align=3", "offset=-1", "nan:canonical"]
    assert set(cause.WAT_WORDS) <= ours_
    assert len(set(forms.WORDS)) == len(forms.WORDS)
    assert set(cause.JSON_WORDS) <= words_of("wit", "text", "wit_binary") | {"interface-0", "root"}
    for extra in writer.EXTRAS:
        assert binary(f"(module {extra})"), extra
    names = [word for extra in writer.EXTRAS for word in re.findall(r"\(@([a-z0-9._]+)", extra)]
    assert set(names) - {"unknown"} <= {
        name.removeprefix("(@") for name in words_of("wat") | {"metadata.code.branch_hint"}
    }


def test_the_words_of_wit() -> None:
    assert set(cause.WIT_WORDS) - KEYWORDS == {
        *("since", "unstable", "deprecated", "external-id", "nested", "get", "set")
    }
    assert set(made.KEYWORDS) <= KEYWORDS and KEYWORDS.isdisjoint(made.WORDS)
    for swap in splice.SWAPS:
        for word in swap:
            first = re.findall(r"[a-z]+", word.decode())[0]
            assert first in KEYWORDS | {"get"}, word
    for type_ in (*made.PRIMS, *(word.decode() for word in splice.PRIMITIVES)):
        assert is_wit(f"package a:b; interface i {{ type t = {type_}; }}") and type_ in KEYWORDS, type_
    for type_ in made.KEYS:
        assert is_wit(f"package a:b; interface i {{ type t = map<{type_}, u8>; }}"), type_
    for name in (*made.WORDS, *(word.decode() for word in splice.WORDS)):
        assert is_wit(f"package a:b; interface i {{ {name}: func(); }}"), name
    odd = (word.decode() for word in splice.BAD_TYPES)
    fine = [word for word in odd if is_wit(f"package a:b; interface i {{ type t = {word}; }}")]
    assert fine == ["tuple<u8,>"]


def test_versions_gates_and_comments_of_wit() -> None:
    for text in (*(one.decode() for one in splice.VERSIONS), *(one for track in versions.TRACKS for one in track)):
        assert str(parse_version(text)) == text
    fine = []
    for text in (one.decode() for one in splice.BAD_VERSIONS):
        try:
            parse_version(text)
            fine.append(text)
        except WasmToolsError:
            continue
    assert fine == ["1.0.0--a", "1.0.0-00a", "1.0.0+01", "1.0.0-0.x-y+5.z"]
    item = "package a:b@1.0.0; interface i {{ {} \n last: func(); }}"
    gates = [one.decode().replace("%v", "0.1.0").replace("%f", "alpha") for one in splice.ATTRIBUTES]
    assert [gate for gate in gates if not is_wit(item.format(gate))] == ["@deprecated(version = 0.1.0)"]
    assert [one for one in splice.COMMENTS if not is_wit(item.format(one.decode()))] == [b"/**/ "]
    for type_ in versions.TYPES:
        assert is_wit(item.format(type_)) and versions.name_of(type_).isalpha(), type_
    for function in versions.FUNCTIONS:
        assert is_wit(item.format(f"type t = u8; {versions.filled(random.Random(1), function, ['type t = u8;'])}")), (
            function
        )


def test_kinds_of_nodes_are_those_of_the_grammar() -> None:
    grammar = json.loads((ROOT / "tree-sitter-wit" / "src" / "node-types.json").read_text(encoding="utf-8"))
    known = {node["type"] for node in grammar}
    named: list[Iterable[str]] = [*splice.CHILDREN.values(), splice.CHILDREN, splice.REPLACED]
    named += [nodes.TYPES, nodes.DEFINITIONS, nodes.BODIES, nodes.IN_COMMAS, nodes.ITEMS, nodes.KEPT]
    named += [reduce_wit.OPTIONAL, reduce_wit.DEFINING, reduce_wit.FILLED, reduce_wit.OUTER, reduce_wit.TYPES]
    named += [format._BODIES, format._LISTS, format._BREAKABLE, format._FILES, format._COMMENTS, format._QUALIFIED]
    assert not {name for names in named for name in names} - known


def test_names_of_components() -> None:
    for name in (*scope.LABELS, *scope.INTERFACES):
        assert accepts(f'(component (import "{name}" (func)))') and accepts(f'(component (import "{name}" (instance)))')
    fine = [name for name in scope.ODD_NAMES if accepts(f'(component (import "{name}" (instance)))')]
    assert fine == ["A-b", "a:b/c/d"]


def test_the_words_of_command_lines() -> None:
    """All words that begin with hyphens are options of the command; `options` and `mistakes` say wrong ones as well."""
    rows = {row.path: row for row in ours(WASM_TOOLS)}
    assert set(lines.FEATURES) == set(BITS) and len(lines.FEATURES) == len(BITS)
    assert all(feature_steps(word) for word in lines.SETS if word)
    assert set(lines.ready()) == set(lines.OTHERS) - {"dump"}
    every = {"component new": lines.NEW, "component wit": lines.WIT, "component embed": lines.EMBED, **lines.OTHERS}
    for path, choices in every.items():
        if path in rows:
            for chosen in choices:
                assert_known(rows[path].args(), chosen)
    ids = {arg.id for row in rows.values() for arg in row.args()}
    assert set(options.VALUES) - ids == {"world"} - ids and set(options.LEFT_OUT) <= ids | {"help"}


HERE = [kind for kind in kinds.known(None) if kind.name not in ("options", "mistakes", "known")]


@pytest.mark.parametrize("kind", HERE, ids=lambda kind: kind.name)
def test_options_of_cases_are_known(kind: kinds.Kind) -> None:
    rows = {row.path: row for row in ours(WASM_TOOLS)}
    source, corpus = kind.source(), seeds.built_in_corpus()
    for seed in range(40):
        case = source.case(random.Random(1000 + seed), corpus)
        row = rows.get(" ".join(case.argv[:2])) or rows[case.argv[0]]
        assert_known(row.args(), case.argv)
        assert all(not Path(name).is_absolute() for name in case.files)


def assert_known(args: Iterable[object], words: Iterable[str]) -> None:
    """Long options are declared; one with a value in the same word takes one."""
    takes = {f"--{arg.long}": arg.takes_value for arg in args if arg.long}  # type: ignore[attr-defined]
    for word in words:
        if word.startswith("--"):
            name, equals, _ = word.partition("=")
            assert name in takes and (takes[name] or not equals), word


def test_sections_that_describe() -> None:
    assert sections.DESCRIPTIVE == DESCRIPTIVE
