"""What the functions of the library take where nothing is said: what the command line takes."""

from __future__ import annotations

import inspect

import pywasmtools

MAKING_COMPONENTS = {
    "adapters": (),
    "validate": True,
    "reject_legacy_names": False,
    "realloc_via_memory_grow": False,
    "merge_imports_based_on_semver": True,
    "emit_canonical_names": False,
    "debug_names": True,
    "return_call_ref": False,
}

DEFAULTS = {
    "component_new": {**MAKING_COMPONENTS, "import_names": None},
    "link": {
        **MAKING_COMPONENTS,
        "libraries": (),
        "dl_openable": (),
        "stack_size": None,
        "stub_missing_functions": False,
        "use_built_in_libdl": False,
        "libdl": None,
    },
}


def test_defaults() -> None:
    for name, defaults in DEFAULTS.items():
        parameters = inspect.signature(getattr(pywasmtools, name)).parameters.values()
        said = {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}
        assert said == defaults
