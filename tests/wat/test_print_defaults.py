"""What `print` does unasked: its options by their names, the class of options, and none at all say the same."""

from __future__ import annotations

import inspect
from typing import Any

from assemble import assemble

from pywasmtools.wat.print.printer import print_options, print_wasm, print_wasm_to
from pywasmtools.wat.print.writer import PrintOptions

MODULE = """(module (type (func)) (memory 1) (data "abc") (func $f (local i32)
  (block (drop (i32.add (i32.const 1) (local.get 0))))) (func (call $f)))"""


def test_options_that_are_not_given() -> None:
    said = print_options()
    unsaid = PrintOptions()
    names = [name for name in inspect.signature(PrintOptions).parameters if name != "self"]
    assert {name: getattr(said, name) for name in names} == {name: getattr(unsaid, name) for name in names}
    text, error = print_wasm(assemble(MODULE))
    assert error is None
    for options in (said, unsaid):
        chunks: list[str] = []
        print_wasm_to(assemble(MODULE), chunks.append, False, options)
        assert "".join(chunks) == text


def test_each_option_is_one_of_its_own() -> None:
    names = {
        "print_offsets": "offsets",
        "skeleton": "skeleton",
        "name_unnamed": "synthesize",
        "fold_instructions": "fold",
        "print_operand_stack": "operand_stack",
    }
    for given in names:
        arguments: dict[str, Any] = {given: True}
        options = print_options(**arguments)
        assert {name: getattr(options, own) for name, own in names.items()} == {name: name == given for name in names}
