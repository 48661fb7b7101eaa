"""A component that puts one in the place of another: it validates where the first fits. `fit`."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.component_builder import ComponentBuilder
from pywasmtools.wasm.component_types import COMPONENT, TypeRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.component_builder import TypeBuilder


def fit(root: ComponentBuilder, given: int, name: str, wanted: TypeBuilder, context: str, features: int = -1) -> None:
    """Instantiates a component that imports one of the type `wanted` as `name` with the component `given` of `root`.

    Raises where it doesn't fit, or where one of the two needs a feature that is not in `features` (a set as in
    `wasm/features.py`; else all are), under `context`. `root` is finished by it.
    """
    taker = ComponentBuilder()
    taker.import_(name, TypeRef(COMPONENT, taker.type_nested(None, wanted)))
    root.instantiate(None, root.component(None, taker), [(name, COMPONENT, given)])
    try:
        validate_all(root.finish(), BodyValidator().check, features)
    except WasmToolsError as e:
        raise e.context(context) from None
