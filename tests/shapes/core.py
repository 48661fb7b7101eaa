"""Shapes of core modules: bodies, types, constant expressions, segments, sections."""

from __future__ import annotations

from shapes import Case, shape
from shapes.encoder import (
    F64,
    FUNCREF,
    I32,
    I64,
    NEW,
    body,
    code,
    func_type,
    functions,
    module,
    name,
    one_function,
    s33,
    section,
    types,
    u32,
    vector,
)

CONST = b"\x41\1"
DROP = b"\x1a"

GC_TYPES = types(
    func_type(),
    b"\x5f\2\x7f\1\x7e\1",  # a struct
    b"\x5e\x7f\1",  # an array
    b"\x50\0\x5f\0",
    b"\x50\1\3\x5f\0",
)


def one(instructions: bytes, locals_: bytes = b"\0") -> Case:
    return {"m.wasm": one_function(instructions, locals_)}, NEW


def busy(instructions: bytes, locals_: bytes = b"\0") -> Case:
    """One function with types, a table, a memory, a tag, a global and segments about it."""
    return {
        "m.wasm": module(
            GC_TYPES,
            functions(1),
            section(4, b"\1\x70\0\1"),
            section(5, b"\1\0\1"),
            section(13, b"\1\0\0"),
            section(6, b"\1\x7f\1\x41\0\x0b"),
            section(9, b"\1\1\0\1\0"),
            section(12, b"\1"),
            code(body(instructions, locals_)),
            section(11, b"\1\1\1x"),
        )
    }, NEW


# ------------------------------------------------------------------------------- instructions


@shape(400_000)
def unreachable_additions(n: int) -> Case:
    """Additions after `unreachable`."""
    return one(b"\0" + b"\x6a" * n + DROP)


@shape(40_000)
def unreachable_others(n: int) -> Case:
    """Instructions of many kinds after `unreachable`, whose operands are missing."""
    return busy(b"\0" + (b"\x28\2\0\x1b\x1a\xd1\xfb\2\1\0\xfc\x0a\0\0\x40\0\x36\2\0\x0d\0\x24\0") * n)


@shape(200_000)
def flat_blocks(n: int) -> Case:
    return one(b"\2\x40\x0b" * n)


@shape(80_000)
def deep_ifs(n: int) -> Case:
    return one(b"\x41\0\4\x40" * n + b"\5\x0b" * n)


@shape(80_000)
def br_table_depths(n: int) -> Case:
    """A `br_table` that names each of n blocks."""
    table = b"\x0e" + u32(n) + b"".join(u32(k) for k in range(n + 1))
    return one(b"\2\x40" * n + b"\x41\0" + table + b"\x0b" * n)


@shape(60_000)
def branches(n: int) -> Case:
    """Blocks that are left by `br`, `return` and `throw`less ways, with results that are missing then."""
    return one((b"\2\x40\x0c\0\x0b\2\x40\x0f\x0b\2\x7f\0\x0b" + DROP) * n)


@shape(60_000)
def long_constants(n: int) -> Case:
    """Constants of the largest size."""
    return one((b"\x41\xff\xff\xff\xff\7" + DROP + b"\x42" + b"\x80" * 9 + b"\x7f" + DROP) * n)


@shape(60_000)
def references(n: int) -> Case:
    """References, structs, arrays and casts."""
    struct = CONST + b"\x42\1" + b"\xfb\0\1\xfb\2\1\0" + DROP
    array = CONST + CONST + b"\xfb\6\2\xfb\x0f" + DROP
    cast = b"\xd0\3\xfb\x17\4" + DROP
    return busy((struct + array + cast) * n)


@shape(5_000)
def tables_and_memories(n: int) -> Case:
    """Instructions on tables and memories, and on segments."""
    null = b"\xd0\x70"
    sizes = b"\x3f\0" + DROP + CONST + b"\x40\0" + DROP + b"\xfc\x10\0" + DROP + null + CONST + b"\xfc\x0f\0" + DROP
    items = CONST + b"\x25\0" + DROP + CONST + null + b"\x26\0" + CONST + null + CONST + b"\xfc\x11\0"
    copies = b"".join(CONST * 3 + code for code in (b"\xfc\x08\0\0", b"\xfc\x0a\0\0", b"\xfc\x0b\0", b"\xfc\x0c\0\0"))
    return busy((sizes + items + copies + CONST * 3 + b"\xfc\x0e\0\0\xfc\x09\0\xfc\x0d\0") * n)


