"""`@since`, `@unstable`, `@deprecated` and `@external-id` before an item: their syntax, and what they say of it."""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, wit_error
from pywasmtools.wit.stability import UNKNOWN_STABILITY, stable, unstable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.diagnostics import Span
    from pywasmtools.text.semver import Version
    from pywasmtools.wit.model import Attributed
    from pywasmtools.wit.stability import Stability

    Attribute: TypeAlias = "Since | Unstable | Deprecated | ExternalId"


class Since:
    """`@since(version = …)`; `span` is that of the word `since`."""

    __slots__ = ("span", "version")

    def __init__(self, span: Span, version: Version) -> None:
        self.span = span
        self.version = version


class Unstable:
    """`@unstable(feature = …)`."""

    __slots__ = ("feature", "span")

    def __init__(self, span: Span, feature: str) -> None:
        self.span = span
        self.feature = feature


class Deprecated:
    """`@deprecated(version = …)`."""

    __slots__ = ("span", "version")

    def __init__(self, span: Span, version: Version) -> None:
        self.span = span
        self.version = version


class ExternalId:
    """`@external-id("…")`."""

    __slots__ = ("id", "span")

    def __init__(self, span: Span, id_: str) -> None:
        self.span = span
        self.id = id_


class ItemAttributes:
    """What the attributes before an item say of it."""

    __slots__ = ("external_id", "stability")

    def __init__(self, stability: Stability, external_id: str | None) -> None:
        self.stability = stability
        self.external_id = external_id

    def put_on(self, item: Attributed) -> None:
        """Writes them into an item of the model."""
        item.stability = self.stability
        item.external_id = self.external_id


_NO_ATTRIBUTES: Final = ItemAttributes(UNKNOWN_STABILITY, None)


def attributes_of(attributes: list[Attribute]) -> ItemAttributes:
    """What all attributes say. Raises where one is given twice, or they don't go together."""
    if not attributes:
        return _NO_ATTRIBUTES
    if len(attributes) == 1:
        # Most items have `@since` alone.
        only = attributes[0]
        if isinstance(only, Since):
            return ItemAttributes(stable(only.version), None)
    stability = stability_of(attributes)
    return ItemAttributes(stability, _external_id_of(attributes))


def stability_of(attributes: list[Attribute]) -> Stability:
    """The stability that the attributes give, of items that can have no other attributes. Raises where one is given twice, or they don't go together."""
    if not attributes:
        return UNKNOWN_STABILITY
    since: Version | None = None
    since_span = UNKNOWN_SPAN
    deprecated: Version | None = None
    deprecated_span = UNKNOWN_SPAN
    feature: str | None = None
    for attribute in attributes:
        if isinstance(attribute, Since):
            if since is not None:
                raise wit_error(attribute.span, "cannot specify @since twice")
            since = attribute.version
            since_span = attribute.span
        elif isinstance(attribute, Deprecated):
            if deprecated is not None:
                raise wit_error(attribute.span, "cannot specify @deprecated twice")
            deprecated = attribute.version
            deprecated_span = attribute.span
        elif isinstance(attribute, Unstable):
            if feature is not None:
                raise wit_error(attribute.span, "cannot specify @unstable twice")
            feature = attribute.feature
    if since is not None:
        if feature is not None:
            raise wit_error(since_span, "cannot specify both @since and @unstable")
        return stable(since, deprecated)
    if feature is not None:
        return unstable(feature, deprecated)
    if deprecated is not None:
        raise wit_error(deprecated_span, "cannot specify both @deprecated without @since or @unstable")
    return UNKNOWN_STABILITY


def refuse_external_id(attributes: list[Attribute], what: str) -> None:
    """Raises at the first `@external-id` of an item that has no place for it; `what` is a plural."""
    for attribute in attributes:
        if isinstance(attribute, ExternalId):
            raise wit_error(attribute.span, f"@external-id is not allowed on {what}")


def _external_id_of(attributes: list[Attribute]) -> str | None:
    found: str | None = None
    for attribute in attributes:
        if isinstance(attribute, ExternalId):
            if found is not None:
                raise wit_error(attribute.span, "cannot specify @external-id twice")
            found = attribute.id
    return found
