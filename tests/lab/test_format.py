"""`pywasmtools fmt`: one layout, comments and order kept, and never another meaning."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from conftest import ROOT

from pywasmtools.lab.fuzz.wit.made import generate

pytest.importorskip("typer")
pytest.importorskip("rich")
pytest.importorskip("tree_sitter_wit", reason="the grammar is not installed: pip install ./tree-sitter-wit")

from typer.testing import CliRunner, Result

from pywasmtools import WasmToolsError, component_wit
from pywasmtools.lab.commands import app
from pywasmtools.lab.format import format_wit, tokens_of


def formatted(text: str) -> str:
    """A text laid out, and that once more, which changes nothing."""
    once = format_wit(text.encode())
    assert format_wit(once) == once
    return once.decode()


CASES = {
    "an interface on one line": (
        'package a:b@1.0.0;interface c{@since(version=1.0.0)@external-id("x \\"y\\"")type z=u8;use d.{t,u as v,};'
        "record r{a:u8,b:list<z,4>}variant s{a,b(u8)}enum e{x}flags f{y,z}resource p;resource q{constructor(a:u8,);"
        "m:func();n:static async func()->result<_,u8>;}g:func(a:u8,b:string,)->tuple<u8,u8,>;}",
        """\
package a:b@1.0.0;

interface c {
  @since(version = 1.0.0)
  @external-id("x \\"y\\"")
  type z = u8;
  use d.{t, u as v};
  record r {
    a: u8,
    b: list<z, 4>,
  }
  variant s {
    a,
    b(u8),
  }
  enum e {
    x,
  }
  flags f {
    y,
    z,
  }
  resource p;
  resource q {
    constructor(a: u8);
    m: func();
    n: static async func() -> result<_, u8>;
  }
  g: func(a: u8, b: string) -> tuple<u8, u8>;
}
""",
    ),
    "a world on one line, and packages in packages": (
        "use a:b/c@1.0.0 as d;use e;world w{import f;import g:h/i@0.1.0-rc.1;export j:k;export l:m:n/o;import p:func();"
        "export q:interface{r:get()->u8;}include s;include t with{u as v,x as y}}package k:l{world w{}interface i{}}",
        """\
use a:b/c@1.0.0 as d;
use e;

world w {
  import f;
  import g:h/i@0.1.0-rc.1;
  export j: k;
  export l: m:n/o;
  import p: func();
  export q: interface {
    r: get() -> u8;
  }
  include s;
  include t with { u as v, x as y }
}

package k:l {
  world w {
  }

  interface i {
  }
}
""",
    ),
    "blank lines: one at most, none at the ends of a body": (
        "\n\n\npackage a:b;\ninterface i {\n\n\n  f: func();\n  g: func();\n\n\n\n  h: func();\n\n}\n\n\n\nworld w {\n}\n\n\n",
        """\
package a:b;
interface i {
  f: func();
  g: func();

  h: func();
}

world w {
}
""",
    ),
    "comments on lines of their own and at the ends of lines": (
        "// first\n\n/// of the package\npackage a:b; // behind\n\n\n// alone\n\n/// of i\ninterface i { // opens\n"
        "// before f\n      /// of f\n  f: func(); // behind f\n// the last\n\n// really\n} // closes\n// the end\n",
        """\
// first

/// of the package
package a:b; // behind

// alone

/// of i
interface i { // opens
  // before f
  /// of f
  f: func(); // behind f
  // the last

  // really
} // closes
// the end
""",
    ),
    "block comments, before an item and within": (
        "interface i {\n/** of f */ f: /* a */ func(/* b */ a: u8 /* c */) /* d */ -> u8; /* e */ /* f */\n"
        "      /* two\n         lines */\n      g: func();\n}\n",
        """\
interface i {
  /** of f */ f: /* a */ func( /* b */ a: u8 /* c */) /* d */ -> u8; /* e */ /* f */
  /* two
         lines */
  g: func();
}
""",
    ),
    "lists that their author broke": (
        "interface i {\n  use a.{\n    b, c as d };\n  f: func(\n a: u8, // of a\n /// docs of b\n b: u8) -> u8;\n}\n"
        "world w {\n  include x with {\n a as b, c as d }\n}\n",
        """\
interface i {
  use a.{
    b,
    c as d,
  };
  f: func(
    a: u8, // of a
    /// docs of b
    b: u8,
  ) -> u8;
}
world w {
  include x with {
    a as b,
    c as d,
  }
}
""",
    ),
    "line comments where a line would go on": (
        "interface i {\n  f: // a\n    func(a: u8, // b\n    b: u8); record r {\n a: u8 // c\n , b: u8 // d\n }\n}\n",
        """\
