"""`component wit`: reads WIT in any form and writes it in another."""

from __future__ import annotations

import os

from pywasmtools.api import render
from pywasmtools.cli.output import write_file, write_result, write_stdout, write_wasm_or_text
from pywasmtools.diagnostics import WasmToolsError, error, io_error
from pywasmtools.load import debug_path, decode_input, display_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.cli.clap import Matches
    from pywasmtools.load import Decoded
    from pywasmtools.wit.model import PackageName, Resolve


def run(matches: Matches) -> None:
    """Runs `component wit`; raises `WasmToolsError`."""
    decoded = decode_input(matches.text("input"), feature_names(matches.texts("features")), matches.has("all-features"))
    change_world(matches, decoded)
    if matches.has("out-dir"):
        emit_folder(matches, decoded)
        return
    binary = matches.has("wasm") or matches.has("wat")
    data = render(
        decoded,
        "wasm" if binary else "json" if matches.has("json") else "text",
        not matches.has("no-docs"),
        matches.has("emit-canonical-names"),
        not matches.has("skip-validation"),
    )
    if binary:
        write_wasm_or_text(data, matches)
    else:
        write_result(data, matches.text("output"))


def feature_names(options: list[str]) -> tuple[str, ...]:
    """The names in all `--features`, separated by commas and white space."""
    return tuple(name for option in options for word in option.split() for name in word.split(",") if name)


def dwarf_option(matches: Matches) -> str | None:
    """How much DWARF to make of a module given as text: `lines`, `full`, or none."""
    return "full" if matches.has("g") else matches.text("generate-dwarf")


def change_world(matches: Matches, decoded: Decoded) -> None:
    """What `--importize`, `--exportize`, `--merge-world-imports-based-on-semver` and `--generate-nominal-type-ids` do."""
    resolve = decoded.resolve
    if matches.has("importize") or matches.has("importize-world"):
        from pywasmtools.wit.transform.importize import importize

        world = _world(matches.text("importize-world"), decoded, "importize")
        try:
            importize(resolve, world, matches.text("importize-out-world-name"))
        except WasmToolsError as e:
            raise e.context("failed to move world exports to imports") from None
    elif matches.has("exportize") or matches.has("exportize-world"):
        from pywasmtools.wit.transform.importize import exportize

        world = _world(matches.text("exportize-world"), decoded, "exportize")
        names = matches.texts("exportize-import")
        keys = None
        if names:
            keys = set()
            for key in resolve.worlds[world].imports:
                name = key if isinstance(key, str) else resolve.interfaces[key].name
                if name in names:
                    keys.add(key)
        try:
            exportize(resolve, world, matches.text("exportize-out-world-name"), keys)
        except WasmToolsError as e:
            raise e.context("failed to move world imports to exports") from None
    elif matches.has("merge-world-imports-based-on-semver"):
        from pywasmtools.wit.transform.select_world import select_world
        from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver

        if not decoded.is_package:
            raise error("the `--merge-world-imports-based-on-semver` flag is not compatible with a component input")
        world = select_world(resolve, [decoded.package], matches.text("merge-world-imports-based-on-semver"))
        try:
            merge_world_imports_based_on_semver(resolve, world)
        except WasmToolsError as e:
            raise e.context("failed to merge world imports based on semver") from None
    elif matches.has("generate-nominal-type-ids"):
        from pywasmtools.wit.transform.nominal import generate_nominal_type_ids
        from pywasmtools.wit.transform.select_world import select_world

        world = select_world(resolve, [decoded.package], matches.text("generate-nominal-type-ids"))
        generate_nominal_type_ids(resolve, world)
    else:
        return
    decoded.become_world(world)


def _world(name: str | None, decoded: Decoded, option: str) -> int:
    """The world that an option means: the component's own, or one of the package."""
    if decoded.is_package:
        from pywasmtools.wit.transform.select_world import select_world

        return select_world(decoded.resolve, [decoded.package], name)
    if name is not None:
        raise error(f"the `--{option}-world` flag is not compatible with a component input, use `--{option}` instead")
    return decoded.world


def emit_folder(matches: Matches, decoded: Decoded) -> None:
    """`--out-dir`: a file for each package, the main one in the folder, the others in its `deps`."""
    from pywasmtools.wit.printer import WitPrinter

    resolve = decoded.resolve
    folder = matches.text("out-dir") or ""
    make_folders(folder)
    for k, package in enumerate(resolve.packages):
        text = WitPrinter(not matches.has("no-docs")).print(resolve, k, [])
        place = folder if k == decoded.package else os.path.join(folder, "deps")
        make_folders(place)
        path = os.path.join(place, f"{file_stem(resolve, package.name)}.wit")
        try:
            write_file(path, text.encode())
        except OSError as e:
            raise io_error(e).context(f"failed to write file: {debug_path(path)}") from None
        write_stdout(f"Writing: {display_path(path)}\n".encode())


def file_stem(resolve: Resolve, name: PackageName) -> str:
    """The file name of a package: as much of its name as tells it from the others."""
    same_name = [p.name for p in resolve.packages if p.name.name == name.name]
    same_namespace = [n for n in same_name if n.namespace == name.namespace]
    if len(same_namespace) == len(same_name):
        if len(same_namespace) == 1 or name.version is None:
            return name.name
        return f"{name.name}@{name.version}"
    if len(same_namespace) == 1:
        return f"{name.namespace}:{name.name}"
    return str(name)


def make_folders(path: str) -> None:
    """Makes a folder and those above it, where they are missing."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as e:
        raise io_error(e).context(f"failed to create directory: {debug_path(path)}") from None
