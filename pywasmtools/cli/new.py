"""`component new`: makes a component of a core module with an embedded world."""

from __future__ import annotations

from pywasmtools.cli.clap import APPEND, SET, SET_TRUE, Arg, BadValue, MissingValue
from pywasmtools.cli.options import DWARF, GENERAL, MODULE_INPUT, OUTPUT, path_value, read_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Makes a component of a core module that has a world embedded.

Usage: wasm-tools component new [OPTIONS] [INPUT]

Arguments:
  [INPUT]  The core module; `-` or nothing reads stdin

Options:
  -o, --output <OUTPUT>      Write to this file, which may be the input, instead of stdout
      --adapt <[NAME=]MODULE>
                             Satisfy the core imports from NAME (told from the file's name) by this adapter module
      --import-name <OLD=NEW>
                             Rename an import of the component; may be repeated
      --validate[=<true|false>]
                             Validate the component [default: true]
      --merge-imports-based-on-semver[=<true|false>]
                             Let imports of compatible versions become one [default: true]
      --realloc-via-memory-grow
                             Let adapters take their memory by `memory.grow`, not from the module
      --emit-canonical-names
                             Name interfaces by their compatible version (`@0.2`), the rest as a suffix
      --reject-legacy-names  Take only the standard scheme of core names
      --debug-names[=<true|false>]
                             Write names for debuggers [default: true]
      --return-call-ref[=<true|false>]
                             Use `return_call_ref` in shims [default: false]
  -t, --wat                  Print WebAssembly text
      --generate-dwarf <lines|full>
                             Make DWARF for a module given as text
  -g                         Short for `--generate-dwarf full`
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

ENCODER: Final = "ComponentEncoderOpts"


def import_name_value(text: str) -> object:
    """`OLD=NEW` as a pair."""
    old, equals, new_name = text.partition("=")
    if not equals:
        raise BadValue("expected `--import-name` option to be of the form `OLD=NEW`")
    return (old, new_name)


def adapter_value(text: str) -> object:
    """`[NAME=]MODULE` as (name, bytes): the file is read while arguments are parsed."""
    from pywasmtools.load import file_name, read_wasm_file

    name, equals, path = text.partition("=")
    if not equals:
        path = text
        stem = file_name(path)
        if stem in ("", ".", ".."):
            raise BadValue("the name of an adapter can't be told from this path")
        name = stem.partition(".")[0]
    return (name, read_wasm_file(path))


def bool_value(text: str) -> object:
    """`true` or `false`."""
    if text == "true":
        return True
    if text == "false":
        return False
    if not text:
        raise MissingValue(("true", "false"))
    raise BadValue(valid=("true", "false"))


def _switch(name: str, conflicts: tuple[str, ...] = ()) -> Arg:
    """`--name[=true|false]`."""
    return Arg(
        name,
        SET,
        long=name,
        value_name="true|false",
        optional_value=True,
        any_bytes=True,
        parser=bool_value,
        conflicts=conflicts,
        group=ENCODER,
    )


SWITCHES: Final = (
    _switch("validate", ("skip-validation",)),
    Arg("realloc-via-memory-grow", SET_TRUE, long="realloc-via-memory-grow", group=ENCODER),
    _switch("merge-imports-based-on-semver"),
    Arg("emit-canonical-names", SET_TRUE, long="emit-canonical-names", group=ENCODER),
    Arg("reject-legacy-names", SET_TRUE, long="reject-legacy-names", group=ENCODER),
    _switch("debug-names"),
    _switch("return-call-ref"),
)
"""What `api.component_new` has a keyword of the same name for, and its default."""

ENCODER_OPTIONS: Final = (
    Arg("adapt", APPEND, long="adapt", value_name="[NAME=]MODULE", parser=adapter_value, group=ENCODER),
    Arg("skip-validation", SET_TRUE, long="skip-validation", hidden=True, conflicts=("validate",), group=ENCODER),
    *SWITCHES,
)
"""What all commands have that make components."""

ARGS: Final = (
    Arg("import-name", APPEND, long="import-name", value_name="OLD=NEW", parser=import_name_value),
    *DWARF,
    Arg("input", SET, value_name="INPUT", index=1, any_bytes=True, parser=path_value, group=MODULE_INPUT),
    OUTPUT,
    *GENERAL,
    *ENCODER_OPTIONS,
    Arg("wat", SET_TRUE, short="t", long="wat"),
)


def run(matches: Matches) -> None:
    """Runs `component new`; raises `WasmToolsError`."""
    from pywasmtools.api import component_new
    from pywasmtools.cli.output import write_wasm_or_text

    switches = matches.keywords(*(a.id for a in SWITCHES))
    if matches.has("skip-validation"):
        switches["validate"] = False
    module = read_module(matches)
    data = component_new(
        module,
        adapters=matches.pairs("adapt"),
        import_names=dict(matches.pairs("import-name")),
        **switches,
    )
    write_wasm_or_text(data, matches)
