"""What `@since`, `@unstable`, `@deprecated` and `@external-id` before an item say."""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, wit_error
from pywasmtools.wit.stability import UNKNOWN_STABILITY, stable, unstable
from pywasmtools.wit.syntax.ast import Deprecated, ExternalId, Since, Unstable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.text.semver import Version
    from pywasmtools.wit.stability import Stability
    from pywasmtools.wit.syntax.ast import Attribute


def stability_of(attributes: list[Attribute]) -> Stability:
    """The stability that the attributes give. Raises where one is given twice, or they don't go together."""
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
            feature = attribute.feature.name
    if since is not None:
        if feature is not None:
            raise wit_error(since_span, "cannot specify both @since and @unstable")
        return stable(since, deprecated)
    if feature is not None:
        return unstable(feature, deprecated)
    if deprecated is not None:
        raise wit_error(deprecated_span, "cannot specify both @deprecated without @since or @unstable")
    return UNKNOWN_STABILITY


def external_id_of(attributes: list[Attribute]) -> str | None:
    """The external id that the attributes give. Raises where it is given twice."""
    found: str | None = None
    for attribute in attributes:
        if isinstance(attribute, ExternalId):
            if found is not None:
                raise wit_error(attribute.span, "cannot specify @external-id twice")
            found = attribute.id
    return found
