"""Errors have a place, the one that their text prints; they pickle and copy; their text is the command's."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import get_type_hints

import pytest
from assemble import assemble

import pywasmtools
from pywasmtools import (
    WasmToolsError,
    component_embed,
    component_new,
    component_wit,
    decode,
    diagnostics,
    parse_wat,
    parse_wit,
    strip,
    validate,
)
from pywasmtools.diagnostics import Layer, binary_error, error, two_places_error, wit_error

WIT = {
    "a missing semicolon": "package a:b;\ninterface i {\n  f: func()\n}\n",
    "an unknown name": "package a:b;\ninterface i {\n  f: func(x: nothing);\n}\n",
    "an interface of nowhere": "package a:b;\nworld w {\n  import c:d/e;\n}\n",
    "the end": "package a:b;\ninterface i {",
    "a wide character before it": "package a:b;\ninterface i { /* \u4e00\u00e9 */ f: func(x: no); }\n",
    "a tab before it": "package a:b;\ninterface i {\n\t\tf: func(x: no);\n}\n",
    "a bad character": "package a:b;\ninterface i { \x07 }\n",
    "two of a name": "package a:b;\ninterface i { type t = u8; type t = u16; }\n",
    "a cycle": "package a:b;\ninterface i { type t = u; type u = t; }\n",
    "a line that is too long to show": f"package a:b;\ninterface i {{ {' ' * 600} f: func(x: no); }}\n",
    "a bad version": "package a:b@1.x;\n",
    "a gate without a version": "package a:b;\ninterface i { @since(version = 1.0.0) f: func(); }\n",
    "a carriage return": "package a:b;\r\ninterface i {\r\n  f: func(x: no);\r\n}\r\n",
}
WAT = {
    "an unknown instruction": "(module\n  (func i32.ad))",
    "an unknown name": "(module\n  (func\n\t\tcall $no))",
    "the end": "(module (func",
    "behind wide characters": "(module (; \u4e00\u4e01 ;) (func call $no))",
    "a line that is too long to show": f"(module {' ' * 600} (func call $no))",
    "a component": '(component\n  (import "a" (func $f (param "x" $no))))',
    "nothing": "",
    "more": "(module)\n(module)",
}
IMPORTING = '(module (import "a" "b" (func)))'
BINARY: dict[str, Callable[[], bytes]] = {
    "cut": lambda: assemble("(module (func))")[:-1],
    "of a wrong type": lambda: assemble("(module (func (result i32)))"),
    "a component": lambda: assemble("(component (core module (func (result i32))))"),
    "a header alone": lambda: b"\0asm\x01\0\0",
    "an unknown section": lambda: b"\0asm\x01\0\0\0\x40\0",
}


def refusal(work: Callable[[], object]) -> WasmToolsError:
    with pytest.raises(WasmToolsError) as caught:
        work()
    return caught.value


def printed_place(text: str) -> tuple[str, int, int]:
    """Path, line and column as an error's text has them."""
    found = re.search(r"--> (.*):(\d+):(\d+)$", text, re.M) or re.search(r"(\S+):(\d+):(\d+)", text)
    assert found is not None, text
    return found[1], int(found[2]), int(found[3])


def check_text(e: WasmToolsError, path: str, source: str) -> None:
    assert e.path == path
    assert (e.path, e.line, e.column) == printed_place(str(e))
    assert e.message and e.message in str(e)
    assert "-->" not in e.message and "|" not in e.message
    data = source.encode()
    assert e.offset is not None and e.line is not None and 0 <= e.offset <= len(data) + 1
    assert data.count(b"\n", 0, e.offset) == e.line - 1


