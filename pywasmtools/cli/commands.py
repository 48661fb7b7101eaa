"""The subcommands, a row each, in the order of the reference.

A row is what is known of a subcommand before it is asked for. One of ours has a file in this folder, loaded on demand,
with its options (`ARGS`, in the order of the reference), its help page (`PAGE`) and the function that runs it (`run`);
the others are handed on.
"""

from __future__ import annotations

from pywasmtools.cli.clap import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from pywasmtools.cli.clap import Arg, Matches


class Row:
    """A subcommand, or a group of them.

    `path` are the words behind `wasm-tools`, `about` is what lists say of it, `aliases` are other names. One of ours has
    the name of its `module` and the `rooms` that its plain command line loads; a group has the `rows` below it. One that is
    handed on has neither, and `longs`, its long options, for hints in the group above.

    `program` is what usage lines call the whole: the name of the file that was run, empty where that is not UTF-8.
    """

    __slots__ = ("about", "aliases", "longs", "module", "name", "path", "rooms", "rows")

    program = "wasm-tools"

    def __init__(
        self,
        path: str,
        about: str,
        module: str = "",
        *,
        rooms: tuple[str, ...] = (),
        rows: tuple[Row, ...] = (),
        aliases: tuple[str, ...] = (),
        longs: tuple[str, ...] = (),
    ) -> None:
        self.path = path
        self.about = about
        self.module = module
        self.rooms = rooms
        self.rows = rows
        self.aliases = aliases
        self.longs = longs
        self.name = path.rpartition(" ")[2]

    @property
    def is_ours(self) -> bool:
        return bool(self.module or self.rows)

    def below(self, name: str) -> Row | None:
        """The row of this group with that name or alias."""
        for row in self.rows:
            if name == row.name or name in row.aliases:
                return row
        return None

    def command(self) -> Command:
        """The grammar of a row that is ours."""
        path = f"{self.program} {self.path}".strip() or "wasm-tools"
        if self.module:
            return Command(path, self.args())
        return Command(
            path,
            subcommands=tuple(row.name for row in self.rows),
            aliases={alias: row.name for row in self.rows for alias in row.aliases},
            longs=lambda: {row.name: row.long_options() for row in self.rows},
            version=_version if not self.path else None,
        )

    def long_options(self) -> tuple[str, ...]:
        """The names of its long options, in their order."""
        return tuple(a.long for a in self.command().args if a.long) if self.is_ours else self.longs

    def args(self) -> tuple[Arg, ...]:
        """The options of a command of ours."""
        found: tuple[Arg, ...] = self._load().ARGS
        return found

    def page(self) -> str:
        """The help page of a row that is ours; its short and its long form are one."""
        if self.module:
            return str(self._load().PAGE)
        from pywasmtools.cli.help import group_page

        command = self.command()
        return group_page(command.path, self.about, [(row.name, row.about) for row in self.rows], bool(command.version))

    def run(self, matches: Matches) -> None:
        """Runs a command of ours; raises `WasmToolsError`."""
        self._load().run(matches)

    def _load(self) -> Any:
        return __import__(self.module, fromlist=("run",))


def _version() -> str:
    from pywasmtools.release import VERSION_LINE

    return VERSION_LINE


def ours(row: Row) -> list[Row]:
    """The commands of ours below a row."""
    return [row] if row.module else [found for below in row.rows for found in ours(below)]


