"""The binary form of WIT. Bytes are what `component wit -w` and `component embed --only-custom` wrote."""

from __future__ import annotations

import pytest
from wit_binaries import PRODUCERS, component, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.writer import custom_section
from pywasmtools.wit.model import InterfaceOwner, TypeDef
from pywasmtools.wit.types import U8, Tuple
from pywasmtools.wit_binary import component_type
from pywasmtools.wit_binary.encoder import encode_package, encode_world

PACKAGE = """package a:b@1.2.3;
/// docs
interface i {
  resource r { m: func(); }
  record p { x: u8, y: list<string> }
  f: func(p: p) -> option<r>;
}
world w {
  import i;
  type t = u32;
  export g: func(t: t) -> t;
}
"""

INSTANCE = """
    42 0b                                   # instance type, 11 declarations
      04 00 01 72 03 01                     #   export "r" (type (sub resource))        type 0
      01 70 73                              #   type: list string                       1
      01 72 02 01 78 7d 01 79 01            #   type: record x: u8, y: 1                2
      04 00 01 70 03 00 02                  #   export "p" (type (eq 2))                3
      01 68 00                              #   type: borrow 0                          4
      01 40 01 04 73656c66 04 01 00         #   type: func (self: 4)                    5
      04 00 0b 5b6d6574686f645d722e6d 01 05 #   export "[method]r.m" (func 5)
      01 69 00                              #   type: own 0                             6
      01 6b 06                              #   type: option 6                          7
      01 40 01 01 70 03 00 07               #   type: func (p: 3) -> 7                  8
      04 00 01 66 01 08                     #   export "f" (func 8)
"""

WORLD = f"""
    41 06                                   # component type
      01 {INSTANCE}
      03 00 0b 613a622f6940312e322e33 05 00 #   import "a:b/i@1.2.3" (instance 0)
      01 79                                 #   type: u32                               1
      03 00 01 74 03 00 01                  #   import "t" (type (eq 1))                2
      01 40 01 01 74 02 00 02               #   type: func (t: 2) -> 2                  3
      04 00 01 67 01 03                     #   export "g" (func 3)
"""

WRAPPED = f"""
  41 02
    01 {WORLD}
    04 00 0b 613a622f7740312e322e33 04 00   #   export "a:b/w@1.2.3" (component 0)
"""


def hexed(text: str) -> str:
    """Commented hex without its comments."""
    return " ".join(line.split("#")[0] for line in text.splitlines())


def sized(id_: str, content: str) -> str:
    """A section of commented hex."""
    from pywasmtools.wasm.writer import section

    return section(int(id_, 16), bytes.fromhex(hexed(content))).hex()


def test_package() -> None:
    resolve = resolve_of(PACKAGE)
    interface = f"01 41 02 01 {INSTANCE} 04 00 0b 613a622f6940312e322e33 05 00"
    expected = component(
        sized("07", interface),
        sized("0b", "01 00 01 69 03 00 00"),  # export "i" (type 0)
        sized("07", f"01 {WRAPPED}"),
        sized("0b", "01 00 01 77 03 02 00"),  # export "w" (type 2)
    )
    expected += custom_section("package-docs", b'\x01{"interfaces":{"i":{"docs":"docs"}}}') + PRODUCERS
    assert encode_package(resolve, 0) == expected


def test_component_type_section() -> None:
    resolve = resolve_of(PACKAGE)
    expected = component()
    expected += custom_section("wit-component-encoding", b"\x04\x01")
    expected += bytes.fromhex(sized("07", f"01 {WRAPPED}") + sized("0b", "01 00 01 77 03 00 00"))
    expected += PRODUCERS
    assert component_type.encode(resolve, 0, "utf16") == expected
    module = b"\0asm\1\0\0\0 whatever follows"
    embedded = component_type.embed(module, resolve, 0, "utf16")
    assert embedded == module + custom_section("component-type", expected)


def test_canonical_names_part_the_version() -> None:
    data = encode_package(resolve_of(PACKAGE), 0, True)
    #            name "a:b/i@1", one option: version-suffix ".2.3"
    name = bytes.fromhex("02 07 613a622f694031 01 01 04 2e322e33")
    assert b"\x04" + name + b"\x05\x00" in data
    assert b"\x03" + name + b"\x05\x00" in data
    # the world's own name stays whole
    assert b"\x00\x0ba:b/w@1.2.3" in data


