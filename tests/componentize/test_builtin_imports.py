"""Built-ins that a core module imports: each by its name, with a type that is wrong, told whole, and with its own, where
the component is printed; in the place where it belongs and in others. And more than one adapter.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed
from pywasmtools.load import wat_to_binary

WIT = """package a:b@1.2.0;

interface i {
  resource r { constructor(); m: func(); }
  f: func(x: string) -> string;
  g: async func(s: stream<u8>, t: stream, u: future<string>) -> future;
  h: async func(x: list<future<stream<string>>>) -> result<stream<u8>, u8>;
}

world w {
  import i;
  import plain: async func(x: stream<u32>) -> u32;
  import inline: interface { k: func(); }
  export run: func() -> string;
  export later: async func(x: stream<u64>) -> string;
  export e: interface { resource q { constructor(); } f: func(q: borrow<q>, s: future<u8>) -> list<u8>; g: async func() -> u64; }
}
"""

EXPORTS = """
  (memory (export "memory") 1)
  (table (export "__indirect_function_table") 1 funcref)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "run") (result i32) unreachable)
  (func (export "[async-lift]later") (param i32) (result i32) unreachable)
  (func (export "[callback][async-lift]later") (param i32 i32 i32) (result i32) unreachable)
  (func (export "e#[constructor]q") (result i32) unreachable)
  (func (export "e#f") (param i32 i32) (result i32) unreachable)
  (func (export "e#g") (result i64) unreachable)
"""

ROOT = """
    [backpressure-inc]: ->
    [backpressure-dec]: ->
    [backpressure-set]: i32 ->
    [waitable-set-new]: -> i32
    [waitable-set-wait]: i32 i32 -> i32
    [waitable-set-wait-i32]: i32 i32 -> i32
    [waitable-set-wait-i64]: i32 i64 -> i32
    [waitable-set-poll]: i32 i32 -> i32
    [waitable-set-poll-i32]: i32 i32 -> i32
    [waitable-set-poll-i64]: i32 i64 -> i32
    [waitable-set-drop]: i32 ->
    [waitable-join]: i32 i32 ->
    [subtask-drop]: i32 ->
    [subtask-cancel]: i32 -> i32
    [async-lower][subtask-cancel]: i32 -> i32
    [error-context-new-utf8]: i32 i32 -> i32
    [error-context-new-utf16]: i32 i32 -> i32
    [error-context-new-latin1+utf16]: i32 i32 -> i32
    [error-context-debug-message-utf8]: i32 i32 ->
    [error-context-debug-message-utf16]: i32 i32 ->
    [error-context-debug-message-latin1+utf16]: i32 i32 ->
    [error-context-drop]: i32 ->
    [thread-index]: -> i32
    [thread-new-indirect-v0]: i32 i32 -> i32
    [thread-resume-later]: i32 ->
    [thread-suspend]: -> i32
    [thread-yield]: -> i32
    [cancellable][thread-yield]: -> i32
    [thread-suspend-then-resume]: i32 -> i32
    [thread-yield-then-resume]: i32 -> i32
    [thread-suspend-then-promote]: i32 -> i32
    [thread-yield-then-promote]: i32 -> i32
    [context-get-0]: -> i32
    [context-get-1]: -> i32
    [context-get-2]: -> i32
    [context-get-4294967295]: -> i32
    [context-get-4294967296]: -> i32
    [context-get-+1]: -> i32
    [context-get-01]: -> i32
    [context-get-]: -> i32
    [context-get--1]: -> i32
    [context-get-0]x: -> i32
    [context-get-i32-0]: -> i32
    [context-get-i64-1]: -> i64
    [context-get-i8-1]: -> i32
    [context-set-0]: i32 ->
    [context-set-1]: i32 ->
    [context-set-i32-1]: i32 ->
    [context-set-i64-0]: i64 ->
    [task-cancel]: ->
    [stream-new-unit]: -> i64
    [stream-new-0]plain: -> i64
    [stream-new-0]later: -> i64
    [stream-new-1]plain: -> i64
    [nothing]: ->
