"""A bounds-checked cursor over one `bytes` object; every error carries its offset.

`pos` is the offset of the next byte, counted from the start of `data`; a reader of a section, body or
expression is a window `start..end` of the same `data`, so that offsets in messages need no arithmetic.
What cannot be read raises a BINARY `WasmToolsError`.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.wasm.limits import MAX_WASM_STRING_SIZE
from pywasmtools.wasm.types import (
    BLOCK_EMPTY,
    CONCRETE,
    EXACT,
    HEAP_NAMES,
    MAX_TYPE_INDEX,
    NULLABLE,
    REF,
    SHARED,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.types import BlockType, HeapType, RefType, ValType

END_OF_FILE: Final = "unexpected end-of-file"
INDEX_TOO_LARGE: Final = "type index greater than implementation limits"


_SOME: Final = 32
"""So many numbers are looked at together."""
_STRETCH: Final = 0x2000
"""So many bytes are stepped over together."""
_ENDS: Final = bytes([byte < 0x80 for byte in range(256)])
"""1 for a byte that ends a number."""


class BinaryReader:
    """A cursor: reads from `pos` up to `end`. `start` is where its window began.

    `features` is a set as in `features.py`, -1 for all: a few things read differently without one.
    """

    __slots__ = ("data", "end", "features", "pos", "start")

    def __init__(self, data: bytes, pos: int = 0, end: int = -1, features: int = -1) -> None:
        self.data = data
        self.features = features
        self.start = pos
        self.pos = pos
        self.end = len(data) if end < 0 else end

    def clone(self) -> BinaryReader:
        """A second cursor at the same place of the same window."""
        reader = BinaryReader(self.data, self.start, self.end, self.features)
        reader.pos = self.pos
        return reader

    def remaining(self) -> bytes:
        """The bytes that were not read yet."""
        return self.data[self.pos : self.end]

    def eof(self) -> bool:
        return self.pos >= self.end

    def end_of_file(self) -> WasmToolsError:
        """The error that the window ends here."""
        return binary_error(self.pos, END_OF_FILE)

    # ------------------------------------------------------------------- bytes

    def u8(self) -> int:
        pos = self.pos
        if pos >= self.end:
            raise self.end_of_file()
        self.pos = pos + 1
        return self.data[pos]

    def peek(self) -> int:
        """The next byte, which stays unread."""
        pos = self.pos
        if pos >= self.end:
            raise self.end_of_file()
        return self.data[pos]

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        start = self.pos
        end = start + size
        if end > self.end:
            raise self.end_of_file()
        self.pos = end
        return self.data[start:end]

    def skip(self, size: int) -> None:
        """Steps over `size` bytes."""
        end = self.pos + size
        if end > self.end:
            raise self.end_of_file()
        self.pos = end

    def u32(self) -> int:
        """A little-endian number of four bytes."""
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        """A little-endian number of eight bytes. Floats are read as their bits, with `u32` and `u64`."""
        return int.from_bytes(self.take(8), "little")

    def boolean(self) -> bool:
        byte = self.u8()
        if byte > 1:
            raise binary_error(self.pos - 1, "invalid boolean value")
        return byte == 1

    # ------------------------------------------------------------------- LEB128

    def var_u32(self) -> int:
        pos = self.pos
        if pos >= self.end:
            raise self.end_of_file()
        data = self.data
        byte = data[pos]
        if byte < 0x80:
            self.pos = pos + 1
            return byte
        if pos + 1 < self.end and data[pos + 1] < 0x80:
            self.pos = pos + 2
            return byte & 0x7F | data[pos + 1] << 7
        self.pos = pos + 1
        result = byte & 0x7F
        shift = 7
        while True:
            byte = self.u8()
            result |= (byte & 0x7F) << shift
            if shift >= 25 and byte >> (32 - shift) != 0:
                problem = "integer representation too long" if byte & 0x80 else "integer too large"
                raise binary_error(self.pos - 1, f"invalid var_u32: {problem}")
            shift += 7
            if byte < 0x80:
                return result

    def var_u32s(self, count: int) -> list[int]:
        """So many numbers."""
        end = self.end
        data = self.data
        result: list[int] = []
        while count > 0:
            pos = self.pos
            some = min(count, _SOME)
            count -= some
            numbers = data[pos : pos + some]
            if pos + some <= end and numbers.isascii():
                # One byte each.
                result += numbers
                self.pos = pos + some
                continue
            for _ in range(some):
                if pos < end and data[pos] < 0x80:
                    result.append(data[pos])
                    pos += 1
                elif pos + 1 < end and data[pos + 1] < 0x80:
                    result.append(data[pos] & 0x7F | data[pos + 1] << 7)
                    pos += 2
                elif pos + 2 < end and data[pos + 2] < 0x80:
                    result.append(data[pos] & 0x7F | (data[pos + 1] & 0x7F) << 7 | data[pos + 2] << 14)
                    pos += 3
                else:
                    self.pos = pos
                    result.append(self.var_u32())
                    pos = self.pos
            self.pos = pos
        return result

    def skip_var_u32s(self, count: int) -> None:
        """Steps over so many numbers."""
        while count > 0:
            pos = self.pos
            ends = self.data[pos : min(pos + _STRETCH, self.end)].translate(_ENDS)
            long = ends.find(b"\0\0\0")
            if long >= 0:
                ends = ends[:long]
            known = ends.count(1)
            if known == 0:
                # Of four bytes or more, or cut.
                self.var_u32()
                count -= 1
            elif known <= count:
                self.pos = pos + ends.rfind(1) + 1
                count -= known
            else:
                self.pos = pos + len(ends) - len(ends.split(b"\1", count)[count])
                return

    def var_u64(self) -> int:
        pos = self.pos
        data = self.data
        if pos + 3 < self.end:
            # As most are: at most three bytes.
            if data[pos] < 0x80:
                self.pos = pos + 1
                return data[pos]
            if data[pos + 1] < 0x80:
                self.pos = pos + 2
                return data[pos] & 0x7F | data[pos + 1] << 7
            if data[pos + 2] < 0x80:
                self.pos = pos + 3
                return data[pos] & 0x7F | (data[pos + 1] & 0x7F) << 7 | data[pos + 2] << 14
        byte = self.u8()
        if byte < 0x80:
            return byte
        result = byte & 0x7F
        shift = 7
        while True:
            byte = self.u8()
            result |= (byte & 0x7F) << shift
            if shift >= 57 and byte >> (64 - shift) != 0:
                problem = "integer representation too long" if byte & 0x80 else "integer too large"
                raise binary_error(self.pos - 1, f"invalid var_u64: {problem}")
            shift += 7
            if byte < 0x80:
                return result

    def var_s32(self) -> int:
        byte = self.u8()
        if byte < 0x80:
            return byte - 0x80 if byte & 0x40 else byte
        return self._var_signed(byte & 0x7F, 32, "var_i32")

    def var_s64(self) -> int:
        byte = self.u8()
        if byte < 0x80:
            return byte - 0x80 if byte & 0x40 else byte
        return self._var_signed(byte & 0x7F, 64, "var_i64")

    def var_s33(self) -> int:
        """A signed number of 33 bits: a type index, or an abstract type where it is negative."""
        byte = self.u8()
        if byte < 0x80:
            return byte - 0x80 if byte & 0x40 else byte
        return self._var_signed(byte & 0x7F, 33, "var_s33")

    def _var_signed(self, result: int, bits: int, name: str) -> int:
        """The rest of a signed number whose first byte had a continuation bit."""
        shift = 7
        last = bits - 7
        while True:
            byte = self.u8()
            result |= (byte & 0x7F) << shift
            if shift >= last:
                # The last byte: what lies above the number's sign bit must repeat it.
                payload = byte & 0x7F
                if payload & 0x40:
                    payload -= 0x80
                rest = payload >> (bits - shift - 1)
                if byte & 0x80:
                    raise binary_error(self.pos - 1, f"invalid {name}: integer representation too long")
                if rest != 0 and rest != -1:
                    problem = "integer representation too long" if bits == 33 else "integer too large"
                    raise binary_error(self.pos - 1, f"invalid {name}: {problem}")
                result &= (1 << bits) - 1
                return result - (1 << bits) if result >> (bits - 1) else result
            shift += 7
            if byte < 0x80:
                return result - (1 << shift) if byte & 0x40 else result

    # ------------------------------------------------------------------- names, sizes, windows

    def string(self) -> str:
        """A name: UTF-8, at most 100000 bytes."""
        pos = self.pos
        if pos < self.end:
            size = self.data[pos]
            end = pos + 1 + size
            if size < 0x80 and end <= self.end:
                self.pos = end
                try:
                    return self.data[pos + 1 : end].decode("utf-8")
                except UnicodeDecodeError:
                    raise binary_error(end - 1, "malformed UTF-8 encoding") from None
        size = self.var_u32()
        if size > MAX_WASM_STRING_SIZE:
            raise binary_error(self.pos - 1, "string size out of bounds")
        return self._string(size)

    def unlimited_string(self) -> str:
        """A name of any size, as in custom sections."""
        return self._string(self.var_u32())

    def _string(self, size: int) -> str:
        start = self.pos
        end = start + size
        if end > self.end:
            raise self.end_of_file()
        self.pos = end
        try:
            return self.data[start:end].decode("utf-8")
        except UnicodeDecodeError:
            raise binary_error(end - 1, "malformed UTF-8 encoding") from None

    def skip_string(self) -> None:
        """Steps over a name without looking at its characters."""
        size = self.var_u32()
        if size > MAX_WASM_STRING_SIZE:
            raise binary_error(self.pos - 1, "string size out of bounds")
        self.skip(size)

    def size(self, limit: int, description: str) -> int:
        """A count of at most `limit`."""
        pos = self.pos
        size = self.var_u32()
        if size > limit:
            raise binary_error(pos, f"{description} size is out of bounds")
        return size

    def sized_reader(self) -> BinaryReader:
        """A size and that many bytes, as a window."""
        size = self.var_u32()
        start = self.pos
        self.skip(size)
        return BinaryReader(self.data, start, self.pos, self.features)

    def finish_section(self) -> None:
        """Called after the last item of a section: nothing may follow."""
        if self.pos < self.end:
            raise binary_error(self.pos, "section size mismatch: unexpected data at the end of the section")

    def invalid_leading_byte(self, byte: int, description: str) -> WasmToolsError:
        """The error that the byte just read begins no `description`."""
        return invalid_leading_byte(byte, description, self.pos - 1)

    # ------------------------------------------------------------------- types

    def val_type(self) -> ValType:
        """A value type."""
        pos = self.pos
        if pos >= self.end:
            raise self.end_of_file()
        byte = self.data[pos]
        if 0x7B <= byte <= 0x7F:
            self.pos = pos + 1
            return byte
        if 0x68 <= byte <= 0x75:
            self.pos = pos + 1
            return byte << 8 | REF | NULLABLE
        if (byte == 0x63 or byte == 0x64) and pos + 1 < self.end:
            heap = self.data[pos + 1]
            if heap < 0x40 or 0x68 <= heap <= 0x75:
                # An index of one byte, or an abstract heap type.
                self.pos = pos + 2
                return heap << 8 | (CONCRETE if heap < 0x40 else 0) | (REF | NULLABLE if byte == 0x63 else REF)
        return self._ref_type("invalid value type", "invalid value type", "invalid value type")

    def ref_type(self) -> RefType:
        """A reference type."""
        return self._ref_type("malformed reference type", "invalid heap type", "invalid abstract heap type")

    def _ref_type(self, malformed: str, invalid: str, invalid_shared: str) -> RefType:
        pos = self.pos
        byte = self.peek()
        if byte == 0x63 or byte == 0x64:
            self.pos = pos + 1
            heap = self._heap_type(invalid, invalid_shared)
            if heap >> 8 > MAX_TYPE_INDEX:
                raise binary_error(pos, "type index too large")
            return heap | (REF | NULLABLE if byte == 0x63 else REF)
        if byte == 0x62:
            raise binary_error(pos, "unexpected exact type")
        shared = 0
        if byte == 0x65:
            self.pos = pos + 1
            shared = SHARED
        return self._abstract_heap(malformed) | shared | REF | NULLABLE

    def heap_type(self) -> HeapType:
        """A heap type."""
        return self._heap_type("invalid heap type", "invalid abstract heap type")

    def _heap_type(self, invalid: str, invalid_shared: str) -> HeapType:
        start = self.pos
        index = self.var_s33()
        if index >= 0:
            if index > MAX_TYPE_INDEX:
                raise binary_error(self.pos, INDEX_TOO_LARGE)
            return index << 8 | CONCRETE
        # Negative: an abstract type, read from its byte.
        self.pos = start
        byte = self.data[start]
        if byte == 0x65:
            self.pos = start + 1
            return self._abstract_heap(invalid_shared) | SHARED
        if byte == 0x62:
            self.pos = start + 1
            return self.var_u32() << 8 | CONCRETE | EXACT
        return self._abstract_heap(invalid)

    def _abstract_heap(self, message: str) -> HeapType:
        byte = self.u8()
        if byte not in HEAP_NAMES:
            raise binary_error(self.pos - 1, message)
        return byte << 8

    def type_index(self) -> HeapType:
        """A type index as a concrete heap type, bounded as reference types need it."""
        index = self.var_u32()
        if index > MAX_TYPE_INDEX:
            raise binary_error(self.pos, INDEX_TOO_LARGE)
        return index << 8 | CONCRETE

    def memory_index(self) -> int:
        """The memory of an instruction that had a zero byte there before there were several."""
        return self.var_u32() if self.features < 0 else self._zero_or_index("multi-memory")

    def call_table(self) -> int:
        """The table of `call_indirect`, which had a zero byte there before there were several."""
        return self.var_u32() if self.features < 0 else self._zero_or_index("call-indirect-overlong")

    def _zero_or_index(self, feature: str) -> int:
        from pywasmtools.wasm.features import zero_or_index

        return zero_or_index(self, feature)

    def block_type(self) -> BlockType:
        """A block type: BLOCK_EMPTY, a value type, or `~index` of a function type."""
        byte = self.peek()
        if byte & 0xC0 == 0x40:
            if byte == 0x40:
                self.pos += 1
                return BLOCK_EMPTY
            return self.val_type()
        index = self.var_s33()
        if index < 0:
            raise binary_error(self.pos, "invalid function type")
        return ~index


def invalid_leading_byte(byte: int, description: str, offset: int) -> WasmToolsError:
    """The error that a byte at `offset` begins no `description`."""
    return binary_error(offset, f"invalid leading byte (0x{byte:x}) for {description}")