def test_implements_and_external_id_are_options_of_the_name() -> None:
    resolve = resolve_of('package a:b; interface i {} world w { @external-id("x") import n: i; }')
    data = component_type.encode(resolve, 0)
    # name "n", two options: implements "a:b/i", external-id "x"
    assert bytes.fromhex("03 02 01 6e 02 00 05 613a622f69 02 01 78 05 00") in data


def test_equal_anonymous_types_and_functions_are_defined_once() -> None:
    resolve = resolve_of(
        "package a:b; interface i { f: func(a: list<u8>) -> list<u8>; g: func(a: list<u8>) -> list<u8>; "
        "h: async func(a: list<u8>) -> list<u8>; } world w { import i; }"
    )
    data = component_type.encode(resolve, 0)
    assert data.count(bytes.fromhex("01 70 7d")) == 1
    assert data.count(bytes.fromhex("01 40 01 01 61 00 00 00")) == 1
    assert data.count(bytes.fromhex("01 43 01 01 61 00 00 00")) == 1


def test_types_of_other_interfaces_are_aliased() -> None:
    resolve = resolve_of(
        "package a:b; interface i { enum e { x } } interface j { use i.{e}; f: func(e: e); } world w { import j; }"
    )
    expected = """
      41 05
        01 42 02 01 6d 01 01 78 04 00 01 65 03 00 00   # instance: enum "x", export "e"
        03 00 05 613a622f69 05 00                      # import "a:b/i" (instance 0)
        02 03 00 00 01 65                              # alias export 0 "e" (type 1)
        01 42 04                                       # instance type
          02 03 02 01 01                               #   alias outer 1 1 (type 0)
          04 00 01 65 03 00 00                         #   export "e" (type (eq 0))
          01 40 01 01 65 01 01 00                      #   func (e: 1)
          04 00 01 66 01 02                            #   export "f" (func 2)
        03 00 05 613a622f6a 05 02                      # import "a:b/j" (instance 2)
    """
    out = bytearray()
    encode_world(resolve, 0, False).encode(out)
    assert out.hex() == bytes.fromhex(hexed(expected)).hex()


def test_functions_of_resources_come_first() -> None:
    resolve = resolve_of("package a:b; interface i { f: func(); resource r; g: func(); resource q { h: func(); } }")
    data = encode_package(resolve, 0)
    assert data.index(b"[method]q.h") < data.index(b"\x04\x00\x01f") < data.index(b"\x04\x00\x01g")


def test_types_may_nest_without_limit() -> None:
    resolve = resolve_of("package a:b; interface i { type t = u8; } world w { import i; }")
    target: int | None = None
    for _ in range(20_000):
        target = resolve.add_type(TypeDef(None, Tuple([U8 if target is None else target]), None))
    assert target is not None
    resolve.interfaces[0].types["z"] = resolve.add_type(TypeDef("z", Tuple([target]), InterfaceOwner(0)))
    assert len(component_type.encode(resolve, 0)) > 60_000


def test_duplicate_canonical_names_are_refused() -> None:
    resolve = resolve_of(
        "package x:y@1.0.0; interface i {}",
        "package x:y@1.1.0; interface i {}",
        "package a:b; world w { import x:y/i@1.0.0; import x:y/i@1.1.0; } world e { export x:y/i@1.0.0; "
        "export x:y/i@1.1.0; }",
    )
    component_type.encode(resolve, 0)
    with pytest.raises(WasmToolsError) as e:
        component_type.encode(resolve, 0, canonical_names=True)
    assert str(e.value) == (
        "import `x:y/i@1.0.0` and import `x:y/i@1.1.0` both have the canonical name `x:y/i@1`; semver-compatible "
        "imports must be merged before emitting canonical names"
    )
    with pytest.raises(WasmToolsError) as e:
        component_type.encode(resolve, 1, canonical_names=True)
    assert str(e.value) == (
        "export `x:y/i@1.0.0` and export `x:y/i@1.1.0` both have the canonical name `x:y/i@1`; semver-compatible "
        "versions of the same interface cannot both be exported when emitting canonical names"
    )
