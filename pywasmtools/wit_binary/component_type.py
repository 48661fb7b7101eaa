"""The `component-type*` sections of core modules: the world that a module was written for.

A section holds a component (see `encoder.py`) that exports the world, and says in a section of its own, called
`wit-component-encoding`, how the module's functions encode strings: format 4. In format 3 the content began with
`03`, the string encoding and the world's name, and went on with a binary WIT package.
"""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, WasmToolsError, error
from pywasmtools.wit.model import Function, InterfaceItem, Package, PackageName, Resolve, World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.annotations import Producers
    from pywasmtools.wasm.payloads import Parser, Payload
    from pywasmtools.wit.model import WorldItem, WorldKey
    from pywasmtools.wit.transform.remap import Remap

SECTION_NAME: Final = "component-type"
ENCODING_SECTION_NAME: Final = "wit-component-encoding"
FORMAT: Final = 4

UTF8: Final = 0
UTF16: Final = 1
COMPACT_UTF16: Final = 2
ENCODINGS: Final = {"utf8": UTF8, "utf16": UTF16, "compact-utf16": COMPACT_UTF16}
"""The string encodings by name, and the byte of each."""


# ------------------------------------------------------------------------------- writing


def encode(
    resolve: Resolve,
    world: int,
    encoding: str = "utf8",
    producers: Producers | None = None,
    canonical_names: bool = False,
) -> bytes:
    """The content of a component-type section for a world. `producers` are named besides wit-component."""
    from pywasmtools.wasm.component_builder import ComponentBuilder
    from pywasmtools.wasm.component_types import TYPE
    from pywasmtools.wit_binary.encoder import BASE_PRODUCERS, encode_wrapped_world

    if canonical_names:
        check_duplicate_canonical_names(resolve, world)
    wrapper = encode_wrapped_world(resolve, world, canonical_names)
    builder = ComponentBuilder()
    builder.custom_section(ENCODING_SECTION_NAME, bytes([FORMAT, ENCODINGS[encoding]]))
    index = builder.type_nested(None, wrapper)
    builder.export(resolve.worlds[world].name, TYPE, index)
    content = BASE_PRODUCERS
    if producers is not None:
        from pywasmtools.wasm.annotations import read_producers
        from pywasmtools.wasm.reader import BinaryReader

        all_producers = read_producers(BinaryReader(content))
        all_producers.merge(producers)
        content = all_producers.encode()
    builder.custom_section("producers", content)
    return builder.finish()


def embed(module: bytes, resolve: Resolve, world: int, encoding: str = "utf8", canonical_names: bool = False) -> bytes:
    """A module with a component-type section for the world appended; its own bytes are not looked at."""
    from pywasmtools.wasm.writer import custom_section

    return module + custom_section(SECTION_NAME, encode(resolve, world, encoding, None, canonical_names))


def check_duplicate_canonical_names(resolve: Resolve, world: int) -> None:
    """Refuses a world where two imports, or two exports, have the same canonical name."""
    found = resolve.worlds[world]
    _check_canonical_names(
        resolve,
        found.imports,
        "import",
        "semver-compatible imports must be merged before emitting canonical names",
    )
    _check_canonical_names(
        resolve,
        found.exports,
        "export",
        "semver-compatible versions of the same interface cannot both be exported when emitting canonical names",
    )


def _check_canonical_names(resolve: Resolve, items: dict[WorldKey, WorldItem], side: str, advice: str) -> None:
    from pywasmtools.wit.queries import canonicalized_id_of

    names: dict[str | None, int] = {}
    for key in items:
        if isinstance(key, int):
            canonical = canonicalized_id_of(resolve, key)
            previous = names.get(canonical)
            if previous is not None:
                raise error(
                    f"{side} `{resolve.id_of(previous)}` and {side} `{resolve.id_of(key)}` both have the canonical "
                    f"name `{canonical}`; {advice}"
                )
            names[canonical] = key


# ------------------------------------------------------------------------------- what a module says


