"""Canonical definitions: what is refused, with which message at which offset.

Components are written as text; names are left out of the binary, and offsets are those of its bytes. Messages are the
reference's. MODULE in a text stands for CORE_MODULE.
"""

from __future__ import annotations

import pytest
from assemble import assemble

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.validator import validate_all

CORE_MODULE = """
(core module $m (memory (export "mem") 1) (memory (export "mem64") i64 1) (func (export "f"))
  (func (export "i") (param i32)) (func (export "ii") (param i32 i32) (result i32))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32))
  (func (export "cb") (param i32 i32 i32) (result i32)) (func (export "r") (result i32)))
(core instance $i (instantiate $m))
"""

# what it is: (the text, the whole chain of causes)
INVALID = {
    "lift to another type": (
        'MODULE (alias core export $i "i" (core func $i))(func (canon lift (core func $i)))',
        "lowered parameter types `[]` do not match parameter types `[I32]` of core function 0 (at offset 0xb0)",
    ),
    "lift with another result": (
        'MODULE (alias core export $i "r" (core func $r))(func (canon lift (core func $r)))',
        "lowered result types `[]` do not match result types `[I32]` of core function 0 (at offset 0xb0)",
    ),
    "string without memory": (
        'MODULE (alias core export $i "f" (core func $f))(import "f" (func $s (param "x" string)))(core func (canon lower (func $s)))',
        "canonical option `memory` is required (at offset 0xbb)",
    ),
    "string result without realloc": (
        'MODULE (alias core export $i "f" (core func $f))(alias core export $i "mem" (core memory $mem))(import "f" (func $s (result string)))(core func (canon lower (func $s) (memory $mem)))',
        "canonical option `realloc` is required (at offset 0xc0)",
    ),
    "lift of a string without realloc": (
        'MODULE (alias core export $i "ii" (core func $ii))(alias core export $i "mem" (core memory $mem))(func (param "x" string) (result u32) (canon lift (core func $ii) (memory $mem)))',
        "canonical option `realloc` is required (at offset 0xbc)",
    ),
    "realloc without memory": (
        'MODULE (alias core export $i "realloc" (core func $realloc))(alias core export $i "f" (core func $f))(func (canon lift (core func $f) (realloc $realloc)))',
        "canonical option `realloc` requires `memory` to also be specified (at offset 0xbc)",
    ),
    "realloc of a wrong type": (
        'MODULE (alias core export $i "mem" (core memory $mem))(alias core export $i "f" (core func $f))(func (canon lift (core func $f) (memory $mem) (realloc $f)))',
        "canonical option `realloc` uses a core function with an incorrect signature (at offset 0xb8)",
    ),
    "realloc for a 64-bit memory": (
        'MODULE (alias core export $i "mem64" (core memory $mem64))(alias core export $i "f" (core func $f))(alias core export $i "realloc" (core func $realloc))(func (canon lift (core func $f) (memory $mem64) (realloc $realloc)))',
        "canonical option `realloc` uses a core function with an incorrect signature (at offset 0xc6)",
    ),
    "two memories": (
        'MODULE (alias core export $i "mem" (core memory $mem))(alias core export $i "f" (core func $f))(func (canon lift (core func $f) (memory $mem) (memory $mem)))',
        "canonical option `memory` is specified more than once (at offset 0xb8)",
    ),
    "two encodings": (
        'MODULE (alias core export $i "f" (core func $f))(func (canon lift (core func $f) string-encoding=utf8 string-encoding=latin1+utf16))',
        "canonical encoding option `utf8` conflicts with option `latin1-utf16` (at offset 0xb0)",
    ),
    "post-return of a lowering": (
        'MODULE (alias core export $i "f" (core func $f))(import "f" (func $s))(core func (canon lower (func $s) (post-return $f)))',
        "canonical option `post-return` cannot be specified for lowerings (at offset 0xb8)",
    ),
    "post-return of a wrong type": (
        'MODULE (alias core export $i "f" (core func $f))(alias core export $i "r" (core func $r))(func (result u32) (canon lift (core func $r) (post-return $f)))',
        "canonical option `post-return` uses a core function with an incorrect signature (at offset 0xb6)",
    ),
    "callback without async": (
        'MODULE (alias core export $i "f" (core func $f))(alias core export $i "cb" (core func $cb))(func (canon lift (core func $f) (callback $cb)))',
        "cannot specify callback without async (at offset 0xb7)",
    ),
    "callback of a wrong type": (
        'MODULE (alias core export $i "r" (core func $r))(alias core export $i "f" (core func $f))(func async (canon lift (core func $r) async (callback $f)))',
        "canonical option `callback` uses a core function with an incorrect signature (at offset 0xb6)",
    ),
    "async lift of a sync function": (
        'MODULE (alias core export $i "f" (core func $f))(func (canon lift (core func $f) async))',
        "the `async` canonical option requires an async function type (at offset 0xb0)",
    ),
    "async with post-return": (
        'MODULE (alias core export $i "f" (core func $f))(func async (canon lift (core func $f) async (post-return $f)))',
        "cannot specify post-return function in async (at offset 0xb0)",
    ),
    "core-type without gc": (
        '(core type $t (func)) MODULE (alias core export $i "f" (core func $f))(import "f" (func $s))(core func (canon lower (func $s) (core-type $t)))',
        "cannot specify `core-type` without `gc` (at offset 0xbe)",
    ),
    "gc without core-type": (
        '(import "f" (func $s))(core func (canon lower (func $s) gc))',
        "cannot specify `gc` without also specifying a `core-type` for lowerings (at offset 0x1a)",
    ),
    "gc parameters": (
        '(core type $t (func (param i64)))(import "f" (func $s (param "x" u32)))(core func (canon lower (func $s) gc (core-type $t)))',
        "expected to lower component `u32` type to core `i32` type, found `i64` (at offset 0x24)",
    ),
    "gc strings": (
        '(core type $a (array (mut i16)))(core type $t (func (param (ref null $a))))(import "f" (func $s (param "x" string)))(core func (canon lower (func $s) gc (core-type $t)))',
        "expected to lower component `string` type to core `(ref null? (array (mut? i8)))` type, found `(ref null (id 0))` (at offset 0x28)",
    ),
    "gc records": (
        '(core type $a (struct (field i32) (field i8)))(core type $t (func (param (ref null $a))))(type $r (tuple u32 u16))(import "f" (func $s (param "x" $r)))(core func (canon lower (func $s) gc (core-type $t)))',
        "expected to lower component `u16` type to core `i16` type, found `i8` (at offset 0x2f)",
    ),
    "gc lists": (
        '(core type $t (func (param externref)))(import "f" (func $s (param "x" (list u8))))(core func (canon lower (func $s) gc (core-type $t)))',
        "expected to lower component `list` type into `(ref null? (array ...))`, but found `externref` (at offset 0x26)",
    ),
    "gc results": (
        '(core type $t (func))(import "f" (func $s (result u8)))(core func (canon lower (func $s) gc (core-type $t)))',
        "declared `core-type` has 0 results, but component function has 1 results (at offset 0x20)",
    ),
    "gc option": (
        '(core type $t (func (param i32)))(import "f" (func $s (param "x" (option u8))))(core func (canon lower (func $s) gc (core-type $t)))',
        "expected to lower component `option` type to core `(ref null? (struct))`, but found `i32` (at offset 0x26)",
    ),
    "stream.new of a future": (
        "(type $t (future u8))(core func (canon stream.new $t))",
        "`stream.new` requires a stream type (at offset 0x11)",
    ),
    "stream.read without memory": (
        "(type $t (stream u8))(core func (canon stream.read $t))",
        "canonical option `memory` is required (at offset 0x11)",
    ),
    "stream.read without realloc": (
        'MODULE (alias core export $i "mem" (core memory $mem))(type $t (stream string))(core func (canon stream.read $t (memory $mem)))',
        "canonical option `realloc` is required (at offset 0xb1)",
    ),
    "stream.read of another core type": (
        '(core type $c (func)) MODULE (alias core export $i "mem" (core memory $mem))(type $t (stream u8))(core func (canon stream.read $t gc (core-type $c) (memory $mem)))',
        "declared core type has `[]` parameter types, but actual lowering has `[I32, I32, I32]` parameter types (at offset 0xb7)",
    ),
    "error-context.new with async": (
        'MODULE (alias core export $i "mem" (core memory $mem))(core func (canon error-context.new (memory $mem) async))',
        "cannot specify `async` option on `error-context.new` (at offset 0xab)",
    ),
    "task.return with realloc": (
        'MODULE (alias core export $i "mem" (core memory $mem))(alias core export $i "realloc" (core func $realloc))(core func (canon task.return (memory $mem) (realloc $realloc)))',
        "cannot specify `realloc` option on `task.return` (at offset 0xb7)",
    ),
    "task.return of a borrow": (
        '(import "r" (type $r (sub resource)))(core func (canon task.return (result (borrow $r))))',
        "`task.return` result cannot contain a `borrow` type (at offset 0x18)",
    ),
    "context.get of a float": (
        "(core func (canon context.get f32 0))",
        "`context.get` only supports `i32` or `i64` (at offset 0xb)",
    ),
    "context.get of two types": (
        "(core func (canon context.get i32 0))(core func (canon context.get i64 0))",
        "`context.get` type must match previous context type (at offset 0xe)",
    ),
    "context.get slot": (
        "(core func (canon context.get i32 2))",
        "`context.get` immediate must be zero or one: 2 (at offset 0xb)",
    ),
    "waitable-set.wait of no memory": (
        "(core func (canon waitable-set.wait (memory 0)))",
        "unknown memory 0: memory index out of bounds (at offset 0xb)",
    ),
    "thread.new-indirect of a wrong type": (
        '(core type $t (func (result i32)))(core module $m (table (export "t") 1 funcref))(core instance $i (instantiate $m))(alias core export $i "t" (core table $tt))(core func (canon thread.new-indirect $t (core table $tt)))',
        "start function must take a single `i32` argument (currently) (at offset 0x43)",
    ),
    "thread.new-indirect of a wrong table": (
        '(core type $t (func (param i32)))(core module $m (table (export "t") 1 externref))(core instance $i (instantiate $m))(alias core export $i "t" (core table $tt))(core func (canon thread.new-indirect $t (core table $tt)))',
        "table is not a 32-bit table of (ref null (func))\nexpected table element type funcref, found externref (at offset 0x43)",
    ),
    "thread.spawn-ref unshared": (
        "(core type $t (func (param i32)))(core func (canon thread.spawn-ref $t))",
        "spawn type must be shared (at offset 0x12)",
    ),
    "thread.spawn-ref of a struct": (
        "(core type $t (shared (struct)))(core func (canon thread.spawn-ref $t))",
        "spawn type must be a function (at offset 0x11)",
    ),
    "thread.spawn-indirect of an unshared table": (
        '(core type $t (shared (func (param i32))))(core module $m (table (export "t") 1 funcref))(core instance $i (instantiate $m))(alias core export $i "t" (core table $tt))(core func (canon thread.spawn-indirect $t (core table $tt)))',
        "table is not a 32-bit shared table of (ref null (shared func))\nexpected table element type (shared funcref), found funcref (at offset 0x44)",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_refuses(name: str) -> None:
    text, message = INVALID[name]
    data = assemble("(component " + text.replace("MODULE", CORE_MODULE) + ")")
    with pytest.raises(WasmToolsError) as caught:
        validate_all(data)
    assert caught.value.chain() == message
