"""`component new`: makes a component of a core module with an embedded world."""

from __future__ import annotations

from pywasmtools.api import component_new
from pywasmtools.cli.output import write_wasm_or_text
from pywasmtools.cli.wit import dwarf_option
from pywasmtools.load import read_wasm

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.cli.clap import Matches


def run(matches: Matches) -> None:
    """Runs `component new`; raises `WasmToolsError`."""
    data = component_new(
        read_wasm(matches.text("input"), dwarf_option(matches)),
        adapters=matches.pairs("adapt"),
        import_names=dict(matches.pairs("import-name")),
        validate=matches.flag("validate", True) and not matches.has("skip-validation"),
        reject_legacy_names=matches.has("reject-legacy-names"),
        realloc_via_memory_grow=matches.has("realloc-via-memory-grow"),
        merge_imports_based_on_semver=matches.flag("merge-imports-based-on-semver", True),
        emit_canonical_names=matches.has("emit-canonical-names"),
        debug_names=matches.flag("debug-names", True),
        return_call_ref=matches.flag("return-call-ref", False),
    )
    write_wasm_or_text(data, matches)
