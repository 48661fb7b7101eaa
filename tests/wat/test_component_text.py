"""Text components, function by function: hex beside the text, and where refusals point."""

from __future__ import annotations

import sys

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wat.component.entry import encode_component, parse_component
from pywasmtools.wat.component.parse_types import parse_component_val_type, peek_inline, peek_val_type
from pywasmtools.wat.cursor import Parser

HEADER = "00 61 73 6d 0d 00 01 00 "


def encoded(text: str) -> str:
    """The bytes after the header, in hex."""
    parser = Parser(text.encode(), "c.wat")
    parser.open()
    component = parse_component(parser)
    parser.close()
    binary = encode_component(parser.source, component).hex(" ") + " "
    assert binary.startswith(HEADER)
    return binary[len(HEADER) :].rstrip()


def refusal(text: str) -> str:
    with pytest.raises(WasmToolsError) as caught:
        encoded(text)
    return caught.value.layers[0].message


def test_sections_are_merged_until_another_kind_comes() -> None:
    assert encoded('(component (type u8) (type u16) (import "a" (type (sub resource))) (type u32))') == (
        "07 03 02 7d 7b "  # two types
        "0a 06 01 00 01 61 03 01 "  # an import: name, sort, bound
        "07 02 01 79"  # a section of its own again
    )


def test_inline_types_come_first_inner_before_outer() -> None:
    assert encoded('(component (import "f" (func (param "x" (list (option u8))))))') == (
        "07 0c 03 6b 7d 70 00 40 01 01 78 01 01 00 "  # option, list of type 0, function
        "0a 06 01 00 01 66 01 02"  # the import uses type 2
    )


def test_names_are_kept_but_not_made_up_ones() -> None:
    assert encoded("(component $c (type $t u8) (type u16))") == (
        "07 03 02 7d 7b "
        "00 1a 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 "  # component-name
        "00 02 01 63 "  # the component's own
        "01 05 03 01 00 01 74"  # types: 0 is `t`, 1 has none
    )


def test_exports_of_instances_become_aliases() -> None:
    assert encoded('(component (import "i" (instance (export "f" (func)))) (export "g" (func 0 "f")))') == (
        "07 0e 01 42 02 01 40 00 01 00 04 00 01 66 01 00 "  # the instance type declares a type and an export
        "0a 06 01 00 01 69 05 00 "
        "06 06 01 01 00 00 01 66 "  # alias of instance 0, "f"
        "0b 07 01 00 01 67 01 00 00"  # export of function 0
    )


def test_a_name_outside_becomes_an_outer_alias_each_time() -> None:
    inner = "00 61 73 6d 0d 00 01 00 06 09 02 03 02 01 00 03 02 01 00 07 05 01 6f 02 00 01"
    assert encoded("(component (type $t u8) (component (type (tuple $t $t))))").startswith(
        f"07 02 01 7d 04 {len(inner.split()):02x} {inner}"
    )


def test_module_types_reuse_what_is_declared_and_repeat_what_is_not() -> None:
    text = '(component (core type (module (type (func)) (import "m" "f" (func)) (export "g" (func (result i32))))))'
    assert encoded(text) == (
        "03 18 01 50 04 "  # a module type of four declarations
        "01 60 00 00 00 01 6d 01 66 00 00 "  # the type, the import that uses it
        "01 60 00 01 7f 03 01 67 00 01"  # the type that the export needs, the export
    )


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("(component\n  (type (list u9)))", "unexpected token, expected one of: `bool`", 2, 15),
        ('(component\n  (export "a" (func $f)))', "unknown func: failed to find name `$f`", 2, 21),
        ("(component (type $t u8)\n (type $t u8))", "duplicate type identifier", 2, 8),
        (
            "(component\n\n (canon thread.yield cancellable (core func)))",
            "the `cancellable` option is no longer",
            3,
            34,
        ),
        ("(component (core type (module (alias outer 0 0 (core type)))))", "expected type for outer alias", 1, 58),
    ],
)
def test_refusals_point_at_the_token(text: str, message: str, line: int, column: int) -> None:
    said = refusal(text)
    assert said.startswith(message)
    assert f"--> c.wat:{line}:{column}\n" in said
    assert said.splitlines()[-1] == f"      | {'^':>{column}}"


def test_nesting_takes_no_more_than_python_has() -> None:
    deepest = "(component (type " + "(list " * 98 + "u8" + ")" * 100
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(600)
    try:
        assert encoded(deepest)
        assert refusal(deepest.replace("u8", "(list u8)")).startswith("item nesting too deep")
        assert refusal("(component " * 3000 + ")" * 3000).startswith("item nesting too deep")
    finally:
        sys.setrecursionlimit(limit)


def test_legacy_references_are_read_where_the_environment_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "(component (core func $f (canon task.cancel)) (type (resource (rep i32) (dtor (func $f)))))"
    assert refusal(text).startswith("the `core` keyword is required in this reference")
    monkeypatch.setenv("WAST_STRICT_COMPONENT_INDICES", "0")
    assert encoded(text).startswith("08 02 01 05 07 05 01 3f 7f 01 00")


def test_named_types_in_globals_of_module_types_are_refused() -> None:
    # The reference crashes on them.
    text = '(component (core type (module (type $t (func)) (export "g" (global (ref null $t))))))'
    assert refusal(text) == "unresolved index in emission: t"


def test_peeks() -> None:
    assert peek_inline(Parser(b'(export "a")', None), b"export")
    assert peek_inline(Parser(b'(export (interface "a"))', None), b"export")
    assert not peek_inline(Parser(b'(export "a" (external-id "b"))', None), b"export")
    assert not peek_inline(Parser(b'(import "a")', None), b"export")
    assert peek_val_type(Parser(b"(list u8)", None))
    assert not peek_val_type(Parser(b"(stream u8)", None))
    assert not peek_val_type(Parser(b"(error u8)", None))
    assert parse_component_val_type(Parser(b"float32", None)) == -10
