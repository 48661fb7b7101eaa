"""Inputs, whatever they are, to what they hold: WIT text, folders of it, WIT in wasm, core modules, stdin.

There are two ways to a `Resolve`, and messages differ: `decode_input` is that of `component wit`, `load_for_embed`
that of `component embed`. Errors of WIT become one message, snippets included. `read_input` and
`read_wasm_bytes` give the binary.

Paths are strings as `path_str` makes them: UTF-8 whatever the locale says. Rooms that read binaries are loaded only for those.
"""

from __future__ import annotations

import os

from pywasmtools.diagnostics import SourceMap, WasmToolsError, displayed, error, io_error, path_bytes, path_str
from pywasmtools.wit.model import Decoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wit.model import Resolve, UnresolvedPackageGroup

__all__ = [
    "Decoded",
    "debug_path",
    "decode_bytes",
    "decode_input",
    "display_path",
    "file_name",
    "load_for_embed",
    "parent",
    "push_dir",
    "push_file",
    "push_path",
    "read_file",
    "read_input",
    "read_wasm_bytes",
    "read_wasm_file",
    "trimmed",
]

WASM_MAGIC: Final = b"\0asm"

UNKNOWN: Final = 0
WASM_TEXT: Final = 1
WASM_BINARY: Final = 2


# ------------------------------------------------------------------------------- what it is


def detect(data: bytes) -> int:
    """What bytes look like: WASM_BINARY, WASM_TEXT (a parenthesis after white space and comments), or UNKNOWN."""
    if data.startswith(WASM_MAGIC):
        return WASM_BINARY
    at = 0
    size = len(data)
    feed = -1
    carriage = -1
    plain = 0xE2 not in data
    while at < size:
        byte = data[at]
        if byte in b" \t\r\n":
            at += 1
            if at < size and data[at] in b" \t\r\n":
                at = _past_white_space(data, at + 1)
        elif byte == 0x3B and data.startswith(b";;", at):
            # A comment ends with its line. What ends lines is looked for again only once it is passed.
            if feed < at:
                feed = data.find(b"\n", at)
                if feed < 0:
                    feed = size
            if carriage < at:
                carriage = data.find(b"\r", at)
                if carriage < 0:
                    carriage = size
            end = feed if feed < carriage else carriage
            if not plain and _is_confusing(data, at, end):
                return UNKNOWN
            at = end
        elif byte == 0x28 and data.startswith(b"(;", at):
            end = _block_comment_end(data, at)
            if end < 0 or _is_confusing(data, at, end):
                return UNKNOWN
            at = end
        else:
            return WASM_TEXT if byte == 0x28 and _is_utf8(data) else UNKNOWN
    return UNKNOWN


def _past_white_space(data: bytes, at: int) -> int:
    """Where, from `at` on, the white space ends."""
    reach = 16
    while at < len(data):
        piece = data[at : at + reach]
        left = len(piece.lstrip(b" \t\r\n"))
        at += len(piece) - left
        if left:
            break
        reach *= 2
    return at


def _block_comment_end(data: bytes, at: int) -> int:
    """Past the end of the block comment that starts at `at`, nested ones and all; -1 where it has no end."""
    level = 0
    while True:
        close = data.find(b";)", at)
        if close < 0:
            return -1
        level += data.count(b"(;", at, close + 1)
        if close > at and data[close - 1] == 0x28:
            at = close + 1  # `(;)` opens: it is read from the left
        else:
            level -= 1
            at = close + 2
            if level == 0:
                return at


def _is_confusing(data: bytes, start: int, end: int) -> bool:
    """Whether a comment holds characters that change the direction of text."""
    at = data.find(b"\xe2", start, end)
    while at >= 0:
        pair = data[at + 1 : at + 3]
        if pair in (b"\x80\xaa", b"\x80\xab", b"\x80\xad", b"\x80\xae", b"\x81\xac"):
            return True
        if pair[:1] == b"\x81" and 0xA6 <= pair[1] <= 0xA9:
            return True
        at = data.find(b"\xe2", at + 1, end)
    return False


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


# ------------------------------------------------------------------------------- paths and files


def display_path(path: str) -> str:
    """A path as Rust displays it: what is not UTF-8 is replaced."""
    return path if path.isascii() else displayed(path)


def debug_path(path: str) -> str:
    """A path in quotes, as Rust's Debug prints it: bytes that are not UTF-8 as `\\xFF`."""
    from pywasmtools.text.rust_debug import debug_str

    return debug_str(path)


