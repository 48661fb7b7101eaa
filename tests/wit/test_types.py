"""The kinds of types: what they refer to, and the same with other types in their place."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import UNKNOWN_SPAN
from pywasmtools.wit.model import FunctionKind, PackageName
from pywasmtools.wit.types import (
    U8,
    U16,
    U32,
    Alias,
    Borrow,
    Case,
    Enum,
    EnumCase,
    Field,
    FixedLengthList,
    Flag,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    TypeKind,
    Unknown,
    Variant,
    swap_types,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.types import Type

CASES = Variant([Case("a", 1, "doc", (3, 4)), Case("b", None), Case("c", U8)])
FIELDS = Record([Field("a", U8, "doc", (3, 4)), Field("b", 7)])

# kind, what it refers to, the same with None for payloads left out
KINDS: list[tuple[TypeKind, list[Type], list[Type | None]]] = [
    (FIELDS, [U8, 7], [U8, 7]),
    (Resource(), [], []),
    (Own(3), [3], [3]),
    (Borrow(3), [3], [3]),
    (Flags([Flag("a")]), [], []),
    (Tuple([U8, 7]), [U8, 7], [U8, 7]),
    (CASES, [1, U8], [1, None, U8]),
    (Enum([EnumCase("a", "doc", (1, 2))]), [], []),
    (Option(4), [4], [4]),
    (Result(None, None), [], [None, None]),
    (Result(4, None), [4], [4, None]),
    (Result(None, 5), [5], [None, 5]),
    (Result(4, 5), [4, 5], [4, 5]),
    (List(U8), [U8], [U8]),
    (Map(U8, 7), [U8, 7], [U8, 7]),
    (FixedLengthList(4, 9), [4], [4]),
    (Future(None), [], [None]),
    (Future(4), [4], [4]),
    (Stream(None), [], [None]),
    (Stream(4), [4], [4]),
    (Alias(4), [4], [4]),
    (Unknown(), [], []),
]


def concrete(kind: type[TypeKind]) -> set[type[TypeKind]]:
    found = {kind} if kind.word else set()
    return found.union(*[concrete(sub) for sub in kind.__subclasses__()])


def test_every_kind_is_here() -> None:
    assert {type(kind) for kind, _, _ in KINDS} == concrete(TypeKind)


@pytest.mark.parametrize(("kind", "inner", "parts"), KINDS, ids=lambda k: getattr(k, "word", ""))
def test_types_and_parts(kind: TypeKind, inner: list[Type], parts: list[Type | None]) -> None:
    assert kind.types() == inner
    assert kind.parts() == parts


@pytest.mark.parametrize(("kind", "inner", "parts"), KINDS, ids=lambda k: getattr(k, "word", ""))
def test_with_types(kind: TypeKind, inner: list[Type], parts: list[Type | None]) -> None:
    assert kind.with_types(inner) == kind
    others: list[Type] = [100 + k for k in range(len(inner))]
    other = kind.with_types(others)
    assert type(other) is type(kind)
    assert other.types() == others
    assert [part is None for part in other.parts()] == [part is None for part in parts]
    assert kind.types() == inner, "the kind itself is left as it was"


@pytest.mark.parametrize(("kind", "inner", "parts"), KINDS, ids=lambda k: getattr(k, "word", ""))
def test_members_are_copied_and_their_spans_moved(kind: TypeKind, inner: list[Type], parts: list[Type | None]) -> None:
    members = kind.members()
    copied = kind.with_types(inner)
    copied.shift_spans(10)
    if members is None:
        assert copied.members() is None
        return
    moved = copied.members()
    assert moved is not None
    unknown = UNKNOWN_SPAN
    for one, other in zip(members, moved, strict=True):
        assert one is not other
        assert (one.name, one.docs) == (other.name, other.docs)
        assert other.span == (unknown if one.span == unknown else (one.span[0] + 10, one.span[1] + 10))


def test_kinds_are_equal_by_structure() -> None:
    assert Record([Field("a", U8, "other docs")]) == Record([Field("a", U8, None, (1, 2))])
    assert Record([Field("a", U8)]) != Record([Field("b", U8)])
    assert hash(Own(3)) == hash(Own(3)) and Own(3) != Borrow(3)
    assert FixedLengthList(U8, 2) != FixedLengthList(U8, 3)
    assert len({Future(4), Stream(4), Option(4), List(4), Alias(4)}) == 5


def test_swapping_leaves_primitives_and_other_ids() -> None:
    assert swap_types([U16, 1, 2, U32], {1: 5}) == [U16, 5, 2, U32]


def test_kinds_of_functions_are_keys() -> None:
    kinds = {FunctionKind(tag, resource): (tag, resource) for tag in range(3) for resource in (-1, 0, 1)}
    assert len(kinds) == 9
    assert kinds[FunctionKind(2, 1)] == (2, 1)
    assert FunctionKind(0) not in {FunctionKind(1), FunctionKind(0, 3)}
    assert FunctionKind(0) == FunctionKind(0)
    for other in (FunctionKind(1), FunctionKind(0, 3), 0, None, PackageName("a", "b")):
        assert FunctionKind(0) != other
