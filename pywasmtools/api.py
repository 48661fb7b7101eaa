"""The commands as functions, bytes in and out, and the steps below them.

    component_wit(source)            -> WIT text, JSON or binary
    component_embed(wit, module)     -> the module with a component-type section
    component_new(module)            -> the component
    link(libraries)                  -> the component of dynamic libraries
    validate(module)                 -> None, or it raises
    print_wat(module)                -> text
    parse_wat(text)                  -> the binary
    objdump(module)                  -> lines, a section each
    strip(module)                    -> the module without custom sections
    metadata(module)                 -> Metadata
    add_metadata(module)             -> the module with more metadata
    unbundle(component)              -> the component without its modules, and they by name
    targets(wit, component)          -> None, or it raises
    semver_check(wit, prev=…, new=…) -> None, or it raises
    parse_wit(text)                  -> Resolve
    print_wit(resolve)               -> text
    decode(binary)                   -> Resolve

All raise `WasmToolsError`; `str(e)` is what the command prints after `error: `. Sources that are `str` are
WIT text, `bytes` a binary, and `os.PathLike` a path (a folder, a `*.wit` file, or a binary).
"""

from __future__ import annotations

import os

from pywasmtools.diagnostics import CRASH, WasmToolsError, error, path_str
from pywasmtools.load import (
    Decoded,
    decode_bytes,
    decode_input,
    load_for_embed,
    read_wasm_bytes,
    wat_to_binary,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from pywasmtools.componentize.linking.linker import Linker
    from pywasmtools.sections.metadata import Metadata
    from pywasmtools.sections.parts import Part
    from pywasmtools.wit.model import Resolve

    Pairs = Iterable[tuple[str, str]]
    Source = str | bytes | os.PathLike[str] | os.PathLike[bytes]


def _load(source: Source, features: Iterable[str], all_features: bool) -> Decoded:
    if isinstance(source, str):
        return decode_bytes(source.encode(), "<input>", tuple(features), all_features)
    if isinstance(source, bytes):
        return decode_bytes(source, "<input>", tuple(features), all_features)
    return decode_input(_path(source), tuple(features), all_features)


def _path(source: os.PathLike[str] | os.PathLike[bytes]) -> str:
    """A path as `load` wants it: UTF-8, whatever the locale says."""
    return path_str(os.fsencode(source))


def parse_wit(source: Source, features: Iterable[str] = (), all_features: bool = False) -> Resolve:
    """The packages of WIT text, of a file or folder of WIT, or of a binary."""
    return _load(source, features, all_features).resolve


def decode(binary: bytes) -> Resolve:
    """The packages of a binary: a WIT package, a component, or a core module with an embedded world."""
    return _load(binary, (), False).resolve


def print_wit(resolve: Resolve, package: int | None = None, docs: bool = True) -> str:
    """WIT text of a package (its id; the last one where None), with the other packages nested behind it."""
    from pywasmtools.wit.printer import WitPrinter

    main = len(resolve.packages) - 1 if package is None else package
    return WitPrinter(docs).print(resolve, main, [k for k in range(len(resolve.packages)) if k != main])


def component_wit(
    source: Source,
    *,
    form: str = "text",
    docs: bool = True,
    features: Iterable[str] = (),
    all_features: bool = False,
    emit_canonical_names: bool = False,
    validate: bool = True,
) -> bytes:
    """`component wit`: the source's WIT as `form`: "text", "json" or "wasm"."""
    return render(_load(source, features, all_features), form, docs, emit_canonical_names, validate)


def render(decoded: Decoded, form: str, docs: bool, emit_canonical_names: bool, validate: bool) -> bytes:
    """What was decoded, as `form`: "text", "json" or "wasm"; the last validated, if so wished."""
    if form == "text":
        return print_wit(decoded.resolve, decoded.package, docs).encode()
    if form == "json":
        from pywasmtools.wit.resolve_json import resolve_json

        return resolve_json(decoded.resolve).encode()
    if form != "wasm":
        raise ValueError(f"form is text, json or wasm, not {form!r}")
    from pywasmtools.wit_binary.encoder import encode_package

    data = encode_package(decoded.resolve, decoded.package, emit_canonical_names)
    if validate:
        from pywasmtools.validation.validator import validate_all

        validate_all(data)
    return data


def component_embed(
    wit: Source,
    module: bytes | Callable[[], bytes] | None = None,
    *,
    world: str | None = None,
    encoding: str = "utf8",
    dummy: str | None = None,
    features: Iterable[str] = (),
    all_features: bool = False,
    emit_canonical_names: bool = False,
) -> bytes:
    """`component embed`: `module` with the world's section behind it; the section alone where there is no module.

    `module` may be a function: it is called once the world is known. `dummy` makes a module that fits the world
    instead, with names "standard32", "legacy", "legacy-async-callback" or "legacy-async-stackful". `encoding` is
    "utf8", "utf16" or "compact-utf16".
    """
    from pywasmtools.wit.transform.select_world import select_world
    from pywasmtools.wit_binary import component_type

    resolve, package = _load_package(wit, features, all_features)
    chosen = select_world(resolve, [package], world)
    if emit_canonical_names:
        from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver

        merge_world_imports_based_on_semver(resolve, chosen)
    if dummy is not None:
        module = dummy_of_world(resolve, chosen, dummy)
    elif module is None:
        return component_type.encode(resolve, chosen, encoding, None, emit_canonical_names)
    elif not isinstance(module, bytes):
        module = module()
    return component_type.embed(module, resolve, chosen, encoding, emit_canonical_names)


def dummy_of_world(resolve: Resolve, world: int, names: str) -> bytes:
    """A module that fits a world, with names and ABI as `names` says."""
    from pywasmtools.componentize import core_names
    from pywasmtools.componentize.dummy import dummy_module

    known = {
        "standard32": core_names.STANDARD32,
        "legacy": core_names.LEGACY_SYNC,
        "legacy-async-callback": core_names.LEGACY_ASYNC_CALLBACK,
        "legacy-async-stackful": core_names.LEGACY_ASYNC_STACKFUL,
    }
    if names not in (*known, "standard32-async-callback", "standard32-async-stackful"):
        raise ValueError(f"dummy is one of {', '.join(known)}, not {names!r}")
    if names not in known:
        raise error("non-legacy mangling not yet supported when generating async dummy modules")
    return dummy_module(resolve, world, known[names])


def validate(module: bytes | str, *, features: str = "", custom: bool = False) -> None:
    """`validate`: raises where a module or component is not valid. It may be text.

    `features` are those that it may use, as the command has them: names separated by commas, `-name` for what is not
    wanted, from those on that are standard. `custom` looks at names and branch hints, too.
    """
    validate_binary(_binary(module), features=features, custom=custom)


def validate_binary(module: bytes, *, features: str = "", custom: bool = False) -> None:
    """The same of a binary, which is one though it may look like text."""
    from pywasmtools.validation.whole import validate_whole
    from pywasmtools.wasm.features import DEFAULT, after_steps, feature_steps

    validate_whole(module, after_steps(DEFAULT, feature_steps(features)), custom)


def print_wat(
    module: bytes | str,
    *,
    print_offsets: bool = False,
    skeleton: bool = False,
    name_unnamed: bool = False,
    fold_instructions: bool = False,
    print_operand_stack: bool = False,
    indent_text: str | None = None,
    indent: int = 2,
    features: str = "",
) -> str:
    """`print`: the text of a module or component, in binary or as text itself.

    `features` are those that it is read with, as the command has them, from all on; `indent_text` comes before `indent`.
    Raises what can't be printed.
    """
    parts: list[str] = []
    print_wat_to(
        _binary(module),
        parts.append,
        print_offsets=print_offsets,
        skeleton=skeleton,
        name_unnamed=name_unnamed,
        fold_instructions=fold_instructions,
        print_operand_stack=print_operand_stack,
        indent_text=indent_text,
        indent=indent,
        features=features,
    )
    return "".join(parts)


def print_wat_to(module: bytes, write: Callable[[str], None], *, color: bool = False, **options: Any) -> None:
    """The same of a binary, by calls of `write` as it comes, in terminal colours if so wished; the options of `print_wat`."""
    from pywasmtools.wat.print.printer import print_options, print_wasm_to

    print_wasm_to(module, write, color, print_options(**options))


def parse_wat(text: str | bytes, *, generate_dwarf: str | None = None) -> bytes:
    """`parse`: the binary of the text format; what is a binary already is looked at and returned.

    `generate_dwarf` asks for debugging information, "lines" or "full". The file is called `<input>` there.
    """
    from pywasmtools.wasm.well_formed import check_well_formed

    data = _binary(text, generate_dwarf)
    check_well_formed(data)
    return data


def _binary(module: bytes | str, dwarf: str | None = None) -> bytes:
    """A module as a binary: text is translated, whether `str` or bytes."""
    data = module.encode() if isinstance(module, str) else module
    return read_wasm_bytes(data, "<input>", dwarf)


def component_new(
    module: bytes,
    *,
    adapters: dict[str, bytes] | Iterable[tuple[str, bytes]] = (),
    import_names: Mapping[str, str] | None = None,
    validate: bool = True,
    reject_legacy_names: bool = False,
    realloc_via_memory_grow: bool = False,
    merge_imports_based_on_semver: bool = True,
    emit_canonical_names: bool = False,
    debug_names: bool = True,
    return_call_ref: bool = False,
) -> bytes:
    """`component new`: the component of a core module with an embedded world.

    `adapters` are modules by the name of the core imports that they satisfy, as a dict or as pairs;
    `import_names` old names of the component's imports to new ones.
    """
    from pywasmtools.componentize.encoder import ComponentEncoder

    encoder = ComponentEncoder(
        validate=validate,
        reject_legacy_names=reject_legacy_names,
        realloc_via_memory_grow=realloc_via_memory_grow,
        merge_imports_based_on_semver=merge_imports_based_on_semver,
        emit_canonical_names=emit_canonical_names,
        debug_names=debug_names,
        return_call_ref=return_call_ref,
    )
    for name, data in _pairs(adapters):
        encoder.adapter(name, data)
    encoder.module(module)
    encoder.import_names.update(import_names or {})
    try:
        return encoder.encode()
    except WasmToolsError as e:
        raise e.context("failed to encode a component from module") from None


def link(
    libraries: dict[str, bytes] | Iterable[tuple[str, bytes]] = (),
    *,
    dl_openable: dict[str, bytes] | Iterable[tuple[str, bytes]] = (),
    stack_size: int | None = None,
    stub_missing_functions: bool = False,
    use_built_in_libdl: bool = False,
    libdl: Callable[[], bytes] | None = None,
    adapters: dict[str, bytes] | Iterable[tuple[str, bytes]] = (),
    validate: bool = True,
    reject_legacy_names: bool = False,
    realloc_via_memory_grow: bool = False,
    merge_imports_based_on_semver: bool = True,
    emit_canonical_names: bool = False,
    debug_names: bool = True,
    return_call_ref: bool = False,
) -> bytes:
    """`component link`: the component of dynamic libraries, core modules with a `dylink.0` section.

    Libraries come by name, as a dict or as pairs: where two export a symbol, the first one provides it. Those in
    `dl_openable` can be found by `dlopen`. `stack_size` is in bytes, 1 MiB where it is None.

    Functions that trap take the place of those that are missing with `stub_missing_functions`. `use_built_in_libdl` links
    wit-component's own `libdl.so`, which is no part of this package: if a library needs it, `libdl` is called for its bytes,
    and what is linked is refused where that is None. The options from `adapters` on are those of `component_new`.
    """
    from pywasmtools.componentize.encoder import ComponentEncoder
    from pywasmtools.componentize.linking.linker import Linker

    encoder = ComponentEncoder(
        validate=validate,
        reject_legacy_names=reject_legacy_names,
        realloc_via_memory_grow=realloc_via_memory_grow,
        merge_imports_based_on_semver=merge_imports_based_on_semver,
        emit_canonical_names=emit_canonical_names,
        debug_names=debug_names,
        return_call_ref=return_call_ref,
    )
    for name, data in _pairs(adapters):
        encoder.adapter(name, data)
    linker = Linker(encoder, stack_size, stub_missing_functions)
    return _linked(linker, libraries, dl_openable, (libdl or _no_libdl) if use_built_in_libdl else None)


def _linked(
    linker: Linker,
    libraries: dict[str, bytes] | Iterable[tuple[str, bytes]],
    dl_openable: dict[str, bytes] | Iterable[tuple[str, bytes]],
    libdl: Callable[[], bytes] | None,
) -> bytes:
    try:
        linker.add(_pairs(libraries), False)
        linker.add(_pairs(dl_openable), True)
        if libdl is not None:
            linker.add_built_in_libdl(libdl)
        return linker.encode()
    except WasmToolsError as e:
        if e.kind == CRASH:
            raise
        raise e.context("failed to encode a component from modules") from None


def _no_libdl() -> bytes:
    raise error("`libdl.so`, which is needed, is code of wit-component, and no part of pywasmtools")


def _pairs(modules: dict[str, bytes] | Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, bytes]]:
    """Modules by name, as pairs."""
    return modules.items() if isinstance(modules, dict) else modules


