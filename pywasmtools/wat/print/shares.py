"""Function bodies printed by several processes: they are independent of one another, and text is twenty times the size.

The bodies of a code section fall into pieces of about PIECE bytes, which this process and the workers take in turn: with two of
them every other piece is printed here. A worker's text comes when it is its turn, a piece at a time. What a
worker does not tell is printed here.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.processes import IS_COMPILED, jobs, started
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.spaces import CORE_FUNC
from pywasmtools.wat.print.module import write_body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.processes import Answer, Worker
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wat.print.names import State
    from pywasmtools.wat.print.writer import TextWriter

WORTHWHILE: Final = 500_000 if IS_COMPILED else 300_000
"""Bytes of bodies that a process is made for: some 100 ms of work, where it costs 5 to make one, and all of them copy pages."""
OF_ITS_OWN: Final = 40
"""Bytes of a body that cost the one that waits as much as if it printed them."""
PIECE: Final = 15_000
"""Bytes of bodies that are printed at once: some 400 kB of text, which a pipe holds."""


def shared_bodies(w: TextWriter, state: State, payload: Payload) -> SharedBodies | None:
    """The bodies of the code section that begins, where it is worth sharing them out."""
    count = jobs(payload.size - OF_ITS_OWN * payload.count, WORTHWHILE)
    if count < 2:
        return None
    try:
        bodies = _bodies(payload)
    except WasmToolsError:
        return None  # told when that body is reached
    shared = SharedBodies(w, state, bodies)
    shared.start(count)
    return shared


def _bodies(payload: Payload) -> list[BinaryReader]:
    """All bodies of a code section. Raises where it is not well-formed."""
    reader = BinaryReader(payload.data, payload.content, min(payload.end, len(payload.data)), payload.features)
    bodies = []
    for _ in range(payload.count):
        size = reader.var_u32()
        start = reader.pos
        reader.skip(size)
        bodies.append(BinaryReader(payload.data, start, reader.pos, payload.features))
    return bodies


class SharedBodies:
    """The bodies of a code section in pieces, and the workers that print some of them."""

    __slots__ = ("at", "bodies", "first", "next_piece", "pieces", "state", "w", "workers")

    def __init__(self, w: TextWriter, state: State, bodies: list[BinaryReader]) -> None:
        self.w = w
        self.state = state
        self.bodies = bodies
        self.first = state.counts[CORE_FUNC]
        """The index of the first function that has a body."""
        self.at = 0
        """How many bodies are printed."""
        self.next_piece = 0
        self.pieces = _pieces(bodies)
        """Where each piece begins, and where the last ends."""
        self.workers: list[Worker | None] = []
        """Those that print, None for this process and for those that told less than they should."""

    def start(self, count: int) -> None:
        """Makes the workers: with this process so many, or as many as there are to be had."""
        self.workers.append(None)
        for number in range(1, count):
            self.workers.append(started(_Share(self, number, count)))

    def close(self) -> None:
        """Ends the workers."""
        for worker in self.workers:
            if worker is not None:
                worker.close()
        self.workers = [None]

    def skip_next(self) -> bool:
        """Whether the next body needs no printing: its text came with that of its piece, or comes now with it."""
        at = self.at
        self.at = at + 1
        if at == self.pieces[self.next_piece]:
            number = self.next_piece % len(self.workers)
            self.next_piece += 1
            worker = self.workers[number]
            if worker is not None:
                text = worker.told().decode()
                if text:
                    self.w.printed(text)
                    self.state.counts[CORE_FUNC] = self.first + self.pieces[self.next_piece]
                else:
                    worker.close()
                    self.workers[number] = None
        return self.state.counts[CORE_FUNC] > self.first + at

    def text_of(self, piece: int) -> str:
        """Prints a piece, in a worker."""
        chunks: list[str] = []
        w = self.w
        w.write = chunks.append
        begin = self.pieces[piece]
        self.state.counts[CORE_FUNC] = self.first + begin
        for reader in self.bodies[begin : self.pieces[piece + 1]]:
            write_body(w, self.state, reader, [], None)
        w.flush()
        return "".join(chunks)


def _pieces(bodies: list[BinaryReader]) -> list[int]:
    pieces = [0]
    size = 0
    for at, body in enumerate(bodies):
        if size >= PIECE:
            pieces.append(at)
            size = 0
        size += body.end - body.pos
    return [*pieces, len(bodies)]


class _Share:
    """Every `step`th piece from `first` on, as work for a process."""

    __slots__ = ("bodies", "first", "step")

    def __init__(self, bodies: SharedBodies, first: int, step: int) -> None:
        self.bodies = bodies
        self.first = first
        self.step = step

    def __call__(self, answer: Answer) -> None:
        bodies = self.bodies
        bodies.w.out.clear()
        for piece in range(self.first, len(bodies.pieces) - 1, self.step):
            if not answer.is_awaited():
                return
            answer.tell(bodies.text_of(piece).encode())
