"""For those who have TinyGo: is what it builds the same with our wasm-tools as with the real one?

    python scripts/check_tinygo.py

Builds each program of `examples/tinygo/` for wasip2 twice, once with $WASMTOOLS naming a real wasm-tools
($WASM_TOOLS_REFERENCE, or the one that `scripts/reference.py` installs) and once naming ours, compares what `tinygo build`
prints, its status, and the components to the byte, and runs them under wasmtime where that package is here. Two builds must
fail, in the same words: a world that is not there, and WIT that does not parse.

Exit status 1 on a difference or a program that does not run; 2 where there is nothing to compare with, which is said; 0 when
all is well, or when there is no TinyGo (`tinygo` on PATH or $TINYGO), which is said too.

The world of one's own includes `wasi:cli/imports@0.2.0`, whose WIT comes with TinyGo (`lib/wasi-cli/wit` below
`tinygo env TINYGOROOT`); it is laid into the package's `deps/` in a scratch folder.
"""

from __future__ import annotations

import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ours import environment
from reference import ReferenceUnavailable, reference

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "tinygo"
EXPECTED = {
    "hello": ([], "hello from TinyGo\n"),
    "arguments": (["one", "two"], "3 one two\ntook true\n"),
    "readfile": ([], "13 bytes: a small note\n"),
    "goroutines": ([], '[{"word":"a","times":3},{"word":"b","times":2},{"word":"c","times":1}]\n'),
}
FAILING = {"an unknown world": "world", "a WIT error": "world"}
"""Builds that must fail, and the programs that they build."""


class CannotCompare(Exception):
    """Something that both builds need is not as it should be; the text says what."""


@dataclass
class Build:
    """What `tinygo build` came to; `component` is None where it made none."""

    status: int
    stdout: str
    stderr: str
    component: bytes | None

    def said(self) -> str:
        """What it printed, in short."""
        return (self.stdout + self.stderr).strip() or f"status {self.status}, without a word"


def named(variable: str) -> Path | None:
    """The executable that a variable names, whole, for builds run in other folders; None where it is not set.

    A name without a folder is looked for on PATH. Raises CannotCompare for what is no executable.
    """
    value = os.environ.get(variable)
    if not value:
        return None
    found = shutil.which(value)
    if found is not None:
        return Path(found).absolute()
    path = Path(value)
    if path.is_dir():
        what = "is a folder, not an executable"
    elif path.exists():
        what = "can't be executed"
    elif path.is_absolute():
        what = "is not there"
    elif len(path.parts) > 1:
        what = f"is not there, from {Path.cwd()}"
    else:
        what = "is not on PATH"
    raise CannotCompare(f"${variable} names {value}, which {what}")


def find_tinygo() -> Path | None:
    """The TinyGo to use; raises CannotCompare where $TINYGO is wrong."""
    found = named("TINYGO")
    if found is None and (on_path := shutil.which("tinygo")) is not None:
        found = Path(on_path).absolute()
    return found


def find_reference() -> Path:
    """The real wasm-tools; raises CannotCompare where there is none, or ours stands in its place."""
    try:
        found = named("WASM_TOOLS_REFERENCE") or reference()
    except (ReferenceUnavailable, subprocess.CalledProcessError) as e:
        raise CannotCompare(f"there is no real wasm-tools: {e}") from None
    # Ours answers what a real one takes for a mistake (pywasmtools/cli/handing_on.py).
    if "this is pywasmtools" in output_of([str(found), "dump", "--is-this-pywasmtools"]):
        raise CannotCompare(f"{found} is ours, and ours is not compared with itself")
    return found


