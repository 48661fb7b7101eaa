"""LEB128 numbers, names, vectors and sections, the shortest form of each, and core types."""

from __future__ import annotations

from pywasmtools.wasm.types import (
    BLOCK_EMPTY,
    CONCRETE,
    EXACT,
    NULLABLE,
    REF,
    SHARED,
    ArrayType,
    FuncType,
    GlobalType,
    MemoryType,
    StructType,
    SubType,
    TableType,
    TagType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pywasmtools.wasm.types import BlockType, HeapType, RefType, StorageType


def var_u32(value: int) -> bytes:
    """An unsigned LEB128 number, of any size."""
    if value < 0x80:
        return _ONE_BYTE[value]
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


_ONE_BYTE = [bytes((byte,)) for byte in range(0x80)]


def var_s64(value: int) -> bytes:
    """A signed LEB128 number, of any size: 32, 33 and 64 bits are encoded alike."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if (value == 0 and byte < 0x40) or (value == -1 and byte >= 0x40):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def name(text: str) -> bytes:
    """A name: its size in bytes, and UTF-8."""
    data = text.encode("utf-8")
    return var_u32(len(data)) + data


def sized(data: bytes | bytearray) -> bytes:
    """Bytes after their size."""
    return var_u32(len(data)) + data


def vector(items: Sequence[bytes | bytearray]) -> bytes:
    """Encoded items after their number."""
    return var_u32(len(items)) + b"".join(items)


def section(id_: int, content: bytes | bytearray) -> bytes:
    """A section: id, size, content."""
    return section_head(id_, len(content)) + content


def section_head(id_: int, size: int) -> bytes:
    """What stands before a section's content of so many bytes: its id and size."""
    return bytes((id_,)) + var_u32(size)


def custom_section(section_name: str, data: bytes | bytearray) -> bytes:
    """A custom section."""
    return section(0, name(section_name) + data)


def name_map(names: Sequence[tuple[int, str]]) -> bytes:
    """A name map: indices and their names."""
    return var_u32(len(names)) + b"".join([var_u32(index) + name(text) for index, text in names])


# ------------------------------------------------------------------------------- types


def write_heap_type(out: bytearray, heap: HeapType) -> None:
    """Encodes a heap type; concrete ones by their index, whatever its space."""
    if heap & CONCRETE == 0:
        if heap & SHARED:
            out.append(0x65)
        out.append(heap >> 8)
    elif heap & EXACT:
        out.append(0x62)
        out += var_u32(heap >> 8)
    else:
        out += var_s64(heap >> 8)


def write_ref_type(out: bytearray, ref: RefType) -> None:
    """Encodes a reference type, in the short form where it is nullable and abstract."""
    if ref & CONCRETE == 0 and ref & NULLABLE:
        if ref & SHARED:
            out.append(0x65)
        out.append(ref >> 8)
        return
    out.append(0x63 if ref & NULLABLE else 0x64)
    write_heap_type(out, ref & ~(REF | NULLABLE))


def write_val_type(out: bytearray, type_: StorageType) -> None:
    """Encodes a value type, or a packed storage type."""
    if type_ & REF:
        write_ref_type(out, type_)
    else:
        out.append(type_)


def write_block_type(out: bytearray, block: BlockType) -> None:
    """Encodes a block type."""
    if block < 0:
        out += var_s64(~block)
    elif block == BLOCK_EMPTY:
        out.append(BLOCK_EMPTY)
    else:
        write_val_type(out, block)


def write_func_type(out: bytearray, func: FuncType) -> None:
    """Encodes a function type with its leading byte."""
    out.append(0x60)
    out += var_u32(len(func.params))
    for type_ in func.params:
        write_val_type(out, type_)
    out += var_u32(len(func.results))
    for type_ in func.results:
        write_val_type(out, type_)


def write_sub_type(out: bytearray, sub: SubType, in_component: bool = False) -> None:
    """Encodes a defined type; `in_component` marks an open one as a component's core type section wants it."""
    if sub.supertypes or not sub.is_final:
        if in_component and not sub.is_final:
            out.append(0x00)
        out.append(0x4F if sub.is_final else 0x50)
        out += var_u32(len(sub.supertypes))
        for supertype in sub.supertypes:
            out += var_u32(supertype >> 8)
    composite = sub.composite
    if composite.shared:
        out.append(0x65)
    if composite.describes is not None:
        out.append(0x4C)
        out += var_u32(composite.describes >> 8)
    if composite.descriptor is not None:
        out.append(0x4D)
        out += var_u32(composite.descriptor >> 8)
    inner = composite.inner
    if isinstance(inner, FuncType):
        write_func_type(out, inner)
    elif isinstance(inner, ArrayType):
        out.append(0x5E)
        write_val_type(out, inner.field.element_type)
        out.append(1 if inner.field.mutable else 0)
    elif isinstance(inner, StructType):
        out.append(0x5F)
        out += var_u32(len(inner.fields))
        for field in inner.fields:
            write_val_type(out, field.element_type)
            out.append(1 if field.mutable else 0)
    else:
        out.append(0x5D)
        out += var_s64(inner.func >> 8)


def write_table_type(out: bytearray, table: TableType) -> None:
    """Encodes a table type."""
    write_ref_type(out, table.element_type)
    flags = 0 if table.maximum is None else 0b001
    if table.shared:
        flags |= 0b010
    if table.table64:
        flags |= 0b100
    out.append(flags)
    out += var_u32(table.initial)
    if table.maximum is not None:
        out += var_u32(table.maximum)


def write_memory_type(out: bytearray, memory: MemoryType) -> None:
    """Encodes a memory type."""
    flags = 0 if memory.maximum is None else 0b0001
    if memory.shared:
        flags |= 0b0010
    if memory.memory64:
        flags |= 0b0100
    if memory.page_size_log2 is not None:
        flags |= 0b1000
    out.append(flags)
    out += var_u32(memory.initial)
    if memory.maximum is not None:
        out += var_u32(memory.maximum)
    if memory.page_size_log2 is not None:
        out += var_u32(memory.page_size_log2)


def write_global_type(out: bytearray, global_: GlobalType) -> None:
    """Encodes a global type."""
    write_val_type(out, global_.content_type)
    out.append((1 if global_.mutable else 0) | (2 if global_.shared else 0))


def write_entity_type(out: bytearray, kind: int, type_: int | TableType | MemoryType | GlobalType | TagType) -> None:
    """Encodes an external kind and the type after it, as in imports."""
    out.append(kind)
    if isinstance(type_, TableType):
        write_table_type(out, type_)
    elif isinstance(type_, MemoryType):
        write_memory_type(out, type_)
    elif isinstance(type_, GlobalType):
        write_global_type(out, type_)
    elif isinstance(type_, TagType):
        out.append(0)
        out += var_u32(type_.func_type)
    else:
        out += var_u32(type_)