class EncodingMap:
    """The string encoding of functions, by `interface/function` without versions: interfaces of compatible versions
    may be merged, and then still are to be found."""

    __slots__ = ("encodings",)

    def __init__(self) -> None:
        self.encodings: dict[str, int] = {}

    def insert_all(self, resolve: Resolve, items: dict[WorldKey, WorldItem], encoding: int) -> None:
        """Notes the encoding of all functions of a world's imports or exports."""
        for key, item in items.items():
            if isinstance(item, Function):
                self.encodings[self._key(resolve, key, item.name)] = encoding
            elif isinstance(item, InterfaceItem):
                prefix = self._key(resolve, key, "")
                for function in resolve.interfaces[item.id].functions:
                    self.encodings[prefix + function] = encoding

    def get(self, resolve: Resolve, key: WorldKey, function: str) -> int | None:
        """The encoding of a function of a world's item `key`, by its name there."""
        return self.encodings.get(self._key(resolve, key, function))

    def _key(self, resolve: Resolve, key: WorldKey, function: str) -> str:
        if isinstance(key, str):
            return f"{key}/{function}"
        interface = resolve.interfaces[key]
        name = resolve.package_of_interface(key).name
        return f"{name.namespace}:{name.name}/{interface.name}/{function}"

    def merge(self, other: EncodingMap) -> None:
        """Adds what another map knows; refuses a function with two encodings."""
        for key, encoding in other.encodings.items():
            previous = self.encodings.get(key)
            self.encodings[key] = encoding
            if previous is not None and previous != encoding:
                raise error(f"conflicting string encodings specified for `{key}`")


class ModuleMetadata:
    """The string encodings of what a module imports and exports."""

    __slots__ = ("export_encodings", "import_encodings")

    def __init__(self) -> None:
        self.import_encodings = EncodingMap()
        self.export_encodings = EncodingMap()

    @staticmethod
    def of_world(resolve: Resolve, world: int, encoding: int) -> ModuleMetadata:
        """All functions of a world in one encoding."""
        metadata = ModuleMetadata()
        metadata.export_encodings.insert_all(resolve, resolve.worlds[world].exports, encoding)
        metadata.import_encodings.insert_all(resolve, resolve.worlds[world].imports, encoding)
        return metadata


class Bindgen:
    """What the component-type sections of a module say together; of none: the empty world `root:root/root`.

    `merged` is how many others were merged into this one.
    """

    __slots__ = ("merged", "metadata", "producers", "resolve", "world")

    def __init__(self) -> None:
        self.resolve = Resolve()
        # The reference doesn't make this package's name known: one that is merged in does not meet it.
        self.resolve.packages.append(Package(PackageName("root", "root")))
        self.world = self.resolve.add_world(World("root", 0))
        self.resolve.packages[0].worlds["root"] = self.world
        self.metadata = ModuleMetadata()
        self.producers: Producers | None = None
        self.merged = 0

    def merge(self, other: Bindgen) -> list[WorldKey]:
        """Adds another module's world to this one; returns the keys of the exports that it brought."""
        self.merged += 1
        remap = _merge_packages(self.resolve, other.resolve)
        world = remap.map_world(other.world, UNKNOWN_SPAN)
        exports = list(self.resolve.worlds[world].exports)
        _merge_worlds(self.resolve, world, self.world)
        self.metadata.import_encodings.merge(other.metadata.import_encodings)
        self.metadata.export_encodings.merge(other.metadata.export_encodings)
        if other.producers is not None:
            if self.producers is None:
                self.producers = other.producers
            else:
                self.producers.merge(other.producers)
        return exports

    def merge_all(self, other: Bindgen) -> list[WorldKey]:
        """The same of what a module's sections say together (`worlds_of`).

        What one section says is this, where nothing was merged before: it was merged with the empty world once.
        """
        if self.merged != 0 or other.merged != 1:
            return self.merge(other)
        self.resolve = other.resolve
        self.world = other.world
        self.metadata = other.metadata
        self.producers = other.producers
        self.merged = 1
        return list(self.resolve.worlds[self.world].exports)


def _merge_packages(resolve: Resolve, other: Resolve) -> Remap:
    from pywasmtools.wit.transform.merge import merge

    try:
        return merge(resolve, other)
    except WasmToolsError as e:
        raise e.context("failed to merge WIT package sets together") from None


def _merge_worlds(resolve: Resolve, world: int, into: int) -> None:
    from pywasmtools.wit.clone import CloneMaps
    from pywasmtools.wit.transform.merge import merge_worlds

    try:
        merge_worlds(resolve, world, into, CloneMaps())
    except WasmToolsError as e:
        raise e.context("failed to merge worlds from two documents") from None


