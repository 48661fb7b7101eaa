"""Function bodies parsed by several processes, ahead of the one that parses the module.

The text from the first function on falls into shares; each but the first is gone through by a worker, which looks for what may be
functions and parses it. It may be wrong about that (it may be part of a string or of a comment), and this does not
matter: what it tells of a body is taken where the module, parsed from its beginning, has a function at the very place,
and its body too. From there on both read the same tokens. A worker ends at the first thing that it can't parse;
that, and what is rarer in a body than can be told in a few words, is parsed by the one that waits.

A worker knows the names that were known before the first function; all others are told as names.
"""

from __future__ import annotations

import marshal

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.processes import IS_COMPILED, jobs, started
from pywasmtools.wat.core.instructions import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, TypeAlias

    from pywasmtools.processes import Answer, Worker
    from pywasmtools.wat.core.instructions import Fixup
    from pywasmtools.wat.cursor import Parser

    Body: TypeAlias = "tuple[int, Expression]"
    """Where a function's body begins, and its code."""
    Told: TypeAlias = "tuple[int, int, bytes, list[Fixup], list[tuple[int, int]], list[tuple[int, str]], int, bool]"
    """Where a body begins, where the last token before its end ends, and what its expression has."""

WORTHWHILE: Final = 4_000_000 if IS_COMPILED else 2_000_000
"""Bytes of text that a process is made for: some 100 ms of work, where it costs 5 to make one, and all of them copy pages."""
OF_ITS_OWN: Final = 400
"""Bytes of a function's text that cost the one that waits as much as if it parsed them."""
_SAMPLE: Final = 1 << 18
"""Bytes of text that tell how long its functions are."""
_FUNC: Final = b"(func"


class BodiesAhead:
    """What workers tell of the bodies of a module, by the places of its functions; asked for in the order of the text."""

    __slots__ = ("bounds", "depth", "next_share", "told", "workers")

    def __init__(self, bounds: list[int], workers: list[Worker], depth: int) -> None:
        self.bounds = bounds
        """Where the shares of the workers begin."""
        self.workers = workers
        self.depth = depth
        """How many parentheses are open in a function."""
        self.next_share = 0
        self.told: dict[int, Told] = {}

    def take(self, p: Parser, func: int) -> Expression | None:
        """The body that comes next, of the function at `func`; None where it is not known, and nothing is taken."""
        while self.next_share < len(self.workers) and func >= self.bounds[self.next_share]:
            data = self.workers[self.next_share].told()
            self.told = marshal.loads(data) if data else {}
            self.next_share += 1
        told = self.told.get(func)
        if told is None or told[0] != p.start or p.depth != self.depth:
            return None
        expression = Expression()
        expression.code += told[2]
        expression.fixups = told[3]
        expression.hints = told[4]
        expression.labels = told[5]
        expression.label_count = told[6]
        expression.needs_data_count = told[7]
        p.goto(told[1])
        return expression

    def close(self) -> None:
        """Ends the workers."""
        for worker in self.workers:
            worker.close()
        self.workers = []


def bodies_ahead(p: Parser, parse: Callable[[Parser], Body | None]) -> BodiesAhead | None:
    """Has workers parse functions behind the one whose body begins here, where there is enough text.

    `parse` parses the function whose keyword comes next, up to the parenthesis that closes it, and makes nothing of it
    known; None where it is an import.
    """
    begin = p.start
    end = p.data.rfind(_FUNC) + 1
    sample = min(end - begin, _SAMPLE)
    functions = p.data.count(_FUNC, begin, begin + sample) if sample > 0 else 0
    if sample < OF_ITS_OWN * functions:
        return None
    count = jobs(end - begin, WORTHWHILE)
    bounds = [begin + (end - begin) * k // count for k in range(1, count)]
    bounds.append(end)
    workers: list[Worker] = []
    for k in range(count - 1):
        worker = started(_Share(p, parse, bounds[k], bounds[k + 1]))
        if worker is None:
            break
        workers.append(worker)
    return BodiesAhead(bounds, workers, p.depth) if workers else None


class _Share:
    """What may be functions from `begin` on, before `end`, as work for a process."""

    __slots__ = ("begin", "end", "p", "parse")

    def __init__(self, p: Parser, parse: Callable[[Parser], Body | None], begin: int, end: int) -> None:
        self.p = p
        self.parse = parse
        self.begin = begin
        self.end = end

    def __call__(self, answer: Answer) -> None:
        found: dict[int, Told] = {}
        try:
            self._parse_all(answer, found)
        except WasmToolsError:
            pass  # what is wrong is met again, if it is
        answer.tell(marshal.dumps(found))

    def _parse_all(self, answer: Answer, found: dict[int, Told]) -> None:
        p = self.p
        data = p.data
        depth = p.depth
        at = self.begin
        while answer.is_awaited():
            at = _function(data, at, self.end)
            if at < 0:
                return
            p.depth = depth - 1
            p.goto(at)
            p.open()
            func = p.start
            at += 1
            if p.word == b"func":
                body = self.parse(p)
                if body is not None:
                    told = _told(body, p.prev_end)
                    if told is not None:
                        found[func] = told
                at = max(at, p.start)


def _function(data: bytes, at: int, end: int) -> int:
    """Where the next thing from `at` on, before `end`, stands that may be a function: first in its line, or behind another. -1 where none does."""
    while True:
        at = data.find(_FUNC, at, end + len(_FUNC) - 1)
        if at < 0 or data[max(at - 256, 0) : at].rstrip(b" \t")[-1:] in (b"\n", b"\r", b")"):
            return at
        at += 1


def _told(body: Body, end: int) -> Told | None:
    """What is told of a body; None where it is more than numbers and names."""
    start, expression = body
    for _, _, said, _ in expression.fixups:
        if not isinstance(said, str):
            return None
    return (
        start,
        end,
        bytes(expression.code),
        expression.fixups,
        expression.hints,
        expression.labels,
        expression.label_count,
        expression.needs_data_count,
    )
