"""A whole binary under a set of features, with all its function bodies, as the command `validate` does it.

Bodies come last, whatever module they are in; of each, what custom sections say of it comes right behind it.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.validator import Validator, check_each
from pywasmtools.wasm.payloads import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validation.core.module import FuncToValidate
    from pywasmtools.validation.custom_sections import CustomSections, ModuleNames


def validate_whole(data: bytes, features: int, custom: bool) -> None:
    """Raises where a binary is not valid with these features (a set as in `wasm/features.py`).

    `custom` asks for names and branch hints to be right, too.
    """
    validator = Validator(features)
    sections: CustomSections | None = None
    if custom:
        from pywasmtools.validation.custom_sections import CustomSections as Sections

        sections = Sections()
    bodies: list[tuple[FuncToValidate, ModuleNames | None]] = []
    for payload in Parser(data, True, features):
        body = validator.payload(payload)
        if body is not None:
            bodies.append((body, None if sections is None else sections.current))
        if sections is not None:
            sections.payload(payload, validator)
    if bodies:
        _check_bodies(bodies)


def _check_bodies(bodies: list[tuple[FuncToValidate, ModuleNames | None]]) -> None:
    from pywasmtools.validation.core.function import BodyValidator

    validate = BodyValidator().check

    def check(at: int) -> None:
        body, names = bodies[at]
        try:
            validate(body)
        except WasmToolsError as e:
            raise e.context(f"func {body.index} failed to validate") from None
        if names is not None:
            names.check_body(body)

    check_each([body for body, _ in bodies], check)