@shape(400_000)
def sizes_of_memories(n: int) -> Case:
    return busy((b"\x3f\0" + DROP) * n)


@shape(600_000)
def drops_of_segments(n: int) -> Case:
    return busy(b"\xfc\x09\0" * n)


@shape(60_000)
def blocks_that_catch(n: int) -> Case:
    """`try_table` with a clause, one after the other."""
    return busy((b"\x1f\x40\1\0\0\0\x0b\x1f\x40\1\2\0\x0b") * n)


@shape(30_000)
def legacy_exceptions(n: int) -> Case:
    """`try` with `catch`, `rethrow`, `catch_all` and `delegate`."""
    return busy(b"\6\x40\7\0\x09\0\x19\x0b\6\x40\x18\0" * n)


@shape(40_000)
def ways_to_leave(n: int) -> Case:
    """Blocks that are left by `throw`, `return_call` and `br_table`."""
    return busy((b"\2\x40\x08\0\x0b\2\x40\x12\0\x0b\2\x40" + CONST + b"\x0e\1\0\0\x0b") * n)


@shape(25_000)
def branches_on_references(n: int) -> Case:
    """`br_on_null`, `br_on_cast`, `br_on_cast_fail`."""
    null = b"\xd0\x6e"
    casts = b"\2\x6d" + null + b"\xfb\x18\3\0\x6e\x6d" + DROP + b"\xd0\x6d\x0b" + DROP
    fails = b"\2\x6e" + null + b"\xfb\x19\3\0\x6e\x6d\x0b" + DROP
    return busy((null + b"\xd5\0" + DROP + casts + fails) * n)


@shape(40_000)
def fences(n: int) -> Case:
    return busy((b"\xfe\x03\0" * 4 + b"\x3f\0" + DROP) * n)


@shape(60_000)
def unreachable_segments(n: int) -> Case:
    """Instructions of bulk memory after `unreachable`."""
    return busy(b"\0" + b"\xfc\x09\0\xfc\x0a\0\0\xfc\x0c\0\0\x26\0\x21\0\xfd\x52\x1a" * n, b"\1\1\x7f")


