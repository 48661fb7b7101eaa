"""`metadata add`: puts metadata into a binary, or takes it out."""

from __future__ import annotations

from pywasmtools.cli.clap import APPEND, SET, SET_TRUE, Arg, BadValue
from pywasmtools.cli.options import DWARF, GENERAL, INPUT, OUTPUT, read_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Puts metadata into a module or component, or takes it out. Binaries nested in it keep theirs.

Usage: wasm-tools metadata add [OPTIONS] [INPUT]

Arguments:
  [INPUT]  The module or component, binary or text; `-` or nothing reads stdin

Options:
      --name <NAME>          Its name; `--clear-name` takes all names out
      --clear-name
      --language <NAME=VERSION>
                             A language that it is written in; may be repeated
      --processed-by <NAME=VERSION>
                             A tool that made it; may be repeated
      --sdk <NAME=VERSION>   An SDK that it was made with; may be repeated
      --authors <NAME>       Who wrote it, any text
      --clear-authors
      --description <NAME>   What it is, any text
      --clear-description
      --licenses <NAME>      Its licenses, as an SPDX license expression
      --clear-licenses
      --source <NAME>        The URL of its source
      --clear-source
      --homepage <NAME>      The URL of its page
      --clear-homepage
      --revision <NAME>      The revision of its source, any text
      --clear-revision
      --version <NAME>       Its version, any text
      --clear-version
  -o, --output <OUTPUT>      Write to this file, which may be the input, instead of stdout
  -t, --wat                  Print WebAssembly text
      --generate-dwarf <lines|full>
                             Make DWARF for a module given as text
  -g                         Short for `--generate-dwarf full`
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

GROUP: Final = "AddMetadataOpts"


def pair_value(text: str) -> object:
    """`NAME=VERSION` as a pair."""
    name, equals, version = text.partition("=")
    if not equals:
        raise BadValue("expected KEY=VALUE")
    return (name, version)


def licenses_value(text: str) -> object:
    """An SPDX license expression."""
    from pywasmtools.sections.add import description

    return description("licenses", text)


def url_value(text: str) -> object:
    """A URL, which is normalised."""
    from pywasmtools.sections.add import description

    return description("homepage", text)


def _field(name: str, parser: object = None) -> tuple[Arg, Arg]:
    """`--name NAME` and `--clear-name`."""
    setting = Arg(name, SET, long=name, value_name="NAME", conflicts=(f"clear-{name}",), group=GROUP)
    if parser is not None:
        setting.parser = parser  # type: ignore[assignment]
    return setting, Arg(f"clear-{name}", SET_TRUE, long=f"clear-{name}", conflicts=(name,), group=GROUP)


def _pairs(name: str) -> Arg:
    """`--name NAME=VERSION`, which may be repeated."""
    return Arg(name, APPEND, long=name, value_name="NAME=VERSION", parser=pair_value, group=GROUP)


FIELDS: Final = ("name", "authors", "description", "licenses", "source", "homepage", "revision", "version")

ARGS: Final = (
    *DWARF,
    INPUT,
    OUTPUT,
    *GENERAL,
    *_field("name"),
    _pairs("language"),
    _pairs("processed-by"),
    _pairs("sdk"),
    *_field("authors"),
    *_field("description"),
    *_field("licenses", licenses_value),
    *_field("source", url_value),
    *_field("homepage", url_value),
    *_field("revision"),
    *_field("version"),
    Arg("wat", SET_TRUE, short="t", long="wat"),
)


def run(matches: Matches) -> None:
    """Runs `metadata add`; raises `WasmToolsError`."""
    from pywasmtools.api import add_metadata_parts
    from pywasmtools.cli.output import write_parts_or_text

    parts = add_metadata_parts(
        read_module(matches),
        clear=[name for name in FIELDS if matches.has(f"clear-{name}")],
        language=matches.pairs("language"),
        processed_by=matches.pairs("processed-by"),
        sdk=matches.pairs("sdk"),
        **matches.keywords(*FIELDS),
    )
    write_parts_or_text(parts, matches)
