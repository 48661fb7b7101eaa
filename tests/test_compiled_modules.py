"""Compiled modules are used all or not at all, and only where there is enough to do; a library that can't be loaded is none."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from conftest import unmeasured

import pywasmtools
from pywasmtools.cli.amount import ALWAYS, SECTIONS, WHOLE, WIT, WORTHWHILE, is_much
from pywasmtools.cli.commands import WASM_TOOLS, ours
from pywasmtools.compiled import Compiled, begin

PACKAGE = Path(pywasmtools.__file__).parent
SUFFIX = EXTENSION_SUFFIXES[0]
PRINTED = "package a:b;\n\ninterface i {\n  f: func();\n}\n\n"
BINARY = b"\0asm\1\0\0\0"

TOLD = """
import os, sys
end = os._exit
def told(status):
    forms = {("compiled" if "_compiled" in (m.__file__ or "") else "sources") for n, m in sys.modules.items()
             if n.startswith(("pywasmtools.wasm", "pywasmtools.validation", "pywasmtools.wit", "pywasmtools.diagnostics"))}
    print(*sorted(forms), file=sys.stderr, flush=True)
    end(status)
os._exit = told
from pywasmtools.cli import start
start()
"""
"""Runs the command line and says on stderr in which form modules are there."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of compiled modules that were never compiled: their names decide what is found."""
    for name in ("h0__mypyc", "release", "wasm/__init__", "wasm/reader"):
        file = tmp_path / "_compiled" / f"{name}{SUFFIX}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    before = list(sys.meta_path)
    yield tmp_path
    sys.meta_path[:] = before