@shape(40_000)
def loads_of_vectors(n: int) -> Case:
    """Loads of vectors at as many offsets, and shuffles of as many kinds."""
    loads = [
        CONST + b"\xfd\0\0" + u32(k) + CONST + b"\xfd\0\0\0\xfd\x0d" + bytes([k % 32, k // 32 % 32] * 8) + DROP
        for k in range(n)
    ]
    return busy(b"".join(loads))


@shape(20_000)
def bodies_of_many_params(n: int) -> Case:
    """n empty functions of a hundred parameters."""
    return {"m.wasm": module(types(func_type([I32] * 100)), functions(n), code(*[body(b"")] * n))}, NEW


@shape(400)
def runs_of_locals(n: int) -> Case:
    """n functions of a thousand runs of locals."""
    runs = body(b"", u32(1000) + b"\1\x7f\1\x7e" * 500)
    return {"m.wasm": module(types(func_type()), functions(n), code(*[runs] * n))}, NEW


# ------------------------------------------------------------------------------- types


@shape(16_000)
def chains_of_subtypes(n: int) -> Case:
    """Structs that are subtypes of each other, sixty deep."""
    chain = [(b"\x50\0" if k % 60 == 0 else b"\x50\1" + u32(k - 1)) + b"\x5f\0" for k in range(n)]
    return {"m.wasm": module(types(*chain))}, NEW


@shape(20_000)
def groups_of_types(n: int) -> Case:
    """Groups of two structs that refer to each other: all the same group."""
    pairs = [b"\x4e\2" + b"".join(b"\x5f\1\x63" + s33(2 * k + 1 - j) + b"\0" for j in (0, 1)) for k in range(n)]
    return {"m.wasm": module(types(*pairs))}, NEW


@shape(20_000)
def groups_that_differ(n: int) -> Case:
    """Groups of three types that refer to each other and to ones before."""
    groups = []
    for k in range(0, 3 * n, 3):
        before = b"\x63" + s33(max(0, k - 1 - k % 50))
        function = b"\x60\2\x63" + s33(k + 1) + before + b"\1\x7f"
        struct = b"\x5f\2\x63" + s33(k + 2) + b"\0" + before + b"\1"
        groups.append(b"\x4e\3" + function + struct + b"\x50\0\x5e\x63" + s33(k) + b"\1")
    return {"m.wasm": module(types(*groups))}, NEW


@shape(40_000)
def structs_and_arrays(n: int) -> Case:
    return {"m.wasm": module(types(*[b"\x5f\2\x7f\1\x7e\0", b"\x5e\x78\1"] * n))}, NEW


@shape(20)
def wide_structs(n: int) -> Case:
    """Structs of five thousand fields and more, each another one."""
    wide = [b"\x5f" + u32(5000 + k) + b"\x7f\1" * (5000 + k) for k in range(n)]
    return {"m.wasm": module(types(*wide))}, NEW


# ------------------------------------------------------------------------------- constant expressions, segments


@shape(80_000)
def additions_in_a_constant(n: int) -> Case:
    """One constant expression of 2 n instructions."""
    return {"m.wasm": module(section(6, b"\1\x7f\0\x41\0" + b"\x41\1\x6a" * n + b"\x0b"))}, NEW


@shape(40_000)
def globals_of_all_types(n: int) -> Case:
    kinds = [
        bytes([I64]) + b"\0\x42" + b"\x80" * 9 + b"\x7f\x0b",
        bytes([F64]) + b"\0\x44" + bytes(8) + b"\x0b",
        bytes([FUNCREF]) + b"\0\xd0\x70\x0b",
        b"\x7b\0\xfd\x0c" + bytes(16) + b"\x0b",
        bytes([I32]) + b"\0\x41\1\x41\1\x6a\x0b",
    ]
    return {"m.wasm": module(section(6, u32(n) + b"".join(kinds * (n // len(kinds)))))}, NEW


@shape(80_000)
def globals_that_are_made(n: int) -> Case:
    """Globals of new structs and arrays; a tenth of them as one long expression."""
    struct = b"\x6e\0\x41\1\x42\1\xfb\0\1\x0b"
    array = b"\x64\2\0\x41\1\x41\1\x41\1\xfb\x08\2\3\x0b"
    nested = b"\x63\5\0\xfb\1\5" + b"\xfb\0\5" * (n // 10) + b"\x0b"
    kinds = types(func_type(), b"\x5f\2\x7f\1\x7e\1", b"\x5e\x7f\1", b"\x50\0\x5f\0", b"\x5f\0", b"\x5f\1\x63\5\0")
    return {"m.wasm": module(kinds, section(6, vector([struct, array] * (n // 2) + [nested])))}, NEW


@shape(40_000)
def element_segments(n: int) -> Case:
    """Passive and declared segments, of functions and of expressions."""
    kinds = [b"\1\0\2\0\0", b"\3\0\2\0\0", b"\5\x70\1\xd2\0\x0b", b"\7\x63\0\2\xd2\0\x0b\xd0\0\x0b"]
    many = kinds * (min(n, 90_000) // 4)
    return {"m.wasm": module(types(func_type()), functions(1), section(9, vector(many)), code(body(b"")))}, NEW


@shape(40_000)
def element_expressions(n: int) -> Case:
    """A segment of n expressions, and n segments of two indices."""
    one_long = b"\5\x70" + u32(n) + b"\xd2\0\x0b" * n
    many = [b"\1\0\2\0\0"] * min(n, 90_000)
    return {
        "m.wasm": module(types(func_type()), functions(1), section(9, vector([one_long, *many])), code(body(b"")))
    }, NEW


@shape(20_000)
def segments_of_data(n: int) -> Case:
    segments = [b"\0\x41\0\x0b\1x", b"\1\0"]
    return {"m.wasm": module(section(5, b"\1\0\1"), section(11, u32(n) + b"".join(segments * (n // 2))))}, NEW


# ------------------------------------------------------------------------------- sections


@shape(20_000)
def exports(n: int) -> Case:
    names = vector([name(f"e{k}") + b"\0\0" for k in range(n)])
    return {"m.wasm": module(types(func_type()), functions(1), section(7, names), code(body(b"")))}, NEW


@shape(40_000)
def custom_sections(n: int) -> Case:
    return {"m.wasm": module(*[section(0, name(f"c{k}") + b"x") for k in range(n)])}, NEW
