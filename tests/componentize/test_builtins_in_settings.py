"""Built-ins and functions that are imported, by modules that differ in all else: whose memory it is, what they export.

Which options a definition has, and whether it goes through the shim module, depends on both.
"""

from __future__ import annotations

import zlib

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion
from test_builtin_imports import EXPORTS, INTRINSICS, PAYLOAD, ROOT, canons, module, split

IMPORTED = EXPORTS.replace('(memory (export "memory") 1)', '(import "env" "memory" (memory 1))')
HOOK = '(func (export "__wasm_task_hook") (param i32))'
START = '(func $s) (start $s) (func (export "_initialize"))'

SETTINGS = {
    "its own memory": EXPORTS,
    "an imported memory": IMPORTED,
    "no realloc": EXPORTS.replace("cabi_realloc", "none"),
    "an imported memory, no realloc": IMPORTED.replace("cabi_realloc", "none"),
    "two reallocs": EXPORTS.replace("cabi_realloc", "cabi_realloc_adapter") + EXPORTS.splitlines()[3],
    "a hook": EXPORTS + HOOK,
    "a start": EXPORTS + START,
    "a hook and a start": EXPORTS + HOOK + START,
    "an imported memory, a hook and a start": IMPORTED + HOOK + START,
}

REFUSED = {
    *("[waitable-set-wait-i64]", "[waitable-set-poll-i64]", "[context-get-0]x"),
    *("[task-return]h", "[task-return]none", "[async-lower]f", "[async-lower]k"),
}
"""What is refused; so are these in one place of two: `[export]e` has no `f`, nor is there a `[task-return]f` in `a:b/i`."""

CARRIED = {0: "[stream", 1: "[stream", 2: "[future", 3: "[future"}
"""What `g` of the interface carries, by number: bytes, nothing, texts, nothing."""

INTERFACE = "a:b/i@1.2.0"

Import = tuple[str, str, str]


def imports() -> dict[str, list[Import]]:
    """Each import with options of its own alone, and many at once."""
    rows: list[Import] = []
    for name, signature in (split(line, 2) for line in lines(PAYLOAD)):
        for number, start in CARRIED.items():
            if name.startswith(start):
                rows.append((INTERFACE, name.replace("N", str(number)) + "g", signature))
    singly = [row for row in rows if "-read-" in row[1] or "-write-" in row[1]]
    for name, signature in (split(line, 2) for line in lines(ROOT)):
        if name.startswith(("[waitable-set-", "[error-context-", "[thread-new", "[context-get-0]")):
            singly.append(("$root", name, signature))
    for place, name, signature in (split(line, 3) for line in lines(INTRINSICS)):
        if name.startswith("[task-return]") or name.removeprefix("[async-lower]") in ("f", "g", "h", "k", "plain"):
            singly.append((place, name, signature))
    together = [
        row
        for row in singly
        if row[1] not in REFUSED and row[:2] not in (("[export]e", "f"), (INTERFACE, "[task-return]f"))
    ]
    return {"nothing": [], **{f"{place} {name}": [(place, name, s)] for place, name, s in singly}, "all": together}


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS)
def test_settings(setting: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for name, wanted in imports().items():
        answer = answers("component new -t in.wat", {"": module(*wanted, exports=SETTINGS[setting])})
        told += f"== {name} {zlib.crc32(answer.encode()):08x}\n{canons(answer)}"
    assert told == golden