def _wasm(module: bytes | str) -> bytes:
    """A module or component as a binary; a `str` is its text."""
    return module if isinstance(module, bytes) else wat_to_binary(module.encode(), "<input>")


def objdump(module: bytes | str) -> Iterator[str]:
    """`objdump`: a line, with its end, for each section of a module or component, and where nested ones begin and end.

    Raises what can't be parsed once the lines before it were taken. Text comes as a `str`, here and below.
    """
    from pywasmtools.sections.objdump import list_sections

    return list_sections(_wasm(module))


def strip(module: bytes | str, *, all: bool = False, delete: Sequence[str] = ()) -> bytes:
    """`strip`: a module or component without custom sections, nested binaries alike.

    All of them; or those in whose name a regular expression of `delete` is found (those of the Rust crate `regex`); or,
    where neither is given, all but `name`, `dylink.0` and `component-type:…`.
    """
    return b"".join(strip_parts(module, all=all, delete=delete))


def strip_parts(module: bytes | str, *, all: bool = False, delete: Sequence[str] = ()) -> list[Part]:
    """As `strip`, in parts: what does not change is a window of the binary."""
    from pywasmtools.sections.strip import chooser, strip_sections

    return strip_sections(_wasm(module), chooser(all, delete))


def metadata(module: bytes | str) -> Metadata:
    """`metadata show`: what a module or component says of itself, and what those nested in it say."""
    from pywasmtools.sections.metadata import read_metadata

    return read_metadata(_wasm(module))


