"""`component new` of a module with custom sections that are read and written again once there are producers."""

from __future__ import annotations

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm.writer import custom_section

WIT = "package a:b;\nworld w {}\n"
HEADER = b"\0asm\1\0\0\0"


def new_of(run: Run, *sections: bytes) -> str:
    """What `component new` does with a module of these sections and the metadata that `embed` adds."""
    run("component embed a.wit m.wasm -o e.wasm", {"a.wit": WIT, "m.wasm": HEADER + b"".join(sections)})
    return run("component new e.wasm -o c.wasm")


def refusals(run: Run, name: str, cases: list[bytes]) -> str:
    """What `component new` says of each of these as the contents of a section."""
    return "\n".join(new_of(run, custom_section(name, case)) for case in cases)


def test_descriptions_are_kept_and_urls_normalized(run: Run, golden: SnapshotAssertion) -> None:
    sections = [
        custom_section("authors", "Ada, Łukasz".encode()),
        custom_section("description", b""),
        custom_section("homepage", "HTTP://Bücher.Example:80/a/../b c?'é'#`".encode()),
        custom_section("source", b"git+ssh://git@h/x.git"),
        custom_section("source", b"file:C|\\x\\..\\y"),
        custom_section("licenses", b"(MIT OR Apache-2.0+) and ISC WITH LLVM-exception"),
        custom_section("revision", b"\0"),
        custom_section("version", b"1.0"),
        custom_section("licence", b"\xff"),
    ]
    assert new_of(run, *sections) == golden


def test_text_that_is_not_utf_8(run: Run, golden: SnapshotAssertion) -> None:
    assert refusals(run, "authors", [b"a\xff", b"\xe2\x82a", b"a\xf0\x9f"]) == golden


@pytest.mark.slow
def test_urls_refused(run: Run, golden: SnapshotAssertion) -> None:
    # One for each message.
    cases = ["example.com", "http://", "http://h:65536", "http://1.2.3.256", "http://[:]", "foo://a b", "http://xn--"]
    assert refusals(run, "homepage", [case.encode() for case in cases]) == golden


def test_international_names_as_the_references_unicode_has_them(run: Run, golden: SnapshotAssertion) -> None:
    # Characters of Unicode 15 to 17: mapped, composed, reordered, joined; each its own section.
    hosts = ["ꟜꟚ𖺠", "a\U00016129\U0001611f", "a\u1ae6\u1acf", "\u1c89", "ب\u200c\u088f", "۱.xn--9ca", "＝̸"]
    assert new_of(run, *[custom_section("source", f"http://{host}/".encode()) for host in hosts]) == golden


@pytest.mark.slow
def test_licenses_refused(run: Run, golden: SnapshotAssertion) -> None:
    # Spaces before the carets are counted in bytes, so they are off after other characters.
    cases = ["", "mit", "GPL-3.0", "MIT OR", "(MIT", "MIT)", "MIT +", "ISC\u3000é", "GPL-3.0-only+", "MIT\nZlib"]
    assert refusals(run, "licenses", [case.encode() for case in cases]) == golden


def test_malformed_producers(run: Run, golden: SnapshotAssertion) -> None:
    # Unknown field, contents cut, bytes left over; without a count it is no producers section and kept as it is.
    cases = ["01 01 78 00", "01 03 73 64 6b 01", "00 00", ""]
    assert refusals(run, "producers", [bytes.fromhex(case) for case in cases]) == golden


def test_malformed_names(run: Run, golden: SnapshotAssertion) -> None:
    # A subsection cut, indices out of order, an unknown subsection, a module's name after the functions' names.
    cases = ["00 05 01", "01 07 02 01 01 61 00 01 62", "1f 01 00", "01 04 01 00 01 66 00 02 01 6d"]
    assert refusals(run, "name", [bytes.fromhex(case) for case in cases]) == golden


def test_without_producers_nothing_is_read(run: Run, golden: SnapshotAssertion) -> None:
    # No metadata, no producers: what is malformed passes.
    module = HEADER + custom_section("homepage", b"\xff") + custom_section("licenses", b"?")
    assert run("component new m.wasm -o c.wasm", {"m.wasm": module}) == golden
