"""The bundle: never wrong, whatever becomes of it or of the sources; slower at worst. Each test has a copy of the package."""

from __future__ import annotations

import importlib
import os
import py_compile
import random
import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import unmeasured

import pywasmtools
from pywasmtools.cli import bundle, bundling
from pywasmtools.cli.bundle_parts import PARTS
from pywasmtools.compiled import Compiled

PACKAGE = Path(pywasmtools.__file__).parent
TAG = sys.implementation.cache_tag
LINE = f"{importlib.import_module('pywasmtools.release').VERSION_LINE}\n"
WIT = "package a:b;\n\ninterface i {\n  f: func();\n}\n\n"

PROBE = """
import os, sys
from pywasmtools.cli import bundle
end, finish = os._exit, bundle.finish
def told():
    for finder in sys.meta_path:
        if type(finder) is bundle.Bundle:
            print("missed", len(finder.missed), "parts", len(finder.read), file=sys.stderr)
            break
    else:
        print("off", file=sys.stderr)
    AFTER
    sys.stdout.flush()  # what follows may leave without
    return finish()
bundle.finish = told
from pywasmtools.cli import start
start()
"""
"""Runs the command line and says on stderr how many modules the bundle lacked, and how many parts were read."""


Env = dict[str, str] | None


class Copy:
    """A copy of the package, and what its runs say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = folder / "pywasmtools"
        self.file = self.package / "cli" / "__pycache__" / f"bundled.{TAG}.pyc"
        self.wit = folder / "w.wit"
        self.wit.write_text(WIT)

    def run(self, *args: str, flags: tuple[str, ...] = (), after: str = "", env: Env = None) -> tuple[str, str]:
        """What a run prints: on stdout, and what `PROBE` tells."""
        command = [sys.executable, *flags, "-c", PROBE.replace("AFTER", after), *args]
        given = self.environment(**env or {})
        done = subprocess.run(command, capture_output=True, text=True, env=given, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr.strip()

    def environment(self, **more: str) -> dict[str, str]:
        return unmeasured(**more) | {"PYTHONPATH": str(self.folder), "PYTHONSAFEPATH": "1"}

    def version(self, **env: str) -> str:
        """What the bundle did in a run that prints the version, which is right."""
        out, told = self.run("--version", env=env)
        assert out == LINE
        return told

    def source(self, name: str) -> Path:
        return self.package / name


def copied(source: Path, folder: Path) -> Copy:
    unneeded = shutil.ignore_patterns("lab", "library", "changes", "bundled.*.pyc*", "*.so")
    shutil.copytree(source, folder / "pywasmtools", ignore=unneeded)
    return Copy(folder)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    made = copied(PACKAGE, tmp_path)
    made.version()  # makes what bytecode there isn't
    made.file.unlink(missing_ok=True)
    return made


ALL = "missed 0 parts 1"


def test_the_first_run_makes_it_and_the_second_has_it(copy: Copy) -> None:
    first = copy.version()
    assert first.startswith("missed ") and first.endswith(" parts 0")
    assert copy.file.read_bytes().startswith(bundle.HEAD)
    assert copy.version() == ALL
    once = copy.run("component", "wit", str(copy.wit))
    assert once[0] == WIT
    copy.run("component", "wit", str(copy.wit))
    again = copy.run("component", "wit", str(copy.wit))
    assert again[0] == WIT and again[1].startswith("missed 0 ")


ABOUT = """
    import pywasmtools.cli.main as m
    from importlib.machinery import SourceFileLoader
    for name, m in sorted(sys.modules.items()):
        if name.startswith("pywasmtools.") and "bundl" not in name:
            s = m.__spec__
            codes = {f.__code__.co_filename for f in vars(m).values() if hasattr(f, "__code__") and f.__module__ == name}
            print(name, m.__file__, m.__cached__, m.__package__, getattr(m, "__path__", 0), type(m.__loader__), m.__loader__.path,
                s.name, s.origin, s.cached, s.has_location, s.submodule_search_locations, s.parent, s.loader is m.__loader__,
                sorted(codes), sys.modules[name.rpartition(".")[0]].__dict__[name.rpartition(".")[2]] is m, m.__name__)