def _read(path: str) -> bytes:
    """All bytes of a file; raises OSError."""
    with open(path_bytes(path), "rb", buffering=0) as file:
        return file.readall()


def _read_stdin() -> bytes:
    """All of stdin; nothing where it is closed."""
    read = os.read
    if os.name == "nt":
        from pywasmtools.windows import read_from

        read = read_from
    parts: list[bytes] = []
    try:
        while True:
            part = read(0, 1 << 20)
            if not part:
                return b"".join(parts)
            parts.append(part)
    except OSError as e:
        if e.errno == 9:
            return b""
        raise io_error(e).context("failed to read <stdin>") from None


def trimmed(path: str) -> str:
    """A path without the slashes and `/.` at its end, which are no components of it for Rust. On Windows with slashes alone."""
    if os.name == "nt":
        path = path.replace("\\", "/")
    end = len(path)
    while end > 1:
        if path[end - 1] == "/":
            end -= 1
        elif path.endswith("/.", 0, end):
            end -= 2
        else:
            break
    return path[:end] or path[:1]


def file_name(path: str) -> str:
    """The last component of a path: `a.wasm`. It is `.`, `..` or nothing where Rust says that there is none."""
    if os.name == "nt":
        path = os.path.splitdrive(path)[1]
    return trimmed(path).rpartition("/")[2]


def parent(path: str) -> str:
    """The path of the folder that a path's last component is in; nothing where there is none, or none is named."""
    drive, rest = os.path.splitdrive(path) if os.name == "nt" else ("", path)
    whole = trimmed(rest)
    above, slash, name = whole.rpartition("/")
    return path[: len(drive) + len(trimmed(above or slash))] if name else ""


def read_file(path: str) -> bytes:
    """All bytes of a file; raises what `component wit` says of one that can't be read."""
    try:
        return _read(path)
    except OSError as e:
        raise io_error(e).context(f"failed to read {debug_path(path)}") from None


def read_input(path: str | None) -> tuple[bytes, str]:
    """What is in a file, or in stdin where `path` is None or `-`, and what messages call it."""
    if path is None or trimmed(path) == "-":
        return _read_stdin(), "<stdin>"
    return _read_wasm_file(path), path


def read_wasm_file(path: str, dwarf: str | None = None) -> bytes:
    """The binary in a file, whatever its name. Text is translated."""
    return read_wasm_bytes(_read_wasm_file(path), path, dwarf)


def _read_wasm_file(path: str) -> bytes:
    try:
        return _read(path)
    except OSError as e:
        raise io_error(e).context(f"failed to read from `{display_path(path)}`") from None


def read_wasm_bytes(data: bytes, path: str, dwarf: str | None = None) -> bytes:
    """The binary in bytes that may be text, which is translated; `path` is for messages.

    `dwarf` is how much DWARF to make of text: None, `lines` or `full`.
    """
    if data.startswith(WASM_MAGIC):
        return data
    if not _is_utf8(data):
        raise error(f"failed to parse `{display_path(path)}`: input bytes aren't valid utf-8").in_file(path)
    return wat_to_binary(data, path, dwarf)


def wat_to_binary(text: bytes, path: str, dwarf: str | None = None) -> bytes:
    """Translates the WebAssembly text format (UTF-8, checked) to the binary format. `path` is for messages.

    The one place where text comes in. `dwarf` asks for debugging information, `lines` or `full`.
    """
    from pywasmtools.wat.parse import wat_to_binary as translate

    try:
        return translate(text, path, dwarf)
    except MemoryError:
        pass
    raise MemoryError  # a new one: `diagnostics.py` says why


# ------------------------------------------------------------------------------- WIT


def _new_resolve(features: tuple[str, ...], all_features: bool) -> Resolve:
    from pywasmtools.wit.model import Resolve

    return Resolve(features, all_features)


def _one_message(resolve: Resolve, e: WasmToolsError) -> WasmToolsError:
    """An error of loading WIT as one message, with the snippets of what it points at."""
    return e.as_one(resolve.source_map)


def load_for_embed(path: str, features: tuple[str, ...] = (), all_features: bool = False) -> tuple[Resolve, int]:
    """The WIT package of `component embed`: in a folder, a `*.wit` file, or wasm. Returns it with its id."""
    resolve = _new_resolve(features, all_features)
    try:
        return (resolve, push_path(resolve, path))
    except WasmToolsError as e:
        raise _one_message(resolve, e) from None


