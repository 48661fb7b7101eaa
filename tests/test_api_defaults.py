"""What the functions of the library take where nothing is said: what the command line takes."""

from __future__ import annotations

import inspect

import pywasmtools

DEFAULTS = {
    "component_new": {
        "adapters": (),
        "import_names": None,
        "validate": True,
        "reject_legacy_names": False,
        "realloc_via_memory_grow": False,
        "merge_imports_based_on_semver": True,
        "emit_canonical_names": False,
        "debug_names": True,
        "return_call_ref": False,
    },
}


def test_defaults_of_component_new() -> None:
    for name, defaults in DEFAULTS.items():
        parameters = inspect.signature(getattr(pywasmtools, name)).parameters.values()
        said = {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}
        assert {option: said[option] for option in defaults} == defaults
