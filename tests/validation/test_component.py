"""The component validator: what is refused, with which message at which offset.

Components are written as text; names are left out of the binary, and offsets are those of its bytes. Messages are the
reference's.
"""

from __future__ import annotations

import pytest
from assemble import assemble

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.validator import validate_all

# what it is: (the text, the whole chain of causes)
INVALID = {
    "not kebab": (
        '(import "a_b" (func))',
        "import name `a_b` is not a valid extern name\n`a_b` is not in kebab case (at offset 0x12)",
    ),
    "empty name": (
        '(import "" (func))',
        "import name `` is not a valid extern name\n`` is not in kebab case (at offset 0x12)",
    ),
    "same name but for case": (
        '(import "a-b" (func))(import "A-B" (func))',
        "import name `A-B` conflicts with previous name `a-b` (at offset 0x23)",
    ),
    "method named as its resource": (
        '(import "r" (type $r (sub resource)))(import "[method]r.r" (func (param "self" (borrow $r))))',
        "import name `[method]r.r` conflicts with previous name `r` (at offset 0x22)",
    ),
    "export named twice": (
        '(import "f" (func $f))(export "a" (func $f))(export "a" (func $f))',
        "export name `a` conflicts with previous name `a` (at offset 0x20)",
    ),
    "bad version": (
        '(import "a:b/c@1.x" (instance))',
        "import name `a:b/c@1.x` is not valid\ninvalid interface version: unexpected character 'x' while parsing minor version number (at offset 0x10)",
    ),
    "no package name": (
        '(import "a:b" (instance))',
        "import name `a:b` is not a valid extern name\nexpected `/` after package name (at offset 0x10)",
    ),
    "upper case package": (
        '(import "A:b/c" (instance))',
        "import name `A:b/c` is not a valid extern name\ncharacter `A` is not lowercase in package name/namespace (at offset 0x10)",
    ),
    "constructor of nothing": (
        '(import "[constructor]r" (func))',
        "import name `[constructor]r` is not valid\nfunction should return one value (at offset 0x12)",
    ),
    "constructor without resource name": (
        '(import "x" (type $r (sub resource)))(import "[constructor]r" (func (result (own $r))))',
        "import name `[constructor]r` is not valid\nfunction does not match expected resource name `x` (at offset 0x1c)",
    ),
    "async constructor": (
        '(import "r" (type $r (sub resource)))(import "[constructor]r" (func async (result (own $r))))',
        "import name `[constructor]r` is not valid\nconstructor function cannot be async (at offset 0x1c)",
    ),
    "method without self": (
        '(import "r" (type $r (sub resource)))(import "[method]r.a" (func (param "x" (borrow $r))))',
        "import name `[method]r.a` is not valid\nfunction should have a first argument called `self` (at offset 0x1f)",
    ),
    "method of an owned resource": (
        '(import "r" (type $r (sub resource)))(import "[method]r.a" (func (param "self" (own $r))))',
        "import name `[method]r.a` is not valid\nfunction should take a first argument of `(borrow $T)` (at offset 0x22)",
    ),
    "static of an unknown resource": (
        '(import "[static]r.a" (func))',
        "import name `[static]r.a` is not valid\nstatic resource name is not known in this context (at offset 0x12)",
    ),
    "instance with a method name": (
        '(import "r" (type $r (sub resource)))(import "[method]r.a" (instance))',
        "import name `[method]r.a` is not valid\nitem is not a func (at offset 0x18)",
    ),
    "setter without getter": (
        '(import "[set]a" (func (param "x" u8)))',
        "import name `[set]a` requires a preceding import named `[get]a` (at offset 0x15)",
    ),
    "setter of another type": (
        '(import "[get]a" (func (result u8)))(import "[set]a" (func (param "x" u16)))',
        "import `[set]a`'s parameter type must match the return type of `[get]a` (at offset 0x29)",
    ),
    "getter with parameters": (
        '(import "[get]a" (func (param "x" u8) (result u8)))',
        "import name `[get]a` is not valid\ngetter function should have no parameters (at offset 0x15)",
    ),
    "getter of an empty result": (
        '(import "[get]a" (func (result (result))))',
        "import name `[get]a` is not valid\nif a getter function returns a result, that result must have a value type (at offset 0x15)",
    ),
    "setter with a result": (
        '(import "[get]a" (func (result u8)))(import "[set]a" (func (param "x" u8) (result u8)))',
        "import name `[set]a` is not valid\nsetter function should return nothing or `(result (error $E)?)` (at offset 0x29)",
    ),
    "record without a name": (
        '(type $t (record (field "a" u8)))(import "f" (func (param "x" $t)))',
        "func not valid to be used as import (at offset 0x1a)",
    ),
    "type that an export named": (
        '(type $t (record (field "a" u8)))(export $u "t" (type $t))(import "f" (func (param "x" $u)))',
        "func not valid to be used as import (at offset 0x26)",
    ),
    "import of an exported type": (
        '(type $t (record (field "a" u8)))(export $u "t" (type $t))(import "v" (type (eq $u)))',
        "type not valid to be used as import (at offset 0x1c)",
    ),
    "resource without a name": (
        '(type $r (resource (rep i32)))(import "f" (func (param "x" (own $r))))',
        "func not valid to be used as import (at offset 0x1a)",
    ),
    "local resource in imports": (
        '(type $r (resource (rep i32)))(type $i (instance (alias outer 1 $r (type $x)) (export "r" (type $y (eq $x))) (export "f" (func (param "a" (own $y))))))(import "i" (instance (type $i)))',
        "local resource type found in imports (at offset 0x35)",
    ),
    "resource of a reference": (
        "(type (resource (rep funcref)))",
        "resources can only be represented by `i32` or `i64` (at offset 0xb)",
    ),
    "destructor of a wrong type": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(type (resource (rep i32) (dtor (core func $f))))',
        "core function 0 has wrong signature for a destructor (at offset 0x46)",
    ),
    "resource in an instance type": (
        "(type (instance (type (resource (rep i32)))))",
        "resources can only be defined within a concrete component (at offset 0xb)",
    ),
    "resource.rep of an import": (
        '(import "r" (type $r (sub resource)))(core func (canon resource.rep $r))',
        "type 0 is not a local resource (at offset 0x13)",
    ),
    "resource.drop of a record": (
        '(type $t (record (field "a" u8)))(core func (canon resource.drop $t))',
        "type index 0 is not a resource type (at offset 0x13)",
    ),
    "empty record": (
        "(type (record))",
        "record type must have at least one field (at offset 0xb)",
    ),
    "field twice": (
        '(type (record (field "a" u8) (field "A" u8)))',
        "record field name `A` conflicts with previous field name `a` (at offset 0xb)",
    ),
    "empty variant": (
        "(type (variant))",
        "variant type must have at least one case (at offset 0xb)",
    ),
    "case not kebab": (
        '(type (variant (case "a_b")))',
        "variant case name `a_b` is not in kebab case (at offset 0xb)",
    ),
    "empty flags": (
        "(type (flags))",
        "flags must have at least one entry (at offset 0xb)",
    ),
    "33 flags": (
        '(type (flags "a0" "a1" "a2" "a3" "a4" "a5" "a6" "a7" "a8" "a9" "a10" "a11" "a12" "a13" "a14" "a15" "a16" "a17" "a18" "a19" "a20" "a21" "a22" "a23" "a24" "a25" "a26" "a27" "a28" "a29" "a30" "a31" "a32"))',
        "cannot have more than 32 flags (at offset 0xb)",
    ),
    "flag twice": (
        '(type (flags "a" "a"))',
        "flag name `a` conflicts with previous flag name `a` (at offset 0xb)",
    ),
    "empty enum": (
        "(type (enum))",
        "enum type must have at least one variant (at offset 0xb)",
    ),
    "empty tuple": (
        "(type (tuple))",
        "tuple type must have at least one type (at offset 0xb)",
    ),
    "map of floats": (
        "(type (map f32 u8))",
        "invalid map key type (at offset 0xb)",
    ),
    "list of no elements": (
        "(type (list u8 0))",
        "Fixed-length lists must have more than zero elements (at offset 0xb)",
    ),
    "stream of characters": (
        "(type (stream char))",
        "`stream<char>` is not valid at this time, use `stream<u8>` with a defined by encoding instead for now (at offset 0xb)",
    ),
    "borrow in a future": (
        '(import "r" (type $r (sub resource)))(type (future (borrow $r)))',
        "`future` payload cannot contain a `borrow` type (at offset 0x15)",
    ),
    "borrow in a result": (
        '(import "r" (type $r (sub resource)))(type (func (result (borrow $r))))',
        "function result cannot contain a `borrow` type (at offset 0x15)",
    ),
    "parameter twice": (
        '(type (func (param "a" u8) (param "A" u8)))',
        "function parameter name `A` conflicts with previous parameter name `a` (at offset 0xb)",
    ),
    "parameter not kebab": (
        '(type (func (param "a_" u8)))',
        "function parameter name `a_` is not in kebab case (at offset 0xb)",
    ),
    "function as value type": (
        "(type $f (func))(type (list $f))",
        "type index 0 is not a defined type (at offset 0xf)",
    ),
    "type too large": (
        "(type $a (list u8 268435456))",
        "value type's maximum in-memory size exceeds maximum byte size (at offset 0xb)",
    ),
    "unknown type": (
        '(import "f" (func (type 7)))',
        "unknown type 7: type index out of bounds (at offset 0xb)",
    ),
    "import of a function as instance": (
        '(type $f (func))(import "f" (instance (type $f)))',
        "type index 0 is not an instance type (at offset 0x12)",
    ),
    "module of a core function type": (
        '(core type $t (func))(import "m" (core module (type $t)))',
        "core type index 0 is not a module type (at offset 0x11)",
    ),
    "outer count": (
        "(alias outer 1 0 (type))",
        "invalid outer alias count of 1 (at offset 0xb)",
    ),
    "outer resource": (
        '(import "r" (type $r (sub resource)))(component (alias outer 1 $r (type)))',
        "cannot alias outer type which transitively refers to resources not defined in the current component (at offset 0x1d)",
    ),
    "alias of an unknown export": (
        '(import "i" (instance $i))(alias export $i "a" (func))',
        "instance 0 has no export named `a` (at offset 0x18)",
    ),
    "alias of another kind": (
        '(import "i" (instance $i (export "a" (func))))(alias export $i "a" (instance))',
        "export `a` for instance 0 is not a instance (at offset 0x23)",
    ),
    "function alias in a type": (
        '(import "i" (instance $i (export "a" (func))))(type (component (import "i" (instance $j (export "f" (func)))) (alias export $j "f" (func))))',
        "aliases in a component or instance type may only refer to types or instances (at offset 0x23)",
    ),
    "core alias of another kind": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(alias core export $i "f" (core memory))',
        "export `f` for core instance 0 is not a memory (at offset 0x43)",
    ),
    "unknown core export": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(alias core export $i "g" (core func))',
        "core instance 0 has no export named `g` (at offset 0x43)",
    ),
    "module type alias into a module type": (
        "(core type $m (module))(core type (module (alias outer 1 $m (type))))",
        "not implemented: aliasing core module types into a core module's types index space (at offset 0xd)",
    ),
    "missing module argument": (
        '(core module $m (import "a" "b" (func)))(core instance (instantiate $m))',
        "missing module instantiation argument named `a` (at offset 0x2f)",
    ),
    "module argument without export": (
        '(core module $m (import "a" "b" (func)))(core instance $e)(core instance (instantiate $m (with "a" (instance $e))))',
        "module instantiation argument `a` does not export an item named `b` (at offset 0x31)",
    ),
    "module argument of another type": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(core module $n (import "a" "f" (func (param i32))))(core instance (instantiate $n (with "a" (instance $i))))',
        "type mismatch for export `f` of module instantiation argument `a`\nexpected: (func (param i32))\nfound:    (func) (at offset 0x6b)",
    ),
    "module argument of another kind": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(core module $n (import "a" "f" (memory 1)))(core instance (instantiate $n (with "a" (instance $i))))',
        "type mismatch for export `f` of module instantiation argument `a`\nexpected memory, found func_exact (at offset 0x65)",
    ),
    "module argument twice": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(core module $n)(core instance (instantiate $n (with "a" (instance $i)) (with "a" (instance $i))))',
        "duplicate module instantiation argument named `a` (at offset 0x5b)",
    ),
    "core export twice": (
        '(core module $m (func (export "f")))(core instance $i (instantiate $m))(alias core export $i "f" (core func $f))(core instance (export "a" (func $f)) (export "a" (func $f)))',
        "duplicate instantiation export name `a` already defined (at offset 0x46)",
    ),
    "duplicate import in a module": (
        '(core module (import "a" "b" (func)) (import "a" "b" (func)))',
        "module has a duplicate import name `a:b` that is not allowed in components (at offset 0x27)",
    ),
    "missing argument": (
        '(component $c (import "a" (func)))(instance (instantiate $c))',
        "missing import named `a` (at offset 0x39)",
    ),
    "argument of another kind": (
        '(component $c (import "a" (func)))(import "i" (instance $i))(instance (instantiate $c (with "a" (instance $i))))',
        "type mismatch for import `a`\nexpected func, found instance (at offset 0x46)",
    ),
    "argument of another type": (
        '(component $c (import "a" (func (param "x" u8))))(import "f" (func $f (param "x" u16)))(instance (instantiate $c (with "a" (func $f))))',
        "type mismatch for import `a`\ntype mismatch in function parameter `x`\nexpected primitive `u8` found primitive `u16` (at offset 0x4e)",
    ),
    "async for sync": (
        '(component $c (import "a" (func)))(import "f" (func $f async))(instance (instantiate $c (with "a" (func $f))))',
        "type mismatch for import `a`\nexpected async function, found sync function (at offset 0x48)",
    ),
    "number of parameters": (
        '(component $c (import "a" (func)))(import "f" (func $f (param "x" u8)))(instance (instantiate $c (with "a" (func $f))))',
        "type mismatch for import `a`\nexpected 0 parameters, found 1 (at offset 0x4b)",
    ),
    "parameter name": (
        '(component $c (import "a" (func (param "y" u8))))(import "f" (func $f (param "x" u8)))(instance (instantiate $c (with "a" (func $f))))',
        "type mismatch for import `a`\nexpected parameter named `y`, found `x` (at offset 0x4e)",
    ),
    "result expected": (
        '(component $c (import "a" (func)))(import "f" (func $f (result u8)))(instance (instantiate $c (with "a" (func $f))))',
        "type mismatch for import `a`\nexpected a result, found none (at offset 0x48)",
    ),
    "types nested in types": (
        '(component $c (import "a" (func (param "x" (result (list (tuple u8 (option (stream u8)))) (error u8))))))(import "f" (func $f (param "x" (result (list (tuple u8 (option (stream u16)))) (error u8)))))(instance (instantiate $c (with "a" (func $f))))',
        "type mismatch for import `a`\ntype mismatch in function parameter `x`\ntype mismatch in ok variant\ntype mismatch in tuple field 1\ntype mismatch in stream\nexpected primitive `u8` found primitive `u16` (at offset 0x6e)",
    ),
    "record field": (
        '(component $c (type $t (record (field "a" u8))) (import "t" (type (eq $t))))(type $t (record (field "b" u8)))(import "t" (type $u (eq $t)))(instance (instantiate $c (with "t" (type $u))))',
        "type mismatch for import `t`\nexpected field name `a`, found `b` (at offset 0x53)",
    ),
    "variant case": (
        '(component $c (type $t (variant (case "a" u8))) (import "t" (type (eq $t))))(type $t (variant (case "a")))(import "t" (type $u (eq $t)))(instance (instantiate $c (with "t" (type $u))))',
        "type mismatch for import `t`\nexpected case `a` to have a type, found none (at offset 0x56)",
    ),
    "enum elements": (
        '(component $c (type $t (enum "a" "b")) (import "t" (type (eq $t))))(type $t (enum "b" "a"))(import "t" (type $u (eq $t)))(instance (instantiate $c (with "t" (type $u))))',
        "type mismatch for import `t`\nmismatch in enum elements (at offset 0x55)",
    ),
    "list of a length": (
        '(component $c (type $t (list u8 3)) (import "t" (type (eq $t))))(type $t (list u8 4))(instance (instantiate $c (with "t" (type $t))))',
        "type mismatch for import `t`\nexpected fixed-length 3, found size 4 (at offset 0x46)",
    ),
    "resource for a type": (
        '(component $c (type $t u8) (import "t" (type (eq $t))))(import "t" (type $u (sub resource)))(instance (instantiate $c (with "t" (type $u))))',
        "type mismatch for import `t`\nexpected defined type, found resource (at offset 0x46)",
    ),
    "two resources for one": (
        '(component $c (import "r" (type $r (sub resource))) (import "s" (type (eq $r))))(import "a" (type $a (sub resource)))(import "b" (type $b (sub resource)))(instance (instantiate $c (with "r" (type $a)) (with "s" (type $b))))',
        "type mismatch for import `s`\nresource types are not the same (ResourceId { globally_unique_id: 0, contextually_unique_id: 2 } vs. ResourceId { globally_unique_id: 0, contextually_unique_id: 1 }) (at offset 0x4c)",
    ),
    "resource in a nested instance": (
        '(component $c (import "i" (instance (export "j" (instance (export "r" (type $r (sub resource))) (export "f" (func (param "x" (own $r)))))))))(import "r" (type $r (sub resource)))(import "s" (type $s (sub resource)))(import "f" (func $f (param "x" (own $s))))(instance $j (export "r" (type $r)) (export "f" (func $f)))(instance $i (export "j" (instance $j)))(instance (instantiate $c (with "i" (instance $i))))',
        "type mismatch for import `i`\ntype mismatch in instance export `j`\ntype mismatch in instance export `f`\ntype mismatch in function parameter `x`\nresource types are not the same (at offset 0x8b)",
    ),
    "missing export of an instance": (
        '(component $c (import "i" (instance (export "a" (func)))))(import "i" (instance $i))(instance (instantiate $c (with "i" (instance $i))))',
        "type mismatch for import `i`\nmissing expected export `a` (at offset 0x4f)",
    ),
    "component that imports more": (
        '(component $c (import "c" (component)))(component $d (import "f" (func)))(instance (instantiate $c (with "c" (component $d))))',
        "type mismatch for import `c`\nmissing import named `f` (at offset 0x65)",
    ),
    "component that exports less": (
        '(component $c (import "c" (component (export "f" (func)))))(component $d)(instance (instantiate $c (with "c" (component $d))))',
        "type mismatch for import `c`\nmissing export named `f` (at offset 0x61)",
    ),
    "module that imports more": (
        '(component $c (import "m" (core module)))(core module $m (import "a" "b" (func)))(instance (instantiate $c (with "m" (core module $m))))',
        "type mismatch for import `m`\nmissing expected import `a::b` (at offset 0x5c)",
    ),
    "module import of another limit": (
        '(component $c (import "m" (core module (export "m" (memory 2)))))(core module $m (memory (export "m") 1))(instance (instantiate $c (with "m" (core module $m))))',
        "type mismatch for import `m`\ntype mismatch in export `m`\nmismatch in memory limits (at offset 0x5f)",
    ),
    "argument twice": (
        '(component $c)(import "f" (func $f))(instance (instantiate $c (with "a" (func $f)) (with "a" (func $f))))',
        "instantiation argument `a` conflicts with previous argument `a` (at offset 0x39)",
    ),
    "unknown component": (
        "(instance (instantiate 3))",
        "unknown component 3: component index out of bounds (at offset 0xb)",
    ),
    "ascription": (
        '(import "f" (func $f))(export "g" (func $f) (func (param "x" u8)))',
        "ascribed type of export is not compatible with item's type\nexpected 1 parameters, found 0 (at offset 0x24)",
    ),
    "value not used": (
        '(import "v" (value u8))',
        "value index 0 was not used as part of an instantiation, start function, or export (at offset 0x10)",
    ),
    "value used twice": (
        '(import "v" (value $v u8))(export "a" (value $v))(export "b" (value $v))',
        "value 0 cannot be used more than once (at offset 0x19)",
    ),
    "start with too few arguments": (
        '(import "f" (func $f (param "x" u8)))(start $f)',
        "component start function requires 1 arguments but was given 0 (at offset 0x1c)",
    ),
    "start with a wrong argument": (
        '(import "v" (value $v u16))(import "f" (func $f (param "x" u8)))(start $f (value $v))',
        "value type mismatch for component start function argument 0\nexpected primitive `u8` found primitive `u16` (at offset 0x24)",
    ),
    "start results": (
        '(import "f" (func $f (result u8)))(start $f)',
        "component start function has a result count of 0 but the function type has a result count of 1 (at offset 0x19)",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_refuses(name: str) -> None:
    text, message = INVALID[name]
    data = assemble(f"(component {text})")
    with pytest.raises(WasmToolsError) as caught:
        validate_all(data)
    assert caught.value.chain() == message
