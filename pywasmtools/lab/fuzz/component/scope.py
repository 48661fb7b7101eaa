"""A component that is being made at random: its index spaces, and what is defined in each so that it mostly fits together."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from pywasmtools.canonical_abi import (
    WasmSignature,
    flatten_flags,
    flatten_functype,
    flatten_list,
    flatten_primitive,
    flatten_record,
    flatten_variant,
)
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm.component_builder import ComponentBuilder, TypeBuilder, sub_resource, type_eq
from pywasmtools.wasm.component_types import ComponentFuncType, DefinedType, ExternName, ResourceType, TypeRef
from pywasmtools.wasm.payloads import COMPONENT_INSTANCE_SECTION
from pywasmtools.wasm.spaces import INSTANCE
from pywasmtools.wasm.types import I32, FuncType
from pywasmtools.wasm.writer import name as write_name
from pywasmtools.wasm.writer import var_u32

if TYPE_CHECKING:
    from pywasmtools.canonical_abi import Flat

PRIMITIVES = tuple(p for p in t.PRIMITIVE_NAMES if p != t.ERROR_CONTEXT)
LABELS = ("a", "b", "c-d", "run", "x2", "HTTP", "read-all", "e", "get", "t1", "a-1")
INTERFACES = ("a:b/c", "a:b/c@1.2.3", "a:b/d@0.1.0", "wasi:io/poll@0.2.0", "n:p/i@2.0.0-rc.1", "a:b/e")
ODD_NAMES = ("", "A-b", "a_b", "a--b", "1a", "a:b", "a:b/c/d", "a:b/c@1", "[x]y", "[method]a", "url=<x>", "é")
NEEDS_NAME = (t.RECORD, t.VARIANT, t.ENUM, t.FLAGS)
"""Forms of types that have to be imported or exported to stand in an import or export."""

Exports: TypeAlias = "dict[str, tuple[int, object]]"


@dataclass
class Type:
    """A type of a component: what it is, whether it may stand in imports and exports, its core types."""

    what: DefinedType | ComponentFuncType | ResourceType | Exports | None
    public: bool = False
    flat: Flat = ()
    pointers: bool = False
    borrows: bool = False
    handle: int = -1
    """For a resource: a number that its copies under other indices share."""


@dataclass
class Scope:
    """A component and its index spaces."""

    rng: random.Random
    outer: Scope | None = None
    builder: ComponentBuilder = field(default_factory=ComponentBuilder)
    types: list[Type] = field(default_factory=list)
    funcs: list[tuple[int, ComponentFuncType] | None] = field(default_factory=list)
    core_funcs: list[FuncType | None] = field(default_factory=list)
    memories: list[bool] = field(default_factory=list)
    tables: int = 0
    values: int = 0
    core_types: list[FuncType | None] = field(default_factory=list)
    modules: list[dict[str, tuple[int, object]]] = field(default_factory=list)
    core_instances: int = 0
    instances: list[Exports] = field(default_factory=list)
    components: list[Exports] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    imported: list[tuple[str, int, object]] = field(default_factory=list)
    """Imports: name, kind, and what they are (a function of primitives, a resource) or None."""
    exported: Exports = field(default_factory=dict)
    wrong: float = 0

    # ------------------------------------------------------------------- names

    def name(self, *, interface: bool = False) -> ExternName | str:
        """A name that no import or export has yet, mostly; with attributes now and then."""
        rng = self.rng
        if self.wrong and rng.random() < self.wrong:
            return rng.choice(ODD_NAMES)
        names = INTERFACES if interface and rng.randrange(3) else LABELS
        left = [n for n in names if n not in self.used] or [f"n{len(self.used)}"]
        found = rng.choice(left)
        self.used.add(found)
        if rng.randrange(16) == 0:
            return ExternName(
                found,
                "a:b/c" if interface and "/" not in found else None,
                None,
                rng.choice(("id", "", None)),
            )
        return found

    def wrongly(self) -> bool:
        """Whether something shall be wrong here."""
        return bool(self.wrong) and self.rng.random() < self.wrong

    # ------------------------------------------------------------------- types

    def add_type(self, type_: Type) -> int:
        self.types.append(type_)
        return len(self.types) - 1

    def val_type(self, public: bool = False, *, borrows: bool = True) -> int:
        """A component value type that is there: a primitive, or an index."""
        rng = self.rng
        if rng.randrange(2):
            return t.ERROR_CONTEXT if rng.randrange(12) == 0 else rng.choice(PRIMITIVES)
        found = [
            k
            for k, type_ in enumerate(self.types)
            if isinstance(type_.what, DefinedType) and (type_.public or not public) and (borrows or not type_.borrows)
        ]
        if self.wrongly():
            return rng.choice((len(self.types), 0, 1000))
        return rng.choice(found) if found else rng.choice(PRIMITIVES)

    def define(self) -> int:
        """A defined type of any form."""
        rng = self.rng
        form = rng.choice((*t.FORMS, t.PRIMITIVE))
        names = tuple(rng.sample(LABELS, rng.randrange(1, 4)))
        content = form.content
        wide = rng.randrange(3) == 0
        public = rng.randrange(2) == 0
        count = rng.randrange(1, 4)
        borrows = form not in (t.STREAM, t.FUTURE)
        given: list[int] = []
        if content == "fields":
            given = [self.val_type(public) for _ in names]
        elif content == "cases":
            given = [t.NO_TYPE if rng.randrange(2) else self.val_type(public) for _ in names]
        elif content == "types":
            given = [self.val_type(public) for _ in range(count)]
        elif content in ("type", "type u32"):
            given = [self.val_type(public)]
        elif content == "type type":
            given = [rng.choice((t.STRING, t.U32, t.CHAR, t.BOOL, t.S8)), self.val_type(public)]
        elif content in ("optional", "optional optional"):
            given = [
                t.NO_TYPE if rng.randrange(3) == 0 else self.val_type(public, borrows=borrows) for _ in content.split()
            ]
        if content not in ("fields", "cases", "names"):
            names = ()
        elif content == "names" and wide:
            names = tuple(f"f{k}" for k in range(rng.choice((8, 9, 17, 32))))
        number = rng.choice((1, 2, 4, 17)) if content == "type u32" else 0
        if content == "primitive":
            number = rng.choice(PRIMITIVES)
        if content == "index":
            resources = [k for k, type_ in enumerate(self.types) if type_.handle >= 0]
            if not resources:
                return self.resource()
            number = rng.choice(resources)
        if form is t.STREAM and given == [t.CHAR]:
            given = [t.U8]
        return self.add_defined(DefinedType(form, names, tuple(given), number))

    def add_defined(self, defined: DefinedType) -> int:
        """Adds a defined type."""
        self.builder.type_defined(None, defined)
        return self.add_type(self.described(defined))

    def described(self, defined: DefinedType) -> Type:
        """What is known of a defined type."""
        form = defined.form
        parts = [self.types[p] for p in defined.types if 0 <= p < len(self.types)]
        strings = t.STRING in defined.types or defined.number == t.STRING
        pointers = strings or form in (t.LIST, t.MAP) or any(p.pointers for p in parts)
        public = form not in NEEDS_NAME and all(p.public for p in parts)
        if form in (t.OWN, t.BORROW):
            public = self.types[defined.number].public
        borrows = form is t.BORROW or any(p.borrows for p in parts)
        return Type(defined, public, self._flat(defined), pointers, borrows)

    def flat_of(self, type_: int) -> Flat:
        """The core types of a value type."""
        if type_ < 0:
            return flatten_primitive(t.PRIMITIVE_NAMES.get(type_, "u8"))
        return self.types[type_].flat if type_ < len(self.types) else ()

    def _flat(self, defined: DefinedType) -> Flat:
        form = defined.form
        parts = [() if p == t.NO_TYPE else self.flat_of(p) for p in defined.types]
        if form is t.PRIMITIVE:
            return self.flat_of(defined.number)
        if form in (t.RECORD, t.TUPLE):
            return flatten_record(list(parts))
        if form in (t.VARIANT, t.RESULT):
            return flatten_variant(list(parts))
        if form is t.OPTION:
            return flatten_variant([(), *parts])
        if form in (t.LIST, t.MAP):
            return (I32, I32)
        if form is t.FIXED_LENGTH_LIST:
            return flatten_list(parts[0], defined.number)
        if form is t.FLAGS:
            return flatten_flags(len(defined.names))
        return (I32,)

    def resource(self) -> int:
        """A resource type of this component."""
        dtors = [k for k, f in enumerate(self.core_funcs) if f == FuncType((I32,), ())]
        resource = ResourceType(I32, self.rng.choice(dtors) if dtors and self.rng.randrange(2) else None)
        self.builder.type_resource(None, resource)
        return self.add_type(Type(resource, handle=self.rng.getrandbits(30)))

    def function_type(self, *, is_async: bool | None = None) -> tuple[int, ComponentFuncType]:
        """A new function type, of what may stand in imports and exports."""
        rng = self.rng
        names = rng.sample(LABELS, rng.choice((0, 1, 1, 2, 3)))
        params = tuple((n, self.val_type(True)) for n in names)
        result = self.val_type(True, borrows=False) if rng.randrange(3) else None
        if is_async is None:
            is_async = rng.randrange(4) == 0
        return self.add_function_type(ComponentFuncType(params, result, is_async))

    def add_function_type(self, func: ComponentFuncType) -> tuple[int, ComponentFuncType]:
        self.builder.type_function(None, func)
        return self.add_type(Type(func)), func

    def is_safe(self, func: ComponentFuncType) -> bool:
        """Whether a function needs no memory for pointers in what it is given."""
        types = [type_ for _, type_ in func.params] + ([] if func.result is None else [func.result])
        return not any(
            type_ == t.STRING or (0 <= type_ < len(self.types) and self.types[type_].pointers) for type_ in types
        )

    def core_type(self, func: ComponentFuncType, context: int) -> WasmSignature:
        """The core type of a function in a context, LOWER to LIFT_ASYNC_STACKFUL."""
        params = flatten_record([self.flat_of(type_) for _, type_ in func.params])
        result = None if func.result is None else self.flat_of(func.result)
        return flatten_functype(context, params, func.result is not None, result)

    # ------------------------------------------------------------------- imports and exports of types

    def import_type(self) -> None:
        """Imports a type: one that is the same as one that is there, or a fresh resource."""
        found = [k for k, type_ in enumerate(self.types) if self.may_be_named(k)]
        if not found or self.rng.randrange(3) == 0:
            self.import_as(self.name(), sub_resource(), ResourceType(I32))
            self.add_type(Type(None, True, handle=self.rng.getrandbits(30)))
            return
        index = self.rng.choice(found)
        self.import_as(self.name(), type_eq(index), None)
        self.add_type(self._copy(index))

    def may_be_named(self, index: int) -> bool:
        """Whether a type may be imported or exported as it is: what it consists of has names."""
        type_ = self.types[index]
        if isinstance(type_.what, DefinedType):
            return all(p < 0 or (p < len(self.types) and self.types[p].public) for p in type_.what.types) and (
                type_.what.form not in (t.OWN, t.BORROW) or type_.public
            )
        return type_.handle >= 0

    def _copy(self, index: int) -> Type:
        type_ = self.types[index]
        return Type(type_.what, True, type_.flat, type_.pointers, type_.borrows, type_.handle)

    def export_type(self) -> None:
        """Exports a type under a name."""
        found = [k for k, type_ in enumerate(self.types) if self.may_be_named(k)]
        if not found:
            return
        index = self.rng.choice(found)
        self.export_as(self.name(), t.TYPE, index, ResourceType(I32) if self.types[index].handle >= 0 else None)
        self.add_type(self._copy(index))

    def import_func(self, func: ComponentFuncType | None = None) -> int:
        """Imports a function, one of this type if it is given; its index."""
        index, func = self.function_type() if func is None else self.add_function_type(func)
        self.import_as(self.name(), TypeRef(t.FUNC, index), func if is_plain(func) else None)
        self.funcs.append((index, func))
        return len(self.funcs) - 1

    def import_of_resource(self) -> None:
        """Imports a function under the name of a constructor, a method, a static function or an accessor."""
        rng = self.rng
        name = self.name()
        name = name if isinstance(name, str) else name.name
        self.import_as(name, sub_resource(), ResourceType(I32))
        resource = self.add_type(Type(None, True, handle=rng.getrandbits(30)))
        own = self.add_defined(DefinedType(t.OWN, number=resource))
        self_ = ("self", self.add_defined(DefinedType(t.BORROW, number=resource)))
        result = self.add_defined(DefinedType(t.RESULT, types=(own, t.STRING)))
        bad = self.add_defined(DefinedType(t.RESULT, types=(t.NO_TYPE, t.U8)))
        other = self.val_type(True)
        made = [
            (f"[constructor]{name}", ComponentFuncType((("n", other),), rng.choice((own, own, result)))),
            (f"[method]{name}.read", ComponentFuncType((self_, ("n", other)), t.STRING)),
            (f"[static]{name}.open", ComponentFuncType((), own, rng.randrange(3) == 0)),
            (f"[method][get]{name}.size", ComponentFuncType((self_,), t.U32)),
            (f"[method][set]{name}.size", ComponentFuncType((self_, ("n", t.U32)), rng.choice((None, bad)))),
            (f"[static][get]{name}.all", ComponentFuncType((), t.U32)),
            (f"[get]{name}-x", ComponentFuncType((), other)),
        ]
        if self.wrongly() or rng.randrange(6) == 0:
            texts = [text for text, _ in made]
            rng.shuffle(texts)
            made = [(text, func) for text, (_, func) in zip(texts, made, strict=True)]
        for text, func in rng.sample(made, rng.randrange(1, 4)):
            index, func = self.add_function_type(func)
            self.import_as(text, TypeRef(t.FUNC, index), None)
            self.funcs.append((index, func))

    def import_as(self, name: ExternName | str, type_: TypeRef, what: object) -> None:
        """Imports something."""
        self.builder.import_(name, type_)
        self.imported.append((name if isinstance(name, str) else name.name, type_.kind, what))

    def export_as(
        self, name: ExternName | str, kind: int, index: int, what: object, ref: TypeRef | None = None
    ) -> None:
        """Exports something."""
        self.builder.export(name, kind, index, ref)
        self.exported[name if isinstance(name, str) else name.name] = (kind, what)

    def import_instance(self) -> None:
        """Imports an instance, with types and functions in it."""
        nested, exports = self.instance_type()
        self.builder.type_nested(None, nested)
        index = self.add_type(Type(exports))
        self.import_as(self.name(interface=True), TypeRef(t.INSTANCE, index), None)
        self.instances.append(exports)

    def instance_type(self) -> tuple[TypeBuilder, Exports]:
        """An instance type: types, resources and their functions, under names."""
        rng = self.rng
        nested = TypeBuilder()
        exports: Exports = {}
        inner: list[int] = list(PRIMITIVES)
        names = rng.sample(LABELS, rng.randrange(1, 5))
        for name in names:
            way = rng.randrange(4)
            if way == 0:
                form = rng.choice((t.RECORD, t.ENUM, t.LIST, t.TUPLE, t.FLAGS, t.VARIANT))
                labels = tuple(rng.sample(LABELS, 2)) if form not in (t.LIST, t.TUPLE) else ()
                given = () if form in (t.ENUM, t.FLAGS) else (rng.choice(inner), rng.choice(inner))
                defined = DefinedType(form, labels, given[:1] if form is t.LIST else given)
                inner.append(nested.export(name, type_eq(nested.type_defined(defined))))
                exports[name] = (t.TYPE, None)
            elif way == 1:
                self._resource_in(nested, name, exports)
            else:
                params = tuple((n, rng.choice(inner)) for n in rng.sample(LABELS, rng.randrange(3)))
                func = ComponentFuncType(params, rng.choice(inner) if rng.randrange(2) else None, rng.randrange(5) == 0)
                nested.export(name, TypeRef(t.FUNC, nested.type_function(func)))
                exports[name] = (t.FUNC, func if is_plain(func) else None)
        return nested, exports

    def _resource_in(self, nested: TypeBuilder, name: str, exports: Exports) -> None:
        rng = self.rng
        resource = nested.export(name, sub_resource())
        exports[name] = (t.TYPE, ResourceType(I32))
        own = nested.type_defined(DefinedType(t.OWN, number=resource))
        borrow = nested.type_defined(DefinedType(t.BORROW, number=resource))
        self_ = ("self", borrow)
        made = (
            (f"[constructor]{name}", ComponentFuncType((("n", t.U32),), own)),
            (f"[method]{name}.read", ComponentFuncType((self_, ("n", t.U64)), t.STRING)),
            (f"[static]{name}.open", ComponentFuncType((), own)),
            (f"[method]{name}.go", ComponentFuncType((self_,), None, True)),
            (f"[method][get]{name}.size", ComponentFuncType((self_,), t.U32)),
        )
        for text, func in rng.sample(made, rng.randrange(len(made))):
            nested.export(text, TypeRef(t.FUNC, nested.type_function(func)))
            exports[text] = (t.FUNC, None)

    def alias_something(self) -> None:
        """An alias of what an instance exports."""
        found = [(k, n) for k, exports in enumerate(self.instances) for n in exports]
        if not found:
            return
        instance, name = self.rng.choice(found)
        kind, what = self.instances[instance][name]
        self.builder.alias_export(instance, name, kind)
        if kind == t.TYPE:
            handle = self.rng.getrandbits(30) if isinstance(what, ResourceType) else -1
            self.add_type(Type(None, True, handle=handle))
        elif kind == t.FUNC:
            self.funcs.append((-1, what) if isinstance(what, ComponentFuncType) else None)
        elif kind == t.INSTANCE:
            self.instances.append(what if isinstance(what, dict) else {})

    def instance_of_exports(self) -> None:
        """An instance made of what is there."""
        rng = self.rng
        exports: Exports = {}
        out = self.builder._item(COMPONENT_INSTANCE_SECTION)
        choices = [(t.FUNC, k, f[1] if f else None) for k, f in enumerate(self.funcs)]
        choices += [(t.INSTANCE, k, e) for k, e in enumerate(self.instances)]  # type: ignore[misc]
        choices += [(t.TYPE, k, None) for k in range(len(self.types)) if self.may_be_named(k)]
        chosen = rng.sample(choices, min(len(choices), rng.randrange(3)))
        out += b"\x01" + var_u32(len(chosen))
        for (kind, index, what), name in zip(chosen, rng.sample(LABELS, len(chosen)), strict=True):
            out += b"\0" + write_name(name) + bytes((kind,)) + var_u32(index)
            exports[name] = (kind, what)
        self.builder.spaces[INSTANCE].add(None)
        self.instances.append(exports)

    def export_something(self) -> None:
        """Exports a function or an instance, so that it has another index as well."""
        rng = self.rng
        choices: list[Callable[[], None]] = []
        if self.funcs:
            choices.append(self._export_func)
        if self.instances:
            choices.append(self._export_instance)
        if choices:
            rng.choice(choices)()

    def _export_func(self) -> None:
        index = self.rng.randrange(len(self.funcs))
        func = self.funcs[index]
        ref = TypeRef(t.FUNC, func[0]) if func and func[0] >= 0 and self.rng.randrange(5) == 0 else None
        self.export_as(self.name(), t.FUNC, index, func[1] if func and is_plain(func[1]) else None, ref)
        self.funcs.append(func)

    def _export_instance(self) -> None:
        index = self.rng.randrange(len(self.instances))
        self.export_as(self.name(interface=True), t.INSTANCE, index, self.instances[index])
        self.instances.append(self.instances[index])

    def outer_type(self) -> None:
        """An alias of a type further out."""
        if self.outer is None:
            return
        scope, count = self.outer, 1
        while scope.outer is not None and self.rng.randrange(2):
            scope, count = scope.outer, count + 1
        found = [k for k, type_ in enumerate(scope.types) if isinstance(type_.what, DefinedType) and not type_.borrows]
        found = [k for k in found if not scope.holds_resource(k)]
        if not found:
            return
        index = self.rng.choice(found)
        self.builder.alias(None, t.Alias(t.OUTER, t.TYPE, count, index, ""))
        type_ = scope.types[index]
        self.add_type(Type(None, False, type_.flat, type_.pointers))

    def holds_resource(self, index: int) -> bool:
        """Whether a type has a handle somewhere in it."""
        type_ = self.types[index].what
        if not isinstance(type_, DefinedType):
            return True
        return type_.form in (t.OWN, t.BORROW) or any(0 <= p < index and self.holds_resource(p) for p in type_.types)


def is_plain(func: ComponentFuncType) -> bool:
    """Whether a function speaks of primitives only: its type means the same in every scope."""
    return all(type_ < 0 for _, type_ in func.params) and (func.result is None or func.result < 0)