"""


@pytest.mark.parametrize("prefixed", [False, True])
def test_modules_know_of_themselves_what_an_import_tells_them(copy: Copy, tmp_path: Path, prefixed: bool) -> None:
    env = {"PYTHONPYCACHEPREFIX": str(tmp_path / "elsewhere")} if prefixed else {}
    first = copy.run("component", "wit", str(copy.wit), after=ABOUT, env=env)
    again = copy.run("component", "wit", str(copy.wit), after=ABOUT, env=env)
    assert again[1].startswith("missed 0 ")
    lines = first[0].splitlines()
    assert len(lines) > 30 and set(lines) <= set(again[0].splitlines())


def test_sources_can_be_shown_and_reloaded_and_are_in_tracebacks(copy: Copy) -> None:
    copy.version()
    code = """
    import inspect, importlib, pickle, traceback
    import pywasmtools.cli.clap as clap, pywasmtools.cli.main as main
    assert inspect.getsource(clap.parse).startswith("def parse(")
    assert pickle.loads(pickle.dumps(clap.parse)) is clap.parse
    try: clap.parse(None, None)
    except Exception as e: assert "clap.py" in (t := traceback.format_exc()) and "    " in t, t
    old = clap.parse
    assert importlib.reload(clap) is clap and clap.parse is not old
"""
    assert copy.run("--version", after=code) == (LINE, ALL)


LACKING = """
    import types
    import pywasmtools.cli.clap as clap
    assert isinstance(clap, types.ModuleType) and not hasattr(clap, "__path__") and getattr(clap, "nothing", 1) == 1
    try: from pywasmtools.cli.clap import nothing
    except ImportError as e: print(e.name, e.path == clap.__file__, str(e).replace(clap.__file__, ""))
    try: clap.nothing
    except AttributeError as e: print(e.name, e.obj is clap)
    try: import pywasmtools.cli.clap.nothing
    except ImportError as e: print(e.name, e)
"""


def test_what_a_module_has_not(copy: Copy) -> None:
    """It is told as it is of any module."""
    first, again = (copy.run("--version", after=LACKING) for _ in range(2))
    assert again == (first[0], ALL) and first[0].count("nothing") == 4


@pytest.mark.parametrize("how", ["size", "time", "older", "nanoseconds"])
def test_a_changed_source_is_seen(copy: Copy, how: str) -> None:
    copy.version()
    path = copy.source("release.py")
    before = path.stat()
    text = path.read_text()
    if how == "size":
        path.write_text(text + "\nVERSION_LINE = 'other'\n")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert copy.run("--version")[0] == "other\n"
        return
    path.write_text(text.replace("1.263.", "1.999."))
    shift = {"time": 2_000_000_000, "older": -5_000_000_000, "nanoseconds": 1}[how]
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns // 10**9 * 10**9 + 500 + shift))
    out, told = copy.run("--version")
    assert told.startswith("missed 1 ")
    if how != "nanoseconds":  # there the .pyc is not what it should be
        assert "1.999." in out
        assert copy.run("--version") == (out, ALL)


def test_whole_seconds_are_enough_where_an_archive_kept_no_more(copy: Copy) -> None:
    copy.version()
    for path in copy.package.rglob("*.py"):
        os.utime(path, ns=(0, path.stat().st_mtime_ns // 10**9 * 10**9))
    assert copy.version() == ALL


def test_an_upgrade_in_place(copy: Copy) -> None:
    copy.version()
    for path in copy.package.rglob("*.py"):
        text = path.read_bytes()
        path.unlink()
        path.write_bytes(text.replace(b"1.263.", b"1.264.") + b"\n# newer\n")
    out, told = copy.run("--version")
    assert "1.264." in out and not told.startswith("missed 0")
    assert copy.run("--version") == (out, ALL)


@pytest.mark.parametrize("keeping", [True, False])
def test_a_copied_tree(copy: Copy, tmp_path: Path, keeping: bool) -> None:
    copy.run("component", "wit", str(copy.wit))
    other = tmp_path / "other"
    how = shutil.copy2 if keeping else shutil.copyfile
    shutil.copytree(copy.package, other / "pywasmtools", copy_function=how)
    shutil.rmtree(copy.package)
    there = Copy(other)
    first, _ = there.run("component", "wit", str(there.wit), after=ABOUT)
    assert str(copy.package) + os.sep not in first
    assert str(other) in first
    there.version()
    assert there.version() == ALL


@pytest.mark.parametrize("flag", ["-O", "-OO"])
def test_levels_of_optimization_have_their_own(copy: Copy, flag: str) -> None:
    copy.version()
    out, told = copy.run("--version", flags=(flag,))
    assert out == LINE and told.endswith("parts 0")
    assert copy.run("--version", flags=(flag,), after="assert False")[1] == ALL
    assert copy.file.with_name(f"bundled.{TAG}.opt-{len(flag) - 1}.pyc").exists()


def test_no_bytecode_is_written_where_none_is_wanted(copy: Copy) -> None:
    assert copy.version(PYTHONDONTWRITEBYTECODE="1").endswith("parts 0")
    assert not copy.file.exists()
    copy.version()
    assert copy.version(PYTHONDONTWRITEBYTECODE="1") == ALL


def test_a_prefix_of_bytecode(copy: Copy, tmp_path: Path) -> None:
    prefix = tmp_path / "elsewhere"
    copy.version(PYTHONPYCACHEPREFIX=str(prefix))
    assert copy.version(PYTHONPYCACHEPREFIX=str(prefix)) == ALL
    assert not copy.file.exists()
    assert [p.relative_to(prefix) for p in prefix.rglob("bundled*")] == [
        (copy.package / "cli" / f"bundled.{TAG}.pyc").relative_to("/")
    ]


def test_where_it_cannot_be_written(copy: Copy) -> None:
    copy.file.mkdir()
    (copy.file / "something").touch()
    for _ in range(2):
        assert copy.version().endswith("parts 0")
    assert not list(copy.file.parent.glob("bundled.*.pyc.*"))


def test_a_folder_that_takes_no_file(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise PermissionError

    found = missing(copy)
    monkeypatch.setattr(os, "open", refused)
    bundling.make(found)
    assert not copy.file.exists()


def missing(copy: Copy) -> bundle.Bundle:
    """A bundle of the copy that lacks all that is loaded for a version."""
    found = bundle.Bundle(str(copy.package), str(copy.file))
    found.open()
    found.missed += [f"pywasmtools.{name}" for name in PARTS[0].split()]
    return found


def test_one_that_is_killed_while_it_writes(copy: Copy) -> None:
    copy.version()
    before = copy.file.read_bytes()
    os.utime(copy.source("release.py"), (1, 1))
    copy.run("--version", after="os.replace = lambda *_: end(0)")
    assert copy.file.read_bytes() == before
    copy.version()
    assert copy.version() == ALL


def test_eight_first_runs_at_once(copy: Copy) -> None:
    env = copy.environment()
    command = [sys.executable, "-m", "pywasmtools", "--version"]
    for _ in range(3):
        copy.file.unlink(missing_ok=True)
        runs = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
            for _ in range(8)
        ]
        assert [run.communicate()[0] for run in runs] == [LINE] * 8
        assert [p.name for p in copy.file.parent.glob("bundled.*")] == [copy.file.name]
        assert copy.version() == ALL


@pytest.mark.parametrize("places", [6, pytest.param(100, marks=pytest.mark.slow)])
def test_a_damaged_file(copy: Copy, places: int) -> None:
    copy.run("component", "wit", str(copy.wit))
    good = copy.file.read_bytes()
    chance = random.Random(places)
    for k in range(places):
        at = chance.randrange(chance.choice((40, 2_000, 30_000, len(good))))
        data = bytearray(good)
        if k % 3 == 0:
            del data[at:]
        else:
            data[at] ^= 1 << chance.randrange(8)
        copy.file.write_bytes(data)
        assert copy.run("component", "wit", str(copy.wit))[0] == WIT, (k, at)
    copy.version()
    assert copy.version() == ALL


def test_one_of_another_layout(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number should tell; where it was forgotten, nothing happens either."""
    monkeypatch.setattr(bundling, "place", lambda *_: ())
    bundling.make(missing(copy))
    assert copy.version() == "missed 6 parts 1"
    assert copy.version() == ALL


