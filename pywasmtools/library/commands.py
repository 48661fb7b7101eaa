"""The commands as functions: what each takes is checked and read, and `api.py` does the work.

Modules, components and WIT come as `Source` (`library/sources.py`): text, content or a path. Results are `bytes`, and `str` where
it is WebAssembly text. All raise `WasmToolsError` for what the command refuses, and `TypeError` or `ValueError` for a wrong call.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager

from pywasmtools import api
from pywasmtools.diagnostics import Place, WasmToolsError
from pywasmtools.library.sources import (
    Clearable,
    Dummy,
    Dwarf,
    Encoding,
    Form,
    Later,
    Modules,
    Pairs,
    Source,
    binaries,
    binary_reader,
    content_or_path,
    feature_names,
    flags,
    later,
    names,
    number,
    one_of,
    pairs,
    path_of,
    read_binary,
    texts,
    words,
)
from pywasmtools.sections.metadata import Metadata

_U32_MAX = 0xFFFFFFFF
_UNSUPPORTED: tuple[object, ...] = ("standard32-async-callback", "standard32-async-stackful")
"""What the command can be asked for, and refuses."""


@contextmanager
def _reading(source: object) -> Generator[None, None, None]:
    """What is refused about the one source of a function has its path."""
    try:
        yield
    except WasmToolsError as e:
        path = path_of(source)
        if path is not None and e.path is None:
            e.in_file(path)
        raise


# ------------------------------------------------------------------------------- components


def component_wit(
    source: Source,
    *,
    form: Form = "text",
    docs: bool = True,
    features: Iterable[str] = (),
    all_features: bool = False,
    emit_canonical_names: bool = False,
    validate: bool = True,
) -> bytes:
    """`component wit`: the WIT in `source` (text, a folder or file of it, a component, a module) in another form.

    `form` is "text", "json" (as `--json`) or "wasm" (as `--wasm`, validated if `validate`). `docs=False` leaves doc comments
    out of text. `features` are names of `@unstable` features that are on, of text alone: a binary has been through them.
    """
    one_of(form, "form", Form)
    flags(docs=docs, all_features=all_features, emit_canonical_names=emit_canonical_names, validate=validate)
    wanted = feature_names(features)
    with _reading(source):
        return api.component_wit(
            content_or_path(source, "source"),
            form=form,
            docs=docs,
            features=wanted,
            all_features=all_features,
            emit_canonical_names=emit_canonical_names,
            validate=validate,
        )


def component_embed(
    wit: Source,
    module: Source | Later | None = None,
    *,
    world: str | None = None,
    encoding: Encoding = "utf8",
    dummy: Dummy | None = None,
    features: Iterable[str] = (),
    all_features: bool = False,
    emit_canonical_names: bool = False,
) -> bytes:
    """`component embed`: `module` with the world of `wit` in a custom section behind it.

    Without `module` it is the section alone (`--only-custom`). `dummy` makes a module that fits the world (`--dummy-names`), with
    names and ABI as it says. `world` is a name, or `ns:package/name`; None is the only one of the package. `encoding` is that of
    the module's strings. `module` may be a function: it is called once the world is known.
    """
    one_of(encoding, "encoding", Encoding)
    texts(world=world)
    flags(all_features=all_features, emit_canonical_names=emit_canonical_names)
    if dummy is not None:
        if dummy not in _UNSUPPORTED:
            one_of(dummy, "dummy", Dummy)
        if module is not None:
            raise ValueError("`dummy` makes a module: give that or `module`, not both")
    return api.component_embed(
        content_or_path(wit, "wit"),
        None if module is None else later(module, "module"),
        world=world,
        encoding=encoding,
        dummy=dummy,
        features=feature_names(features),
        all_features=all_features,
        emit_canonical_names=emit_canonical_names,
    )


def component_new(
    module: Source,
    *,
    adapters: Modules = (),
    import_names: Pairs | None = None,
    validate: bool = True,
    reject_legacy_names: bool = False,
    realloc_via_memory_grow: bool = False,
    merge_imports_based_on_semver: bool = True,
    emit_canonical_names: bool = False,
    debug_names: bool = True,
    return_call_ref: bool = False,
) -> bytes:
    """`component new`: the component of a core module with an embedded world.

    `adapters` are modules by the name of the core imports that they satisfy (`--adapt NAME=MODULE`), `import_names` new names of
    the component's imports by old ones (`--import-name OLD=NEW`).
    """
    flags(
        validate=validate,
        reject_legacy_names=reject_legacy_names,
        realloc_via_memory_grow=realloc_via_memory_grow,
        merge_imports_based_on_semver=merge_imports_based_on_semver,
        emit_canonical_names=emit_canonical_names,
        debug_names=debug_names,
        return_call_ref=return_call_ref,
    )
    renamed = {} if import_names is None else dict(pairs(import_names, "import_names"))
    read = binary_reader(module, "module")
    return api.component_new(
        adapters=binaries(adapters, "adapters"),
        module=read(),
        import_names=renamed,
        validate=validate,
        reject_legacy_names=reject_legacy_names,
        realloc_via_memory_grow=realloc_via_memory_grow,
        merge_imports_based_on_semver=merge_imports_based_on_semver,
        emit_canonical_names=emit_canonical_names,
        debug_names=debug_names,
        return_call_ref=return_call_ref,
    )


def link(
    libraries: Modules = (),
    *,
    dl_openable: Modules = (),
    stack_size: int | None = None,
    stub_missing_functions: bool = False,
    use_built_in_libdl: bool = False,
    libdl: Source | Later | None = None,
    adapters: Modules = (),
    validate: bool = True,
    reject_legacy_names: bool = False,
    realloc_via_memory_grow: bool = False,
    merge_imports_based_on_semver: bool = True,
    emit_canonical_names: bool = False,
    debug_names: bool = True,
    return_call_ref: bool = False,
) -> bytes:
    """`component link`: the component of dynamic libraries, core modules with a `dylink.0` section, by name.

    Where two libraries export a symbol, the first one provides it. Those in `dl_openable` can be found by `dlopen`. `stack_size`
    is in bytes, 1 MiB where it is None. Functions that trap take the place of those that are missing with
    `stub_missing_functions`. `use_built_in_libdl` links wit-component's own `libdl.so`, which is no part of this package: `libdl`
    is it, or a function that gives it and is called if it is needed. The options from `adapters` on are those of `component_new`.
    """
    flags(
        stub_missing_functions=stub_missing_functions,
        use_built_in_libdl=use_built_in_libdl,
        validate=validate,
        reject_legacy_names=reject_legacy_names,
        realloc_via_memory_grow=realloc_via_memory_grow,
        merge_imports_based_on_semver=merge_imports_based_on_semver,
        emit_canonical_names=emit_canonical_names,
        debug_names=debug_names,
        return_call_ref=return_call_ref,
    )
    if stack_size is not None:
        number(stack_size, "stack_size", _U32_MAX)
    return api.link(
        binaries(libraries, "libraries"),
        dl_openable=binaries(dl_openable, "dl_openable"),
        stack_size=stack_size,
        stub_missing_functions=stub_missing_functions,
        use_built_in_libdl=use_built_in_libdl,
        libdl=None if libdl is None else later(libdl, "libdl"),
        adapters=binaries(adapters, "adapters"),
        validate=validate,
        reject_legacy_names=reject_legacy_names,
        realloc_via_memory_grow=realloc_via_memory_grow,
        merge_imports_based_on_semver=merge_imports_based_on_semver,
        emit_canonical_names=emit_canonical_names,
        debug_names=debug_names,
        return_call_ref=return_call_ref,
    )


def unbundle(component: Source, *, threshold: int = 10240) -> tuple[bytes, dict[str, bytes]]:
    """`component unbundle`: a component that imports its core modules of more than `threshold` bytes, and these by name."""
    number(threshold, "threshold", 0xFFFFFFFFFFFFFFFF)
    with _reading(component):
        return api.unbundle(read_binary(component, "component"), threshold=threshold)


def targets(
    wit: Source,
    component: Source | Later,
    *,
    world: str | None = None,
    semver_compatible: bool = False,
    features: Iterable[str] = (),
    all_features: bool = False,
) -> None:
    """`component targets`: raises where a component does not conform to a world of `wit`.

    `semver_compatible` lets interfaces of compatible versions stand for each other. `component` may be a function: it is called once
    the world is known.
    """
    texts(world=world)
    flags(semver_compatible=semver_compatible, all_features=all_features)
    api.targets(
        content_or_path(wit, "wit"),
        later(component, "component"),
        world=world,
        semver_compatible=semver_compatible,
        features=feature_names(features),
        all_features=all_features,
    )


def semver_check(wit: Source, *, prev: str, new: str, features: Iterable[str] = (), all_features: bool = False) -> None:
    """`component semver-check`: raises where the world `new` of `wit` is no compatible evolution of its world `prev`."""
    names(prev=prev, new=new)
    flags(all_features=all_features)
    source = content_or_path(wit, "wit")
    api.semver_check(source, prev=prev, new=new, features=feature_names(features), all_features=all_features)


# ------------------------------------------------------------------------------- any binary


def _wasm_features(features: Iterable[str]) -> str:
    """Features of WebAssembly as the command has them. Refuses words that are none."""
    from pywasmtools.wasm.features import feature_steps

    wanted = ",".join(feature_names(features))
    try:
        feature_steps(wanted)
    except WasmToolsError as e:
        raise ValueError(f"`features`: {e}") from None
    return wanted


def validate(
    module: Source, *, features: Iterable[str] = (), custom: bool = False, generate_dwarf: Dwarf | None = None
) -> None:
    """`validate`: raises where a module or component is not valid.

    `features` are those that it may use, as the command has them: names, `-name` for what is not wanted, from those on that are
    standard; `all` and `-all`, and sets (`mvp`, `wasm1`…) that take the place of what comes before them. `custom` looks at names
    and branch hints, too. Where there is DWARF (`generate_dwarf` makes it of text), errors have the place in the source.
    """
    flags(custom=custom)
    if generate_dwarf is not None:
        one_of(generate_dwarf, "generate_dwarf", Dwarf)
    wanted = _wasm_features(features)
    with _reading(module):
        data = read_binary(module, "module", generate_dwarf)
        try:
            api.validate(data, features=wanted, custom=custom)
        except WasmToolsError as e:
            raise _with_source(data, e) from None


def _with_source(data: bytes, e: WasmToolsError) -> WasmToolsError:
    """An error with the place in the source of what is wrong, where the binary has DWARF of it."""
    from pywasmtools.validation.source_places import source_place

    offset = e.layers[-1].offset
    if offset < 0:
        return e
    try:
        text = source_place(data, offset)
    except WasmToolsError:
        return e  # the command warns of DWARF that can't be read
    if not text:
        return e
    place = re.match(r"(.*):(\d+):(\d+) ", text, re.DOTALL)
    if place is not None:
        e.at(Place(place[1], None, int(place[2]), int(place[3]), offset=offset))
    return e.context(text)


def print_wat(
    module: Source,
    *,
    print_offsets: bool = False,
    skeleton: bool = False,
    name_unnamed: bool = False,
    fold_instructions: bool = False,
    print_operand_stack: bool = False,
    indent_text: str | None = None,
    indent: int = 2,
    features: Iterable[str] = (),
) -> str:
    """`print`: the text of a module or component.

    `features` are those that it is read with, as `validate` has them, but from all on. `indent_text` comes before `indent`.
    """
    flags(
        print_offsets=print_offsets,
        skeleton=skeleton,
        name_unnamed=name_unnamed,
        fold_instructions=fold_instructions,
        print_operand_stack=print_operand_stack,
    )
    texts(indent_text=indent_text)
    number(indent, "indent", _U32_MAX)
    wanted = _wasm_features(features)
    with _reading(module):
        return api.print_wat(
            read_binary(module, "module"),
            print_offsets=print_offsets,
            skeleton=skeleton,
            name_unnamed=name_unnamed,
            fold_instructions=fold_instructions,
            print_operand_stack=print_operand_stack,
            indent_text=indent_text,
            indent=indent,
            features=wanted,
        )


def parse_wat(text: Source, *, generate_dwarf: Dwarf | None = None) -> bytes:
    """`parse`: the binary of the text format. What is a binary already is looked at and returned.

    `generate_dwarf` asks for debugging information; the file is called `<input>` there where `text` is no path.
    """
    if generate_dwarf is not None:
        one_of(generate_dwarf, "generate_dwarf", Dwarf)
    with _reading(text):
        return api.parse_wat(read_binary(text, "text", generate_dwarf))


def strip(module: Source, *, all: bool = False, delete: Iterable[str] = ()) -> bytes:
    """`strip`: a module or component without custom sections, nested binaries alike.

    All of them; or those in whose name a regular expression of `delete` is found (those of the Rust crate `regex`); or, where
    neither is given, all but `name`, `dylink.0` and `component-type:…`.
    """
    flags(all=all)
    expressions = words(delete, "delete")
    with _reading(module):
        return api.strip(read_binary(module, "module"), all=all, delete=expressions)


def objdump(module: Source) -> Iterator[str]:
    """`objdump`: a line, with its end, for each section of a module or component, and where nested ones begin and end.

    Raises what can't be parsed once the lines before it were taken.
    """
    return _lines(module, api.objdump(read_binary(module, "module")))


def _lines(source: object, lines: Iterator[str]) -> Iterator[str]:
    with _reading(source):
        yield from lines


def metadata(module: Source) -> Metadata:
    """`metadata show`: what a module or component says of itself, and what those nested in it say."""
    with _reading(module):
        return api.metadata(read_binary(module, "module"))


def add_metadata(
    module: Source,
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
    clear: Iterable[Clearable] = (),
) -> bytes:
    """`metadata add`: a module or component with metadata added. Binaries nested in it keep theirs.

    Producers are versions by tool, or (tool, version) pairs. `licenses` is an SPDX license expression, `source` and `homepage`
    are URLs, the other descriptions any text; one that is set stands behind what is there. `clear` names what is taken out:
    "name" (with the names of all items) or a description.
    """
    texts(name=name, authors=authors, description=description, licenses=licenses, source=source)
    texts(homepage=homepage, revision=revision, version=version)
    producers = [pairs(language, "language"), pairs(processed_by, "processed_by"), pairs(sdk, "sdk")]
    cleared = words(clear, "clear")
    for field in cleared:
        one_of(field, "clear", Clearable)
    with _reading(module):
        return api.add_metadata(
            read_binary(module, "module"),
            name=name,
            language=producers[0],
            processed_by=producers[1],
            sdk=producers[2],
            authors=authors,
            description=description,
            licenses=licenses,
            source=source,
            homepage=homepage,
            revision=revision,
            version=version,
            clear=cleared,
        )
