"""`assemble`: a component of a core module and WIT in one step, embedded and encoded."""

from __future__ import annotations

from collections.abc import Iterable

from pywasmtools.library.commands import component_embed, component_new
from pywasmtools.library.sources import Encoding, Modules, Pairs, Source


def assemble(
    module: Source,
    wit: Source,
    *,
    world: str | None = None,
    adapters: Modules = (),
    encoding: Encoding = "utf8",
    features: Iterable[str] = (),
    all_features: bool = False,
    import_names: Pairs = (),
    validate: bool = True,
    reject_legacy_names: bool = False,
    realloc_via_memory_grow: bool = False,
    merge_imports_based_on_semver: bool = True,
    emit_canonical_names: bool = False,
    debug_names: bool = True,
    return_call_ref: bool = False,
) -> bytes:
    """The component that `component_embed` and then `component_new` make, to the byte.

    `module` is the core module, `wit` has its `world`: a name, `ns:package/name`, or None for the only one of the package.
    `adapters` are modules by the name of the core imports that they satisfy. The options up to `all_features` are those of
    `component_embed`, `emit_canonical_names` is that of both, the others are those of `component_new`. Raises what either refuses.
    """
    embedded = component_embed(
        wit,
        module,
        world=world,
        encoding=encoding,
        features=features,
        all_features=all_features,
        emit_canonical_names=emit_canonical_names,
    )
    return component_new(
        embedded,
        adapters=adapters,
        import_names=import_names,
        validate=validate,
        reject_legacy_names=reject_legacy_names,
        realloc_via_memory_grow=realloc_via_memory_grow,
        merge_imports_based_on_semver=merge_imports_based_on_semver,
        emit_canonical_names=emit_canonical_names,
        debug_names=debug_names,
        return_call_ref=return_call_ref,
    )
