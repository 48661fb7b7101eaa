"""The argument grammar of the reference: clap's, over declared options.

A `Command` lists its `Arg`s or its subcommands; `parse` walks a command line as clap 4 does, with its
order of checks, and raises `Stop` with the very text that clap prints for a mistake (`mistakes.py` has the texts).
What was found is a `Matches`: ids in the order in which they were first seen, which usage lines repeat.

Arguments are `str` as `sys.argv` has them: bytes that are not UTF-8 are surrogate escapes.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    from pywasmtools.cli.mistakes import Mistake

    Parser = Callable[[str], object]

SET: Final = 0
APPEND: Final = 1
SET_TRUE: Final = 2
COUNT: Final = 3
HELP: Final = 4
VERSION: Final = 5


class Stop(Exception):
    """Parsing is over: `text` goes to stderr with status 2, or to stdout with status 0."""

    def __init__(self, text: str, status: int = 2) -> None:
        super().__init__(text)
        self.text = text
        self.status = status

    def shown(self) -> str:
        """The text as its stream is to have it."""
        return self.text


class Mistaken(Stop):
    """Parsing is over with a mistake. Its text has styles, for a stream that takes them."""

    def shown(self) -> str:
        from pywasmtools.cli.styles import shown

        return shown(self.text, 2)


class HelpFor(Exception):
    """Help was asked for: of the command itself, or of what the `names` behind `help` lead to from there.

    Its page goes to stdout with status 0, or to stderr with status 2 where a subcommand was missing.
    """

    def __init__(self, names: list[str], status: int = 0) -> None:
        super().__init__()
        self.names = names
        self.status = status


class BadValue(Exception):
    """A value parser refuses. With `valid`, the possible values are listed; else the message is shown."""

    def __init__(self, message: str = "", valid: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.valid = valid


class MissingValue(Exception):
    """A value parser takes the empty string for no value."""

    def __init__(self, valid: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.valid = valid


class Arg:
    """One option or positional.

    `index` is the place of a positional from 1, 0 for an option; with APPEND all from there on are its values; `optional_value` options take their
    value only behind `=`; values are UTF-8, but of those with `any_bytes`; `conflicts` and `requires` are ids; `group` is the group of the struct that
    the reference declares the option in.
    """

    __slots__ = (
        "action",
        "any_bytes",
        "conflicts",
        "group",
        "hidden",
        "id",
        "index",
        "long",
        "optional_value",
        "parser",
        "required",
        "requires",
        "short",
        "value_name",
    )

    def __init__(
        self,
        id_: str,
        action: int = SET,
        *,
        short: str = "",
        long: str = "",
        value_name: str = "",
        index: int = 0,
        required: bool = False,
        hidden: bool = False,
        optional_value: bool = False,
        any_bytes: bool = False,
        parser: Parser | None = None,
        conflicts: tuple[str, ...] = (),
        requires: tuple[str, ...] = (),
        group: str = "",
    ) -> None:
        self.id = id_
        self.action = action
        self.short = short
        self.long = long
        self.value_name = value_name
        self.index = index
        self.required = required
        self.hidden = hidden
        self.optional_value = optional_value
        self.any_bytes = any_bytes
        self.parser = parser
        self.conflicts = conflicts
        self.requires = requires
        self.group = group

    @property
    def takes_value(self) -> bool:
        return self.action in (SET, APPEND)

    @property
    def is_counted(self) -> bool:
        """Whether usage lines say `[OPTIONS]` for it."""
        return not self.index and not self.hidden and self.action < HELP

    def name(self) -> str:
        """An option as it is typed."""
        return f"--{self.long}" if self.long else f"-{self.short}"

    def shown(self, required: bool | None = None) -> str:
        """How messages and usage lines call it; `required` decides the brackets of a positional."""
        if self.index:
            needed = self.required if required is None else required
            name = f"<{self.value_name}>" if needed else f"[{self.value_name}]"
            return f"{name}..." if self.action == APPEND else name
        name = self.name()
        if self.action == COUNT:
            return name + "..."
        if not self.takes_value:
            return name
        if self.optional_value:
            return f"{name}[=<{self.value_name}>]"
        return f"{name} <{self.value_name}>"


HELP_ARG: Final = Arg("help", HELP, short="h", long="help")
VERSION_ARG: Final = Arg("version", VERSION, short="V", long="version")


class Command:
    """A command: `path` as usage lines print it, its arguments, or its subcommands by name.

    `longs` gives the long options of each subcommand, for hints, and `version` the line of `--version`, when they are
    asked for; `aliases` are other names of subcommands.
    """

    __slots__ = ("aliases", "args", "longs", "path", "subcommands", "version")

    def __init__(
        self,
        path: str,
        args: tuple[Arg, ...] = (),
        *,
        subcommands: tuple[str, ...] = (),
        aliases: dict[str, str] | None = None,
        longs: Callable[[], dict[str, tuple[str, ...]]] | None = None,
        version: Callable[[], str] | None = None,
    ) -> None:
        self.path = path
        self.args = args + ((HELP_ARG, VERSION_ARG) if version else (HELP_ARG,))
        self.subcommands = subcommands
        self.aliases = aliases or {}
        self.longs = longs
        self.version = version

    def find(self, id_: str) -> Arg | None:
        for arg in self.args:
            if arg.id == id_:
                return arg
        return None

    def group_members(self, group: str) -> list[Arg]:
        return [a for a in self.args if a.group == group]

    def positionals(self) -> list[Arg]:
        return [a for a in self.args if a.index]

    def subcommand(self, name: str) -> str | None:
        if name in self.subcommands:
            return name
        return self.aliases.get(name)


class Matches:
    """What a command line gave: `values` of each id, all that were given explicitly, in order.

    Ids of groups stand among them (with an empty list). `subcommand` is its name and `rest` the
    arguments behind it.
    """

    __slots__ = ("pending", "pending_values", "rest", "subcommand", "values")

    def __init__(self) -> None:
        self.values: dict[str, list[object]] = {}
        self.pending: Arg | None = None
        self.pending_values: list[str] = []
        self.subcommand = ""
        self.rest: list[str] = []

    def has(self, id_: str) -> bool:
        return id_ in self.values

    def text(self, id_: str) -> str | None:
        """The value of an option that takes text, None where it was not given."""
        found = self.values.get(id_)
        return str(found[0]) if found else None

    def texts(self, id_: str) -> list[str]:
        return [str(v) for v in self.values.get(id_, ())]

    def pairs(self, id_: str) -> list[tuple[str, Any]]:
        """The values of an option whose parser makes pairs."""
        return [v for v in self.values.get(id_, ()) if isinstance(v, tuple)]

    def keywords(self, *ids: str) -> dict[str, Any]:
        """Those of the options that were given, as keyword arguments: the function that takes them has the defaults.

        A flag, and an option with an optional value given bare, is true.
        """
        values = self.values
        return {id_.replace("-", "_"): values[id_][0] if values[id_] else True for id_ in ids if id_ in values}


def parse(command: Command, args: list[str]) -> Matches:
    """The matches of `args`; raises `Stop` for mistakes, help and version."""
    return _Run(command).parse(args)


def unrecognized(command: Command, name: str) -> Mistaken:
    """What `help NAME` says of a name that `command` does not have."""
    return Mistaken(_Run(command).mistake().unrecognized(name))


class _Run:
    """One walk of a command line."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.matches = Matches()
        self.by_long = {a.long: a for a in command.args if a.long}
        self.by_short = {a.short: a for a in command.args if a.short}
        self.by_index = {a.index: a for a in command.args if a.index}

    def parse(self, args: list[str]) -> Matches:
        command = self.command
        matches = self.matches
        trailing = False
        waiting: Arg | None = None  # an option that the next argument is the value of
        position = 1
        for k, arg in enumerate(args):
            if not trailing:
                if waiting is None and command.subcommands:
                    name = command.subcommand(arg) if is_utf8(arg) else None
                    if arg == "help":
                        raise HelpFor(args[k + 1 :])
                    if name is not None:
                        matches.subcommand = name
                        matches.rest = args[k + 1 :]
                        break
                if arg == "--":
                    trailing = True
                    continue
                if arg.startswith("--"):
                    waiting = self.long(arg[2:], args, k + 1)
                    continue
                if arg.startswith("-") and len(arg) > 1:
                    waiting = self.short(arg[1:])
                    continue
                if waiting is not None:
                    matches.pending_values.append(arg)
                    waiting = None
                    continue
            found = self.by_index.get(position)
            if found is None:
                self.quiet_resolve()
                raise Mistaken(self.mistake().stray(arg, trailing))
            if found.action == APPEND:
                # All that stand together are the values of one.
                if matches.pending is not found:
                    self.resolve()
                    matches.pending = found
                    matches.pending_values = []
                matches.pending_values.append(arg)
                continue
            self.resolve()
            matches.pending = found
            matches.pending_values = [arg]
            position += 1
        self.resolve()
        self.validate()
        return matches

    # ------------------------------------------------------------------ options

    def long(self, text: str, args: list[str], after: int) -> Arg | None:
        """An argument that starts with `--`; returns the option that waits for a value. `after` it stand others."""
        name, equals, value = text.partition("=")
        arg = self.by_long.get(name)
        if arg is None:
            self.quiet_resolve()
            raise Mistaken(self.mistake().unknown_long(name, args[after:]))
        if arg.takes_value:
            return self.value(arg, value, bool(equals), bool(equals))
        if equals:
            raise Mistaken(self.mistake().value_for_flag(arg, value))
        self.react(arg, [])
        return None

    def short(self, text: str) -> Arg | None:
        """An argument that starts with one `-`: a cluster of flags, perhaps an option with its value at the end."""
        k = 0
        while k < len(text):
            letter = text[k]
            k += 1
            arg = self.by_short.get(letter)
            if arg is None:
                self.quiet_resolve()
                raise Mistaken(self.mistake().unknown_short(letter, text[k:]))
            if not arg.takes_value:
                self.react(arg, [])
                continue
            value = text[k:]
            equals = value.startswith("=")
            return self.value(arg, value[1:] if equals else value, equals or bool(value), equals)
        return None

    def value(self, arg: Arg, value: str, attached: bool, equals: bool) -> Arg | None:
        """The value of an option, attached or the next argument."""
        if arg.optional_value and not equals:
            self.react(arg, [])
            return None
        if attached:
            self.react(arg, [value])
            return None
        self.resolve()
        self.matches.pending = arg
        self.matches.pending_values = []
        return arg

    def resolve(self) -> None:
        """Gives the pending argument its values."""
        arg = self.matches.pending
        if arg is not None:
            values = self.matches.pending_values
            self.matches.pending = None
            self.matches.pending_values = []
            self.react(arg, values)

    def quiet_resolve(self) -> None:
        """As `resolve`, where another mistake is about to be told anyway."""
        try:
            self.resolve()
        except Stop:
            pass

    def react(self, arg: Arg, raw: list[str]) -> None:
        """What an argument does once all its values are there."""
        self.resolve()
        values = self.matches.values
        if arg.takes_value and not arg.optional_value and not raw:
            raise Mistaken(self.mistake().missing_value(arg))
        if arg.action == HELP:
            raise HelpFor([])
        if arg.action == VERSION and self.command.version is not None:
            raise Stop(self.command.version() + "\n", 0)
        if arg.action in (SET, SET_TRUE) and arg.id in values:
            raise Mistaken(self.mistake().given_twice(arg))
        if arg.action == COUNT:
            # Counted anew each time: what was given last stands last.
            count = values.pop(arg.id, [])
            self.enter(arg)
            count.append(True)
            values[arg.id] = count
            return
        self.enter(arg)
        for text in raw:
            values[arg.id].append(self.read(arg, text))

    def enter(self, arg: Arg) -> None:
        """Notes that an argument was given, and its group."""
        self.matches.values.setdefault(arg.id, [])
        if arg.group:
            self.matches.values.setdefault(arg.group, [])

    def read(self, arg: Arg, text: str) -> object:
        if not (arg.any_bytes or is_utf8(text)):
            raise Mistaken(self.mistake().not_utf8())
        if arg.parser is None:
            return text
        try:
            return arg.parser(text)
        except (MissingValue, BadValue, WasmToolsError) as e:
            raise self.refusal(arg, text, e) from None

    def refusal(self, arg: Arg, text: str, e: MissingValue | BadValue | WasmToolsError) -> Mistaken:
        """What is said of a value that an argument does not take."""
        if isinstance(e, MissingValue):
            return Mistaken(self.mistake().missing_value(arg, e.valid))
        if isinstance(e, BadValue):
            return Mistaken(self.mistake().bad_value(arg, text, e.message, e.valid))
        return Mistaken(self.mistake().bad_value(arg, text, e.layers[0].text()))

    def mistake(self) -> Mistake:
        """The texts of mistakes; loaded when one is made."""
        from pywasmtools.cli.mistakes import Mistake

        return Mistake(self.command, self.matches)

    # ------------------------------------------------------------------ conflicts and requirements

    def validate(self) -> None:
        command = self.command
        given = list(self.matches.values)
        if command.subcommands and not self.matches.subcommand:
            raise HelpFor([], 2)
        for id_ in given:
            arg = command.find(id_)
            if arg is not None:
                clashing = self.conflicts_of(arg)
                if clashing:
                    raise Mistaken(self.mistake().conflict(arg, clashing))
        required = [a.id for a in command.args if a.required]
        for id_ in given:
            arg = command.find(id_)
            if arg is not None:
                required += [r for r in arg.requires if r not in required]
        missing = []
        for id_ in required:
            wanted = command.find(id_)
            if wanted is not None and id_ not in self.matches.values and not self.conflicts_of(wanted):
                missing.append(id_)
        if missing:
            raise Mistaken(self.mistake().missing_arguments(missing, required))

    def conflicts_of(self, arg: Arg) -> list[str]:
        """Which of the given options conflict with `arg`, in the order given."""
        found = []
        for id_ in self.matches.values:
            other = self.command.find(id_)
            if other is not None and other is not arg:
                if id_ in arg.conflicts or arg.id in other.conflicts:
                    found.append(id_)
        return found


def is_utf8(text: str) -> bool:
    """Whether an argument was UTF-8 (on Windows UTF-16): `sys.argv` has surrogates for the rest."""
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)
