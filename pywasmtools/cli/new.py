"""`component new`: makes a component of a core module with an embedded world."""

from __future__ import annotations

from pywasmtools.cli.output import write_text_of, write_wasm
from pywasmtools.diagnostics import WasmToolsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.cli.clap import Matches


def run(matches: Matches) -> None:
    """Runs `component new`; raises `WasmToolsError`."""
    from pywasmtools.componentize.encoder import ComponentEncoder
    from pywasmtools.load import read_wasm

    wasm = read_wasm(matches.text("input"), "full" if matches.has("g") else matches.text("generate-dwarf"))
    encoder = ComponentEncoder()
    encoder.validate = matches.flag("validate", True) and not matches.has("skip-validation")
    encoder.reject_legacy_names = matches.has("reject-legacy-names")
    encoder.debug_names = matches.flag("debug-names", True)
    encoder.return_call_ref = matches.flag("return-call-ref", False)
    encoder.merge_imports_based_on_semver = matches.flag("merge-imports-based-on-semver", True)
    encoder.realloc_via_memory_grow = matches.has("realloc-via-memory-grow")
    encoder.emit_canonical_names = matches.has("emit-canonical-names")
    for adapter in matches.values.get("adapt", ()):
        assert isinstance(adapter, tuple)
        encoder.adapter(adapter[0], adapter[1])
    encoder.module(wasm)
    for pair in matches.values.get("import-name", ()):
        assert isinstance(pair, tuple)
        encoder.import_names[pair[0]] = pair[1]
    try:
        data = encoder.encode()
    except WasmToolsError as e:
        raise e.context("failed to encode a component from module") from None
    if matches.has("wat"):
        write_text_of(data, matches.text("output"), matches.text("color") or "auto")
    else:
        write_wasm(data, matches.text("output"))
