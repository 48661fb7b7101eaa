"""The features that validation and reading may be without, a row each: names, what is on by default, the groups.

A set of features is an int of bits, one a row; ALL, which is -1, has every bit. Who meets a set that is not ALL loads
this file and what reads differently then; nobody else does.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error, error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

    from pywasmtools.wasm.reader import BinaryReader

ALL: Final = -1


class Feature:
    """A feature: `name` as options spell it, whether it is on `by_default`, and which others it `includes`."""

    __slots__ = ("by_default", "includes", "name")

    def __init__(self, name: str, by_default: bool, includes: tuple[str, ...] = ()) -> None:
        self.name = name
        self.by_default = by_default
        self.includes = includes


FEATURES: Final[tuple[Feature, ...]] = (
    Feature("mutable-global", True),
    Feature("saturating-float-to-int", True),
    Feature("sign-extension", True),
    Feature("reference-types", True, ("call-indirect-overlong",)),
    Feature("multi-value", True),
    Feature("bulk-memory", True, ("bulk-memory-opt",)),
    Feature("simd", True),
    Feature("relaxed-simd", True),
    Feature("threads", True),
    Feature("shared-everything-threads", False),
    Feature("tail-call", True),
    Feature("floats", True),
    Feature("multi-memory", True),
    Feature("exceptions", True),
    Feature("memory64", True),
    Feature("extended-const", True),
    Feature("component-model", True),
    Feature("function-references", True),
    Feature("memory-control", False),
    Feature("gc", True),
    Feature("custom-page-sizes", False),
    Feature("legacy-exceptions", False),
    Feature("gc-types", True),
    Feature("stack-switching", False),
    Feature("wide-arithmetic", True),
    Feature("cm-values", False),
    Feature("cm-nested-names", False),
    Feature("cm-async", True),
    Feature("cm-async-stackful", False),
    Feature("cm-more-async-builtins", False),
    Feature("cm-threading", False),
    Feature("cm-error-context", False),
    Feature("cm-fixed-length-lists", False),
    Feature("cm-gc", False),
    Feature("call-indirect-overlong", True),
    Feature("bulk-memory-opt", True),
    Feature("custom-descriptors", False),
    Feature("compact-imports", True),
    Feature("cm-map", True),
    Feature("cm64", False),
    Feature("cm-implements", True),
    Feature("cm-canon-names", False),
    Feature("cm-forward", False),
    Feature("cm-accessors", False),
    Feature("acquire-release-atomics", False),
    Feature("multibyte-array-access", False),
)
"""In the order in which the reference lists them."""


def _bits() -> dict[str, int]:
    """What each name stands for: its own bit, and those of what it includes."""
    own = {feature.name: 1 << place for place, feature in enumerate(FEATURES)}
    return {feature.name: own[feature.name] | sum([own[name] for name in feature.includes]) for feature in FEATURES}


BITS: Final = _bits()
_EVERY: Final = (1 << len(FEATURES)) - 1


def feature_set(names: Iterable[str]) -> int:
    """The set of the features with these names."""
    bits = 0
    for name in names:
        bits |= BITS[name]
    return bits


def _groups() -> dict[str, int]:
    mvp = feature_set(("floats", "gc-types"))
    wasm1 = mvp | BITS["mutable-global"]
    wasm2 = wasm1 | feature_set(
        (
            "bulk-memory",
            "reference-types",
            "sign-extension",
            "saturating-float-to-int",
            "multi-value",
            "simd",
        )
    )
    wasm3 = wasm2 | feature_set(
        (
            "gc",
            "tail-call",
            "extended-const",
            "function-references",
            "multi-memory",
            "relaxed-simd",
            "threads",
            "exceptions",
            "memory64",
        )
    )
    lime1 = wasm1 | feature_set(
        (
            "multi-value",
            "sign-extension",
            "saturating-float-to-int",
            "bulk-memory-opt",
            "extended-const",
            "call-indirect-overlong",
        )
    )
    return {"mvp": mvp, "wasm1": wasm1, "wasm2": wasm2, "wasm3": wasm3, "lime1": lime1}


GROUPS: Final = _groups()
"""The sets that have a name; to ask for one leaves all that was asked for before."""

DEFAULT: Final = feature_set([feature.name for feature in FEATURES if feature.by_default])


def has(features: int, name: str) -> bool:
    """Whether the feature is in the set, and all that it includes."""
    bits = BITS[name]
    return features & bits == bits


# ------------------------------------------------------------------------------- what options say

ENABLE: Final = 0
DISABLE: Final = 1
RESET: Final = 2


def feature_steps(text: str) -> tuple[tuple[int, int], ...]:
    """The steps (ENABLE, DISABLE or RESET, and the bits) of a list as an option has it; raises at a word that is none."""
    steps: list[tuple[int, int]] = []
    for part in text.split(","):
        word = part.strip()
        if not word:
            continue
        enable = word[0] != "-"
        if not enable:
            word = word[1:]
        if word in BITS:
            steps.append((ENABLE if enable else DISABLE, BITS[word]))
        elif word in GROUPS:
            if not enable:
                raise error(f"cannot disable `{word}`, it can only be enabled")
            steps.append((RESET, GROUPS[word]))
        elif word == "all":
            steps.append((ENABLE if enable else DISABLE, _EVERY))
        else:
            valid = ", ".join([*BITS, *GROUPS, "all"])
            raise error(f"unknown feature `{word}`\nValid features: {valid}")
    return tuple(steps)


def after_steps(features: int, steps: Iterable[tuple[int, int]]) -> int:
    """The set that steps make of one; ALL where nothing is missing."""
    for step, bits in steps:
        if step == ENABLE:
            features |= bits
        elif step == DISABLE:
            features &= ~bits
        else:
            features = bits
    return ALL if features & _EVERY == _EVERY else features & _EVERY


# ------------------------------------------------------------------------------- what reads differently

MULTI_MEMORY: Final = BITS["multi-memory"]
MEMORY64: Final = BITS["memory64"]
ORDERINGS: Final = BITS["acquire-release-atomics"]
ARRAYS: Final = BITS["multibyte-array-access"]


def limit_reader(reader: BinaryReader) -> int:
    """A number of a memory's or table's limits."""
    return reader.var_u64() if reader.features & MEMORY64 else reader.var_u32()


def zero_or_index(reader: BinaryReader, feature: str) -> int:
    """An index that has been a zero byte before the feature."""
    if reader.features & BITS[feature] == BITS[feature]:
        return reader.var_u32()
    if reader.u8() != 0:
        raise binary_error(reader.pos - 1, "zero byte expected")
    return 0


def check_compact_imports(reader: BinaryReader, byte: int) -> None:
    """Raises where a compact import's leading byte comes without the feature."""
    if not has(reader.features, "compact-imports"):
        raise binary_error(reader.pos, f"invalid leading byte 0x{byte:X} with compact imports proposal disabled")


