"""The command line by its options, with their values, by our own declared ones; and the names of the files that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pywasmtools.cli.clap import Arg
from pywasmtools.cli.commands import WASM_TOOLS
from pywasmtools.lab.case import Case
from pywasmtools.lab.reduce.ddmin import minimize
from pywasmtools.lab.reduce.state import State


def grouped(argv: tuple[str, ...]) -> tuple[list[str], list[tuple[str, ...]]]:
    """The words that name the command, and the others: an option with its value is one group."""
    row, at = WASM_TOOLS, 0
    while at < len(argv):
        found = row.below(argv[at])
        if found is None:
            break
        row, at = found, at + 1
    path = list(argv[:at])
    args = row.command().args
    groups: list[tuple[str, ...]] = []
    while at < len(argv):
        size = 2 if takes_next(argv[at], args) and at + 1 < len(argv) else 1
        groups.append(argv[at : at + size])
        at += size
    return path, groups


def takes_next(word: str, args: tuple[Arg, ...]) -> bool:
    """Whether a word is an option whose value is the next word."""
    if word.startswith("--"):
        return any(arg.long == word[2:] and arg.takes_value and not arg.optional_value for arg in args)
    if not word.startswith("-") or len(word) < 2:
        return False
    for at, char in enumerate(word[1:], 1):
        found = next((arg for arg in args if arg.short == char), None)
        if found is not None and found.takes_value:
            return at == len(word) - 1
    return False


def joined(path: list[str], groups: list[tuple[str, ...]]) -> tuple[str, ...]:
    return (*path, *(word for group in groups for word in group))


def reduce_words_of_command(state: State) -> None:
    """Leaves out options and arguments, then makes the rest short."""
    path, groups = grouped(state.best.argv)
    minimize(groups, lambda kept: state.attempt(replace(state.best, argv=joined(path, kept))))
    for at, word in enumerate(state.best.argv):
        for shorter in shorter_words(word):
            argv = list(state.best.argv)
            if at >= len(argv) or argv[at] != word:
                break
            argv[at] = shorter
            if state.attempt(replace(state.best, argv=tuple(argv))):
                break


def name_deeper(state: State) -> None:
    """Lets the command line name a file or folder inside the one that it names, in its place."""
    for at, word in enumerate(state.best.argv):
        below = sorted(name for name in state.best.files if name.startswith(f"{word}/"))
        found = {name.rpartition("/")[0] for name in below} | set(below)
        for path in sorted(found - {word}, key=lambda path: (-path.count("/"), path)):
            # It goes to the top, for a longer path would make the case larger.
            argv = list(state.best.argv)
            argv[at] = path.rpartition("/")[2]
            kept = {}
            for name, data in state.best.files.items():
                if name == path or name.startswith(f"{path}/"):
                    kept[argv[at] + name.removeprefix(path)] = data
                elif name not in below:
                    kept[name] = data
            if state.attempt(replace(state.best, argv=tuple(argv), files=kept)):
                break


def shorter_words(word: str) -> Iterator[str]:
    """Simpler forms of a word of the command line: fewer parts of a list, one letter of a group of options."""
    for mark in (",", " "):
        parts = word.split(mark)
        if len(parts) > 1:
            yield from parts
            yield from (mark.join(parts[:at] + parts[at + 1 :]) for at in range(len(parts)))
    if word.startswith("-") and not word.startswith("--") and len(word) > 2:
        yield from (f"-{char}" for char in word[1:])
    if not word.startswith("-") and len(word) > 1:
        yield "a"


def drop_other_files(state: State) -> None:
    """Leaves out folders and files that are no WIT, and what stands on stdin."""
    if state.best.stdin:
        state.attempt(replace(state.best, stdin=b""))
    drop(state, [name for name in sorted(state.best.files) if not name.endswith(".wit")])


def drop_files(state: State) -> None:
    """Leaves out folders and files."""
    drop(state, sorted(state.best.files))


def drop(state: State, names: list[str]) -> None:
    """Leaves out what is not needed of some files, by folders first."""
    folders: dict[str, list[str]] = {}
    for name in names:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    for groups in (list(folders.values()), [[name] for name in names]):

        def left(kept: list[list[str]]) -> bool:
            here = state.best.files
            dropped = {*names} - {name for group in kept for name in group}
            return state.attempt_files({name: data for name, data in here.items() if name not in dropped})

        minimize(groups, left)


def shorten_paths(state: State) -> None:
    """Gives files and folders short names, in the command line too; a suffix stays."""
    for at, word in enumerate(state.best.argv):
        name = word.rpartition("/")[2]
        if name != word and word in state.best.files and name not in state.best.files:
            argv = list(state.best.argv)
            argv[at] = name
            files = {name if path == word else path: data for path, data in state.best.files.items()}
            state.attempt(replace(state.best, argv=tuple(argv), files=files))
    parts = {part for name in state.best.files for part in name.split("/")}
    for word in state.best.argv:
        if not word.startswith("-"):
            parts |= {part for part in word.split("/") if part.endswith((".wasm", ".wat", ".wit"))}
    taken = {part.partition(".")[0] for part in parts}
    for part in sorted(parts, key=len, reverse=True):
        stem, dot, suffix = part.partition(".")
        if part == "deps" or len(stem) < 2:
            continue
        short = next((c for c in "abcdefghijklmnopqrstuvwxyz" if c not in taken), None)
        if short is None:
            return
        candidate = renamed(state.best, part, f"{short}{dot}{suffix}")
        if candidate is not None and candidate != state.best and state.attempt(candidate):
            taken.add(short)


def renamed(case: Case, part: str, short: str) -> Case | None:
    """A case with another name for a part of paths; None where two files would have one name."""

    def path(text: str) -> str:
        return "/".join(short if p == part else p for p in text.split("/"))

    def word(text: str) -> str:
        # A path may follow an option or a name: `--output=PATH`, `NAME=PATH`.
        return "=".join(path(p) for p in text.split("="))

    files = {path(name): data for name, data in case.files.items()}
    if len(files) != len(case.files):
        return None
    return replace(case, argv=tuple(map(word, case.argv)), files=files)
