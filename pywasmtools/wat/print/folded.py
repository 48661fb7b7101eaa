"""Instructions with their operands inside of them: `print --fold-instructions`.

An instruction takes from those before it, of the same block, as many as leave what it takes off, if that comes out even.
All of a body is gathered before any of it is written, so that a malformed one shows nothing.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wasm.operators import BLOCK, ELSE, IF, LOOP, TRY_TABLE, OperatorReader
from pywasmtools.wat.print.arity import Labels, arity_of, block_arity
from pywasmtools.wat.print.operators import OperatorPrinter
from pywasmtools.wat.print.writer import TextWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import BlockType
    from pywasmtools.wat.print.arity import Arity
    from pywasmtools.wat.print.names import State

MANY: Final = 0xFFFF_FFFF
"""The results of an instruction that others can't take their operands from."""

_BLOCK_KINDS: Final = {
    0x02: BLOCK,  # block
    0x03: LOOP,  # loop
    0x1F: TRY_TABLE,  # try_table
}


class Folded:
    """An instruction with those inside of it. `results` is what it leaves; `hint` is a branch hint, if it has one."""

    __slots__ = ("hint", "inside", "offset", "plain", "results")

    def __init__(self, plain: str, inside: list[Folded], results: int, offset: int, hint: str = "") -> None:
        self.plain = plain
        self.inside = inside
        self.results = results
        self.offset = offset
        self.hint = hint


class Sequence:
    """Instructions one after the other, and how many results those up to each leave together."""

    __slots__ = ("items", "sums")

    def __init__(self) -> None:
        self.items: list[Folded] = []
        self.sums = [0]

    def append(self, item: Folded) -> None:
        self.items.append(item)
        self.sums.append(self.sums[-1] + item.results)

    def pop(self) -> Folded | None:
        """Takes the last one off."""
        if not self.items:
            return None
        self.sums.pop()
        return self.items.pop()

    def take(self, count: int) -> list[Folded] | None:
        """Takes off the last ones that leave `count` results together; None where no number of them does."""
        sums = self.sums
        wanted = sums[-1] - count
        if wanted < 0:
            return []
        # The last place up to which no more results are left than that.
        low = 0
        high = len(self.items)
        while low < high:
            middle = (low + high + 1) // 2
            if sums[middle] <= wanted:
                low = middle
            else:
                high = middle - 1
        if sums[low] != wanted:
            return None
        taken = self.items[low:]
        del self.items[low:]
        del sums[low + 1 :]
        return taken


class OpenBlock:
    """A block whose end is yet to come: its text, what it has inside, of an `if` what it is decided by."""

    __slots__ = ("block", "hint", "inside", "kind", "offset", "plain", "predicate", "then", "then_offset")

    def __init__(self, block: Arity, kind: int, plain: str, offset: int) -> None:
        self.block = block
        self.kind = kind
        self.plain = plain
        self.offset = offset
        self.inside = Sequence()
        self.predicate: list[Folded] = []
        self.then: list[Folded] = []
        self.then_offset = 0
        self.hint = ""