def add_metadata(
    module: bytes | str,
    *,
    name: str | None = None,
    language: Pairs = (),
    processed_by: Pairs = (),
    sdk: Pairs = (),
    authors: str | None = None,
    description: str | None = None,
    licenses: str | None = None,
    source: str | None = None,
    homepage: str | None = None,
    revision: str | None = None,
    version: str | None = None,
    clear: Iterable[str] = (),
) -> bytes:
    """`metadata add`: a module or component with metadata added. Binaries nested in it keep theirs.

    Producers are (tool, version) pairs. `licenses` is an SPDX license expression, `source` and `homepage` are URLs, the
    other descriptions any text; one that is set stands behind what is there. `clear` names what is taken out: "name" (with
    the names of all items) or a description.
    """
    given = {"authors": authors, "description": description, "licenses": licenses, "source": source}
    given |= {"homepage": homepage, "revision": revision, "version": version}
    parts = add_metadata_parts(
        module, name=name, language=language, processed_by=processed_by, sdk=sdk, clear=clear, **given
    )
    return b"".join(parts)


def add_metadata_parts(
    module: bytes | str,
    *,
    name: str | None = None,
    language: Pairs = (),
    processed_by: Pairs = (),
    sdk: Pairs = (),
    clear: Iterable[str] = (),
    **descriptions: str | None,
) -> list[Part]:
    """As `add_metadata`, in parts: what does not change is a window of the binary."""
    from pywasmtools.sections import add

    texts = {field: add.description(field, text) for field, text in descriptions.items() if text is not None}
    cleared = list(clear)
    unknown = [field for field in cleared if field not in add.CLEARABLE]
    if unknown:
        raise ValueError(f"what is taken out is one of {', '.join(add.CLEARABLE)}, not {unknown[0]!r}")
    changes = add.Changes(name, cleared, texts)
    changes.produce(language, processed_by, sdk)
    return add.add_metadata(_wasm(module), changes)


