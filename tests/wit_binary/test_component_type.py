"""Component-type sections: read back, merged, refused with the reference's messages."""

from __future__ import annotations

import pytest
from wit_binaries import printed, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.release import CRATE_VERSION
from pywasmtools.wasm.writer import custom_section, name
from pywasmtools.wit_binary import component_type
from pywasmtools.wit_binary.encoder import encode_package

MODULE = b"\0asm\1\0\0\0"
WIT = "package a:b@1.2.3; interface i { f: func(s: string); } world w { import i; export g: func() -> string; }"


def layers_of(module: bytes) -> list[str]:
    """The messages with which a module is refused."""
    with pytest.raises(WasmToolsError) as e:
        component_type.decode(module)
    return [layer.text() for layer in e.value.layers]


def with_section(content: bytes, section_name: str = "component-type") -> bytes:
    return MODULE + custom_section(section_name, content)


def test_modules_without_sections() -> None:
    module, bindgen = component_type.decode(MODULE)
    assert module is None
    assert bindgen.resolve.worlds[bindgen.world].name == "root"
    assert bindgen.producers is None


def test_round_trip() -> None:
    resolve = resolve_of(WIT)
    custom = custom_section("other", b"x")
    module, bindgen = component_type.decode(component_type.embed(MODULE + custom, resolve, 0, "compact-utf16"))
    assert module == MODULE + custom
    world = bindgen.resolve.worlds[bindgen.world]
    assert [bindgen.resolve.name_world_key(key) for key in world.imports] == ["a:b/i@1.2.3"]
    assert list(world.exports) == ["g"]
    interface = next(iter(world.imports))
    metadata = bindgen.metadata
    assert metadata.import_encodings.get(bindgen.resolve, interface, "f") == component_type.COMPACT_UTF16
    assert metadata.import_encodings.encodings == {"a:b/i/f": component_type.COMPACT_UTF16}
    assert metadata.export_encodings.encodings == {"g/g": component_type.COMPACT_UTF16}
    assert bindgen.producers is not None
    assert bindgen.producers.fields == {"processed-by": {"wit-component": CRATE_VERSION}}


def test_sections_are_merged() -> None:
    first = component_type.encode(resolve_of("package a:b; world w { import f: func(); }"), 0)
    second = component_type.encode(resolve_of("package c:d; world w { import g: func(); export h: func(); }"), 0)
    data = with_section(first) + custom_section("component-type:second", second)
    _, bindgen = component_type.decode(data)
    world = bindgen.resolve.worlds[bindgen.world]
    assert (list(world.imports), list(world.exports)) == (["f", "g"], ["h"])


def test_encodings_that_disagree() -> None:
    resolve = resolve_of("package a:b; world w { import f: func(); }")
    data = component_type.embed(component_type.embed(MODULE, resolve, 0), resolve, 0, "utf16")
    assert layers_of(data) == [
        "updating metadata for section component-type",
        "conflicting string encodings specified for `f/f`",
    ]


def test_format_3() -> None:
    resolve = resolve_of(WIT)
    _, bindgen = component_type.decode(with_section(b"\x03\x01" + name("w") + encode_package(resolve, 0)))
    assert bindgen.metadata.export_encodings.encodings == {"g/g": component_type.UTF16}
    package = bindgen.resolve.worlds[0].package
    assert package == 0
    assert "export g: func() -> string;" in printed(bindgen.resolve, 0)


def test_only_the_last_encoding_section_counts() -> None:
    content = component_type.encode(resolve_of(WIT), 0)
    content += custom_section("wit-component-encoding", b"\x04\x01")
    _, bindgen = component_type.decode(with_section(content))
    assert set(bindgen.metadata.export_encodings.encodings.values()) == {component_type.UTF16}


CURRENT = component_type.encode(resolve_of(WIT), 0)
PLAIN = CURRENT.replace(custom_section("wit-component-encoding", b"\x04\x00"), b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "unexpected end-of-file (at offset 0x0)"),
        (b"\x03\x07", "invalid string encoding 0x7"),
        (CURRENT[:-1], "unexpected end-of-file (at offset 0x72)"),
        (PLAIN, "missing custom section of name `wit-component-encoding`"),
        (
            PLAIN + custom_section("wit-component-encoding", b""),
            "custom section `wit-component-encoding` in unknown format",
        ),
        (
            PLAIN + custom_section("wit-component-encoding", b"\x05\x00"),
            "custom section `wit-component-encoding` uses format 5 but only 4 is supported",
        ),
        (
            PLAIN + custom_section("wit-component-encoding", b"\x04\x00\x00"),
            "custom section `wit-component-encoding` uses format 4 but only 4 is supported",
        ),
        (PLAIN + custom_section("wit-component-encoding", b"\x04\x03"), "invalid string encoding 0x3"),
        (b"\0asm\x0d\0\1\0", "expected one export in component"),
    ],
)
def test_malformed_sections(content: bytes, message: str) -> None:
    section_name = "component-type:x"
    assert layers_of(with_section(content, section_name)) == [f"decoding custom section {section_name}", message]


def test_components_and_broken_modules() -> None:
    assert layers_of(b"\0asm\x0d\0\1\0") == ["decoding a component is not supported"]
    assert layers_of(MODULE + b"\x01\x05")[0] == "decoding item in module"
