"""The options of `component wit`, `embed` and `new`, declared in the order of the reference."""

from __future__ import annotations

from pywasmtools.cli.clap import APPEND, COUNT, SET, SET_TRUE, Arg, BadValue, Command, bool_value, path_value
from pywasmtools.release import VERSION_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

WASM_TOOLS: Final = (
    "parse",
    "validate",
    "print",
    "smith",
    "shrink",
    "mutate",
    "dump",
    "objdump",
    "strip",
    "compose",
    "demangle",
    "component",
    "metadata",
    "wit-smith",
    "wit-dylib",
    "addr2line",
    "completion",
    "json-from-wast",
    "wast",
)
"""The subcommands of the reference, in its order. All but `component` are handed on."""

WASM_TOOLS_ALIASES: Final = {"wat2wasm": "parse", "wasm2wat": "print", "wast2json": "json-from-wast"}

COMPONENT: Final = ("new", "wit", "embed", "targets", "link", "semver-check", "unbundle")
"""The subcommands of `component`, in the order of the reference."""

OURS: Final = ("new", "wit", "embed")


def help_text(path: str, long: bool) -> str:
    """The help page of a command; the texts are loaded when one is asked for."""
    from pywasmtools.cli.help import help_text as page

    return page(path, long)


def top() -> Command:
    """`wasm-tools` itself."""
    return Command(
        "wasm-tools", subcommands=WASM_TOOLS, aliases=WASM_TOOLS_ALIASES, version=VERSION_LINE, help_=help_text
    )


def component() -> Command:
    """`wasm-tools component`."""
    io = ("output", "verbose", "color")
    encoder = (
        "adapt",
        "skip-validation",
        "validate",
        "realloc-via-memory-grow",
        "merge-imports-based-on-semver",
        "emit-canonical-names",
        "reject-legacy-names",
        "debug-names",
        "return-call-ref",
    )
    longs = {
        "new": ("import-name", "generate-dwarf", *io, *encoder, "wat", "help"),
        "wit": tuple(a.long for a in wit().args if a.long),
        "embed": tuple(a.long for a in embed().args if a.long),
        "targets": ("verbose", "color", "features", "all-features", "world", "semver-compatible", "help"),
        "link": (
            "dl-openable",
            "stack-size",
            *io,
            "wat",
            "stub-missing-functions",
            "use-built-in-libdl",
            *encoder,
            "help",
        ),
        "semver-check": ("verbose", "color", "features", "all-features", "prev", "new", "help"),
        "unbundle": ("generate-dwarf", *io, "module-dir", "threshold", "wat", "help"),
    }
    return Command("wasm-tools component", subcommands=COMPONENT, longs=longs, help_=help_text)


def _general() -> tuple[Arg, ...]:
    return (
        Arg("verbose", COUNT, short="v", long="verbose", group="GeneralOpts"),
        Arg("color", SET, long="color", value_name="COLOR", parser=color_value, group="GeneralOpts"),
    )


def _output() -> tuple[Arg, ...]:
    return (Arg("output", SET, short="o", long="output", value_name="OUTPUT", parser=path_value, group="OutputArg"),)


def _dwarf() -> tuple[Arg, ...]:
    group = "GenerateDwarfArg"
    return (
        Arg(
            "generate-dwarf",
            SET,
            long="generate-dwarf",
            value_name="lines|full",
            parser=dwarf_value,
            conflicts=("g",),
            group=group,
        ),
        Arg("g", SET_TRUE, short="g", conflicts=("generate-dwarf",), group=group),
    )


def wit() -> Command:
    """`wasm-tools component wit`."""
    modes = (
        "importize",
        "importize-world",
        "exportize",
        "exportize-world",
        "merge-world-imports-based-on-semver",
        "generate-nominal-type-ids",
    )

    def mode(name: str, value: bool) -> Arg:
        others = tuple(m for m in modes if m != name)
        if value:
            return Arg(name, SET, long=name, value_name="WORLD", conflicts=others)
        return Arg(name, SET_TRUE, long=name, conflicts=others)

    return Command(
        "wasm-tools component wit",
        (
            *_general(),
            Arg("input", SET, value_name="INPUT", index=1, parser=path_value),
            *_output(),
            Arg("wasm", SET_TRUE, short="w", long="wasm", conflicts=("wat", "out-dir")),
            Arg("wat", SET_TRUE, short="t", long="wat", conflicts=("wasm", "out-dir")),
            Arg("no-docs", SET_TRUE, long="no-docs"),
            Arg(
                "out-dir",
                SET,
                long="out-dir",
                value_name="OUT_DIR",
                parser=path_value,
                conflicts=("wasm", "wat", "output"),
            ),
            Arg("skip-validation", SET_TRUE, long="skip-validation"),
            Arg("json", SET_TRUE, short="j", long="json", conflicts=("wasm", "out-dir", "wat")),
            mode("importize", False),
            Arg(
                "importize-out-world-name",
                SET,
                long="importize-out-world-name",
                value_name="IMPORTIZE_OUT_WORLD_NAME",
            ),
            mode("importize-world", True),
            mode("exportize", False),
            Arg(
                "exportize-out-world-name",
                SET,
                long="exportize-out-world-name",
                value_name="EXPORTIZE_OUT_WORLD_NAME",
            ),
            Arg("exportize-import", APPEND, long="exportize-import", value_name="IMPORT"),
            mode("exportize-world", True),
            mode("merge-world-imports-based-on-semver", True),
            mode("generate-nominal-type-ids", True),
            Arg("features", APPEND, long="features", value_name="FEATURES"),
            Arg("all-features", SET_TRUE, long="all-features"),
            Arg("emit-canonical-names", SET_TRUE, long="emit-canonical-names"),
        ),
        help_=help_text,
    )


