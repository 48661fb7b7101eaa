"""The kind `options`: command lines made of the options that our commands declare, right ones and mistaken ones.

What differs on purpose is left out: help pages, and `-v`, whose log carries the time of day.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable

from pywasmtools.cli.clap import SET_TRUE, Arg
from pywasmtools.cli.commands import WASM_TOOLS, Row, ours
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz import built_in
from pywasmtools.lab.fuzz.mistakes import adapter_files
from pywasmtools.lab.fuzz.source import Corpus

WIT = b"""package a:b@1.2.3;

interface i {
  type t = u8;
  @unstable(feature = alpha)
  f: func(x: t);
}

world w {
  import i;
  import f: func();
  export run: func() -> string;
}

world v {
  include w;
}
"""
LEFT_OUT = frozenset({"help", "verbose"})

PATHS = (
    *("a.wit", "a.wit", "p", "p", "m.wasm", "m.wasm", "main.wasm", "old.wasm", "c.wasm", "pkg.wasm", "m.wat", "empty"),
    *(
        "text",
        "e",
        "nowhere",
        "p/",
        "./a.wit",
        "p/a.wit",
        "nowhere/x",
        "a.wit/x",
        "",
        "-",
        "--",
        "p/deps",
        "b.wit",
        ".",
    ),
    *("\udcff.wit", "\udcff", "a\udc80/b", "p/\udcffx.wasm"),
)
"""What positionals and options with paths are given: files, folders, and what there is not."""

PLACES = (
    *(
        "o.wasm",
        "o.wasm",
        "o",
        "e",
        "p",
        "nowhere/o",
        "",
        "-",
        "m.wasm",
        "a.wit",
        "a.wit/x",
        "/dev/null",
        "/dev/stdout",
    ),
    *("\udcff", "nowhere/\udcff"),
    *("e/o.wasm", "./o", "o/", "/dev/full", ".", "é.wasm", "a b", "/nowhere/o"),
)
"""Where results go."""

VALUES: dict[str, tuple[str, ...]] = {
    "world": (
        "w",
        "w",
        "v",
        "a:b/w",
        "a:b/w@1.2.3",
        "a:b/w@1.0.0",
        "x",
        "",
        "a:b",
        "w@1",
        "a:b/w@01.2.3",
        "a:b/w@1.2",
        "a:b/w@1.2.3-",
        "a:b/w@",
        "a:b/i",
        "é",
    ),
    "features": ("alpha", "alpha,b", "a b", "", ",", "x, alpha"),
    "color": ("auto", "never", "always", "always-ansi", "Never", "x", ""),
    "encoding": ("utf8", "utf16", "compact-utf16", "UTF8", "latin1", ""),
    "dummy-names": ("legacy", "standard32", "Legacy", "standard64", ""),
    "generate-dwarf": ("lines", "full", "none", ""),
    "adapt": (
        "old.wasm",
        "old=old.wasm",
        "wasi=old.wasm",
        "=old.wasm",
        "old=nowhere",
        "nowhere",
        "text",
        "x=",
        "p",
        "m.wasm",
    ),
    "import-name": ("a=b", "a:b/i@1.2.3=x", "a:b/i@1.2.3=y:z/i", "f=g", "=", "a", "", "f="),
    "exportize-import": ("i", "f", "x", "", "a:b/i@1.2.3"),
    "importize-out-world-name": ("n", "w", "not a name", ""),
    "exportize-out-world-name": ("n", "w", "not a name", ""),
    "validate": ("true", "false", "", "yes"),
}
"""Values by an option's id, right and wrong."""

ANY = ("x", "", "true", "false", "w", "a.wit", "\udcff", "é", "-", "--x", "a=b", "0", "\x1b[31m", "a\nb")


class Options:
    """A right command line mostly, with some mistakes."""

    name = "options"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        row = rng.choice(ours(WASM_TOOLS))
        words = right(rng, row)
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            words = rng.choice(MISTAKES)(rng, row, words)
        line = [*row.path.split(), *words]
        if rng.random() < 0.04:
            line = elsewhere(rng, line)
        line = [word for word in line if not is_left_out(word)]
        files = everything()
        return Case(tuple(line), files, rng.choice((b"", WIT, files["m.wasm"], files["m.wat"])))


def declared(row: Row) -> list[Arg]:
    """The options of a command, without those that are left out."""
    return [arg for arg in row.args() if arg.id not in LEFT_OUT]


def is_left_out(word: str) -> bool:
    """Whether a word asks for help or for a log, in a cluster too."""
    if word.startswith("--"):
        return word.partition("=")[0] in ("--help", "--verbose", "--is-this-pywasmtools")
    return word == "help" or (word.startswith("-") and bool({"h", "v"} & set(word.partition("=")[0])))


