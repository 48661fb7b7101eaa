"""Expressions in text, flat and folded, to code: in one pass, with a list of what later names must fill in.

What names nothing, and names that are known already (locals, labels, items above), is encoded at once. The rest
leaves a gap in the code and a `Fixup`, in the order in which the reference resolves: of several faults the first
one counts. Nesting is held on a stack of levels, never on Python's.

Plain instructions, a line each or folded, as printers write them, go a faster way: without tokens, and looked up by
how they are written. Whatever is not plain is left to the careful way, which has the errors.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.immediates import AS_F32, AS_LANE, AS_LANES, AS_S32, AS_S64, AS_V128, HAS_MEMORY, ORDERINGS
from pywasmtools.wasm.types import BLOCK_EMPTY
from pywasmtools.wasm.writer import var_s64, var_u32
from pywasmtools.wat.core.instructions import (
    BLOCK,
    BLOCK_TYPE,
    DELEGATE,
    ELSE,
    END,
    FAULT,
    HOW_INDEX,
    HOW_MEMARG,
    HOW_NUMBER,
    HOW_OPTIONAL,
    HOW_SEVERAL,
    HOW_SIMPLE,
    LABEL,
    LOCAL,
    LOOK_UP,
    MEMORY,
    NAMED_TYPE,
    OPS,
    PLAIN,
    SHAPES,
    SIMPLE,
    TRY_TABLE,
    TYPE,
    TYPE_USE,
    Expression,
    Instruction,
    Op,
    Scope,
    named_memarg_bytes,
    named_type_bytes,
    parse_instruction,
    vector_bytes,
)
from pywasmtools.wat.core.types import NamedRef, TypeUse
from pywasmtools.wat.cursor import Id, Parser
from pywasmtools.wat.lexer import FLOAT, IDCHARS, INTEGER, KEYWORD, LPAREN, RPAREN, number_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wat.core.instructions import Part

# How a folded instruction is left: see `ExpressionParser`.
_PUSH: Final = 0
_IF_CLAUSE: Final = 1
_IF_THEN: Final = 2
_IF_ELSE: Final = 3
_ARM: Final = 4
_HINT: Final = 5

_NO_LEVEL: Final[tuple[int, bytes | Instruction | None, int, int]] = (_HINT, None, -1, -1)

_END: Final = OPS[b"end"].opcode
_ELSE: Final = OPS[b"else"].opcode


class ExpressionParser:
    """Parses an expression, up to the parenthesis that closes what it is in.

    `levels` are the folded instructions that are open: how each is left, its instruction (None: `end`), its place in
    the text (-1: that of its parenthesis), its branch hint (-1: none).
    """

    __slots__ = (
        "blocks",
        "expression",
        "forward",
        "hint",
        "label_at",
        "levels",
        "p",
        "quick",
        "scope",
        "track",
    )

    def __init__(self, p: Parser, scope: Scope) -> None:
        self.p = p
        self.scope = scope
        self.expression = Expression()
        self.levels: list[tuple[int, bytes | Instruction | None, int, int]] = []
        self.blocks: list[str | None] = []
        self.label_at: dict[str, list[int]] = {}
        """Where in `blocks` each name is, the innermost last."""
        self.hint = -1
        self.track = p.dwarf is not None
        self.forward: tuple[int, str, int] | None = None
        """What a line names that is not known yet: goes after its code."""
        self.quick = p.plain_blanks and p.dwarf is None
        """Whether folded instructions may go without tokens."""

    def parse(self) -> Expression:
        """All that comes."""
        p = self.p
        levels = self.levels
        while True:
            kind = p.kind
            if kind == KEYWORD:
                top = levels[-1][0] if levels else _PUSH
                if top == _IF_CLAUSE or top == _IF_THEN or top == _IF_ELSE:
                    raise p.error("expected `(`")
                if self.hint < 0 and p.start >= p.no_lines_before and self._lines():
                    continue
                span = p.start
                instruction = parse_instruction(p)
                hint = self.hint
                self.hint = -1
                self._push(instruction, span, hint)
            elif kind == LPAREN:
                if self.quick and self.hint < 0 and self._folded():
                    continue
                p.advance()
                if levels and _IF_CLAUSE <= levels[-1][0] <= _IF_ELSE and self._if_arm():
                    continue
                if p.kind == KEYWORD:
                    simple = SIMPLE.get(p.word)
                    if simple is not None:
                        levels.append((_PUSH, simple, p.start, self.hint))
                        self.hint = -1
                        p.advance()
                        continue
                elif p.peek_annotation(b"metadata.code.branch_hint"):
                    self._branch_hint()
                    continue
                self._open()
            elif kind == RPAREN and levels:
                self._close()
            elif p.is_empty() and not levels:
                break
            else:
                if levels and _IF_CLAUSE <= levels[-1][0] <= _IF_ELSE and not p.is_empty():
                    raise p.error("expected `(`")
                raise p.error("expected an instruction")
        if self.hint >= 0:
            raise self._misplaced_hint()
        return self.expression

    def _close(self) -> None:
        """The parenthesis that closes a folded instruction, an arm of one, or a hint."""
        p = self.p
        span = p.start
        how, closed, at, hint = self.levels.pop()
        p.advance()
        if how != _HINT and self.hint >= 0:
            raise self._misplaced_hint()
        if how == _PUSH:
            if closed is None:
                closed = Instruction(END, [_END])
            if isinstance(closed, bytes) and hint < 0 and not self.track:
                self.expression.code += closed
            else:
                self._push(closed, span if at < 0 else at, hint)
        elif how == _IF_CLAUSE:
            raise p.error_here("previous `if` had no `then`")
        elif how == _IF_THEN or how == _IF_ELSE:
            self._push(Instruction(END, [_END]), span, -1)

    def parse_folded(self) -> Expression:
        """One folded instruction. Blocks are not told from others here."""
        p = self.p
        levels = self.levels
        while True:
            if p.peek(LPAREN):
                p.advance()
                span = p.start
                levels.append((_PUSH, parse_instruction(p), span, -1))
            elif levels and p.kind == RPAREN:
                p.advance()
                _, closed, span, _ = levels.pop()
                assert closed is not None
                self._push(closed, span, -1)
                if not levels:
                    return self.expression
            else:
                raise p.error("expected to continue a folded instruction")

    def push_last(self, instruction: bytes | Instruction) -> Expression:
        """Adds an instruction that was parsed before."""
        self._push(instruction, 0, -1)
        return self.expression

    # --------------------------------------------------------------------------- folded instructions

    def _open(self) -> None:
        """A folded instruction, past its opening parenthesis."""
        p = self.p
        span = p.start
        hint = self.hint
        self.hint = -1
        instruction = parse_instruction(p)
        if isinstance(instruction, Instruction):
            if instruction.kind == BLOCK and instruction.opcode == 0x04:  # if
                self.levels.append((_IF_CLAUSE, instruction, span, hint))
                return
            if (instruction.kind == BLOCK and instruction.opcode != 0x06) or instruction.kind == TRY_TABLE:  # try
                self._push(instruction, span, hint)
                self.levels.append((_PUSH, None, -1, -1))
                return
        self.levels.append((_PUSH, instruction, span, hint))

    def _if_arm(self) -> bool:
        """What a `(` inside a folded `if` opens: true for `then` and `else`, false for one of its conditions."""
        p = self.p
        how, instruction, span, hint = self.levels[-1]
        if how == _IF_CLAUSE:
            if not p.peek_keyword(b"then"):
                return False
            if self.hint >= 0:
                raise self._misplaced_hint()
            p.advance()
            assert instruction is not None
            self.levels[-1] = (_IF_THEN, None, -1, -1)
            self._push(instruction, span, hint)
        elif how == _IF_THEN:
            span = p.keyword(b"else")
            self.levels[-1] = (_IF_ELSE, None, -1, -1)
            self._push(Instruction(ELSE, [_ELSE]), span, -1)
        else:
            raise p.error_here("unexpected token: too many payloads inside of `(if)`")
        self.levels.append((_ARM, None, -1, -1))
        return True

    def _branch_hint(self) -> None:
        p = self.p
        p.annotation(b"metadata.code.branch_hint")
        hint = p.name()
        if hint != "\0" and hint != "\1":
            raise p.error_here("invalid value for branch hint")
        if self.hint >= 0:
            raise p.error_here("@metadata.code.branch_hint annotation: duplicate annotation")
        self.hint = ord(hint)
        self.levels.append((_HINT, None, -1, -1))

    def _misplaced_hint(self) -> WasmToolsError:
        return self.p.error_here("@metadata.code.branch_hint annotation: must precede an instruction")

    # --------------------------------------------------------------------------- into code

    def _push(self, instruction: bytes | Instruction, span: int, hint: int) -> None:
        """Puts an instruction at the end of the code, and resolves what can be."""
        expression = self.expression
        code = expression.code
        if hint >= 0:
            expression.hints.append((len(code), hint))
        if self.track:
            expression.spans.append((len(code), span))
        if isinstance(instruction, bytes):
            code += instruction
            return
        kind = instruction.kind
        if instruction.uses_data:
            expression.needs_data_count = True
        if kind == PLAIN:
            self._push_parts(instruction.parts)
        elif kind == BLOCK:
            self._enter(instruction.label, instruction.label_name)
            self._push_parts(instruction.parts)
        elif kind == TRY_TABLE:
            self._push_parts(instruction.parts)
            self._enter(instruction.label, instruction.label_name)
        elif kind == DELEGATE:
            self._leave()
            self._push_parts(instruction.parts)
        else:
            label = instruction.label
            if self.blocks:
                block = self.blocks[-1]
                if kind == END:
                    self._leave()
                if label is not None and label.name != block:
                    expression.fixups.append((len(code), FAULT, "mismatching labels between end and block", label.span))
            code += _END if kind == END else _ELSE

    def _enter(self, label: Id | None, label_name: str | None) -> None:
        """Into a block. Its name in the name section is the annotation's, where there is one."""
        expression = self.expression
        name = label.name if label is not None else None
        shown = label_name if label_name is not None else name
        if shown is not None:
            expression.labels.append((expression.label_count, shown))
        expression.label_count += 1
        if name is not None:
            places = self.label_at.get(name)
            if places is None:
                self.label_at[name] = [len(self.blocks)]
            else:
                places.append(len(self.blocks))
        self.blocks.append(name)

    def _leave(self) -> None:
        """Out of a block, where one is open."""
        if self.blocks:
            name = self.blocks.pop()
            if name is not None:
                self.label_at[name].pop()

    def _push_parts(self, parts: list[Part]) -> None:
        expression = self.expression
        code = expression.code
        before = len(expression.fixups)
        for part in parts:
            if isinstance(part, bytes):
                code += part
                continue
            kind, said, span = part
            if kind <= LABEL:
                if isinstance(said, tuple):
                    name, memarg_kind, memarg = said
                    index = self._known(kind, name)
                    if index >= 0:
                        code += named_memarg_bytes(memarg_kind, memarg, kind, index)
                        continue
                else:
                    assert isinstance(said, str)
                    index = self._known(kind, said)
                    if index >= 0:
                        code += var_u32(index)
                        continue
            elif kind == NAMED_TYPE:
                assert isinstance(said, NamedRef)
                index = self._known(TYPE, said.id.name)
                if index >= 0:
                    code += named_type_bytes(said, index)
                    continue
            elif kind == BLOCK_TYPE or kind == TYPE_USE:
                assert isinstance(said, TypeUse)
                use = said
                if use.index is not None and use.inline is None:
                    index = use.index.number if use.index.id is None else self._known(TYPE, use.index.id.name)
                    if index >= 0:
                        code += var_s64(index) if kind == BLOCK_TYPE else var_u32(index)
                        continue
            expression.fixups.append((len(code), kind, said, span))
        if len(expression.fixups) - before > 1:
            self._in_resolving_order(parts, before)

    def _in_resolving_order(self, parts: list[Part], before: int) -> None:
        """Has the last of an instruction's two names looked up before the other, where the reference does."""
        fixups = self.expression.fixups
        head = parts[0]
        assert isinstance(head, bytes)
        cast = head[0] == 0xFB and fixups[-1][1] == NAMED_TYPE and fixups[-2][1] == NAMED_TYPE
        # A cast's target before its source; an indirect call's table before its type; the source of a memory copied
        # before its destination.
        if cast or fixups[before][1] == TYPE_USE or head == OPS[b"memory.copy"].opcode:
            place, kind, said, span = fixups[-1]
            fixups.insert(len(fixups) - 2, (place, LOOK_UP, (kind, said), span))

    def _known(self, space: int, name: str) -> int:
        """The index of a name, or -1 where it is not known yet, or not at all."""
        if space == LABEL:
            places = self.label_at.get(name)
            return len(self.blocks) - 1 - places[-1] if places else -1
        if space == LOCAL:
            return self.scope.locals.get(name.encode(), -1)
        return self.scope.spaces[space].get(name.encode(), -1)

    # --------------------------------------------------------------------------- lines

    def _lines(self) -> bool:
        """Takes lines of one plain instruction each, as far as they go. False where there is none of these."""
        p = self.p
        data = p.data
        known = p.known_lines
        expression = self.expression
        code = expression.code
        pos = p.start
        taken = -1
        before = (-1, 0, b"", 0)
        while True:
            end = data.find(b"\n", pos)
            if end < 0 or end - pos > MAX_LINE:
                break
            fixups = len(expression.fixups)
            line = data[pos:end].strip()
            encoded = known.get(line)
            if encoded is None:
                if not line or (line[:2] == b";;" and line.isascii()):
                    pos = end + 1
                    continue
                encoded = self._line(line, pos, end)
                if not encoded:
                    break
            if self.track:
                expression.spans.append((len(code), pos + data[pos:end].find(line)))
            before = (taken, len(code), line, fixups)
            code += encoded
            if self.forward is not None:
                expression.fixups.append((len(code), *self.forward))
                self.forward = None
            taken = end
            pos = end + 1
        if taken >= 0 and _takes_more(before[2], data[pos : pos + 4096].lstrip()):
            # What comes next may belong to the last line.
            taken = before[0]
            del code[before[1] :]
            del expression.fixups[before[3] :]
            if self.track:
                expression.spans.pop()
        if taken < 0:
            # Not before the next line again.
            end = data.find(b"\n", p.start)
            for _ in range(p.missed_lines):
                if end >= 0:
                    end = data.find(b"\n", end + 1)
            p.no_lines_before = len(data) if end < 0 else end
            if p.missed_lines < MAX_MISSED_LINES:
                p.missed_lines += 1
            return False
        p.missed_lines = 0
        p.goto(taken)
        return True

    def _line(self, line: bytes, start: int, end: int) -> bytes:
        """The code of a line that is not known, and lies in `start..end`; empty where it takes a careful look."""
        data = self.p.data
        if line == b"end":
            if _goes_on(data, end):
                return b""
            self._leave()
            return _END
        if line == b"else":
            return b"" if _goes_on(data, end) else _ELSE
        words = line.split()
        if words[0] in _BLOCKS:
            return self._plain_block(words, line) if _stands_alone(data, end) else b""
        whole = line
        if line.find(b";;") >= 0 and line.isascii():
            line = line[: line.find(b";;")].rstrip()
            words = line.split()
        if 0x24 in line:
            place = start + data[start:end].find(line)
            return self._quick(words, place) or self._several(words, place, end, b"")
        if len(words) == 1:
            op = OPS.get(line)
            if op is not None and op.how == HOW_MEMARG:
                # Its code depends on what follows: not to be remembered.
                return op.opcode + bytes((op.align, 0)) if _stands_alone(data, end) else b""
        encoded = self._quick(words, -1)
        if not encoded:
            return self._several(words, -1, end, whole)
        known = self.p.known_lines
        if len(known) < MAX_KNOWN_LINES:
            known[whole] = encoded
        return encoded

    def _several(self, words: list[bytes], place: int, end: int, whole: bytes) -> bytes:
        """The code of a line of several instructions; empty where one takes a careful look.

        `end` is where the line ends; `whole` is what to remember it by. Names that are not known yet are noted
        as if the line were added next; it stands at `place`, if it has names.
        """
        data = self.p.data
        if self.track:
            return b""
        code = bytearray()
        fixups: list[tuple[int, int, str, int]] = []
        at = len(self.expression.code)
        count = len(words)
        passed = k = 0
        while k < count:
            op = OPS.get(words[k])
            if op is None:
                return b""
            first = k
            k += 1
            if op.how == HOW_SIMPLE:
                code += op.opcode
                continue
            while k < count and words[k] not in OPS:
                k += 1
            if op.how == HOW_MEMARG or op.how == HOW_OPTIONAL:
                # Its code depends on what follows: here it is before an instruction, and no `type` comes second.
                if k == count:
                    if not _stands_alone(data, end):
                        return b""
                    whole = b""
                elif first + 1 == k:
                    second = words[k + 1] if k + 1 < count else data[end : end + 128].lstrip()
                    if not second or second[0] not in _HARMLESS:
                        return b""
                    if k + 1 == count:
                        whole = b""
            if first + 1 < k:
                encoded = self._quick(words[first:k], place)
                if not encoded:
                    return b""
                code += encoded
            elif op.how == HOW_MEMARG:
                code += op.opcode + bytes((op.align, 0))
            elif op.how == HOW_OPTIONAL:
                code += op.opcode + b"\0"
            else:
                return b""
            forward = self.forward
            if forward is not None:
                self.forward = None
                for word in words[passed : first + 2]:
                    place = data.find(word, place) + len(word)
                passed = first + 2
                fixups.append((at + len(code), forward[0], forward[1], place - len(words[first + 1])))
        self.expression.fixups += fixups
        known = self.p.known_lines
        if whole and len(known) < MAX_KNOWN_LINES:
            known[whole] = bytes(code)
        return bytes(code)

    def _plain_block(self, words: list[bytes], line: bytes) -> bytes:
        """The code of a block without name and type, with a comment or none; empty for anything else."""
        if len(words) > 1 and not (words[1].startswith(b";;") and line.isascii()):
            return b""
        self.expression.label_count += 1
        self.blocks.append(None)
        return _BLOCKS[words[0]]

    def _folded(self) -> bool:
        """Takes folded instructions as far as they are plain. False where there is none of these."""
        p = self.p
        data = p.data
        size = len(data)
        known = p.known_lines
        levels = self.levels
        code = self.expression.code
        pos = p.start
        done = pos
        while pos < size and not (levels and _IF_THEN <= levels[-1][0] <= _IF_ELSE):
            byte = data[pos]
            if byte == 0x28:
                close = data.find(b")", pos, pos + 128)
                inner = data.find(b"(", pos + 1, pos + 128 if close < 0 else close)
                stop = inner if inner >= 0 else close
                if stop < 0 or (inner >= 0 and data[inner + 1 : inner + 2] in (b";", b"@")):
                    break
                head = data[pos + 1 : stop].strip()
                encoded = known.get(head)
                if encoded is None:
                    encoded = self._head(head, inner >= 0, pos)
                    if not encoded:
                        break
                forward = self.forward
                if forward is not None:
                    self.forward = None
                if inner >= 0:
                    levels.append(
                        (_PUSH, encoded if forward is None else Instruction(PLAIN, [encoded, forward]), 0, -1)
                    )
                    pos = stop
                else:
                    code += encoded
                    if forward is not None:
                        self.expression.fixups.append((len(code), *forward))
                    pos = stop + 1
            elif byte == 0x29:
                how, closed, _, hint = levels[-1] if levels else _NO_LEVEL
                if how != _PUSH or hint >= 0:
                    break
                levels.pop()
                if isinstance(closed, bytes):
                    code += closed
                else:
                    self._push(Instruction(END, [_END]) if closed is None else closed, 0, -1)
                pos += 1
            elif byte == 0x20 or byte == 0x0A:
                pos += 1
                if pos < size and data[pos] == 0x20:
                    chunk = data[pos : pos + 256]
                    pos += len(chunk) - len(chunk.lstrip(b" "))
                continue
            else:
                break
            done = pos
        if done == p.start:
            return False
        p.goto(done)
        return True

    def _head(self, head: bytes, is_open: bool, place: int) -> bytes:
        """The code of a folded instruction that is not known, by what stands before its first parenthesis inside.

        Empty where it takes a careful look. `is_open` is whether there is one.
        """
        if not head:
            return b""
        words = head.split()
        if 0x24 in head:
            # Labels count from where the instruction ends up.
            return b"" if is_open and words[0] in _BRANCHES else self._quick(words, place)
        encoded = self._quick(words, -1)
        if encoded:
            known = self.p.known_lines
            if len(known) < MAX_KNOWN_LINES:
                known[head] = encoded
        return encoded

    def _quick(self, words: list[bytes], place: int) -> bytes:
        """The code of an instruction by its words; empty where it takes a careful look.

        Names of items that are not known yet go to `forward`. `place` is where the line is, if it has names.
        """
        op = OPS.get(words[0])
        if op is None:
            return b""
        count = len(words)
        if count == 1:
            return op.opcode if op.how == HOW_SIMPLE else b""
        if count == 3 and _is_comment(words[2]):
            count = 2
        argument = words[1]
        how = op.how
        if how == HOW_INDEX or how == HOW_OPTIONAL:
            if count != 2 or op.uses_data:
                return b""
            if argument.isdigit() and len(argument) < 9:
                return op.opcode + var_u32(int(argument))
            if argument[0] != 0x24 or len(argument) == 1 or argument.translate(None, IDCHARS):
                return b""
            name = argument[1:]
            space = op.space
            if space == LABEL:
                places = self.label_at.get(name.decode())
                return op.opcode + var_u32(len(self.blocks) - 1 - places[-1]) if places else b""
            if space == LOCAL:
                index = self.scope.locals.get(name, -1)
            else:
                index = self.scope.spaces[space].get(name, -1)
                if index < 0 and place >= 0:
                    self.forward = (space, name.decode(), self.p.data.find(argument, place))
                    return op.opcode
            return op.opcode + var_u32(index) if index >= 0 else b""
        if how == HOW_MEMARG:
            return self._quick_memarg(op, words)
        if how == HOW_NUMBER and count == 2:
            return _quick_number(op, argument)
        if how == HOW_SEVERAL and len(op.kinds) == 1:
            return _quick_lanes(op, words)
        return b""

    def _quick_memarg(self, op: Op, words: list[bytes]) -> bytes:
        offset = 0
        align = op.align
        memory = 0
        at = 1
        argument = words[1]
        if argument[0] == 0x24:
            memory = -1 if argument.translate(None, IDCHARS) else self.scope.spaces[MEMORY].get(argument[1:], -1)
            if memory < 0:
                return b""
            at = 2
        elif argument.isdigit() and len(argument) < 9:
            memory = int(argument)
            at = 2
        if at < len(words) and words[at].startswith(b"offset="):
            digits = words[at][7:]
            if not digits.isdigit() or len(digits) > 18:
                return b""
            offset = int(digits)
            at += 1
        if at < len(words) and words[at].startswith(b"align="):
            power = words[at][6:]
            if power not in _ALIGNMENTS:
                return b""
            align = _ALIGNMENTS[power]
            at += 1
        if at < len(words):
            return b""
        if memory:
            return op.opcode + var_u32(align | HAS_MEMORY) + var_u32(memory) + var_u32(offset)
        return op.opcode + var_u32(align) + var_u32(offset)