def test_a_finder_where_there_are_compiled_modules(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WASM_TOOLS_COMPILED", raising=False)
    found = begin(str(folder))
    assert found is not None and found.library == "h0__mypyc" and not found.is_told
    assert sys.meta_path[0] is found
    found.leave()
    found.leave()
    assert found not in sys.meta_path


@pytest.mark.parametrize(("told", "is_used", "is_told"), [("0", False, False), ("1", True, True), ("x", True, False)])
def test_the_environment_decides(
    folder: Path, told: str, is_used: bool, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASM_TOOLS_COMPILED", told)
    found = begin(str(folder))
    assert (found is not None, found is not None and found.is_told) == (is_used, is_told)


def test_modules_of_another_interpreter_are_none(folder: Path) -> None:
    for file in (folder / "_compiled").glob("*__mypyc*"):
        file.rename(file.with_name("h0__mypyc.cpython-27-x86_64-linux-gnu.so"))
    assert begin(str(folder)) is None


def test_a_folder_that_can_not_be_read_has_none(tmp_path: Path) -> None:
    (tmp_path / "_compiled").write_text("")
    assert begin(str(tmp_path)) is None


def test_what_is_found(folder: Path) -> None:
    """Modules and packages, whose sources stay what their other modules are looked for in."""
    finder = Compiled(str(folder), str(folder / "_compiled"), "h0__mypyc", SUFFIX, False)
    finder.is_loaded = True
    for name, file, search in (
        ("h0__mypyc", "h0__mypyc", None),
        ("pywasmtools.release", "release", None),
        ("pywasmtools.wasm", "wasm/__init__", [str(folder / "wasm")]),
        ("pywasmtools.wasm.reader", "wasm/reader", None),
    ):
        spec = finder.find_spec(name)
        assert spec is not None and spec.name == name and isinstance(spec.loader, ExtensionFileLoader)
        path = str(folder / "_compiled" / f"{file}{SUFFIX}")
        assert (spec.origin, spec.loader.path, spec.has_location) == (path, path, True)
        assert spec.submodule_search_locations == search
    for name in ("pywasmtools.cli", "pywasmtools.wasm.payloads", "h0", "os", "pywasmtools"):
        assert finder.find_spec(name) is None


def test_a_package_keeps_the_path_of_its_sources(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiled package says of itself that it lies where the shared library does."""
    finder = Compiled(str(folder), str(folder / "_compiled"), "h0__mypyc", SUFFIX, False)
    finder.is_loaded = True
    monkeypatch.setattr(
        ExtensionFileLoader, "exec_module", lambda _, module: setattr(module, "__path__", ["elsewhere"])
    )
    for name, path in (("pywasmtools.wasm", [str(folder / "wasm")]), ("pywasmtools.release", ["elsewhere"])):
        module = ModuleType(name)
        spec = module.__spec__ = finder.find_spec(name)
        assert spec is not None and isinstance(spec.loader, ExtensionFileLoader)
        spec.loader.exec_module(module)
        assert module.__path__ == path


STOOD_IN_FOR = ("importlib", "importlib._bootstrap", "importlib.machinery")


@pytest.mark.parametrize("how", ["loads", "fails", "is there"])
def test_a_command_does_without_importlib(how: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What mypyc's runtime library asks of it is there while a compiled module is made, and gone afterwards."""
    seen: list[object] = []

    def make(_: ExtensionFileLoader, spec: ModuleSpec) -> ModuleType:
        seen.extend(sys.modules[name] for name in STOOD_IN_FOR)
        assert sys.modules["importlib.machinery"].ModuleSpec is ModuleSpec
        assert sys.modules["importlib.machinery"].ExtensionFileLoader is ExtensionFileLoader
        assert callable(sys.modules["importlib._bootstrap"]._get_module_lock)
        if how == "fails":
            raise ImportError
        return ModuleType(spec.name)

    monkeypatch.setattr(ExtensionFileLoader, "create_module", make)
    finder = Compiled(str(folder), str(folder / "_compiled"), "h0__mypyc", SUFFIX, False)
    finder.serve_command()
    spec = finder.find_spec("h0__mypyc")
    assert spec is not None and isinstance(spec.loader, ExtensionFileLoader)
    before = [sys.modules[name] for name in STOOD_IN_FOR]
    if how != "is there":
        for name in STOOD_IN_FOR:
            monkeypatch.delitem(sys.modules, name)
    if how == "fails":
        with pytest.raises(ImportError):
            spec.loader.create_module(spec)
    else:
        made = spec.loader.create_module(spec)
        assert isinstance(made, ModuleType) and made.__name__ == "h0__mypyc"
    assert [name in sys.modules for name in STOOD_IN_FOR] == [how == "is there"] * 3
    assert (seen == before) == (how == "is there")


def test_a_library_that_is_damaged_is_none(folder: Path) -> None:
    found = begin(str(folder))
    assert found is not None
    assert found.find_spec("pywasmtools.release") is None
    assert found not in sys.meta_path
    assert "h0__mypyc" not in sys.modules


@pytest.mark.slow
def test_commands_do_without_a_library_that_is_damaged(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "pywasmtools", ignore=shutil.ignore_patterns("lab", "__pycache__", "_compiled"))
    for name in ("h0__mypyc", "diagnostics", "wit/__init__"):
        file = tmp_path / "pywasmtools" / "_compiled" / f"{name}{SUFFIX}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\x7fELF")
    (tmp_path / "w.wit").write_text(PRINTED)
    for told in ("0", "1", ""):
        env = unmeasured(WASM_TOOLS_COMPILED=told) | {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}
        command = [sys.executable, "-c", TOLD, "component", "wit", "w.wit"]
        done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, PRINTED, "sources\n")


# ------------------------------------------------------------------------------- is it much


def much(folder: Path, *arguments: str) -> bool:
    before = os.getcwd()
    os.chdir(folder)
    try:
        return is_much(list(arguments))
    finally:
        os.chdir(before)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    small = WORTHWHILE * 9 // 10
    for name, size in (("small", small), ("large", WORTHWHILE), ("huge", WORTHWHILE * SECTIONS)):
        (tmp_path / f"{name}.wasm").write_bytes(BINARY.ljust(size, b"\0"))
        (tmp_path / f"{name}.wat").write_bytes(b"(module)".ljust(size))
        (tmp_path / f"{name}.wit").write_bytes(b"package a:b;".ljust(size * WIT))
        (tmp_path / name / "deps" / "a").mkdir(parents=True)
        (tmp_path / name / "deps" / "a" / "b.wit").write_bytes(b"package a:b;".ljust(size * WIT // 2))
        (tmp_path / name / "c.wit").write_bytes(b"package a:b;".ljust(size * WIT // 2))
        (tmp_path / name / "c.txt").write_bytes(bytes(size))
    return tmp_path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("validate small.wasm", False),
        ("validate large.wasm", True),
        ("validate --features all large.wasm", True),
        ("validate large.wat", True),
        ("print large.wasm -o small.wat", True),
        ("print small.wasm -o large.wat", False),
        ("print --output large.wat small.wasm", False),
        ("-v print large.wasm", True),
        ("parse large.wat -o x", True),
        ("wat2wasm large.wat", True),
        ("component new small.wasm", True),
        ("component targets small small.wasm", True),
        ("component unbundle large.wasm --module-dir x", False),
        ("component embed --dummy --option=x=large.wit", True),
        ("component embed small small.wasm", False),
        ("component embed small large.wasm", False),
        ("component embed small large.wasm -t", True),
        ("component embed small huge.wasm", True),
        ("component embed small large.wat", True),
        ("component embed large small.wasm", True),
        ("component embed --dummy large.wit", True),
        ("component wit small", False),
        ("component wit large", True),
        ("component wit large.wit", True),
        ("component wit small.wasm", False),
        ("component wit large.wasm", True),
        ("component wit missing.wasm", False),
        ("strip -a large.wasm", False),
        ("strip -a huge.wasm", True),
        ("strip -a large.wat", True),
        ("--version", False),
        ("", False),
        ("print", False),
    ],
)
def test_how_much_there_is_to_do(line: str, expected: bool, files: Path) -> None:
    assert much(files, *line.split()) is expected


def test_the_commands_named_are_ours() -> None:
    rows = ours(WASM_TOOLS)
    names = {row.path.split()[-1] for row in rows} | {alias for row in rows for alias in row.aliases}
    assert {*ALWAYS, *WHOLE} <= names


IN_PIPES = """
import sys
from pywasmtools.cli.amount import is_much
print(is_much(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("line", "stdin", "expected"),
    [
        ("print", "large.wasm", True),
        ("print", "small.wasm", False),
        ("strip", "large.wasm", False),
        ("strip", "huge.wasm", True),
        ("print", "pipe", True),
        ("component new -", "pipe", True),
        ("component embed small", "pipe", False),
        ("strip", "pipe", False),
        ("print", "nothing", False),
        ("--version", "pipe", False),
    ],
)
def test_how_much_comes_on_stdin(line: str, stdin: str, expected: bool, files: Path) -> None:
    """A file by its size; a pipe may have much."""
    command = [sys.executable, "-c", IN_PIPES, *line.split()]
    env = unmeasured(PYTHONPATH=str(PACKAGE.parent))
    if stdin == "pipe":
        done = subprocess.run(command, input=b"", capture_output=True, cwd=files, env=env)
    elif stdin == "nothing":
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=files, env=env)
    else:
        with open(files / stdin, "rb") as file:
            done = subprocess.run(command, stdin=file, capture_output=True, cwd=files, env=env)
    assert done.stdout.decode().split() == [str(expected)], done.stderr


# ------------------------------------------------------------------------------- what is compiled


def test_long_tuples_are_declared_as_such() -> None:
    """A tuple of so many places is, compiled, a structure that is copied part by part wherever it is named."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in ("cli", "lab", "library"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.AnnAssign) or not isinstance(node.annotation, ast.Name):
                continue
            private = isinstance(node.target, ast.Name) and node.target.id.startswith("_")
            if isinstance(node.value, ast.Tuple) and len(node.value.elts) > 8 and not (private and is_data(path)):
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert found == []


def is_data(path: Path) -> bool:
    """Whether a module only holds data, and is left as it is."""
    return path.match("*_tables.py") or path.match("unicode_*.py") or path.name in ("char_widths.py", "spdx_lists.py")


# ------------------------------------------------------------------------------- a compiled package


EVERY_MODULE = """
import importlib, pkgutil, sys
import pywasmtools
names = [m.name for m in pkgutil.walk_packages(pywasmtools.__path__, "pywasmtools.") if not m.name.endswith("__main__")]
names = [n for n in names if not n.startswith(("pywasmtools.lab", "pywasmtools._compiled"))]
for name in names:
    importlib.import_module(name)
finder = pywasmtools._COMPILED
wrong = [n for n in names if finder and bool(finder.file_of(n)) != ("_compiled" in sys.modules[n].__file__)]
print(len(names), wrong)
"""


def test_every_module_is_there() -> None:
    """Also those that are not compiled, in packages that are: in the form that they have."""
    env = unmeasured(PYTHONPATH="" if "PYWASMTOOLS_COMPILED" in os.environ else str(PACKAGE.parent))
    done = subprocess.run([sys.executable, "-P", "-c", EVERY_MODULE], capture_output=True, text=True, env=env)
    count, wrong = done.stdout.split(maxsplit=1)
    assert int(count) > 250 and wrong == "[]\n", done.stderr


@pytest.mark.skipif("PYWASMTOOLS_COMPILED" not in os.environ, reason="a pure package may be under test")
@pytest.mark.parametrize(
    ("line", "told", "expected"),
    [
        ("component wit small", "", "sources"),
        ("component wit small", "1", "compiled"),
        ("component wit large", "", "compiled"),
        ("component wit large", "0", "sources"),
        ("strip huge.wasm", "", "compiled"),
        ("strip large.wasm", "", "sources"),
        ("component new small.wasm", "", "compiled"),
        ("--version", "", "sources"),
    ],
)
@pytest.mark.parametrize("before", ["", "import pywasmtools.diagnostics"])
def test_a_compiled_package_has_its_modules_in_one_form(
    before: str, line: str, told: str, expected: str, files: Path
) -> None:
    """A module that is there before the command begins decides, too."""
    env = unmeasured(WASM_TOOLS_COMPILED=told)
    command = [sys.executable, "-P", "-c", f"{before}\n{TOLD}", *line.split()]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=files)
    assert done.stderr.splitlines()[-1] == ("compiled" if before and told != "0" else expected)


@pytest.mark.skipif("PYWASMTOOLS_COMPILED" not in os.environ, reason="a pure package may be under test")
def test_the_library_is_built_for_use() -> None:
    """Without the assertions of the interpreter's own headers, which a build with other flags than its own has."""
    (library,) = (PACKAGE / "_compiled").glob(f"*__mypyc{SUFFIX}")
    assert not [name for name in (b"__assert_fail", b"__assert_rtn", b"_wassert") if name in library.read_bytes()]
