"""The component validator: what is refused, with which message at which offset.

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


INVALID: dict[str, tuple[str, tuple[str, ...], str]] = {
    "not kebab": (
        '(import "a_b" (func))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 03 61 5f 62 01 00",
        ),
        "import name `a_b` is not a valid extern name\n`a_b` is not in kebab case (at offset 0x12)",
    ),
    "empty name": (
        '(import "" (func))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 00 01 00",
        ),
        "import name `` is not a valid extern name\n`` is not in kebab case (at offset 0x12)",
    ),
    "same name but for case": (
        '(import "a-b" (func))(import "A-B" (func))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 03 61 2d 62 01 00",
            "07 01 40 00 01 00",
            "0a 01 00 03 41 2d 42 01 01",
        ),
        "import name `A-B` conflicts with previous name `a-b` (at offset 0x23)",
    ),
    "method named as its resource": (
        '(import "r" (type $r (sub resource)))(import "[method]r.r" (func (param "self" (borrow $r))))',
        (
            "0a 01 00 01 72 03 01",
            "07 02 68 00 40 01 04 73 65 6c 66 01 01 00",
            "0a 01 00 0b 5b 6d 65 74 68 6f 64 5d 72 2e 72 01 02",
        ),
        "import name `[method]r.r` conflicts with previous name `r` (at offset 0x22)",
    ),
    "export named twice": (
        '(import "f" (func $f))(export "a" (func $f))(export "a" (func $f))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 01 66 01 00",
            "0b 02 00 01 61 01 00 00 00 01 61 01 00 00",
        ),
        "export name `a` conflicts with previous name `a` (at offset 0x20)",
    ),
    "bad version": (
        '(import "a:b/c@1.x" (instance))',
        (
            "07 01 42 00",
            "0a 01 00 09 61 3a 62 2f 63 40 31 2e 78 05 00",
        ),
        "import name `a:b/c@1.x` is not valid\ninvalid interface version: unexpected character 'x' while parsing minor version number (at offset 0x10)",
    ),
    "no package name": (
        '(import "a:b" (instance))',
        (
            "07 01 42 00",
            "0a 01 00 03 61 3a 62 05 00",
        ),
        "import name `a:b` is not a valid extern name\nexpected `/` after package name (at offset 0x10)",
    ),
    "upper case package": (
        '(import "A:b/c" (instance))',
        (
            "07 01 42 00",
            "0a 01 00 05 41 3a 62 2f 63 05 00",
        ),
        "import name `A:b/c` is not a valid extern name\ncharacter `A` is not lowercase in package name/namespace (at offset 0x10)",
    ),
    "constructor of nothing": (
        '(import "[constructor]r" (func))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 0e 5b 63 6f 6e 73 74 72 75 63 74 6f 72 5d 72 01 00",
        ),
        "import name `[constructor]r` is not valid\nfunction should return one value (at offset 0x12)",
    ),
    "constructor without resource name": (
        '(import "x" (type $r (sub resource)))(import "[constructor]r" (func (result (own $r))))',
        (
            "0a 01 00 01 78 03 01",
            "07 02 69 00 40 00 00 01",
            "0a 01 00 0e 5b 63 6f 6e 73 74 72 75 63 74 6f 72 5d 72 01 02",
        ),
        "import name `[constructor]r` is not valid\nfunction does not match expected resource name `x` (at offset 0x1c)",
    ),
    "async constructor": (
        '(import "r" (type $r (sub resource)))(import "[constructor]r" (func async (result (own $r))))',
        (
            "0a 01 00 01 72 03 01",
            "07 02 69 00 43 00 00 01",
            "0a 01 00 0e 5b 63 6f 6e 73 74 72 75 63 74 6f 72 5d 72 01 02",
        ),
        "import name `[constructor]r` is not valid\nconstructor function cannot be async (at offset 0x1c)",
    ),
    "method without self": (
        '(import "r" (type $r (sub resource)))(import "[method]r.a" (func (param "x" (borrow $r))))',
        (
            "0a 01 00 01 72 03 01",
            "07 02 68 00 40 01 01 78 01 01 00",
            "0a 01 00 0b 5b 6d 65 74 68 6f 64 5d 72 2e 61 01 02",
        ),
        "import name `[method]r.a` is not valid\nfunction should have a first argument called `self` (at offset 0x1f)",
    ),
    "method of an owned resource": (
        '(import "r" (type $r (sub resource)))(import "[method]r.a" (func (param "self" (own $r))))',
        (
            "0a 01 00 01 72 03 01",
            "07 02 69 00 40 01 04 73 65 6c 66 01 01 00",
            "0a 01 00 0b 5b 6d 65 74 68 6f 64 5d 72 2e 61 01 02",
        ),
        "import name `[method]r.a` is not valid\nfunction should take a first argument of `(borrow $T)` (at offset 0x22)",
    ),
    "static of an unknown resource": (
        '(import "[static]r.a" (func))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 0b 5b 73 74 61 74 69 63 5d 72 2e 61 01 00",
        ),
        "import name `[static]r.a` is not valid\nstatic resource name is not known in this context (at offset 0x12)",
    ),
    "instance with a method name": (
        '(import "r" (type $r (sub resource)))(import "[method]r.a" (instance))',
        (
            "0a 01 00 01 72 03 01",
            "07 01 42 00",
            "0a 01 00 0b 5b 6d 65 74 68 6f 64 5d 72 2e 61 05 01",
        ),
        "import name `[method]r.a` is not valid\nitem is not a func (at offset 0x18)",
    ),
    "setter without getter": (
        '(import "[set]a" (func (param "x" u8)))',
        (
            "07 01 40 01 01 78 7d 01 00",
            "0a 01 00 06 5b 73 65 74 5d 61 01 00",
        ),
        "import name `[set]a` requires a preceding import named `[get]a` (at offset 0x15)",
    ),
    "setter of another type": (
        '(import "[get]a" (func (result u8)))(import "[set]a" (func (param "x" u16)))',
        (
            "07 01 40 00 00 7d",
            "0a 01 00 06 5b 67 65 74 5d 61 01 00",
            "07 01 40 01 01 78 7b 01 00",
            "0a 01 00 06 5b 73 65 74 5d 61 01 01",
        ),
        "import `[set]a`'s parameter type must match the return type of `[get]a` (at offset 0x29)",
    ),
    "getter with parameters": (
        '(import "[get]a" (func (param "x" u8) (result u8)))',
        (
            "07 01 40 01 01 78 7d 00 7d",
            "0a 01 00 06 5b 67 65 74 5d 61 01 00",
        ),
        "import name `[get]a` is not valid\ngetter function should have no parameters (at offset 0x15)",
    ),
    "getter of an empty result": (
        '(import "[get]a" (func (result (result))))',
        (
            "07 02 6a 00 00 40 00 00 00",
            "0a 01 00 06 5b 67 65 74 5d 61 01 01",
        ),
        "import name `[get]a` is not valid\nif a getter function returns a result, that result must have a value type (at offset 0x15)",
    ),
    "setter with a result": (
        '(import "[get]a" (func (result u8)))(import "[set]a" (func (param "x" u8) (result u8)))',
        (
            "07 01 40 00 00 7d",
            "0a 01 00 06 5b 67 65 74 5d 61 01 00",
            "07 01 40 01 01 78 7d 00 7d",
            "0a 01 00 06 5b 73 65 74 5d 61 01 01",
        ),
        "import name `[set]a` is not valid\nsetter function should return nothing or `(result (error $E)?)` (at offset 0x29)",
    ),
    "record without a name": (
        '(type $t (record (field "a" u8)))(import "f" (func (param "x" $t)))',
        (
            "07 02 72 01 01 61 7d 40 01 01 78 00 01 00",
            "0a 01 00 01 66 01 01",
        ),
        "func not valid to be used as import (at offset 0x1a)",
    ),
    "type that an export named": (
        '(type $t (record (field "a" u8)))(export $u "t" (type $t))(import "f" (func (param "x" $u)))',
        (
            "07 01 72 01 01 61 7d",
            "0b 01 00 01 74 03 00 00",
            "07 01 40 01 01 78 01 01 00",
            "0a 01 00 01 66 01 02",
        ),
        "func not valid to be used as import (at offset 0x26)",
    ),
    "import of an exported type": (
        '(type $t (record (field "a" u8)))(export $u "t" (type $t))(import "v" (type (eq $u)))',
        (
            "07 01 72 01 01 61 7d",
            "0b 01 00 01 74 03 00 00",
            "0a 01 00 01 76 03 00 01",
        ),
        "type not valid to be used as import (at offset 0x1c)",
    ),
    "resource without a name": (
        '(type $r (resource (rep i32)))(import "f" (func (param "x" (own $r))))',
        (
            "07 03 3f 7f 00 69 00 40 01 01 78 01 01 00",
            "0a 01 00 01 66 01 02",
        ),
        "func not valid to be used as import (at offset 0x1a)",
    ),
    "local resource in imports": (
        '(type $r (resource (rep i32)))(type $i (instance (alias outer 1 $r (type $x)) (export "r" (type $y (eq $x))) (export "f" (func (param "a" (own $y))))))(import "i" (instance (type $i)))',
        (
            "07 02 3f 7f 00 42 05 02 03 02 01 00 04 00 01 72 03 00 00 01 69 01 01 40 01 01 61 02 01 00 04 00 01 66 01 03",
            "0a 01 00 01 69 05 01",
        ),
        "local resource type found in imports (at offset 0x35)",
    ),
    "resource of a reference": (
        "(type (resource (rep funcref)))",
        ("07 01 3f 70 00",),
        "resources can only be represented by `i32` or `i64` (at offset 0xb)",
    ),
    "destructor of a wrong type": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(type (resource (rep i32) (dtor (core func $f))))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02 01 00 07 05 01 01 66 00 00 0a 04 01 02 00 0b 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "07 01 3f 7f 01 00",
        ),
        "core function 0 has wrong signature for a destructor (at offset 0x46)",
    ),
    "resource in an instance type": (
        "(type (instance (type (resource (rep i32)))))",
        ("07 01 42 01 01 3f 7f 00",),
        "resources can only be defined within a concrete component (at offset 0xb)",
    ),
    "resource.rep of an import": (
        '(import "r" (type $r (sub resource)))(core func (canon resource.rep $r))',
        (
            "0a 01 00 01 72 03 01",
            "08 01 04 00",
        ),
        "type 0 is not a local resource (at offset 0x13)",
    ),
    "resource.drop of a record": (
        '(type $t (record (field "a" u8)))(core func (canon resource.drop $t))',
        (
            "07 01 72 01 01 61 7d",
            "08 01 03 00",
        ),
        "type index 0 is not a resource type (at offset 0x13)",
    ),
    "empty record": (
        "(type (record))",
        ("07 01 72 00",),
        "record type must have at least one field (at offset 0xb)",
    ),
    "field twice": (
        '(type (record (field "a" u8) (field "A" u8)))',
        ("07 01 72 02 01 61 7d 01 41 7d",),
        "record field name `A` conflicts with previous field name `a` (at offset 0xb)",
    ),
    "empty variant": (
        "(type (variant))",
        ("07 01 71 00",),
        "variant type must have at least one case (at offset 0xb)",
    ),
    "case not kebab": (
        '(type (variant (case "a_b")))',
        ("07 01 71 01 03 61 5f 62 00 00",),
        "variant case name `a_b` is not in kebab case (at offset 0xb)",
    ),
    "empty flags": (
        "(type (flags))",
        ("07 01 6e 00",),
        "flags must have at least one entry (at offset 0xb)",
    ),
    "33 flags": (
        '(type (flags "a0" "a1" "a2" "a3" "a4" "a5" "a6" "a7" "a8" "a9" "a10" "a11" "a12" "a13" "a14" "a15" "a16" "a17" "a18" "a19" "a20" "a21" "a22" "a23" "a24" "a25" "a26" "a27" "a28" "a29" "a30" "a31" "a32"))',
        (
            "07 01 6e 21 02 61 30 02 61 31 02 61 32 02 61 33 02 61 34 02 61 35 02 61 36 02 61 37 02 61 38 02 61 39 03 61 31 30 03 61 31 31 03 61 31 32 03 61 31 33 03 61 31 34 03 61 31 35 03 61 31 36 03 61 31 37 03 61 31 38 03 61 31 39 03 61 32 30 03 61 32 31 03 61 32 32 03 61 32 33 03 61 32 34 03 61 32 35 03 61 32 36 03 61 32 37 03 61 32 38 03 61 32 39 03 61 33 30 03 61 33 31 03 61 33 32",
        ),
        "cannot have more than 32 flags (at offset 0xb)",
    ),
    "flag twice": (
        '(type (flags "a" "a"))',
        ("07 01 6e 02 01 61 01 61",),
        "flag name `a` conflicts with previous flag name `a` (at offset 0xb)",
    ),
    "empty enum": (
        "(type (enum))",
        ("07 01 6d 00",),
        "enum type must have at least one variant (at offset 0xb)",
    ),
    "empty tuple": (
        "(type (tuple))",
        ("07 01 6f 00",),
        "tuple type must have at least one type (at offset 0xb)",
    ),
    "map of floats": (
        "(type (map f32 u8))",
        ("07 01 63 76 7d",),
        "invalid map key type (at offset 0xb)",
    ),
    "list of no elements": (
        "(type (list u8 0))",
        ("07 01 67 7d 00",),
        "Fixed-length lists must have more than zero elements (at offset 0xb)",
    ),
    "stream of characters": (
        "(type (stream char))",
        ("07 01 66 01 74",),
        "`stream<char>` is not valid at this time, use `stream<u8>` with a defined by encoding instead for now (at offset 0xb)",
    ),
    "borrow in a future": (
        '(import "r" (type $r (sub resource)))(type (future (borrow $r)))',
        (
            "0a 01 00 01 72 03 01",
            "07 02 68 00 65 01 01",
        ),
        "`future` payload cannot contain a `borrow` type (at offset 0x15)",
    ),
    "borrow in a result": (
        '(import "r" (type $r (sub resource)))(type (func (result (borrow $r))))',
        (
            "0a 01 00 01 72 03 01",
            "07 02 68 00 40 00 00 01",
        ),
        "function result cannot contain a `borrow` type (at offset 0x15)",
    ),
    "parameter twice": (
        '(type (func (param "a" u8) (param "A" u8)))',
        ("07 01 40 02 01 61 7d 01 41 7d 01 00",),
        "function parameter name `A` conflicts with previous parameter name `a` (at offset 0xb)",
    ),
    "parameter not kebab": (
        '(type (func (param "a_" u8)))',
        ("07 01 40 01 02 61 5f 7d 01 00",),
        "function parameter name `a_` is not in kebab case (at offset 0xb)",
    ),
    "function as value type": (
        "(type $f (func))(type (list $f))",
        ("07 02 40 00 01 00 70 00",),
        "type index 0 is not a defined type (at offset 0xf)",
    ),
    "type too large": (
        "(type $a (list u8 268435456))",
        ("07 01 67 7d 80 80 80 80 01",),
        "value type's maximum in-memory size exceeds maximum byte size (at offset 0xb)",
    ),
    "unknown type": (
        '(import "f" (func (type 7)))',
        ("0a 01 00 01 66 01 07",),
        "unknown type 7: type index out of bounds (at offset 0xb)",
    ),
    "import of a function as instance": (
        '(type $f (func))(import "f" (instance (type $f)))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 01 66 05 00",
        ),
        "type index 0 is not an instance type (at offset 0x12)",
    ),
    "module of a core function type": (
        '(core type $t (func))(import "m" (core module (type $t)))',
        (
            "03 01 60 00 00",
            "0a 01 00 01 6d 00 11 00",
        ),
        "core type index 0 is not a module type (at offset 0x11)",
    ),
    "outer count": (
        "(alias outer 1 0 (type))",
        ("06 01 03 02 01 00",),
        "invalid outer alias count of 1 (at offset 0xb)",
    ),
    "outer resource": (
        '(import "r" (type $r (sub resource)))(component (alias outer 1 $r (type)))',
        (
            "0a 01 00 01 72 03 01",
            "04 00 61 73 6d 0d 00 01 00 06 05 01 03 02 01 00",
        ),
        "cannot alias outer type which transitively refers to resources not defined in the current component (at offset 0x1d)",
    ),
    "alias of an unknown export": (
        '(import "i" (instance $i))(alias export $i "a" (func))',
        (
            "07 01 42 00",
            "0a 01 00 01 69 05 00",
            "06 01 01 00 00 01 61",
        ),
        "instance 0 has no export named `a` (at offset 0x18)",
    ),
    "alias of another kind": (
        '(import "i" (instance $i (export "a" (func))))(alias export $i "a" (instance))',
        (
            "07 01 42 02 01 40 00 01 00 04 00 01 61 01 00",
            "0a 01 00 01 69 05 00",
            "06 01 05 00 00 01 61",
        ),
        "export `a` for instance 0 is not a instance (at offset 0x23)",
    ),
    "function alias in a type": (
        '(import "i" (instance $i (export "a" (func))))(type (component (import "i" (instance $j (export "f" (func)))) (alias export $j "f" (func))))',
        (
            "07 01 42 02 01 40 00 01 00 04 00 01 61 01 00",
            "0a 01 00 01 69 05 00",
            "07 01 41 03 01 42 02 01 40 00 01 00 04 00 01 66 01 00 03 00 01 69 05 00 02 01 00 00 01 66",
        ),
        "aliases in a component or instance type may only refer to types or instances (at offset 0x23)",
    ),
    "core alias of another kind": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(alias core export $i "f" (core memory))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02 01 00 07 05 01 01 66 00 00 0a 04 01 02 00 0b 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 02 00 00 01 00 01 66 00 02 01 00 01 66",
        ),
        "export `f` for core instance 0 is not a memory (at offset 0x43)",
    ),
    "unknown core export": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(alias core export $i "g" (core func))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02 01 00 07 05 01 01 66 00 00 0a 04 01 02 00 0b 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 02 00 00 01 00 01 66 00 00 01 00 01 67",
        ),
        "core instance 0 has no export named `g` (at offset 0x43)",
    ),
    "module type alias into a module type": (
        "(core type $m (module))(core type (module (alias outer 1 $m (type))))",
        ("03 02 50 00 50 01 02 10 01 01 00",),
        "not implemented: aliasing core module types into a core module's types index space (at offset 0xd)",
    ),
    "missing module argument": (
        '(core module $m (import "a" "b" (func)))(core instance (instantiate $m))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 02 07 01 01 61 01 62 00 00 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
        ),
        "missing module instantiation argument named `a` (at offset 0x2f)",
    ),
    "module argument without export": (
        '(core module $m (import "a" "b" (func)))(core instance $e)(core instance (instantiate $m (with "a" (instance $e))))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 02 07 01 01 61 01 62 00 00 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 02 01 00 00 00 01 01 61 12 00",
        ),
        "module instantiation argument `a` does not export an item named `b` (at offset 0x31)",
    ),
    "module argument of another type": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(core module $n (import "a" "f" (func (param i32))))(core instance (instantiate $n (with "a" (instance $i))))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02 01 00 07 05 01 01 66 00 00 0a 04 01 02 00 0b 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "01 00 61 73 6d 01 00 00 00 01 05 01 60 01 7f 00 02 07 01 01 61 01 66 00 00 00 09 04 6e 61 6d 65 00 02 01 6e",
            "02 01 00 01 01 01 61 12 00",
        ),
        "type mismatch for export `f` of module instantiation argument `a`\nexpected: (func (param i32))\nfound:    (func) (at offset 0x6b)",
    ),
    "module argument of another kind": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(core module $n (import "a" "f" (memory 1)))(core instance (instantiate $n (with "a" (instance $i))))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02 01 00 07 05 01 01 66 00 00 0a 04 01 02 00 0b 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "01 00 61 73 6d 01 00 00 00 02 08 01 01 61 01 66 02 00 01 00 09 04 6e 61 6d 65 00 02 01 6e",
            "02 01 00 01 01 01 61 12 00",
        ),
        "type mismatch for export `f` of module instantiation argument `a`\nexpected memory, found func_exact (at offset 0x65)",
    ),
    "module argument twice": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(core module $n)(core instance (instantiate $n (with "a" (instance $i)) (with "a" (instance $i))))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02 01 00 07 05 01 01 66 00 00 0a 04 01 02 00 0b 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "01 00 61 73 6d 01 00 00 00 00 09 04 6e 61 6d 65 00 02 01 6e",
            "02 01 00 01 02 01 61 12 00 01 61 12 00",
        ),
        "duplicate module instantiation argument named `a` (at offset 0x5b)",
    ),
    "core export twice": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(core instance (export "a" (func $f)) (export "a" (func $f)))',
        (
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02 01 00 07 05 01 01 66 00 00 0a 04 01 02 00 0b 00 09 04 6e 61 6d 65 00 02 01 6d",
            "02 01 00 00 00",
            "06 01 00 00 01 00 01 66",
            "02 01 01 02 01 61 00 00 01 61 00 00",
        ),
        "duplicate instantiation export name `a` already defined (at offset 0x46)",
    ),
    "duplicate import in a module": (
        '(core module (import "a" "b" (func)) (import "a" "b" (func)))',
        ("01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 02 0d 02 01 61 01 62 00 00 01 61 01 62 00 00",),
        "module has a duplicate import name `a:b` that is not allowed in components (at offset 0x27)",
    ),
    "missing argument": (
        '(component $c (import "a" (func)))(instance (instantiate $c))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 05 01 40 00 01 00 0a 06 01 00 01 61 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "05 01 00 00 00",
        ),
        "missing import named `a` (at offset 0x39)",
    ),
    "argument of another kind": (
        '(component $c (import "a" (func)))(import "i" (instance $i))(instance (instantiate $c (with "a" (instance $i))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 05 01 40 00 01 00 0a 06 01 00 01 61 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 01 42 00",
            "0a 01 00 01 69 05 00",
            "05 01 00 00 01 01 61 05 00",
        ),
        "type mismatch for import `a`\nexpected func, found instance (at offset 0x46)",
    ),
    "argument of another type": (
        '(component $c (import "a" (func (param "x" u8))))(import "f" (func $f (param "x" u16)))(instance (instantiate $c (with "a" (func $f))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 08 01 40 01 01 78 7d 01 00 0a 06 01 00 01 61 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 01 40 01 01 78 7b 01 00",
            "0a 01 00 01 66 01 00",
            "05 01 00 00 01 01 61 01 00",
        ),
        "type mismatch for import `a`\ntype mismatch in function parameter `x`\nexpected primitive `u8` found primitive `u16` (at offset 0x4e)",
    ),
    "async for sync": (
        '(component $c (import "a" (func)))(import "f" (func $f async))(instance (instantiate $c (with "a" (func $f))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 05 01 40 00 01 00 0a 06 01 00 01 61 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 01 43 00 01 00",
            "0a 01 00 01 66 01 00",
            "05 01 00 00 01 01 61 01 00",
        ),
        "type mismatch for import `a`\nexpected async function, found sync function (at offset 0x48)",
    ),
    "number of parameters": (
        '(component $c (import "a" (func)))(import "f" (func $f (param "x" u8)))(instance (instantiate $c (with "a" (func $f))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 05 01 40 00 01 00 0a 06 01 00 01 61 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 01 40 01 01 78 7d 01 00",
            "0a 01 00 01 66 01 00",
            "05 01 00 00 01 01 61 01 00",
        ),
        "type mismatch for import `a`\nexpected 0 parameters, found 1 (at offset 0x4b)",
    ),
    "parameter name": (
        '(component $c (import "a" (func (param "y" u8))))(import "f" (func $f (param "x" u8)))(instance (instantiate $c (with "a" (func $f))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 08 01 40 01 01 79 7d 01 00 0a 06 01 00 01 61 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 01 40 01 01 78 7d 01 00",
            "0a 01 00 01 66 01 00",
            "05 01 00 00 01 01 61 01 00",
        ),
        "type mismatch for import `a`\nexpected parameter named `y`, found `x` (at offset 0x4e)",
    ),
    "result expected": (
        '(component $c (import "a" (func)))(import "f" (func $f (result u8)))(instance (instantiate $c (with "a" (func $f))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 05 01 40 00 01 00 0a 06 01 00 01 61 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 01 40 00 00 7d",
            "0a 01 00 01 66 01 00",
            "05 01 00 00 01 01 61 01 00",
        ),
        "type mismatch for import `a`\nexpected a result, found none (at offset 0x48)",
    ),
    "types nested in types": (
        '(component $c (import "a" (func (param "x" (result (list (tuple u8 (option (stream u8)))) (error u8))))))(import "f" (func $f (param "x" (result (list (tuple u8 (option (stream u16)))) (error u8)))))(instance (instantiate $c (with "a" (func $f))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 18 06 66 01 7d 6b 00 6f 02 7d 01 70 02 6a 01 03 01 7d 40 01 01 78 04 01 00 0a 06 01 00 01 61 01 05 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 06 66 01 7b 6b 00 6f 02 7d 01 70 02 6a 01 03 01 7d 40 01 01 78 04 01 00",
            "0a 01 00 01 66 01 05",
            "05 01 00 00 01 01 61 01 00",
        ),
        "type mismatch for import `a`\ntype mismatch in function parameter `x`\ntype mismatch in ok variant\ntype mismatch in tuple field 1\ntype mismatch in stream\nexpected primitive `u8` found primitive `u16` (at offset 0x6e)",
    ),
    "record field": (
        '(component $c (type $t (record (field "a" u8))) (import "t" (type (eq $t))))(type $t (record (field "b" u8)))(import "t" (type $u (eq $t)))(instance (instantiate $c (with "t" (type $u))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 06 01 72 01 01 61 7d 0a 07 01 00 01 74 03 00 00 00 1a 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63 01 05 03 01 00 01 74",
            "07 01 72 01 01 62 7d",
            "0a 01 00 01 74 03 00 00",
            "05 01 00 00 01 01 74 03 01",
        ),
        "type mismatch for import `t`\nexpected field name `a`, found `b` (at offset 0x53)",
    ),
    "variant case": (
        '(component $c (type $t (variant (case "a" u8))) (import "t" (type (eq $t))))(type $t (variant (case "a")))(import "t" (type $u (eq $t)))(instance (instantiate $c (with "t" (type $u))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 08 01 71 01 01 61 01 7d 00 0a 07 01 00 01 74 03 00 00 00 1a 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63 01 05 03 01 00 01 74",
            "07 01 71 01 01 61 00 00",
            "0a 01 00 01 74 03 00 00",
            "05 01 00 00 01 01 74 03 01",
        ),
        "type mismatch for import `t`\nexpected case `a` to have a type, found none (at offset 0x56)",
    ),
    "enum elements": (
        '(component $c (type $t (enum "a" "b")) (import "t" (type (eq $t))))(type $t (enum "b" "a"))(import "t" (type $u (eq $t)))(instance (instantiate $c (with "t" (type $u))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 07 01 6d 02 01 61 01 62 0a 07 01 00 01 74 03 00 00 00 1a 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63 01 05 03 01 00 01 74",
            "07 01 6d 02 01 62 01 61",
            "0a 01 00 01 74 03 00 00",
            "05 01 00 00 01 01 74 03 01",
        ),
        "type mismatch for import `t`\nmismatch in enum elements (at offset 0x55)",
    ),
    "list of a length": (
        '(component $c (type $t (list u8 3)) (import "t" (type (eq $t))))(type $t (list u8 4))(instance (instantiate $c (with "t" (type $t))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 04 01 67 7d 03 0a 07 01 00 01 74 03 00 00 00 1a 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63 01 05 03 01 00 01 74",
            "07 01 67 7d 04",
            "05 01 00 00 01 01 74 03 00",
        ),
        "type mismatch for import `t`\nexpected fixed-length 3, found size 4 (at offset 0x46)",
    ),
    "resource for a type": (
        '(component $c (type $t u8) (import "t" (type (eq $t))))(import "t" (type $u (sub resource)))(instance (instantiate $c (with "t" (type $u))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 02 01 7d 0a 07 01 00 01 74 03 00 00 00 1a 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63 01 05 03 01 00 01 74",
            "0a 01 00 01 74 03 01",
            "05 01 00 00 01 01 74 03 00",
        ),
        "type mismatch for import `t`\nexpected defined type, found resource (at offset 0x46)",
    ),
    "two resources for one": (
        '(component $c (import "r" (type $r (sub resource))) (import "s" (type (eq $r))))(import "a" (type $a (sub resource)))(import "b" (type $b (sub resource)))(instance (instantiate $c (with "r" (type $a)) (with "s" (type $b))))',
        (
            "04 00 61 73 6d 0d 00 01 00 0a 0c 02 00 01 72 03 01 00 01 73 03 00 00 00 1a 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63 01 05 03 01 00 01 72",
            "0a 02 00 01 61 03 01 00 01 62 03 01",
            "05 01 00 00 02 01 72 03 00 01 73 03 01",
        ),
        "type mismatch for import `s`\nresource types are not the same (ResourceId { globally_unique_id: 0, contextually_unique_id: 2 } vs. ResourceId { globally_unique_id: 0, contextually_unique_id: 1 }) (at offset 0x4c)",
    ),
    "resource in a nested instance": (
        '(component $c (import "i" (instance (export "j" (instance (export "r" (type $r (sub resource))) (export "f" (func (param "x" (own $r)))))))))(import "r" (type $r (sub resource)))(import "s" (type $s (sub resource)))(import "f" (func $f (param "x" (own $s))))(instance $j (export "r" (type $r)) (export "f" (func $f)))(instance $i (export "j" (instance $j)))(instance (instantiate $c (with "i" (instance $i))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 23 01 42 02 01 42 04 04 00 01 72 03 01 01 69 00 01 40 01 01 78 01 01 00 04 00 01 66 01 02 04 00 01 6a 05 00 0a 06 01 00 01 69 05 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "0a 02 00 01 72 03 01 00 01 73 03 01",
            "07 02 69 01 40 01 01 78 02 01 00",
            "0a 01 00 01 66 01 03",
            "05 03 01 02 00 01 72 03 00 00 01 66 01 00 01 01 00 01 6a 05 00 00 00 01 01 69 05 01",
        ),
        "type mismatch for import `i`\ntype mismatch in instance export `j`\ntype mismatch in instance export `f`\ntype mismatch in function parameter `x`\nresource types are not the same (at offset 0x8b)",
    ),
    "missing export of an instance": (
        '(component $c (import "i" (instance (export "a" (func)))))(import "i" (instance $i))(instance (instantiate $c (with "i" (instance $i))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 0e 01 42 02 01 40 00 01 00 04 00 01 61 01 00 0a 06 01 00 01 69 05 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 01 42 00",
            "0a 01 00 01 69 05 00",
            "05 01 00 00 01 01 69 05 00",
        ),
        "type mismatch for import `i`\nmissing expected export `a` (at offset 0x4f)",
    ),
    "component that imports more": (
        '(component $c (import "c" (component)))(component $d (import "f" (func)))(instance (instantiate $c (with "c" (component $d))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 03 01 41 00 0a 06 01 00 01 63 04 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "04 00 61 73 6d 0d 00 01 00 07 05 01 40 00 01 00 0a 06 01 00 01 66 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 64",
            "05 01 00 00 01 01 63 04 01",
        ),
        "type mismatch for import `c`\nmissing import named `f` (at offset 0x65)",
    ),
    "component that exports less": (
        '(component $c (import "c" (component (export "f" (func)))))(component $d)(instance (instantiate $c (with "c" (component $d))))',
        (
            "04 00 61 73 6d 0d 00 01 00 07 0e 01 41 02 01 40 00 01 00 04 00 01 66 01 00 0a 06 01 00 01 63 04 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "04 00 61 73 6d 0d 00 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 64",
            "05 01 00 00 01 01 63 04 01",
        ),
        "type mismatch for import `c`\nmissing export named `f` (at offset 0x61)",
    ),
    "module that imports more": (
        '(component $c (import "m" (core module)))(core module $m (import "a" "b" (func)))(instance (instantiate $c (with "m" (core module $m))))',
        (
            "04 00 61 73 6d 0d 00 01 00 03 03 01 50 00 0a 07 01 00 01 6d 00 11 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "01 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 02 07 01 01 61 01 62 00 00 00 09 04 6e 61 6d 65 00 02 01 6d",
            "05 01 00 00 01 01 6d 00 11 00",
        ),
        "type mismatch for import `m`\nmissing expected import `a::b` (at offset 0x5c)",
    ),
    "module import of another limit": (
        '(component $c (import "m" (core module (export "m" (memory 2)))))(core module $m (memory (export "m") 1))(instance (instantiate $c (with "m" (core module $m))))',
        (
            "04 00 61 73 6d 0d 00 01 00 03 09 01 50 01 03 01 6d 02 00 02 0a 07 01 00 01 6d 00 11 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "01 00 61 73 6d 01 00 00 00 05 03 01 00 01 07 05 01 01 6d 02 00 00 09 04 6e 61 6d 65 00 02 01 6d",
            "05 01 00 00 01 01 6d 00 11 00",
        ),
        "type mismatch for import `m`\ntype mismatch in export `m`\nmismatch in memory limits (at offset 0x5f)",
    ),
    "argument twice": (
        '(component $c)(import "f" (func $f))(instance (instantiate $c (with "a" (func $f)) (with "a" (func $f))))',
        (
            "04 00 61 73 6d 0d 00 01 00 00 13 0e 63 6f 6d 70 6f 6e 65 6e 74 2d 6e 61 6d 65 00 02 01 63",
            "07 01 40 00 01 00",
            "0a 01 00 01 66 01 00",
            "05 01 00 00 02 01 61 01 00 01 61 01 00",
        ),
        "instantiation argument `a` conflicts with previous argument `a` (at offset 0x39)",
    ),
    "unknown component": (
        "(instance (instantiate 3))",
        ("05 01 00 03 00",),
        "unknown component 3: component index out of bounds (at offset 0xb)",
    ),
    "ascription": (
        '(import "f" (func $f))(export "g" (func $f) (func (param "x" u8)))',
        (
            "07 01 40 00 01 00",
            "0a 01 00 01 66 01 00",
            "07 01 40 01 01 78 7d 01 00",
            "0b 01 00 01 67 01 00 01 01 01",
        ),
        "ascribed type of export is not compatible with item's type\nexpected 1 parameters, found 0 (at offset 0x24)",
    ),
    "value not used": (
        '(import "v" (value u8))',
        ("0a 01 00 01 76 02 7d",),
        "value index 0 was not used as part of an instantiation, start function, or export (at offset 0x10)",
    ),
    "value used twice": (
        '(import "v" (value $v u8))(export "a" (value $v))(export "b" (value $v))',
        (
            "0a 01 00 01 76 02 7d",
            "0b 02 00 01 61 02 00 00 00 01 62 02 00 00",
        ),
        "value 0 cannot be used more than once (at offset 0x19)",
    ),
    "start with too few arguments": (
        '(import "f" (func $f (param "x" u8)))(start $f)',
        (
            "07 01 40 01 01 78 7d 01 00",
            "0a 01 00 01 66 01 00",
            "09 00 00 00",
        ),
        "component start function requires 1 arguments but was given 0 (at offset 0x1c)",
    ),
    "start with a wrong argument": (
        '(import "v" (value $v u16))(import "f" (func $f (param "x" u8)))(start $f (value $v))',
        (
            "0a 01 00 01 76 02 7b",
            "07 01 40 01 01 78 7d 01 00",
            "0a 01 00 01 66 01 00",
            "09 00 01 00 00",
        ),
        "value type mismatch for component start function argument 0\nexpected primitive `u8` found primitive `u16` (at offset 0x24)",
    ),
    "start results": (
        '(import "f" (func $f (result u8)))(start $f)',
        (
            "07 01 40 00 00 7d",
            "0a 01 00 01 66 01 00",
            "09 00 00 00",
        ),
        "component start function has a result count of 0 but the function type has a result count of 1 (at offset 0x19)",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_refuses(name: str) -> None:
    _, sections, message = INVALID[name]
    with pytest.raises(WasmToolsError) as caught:
        validate_all(component(*sections))
    assert caught.value.chain() == message
