"""The help pages of groups of subcommands, from their rows: the reference's own, for a bare `component` prints its
page as an error. The page of a command stands in the command's file: the reference's usage line and options, described in our words.

Pages are plain here; `styles.py` styles them for a stream that takes it.
"""

from __future__ import annotations

import os

from pywasmtools.cli.clap import Mistaken, Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_WIDTH: Final = 100
"""The columns of a page where no stream is a terminal and the environment doesn't say."""
_ABOUT_HELP: Final = "Print this message or the help of the given subcommand(s)"


def page_stop(page: str, status: int) -> Stop:
    """A page on its way out: to stdout with status 0, to stderr with status 2."""
    from pywasmtools.cli.styles import styled_page

    return Stop(styled_page(page, 2 if status else 1), status)


def group_page(path: str, about: str, commands: list[tuple[str, str]], has_version: bool) -> str:
    """The page of a group: its commands by name with what they are about, and the options that a group has."""
    width = _columns()
    options = [("-h, --help", "Print help")]
    if has_version:
        options.append(("-V, --version", "Print version"))
    page = "\n".join(_wrapped(about, width)) + "\n\n" if about else ""
    page += f"Usage: {path} <COMMAND>\n\nCommands:\n"
    page += _entries([*commands, ("help", _ABOUT_HELP)], width)
    return page + "\nOptions:\n" + _entries(options, width)


def page_of_help(path: str, more: list[str]) -> Stop:
    """What `help` below a group says of itself; names behind it are unknown to it."""
    if more:
        from pywasmtools.cli.mistakes import unknown_to_help

        return Mistaken(unknown_to_help(f"{path} help", more[0]))
    usage = f"Usage: {path} help [COMMAND]..."
    return page_stop(f"{_ABOUT_HELP}\n\n{usage}\n\nArguments:\n  [COMMAND]...  Print help for the subcommand(s)\n", 0)


def _entries(entries: list[tuple[str, str]], width: int) -> str:
    """Names with what they are about, beside them or, where that would take too much of a narrow page, below."""
    indent = 4 + max(len(name) for name, _ in entries)
    longest = max(len(what) for _, what in entries)
    below = width >= indent > 0.4 * width and longest > width - indent
    text = ""
    for name, what in entries:
        if below:
            text += f"  {name}\n          " + ("\n" + " " * 10).join(_wrapped(what, width - 10)) + "\n"
        else:
            text += f"  {name:<{indent - 2}}" + ("\n" + " " * indent).join(_wrapped(what, width - indent)) + "\n"
    return text


def _wrapped(text: str, width: int) -> list[str]:
    """Text broken between words into lines of at most `width` columns, but for words that are longer."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _columns() -> int:
    """The columns of the first of stdout, stderr and stdin that is a terminal and has any; else what `COLUMNS` says."""
    for fd in (1, 2, 0):
        try:
            size = os.get_terminal_size(fd)
        except (OSError, AttributeError):
            continue
        if size.columns > 0 and size.lines > 0:
            return size.columns
    digits = os.environ.get("COLUMNS", "").removeprefix("+")
    if digits.isascii() and digits.isdigit() and int(digits[:40]) < 1 << 64:
        return int(digits)
    return _WIDTH