_BLOCKS: Final = {name: OPS[name].opcode + bytes((BLOCK_EMPTY,)) for name in (b"block", b"loop", b"if")}
"""The code of blocks without a type."""
_MORE: Final = (b"(", b";", b"align=", b"offset=", b"type", *[word.encode() for word in ORDERINGS])
"""What a load or store may go on with on the next line, comments included."""
_BRANCHES: Final = frozenset((b"br", b"br_if", b"br_on_null", b"br_on_non_null", b"rethrow", b"delegate"))
_ALIGNMENTS: Final = {b"1": 0, b"2": 1, b"4": 2, b"8": 3, b"16": 4}
MAX_LINE: Final = 4096
"""How long a line with an instruction may be, in bytes, to be read as a whole."""
MAX_MISSED_LINES: Final = 8
"""How many lines are left to the careful way where those before were not plain."""
MAX_KNOWN_LINES: Final = 1 << 15
"""How many plain instructions are remembered by how they are written."""


def _quick_number(op: Op, word: bytes) -> bytes:
    """The code of a constant; empty where it takes a careful look."""
    form = op.form
    if form == AS_S32 or form == AS_S64:
        digits = word[1:] if word[0] == 0x2D else word
        if digits.isdigit() and len(digits) < (10 if form == AS_S32 else 19):
            return op.opcode + var_s64(int(word))
    elif number_kind(word) in (INTEGER, FLOAT):
        from pywasmtools.wat.floats import float_bits

        width = 32 if form == AS_F32 else 64
        bits = float_bits(word, width)
        if bits >= 0:
            return op.opcode + bits.to_bytes(width // 8, "little")
    return b""


def _quick_lanes(op: Op, words: list[bytes]) -> bytes:
    """The code of a vector instruction with a vector or lanes; empty where it takes a careful look."""
    form = op.form
    if form == AS_V128:
        width = SHAPES.get(words[1], 0)
        if width == 0 or len(words) != 2 + 128 // width:
            return b""
        return vector_bytes(op.opcode, words[2:], width, words[1][0] == 0x66)
    if (form == AS_LANES and len(words) == 17) or (form == AS_LANE and len(words) == 2):
        lanes = words[1:]
        if max(map(len, lanes)) < 4 and b"".join(lanes).isdigit():
            numbers = list(map(int, lanes))
            if max(numbers) < 256:
                return op.opcode + bytes(numbers)
    return b""


def _goes_on(data: bytes, end: int) -> bool:
    """Whether a label or a comment may follow the line that ends at `end`."""
    following = data[end : end + 4096].lstrip()
    return following[:1] in (b"$", b"(", b";", b"")


def _stands_alone(data: bytes, end: int) -> bool:
    """Whether nothing behind the load, store or block on the line that ends at `end` is part of it.

    So it is before an instruction, unless a word `type` comes second. A comment behind the instruction is passed over.
    """
    words = data[end : end + 128].split(None, 2)
    if len(words) < 2 or words[0] not in OPS:
        return False
    second = words[1]
    if second.startswith(b";;"):
        line_end = data.find(b"\n", data.find(b";;", end))
        second = data[line_end : line_end + 128].lstrip() or b";" if line_end >= 0 else second
    return second[0] in _HARMLESS


_HARMLESS: Final = b"abcdefghijklmnopqrsuvwxyz0123456789-$)"
"""What tokens other than `type` begin with, and comments don't."""


def _takes_more(line: bytes, following: bytes) -> bool:
    """Whether a line is a load or store that could go on with what follows it.

    It has an offset or an alignment. A `type` behind that, whatever it is to be, makes it an error.
    """
    if following and not following.startswith(_MORE):
        return False
    op = OPS.get(line.split()[0])
    return op is not None and op.how == HOW_MEMARG


def _is_comment(word: bytes) -> bool:
    """Whether a word is a block comment, and nothing else."""
    return (
        word.startswith(b"(;")
        and len(word) >= 4
        and word.find(b";)") == len(word) - 2
        and word.find(b"(;", 2) < 0
        and word.isascii()
    )
