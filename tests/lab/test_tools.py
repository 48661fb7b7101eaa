"""The subcommands for WIT, components and modules: `ls`, `minimal`, `assemble`, `explain`, `json`, `wit-from-json`."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

import pytest
from change_pairs import MODULE, WIT, component, module, replaced
from conftest import environment

pytest.importorskip("typer")
pytest.importorskip("rich")

from rich.console import Console
from typer.testing import CliRunner

from pywasmtools import component_embed, component_new, component_wit, explain
from pywasmtools.lab.commands import app
from pywasmtools.lab.tools import explained
from pywasmtools.lab.tools.files import in_one_line
from pywasmtools.lab.tools.quick import plain_options, quick_assemble
from pywasmtools.library.explain import Change, Difference, Verdict

COMMANDS = ("ls", "minimal", "assemble", "explain", "json", "wit-from-json")


class Done(NamedTuple):
    status: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs `pywasmtools` in a folder with a world, a module, their component and a newer world."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("world.wit").write_text(WIT)
    Path("newer.wit").write_text(replaced(WIT, ("warn }", "warn, error }"), ("import tick: func();", "")))
    Path("module.wat").write_text(MODULE)
    Path("component.wasm").write_bytes(component())

    def run(*argv: str, stdin: bytes = b"") -> Done:
        result = CliRunner().invoke(app, list(argv), input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


# ------------------------------------------------------------------------------- pages and refusals


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(call: Call, command: str) -> None:
    done = call(command, "--help")
    assert done.status == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.out)
    examples = plain[plain.index("Examples:") :].splitlines()
    shown = [line.strip() for line in examples if line.strip().startswith("pywasmtools ")]
    assert shown and all(f"pywasmtools {command}" in line for line in shown)


def test_they_stand_in_the_list_of_commands(call: Call) -> None:
    out = call("--help").out
    assert all(re.search(rf"^│ {command} ", out, re.MULTILINE) for command in COMMANDS)


BAD_WIT = "package a:b;\ninterface i { f: fun(); }\n"

REFUSED: dict[str, tuple[list[str], str]] = {
    "ls-bad-wit": (["ls", "bad.wit"], "bad.wit:2:18: expected keyword `func`, found an identifier"),
    "ls-no-file": (["ls", "nope.wasm"], 'failed to read "nope.wasm": No such file or directory (os error 2)'),
    "ls-cut-off": (["ls", "cut.wasm"], "cut.wasm: unexpected end-of-file (at offset 0x9)"),
    "minimal-no-world": (["minimal", "world.wit", "-w", "x"], "World `x` not found in package `demo:hello@1.0.0`"),
    "minimal-no-interface": (
        ["minimal", "world.wit", "-i", "x"],
        "Interface `x` not found in package `demo:hello@1.0.0`",
    ),
    "minimal-both": (["minimal", "world.wit", "-i", "x", "-w", "y"], "give `world` or `interface`, not both"),
    "minimal-places": (
        ["minimal", "world.wit", "-o", "x", "--out-dir", "y"],
        "-o and --out-dir can't be used together",
    ),
    "minimal-nowhere": (["minimal", "world.wit", "-o", "no/x.wit"], "no/x.wit: No such file or directory"),
    "assemble-bad-wit": (
        ["assemble", "module.wat", "--wit", "bad.wit", "-o", "o.wasm"],
        "bad.wit:2:18: expected keyword `func`, found an identifier",
    ),
    "assemble-unfit": (
        ["assemble", "empty.wat", "--wit", "world.wit", "-o", "o.wasm"],
        "failed to encode a component from module: failed to decode world from module: module was not valid: failed to "
        "find export of function `run`",
    ),
    "assemble-adapter": (
        ["assemble", "module.wat", "--wit", "world.wit", "-o", "o.wasm", "--adapt", "=x"],
        "the name of the adapter can't be told from `=x`: give NAME=x",
    ),
    "explain-no-file": (["explain", "world.wit", "nope"], 'failed to read "nope": No such file'),
    "explain-stdin": (["explain", "-", "-"], "only one of the two can stand on stdin"),
    "explain-mixed": (["explain", "module.wat", "world.wit"], "input is a core wasm module with no `component-type*`"),
    "json-bad": (["json", "bad.wit"], "bad.wit:2:18:"),
    "from-json": (["wit-from-json", "world.wit"], "world.wit:1:1: invalid JSON: expecting value"),
    "from-json-shape": (["wit-from-json", "shape.json"], 'shape.json: $: member "interfaces" is missing'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_one_line(call: Call, case: str) -> None:
    argv, message = REFUSED[case]
    Path("bad.wit").write_text(BAD_WIT)
    Path("cut.wasm").write_bytes(b"\0asm\1\0\0\0\1")
    Path("empty.wat").write_text("(module)")
    Path("shape.json").write_text('{"worlds": 1}')
    done = call(*argv)
    assert done.status == 2 and done.out == ""
    assert done.err.startswith(f"error: {message}"), done.err
    assert done.err.count("\n") == 1
    assert not Path("o.wasm").exists()


def test_errors_without_a_place() -> None:
    assert in_one_line(ValueError("a\n  b")) == "a b"
    assert in_one_line(OSError(2, "No such file", b"x")) == "x: No such file"
    assert in_one_line(OSError("gone")) == "gone"


# ------------------------------------------------------------------------------- ls


def test_ls_of_a_component(call: Call) -> None:
    assert call("ls", "component.wasm").out == ("import interface demo:hello/host@1.0.0\nexport func      run\n")
    assert call("ls", "--types", "component.wasm").out == (
        "import interface demo:hello/host@1.0.0\n"
        "                 log: func(text: string)\n"
        "export func      run: func()\n"
    )


def test_ls_of_wit_and_of_a_module(call: Call) -> None:
    assert call("ls", "world.wit").out == (
        "world demo:hello/guest@1.0.0\n"
        "  import interface demo:hello/host@1.0.0\n"
        "  import func      tick\n"
        "  export func      run\n"
        "interface demo:hello/host@1.0.0\n"
    )
    assert call("ls", "-", stdin=WIT.encode()).out == call("ls", "world.wit").out
    assert call("ls", "--types", "world.wit").out.endswith(
        "interface demo:hello/host@1.0.0\n"
        "  enum level { info, warn }\n"
        "  resource file\n"
        "  log: func(text: string)\n"
        "  constructor(name: string)\n"
        "  read: func() -> list<u8>\n"
        "  open: static func() -> file\n"
    )
    assert call("ls", "module.wat").out == (
        "import func   demo:hello/host@1.0.0 log\nexport memory memory\nexport func   run\n"
    )
    assert "export memory memory  (memory 1)\n" in call("ls", "--types", "module.wat").out
    Path("named.wit").write_text("package a:b; interface i {} world w { import x: i; }")
    assert "import interface x: a:b/i\n" in call("ls", "--types", "named.wit").out


def test_ls_as_a_tree(call: Call) -> None:
    assert call("ls", "--tree", "component.wasm").out.rstrip() == (
        "component\n├── imports\n│   └── interface demo:hello/host@1.0.0\n│       └── log\n└── exports\n    └── func run"
    )
    out = call("ls", "--tree", "--types", "world.wit").out
    assert "│   │   ├── enum level { info, warn }\n" in out and "├── resource file\n" in out


def test_ls_as_json_and_what_it_cannot_tell(call: Call) -> None:
    found = json.loads(call("ls", "--json", "component.wasm").out)
    assert [item["name"] for group in found["groups"] for item in group["items"]] == ["demo:hello/host@1.0.0", "run"]
    Path("no-wit.wat").write_text('(component (component $d) (export "e" (component $d)))')
    done = call("ls", "no-wit.wat")
    assert done.out == "export component e\n"
    assert done.err == "note: it can't be told as WIT: component export `e` was not a function or instance\n"


def test_gates(call: Call) -> None:
    Path("gated.wit").write_text("package a:b; world w { @unstable(feature = x) import f: func(); }")
    assert "f" not in call("ls", "gated.wit").out.split()
    for options in (["--features", "y,x"], ["--features", "y", "--features", "x"], ["--all-features"]):
        assert "f" in call("ls", "gated.wit", *options).out.split()


# ------------------------------------------------------------------------------- minimal


def test_minimal_in_one_file(call: Call) -> None:
    Path("large.wit").write_text(WIT + "interface unused {}\nworld other { import unused; }\n")
    done = call("minimal", "large.wit", "-w", "guest")
    assert done.out == component_wit(WIT).decode()
    assert "///" in done.out
    assert "///" not in call("minimal", "large.wit", "-w", "guest", "--no-docs").out
    assert call("minimal", "large.wit", "-w", "guest", "-o", "large.wit").out == ""
    assert Path("large.wit").read_text() == done.out
    assert json.loads(call("minimal", "large.wit", "--json").out)["worlds"][0]["name"] == "guest"
    assert call("minimal", "large.wit", "-i", "host").out.startswith("package demo:hello@1.0.0;\n\ninterface host {")


def test_minimal_as_a_folder(call: Call) -> None:
    Path("two.wit").write_text("package a:b; world w { import c:d/i; } package c:d { interface i {} interface j {} }")
    assert call("minimal", "two.wit", "--out-dir", "x/y").out == "x/y/b.wit\nx/y/deps/d.wit\n"
    assert "interface j" not in Path("x/y/deps/d.wit").read_text()
    module_ = b"\0asm\1\0\0\0"
    assert component_embed(Path("x/y"), module_) == component_embed(Path("two.wit"), module_)
    done = call("minimal", "two.wit", "--out-dir", "x/y", "--json")
    assert json.loads(done.out) == {"files": ["x/y/b.wit", "x/y/deps/d.wit"]}


# ------------------------------------------------------------------------------- assemble


def test_assemble_is_embed_and_new(call: Call) -> None:
    done = call("assemble", "module.wat", "--wit", "world.wit", "-o", "out.wasm")
    assert done == (0, "", "")
    assert Path("out.wasm").read_bytes() == component_new(component_embed(WIT, module()))


def test_the_output_may_be_an_input(call: Call) -> None:
    Path("m.wasm").write_bytes(module())
    done = call("assemble", "m.wasm", "--wit", "world.wit", "-w", "demo:hello/guest", "-o", "m.wasm", "--json")
    assert Path("m.wasm").read_bytes() == component()
    found = json.loads(done.out)
    assert (found["output"], found["size"]) == ("m.wasm", len(component()))
    assert found["groups"][0]["kind"] == "component"


def test_an_input_is_not_lost_where_it_fails(call: Call) -> None:
    Path("m.wat").write_text("(module)")
    assert call("assemble", "m.wat", "--wit", "world.wit", "-o", "m.wat").status == 2
    assert Path("m.wat").read_text() == "(module)"


def test_assemble_with_adapters(call: Call) -> None:
    Path("w.wit").write_text("package a:b; world w { export run: func(); }")
    text = '(module (import "old" "put" (func (param i32))) (func (export "run")) (memory (export "memory") 1))'
    Path("m.wat").write_text(text)
    Path("old.reactor.wat").write_text('(module (func (export "put") (param i32)))')
    expected = component_new(component_embed(Path("w.wit"), text), adapters={"old": Path("old.reactor.wat")})
    for adapter in ("old.reactor.wat", "old=old.reactor.wat"):
        call("assemble", "m.wat", "--wit", "w.wit", "-o", "out.wasm", "--adapt", adapter)
        assert Path("out.wasm").read_bytes() == expected
    assert call("assemble", "m.wat", "--wit", "w.wit", "-o", "out.wasm", "--encoding", "utf-8").status == 2


ENTRY = (
    "import sys; from pywasmtools.lab.main import entry; entry(); print(sorted({'typer', 'rich'} & set(sys.modules)))"
)


def entry(*argv: str, stdout: int | IO[bytes] = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """The script of the command, as a process."""
    command = [sys.executable, "-c", ENTRY, *argv]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, env=environment())


def test_a_plain_assemble_costs_one_start(call: Call) -> None:
    """Typer and rich take longer to load than a component takes to be made."""
    done = entry("assemble", "module.wat", "--wit=world.wit", "-w", "guest", "-o", "out.wasm")
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
    assert Path("out.wasm").read_bytes() == component()
    done = entry("assemble", "module.wat", "--wit", "world.wit", "-w", "nope", "-o", "out.wasm")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: World `nope` not found in package `demo:hello@1.0.0`\n"
    assert Path("out.wasm").read_bytes() == component()


def test_plain_command_lines_do_what_others_do(call: Call) -> None:
    Path("w.wit").write_text("package a:b; world w { import s: func(x: string); export run: func(); } world v {}")
    text = '(module (import "old" "put" (func)) (import "$root" "s" (func (param i32 i32))) (func (export "run")) (memory (export "memory") 1))'
    Path("m.wat").write_text(text)
    Path("old.x.wat").write_text('(module (func (export "put")))')
    words = ["m.wat", "--wit", "w.wit", "-w", "w", "--encoding", "utf16", "--adapt", "old.x.wat"]
    assert quick_assemble([*words, "-o", "quick.wasm"])
    assert call("assemble", *words, "-o", "other.wasm").status == 0
    assert Path("quick.wasm").read_bytes() == Path("other.wasm").read_bytes()
    assert quick_assemble([*words[:-1], "old=old.x.wat", "--output", "quick.wasm"])
    assert Path("quick.wasm").read_bytes() == Path("other.wasm").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "m.wat --wit w.wit",
        "m.wat --wit w.wit -o",
        "m.wat --wit w.wit -o -w",
        "m.wat n.wat --wit w.wit -o x",
        "m.wat --wit w.wit --wit w.wit -o x",
        "- --wit w.wit -o x",
        "m.wat --wit w.wit -o x --json",
        "m.wat --wit w.wit -o x --features y",
        "m.wat --wit w.wit -ox",
        "m.wat --wit w.wit -o x --encoding utf-8",
        "m.wat -o x",
    ],
)
def test_other_command_lines_are_left_to_the_command_proper(words: str) -> None:
    assert plain_options(words.split()) is None


def test_what_is_refused_is_left_to_it_too(call: Call) -> None:
    words = ["module.wat", "--wit", "world.wit", "-w", "guest", "-o", "out.wasm"]
    for more in (["--adapt", "nope.wasm"], ["--adapt", "=module.wat"], ["--world", "nope"]):
        assert not quick_assemble([*words, *more])
    assert not quick_assemble([*words[:-1], "no/such/folder.wasm"])
    assert not Path("out.wasm").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_told_in_a_line(call: Call) -> None:
    with open("/dev/full", "wb") as full:
        done = entry("ls", "world.wit", stdout=full)
    assert done.returncode == 2
    assert done.stderr == "error: No space left on device\n"


# ------------------------------------------------------------------------------- explain


def test_explain_says_that_nothing_differs(call: Call) -> None:
    assert call("explain", "component.wasm", "component.wasm") == (0, "same: the same bytes\n", "")
    Path("other.wit").write_text(WIT.replace("Docs", "Other docs"))
    assert call("explain", "world.wit", "other.wit") == (0, "same: the same WIT, docs and stability aside\n", "")
    assert json.loads(call("explain", "--json", "world.wit", "other.wit").out)["change"] == "same"


def test_explain_of_wit(call: Call) -> None:
    done = call("explain", "world.wit", "newer.wit")
    assert done.status == 1
    assert [line.rstrip() for line in done.out.splitlines()] == [
        "world.wit → newer.wit: wit",
        "└── package",
        "    ├── ~ interface host",
        "    │   └── ~ enum level { info, warn }",
        "    │         enum level { info, warn, error }",
        "    └── ~ world guest: not compatible: missing import named `tick`",
        "        └── - import tick: func();",
    ]


def test_interfaces_that_have_another_version_alone_are_told_together(call: Call) -> None:
    text = """package a:b; world w { import c:d/i@0.2.0; import c:d/j@0.2.0; import c:d/k@0.2.0; import n: c:d/k@0.2.0; }
    package c:d@0.2.0 { interface i {} interface j {} interface k { f: func(); } }"""
    Path("old.wit").write_text(text)
    Path("new.wit").write_text(text.replace("0.2.0", "0.2.1").replace("f: func();", "f: func(); g: func();"))
    assert [line.rstrip() for line in call("explain", "old.wit", "new.wit").out.splitlines()][1:] == [
        "└── package",
        "    └── ~ world w: compatible",
        "        ├── ~ import c:d/i, j  0.2.0 → 0.2.1",
        "        ├── ~ import c:d/k@0.2.0;",
        "        │     import c:d/k@0.2.1;",
        "        │   └── + g: func();",
        "        └── ~ import n: c:d/k@0.2.0;",
        "              import n: c:d/k@0.2.1;",
        "            └── + g: func();",
    ]


def test_explain_of_components(call: Call) -> None:
    Path("new.wasm").write_bytes(
        component(
            (
                ("i32.const 1 i32.add", "i32.const 2 i32.add"),
                ("(func $other", "(func $more) (func $other"),
                ('"hello"', '"hallo"'),
                ("i32.const 0 i32.const 5 call $log", "i32.const 0 i32.const 6 call $log"),
            )
        )
    )
    done = call("explain", "component.wasm", "new.wasm")
    assert done.status == 1
    lines = [line.rstrip() for line in done.out.splitlines()]
    sizes = [path.stat().st_size for path in (Path("component.wasm"), Path("new.wasm"))]
    assert (
        lines[0] == f"component.wasm → new.wasm: component  {sizes[0]:,} → {sizes[1]:,} bytes (+{sizes[1] - sizes[0]})"
    )
    for line in (
        "    ├── sections",
        "    │   ├── ~ functions  3 items → 4 items  4 → 5 bytes (+1)",
        "    │   ├── ~ data  1 item  11 bytes",
        "    ├── functions",
        "    │   ├── ~ helper  7 bytes",
        "    │   ├── ~ run  11 bytes",
        "    │   └── + more  (func)  2 bytes",
        "    └── data",
        "        └── ~ 0  differs from byte 1 on  5 bytes",
    ):
        assert line in lines, done.out


def test_explain_as_json(call: Call) -> None:
    Path("new.wasm").write_bytes(component((("i32.const 1 i32.add", "i32.const 2 i32.add"),)))
    done = call("explain", "--json", "component.wasm", "new.wasm")
    assert done.status == 1
    assert json.loads(done.out)["parts"][0]["functions"] == [
        {"kind": "changed", "what": "function", "name": "helper", "size_before": 7, "size_after": 7}
    ]


def shown(difference: Difference, everything: bool = False, width: int = 100) -> str:
    out = io.StringIO()
    explained.show(difference, ("a", "b"), Console(file=out, width=width, highlight=False), everything)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_long_lists_are_cut(call: Call) -> None:
    names = tuple(Change("added", "func name", f"f{k}", None, f"f{k}") for k in range(30))
    functions = tuple(Change("changed", "function", f"f{k}", size_before=1, size_after=1) for k in range(100))
    difference = Difference("module", names=names, functions=functions, renumbered=1, size_before=9, size_after=8)
    text = shown(difference)
    assert "19 more (--all)" in text and "41 more (--all)" in text
    assert "1 function differs in nothing but the numbers of what they refer to" in text
    assert text.startswith("a → b: module  9 → 8 bytes (-1)\n")
    assert "more (--all)" not in shown(difference, everything=True)


def test_what_is_long_stands_line_by_line() -> None:
    fields = [f"field-{k}: option<list<string>>" for k in range(5)]
    before = "record r {\n" + "".join(f"  {field},\n" for field in fields) + "}"
    changed = Change("changed", "type", "r", before, before.replace("field-2: ", "field-two: "))
    new = Change("added", "type", "s", None, before)
    gone = Change("removed", "type", "s", before)
    text = shown(Difference("wit", world=(Change("changed", "interface", "i", parts=(changed, new, gone)),)))
    assert "-   field-2: option<list<string>>," in text and "+   field-two: option<list<string>>," in text
    assert text.count("field-4") == 3


def test_notes_and_verdicts_are_shown() -> None:
    world = (Change("added", "import", "f", None, "import f: func();"),)
    difference = Difference("component", world=world, verdict=Verdict(None, "why"), notes=("a note",))
    assert shown(difference).splitlines()[1:3] == [
        "├── note: a note",
        "└── world: it can't be told whether it is compatible: why",
    ]
    nested = Difference(
        "component", parts=(Difference("module", "m", "added", size_after=5), Difference("module", "", "removed"))
    )
    assert shown(nested).splitlines() == ["a → b: component", "├── + module m  5 bytes", "└── - module"]


def test_lines_are_broken_for_a_narrow_terminal() -> None:
    difference = explain(WIT, replaced(WIT, ("log: func(text: string)", f"log: func(text: string, {'x' * 60}: u8)")))
    text = shown(difference, width=60)
    assert all(len(line) <= 60 for line in text.splitlines())
    assert "x" * 40 in text


# ------------------------------------------------------------------------------- json


def test_json_there_and_back(call: Call) -> None:
    there = call("json", "world.wit").out
    assert there.encode() == component_wit(WIT, form="json")
    back = call("wit-from-json", "-", stdin=there.encode())
    assert back.out == component_wit(WIT).decode()
    assert call("json", "world.wit", "-o", "w.json").out == ""
    assert call("wit-from-json", "w.json", "--no-docs").out == component_wit(WIT, docs=False).decode()
    assert json.loads(call("wit-from-json", "w.json", "--json").out) == {"wit": back.out}
    assert call("wit-from-json", "w.json", "--out-dir", "d").out == "d/hello.wit\n"
    assert Path("d/hello.wit").read_text() == component_wit(WIT).decode()
    assert call("wit-from-json", "w.json", "-o", "w.json").out == ""
    assert Path("w.json").read_text() == back.out
