"""What clap says of a mistaken command line: the texts, with tips and usage lines. Loaded when there is a mistake."""

from __future__ import annotations

from pywasmtools.cli.styles import ERROR, TIP, USAGE, invalid, literal, valid
from pywasmtools.diagnostics import displayed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.cli.clap import Arg, Command, Matches


class Mistake:
    """A command line under `command` that is mistaken, `matches` being what it gave so far.

    Each method is one mistake and returns its text, whole and with styles.
    """

    __slots__ = ("command", "matches")

    def __init__(self, command: Command, matches: Matches) -> None:
        self.command = command
        self.matches = matches

    # ------------------------------------------------------------------ arguments nobody knows

    def unknown_long(self, name: str, rest: list[str]) -> str:
        """`--name`, with the arguments behind it."""
        name = lossy(name)
        longs = tuple(a.long for a in self.command.args if a.long)
        similar = did_you_mean(name, longs)
        used = list(self.matches.values)
        tips = []
        if similar:
            best = next(a for a in self.command.args if a.long == similar[-1])
            if best.id not in used:
                used.append(best.id)
            tips.append(f"a similar argument exists: '{valid(f'--{best.long}')}'")
        else:
            tips += self._option_of_a_subcommand(name, rest)
            if not tips and self.command.positionals():
                tips.append(_as_a_value(f"--{name}"))
        return _text(_unexpected(f"--{name}"), tips, self.usage(self._visible(used)))

    def _option_of_a_subcommand(self, name: str, rest: list[str]) -> list[str]:
        """A tip where one of the subcommands that follow has such an option: that of the first of them."""
        if self.command.longs is None:
            return []
        tips = []
        place = -1
        for subcommand, longs in self.command.longs().items():
            near = did_you_mean(name, longs)
            if near and subcommand in rest and (place < 0 or rest.index(subcommand) < place):
                place = rest.index(subcommand)
                tips = [f"'{valid(f'{subcommand} --{near[-1]}')}' exists"]
        return tips

    def unknown_short(self, letter: str, rest: str) -> str:
        """`-letter`, with what stands behind it in the same argument."""
        shown = "-" + lossy(letter if lossy(letter) == letter else letter + rest)
        tips = [_as_a_value(shown)] if self.command.positionals() else []
        return _text(_unexpected(shown), tips, self.usage([]))

    def stray(self, arg: str, trailing: bool) -> str:
        """A positional too many, or a subcommand that is not known; `trailing` behind `--`."""
        shown = lossy(arg)
        command = self.command
        if trailing and command.subcommands and (arg == "help" or command.subcommand(arg)):
            tip = f"subcommand '{valid(shown)}' exists; to use it, remove the '{invalid('--')}' before it"
            return _text(_unexpected(shown), [tip], self.usage([]))
        if not command.subcommands:
            return _text(_unexpected(shown), [], self.usage([]))
        names: list[str] = []
        for name in (*command.subcommands, "help"):
            names.append(name)
            names.extend(alias for alias, of in command.aliases.items() if of == name)
        similar = did_you_mean(shown, tuple(names))
        tips = []
        if similar:
            start = "a similar subcommand exists: " if len(similar) == 1 else "some similar subcommands exist: "
            tips.append(start + ", ".join(f"'{valid(s)}'" for s in similar))
        return _text(f"unrecognized subcommand '{invalid(shown)}'", tips, self.usage([]))

    def unrecognized(self, name: str) -> str:
        """What `help NAME` says of a name that the command does not have."""
        return _text(f"unrecognized subcommand '{invalid(lossy(name))}'", [], self.usage([]))

    # ------------------------------------------------------------------ values

    def value_for_flag(self, arg: Arg, value: str) -> str:
        """`--flag=value`."""
        used = []
        for id_ in self.matches.values:
            known = self.command.find(id_)
            if known is None or not (known.hidden or known.required):
                used.append(id_)
        message = (
            f"unexpected value '{invalid(lossy(value))}' for '{literal(arg.shown())}' found; no more were expected"
        )
        return _text(message, [], self.usage([*used, arg.id]))

    def missing_value(self, arg: Arg, possible: tuple[str, ...] = ()) -> str:
        """An option at the end, or with an empty value."""
        return _text(f"a value is required for '{invalid(arg.shown())}' but none was supplied{_listed(possible)}")

    def bad_value(self, arg: Arg, value: str, message: str, possible: tuple[str, ...] = ()) -> str:
        """A value that is refused: with the possible ones, or with what the parser says."""
        value = lossy(value)
        start = f"invalid value '{invalid(value)}' for '{literal(arg.shown())}'"
        if not possible:
            return _text(f"{start}: {message}")
        similar = did_you_mean(value, possible)
        tips = [f"a similar value exists: '{valid(similar[-1])}'"] if similar else []
        return _text(start + _listed(possible), tips)

    def not_utf8(self) -> str:
        """A value that is text and not UTF-8."""
        return _text("invalid UTF-8 was detected in one or more arguments", [], self.usage([]))

    def given_twice(self, arg: Arg) -> str:
        """An option that is allowed once."""
        return _text(f"the argument '{invalid(arg.shown())}' cannot be used multiple times", [], self.usage([]))

    # ------------------------------------------------------------------ conflicts and requirements

    def missing_arguments(self, missing: list[str], required: list[str]) -> str:
        """What is required and was not given; `required` is all that is."""
        given = self.matches.values
        absent = [id_ for id_ in dict.fromkeys(required + missing) if id_ not in given]
        shown = self._options_then_positionals(absent)
        return _text(
            "the following required arguments were not provided:" + "".join(f"\n  {valid(s)}" for s in shown),
            [],
            self.usage(self._visible(list(given)) + missing, required),
        )

    def conflict(self, arg: Arg, clashing: list[str]) -> str:
        """An option with those given that it can't be used with."""
        shown = [a.shown() for a in map(self.command.find, clashing) if a is not None]
        if len(shown) == 1:
            text = f" '{invalid(shown[0])}'"
        else:
            text = ":" + "".join(f"\n  {invalid(s)}" for s in shown)
        used = [id_ for id_ in self._visible(list(self.matches.values)) if id_ not in clashing]
        needed: list[str] = []
        for id_ in used:
            other = self.command.find(id_)
            if other is not None:
                needed += [r for r in other.requires if r not in used and r not in clashing]
        return _text(f"the argument '{invalid(arg.shown())}' cannot be used with{text}", [], self.usage(needed + used))

    # ------------------------------------------------------------------ usage lines

    def usage(self, used: list[str], required: list[str] | None = None) -> str:
        """The usage line: the general one, or with the options already given."""
        command = self.command
        words = [USAGE, literal(command.path)]
        if not used and any(a.is_counted for a in command.args):
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
                options.append(_styled(arg))
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

    def _visible(self, ids: list[str]) -> list[str]:
        """Those that are options, and not hidden ones: usage lines repeat them."""
        found = [(id_, self.command.find(id_)) for id_ in ids]
        return [id_ for id_, arg in found if arg is not None and not arg.hidden]

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


