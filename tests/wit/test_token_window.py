"""Tokens are read some thousand at a time: wherever that begins anew, the text means the same."""

from __future__ import annotations

import pytest

from pywasmtools import WasmToolsError, parse_wit, print_wit

HEAD = "package a:b@0.2.0;\n"
OTHER = "package a:c@1.0.0-rc.1+b.2 { interface i { type t = u32; } }\n"
FILLING = "world w {" + "".join([f"import f{k}x: func();" for k in range(300)])
# What looks ahead or back.
REST = """
  import a:c/i@1.0.0-rc.1+b.2;
  import %get: interface { get: func(); set: func(%u8: u8); a: get() -> u8; }
  import named: a:c/i@1.0.0-rc.1+b.2;
  export run: async func(a: list<list<u8, 4>>, b: tuple<u8, s8,>) -> result<_, string>;
  use a:c/i@1.0.0-rc.1+b.2.{t as s};
  resource r { constructor(a: s); size: get() -> u32; make: static func() -> r; }
  @since(version = 0.1.0) import last: func();
  @deprecated(version = 0.1.0) @unstable(feature = no) import no: func();
}
"""
PIECE = 1 << 14
"""The bytes that are read at a time."""


def printed(padding: int) -> str:
    return print_wit(parse_wit(HEAD + OTHER + FILLING + " " * padding + REST))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_a_window_begins_anywhere(part: int) -> None:
    """The first piece has more tokens than a window, and ends at every place of `REST`."""
    expected = printed(0)
    behind = PIECE - len(HEAD + OTHER + FILLING)
    for place in range(part, len(REST), 8):
        assert printed(behind - place) == expected


def test_a_window_ends_in_comments() -> None:
    comments = "// nothing\n" * 5_000
    text = print_wit(parse_wit(f"{HEAD}{comments}interface i {{}}\n{comments}/// The last one\ninterface j {{}}"))
    assert text.count("/// nothing\n") == 10_000
    assert text.endswith("/// The last one\ninterface j {\n}\n\n")


def test_a_version_longer_than_a_window() -> None:
    version = "rc." * 5_000 + "1"
    packages = parse_wit(f"package a:b@1.0.0-{version};").model.packages
    assert str(packages[0].name) == f"a:b@1.0.0-{version}"
    with pytest.raises(WasmToolsError, match="no `package` header was found"):
        parse_wit(f"package a:b@1.0.0-{version} {{ interface i {{ }} }}")


@pytest.mark.parametrize("mark", ["!", '"', "/*", "\x07"])
def test_what_is_wrong_comes_in_order(mark: str) -> None:
    """A mistake comes before what can't be read behind it, whole-text checks aside."""
    text = HEAD + "interface i { f: func() -> ; }\n" + "interface j { }\n" * 2_000 + mark
    with pytest.raises(WasmToolsError) as raised:
        parse_wit(text)
    expected = "Control code" if mark == "\x07" else "expected a type, found ';'"
    assert str(raised.value).startswith(expected)


def test_a_last_line_without_words() -> None:
    """Where nothing but marks stands, a piece ends between two of them."""
    with pytest.raises(WasmToolsError) as raised:
        parse_wit(HEAD + "interface i { type t = tuple<" + "," * 40_000)
    assert "expected a type, found ','" in str(raised.value)
