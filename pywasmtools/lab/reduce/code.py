"""The body of a function made smaller: instructions as a tree of blocks.

What follows `unreachable` may take anything from the stack, so that a body may be cut off behind any instruction, and
begin with any, without becoming invalid.
"""

from __future__ import annotations

from collections.abc import Iterator

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.reduce.ddmin import minimize, shortest
from pywasmtools.lab.reduce.text import Test
from pywasmtools.wasm import immediates as im
from pywasmtools.wasm.instructions import ONE_BYTE, Row
from pywasmtools.wasm.module import read_locals
from pywasmtools.wasm.operators import OperatorReader, write_operator
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import BLOCK_EMPTY
from pywasmtools.wasm.writer import var_u32, write_val_type

UNREACHABLE = b"\x00"
END = b"\x0b"
STUB = b"\x00\x00\x0b"
"""A body that fits every type: no locals, `unreachable`, `end`."""
EMPTY = b"\x00\x0b"

OPENING = (0x02, 0x03, 0x04, 0x06, 0x1F)
"""`block`, `loop`, `if`, `try`, `try_table`."""
MIDDLE = (0x05, 0x07, 0x19)
"""`else`, `catch`, `catch_all`: what parts a block."""
DELEGATE = 0x18
MOST_SINGLY = 400
"""Instructions of larger bodies are not tried one by one."""


class Op:
    """An instruction: its row, its immediates, its bytes."""

    __slots__ = ("data", "immediates", "row")

    def __init__(self, row: Row, immediates: list[im.Immediate], data: bytes) -> None:
        self.row = row
        self.immediates = immediates
        self.data = data


class Block:
    """An instruction with those in it, and the bytes that end it; of a plain instruction there are none of either."""

    __slots__ = ("children", "end", "op")

    def __init__(self, op: Op) -> None:
        self.op = op
        self.children: list[Block] = []
        self.end = b""

    def write(self, out: bytearray) -> None:
        out += self.op.data
        for child in self.children:
            child.write(out)
        out += self.end

    def walk(self, depth: int = 0) -> Iterator[tuple[Block, int]]:
        """Itself and all in it, with how many blocks lie between."""
        yield self, depth
        inner = depth + (1 if self.end else 0)
        for child in self.children:
            yield from child.walk(inner)


def made(row: Row, immediates: list[im.Immediate]) -> Op:
    """An instruction from its parts."""
    out = bytearray()
    write_operator(out, row, immediates)
    return Op(row, immediates, bytes(out))


class Body:
    """A body that can be read: its runs of locals, and its instructions without the last `end`."""

    def __init__(self, data: bytes) -> None:
        reader = BinaryReader(data)
        self.locals = read_locals(reader)
        operators = OperatorReader(reader)
        self.ops: list[Op] = []
        while not operators.eof():
            row = operators.next_operator()
            raw = data[operators.offset : reader.pos]
            self.ops.append(Op(row, operators.immediates, raw))
        if not self.ops or self.ops[-1].row.key != 0x0B or operators.frames:
            raise ValueError
        self.ops.pop()

    def head(self) -> bytes:
        out = bytearray(var_u32(len(self.locals)))
        for count, type_ in self.locals:
            out += var_u32(count)
            write_val_type(out, type_)
        return bytes(out)

    def with_ops(self, parts: list[bytes]) -> bytes:
        """The body with other instructions, each as bytes."""
        return b"".join([self.head(), *parts, END])

    def tree(self) -> list[Block]:
        """The instructions as trees; what parts a block stands among its children."""
        root: list[Block] = []
        open_: list[Block] = []
        for op in self.ops:
            around = open_[-1].children if open_ else root
            if op.row.key in OPENING:
                block = Block(op)
                around.append(block)
                open_.append(block)
            elif op.row.key in (0x0B, DELEGATE):
                open_.pop().end = op.data
            else:
                around.append(Block(op))
        return root


def parsed(data: bytes) -> Body | None:
    """A body, or None where it can't be read."""
    try:
        return Body(data)
    except (WasmToolsError, ValueError, IndexError):
        return None


