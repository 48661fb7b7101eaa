"""URLs as the web reads and writes them (WHATWG's URL standard): `normalize_url`, without a base.

As the `url` crate has it, its departures from the standard included: for one, a slash after a drive letter stays
whatever the scheme is, and a tab after a drive letter ends it.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import WasmToolsError

_FILE: Final = "file"
_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443, "ftp": 21}
"""The special schemes beside `file`, with their default ports."""

_SCHEME_CHARS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+-.")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")

_CONTROLS: Final = frozenset([*range(0x20), *range(0x7F, 0x100)])
_FRAGMENT: Final = _CONTROLS | frozenset(b' "<>`')
_PATH: Final = _FRAGMENT | frozenset(b"#?{}")
_USERINFO: Final = _PATH | frozenset(b"/:;=@[\\]^|")
_QUERY: Final = _CONTROLS | frozenset(b' "#<>')
_SPECIAL_QUERY: Final = _QUERY | frozenset(b"'")
"""Percent-encode sets: the bytes that are written as `%XX`."""

_FORBIDDEN_IN_OPAQUE_HOST: Final = frozenset("\0\t\n\r #/:<>?@[\\]^|")
_IGNORED: Final = {ord(c): None for c in "\t\n\r"}
_TRIMMED: Final = "".join(map(chr, range(0x21)))

_SINGLE_DOT: Final = frozenset([b".", b"%2e"])
_DOUBLE_DOT: Final = frozenset([b"..", b"%2e%2e", b"%2e.", b".%2e"])


def normalize_url(text: str) -> str:
    """A URL as it is written again. Raises what it is refused for."""
    text = text.strip(_TRIMMED)
    scheme, rest = _scheme(text)
    if scheme == _FILE:
        return _file_url(rest)
    rest = rest.translate(_IGNORED)
    out = bytearray(scheme.encode() + b":")
    if scheme in _PORTS:
        rest = _with_authority(out, scheme, rest.lstrip("/\\"))
    elif rest.startswith("//"):
        rest = _with_authority(out, scheme, rest[2:])
    elif rest.startswith("/"):
        path = len(out)
        out += b"/"
        rest, _ = _path(out, scheme, path, rest[1:], False)
        if out.startswith(b"//", path):
            # Or else what follows would be read as a host.
            out[path:path] = b"/."
    else:
        end = _end(rest, "?#")
        out += _encoded(rest[:end], _CONTROLS)
        rest = rest[end:]
    _query_and_fragment(out, scheme, rest)
    return out.decode("ascii")


def _invalid(what: str) -> WasmToolsError:
    return error(what)


def _scheme(text: str) -> tuple[str, str]:
    """The scheme, in lower case, and what follows its colon."""
    end = text.find(":")
    scheme = text[: max(end, 0)].translate(_IGNORED)
    if scheme and scheme[0] in _LETTERS and scheme.isascii() and _SCHEME_CHARS.issuperset(scheme.lower()):
        return scheme.lower(), text[end + 1 :]
    raise _invalid("relative URL without a base")


def _end(text: str, stops: str) -> int:
    """Where the first of some characters stands, or the end."""
    end = len(text)
    for stop in stops:
        found = text.find(stop, 0, end)
        if found >= 0:
            end = found
    return end


def _encoded(text: str, encode_set: frozenset[int]) -> bytes:
    """The text in UTF-8 with the bytes of a percent-encode set written as `%XX`."""
    data = text.encode("utf-8")
    if encode_set.isdisjoint(data):
        return data
    return b"".join([b"%%%02X" % b if b in encode_set else b.to_bytes(1, "big") for b in data])


def _is_special(scheme: str) -> bool:
    return scheme in _PORTS or scheme == _FILE


# ---------------------------------------------------------------------------- authority


def _with_authority(out: bytearray, scheme: str, text: str) -> str:
    """Writes what is between the two slashes and the query, and them; gives what follows."""
    out += b"//"
    start = len(out)
    text = _userinfo(out, scheme, text)
    has_userinfo = len(out) > start
    host_start = len(out)
    text = _host_and_port(out, scheme, text)
    if len(out) == host_start and has_userinfo:
        raise _invalid("empty host")
    path = len(out)
    if scheme in _PORTS:
        out += b"/"
        if text.startswith(("/", "\\")):
            text = text[1:]
    elif not text or text[0] in "?#":
        return text
    elif text[0] != "/":
        out += b"/"
    text, _ = _path(out, scheme, path, text, True)
    return text


def _userinfo(out: bytearray, scheme: str, text: str) -> str:
    """Writes name, password and `@` if there are any; gives what follows."""
    special = scheme in _PORTS
    stops = "/?#\\" if special else "/?#"
    at = text.rfind("@", 0, _end(text, stops))
    if at < 0:
        return text
    rest = text[at + 1 :]
    if at == 0:
        if rest and rest[0] in stops:
            raise _invalid("empty host")
        return rest
    name, _, password = text[:at].partition(":")
    out += _encoded(name, _USERINFO)
    if password:
        out += b":" + _encoded(password, _USERINFO)
    if name or password:
        out += b"@"
    return rest


def _host_and_port(out: bytearray, scheme: str, text: str) -> str:
    """Writes the host, and the port unless it is the scheme's own; gives what follows."""
    special = scheme in _PORTS
    end = _host_end(text, special)
    host = text[:end]
    text = text[end:]
    if special:
        if not host:
            raise _invalid("empty host")
        out += _host(host)
    else:
        out += _opaque_host(host)
        if not host and text.startswith(":"):
            raise _invalid("empty host")
    if not text.startswith(":"):
        return text
    end = 1
    port = 0
    while end < len(text) and "0" <= text[end] <= "9":
        port = port * 10 + ord(text[end]) - 0x30
        if port > 0xFFFF:
            raise _invalid("invalid port number")
        end += 1
    if end < len(text) and text[end] not in "/\\?#":
        raise _invalid("invalid port number")
    if end > 1 and port != _PORTS.get(scheme, -1):
        out += b":%d" % port
    return text[end:]


