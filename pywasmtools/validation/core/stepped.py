"""A function body, validated one instruction at a time for whoever asks between them; `function.py` is for the whole."""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.validation.core.control_operators import check_operator, end_block, global_access, refused, return_
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.core.operand_stack import FRAME_KIND
from pywasmtools.validation.core.regular_operators import is_refused
from pywasmtools.wasm.operators import BLOCK, IF, LOOP
from pywasmtools.wasm.types import I32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.module import FuncToValidate
    from pywasmtools.validation.core.operand_stack import OperandStack
    from pywasmtools.wasm.reader import BinaryReader

_BLOCK_KINDS: Final = {
    0x02: BLOCK,  # block
    0x03: LOOP,  # loop
    0x04: IF,  # if
}


class SteppedBody:
    """One body. `stacks` are its stacks so far; `kind_before` is the kind of the block that the last step began in."""

    __slots__ = ("bodies", "kind_before", "stacks")

    stacks: OperandStack

    def __init__(self) -> None:
        self.bodies = BodyValidator()
        self.kind_before = BLOCK

    def begin(self, func: FuncToValidate) -> None:
        """Takes a body; raises where its locals are not valid."""
        self.stacks = self.bodies.begin(func)

    def step(self, reader: BinaryReader) -> None:
        """Validates the instruction at `reader`, past which it goes. After an error it is of no use."""
        v = self.stacks
        offset = v.offset = reader.pos
        if not v.control:
            raise binary_error(offset, "operators remaining after end of function body or expression")
        self.kind_before = v.control[-1][FRAME_KIND]
        bodies = self.bodies
        bodies.reader = reader
        opcode = reader.u8()
        if is_refused(bodies.tables, opcode):
            raise refused(v, reader, opcode, offset)
        if 0x02 <= opcode <= 0x04:  # block, if
            params, results = v.block_type(reader.block_type())
            if opcode == 0x04:  # if
                v.pop(I32)
            v.pop_all(params)
            v.push_frame(_BLOCK_KINDS[opcode], params, results)
        elif opcode == 0x0B:  # end
            end_block(v)
        elif opcode == 0x00:  # unreachable
            v.unreachable()
        elif opcode == 0x0C:  # br
            v.pop_all(v.labels(reader.var_u32()))
            v.unreachable()
        elif opcode == 0x0D:  # br_if
            depth = reader.var_u32()
            v.pop(I32)
            v.pop_push_labels(v.labels(depth))
        elif opcode == 0x0F:  # return
            return_(v)
        elif opcode == 0x10:  # call
            v.push_call(v.type_of_function(reader.var_u32()))
        elif opcode == 0x1A:  # drop
            v.pop_any()
        elif 0x20 <= opcode <= 0x22:  # local.get, local.tee
            self._local(reader.var_u32(), opcode)
        elif opcode == 0x23 or opcode == 0x24:  # global.get, global.set
            global_access(v, reader.var_u32(), opcode)
        else:
            check_operator(v, reader, opcode)

    def _local(self, index: int, opcode: int) -> None:
        v = self.stacks
        if opcode == 0x20:  # local.get
            v.stack.append(self.bodies._local_get(v, index))
            return
        type_ = self.bodies._local_set(v, index)
        if opcode == 0x22:  # local.tee
            v.stack.append(type_)
