"""A canonical built-in that nobody knows, added as one row: it is read, validated, printed, parsed and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.component.canon import HANDLERS
from pywasmtools.validation.component.state import ComponentState
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm import canonicals, component_types
from pywasmtools.wasm.canonicals import INDEX_KINDS, OTHER_KINDS, ROWS, CanonRow, read_canonical, write_canonical
from pywasmtools.wasm.component_types import (
    BOOL,
    FORMS,
    NO_TYPE,
    DefinedForm,
    DefinedType,
    read_defined_type,
    write_defined_type,
)
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import I32, I64
from pywasmtools.wasm.writer import section, vector
from pywasmtools.wat.component import parse_types
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wat.print.printer import print_wasm

MakeUp = Callable[[str, str], CanonRow]
CODE = 0x60

ITEMS = """
  (core module $m (memory (export "m") 1) (memory (export "m64") i64 1))
  (core instance $i (instantiate $m))
  (alias core export $i "m" (core memory $memory))
  (alias core export $i "m64" (core memory $memory64))
  (type $stream (stream u8))
  (type $future (future))
  (type $resource (resource (rep i32)))
"""


@pytest.fixture
def make_up() -> Iterator[MakeUp]:
    """Adds a row with these immediates and this core type; it is gone after the test."""
    assert CODE not in canonicals.BY_CODE
    yield lambda immediates, signature: CanonRow(CODE, "made.up", immediates, signature)
    row = ROWS.pop()
    assert row.code == CODE
    del canonicals.BY_CODE[CODE], canonicals.BY_NAME["made.up"]


def component(canon: str) -> str:
    return f"(component {ITEMS} (core func $made (canon made.up{canon})))"


def validated(data: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The core type of the last core function of a valid component."""
    state = validate_all(data)
    assert isinstance(state, ComponentState)
    func = state.arena.core.func_type(state.core_funcs[-1])
    return func.params, func.results


@pytest.mark.parametrize(
    ("immediates", "text", "encoded", "signature", "params", "results"),
    [
        ("", "", "60", "->", (), ()),
        ("0", "", "60 00", "i32 i64 -> i64", (I32, I64), (I64,)),
        ("async", " async", "60 01", "-> i32", (), (I32,)),
        ("stream async", " $stream async", "60 00 01", "i32 ->", (I32,), ()),
        ("future", " $future", "60 01", "i32 -> i32", (I32,), (I32,)),
        ("resource", " $resource", "60 02", "i32 ->", (I32,), ()),
        ("local_resource", " $resource", "60 02", "rep -> rep", (I32,), (I32,)),
        ("memory stream", " (memory $memory) $stream", "60 00 00", "ptr -> ptr", (I32,), (I32,)),
        ("memory", " (memory $memory64)", "60 01", "ptr ->", (I64,), ()),
    ],
)
def test_a_regular_built_in_is_a_row(
    make_up: MakeUp,
    immediates: str,
    text: str,
    encoded: str,
    signature: str,
    params: tuple[int, ...],
    results: tuple[int, ...],
) -> None:
    make_up(immediates, signature)
    data = wat_to_binary(component(text).encode(), "c.wat")
    item = bytes.fromhex(encoded)
    assert section(8, vector([item])) in data
    assert validated(data) == (params, results)
    printed, error = print_wasm(data)
    assert error is None
    assert f"(core func $made (;0;) (canon made.up{text}))" in printed
    assert wat_to_binary(printed.encode(), "p.wat") == data


KINDS = {
    "0": (),
    "async": (1,),
    "u32": (300,),
    "val_type": (I64,),
    "result": (-2,),
    "options": (),
    **dict.fromkeys(INDEX_KINDS, (5,)),
}
"""A value of each kind of immediate."""


@pytest.mark.parametrize("kind", [*INDEX_KINDS, *OTHER_KINDS])
def test_every_direction_knows_every_kind(make_up: MakeUp, kind: str) -> None:
    row = make_up(kind + " u32", "->")
    options = ((canonicals.MEMORY, 3), (canonicals.ASYNC, 0)) if kind == "options" else ()
    canon = (row, (*KINDS[kind], 7), options)
    out = bytearray()
    write_canonical(out, canon)
    reader = BinaryReader(bytes(out))
    assert read_canonical(reader) == canon
    assert reader.eof()
    data = b"\0asm\x0d\0\1\0" + section(8, vector([out]))
    printed, error = print_wasm(data)
    assert error is None
    assert wat_to_binary(printed.encode(), "p.wat") == data


