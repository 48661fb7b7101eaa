"""Sections of the other encoding, given to the validator by hand, for no parser gives them: what each is called."""

from __future__ import annotations

import pytest
from assemble import assemble

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.validator import Validator
from pywasmtools.wasm.payloads import CUSTOM_SECTION, END, VERSION, Parser, Payload

MODULE = """(module (type (func)) (import "" "" (func)) (func (type 0)) (table 1 funcref) (memory 1) (tag)
  (global i32 i32.const 0) (export "" (func 0)) (start 0) (elem (i32.const 0) func 0) (func (data.drop 0)) (data "x"))"""
COMPONENT = """(component (core type (func)) (type u8) (import "a" (func)) (export "b" (func 0)) (core module)
  (core instance (instantiate 0)) (canon lower (func 0) (core func)))"""


def called(data: bytes, other: bytes) -> list[str]:
    """What the validator says of each section of a binary after the header of another."""
    found: list[str] = []
    for payload in Parser(data):
        if payload.kind in (VERSION, END, CUSTOM_SECTION):
            continue
        validator = Validator()
        validator.payload(next(iter(Parser(other))))
        said = refusal(validator, payload)
        if said not in found:
            found.append(said)
    return found


def refusal(validator: Validator, payload: Payload) -> str:
    with pytest.raises(WasmToolsError) as caught:
        validator.payload(payload)
    return caught.value.layers[0].text().partition(" (at")[0]


def test_sections_of_a_module_in_a_component() -> None:
    names = "type import function table memory tag global export start element data_count code data"
    assert called(assemble(MODULE), assemble("(component)")) == [
        f"unexpected module {name.replace('_', ' ')} section while parsing a component" for name in names.split()
    ]


def test_sections_of_a_component_in_a_module() -> None:
    names = ["core type", "type", "import", "export", "module", "core instance", "function"]
    found = called(assemble(COMPONENT), assemble("(module)"))
    assert found == [f"unexpected component {name} section while parsing a module" for name in names]


def test_a_section_before_any_header() -> None:
    payloads = [p for p in Parser(assemble(MODULE)) if p.kind not in (VERSION, END)]
    assert refusal(Validator(), payloads[0]) == "unexpected section before header was parsed"
