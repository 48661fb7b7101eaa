"""Versions as the semver crate reads, orders and prints them, and the tracks of compatible versions.

Messages are the crate's own. A version's pre-release and build metadata are plain strings, empty where absent.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import WasmToolsError

    Segment = tuple[int, int, str, int]
    SortKey = tuple[int, int, int, int, tuple[Segment, ...], tuple[Segment, ...]]

MAJOR: Final = "major version number"
MINOR: Final = "minor version number"
PATCH: Final = "patch version number"
PRE: Final = "pre-release identifier"
BUILD: Final = "build metadata"

_DIGITS: Final = frozenset("0123456789")
_IDENTIFIER_OR_DOT: Final = "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz."
_IDENTIFIER: Final = frozenset(_IDENTIFIER_OR_DOT[:-1])
_U64_MAX: Final = 0xFFFFFFFFFFFFFFFF


class Version:
    """`major.minor.patch-pre+build`. Hashable; never changed in place."""

    __slots__ = ("build", "major", "minor", "patch", "pre")

    def __init__(self, major: int, minor: int, patch: int, pre: str = "", build: str = "") -> None:
        self.major: int = major
        self.minor: int = minor
        self.patch: int = patch
        self.pre: str = pre
        self.build: str = build

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        if self.pre:
            text += "-" + self.pre
        if self.build:
            text += "+" + self.build
        return text

    def __repr__(self) -> str:
        return f"Version({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Version)
            and self.major == other.major
            and self.minor == other.minor
            and self.patch == other.patch
            and self.pre == other.pre
            and self.build == other.build
        )

    def __hash__(self) -> int:
        return hash((self.major, self.minor, self.patch, self.pre, self.build))

    def __lt__(self, other: Version) -> bool:
        # Most differ in numbers, which is quick to see.
        if self.major != other.major:
            return self.major < other.major
        if self.minor != other.minor:
            return self.minor < other.minor
        if self.patch != other.patch:
            return self.patch < other.patch
        return self.sort_key() < other.sort_key()

    def sort_key(self) -> SortKey:
        """What the crate's total order compares: a release after its pre-releases, then build metadata."""
        return (
            self.major,
            self.minor,
            self.patch,
            0 if self.pre else 1,
            _segments(self.pre),
            _segments(self.build),
        )


def _segments(text: str) -> tuple[Segment, ...]:
    """Dotted identifiers so that numbers come first, by value and then by leading zeros; the rest by bytes."""
    keys: list[Segment] = []
    for segment in text.split("."):
        if _DIGITS.issuperset(segment):
            value = segment.lstrip("0")
            keys.append((0, len(value), value, len(segment)))
        else:
            keys.append((1, 0, segment, 0))
    return tuple(keys)


def parse_version(text: str) -> Version:
    """Reads a full version; raises with the semver crate's message."""
    if not text:
        raise error("empty string, expected a semver version")
    major, at = _number(text, 0, MAJOR)
    at = _dot(text, at, MAJOR)
    minor, at = _number(text, at, MINOR)
    at = _dot(text, at, MINOR)
    patch, at = _number(text, at, PATCH)
    place = PATCH
    pre = ""
    build = ""
    if at < len(text) and text[at] == "-":
        place = PRE
        end = _identifier(text, at + 1, PRE)
        pre = text[at + 1 : end]
        if not pre:
            raise error(f"empty identifier segment in {PRE}")
        at = end
    if at < len(text) and text[at] == "+":
        place = BUILD
        end = _identifier(text, at + 1, BUILD)
        build = text[at + 1 : end]
        if not build:
            raise error(f"empty identifier segment in {BUILD}")
        at = end
    if at < len(text):
        raise _unexpected_after(text[at], place)
    return Version(major, minor, patch, pre, build)


def _quoted(char: str) -> str:
    """A character as Rust's Debug prints it."""
    if " " <= char <= "~" and char not in "'\\":
        return f"'{char}'"
    from pywasmtools.text.rust_debug import debug_char

    return debug_char(char)