def check_name_options(reader: BinaryReader) -> None:
    """Raises where the options of an external name, whose leading byte was read, come without a feature for one."""
    if not has(reader.features, "cm-implements") and not has(reader.features, "cm-canon-names"):
        raise binary_error(reader.pos - 1, "the `cm-implements` feature is not active")


def check_subtypes(reader: BinaryReader) -> None:
    """Raises where a subtyping clause, whose leading byte was read, comes without garbage collection."""
    if not has(reader.features, "gc"):
        raise binary_error(reader.pos - 1, "gc proposal must be enabled to use subtypes")


_LEGACY: Final = {0x06: "try", 0x07: "catch", 0x19: "catch_all"}
"""The instructions that the reader refuses itself without legacy exceptions; others are the validator's to refuse."""


def check_legacy(features: int, key: int, offset: int) -> None:
    """Raises where one of these comes without the feature."""
    name = _LEGACY.get(key)
    if name is not None and not has(features, "legacy-exceptions"):
        raise binary_error(offset, f"legacy_exceptions feature required for {name} instruction")


def check_fence(reader: BinaryReader, offset: int) -> None:
    """Raises where the byte of `atomic.fence`, yet unread, is an ordering and there are none."""
    if not reader.features & ORDERINGS and reader.peek() != 0:
        raise binary_error(offset, "nonzero byte after `atomic.fence`")
