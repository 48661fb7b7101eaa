"""Quick ways of readers where what is read ends just where the section ends, with other bytes behind it or none.

Whether a quick way was taken shows in nothing that comes out: it is told by the functions that were called. Compiled, none
are seen, and what was read is looked at alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from numbers_in_binary import section

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.component import read_alias
from pywasmtools.wasm.module import read_element, read_export, read_func_type, read_rec_group
from pywasmtools.wasm.operators import read_row
from pywasmtools.wasm.payloads import Parser
from pywasmtools.wasm.reader import BinaryReader


def called(run: Callable[[], object]) -> list[str]:
    """The names of the Python functions that are called, in order."""
    names: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            names.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(before)
    return names


READ: dict[str, tuple[Callable[[BinaryReader], object], str, str]] = {
    "two bytes of a number": (BinaryReader.var_u32, "80 01", "u8"),
    "a name": (BinaryReader.string, "02 61 62", "_string"),
    "an empty name": (BinaryReader.string, "00", "_string"),
    "a name of 127 bytes": (BinaryReader.string, "7f" + "61" * 127, "_string"),
    "a type": (BinaryReader.val_type, "7f", "_ref_type"),
    "a reference": (BinaryReader.val_type, "70", "_ref_type"),
    "a reference to an index": (BinaryReader.val_type, "64 3f", "_ref_type"),
    "a reference to a kind": (BinaryReader.val_type, "63 70", "_ref_type"),
    "results": (read_func_type, "00 02 7f 7e", "val_type"),
    "params and results": (read_func_type, "02 7f 7e 01 7d", "val_type"),
    "a field": (read_rec_group, "5f 01 7f 01", "_field_type"),
    "fields": (read_rec_group, "5f 02 7f 00 78 01", "_field_type"),
    "an element of an array": (read_rec_group, "5e 7f 01", "val_type"),
    "an export": (read_export, "01 61 00 7f", "read_external_kind"),
    "functions in a segment": (read_element, "01 00 02 00 01", "var_u32s"),
    "no functions in a segment": (read_element, "01 00 00", "read_external_kind"),
    "numbers to be stepped over": (lambda reader: reader.skip_var_u32s(3), "01 02 7f", "var_u32"),
    "long numbers to be stepped over": (lambda reader: reader.skip_var_u32s(3), "01 80 01 80 80 01", "var_u32"),
    "numbers": (lambda reader: reader.var_u32s(3), "01 02 7f", "var_u32"),
    "long numbers": (lambda reader: reader.var_u32s(3), "01 80 01 80 80 01", "var_u32"),
    "an alias of a core export": (read_alias, "00 00 01 7f 01 61", "u8"),
    "an alias of a core export without a name": (read_alias, "00 00 01 00 00", "u8"),
    "an operator with a prefix": (read_row, "fc 00", "var_u32"),
}
"""What reads, the bytes of it, and a function that the quick way has no need of."""


@pytest.mark.parametrize("name", READ)
def test_no_careful_way_is_taken(name: str) -> None:
    read, data, careful = READ[name]
    code = bytes.fromhex(data)
    for behind in (b"", b"\0", b"\x7f" * 20, b"\xff" * 20):
        reader = BinaryReader(code + behind, 0, len(code))
        assert careful not in called(lambda reader=reader: read(reader))  # type: ignore[misc]
        assert reader.pos == len(code)
        # A byte earlier it is not whole, whatever stands behind it.
        cut = BinaryReader(code + behind, 0, len(code) - 1)
        with pytest.raises(WasmToolsError, match="unexpected end-of-file"):
            read(cut)


def module(*sections: bytes) -> bytes:
    return b"\0asm\1\0\0\0" + b"".join(sections)


FUNCTION = section(1, b"\1\x60\0\0")
VALIDATED = {
    "tags": (module(FUNCTION, section(13, b"\3\0\0\0\0\0\0")), "read_tag_type", 1),
    "data": (module(section(11, b"\2\1\2ab\1\1c")), "read_data", 0),
    "data of no bytes": (module(section(11, b"\2\1\0\1\0")), "read_data", 0),
    "types": (module(section(1, b"\2\x60\1\x7f\0\x60\1\x7f\0")), "read_rec_group", 0),
    "another type": (module(section(1, b"\2\x60\1\x7f\0\x60\0\1\x7f")), "read_rec_group", 0),
    "structures": (module(section(1, b"\2\x5f\1\x7f\0\x5f\1\x7e\0")), "read_rec_group", 0),
}
"""A module, a function that reads in the careful way, and how many times it is needed."""


@pytest.mark.parametrize("name", VALIDATED)
def test_no_careful_way_is_taken_in_validation(name: str) -> None:
    data, careful, times = VALIDATED[name]
    for behind in (b"", section(0, b"\1a\2\3\4")):
        names = called(lambda data=data + behind: validate_all(data))  # type: ignore[misc]
        assert names.count(careful) <= times


def test_custom_sections_with_nothing_but_a_name() -> None:
    for behind in (b"", section(0, b"\1b\2\3\4")):
        parser = Parser(module(section(0, b"\1a"), behind))
        parser.next_payload()
        assert "string" not in called(parser.next_payload)
        payload = list(Parser(parser.data))[1]
        assert payload.name == "a" and payload.custom_data() == b""
