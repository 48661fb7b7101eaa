"""Work that is cut off where it takes too long."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class TooSlow(BaseException):
    """Making a case took too long."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises TooSlow where work takes more seconds of the processor; how busy the machine is doesn't matter.

    It is no Exception: what is made of a broken piece of work would be another case.
    """
    if sys.platform == "win32":
        raise AssertionError("not on Windows")

    def over(_: int, __: FrameType | None) -> NoReturn:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