@pytest.mark.parametrize("name", WIT)
def test_wit(name: str, tmp_path: Path) -> None:
    text = WIT[name]
    path = tmp_path / "a.wit"
    path.write_bytes(text.encode())
    folder = tmp_path / "w"
    (folder / "deps").mkdir(parents=True)
    (folder / "deps" / "x.wit").write_bytes(text.encode())
    (folder / "a.wit").write_text("package m:m;\n")
    for work in (parse_wit, component_wit, component_embed):
        check_text(refusal(lambda work=work: work(text)), "<input>", text)  # type: ignore[misc]
        check_text(refusal(lambda work=work: work(path)), str(path), text)  # type: ignore[misc]
        check_text(refusal(lambda work=work: work(folder)), str(folder / "deps" / "x.wit"), text)  # type: ignore[misc]
    e = refusal(lambda: parse_wit(text))
    if e.end_line is not None and e.end_line == e.line and e.end_column is not None and e.column is not None:
        under = re.search(r"\^-*$", str(e))
        if under is not None and text.isascii():
            assert len(under[0]) == max(1, e.end_column - e.column)


@pytest.mark.parametrize("name", WAT)
def test_wat(name: str, tmp_path: Path) -> None:
    text = WAT[name]
    path = tmp_path / "a.wat"
    path.write_bytes(text.encode())
    for work in (parse_wat, strip, validate, component_new):
        check_text(refusal(lambda work=work: work(text)), "<input>", text)  # type: ignore[misc]
        check_text(refusal(lambda work=work: work(path)), str(path), text)  # type: ignore[misc]
    e = refusal(lambda: parse_wat(text))
    assert e.end_line is None and e.end_column is None


@pytest.mark.parametrize("name", BINARY)
def test_binary(name: str, tmp_path: Path) -> None:
    data = BINARY[name]()
    path = tmp_path / "a.wasm"
    path.write_bytes(data)
    for source, shown in ((data, None), (path, str(path))):
        e = refusal(lambda source=source: validate(source))  # type: ignore[misc]
        found = re.findall(r"\(at offset 0x([0-9a-f]+)\)", str(e))
        assert found and e.offset == int(found[-1], 16)
        assert (e.path, e.line, e.column, e.end_line, e.end_column) == (shown, None, None, None, None)
        assert "at offset" not in e.message and e.message in str(e)


def test_a_binary_among_wit(tmp_path: Path) -> None:
    (tmp_path / "deps").mkdir()
    (tmp_path / "a.wit").write_text("package a:b;")
    (tmp_path / "deps" / "x.wasm").write_bytes(b"\0asm\x0d\0\x01\0\x40\0")
    e = refusal(lambda: parse_wit(tmp_path))
    assert e.path == str(tmp_path / "deps" / "x.wasm")
    assert e.offset == int(str(e).split("at offset ")[1].rstrip(")"), 16)


def test_the_place_in_the_source_that_dwarf_has(tmp_path: Path) -> None:
    path = tmp_path / "a.wat"
    path.write_text("(module\n  (func $f\n    i32.add\n  )\n)\n")
    e = refusal(lambda: validate(path, generate_dwarf="lines"))
    assert (e.path, e.line, e.column) == (str(path), 3, 5)
    assert f"{path}:3:5" in str(e)
    assert e.message.startswith("type mismatch") and e.offset is not None


@pytest.mark.parametrize("what", ["missing", "folder", "not UTF-8"])
def test_files_that_can_not_be_read(what: str, tmp_path: Path) -> None:
    path = tmp_path / "there"
    if what == "folder":
        path.mkdir()
    elif what == "not UTF-8":
        path.write_bytes(b"package a:b;\xff")
    works: list[Callable[[Path], object]] = [parse_wat, strip, validate, component_new]
    if what != "folder":
        works += [parse_wit, decode, component_wit, component_embed]
    for work in works:
        e = refusal(lambda work=work: work(path))  # type: ignore[misc]
        assert (e.path, e.line, e.column, e.offset) == (str(path), None, None, None)
        assert e.message in str(e)
    unreadable = tmp_path / "w"
    unreadable.mkdir()
    (unreadable / "a.wit").symlink_to("nowhere")
    assert refusal(lambda: parse_wit(unreadable)).path == str(unreadable / "a.wit")


def test_what_has_no_place() -> None:
    for work in (
        lambda: component_new(IMPORTING),
        lambda: component_embed("package a:b;", "(module)"),
        lambda: component_embed("package a:b; world w {}", "(module)", world="x"),
        lambda: decode(assemble("(module)")),
    ):
        e = refusal(work)
        assert (e.path, e.line, e.column, e.end_line, e.end_column, e.offset) == (None,) * 6
        assert e.message in str(e)


