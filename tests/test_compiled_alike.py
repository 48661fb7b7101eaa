"""A compiled package behaves as the pure one: copies, pickles, what functions take, what errors are.

These tests run on whatever is installed. Where `$PYWASMTOOLS_COMPILED` is set, they also want it to be compiled.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

import pywasmtools
from pywasmtools import (
    Resolve,
    Source,
    WasmToolsError,
    component_embed,
    component_new,
    component_wit,
    decode,
    explain,
    listing,
    metadata,
    objdump,
    parse_wat,
    parse_wit,
    print_wat,
    semver_check,
    strip,
    targets,
    unbundle,
    validate,
    walk,
)

HELLO = Path(__file__).parent.parent / "examples" / "hello"
WIT = """package a:b@1.0.0;
interface i { record r { x: u8, y: list<string> } f: func(r: r) -> result<r>; }
world w { import i; }
"""
ADDS = parse_wat('(module $adds (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))')
PACKAGES = {
    "packages": [
        {"name": "a", "version": "1.2.3-rc.1+x", "source": "crates.io", "dependencies": [1], "root": True},
        {"name": "b", "version": "0.1.0", "source": "local", "kind": "build"},
    ]
}

CONTENTS: dict[str, Callable[[bytes], Source]] = {"bytes": bytes, "bytearray": bytearray, "memoryview": memoryview}
COPIES: dict[str, Callable[[object], object]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "pickle, protocol 2": lambda value: pickle.loads(pickle.dumps(value, 2)),
}


@pytest.fixture(scope="module")
def embedded() -> bytes:
    return component_embed(HELLO / "wit", HELLO / "hello.wasm", world="hello")


@pytest.fixture(scope="module")
def component(embedded: bytes) -> bytes:
    return component_new(embedded)


def refused(call: Callable[[], object]) -> WasmToolsError:
    with pytest.raises(WasmToolsError) as caught:
        call()
    return caught.value


def noted() -> bytes:
    """A component in which a module has metadata of every kind."""
    packages = zlib.compress(json.dumps(PACKAGES, separators=(",", ":")).encode())
    section = b"\7.dep-v0" + packages
    module = ADDS + b"\0" + bytes([len(section) & 0x7F | 0x80, len(section) >> 7]) + section
    module = pywasmtools.add_metadata(
        module, language={"Rust": "1.80"}, sdk={"kit": "2"}, authors="us", revision="abc", version="1.0"
    )
    return component_new(component_embed("package a:b; world w { export add: func(a: s32, b: s32) -> s32; }", module))


def shape(value: object) -> object:
    """What a value is, all the way down."""
    if isinstance(value, list | tuple):
        return [shape(item) for item in value]
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if type(value).__module__.startswith("pywasmtools.") and not type(value).__module__.startswith(
        "pywasmtools.library"
    ):
        names = [name for name in dir(value) if not name.startswith("_") and name not in {"with_traceback", "add_note"}]
        parts = {name: getattr(value, name) for name in names}
        return type(value), {name: shape(part) for name, part in parts.items() if not callable(part)}
    return repr(value)


@pytest.mark.skipif("PYWASMTOOLS_COMPILED" not in os.environ, reason="a pure package may be under test")
def test_it_is_compiled() -> None:
    assert WasmToolsError.__init__.__class__.__name__ != "function"


@pytest.mark.parametrize("how", COPIES)
def test_copies_of_values(how: str, component: bytes) -> None:
    copied = COPIES[how]
    for value in (parse_wit(WIT), decode(component), listing(component), explain(ADDS, strip(ADDS, all=True))):
        other = copied(value)
        assert other == value and type(other) is type(value) and str(other) == str(value) and repr(other) == repr(value)
    for node in walk(parse_wit(WIT)):
        assert repr(copied(node)) == repr(node)


@pytest.mark.parametrize("how", COPIES)
def test_copies_of_metadata(how: str) -> None:
    found = metadata(noted())
    inner = found.children[0]
    assert inner.dependencies is not None and inner.producers is not None and inner.name == "adds"
    other = COPIES[how](found)
    assert shape(other) == shape(found)
    assert "rc.1" in str(shape(other)) and "Rust" in str(shape(other)) and "revision" in str(shape(other))


@pytest.mark.parametrize("how", COPIES)
def test_copies_of_errors(how: str, component: bytes) -> None:
    other = "package a:b; world w { import x: func(); } world v {}"
    for error in (
        refused(lambda: parse_wit("package a:b; interface i { f: func(x: y); }")),
        refused(lambda: parse_wat("(module (func\n  i32.ad))")),
        refused(lambda: validate(ADDS[:-3])),
        refused(lambda: validate(b"\0asm\1\0\0\0\1\x80")),
        refused(lambda: component_new(ADDS[:8] + b"\xff")),
        refused(lambda: targets(other, component, world="w")),
        refused(lambda: semver_check(other, prev="w", new="v")),
    ):
        error.add_note("a note")
        copied = COPIES[how](error)
        assert shape(copied) == shape(error)
        assert isinstance(copied, WasmToolsError) and copied.__notes__ == ["a note"]


@pytest.mark.parametrize("kind", CONTENTS)
def test_content_of_every_kind(kind: str, embedded: bytes, component: bytes) -> None:
    """Whatever holds the bytes, and a changed bytearray changes no result."""
    content = CONTENTS[kind]
    as_text, as_module, as_component = (content(data) for data in (WIT.encode(), embedded, component))
    assert component_wit(as_text) == component_wit(WIT)
    assert str(parse_wit(as_text)) == str(parse_wit(WIT))
    assert component_embed(as_text, content(ADDS)) == component_embed(WIT, ADDS)
    assert component_new(as_module) == component
    assert str(decode(as_component)) == str(decode(component))
    assert print_wat(as_component) == print_wat(component)
    assert parse_wat(content(b"(module)")) == parse_wat("(module)")
    assert strip(as_module) == strip(embedded)
    assert list(objdump(as_component)) == list(objdump(component))
    assert unbundle(as_component, threshold=0) == unbundle(component, threshold=0)
    assert str(listing(as_component)) == str(listing(component))
    assert repr(explain(as_module, as_component)) == repr(explain(embedded, component))
    assert shape(metadata(as_component)) == shape(metadata(component))
    assert pywasmtools.add_metadata(content(ADDS), name="n") == pywasmtools.add_metadata(ADDS, name="n")
    validate(as_component)
    if isinstance(as_text, bytearray):
        resolve = parse_wit(as_text)
        as_text[:] = b"!" * len(as_text)
        assert str(resolve) == str(parse_wit(WIT))


def test_part_of_a_memoryview(component: bytes) -> None:
    padded = memoryview(b"##" + component + b"##")
    assert print_wat(padded[2:-2]) == print_wat(component)
    assert print_wat(memoryview(bytearray(component)).toreadonly()) == print_wat(component)
    spread = bytearray(2 * len(component))
    spread[::2] = component
    assert strip(memoryview(spread)[::2]) == strip(component)


def test_a_resolve_may_be_written_from_a_copy() -> None:
    resolve = pickle.loads(pickle.dumps(parse_wit(WIT)))
    assert isinstance(resolve, Resolve)
    assert resolve.to_binary() == parse_wit(WIT).to_binary()
    assert resolve.to_json() == parse_wit(WIT).to_json()
    assert resolve.to_section("w") == parse_wit(WIT).to_section("w")


def test_refusals_are_the_same_in_every_build() -> None:
    """What is no source is refused before anything compiled sees it."""
    for wrong in (None, 7, 1.5, object(), ["a"], {"a": 1}, {1, 2}, open):
        for call in (parse_wit, decode, component_new, print_wat, parse_wat, validate, metadata, listing):
            with pytest.raises(TypeError, match=r"`\w+` is .*, not "):
                call(wrong)  # type: ignore[arg-type]


def test_an_error_is_raised_and_shown_as_any(component: bytes) -> None:
    error = refused(lambda: validate(component[:-1]))
    assert error.args and isinstance(error, Exception) and error.__traceback__ is not None
    assert refused(lambda: _raise(error.with_traceback(None))) is error
    with pytest.raises(ExceptionGroup) as group:
        raise ExceptionGroup("two", [error, ValueError("other")])
    assert group.value.split(WasmToolsError)[0] is not None


def _raise(error: Exception) -> None:
    raise error