COMPONENT: Final = (
    Row(
        "component new",
        "WebAssembly component encoder from an input core wasm binary",
        "pywasmtools.cli.new",
        rooms=("canonical_abi", "text", "wasm", "validation", "wit", "wit_binary", "load", "componentize", "api"),
    ),
    Row(
        "component wit",
        "Tool for working with the WIT text format for components",
        "pywasmtools.cli.wit",
        rooms=("text", "wit", "load", "api"),
    ),
    Row(
        "component embed",
        "Embeds metadata for a component inside of a core wasm module",
        "pywasmtools.cli.embed",
        rooms=("text", "wasm", "wit", "wit_binary", "load", "api"),
    ),
    Row(
        "component targets",
        "Tool for verifying whether a component conforms to a world",
        "pywasmtools.cli.tools.targets",
        rooms=("canonical_abi", "text", "wasm", "validation", "wit", "wit_binary", "load", "worlds", "api"),
    ),
    Row(
        "component link",
        "Link one or more dynamic library modules, producing a component",
        "pywasmtools.cli.tools.link",
        rooms=("canonical_abi", "text", "wasm", "validation", "wit", "wit_binary", "load", "componentize", "api"),
    ),
    Row(
        "component semver-check",
        "Tool for verifying whether one world is a semver compatible evolution of another",
        "pywasmtools.cli.tools.semver_check",
        rooms=(
            "canonical_abi",
            "text",
            "wasm",
            "validation",
            "wit",
            "wit_binary",
            "load",
            "componentize",
            "worlds",
            "api",
        ),
    ),
    Row(
        "component unbundle",
        "Unbundled core wasm modules from a component, switching them from being embedded to being imported",
        "pywasmtools.cli.tools.unbundle",
        rooms=("canonical_abi", "text", "wasm", "validation", "wit", "load", "sections", "worlds", "api"),
    ),
)

METADATA: Final = (
    Row(
        "metadata show",
        "Read metadata (module name, producers) from a WebAssembly file",
        "pywasmtools.cli.tools.metadata_show",
        rooms=("text", "wasm", "wit", "load", "sections", "api"),
    ),
    Row(
        "metadata add",
        "Add metadata (module name, producers) to a WebAssembly file",
        "pywasmtools.cli.tools.metadata_add",
        rooms=("wasm", "wit", "load", "sections", "api"),
    ),
)

WASM_TOOLS: Final = Row(
    "",
    "",
    rows=(
        Row(
            "parse",
            "Parse the WebAssembly text format",
            "pywasmtools.cli.tools.parse",
            rooms=("wasm", "wat", "wit", "load"),
            aliases=("wat2wasm",),
        ),
        Row(
            "validate",
            "Validate a WebAssembly binary",
            "pywasmtools.cli.tools.validate",
            rooms=("canonical_abi", "text", "wasm", "validation", "wit", "load", "api"),
        ),
        Row(
            "print",
            "Print the textual form of a WebAssembly binary",
            "pywasmtools.cli.tools.print",
            rooms=("wasm", "wat", "wit", "load", "api"),
            aliases=("wasm2wat",),
        ),
        Row("smith", "A WebAssembly test case generator"),
        Row(
            "shrink",
            "Shrink a Wasm file while maintaining a property of interest (such as triggering a compiler bug)",
        ),
        Row("mutate", "A WebAssembly test case mutator"),
        Row("dump", "Debugging utility to dump information about a wasm binary"),
        Row(
            "objdump",
            "Dumps information about sections in a WebAssembly file",
            "pywasmtools.cli.tools.objdump",
            rooms=("text", "wasm", "wit", "load", "sections", "api"),
        ),
        Row(
            "strip",
            "Removes custom sections from an input WebAssembly file",
            "pywasmtools.cli.tools.strip",
            rooms=("wasm", "wit", "load", "sections", "api"),
        ),
        Row("compose", "WebAssembly component composer"),
        Row("demangle", "Demangle Rust and C++ symbol names in the `name` section"),
        Row("component", "WebAssembly wit-based component tooling", rows=COMPONENT),
        Row("metadata", "Manipulate metadata (module name, producers) to a WebAssembly file", rows=METADATA),
        Row("wit-smith", "A WIT test case generator"),
        Row("wit-dylib", "Generate a wasm dynamic library from the input WIT world"),
        Row(
            "addr2line",
            "Translate a WebAssembly address to a filename and line number using DWARF debugging information",
        ),
        Row("completion", "Generate shell completion scripts for this CLI"),
        Row(
            "json-from-wast",
            "Convert a `*.wast` WebAssembly spec test into a `*.json` file and `*.wasm` files",
            aliases=("wast2json",),
        ),
        Row("wast", "A subcommand to test `*.wast` files short of executing WebAssembly code"),
    ),
)
"""`wasm-tools` itself: the group that has all."""
