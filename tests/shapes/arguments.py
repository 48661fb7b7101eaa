"""Shapes of command lines: many arguments, and long ones (128 KiB is the most that a system takes)."""

from __future__ import annotations

from shapes import Case, shape

WORLD: dict[str, str | bytes] = {"w.wit": "package a:b; world w { import a: func(); }"}
MODULE: dict[str, str | bytes] = {"m.wat": "(module)"}


@shape(30_000)
def long_option(n: int) -> Case:
    """An option that nobody knows: the distance to those that there are is asked for."""
    return {}, ["component", "wit", "--" + "a" * n]


@shape(30_000)
def long_option_above_subcommands(n: int) -> Case:
    return {}, ["--" + "a" * n, "component", "new"]


@shape(30_000)
def long_subcommand(n: int) -> Case:
    return {}, ["component", "embed" + "d" * n]


@shape(30_000)
def long_value(n: int) -> Case:
    """A value that is not one of those possible."""
    return {}, ["component", "new", "--validate=" + "t" * n]


@shape(10_000)
def long_value_of_controls(n: int) -> Case:
    """What an error echoes loses its controls."""
    return {}, ["component", "embed", "w.wit", "--encoding=" + "a\x1b[3" * (n // 4) + "\x07" * n]


@shape(30_000)
def long_cluster(n: int) -> Case:
    """Short options in one argument."""
    return WORLD, ["component", "wit", "w.wit", "-" + "v" * n + "x"]


@shape(30_000)
def long_path(n: int) -> Case:
    return {}, ["component", "wit", "é\t\u200b" * (n // 8)]


@shape(30_000)
def long_world_name(n: int) -> Case:
    return WORLD, ["component", "embed", "w.wit", "--dummy", "-o", "o", "-w", "a-" * (n // 2)]


@shape(30_000)
def long_features(n: int) -> Case:
    return WORLD, ["component", "wit", "w.wit", "--features", "a," * (n // 2)]


@shape(5_000)
def many_features(n: int) -> Case:
    """The same option, with a value each time."""
    return WORLD, ["component", "wit", "w.wit", *(f"--features=x{k}" for k in range(n))]


@shape(10_000)
def many_flags(n: int) -> Case:
    """A flag that is counted, and then a mistake: more times the reference would log."""
    return WORLD, ["component", "wit", "w.wit", *["--verbose"] * n, "--bogus"]


@shape(5_000)
def many_import_names(n: int) -> Case:
    return MODULE, ["component", "new", "m.wat", "-o", "o", *(f"--import-name=a{k}=b{k}" for k in range(n))]


@shape(5_000)
def many_imports_to_move(n: int) -> Case:
    line = ["component", "wit", "w.wit", "--exportize-world=w"]
    return WORLD, [*line, *(f"--exportize-import=a{k}" for k in range(n))]


@shape(800)
def many_adapters(n: int) -> Case:
    """Each is a module, with a world of nothing."""
    return MODULE, ["component", "new", "m.wat", "-o", "o", *(f"--adapt=a{k}=m.wat" for k in range(n))]


@shape(10_000)
def many_behind_a_mistake(n: int) -> Case:
    """Those behind an option that a subcommand has: the first of them that is one is named."""
    return {}, ["component", "--stack-siz", *["new"] * n, "link"]


@shape(10_000)
def many_positionals(n: int) -> Case:
    return {}, ["component", "wit", *["w"] * n]


@shape(10_000)
def many_names_behind_help(n: int) -> Case:
    return {}, ["component", "help", *["help"] * n]
