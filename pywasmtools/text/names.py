"""Component names: kebab labels, plain names with their annotations, interface names and their versions.

Implements `label`, `plainname`, `interfacename` and "strongly unique" of the component model's binary format
(https://github.com/WebAssembly/component-model/blob/main/design/mvp/Explainer.md#import-and-export-definitions).
Nothing here sees bytes. Where a name comes from a binary, `offset` is where errors are reported.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.text.semver import parse_version, split_canonical_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.text.semver import Version

    NameKey: TypeAlias = "tuple[tuple[int, str], ...]"
    """What strongly unique names differ in; never looked into."""

PLAIN: Final = 0
INTERFACE: Final = 1

CONSTRUCTOR: Final = "[constructor]"
METHOD: Final = "[method]"
STATIC: Final = "[static]"
GET: Final = "[get]"
SET: Final = "[set]"

_UPPER: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LABEL: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
_LETTERS: Final = _LABEL.encode()[:52]
_DIGITS: Final = b"0123456789"
_CASES: Final = bytes.maketrans(_LETTERS, b"l" * 26 + b"U" * 26)
"""Letters by their case: `l` and `U`."""

_MOST_KEPT: Final = 4096
_LONGEST_KEPT: Final = 100
_keys: dict[str, str] = {}
"""Labels that were seen, and their keys: the same ones stand in types, imports and exports, of a world and of its component."""

_names: dict[str, ComponentName] = {}
"""Names that were read, likewise."""


# ------------------------------------------------------------------------------------- kebab labels


def is_kebab(text: str) -> bool:
    """Whether `text` is a `label`: words joined by `-`, each all lower or all upper case, digits inside.

    The first word starts with a letter; later ones may start with or consist of digits.
    """
    if text in _keys:
        return True
    if not _is_kebab(text):
        return False
    if len(text) <= _LONGEST_KEPT:
        if len(_keys) >= _MOST_KEPT:
            _keys.clear()
        _keys[text] = kebab_key(text)
    return True


def _is_kebab(text: str) -> bool:
    if not text or not text.isascii() or not text[0].isalpha() or text[-1] == "-" or "--" in text:
        return False
    if not text.replace("-", "").isalnum():
        return False
    if text.islower() or text.isupper():
        return True  # as most are
    cases = text.encode("ascii").translate(_CASES, _DIGITS)
    return cases.find(b"lU") < 0 and cases.find(b"Ul") < 0


def kebab_key(label: str) -> str:
    """What is compared of a kebab label: no hyphens, ASCII letters in lower case."""
    known = _keys.get(label)
    if known is not None:
        return known
    if label.isascii():
        return label.replace("-", "").lower()
    return "".join([char.lower() if char in _UPPER else char for char in label if char != "-"])


# --------------------------------------------------------------------------------- component names


class ComponentName:
    """An import or export name. Equal and hashed by strong uniqueness; `raw` is how it was written.

    `kind` is PLAIN or INTERFACE. Of plain names, `resource_func` is CONSTRUCTOR, METHOD, STATIC or empty, `accessor`
    GET, SET or empty, and `rest` what follows them: `a-b`, or `a-b.c-d` of methods and static functions.
    Of interface names `rest` is `raw`.
    """

    __slots__ = ("accessor", "key", "kind", "raw", "resource_func", "rest")

    def __init__(self, raw: str, kind: int, resource_func: str, accessor: str, rest: str) -> None:
        self.raw = raw
        self.kind = kind
        self.resource_func = resource_func
        self.accessor = accessor
        self.rest = rest
        self.key = _interface_key(raw) if kind == INTERFACE else _plain_key(resource_func, accessor, rest)

    def __str__(self) -> str:
        return self.raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComponentName) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    # plain names

    def is_bare(self) -> bool:
        """A plain name without annotations."""
        return self.kind == PLAIN and not self.resource_func and not self.accessor

    def resource(self) -> str:
        """The `a-b` of `[constructor]a-b`, `[method]a-b.c-d` and `[static]a-b.c-d`; empty for others."""
        if not self.resource_func:
            return ""
        return self.rest.partition(".")[0]

    def name(self) -> str:
        """What follows the resource's name and its dot, or the whole label where there is none."""
        head, dot, tail = self.rest.partition(".")
        return tail if dot else head

    def getter_for_setter(self) -> str:
        """The name of the getter that has to stand before this setter."""
        return f"{self.resource_func}{GET}{self.rest}"

    # interface names: `namespace:package/projection@version`

    def namespace(self) -> str:
        """The `a:b` of `a:b:c/d/e@1`."""
        return self.raw[: self.raw.rindex(":")]

    def package(self) -> str:
        """The `c` of `a:b:c/d/e@1`."""
        return self.raw[self.raw.rindex(":") + 1 : self.raw.index("/")]

    def interface(self) -> str:
        """The `d` of `a:b:c/d/e@1`."""
        return self.projection().partition("/")[0]

    def projection(self) -> str:
        """The `d/e` of `a:b:c/d/e@1`."""
        return self.raw[self.raw.index("/") + 1 :].partition("@")[0]

    def version(self, suffix: str | None = None) -> Version | None:
        """The full version, `suffix` being the binary's `version-suffix` field; None where the name has none.

        Raises with the semver crate's messages, or where the split is not the canonical one, at offset 0.
        """
        _, at, prefix = self.raw.partition("@")
        if not at:
            if suffix is not None:
                raise binary_error(0, "a version suffix requires the name to have a version")
            return None
        full = prefix if suffix is None else prefix + suffix
        try:
            version = parse_version(full)
        except WasmToolsError as e:
            raise binary_error(0, e.layers[0].message) from None
        if suffix is not None and split_canonical_version(full) != (prefix, suffix):
            raise binary_error(0, f"`{prefix}` is not the canonical version of `{full}`")
        return version


