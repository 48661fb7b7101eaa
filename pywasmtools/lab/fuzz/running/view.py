"""A run as a person sees it: a live view in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pywasmtools.lab.fuzz.running.engine import Plan
from pywasmtools.lab.fuzz.running.state import CAUSES, State

BETWEEN = 0.25
"""Seconds between two pictures, and between two lines where there is no terminal."""
BETWEEN_LINES = 10.0

MOST_CAUSES = 12
"""How many causes are shown: the newest."""

OVER = 10.0
"""Seconds over which the rate is told."""


class View:
    """Shows a state while it grows. Use it in a `with`."""

    def __init__(self, console: Console, plan: Plan, state: State, note: str | None, left_out: list[str]) -> None:
        self.console = console
        self.plan = plan
        self.state = state
        self.note = note
        self.left_out = left_out
        self.began = time.monotonic()
        self.last = 0.0
        self.rates: list[tuple[float, int]] = [(self.began, state.cases)]
        self.first_cases = state.cases
        self.first = state.next
        self.told = set(state.causes)
        self.live: Live | None = None

    def __enter__(self) -> View:
        if self.console.is_terminal:
            self.live = Live(self.picture(), console=self.console, auto_refresh=False, transient=True)
            self.live.start()
        else:
            for line in self.heading():
                self.console.print(line, soft_wrap=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.stop()
        if error is None:
            self.console.print(self.summary(), soft_wrap=not self.console.is_terminal)

    def tick(self, state: State) -> None:
        """Draws anew, where some time has gone."""
        now = time.monotonic()
        if now - self.last < (BETWEEN if self.live else BETWEEN_LINES) and (
            self.live or len(state.causes) == len(self.told)
        ):
            return
        self.rates = [(at, cases) for at, cases in self.rates if at >= now - OVER] or self.rates[-1:]
        self.rates.append((now, state.cases))
        if self.live is not None:
            self.live.update(self.picture(), refresh=True)
        else:
            for key, found in state.causes.items():
                if key not in self.told:
                    self.told.add(key)
                    self.console.print(
                        f"[bold red]differs[/] ({found.kind} {found.number}): {escape(key)}", soft_wrap=True
                    )
            if now - self.last >= BETWEEN_LINES:
                self.console.print(self.numbers(), soft_wrap=True)
            else:
                return
        self.last = now

    # ------------------------------------------------------------------ parts

    def heading(self) -> list[Text]:
        """What is run, and what is to be known of it."""
        reference, subject = self.plan.reference, self.plan.subject
        lines = [
            Text.assemble(
                ("reference ", "bold"), f"{reference.title} ({reference.says or 'says nothing of its release'})"
            ),
            Text.assemble(("subject   ", "bold"), f"{subject.title} ({subject.says or 'says nothing of its release'})"),
            Text.assemble(
                ("folder    ", "bold"), f"{self.state.folder}, seed {self.state.seed}, from case {self.first}"
            ),
        ]
        if self.note:
            lines.append(Text(self.note, style="yellow"))
        if self.left_out:
            why = "tree-sitter and its grammar of WIT are not installed (pip install ./tree-sitter-wit)"
            lines.append(Text(f"left out: {', '.join(self.left_out)}: {why}", style="yellow"))
        return lines

    def rate(self) -> float:
        """Cases a second, lately."""
        (began, first), (end, last) = self.rates[0], self.rates[-1]
        return (last - first) / (end - began) if end > began else 0.0

    def numbers(self) -> Text:
        """One line of how far it is."""
        state = self.state
        parts = [f"{state.cases:,} cases", f"{self.rate():.0f}/s", f"{share(state.accepted, state.cases)} accepted"]
        parts += [f"{len(state.causes)} causes", f"{len(state.crashes)} crashes of the reference"]
        if self.plan.guided:
            parts.append(f"corpus {state.corpus}")
        if left := self.time_left():
            parts.append(left)
        return Text(", ".join(parts))

    def time_left(self) -> str:
        """How long it still runs, as far as that is known."""
        seconds, count = self.plan.seconds, self.plan.count
        parts = []
        if seconds is not None:
            parts.append(f"{clock(max(0.0, seconds - (time.monotonic() - self.began)))} left")
        if count is not None:
            parts.append(f"{max(0, count - self.state.next):,} cases left")
        return ", ".join(parts)

    def kinds(self) -> Table:
        """Cases by kind."""
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("kind")
        for name in ("cases", "accepted", "not made"):
            table.add_column(name, justify="right")
        for name in self.state.kinds:
            count = self.state.count(name)
            row = (f"{count.cases:,}", share(count.accepted, count.cases), f"{count.unmade:,}" if count.unmade else "")
            table.add_row(name, *row)
        return table

    def causes(self, most: int | None = MOST_CAUSES) -> RenderableType:
        """Causes, the newest first."""
        found = sorted(self.state.causes.values(), key=lambda f: -f.order)
        if not found:
            return Text("no difference", style="green")
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("times", justify="right")
        table.add_column("bytes", justify="right")
        table.add_column("kind")
        table.add_column(
            "cause" if most is None or len(found) <= most else f"cause ({len(found)}, the newest first)",
            overflow="fold",
        )
        for row in found[:most]:
            table.add_row(f"{row.count:,}", f"{row.size:,}", row.kind, Text(row.cause, style="red"))
        return table

    def picture(self) -> RenderableType:
        """All of it."""
        room = max(3, self.console.height - 14 - len(self.state.kinds))
        return Group(*self.heading(), "", self.numbers(), "", self.kinds(), "", self.causes(min(MOST_CAUSES, room)))

    def summary(self) -> RenderableType:
        """What it came to, for the end."""
        state = self.state
        spent = time.monotonic() - self.began
        ran = state.cases - self.first_cases
        said = f"{ran:,} cases in {clock(spent)} ({ran / spent if spent else 0:.0f}/s), {state.cases:,} in all: "
        said += f"{share(state.accepted, state.cases)} accepted, {len(state.causes)} causes, "
        said += f"{len(state.crashes)} places where the reference breaks down"
        if state.unconfirmed:
            said += f", {state.unconfirmed} that did not come again"
        if state.lost:
            said += f", {state.lost} lost"
        lines: list[RenderableType] = [self.kinds(), "", Text(said, style="bold")]
        if self.console.is_terminal:
            lines = [*self.heading(), "", *lines]
        if not state.causes:
            lines.append(self.causes())
        else:
            lines += ["", self.causes(None), "", Text(f"cases: {state.folder / CAUSES}")]
        return Group(*lines)


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "-"


def clock(seconds: float) -> str:
    """A time as a person writes it."""
    whole = int(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    return (
        f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}" if whole >= 3600 else f"{whole // 60}:{whole % 60:02}"
    )