def reduce_body(data: bytes, test: Test) -> bytes:
    """Makes a body smaller; the best that the test took."""
    for candidate in (STUB, EMPTY):
        if len(candidate) < len(data) and test(candidate):
            return candidate
    best = data
    for step in (cut_end, cut_start, cut_end, drop_instructions, hoist_blocks, simplify_immediates, drop_locals):
        body = parsed(best)
        if body is None:
            return best
        best = step(body, best, test)
    return best


def open_at(ops: list[Op], at: int) -> list[Op]:
    """The blocks that are open before the instruction `at`."""
    open_: list[Op] = []
    for op in ops[:at]:
        if op.row.key in OPENING:
            open_.append(op)
        elif op.row.key in (0x0B, DELEGATE):
            open_.pop()
    return open_


def cut_end(body: Body, best: bytes, test: Test) -> bytes:
    """Puts `unreachable` in place of the end, as much as will do."""
    found = best

    def will_do(at: int) -> bool:
        nonlocal found
        parts = [op.data for op in body.ops[:at]]
        candidate = body.with_ops([*parts, UNREACHABLE, *[END for _ in open_at(body.ops, at)]])
        if not test(candidate):
            return False
        found = candidate
        return True

    shortest(0, len(body.ops), will_do)
    return found


def cut_start(body: Body, best: bytes, test: Test) -> bytes:
    """Puts `unreachable` in place of the start, as much as will do; blocks that are open there stay."""
    found = best
    total = len(body.ops)

    def will_do(left: int) -> bool:
        nonlocal found
        at = total - left
        parts = [UNREACHABLE]
        for op in open_at(body.ops, at):
            parts += [op.data, UNREACHABLE]
        candidate = body.with_ops([*parts, *(op.data for op in body.ops[at:])])
        if not test(candidate):
            return False
        found = candidate
        return True

    shortest(0, total, will_do)
    return found


def written(blocks: list[Block]) -> bytes:
    out = bytearray()
    for block in blocks:
        block.write(out)
    return bytes(out)


