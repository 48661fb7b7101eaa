"""The Python side of the playground, in the interpreter at hand: what `docs/playground/worker.py` gives the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import ROOT, load_script

from pywasmtools import component_embed, component_new, component_wit, print_wat

PAGE = ROOT / "docs" / "playground"
HELLO = ROOT / "examples" / "hello"
EXAMPLES: dict[str, dict[str, str]] = {
    one["name"]: one for one in json.loads((PAGE / "examples.json").read_text(encoding="utf-8"))
}


@pytest.fixture(scope="module")
def worker() -> Any:
    return load_script(PAGE / "worker.py")


@pytest.fixture(scope="module")
def embedded(worker: Any) -> bytes:
    made = worker.embed(EXAMPLES["hello"]["wit"], "hello", (HELLO / "hello.wasm").read_bytes())
    assert isinstance(made, bytes)
    return made


def test_the_example_in_one_text_is_the_folder_of_the_examples(worker: Any, embedded: bytes) -> None:
    assert embedded == component_embed(HELLO / "wit", HELLO / "hello.wasm", world="hello")
    assert worker.new(embedded) == component_new(embedded)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_world_of_every_example_becomes_a_component(name: str, worker: Any) -> None:
    wit = EXAMPLES[name]["wit"]
    answer = json.loads(worker.check(wit))
    assert EXAMPLES[name]["world"] in answer["worlds"]
    for world in answer["worlds"]:
        component = worker.new(worker.embed(wit, world, None))
        assert json.loads(worker.inspect(component)) == {"kind": "component", "embedded": False}


def test_worlds_of_other_packages_are_named_whole(worker: Any) -> None:
    wit = "package a:b; world w {} package c:d@1.0.0 { world v {} }"
    assert json.loads(worker.check(wit)) == {"package": "a:b", "worlds": ["w", "c:d/v@1.0.0"]}
    assert isinstance(worker.embed(wit, "c:d/v@1.0.0", None), bytes)


@pytest.mark.parametrize(
    ("wit", "place"),
    [
        ("package a:b;\ninterface i { f: func() -> u33; }", "u33"),
        ("package a:b;\ninterface i { /* é𝄞 */ f: func() -> u33; }", "u33"),
        ("package a:b;\r\ninterface i {\r\n  f: func() -> u33; }", "u33"),
        ("package a:b;\ninterface i { f: func() -> ", ""),
        ("// 𝄞\npackage a:b;\n é", "é"),
    ],
)
def test_places_count_as_the_page_counts(wit: str, place: str, worker: Any) -> None:
    """UTF-16: a letter outside the basic plane is two, whatever it is in UTF-8."""
    refused = json.loads(worker.check(wit))["refused"]
    units = wit.encode("utf-16-le")[2 * refused["start"] : 2 * refused["end"]]
    assert units.decode("utf-16-le") == place


def test_what_is_refused_is_told_in_the_words_of_the_reference(worker: Any) -> None:
    refused = json.loads(worker.check(""))["refused"]
    assert refused == dict.fromkeys(
        ("message", "short"), "no `package` header was found in any WIT file for this package"
    )
    refused = json.loads(worker.new((HELLO / "hello.wasm").read_bytes()))["refused"]
    assert refused["message"].startswith("failed to encode a component from module\n\nCaused by:\n")
    refused = json.loads(worker.embed(EXAMPLES["hello"]["wit"], "none", None))["refused"]
    assert "start" not in refused


def test_a_dropped_file_is_told(worker: Any, embedded: bytes) -> None:
    assert json.loads(worker.inspect(embedded)) == {"kind": "module", "embedded": True}
    assert json.loads(worker.inspect(b"(module)")) == {"kind": "module", "embedded": False}
    assert "refused" in json.loads(worker.inspect(b"(modul)"))
    assert "refused" in json.loads(worker.inspect(b"\xff\0"))


def test_texts_and_sizes(worker: Any, embedded: bytes) -> None:
    component = component_new(embedded)
    assert json.loads(worker.wit_of(component)) == {"text": component_wit(component).decode()}
    assert json.loads(worker.text_of(component)) == {"text": print_wat(component)}
    for binary in (embedded, component):
        sections = json.loads(worker.sizes(binary))["sections"]
        assert sum(size for _, size in sections) == len(binary)
        assert [size for _, size in sections] == sorted((size for _, size in sections), reverse=True)
    assert {"core module 0", "component-name", "section headers"} <= {name for name, _ in sections}


def test_depth_and_memory_are_told_too(worker: Any) -> None:
    def too_deep() -> dict[str, object]:
        raise RecursionError

    def too_large() -> dict[str, object]:
        raise MemoryError

    assert worker.told(too_deep)["refused"]["short"] == "nested too deeply"
    assert worker.told(too_large)["refused"]["short"] == "too large"
    assert worker.version().count(".") == 2