def _host_end(text: str, special: bool) -> int:
    """Where the host ends: at a delimiter, a colon in brackets being none."""
    in_brackets = False
    for i, c in enumerate(text):
        if c == "[":
            in_brackets = True
        elif c == "]":
            in_brackets = False
        elif c in "/?#" or (c == ":" and not in_brackets) or (c == "\\" and special):
            return i
    return len(text)


def _host(text: str) -> bytes:
    """The host of a special URL: an address or a domain."""
    if text.startswith("["):
        return _bracketed(text)
    from pywasmtools.web.idna import domain_to_ascii

    domain = domain_to_ascii(_percent_decoded(text))
    if domain is None:
        raise _invalid("invalid international domain name")
    if not domain:
        raise _invalid("empty host")
    labels = domain.split(".")
    last = labels[-2] if len(labels) > 1 and not labels[-1] else labels[-1]
    if (last and last.isdigit()) or _ipv4_number(last) >= 0:
        return _ipv4(labels)
    return domain.encode("ascii")


def _opaque_host(text: str) -> bytes:
    """The host of any other URL: an address in brackets, or what it is."""
    if text.startswith("["):
        return _bracketed(text)
    if not _FORBIDDEN_IN_OPAQUE_HOST.isdisjoint(text):
        raise _invalid("invalid domain character")
    return _encoded(text, _CONTROLS)


def _percent_decoded(text: str) -> bytes:
    data = text.encode("utf-8")
    if 0x25 not in data:
        return data
    first, *parts = data.split(b"%")
    out = bytearray(first)
    for part in parts:
        digits = part[:2].decode("latin-1")
        if len(digits) == 2 and digits[0] in _HEX_DIGITS and digits[1] in _HEX_DIGITS:
            out.append(int(digits, 16))
            out += part[2:]
        else:
            out += b"%" + part
    return bytes(out)


# ---------------------------------------------------------------------------- addresses