CONTROLS = (
    *(
        "\x1b[31m",
        "\x1b]0;title\x07",
        "\x1b]8;;x\x1b\\",
        "\x1bPq\x1b\\",
        "\x1b(B",
        "\x1b[?25l",
        "\x1b",
        "\x9b1m",
        "\x07",
        "\x7f",
    ),
    *(
        "\x18",
        "\x1a",
        "\x1b[1;2;3",
        "\x1bX",
        "\x1b^p\x1b\\",
        "\x1b_a\x9c",
        "\x90q\x9c",
        "\t",
        "\r",
        "\n",
        "\x1b[ q",
        "\x1b\\",
        "x",
        "é",
    ),
    *(
        "\x1b]0",
        ";",
        "1",
        "\x1b[<",
        "\x1b[:",
        "\x1b#8",
        "\x1b%G",
        "\x01",
        "\x1b]0;\x18",
        "\x1bP1$r",
        "\u2028",
        "\x1b]é",
    ),
)
"""Parts of what terminals take for controls: mistakes echo arguments without them."""


def controls(rng: random.Random) -> str:
    """A value with controls for a terminal in it."""
    return "".join(rng.choice(CONTROLS) for _ in range(rng.randint(1, 6)))


def right(rng: random.Random, row: Row) -> list[str]:
    """A command line that is right by its grammar, if not by its values."""
    args = declared(row)
    if row.name == "wit":
        words = [rng.choice(("a.wit", "p", "pkg.wasm", "c.wasm", "m.wasm", "a.wit"))]
    elif row.name == "embed":
        words = [
            rng.choice(("a.wit", "p", "pkg.wasm")),
            *rng.choice((["main.wasm"], ["m.wat"], ["--dummy"], ["--only-custom"])),
        ]
        words += ["-w", rng.choice(("w", "v"))] if rng.random() < 0.8 else []
    else:
        words = [rng.choice(("m.wasm", "main.wasm"))]
        words += ["--adapt", "old.wasm"] if words[0] == "main.wasm" and rng.random() < 0.8 else []
    for arg in rng.sample(args, rng.choice((0, 1, 1, 2, 2, 3))):
        if not arg.index:
            words = put(rng, words, spelled(rng, arg, value_of(rng, arg, rng.random() < 0.8)))
    return words


def put(rng: random.Random, words: list[str], more: list[str]) -> list[str]:
    """More words somewhere between the others."""
    at = rng.randint(0, len(words))
    return [*words[:at], *more, *words[at:]]


def value_of(rng: random.Random, arg: Arg, known: bool = True) -> str:
    """A value for an option."""
    if not known:
        return controls(rng) if rng.random() < 0.2 else rng.choice(ANY)
    if arg.id in ("output", "out-dir"):
        return rng.choice(PLACES[:6] if rng.random() < 0.6 else PLACES)
    if arg.index:
        return rng.choice(PATHS)
    if arg.value_name == "WORLD":
        return rng.choice(VALUES["world"])
    if arg.value_name == "true|false":
        return rng.choice(VALUES["validate"])
    return rng.choice(VALUES.get(arg.id, ANY))


def spelled(rng: random.Random, arg: Arg, value: str) -> list[str]:
    """An option in one of the ways that it can be typed."""
    name = f"-{arg.short}" if arg.short and (not arg.long or rng.random() < 0.5) else f"--{arg.long}"
    if not arg.takes_value:
        return [name]
    if arg.optional_value:
        return [name] if rng.random() < 0.4 else [f"{name}={value}"]
    if name.startswith("--"):
        return [name, value] if rng.random() < 0.5 else [f"{name}={value}"]
    return rng.choice(([name, value], [name, value], [name + value], [f"{name}={value}"]))


# ---------------------------------------------------------------------------- mistakes

Words = list[str]


def one_more(rng: random.Random, row: Row, words: Words) -> Words:
    """Any option, with any value."""
    arg = rng.choice(declared(row))
    more = [value_of(rng, arg)] if arg.index else spelled(rng, arg, value_of(rng, arg, rng.random() < 0.6))
    return put(rng, words, more)


def conflicting(rng: random.Random, row: Row, words: Words) -> Words:
    """Options that conflict with or require others."""
    args = [arg for arg in declared(row) if arg.conflicts or arg.requires]
    for arg in rng.sample(args, min(2, len(args))):
        words = put(rng, words, spelled(rng, arg, value_of(rng, arg)))
    return words


def twice(rng: random.Random, _: Row, words: Words) -> Words:
    """A word once more, with the one behind it perhaps."""
    if not words:
        return words
    at = rng.randrange(len(words))
    return put(rng, words, words[at : at + rng.choice((1, 2))])


def one_less(rng: random.Random, _: Row, words: Words) -> Words:
    """A word is missing."""
    if not words:
        return words
    at = rng.randrange(len(words))
    return [*words[:at], *words[at + 1 :]]


def shuffled(rng: random.Random, _: Row, words: Words) -> Words:
    return rng.sample(words, len(words))