def drop_instructions(body: Body, best: bytes, test: Test) -> bytes:
    """Leaves out instructions and blocks, level by level: without a trace, or with `unreachable` in their place."""
    root = Block(Op(row_of(0x00), [], b""))
    root.children = body.tree()
    unreachable = Block(Op(row_of(0x00), [], UNREACHABLE))
    found = best
    waiting = [root]
    while waiting:
        level = waiting.pop()
        for mark in (None, unreachable):
            before = level.children

            def will_do(
                chosen: list[Block], level: Block = level, before: list[Block] = before, mark: Block | None = mark
            ) -> bool:
                nonlocal found
                old = level.children
                level.children = chosen if mark is None else marked(before, chosen, mark)
                candidate = body.with_ops([written(root.children)])
                if test(candidate):
                    found = candidate
                    return True
                level.children = old
                return False

            minimize(before, will_do, max(1, len(before) // MOST_SINGLY))
        waiting += [block for block in level.children if block.children]
    return found


def marked(before: list[Block], chosen: list[Block], mark: Block) -> list[Block]:
    """What is chosen of some blocks, with a mark where something is left out."""
    ids = {id(block) for block in chosen}
    out: list[Block] = []
    for block in before:
        if id(block) in ids:
            out.append(block)
        elif not out or out[-1] is not mark:
            out.append(mark)
    return out


def row_of(opcode: int) -> Row:
    """The row of an instruction of one byte."""
    row = ONE_BYTE[opcode]
    assert row is not None
    return row


class Labels(im.Indices):
    """Labels of an instruction that lies under `depth` blocks in one that is taken away."""

    __slots__ = ("depth",)

    def __init__(self, depth: int) -> None:
        self.depth = depth

    def index(self, space: str, index: int) -> int:
        return index - 1 if space == "label" and index > self.depth else index


def hoist_blocks(body: Body, best: bytes, test: Test) -> bytes:
    """Puts the instructions of a block in the block's place."""
    found = best
    at = 0
    while True:
        current = parsed(found)
        if current is None:
            return found
        root = current.tree()
        blocks = [block for top in root for block, _ in top.walk() if block.end]
        if at >= len(blocks) or len(blocks) > MOST_SINGLY:
            return found
        target = blocks[at]
        for block, depth in [pair for child in target.children for pair in child.walk()]:
            if any(kind.space == "label" or kind.form in WITH_LABELS for kind in block.op.row.kinds):
                values = [
                    im.with_indices(kind, block.op.immediates[k], Labels(depth))
                    for k, kind in enumerate(block.op.row.kinds)
                ]
                block.op = made(block.op.row, values)
        data = bytearray()
        for top in root:
            write_without(top, target, data)
        candidate = current.with_ops([bytes(data)])
        if test(candidate):
            found = candidate
        else:
            at += 1


WITH_LABELS = (im.AS_LABELS, im.AS_CAST, im.AS_TRY_TABLE, im.AS_HANDLERS)


def write_without(block: Block, target: Block, out: bytearray) -> None:
    """Writes a tree without the frame of one block in it."""
    if block is target:
        for child in block.children:
            if child.op.row.key not in MIDDLE:
                write_without(child, target, out)
        return
    out += block.op.data
    for child in block.children:
        write_without(child, target, out)
    out += block.end


def simpler_immediates(op: Op) -> Iterator[Op]:
    """The instruction with simpler immediates."""
    values = op.immediates
    for k, kind in enumerate(op.row.kinds):
        value = values[k]
        options: list[im.Immediate] = []
        if kind.form in (im.AS_U32, im.AS_S32, im.AS_S64, im.AS_F32, im.AS_F64, im.AS_LANE):
            assert isinstance(value, int)
            options = [n for n in (0, 1, 2) if n < abs(value) or (value < 0 and n == 0)]
        elif isinstance(value, im.MemArg):
            options = [im.MemArg(0, 0, 0), im.MemArg(value.align, 0, 0), im.MemArg(0, 0, value.memory, value.array)]
            options += [im.MemArg(value.align, 0, value.memory, value.array, value.ordering)]
        elif isinstance(value, im.BrTable):
            options = [im.BrTable([], 0), im.BrTable([], value.default)]
        elif isinstance(value, im.TryTable):
            options = [
                im.TryTable(BLOCK_EMPTY, ()),
                im.TryTable(value.block, ()),
                im.TryTable(BLOCK_EMPTY, value.catches),
            ]
        elif isinstance(value, bytes):
            options = [bytes(16)]
        elif kind.form == im.AS_BLOCK_TYPE and value != BLOCK_EMPTY:
            options = [BLOCK_EMPTY]
        for option in options:
            candidate = made(op.row, [*values[:k], option, *values[k + 1 :]])
            if candidate.data != op.data:
                yield candidate


def simplify_immediates(body: Body, best: bytes, test: Test) -> bytes:
    """Gives instructions the simplest immediates that will do."""
    found = best
    if len(body.ops) > MOST_SINGLY:
        return found
    for at in range(len(body.ops)):
        again = True
        while again:
            again = False
            for simpler in simpler_immediates(body.ops[at]):
                ops = [*body.ops[:at], simpler, *body.ops[at + 1 :]]
                candidate = body.with_ops([op.data for op in ops])
                if candidate != found and test(candidate):
                    body.ops = ops
                    found = candidate
                    again = True
                    break
    return found


def drop_locals(body: Body, best: bytes, test: Test) -> bytes:
    """Leaves out locals."""
    found = best

    def will_do(runs: list[tuple[int, int]]) -> bool:
        nonlocal found
        before, body.locals = body.locals, runs
        candidate = body.with_ops([op.data for op in body.ops])
        if test(candidate):
            found = candidate
            return True
        body.locals = before
        return False

    minimize(body.locals, will_do)
    for at, (count, type_) in enumerate(list(body.locals)):
        if count > 1:
            will_do([*body.locals[:at], (1, type_), *body.locals[at + 1 :]])
    return found
