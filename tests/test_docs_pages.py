"""README.md and the pages of `docs/` that have no test of their own: their examples run as they stand, and their links lead somewhere.

The examples of a page run one after the other in one folder, which has a WIT package, a core module that fits it, and a Go
program. Where a toolchain is missing (`tinygo`, `moon`), a stand-in does with `wasm-tools` what the toolchain does; `pip` is a
stand-in always, for what it would install is what is tested.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from assemble import assemble
from conftest import INSTALLED, ROOT, environment

from pywasmtools import component_embed, parse_wit
from pywasmtools.cli.commands import WASM_TOOLS, ours

if sys.platform == "win32":
    pytest.skip("the examples are for a POSIX shell", allow_module_level=True)

PAGES = {name: ROOT / name for name in ("README.md", "docs/commands.md", "docs/recipes.md")}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$(?:\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
ALL_PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / ".github").rglob("*.md"))]

WIT = """\
package docs:adder@0.1.0;

interface add { add: func(x: u32, y: u32) -> u32; }

world adder { export add; }
"""
MODULE = """
(module
  (memory (export "memory") 1)
  (func (export "docs:adder/add@0.1.0#add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
"""
TINYGO = """\
#!/bin/sh
# What TinyGo does once it has a core module: `-o` names the result, `-wit-package` and `-wit-world` the world.
set -e
package=wit world=adder
while [ $# -gt 0 ]; do
    case $1 in
        -o) out=$2; shift ;;
        -wit-package) package=$2; shift ;;
        -wit-world) world=$2; shift ;;
    esac
    shift
done
tools=${WASMTOOLS:-wasm-tools}
"$tools" component embed -w "$world" "$package" main.wasm -o embedded.wasm
"$tools" component new embedded.wasm -o "$out"
"""
MOON = """\
#!/bin/sh
mkdir -p _build/wasm/release/build/gen && cp main.wasm _build/wasm/release/build/gen/gen.wasm
"""
NOTHING = "#!/bin/sh\n"


def executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment whose PATH begins with ours and the stand-ins."""
    programs = tmp_path / "bin"
    programs.mkdir()
    flags = "-P" if INSTALLED else ""
    for name, module in (("wasm-tools", "cli"), ("pywasmtools", "lab")):
        code = shlex.quote(f"from pywasmtools.{module}.main import entry; entry()")
        executable(programs / name, f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {flags} -c {code} "$@"\n')
    executable(programs / "python3", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {flags} "$@"\n')
    executable(programs / "pip", NOTHING)
    for name, text in (("tinygo", TINYGO), ("moon", MOON)):
        if shutil.which(name) is None:
            executable(programs / name, text)
    env = environment(PYTHONIOENCODING="utf-8")
    env["PATH"] = f"{programs}{os.pathsep}{env['PATH']}"
    return env


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder that the examples run in."""
    folder = tmp_path / "project"
    (folder / "wit").mkdir(parents=True)
    (folder / "wit" / "world.wit").write_text(WIT)
    module = assemble(MODULE)
    (folder / "main.wasm").write_bytes(module)
    adapter = parse_wit("package a:b; world w {}").dummy_module("w")
    (folder / "wasi_snapshot_preview1.command.wasm").write_bytes(component_embed("package a:b; world w {}", adapter))
    scala = folder / "target" / "scala-2.12" / "hello-fastopt"
    scala.mkdir(parents=True)
    (scala / "main.wasm").write_bytes(module)
    (folder / "main.go").write_text("package main\n\nfunc main() {}\n")
    (folder / "go.mod").write_text("module example.com/adder\n\ngo 1.24\n")
    return folder


def missing(code: str, the_reference: Path | None) -> str | None:
    """Why an example can't run here; None where it can."""
    if module := re.search(r"go get -tool ([\w.]+)/\S*(@\S+)", code):
        if shutil.which("go") is None:
            return "there is no Go"
        cached = subprocess.run(["go", "env", "GOMODCACHE"], capture_output=True, text=True, timeout=60).stdout.strip()
        if not Path(cached, module[1] + module[2]).is_dir() and os.environ.get("PYWASMTOOLS_MAKE_GO") != "1":
            return "it fetches and builds wit-bindgen-go: set PYWASMTOOLS_MAKE_GO=1"
    if "pywasmtools diff" in code and the_reference is None:
        return "it needs the real wasm-tools"
    return None


def commands(language: str, code: str, project: Path) -> list[list[str]]:
    """The command lines of an example."""
    if language == "sh":
        return [["sh", "-e", "-c", code]]
    if language == "python":
        return [[sys.executable, *(["-P"] if INSTALLED else []), "-c", code]]
    if language == "make":
        (project / "Makefile").write_text(code)
        return [["make"], ["make", "clean"], ["make", "WASM_TOOLS=python3 -m pywasmtools"]]
    if language == "yaml":
        found: list[str] = re.findall(r"^ +(?:- run|entry): (.*)$", code, re.MULTILINE)
        assert found, code
        return [["sh", "-e", "-c", line] for line in found]
    raise AssertionError(f"an example in a language that is not run: {language}")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_examples(page: str, project: Path, env: dict[str, str], request: pytest.FixtureRequest) -> None:
    pytest.importorskip("typer")
    pytest.importorskip("wasmtime", reason="wasmtime runs the component of the recipe in Python")
    blocks = BLOCK.findall(PAGES[page].read_text(encoding="utf-8"))
    assert blocks
    the_reference = None
    if any("pywasmtools diff" in code for _, code, _ in blocks):
        the_reference = request.getfixturevalue("the_reference")
        env["WASM_TOOLS_REFERENCE"] = str(the_reference)
    left_out = []
    for language, code, expected in blocks:
        if why := missing(code, the_reference):
            left_out.append(f"{code}  {why}")
            continue
        for command in commands(language, code, project):
            if shutil.which(command[0], path=env["PATH"]) is None:
                left_out.append(f"{command[0]} is not here")
                continue
            done = subprocess.run(command, cwd=project, env=env, capture_output=True, encoding="utf-8", timeout=600)
            assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"
            if expected:
                assert done.stdout == expected, code
    print("left out:", *left_out, sep="\n")


def test_the_page_of_the_command_has_all_subcommands() -> None:
    text = PAGES["docs/commands.md"].read_text(encoding="utf-8").partition("## Where others")[0]
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    here = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert here == {row.path for row in ours(WASM_TOOLS)}
    handed_on = text.partition("The others are handed on")[2].partition(".\n")[0]
    others = {row.path for row in WASM_TOOLS.rows if not row.is_ours}
    assert set(re.findall(r"`([^`]+)`", handed_on)) - {"wasm-tools"} == others


def links(text: str) -> list[str]:
    """The targets of the links and pictures of a page, without what stands in code."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\(([^()\s]+)\)", re.sub(r"`[^`\n]*`", "`code`", text))


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_links(page: Path) -> None:
    for link in links(page.read_text(encoding="utf-8")):
        if re.match(r"https?:|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name}: {link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{page.name}: {link}: no such heading"


def test_two_commands_to_try_it() -> None:
    section = PAGES["README.md"].read_text(encoding="utf-8").partition("## Try it\n")[2].partition("\n## ")[0]
    assert re.findall(r"^    (.*)$", section, re.MULTILINE) == [
        "python3 -m venv .venv && .venv/bin/pip install -q . wasmtime && .venv/bin/python examples/run_hello.py",
        "python3 -m venv .venv && .venv/bin/pip install -q '.[test]' && .venv/bin/python -m pytest -rs",
    ]
