"""Everything public: what checkers see exists at run time, has docs, and shows itself."""

from __future__ import annotations

import inspect
import pydoc
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import INSTALLED, ROOT, environment, unmeasured

import pywasmtools
from pywasmtools.release import PACKAGE_VERSION

OPAQUE = ("pywasmtools.wit.", "pywasmtools.text.")
"""What `Resolve.model` leads to is for who wants ids; it is compiled, and not walked here."""


def members(cls: type) -> Iterator[tuple[str, typing.Any]]:
    """The functions of a class that have signatures, by name: methods, and the getters of properties."""
    for name in dir(cls):
        value = inspect.getattr_static(cls, name)
        if isinstance(value, staticmethod | classmethod):
            value = value.__func__
        if isinstance(value, property):
            yield name, value.fget
        elif inspect.isfunction(value) and value.__module__.startswith("pywasmtools"):
            if not name.startswith("_") or name == "__init__":
                yield name, value


def named_in(hint: object) -> Iterator[type]:
    """The classes of ours that an annotation names."""
    if isinstance(hint, type) and hint.__module__.startswith("pywasmtools") and not hint.__module__.startswith(OPAQUE):
        yield hint
    for argument in typing.get_args(hint):
        yield from named_in(argument)


def everything() -> dict[str, typing.Any]:
    """Functions and classes by name: those in `__all__`, and those that annotations of these lead to."""
    found: dict[str, typing.Any] = {}
    todo = [getattr(pywasmtools, name) for name in pywasmtools.__all__]
    while todo:
        value = todo.pop()
        for cls in named_in(value):
            if cls is not value:
                todo.append(cls)
        if not inspect.isfunction(value) and not inspect.isclass(value):
            continue
        key = f"{value.__module__}.{value.__qualname__}"
        if key in found:
            continue
        found[key] = value
        if isinstance(value, type):
            todo += [base for base in value.__mro__ if base.__module__.startswith("pywasmtools")]
            for name, function in members(value):
                found[f"{key}.{name}"] = function
                todo += [c for hint in typing.get_type_hints(function).values() for c in named_in(hint)]
        else:
            todo += [c for hint in typing.get_type_hints(value).values() for c in named_in(hint)]
    return found


FOUND = everything()


def test_there_is_much_of_it() -> None:
    assert len(FOUND) > 150
    for name in ("library.resolve.Resolve.to_json", "library.items.Function.params", "library.types.TypeDef.size"):
        assert f"pywasmtools.{name}" in FOUND


@pytest.mark.parametrize("name", sorted(FOUND))
def test_annotations_and_signatures_exist_at_run_time(name: str) -> None:
    value = FOUND[name]
    hints = typing.get_type_hints(value)
    if isinstance(value, type):
        return  # its constructor is there by itself
    signature = inspect.signature(value, eval_str=True)
    for parameter in list(signature.parameters.values())[1 if "self" in signature.parameters else 0 :]:
        assert parameter.name in hints, f"{name}: {parameter.name} has no type"
    assert "return" in hints, f"{name} does not say what it returns"


def interpreted(name: str) -> bool:
    """Whether something has the docs that its source has: the compiler drops those of classes."""
    return (inspect.getsourcefile(sys.modules[FOUND[name].__module__]) or "").endswith(".py")


@pytest.mark.parametrize("name", sorted(n for n in FOUND if not n.endswith(".__init__") and interpreted(n)))
def test_everything_has_docs(name: str) -> None:
    assert (FOUND[name].__doc__ or "").strip()


@pytest.mark.parametrize("name", pywasmtools.__all__)
def test_every_name_is_there(name: str) -> None:
    value = getattr(pywasmtools, name)
    assert name in dir(pywasmtools)
    if inspect.isfunction(value) or inspect.isclass(value):
        assert value.__name__ == name
    elif name != "__version__":
        assert isinstance(value, types.UnionType) or typing.get_origin(value) is not None, name


def test_the_version() -> None:
    assert pywasmtools.__version__ == PACKAGE_VERSION


def test_help_names_everything() -> None:
    page = pydoc.plain(pydoc.render_doc(pywasmtools))
    for name in pywasmtools.__all__:
        assert name.strip("_") in page, name
    assert "parse_wit(" in page and "class Resolve(" in page


def test_completion_finds_what_begins_so() -> None:
    import rlcompleter

    completer = rlcompleter.Completer({"wt": pywasmtools})
    found: set[str] = set()
    while match := completer.complete("wt.component_", len(found)):
        found.add(match.rstrip("("))
    assert {"wt.component_embed", "wt.component_new", "wt.component_wit"} <= found


def test_a_star_brings_what_is_listed() -> None:
    names: dict[str, object] = {}
    exec("from pywasmtools import *", names)
    assert set(pywasmtools.__all__) <= set(names)


WRONG = """
from pywasmtools import component_nwe
import pywasmtools
pywasmtools.parse_wti("")
pywasmtools.Resolve
"""


def test_a_wrong_name_fails_under_mypy_and_at_run_time(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    env = environment(MYPYPATH="" if INSTALLED else str(ROOT))
    argv = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--no-incremental", "wrong.py"]
    done = subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    assert 'Module "pywasmtools" has no attribute "component_nwe"' in done.stdout, done.stdout + done.stderr
    assert 'Module has no attribute "parse_wti"' in done.stdout
    assert done.stdout.count("error:") == 2
    with pytest.raises(ImportError, match="component_nwe"):
        exec("from pywasmtools import component_nwe", {})


def test_importing_it_loads_nothing() -> None:
    code = "import sys; before = set(sys.modules); import pywasmtools; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], env=unmeasured(), capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["__future__", "pywasmtools"]
