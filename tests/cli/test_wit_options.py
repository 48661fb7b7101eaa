"""`component wit` with the options that change a world or say where packages go: what is written, what is refused."""

from __future__ import annotations

import sys

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_wit

WIT = """/// The main package.
package a:main@1.0.0;

interface types {
  resource r;
  record rec { x: u8 }
}

interface run {
  use types.{r, rec};
  run: func(x: rec) -> option<own<r>>;
}

world w {
  use types.{rec};
  import run;
  import plain: func(x: rec);
  import inline: interface { f: func(); }
  export run;
  export done: func() -> rec;
}

world v {
  import types;
  export f: func();
}

package a:old {
  interface i { f: func(); }
}

package b:main {
  interface i { f: func(); }
}

package a:versioned@0.1.0 {
  interface i { f: func(); }
  world imports { import i; }
}

package a:versioned@0.1.1 {
  interface i { f: func(); g: func(); }
  world both { import i; import a:versioned/i@0.1.0; }
}
"""

VERSIONS = """package a:main;

world w {
  import a:dep/i@0.1.0;
  import a:dep/i@0.1.2;
  import a:dep/i@0.2.0;
}

world bad {
  import a:dep/j@0.1.0;
  import a:dep/j@0.1.2;
}

package a:dep@0.1.0 {
  interface i { type t = u8; f: func(x: t); }
  interface j { f: func(); }
}

package a:dep@0.1.2 {
  interface i { type t = u8; f: func(x: t); g: func(); }
  interface j { f: func(x: u8); }
}

package a:dep@0.2.0 {
  interface i { f: func(); }
}
"""

OPTIONS = [
    "--importize",
    "--importize-world w",
    "--importize-world v --importize-out-world-name other",
    "--importize-world none",
    "--exportize",
    "--exportize-world v",
    "--exportize-world v --exportize-out-world-name other",
    "--exportize-world w --exportize-import plain",
    "--exportize-world w --exportize-import run --exportize-import inline",
    "--exportize-world w --exportize-import none",
    "--generate-nominal-type-ids w",
    "--generate-nominal-type-ids v",
    "--merge-world-imports-based-on-semver w",
    "--importize --exportize",
    "--importize-out-world-name x",
    "--importize-world w -j",
    "--out-dir out",
    "--out-dir out --no-docs --importize-world v",
    "--out-dir a.wit",
    "--out-dir out -w",
    "-w -t",
]


@pytest.mark.parametrize("options", OPTIONS)
def test_options(options: str, run: Run, golden: SnapshotAssertion) -> None:
    if sys.platform == "win32" and options.startswith("--out-dir out") and "-w" not in options.split():
        pytest.skip("the files have colons in their names")
    assert run(f"component wit a.wit {options}", {"a.wit": WIT}) == golden


@pytest.mark.parametrize("world", ["w", "bad", "none"])
def test_merging_versions(world: str, run: Run, golden: SnapshotAssertion) -> None:
    assert run(f"component wit a.wit --merge-world-imports-based-on-semver {world}", {"a.wit": VERSIONS}) == golden


@pytest.mark.parametrize(
    "options",
    [
        "--importize",
        "--importize-world w",
        "--importize-out-world-name other --importize",
        "--exportize",
        "--exportize-world w",
        "--merge-world-imports-based-on-semver root",
        "--generate-nominal-type-ids root",
    ],
)
def test_a_component_has_one_world(options: str, run: Run, golden: SnapshotAssertion) -> None:
    text = '(component (import "a:b/c" (instance (export "f" (func)))) (import "f" (func $f)) (export "g" (func $f)))'
    assert run(f"component wit c.wat {options}", {"c.wat": text}) == golden


@pytest.mark.skipif(sys.platform == "win32", reason="the files have colons in their names")
def test_folders_of_packages_that_share_a_name(run: Run, golden: SnapshotAssertion) -> None:
    # Each file is called by as much of the package's name as tells it from the others.
    names = ["a:x@1.0.0", "a:x@2.0.0", "b:x", "b:y", "c:z@1.0.0"]
    packages = "".join(f"package {name} {{ interface i {{ f: func(); }} }}\n" for name in names)
    assert run("component wit a.wit --out-dir out", {"a.wit": f"package m:m;\n{packages}"}) == golden


def test_binary_in_and_out(run: Run, golden: SnapshotAssertion) -> None:
    binary = component_wit(WIT, form="wasm")
    assert run("component wit a.wasm --importize-world v", {"a.wasm": binary}) == golden
