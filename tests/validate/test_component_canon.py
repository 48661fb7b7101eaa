"""Canonical definitions: what is refused, with which message at which offset.

Each component is written as text for the reader and as hex, a section a string: id, then its content (the size is
filled in). Names are left out, so offsets are those of these bytes. Messages are the reference's.
"""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validate.validator import validate_all


def component(*sections: str) -> bytes:
    """A component of sections written as `id content`, in hex."""
    data = b"\0asm\x0d\0\1\0"
    for section in sections:
        content = bytes.fromhex(section)
        size = len(content) - 1
        data += content[:1]
        while size > 0x7F:
            data += bytes([size & 0x7F | 0x80])
            size >>= 7
        data += bytes([size]) + content[1:]
    return data


# (core module $m (memory (export "mem") 1) (memory (export "mem64") i64 1) (func (export "f"))
#   (func (export "i") (param i32)) (func (export "ii") (param i32 i32) (result i32))
#   (func (export "realloc") (param i32 i32 i32 i32) (result i32))
#   (func (export "cb") (param i32 i32 i32) (result i32)) (func (export "r") (result i32)))
# (core instance $i (instantiate $m)) is left out of the texts below.
CORE_MODULE = (
    "01 00 61 73 6d 01 00 00 00 01 21 06 60 00 00 60 01 7f 00 60 02 7f 7f 01 7f 60 04 7f 7f 7f 7f 01 "
    "7f 60 03 7f 7f 7f 01 7f 60 00 01 7f 03 07 06 00 01 02 03 04 05 05 05 02 00 01 04 01 07 2f 08 03 "
    "6d 65 6d 02 00 05 6d 65 6d 36 34 02 01 01 66 00 00 01 69 00 01 02 69 69 00 02 07 72 65 61 6c 6c "
    "6f 63 00 03 02 63 62 00 04 01 72 00 05 0a 13 06 02 00 0b 02 00 0b 02 00 0b 02 00 0b 02 00 0b 02 "
    "00 0b 00 09 04 6e 61 6d 65 00 02 01 6d"
)