def _unexpected_after(char: str, place: str) -> WasmToolsError:
    return error(f"unexpected character {_quoted(char)} after {place}")


def _number(text: str, start: int, place: str) -> tuple[int, int]:
    """A number from `start`; also where it ends."""
    at = start
    value = 0
    while at < len(text) and text[at] in _DIGITS:
        if value == 0 and at > start:
            raise error(f"invalid leading zero in {place}")
        value = value * 10 + (ord(text[at]) - 48)
        if value > _U64_MAX:
            raise error(f"value of {place} exceeds u64::MAX")
        at += 1
    if at > start:
        return (value, at)
    if at < len(text):
        raise error(f"unexpected character {_quoted(text[at])} while parsing {place}")
    raise error(f"unexpected end of input while parsing {place}")


def _dot(text: str, at: int, place: str) -> int:
    if at >= len(text):
        raise error(f"unexpected end of input while parsing {place}")
    if text[at] != ".":
        raise _unexpected_after(text[at], place)
    return at + 1


def _identifier(text: str, start: int, place: str) -> int:
    """Where the dotted identifier that begins at `start` ends; `start` itself where there is none."""
    end = len(text) - len(text[start:].lstrip(_IDENTIFIER_OR_DOT))
    words = text[start:end]
    if not words:
        return start
    if ".." not in words and words[0] != "." and words[-1] != ".":
        if place != PRE or (words[0] != "0" and ".0" not in words):
            return end
    for segment in words.split("."):
        if not segment:
            raise error(f"empty identifier segment in {place}")
        if place == PRE and segment[0] == "0" and len(segment) > 1 and _DIGITS.issuperset(segment):
            raise error(f"invalid leading zero in {place}")
    return end


def debug(version: Version) -> str:
    """The version as Rust's Debug prints it on one line."""
    text = f"Version {{ major: {version.major}, minor: {version.minor}, patch: {version.patch}"
    if version.pre:
        text += f', pre: Prerelease("{version.pre}")'
    if version.build:
        text += f', build: BuildMetadata("{version.build}")'
    return text + " }"


# ------------------------------------------------------------------------------- compatible versions


def split_canonical_version(text: str) -> tuple[str, str | None] | None:
    """A version's canonical part and the rest: `1.2.3+a` is `1` and `.2.3+a`. None where it is not a version.

    Component Model, Explainer.md, `canonversion`. Numbers are not bounded here.
    """
    without_build, plus, build = text.partition("+")
    if plus and not _identifiers(build):
        return None
    core, dash, pre = without_build.partition("-")
    if dash and not _identifiers(pre):
        return None
    numbers = core.split(".")
    if len(numbers) != 3:
        return None
    for number in numbers:
        if not _is_version_number(number):
            return None
    if not dash and numbers[0] != "0":
        split = len(numbers[0])
    elif not dash and numbers[1] != "0":
        split = len(numbers[0]) + 1 + len(numbers[1])
    else:
        split = len(without_build)
    return (text[:split], text[split:] or None)


def _identifiers(text: str) -> bool:
    return all(segment and _IDENTIFIER.issuperset(segment) for segment in text.split("."))


def _is_version_number(text: str) -> bool:
    return bool(text) and _DIGITS.issuperset(text) and (text == "0" or text[0] != "0")


def compat_track_string(version: Version) -> tuple[str, str | None]:
    """The name of a version's track of compatible versions, and what of the version that leaves out."""
    found = split_canonical_version(str(version))
    if found is None:
        raise error(f"`{version}` is not a valid version")
    return found


def compat_track(version: Version) -> tuple[Version, str | None]:
    """The version that stands for its track: what may change without a break is zero. Also the suffix left out."""
    suffix = compat_track_string(version)[1]
    minor = version.minor
    patch = version.patch
    if not version.pre:
        if version.major != 0:
            minor = 0
            patch = 0
        elif minor != 0:
            patch = 0
    return (Version(version.major, minor, patch, version.pre), suffix)