interface i {
  f: // a
    func(a: u8, // b
    b: u8);
  record r {
    a: u8 // c
      ,
    b: u8, // d
  }
}
""",
    ),
    "nothing, and comments alone": ("\n \n// a\n\n\n/* b */ // c\n\n", "// a\n\n/* b */ // c\n"),
    "names of keywords, returns, and a byte-order mark": (
        "\ufeffpackage a:b;\r\n\r\ninterface %type {\r\n  %use: func(); // a \t\r\n}\r\n",
        "package a:b;\n\ninterface %type {\n  %use: func(); // a\n}\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_layout(case: str) -> None:
    text, expected = CASES[case]
    assert formatted(text) == expected


def test_a_file_without_anything_is_empty() -> None:
    assert formatted("") == formatted(" \n\n") == ""


def test_what_the_reference_prints_stays_as_it_is() -> None:
    """Every WIT text on stdout in the goldens. Between packages the reference leaves two lines blank, `fmt` one."""
    count = 0
    for path in sorted((ROOT / "golden").rglob("*.txt")):
        parts = re.split(r"^--- (.*)\n", path.read_text(), flags=re.MULTILINE)
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            if name != "stdout" or not text.startswith("package ") or "${" in text or "\nstatus " in text:
                continue
            try:
                component_wit(text, all_features=True)
            except WasmToolsError:
                continue
            expected = re.sub(r"\n\n\n+", "\n\n", text.rstrip() + "\n")
            assert format_wit(text.encode()).decode() == expected, path
            count += 1
    assert count > 15


def mangled(source: bytes, rng: random.Random) -> bytes:
    """The same tokens and comments with other white space, and more comments, between them."""
    out = bytearray()
    for token in tokens_of(source):
        out += token.text
        if token.text.startswith(b"//"):
            out += b"\n"
        out += rng.choice(
            [b" ", b" ", b"\n", b"\n\n\n", b"\t", b"\r\n", b" /* c */ ", b" // d \n", b"\n/// e\n", b" /**\n f*/"]
        )
    return bytes(out)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_another_layout_never_means_something_else(seed: int, tmp_path: Path) -> None:
    """Generated packages, as they are and with their white space mangled: the same JSON, docs and all; a fixed point."""
    rng = random.Random(seed)
    files, _ = generate(seed)

    def meaning(of: dict[str, bytes], name: str) -> str:
        folder = tmp_path / name
        for path, data in of.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        try:
            return component_wit(folder, form="json", all_features=True).decode()
        except WasmToolsError as e:
            return re.sub(r"\n.*", "", str(e))

    plain = {path: text.encode() for path, text in files.items()}
    for name, sources in (("plain", plain), ("mangled", {path: mangled(data, rng) for path, data in plain.items()})):
        written = {path: formatted(data.decode()).encode() for path, data in sources.items()}
        before = meaning(sources, f"{name}-before")
        assert meaning(written, f"{name}-after") == before.replace(f"{name}-before", f"{name}-after")
    try:
        printed = component_wit(tmp_path / "plain-before", all_features=True).decode()
    except WasmToolsError:
        return
    assert format_wit(printed.encode()).decode() == printed.replace("\n\n\n", "\n\n")


# ------------------------------------------------------------------------------- the command


def fmt(*argv: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(app, ["fmt", *argv], input=stdin, env={"COLUMNS": "200"})


UNTIDY = "package a:b;\ninterface i{ f:func(); }\n"
TIDY = "package a:b;\ninterface i {\n  f: func();\n}\n"


def test_a_folder_but_not_what_it_depends_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.wit", "b/c.wit", "deps/d.wit", ".git/e.wit", "f.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(UNTIDY)
    (tmp_path / "g.wit").write_text(TIDY)
    (tmp_path / "a.wit").chmod(0o640)
    done = fmt("--check")
    assert (done.exit_code, done.output) == (1, "would format a.wit\nwould format b/c.wit\n")
    assert (tmp_path / "a.wit").read_text() == UNTIDY
    done = fmt()
    assert (done.exit_code, done.output) == (0, "formatted a.wit\nformatted b/c.wit\n")
    assert [(tmp_path / name).read_text() == TIDY for name in ("a.wit", "b/c.wit", "deps/d.wit", ".git/e.wit")] == [
        *(True, True, False, False)
    ]
    assert (tmp_path / "a.wit").stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == [".git", "a.wit", "b", "deps", "f.txt", "g.wit"]
    assert fmt("deps/d.wit").exit_code == 0
    assert (tmp_path / "deps/d.wit").read_text() == TIDY


def test_stdin_goes_to_stdout() -> None:
    done = fmt("-", stdin=UNTIDY.encode())
    assert (done.exit_code, done.output) == (0, TIDY)


def test_a_difference_is_shown_and_nothing_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.wit").write_text(UNTIDY)
    done = fmt("--diff", "a.wit")
    assert (done.exit_code, done.output) == (
        0,
        "--- a.wit\n+++ a.wit\n@@ -1,2 +1,4 @@\n package a:b;\n-interface i{ f:func(); }\n+interface i {\n+  f: func();\n+}\n",
    )
    assert fmt("--diff", "--check", "a.wit").exit_code == 1
    assert (tmp_path / "a.wit").read_text() == UNTIDY


def test_what_is_no_wit_stays_and_is_told_as_the_command_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.wit").write_text("package a:b;\ninterface i { f: func() }\n")
    (tmp_path / "b.wit").write_bytes(b"package a:\xff;\n")
    (tmp_path / "c.wit").write_text(UNTIDY)
    done = fmt("a.wit", "b.wit", "c.wit", "d.wit")
    with pytest.raises(WasmToolsError) as told:
        component_wit(Path("a.wit"))
    assert done.exit_code == 2
    assert done.output == (
        f"error: {told.value}\nerror: input file is not valid utf-8 [b.wit]\nformatted c.wit\n"
        "error: d.wit: No such file or directory\n"
    )
    assert (tmp_path / "c.wit").read_text() == TIDY


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a.wit").write_text(UNTIDY)
    (tmp_path / "b.wit").symlink_to("a.wit")
    assert fmt(str(tmp_path / "b.wit")).exit_code == 0
    assert (tmp_path / "b.wit").is_symlink()
    assert (tmp_path / "a.wit").read_text() == TIDY