# ------------------------------------------------------------------------------- reading


def decode(module: bytes) -> tuple[bytes | None, Bindgen]:
    """The worlds of a core module, merged, and the module without its component-type sections (None: it has none)."""
    found, bindgen = worlds_of(module)
    return (without_worlds(module) if found else None, bindgen)


def worlds_of(module: bytes) -> tuple[bool, Bindgen]:
    """Whether a core module has component-type sections, and their worlds, merged."""
    from pywasmtools.wasm.payloads import CUSTOM_SECTION, MODULE, VERSION, Parser

    bindgen = Bindgen()
    found = False
    parser = Parser(module, bodies=False)
    while True:
        payload = _next_payload(parser)
        if payload is None:
            return (found, bindgen)
        if payload.kind == CUSTOM_SECTION and payload.name.startswith(SECTION_NAME):
            _merge_section(bindgen, payload)
            found = True
        elif payload.kind == VERSION and payload.encoding != MODULE:
            raise error("decoding a component is not supported")


def without_worlds(module: bytes) -> bytes:
    """A core module, which can be parsed, without its component-type sections."""
    from pywasmtools.wasm.annotations import rewrite_wasm

    return rewrite_wasm(module, None, None, SECTION_NAME)


def _next_payload(parser: Parser) -> Payload | None:
    try:
        return parser.next_payload()
    except WasmToolsError as e:
        raise e.context("decoding item in module") from None


def _merge_section(bindgen: Bindgen, payload: Payload) -> None:
    """Adds the world of a component-type section."""
    try:
        other = decode_section(payload.custom_data())
    except WasmToolsError as e:
        raise e.context(f"decoding custom section {payload.name}") from None
    try:
        bindgen.merge(other)
        return
    except WasmToolsError as e:
        raise e.context(f"updating metadata for section {payload.name}") from None
    except MemoryError:
        pass
    raise MemoryError  # a new one: `diagnostics.py` says why


def decode_section(data: bytes) -> Bindgen:
    """The world in the content of one component-type section, in format 3 or 4; offsets of errors are relative to it."""
    from pywasmtools.wasm.annotations import producers_of
    from pywasmtools.wasm.reader import BinaryReader

    reader = BinaryReader(data)
    bindgen = Bindgen()
    if reader.u8() == 3:
        from pywasmtools.wit.transform.select_world import select_world
        from pywasmtools.wit_binary.whole import decode

        encoding = _string_encoding(reader.u8())
        name = reader.string()
        wasm = data[reader.pos :]
        decoded = decode(wasm)
        if not decoded.is_package:
            raise error("expected encoded wit package(s)")
        bindgen.resolve = decoded.resolve
        bindgen.world = select_world(decoded.resolve, [decoded.package], name)
    else:
        wasm = data
        bindgen.resolve, bindgen.world, encoding = _decode_current(wasm)
    bindgen.metadata = ModuleMetadata.of_world(bindgen.resolve, bindgen.world, encoding)
    bindgen.producers = producers_of(wasm)
    return bindgen


def _decode_current(data: bytes) -> tuple[Resolve, int, int]:
    """Format 4: the world, and the string encoding that the last section for it has, nested ones included."""
    from pywasmtools.wasm.payloads import CUSTOM_SECTION, Parser
    from pywasmtools.wit_binary.decoder import decode_world

    resolve, world = decode_world(data)
    content: bytes | None = None
    for payload in Parser(data, bodies=False):
        if payload.kind == CUSTOM_SECTION and payload.name == ENCODING_SECTION_NAME:
            content = payload.custom_data()
    if content is None:
        raise error(f"missing custom section of name `{ENCODING_SECTION_NAME}`")
    if len(content) == 2 and content[0] == FORMAT:
        return (resolve, world, _string_encoding(content[1]))
    if not content:
        raise error(f"custom section `{ENCODING_SECTION_NAME}` in unknown format")
    raise error(f"custom section `{ENCODING_SECTION_NAME}` uses format {content[0]} but only {FORMAT} is supported")


def _string_encoding(byte: int) -> int:
    if byte > COMPACT_UTF16:
        raise error(f"invalid string encoding {byte:#x}")
    return byte
