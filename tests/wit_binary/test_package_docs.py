"""The `package-docs` section: what is written, what is read, and what does not fit."""

from __future__ import annotations

import pytest
from wit_binaries import flat, printed, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit_binary import package_docs

DOCUMENTED = """/// the package
package a:b@0.2.0;

/// an interface
@since(version = 0.1.0)
interface i {
  /// a record
  record r {
    /// a "field"
    x: u8,
    y: u8,
  }
  /// \u00e9\\
  @unstable(feature = z)
  @deprecated(version = 0.2.0)
  f: func();
  g: func();
}

/// a world
world w {
  /// imported
  @since(version = 0.1.0)
  import i;
  import n: interface {
    /// inner
    enum e {
      /// case
      c,
    }
  }
  /// a type
  type t = u8;
  /// in
  import f: func();
  /// out
  export f: func();
  export i;
}
"""

JSON = (
    '{"docs":"the package","worlds":{"w":{"docs":"a world",'
    '"interfaces":{"n":{"types":{"e":{"docs":"inner","items":{"c":"case"}}}}},'
    '"types":{"t":{"docs":"a type"}},"funcs":{"f":{"docs":"in"}},"func_exports":{"f":{"docs":"out"}},'
    '"interface_import_stability":{"a:b/i@0.2.0":{"stable":{"since":"0.1.0"}}},'
    '"interface_import_docs":{"a:b/i@0.2.0":"imported"}}},'
    '"interfaces":{"i":{"docs":"an interface","stability":{"stable":{"since":"0.1.0"}},'
    '"funcs":{"f":{"docs":"\u00e9\\\\","stability":{"unstable":{"feature":"z","deprecated":"0.2.0"}}}},'
    '"types":{"r":{"docs":"a record","items":{"x":"a \\"field\\""}}}}}}'
)


def test_encode() -> None:
    assert package_docs.encode(resolve_of(DOCUMENTED), 0) == b"\x01" + JSON.encode()


def test_nothing_to_say() -> None:
    assert (
        package_docs.encode(resolve_of("package a:b; interface i { f: func(); } world w { import i; }"), 0) == b"\x01{}"
    )


def test_round_trip() -> None:
    plain = [line for line in DOCUMENTED.splitlines() if not line.strip().startswith(("///", "@"))]
    resolve = resolve_of("\n".join(plain))
    package_docs.decode(b"\x01" + JSON.encode()).inject(resolve, 0)
    expected = resolve_of(DOCUMENTED)
    assert printed(resolve, 0) == printed(expected, 0)
    assert package_docs.encode(resolve, 0) == b"\x01" + JSON.encode()


def test_version_0_has_docs_of_functions_as_strings() -> None:
    resolve = resolve_of("package a:b; interface i { f: func(); g: func(); }")
    package_docs.decode(b'\x00{"interfaces":{"i":{"funcs":{"f":"d","g":null}}}}').inject(resolve, 0)
    assert printed(resolve, 0) == flat("package a:b;\ninterface i {\n/// d\nf: func();\ng: func();\n}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "expected package-docs version 1, got None"),
        (b"\x02{}", "expected package-docs version 1, got Some(2)"),
        (b"\x01", "EOF while parsing a value at line 1 column 0"),
        (b"\x01[null,{},{},{}]", "trailing characters at line 1 column 13"),
        (b'\x01{"worlds":{"w":{"x":1}}}', None),
    ],
)
def test_malformed(data: bytes, message: str | None) -> None:
    with pytest.raises(WasmToolsError) as e:
        package_docs.decode(data)
    if message is None:
        message = (
            "unknown field `x`, expected one of `docs`, `stability`, `interfaces`, `types`, `funcs`, "
            "`interface_exports`, `func_exports`, `interface_import_stability`, `interface_export_stability`, "
            "`interface_import_docs`, `interface_export_docs` at line 1 column 19"
        )
    assert str(e.value) == message


UNKNOWN_SPAN = "span: Span { start: 4294967295, end: 4294967295 }"


@pytest.mark.parametrize(
    ("json", "message"),
    [
        ('{"worlds":{"a\\nb":{}}}', 'missing world "a\\nb"'),
        ('{"interfaces":{"x":{}}}', 'missing interface "x"'),
        ('{"interfaces":{"i":{"types":{"x":{}}}}}', 'missing type "x"'),
        ('{"interfaces":{"i":{"funcs":{"x":"d"}}}}', 'missing func "x"'),
        ('{"worlds":{"w":{"interfaces":{"x":{}}}}}', 'missing interface "x"'),
        ('{"worlds":{"w":{"interfaces":{"f":{}}}}}', 'missing interface "f"'),
        ('{"worlds":{"w":{"interface_exports":{"n":{}}}}}', 'missing interface "n"'),
        ('{"worlds":{"w":{"types":{"n":{}}}}}', 'missing type "n"'),
        ('{"worlds":{"w":{"funcs":{"n":{}}}}}', 'missing func "n"'),
        ('{"worlds":{"w":{"func_exports":{"f":{}}}}}', 'missing func "f"'),
        ('{"worlds":{"w":{"interface_import_stability":{"q":"unknown"}}}}', "missing interface `q`"),
        ('{"worlds":{"w":{"interface_export_docs":{"a:b/i":"d"}}}}', "missing interface `a:b/i`"),
        (
            '{"interfaces":{"i":{"types":{"t":{"items":{"a":"b"}}}}}}',
            "got 'items' for unexpected type TypeDef { name: Some(\"t\"), kind: Type(U8), "
            "owner: Interface(Id { idx: 0 }), docs: Docs { contents: None }, stability: Unknown, "
            f"{UNKNOWN_SPAN}, external_id: None }}",
        ),
        (
            '{"interfaces":{"i":{"types":{"e":{"items":{"c":"d","q":"\\n"}}}}}}',
            'not all \'items\' match type items; {"c": "d", "q": "\\n"} vs '
            f'[EnumCase {{ name: "c", docs: Docs {{ contents: Some("d") }}, {UNKNOWN_SPAN} }}]',
        ),
        (
            '{"interfaces":{"i":{"types":{"v":{"items":{"q":"d"}}}}}}',
            'not all \'items\' match type items; {"q": "d"} vs '
            f'[Case {{ name: "c", ty: Some(Id(Id {{ idx: 0 }})), docs: Docs {{ contents: None }}, {UNKNOWN_SPAN} }}]',
        ),
    ],
)
def test_what_does_not_fit(json: str, message: str) -> None:
    from pywasmtools.wit_binary.encoder import encode_package
    from pywasmtools.wit_binary.whole import decode

    wit = """package a:b;
interface i { type t = u8; enum e { c } variant v { c(t) } f: func(); }
world w { import i; import n: interface {} import f: func(); }
"""
    # decoded, so that spans are unknown
    decoded = decode(encode_package(resolve_of(wit), 0))
    metadata = package_docs.decode(b"\x01" + json.encode())
    with pytest.raises(WasmToolsError) as e:
        metadata.inject(decoded.resolve, decoded.package)
    assert str(e.value) == message
