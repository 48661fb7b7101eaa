"""Every option and subcommand at every level of the command: right, misspelled, without its value, with one it can't have.

What is answered, suggestions and usage included, is the reference's; help has words of our own and is not compared.
"""

from __future__ import annotations

import pytest
from answers import Replies, asked, replies  # noqa: F401
from syrupy.assertion import SnapshotAssertion

HELP = ("Commands:", "Options:")

OPTIONS = (
    *("adapt", "skip-validation", "validate", "realloc-via-memory-grow", "merge-imports-based-on-semver", "help"),
    *("emit-canonical-names", "reject-legacy-names", "debug-names", "return-call-ref", "import-name", "generate-dwarf"),
    *("output", "verbose", "color", "wat", "features", "all-features", "world", "semver-compatible", "dl-openable"),
    *(
        "stack-size",
        "stub-missing-functions",
        "use-built-in-libdl",
        "prev",
        "new",
        "module-dir",
        "threshold",
        "encoding",
    ),
    *("dummy", "dummy-names", "async-callback", "async-stackful", "only-custom", "no-docs", "out-dir", "wasm", "json"),
    *("importize", "importize-world", "importize-out-world-name", "exportize", "exportize-world", "exportize-import"),
    *(
        "exportize-out-world-name",
        "merge-world-imports-based-on-semver",
        "generate-nominal-type-ids",
        "version",
        "text",
    ),
    *(
        "name",
        "language",
        "sdk",
        "processed-by",
        "json-output",
        "print-operators",
        "skeleton",
        "print-offsets",
        "nothing",
    ),
)
LEVELS = ("", "component", "component new", "component wit", "component embed")


def told(commands: list[str], replies: Replies) -> str:  # noqa: F811
    """What is answered to each command, or only that it is help."""
    found = ""
    for command in commands:
        reply = replies([command])
        found += f"== {command}\nhelp\n" if any(word in reply for word in HELP) else reply
    return found


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
def test_options(level: str, replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    commands = []
    for option in OPTIONS:
        commands += [f"{level} --{option}", f"{level} --{option}=none a b c d", f"{level} --{option[:-1]}"]
    commands += [f"{level} -{letter}" for letter in "abcdefghijklmnopqrstuvwxyzVWT"]
    commands += [f"{level} -{letter}x" for letter in "otwvhVj"]
    commands += [
        f"{level} --",
        f"{level} -",
        f"{level} ---",
        f"{level} --=",
        f"{level} -- --help",
        f"{level} help",
        f"{level} --help",
    ]
    commands = [c for c in commands if c.split() not in (["component", "wit", "--"], ["component", "wit", "-"])]
    assert told([command.strip() for command in commands], replies) == golden


WORDS = (
    *("component", "parse", "validate", "print", "smith", "shrink", "mutate", "dump", "objdump", "strip", "demangle", "compose"),
    *("metadata", "json-from-wast", "wast", "addr2line", "help", "completion", "new", "wit", "embed", "targets", "link"),
    *("semver-check", "unbundle", "nothing", "a.wasm", "p", "wi", "wat2wasm", "wit-dylib", "emb", "c"),
)  # fmt: skip


@pytest.mark.parametrize("level", ["", "component", "help", "component help"])
def test_subcommands(level: str, replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    ours = ("component", "new", "wit", "embed")
    commands = [f"{level} {word[:-1]}" for word in WORDS] + [f"{level} {word}x" for word in WORDS]
    commands += [f"{level} {word}" for word in WORDS if word in ours or word in ("nothing", "a.wasm", "p", "wi")]
    assert told([command.strip() for command in commands], replies) == golden


MATRIX = """
    component wit w.wit
    component wit w.wit -o out
    component wit w.wit --output out
    component wit w.wit --color never
    component wit w.wit --color always
    component wit none.wit
    component wit none.wit --color always
    component wit w.wit w.wit
    component wit w.wit -t
    component wit w.wit -w
    component wit w.wit -w -t
    component wit w.wit -t -w
    component wit w.wit -j
    component wit w.wit --json --wasm
    component wit w.wit --json -t
    component wit w.wit --no-docs
    component wit w.wit --no-docs -j
    component wit w.wit --out-dir dir -j
    component wit w.wit --out-dir dir -w
    component wit w.wit --out-dir dir -o x
    component wit w.wit --features a,b
    component wit w.wit --features a --features b
    component wit w.wit --features
    component wit w.wit --all-features --features x
    component wit w.wit --importize
    component wit w.wit --importize --importize-world w
    component wit w.wit --importize-world w
    component wit w.wit --importize-world v
    component wit w.wit --importize --exportize
    component wit w.wit --exportize-world w
    component wit w.wit --exportize-import x
    component wit w.wit --merge-world-imports-based-on-semver w
    component wit w.wit --merge-world-imports-based-on-semver v
    component wit w.wit --generate-nominal-type-ids w
    component embed w.wit
    component embed w.wit none.wasm
    component embed none.wit w.wit
    component embed w.wit --dummy
    component embed w.wit --dummy -t
    component embed w.wit --dummy-names legacy -t
    component embed w.wit --dummy-names standard32 -t
    component embed w.wit --dummy-names none -t
    component embed w.wit --dummy --dummy-names legacy
    component embed w.wit --dummy --async-callback -t
    component embed w.wit --async-callback
    component embed w.wit --dummy --async-callback --async-stackful
    component embed w.wit --only-custom -t
    component embed w.wit --only-custom --dummy
    component embed w.wit -w w --dummy -t
    component embed w.wit -w v --dummy -t
    component embed w.wit -w a:b/w --dummy -t
    component embed w.wit -w a:c/w --dummy -t
    component embed w.wit -w a:b/w@1.0.0 --dummy -t
    component embed w.wit --world= --dummy -t
    component embed w.wit --encoding utf8 --dummy -t
    component embed w.wit --encoding utf16 --dummy -t
    component embed w.wit --encoding compact-utf16 --dummy -t
    component embed w.wit --encoding none --dummy -t
    component embed w.wit --features a --dummy -t
    component new
    component new none.wasm
    component new w.wit
    component new w.wit w.wit
    component new w.wit --adapt
    component new w.wit --adapt none.wasm
    component new w.wit --adapt a=none.wasm
    component new w.wit --adapt =
    component new w.wit --import-name a
    component new w.wit --import-name a=b
    component new w.wit --import-name =
    component new w.wit --validate=maybe
    component new w.wit --validate --skip-validation
    component new w.wit --debug-names=no
    component new w.wit --generate-dwarf
    component new w.wit --generate-dwarf full
    component new w.wit --generate-dwarf none
    component new w.wit -g
    component new w.wit -o
    component new w.wit -o dir/x
    component new w.wit -t --wat
"""


def test_lines(replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    assert told([line.strip() for line in MATRIX.strip().splitlines()], replies) == golden


@pytest.mark.slow
@pytest.mark.parametrize("level", ["", "component"])
def test_hints_at_subcommands(level: str, replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    # An option above the subcommands that have it: which of those that follow is named.
    found = ""
    for option in OPTIONS:
        for after in (
            "new",
            "wit",
            "embed",
            "targets",
            "link",
            "semver-check",
            "unbundle",
            "embed new",
            "a.wit unbundle link",
            "",
        ):
            reply = replies([f"{level} --{option} {after}".strip()])
            tips = [line.strip() for line in reply.splitlines() if "tip:" in line]
            found += f"--{option} {after}: {'; '.join(tips)}\n" if tips else ""
    assert found == golden