def misspelled(rng: random.Random, row: Row, words: Words) -> Words:
    """An option with a letter too many, too few, or another; or the beginning of it."""
    longs = [arg.long for arg in declared(row) if arg.long]
    name = typo(rng, rng.choice(longs))
    return put(rng, words, [f"--{name}" + rng.choice(("", "", "=x", "="))])


def typo(rng: random.Random, word: str) -> str:
    """A word that is nearly spelled right."""
    if not word:
        return rng.choice("abcxyz-_é")
    at = rng.randrange(len(word))
    kinds: tuple[Callable[[], str], ...] = (
        lambda: word[:at] + word[at + 1 :],
        lambda: word[:at] + word[at] + word[at:],
        lambda: word[:at] + rng.choice("abcxyz-_é") + word[at + 1 :],
        lambda: word[: max(1, at)],
        lambda: word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
        lambda: word + rng.choice(("s", "-x", "=")),
        lambda: word.upper(),
        lambda: word.replace("-", "_"),
    )
    return rng.choice(kinds)()


def cluster(rng: random.Random, row: Row, words: Words) -> Words:
    """Short options in one word, unknown ones among them."""
    letters = [arg.short for arg in declared(row) if arg.short] + ["x", "é", "1", "="]
    return put(rng, words, ["-" + "".join(rng.choice(letters) for _ in range(rng.choice((1, 2, 2, 3))))])


def value_for_a_flag(rng: random.Random, row: Row, words: Words) -> Words:
    flags = [arg for arg in declared(row) if arg.action == SET_TRUE and arg.long]
    if not flags:
        return words
    return put(rng, words, [f"--{rng.choice(flags).long}={rng.choice(ANY)}"])


def no_value(rng: random.Random, row: Row, words: Words) -> Words:
    """An option at the end, without its value."""
    args = [arg for arg in declared(row) if arg.takes_value and not arg.index]
    arg = rng.choice(args)
    name = f"-{arg.short}" if arg.short and rng.random() < 0.5 else f"--{arg.long}"
    return [*words, name + rng.choice(("", "", "="))]


def echoed(rng: random.Random, _: Row, words: Words) -> Words:
    """Controls for a terminal in what a mistake will show."""
    form = rng.choice(("%s", "--%s", "--color=%s", "--encoding=%s", "--world%s", "--out-dir=%s", "-%s", "a%s.wit"))
    return put(rng, words, [form % controls(rng)])


def dashes(rng: random.Random, _: Row, words: Words) -> Words:
    return put(rng, words, [rng.choice(("--", "--", "-", "---", "--=", "-=", "--=x"))])


def other_path(rng: random.Random, _: Row, words: Words) -> Words:
    """Another path for one of the words that are no options."""
    places = [at for at, word in enumerate(words) if not word.startswith("-")]
    if not places:
        return words
    at = rng.choice(places)
    return [*words[:at], rng.choice((*PATHS, *ANY)), *words[at + 1 :]]


MISTAKES: tuple[Callable[[random.Random, Row, Words], Words], ...] = (
    one_more,
    one_more,
    conflicting,
    conflicting,
    twice,
    one_less,
    shuffled,
    misspelled,
    misspelled,
    cluster,
    value_for_a_flag,
    no_value,
    dashes,
    echoed,
    other_path,
    other_path,
    other_path,
)


def elsewhere(rng: random.Random, line: list[str]) -> list[str]:
    """Options before the subcommand, no subcommand, or one that is misspelled."""
    names = {
        name for row in (WASM_TOOLS, *WASM_TOOLS.rows) for below in row.rows for name in (below.name, *below.aliases)
    }
    kind = rng.randrange(5)
    if kind == 0:
        return line[: rng.choice((0, 1))]
    if kind == 1:
        return [*line[:1], rng.choice(("--wit", "-x", "--color", "-V", "--version", "--worl", "-", "--")), *line[1:]]
    if kind == 2:
        return ["--version"] if rng.random() < 0.5 else ["-V", *line]
    at = rng.choice((0, 1))
    name = typo(rng, line[at])
    return line if name in names else [*line[:at], name, *line[at + 1 :]]


@functools.cache
def everything() -> dict[str, bytes]:
    """Files of every kind, for paths to lead to."""
    from pywasmtools.api import component_embed, component_new, component_wit

    module = component_embed(WIT.decode(), world="w", dummy="legacy")
    adapters = adapter_files()
    return {
        "a.wit": WIT,
        "b.wit": b"package a:b;\nworld {\n",
        "p/a.wit": WIT,
        "p/deps/x.wit": b"package x:y;\n\ninterface j {\n  g: func();\n}\n",
        "m.wasm": module,
        "main.wasm": adapters["m.wasm"],
        "old.wasm": adapters["old.wasm"],
        "m.wat": built_in.ADAPTED.encode(),
        "c.wasm": component_new(module),
        "pkg.wasm": component_wit(WIT.decode(), form="wasm"),
        "empty": b"",
        "text": b"\xffno text\n",
        "e/keep": b"",
    }
