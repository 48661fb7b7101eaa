"""What a driver sees while it steps the validator: index spaces, entities, aliases, resources, sizes of types."""

from __future__ import annotations

import pytest
from assemble import assemble

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.component.lowering import flatten
from pywasmtools.validation.component.state import ComponentState
from pywasmtools.validation.component.types import (
    DEFINED,
    ENTITY_FUNC,
    ENTITY_INSTANCE,
    ENTITY_TYPE,
    LEAF_INFO,
    RECORD,
    RESOURCE,
    VARIANT,
    ComponentTypes,
    DefinedType,
    TypeInfo,
    complete,
    kind_of,
    resource_of,
)
from pywasmtools.validation.core.types import CoreTypes
from pywasmtools.validation.validator import Validator, validate_all
from pywasmtools.wasm.payloads import COMPONENT_EXPORT_SECTION, COMPONENT_IMPORT_SECTION, Parser
from pywasmtools.wasm.types import F64, I32, I64


def state_of(data: bytes) -> ComponentState:
    state = validate_all(data)
    assert isinstance(state, ComponentState)
    return state


RECORD_IMPORT = assemble('(component (type (record (field "a" u32))) (import "t" (type (eq 0))) (export "u" (type 1)))')


def test_types_get_aliases_by_import_and_export() -> None:
    state = state_of(RECORD_IMPORT)
    types = state.arena
    defined, imported, exported = state.types
    assert kind_of(defined) == kind_of(imported) == kind_of(exported) == DEFINED
    assert len({defined, imported, exported}) == 3
    assert types.defined(exported) is types.defined(defined)
    assert types.defined(defined).kind == RECORD
    assert types.defined(defined).names == ("a",)
    assert types.defined(defined).types == ("u32",)
    assert types.peel_alias(exported) == imported
    assert types.peel_alias(imported) == defined
    assert types.peel_alias(defined) is None


def test_entities_say_what_was_created_and_from_what() -> None:
    state = state_of(RECORD_IMPORT)
    imported = state.imports["t"].entity
    exported = state.exports["u"].entity
    assert imported.kind == exported.kind == ENTITY_TYPE
    assert [imported.referenced, imported.type, exported.type] == state.types
    assert exported.referenced == imported.type


def test_a_driver_can_ask_between_payloads() -> None:
    validator = Validator()
    seen: list[tuple[int, list[str], list[str]]] = []
    for payload in Parser(RECORD_IMPORT):
        assert validator.payload(payload) is None
        if payload.kind in (COMPONENT_IMPORT_SECTION, COMPONENT_EXPORT_SECTION):
            state = validator.component()
            seen.append((len(state.types), list(state.imports), list(state.exports)))
    assert seen == [(2, ["t"], []), (3, ["t"], ["u"])]
    assert isinstance(validator.ended, ComponentState)


def test_states_of_nested_binaries() -> None:
    outer = assemble('(component (component (type (func)) (import "f" (func (type 0)))))')
    validator = Validator()
    levels = []
    for payload in Parser(outer):
        validator.payload(payload)
        if payload.kind == COMPONENT_IMPORT_SECTION:
            levels = [validator.types(0), validator.types(1)]
    assert isinstance(levels[0], ComponentState) and isinstance(levels[1], ComponentState)
    assert list(levels[0].imports) == ["f"]
    assert levels[0].imports["f"].entity.kind == ENTITY_FUNC
    assert levels[1].components and not levels[1].imports
    nested = levels[1].arena.component(levels[1].components[0])
    assert list(nested.imports) == ["f"]


def test_each_import_of_an_instance_type_has_its_own_resources() -> None:
    state = state_of(
        assemble(
            '(component (type (instance (export "r" (type (sub resource)))))'
            ' (import "a" (instance (type 0))) (import "b" (instance (type 0))))'
        )
    )
    types = state.arena
    declared = types.instance(state.types[0])
    assert len(declared.defined_resources) == 1
    resources = []
    for name in ("a", "b"):
        entity = state.imports[name].entity
        assert entity.kind == ENTITY_INSTANCE
        instance = types.instance(entity.type)
        assert instance.defined_resources == ()
        exported = instance.exports["r"].entity
        assert kind_of(exported.type) == RESOURCE
        resources.append(resource_of(exported.type))
    assert len({*declared.defined_resources, *resources}) == 3
    assert state.imported_resources == {resources[0]: (0, 0), resources[1]: (1, 0)}


def arena() -> ComponentTypes:
    return ComponentTypes(CoreTypes())


def test_bytes_of_records_and_variants() -> None:
    types = arena()
    record = complete(types, DefinedType(RECORD, ("u8", "u64", "u16"), ("a", "b", "c")), TypeInfo(), 0)
    assert record.layout == (8, 24)
    variant = complete(types, DefinedType(VARIANT, (None, "string", "u8"), ("a", "b", "c")), TypeInfo(), 0)
    assert variant.layout == (8, 24)
    assert variant.contains_ptr and not record.contains_ptr


def test_flattening_joins_cases() -> None:
    types = arena()
    # f64 and i64 share a word, as do i32 and f32.
    variant = types.add_defined(DefinedType(VARIANT, ("f64", "u64", None), ("a", "b", "c")))
    assert flatten(types, variant, False) == (I32, I64)
    variant = types.add_defined(DefinedType(VARIANT, ("f64", None), ("a", "b")))
    assert flatten(types, variant, False) == (I32, F64)
    variant = types.add_defined(DefinedType(VARIANT, ("f32", "string"), ("a", "b")))
    assert flatten(types, variant, False) == (I32, I32, I32)
    assert flatten(types, variant, True) == (I32, I64, I64)


def test_flattening_stops_at_16() -> None:
    types = arena()
    assert flatten(types, types.add_defined(DefinedType(RECORD, ("u8",) * 16)), False) == (I32,) * 16
    assert flatten(types, types.add_defined(DefinedType(RECORD, ("u8",) * 17)), False) is None


def test_types_may_not_nest_deeper_than_100() -> None:
    info = LEAF_INFO
    for _ in range(99):
        outer = TypeInfo()
        outer.combine(info, 0)
        info = outer
    assert (info.depth, info.size) == (100, 100)
    with pytest.raises(WasmToolsError, match="type nesting is too deep"):
        TypeInfo().combine(info, 7)
