"""The packages that a binary was made of, as `cargo auditable` notes them: the section `.dep-v0`, JSON compressed by zlib.

Imported at the first such section; it loads `zlib`.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.text.json_cursor import CLOSE_LIST, OPEN_LIST, QUOTE, float_text
from pywasmtools.text.json_quote import quote
from pywasmtools.text.semver import Version
from pywasmtools.text.serde_json import A_STRING, Reader, Shape, enum, struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

LARGEST: Final = 2 << 20
"""So many bytes of JSON may there be."""

# Kinds of shapes beyond those of `serde_json`.
LIST: Final = 20
NUMBER: Final = 21
BOOLEAN: Final = 22
BORROWED: Final = 23
A_SEMVER: Final = 24
KIND: Final = 25

PACKAGE: Final = struct(
    "Package",
    (
        ("name", A_STRING),
        ("version", Shape(A_SEMVER, "semver version")),
        ("source", Shape(BORROWED, "a borrowed string")),
        ("kind", Shape(KIND, item=enum(("build", "runtime"), (None, None)))),
        ("dependencies", Shape(LIST, "a sequence", item=Shape(NUMBER, "usize", required=64))),
        ("root", Shape(BOOLEAN, "a boolean")),
    ),
    required=3,
    deny_unknown=False,
)
VERSION_INFO: Final = struct(
    "RawVersionInfo",
    (("packages", Shape(LIST, "a sequence", item=PACKAGE)), ("format", Shape(NUMBER, "u32", required=32))),
    required=1,
    deny_unknown=False,
)


class Package:
    """A package. `dependencies` are indices of others; `is_build` where only the build needs it."""

    __slots__ = ("dependencies", "is_build", "is_root", "name", "source", "version")

    def __init__(self, name: str, version: Version, source: str) -> None:
        self.name: str = name
        self.version: Version = version
        self.source: str = source
        self.is_build: bool = False
        self.dependencies: list[int] = []
        self.is_root: bool = False

    def __reduce__(self) -> tuple[Callable[..., Package], tuple[object, ...]]:
        # Compiled, it can't be made without what its constructor takes; so it is with `Dependencies`.
        at = self.version
        version = (at.major, at.minor, at.patch, at.pre, at.build)
        return (_restored, (self.name, version, self.source, self.is_build, self.dependencies, self.is_root))


class Dependencies:
    """The packages of a binary, and the version of the format."""

    __slots__ = ("format", "packages")

    def __init__(self, packages: list[Package], format_: int) -> None:
        self.packages: list[Package] = packages
        self.format: int = format_

    def __reduce__(self) -> tuple[type[Dependencies], tuple[object, ...]]:
        return (Dependencies, (self.packages, self.format))

    def json(self) -> str:
        """As it is noted."""
        packages = ",".join([_package_json(package) for package in self.packages])
        return f'{{"packages":[{packages}]' + (f',"format":{self.format}' if self.format else "") + "}"


def _restored(
    name: str,
    version: tuple[int, int, int, str, str],
    source: str,
    is_build: bool,
    dependencies: list[int],
    is_root: bool,
) -> Package:
    """A copy, and what a pickle gives."""
    made = Package(name, Version(*version), source)
    made.is_build = is_build
    made.dependencies = dependencies
    made.is_root = is_root
    return made


def _package_json(package: Package) -> str:
    text = f'{{"name":{quote(package.name)},"version":{quote(str(package.version))},"source":{quote(package.source)}'
    if package.is_build:
        text += ',"kind":"build"'
    if package.dependencies:
        text += f',"dependencies":[{",".join(map(str, package.dependencies))}]'
    return text + (',"root":true}' if package.is_root else "}")


def read_dependencies(data: bytes) -> Dependencies:
    """The data of the section. Raises what is wrong with it."""
    plain = _decompressed(data)
    try:
        plain.decode()
    except UnicodeDecodeError as e:
        from pywasmtools.wasm.descriptions import utf8_error

        raise utf8_error(e) from None
    reader = _Reader(plain)
    found = _dependencies(reader.value(VERSION_INFO))
    if reader.skip_whitespace() >= 0:
        raise reader.peek_error("trailing characters")
    return found


def _decompressed(data: bytes) -> bytes:
    """What a zlib stream (RFC 1950) holds. As the reference's decoder has it, what is copied from before its start is zeros."""
    import zlib

    if len(data) < 2:
        raise error("incomplete deflate stream")
    method, flags = data[0], data[1]
    if (method << 8 | flags) % 31 != 0 or flags & 0x20 or method & 0x0F != 8 or method >> 4 > 7:
        raise error("corrupt deflate stream")
    stream = zlib.decompressobj(-zlib.MAX_WBITS, zdict=bytes(1 << zlib.MAX_WBITS))
    try:
        plain = stream.decompress(data[2:], LARGEST + 1)
    except zlib.error:
        raise error("corrupt deflate stream") from None
    if len(plain) > LARGEST:
        raise error(f"`.dep-v0` custom section decompresses to more than the {LARGEST} byte limit")
    checksum = stream.unused_data[:4]
    if not stream.eof or len(checksum) < 4:
        raise error("incomplete deflate stream")
    if int.from_bytes(checksum, "big") != zlib.adler32(plain):
        raise error("corrupt deflate stream")
    return plain