"""

PAYLOAD = """
    [future-new-N]: -> i64
    [future-write-N]: i32 i32 -> i32
    [future-read-N]: i32 i32 -> i32
    [future-cancel-write-N]: i32 -> i32
    [future-cancel-read-N]: i32 -> i32
    [future-forward-N]: i32 i32 ->
    [future-drop-writable-N]: i32 ->
    [future-drop-readable-N]: i32 ->
    [stream-new-N]: -> i64
    [stream-write-N]: i32 i32 i32 -> i32
    [stream-read-N]: i32 i32 i32 -> i32
    [stream-cancel-write-N]: i32 -> i32
    [stream-cancel-read-N]: i32 -> i32
    [stream-forward-N]: i32 i32 ->
    [stream-drop-writable-N]: i32 ->
    [stream-drop-readable-N]: i32 ->
"""

INTRINSICS = """
    [export]e: [resource-new]q: i32 -> i32
    [export]e: [resource-rep]q: i32 -> i32
    [export]e: [resource-drop]q: i32 ->
    [export]e: [resource-drop]r: i32 ->
    [export]e: [task-return]f: i32 i32 ->
    [export]e: [task-return]g: i64 ->
    [export]e: [task-return]h: ->
    [export]e: [task-cancel]: ->
    [export]e: [future-new-0]f: -> i64
    [export]e: [future-new-unit]: -> i64
    [export]e: f: ->
    [export]d: [task-cancel]: ->
    [export]$root: [task-return]later: i32 i32 ->
    [export]$root: [task-return]run: i32 i32 ->
    [export]$root: [task-return]none: ->
    [export]$root: [task-cancel]: ->
    [export]$root: [stream-new-0]later: -> i64
    [export]$root: [stream-read-0]later: i32 i32 i32 -> i32
    [export]$root: [stream-new-1]later: -> i64
    [export]$root: [resource-drop]q: i32 ->
    [export]$root: run: ->
    a:b/i@1.2.0: [resource-drop]r: i32 ->
    a:b/i@1.2.0: [resource-new]r: i32 -> i32
    a:b/i@1.2.0: [resource-rep]r: i32 -> i32
    a:b/i@1.2.0: [task-return]f: ->
    a:b/i@1.2.0: [task-cancel]: ->
    a:b/i@1.2.0: f: i32 i32 i32 ->
    a:b/i@1.2.0: g: i32 i32 i32 -> i32
    a:b/i@1.2.0: [async-lower]f: i32 i32 i32 -> i32
    a:b/i@1.2.0: [async-lower]g: i32 i32 i32 i32 -> i32
    a:b/i@1.2.0: [async-lower]h: i32 i32 i32 -> i32
    a:b/i@1.2.0: [method]r.m: i32 ->
    a:b/i@1.2.0: [async-lower][method]r.m: i32 -> i32
    a:b/i@1.2.0: [constructor]r: -> i32
    a:b/i@1.2.0: [static]r.m: i32 ->
    inline: k: ->
    inline: [async-lower]k: -> i32
    inline: l: ->
    $root: plain: i32 -> i32
    $root: [async-lower]plain: i32 i32 -> i32
    $root: inline: ->
    $root: [resource-drop]r: i32 ->
    env: __wasm_get_stack_pointer: -> i32
    env: __wasm_set_stack_pointer: i32 ->
    env: __wasm_get_tls_base: -> i32
    env: __wasm_set_tls_base: i32 ->
    env: __wasm_get_stack_pointer: -> i64
    env: __wasm_get_stack_pointer: ->
    env: __wasm_set_stack_pointer: ->
    env: other: ->
    cm32p2: plain: i32 -> i32
    cm32p2|a:b/i@1: f: i32 i32 i32 ->
    cm32p2|a:b/i@1: r_drop: i32 ->
    cm32p2|a:b/i@1: r_new: i32 -> i32
    cm32p2|inline: k: ->
    cm32p2|_ex_e: q_new: i32 -> i32
    cm32p2|_ex_e: q_rep: i32 -> i32
    cm32p2|_ex_e: q_drop: i32 ->
