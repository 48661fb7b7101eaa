"""JSON into shapes: texts, lines and columns are what serde_json gave in the reference for `package-docs`."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.text.json_quote import quote
from pywasmtools.text.semver import Version
from pywasmtools.text.serde_json import (
    A_STRING,
    A_VERSION,
    AN_OPTIONAL_STRING,
    AN_OPTIONAL_VERSION,
    enum,
    map_of,
    read,
    struct,
    untagged,
)

STABILITY = enum(
    ("unknown", "unstable", "stable"),
    (
        None,
        struct(
            "Stability::Unstable",
            (("feature", A_STRING), ("deprecated", AN_OPTIONAL_VERSION)),
            required=1,
            deny_unknown=False,
        ),
        struct(
            "Stability::Stable",
            (("since", A_VERSION), ("deprecated", AN_OPTIONAL_VERSION)),
            required=1,
            deny_unknown=False,
        ),
    ),
)
FUNCTION = untagged(
    "FunctionMetadata",
    (
        AN_OPTIONAL_STRING,
        struct(
            "FunctionMetadata::DocsAndStability",
            (("docs", AN_OPTIONAL_STRING), ("stability", STABILITY)),
            from_list=False,
        ),
    ),
)
TYPE = struct("TypeMetadata", (("docs", AN_OPTIONAL_STRING), ("stability", STABILITY), ("items", map_of(A_STRING))))
PACKAGE = struct(
    "PackageMetadata",
    (("docs", AN_OPTIONAL_STRING), ("types", map_of(TYPE)), ("funcs", map_of(FUNCTION))),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", [None, {}, {}]),
        ('{"docs":null}', [None, {}, {}]),
        (' { "docs" : "d" }\n', ["d", {}, {}]),
        ('["d",{},{}]', ["d", {}, {}]),
        ('["d"]', ["d", {}, {}]),
        ('{"docs":"\\u00e9\\ud83d\\ude00\\n\\"\\\\\\/\\b\\f\\r\\t"}', ['é😀\n"\\/\b\f\r\t', {}, {}]),
        ('{"types":{"t":{"stability":"unknown"}}}', [None, {"t": [None, (0, None), {}]}, {}]),
        ('{"types":{"t":{"stability":{"unknown":null}}}}', [None, {"t": [None, (0, None), {}]}, {}]),
        ('{"types":{"t":[null,{"unstable":["f"]}]}}', [None, {"t": [None, (1, ["f", None]), {}]}, {}]),
        (
            '{"types":{"t":{"stability":{"stable":{"since":"1.2.3","x":[{}, 1]}}}}}',
            [None, {"t": [None, (2, [Version(1, 2, 3), None]), {}]}, {}],
        ),
        (
            '{"types":{"t":{"items":{"a":"1","b":"2","a":"3"}}}}',
            [None, {"t": [None, (0, None), {"a": "3", "b": "2"}]}, {}],
        ),
        (
            '{"funcs":{"f":"d","g":null,"h":{}}}',
            [None, {}, {"f": (0, "d"), "g": (0, None), "h": (1, [None, (0, None)])}],
        ),
        (
            '{"funcs":{"f":{"docs":"d","stability":{"unstable":{"feature":"q","deprecated":"0.1.0"}}}}}',
            [None, {}, {"f": (1, ["d", (1, ["q", Version(0, 1, 0)])])}],
        ),
    ],
)
def test_values(text: str, value: object) -> None:
    assert read(text.encode(), PACKAGE) == value


def test_a_repeated_key_keeps_its_place() -> None:
    found = read(b'{"b":"1","a":"2","b":"3"}', map_of(A_STRING))
    assert isinstance(found, dict)
    assert list(found.items()) == [("b", "3"), ("a", "2")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # syntax: where the byte is that was looked at
        (b"", "EOF while parsing a value at line 1 column 0"),
        (b"{", "EOF while parsing an object at line 1 column 1"),
        (b'{"docs"', "EOF while parsing an object at line 1 column 7"),
        (b'{"docs" 1', "expected `:` at line 1 column 9"),
        (b'{"docs":"', "EOF while parsing a string at line 1 column 9"),
        (b'{"docs":', "EOF while parsing a value at line 1 column 8"),
        (b'{"docs":"a"', "EOF while parsing an object at line 1 column 11"),
        (b'{"docs":"a" 1', "expected `,` or `}` at line 1 column 13"),
        (b'{"docs":"a",}', "trailing comma at line 1 column 13"),
        (b'{"docs":"a",1', "key must be a string at line 1 column 13"),
        (b"{} {", "trailing characters at line 1 column 4"),
        (b'{\n"docs":\n  x}', "expected value at line 3 column 3"),
        (b'{"docs":nul}', "expected ident at line 1 column 12"),
        (b'{"docs":"\\x"}', "invalid escape at line 1 column 11"),
        (b'{"docs":"\\u12G4"}', "invalid escape at line 1 column 15"),
        (b'{"docs":"\\ud800"}', "unexpected end of hex escape at line 1 column 16"),
        (b'{"docs":"\\udc00"}', "lone leading surrogate in hex escape at line 1 column 15"),
        (b'{"docs":"\n"}', "control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0"),
        (b'{"docs":"\xff"}', "invalid unicode code point at line 1 column 11"),
        (b'["a",{},{},1]', "trailing characters at line 1 column 12"),
        (b'["a",]', "trailing comma at line 1 column 6"),
        (b'["a" {}]', "expected `,` or `]` at line 1 column 6"),
        # types
        (b"5", "invalid type: integer `5`, expected struct PackageMetadata at line 1 column 1"),
        (b'"q\\t\'"', 'invalid type: string "q\\t\'", expected struct PackageMetadata at line 1 column 6'),
        (b'{"docs":-12}', "invalid type: integer `-12`, expected a string at line 1 column 11"),
        (b'{"docs":1e-7}', "invalid type: floating point `1e-7`, expected a string at line 1 column 12"),
        (b'{"docs":0.00001234}', "invalid type: floating point `0.00001234`, expected a string at line 1 column 18"),
        (b'{"docs":1e17}', "invalid type: floating point `1e+17`, expected a string at line 1 column 12"),
        (b'{"docs":18446744073709551616}', "invalid type: floating point `1.8446744073709552e+19`"),
        (b'{"docs":1e400}', "number out of range at line 1 column 13"),
        (b'{"docs":01}', "invalid number at line 1 column 10"),
        (b'{"docs":true}', "invalid type: boolean `true`, expected a string at line 1 column 12"),
        (b'{"docs":[]}', "invalid type: sequence, expected a string at line 1 column 8"),
        (b'{"types":[]}', "invalid type: sequence, expected a map at line 1 column 9"),
        (b'{"types":null}', "invalid type: null, expected a map at line 1 column 13"),
        # the shape: the end of the object is looked for before the place is noted
        (b'{"nope":1}', "unknown field `nope`, expected one of `docs`, `types`, `funcs` at line 1 column 7"),
        (b'{"nope" }', "unknown field `nope`, expected one of `docs`, `types`, `funcs` at line 1 column 9"),
        (b'{"docs":"a","docs":"b"}', "duplicate field `docs` at line 1 column 18"),
        (
            b'{"funcs":{"f":5 } }',
            "data did not match any variant of untagged enum FunctionMetadata at line 1 column 17",
        ),
        (b'{"funcs":{"f":{"docs":1}}}', "data did not match any variant of untagged enum FunctionMetadata"),
        (b'{"funcs":{"f":["d"]}}', "data did not match any variant of untagged enum FunctionMetadata"),
        (b'{"types":{"t":{"stability":5}}}', "expected value at line 1 column 28"),
        (b'{"types":{"t":{"stability":{}}}}', "expected value at line 1 column 29"),
        (
            b'{"types":{"t":{"stability":"x"}}}',
            "unknown variant `x`, expected one of `unknown`, `unstable`, `stable` at line 1 column 30",
        ),
        (
            b'{"types":{"t":{"stability":"stable"}}}',
            "invalid type: unit variant, expected struct variant at line 1 column 36",
        ),
        (b'{"types":{"t":{"stability":{"stable":{}}}}}', "missing field `since` at line 1 column 39"),
        (
            b'{"types":{"t":{"stability":{"unstable":[]}}}}',
            "invalid length 0, expected struct variant Stability::Unstable with 2 elements at line 1 column 41",
        ),
        (
            b'{"types":{"t":{"stability":{"stable":{"since":"1.2"}}}}}',
            "unexpected end of input while parsing minor version number at line 1 column 52",
        ),
    ],
)
def test_errors(text: bytes, message: str) -> None:
    with pytest.raises(WasmToolsError) as e:
        read(text, PACKAGE)
    found = e.value.layers[0].message
    assert found.startswith(message) if " at line " not in message else found == message


def test_recursion_limit_of_content_but_not_of_what_is_ignored() -> None:
    inside = b'{"funcs":{"f":' + b"[" * 126 + b"]" * 126 + b"}}"
    with pytest.raises(WasmToolsError, match="recursion limit exceeded at line 1 column 140"):
        read(inside, PACKAGE)
    deep = 100_000
    ignored = b'{"types":{"t":{"stability":{"stable":{"since":"1.0.0","x":' + b"[" * deep + b"]" * deep + b"}}}}}"
    assert read(ignored, PACKAGE) == [None, {"t": [None, (2, [Version(1, 0, 0), None]), {}]}, {}]


def test_quote_escapes_as_serde_json_writes() -> None:
    assert quote('a"\\\b\f\n\r\t\0\x1f\x7fé/') == '"a\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\x7fé/"'
