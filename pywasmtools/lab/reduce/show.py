"""How a reduction is going, in a terminal or in plain lines, and what came of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pywasmtools.lab.reduce.state import State

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table

    from pywasmtools.lab.reduce.passes import Reduction

REFRESH = 0.1
"""Seconds between two views: no thread may be running where ours runs in forks, so the reduction draws itself."""
MOST_LINES = 12
"""Better cases that a view shows."""


class Progress:
    """Shows a reduction as it goes; use it in a `with`."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.before = 0
        self.phases: list[tuple[str, int, int]] = []
        """The phases so far: name, bytes at the start, bytes now."""
        self.drawn = 0.0
        self.live: Live | None = None

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            from rich.live import Live

            self.live = Live(console=self.console, auto_refresh=False, transient=True)
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._told()
        if self.live is not None:
            self.live.stop()

    def __call__(self, state: State) -> None:
        """A better case, or a new phase."""
        size = state.best.size
        self.before = self.before or size
        if not self.phases or self.phases[-1][0] != state.phase:
            self._told()
            self.phases.append((state.phase, size, size))
        name, start, _ = self.phases[-1]
        self.phases[-1] = (name, start, size)
        now = time.monotonic()
        if self.live is not None and now - self.drawn > REFRESH:
            self.drawn = now
            self.live.update(self._view(state), refresh=True)

    def _told(self) -> None:
        """Prints the phase that is over, where this is no terminal and it did something."""
        if self.live is None and self.phases and self.phases[-1][1] != self.phases[-1][2]:
            name, start, size = self.phases[-1]
            self.console.print(f"{name}: {start} => {size} bytes", highlight=False, markup=False)

    def _view(self, state: State) -> Table:
        from rich.markup import escape
        from rich.table import Table

        table = Table(box=None, pad_edge=False, show_header=False)
        rate = state.runs / max(state.seconds, 0.001)
        share = state.best.size / max(self.before, 1)
        table.add_row("bytes", f"{self.before} => [bold]{state.best.size}[/] ({share:.1%})")
        table.add_row("runs", f"{state.runs}, {rate:.0f} a second, {state.better} of them smaller")
        table.add_row("time", f"{state.seconds:.0f} s of {state.deadline - state.begun:.0f}")
        table.add_row("keeps", escape(state.interest))
        table.add_row("command", escape(state.best.command))
        useful = [phase for phase in self.phases if phase[1] != phase[2] or phase is self.phases[-1]]
        for name, start, size in useful[-MOST_LINES:]:
            table.add_row(name, f"{start} => {size}")
        return table


def show(reduction: Reduction, folder: str, console: Console) -> None:
    """Prints what came of a reduction: the sizes, the command line, and files that are short text."""
    case = reduction.case
    ended = "nothing helps any more" if reduction.whole else "the time was over"
    lines = [
        f"{reduction.before} => {reduction.after} bytes in {reduction.runs} runs, {reduction.seconds:.1f} seconds: {ended}",
        f"keeps: {reduction.interest}",
        f"{case.command}{' <stdin' if case.stdin else ''}",
    ]
    for name, data in sorted(case.files.items()):
        lines += [f"--- {name}, {len(data)} bytes", *shown(data)]
    if case.stdin:
        lines += [f"--- stdin, {len(case.stdin)} bytes", *shown(case.stdin)]
    lines.append(f"written to {folder}")
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


MOST_SHOWN = 2000


def shown(data: bytes) -> list[str]:
    """A short content as lines: text as it is, a binary in the text format, other bytes in hexadecimal."""
    from pywasmtools.lab.binaries import is_binary
    from pywasmtools.lab.cause import text_lines

    if len(data) > MOST_SHOWN:
        return []
    if is_binary(data):
        return [*(f"    {line}" for line in text_lines(data)), f"    {data.hex(' ')}"]
    try:
        return [f"    {line}" for line in data.decode().splitlines()]
    except UnicodeDecodeError:
        return [f"    {data.hex(' ')}"]