def _load_package(wit: Source, features: Iterable[str], all_features: bool) -> tuple[Resolve, int]:
    """WIT as `component embed` takes it: all of it, and the id of its package."""
    if isinstance(wit, str | bytes):
        decoded = _load(wit, features, all_features)
        return decoded.resolve, decoded.package
    return load_for_embed(_path(wit), tuple(features), all_features)


def targets(
    wit: Source,
    component: bytes | str | Callable[[], bytes],
    *,
    world: str | None = None,
    semver_compatible: bool = False,
    features: Iterable[str] = (),
    all_features: bool = False,
) -> None:
    """`component targets`: raises where a component does not conform to a world.

    `component` may be a function: it is called once the world is known. `semver_compatible` lets interfaces of compatible
    versions stand for each other.
    """
    from pywasmtools.wit.transform.select_world import select_world
    from pywasmtools.worlds.targets import targets as check

    resolve, package = _load_package(wit, features, all_features)
    chosen = select_world(resolve, [package], world)
    data = _wasm(component) if isinstance(component, bytes | str) else component()
    check(resolve, chosen, data, semver_compatible)


def semver_check(wit: Source, *, prev: str, new: str, features: Iterable[str] = (), all_features: bool = False) -> None:
    """`component semver-check`: raises where the world `new` is no compatible evolution of `prev`."""
    from pywasmtools.wit.transform.select_world import select_world
    from pywasmtools.worlds.semver_check import semver_check as check

    resolve, package = _load_package(wit, features, all_features)
    check(resolve, select_world(resolve, [package], prev), select_world(resolve, [package], new))


def unbundle(component: bytes | str, *, threshold: int = 10240) -> tuple[bytes, dict[str, bytes]]:
    """`component unbundle`: a component that imports its core modules of more than `threshold` bytes, and these by name."""
    modules: dict[str, bytes] = {}
    parts = unbundle_parts(component, lambda name, module: modules.update({name: bytes(module)}), threshold=threshold)
    return b"".join(parts), modules


def unbundle_parts(
    component: bytes | str, keep: Callable[[str, memoryview], object], *, threshold: int = 10240
) -> list[Part]:
    """As `unbundle`, in parts: what does not change is a window of the binary. `keep` is given each module as it is found."""
    from pywasmtools.wasm.payloads import is_component

    data = _wasm(component)
    if not is_component(data):
        return [data]
    from pywasmtools.worlds.unbundle import unbundle as take_out

    return take_out(data, threshold, keep)
