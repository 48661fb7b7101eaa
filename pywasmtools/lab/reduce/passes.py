"""A case made small: all passes, again and again until nothing helps."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from pywasmtools.lab.case import Case
from pywasmtools.lab.pair import Pair
from pywasmtools.lab.reduce import text
from pywasmtools.lab.reduce.binary import reduce_binary
from pywasmtools.lab.reduce.state import CAUSE, OutOfTime, State
from pywasmtools.lab.reduce.wat import is_wat, reduce_wat
from pywasmtools.lab.reduce.wit import reduce_wit
from pywasmtools.lab.reduce.words import (
    drop_files,
    drop_other_files,
    name_deeper,
    reduce_words_of_command,
    shorten_paths,
)

SECONDS = 120.0
"""How long a reduction may take, unless it is said."""

STDIN = "\0stdin"
"""What stands on stdin, among the contents of a case."""


@dataclass(frozen=True)
class Reduction:
    """What came of a reduction. `whole` says whether it ended because nothing helped any more."""

    case: Case
    before: int
    after: int
    runs: int
    seconds: float
    interest: str
    whole: bool

    def notes(self) -> dict[str, object]:
        """What is kept of it beside the case."""
        return {
            "keeps": self.interest,
            "bytes_before": self.before,
            "bytes_after": self.after,
            "runs": self.runs,
            "seconds": round(self.seconds, 3),
            "whole": self.whole,
        }


def reduce_case(
    case: Case,
    pair: Pair,
    *,
    keep: str = CAUSE,
    seconds: float = SECONDS,
    on_progress: Callable[[State], None] | None = None,
) -> Reduction:
    """The smallest case found in some seconds that keeps what is interesting: CAUSE, ANY or CRASH.

    `on_progress` is called after each better case and at each new phase. Raises Uninteresting where there is nothing to keep.
    """
    state = State(case, pair, keep, seconds)
    state.on_progress = on_progress
    whole = False
    with contextlib.suppress(OutOfTime, KeyboardInterrupt):
        while True:
            better = state.better
            for name, run in PASSES:
                state.phase = name
                if on_progress is not None:
                    on_progress(state)
                run(state)
            if state.better == better:
                whole = True
                break
    return Reduction(state.best, case.size, state.best.size, state.runs, state.seconds, state.interest, whole)


def contents(case: Case) -> dict[str, bytes]:
    """The files of a case and its stdin."""
    found = dict(case.files)
    if case.stdin:
        found[STDIN] = case.stdin
    return found


def test_of(state: State, name: str) -> text.Test:
    """Whether another content of a file, or of stdin, will do."""
    if name == STDIN:
        return lambda data: state.attempt(replace(state.best, stdin=data))
    return lambda data: name in state.best.files and state.attempt_file(name, data)


def of_contents(
    pass_: Callable[[bytes, text.Test], object], wanted: Callable[[str, bytes], bool]
) -> Callable[[State], None]:
    """A pass over each content of a kind, the largest first."""

    def run(state: State) -> None:
        names = sorted(contents(state.best), key=lambda name: -len(contents(state.best)[name]))
        for name in names:
            data = contents(state.best).get(name)
            if data is not None and wanted(name, data):
                pass_(data, test_of(state, name))

    return run


def is_binary(_: str, data: bytes) -> bool:
    return data[:4] == b"\0asm"


def is_wit(name: str, data: bytes) -> bool:
    return name.endswith(".wit")


def is_wat_text(name: str, data: bytes) -> bool:
    return not is_binary(name, data) and not is_wit(name, data) and text.is_text(data) and is_wat(data)


def is_any_text(name: str, data: bytes) -> bool:
    return not is_binary(name, data) and text.is_text(data)


def is_small_text(name: str, data: bytes) -> bool:
    return is_any_text(name, data) and len(data) < 4096


def is_bytes(name: str, data: bytes) -> bool:
    return not is_any_text(name, data)


PASSES: tuple[tuple[str, Callable[[State], None]], ...] = (
    ("files", drop_other_files),
    ("options", reduce_words_of_command),
    ("WIT", reduce_wit),
    ("folders", drop_files),
    ("deeper", name_deeper),
    ("binaries", of_contents(reduce_binary, is_binary)),
    ("WAT", of_contents(reduce_wat, is_wat_text)),
    ("layout", of_contents(text.tidy, is_any_text)),
    ("lines", of_contents(text.reduce_lines, is_any_text)),
    ("words", of_contents(text.reduce_words, is_any_text)),
    ("characters", of_contents(text.reduce_bytes, is_small_text)),
    ("bytes", of_contents(text.reduce_bytes, is_bytes)),
    ("zeros", of_contents(text.simplify_bytes, is_bytes)),
    ("paths", shorten_paths),
)
"""The passes in their order: what takes away most comes first."""
