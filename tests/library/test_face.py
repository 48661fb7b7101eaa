"""The public face: every public function and method by its parameters, their kinds and defaults, as `face.txt` has them.

    PYTHONPATH=. python tests/library/test_face.py

writes the file anew. What changes in it changes for all who call us: look at the difference, and say it in the changelog.
"""

from __future__ import annotations

import inspect
import re
import textwrap
import types
import typing
from pathlib import Path

import pytest

import pywasmtools
from pywasmtools import api
from pywasmtools.cli.clap import APPEND, SET_TRUE, Arg
from pywasmtools.cli.commands import WASM_TOOLS, ours

FACE = Path(__file__).parent / "face.txt"
EMPTY = inspect.Parameter.empty
HEAD = "# What callers may rely on: functions and methods with their parameters, types with what they are of. See test_face.py.\n"

interpreted = pytest.mark.skipif(not (api.__file__ or "").endswith(".py"), reason="compiled classes have other members")


def signature(name: str, function: typing.Any) -> str:
    """A function as it is called: its parameters without their types."""
    found = inspect.signature(function)
    bare = [parameter.replace(annotation=EMPTY) for parameter in found.parameters.values()]
    return f"{name}{found.replace(parameters=bare, return_annotation=inspect.Signature.empty)}"


def member(name: str, value: object) -> str:
    """A line on a member of a class."""
    if isinstance(value, property):
        return f"{name}: property{', can be set' if value.fset is not None else ''}"
    if isinstance(value, staticmethod | classmethod):
        return f"{type(value).__name__} {signature(name, value.__func__)}"
    if inspect.isfunction(value):
        return signature(name, value)
    return f"{name} = {value!r}" if value is None or isinstance(value, str | int) else f"{name}: attribute"


def class_lines(cls: type) -> list[str]:
    """A class of ours with what it adds to its bases."""
    bases = ", ".join(base.__name__ for base in cls.__bases__ if base is not object)
    lines = [f"class {cls.__name__}({bases})" if bases else f"class {cls.__name__}"]
    dataclass = cls.__dict__.get("__dataclass_params__")
    if dataclass is not None:
        marks = [mark for mark in ("frozen", "eq", "order") if getattr(dataclass, mark)]
        lines[0] += f", a dataclass: {', '.join(marks)}"
    members = {k: v for k, v in vars(cls).items() if not k.startswith("_") or k == "__init__"}
    return lines + [f"    {member(name, members[name])}" for name in sorted(members)]


def alias_line(name: str, value: object) -> str:
    """A type that stands for others."""
    parts = [part.__name__ if inspect.isclass(part) else repr(part) for part in typing.get_args(value)]
    return f"{name} = {re.sub(r'collections[.]abc[.]|typing[.]', '', ' | '.join(parts))}"


def bases_of(cls: type) -> typing.Iterator[type]:
    """Classes of ours that a public one has its members of."""
    return (base for base in cls.__mro__ if base.__module__.startswith("pywasmtools."))


def face() -> str:
    """The whole face, a block for each kind."""
    public = {name: getattr(pywasmtools, name) for name in pywasmtools.__all__ if name != "__version__"}
    functions = [signature(name, value) for name, value in public.items() if isinstance(value, types.FunctionType)]
    aliases = [alias_line(k, v) for k, v in public.items() if not isinstance(v, types.FunctionType | type)]
    classes = {base.__name__: base for v in public.values() if isinstance(v, type) for base in bases_of(v)}
    steps = [signature(f"api.{k}", v) for k, v in vars(api).items() if is_of_api(k, v)]
    lines = [*sorted(functions), "", *sorted(steps), "", *sorted(aliases)]
    for name in sorted(classes):
        lines += ["", *class_lines(classes[name])]
    return HEAD + "".join(f"{wrapped(line)}\n" for line in lines)


def is_of_api(name: str, value: object) -> bool:
    return callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == api.__name__


def wrapped(line: str) -> str:
    """A line of the file in 120 columns."""
    indent = " " * (len(line) - len(line.lstrip()) + 8)
    return "\n".join(textwrap.wrap(line, 120, subsequent_indent=indent, break_on_hyphens=False)) if line else ""


@interpreted
def test_the_face_is_as_written_down() -> None:
    assert face().splitlines() == FACE.read_text(encoding="utf-8").splitlines()


