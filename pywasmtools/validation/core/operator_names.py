"""What messages call an instruction: the name of the reference's visitor method, `visit_i32_eqz`.

Needed only where a constant expression has an instruction that it may not have.
"""

from __future__ import annotations

from pywasmtools.wasm.operators import read_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.reader import BinaryReader

_IRREGULAR: Final = {
    0xFB_0014: "visit_ref_test_non_null",
    0xFB_0015: "visit_ref_test_nullable",
    0xFB_0016: "visit_ref_cast_non_null",
    0xFB_0017: "visit_ref_cast_nullable",
    0xFB_0023: "visit_ref_cast_desc_eq_non_null",
    0xFB_0024: "visit_ref_cast_desc_eq_nullable",
}
"""The names of instructions that share their mnemonic with another."""


def operator_name_at(reader: BinaryReader, offset: int) -> str:
    """The name of the instruction at `offset`, which has been read before and so is known."""
    reader = reader.clone()
    reader.pos = offset
    row = read_row(reader)
    if row.key == 0x1C:  # select
        return "visit_typed_select" if reader.var_u32() == 1 else "visit_typed_select_multi"
    return _IRREGULAR.get(row.key) or "visit_" + row.name.replace(".", "_")
