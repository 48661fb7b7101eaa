"""Inputs of all kinds, and what is said of those that can't be read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pywasmtools import parse_wit
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.load import (
    UNKNOWN,
    WASM_BINARY,
    WASM_TEXT,
    debug_path,
    decode_bytes,
    decode_input,
    detect,
    display_path,
    load_for_embed,
    read_input,
    read_wasm_bytes,
    read_wasm_file,
    trimmed,
)


def read_wasm(path: str | None) -> bytes:
    """The binary of an input, as commands get it."""
    return read_wasm_bytes(*read_input(path))


NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="slashes, names and errors of POSIX")
WIT = "package a:b;\ninterface i { type t = u32; }\nworld w { import i; }\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\0asm", WASM_BINARY),
        (b"\0asm\xff", WASM_BINARY),
        (b"(", WASM_TEXT),
        (b" \t\r\n;; comment\n(module)", WASM_TEXT),
        (b";; comment\r(module)", WASM_TEXT),
        (b"(; a (; b ;) c ;)(module)", WASM_TEXT),
        (b"(;);)(", WASM_TEXT),  # the first parenthesis that closes is inside the comment
        (b"(; never closed (module)", UNKNOWN),
        (b";; comment", UNKNOWN),
        (b"; (module)", UNKNOWN),
        (b"(module \xff)", UNKNOWN),  # not UTF-8
        ("\ufeff(module)".encode(), UNKNOWN),
        (";; \u202e\n(module)".encode(), UNKNOWN),
        ("(; \u2066 ;)(module)".encode(), UNKNOWN),
        (";; \u202c\n(module)".encode(), WASM_TEXT),  # the one character of that kind that is let through
        (b"package a:b;", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_detect(data: bytes, expected: int) -> None:
    assert detect(data) == expected


def test_detect_is_linear() -> None:
    deep = b"(;" * 200_000
    assert detect(deep) == UNKNOWN
    assert detect(deep + b";)" * 200_000 + b"(") == WASM_TEXT


@NOT_ON_WINDOWS
def test_paths_in_messages() -> None:
    assert debug_path('it\'s "a"\n') == '"it\'s \\"a\\"\\n"'
    assert debug_path(os.fsdecode(b"a\xff\xc3\xa9")) == '"a\\xFF\u00e9"'
    assert display_path(os.fsdecode(b"a\xff\xc3\xa9")) == "a\ufffd\u00e9"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is also the present one: messages show paths as given."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(contents: dict[str, str | bytes]) -> None:
    """Writes files; a path with a slash at its end is an empty folder."""
    for path, data in contents.items():
        if path.endswith("/"):
            os.makedirs(path, exist_ok=True)
            continue
        if os.path.dirname(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
        Path(path).write_bytes(data.encode() if isinstance(data, str) else data)


def wit_refusal(path: str) -> str:
    with pytest.raises(WasmToolsError) as caught:
        decode_input(path)
    return str(caught.value)


def embed_refusal(path: str) -> str:
    with pytest.raises(WasmToolsError) as caught:
        load_for_embed(path)
    return str(caught.value)


def test_file_and_folder(folder: Path) -> None:
    files({"a.wit": WIT, "d/a.wit": WIT, "d/b.wit": "interface j { use i.{t}; }"})
    decoded = decode_input("a.wit")
    assert decoded.is_package
    assert list(decoded.resolve.packages[decoded.package].interfaces) == ["i"]
    decoded = decode_input("d/")
    assert sorted(decoded.resolve.packages[decoded.package].interfaces) == ["i", "j"]
    resolve, package = load_for_embed("d")
    assert sorted(resolve.packages[package].interfaces) == ["i", "j"]


@NOT_ON_WINDOWS
def test_files_of_a_folder_that_do_not_count(folder: Path) -> None:
    files(
        {
            "d/a.wit": WIT,
            "d/x.WIT": "bad",
            "d/x.txt": "bad",
            "d/folder.wit/x.wit": "bad",
            "d/deps/x.WIT": "bad",
            "d/deps/.wit": "bad",
            "d/deps/.DS_Store": "bad",
            "d/deps/p/p.wit": "package p:p;",
            "d/deps/p/deps/q.wit": "bad",
        }
    )
    os.symlink("folder.wit", "d/link.wit")
    (folder / "d" / os.fsdecode(b"\xff.wit")).write_bytes(b"bad")
    assert len(decode_input("d").resolve.packages) == 2
    # In the main folder a file called just `.wit` does count.
    files({"d/.wit": "bad"})
    assert "expected `world`, `interface` or `use`" in wit_refusal("d")


@NOT_ON_WINDOWS
def test_nothing_there(folder: Path) -> None:
    assert wit_refusal("x.wit") == (
        'failed to read "x.wit"\n\nCaused by:\n    0: No such file or directory (os error 2)'
    )
    assert embed_refusal("x.wit") == "failed to read path for WIT [x.wit]: No such file or directory (os error 2)"
    files({"file": ""})
    assert embed_refusal("file/x") == "failed to read path for WIT [file/x]: Not a directory (os error 20)"


def test_empty_folder(folder: Path) -> None:
    files({"d/": ""})
    message = "failed to parse package: d: no `package` header was found in any WIT file for this package"
    assert wit_refusal("d") == message
    assert embed_refusal("d") == f"failed to resolve directory while parsing WIT for path [d]: {message}"


@NOT_ON_WINDOWS
def test_text_that_is_not_utf8(folder: Path) -> None:
    files({"a.wit": b"\xff", "d/a.wit": b"\xff", "e/a.wit": WIT, "e/deps/b.wit": b"\xff"})
    assert wit_refusal("a.wit") == "input was not valid utf-8"
    assert embed_refusal("a.wit") == "input file is not valid utf-8 [a.wit]"
    assert wit_refusal("d") == (
        'failed to parse package: d: failed to read file "d/a.wit": stream did not contain valid UTF-8'
    )
    assert wit_refusal("e") == (
        "failed to parse dependency directory: e/deps: input file is not valid utf-8 [e/deps/b.wit]"
    )


@NOT_ON_WINDOWS
def test_path_that_is_not_utf8(folder: Path) -> None:
    path = os.fsdecode(b"\xff.wit")
    (folder / path).write_bytes(WIT.encode())
    assert wit_refusal(path) == 'path is not valid utf-8: "\\xFF.wit"'
    assert embed_refusal(path) == 'path is not valid utf-8: "\\xFF.wit"'


@NOT_ON_WINDOWS
def test_deps_that_cannot_be_read(folder: Path) -> None:
    files({"d/a.wit": WIT, "d/deps": "a file", "e/a.wit": WIT, "e/deps/": ""})
    assert wit_refusal("d") == (
        "failed to parse dependency directory: d/deps: failed to read directory: Not a directory (os error 20)"
    )
    os.symlink("nowhere", "e/deps/x.txt")
    assert wit_refusal("e") == ("failed to parse dependency directory: e/deps: No such file or directory (os error 2)")


@NOT_ON_WINDOWS
def test_mistakes_in_deps_show_their_file(folder: Path) -> None:
    files({"d/a.wit": WIT, "d/deps/p/p.wit": "package p:p;\ninterface i { type t = u; }"})
    assert wit_refusal("d") == (
        "failed to parse dependency directory: d/deps: failed to parse package: d/deps/p: type `u` does not exist\n"
        "     --> d/deps/p/p.wit:2:24\n"
        "      |\n"
        "    2 | interface i { type t = u; }\n"
        "      |                        ^"
    )


def test_features(folder: Path) -> None:
    files({"a.wit": "package a:b; @unstable(feature = x) interface i {}"})
    assert len(decode_input("a.wit").resolve.interfaces) == 0
    assert len(decode_input("a.wit", ("x",)).resolve.interfaces) == 1
    assert len(decode_input("a.wit", (), True).resolve.interfaces) == 1


def test_bytes_are_named_in_messages() -> None:
    with pytest.raises(WasmToolsError) as caught:
        decode_bytes(b"package a:b;\nbad", "<stdin>")
    assert "     --> <stdin>:2:1\n" in str(caught.value)


@NOT_ON_WINDOWS
def test_read_wasm(folder: Path) -> None:
    files({"m.wat": b"\0asm\x01\0\0\0", "bad.wat": b"\xff", "d/": ""})
    assert read_wasm_file("m.wat") == b"\0asm\x01\0\0\0"
    with pytest.raises(WasmToolsError) as caught:
        read_wasm("bad.wat")
    assert str(caught.value) == "failed to parse `bad.wat`: input bytes aren't valid utf-8"
    with pytest.raises(WasmToolsError) as caught:
        read_wasm("x.wasm")
    assert str(caught.value) == (
        "failed to read from `x.wasm`\n\nCaused by:\n    0: No such file or directory (os error 2)"
    )
    with pytest.raises(WasmToolsError) as caught:
        read_wasm("d")
    assert str(caught.value) == "failed to read from `d`\n\nCaused by:\n    0: Is a directory (os error 21)"


@pytest.mark.parametrize("path", [None, "-", "-/", "-/."])
def test_stdin(path: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"\0asm\x01\0\0\0")
    os.close(writer)
    saved = os.dup(0)
    os.dup2(reader, 0)
    try:
        assert read_wasm(path) == b"\0asm\x01\0\0\0"
    finally:
        os.dup2(saved, 0)
        os.close(saved)
        os.close(reader)


def test_a_path_that_begins_with_a_dash_is_a_file(folder: Path) -> None:
    files({"-": WIT})
    # `component wit -` reads a file of that name.
    assert decode_input("-").is_package
    with pytest.raises(WasmToolsError, match=r"--> \./-:1:1"):
        read_wasm("./-")


@NOT_ON_WINDOWS
def test_the_library_takes_paths_as_bytes(folder: Path) -> None:
    class Named:
        def __fspath__(self) -> bytes:
            return "d/é.wit".encode()

    files({"d/é.wit": "package a:b;\nworld {"})
    with pytest.raises(WasmToolsError, match=r"--> d/é\.wit:2:7"):
        parse_wit(Named())
    with pytest.raises(WasmToolsError, match=r"--> d/é\.wit:2:7"):
        parse_wit(Path("d/é.wit"))


def test_ends_of_paths_that_are_no_components() -> None:
    assert [trimmed(path) for path in ("a/", "a/.", "a/././/", "./.", "/", "/.", "//", "", "a/..")] == [
        *("a", "a", "a", ".", "/", "/", "/", "", "a/.."),
    ]