def _plain_key(resource_func: str, accessor: str, rest: str) -> NameKey:
    """The label without case and hyphens; only `[constructor]` and `[set]` set names apart, `r.r` is `r`."""
    label = kebab_key(rest)
    head, dot, tail = label.partition(".")
    if dot and head == tail:
        return ((PLAIN, head),)
    if resource_func == CONSTRUCTOR:
        label = CONSTRUCTOR + label
    elif accessor == SET:
        label = SET + label
    return ((PLAIN, label),)


def _interface_key(raw: str) -> NameKey:
    """The parts of an interface name, each with what it is; a version counts as it is written."""
    parts: list[tuple[int, str]] = [(INTERFACE, "")]
    previous = ""
    at = 0
    pieces = raw.replace(":", "/").replace("@", "/").split("/")
    last = pieces.pop()
    for piece in pieces:
        at += len(piece)
        previous = raw[at]
        at += 1
        parts.append((2 if previous == ":" else 3, kebab_key(piece)))
    if last:
        parts.append((4, last) if previous == "@" else (3, kebab_key(last)))
    return tuple(parts)


# ------------------------------------------------------------------------------------------ parsing


def parse_component_name(name: str, offset: int = 0, accessors: bool = True, nested: bool = True) -> ComponentName:
    """Reads a name; raises at `offset` where it isn't one.

    Accessors, and nested namespaces and projections, are refused where they may not be.
    """
    known = _names.get(name)
    if known is not None and (accessors or not known.accessor) and (nested or known.kind == PLAIN):
        return known
    parsed = _parse_component_name(name, offset, accessors, nested)
    if len(name) <= _LONGEST_KEPT:
        if len(_names) >= _MOST_KEPT:
            _names.clear()
        _names[name] = parsed
    return parsed


def _parse_component_name(name: str, offset: int, accessors: bool, nested: bool) -> ComponentName:
    if is_kebab(name):
        return ComponentName(name, PLAIN, "", "", name)
    if ":" in name:
        left = _interface_name(name, offset, nested)
        if left:
            raise binary_error(offset, f"trailing characters found: `{left}`")
        return ComponentName(name, INTERFACE, "", "", name)
    rest = name
    resource_func = ""
    for annotation in (CONSTRUCTOR, METHOD, STATIC):
        if rest.startswith(annotation):
            resource_func = annotation
            rest = rest[len(annotation) :]
            break
    accessor = ""
    for annotation in (GET, SET):
        if rest.startswith(annotation):
            accessor = annotation
            rest = rest[len(annotation) :]
            break
    if accessor:
        if not accessors:
            raise binary_error(offset, "`[get]` and `[set]` names require the component model accessors feature")
        if resource_func == CONSTRUCTOR:
            raise binary_error(offset, "names with [constructor] cannot contain [get] or [set]")
    label = rest
    if resource_func in (METHOD, STATIC):
        resource, dot, label = rest.partition(".")
        if not dot:
            raise binary_error(offset, "failed to find `.` character")
        _check_kebab(resource, offset)
    _check_kebab(label, offset)
    return ComponentName(name, PLAIN, resource_func, accessor, rest)


def _check_kebab(label: str, offset: int) -> None:
    if not is_kebab(label):
        raise binary_error(offset, f"`{label}` is not in kebab case")


def _interface_name(name: str, offset: int, nested: bool) -> str:
    """Checks `a:b/c@…`, with `nested` also `a:b:c/d/e@…`; returns what is left over. Versions are checked later."""
    at = _lower_label(name, 0, offset)
    if not name.startswith(":", at):
        raise binary_error(offset, f"expected `:` at `{name[at:]}`")
    at = _lower_label(name, at + 1, offset)
    while nested and name.startswith(":", at):
        at = _lower_label(name, at + 1, offset)
    if not name.startswith("/", at):
        raise binary_error(offset, "expected `/` after package name")
    at = _label(name, at + 1, offset)
    while nested and name.startswith("/", at):
        at = _label(name, at + 1, offset)
    if name.startswith("@", at):
        return ""
    return name[at:]


def _label_end(text: str, at: int) -> int:
    """Where, from `at` on, the characters end that may stand in a label."""
    reach = 64
    while at < len(text):
        piece = text[at : at + reach]
        left = len(piece.lstrip(_LABEL))
        at += len(piece) - left
        if left:
            return at
        reach *= 2
    return at


def _label(text: str, at: int, offset: int) -> int:
    """Checks the label that starts at `at`; returns where it ends."""
    end = _label_end(text, at)
    _check_kebab(text[at:end], offset)
    return end


def _lower_label(text: str, at: int, offset: int) -> int:
    """The same, of a label without upper-case letters."""
    end = _label_end(text, at)
    label = text[at:end]
    _check_kebab(label, offset)
    if label != label.lower():
        for char in label:
            if char in _UPPER:
                raise binary_error(offset, f"character `{char}` is not lowercase in package name/namespace")
    return end


# ----------------------------------------------------------------------------------------- versions


def with_version_suffix(name: str, suffix: str | None) -> str:
    """`name` with the suffix appended where it has a version, else as it is."""
    if suffix is not None and "@" in name:
        return name + suffix
    return name
