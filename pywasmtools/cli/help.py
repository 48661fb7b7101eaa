"""The help pages of groups of subcommands, from their rows: the reference's own, for a bare `component` prints its
page as an error. The page of a command stands in the command's file: the reference's usage line and options, described in our words.
"""

from __future__ import annotations

from pywasmtools.cli.clap import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

WIDTH: Final = 100
"""The columns of a page."""
_ABOUT_HELP: Final = "Print this message or the help of the given subcommand(s)"


def group_page(path: str, about: str, commands: list[tuple[str, str]], has_version: bool) -> str:
    """The page of a group: its commands by name with what they are about, and the options that a group has."""
    entries = [*commands, ("help", _ABOUT_HELP)]
    indent = 4 + max(len(name) for name, _ in entries)
    page = f"{about}\n\n" if about else ""
    page += f"Usage: {path} <COMMAND>\n\nCommands:\n"
    for name, what in entries:
        page += f"  {name:<{indent - 2}}" + _wrapped(what, indent) + "\n"
    if has_version:
        return page + "\nOptions:\n  -h, --help     Print help\n  -V, --version  Print version\n"
    return page + "\nOptions:\n  -h, --help  Print help\n"


def page_of_help(path: str, more: list[str]) -> Stop:
    """What `help` below a group says of itself; names behind it are unknown to it."""
    usage = f"Usage: {path} help [COMMAND]...\n"
    if more:
        from pywasmtools.cli.mistakes import unknown_to_help

        return Stop(unknown_to_help(usage, more[0]), 2)
    return Stop(f"{_ABOUT_HELP}\n\n{usage}\nArguments:\n  [COMMAND]...  Print help for the subcommand(s)\n", 0)


def _wrapped(text: str, indent: int) -> str:
    """Text broken between words at `WIDTH`, lines after the first indented."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and indent + len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return ("\n" + " " * indent).join(lines)