def output_of(command: list[str]) -> str:
    """What a program prints, on either stream; raises CannotCompare where it can't be run."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60
        )
    except OSError as e:
        raise CannotCompare(f"{command[0]} can't be run: {e.strerror}") from None
    except subprocess.TimeoutExpired:
        raise CannotCompare(f"{' '.join(command)} does not end") from None
    return done.stdout.decode(errors="replace").strip()


def our_wasm_tools(folder: Path) -> Path:
    """An executable script that starts ours under this interpreter, and nothing else that lies on its path."""
    env = environment()
    path = folder / "wasm-tools"
    path.write_text(
        "#!/bin/sh\n# starts pywasmtools\n"
        f"PYTHONSAFEPATH=1 PYTHONPATH={shlex.quote(env['PYTHONPATH'])} "
        f'exec {shlex.quote(sys.executable)} -m pywasmtools "$@"\n'
    )
    path.chmod(0o755)
    return path


def lay_out(name: str, tinygo: Path, folder: Path) -> list[str]:
    """Copies a program into a scratch folder; returns the extra options that build it."""
    shutil.copytree(EXAMPLES / FAILING.get(name, name), folder, dirs_exist_ok=True)
    if FAILING.get(name, name) != "world":
        return []
    root = output_of([str(tinygo), "env", "TINYGOROOT"])
    wit = Path(root) / "lib" / "wasi-cli" / "wit"
    if not wit.is_dir():
        raise CannotCompare(f"TinyGo's own WIT is not there: {wit} (below `tinygo env TINYGOROOT`)")
    deps = folder / "wit" / "deps"
    shutil.copytree(wit, deps / "cli", ignore=shutil.ignore_patterns("deps"))
    for package in sorted((wit / "deps").iterdir()) if (wit / "deps").is_dir() else ():
        if package.is_dir():
            shutil.copytree(package, deps / package.name)
        else:
            shutil.copy(package, deps / package.name)
    if name == "a WIT error":
        world = folder / "wit" / "world.wit"
        world.write_text(world.read_text().replace("add: func(", "add: function("))
    return ["-wit-package", str(folder / "wit"), "-wit-world", "nowhere" if name == "an unknown world" else "adder"]


def build(tinygo: Path, wasm_tools: Path, folder: Path, options: list[str]) -> Build:
    """What TinyGo makes with this wasm-tools."""
    out = folder / "main.wasm"
    out.unlink(missing_ok=True)
    env = {**os.environ, "WASMTOOLS": str(wasm_tools)}
    command = [str(tinygo), "build", "-target=wasip2", *options, "-o", str(out), "."]
    try:
        done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError as e:
        raise CannotCompare(f"{tinygo} can't be run: {e.strerror}") from None
    stdout, stderr = (without_scratch(data.decode(errors="replace")) for data in (done.stdout, done.stderr))
    return Build(done.returncode, stdout, stderr, out.read_bytes() if out.is_file() else None)


def without_scratch(text: str) -> str:
    """What TinyGo printed, without the number in the name of its scratch folder, another one each time."""
    return re.sub(r"\btinygo\d+", "tinygo-scratch", text)


def difference(theirs: Build, ours: Build) -> str | None:
    """How two builds differ, in words; None where they don't."""
    found = []
    if theirs.status != ours.status:
        found.append(f"status {theirs.status} and {ours.status}")
    for stream in ("stdout", "stderr"):
        a, b = getattr(theirs, stream), getattr(ours, stream)
        if a != b:
            found.append(f"{stream}:\n{marked('- ', a)}{marked('+ ', b)}".rstrip("\n"))
    a, b = theirs.component, ours.component
    if (a is None) != (b is None):
        found.append("only " + ("ours" if a is None else "the real wasm-tools") + " makes a component")
    elif a is not None and b is not None and a != b:
        at = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
        where = f"first at {at:#x}" if at is not None else f"the same up to {min(len(a), len(b)):#x}, where one ends"
        found.append(f"{len(a)} and {len(b)} bytes, {where}")
    return "; ".join(found) or None


def marked(mark: str, text: str) -> str:
    """A text with a mark before each line."""
    return "".join(f"    {mark}{line}\n" for line in text.splitlines()) or f"    {mark}(nothing)\n"


def without_wasmtime() -> str | None:
    """Why components can't be run here; None where they can."""
    try:
        for name in ("wasmtime", "wasmtime.component"):
            importlib.import_module(name)
    except (ImportError, OSError) as e:  # the latter where its library can't be loaded
        return str(e)
    return None


