"""Help pages. The lists of subcommands are the reference's own, for a bare `component` prints them as an error;
the pages of `wit`, `embed` and `new` have its usage line and its options, described in our words.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

TOP: Final = """\
Usage: wasm-tools <COMMAND>

Commands:
  parse           Parse the WebAssembly text format
  validate        Validate a WebAssembly binary
  print           Print the textual form of a WebAssembly binary
  smith           A WebAssembly test case generator
  shrink          Shrink a Wasm file while maintaining a property of interest (such as triggering a
                  compiler bug)
  mutate          A WebAssembly test case mutator
  dump            Debugging utility to dump information about a wasm binary
  objdump         Dumps information about sections in a WebAssembly file
  strip           Removes custom sections from an input WebAssembly file
  compose         WebAssembly component composer
  demangle        Demangle Rust and C++ symbol names in the `name` section
  component       WebAssembly wit-based component tooling
  metadata        Manipulate metadata (module name, producers) to a WebAssembly file
  wit-smith       A WIT test case generator
  wit-dylib       Generate a wasm dynamic library from the input WIT world
  addr2line       Translate a WebAssembly address to a filename and line number using DWARF
                  debugging information
  completion      Generate shell completion scripts for this CLI
  json-from-wast  Convert a `*.wast` WebAssembly spec test into a `*.json` file and `*.wasm` files
  wast            A subcommand to test `*.wast` files short of executing WebAssembly code
  help            Print this message or the help of the given subcommand(s)

Options:
  -h, --help     Print help
  -V, --version  Print version
"""

COMPONENT: Final = """\
WebAssembly wit-based component tooling

Usage: wasm-tools component <COMMAND>

Commands:
  new           WebAssembly component encoder from an input core wasm binary
  wit           Tool for working with the WIT text format for components
  embed         Embeds metadata for a component inside of a core wasm module
  targets       Tool for verifying whether a component conforms to a world
  link          Link one or more dynamic library modules, producing a component
  semver-check  Tool for verifying whether one world is a semver compatible evolution of another
  unbundle      Unbundled core wasm modules from a component, switching them from being embedded to
                being imported
  help          Print this message or the help of the given subcommand(s)

Options:
  -h, --help  Print help
"""

WIT: Final = """\
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

EMBED: Final = """\
Adds a custom section with a WIT world to a core module, for `component new` to read.

Usage: wasm-tools component embed [OPTIONS] <WIT> [INPUT]

Arguments:
  <WIT>    A `*.wit` file, a folder of them (with its dependencies in `deps/`), or a binary WIT package
  [INPUT]  The core module; `-` or nothing reads stdin

Options:
  -w, --world <WORLD>        The world: `name`, `ns:package/name` or `ns:package/name@version`
  -o, --output <OUTPUT>      Write to this file, which may be the input, instead of stdout
      --encoding <ENCODING>  How the module's strings are encoded: utf8 (the default), utf16 or compact-utf16
      --only-custom          Write the custom section alone
      --dummy                Embed in a made-up module that fits the world, with standard names
      --dummy-names <DUMMY_NAMES>
                             The same, with names of this scheme: legacy or standard32
      --async-callback       With `--dummy-names legacy`: lower asynchronously, lift with a callback
      --async-stackful       With `--dummy-names legacy`: lower asynchronously, lift without a callback
      --features <FEATURES>  Turn on `@unstable` features: names separated by commas or spaces; may be repeated
      --all-features         Turn on all `@unstable` features
      --emit-canonical-names
                             Name interfaces by their compatible version (`@0.2`), the rest as a suffix
  -t, --wat                  Print WebAssembly text
      --generate-dwarf <lines|full>
                             Make DWARF for a module given as text
  -g                         Short for `--generate-dwarf full`
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

NEW: Final = """\
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


def help_text(path: str, long: bool) -> str:
    """The page of the command with this path; the short and the long form are one."""
    pages = {
        "wasm-tools": TOP,
        "wasm-tools component": COMPONENT,
        "wasm-tools component wit": WIT,
        "wasm-tools component embed": EMBED,
        "wasm-tools component new": NEW,
    }
    return pages[path]
