"""`component wit`: reads WIT in any form and writes it in another."""

from __future__ import annotations

import os

from pywasmtools.cli.clap import APPEND, SET, SET_TRUE, Arg
from pywasmtools.cli.options import GENERAL, OUTPUT, feature_names, path_value
from pywasmtools.cli.output import write_file, write_notice, write_result, write_wasm_or_text
from pywasmtools.diagnostics import WasmToolsError, error, io_error, path_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from pywasmtools.cli.clap import Matches
    from pywasmtools.load import Decoded

PAGE: Final = """\
Shows WIT in another form: text to text, JSON or binary, and a component or a binary package back to text.

Usage: wasm-tools component wit [OPTIONS] [INPUT]

Arguments:
  [INPUT]  A `*.wit` file, a folder of them (with its dependencies in `deps/`), or a binary: a WIT package, a
           component, or a core module with an embedded world. Without it, stdin is read.

Options:
  -o, --output <OUTPUT>      Write to this file instead of stdout
      --out-dir <OUT_DIR>    Write every package as text: the main one into this folder, the others into its `deps/`
  -j, --json                 Print the resolved packages as JSON
  -w, --wasm                 Write the package in its binary form
  -t, --wat                  Print the binary form as WebAssembly text
      --skip-validation      Do not validate what `-w` and `-t` write
      --no-docs              Leave doc comments out of the text
      --features <FEATURES>  Turn on `@unstable` features: names separated by commas or spaces; may be repeated
      --all-features         Turn on all `@unstable` features
      --emit-canonical-names
                             Name interfaces by their compatible version (`@0.2`), the rest as a suffix
      --importize            Turn the exports of the input's world into imports
      --importize-world <WORLD>
                             The same for one world of a package
      --importize-out-world-name <IMPORTIZE_OUT_WORLD_NAME>
                             How to call the world that `--importize` and `--importize-world` make
      --exportize            Turn the imports of the input's world into exports
      --exportize-world <WORLD>
                             The same for one world of a package
      --exportize-import <IMPORT>
                             Move only this import; may be repeated
      --exportize-out-world-name <EXPORTIZE_OUT_WORLD_NAME>
                             How to call the world that `--exportize` and `--exportize-world` make
      --merge-world-imports-based-on-semver <WORLD>
                             Let imports of compatible versions in this world become one
      --generate-nominal-type-ids <WORLD>
                             Give each type that a binding generator must tell apart an id of its own
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

MODES: Final = (
    "importize",
    "importize-world",
    "exportize",
    "exportize-world",
    "merge-world-imports-based-on-semver",
    "generate-nominal-type-ids",
)
"""What is done to the world: one of these at most."""


def _mode(name: str, action: int = SET) -> Arg:
    """One of the modes, which may take a world."""
    others = tuple(m for m in MODES if m != name)
    return Arg(name, action, long=name, value_name="WORLD", conflicts=others)


ARGS: Final = (
    *GENERAL,
    Arg("input", SET, value_name="INPUT", index=1, any_bytes=True, parser=path_value),
    OUTPUT,
    Arg("wasm", SET_TRUE, short="w", long="wasm", conflicts=("wat", "out-dir")),
    Arg("wat", SET_TRUE, short="t", long="wat", conflicts=("wasm", "out-dir")),
    Arg("no-docs", SET_TRUE, long="no-docs"),
    Arg(
        "out-dir",
        SET,
        long="out-dir",
        value_name="OUT_DIR",
        any_bytes=True,
        parser=path_value,
        conflicts=("wasm", "wat", "output"),
    ),
    Arg("skip-validation", SET_TRUE, long="skip-validation"),
    Arg("json", SET_TRUE, short="j", long="json", conflicts=("wasm", "out-dir", "wat")),
    _mode("importize", SET_TRUE),
    Arg("importize-out-world-name", SET, long="importize-out-world-name", value_name="IMPORTIZE_OUT_WORLD_NAME"),
    _mode("importize-world"),
    _mode("exportize", SET_TRUE),
    Arg("exportize-out-world-name", SET, long="exportize-out-world-name", value_name="EXPORTIZE_OUT_WORLD_NAME"),
    Arg("exportize-import", APPEND, long="exportize-import", value_name="IMPORT"),
    _mode("exportize-world"),
    _mode("merge-world-imports-based-on-semver"),
    _mode("generate-nominal-type-ids"),
    Arg("features", APPEND, long="features", value_name="FEATURES"),
    Arg("all-features", SET_TRUE, long="all-features"),
    Arg("emit-canonical-names", SET_TRUE, long="emit-canonical-names"),
)


def run(matches: Matches) -> None:
    """Runs `component wit`; raises `WasmToolsError`."""
    from pywasmtools.api import render
    from pywasmtools.load import decode_input

    decoded = decode_input(matches.text("input"), feature_names(matches), matches.has("all-features"))
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


def change_world(matches: Matches, decoded: Decoded) -> None:
    """What `--importize`, `--exportize`, `--merge-world-imports-based-on-semver` and `--generate-nominal-type-ids` do."""
    resolve = decoded.resolve
    if matches.has("importize") or matches.has("importize-world"):
        from pywasmtools.wit.transform.importize import importize

        world = _world(matches.text("importize-world"), decoded, "importize")
        name = matches.text("importize-out-world-name")
        _in_context("failed to move world exports to imports", importize, resolve, world, name)
    elif matches.has("exportize") or matches.has("exportize-world"):
        from pywasmtools.wit.transform.importize import exportize

        world = _world(matches.text("exportize-world"), decoded, "exportize")
        names = set(matches.texts("exportize-import"))
        keys = None
        if names:
            keys = set()
            for key in resolve.worlds[world].imports:
                if (key if isinstance(key, str) else resolve.interfaces[key].name) in names:
                    keys.add(key)
        name = matches.text("exportize-out-world-name")
        _in_context("failed to move world imports to exports", exportize, resolve, world, name, keys)
    elif matches.has("merge-world-imports-based-on-semver"):
        from pywasmtools.wit.transform.select_world import select_world
        from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver

        if not decoded.is_package:
            raise error("the `--merge-world-imports-based-on-semver` flag is not compatible with a component input")
        world = select_world(resolve, [decoded.package], matches.text("merge-world-imports-based-on-semver"))
        message = "failed to merge world imports based on semver"
        _in_context(message, merge_world_imports_based_on_semver, resolve, world)
    elif matches.has("generate-nominal-type-ids"):
        from pywasmtools.wit.transform.nominal import generate_nominal_type_ids
        from pywasmtools.wit.transform.select_world import select_world

        world = select_world(resolve, [decoded.package], matches.text("generate-nominal-type-ids"))
        generate_nominal_type_ids(resolve, world)
    else:
        return
    decoded.become_world(world)


def _in_context(message: str, work: Callable[..., object], *args: object) -> None:
    """Does some work; what it refuses is told under `message`."""
    try:
        work(*args)
    except WasmToolsError as e:
        raise e.context(message) from None


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
    from pywasmtools.load import display_path
    from pywasmtools.wit.printer import WitPrinter, file_stems

    resolve = decoded.resolve
    folder = matches.text("out-dir") or ""
    make_folders(folder)
    stems = file_stems(resolve)
    for k in range(len(resolve.packages)):
        text = WitPrinter(not matches.has("no-docs")).print(resolve, k, [])
        place = folder if k == decoded.package else os.path.join(folder, "deps")
        make_folders(place)
        path = os.path.join(place, f"{stems[k]}.wit")
        _write_package(path, text)
        write_notice(f"Writing: {display_path(path)}")


def _write_package(path: str, text: str) -> None:
    try:
        write_file(path, text.encode())
    except OSError as e:
        from pywasmtools.load import debug_path

        raise io_error(e).context(f"failed to write file: {debug_path(path)}") from None


def make_folders(path: str, refusal: str = "failed to create directory:") -> None:
    """Makes a folder and those above it, where they are missing; `refusal` is what is said before its path where it can't."""
    from pywasmtools.load import debug_path, parent

    missing: list[str] = []
    place = path
    try:
        while place not in ("", "/"):
            try:
                _make_folder(place)
                break
            except FileNotFoundError:
                missing.append(place)
            place = parent(place)
        for place in reversed(missing):
            _make_folder(place)
    except OSError as e:
        raise io_error(e).context(f"{refusal} {debug_path(path)}") from None


def _make_folder(path: str) -> None:
    """Makes a folder where there is none; raises OSError."""
    try:
        os.mkdir(path_bytes(path))
    except FileNotFoundError:
        raise
    except OSError:  # on Windows not only where it is there
        if not os.path.isdir(path_bytes(path)):
            raise
