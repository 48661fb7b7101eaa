"""Components that `fuzz` makes: what it knows of their types is so, and they are refused for few reasons, known ones."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.fuzz.component.scope import Scope, Type, is_plain
from pywasmtools.lab.fuzz.component.whole import random_component
from pywasmtools.lab.fuzz.descriptions import DOCS_SECTION, read_uleb, usual_package, with_docs
from pywasmtools.lab.fuzz.text.related import related_text
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm import payloads
from pywasmtools.wasm.component import read_component_export, read_component_import
from pywasmtools.wasm.component_types import ComponentFuncType, DefinedType
from pywasmtools.wasm.types import F32, F64, I32, I64
from pywasmtools.wasm.writer import custom_section, var_u32
from pywasmtools.wat.parse import wat_to_binary


def made() -> Scope:
    """A component with types of many forms; they are listed where they are tested."""
    scope = Scope(random.Random(0))
    resource = scope.resource()
    scope.import_type()
    own, borrow = (scope.add_defined(DefinedType(form, number=resource)) for form in (t.OWN, t.BORROW))
    text = scope.add_defined(DefinedType(t.PRIMITIVE, number=t.STRING))
    record = scope.add_defined(DefinedType(t.RECORD, ("a", "b"), (t.U8, t.F64)))
    for form, names, given, number in (
        (t.LIST, (), (own,), 0),
        (t.TUPLE, (), (borrow, t.U64), 0),
        (t.VARIANT, ("a", "b"), (t.NO_TYPE, text), 0),
        (t.OPTION, (), (record,), 0),
        (t.RESULT, (), (t.U64, t.F32), 0),
        (t.FIXED_LENGTH_LIST, (), (t.F32,), 3),
        (t.FLAGS, tuple(f"f{k}" for k in range(33)), (), 0),
        (t.ENUM, ("a", "b"), (), 0),
        (t.STREAM, (), (t.STRING,), 0),
        (t.OPTION, (), (t.CHAR,), 0),
    ):
        scope.add_defined(DefinedType(form, names, given, number))
    scope.add_function_type(ComponentFuncType((("a", t.U8),), None))
    return scope


ROWS: tuple[tuple[str, tuple[int, ...], bool, bool, bool, bool, bool], ...] = (
    ("resource", (), False, False, False, True, True),
    ("resource, imported", (), True, False, False, True, True),
    ("own", (I32,), False, False, False, False, True),
    ("borrow", (I32,), False, False, True, False, True),
    ("string", (I32, I32), True, True, False, True, False),
    ("record u8 f64", (I32, F64), False, False, False, True, False),
    ("list own", (I32, I32), False, True, False, False, True),
    ("tuple borrow u64", (I32, I64), False, False, True, False, True),
    ("variant _ string", (I32, I32, I32), False, True, False, True, False),
    ("option record", (I32, I32, F64), False, False, False, False, False),
    ("result u64 f32", (I32, I64), True, False, False, True, False),
    ("list f32 3", (F32, F32, F32), True, False, False, True, False),
    ("flags 33", (I32, I32), False, False, False, True, False),
    ("enum", (I32,), False, False, False, True, False),
    ("stream string", (I32,), True, True, False, True, False),
    ("option char", (I32, I32), True, False, False, True, False),
    ("func", (), False, False, False, False, True),
)
"""Of each type of `made`: core types; whether it is public, has pointers, borrows, may be named, holds a resource."""


@pytest.mark.parametrize("index", range(len(ROWS)), ids=lambda index: ROWS[index][0])
def test_what_is_known_of_a_type(index: int) -> None:
    scope = made()
    assert len(scope.types) == len(ROWS)
    type_ = scope.types[index]
    found = (
        type_.flat,
        type_.public,
        type_.pointers,
        type_.borrows,
        scope.may_be_named(index),
        scope.holds_resource(index),
    )
    assert found == ROWS[index][1:]
    again = scope._copy(index)
    assert again.public and (again.what, again.flat, again.handle) == (type_.what, type_.flat, type_.handle)
    assert (again.pointers, again.borrows) == (type_.pointers, type_.borrows)


def test_what_is_known_of_a_function() -> None:
    scope = made()
    plain = ComponentFuncType((("a", t.U8), ("b", t.STRING)), t.CHAR)
    assert is_plain(plain) and is_plain(ComponentFuncType((), None))
    assert not is_plain(ComponentFuncType((("a", 0),), None)) and not is_plain(ComponentFuncType((), 0))
    assert not is_plain(ComponentFuncType((("a", t.U8), ("b", 3)), t.U8))
    names = [row[0] for row in ROWS]
    for index, row in enumerate(ROWS):
        for func in (ComponentFuncType((("x", t.U8), ("a", index)), None), ComponentFuncType((), index)):
            assert scope.is_safe(func) is not row[3], names[index]
    assert scope.is_safe(ComponentFuncType((), None))
    assert not scope.is_safe(ComponentFuncType((("a", t.STRING),), t.U8))
    assert not scope.is_safe(ComponentFuncType((("a", t.U8),), t.STRING))


def test_a_type_without_a_form_may_hold_a_resource() -> None:
    """One of an alias: nothing is known of it."""
    scope = Scope(random.Random(0))
    scope.types.append(Type(None, True))
    for form in (t.LIST, t.OPTION):
        scope.types.append(Type(DefinedType(form, types=(0,))))
        scope.types.append(Type(DefinedType(form, types=(t.U8,))))
    assert [scope.holds_resource(k) for k in range(5)] == [True, True, False, True, False]
    assert [scope.may_be_named(k) for k in range(5)] == [False, True, True, True, True]


# ------------------------------------------------------------------------------- why they are refused

REASONS = (
    r"local resource type found in (imports|exports)",
    r"map value type cannot contain a handle",
    r"(type|func) not valid to be used as import",
    r"function result cannot contain a `borrow` type",
    r"import name `\[.*` requires a preceding import named `\[.*",
    r"import name `\[.*` is not valid",
    r"value index \d+ was not used",
    r"expected to lower component `\w+` type to core",
    # Of the core modules in them:
    r"type mismatch: ",
    r"undeclared function reference",
    r"sub type (must match|cannot have a final) super type",
    r"expected (func|struct|array) type at index",
    r"non-continuation type",
    r"unknown (function|table) \d+: ",
)
"""Reasons to refuse a component that none was put in on purpose for: what is not worth more care, and slips in bodies."""


def reason(data: bytes) -> str:
    """Why ours refuses; empty where it does not."""
    try:
        validate_all(data, BodyValidator().check)
    except WasmToolsError as e:
        return e.layers[-1].message
    return ""


def test_why_components_are_refused() -> None:
    found = [reason(random_component(random.Random(seed)).builder.finish()) for seed in range(400)]
    refused = [text for text in found if text]
    assert [text for text in refused if not any(re.match(pattern, text) for pattern in REASONS)] == []
    assert len(refused) < 100
    often = Counter(next(pattern for pattern in REASONS if re.match(pattern, text)) for text in refused)
    assert max(often.values()) < 40


def test_wrong_components_are_refused_for_many_reasons() -> None:
    found = [reason(random_component(random.Random(seed), wrong=0.2).builder.finish()) for seed in range(300)]
    others = {text for text in found if text and not any(re.match(pattern, text) for pattern in REASONS)}
    assert sum(bool(text) for text in found) > 150
    assert len(others) > 20


def test_what_components_consist_of() -> None:
    """Everything comes up that there is to import, export, alias and define, in a few hundred."""
    found: Counter[tuple[str, object]] = Counter()
    for seed in range(300):
        scope = random_component(random.Random(seed))
        found.update(("form", id(type_.what.form)) for type_ in scope.types if isinstance(type_.what, DefinedType))
        parser = payloads.Parser(scope.builder.finish())
        for payload in parser:
            found["payload", payload.kind] += 1
            if payload.kind in (payloads.COMPONENT_IMPORT_SECTION, payloads.COMPONENT_EXPORT_SECTION):
                reader = payload.section()
                for _ in range(payload.count):
                    if payload.kind == payloads.COMPONENT_IMPORT_SECTION:
                        import_ = read_component_import(reader)
                        found["import", import_.type.kind] += 1
                        found["name", re.sub(r"[^\[\]:/@]", "", import_.name.name)] += 1
                        found["attributes", import_.name.implements is not None] += 1
                    else:
                        found["export", read_component_export(reader).kind] += 1
    for sort in (t.FUNC, t.TYPE, t.INSTANCE, t.VALUE, t.COMPONENT, t.MODULE):
        assert found["import", sort], sort
    for sort in (t.FUNC, t.TYPE, t.INSTANCE, t.VALUE):
        assert found["export", sort], sort
    for marks in ("", ":/", ":/@", "[]", "[][]"):
        assert found["name", marks], marks
    assert found["attributes", True]
    for form in t.FORMS:
        assert found["form", id(form)], form
    for kind in (
        payloads.MODULE_SECTION,
        payloads.COMPONENT_SECTION,
        payloads.COMPONENT_INSTANCE_SECTION,
        payloads.COMPONENT_ALIAS_SECTION,
        payloads.COMPONENT_CANONICAL_SECTION,
        payloads.COMPONENT_TYPE_SECTION,
        payloads.CORE_TYPE_SECTION,
        payloads.CORE_INSTANCE_SECTION,
        payloads.COMPONENT_START_SECTION,
        payloads.CUSTOM_SECTION,
    ):
        assert found["payload", kind], kind


def test_related_components_are_refused_for_what_they_are_about() -> None:
    about = r"type mismatch for (im|ex)port|module instantiation argument `.*` does not export|map value type cannot|missing"
    found = [reason(wat_to_binary(related_text(random.Random(seed)).encode(), None)) for seed in range(200)]
    refused = [text for text in found if text]
    assert [text for text in refused if not re.match(about, text)] == []
    assert 60 < len(refused) < 140


# ------------------------------------------------------------------------------- docs of packages


def test_numbers_are_read() -> None:
    for value in (0, 1, 127, 128, 129, 300, 16383, 16384, 1 << 21, (1 << 32) - 1):
        data = b"ab" + var_u32(value) + b"c"
        assert read_uleb(data, 2) == (value, len(data) - 1)


@pytest.mark.parametrize("size", [10, 100, 113, 114, 115, 200, 16000, 16370, 16400, 70000])
def test_other_docs_stand_where_the_docs_were(size: int) -> None:
    """Whatever their size was, and what stands behind them."""
    before, after = usual_package()[:8], custom_section("after", b"x")
    old = b'\x01{"docs":"' + b"a" * size + b'"}'
    data = before + custom_section(DOCS_SECTION[1:].decode(), old) + after
    seen = set()
    for seed in range(12):
        made_ = with_docs(random.Random(seed), data)
        assert made_.startswith(before) and (made_.endswith(after) or made_.startswith(data))
        sections = [payload for payload in payloads.Parser(made_) if payload.kind == payloads.CUSTOM_SECTION]
        assert [payload.name for payload in sections][:2] == ["package-docs", "after"] or made_.startswith(data)
        seen.add(sections[0].custom_data())
        assert sections[0].custom_data()[:1] in (b"\0", b"\x01", b"\x02", b"\xff")
    assert len(seen) > 1
    assert with_docs(random.Random(1), before) == before
