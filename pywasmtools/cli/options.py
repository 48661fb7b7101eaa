"""The options that several commands have: how they are declared, and what their values mean."""

from __future__ import annotations

from pywasmtools.cli.clap import APPEND, COUNT, SET, SET_TRUE, Arg, BadValue, MissingValue
from pywasmtools.diagnostics import path_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

# ------------------------------------------------------------------ values


def path_value(text: str) -> object:
    """A path: anything but empty."""
    if not text:
        raise MissingValue
    return text


def color_value(text: str) -> object:
    """A colour choice, in any case."""
    choice = text.lower()
    if choice in ("always", "always-ansi", "never", "auto"):
        return choice
    raise BadValue(f"unrecognized color choice '{choice}': valid choices are: always, always-ansi, never, auto")


def dwarf_value(text: str) -> object:
    """How much DWARF to make of a text module."""
    if text in ("lines", "full"):
        return text
    raise BadValue(f"unknown `--generate-dwarf` setting: {text}")


def features_value(text: str) -> object:
    """A list of WebAssembly features; what it means is worked out where it is needed."""
    from pywasmtools.diagnostics import WasmToolsError
    from pywasmtools.wasm.features import feature_steps

    try:
        feature_steps(text)
    except WasmToolsError as e:
        raise BadValue(str(e)) from None
    return text


# ------------------------------------------------------------------ declarations

GENERAL: Final = (
    Arg("verbose", COUNT, short="v", long="verbose", group="GeneralOpts"),
    Arg("color", SET, long="color", value_name="COLOR", parser=color_value, group="GeneralOpts"),
)

MODULE_INPUT: Final = "InputArg"
"""The group of a command's `INPUT` that is a module or a component."""

INPUT: Final = Arg("input", SET, value_name="INPUT", index=1, any_bytes=True, parser=path_value, group=MODULE_INPUT)
"""The only positional of most commands: a module or a component."""

OUTPUT: Final = Arg(
    "output", SET, short="o", long="output", value_name="OUTPUT", any_bytes=True, parser=path_value, group="OutputArg"
)

DWARF: Final = (
    Arg(
        "generate-dwarf",
        SET,
        long="generate-dwarf",
        value_name="lines|full",
        parser=dwarf_value,
        conflicts=("g",),
        group="GenerateDwarfArg",
    ),
    Arg("g", SET_TRUE, short="g", conflicts=("generate-dwarf",), group="GenerateDwarfArg"),
)


def wasm_features(short: str = "") -> Arg:
    """`--features`, of those that read WebAssembly; some have a short name for it."""
    return Arg(
        "features",
        APPEND,
        short=short,
        long="features",
        value_name="FEATURES",
        parser=features_value,
        group="CliFeatures",
    )


# ------------------------------------------------------------------ what was given


class WitPath:
    """The path of WIT, told from WIT text by being a path."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __fspath__(self) -> bytes:
        return path_bytes(self.path)


LARGE: Final = 600_000
"""Bytes of input, from where on several processes may be worth it."""


def dwarf_option(matches: Matches) -> str | None:
    """How much DWARF to make of a module given as text: `lines`, `full`, or none."""
    return "full" if matches.has("g") else matches.text("generate-dwarf")


def allow_workers(size: int) -> None:
    """Lets several processes work on the function bodies of a large input; `size` is in bytes."""
    if size >= LARGE:
        from pywasmtools.processes import allow

        allow()


def read_module(matches: Matches) -> bytes:
    """The module or component that a command is given, in binary. Text is translated, with DWARF where that is asked for."""
    from pywasmtools.load import read_input, read_wasm_bytes

    data, name = read_input(matches.text("input"))
    allow_workers(len(data))
    return read_wasm_bytes(data, name, dwarf_option(matches))


def feature_names(matches: Matches) -> tuple[str, ...]:
    """The names in all `--features`, separated by commas and white space."""
    given = matches.texts("features")
    return tuple(name for option in given for word in option.split() for name in word.split(",") if name)