class _Reader(Reader):
    """Reads values of a shape, lists, numbers and booleans as well."""

    __slots__ = ()

    def value(self, shape: Shape) -> object:
        kind = shape.kind
        if kind == LIST:
            return self._list(shape)
        if kind == NUMBER:
            return self._unsigned(shape)
        if kind == BOOLEAN:
            char = self.start()
            if char != 0x74 and char != 0x66:
                raise self.wrong_type(shape.name)
            self.ident(b"true" if char == 0x74 else b"false")
            return char == 0x74
        if kind == KIND:
            assert shape.item is not None
            return super().value(shape.item)
        if kind == BORROWED or kind == A_SEMVER:
            if self.start() != QUOTE:
                raise self.wrong_type(shape.name)
            start = self.index + 1
            if kind == A_SEMVER:
                return self._semver()
            self.index = start
            text = self.string()
            if 0x5C in self.data[start : self.index]:
                from pywasmtools.text.rust_debug import debug_str

                raise self.error_here(f"invalid type: string {debug_str(text)}, expected {shape.name}")
            return text
        return super().value(shape)

    def _semver(self) -> object:
        from pywasmtools.diagnostics import WasmToolsError
        from pywasmtools.text.semver import parse_version

        self.index += 1
        text = self.string()
        try:
            return parse_version(text)
        except WasmToolsError as e:
            message = e.layers[0].message
        raise self.error_here(message)

    def _list(self, shape: Shape) -> list[object]:
        from pywasmtools.diagnostics import WasmToolsError

        if self.start() != OPEN_LIST:
            raise self.wrong_type(shape.name)
        item = shape.item
        assert item is not None
        self.enter()
        values: list[object] = []
        try:
            while self.more_items(not values):
                values.append(self.value(item))
        except WasmToolsError as e:
            raise self.failed(e, CLOSE_LIST) from None
        self.depth += 1
        self.end(CLOSE_LIST)
        return values

    def _unsigned(self, shape: Shape) -> int:
        """A number of so many bits as `required` says."""
        char = self.start()
        if char != 0x2D and not 0x30 <= char <= 0x39:
            raise self.wrong_type(shape.name)
        number = self.number()
        if isinstance(number, float):
            raise self.error_here(f"invalid type: floating point `{float_text(number)}`, expected {shape.name}")
        if not 0 <= number < 1 << shape.required:
            raise self.error_here(f"invalid value: integer `{number}`, expected {shape.name}")
        return number


def _dependencies(value: object) -> Dependencies:
    """What was read, checked. Raises what is wrong."""
    assert isinstance(value, list)
    packages = []
    for entry in value[0]:
        name, version, source, kind, dependencies, root = entry
        package = Package(name, version, source)
        package.is_build = kind == (0, None)
        package.dependencies = dependencies or []
        package.is_root = bool(root)
        packages.append(package)
    if sum(package.is_root for package in packages) > 1:
        raise error("Multiple root packages specified in the input JSON")
    if _has_circle(packages):
        raise error("The input JSON specifies a cyclic dependency graph")
    return Dependencies(packages, value[1] or 0)


def _has_circle(packages: list[Package]) -> bool:
    """Whether packages need one another."""
    users: dict[int, set[int]] = {}
    missing: dict[int, int] = {}
    for index, package in enumerate(packages):
        for needed in package.dependencies:
            missing.setdefault(needed, 0)
            missing.setdefault(index, 0)
            if index not in users.setdefault(needed, set()):
                users[needed].add(index)
                missing[index] += 1
    ready = [index for index, count in missing.items() if not count]
    done = 0
    while ready:
        index = ready.pop()
        done += 1
        for user in users.get(index, ()):
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)
    return done < len(missing)