def run(name: str, component: bytes, folder: Path) -> str | None:
    """What is wrong with how a component runs under wasmtime, None where nothing is."""
    import wasmtime
    from wasmtime import component as model

    engine = wasmtime.Engine()
    linker = model.Linker(engine)
    linker.add_wasip2()
    store = wasmtime.Store(engine)
    config = wasmtime.WasiConfig()
    arguments, expected = EXPECTED.get(name, ([], ""))
    config.argv = [name, *arguments]
    stdout = folder / "stdout.txt"
    config.stdout_file = str(stdout)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "note.txt").write_text("a small note\n")
    config.preopen_dir(str(data), "/data")
    store.set_wasi(config)
    instance = linker.instantiate(store, model.Component(engine, component))
    if name == "world":
        add = instance.get_func(store, "add")
        if add is None:
            return "it exports no `add`"
        result = add(store, 2, 40)
        return None if result == 42 else f"add(2, 40) is {result}"
    interface = next(
        (found for k in range(20) if (found := instance.get_export_index(store, f"wasi:cli/run@0.2.{k}"))), None
    )
    if interface is None:
        return "it exports no wasi:cli/run"
    index = instance.get_export_index(store, "run", interface)
    main = instance.get_func(store, index) if index is not None else None
    if main is None:
        return "its wasi:cli/run has no `run`"
    try:
        main(store)
    except wasmtime.ExitTrap as e:
        if e.code != 0:
            return f"it ended with status {e.code}"
    got = stdout.read_text()
    return None if got == expected else f"it printed {got!r}, not {expected!r}"


def verdict(name: str, theirs: Build, ours: Build, folder: Path, can_run: bool) -> tuple[bool, str]:
    """Whether all is well with a program, and what is said of it."""
    if (found := difference(theirs, ours)) is not None:
        return False, f"DIFFERS: {found}"
    if name in FAILING:
        if theirs.status == 0:
            return False, "the same, but it should fail, and is built"
        if "wasm-tools" not in theirs.stderr:
            return False, f"the same, but it fails before wasm-tools is called: {theirs.said()}"
        return True, f"fails in the same words, status {theirs.status}"
    if theirs.status or theirs.component is None:
        return False, f"TinyGo can't build it: {theirs.said()}"
    same = f"the same {len(theirs.component)} bytes"
    if not can_run:
        return True, f"{same}, not run"
    try:
        problem = run(name, theirs.component, folder)
    except Exception as e:
        problem = f"wasmtime refuses it: {e}"
    return problem is None, f"{same}; {problem or 'runs under wasmtime'}"


def check() -> int:
    """Builds and compares all; returns the exit status. Raises CannotCompare."""
    tinygo = find_tinygo()
    if tinygo is None:
        print("no TinyGo here: put `tinygo` on PATH or name it in $TINYGO; nothing was checked")
        return 0
    real = find_reference()
    print(f"TinyGo: {tinygo}, {output_of([str(tinygo), 'version'])}")
    print(f"the real wasm-tools: {real}, {output_of([str(real), '--version'])}")
    missing = without_wasmtime()
    can_run = missing is None
    if not can_run:
        print(f"components are compared and not run, for want of wasmtime (pip install wasmtime): {missing}")
    names = [*EXPECTED, "world", *FAILING]
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory(prefix="check-") as scratch:
            bin_folder, folder = Path(scratch, "bin"), Path(scratch, "src")
            bin_folder.mkdir()
            options = lay_out(name, tinygo, folder)
            theirs = build(tinygo, real, folder, options)
            ours = build(tinygo, our_wasm_tools(bin_folder), folder, options)
            well, words = verdict(name, theirs, ours, folder, can_run)
        print(f"{name}: {words}", flush=True)
        failed += not well
    print(f"{len(names) - failed} of {len(names)} builds are as they should be" + ("" if can_run else "; none was run"))
    return 1 if failed else 0


def main() -> int:
    """Checks, and says what is in the way."""
    try:
        return check()
    except CannotCompare as e:
        print(f"error: {e}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