def test_one_of_another_interpreter(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "KEY", bundle.KEY + 1)
    bundling.make(missing(copy))
    assert copy.version().endswith("parts 0")
    assert copy.version() == ALL


def test_an_extension_module_comes_before_a_source(copy: Copy) -> None:
    copy.version()
    beside = copy.source(f"release{EXTENSION_SUFFIXES[0]}")
    beside.touch()
    found = missing(copy)
    assert not found._is_fresh("pywasmtools.release")
    there = bundling.find(found, "pywasmtools.release")
    assert there is not None and there.code is None
    beside.unlink()
    assert copy.version() == ALL


def test_a_module_whose_bytecode_goes_by_the_text_is_left_to_the_import(copy: Copy) -> None:
    hashed = py_compile.PycInvalidationMode.CHECKED_HASH
    py_compile.compile(str(copy.source("release.py")), invalidation_mode=hashed)
    copy.version()
    assert copy.version() == ALL
    path = copy.source("release.py")
    before = path.stat()
    path.write_text(path.read_text().replace("1.263.", "1.999."))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "1.999." in copy.run("--version")[0]


def test_who_watches_sees_imports(copy: Copy) -> None:
    copy.version()
    assert copy.run("--version", flags=("-X", "importtime"))[1].splitlines()[-1] == "off"
    assert "off" in copy.run("--version", flags=("-v",))[1].splitlines()
    assert "off" in copy.run("--version", env={"PYTHONPROFILEIMPORTTIME": "1"})[1].splitlines()
    code = "import sys; sys.settrace(lambda *_: None); from pywasmtools.cli import bundle; bundle.begin()\n"
    code += "assert bundle.Bundle not in map(type, sys.meta_path)\n"
    code += "sys.settrace(None); bundle.begin(); assert bundle.Bundle in map(type, sys.meta_path)"
    env = copy.environment()
    subprocess.run([sys.executable, "-c", code], env=env, check=True)


