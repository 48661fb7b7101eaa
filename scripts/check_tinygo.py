"""For those who have TinyGo: are the components the same with our wasm-tools as with the real one?

    python scripts/check_tinygo.py

Builds each program of `examples/tinygo/` for wasip2 twice, once with $WASMTOOLS naming a real wasm-tools
($WASM_TOOLS_REFERENCE, or the one that `scripts/reference.py` installs) and once naming ours, says whether the
components are the same to the byte, and runs them under wasmtime (from PyPI). Exit status 1 on a difference or a
program that does not run, 0 when all is well or when there is no TinyGo (`tinygo` on PATH or $TINYGO), which is said.

The world of one's own includes `wasi:cli/imports@0.2.0`, whose WIT comes with TinyGo (`lib/wasi-cli/wit` below
`tinygo env TINYGOROOT`); it is laid into the package's `deps/` in a scratch folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from reference import reference

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "tinygo"
EXPECTED = {
    "hello": ([], "hello from TinyGo\n"),
    "arguments": (["one", "two"], "3 one two\ntook true\n"),
    "readfile": ([], "13 bytes: a small note\n"),
    "goroutines": ([], '[{"word":"a","times":3},{"word":"b","times":2},{"word":"c","times":1}]\n'),
}


def find_tinygo() -> str | None:
    """The TinyGo to use."""
    return os.environ.get("TINYGO") or shutil.which("tinygo")


def our_wasm_tools(folder: Path) -> Path:
    """An executable script that starts ours under this interpreter."""
    path = folder / "wasm-tools"
    path.write_text(
        f'#!/bin/sh\n# starts pywasmtools\nPYTHONPATH="{ROOT}:$PYTHONPATH" exec "{sys.executable}" -m pywasmtools "$@"\n'
    )
    path.chmod(0o755)
    return path


def lay_out(name: str, tinygo: str, folder: Path) -> list[str]:
    """Copies a program into a scratch folder; returns the extra options that build it."""
    shutil.copytree(EXAMPLES / name, folder, dirs_exist_ok=True)
    if name != "world":
        return []
    root = subprocess.run([tinygo, "env", "TINYGOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    wit = Path(root) / "lib" / "wasi-cli" / "wit"
    deps = folder / "wit" / "deps"
    shutil.copytree(wit, deps / "cli", ignore=shutil.ignore_patterns("deps"))
    for package in sorted((wit / "deps").iterdir()):
        if package.is_dir():
            shutil.copytree(package, deps / package.name)
        else:
            shutil.copy(package, deps / package.name)
    return ["-wit-package", str(folder / "wit"), "-wit-world", "adder"]


def build(tinygo: str, wasm_tools: Path, folder: Path, options: list[str]) -> bytes | str:
    """The component that TinyGo makes with this wasm-tools, or what it said."""
    out = folder / "main.wasm"
    out.unlink(missing_ok=True)
    env = {**os.environ, "WASMTOOLS": str(wasm_tools)}
    command = [tinygo, "build", "-target=wasip2", *options, "-o", str(out), "."]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode or not out.exists():
        return (done.stdout + done.stderr).strip() or f"status {done.returncode}"
    return out.read_bytes()


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
    assert main is not None
    try:
        main(store)
    except wasmtime.ExitTrap as e:
        if e.code != 0:
            return f"it ended with status {e.code}"
    got = stdout.read_text()
    return None if got == expected else f"it printed {got!r}, not {expected!r}"


def main() -> int:
    tinygo = find_tinygo()
    if tinygo is None:
        print("no TinyGo here: put `tinygo` on PATH or name it in $TINYGO; nothing was checked")
        return 0
    failed = 0
    for name in (*EXPECTED, "world"):
        with tempfile.TemporaryDirectory(prefix="tinygo-") as scratch:
            bin_folder, folder = Path(scratch, "bin"), Path(scratch, "src")
            bin_folder.mkdir()
            options = lay_out(name, tinygo, folder)
            theirs = build(tinygo, reference(), folder, options)
            ours = build(tinygo, our_wasm_tools(bin_folder), folder, options)
            if isinstance(theirs, str):
                print(f"{name}: TinyGo can't build it with the real wasm-tools: {theirs}")
                failed += 1
            elif isinstance(ours, str):
                print(f"{name}: TinyGo can't build it with ours: {ours}")
                failed += 1
            elif ours != theirs:
                at = next((i for i, (a, b) in enumerate(zip(theirs, ours, strict=False)) if a != b), -1)
                print(f"{name}: DIFFERS: {len(theirs)} and {len(ours)} bytes, first at {at:#x}")
                failed += 1
            else:
                try:
                    problem = run(name, ours, folder)
                except Exception as e:
                    problem = f"wasmtime refuses it: {e}"
                print(f"{name}: the same {len(ours)} bytes; " + (problem or "runs under wasmtime"))
                failed += problem is not None
    print(f"{len(EXPECTED) + 1 - failed} of {len(EXPECTED) + 1} programs are the same and run")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