def unknown_to_help(path: str, name: str) -> str:
    """What `help help NAME` says: without a hint, for there is no more help than this."""
    usage = f"{USAGE} {literal(path)} [COMMAND]..."
    return f"{ERROR} unrecognized subcommand '{invalid(lossy(name))}'\n\n{usage}\n"


def _text(message: str, tips: list[str] | None = None, usage: str = "") -> str:
    lines = f"{ERROR} {message}"
    if tips:
        lines += "\n" + "".join(f"\n  {TIP} {tip}" for tip in tips)
    if usage:
        lines += f"\n\n{usage}"
    return f"{lines}\n\nFor more information, try '{literal('--help')}'.\n"


def _unexpected(shown: str) -> str:
    return f"unexpected argument '{invalid(shown)}' found"


def _as_a_value(shown: str) -> str:
    return f"to pass '{invalid(shown)}' as a value, use '{valid(f'-- {shown}')}'"


def _listed(possible: tuple[str, ...]) -> str:
    return f"\n  [possible values: {', '.join(map(valid, possible))}]" if possible else ""


def _styled(arg: Arg) -> str:
    """An option in a usage line: its name is to be typed as it stands, what follows is not."""
    name = arg.name()
    return literal(name) + arg.shown()[len(name) :]


def lossy(text: str) -> str:
    """An argument as Rust shows an `OsStr` that may not be UTF-8."""
    return text if text.isascii() else displayed(text)


def did_you_mean(text: str, candidates: tuple[str, ...]) -> list[str]:
    """Those of `candidates` that are similar to `text` (Jaro similarity over 0.7), the most similar last."""
    found: list[tuple[float, str]] = []
    for candidate in candidates:
        # One more than ten times as long as the other can't be: that share is a third of the score.
        if 10 * min(len(text), len(candidate)) < max(len(text), len(candidate)):
            continue
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
