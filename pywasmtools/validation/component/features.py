"""What features have a say in of components, where it is more than a line: canonical built-ins, names.

Loaded where a set of features is not all; `FeatureChecks` of `core/features.py` is asked.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.types import I32, I64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.features import FeatureChecks
    from pywasmtools.wasm.canonicals import CanonRow

_WORDS: Final = {
    canon.ASYNC_FEATURE: "component model async feature",
    canon.ERROR_CONTEXT_FEATURE: "component model error-context feature",
    canon.SHARED_FEATURE: "shared-everything-threads proposal",
    canon.THREADING_FEATURE: "component model threading feature",
}
"""What messages call the features of built-ins."""


def check_canonical(checks: FeatureChecks, row: CanonRow, immediates: tuple[int, ...], offset: int) -> None:
    """Raises where a built-in needs a feature that is not on; what depends on its options is looked at with them."""
    name = row.name
    if row.feature:
        checks.require(row.feature, f"`{name}` requires the {_WORDS[row.feature]}", offset)
    if row is canon.STREAM_FORWARD or row is canon.FUTURE_FORWARD:
        checks.require("cm-forward", f"`{name}` requires the component model forward feature", offset)
    if row.kinds[-1:] == ("async",) and immediates[-1]:
        message = f"async `{name}` requires the component model more async builtins feature"
        checks.require("cm-more-async-builtins", message, offset)


def check_context_type(checks: FeatureChecks, name: str, type_: int, offset: int) -> None:
    """The type of `context.get` and `context.set`."""
    if type_ == I64:
        checks.require("cm64", f"64-bit `{name}` requires the component model 64-bit feature", offset)


def check_context_slot(checks: FeatureChecks, name: str, slot: int, offset: int) -> None:
    """The number of `context.get` and `context.set`."""
    if slot > 0:
        checks.require("cm-threading", f"`{name}` immediate must be zero: {slot}", offset)


def check_synchronous(checks: FeatureChecks, name: str, offset: int) -> None:
    """What reads or writes without the option `async`."""
    message = f"synchronous `{name}` requires the component model more async builtins feature"
    checks.require("cm-more-async-builtins", message, offset)


def check_start(checks: FeatureChecks, params: tuple[int, ...], offset: int) -> None:
    """The parameters of the function that `thread.new-indirect` starts."""
    if params != (I32,) and not (params == (I64,) and checks.has("cm64")):
        raise binary_error(offset, "start function must take a single `i32` argument (currently)")


def check_suffix(checks: FeatureChecks, offset: int) -> None:
    """The version suffix of a name."""
    checks.require("cm-canon-names", "the `cm-canon-names` feature is not active", offset)


def check_implements(checks: FeatureChecks, offset: int) -> None:
    """What a name implements, and external ids."""
    checks.require("cm-implements", "the `cm-implements` feature is not active", offset)
