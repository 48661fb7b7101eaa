"""Which lines of ours a case reaches, by `sys.monitoring`: each line costs something once a process, and nothing after.

Python 3.12 and later have that; what there is before is too slow for a run of thousands of cases.
"""

from __future__ import annotations

import os
import sys
from types import CodeType
from typing import Any

import pywasmtools

HERE = os.path.dirname(os.path.abspath(pywasmtools.__file__)) + os.sep
LAB = os.path.join(HERE, "lab") + os.sep

AVAILABLE = hasattr(sys, "monitoring")


class Lines:
    """The lines that are known, as `file:line`, and the new ones since `take`."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.new: list[str] = []

    def watch(self) -> None:
        """Notes lines from here on, in this process."""
        monitoring: Any = getattr(sys, "monitoring", None)
        if monitoring is None:
            return
        tool, event = monitoring.COVERAGE_ID, monitoring.events.LINE
        disable = monitoring.DISABLE

        def seen(code: CodeType, line: int) -> Any:
            file = code.co_filename
            if file.startswith(HERE) and not file.startswith(LAB):
                key = f"{file[len(HERE) :]}:{line}"
                if key not in self.known:
                    self.known.add(key)
                    self.new.append(key)
            return disable

        monitoring.use_tool_id(tool, "pywasmtools fuzz")
        monitoring.register_callback(tool, event, seen)
        monitoring.set_events(tool, event)

    def take(self) -> list[str]:
        """The new lines since the last call."""
        found, self.new = self.new, []
        return found
