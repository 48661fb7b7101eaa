"""Instructions in text: function bodies and constant expressions.

Names and immediates come from the rows of `wasm/instructions.py`. The loop over a body has a branch for the
operators that are met most, one byte with usual immediates; `_operator` does all the others, and these too
where anything about them is unusual. Work is linear in the size of the body.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error, error
from pywasmtools.wasm.instructions import ONE_BYTE, by_name
from pywasmtools.wasm.operators import (
    BLOCK,
    CATCH_ALL,
    ON_SWITCH,
    BrTable,
    Cast,
    MemArg,
    ResumeTable,
    TryTable,
    check_frame,
    enter_frame,
    read_immediate,
    read_row,
)
from pywasmtools.wasm.spaces import CORE_FUNC, CORE_GLOBAL, CORE_MEMORY, CORE_TABLE, CORE_TAG, CORE_TYPE, DATA, ELEM
from pywasmtools.wasm.types import BLOCK_EMPTY, MAX_TYPE_INDEX, NULLABLE, REF
from pywasmtools.wat.print.floats import F32_MANTISSA, F64_MANTISSA, float_text
from pywasmtools.wat.print.types import heap_type_text, ref_type_text, type_use, val_type_text
from pywasmtools.wat.print.writer import MAX_INDENTATION, NEWLINES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.instructions import Row
    from pywasmtools.wasm.operators import Immediate
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wat.print.names import Naming, State
    from pywasmtools.wat.print.writer import TextWriter

_SPACES: Final = {
    "func": CORE_FUNC,
    "type": CORE_TYPE,
    "table": CORE_TABLE,
    "memory": CORE_MEMORY,
    "global": CORE_GLOBAL,
    "tag": CORE_TAG,
    "data": DATA,
    "elem": ELEM,
}
"""The index space of each immediate that is an index."""

_CATCHES: Final = ("catch", "catch_ref", "catch_all", "catch_all_ref")
"""The clauses of `try_table` by their byte."""

_ORDERINGS: Final = (" seqcst", " acqrel")

# How the loop over a body treats an opcode.
_OTHER: Final = 0
_PLAIN: Final = 1
_LOCAL: Final = 2
_INDEX: Final = 3
_NUMBER: Final = 4
_MEMARG: Final = 5
_BLOCK: Final = 6
_END: Final = 7
_LABEL: Final = 8


def _classes() -> tuple[bytes, list[str], list[int]]:
    classes = bytearray(256)
    names = [""] * 256
    numbers = [0] * 256
    for opcode, row in enumerate(ONE_BYTE):
        if row is None:
            continue
        names[opcode] = row.name
        immediates = row.immediates
        if opcode == 0x0B:
            classes[opcode] = _END
        elif immediates == "" and opcode != 0x05 and opcode != 0x19:
            classes[opcode] = _PLAIN
        elif immediates == "local":
            classes[opcode] = _LOCAL
        elif immediates == "i32" or immediates == "i64":
            classes[opcode] = _NUMBER
        elif immediates.startswith("memarg"):
            classes[opcode] = _MEMARG
            numbers[opcode] = int(immediates[6:]).bit_length() - 1
        elif immediates == "block" and opcode != 0x06:
            classes[opcode] = _BLOCK
        elif immediates == "label" and opcode != 0x18:
            classes[opcode] = _LABEL
        elif immediates in _SPACES and immediates != "memory" and opcode != 0x07:
            classes[opcode] = _INDEX
            numbers[opcode] = _SPACES[immediates]
    return bytes(classes), names, numbers


_TABLES: Final = _classes()
_CLASSES: Final = _TABLES[0]
_NO_CLASSES: Final = bytes(256)
_NAMES: Final = _TABLES[1]
_NUMBERS: Final = _TABLES[2]
"""The index space of an _INDEX; the base-2 logarithm of the natural alignment of a _MEMARG."""


class OperatorPrinter:
    """Prints the operators of one body or expression after the other.

    `labels` are the names of the function's labels, by the order in which its blocks begin; `open_labels`
    the numbers of those blocks that are open (`delegate` leaves its own behind), and `places` where in that list
    each name stands; `depth` is how many are open.
    """

    __slots__ = ("depth", "frames", "label", "labels", "open_labels", "places", "state", "w")

    def __init__(self, w: TextWriter, state: State) -> None:
        self.w = w
        self.state = state
        self.depth = 0
        self.label = 0
        self.labels: dict[int, Naming] = {}
        self.open_labels: list[int] = []
        self.places: dict[str, list[int]] = {}
        self.frames: list[int] = []

    def body(self, reader: BinaryReader, start: int, hints: list[tuple[int, bool]]) -> None:
        """Writes the operators of a function, a line each, but for the last `end`.

        `reader` stands behind the locals; `start` is where the body began, which the offsets of `hints` count from.
        """
        w = self.w
        state = self.state
        data = reader.data
        pos = reader.pos
        end = reader.end
        func = state.counts[CORE_FUNC]
        locals_ = state.local_names.get(func)
        local_texts: dict[int, str] = {}
        if locals_ is not None:
            local_texts = {k: f" {w.name}{naming.identifier}{w.reset}" for k, naming in locals_.items()}
        self._begin(state.label_names.get(func, {}))
        unnamed = not self.labels
        frames = self.frames
        texts = state.texts
        hint = 0
        hint_at = start + hints[0][0] if hints else -1
        nesting = w.nesting
        level = nesting
        line = NEWLINES[min(level, MAX_INDENTATION)]
        literal = w.literal
        name = w.name
        reset = w.reset
        label_comment = w.comment
        classes = _CLASSES
        mnemonics = _NAMES
        numbers = _NUMBERS
        out = w.out
        append = out.append
        if pos < end and pos + 1 < end:
            w.newline()
            out.pop()  # The line is there for the group's sake; every operator brings its own.
        while pos < end:
            # In stretches, so that long bodies are written as they come.
            stretch = min(end, pos + 0x8000)
            while pos < stretch:
                if pos == hint_at and (pos + 1 < end or data[pos] != 0x0B):
                    code = "\\01" if hints[hint][1] else "\\00"
                    append(f'{line}{w.comment}(@metadata.code.branch_hint "{code}"){reset}')
                    hint += 1
                    hint_at = start + hints[hint][0] if hint < len(hints) else -1
                opcode = data[pos]
                kind = classes[opcode]
                if kind == _PLAIN:
                    append(line + mnemonics[opcode])
                    pos += 1
                    continue
                after = pos + 1
                if after < end and kind != _OTHER:
                    byte = data[after]
                    if kind == _LOCAL:
                        if byte < 0x80:
                            text = local_texts.get(byte)
                            if text is None:
                                text = local_texts[byte] = f" {name}{byte}{reset}"
                            append(line + mnemonics[opcode] + text)
                            pos += 2
                            continue
                    elif kind == _NUMBER:
                        if byte < 0x80:
                            value = byte - 0x80 if byte & 0x40 else byte
                            append(f"{line}{mnemonics[opcode]}{literal} {value}{reset}")
                            pos += 2
                            continue
                        result = byte & 0x7F
                        shift = 7
                        k = after + 1
                        while k < end and shift < 28:
                            byte = data[k]
                            k += 1
                            result |= (byte & 0x7F) << shift
                            shift += 7
                            if byte < 0x80:
                                break
                        if byte < 0x80:
                            if byte & 0x40:
                                result -= 1 << shift
                            append(f"{line}{mnemonics[opcode]}{literal} {result}{reset}")
                            pos = k
                            continue
                    elif kind == _MEMARG:
                        if byte < 0x40 and after + 1 < end:
                            offset = data[after + 1]
                            k = after + 2
                            if offset >= 0x80:
                                offset &= 0x7F
                                shift = 7
                                more = 0x80
                                while k < end and shift < 28:
                                    more = data[k]
                                    k += 1
                                    offset |= (more & 0x7F) << shift
                                    shift += 7
                                    if more < 0x80:
                                        break
                                if more >= 0x80:
                                    k = -1
                            if k >= 0:
                                text = line + mnemonics[opcode]
                                if offset:
                                    text += f" offset={offset}"
                                if byte != numbers[opcode]:
                                    text += f" align={1 << byte}"
                                append(text)
                                pos = k
                                continue
                    elif kind == _INDEX:
                        k = after + 1
                        if byte >= 0x80:
                            index = byte & 0x7F
                            shift = 7
                            while k < end and shift < 28:
                                byte = data[k]
                                k += 1
                                index |= (byte & 0x7F) << shift
                                shift += 7
                                if byte < 0x80:
                                    break
                        else:
                            index = byte
                        if byte < 0x80:
                            space = numbers[opcode]
                            append(
                                line
                                + mnemonics[opcode]
                                + (texts[space].get(index) or state.spaced_reference(w, space, index))
                            )
                            pos = k
                            continue
                    elif kind == _END:
                        if len(frames) > 1:
                            frames.pop()
                            self.depth -= 1
                            self._close_label()
                            level -= 1
                            line = NEWLINES[level if level < MAX_INDENTATION else MAX_INDENTATION]
                            append(line + "end")
                            pos = after
                            continue
                    elif kind == _LABEL:
                        if byte < 0x80 and unnamed:
                            target = self.depth - byte
                            if target > 0:
                                append(
                                    f"{line}{mnemonics[opcode]} {name}{byte}{reset}{label_comment} (;@{target};){reset}"
                                )
                                pos += 2
                                continue
                    elif byte == BLOCK_EMPTY and unnamed:  # a block
                        enter_frame(frames, opcode)
                        self.open_labels.append(self.label)
                        self.label += 1
                        self.depth += 1
                        append(f"{line}{mnemonics[opcode]} {label_comment};; label = @{self.depth}{reset}")
                        level += 1
                        line = NEWLINES[level if level < MAX_INDENTATION else MAX_INDENTATION]
                        pos += 2
                        continue
                # Anything else: with all checks, and the last operator.
                reader.pos = pos
                if opcode == 0x0B and after == end:
                    self._finish(reader)
                    return
                self._operator(reader, False)
                pos = reader.pos
                if not frames:
                    classes = _NO_CLASSES  # What follows the function's own `end` is an error.
                level = nesting + self.depth
                line = NEWLINES[level if level < MAX_INDENTATION else MAX_INDENTATION]
            w.flush_if_large()
        raise binary_error(pos, "control frames remain at end of function body or expression")

    def expression(self, reader: BinaryReader) -> None:
        """Writes a constant expression, that was found to be one, with spaces between its operators."""
        self._begin({})
        first = True
        data = reader.data
        while data[reader.pos] != 0x0B:
            if not first:
                self.w.out.append(" ")
            first = False
            self._operator(reader, True)

    def _begin(self, labels: dict[int, Naming]) -> None:
        self.labels = labels
        self.depth = 0
        self.label = 0
        self.open_labels = []
        self.places = {}
        self.frames = [BLOCK]

    def _finish(self, reader: BinaryReader) -> None:
        """The last `end`, which is not written."""
        if not self.frames:
            raise _operators_remain(reader.pos)
        if len(self.frames) > 1:
            raise binary_error(reader.end, "control frames remain at end of function body or expression")
        reader.pos = reader.end

    def _operator(self, reader: BinaryReader, in_expression: bool) -> None:
        """Reads any operator and writes it. What can't be read is not written at all."""
        frames = self.frames
        pos = reader.pos
        if not frames:
            raise _operators_remain(pos)
        row = read_row(reader)
        key = row.key
        if key == 0x05 or key == 0x07 or key == 0x18 or key == 0x19:
            misplaced = check_frame(key, frames[-1], reader.pos)
            if misplaced is not None:
                raise misplaced
        values = [read_immediate(reader, kind, pos) for kind in row.kinds]
        w = self.w
        level = w.nesting + self.depth
        if key > 0x1F:
            if not in_expression:
                w.out.append(NEWLINES[min(level, MAX_INDENTATION)])
            self._plain(row, values)
            return
        open_before = len(frames)
        enter_frame(frames, key)
        if len(frames) > open_before:
            w.out.append(NEWLINES[min(level, MAX_INDENTATION)])
            self._block(row, values)
            return
        if len(frames) < open_before:  # `end`, `delegate`
            if self.depth > 0:
                self.depth -= 1
                level -= 1
            if key == 0x0B and self.open_labels:
                self._close_label()
        elif key == 0x05 or key == 0x07 or key == 0x19:
            level -= 1
        if not in_expression:
            w.out.append(NEWLINES[min(level, MAX_INDENTATION)])
        self._plain(row, values)

    # ------------------------------------------------------------------- blocks and labels

    def _block(self, row: Row, values: list[Immediate]) -> None:
        """Writes an operator that begins a block: its label, its type, what it catches, or where it counts."""
        w = self.w
        state = self.state
        value = values[0]
        naming = self.labels.get(self.label)
        text = row.name
        if naming is not None:
            text += " " + naming.definition(w)
        block = value.block if isinstance(value, TryTable) else value
        assert isinstance(block, int)
        if block < 0:
            text += " " + type_use(w, state, ~block, {})
        elif block != BLOCK_EMPTY:
            text += " " + w.group("result ", val_type_text(w, state, block))
        if isinstance(value, TryTable):
            # Labels of clauses count from outside of the block.
            for kind, tag, label in value.catches:
                tag_text = state.spaced_reference(w, CORE_TAG, tag) if kind < CATCH_ALL else ""
                text += " " + w.group(_CATCHES[kind], tag_text + self._label(label))
        self.depth += 1
        if naming is not None:
            self.places.setdefault(naming.name, []).append(len(self.open_labels))
        self.open_labels.append(self.label)
        self.label += 1
        if naming is None:
            text += f" {w.comment};; label = @{self.depth}{w.reset}"
        w.out.append(text)

    def _close_label(self) -> None:
        naming = self.labels.get(self.open_labels.pop())
        if naming is not None:
            self.places[naming.name].pop()

    def _label(self, label: int) -> str:
        """A label that is used, after a space: its name, or how far out it is and which block that means."""
        w = self.w
        target = self.depth - label
        if target < 0:
            return f" {label} (; INVALID ;)"
        named = False
        if target > 0 and self.labels:
            naming = self.labels.get(self.open_labels[target - 1])
            if naming is not None:
                named = True
                # Unless a label of the same name is nearer.
                if self.places[naming.name][-1] < target:
                    return " " + naming.definition(w)
        text = f" {w.name}{label}{w.reset}"
        if target > 0 and not named:
            text += f"{w.comment} (;@{target};){w.reset}"
        return text

    # ------------------------------------------------------------------- immediates

    def _plain(self, row: Row, values: list[Immediate]) -> None:
        """Writes a mnemonic and its immediates."""
        w = self.w
        w.out.append(row.name)
        if values:
            special = _SPECIAL.get(row.immediates, 0)
            w.out.append(self._special(special, values) if special else self._immediates(row, values))

    def _special(self, special: int, values: list[Immediate]) -> str:
        """Immediates that are left out where they are 0, or stand in another order than in the binary."""
        w = self.w
        state = self.state
        first = values[0]
        assert isinstance(first, int)
        if special == _ONE_MEMORY:
            return state.spaced_reference(w, CORE_MEMORY, first) if first else ""
        second = values[1]
        assert isinstance(second, int)
        if special == _TWO_MEMORIES or special == _TWO_TABLES:
            if not first and not second:
                return ""
            space = CORE_MEMORY if special == _TWO_MEMORIES else CORE_TABLE
            return state.spaced_reference(w, space, first) + state.spaced_reference(w, space, second)
        if special == _SEGMENT_OF_MEMORY:
            text = state.spaced_reference(w, CORE_MEMORY, second) if second else ""
            return text + state.spaced_reference(w, DATA, first)
        text = state.spaced_reference(w, CORE_TABLE, second) if second else ""
        if special == _SEGMENT_OF_TABLE:
            return text + state.spaced_reference(w, ELEM, first)
        return f"{text} {w.group('type ', state.reference(w, CORE_TYPE, first))}"

    def _immediates(self, row: Row, values: list[Immediate]) -> str:
        """Immediates in their order, each after a space."""
        w = self.w
        state = self.state
        text = ""
        for kind, value in zip(row.kinds, values, strict=True):
            if isinstance(value, int):
                space = _SPACES.get(kind, -1)
                if space >= 0:
                    text += state.spaced_reference(w, space, value)
                elif kind == "local":
                    naming = state.local_names.get(state.counts[CORE_FUNC], {}).get(value)
                    text += f" {w.name}{value if naming is None else naming.identifier}{w.reset}"
                elif kind == "field":
                    # The type is the immediate before.
                    type_ = values[row.kinds.index("type")]
                    assert isinstance(type_, int)
                    naming = state.field_names.get(type_, {}).get(value)
                    text += f" {w.name}{value if naming is None else naming.identifier}{w.reset}"
                elif kind == "label":
                    text += self._label(value)
                elif kind == "i32" or kind == "i64":
                    text += f"{w.literal} {value}{w.reset}"
                elif kind == "f32" or kind == "f64":
                    sign, digits, decimal = float_text(value, F32_MANTISSA if kind == "f32" else F64_MANTISSA)
                    special = digits[0] == "i" or digits[0] == "n"
                    gap = f" {w.comment}" if special else f"{w.comment} "
                    text += f" {sign}{w.literal}{digits}{gap}(;={decimal};){w.reset}"
                elif kind == "heap_type":
                    text += " "
                    if row.key == 0xD0:  # ref.null
                        text += heap_type_text(w, state, value)
                    else:
                        if value >> 8 > MAX_TYPE_INDEX:
                            w.out.append(text)
                            raise error("implementation limit: type index too large")
                        # Of two rows with a name, the second is for nullable references.
                        nullable = by_name()[row.name] is not row
                        text += ref_type_text(w, state, value | (REF | NULLABLE if nullable else REF))
                elif kind == "ordering":
                    text += _ORDERINGS[value]
                elif kind != "zero":  # lane, u32
                    text += f" {value}"
            elif isinstance(value, MemArg):
                if value.memory:
                    text += state.spaced_reference(w, CORE_MEMORY, value.memory)
                if value.offset:
                    text += f" offset={value.offset}"
                if 1 << value.align != int(kind[6:]):
                    text += f" align={1 << value.align}"
            elif isinstance(value, BrTable):
                text += "".join([self._label(label) for label in value.labels]) + self._label(value.default)
            elif isinstance(value, Cast):
                from_type = ref_type_text(w, state, value.from_type)
                text += f"{self._label(value.label)} {from_type} {ref_type_text(w, state, value.to_type)}"
            elif isinstance(value, ResumeTable):
                for clause, tag, label in value.handlers:
                    target = " switch" if clause == ON_SWITCH else self._label(label)
                    text += " " + w.group("on", state.spaced_reference(w, CORE_TAG, tag) + target)
            elif isinstance(value, bytes):
                if kind == "v128":
                    words = [int.from_bytes(value[k : k + 4], "little") for k in range(0, 16, 4)]
                    text += w.type_keyword(" i32x4") + w.literal
                    text += "".join([f" 0x{word:08x}" for word in words]) + w.reset
                else:
                    text += "".join([f" {lane}" for lane in value])
            elif isinstance(value, tuple):
                types = [val_type_text(w, state, type_) for type_ in value]
                if len(types) == 1:
                    text += " " + w.group("result ", types[0])
                else:
                    text += " " + w.group("result", "".join([" " + type_text for type_text in types]))
        return text


_ONE_MEMORY: Final = 1
_TWO_MEMORIES: Final = 2
_TWO_TABLES: Final = 3
_SEGMENT_OF_MEMORY: Final = 4
_SEGMENT_OF_TABLE: Final = 5
_CALL_INDIRECT: Final = 6

_SPECIAL: Final = {
    "memory": _ONE_MEMORY,
    "memory memory": _TWO_MEMORIES,
    "table table": _TWO_TABLES,
    "data memory": _SEGMENT_OF_MEMORY,
    "elem table": _SEGMENT_OF_TABLE,
    "type table": _CALL_INDIRECT,
}
"""Immediates with a way of their own, by how the row writes them."""


def _operators_remain(pos: int) -> WasmToolsError:
    return binary_error(pos, "operators remaining after end of function body or expression")