@pytest.mark.parametrize("kind", ["u32", "val_type", "result", "func", "core_func", "func_type", "core_type", "table"])
def test_the_validator_wants_a_handler_for_what_it_cannot_check_alone(make_up: MakeUp, kind: str) -> None:
    out = bytearray()
    write_canonical(out, (make_up(kind, "->"), KINDS[kind], ()))
    with pytest.raises(AssertionError, match=kind):
        validate_all(b"\0asm\x0d\0\1\0" + section(8, vector([out])))


def test_an_unknown_kind_is_known_nowhere(make_up: MakeUp) -> None:
    row = make_up("unheard-of", "->")
    with pytest.raises(AssertionError, match="unheard-of"):
        write_canonical(bytearray(), (row, (0,), ()))
    with pytest.raises(AssertionError, match="unheard-of"):
        read_canonical(BinaryReader(bytes((CODE, 0))))
    with pytest.raises(AssertionError, match="unheard-of"):
        wat_to_binary(component(" 0").encode(), "c.wat")


def test_rows_are_whole() -> None:
    """Every row has a byte and a name of its own, kinds that are known, and a core type or a handler that finds one."""
    assert len(canonicals.BY_CODE) == len(canonicals.BY_NAME) == len(ROWS)
    names = {"ptr": I32, "index": I32, "rep": I32, "value": I32, "ref": I32}
    for row in ROWS:
        assert set(row.kinds) <= {*INDEX_KINDS, *OTHER_KINDS}, row.name
        if row.signature:
            row.core_type(names)
        else:
            assert row is canonicals.LIFT or row.code in HANDLERS, row.name
    assert set(HANDLERS) <= set(canonicals.BY_CODE)


def test_the_message_lists_rows_in_their_order(make_up: MakeUp) -> None:
    make_up("", "->")
    with pytest.raises(WasmToolsError) as caught:
        wat_to_binary(b"(component (core func (canon nothing)))", "c.wat")
    message = caught.value.layers[0].message
    places = [message.index(f"`{row.name}`") for row in ROWS if row is not canonicals.LIFT]
    assert places == sorted(places)
    assert message.splitlines()[0].endswith(", `made.up`")


FORM_CODE = 0x62
CONTENTS: dict[str, tuple[tuple[str, ...], tuple[int, ...], int]] = {
    "fields": (("a", "b"), (BOOL, 3), 0),
    "cases": (("a", "b"), (BOOL, NO_TYPE), 0),
    "names": (("a", "b"), (), 0),
    "types": ((), (BOOL, 3), 0),
    "type": ((), (3,), 0),
    "type type": ((), (3, BOOL), 0),
    "optional": ((), (NO_TYPE,), 0),
    "optional optional": ((), (NO_TYPE, 3), 0),
    "index": ((), (), 9),
}
"""Names, types and a number for each content; a length stands in text behind `list` only."""


@pytest.mark.parametrize("content", CONTENTS)
def test_a_form_of_type_is_a_row_too(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    """A made-up form is read, printed, parsed and written; how it is typed is nobody's guess."""
    assert {form.content for form in FORMS} == {*CONTENTS, "type u32"}
    form = DefinedForm(FORM_CODE, "made-up", content, 10, "made-up thing")
    try:
        monkeypatch.setitem(parse_types._FORMS, b"made-up", form)
        names, types, number = CONTENTS[content]
        type_ = DefinedType(form, names, types, number)
        out = bytearray()
        write_defined_type(out, type_)
        assert out[0] == FORM_CODE
        assert read_defined_type(BinaryReader(bytes(out[1:])), FORM_CODE) == type_
        data = b"\0asm\x0d\0\1\0" + section(7, vector([out]))
        printed, error = print_wasm(data)
        assert error is None
        assert wat_to_binary(printed.encode(), "p.wat") == data
    finally:
        FORMS.remove(form)
        del component_types.BY_CODE[FORM_CODE]
