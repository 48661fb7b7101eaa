"""Instructions with irregular signatures, each with items of every type: which may be used, and in which words not.

Behind `unreachable` any operands are there, so that what is refused is the item; other tests have none, or wrong ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from answers import Answers, answers, asked  # noqa: F401
from assemble import assemble
from numbers_in_binary import section, uleb
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm import immediates as im
from pywasmtools.wasm.instructions import ROWS, Row
from pywasmtools.wasm.operators import write_row

PARTS = (
    *(
        "i32",
        "i64",
        "f32",
        "v128",
        "(ref null any)",
        "(ref null eq)",
        "(ref null func)",
        "(ref null extern)",
        "(ref null exn)",
    ),
    *("(ref null (shared any))", "(ref null (shared eq))", "(ref null (shared i31))", "(ref null (shared func))"),
)
FIELDS = ("i8", "i16", *PARTS)


def module_of(*, mutable: bool, shared: bool) -> str:
    """Types, globals and tables of each part; what is shared has parts that may be."""
    parts = [part for part in PARTS if not shared or "(ref" not in part or "shared" in part]
    fields = ["i8", "i16", *parts]
    mut = "(mut {})" if mutable else "{}"
    share = "(shared {})" if shared else "{}"
    structs = share.format("(struct " + " ".join(f"(field {mut.format(field)})" for field in fields) + ")")
    arrays = " ".join(f"(type {share.format(f'(array {mut.format(field)})')})" for field in fields)
    marks = ("shared " if shared else "", "mut " if mutable else "")
    kinds = [f"({marks[0]}{marks[1]}{part})" if any(marks) else part for part in parts]
    globals_ = " ".join(f'(import "g" "{k}" (global {kind}))' for k, kind in enumerate(kinds))
    tables = " ".join(
        f'(import "t" "{k}" (table {marks[0]}1 {part}))' for k, part in enumerate(parts) if "(ref" in part
    )
    return f"""(module (type $f (func)) (type $s {structs}) {arrays} (type $c (cont $f)) (type $empty (struct))
  {globals_} {tables} (import "t" "long" (table i64 1 (ref null func))) (import "m" "m" (memory 1)) (import "m" "n" (memory i64 1))
  (import "e" "e" (tag (type $f))) (elem func) (elem (ref null eq)) (data "a"))"""


FIXED = {
    im.AS_MEMARG: "00 00",
    im.AS_LANES: "00" * 16,
    im.AS_VAL_TYPES: "01 7f",
    im.AS_HEAP_TYPE: "70",
    im.AS_LABELS: "01 00 00",
    im.AS_CAST: "01 00 6e 6c",
    im.AS_HANDLERS: "00",
    im.AS_ORDERING: "00",
    im.AS_OPTIONAL_ORDERING: "00",
    im.AS_BLOCK_TYPE: "40",
    im.AS_TRY_TABLE: "40 00",
}
BLOCKS = (0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0B, 0x18, 0x19, 0x1F)


def written(row: Row, numbers: tuple[int, ...]) -> bytes:
    """An instruction with indices; other immediates are the same everywhere."""
    out = bytearray()
    write_row(out, row)
    rest = list(numbers)
    for kind in row.kinds:
        out += uleb(rest.pop(0)) if kind.form == im.AS_U32 else bytes.fromhex(FIXED[kind.form])
    return bytes(out)


def spread(row: Row) -> Sequence[tuple[int, ...]]:
    """The indices that an instruction is tried with."""
    spaces = [kind.space for kind in row.kinds if kind.form == im.AS_U32]
    if not spaces:
        return [()]
    first = range(19) if spaces[0] in ("type", "global", "table") else range(4)
    if len(spaces) == 1:
        return [(k,) for k in first]
    if spaces[1] == "field":
        return [(1, k) for k in range(len(FIELDS) + 1)] + [(0, 0), (2, 0), (30, 0)]
    return [(k, 0) for k in first] + [(0, 1), (0, 2), (1, 1), (2, 2), (9, 9)]


@pytest.mark.parametrize("shared", [False, True], ids=["unshared", "shared"])
@pytest.mark.parametrize(
    "mutable", [pytest.param(False, id="constant", marks=pytest.mark.slow), pytest.param(True, id="mutable")]
)
def test_items_of_every_type(answers: Answers, golden: SnapshotAssertion, mutable: bool, shared: bool) -> None:  # noqa: F811
    head = assemble(module_of(mutable=mutable, shared=shared))
    at = split_at_elements(head)
    told = ""
    for row in ROWS:
        if row.signature or row.key in BLOCKS:
            continue
        if not (mutable or any(word in row.name for word in ("set", "rmw", "fill", "copy", "init"))):
            continue
        if shared and not any(word in row.name for word in ("atomic", "struct", "array", "global", "i31", "ref.")):
            continue
        found: dict[str, list[str]] = {}
        for numbers in spread(row):
            code = b"\0\0" + written(row, numbers) + b"\0\x0b"
            module = head[:at] + section(3, b"\x01\0") + between(head, at, code)
            lines = answers("validate --features=all in.wasm", {"": module}).splitlines()
            message = "valid" if lines[1] == "status 0" else lines[-1].partition(": ")[2].partition(" (at")[0]
            found.setdefault(message, []).append(".".join(map(str, numbers)))
        told += f"{row.name}\n" + "".join(f"  {message}: {' '.join(which)}\n" for message, which in found.items())
    assert told == golden


def sections_of(binary: bytes) -> list[tuple[int, int]]:
    """The ids of sections, and where each begins."""
    found = []
    at = 8
    while at < len(binary):
        found.append((binary[at], at))
        size = shift = 0
        at += 1
        while True:
            byte = binary[at]
            size |= (byte & 0x7F) << shift
            at += 1
            shift += 7
            if byte < 0x80:
                break
        at += size
    return found


def split_at_elements(binary: bytes) -> int:
    return next(at for id_, at in sections_of(binary) if id_ == 9)


def between(binary: bytes, at: int, code: bytes) -> bytes:
    """The elements, the number of data segments, a function's body, and the data."""
    data = next(start for id_, start in sections_of(binary) if id_ == 11)
    body = uleb(len(code)) + code
    count = next((start for id_, start in sections_of(binary) if id_ == 12), data)
    return binary[at:count] + section(12, b"\x01") + section(10, b"\x01" + body) + binary[data:]