INVALID: dict[str, tuple[str, tuple[str, ...], str]] = {
    "lift to another type": (
        '(alias core export $i "i" (core func $i))(func (canon lift (core func $i)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 69",
            "07 01 40 00 01 00",
            "08 01 00 00 00 00 00",
        ),
        "lowered parameter types `[]` do not match parameter types `[I32]` of core function 0 (at offset 0xb0)",
    ),
    "lift with another result": (
        '(alias core export $i "r" (core func $r))(func (canon lift (core func $r)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 72",
            "07 01 40 00 01 00",
            "08 01 00 00 00 00 00",
        ),
        "lowered result types `[]` do not match result types `[I32]` of core function 0 (at offset 0xb0)",
    ),
    "string without memory": (
        '(alias core export $i "f" (core func $f))(import "f" (func $s (param "x" string)))(core func (canon lower (func $s)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "07 01 40 01 01 78 73 01 00",
            "0a 01 00 01 66 01 00",
            "08 01 01 00 00 00",
        ),
        "canonical option `memory` is required (at offset 0xbb)",
    ),
    "string result without realloc": (
        '(alias core export $i "f" (core func $f))(alias core export $i "mem" (core memory $mem))(import "f" (func $s (result string)))(core func (canon lower (func $s) (memory $mem)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 00 01 00 01 66 00 02 01 00 03 6d 65 6d",
            "07 01 40 00 00 73",
            "0a 01 00 01 66 01 00",
            "08 01 01 00 00 01 03 00",
        ),
        "canonical option `realloc` is required (at offset 0xc0)",
    ),
    "lift of a string without realloc": (
        '(alias core export $i "ii" (core func $ii))(alias core export $i "mem" (core memory $mem))(func (param "x" string) (result u32) (canon lift (core func $ii) (memory $mem)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 00 01 00 02 69 69 00 02 01 00 03 6d 65 6d",
            "07 01 40 01 01 78 73 00 79",
            "08 01 00 00 00 01 03 00 00",
        ),
        "canonical option `realloc` is required (at offset 0xbc)",
    ),
    "realloc without memory": (
        '(alias core export $i "realloc" (core func $realloc))(alias core export $i "f" (core func $f))(func (canon lift (core func $f) (realloc $realloc)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 00 01 00 07 72 65 61 6c 6c 6f 63 00 00 01 00 01 66",
            "07 01 40 00 01 00",
            "08 01 00 00 01 01 04 00 00",
        ),
        "canonical option `realloc` requires `memory` to also be specified (at offset 0xbc)",
    ),
    "realloc of a wrong type": (
        '(alias core export $i "mem" (core memory $mem))(alias core export $i "f" (core func $f))(func (canon lift (core func $f) (memory $mem) (realloc $f)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 02 01 00 03 6d 65 6d 00 00 01 00 01 66",
            "07 01 40 00 01 00",
            "08 01 00 00 00 02 03 00 04 00 00",
        ),
        "canonical option `realloc` uses a core function with an incorrect signature (at offset 0xb8)",
    ),
    "realloc for a 64-bit memory": (
        '(alias core export $i "mem64" (core memory $mem64))(alias core export $i "f" (core func $f))(alias core export $i "realloc" (core func $realloc))(func (canon lift (core func $f) (memory $mem64) (realloc $realloc)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 03 00 02 01 00 05 6d 65 6d 36 34 00 00 01 00 01 66 00 00 01 00 07 72 65 61 6c 6c 6f 63",
            "07 01 40 00 01 00",
            "08 01 00 00 00 02 03 00 04 01 00",
        ),
        "canonical option `realloc` uses a core function with an incorrect signature (at offset 0xc6)",
    ),
    "two memories": (
        '(alias core export $i "mem" (core memory $mem))(alias core export $i "f" (core func $f))(func (canon lift (core func $f) (memory $mem) (memory $mem)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 02 01 00 03 6d 65 6d 00 00 01 00 01 66",
            "07 01 40 00 01 00",
            "08 01 00 00 00 02 03 00 03 00 00",
        ),
        "canonical option `memory` is specified more than once (at offset 0xb8)",
    ),
    "two encodings": (
        '(alias core export $i "f" (core func $f))(func (canon lift (core func $f) string-encoding=utf8 string-encoding=latin1+utf16))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "07 01 40 00 01 00",
            "08 01 00 00 00 02 00 02 00",
        ),
        "canonical encoding option `utf8` conflicts with option `latin1-utf16` (at offset 0xb0)",
    ),
    "post-return of a lowering": (
        '(alias core export $i "f" (core func $f))(import "f" (func $s))(core func (canon lower (func $s) (post-return $f)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "07 01 40 00 01 00",
            "0a 01 00 01 66 01 00",
            "08 01 01 00 00 01 05 00",
        ),
        "canonical option `post-return` cannot be specified for lowerings (at offset 0xb8)",
    ),
    "post-return of a wrong type": (
        '(alias core export $i "f" (core func $f))(alias core export $i "r" (core func $r))(func (result u32) (canon lift (core func $r) (post-return $f)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 00 01 00 01 66 00 00 01 00 01 72",
            "07 01 40 00 00 79",
            "08 01 00 00 01 01 05 00 00",
        ),
        "canonical option `post-return` uses a core function with an incorrect signature (at offset 0xb6)",
    ),
    "callback without async": (
        '(alias core export $i "f" (core func $f))(alias core export $i "cb" (core func $cb))(func (canon lift (core func $f) (callback $cb)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 00 01 00 01 66 00 00 01 00 02 63 62",
            "07 01 40 00 01 00",
            "08 01 00 00 00 01 07 01 00",
        ),
        "cannot specify callback without async (at offset 0xb7)",
    ),
    "callback of a wrong type": (
        '(alias core export $i "r" (core func $r))(alias core export $i "f" (core func $f))(func async (canon lift (core func $r) async (callback $f)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 00 01 00 01 72 00 00 01 00 01 66",
            "07 01 43 00 01 00",
            "08 01 00 00 00 02 06 07 01 00",
        ),
        "canonical option `callback` uses a core function with an incorrect signature (at offset 0xb6)",
    ),
    "async lift of a sync function": (
        '(alias core export $i "f" (core func $f))(func (canon lift (core func $f) async))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "07 01 40 00 01 00",
            "08 01 00 00 00 01 06 00",
        ),
        "the `async` canonical option requires an async function type (at offset 0xb0)",
    ),
    "async with post-return": (
        '(alias core export $i "f" (core func $f))(func async (canon lift (core func $f) async (post-return $f)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "07 01 43 00 01 00",
            "08 01 00 00 00 02 06 05 00 00",
        ),
        "cannot specify post-return function in async (at offset 0xb0)",
    ),
    "core-type without gc": (
        '(core type $t (func))(alias core export $i "f" (core func $f))(import "f" (func $s))(core func (canon lower (func $s) (core-type $t)))',
        (
            "03 01 60 00 00",
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "07 01 40 00 01 00",
            "0a 01 00 01 66 01 00",
            "08 01 01 00 00 01 08 00",
        ),
        "cannot specify `core-type` without `gc` (at offset 0xbe)",
    ),
    "gc without core-type": (
        '(import "f" (func $s))(core func (canon lower (func $s) gc))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 01 66 01 00",
            "08 01 01 00 00 01 09",
        ),
        "cannot specify `gc` without also specifying a `core-type` for lowerings (at offset 0x1a)",
    ),
    "gc parameters": (
        '(core type $t (func (param i64)))(import "f" (func $s (param "x" u32)))(core func (canon lower (func $s) gc (core-type $t)))',
        (
            "03 01 60 01 7e 00",
            "07 01 40 01 01 78 79 01 00",
            "0a 01 00 01 66 01 00",
            "08 01 01 00 00 02 09 08 00",
        ),
        "expected to lower component `u32` type to core `i32` type, found `i64` (at offset 0x24)",
    ),
    "gc strings": (
        '(core type $a (array (mut i16)))(core type $t (func (param (ref null $a))))(import "f" (func $s (param "x" string)))(core func (canon lower (func $s) gc (core-type $t)))',
        (
            "03 02 5e 77 01 60 01 63 00 00",
            "07 01 40 01 01 78 73 01 00",
            "0a 01 00 01 66 01 00",
            "08 01 01 00 00 02 09 08 01",
        ),
        "expected to lower component `string` type to core `(ref null? (array (mut? i8)))` type, found `(ref null (id 0))` (at offset 0x28)",
    ),
    "gc records": (
        '(core type $a (struct (field i32) (field i8)))(core type $t (func (param (ref null $a))))(type $r (tuple u32 u16))(import "f" (func $s (param "x" $r)))(core func (canon lower (func $s) gc (core-type $t)))',
        (
            "03 02 5f 02 7f 00 78 00 60 01 63 00 00",
            "07 02 6f 02 79 7b 40 01 01 78 00 01 00",
            "0a 01 00 01 66 01 01",
            "08 01 01 00 00 02 09 08 01",
        ),
        "expected to lower component `u16` type to core `i16` type, found `i8` (at offset 0x2f)",
    ),
    "gc lists": (
        '(core type $t (func (param externref)))(import "f" (func $s (param "x" (list u8))))(core func (canon lower (func $s) gc (core-type $t)))',
        (
            "03 01 60 01 6f 00",
            "07 02 70 7d 40 01 01 78 00 01 00",
            "0a 01 00 01 66 01 01",
            "08 01 01 00 00 02 09 08 00",
        ),
        "expected to lower component `list` type into `(ref null? (array ...))`, but found `externref` (at offset 0x26)",
    ),
    "gc results": (
        '(core type $t (func))(import "f" (func $s (result u8)))(core func (canon lower (func $s) gc (core-type $t)))',
        (
            "03 01 60 00 00",
            "07 01 40 00 00 7d",
            "0a 01 00 01 66 01 00",
            "08 01 01 00 00 02 09 08 00",
        ),
        "declared `core-type` has 0 results, but component function has 1 results (at offset 0x20)",
    ),
    "gc option": (
        '(core type $t (func (param i32)))(import "f" (func $s (param "x" (option u8))))(core func (canon lower (func $s) gc (core-type $t)))',
        (
            "03 01 60 01 7f 00",
            "07 02 6b 7d 40 01 01 78 00 01 00",
            "0a 01 00 01 66 01 01",
            "08 01 01 00 00 02 09 08 00",
        ),
        "expected to lower component `option` type to core `(ref null? (struct))`, but found `i32` (at offset 0x26)",
    ),
    "stream.new of a future": (
        "(type $t (future u8))(core func (canon stream.new $t))",
        (
            "07 01 65 01 7d",
            "08 01 0e 00",
        ),
        "`stream.new` requires a stream type (at offset 0x11)",
    ),
    "stream.read without memory": (
        "(type $t (stream u8))(core func (canon stream.read $t))",
        (
            "07 01 66 01 7d",
            "08 01 0f 00 00",
        ),
        "canonical option `memory` is required (at offset 0x11)",
    ),
    "stream.read without realloc": (
        '(alias core export $i "mem" (core memory $mem))(type $t (stream string))(core func (canon stream.read $t (memory $mem)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 02 01 00 03 6d 65 6d",
            "07 01 66 01 73",
            "08 01 0f 00 01 03 00",
        ),
        "canonical option `realloc` is required (at offset 0xb1)",
    ),
    "stream.read of another core type": (
        '(core type $c (func))(alias core export $i "mem" (core memory $mem))(type $t (stream u8))(core func (canon stream.read $t gc (core-type $c) (memory $mem)))',
        (
            "03 01 60 00 00",
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 02 01 00 03 6d 65 6d",
            "07 01 66 01 7d",
            "08 01 0f 00 03 09 08 00 03 00",
        ),
        "declared core type has `[]` parameter types, but actual lowering has `[I32, I32, I32]` parameter types (at offset 0xb7)",
    ),
    "error-context.new with async": (
        '(alias core export $i "mem" (core memory $mem))(core func (canon error-context.new (memory $mem) async))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 01 00 02 01 00 03 6d 65 6d",
            "08 01 1c 02 03 00 06",
        ),
        "cannot specify `async` option on `error-context.new` (at offset 0xab)",
    ),
    "task.return with realloc": (
        '(alias core export $i "mem" (core memory $mem))(alias core export $i "realloc" (core func $realloc))(core func (canon task.return (memory $mem) (realloc $realloc)))',
        (
            CORE_MODULE,
            "02 01 00 00 00",
            "06 02 00 02 01 00 03 6d 65 6d 00 00 01 00 07 72 65 61 6c 6c 6f 63",
            "08 01 09 01 00 02 03 00 04 00",
        ),
        "cannot specify `realloc` option on `task.return` (at offset 0xb7)",
    ),
    "task.return of a borrow": (
        '(import "r" (type $r (sub resource)))(core func (canon task.return (result (borrow $r))))',
        (
            "0a 01 00 01 72 03 01",
            "07 01 68 00",
            "08 01 09 00 01 00",
        ),
        "`task.return` result cannot contain a `borrow` type (at offset 0x18)",
    ),
    "context.get of a float": (
        "(core func (canon context.get f32 0))",
        ("08 01 0a 7d 00",),
        "`context.get` only supports `i32` or `i64` (at offset 0xb)",
    ),
    "context.get of two types": (
        "(core func (canon context.get i32 0))(core func (canon context.get i64 0))",
        ("08 02 0a 7f 00 0a 7e 00",),
        "`context.get` type must match previous context type (at offset 0xe)",
    ),
    "context.get slot": (
        "(core func (canon context.get i32 2))",
        ("08 01 0a 7f 02",),
        "`context.get` immediate must be zero or one: 2 (at offset 0xb)",
    ),
    "waitable-set.wait of no memory": (
        "(core func (canon waitable-set.wait (memory 0)))",
        ("08 01 20 00 00",),
        "unknown memory 0: memory index out of bounds (at offset 0xb)",
    ),
    "thread.new-indirect of a wrong type": (
        '(core type $t (func (result i32)))(core module $m (table (export "t") 1 funcref))(core instance $i (instantiate $m))(alias core export $i "t" (core table $tt))(core func (canon thread.new-indirect $t (core table $tt)))',
        (
            "03 01 60 00 01 7f",
            "01 00 61 73 6d 01 00 00 00 04 04 01 70 00 01 07 05 01 01 74 01 00 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 01 00 01 01 00 01 74",
            "08 01 27 00 00",
        ),
        "start function must take a single `i32` argument (currently) (at offset 0x43)",
    ),
    "thread.new-indirect of a wrong table": (
        '(core type $t (func (param i32)))(core module $m (table (export "t") 1 externref))(core instance $i (instantiate $m))(alias core export $i "t" (core table $tt))(core func (canon thread.new-indirect $t (core table $tt)))',
        (
            "03 01 60 01 7f 00",
            "01 00 61 73 6d 01 00 00 00 04 04 01 6f 00 01 07 05 01 01 74 01 00 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 01 00 01 01 00 01 74",
            "08 01 27 00 00",
        ),
        "table is not a 32-bit table of (ref null (func))\nexpected table element type funcref, found externref (at offset 0x43)",
    ),
    "thread.spawn-ref unshared": (
        "(core type $t (func (param i32)))(core func (canon thread.spawn-ref $t))",
        (
            "03 01 60 01 7f 00",
            "08 01 40 00",
        ),
        "spawn type must be shared (at offset 0x12)",
    ),
    "thread.spawn-ref of a struct": (
        "(core type $t (shared (struct)))(core func (canon thread.spawn-ref $t))",
        (
            "03 01 65 5f 00",
            "08 01 40 00",
        ),
        "spawn type must be a function (at offset 0x11)",
    ),
    "thread.spawn-indirect of an unshared table": (
        '(core type $t (shared (func (param i32))))(core module $m (table (export "t") 1 funcref))(core instance $i (instantiate $m))(alias core export $i "t" (core table $tt))(core func (canon thread.spawn-indirect $t (core table $tt)))',
        (
            "03 01 65 60 01 7f 00",
            "01 00 61 73 6d 01 00 00 00 04 04 01 70 00 01 07 05 01 01 74 01 00 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 01 00 01 01 00 01 74",
            "08 01 41 00 00",
        ),
        "table is not a 32-bit shared table of (ref null (shared func))\nexpected table element type (shared funcref), found funcref (at offset 0x44)",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_refuses(name: str) -> None:
    _, sections, message = INVALID[name]
    with pytest.raises(WasmToolsError) as caught:
        validate_all(component(*sections))
    assert caught.value.chain() == message