def decode_input(path: str | None, features: tuple[str, ...] = (), all_features: bool = False) -> Decoded:
    """The input of `component wit`: a folder, a file of any kind, or stdin (None; `-` is a file's name here)."""
    if path is None:
        return decode_bytes(_read_stdin(), "<stdin>", features, all_features)
    if os.path.isdir(path_bytes(path)):
        resolve = _new_resolve(features, all_features)
        try:
            return Decoded(resolve, push_dir(resolve, path))
        except WasmToolsError as refused:
            raise _one_message(resolve, refused) from None
    data = read_file(path)
    try:
        return decode_bytes(data, path, features, all_features)
    except WasmToolsError as refused:
        raise refused.in_file(path) from None


def decode_bytes(data: bytes, path: str, features: tuple[str, ...] = (), all_features: bool = False) -> Decoded:
    """What bytes hold: WIT text, a WIT package or component, or a core module with an embedded world.

    `path` is for messages. Features concern text only: a binary has been through them.
    """
    found = detect(data)
    if found == UNKNOWN:
        return _decode_text(data, path, features, all_features)
    binary = data if found == WASM_BINARY else wat_to_binary(data, path)
    if _is_component(binary):
        from pywasmtools.wit_binary.whole import decode

        decoded = decode(binary)
        return Decoded(decoded.resolve, decoded.package, decoded.world)
    from pywasmtools.wit_binary import component_type

    wasm, bindgen = component_type.decode(binary)
    if wasm is None:
        raise error(
            "input is a core wasm module with no `component-type*` custom sections meaning that there is not WIT "
            "information; is the information not embedded or is this supposed to be a component?"
        )
    embedded = Decoded(bindgen.resolve, -1)
    embedded.become_world(bindgen.world)
    return embedded


def _decode_text(data: bytes, path: str, features: tuple[str, ...], all_features: bool) -> Decoded:
    from pywasmtools.wit.transform.push import push_source

    if not _is_utf8(data):
        raise error("input was not valid utf-8").in_file(path)
    resolve = _new_resolve(features, all_features)
    try:
        _check_path(path)
        return Decoded(resolve, push_source(resolve, path, data))
    except WasmToolsError as e:
        raise _one_message(resolve, e) from None


def _is_component(binary: bytes) -> bool:
    """Whether the header is that of a component: version 13, layer 1."""
    return binary.startswith(b"\0asm\x0d\x00\x01\x00")


def _check_path(path: str) -> None:
    """Refuses a path that is not UTF-8."""
    if not path.isascii():
        try:
            path_bytes(path).decode("utf-8")
        except UnicodeDecodeError:
            raise error(f"path is not valid utf-8: {debug_path(path)}").in_file(path) from None


def push_path(resolve: Resolve, path: str) -> int:
    """Puts the package in a folder or file into `resolve`; returns its id."""
    if os.path.isdir(path_bytes(path)):
        try:
            return push_dir(resolve, path)
        except WasmToolsError as e:
            message = f"failed to resolve directory while parsing WIT for path [{display_path(path)}]"
            raise e.context(message) from None
    id_ = push_file(resolve, path)
    _check_path(path)
    return id_


def push_dir(resolve: Resolve, path: str) -> int:
    """Puts in the package whose files a folder holds, after those in its `deps`; returns its id."""
    from pywasmtools.wit.transform.push import push_groups

    try:
        main = _parse_dir(resolve, path)
    except WasmToolsError as e:
        raise e.context(f"failed to parse package: {display_path(path)}") from None
    deps_path = os.path.join(path, "deps")
    try:
        deps = _parse_deps(resolve, deps_path)
    except WasmToolsError as e:
        raise e.context(f"failed to parse dependency directory: {display_path(deps_path)}") from None
    return push_groups(resolve, main, deps)


def push_file(resolve: Resolve, path: str) -> int:
    """Puts in the package of a file: WIT text, or WIT in wasm; returns its id."""
    found = _parse_file(resolve, path)
    if isinstance(found, int):
        return found
    from pywasmtools.wit.transform.push import push_group

    return push_group(resolve, found)


