"""A `Visitor` that leaves parts out: what a method returns decides about what stands in its part, and about nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from pywasmtools import Interface, Record, Resource, Visitor, World, parse_wit

WIT = """package a:b;
interface i {
  record point { x: u8, y: tuple<u8> }
  resource file { constructor(a: u8); get: func() -> u8; }
  variant choice { one(list<u8>), two }
  enum colour { red }
  flags bits { zero }
  type other = point;
  f: func(p: option<u16>) -> future<u8>;
}
interface j { g: func(); }
world w { import h: func(s: stream<u8>); export in: interface { k: func(); } }
"""


def name_of(node: Any) -> str:
    return f"{type(node).__name__.lower()} {getattr(node, 'name', None) or ''}".strip()


class Told(Visitor):
    """Notes what it comes to and leaves; the method `at` returns `answer`."""

    def __init__(self, at: str, answer: bool | None) -> None:
        self.at = at
        self.answer = answer
        self.seen: list[str] = []
        self.left: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("visit_"):
            return object.__getattribute__(self, name)

        def note(node: Any) -> bool | None:
            if name != "visit_type":
                self.seen.append(name_of(node))
            return self.answer if name == self.at else None

        return note

    def leave(self, node: Any) -> None:
        self.left.append(name_of(node))


def visited(at: str = "", answer: bool | None = None) -> tuple[list[str], list[str]]:
    visitor = Told(at, answer)
    visitor.visit(parse_wit(WIT))
    return visitor.seen, visitor.left


@pytest.mark.parametrize(
    ("at", "left_out"),
    [
        ("visit_package", "all"),
        (
            "visit_interface",
            "record point|field x|field y|tuple|resource file|variant choice|case one|case two|list|enum colour",
        ),
        ("visit_world", "function h|param s|stream|interface in|function k"),
        ("visit_record", "field x|field y|tuple"),
        ("visit_variant", "case one|case two|list"),
        ("visit_case", "list"),
        ("visit_enum", "enumcase red"),
        ("visit_flags", "flag zero"),
        ("visit_field", "tuple"),
        ("visit_function", "param p|option|future|param s|stream"),
        ("visit_param", "option|stream"),
        ("visit_tuple", ""),
        ("visit_list", ""),
        ("visit_flag", ""),
        ("visit_alias", ""),
    ],
)
def test_what_a_method_returns(at: str, left_out: str) -> None:
    seen, left = visited()
    assert visited(at, True) == visited(at, None) == (seen, left)
    assert sorted(seen) == sorted(left) and len(seen) > 25
    fewer, fewer_left = visited(at, False)
    assert sorted(fewer) == sorted(fewer_left)
    gone = set(seen) - set(fewer)
    if left_out == "all":
        assert fewer == ["package a:b"]
    else:
        assert gone >= set(filter(None, left_out.split("|")))
        assert bool(gone) == bool(left_out)


def test_a_type_that_is_left_out_is_not_told_by_its_kind() -> None:
    class Kinds(Visitor):
        def __init__(self) -> None:
            self.told: list[str] = []

        def visit_type(self, type: Any) -> bool | None:
            self.told.append(f"type {type.name}")
            return False if isinstance(type, Record) else None

        def visit_record(self, record: Record) -> None:
            self.told.append(f"record {record.name}")

        def visit_resource(self, resource: Resource) -> None:
            self.told.append(f"resource {resource.name}")

        def visit_interface(self, interface: Interface) -> bool:
            return interface.name == "i"

        def visit_world(self, world: World) -> bool:
            return False

    kinds = Kinds()
    kinds.visit(parse_wit(WIT))
    named = [line for line in kinds.told if not line.endswith("None")]
    assert named[:3] == ["type point", "type file", "resource file"] and "record point" not in named
