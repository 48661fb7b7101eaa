"""`validate --validate-custom`: names of all kinds and branch hints, at their limits, out of place and malformed."""

from __future__ import annotations

from answers import Answers, answers, asked  # noqa: F401
from assemble import assemble
from numbers_in_binary import section, uleb
from syrupy.assertion import SnapshotAssertion

MODULE = """(module
  (type (func (param i32 i64) (result i32))) (type (struct (field i32) (field i64) (field f32))) (type (func))
  (type (array i8))
  (import "a" "f" (func (type 0))) (import "a" "g" (func (type 2)))
  (import "a" "t" (tag (type 2))) (tag (param i32 i32)) (table 1 funcref) (memory 1) (global i32 (i32.const 1))
  (global i64 (i64.const 1))
  (elem declare func 0) (elem declare func 1) (elem declare func 2)
  (func (type 0) (local f32) (local f64 f64) (block (loop)) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
  (func (type 2) (try_table) (br_if 0 (i32.const 1)) (nop))
  (func (type 2))
  (data "a") (data "b"))"""


def name_map(*pairs: tuple[int, str]) -> bytes:
    return uleb(len(pairs)) + b"".join(uleb(index) + uleb(len(text)) + text.encode() for index, text in pairs)


def indirect(*pairs: tuple[int, bytes]) -> bytes:
    return uleb(len(pairs)) + b"".join(uleb(index) + inner for index, inner in pairs)


def custom(name: str, data: bytes) -> bytes:
    return section(0, uleb(len(name)) + name.encode() + data)


def named(*subsections: tuple[int, bytes]) -> bytes:
    return custom("name", b"".join(section(id_, data) for id_, data in subsections))


def told(answers: Answers, cases: dict[str, bytes]) -> str:  # noqa: F811
    """Each case and what is wrong with it on a line."""
    text = answers("validate --validate-custom in.wasm", cases)
    return "".join(part.replace("\n", " ").rstrip() + "\n" for part in text.split("== ")[1:])


def test_names(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    module = assemble(MODULE)
    cases = {"nothing": module, "no names": module + custom("name", b""), "a name": module + named((0, b"\x01m"))}
    for id_ in (*range(1, 13), 14, 99):
        for index in range(6):
            cases[f"map {id_}, index {index}"] = module + named((id_, name_map((0, "a"), (index, "b"))))
            cases[f"map {id_}, index {index} alone"] = module + named((id_, name_map((index, "b"))))
    cases["a bad name"] = module + named((0, b"\x02\xff\xff"))
    cases["cut"] = module + custom("name", b"\x01\x05\x01")
    cases["twice"] = module + named((0, b"\x01m")) * 2
    cases["before the functions"] = module[:8] + named((0, b"\x01m")) + module[8:]
    cases["before other custom sections"] = module + named((0, b"\x01m")) + custom("x", b"")
    cases["of a component"] = b"\0asm\x0d\0\1\0" + named((0, b"\x01m"))
    cases["of an empty module"] = b"\0asm\1\0\0\0" + named((1, name_map((0, "a"))))
    cases["of data that is not there"] = b"\0asm\1\0\0\0" + named((9, name_map((0, "a"))))
    assert told(answers, cases) == golden


def test_indirect_names(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    module = assemble(MODULE)
    cases = {}
    for id_ in (2, 3, 10, 12, 11):
        for outer in range(6):
            for inner in range(7):
                inside = name_map((0, "a"), (inner, "b")) if inner else name_map((0, "a"))
                cases[f"map {id_}, {outer} {inner}"] = module + named((id_, indirect((outer, inside))))
            cases[f"map {id_}, {outer}, nothing in it"] = module + named((id_, indirect((outer, name_map()))))
        two = indirect((0, name_map((9, "a"))), (1, name_map((8, "b"))))
        cases[f"map {id_}, two that are wrong"] = module + named((id_, two))
        cases[f"map {id_}, the second is wrong"] = module + named(
            (id_, indirect((1, name_map((0, "a"))), (2, name_map((7, "b"), (8, "c")))))
        )
        cases[f"map {id_}, out of order"] = module + named((id_, indirect((2, name_map()), (0, name_map((9, "a"))))))
        cases[f"map {id_}, none"] = module + named((id_, indirect()))
        cases[f"map {id_}, cut"] = module + named((id_, b"\x01\x00"))
    assert told(answers, cases) == golden


def test_branch_hints(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    module = assemble(MODULE)

    def hinted(*functions: tuple[int, tuple[int, ...]], byte: bytes = b"\x01", size: int = 1) -> bytes:
        data = uleb(len(functions))
        for index, places in functions:
            data += uleb(index) + uleb(len(places)) + b"".join(uleb(place) + uleb(size) + byte for place in places)
        return with_hints(data)

    def with_hints(data: bytes, times: int = 1) -> bytes:
        # Before the code section, which is the second last one.
        at = len(module) - len(after_code(module))
        return module[:at] + custom("metadata.code.branch_hint", data) * times + module[at:]

    cases = {f"at {place}": hinted((2, (place,))) for place in range(25)}
    cases |= {f"of the second, at {place}": hinted((3, (place,))) for place in range(12)}
    cases |= {
        "two": hinted((2, (13,)), (3, (7,))),
        "two functions": hinted((2, (13,)), (3, (7,))),
        "two functions, the second wrong": hinted((2, (13,)), (3, (6,))),
        "functions out of order": hinted((3, (7,)), (2, (13,))),
        "a function twice": hinted((3, (7,)), (3, (7,))),
        "places out of order": hinted((2, (13, 12))),
        "a place twice": hinted((2, (13, 13))),
        "an imported function": hinted((1, (1,))),
        "a function that is not there": hinted((5, (1,))),
        "the last function": hinted((4, ())),
        "no places": hinted((2, ())),
        "no functions": hinted(),
        "another value": hinted((2, (13,)), byte=b"\x02"),
        "unlikely": hinted((2, (13,)), byte=b"\0"),
        "a longer value": hinted((2, (13,)), byte=b"\0\0", size=2),
        "twice": with_hints(b"\0", 2),
        "nothing": with_hints(b""),
        "a count that is cut": with_hints(b"\x80"),
        "a count of five bytes": with_hints(b"\x80\x80\x80\x80\x00"),
        "a count of five bytes that is cut": with_hints(b"\x80\x80\x80\x80"),
        "a count that is too large": with_hints(b"\x80\x80\x80\x80\x10"),
        "a count of six bytes": with_hints(b"\x80\x80\x80\x80\x80\x00"),
        "more than is there": with_hints(b"\x02\x02\x00"),
        "more behind": with_hints(b"\x00\x00"),
        "in a component": b"\0asm\x0d\0\1\0" + custom("metadata.code.branch_hint", b"\0"),
        "cut, in a component": b"\0asm\x0d\0\1\0" + custom("metadata.code.branch_hint", b""),
        "with names": hinted((2, (13,)))
        + named((2, indirect((2, name_map((4, "a"))))), (3, indirect((2, name_map((2, "b")))))),
        "labels of the second": hinted() + named((3, indirect((3, name_map((1, "a")))))),
        "labels of the second, too many": hinted() + named((3, indirect((3, name_map((2, "a")))))),
    }
    assert told(answers, cases) == golden


def after_code(module: bytes) -> bytes:
    """The code section, and what follows it."""
    at = 8
    while module[at] != 10:
        size = shift = 0
        at += 1
        while True:
            byte = module[at]
            size |= (byte & 0x7F) << shift
            at += 1
            shift += 7
            if byte < 0x80:
                break
        at += size
    return module[at:]
