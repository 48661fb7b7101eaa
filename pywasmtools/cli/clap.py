"""The argument grammar of the reference: clap's, over declared options.

A `Command` lists its `Arg`s or its subcommands; `parse` walks a command line as clap 4 does, with its
order of checks, and raises `Stop` with the very text that clap prints for a mistake. What was found is
a `Matches`: ids in the order in which they were first seen, which usage lines repeat.

Arguments are `str` as `sys.argv` has them: bytes that are not UTF-8 are surrogate escapes.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final, NoReturn

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

    `index` is the place of a positional from 1, 0 for an option; `optional_value` options take their
    value only behind `=`; `conflicts` and `requires` are ids; `group` is the group of the struct that
    the reference declares the option in.
    """

    __slots__ = (
        "action",
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
        self.parser = parser
        self.conflicts = conflicts
        self.requires = requires
        self.group = group

    @property
    def takes_value(self) -> bool:
        return self.action in (SET, APPEND)

    def shown(self, required: bool | None = None) -> str:
        """How messages and usage lines call it; `required` decides the brackets of a positional."""
        if self.index:
            needed = self.required if required is None else required
            return f"<{self.value_name}>" if needed else f"[{self.value_name}]"
        name = f"--{self.long}" if self.long else f"-{self.short}"
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

    `longs` are the long options of each subcommand, for hints; `aliases` other names of subcommands.
    """

    __slots__ = ("aliases", "args", "help", "longs", "path", "subcommands", "version")

    def __init__(
        self,
        path: str,
        args: tuple[Arg, ...] = (),
        subcommands: tuple[str, ...] = (),
        aliases: dict[str, str] | None = None,
        longs: dict[str, tuple[str, ...]] | None = None,
        version: str = "",
        help_: Callable[[str, bool], str] | None = None,
    ) -> None:
        self.path = path
        self.args = args + ((HELP_ARG, VERSION_ARG) if version else (HELP_ARG,))
        self.subcommands = subcommands
        self.aliases = aliases or {}
        self.longs = longs or {}
        self.version = version
        self.help = help_

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

    def flag(self, id_: str, default: bool) -> bool:
        """An option with an optional `=true|false`: given bare it is true."""
        if id_ not in self.values:
            return default
        found = self.values[id_]
        return bool(found[0]) if found else True


def parse(command: Command, args: list[str]) -> Matches:
    """The matches of `args`; raises `Stop` for mistakes, help and version."""
    return _Run(command).parse(args)


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
                    name = command.subcommand(arg) if _is_utf8(arg) else None
                    if arg == "help":
                        return self.help_subcommand(args[k + 1 :])
                    if name is not None:
                        matches.subcommand = name
                        matches.rest = args[k + 1 :]
                        break
                if arg == "--":
                    trailing = True
                    continue
                if arg.startswith("--"):
                    waiting = self.long(arg[2:], args[k + 1 :])
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
                self.stray(arg, trailing)
            self.resolve()
            matches.pending = found
            matches.pending_values = [arg]
            position += 1
        self.resolve()
        self.validate()
        return matches

    # ------------------------------------------------------------------ options

    def long(self, text: str, rest: list[str]) -> Arg | None:
        """An argument that starts with `--`; returns the option that waits for a value."""
        name, equals, value = text.partition("=")
        arg = self.by_long.get(name)
        if arg is None:
            self.quiet_resolve()
            self.unknown_long(name, rest)
        if arg.takes_value:
            return self.value(arg, value, bool(equals), bool(equals))
        if equals:
            required = [a.id for a in self.command.args if a.required]
            used = []
            for id_ in self.matches.values:
                known = self.command.find(id_)
                if known is None or not (known.hidden or id_ in required):
                    used.append(id_)
            used.append(arg.id)
            self.quiet_resolve()
            self.fail(
                f"unexpected value '{_echo(value)}' for '{arg.shown()}' found; no more were expected",
                usage=self.usage(used),
            )
        self.react(arg, [], True)
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
                shown = "-" + _echo(letter if _is_utf8(letter) else text[k - 1 :])
                tip = [f"to pass '{shown}' as a value, use '-- {shown}'"] if self.by_index else []
                self.fail(f"unexpected argument '{shown}' found", tips=tip, usage=self.usage([]))
            if not arg.takes_value:
                self.react(arg, [], False)
                continue
            value = text[k:]
            equals = value.startswith("=")
            return self.value(arg, value[1:] if equals else value, equals or bool(value), equals)
        return None

    def value(self, arg: Arg, value: str, attached: bool, equals: bool) -> Arg | None:
        """The value of an option, attached or the next argument."""
        if arg.optional_value and not equals:
            self.react(arg, [], True)
            return None
        if attached:
            self.react(arg, [value], True)
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
            self.react(arg, values, True)

    def quiet_resolve(self) -> None:
        """As `resolve`, where another mistake is about to be told anyway."""
        try:
            self.resolve()
        except Stop:
            pass

    def react(self, arg: Arg, raw: list[str], is_long: bool) -> None:
        """What an argument does once all its values are there."""
        self.resolve()
        values = self.matches.values
        if arg.takes_value and not arg.optional_value and not raw:
            self.fail(f"a value is required for '{arg.shown()}' but none was supplied")
        if arg.action == HELP:
            assert self.command.help is not None
            raise Stop(self.command.help(self.command.path, is_long), 0)
        if arg.action == VERSION:
            raise Stop(self.command.version + "\n", 0)
        if arg.action in (SET, SET_TRUE) and arg.id in values:
            self.fail(f"the argument '{arg.shown()}' cannot be used multiple times", usage=self.usage([]))
        if arg.action == COUNT:
            count = len(values.pop(arg.id, ())) + 1
            self.enter(arg)
            values[arg.id] = [True] * count
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
        if arg.parser is None:
            if not _is_utf8(text):
                self.fail("invalid UTF-8 was detected in one or more arguments", usage=self.usage([]))
            return text
        try:
            return arg.parser(text)
        except MissingValue as e:
            listed = _listed(e.valid)
            self.fail(f"a value is required for '{arg.shown()}' but none was supplied{listed}")
        except BadValue as e:
            start = f"invalid value '{_echo(text)}' for '{arg.shown()}'"
            if e.valid:
                similar = did_you_mean(_lossy(text), e.valid)
                tips = [f"a similar value exists: '{similar[-1]}'"] if similar else []
                self.fail(start + _listed(e.valid), tips=tips)
            self.fail(f"{start}: {_clean(e.message)}")
        except WasmToolsError as e:
            self.fail(f"invalid value '{_echo(text)}' for '{arg.shown()}': {_clean(e.layers[0].text())}")

    # ------------------------------------------------------------------ mistakes

    def fail(self, message: str, tips: list[str] | None = None, usage: str = "") -> NoReturn:
        lines = f"error: {message}"
        if tips:
            lines += "\n" + "".join(f"\n  tip: {tip}" for tip in tips)
        if usage:
            lines += f"\n\n{usage}"
        raise Stop(f"{lines}\n\nFor more information, try '--help'.\n")

    def unknown_long(self, name: str, rest: list[str]) -> NoReturn:
        shown = _echo(name)
        if not _is_utf8(name):
            similar: list[str] = []
        else:
            similar = did_you_mean(name, tuple(self.by_long))
        tips = []
        if similar:
            best = similar[-1]
            self.enter(self.by_long[best])
            tips.append(f"a similar argument exists: '--{best}'")
        else:
            place = -1
            for subcommand, longs in self.command.longs.items():
                near = did_you_mean(name, longs)
                if near and subcommand in rest and (place < 0 or rest.index(subcommand) < place):
                    place = rest.index(subcommand)
                    tips = [f"'{subcommand} --{near[-1]}' exists"]
            if not tips and self.by_index:
                tips.append(f"to pass '--{shown}' as a value, use '-- --{shown}'")
        used = [i for i in self.matches.values if self._visible(i)]
        self.fail(f"unexpected argument '--{shown}' found", tips=tips, usage=self.usage(used))

    def stray(self, arg: str, trailing: bool) -> NoReturn:
        """A positional too many, or a subcommand that is not known."""
        shown = _echo(arg)
        command = self.command
        if trailing and command.subcommands and command.subcommand(arg):
            tip = f"subcommand '{shown}' exists; to use it, remove the '--' before it"
            self.fail(f"unexpected argument '{shown}' found", tips=[tip], usage=self.usage([]))
        if command.subcommands:
            names: list[str] = []
            for name in (*command.subcommands, "help"):
                names.append(name)
                names.extend(alias for alias, of in command.aliases.items() if of == name)
            similar = did_you_mean(_lossy(arg), tuple(names))
            tips = []
            if len(similar) == 1:
                tips.append(f"a similar subcommand exists: '{similar[0]}'")
            elif similar:
                tips.append("some similar subcommands exist: " + ", ".join(f"'{s}'" for s in similar))
            self.fail(f"unrecognized subcommand '{shown}'", tips=tips, usage=self.usage([]))
        self.fail(f"unexpected argument '{shown}' found", usage=self.usage([]))

    def help_subcommand(self, names: list[str]) -> NoReturn:
        """`help a b`: the long help of the command that the names lead to."""
        raise HelpFor(self.command, names)

    def _visible(self, id_: str) -> bool:
        arg = self.command.find(id_)
        return arg is not None and not arg.hidden

    # ------------------------------------------------------------------ conflicts and requirements

    def validate(self) -> None:
        command = self.command
        given = list(self.matches.values)
        if command.subcommands and not self.matches.subcommand:
            assert command.help is not None
            raise Stop(command.help(command.path, False), 2)
        for id_ in given:
            arg = command.find(id_)
            if arg is not None:
                clashing = self.conflicts_of(arg)
                if clashing:
                    self.conflict(arg, clashing)
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
            absent = [id_ for id_ in dict.fromkeys(required + missing) if id_ not in self.matches.values]
            shown = self._options_then_positionals(absent)
            used = [i for i in given if self._visible(i)] + missing
            self.fail(
                "the following required arguments were not provided:" + "".join(f"\n  {s}" for s in shown),
                usage=self.usage(used, required),
            )

    def conflicts_of(self, arg: Arg) -> list[str]:
        """Which of the given options conflict with `arg`, in the order given."""
        found = []
        for id_ in self.matches.values:
            other = self.command.find(id_)
            if other is not None and other is not arg:
                if id_ in arg.conflicts or arg.id in other.conflicts:
                    found.append(id_)
        return found

    def conflict(self, arg: Arg, clashing: list[str]) -> NoReturn:
        shown = [a.shown() for a in map(self.command.find, clashing) if a is not None]
        if len(shown) == 1:
            text = f" '{shown[0]}'"
        else:
            text = ":" + "".join(f"\n  {s}" for s in shown)
        used = [i for i in self.matches.values if self._visible(i) and i not in clashing]
        needed: list[str] = []
        for id_ in used:
            other = self.command.find(id_)
            if other is not None:
                needed += [r for r in other.requires if r not in used and r not in clashing]
        self.fail(f"the argument '{arg.shown()}' cannot be used with{text}", usage=self.usage(needed + used))

    # ------------------------------------------------------------------ usage lines

    def usage(self, used: list[str], required: list[str] | None = None) -> str:
        """The usage line: the general one, or with the options already given."""
        command = self.command
        words = [f"Usage: {command.path}"]
        if not used and any(not a.index and not a.hidden and a.action < HELP for a in command.args):
            words.append("[OPTIONS]")
        if required is None:
            required = [a.id for a in command.args if a.required]
        wanted = list(dict.fromkeys(required + used))
        groups = [id_ for id_ in wanted if command.find(id_) is None and command.group_members(id_)]
        in_groups = [a.id for g in groups for a in command.group_members(g)]
        options = []
        positionals: dict[int, str] = {}
        for id_ in wanted:
            arg = command.find(id_)
            if arg is None or id_ in in_groups:
                continue
            if arg.index:
                positionals[arg.index] = arg.shown(True)
            else:
                options.append(arg.shown())
        for arg in command.positionals():
            if arg.id not in in_groups and arg.index not in positionals:
                positionals[arg.index] = arg.shown(False)
        words += dict.fromkeys(options)
        for group in groups:
            members = [a.value_name if a.index else a.shown() for a in command.group_members(group)]
            words.append(f"<{'|'.join(members)}>")
        words += [positionals[k] for k in sorted(positionals)]
        if command.subcommands:
            words.append("<COMMAND>")
        return " ".join(words)

    def _options_then_positionals(self, ids: list[str]) -> list[str]:
        options = []
        positionals = {}
        for id_ in ids:
            arg = self.command.find(id_)
            if arg is not None and arg.index:
                positionals[arg.index] = arg.shown(True)
            elif arg is not None:
                options.append(arg.shown(True))
        return options + [positionals[k] for k in sorted(positionals)]


class HelpFor(Exception):
    """`help` was asked for a command by its names, from `command` on."""

    def __init__(self, command: Command, names: list[str]) -> None:
        super().__init__()
        self.command = command
        self.names = names


def unrecognized_subcommand(command: Command, name: str) -> Stop:
    """What `help NAME` says of a name that `command` does not have."""
    try:
        run = _Run(command)
        run.fail(f"unrecognized subcommand '{_echo(name)}'", usage=run.usage([]))
    except Stop as stop:
        return stop


def path_value(text: str) -> object:
    """A path: anything but empty."""
    if not text:
        raise MissingValue
    return text


def bool_value(text: str) -> object:
    """`true` or `false`."""
    if text == "true":
        return True
    if text == "false":
        return False
    if not text:
        raise MissingValue(("true", "false"))
    raise BadValue(valid=("true", "false"))


def _listed(valid: tuple[str, ...]) -> str:
    return f"\n  [possible values: {', '.join(valid)}]" if valid else ""


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\udc80" <= c <= "\udcff" for c in text)


def _lossy(text: str) -> str:
    """Text as Rust shows an `OsStr` that may not be UTF-8."""
    if _is_utf8(text):
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _echo(text: str) -> str:
    """A value of the command line as an error shows it."""
    return _clean(_lossy(text))


def _clean(text: str) -> str:
    """What the terminal's controls leave of a text that an error holds."""
    from pywasmtools.cli.strip import strip_controls

    return strip_controls(text)


def did_you_mean(text: str, candidates: tuple[str, ...]) -> list[str]:
    """Those of `candidates` that are similar to `text` (Jaro similarity over 0.7), the most similar last."""
    found: list[tuple[float, str]] = []
    for candidate in candidates:
        score = jaro(text, candidate)
        if score > 0.7:
            # A binary search for a place before what is greater, as the reference makes it: equal scores go behind.
            low, high = 0, len(found)
            while low < high:
                middle = (low + high) // 2
                if found[middle][0] > score:
                    high = middle
                else:
                    low = middle + 1
            found.insert(low, (score, candidate))
    return [candidate for _, candidate in found]


def jaro(a: str, b: str) -> float:
    """The Jaro similarity of two strings, 0 to 1."""
    if not a and not b:
        return 1.0
    if not a or not b:
        return 0.0
    reach = max(0, max(len(a), len(b)) // 2 - 1)
    taken_a = [False] * len(a)
    taken_b = [False] * len(b)
    matches = 0
    for i, x in enumerate(a):
        for j in range(max(0, i - reach), min(len(b), i + reach + 1)):
            if x == b[j] and not taken_b[j]:
                taken_a[i] = taken_b[j] = True
                matches += 1
                break
    if not matches:
        return 0.0
    left = [x for x, taken in zip(a, taken_a, strict=True) if taken]
    right = [y for y, taken in zip(b, taken_b, strict=True) if taken]
    transpositions = sum(x != y for x, y in zip(left, right, strict=True)) // 2
    return (matches / len(a) + matches / len(b) + (matches - transpositions) / matches) / 3.0