"""

WRONG = "f64 f64 f64 -> f64 f32"


def typed(signature: str) -> str:
    params, _, results = signature.partition("->")
    return f"(func (param {params}) (result {results}))"


def module(*imports: tuple[str, str, str], exports: str = EXPORTS) -> bytes:
    """A module with imports (module, name, signature), and its world."""
    imported = "\n".join(f'  (import "{m}" "{name}" {typed(signature)})' for m, name, signature in imports)
    return component_embed(WIT, wat_to_binary(f"(module\n{imported}{exports})".encode(), "in.wat"))


def split(line: str, parts: int) -> list[str]:
    """`module: name: type` or `name: type`; a module's name may hold colons, which are not followed by blanks."""
    return [*line.split(": ", parts - 1)] if not line.endswith(": ->") else [*line[:-4].split(": ", parts - 2), "->"]


def canons(told: str) -> str:
    """Of an answer the refusal, or what was made of the canonical definitions."""
    status, _, rest = told.removeprefix("== \n").partition("\n")
    if status != "status 0":
        return f"{status}\n{rest}"
    return f"{status}\n" + "".join(f"{line.strip()}\n" for line in rest.splitlines() if "(canon" in line)


@pytest.mark.slow
@pytest.mark.parametrize("table", ["root", "intrinsics"])
def test_each_import(table: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(ROOT if table == "root" else INTRINSICS):
        place, name, signature = ["$root", *split(line, 2)] if table == "root" else split(line, 3)
        if "tls_base" not in name:  # the reference crashes
            cases[f"{line}, wrong"] = module((place, name, WRONG))
        cases[line] = module((place, name, signature))
        if table == "root":
            cases[f"{line} in another place"] = module(("[export]$root", name, signature), ("inline", name, signature))
        else:
            cases[f"{line} twice"] = module((place, name, signature), (place, name, signature))
    told = {name: canons(answers("component new -t in.wat", {"": data})) for name, data in cases.items()}
    assert "".join(f"== {name}\n{text}" for name, text in told.items()) == golden


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "function"),
    [
        pytest.param("a:b/i@1.2.0", "g", id="i-g"),
        pytest.param("a:b/i@1.2.0", "h", id="i-h"),
        *(("$root", "plain"), ("[export]e", "f"), ("[export]$root", "later")),
    ],
)
def test_streams_and_futures(place: str, function: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for number, line in enumerate(lines(PAYLOAD)):
        name, signature = split(line, 2)
        cases[f"{name}, wrong"] = (name.replace("N", "0") + function, WRONG)
        cases[f"[async-lower]{name}"] = ("[async-lower]" + name.replace("N", "0") + function, signature)
        # Numbers are read in one way for all: those that are odd go round.
        for n in ("0", "1", "unit", ("2", "3", "4", "5", "+1", "x", "")[number % 7]):
            named = name.replace("N", n) + ("" if n == "unit" else function)
            cases[named] = (named, signature)
    told = {}
    for title, (named, signature) in cases.items():
        told[title] = canons(answers("component new -t in.wat", {"": module((place, named, signature))}))
    assert "".join(f"== {name}\n{text}" for name, text in told.items()) == golden


def test_all_at_once(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Everything that may stand together, printed: the order of shims, options, memories and tables.
    left_out = (
        "-i64",
        "[backpressure-set]",
        "[cancellable]",
        "[nothing]",
        "[task-cancel]",
        "later",
        "-1]plain",
        "-2]",
        "x",
    )
    root = [("$root", name, signature) for name, signature in (split(line, 2) for line in lines(ROOT))]
    root = [row for row in root if not any(word in row[1] for word in left_out)]
    root = [
        row for row in root if not row[1].startswith("[context") or row[1] in ("[context-get-0]", "[context-set-1]")
    ]
    names = {0: "[stream", 1: "[stream", 2: "[future", 3: "[future"}
    streams = [
        ("a:b/i@1.2.0", name.replace("N", str(number)) + "g", signature)
        for number, start in names.items()
        for name, signature in (split(line, 2) for line in lines(PAYLOAD))
        if name.startswith(start)
    ]
    places = [(m, n, s) for m, n, s in (split(line, 3) for line in lines(INTRINSICS))]
    others = [
        (m, n, s) for m, n, s in places if m.startswith("[export]e") and n in ("[resource-new]q", "[resource-drop]q")
    ]
    others += [
        (m, n, s) for m, n, s in places if m in ("a:b/i@1.2.0", "inline") and n in ("f", "g", "[async-lower]g", "k")
    ]
    cases = {
        "root": module(*root),
        "streams": module(*streams),
        "others": module(*others),
        "all": module(*others, *streams, *root),
        "reversed": module(*reversed([*others, *streams, *root])),
    }
    assert answers("component new -t in.wat", cases) == golden


ADAPTERS = {
    "one": (
        "interface log { f: func(s: string); } world o { import log; }",
        '(import "a:one/log" "f" (func $f (param i32 i32)))',
    ),
    "two": ("world o { import deep: interface { k: func(); } }", '(import "deep" "k" (func $f))'),
    "three": ("world o { import late: async func() -> u32; }", '(import "$root" "late" (func $f (result i32)))'),
}

ADAPTER_BODY = """
  (import "env" "memory" (memory 0))
  (global $n (mut i32) (i32.const 0))
  (func (export "call") (param i32) (result i32) (global.set $n (local.get 0)) (global.get $n))
  (func (export "unused") (param i64) unreachable)
"""


def adapter(name: str, more: str = "") -> bytes:
    world, imported = ADAPTERS[name]
    consts = "(i32.const 1)" * imported.partition("(result")[0].count("i32")
    dropped = "drop" if "result" in imported else ""
    used = f'(func (export "use") {consts} (call $f) {dropped})'
    text = f"(module {imported} {ADAPTER_BODY} {used} {more})"
    return component_embed(f"package a:{name};\n{world}", wat_to_binary(text.encode(), "in.wat"), world="o")


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one"), ("three", "one", "two")])
@pytest.mark.parametrize("names", ["call", "call use", "use", "nothing"])
def test_adapters(
    order: tuple[str, ...], names: str, answers: Answers, golden: SnapshotAssertion, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    signatures = {"call": "i32 -> i32", "use": "->", "nothing": "->"}
    for name in order:
        Path(f"{name}.wasm").write_bytes(adapter(name))
    imports = [(a, name, signatures[name]) for a in order for name in names.split()]
    given = " ".join(f"--adapt {name}.wasm" for name in order)
    cases = {
        "used": module(*imports),
        "reversed": module(*reversed(imports)),
        "the first only": module(imports[0]),
        "not used": module(),
        "another type": module((order[-1], names.split()[-1], "i64 i64 ->")),
    }
    assert answers(f"component new -t {given} in.wat", cases) == golden


LIVE = """package a:b;

interface used { record r { a: u8 } record s { b: u8 } resource q; f: func(); }
interface others { use used.{r}; variant v { c(r) } g: func(); }

world w {
  import used;
  import others;
  use others.{v};
  use used.{s, q};
  export run: async func() -> v;
  export plain: func() -> s;
  export e: interface { use used.{r}; go: async func(x: future<r>) -> r; }
}
"""


def test_what_stays_alive(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Interfaces and types that only a built-in, or nothing, keeps.
    imports = {
        "nothing": "",
        "task return of the world": '(import "[export]$root" "[task-return]run" (func (param i32 i32)))',
        "task return of an interface": '(import "[export]e" "[task-return]go" (func (param i32)))',
        "future": '(import "[export]e" "[future-new-0]go" (func (result i64)))',
        "drop": '(import "a:b/used" "[resource-drop]q" (func (param i32)))',
        "drop of the world": '(import "$root" "[resource-drop]q" (func (param i32)))',
        "a function": '(import "a:b/used" "f" (func))',
        "another": '(import "a:b/others" "g" (func))',
    }
    exports = """
      (memory (export "memory") 1)
      (func (export "[async-lift-stackful]run"))
      (func (export "plain") (result i32) unreachable)
      (func (export "[async-lift-stackful]e#go") (param i32))"""
    cases = {}
    for name, imported in imports.items():
        cases[name] = component_embed(LIVE, wat_to_binary(f"(module {imported} {exports})".encode(), "in.wat"))
    assert answers("component new -t in.wat", cases) == golden


LIVE_BESIDE_EXPORTS = """package a:b;

interface used { record s { b: u8 } record r { a: u8 } resource q; f: func() -> s; }

world w {
  import used;
  BESIDE
  export e: interface { use used.{s, r, q}; go: async func(x: stream<r>) -> r; back: async func(x: future<q>) -> q; }
}
"""


@pytest.mark.parametrize("beside", ["export used;", ""], ids=["exported", "imported alone"])
def test_what_stays_alive_beside_exports(beside: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # The types of an exported interface, where the one that they come from is exported too or not, and their order.
    wit = LIVE_BESIDE_EXPORTS.replace("BESIDE", beside)
    imports = {
        "nothing": "",
        "task return": '(import "[export]e" "[task-return]go" (func (param i32)))',
        "task return of a handle": '(import "[export]e" "[task-return]back" (func (param i32)))',
        "stream": '(import "[export]e" "[stream-new-0]go" (func (result i64)))',
        "future": '(import "[export]e" "[future-new-0]back" (func (result i64)))',
        "drop": '(import "a:b/used" "[resource-drop]q" (func (param i32)))',
        "resource": '(import "[export]a:b/used" "[resource-new]q" (func (param i32) (result i32)))',
    }
    function = '(import "a:b/used" "f" (func (result i32)))'
    exports = """
      (memory (export "memory") 1)
      (func (export "a:b/used#f") (result i32) unreachable)
      (func (export "[async-lift-stackful]e#go") (param i32))
      (func (export "[async-lift-stackful]e#back") (param i32))"""
    cases = {}
    for name, imported in imports.items():
        text = f"(module {imported} {exports})"
        cases[name] = component_embed(wit, wat_to_binary(text.encode(), "in.wat"))
        text = f"(module {imported} {function} {exports})"
        cases[f"{name}, with a function"] = component_embed(wit, wat_to_binary(text.encode(), "in.wat"))
    assert answers("component new -t in.wat", cases) == golden


PLACES_OF_IMPORTS = ("env", "__main_module__", "one", "cm32p2", "cm32p2|a:b/i@1.2", "cm32p2|_ex_e", "a:b/i@1.2.0", "$root",
                     "[export]e", "[export]$root", "GOT.mem", "GOT.func", "wasi_snapshot_preview1", "inline", "")  # fmt: skip
KINDS = {
    "function": "(func (type $t))",
    "exact function": "(func (exact (type $t)))",
    "table": "(table 1 funcref)",
    "memory": "(memory 1)",
    "memory of 64 bits": "(memory i64 1)",
    "global": "(global i32)",
    "tag": "(tag (type $t))",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["memory", "f", "call"])
def test_kinds_of_imports(name: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    Path("one.wasm").write_bytes(adapter("one"))
    cases = {}
    for place in PLACES_OF_IMPORTS:
        for kind, type_ in KINDS.items():
            if place == "__main_module__" and kind != "exact function":
                continue  # there is none: the reference crashes
            text = f'(module (type $t (func)) (import "{place}" "{name}" {type_}))'
            cases[f"{place or 'nothing'}: {kind}"] = wat_to_binary(text.encode(), "in.wat")
    told = answers("component new --adapt one.wasm -t in.wat", cases)
    assert told == golden