_OVERFLOW: Final = 1 << 32


def _ipv4_number(text: str) -> int:
    """A number in decimal, octal or hexadecimal; -1 if it is none, 2³² if it is too large."""
    if not text:
        return -1
    base = 10
    if text.startswith(("0x", "0X")):
        base = 16
        text = text[2:]
    elif len(text) >= 2 and text[0] == "0":
        base = 8
        text = text[1:]
    number = 0
    for c in text:
        if c not in _HEX_DIGITS:
            return -1
        digit = int(c, 16)
        if digit >= base:
            return -1
        number = min(number * base + digit, _OVERFLOW)
    return number


def _ipv4(parts: list[str]) -> bytes:
    """The address that a domain is whose last label is a number."""
    if not parts[-1]:
        parts = parts[:-1]
    numbers = [_ipv4_number(part) for part in parts] if len(parts) <= 4 else [-1]
    if any(n < 0 or n == _OVERFLOW for n in numbers):
        raise _invalid("invalid IPv4 address")
    address = numbers.pop()
    if address >= 256 ** (4 - len(numbers)) or any(n > 255 for n in numbers):
        raise _invalid("invalid IPv4 address")
    for i, n in enumerate(numbers):
        address += n << (8 * (3 - i))
    return b".".join([b"%d" % (address >> shift & 0xFF) for shift in (24, 16, 8, 0)])


def _bracketed(text: str) -> bytes:
    """An IPv6 address in its brackets."""
    pieces = _ipv6(text[1:-1]) if text.endswith("]") else []
    if not pieces:
        raise _invalid("invalid IPv6 address")
    # The first of the longest runs of at least two zeros is left out.
    best = 1
    skipped = -1
    for i in range(8):
        end = i
        while end < 8 and pieces[end] == 0:
            end += 1
        if end - i > best:
            best = end - i
            skipped = i
    if skipped < 0:
        return b"[" + b":".join([b"%x" % p for p in pieces]) + b"]"
    head = b":".join([b"%x" % p for p in pieces[:skipped]])
    tail = b":".join([b"%x" % p for p in pieces[skipped + best :]])
    return b"[" + head + b"::" + tail + b"]"


def _ipv6(text: str) -> list[int]:
    """The eight pieces of an address, or none if it is malformed."""
    if len(text.encode("utf-8")) < 2:
        return []
    pieces: list[int] = []
    compressed = -1
    i = 0
    end = len(text)
    if text[0] == ":":
        if text[1] != ":":
            return []
        i = 2
        compressed = 0
    while i < end:
        if len(pieces) + (compressed >= 0) >= 8:
            return []
        if text[i] == ":":
            if compressed >= 0:
                return []
            i += 1
            compressed = len(pieces)
            continue
        start = i
        while i < end and i < start + 4 and text[i] in _HEX_DIGITS:
            i += 1
        if i < end and text[i] == ".":
            dotted = _dotted(text[start:]) if i > start else []
            if not dotted or len(pieces) + (compressed >= 0) > 6:
                return []
            pieces += dotted
            break
        if i < end:
            if text[i] != ":" or i + 1 == end:
                return []
        pieces.append(int(text[start:i], 16))
        i += 1
    if compressed < 0:
        return pieces if len(pieces) == 8 else []
    return pieces[:compressed] + [0] * (8 - len(pieces)) + pieces[compressed:]


def _dotted(text: str) -> list[int]:
    """The two pieces that four decimal numbers are, or none if they are malformed."""
    parts = text.split(".")
    numbers: list[int] = []
    for part in parts:
        if not part or not part.isascii() or not part.isdigit() or (part[0] == "0" and len(part) > 1):
            return []
        if len(part) > 3 or int(part) > 255:
            return []
        numbers.append(int(part))
    if len(numbers) != 4:
        return []
    return [numbers[0] << 8 | numbers[1], numbers[2] << 8 | numbers[3]]


# ---------------------------------------------------------------------------- paths


