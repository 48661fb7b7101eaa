"""The styles of usage errors and help pages, and when a stream has them: clap's own, which `--color` does not touch.

Texts are made with their styles, as ANSI sequences; where a stream is to have none, they are stripped with all other
controls. Loaded for a mistaken command line and for help.
"""

from __future__ import annotations

import os
import sys

from pywasmtools.cli.output import NO_TERM, is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

RESET: Final = "\x1b[0m"
_ERROR: Final = "\x1b[1m\x1b[31m"
_HEADER: Final = "\x1b[1m\x1b[4m"
_LITERAL: Final = "\x1b[1m"
_VALID: Final = "\x1b[32m"
_INVALID: Final = "\x1b[33m"

ERROR: Final = f"{_ERROR}error:{RESET}"
USAGE: Final = f"{_HEADER}Usage:{RESET}"
TIP: Final = f"{_VALID}tip:{RESET}"


def literal(text: str) -> str:
    """What is to be typed as it stands."""
    return f"{_LITERAL}{text}{RESET}"


def valid(text: str) -> str:
    """What would be right."""
    return f"{_VALID}{text}{RESET}"


def invalid(text: str) -> str:
    """What is wrong."""
    return f"{_INVALID}{text}{RESET}"


def has_styles(fd: int) -> bool:
    """Whether usage errors and help on a stream are styled, by the environment and by what the stream is."""
    env = os.environ
    if env.get("NO_COLOR"):
        return False
    if env.get("CLICOLOR_FORCE"):
        return True
    wish = env.get("CLICOLOR")
    if wish == "0" or not is_terminal(fd):
        return False
    wanted = wish is not None or env.get("TERM", NO_TERM) != "dumb" or "CI" in env
    if sys.platform == "win32" and wanted:
        from pywasmtools.windows import takes_colors

        return takes_colors(fd)
    return wanted


def shown(text: str, fd: int) -> str:
    """A text with styles as a stream is to have it."""
    if has_styles(fd):
        return text
    from pywasmtools.cli.controls import strip_controls

    return strip_controls(text)


def styled_page(page: str, fd: int) -> str:
    """A help page as a stream is to have it: headings, and what is typed as it stands, are styled."""
    if not has_styles(fd):
        # The name of the program alone may hold a control.
        return page if page.replace("\n", "").isprintable() else shown(page, fd)
    return "\n".join(_styled_line(line) for line in page.split("\n"))


def _styled_line(line: str) -> str:
    if line.startswith("Usage: "):
        words = line[7:].split(" ")
        typed = [word for word in words if word[0] not in "<["]
        return " ".join([USAGE, literal(" ".join(typed)), *words[len(typed) :]])
    if line.endswith(":") and line[:1].isalpha():
        return f"{_HEADER}{line}{RESET}"
    # An entry starts in column 2 (6 for a long option alone); `<` and `[` start what stands for something else.
    indent = len(line) - len(line.lstrip(" "))
    if indent not in (2, 6) or line[indent] in "<[" or (indent == 6 and line[indent] != "-"):
        return line
    end = line.find("  ", indent)
    names = line[indent:] if end < 0 else line[indent:end]
    rest = "" if end < 0 else line[end:]
    return line[:indent] + ", ".join(_styled_name(name) for name in names.split(", ")) + rest


def _styled_name(name: str) -> str:
    """A command or an option, with what its value is called."""
    for start in (" <", "[=", "..."):
        typed, found, rest = name.partition(start)
        if found:
            return literal(typed) + found + rest
    return literal(name)