WATCHING: dict[str, dict[str, Any]] = {
    "-v": {"verbose": 1},
    "-i": {"inspect": 1},
    "a tracer": {"trace": print},
    "a profiler": {"profile": print},
    "-X importtime": {"xoptions": {"importtime": True}},
    "the variable": {"environ": {"PYTHONPROFILEIMPORTTIME": ""}},
    **{f"tool {k}": {"tool": k} for k in range(6)},
}


def watched(monkeypatch: pytest.MonkeyPatch, how: dict[str, Any], monitoring: bool = True) -> bool:
    """What the bundle makes of an interpreter that is watched in some way."""
    asked = SimpleNamespace(
        flags=SimpleNamespace(verbose=how.get("verbose", 0), inspect=how.get("inspect", 0)),
        gettrace=lambda: how.get("trace"),
        getprofile=lambda: how.get("profile"),
        _xoptions=how.get("xoptions", {"utf8": True}),
    )
    if monitoring:
        asked.monitoring = SimpleNamespace(get_tool=lambda k: "a tool" if k == how.get("tool") else None)
    monkeypatch.setattr(bundle, "sys", asked)
    monkeypatch.setattr(bundle, "os", SimpleNamespace(environ=how.get("environ", {"PYTHONPATH": ""})))
    return bundle.is_watched()


@pytest.mark.parametrize("way", WATCHING)
def test_each_way_to_watch_is_enough(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, WATCHING[way])
    assert watched(monkeypatch, WATCHING[way], monitoring=False) is not way.startswith("tool")


def test_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not watched(monkeypatch, {}) and not watched(monkeypatch, {}, monitoring=False)
    assert not watched(monkeypatch, {"tool": 6}), "there are six"


def test_a_failed_run_makes_none(copy: Copy) -> None:
    env = copy.environment()
    done = subprocess.run([sys.executable, "-m", "pywasmtools", "--nonsense"], env=env, capture_output=True)
    assert done.returncode == 2
    assert not copy.file.exists()


def test_modules_in_this_process(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same within one process, where coverage sees it."""
    names = ["pywasmtools.sections.parts", "pywasmtools.sections.strip", "pywasmtools.cli.tools.strip"]
    usual = [importlib.import_module(name) for name in names]
    # What the tree has, from a file elsewhere.
    made = bundle.Bundle(str(PACKAGE), str(copy.file))
    made.missed += names
    bundling.make(made)
    found = bundle.Bundle(str(PACKAGE), str(copy.file))
    found.open()
    monkeypatch.setattr(sys, "meta_path", [found])
    for name in reversed(names):
        monkeypatch.delitem(sys.modules, name)
    for name, module in zip(reversed(names), reversed(usual), strict=True):
        again = importlib.import_module(name)
        assert again is not module
        assert (again.__file__, again.__package__) == (module.__file__, module.__package__)
        assert type(again.__loader__) is type(module.__loader__)
        assert vars(again).keys() - {"__warningregistry__"} == vars(module).keys() - {"__warningregistry__"}
        monkeypatch.setattr(sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2], module)
    assert not found.missed
    assert found.find_spec("pywasmtools.nowhere") is None and found.missed == ["pywasmtools.nowhere"]


class Some(Compiled):
    """A finder that says of two modules that they are compiled, and finds none."""

    def __init__(self) -> None:
        super().__init__("", "", "", "", False)

    def file_of(self, name: str) -> str:
        return "x" if name in ("pywasmtools.diagnostics", "pywasmtools.wit") else ""


def test_what_is_there_compiled_is_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run with compiled modules reads no part that has them."""
    parts = [("pywasmtools.diagnostics", "pywasmtools.cli.main", "pywasmtools.wit"), ("pywasmtools.load",)]
    monkeypatch.setattr(pywasmtools, "_COMPILED", None)
    assert bundling.apart(parts) == parts
    monkeypatch.setattr(pywasmtools, "_COMPILED", Some())
    assert bundling.apart(parts) == [
        ("pywasmtools.cli.main",),
        ("pywasmtools.diagnostics", "pywasmtools.wit"),
        ("pywasmtools.load",),
    ]


def test_what_is_there_compiled_is_not_taken_from_the_bundle(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.version()
    found = bundle.Bundle(str(copy.package), str(copy.file), Some())
    found.open()
    monkeypatch.setattr(sys, "modules", {n: m for n, m in sys.modules.items() if not n.startswith("pywasmtools.")})
    number = found.modules["pywasmtools.diagnostics"][0]
    found._read(number)
    assert "pywasmtools.diagnostics" in found.parts[number][3] and len(found.codes) > 3
    assert "pywasmtools.diagnostics" not in found.codes and not found.missed