def embed() -> Command:
    """`wasm-tools component embed`."""
    wit_group = "WitResolve"
    return Command(
        "wasm-tools component embed",
        (
            Arg("wit", SET, value_name="WIT", index=1, required=True, parser=path_value, group=wit_group),
            Arg("features", APPEND, long="features", value_name="FEATURES", group=wit_group),
            Arg("all-features", SET_TRUE, long="all-features", group=wit_group),
            *_dwarf(),
            Arg("input", SET, value_name="INPUT", index=2, parser=path_value, group="InputArg"),
            *_output(),
            *_general(),
            Arg("encoding", SET, long="encoding", value_name="ENCODING", parser=encoding_value),
            Arg("world", SET, short="w", long="world", value_name="WORLD"),
            Arg("emit-canonical-names", SET_TRUE, long="emit-canonical-names"),
            Arg("dummy", SET_TRUE, long="dummy", conflicts=("dummy-names",)),
            Arg(
                "dummy-names",
                SET,
                long="dummy-names",
                value_name="DUMMY_NAMES",
                parser=mangling_value,
                conflicts=("dummy",),
            ),
            Arg(
                "async-callback",
                SET_TRUE,
                long="async-callback",
                requires=("dummy-names",),
                conflicts=("async-stackful",),
            ),
            Arg(
                "async-stackful",
                SET_TRUE,
                long="async-stackful",
                requires=("dummy-names",),
                conflicts=("async-callback",),
            ),
            Arg("wat", SET_TRUE, short="t", long="wat"),
            Arg("only-custom", SET_TRUE, long="only-custom", conflicts=("wat", "dummy", "dummy-names")),
        ),
        help_=help_text,
    )


def new() -> Command:
    """`wasm-tools component new`."""
    group = "ComponentEncoderOpts"

    def switch(name: str, conflicts: tuple[str, ...] = ()) -> Arg:
        return Arg(
            name,
            SET,
            long=name,
            value_name="true|false",
            optional_value=True,
            parser=bool_value,
            conflicts=conflicts,
            group=group,
        )

    return Command(
        "wasm-tools component new",
        (
            Arg("import-name", APPEND, long="import-name", value_name="OLD=NEW", parser=import_name_value),
            *_dwarf(),
            Arg("input", SET, value_name="INPUT", index=1, parser=path_value, group="InputArg"),
            *_output(),
            *_general(),
            Arg("adapt", APPEND, long="adapt", value_name="[NAME=]MODULE", parser=adapter_value, group=group),
            Arg(
                "skip-validation",
                SET_TRUE,
                long="skip-validation",
                hidden=True,
                conflicts=("validate",),
                group=group,
            ),
            switch("validate", ("skip-validation",)),
            Arg("realloc-via-memory-grow", SET_TRUE, long="realloc-via-memory-grow", group=group),
            switch("merge-imports-based-on-semver"),
            Arg("emit-canonical-names", SET_TRUE, long="emit-canonical-names", group=group),
            Arg("reject-legacy-names", SET_TRUE, long="reject-legacy-names", group=group),
            switch("debug-names"),
            switch("return-call-ref"),
            Arg("wat", SET_TRUE, short="t", long="wat"),
        ),
        help_=help_text,
    )


# ------------------------------------------------------------------ values


def color_value(text: str) -> object:
    """A colour choice, in any case."""
    choice = text.lower()
    if choice in ("always", "always-ansi", "never", "auto"):
        return choice
    raise BadValue(f"unrecognized color choice '{text}': valid choices are: always, always-ansi, never, auto")


def encoding_value(text: str) -> object:
    """A string encoding of the canonical ABI."""
    if text in ("utf8", "utf16", "compact-utf16"):
        return text
    raise BadValue(f"unknown string encoding `{text}`")


def mangling_value(text: str) -> object:
    """A scheme of core names."""
    if text in ("legacy", "standard32"):
        return text
    raise BadValue(f"unknown name mangling `{text}`, supported values are `legacy` or `standard32`")


def dwarf_value(text: str) -> object:
    """How much DWARF to make of a text module."""
    if text in ("lines", "full"):
        return text
    raise BadValue(f"unknown `--generate-dwarf` setting: {text}")


def import_name_value(text: str) -> object:
    """`OLD=NEW` as a pair."""
    old, equals, new_name = text.partition("=")
    if not equals:
        raise BadValue("expected `--import-name` option to be of the form `OLD=NEW`")
    return (old, new_name)


def adapter_value(text: str) -> object:
    """`[NAME=]MODULE` as (name, bytes): the file is read while arguments are parsed."""
    name, equals, path = text.partition("=")
    if not equals:
        path = text
        stem = path.rstrip("/").rsplit("/", 1)[-1]
        if stem in ("", ".", ".."):
            raise BadValue("the name of an adapter can't be told from this path")
        name = stem.partition(".")[0]
    from pywasmtools.load import read_wasm_file

    return (name, read_wasm_file(path))
