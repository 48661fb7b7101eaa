"""The playground, complete: the page, CPython made to wasm, and the wheel of this tree, as a folder of static files.

    python scripts/build_playground.py --out FOLDER           the page of `docs/playground/` with all that it loads
    python scripts/build_playground.py --out FOLDER --serve   and a server of it on this machine, to look at it

Pyodide comes from npm, as `scripts/npm/package-lock.json` pins it, into the user's cache folder. The folder that is made has
about 14 MB, of which a browser loads about 7 MB where the server compresses; no other host is asked for anything. A worker
and wasm are not loaded from `file:` by browsers, so it takes a server, any that serves files.
"""

from __future__ import annotations

import argparse
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "playground"
PACKAGES = Path(__file__).resolve().parent / "npm"
EXAMPLE = ROOT / "examples" / "hello"

PAGE_FILES = ["index.html", "style.css", "app.js", "editor.js", "link.js", "worker.js", "worker.py", "examples.json"]
PYODIDE_FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"]
"""Of Pyodide, what a worker loads that takes no further packages."""


class Unavailable(OSError):
    """What is needed can't be had here; the message says why."""


def cache() -> Path:
    """The folder of the user's cache that packages of npm lie in."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pywasmtools-npm"


def node_modules() -> Path:
    """The packages of `scripts/npm/`, installed into the cache on first use. Raises `Unavailable`."""
    lock = (PACKAGES / "package-lock.json").read_bytes()
    folder = cache() / hashlib.sha256(lock.replace(b"\r\n", b"\n")).hexdigest()[:12]
    if not folder.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise Unavailable("npm is not on PATH: it has Pyodide, CPython made to wasm")
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache()) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(PACKAGES / name, made)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
            done = subprocess.run(command, cwd=made, capture_output=True, text=True)
            if done.returncode:
                raise Unavailable(f"npm could not install Pyodide: {done.stderr.strip()}")
            try:
                made.rename(folder)
            except OSError:
                if not folder.exists():  # else another process was first
                    raise
    return folder / "node_modules"


def build_wheel(out: Path) -> Path:
    """The pure wheel of this tree, made in a folder. Raises `Unavailable` where the build backend can't be had."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps", "-w", str(out)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("HATCH_BUILD")}
    env["PYWASMTOOLS_WHEEL_FOR_ALL"] = "1"
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, env=env)
    if done.returncode:
        raise Unavailable(f"pip could not build the wheel: {done.stderr.strip()}")
    (wheel,) = out.glob("pywasmtools-*-py3-none-any.whl")
    return wheel


def build(out: Path) -> None:
    """Makes the folder `out`, anew."""
    modules = node_modules()
    shutil.rmtree(out, ignore_errors=True)
    (out / "pyodide").mkdir(parents=True)
    for name in PAGE_FILES:
        shutil.copy(PAGE / name, out)
    for name in PYODIDE_FILES:
        shutil.copyfile(modules / "pyodide" / name, out / "pyodide" / name)
    # Only what Pyodide itself needs: the list of all packages that it could load has 120 kB, and none of them is taken.
    lock = json.loads((out / "pyodide" / "pyodide-lock.json").read_text())
    (out / "pyodide" / "pyodide-lock.json").write_text(json.dumps(lock | {"packages": {}}))
    with tempfile.TemporaryDirectory() as scratch:
        copy_wheel(build_wheel(Path(scratch)), out / "pywasmtools.whl")
    copy_example(out / "hello.wasm")


def copy_wheel(wheel: Path, to: Path) -> None:
    """The wheel without what the page has no use for: the commands for people, which need packages of their own."""
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as part:
        for name in whole.namelist():
            if not name.startswith(("pywasmtools/lab/", "pywasmtools/cli/")):
                part.writestr(zipfile.ZipInfo(name), whole.read(name), zipfile.ZIP_DEFLATED)


def copy_example(to: Path) -> None:
    """The module of the main example."""
    shutil.copyfile(EXAMPLE / "hello.wasm", to)


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves files with the types that browsers insist on, and without a line for each."""

    extensions_map = {  # noqa: RUF012 - as the class above has it
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".json": "application/json",
    }

    def log_message(self, format: str, *args: object) -> None:
        pass


def server(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server of a folder on this machine alone; port 0 is any that is free."""

    class Here(Files):
        def __init__(self, *args: object, **named: object) -> None:
            super().__init__(*args, directory=str(folder), **named)  # type: ignore[arg-type]

    return http.server.ThreadingHTTPServer(("127.0.0.1", port), Here)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "playground", help="the folder to make")
    parser.add_argument("--serve", action="store_true", help="serve it on this machine until interrupted")
    args = parser.parse_args()
    try:
        build(args.out)
    except Unavailable as e:
        print(f"error: {e}", file=sys.stderr)
        return 1
    total = sum(path.stat().st_size for path in args.out.rglob("*") if path.is_file())
    print(f"{args.out}: {total / 1e6:.1f} MB")
    if args.serve:
        serving = server(args.out, 8000)
        print("http://127.0.0.1:8000/ (Ctrl-C ends it)")
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