class FoldedPrinter(Labels):
    """Gathers the instructions of one body or expression, and writes them.

    `made` holds every instruction, those inside before that which they are in. With it a tree of any depth is freed one by one,
    from the outside in; without, each would free what is inside of it, deeper than the stack of CPython made to wasm is. So it
    stands behind `control`: what is freed first.
    """

    __slots__ = ("control", "hint", "inner", "made", "parts", "printer", "state", "w")

    def __init__(self, w: TextWriter, state: State, block: Arity, offset: int) -> None:
        self.w = w
        self.state = state
        self.parts: list[str] = []
        self.inner = TextWriter(self.parts.append, bool(w.reset))
        self.inner.synthesize = w.synthesize
        self.printer = OperatorPrinter(self.inner, state)
        self.hint = ""
        self.control = [OpenBlock(block, BLOCK, "", offset)]
        self.made: list[Folded] = []

    # ------------------------------------------------------------------- what `arity_of` asks

    def label(self, depth: int) -> tuple[Arity, bool] | None:
        control = self.control
        if len(control) != self.printer.depth + 1 or depth >= len(control):
            return None
        block = control[-1 - depth]
        return (block.block, block.kind == LOOP)

    def height(self) -> int:
        return len(self.control)

    # ------------------------------------------------------------------- gathering

    def operator(self, reader: BinaryReader, annotation: str) -> None:
        """Takes the next instruction; `annotation` is shown in a comment behind it, if it is not empty."""
        offset = reader.pos
        operators = OperatorReader(reader.clone())
        operators.frames = list(self.printer.frames[-1:])
        if operators.frames:
            row = operators.next_operator()
            params, results = arity_of(self.state, self, row, operators.immediates) or (0, 0)
        self.printer.write_one(reader)
        w = self.inner
        w.flush()
        text = "".join(self.parts)
        self.parts.clear()
        if annotation:
            text += f"{w.comment} (; {annotation}{w.comment} ;){w.reset}"
        key = row.key
        if key == 0x02 or key == 0x03 or key == 0x1F:  # block, loop, try_table
            self._reject_hint()
            self.control.append(OpenBlock(self._block_of(operators), _BLOCK_KINDS[key], text, offset))
        elif key == 0x04:  # if
            self._if(self._block_of(operators), text, offset)
        elif key == 0x05:  # else
            self._else(offset)
        elif key == 0x0B:  # end
            self._end(results)
        elif key in (0x06, 0x07, 0x18, 0x19):  # try, catch, delegate, catch_all
            raise error("legacy-exceptions not supported")
        else:
            self._plain(text, params, results, offset)

    def _block_of(self, operators: OperatorReader) -> Arity:
        value = operators.immediates[0]
        block: BlockType = value if isinstance(value, int) else value.block  # type: ignore[union-attr]
        return block_arity(self.state, block)

    def _plain(self, text: str, params: int, results: int, offset: int) -> None:
        sequence = self.control[-1].inside
        inside = sequence.take(params) if params > 0 else []
        if inside is None:
            # What is there leaves too many: this one can't be taken from either.
            inside = []
            results = MANY
        sequence.append(self._new(text, inside, results, offset, self.hint))
        self.hint = ""

    def _new(self, plain: str, inside: list[Folded], results: int, offset: int, hint: str = "") -> Folded:
        item = Folded(plain, inside, results, offset, hint)
        self.made.append(item)
        return item

    def _if(self, block: Arity, text: str, offset: int) -> None:
        predicate = self.control[-1].inside.pop()
        opened = OpenBlock(block, IF, text, offset)
        if predicate is not None:
            opened.predicate.append(predicate)
        opened.hint = self.hint
        self.hint = ""
        self.control.append(opened)

    def _else(self, offset: int) -> None:
        self._reject_hint()
        opened = self.control[-1]
        opened.kind = ELSE
        opened.then = opened.inside.items
        opened.then_offset = opened.offset
        opened.inside = Sequence()
        opened.offset = offset

    def _end(self, results: int) -> None:
        self._reject_hint()
        block = self.control.pop()
        items = block.inside.items
        if block.kind == IF:
            inside = [*block.predicate, self._new("then", items, results, block.offset)]
            done = self._new(block.plain, inside, results, block.offset, block.hint)
        elif block.kind == ELSE:
            then = self._new("then", block.then, results, block.then_offset)
            inside = [*block.predicate, then, self._new("else", items, results, block.offset)]
            done = self._new(block.plain, inside, results, block.then_offset, block.hint)
        else:
            done = self._new(block.plain, items, results, block.offset)
        if not self.control:
            raise error("end without outer block")
        self.control[-1].inside.append(done)

    def _reject_hint(self) -> None:
        """Blocks but `if` have no hints."""
        if self.hint:
            raise error("branch hints are only supported on an `if` or a plain instructions")

    # ------------------------------------------------------------------- writing

    def finish(self, lines: bool) -> None:
        """Writes what was gathered: each instruction on a line, or all on one with spaces between."""
        if len(self.control) != 1:
            raise error("instruction sequence not closed")
        w = self.w
        stack = [iter(self.control[0].inside.items)]
        gap = ""
        while stack:
            item = next(stack[-1], None)
            if item is None:
                stack.pop()
                if stack:
                    w.nesting -= 1
                    w.out.append(")")
                continue
            for text in (f"{item.hint})" if item.hint else "", item.plain):
                if not text:
                    continue
                if lines:
                    w.newline(item.offset)
                else:
                    w.out.append(gap)
                    gap = " "
                w.add("(" + text)
            if not item.inside and ";;" in item.plain:
                # The parenthesis must not be part of the comment.
                w.newline(item.offset)
            w.nesting += 1
            stack.append(iter(item.inside))
            w.flush_if_large()
