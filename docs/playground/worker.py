"""What the playground's worker asks of pywasmtools: texts and bytes in, JSON and bytes out.

`worker.js` runs it in CPython made to wasm; `tests/platforms/test_playground_worker.py` in any. A call that is refused gives no
exception but what the page shows: `{"refused": {…}}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from pywasmtools import (
    WasmToolsError,
    __version__,
    component_embed,
    component_new,
    component_wit,
    objdump,
    parse_wat,
    parse_wit,
    print_wat,
)

CUSTOM = re.compile(r'custom "(.*)"', re.DOTALL)


def version() -> str:
    """The version, which is that of the release of wasm-tools whose bytes it gives."""
    return __version__


def check(wit: str) -> str:
    """JSON of `{"worlds": […]}`: names that `embed` takes, those of the main package first; or of `{"refused": …}`."""

    def work() -> dict[str, object]:
        resolve = parse_wit(wit)
        main = resolve.package()
        others = [world.qualified_name for world in resolve.worlds if world.package != main]
        return {"package": main.name, "worlds": [*main.worlds, *others]}

    return json.dumps(told(work, wit))


def embed(wit: str, world: str, module: bytes | None) -> bytes | str:
    """The module with the world in it, or a module that fits the world where there is none; JSON of a refusal."""

    def work() -> bytes:
        if module is None:
            return component_embed(wit, dummy="standard32", world=world)
        return component_embed(wit, module, world=world)

    return made(work, wit)


def new(module: bytes) -> bytes | str:
    """The component of a module that has its world in it; JSON of a refusal."""
    return made(lambda: component_new(module))


def inspect(data: bytes) -> str:
    """JSON of `{"kind": "module" or "component", "embedded": …}`, whether a module has a world in it; or of a refusal."""

    def work() -> dict[str, object]:
        binary = parse_wat(data)
        sections = [name for name, _ in by_section(binary)]
        is_component = binary[4:8] == b"\x0d\0\1\0"
        return {
            "kind": "component" if is_component else "module",
            "embedded": any(name.startswith("component-type") for name in sections) and not is_component,
        }

    return json.dumps(told(work))


def wit_of(data: bytes) -> str:
    """JSON of `{"text": …}`: the WIT of a component, or of what is embedded in a module."""
    return json.dumps(told(lambda: {"text": component_wit(data).decode()}))


def text_of(data: bytes) -> str:
    """JSON of `{"text": …}`: the text format."""
    return json.dumps(told(lambda: {"text": print_wat(data)}))


def sizes(data: bytes) -> str:
    """JSON of `{"sections": [[name, bytes], …]}`: what a binary's sections take, the largest first, headers and all.

    A module in a component is one entry of its own; other sections of one name are one entry together.
    """

    def work() -> dict[str, object]:
        return {"sections": by_section(data)}

    return json.dumps(told(work))


def by_section(data: bytes) -> list[tuple[str, int]]:
    """Names and sizes, which add up to the whole."""
    found: dict[str, int] = {}
    modules = 0
    for line in objdump(data):
        if line.startswith("    ") or line.count("|") < 2:
            continue  # in a module or component within, or a line about one
        name, _, rest = line.rpartition("|")[0].rpartition("|")
        name = name.rpartition("|")[0].strip()
        size = int(rest.split()[0])
        if name == "module":
            name = f"core module {modules}"
            modules += 1
        elif custom := CUSTOM.fullmatch(name):
            name = custom[1]
        found[name] = found.get(name, 0) + size
    found["section headers"] = len(data) - sum(found.values())
    return sorted(found.items(), key=lambda item: -item[1])


def told(work: Callable[[], dict[str, object]], wit: str = "") -> dict[str, object]:
    """What came of some work, or how it was refused."""
    try:
        return work()
    except WasmToolsError as e:
        return {"refused": refusal(e, wit)}
    except RecursionError:
        return {"refused": {"message": "the input is nested too deeply", "short": "nested too deeply"}}
    except MemoryError:
        return {"refused": {"message": "the input is too large for the memory here", "short": "too large"}}


def made(work: Callable[[], bytes], wit: str = "") -> bytes | str:
    """Bytes, or JSON of a refusal."""
    result: list[bytes] = []

    def keep() -> dict[str, object]:
        result.append(work())
        return {}

    answer = told(keep, wit)
    return result[0] if result else json.dumps(answer)


def refusal(e: WasmToolsError, wit: str) -> dict[str, object]:
    """An error's words, and the place in the WIT, if it has one there: `start` and `end` in UTF-16, as pages count."""
    shown: dict[str, object] = {"message": str(e), "short": e.message}
    if e.path == "<input>" and e.line is not None and e.column is not None and wit:
        start = position(wit, e.line, e.column)
        end = position(wit, e.end_line, e.end_column) if e.end_line and e.end_column else start
        shown |= {"line": e.line, "column": e.column, "start": start, "end": max(start, end)}
    return shown


def position(text: str, line: int, column: int) -> int:
    """A place as UTF-16 code units from the start; `line` and `column` from 1, columns in bytes of UTF-8."""
    lines = text.encode().split(b"\n")
    before = b"\n".join([*lines[: line - 1], lines[line - 1][: column - 1] if line <= len(lines) else b""])
    return len(before.decode(errors="replace").encode("utf-16-le")) // 2