def test_a_cause_is_the_message() -> None:
    e = error("inner").context("outer")
    assert (e.message, str(e)) == ("inner", "outer\n\nCaused by:\n    0: inner")


def test_two_places_are_told_by_the_first(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.wit").write_text(f"package a:{name};")
    e = refusal(lambda: parse_wit(tmp_path))
    first = re.search(r"(\S+/[ab]\.wit):(\d+):(\d+)", str(e))
    assert first is not None
    assert (e.path, e.line, e.column) == (first[1], int(first[2]), int(first[3]))


def samples(tmp_path: Path) -> list[WasmToolsError]:
    missing = tmp_path / "missing.wasm"
    return [
        refusal(lambda: parse_wit(WIT["an unknown name"])),
        refusal(lambda: parse_wat(WAT["an unknown name"])),
        refusal(lambda: validate(BINARY["of a wrong type"]())),
        refusal(lambda: strip(missing)),
        refusal(lambda: component_new(IMPORTING)),
        error("inner").context("middle").context("outer"),
        wit_error((3, 5), "there"),
        two_places_error("there", (3, 5), (7, 9)),
        binary_error(12, "here").within("in this"),
        WasmToolsError("a text alone"),
    ]


def state(e: WasmToolsError) -> tuple[object, ...]:
    layers = [(layer.message, layer.span, layer.also, layer.offset) for layer in e.layers]
    place = (e.path, e.line, e.column, e.end_line, e.end_column, e.offset)
    return (type(e), str(e), repr(e), e.args, e.message, place, e.kind, layers)


def test_pickled_and_copied(tmp_path: Path) -> None:
    for e in samples(tmp_path):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert state(pickle.loads(pickle.dumps(e, protocol))) == state(e)
        for again in (copy.copy(e), copy.deepcopy(e)):
            assert state(again) == state(e)
            again.context("more")
            assert "more" not in str(e)
    noted = error("no")
    noted.add_note("a note")
    assert pickle.loads(pickle.dumps(noted)).__notes__ == ["a note"]
    # What rebuilds an exception from its arguments gets its message, too.
    assert str(WasmToolsError(*error("no").args)) == "no"


def test_from_a_pool_of_processes() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        e = pool.submit(component_wit, WIT["an unknown name"]).exception()
        assert isinstance(e, WasmToolsError)
        assert state(e) == state(refusal(lambda: component_wit(WIT["an unknown name"])))
        assert pool.submit(component_wit, "package a:b;").result().startswith(b"package a:b;\n")


@pytest.mark.parametrize("name", [*WIT, *WAT, *BINARY])
def test_the_text_is_the_commands(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from pywasmtools.cli.main import main

    path = tmp_path / "in"
    content = WIT.get(name) or WAT.get(name) or ""
    path.write_bytes(BINARY[name]() if name in BINARY else content.encode())
    work, args = (parse_wit, ["component", "wit"]) if name in WIT else (validate, ["validate"])
    assert main([*args, str(path)]) == 1
    told = capfd.readouterr().err
    if told.startswith("["):  # a warning of DWARF that can't be read
        told = told.partition("\n")[2]
    assert told == f"error: {refusal(lambda: work(path))}\n"


def test_hints_and_signatures_are_there_at_run_time() -> None:
    assert get_type_hints(WasmToolsError) is not None
    assert list(inspect.signature(WasmToolsError).parameters) == ["layer", "kind"]
    for name in pywasmtools.__all__:
        value = getattr(pywasmtools, name)
        if inspect.isfunction(value):
            assert get_type_hints(value)["return"] is not None
            assert inspect.signature(value, eval_str=True)
    if not str(diagnostics.__file__).endswith(".py"):
        return  # compiled functions have no annotations
    for name in ("message", "path", "line", "column", "end_line", "end_column", "offset"):
        assert get_type_hints(getattr(WasmToolsError, name).fget)["return"]
    assert inspect.signature(WasmToolsError, eval_str=True).parameters["layer"].annotation == Layer | str
