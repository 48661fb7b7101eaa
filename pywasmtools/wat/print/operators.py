"""Instructions in text: function bodies and constant expressions.

Names and immediates come from the rows of `wasm/instructions.py`. The loop over a body has a branch for the
operators that are met most, one byte with usual immediates; `_operator` does all the others, and these too
where anything about them is unusual. Work is linear in the size of the body.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error, error
from pywasmtools.wasm.immediates import (
    ALIGN_MASK,
    AS_BLOCK_TYPE,
    AS_CAST,
    AS_F32,
    AS_F64,
    AS_HANDLERS,
    AS_HEAP_TYPE,
    AS_LABELS,
    AS_LANE,
    AS_LANES,
    AS_MEMARG,
    AS_OPTIONAL_ORDERING,
    AS_ORDERING,
    AS_S32,
    AS_S64,
    AS_TRY_TABLE,
    AS_U32,
    AS_V128,
    AS_VAL_TYPES,
    CATCH_ALL,
    ON_SWITCH,
    ORDERINGS,
    Cast,
    MemArg,
    ResumeTable,
    TryTable,
    skip_labels,
    unknown_kind,
)
from pywasmtools.wasm.instructions import by_name
from pywasmtools.wasm.operators import BLOCK, check_frame, check_reading, enter_frame, read_immediates, read_row
from pywasmtools.wasm.spaces import CORE_FUNC, CORE_MEMORY, CORE_TABLE, CORE_TAG, CORE_TYPE, DATA, ELEM
from pywasmtools.wasm.types import BLOCK_EMPTY, MAX_TYPE_INDEX, NULLABLE, REF
from pywasmtools.wat.print.classes import (
    CLASSES,
    END,
    INDEX,
    KNOWN,
    LABEL,
    LOCAL,
    MEMARG,
    NAMES,
    NO_CLASSES,
    NUMBER,
    NUMBERS,
    ONE_MEMORY,
    PLAIN,
    PREFIXED_SIZES,
    SEGMENT_OF_MEMORY,
    SEGMENT_OF_TABLE,
    SPACES,
    SPECIAL,
    SUB_OPCODES,
    TWO_MEMORIES,
    TWO_TABLES,
    USUAL,
)
from pywasmtools.wat.print.floats import F32_MANTISSA, F64_MANTISSA, float_text
from pywasmtools.wat.print.types import heap_type_text, ref_type_text, type_use, val_type_text
from pywasmtools.wat.print.writer import MAX_INDENTATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.immediates import Immediate, Kind
    from pywasmtools.wasm.instructions import Row
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wat.print.names import Naming, State
    from pywasmtools.wat.print.writer import TextWriter

_CATCHES: Final = ("catch", "catch_ref", "catch_all", "catch_all_ref")
"""The clauses of `try_table` by their byte."""

_MAX_LABEL_TEXTS: Final = 1 << 13
"""How many labels of a `br_table` are remembered as text."""
_MAX_KNOWN: Final = 1 << 13
_MAX_KNOWN_TEXT: Final = 80
"""How many operators are remembered as text, and of how many characters."""


def plain_operator(w: TextWriter, state: State, reader: BinaryReader) -> str:
    """The text of an operator, past which `reader` goes, where it has no immediates or a short number or index.

    Empty for others. What stands there was found to be an operator.
    """
    data = reader.data
    pos = reader.pos
    opcode = data[pos]
    kind = CLASSES[opcode]
    if kind == PLAIN:
        reader.pos = pos + 1
        return NAMES[opcode]
    if kind == NUMBER or kind == INDEX:
        byte = data[pos + 1]
        value = byte & 0x7F
        shift = 7
        pos += 2
        while byte >= 0x80:
            if shift == 28:
                return ""
            byte = data[pos]
            value |= (byte & 0x7F) << shift
            shift += 7
            pos += 1
        reader.pos = pos
        if kind == INDEX:
            return NAMES[opcode] + state.spaced_reference(w, NUMBERS[opcode], value)
        if byte & 0x40:
            value -= 1 << shift
        return f"{NAMES[opcode]}{w.literal} {value}{w.reset}"
    return ""


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

    def body(self, reader: BinaryReader, start: int, hints: list[tuple[int, bool, int]]) -> None:
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
        unnamed = not self.labels and not w.synthesize
        frames = self.frames
        texts = state.texts
        known = state.operators
        hint = 0
        hint_at = start + hints[0][0] if hints else -1
        nesting = w.nesting
        level = nesting
        lines = w.lines
        line = lines[min(level, MAX_INDENTATION)]
        local_prefix = "$#local" if w.synthesize else ""
        literal = w.literal
        name = w.name
        reset = w.reset
        label_comment = w.comment
        classes = CLASSES
        usual = USUAL
        mnemonics = NAMES
        numbers = NUMBERS
        out = w.out
        append = out.append
        if pos < end and pos + 1 < end:
            w.newline()
            out.pop()  # The line is there for the group's sake; every operator brings its own.
        while pos < end:
            # In stretches, so that long bodies are written as they come.
            stretch = min(end, pos + max(0x40000 // max(w.longest, 256), 1))
            while True:
                if pos >= stretch:
                    break
                if pos == hint_at and (pos + 1 < end or data[pos] != 0x0B):  # end
                    code = "\\01" if hints[hint][1] else "\\00"
                    append(f'{line}{w.comment}(@metadata.code.branch_hint "{code}"){reset}')
                    hint += 1
                    hint_at = start + hints[hint][0] if hint < len(hints) else -1
                opcode = data[pos]
                kind = classes[opcode]
                if kind == PLAIN:
                    append(line + mnemonics[opcode])
                    pos += 1
                    continue
                after = pos + 1
                is_usual = usual[kind]
                if after >= end:
                    is_usual = False
                if is_usual:
                    byte = data[after]
                    if kind == LOCAL:
                        if byte < 0x80:
                            text = local_texts.get(byte)
                            if text is None:
                                text = local_texts[byte] = f" {name}{local_prefix}{byte}{reset}"
                            append(line + mnemonics[opcode] + text)
                            pos += 2
                            continue
                    elif kind == NUMBER:
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
                    elif kind == MEMARG:
                        if byte < 0x10 and after + 1 < end:  # no flags
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
                    elif kind == INDEX:
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
                    elif kind == END:
                        if len(frames) > 1:
                            frames.pop()
                            self.depth -= 1
                            self._close_label()
                            level -= 1
                            line = lines[level if level < MAX_INDENTATION else MAX_INDENTATION]
                            append(line + "end")
                            pos = after
                            continue
                    elif kind == LABEL:
                        if byte < 0x80 and unnamed:
                            target = self.depth - byte
                            if target > 0:
                                append(
                                    f"{line}{mnemonics[opcode]} {name}{byte}{reset}{label_comment} (;@{target};){reset}"
                                )
                                pos += 2
                                continue
                    elif kind >= KNOWN:
                        if kind == KNOWN:
                            k = pos + numbers[opcode]
                        elif byte < 0x80:
                            k = pos + PREFIXED_SIZES[opcode - 0xFB][byte]
                        else:
                            more = data[after + 1] if after + 1 < end else 0x80
                            sub_opcode = byte & 0x7F | more << 7
                            k = pos
                            if sub_opcode < SUB_OPCODES:
                                k += PREFIXED_SIZES[opcode - 0xFB][sub_opcode] + 1
                        if k <= end:
                            # Read before, if these bytes were an operator.
                            text = known.get(data[pos:k], "")
                            if text:
                                append(line + text)
                                pos = k
                                continue
                    elif byte == BLOCK_EMPTY and unnamed:  # a block
                        enter_frame(frames, opcode)
                        self.open_labels.append(self.label)
                        self.label += 1
                        self.depth += 1
                        append(f"{line}{mnemonics[opcode]} {label_comment};; label = @{self.depth}{reset}")
                        level += 1
                        line = lines[level if level < MAX_INDENTATION else MAX_INDENTATION]
                        pos += 2
                        continue
                # Anything else: with all checks, and the last operator.
                reader.pos = pos
                if opcode == 0x0B and after == end:  # end
                    self.finish(reader)
                    return
                if kind >= KNOWN and after < end and k > after:
                    self._regular(reader, line, k)
                    pos = reader.pos
                    continue
                self._operator(reader, False)
                pos = reader.pos
                if not frames:
                    classes = NO_CLASSES  # What follows the function's own `end` is an error.
                level = nesting + self.depth
                line = lines[level if level < MAX_INDENTATION else MAX_INDENTATION]
            w.flush_if_large()
        raise binary_error(pos, "control frames remain at end of function body or expression")

    def expression(self, reader: BinaryReader) -> None:
        """Writes a constant expression, that was found to be one, with spaces between its operators."""
        self._begin({})
        w = self.w
        gap = ""
        data = reader.data
        pos = reader.pos
        classes = CLASSES
        while data[pos] != 0x0B:  # end
            if classes[data[pos]] == PLAIN:
                w.out.append(gap + NAMES[data[pos]])
                gap = " "
                pos += 1
                continue
            reader.pos = pos
            text = plain_operator(w, self.state, reader)
            if text:
                w.add(gap + text)
            else:
                w.out.append(gap)
                self._operator(reader, True)
                w.flush_if_large()
            gap = " "
            pos = reader.pos

    def _begin(self, labels: dict[int, Naming]) -> None:
        self.labels = labels
        self.depth = 0
        self.label = 0
        self.open_labels = []
        self.places = {}
        self.frames = [BLOCK]

    def begin_function(self) -> None:
        """Makes ready for the instructions of the next function, which are then asked for one by one."""
        self._begin(self.state.label_names.get(self.state.counts[CORE_FUNC], {}))

    def begin_expression(self) -> None:
        """The same for a constant expression."""
        self._begin({})

    def write_line(self, reader: BinaryReader) -> None:
        """Writes the next instruction of a function on a line of its own."""
        self._operator(reader, False)

    def write_one(self, reader: BinaryReader) -> None:
        """Writes the next instruction alone."""
        self._operator(reader, True)

    def type_index(self) -> int:
        """The type of the function that is being written."""
        return self.state.func_types[self.state.counts[CORE_FUNC]]

    def finish(self, reader: BinaryReader) -> None:
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
        if key == 0x05 or key == 0x07 or key == 0x18 or key == 0x19:  # else, catch, delegate, catch_all
            if reader.features >= 0:
                check_reading(reader, key, pos)
            misplaced = check_frame(key, frames[-1], reader.pos)
            if misplaced is not None:
                raise misplaced
        w = self.w
        level = w.nesting + self.depth
        if key == 0x0E:  # br_table
            self._br_table(reader, "" if in_expression else w.line(level, pos))
            return
        values = read_immediates(reader, row, pos)
        if key > 0x1F:  # try_table
            if not in_expression:
                w.out.append(w.line(level, pos))
            self._plain(row, values)
            return
        open_before = len(frames)
        enter_frame(frames, key)
        if len(frames) > open_before:
            if not in_expression:
                w.out.append(w.line(level, pos))
            self._block(row, values)
            return
        if len(frames) < open_before:  # `end`, `delegate`
            if self.depth > 0:
                self.depth -= 1
                level -= 1
            if key == 0x0B and self.open_labels:  # end
                self._close_label()
        elif key == 0x05 or key == 0x07 or key == 0x19:  # else, catch, catch_all
            level -= 1
        if not in_expression:
            w.out.append(w.line(level, pos))
        self._plain(row, values)

    def _regular(self, reader: BinaryReader, line: str, least: int) -> None:
        """Reads an operator that has nothing to do with blocks, labels and locals, and writes it.

        Its text comes from its bytes alone: it is kept, if it is short, and the operator as well, to end at `least`.
        No operator is another's beginning, so bytes that are found are that operator.
        """
        data = reader.data
        start = reader.pos
        row = read_row(reader)
        out = self.w.out
        kinds = row.kinds
        pos = reader.pos
        is_memarg = len(kinds) == 1 and kinds[0].form == AS_MEMARG and reader.features < 0
        if is_memarg and pos < reader.end and data[pos] <= ALIGN_MASK:
            align = data[pos]
            reader.pos = pos + 1
            offset = reader.var_u64()
            text = f"{row.name} offset={offset}" if offset else row.name
            if align != kinds[0].align:
                text += f" align={1 << align}"
            out.append(line + text)
            if reader.pos != least:
                return
        else:
            values = read_immediates(reader, row, start)
            out.append(line)
            before = len(out)
            self._plain(row, values)
            if reader.pos != least:
                return
            text = "".join(out[before:])
        if len(text) <= _MAX_KNOWN_TEXT:
            known = self.state.operators
            if len(known) >= _MAX_KNOWN:
                known.clear()
            known[data[start:least]] = text

    # ------------------------------------------------------------------- blocks and labels

    def _block(self, row: Row, values: list[Immediate]) -> None:
        """Writes an operator that begins a block: its label, its type, what it catches, or where it counts."""
        w = self.w
        value = values[0]
        naming = self.labels.get(self.label)
        text = row.name
        if naming is not None:
            text += " " + naming.definition(w)
        elif w.synthesize:
            text += f" $#label{self.depth}"
        # Labels of clauses count from outside of the block.
        text += self._try_table(value) if isinstance(value, TryTable) else self._block_type(value)
        self.depth += 1
        if naming is not None:
            self.places.setdefault(naming.name, []).append(len(self.open_labels))
        self.open_labels.append(self.label)
        self.label += 1
        if naming is None and not w.synthesize:
            text += f" {w.comment};; label = @{self.depth}{w.reset}"
        w.out.append(text)

    def _block_type(self, value: Immediate) -> str:
        assert isinstance(value, int)
        if value < 0:
            return " " + type_use(self.w, self.state, ~value, {})
        if value != BLOCK_EMPTY:
            return " " + self.w.group("result ", val_type_text(self.w, self.state, value))
        return ""

    def _try_table(self, value: Immediate) -> str:
        """A block type and catch clauses."""
        assert isinstance(value, TryTable)
        text = self._block_type(value.block)
        w = self.w
        for clause, tag, label in value.catches:
            tag_text = self.state.spaced_reference(w, CORE_TAG, tag) if clause < CATCH_ALL else ""
            text += " " + w.group(_CATCHES[clause], tag_text + self._label(label))
        return text

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
        if target > 0 and not named and w.synthesize:
            return f" {w.name}$#label{target - 1}{w.reset}"
        text = f" {w.name}{label}{w.reset}"
        if target > 0 and not named:
            text += f"{w.comment} (;@{target};){w.reset}"
        return text

    def _br_table(self, reader: BinaryReader, line: str) -> None:
        """Writes a `br_table` label by label: there may be millions."""
        w = self.w
        start = reader.clone()
        count = skip_labels(reader) + 1
        w.out.append(line + "br_table")
        start.var_u32()
        data = reader.data
        pos = start.pos
        texts: dict[int, str] = {}
        at_once = max(0x100000 // max(w.longest, 256), 1)
        while count:
            chunk = data[pos : pos + min(count, at_once)]
            if chunk.isascii():  # all labels are of one byte
                labels = list(chunk)
                pos += len(chunk)
            else:
                start.pos = pos
                labels = [start.var_u32() for _ in range(min(count, at_once))]
                pos = start.pos
            if len(texts) > _MAX_LABEL_TEXTS:
                texts.clear()
            for label in set(labels):
                if label not in texts:
                    texts[label] = self._label(label)
            w.add("".join([texts[label] for label in labels]))
            count -= len(labels)

    # ------------------------------------------------------------------- immediates

    def _plain(self, row: Row, values: list[Immediate]) -> None:
        """Writes a mnemonic and its immediates."""
        w = self.w
        w.out.append(row.name)
        if values:
            special = SPECIAL.get(row.immediates, 0)
            w.out.append(self._special(special, values) if special else self._immediates(row, values))

    def _special(self, special: int, values: list[Immediate]) -> str:
        """Immediates that are left out where they are 0, or stand in another order than in the binary."""
        w = self.w
        state = self.state
        first = values[0]
        assert isinstance(first, int)
        if special == ONE_MEMORY:
            return state.spaced_reference(w, CORE_MEMORY, first) if first else ""
        second = values[1]
        assert isinstance(second, int)
        if special == TWO_MEMORIES or special == TWO_TABLES:
            if not first and not second:
                return ""
            space = CORE_MEMORY if special == TWO_MEMORIES else CORE_TABLE
            return state.spaced_reference(w, space, first) + state.spaced_reference(w, space, second)
        if special == SEGMENT_OF_MEMORY:
            text = state.spaced_reference(w, CORE_MEMORY, second) if second else ""
            return text + state.spaced_reference(w, DATA, first)
        text = state.spaced_reference(w, CORE_TABLE, second) if second else ""
        if special == SEGMENT_OF_TABLE:
            return text + state.spaced_reference(w, ELEM, first)
        return f"{text} {w.group('type ', state.reference(w, CORE_TYPE, first))}"

    def _immediates(self, row: Row, values: list[Immediate]) -> str:
        """Immediates in their order, each after a space."""
        text = ""
        for place, kind in enumerate(row.kinds):
            value = values[place]
            form = kind.form
            if form == AS_U32:
                assert isinstance(value, int)
                text += self._index(row, kind, value, values)
            elif form == AS_HEAP_TYPE:
                assert isinstance(value, int)
                text += self._heap_type(row, value, text)
            elif form == AS_LANE or form == AS_ORDERING or AS_S32 <= form <= AS_F64:
                assert isinstance(value, int)
                text += self._number(form, value)
            elif form == AS_MEMARG:
                text += self._memarg(kind, value)
            elif form == AS_LABELS:
                raise unknown_kind(kind)  # `_br_table` writes these
            elif form == AS_CAST:
                text += self._cast(value)
            elif form == AS_HANDLERS:
                text += self._handlers(value)
            elif form == AS_V128:
                text += self._vector(value)
            elif form == AS_LANES:
                assert isinstance(value, bytes)
                text += "".join([f" {lane}" for lane in value])
            elif form == AS_VAL_TYPES:
                text += self._val_types(value)
            elif form == AS_BLOCK_TYPE:
                text += self._block_type(value)
            elif form == AS_TRY_TABLE:
                text += self._try_table(value)
            elif form == AS_OPTIONAL_ORDERING:
                assert isinstance(value, int)
                text += self._number(AS_ORDERING, value) if value else ""
            else:
                raise unknown_kind(kind)
        return text

    def _index(self, row: Row, kind: Kind, value: int, values: list[Immediate]) -> str:
        """An index by the name of what it means, or a number."""
        w = self.w
        state = self.state
        space = kind.space
        if space == "":
            return f" {value}"
        if space == "label":
            return self._label(value)
        if space == "local":
            naming = state.local_names.get(state.counts[CORE_FUNC], {}).get(value)
        elif space == "field":
            # The type is the immediate before.
            type_ = values[row.immediates.split().index("type")]
            assert isinstance(type_, int)
            naming = state.field_names.get(type_, {}).get(value)
        else:
            return state.spaced_reference(w, SPACES[space], value)
        if naming is None and w.synthesize:
            return f" {w.name}$#{space}{value}{w.reset}"
        return f" {w.name}{value if naming is None else naming.identifier}{w.reset}"

    def _number(self, form: int, value: int) -> str:
        w = self.w
        if form == AS_S32 or form == AS_S64:
            return f"{w.literal} {value}{w.reset}"
        if form == AS_LANE:
            return f" {value}"
        if form == AS_ORDERING:
            return f" {ORDERINGS[value]}"
        assert form == AS_F32 or form == AS_F64
        sign, digits, decimal = float_text(value, F32_MANTISSA if form == AS_F32 else F64_MANTISSA)
        special = digits[0] == "i" or digits[0] == "n"
        gap = f" {w.comment}" if special else f"{w.comment} "
        return f" {sign}{w.literal}{digits}{gap}(;={decimal};){w.reset}"

    def _heap_type(self, row: Row, value: int, before: str) -> str:
        """A heap type; for most instructions a reference type, which is not written at all where it is too large."""
        w = self.w
        if row.key == 0xD0:  # ref.null
            return " " + heap_type_text(w, self.state, value)
        if value >> 8 > MAX_TYPE_INDEX:
            w.out.append(before + " ")
            raise error("implementation limit: type index too large")
        # Of two rows with a name, the second is for nullable references.
        nullable = by_name()[row.name] is not row
        return " " + ref_type_text(w, self.state, value | (REF | NULLABLE if nullable else REF))

    def _memarg(self, kind: Kind, value: Immediate) -> str:
        assert isinstance(value, MemArg)
        text = ""
        if value.array >= 0:
            text += f" {self.w.group('type ', self.state.reference(self.w, CORE_TYPE, value.array))}"
        elif value.memory:
            text += self.state.spaced_reference(self.w, CORE_MEMORY, value.memory)
        if value.offset:
            text += f" offset={value.offset}"
        if value.align != kind.align:
            text += f" align={1 << value.align}"
        if value.ordering >= 0:
            text += f" {ORDERINGS[value.ordering]}"
        return text

    def _cast(self, value: Immediate) -> str:
        assert isinstance(value, Cast)
        w = self.w
        from_type = ref_type_text(w, self.state, value.from_type)
        return f"{self._label(value.label)} {from_type} {ref_type_text(w, self.state, value.to_type)}"

    def _handlers(self, value: Immediate) -> str:
        assert isinstance(value, ResumeTable)
        w = self.w
        text = ""
        for clause, tag, label in value.handlers:
            target = " switch" if clause == ON_SWITCH else self._label(label)
            text += " " + w.group("on", self.state.spaced_reference(w, CORE_TAG, tag) + target)
        return text

    def _vector(self, value: Immediate) -> str:
        assert isinstance(value, bytes)
        w = self.w
        words = [int.from_bytes(value[k : k + 4], "little") for k in range(0, 16, 4)]
        return w.type_keyword(" i32x4") + w.literal + "".join([f" 0x{word:08x}" for word in words]) + w.reset

    def _val_types(self, value: Immediate) -> str:
        assert isinstance(value, tuple)
        types = [val_type_text(self.w, self.state, type_) for type_ in value]
        if len(types) == 1:
            return " " + self.w.group("result ", types[0])
        return " " + self.w.group("result", "".join([" " + type_text for type_text in types]))


def _operators_remain(pos: int) -> WasmToolsError:
    return binary_error(pos, "operators remaining after end of function body or expression")