def _path(out: bytearray, scheme: str, start: int, text: str, has_host: bool) -> tuple[str, bool]:
    """Writes a path, which begins at `start` of the output; gives what follows, and whether the host stays.

    A drive letter in a file's path takes the place of its host. Text of a `file` URL may have tabs and line ends.
    """
    is_file = scheme == _FILE
    end = _end(text, "?#")
    path = text[:end]
    if _is_special(scheme):
        path = path.replace("\\", "/")
    segments = path.split("/")
    last = len(segments) - 1
    for i, segment in enumerate(segments):
        segment_start = len(out)
        if is_file:
            # Text before a tab is written already when what follows is looked at.
            for chunk in segment.replace("\n", "\t").replace("\r", "\t").split("\t"):
                if chunk:
                    if len(out) == start + 3 and _is_drive_letter(out[start + 1 :]) and out[-1] == 0x3A:
                        out += b"/"
                        segment_start += 1
                    out += _encoded(chunk, _PATH)
        else:
            out += _encoded(segment, _PATH)
        written = len(out) - segment_start
        dots = bytes(out[segment_start:]).lower() if written <= 6 else b""
        if dots in _DOUBLE_DOT:
            del out[segment_start:]
            _parent(out, start)
        elif dots in _SINGLE_DOT:
            del out[segment_start:]
        else:
            if is_file and segment_start == start + 1 and _is_drive_letter(out[segment_start:]):
                out[-1] = 0x3A
                has_host = False
            if i < last:
                out += b"/"
    if is_file:
        whole = bytes(out[start:])
        out[start:] = b"/" + whole.lstrip(b"/")
    return text[end:], has_host


def _parent(out: bytearray, start: int) -> None:
    """Takes the last segment off a path that begins at `start` and ends with `/`, unless that is a drive letter."""
    slash = out.rfind(b"/", start, len(out) - 1)
    if slash >= 0 and not _begins_with_drive_letter(out[slash + 1 : slash + 4]):
        del out[slash + 1 :]


def _is_drive_letter(text: bytes | bytearray) -> bool:
    return len(text) == 2 and chr(text[0]) in _LETTERS and text[1] in b":|"


def _begins_with_drive_letter(text: bytes | bytearray) -> bool:
    return _is_drive_letter(text[:2]) and (len(text) == 2 or text[2] in b"/\\?#")


def _query_and_fragment(out: bytearray, scheme: str, text: str) -> None:
    """Writes the rest of a URL, which begins with `?` or `#` if there is any."""
    rest, has_fragment, fragment = text.translate(_IGNORED).partition("#")
    if rest:
        out += b"?" + _encoded(rest[1:], _SPECIAL_QUERY if _is_special(scheme) else _QUERY)
    if has_fragment:
        out += b"#" + _encoded(fragment, _FRAGMENT)


# ---------------------------------------------------------------------------- files


def _file_url(text: str) -> str:
    """A `file` URL, from what follows its scheme; tabs and line ends are still in there."""
    out = bytearray(b"file://")
    host_start = len(out)
    text = text.lstrip("\t\n\r")
    after = text[1:].lstrip("\t\n\r")
    if text.startswith(("/", "\\")) and after.startswith(("/", "\\")):
        text = after[1:]
        end = _end(text, "/\\?#")
        host = text[:end].translate(_IGNORED)
        has_host = False
        if not _is_drive_letter(host.encode("utf-8")):
            text = text[end:]
            if host:
                written = _host(host)
                if written != b"localhost":
                    out += written
                    has_host = True
        path = len(out)
        out += b"/"
        if has_host:
            rest = text.lstrip("\t\n\r")
            if rest.startswith(("/", "\\")):
                text = rest[1:]
        text, has_host = _path(out, _FILE, path, text, has_host)
        if not has_host:
            del out[host_start:path]
    elif text.startswith(("/", "\\")):
        text, _ = _path(out, _FILE, host_start, text, False)
    else:
        out += b"/"
        text, _ = _path(out, _FILE, host_start, text, False)
    _query_and_fragment(out, _FILE, text)
    return out.decode("ascii")
