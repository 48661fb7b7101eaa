"""Stability of WIT items: `@since`, `@unstable` and `@deprecated`, what is there under which features, and merging.

All that a gate means stands here; `wit/syntax/attributes.py` reads it from text, `wit_binary/package_docs.py` from
JSON.

See https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md#feature-gates
"""

from __future__ import annotations

from pywasmtools.diagnostics import wit_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import Span
    from pywasmtools.text.semver import Version
    from pywasmtools.wit.model import Resolve


class Stability:
    """`@since`, `@unstable` and `@deprecated` of an item. `kind` is UNKNOWN, UNSTABLE or STABLE."""

    __slots__ = ("deprecated", "feature", "kind", "since")

    def __init__(
        self, kind: int, feature: str = "", since: Version | None = None, deprecated: Version | None = None
    ) -> None:
        self.kind: int = kind
        self.feature: str = feature
        self.since: Version | None = since
        self.deprecated: Version | None = deprecated

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Stability)
            and self.kind == other.kind
            and self.feature == other.feature
            and self.since == other.since
            and self.deprecated == other.deprecated
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.feature))

    def attributes(self) -> list[str]:
        """The attributes as WIT text has them, a line each."""
        if self.kind == STABILITY_UNKNOWN:
            return []
        if self.kind == STABILITY_STABLE:
            lines = [f"@since(version = {self.since})"]
        else:
            lines = [f"@unstable(feature = {self.feature})"]
        if self.deprecated is not None:
            lines.append(f"@deprecated(version = {self.deprecated})")
        return lines

    def fields(self) -> tuple[str, list[tuple[str, str]]]:
        """What JSON calls a known stability, and its fields by name."""
        if self.kind == STABILITY_STABLE:
            fields = [("since", str(self.since))]
        else:
            fields = [("feature", self.feature)]
        if self.deprecated is not None:
            fields.append(("deprecated", str(self.deprecated)))
        return (STABILITY_NAMES[self.kind], fields)


STABILITY_UNKNOWN: Final = 0
STABILITY_UNSTABLE: Final = 1
STABILITY_STABLE: Final = 2

STABILITY_NAMES: Final = ("unknown", "unstable", "stable")
"""How JSON calls each kind, by its number."""

UNKNOWN_STABILITY: Final = Stability(STABILITY_UNKNOWN)
"""The stability of an item without attributes. Stabilities are never changed in place."""


def unstable(feature: str, deprecated: Version | None = None) -> Stability:
    """`@unstable(feature = …)`."""
    return Stability(STABILITY_UNSTABLE, feature=feature, deprecated=deprecated)


def stable(since: Version, deprecated: Version | None = None) -> Stability:
    """`@since(version = …)`."""
    return Stability(STABILITY_STABLE, since=since, deprecated=deprecated)


# ------------------------------------------------------------------------------- gates


def include_stability(resolve: Resolve, stability: Stability, package: int, span: Span) -> bool:
    """Whether an item of a package is there: its feature is on, or it is not gated by one.

    Raises at `span` where `@since` names a version that the package, or an unversioned package, can't have.
    """
    if stability.kind == STABILITY_UNKNOWN:
        return True
    if stability.kind != STABILITY_STABLE:
        return is_enabled(resolve, stability)
    name = resolve.packages[package].name
    if name.version is None:
        raise wit_error(
            span, f"package [{name}] contains a feature gate with a version specifier, so it must have a version"
        )
    since = stability.since
    assert since is not None
    if name.version != since and name.version < since:
        raise wit_error(
            span,
            f"feature gate cannot reference unreleased version {since} of package [{name}] "
            f"(current version {name.version})",
        )
    return True


def is_enabled(resolve: Resolve, stability: Stability) -> bool:
    """Whether the feature that gates a function is on. Versions are not looked at: its package has no id yet."""
    return stability.kind != STABILITY_UNSTABLE or resolve.all_features or stability.feature in resolve.features


# ------------------------------------------------------------------------------- merging


def merge_stability(from_: Stability, into: Stability, span: Span) -> Stability:
    """What becomes of `into` when an equal item with stability `from_` is merged into it.

    An unknown stability takes on the other; two different ones are refused.
    """
    if from_.kind == STABILITY_UNKNOWN or from_ == into:
        return into
    if into.kind == STABILITY_UNKNOWN:
        return from_
    raise wit_error(span, f"mismatch in stability from '{debug_stability(from_)}' to '{debug_stability(into)}'")


def merge_include_stability(from_: Stability, into: Stability, is_external_include: bool, span: Span) -> Stability:
    """As `merge_stability`, for an item that `include` brings: versions of another package mean nothing here."""
    if is_external_include and from_.kind == STABILITY_STABLE:
        return UNKNOWN_STABILITY
    return merge_stability(from_, into, span)


def debug_stability(stability: Stability) -> str:
    """As Rust's Debug prints the reference's."""
    from pywasmtools.text.rust_debug import debug_str
    from pywasmtools.text.semver import debug as debug_version

    if stability.kind == STABILITY_UNKNOWN:
        return "Unknown"
    deprecated = "None" if stability.deprecated is None else f"Some({debug_version(stability.deprecated)})"
    if stability.kind == STABILITY_UNSTABLE:
        return f"Unstable {{ feature: {debug_str(stability.feature)}, deprecated: {deprecated} }}"
    assert stability.since is not None
    return f"Stable {{ since: {debug_version(stability.since)}, deprecated: {deprecated} }}"