def _parse_dir(resolve: Resolve, path: str) -> UnresolvedPackageGroup:
    """The package whose files a folder holds. Other folders in it, and files not called `*.wit`, don't count."""
    from pywasmtools.wit.transform.push import parse_into

    source_map = SourceMap()
    for entry in _entries_of_package(path):
        # A link that leads nowhere is no folder: reading it fails.
        if entry.name.endswith(b".wit") and not _is_folder(entry) and _is_utf8(entry.name):
            file = os.path.join(path, path_str(entry.name))
            source_map.push(display_path(file), _read_text(file))
    return parse_into(resolve, source_map)


def _entries(path: str) -> list[os.DirEntry[bytes]]:
    """What is in a folder, in the order of the operating system; raises OSError."""
    with os.scandir(path_bytes(path)) as entries:
        return list(entries)


def _entries_of_package(path: str) -> list[os.DirEntry[bytes]]:
    """What is in the folder of a package."""
    try:
        return _entries(path)
    except OSError as e:
        raise io_error(e).context(f"failed to read directory {debug_path(path)}") from None


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    """Whether an entry is a folder, or a link that leads to one."""
    return entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and os.path.isdir(entry.path))


def _read_text(path: str) -> bytes:
    """A file that has to be UTF-8."""
    try:
        data = _read(path)
    except OSError as e:
        raise io_error(e).context(f"failed to read file {debug_path(path)}") from None
    if not _is_utf8(data):
        refused = error("stream did not contain valid UTF-8").context(f"failed to read file {debug_path(path)}")
        raise refused.in_file(path)
    return data


def _parse_deps(resolve: Resolve, path: str) -> list[UnresolvedPackageGroup]:
    """The packages in a `deps` folder, by name: folders, and files of WIT. Those in wasm are put in right away."""
    if not os.path.exists(path_bytes(path)):
        return []
    groups: list[UnresolvedPackageGroup] = []
    for entry in _entries_of_deps(path):
        name = path_str(entry.name)
        file = os.path.join(path, name)
        if entry.is_dir(follow_symlinks=False) or _leads_to_folder(entry.path):
            groups.append(_parse_dep(resolve, file))
        elif _extension(name) in ("wit", "wat", "wasm"):
            found = _parse_file(resolve, file)
            if not isinstance(found, int):
                groups.append(found)
    return groups


def _entries_of_deps(path: str) -> list[os.DirEntry[bytes]]:
    """What is in a `deps` folder, by name."""
    try:
        return sorted(_entries(path), key=lambda entry: entry.name)
    except OSError as e:
        raise io_error(e).context("failed to read directory") from None


def _parse_dep(resolve: Resolve, path: str) -> UnresolvedPackageGroup:
    """The package in a folder of `deps`."""
    try:
        return _parse_dir(resolve, path)
    except WasmToolsError as refused:
        raise refused.context(f"failed to parse package: {display_path(path)}") from None


def _leads_to_folder(path: bytes) -> bool:
    """Whether a path, links followed, is a folder."""
    try:
        return os.stat(path).st_mode & 0o170000 == 0o040000
    except OSError as e:
        raise io_error(e) from None


def _extension(name: str) -> str:
    """What follows the last dot of a file's name, where something precedes it."""
    stem, _, extension = name.rpartition(".")
    return extension if stem else ""


def _read_wit(path: str) -> bytes:
    try:
        return _read(path)
    except OSError as e:
        raise io_error(e).context(f"failed to read path for WIT [{display_path(path)}]") from None


def _parse_file(resolve: Resolve, path: str) -> UnresolvedPackageGroup | int:
    """The package of a file of WIT text; or the id of one in wasm, which is put in right away."""
    data = _read_wit(path)
    found = detect(data)
    if found != UNKNOWN:
        return _put_in_binary(resolve, data if found == WASM_BINARY else wat_to_binary(data, path), path)
    if not _is_utf8(data):
        raise error(f"input file is not valid utf-8 [{display_path(path)}]").in_file(path)
    from pywasmtools.wit.transform.push import parse_into

    source_map = SourceMap()
    source_map.push(display_path(path), data)
    return parse_into(resolve, source_map)


def _put_in_binary(resolve: Resolve, binary: bytes, path: str) -> int:
    """Puts in the package that a file of wasm holds; returns its id."""
    from pywasmtools.wit.transform.merge import merge
    from pywasmtools.wit_binary.whole import decode

    try:
        decoded = decode(binary)
        if not decoded.is_package:
            raise error("found an actual component instead of an encoded WIT package in wasm")
        return merge(resolve, decoded.resolve).packages[decoded.package]
    except WasmToolsError as refused:
        raise refused.in_file(path) from None
