"""Custom sections in text: `@producers`, `@dylink.0` and, for all that is not known, `@custom`.

Names and branch hints are printed where they belong, and not here, malformed or not.
"""

from __future__ import annotations

from pywasmtools.diagnostics import BINARY, WasmToolsError, binary_error, error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.dylink import DylinkSubsection
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wat.print.names import State
    from pywasmtools.wat.print.writer import TextWriter

    FunctionHints: TypeAlias = "tuple[int, list[tuple[int, bool, int]]]"
    """A function and its hints: the offset in its body, whether it is taken, where the hint stands."""


NAME_SECTIONS: Final = ("name", "component-name")
"""What is read ahead, and not written here."""


def write_custom_section(w: TextWriter, state: State, payload: Payload) -> None:
    """Writes a custom section that is none of NAME_SECTIONS. Raises for one subsection of `dylink.0` that has no text."""
    name = payload.name
    try:
        if _is_written(w, payload, name):
            return
    except WasmToolsError as e:
        if e.kind != BINARY:
            raise
        _write_failure(w, payload.content, f"failed to parse custom section `{name}`: {e.layers[0].text()}".split("\n"))
    _write_custom(w, state, payload)


def _write_custom(w: TextWriter, state: State, payload: Payload) -> None:
    w.newline(payload.start)
    w.open("@custom ")
    place = f" ({state.place})" if state.place else ""
    w.out.append(f"{w.string(payload.name)}{place} ")
    if w.skeleton:
        w.out.append("...")
    else:
        w.data(payload.data, payload.content, payload.end)
    w.close()


def _is_written(w: TextWriter, payload: Payload, name: str) -> bool:
    """Writes a section that has a text of its own; whether it was one. Raises what is malformed in it."""
    if name == "metadata.code.branch_hint" and _has_count(payload):
        return True
    if name == "producers" and _has_count(payload):
        _write_producers(w, _read_producers(payload.section()), payload.start)
        return True
    if name == "dylink.0":
        _write_dylink(w, _read_dylink(payload.section()), payload.start)
        return True
    return False


def _write_failure(w: TextWriter, offset: int, lines: list[str]) -> None:
    for k, line in enumerate(lines):
        if k + 1 < len(lines) or line:
            w.newline(offset)
            w.out.append(f";; {line.removesuffix(chr(13)) if k + 1 < len(lines) else line}")


def _has_count(payload: Payload) -> bool:
    """Whether as much as the count of a section can be read; the reference does not know it else."""
    try:
        payload.section().var_u32()
    except WasmToolsError:
        return False
    return True


# ------------------------------------------------------------------------------- producers


def _read_producers(reader: BinaryReader) -> list[tuple[str, str, str, int]]:
    """(field, tool, version, offset) as they come; nothing is merged."""
    from pywasmtools.wasm.annotations import LANGUAGE, PROCESSED_BY, SDK

    result = []
    for _ in range(reader.var_u32()):
        offset = reader.pos
        field = reader.unlimited_string()
        if field not in (LANGUAGE, SDK, PROCESSED_BY):
            raise binary_error(offset, f"invalid producers field name: `{field}`")
        # Sizes are checked for the whole field before its characters.
        values = reader.clone()
        count = reader.var_u32()
        for _ in range(count):
            reader.skip_string()
            reader.skip_string()
        values.var_u32()
        for _ in range(count):
            at = values.pos
            tool = values.unlimited_string()
            result.append((field, tool, values.unlimited_string(), at))
    reader.finish_section()
    return result


def _write_producers(w: TextWriter, entries: list[tuple[str, str, str, int]], offset: int) -> None:
    w.newline(offset)
    w.open("@producers")
    for field, tool, version, at in entries:
        w.newline(at)
        w.out.append(w.group(field, f" {w.string(tool)} {w.string(version)}"))
    w.close()


# ------------------------------------------------------------------------------- dylink.0


def _read_dylink(reader: BinaryReader) -> list[tuple[DylinkSubsection, int]]:
    """The subsections, each with where it stands."""
    from pywasmtools.wasm import dylink

    result = []
    while not reader.eof():
        offset = reader.pos
        subsection = dylink.read_dylink_subsection(reader)
        if subsection.id not in dylink.NAMES:
            raise error(f"don't know how to print dylink.0 subsection id {subsection.id}")
        result.append((subsection, offset))
    return result


def _write_dylink(w: TextWriter, subsections: list[tuple[DylinkSubsection, int]], offset: int) -> None:
    from pywasmtools.wasm import dylink

    w.newline(offset)
    w.open("@dylink.0")
    for subsection, start in subsections:
        name = dylink.NAMES[subsection.id]
        if subsection.id == dylink.MEM_INFO:
            memory_size, memory_align, table_size, table_align = subsection.numbers
            text = f" (memory {memory_size} {memory_align})" if memory_size or memory_align else ""
            text += f" (table {table_size} {table_align})" if table_size or table_align else ""
            w.newline(start)
            w.out.append(w.group(name, text))
        elif subsection.id == dylink.NEEDED or subsection.id == dylink.RUNTIME_PATH:
            w.newline(start)
            w.out.append(w.group(name, "".join([" " + w.string(entry[0]) for entry in subsection.entries])))
        else:
            for first, second, flags in subsection.entries:
                text = w.string(first)
                if subsection.id == dylink.IMPORT_INFO:
                    text += " " + w.string(second)
                w.newline(start)
                w.out.append(w.group(name + " ", text + _flags_text(flags)))
    w.close()


def _flags_text(flags: int) -> str:
    from pywasmtools.wasm import dylink

    text = ""
    for flag, name in dylink.SYMBOL_FLAGS:
        if flags & flag:
            flags ^= flag
            text += " " + name
    return f"{text} {flags:#x}" if flags else text


# ------------------------------------------------------------------------------- branch hints

_MAX_FUNCTIONS: Final = 1_000_000
_MAX_HINTS: Final = 128 * 1024


def read_all_branch_hints(reader: BinaryReader, into: list[FunctionHints]) -> None:
    """Replaces `into` by the hints of a section, the last function first, to be taken from the end.

    Of a malformed section remains what came before the fault, the first function first.
    """
    from pywasmtools.wasm.annotations import read_branch_hints

    try:
        count = reader.var_u32()
    except WasmToolsError:
        return
    into.clear()
    try:
        for _ in range(count):
            func, hints = read_branch_hints(reader)
            if len(into) >= _MAX_FUNCTIONS or len(hints) >= _MAX_HINTS:
                return
            into.append((func, hints))
        reader.finish_section()
    except WasmToolsError:
        return
    into.reverse()