# ------------------------------------------------------------------------------- one default wherever it is told

COMMANDS = {row.path.removeprefix("component ").replace("-", "_"): row for row in ours(WASM_TOOLS)}
FUNCTIONS = {
    "wit": "component_wit",
    "embed": "component_embed",
    "new": "component_new",
    "print": "print_wat",
    "parse": "parse_wat",
    "metadata show": "metadata",
    "metadata add": "add_metadata",
}
"""Functions by the command that they are, where they are called otherwise."""

TOLD_OTHERWISE = {("embed", "dummy"): None, ("link", "stack-size"): None, ("print", "indent"): 2}
"""Defaults of the functions that are told in other words: names for a switch, None for a size that the linker knows."""

FEATURES_OF_WASM = ("validate", "print_wat")
"""Functions of `api` that take features in one text, as the command line has them."""


def default_of_option(arg: Arg, page: str) -> object:
    """What an option is where it is not given: what its help page tells, else nothing."""
    if arg.action == APPEND:
        return ()
    if arg.action == SET_TRUE:
        return False
    told = re.search(rf"--{re.escape(arg.long)}\b[^\n]*(?:\n {{8,}}[^\n]*)*", page)
    assert told is not None, arg.long
    default = re.search(r"\[default: (\w+)\]|(\w+) \(the default\)", told[0])
    if default is None:
        return None
    word = default[1] or default[2]
    return {"true": True, "false": False}.get(word, int(word) if word.isdigit() else word)


def defaults(function: typing.Any) -> dict[str, object]:
    """The parameters of a function that have a default, with it."""
    found = inspect.signature(function).parameters
    return {name: parameter.default for name, parameter in found.items() if parameter.default is not EMPTY}


@pytest.mark.parametrize("command", COMMANDS)
def test_defaults_are_those_of_the_command_line(command: str) -> None:
    row = COMMANDS[command]
    found = defaults(getattr(pywasmtools, FUNCTIONS.get(command, command)))
    page = row.page()
    options = {arg.id: default_of_option(arg, page) for arg in row.args() if arg.long and not arg.hidden}
    options |= {name: value for (of, name), value in TOLD_OTHERWISE.items() if of == command}
    shared = {id_: id_.replace("-", "_") for id_ in options if id_.replace("-", "_") in found}
    told = {name: options[id_] for id_, name in shared.items()}
    assert {name: (type(value), value) for name, value in told.items()} == {
        name: (type(found[name]), found[name]) for name in told
    }
    # What is said the other way round on the command line, or in one option of several.
    rest = {name: value for name, value in found.items() if name not in told}
    assert rest == NOT_SHARED.get(command, {})


NOT_SHARED: dict[str, dict[str, object]] = {
    "wit": {"form": "text", "docs": True, "validate": True},
    "embed": {"module": None},
    "new": {"adapters": (), "import_names": None},
    "link": {"libraries": (), "libdl": None, "adapters": ()},
    "metadata add": {"clear": ()},
    "validate": {"custom": False},
}
"""Parameters with a default that no option has the name of, by command."""


def test_defaults_are_those_of_the_steps_below() -> None:
    steps = {name: value for name, value in vars(api).items() if is_of_api(name, value)}
    both = [name for name in pywasmtools.__all__ if name in steps]
    assert len(both) == 17
    for name in both:
        above, below = defaults(getattr(pywasmtools, name)), defaults(steps[name])
        if name in FEATURES_OF_WASM:
            assert (above.pop("features"), below.pop("features")) == ((), "")
        if name == "validate":
            assert above.pop("generate_dwarf") is None
        assert above == below, name
        assert list(map(type, above.values())) == list(map(type, below.values())), name


def test_what_is_the_same_has_the_same_default_everywhere() -> None:
    told: dict[str, dict[object, list[str]]] = {}
    for name in pywasmtools.__all__:
        value = getattr(pywasmtools, name)
        if isinstance(value, types.FunctionType):
            for keyword, default in defaults(value).items():
                told.setdefault(keyword, {}).setdefault(default, []).append(name)
    several = {keyword: by_default for keyword, by_default in told.items() if len(by_default) > 1}
    # A module can't be imported under two names, so a mapping of none is None there.
    assert several == {"import_names": {None: ["component_new"], (): ["assemble"]}}


if __name__ == "__main__":
    FACE.write_text(face(), encoding="utf-8")
