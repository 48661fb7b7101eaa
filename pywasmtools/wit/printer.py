"""A `Resolve`'s packages as WIT text.

Lines are put together as strings, two spaces a level. What nests without a bound, types, is printed from a stack.

See https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wit.model import (
    ASYNC_METHOD,
    CONSTRUCTOR,
    GETTER,
    METHOD,
    METHOD_GETTER,
    METHOD_SETTER,
    SETTER,
    STATIC,
    STATIC_GETTER,
    STATIC_SETTER,
    Function,
    InterfaceItem,
    InterfaceOwner,
    TypeItem,
    WorldOwner,
    without_name,
)
from pywasmtools.wit.types import (
    Alias,
    Borrow,
    Enum,
    FixedLengthList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Prim,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Variant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wit.model import Attributed, Package, Resolve, TypeOwner, WorldItem, WorldKey
    from pywasmtools.wit.stability import Stability
    from pywasmtools.wit.types import Type, TypeKind

KEYWORDS: Final = frozenset(
    [
        *("use", "type", "func", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64"),
        *("float32", "float64", "char", "resource", "record", "flags", "variant", "enum", "bool", "string"),
        *("option", "result", "future", "stream", "list", "own", "borrow", "_", "as", "from", "static"),
        *("interface", "tuple", "world", "import", "export", "package", "with", "include", "constructor"),
        *("error-context", "async", "map"),
    ]
)
"""The names that are printed with a `%`."""

_UNNAMED: Final = {
    "resource": "an unnamed resource type",
    "record": "an unnamed record type",
    "flags": "unnamed flags type",
    "enum": "unnamed enum type",
    "variant": "unnamed variant type",
}
_PLAIN_EXTERNAL: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./: ")
_EXTERNAL_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_name(name: str) -> str:
    """A name as it must be written: with `%` where it is a keyword."""
    return "%" + name if name in KEYWORDS else name


def escape_external_id(id_: str) -> str:
    """An external id as it stands between quotes, with everything escaped that isn't plain."""
    parts: list[str] = []
    for char in id_:
        if char in _PLAIN_EXTERNAL:
            parts.append(char)
        else:
            parts.append(_EXTERNAL_ESCAPES.get(char) or f"\\u{{{ord(char):x}}}")
    return "".join(parts)


def file_stems(resolve: Resolve) -> list[str]:
    """The file name of each package: as much of its name as tells it from the others."""
    same_name: dict[str, int] = {}
    same_namespace: dict[tuple[str, str], int] = {}
    for package in resolve.packages:
        name = package.name
        same_name[name.name] = same_name.get(name.name, 0) + 1
        both = (name.namespace, name.name)
        same_namespace[both] = same_namespace.get(both, 0) + 1
    stems: list[str] = []
    for package in resolve.packages:
        name = package.name
        versions = same_namespace[name.namespace, name.name]
        if versions == same_name[name.name]:
            stems.append(name.name if versions == 1 or name.version is None else f"{name.name}@{name.version}")
        elif versions == 1:
            stems.append(f"{name.namespace}:{name.name}")
        else:
            stems.append(str(name))
    return stems


class WitPrinter:
    """Prints packages of one `Resolve` after the other; `emit_docs` says whether with comments."""

    __slots__ = ("any_items", "emit_docs", "indent", "out", "resolve")

    resolve: Resolve

    def __init__(self, emit_docs: bool) -> None:
        self.emit_docs = emit_docs
        self.out: list[str] = []
        self.indent = ""
        self.any_items = False  # whether the block has an item already, so that the next follows a blank line

    def print(self, resolve: Resolve, package: int, nested: list[int]) -> str:
        """The text of a package and, as `package … { }` after it, of those in `nested`. Raises plain errors."""
        self.resolve = resolve
        self.out = []
        self.package(resolve.packages[package], True)
        for k, id_ in enumerate(nested):
            if k > 0:
                self.out.append("\n\n")
            self.package(resolve.packages[id_], False)
        return "".join(self.out)

    def line(self, text: str) -> None:
        """A line at the current level."""
        self.out.append(f"{self.indent}{text}\n")

    def open(self, head: str) -> None:
        """The line that begins a block."""
        self.out.append(f"{self.indent}{head} {{\n")
        self.indent += "  "

    def close(self) -> None:
        """The line that ends a block."""
        self.indent = self.indent[2:]
        self.out.append(f"{self.indent}}}\n")

    def new_item(self) -> None:
        """A blank line before each item of a block but the first."""
        if self.any_items:
            self.out.append("\n")
        self.any_items = True

    # --------------------------------------------------------------------------- packages

    def package(self, package: Package, is_main: bool) -> None:
        """One package; the main one's items stand at the outermost level."""
        self.docs(package.docs)
        name = package.name
        head = f"package {escape_name(name.namespace)}:{escape_name(name.name)}"
        if name.version is not None:
            head += f"@{name.version}"
        if is_main:
            self.line(head + ";")
            self.out.append("\n")
        else:
            self.open(head)
        for item_name, id_ in package.interfaces.items():
            interface = self.resolve.interfaces[id_]
            self.docs(interface.docs)
            self.stability(interface.stability)
            self.open(f"interface {escape_name(item_name)}")
            self.interface(id_)
            self.close()
            if is_main:
                self.out.append("\n")
        for item_name, id_ in package.worlds.items():
            world = self.resolve.worlds[id_]
            self.docs(world.docs)
            self.stability(world.stability)
            self.open(f"world {escape_name(item_name)}")
            self.world(id_)
            self.close()
        if not is_main:
            self.close()

    def docs(self, docs: str | None) -> None:
        """Documentation, `///` before each line."""
        if not docs or not self.emit_docs:
            return
        lines = docs.split("\n")
        last = lines.pop()
        if last:
            lines.append(last + "\r" if last.endswith("\r") else last)  # a return without a newline stays
        head = f"{self.indent}///"
        for line in lines:
            if line.endswith("\r"):
                line = line[:-1]
            self.out.append(f"{head} {line}\n" if line else f"{head}\n")

    def stability(self, stability: Stability) -> None:
        """`@since`, `@unstable` and `@deprecated`, a line each."""
        for line in stability.attributes():
            self.line(line)

    def attributes(self, item: Attributed) -> None:
        """All attributes of an item, a line each."""
        self.stability(item.stability)
        if item.external_id is not None:
            self.line(f'@external-id("{escape_external_id(item.external_id)}")')

    # --------------------------------------------------------------------------- interfaces and worlds

    def interface(self, id_: int) -> None:
        """What stands in an interface: uses, types, functions."""
        before = self.any_items
        self.any_items = False
        interface = self.resolve.interfaces[id_]
        resource_funcs: dict[int, list[Function]] = {}
        freestanding: list[Function] = []
        for func in interface.functions.values():
            if func.kind.resource >= 0:
                resource_funcs.setdefault(func.kind.resource, []).append(func)
            else:
                freestanding.append(func)
        assert interface.package is not None
        self.types(InterfaceOwner(id_), interface.package, interface.types, resource_funcs)
        for func in freestanding:
            self.new_item()
            self.docs(func.docs)
            self.attributes(func)
            self.line(f"{escape_name(func.item_name())}: {self.function(func)};")
        self.any_items = before

    def types(
        self,
        owner: TypeOwner,
        package: int,
        types: dict[str, int],
        resource_funcs: dict[int, list[Function]],
    ) -> None:
        """The types of an interface or world of `package`: first what it uses of interfaces, then what it defines."""
        arena = self.resolve.types
        declared: list[int] = []
        # of each use the owner of its types, the id of the first and the names, its own and the other's
        used: list[tuple[TypeOwner, int, list[tuple[str, str]]]] = []
        for name, id_ in types.items():
            kind = arena[id_].kind
            if isinstance(kind, Alias) and isinstance(kind.type, int):
                other = arena[kind.type]
                if other.owner is not None and other.owner != owner:
                    if other.name is None:
                        raise error("cannot import unnamed type")
                    if not used or not self.same_use(used[-1][0], used[-1][1], other.owner, id_):
                        used.append((other.owner, id_, []))
                    used[-1][2].append((name, other.name))
                    continue
            declared.append(id_)
        for other_owner, first, names in used:
            self.any_items = True
            self.attributes(arena[first])
            if not isinstance(other_owner, InterfaceOwner):
                raise error("types of a world cannot be used elsewhere")
            listed = [
                escape_name(mine) if mine == theirs else f"{escape_name(theirs)} as {escape_name(mine)}"
                for mine, theirs in names
            ]
            self.line(f"use {self.path(other_owner.id, package)}.{{{', '.join(listed)}}};")
        for id_ in declared:
            self.new_item()
            self.type_definition(id_, resource_funcs)

    def same_use(self, owner: TypeOwner, first: int, other_owner: TypeOwner, id_: int) -> bool:
        """Whether a type joins the use that begins with `first`."""
        one = self.resolve.types[first]
        two = self.resolve.types[id_]
        return owner == other_owner and one.stability == two.stability and one.external_id == two.external_id

    def path(self, interface: int, package: int) -> str:
        """How an interface is named inside `package`."""
        found = self.resolve.interfaces[interface]
        if found.name is None or found.package is None:
            raise without_name()
        if found.package == package:
            return escape_name(found.name)
        name = self.resolve.packages[found.package].name
        text = f"{escape_name(name.namespace)}:{escape_name(name.name)}/{escape_name(found.name)}"
        return text if name.version is None else f"{text}@{name.version}"

    def world(self, id_: int) -> None:
        """What stands in a world: imported interfaces, uses and types, imported functions, exports."""
        before = self.any_items
        self.any_items = False
        world = self.resolve.worlds[id_]
        assert world.package is not None
        types: dict[str, int] = {}
        resource_funcs: dict[int, list[Function]] = {}
        functions: list[tuple[WorldKey, Function]] = []
        for key, item in world.imports.items():
            if isinstance(item, TypeItem):
                assert isinstance(key, str)
                types[key] = item.id
            elif isinstance(item, Function):
                if item.kind.resource >= 0:
                    resource_funcs.setdefault(item.kind.resource, []).append(item)
                else:
                    functions.append((key, item))
            else:
                self.world_item(key, item, world.package, "import")
                self.any_items = True
        self.types(WorldOwner(id_), world.package, types, resource_funcs)
        for key, func in functions:
            self.world_item(key, func, world.package, "import")
            self.any_items = True
        if world.exports:
            self.new_item()
        for key, item in world.exports.items():
            self.world_item(key, item, world.package, "export")
        self.any_items = before

    def world_item(self, key: WorldKey, item: WorldItem, package: int, word: str) -> None:
        """An import or export: an interface or a function."""
        if isinstance(item, InterfaceItem):
            interface = self.resolve.interfaces[item.id]
            if item.docs is not None:
                self.docs(item.docs)
            elif isinstance(key, str):
                self.docs(interface.docs)
            self.attributes(item)
            if not isinstance(key, str):
                self.line(f"{word} {self.path(item.id, package)};")
            elif interface.name is None:
                self.open(f"{word} {escape_name(key)}: interface")
                self.interface(item.id)
                self.close()
            else:
                self.line(f"{word} {escape_name(key)}: {self.path(item.id, package)};")
            return
        if isinstance(item, TypeItem):
            raise error("a world cannot export a type")
        self.docs(item.docs)
        self.attributes(item)
        self.line(f"{word} {escape_name(item.item_name())}: {self.function(item)};")

    # --------------------------------------------------------------------------- functions

    def function(self, func: Function) -> str:
        """A function's type, from `async` to the result."""
        tag = func.kind.tag
        if tag == CONSTRUCTOR:
            text = "constructor("
        elif tag == GETTER or tag == METHOD_GETTER or tag == STATIC_GETTER:
            text = "get("
        elif tag == SETTER or tag == METHOD_SETTER or tag == STATIC_SETTER:
            text = "set("
        elif func.kind.is_async:
            text = "async func("
        else:
            text = "func("
        params = func.params
        if tag == METHOD or tag == ASYNC_METHOD or tag == METHOD_GETTER or tag == METHOD_SETTER:
            params = params[1:]  # all but `self`
        text += ", ".join([f"{escape_name(param.name)}: {self.type(param.type)}" for param in params]) + ")"
        result = func.result
        if result is None or (tag == CONSTRUCTOR and self.is_own(result, func.kind.resource)):
            return text
        return f"{text} -> {self.type(result)}"

    def is_own(self, type_: Type, resource: int) -> bool:
        """Whether a type is `own<resource>`: what a constructor returns that doesn't say what."""
        if not isinstance(type_, int):
            return False
        kind = self.resolve.types[type_].kind
        return isinstance(kind, Own) and kind.resource == resource

    def resource(self, name: str, funcs: list[Function]) -> None:
        """A resource and its functions."""
        if not funcs:
            self.line(f"resource {escape_name(name)};")
            return
        self.open(f"resource {escape_name(name)}")
        for func in funcs:
            self.docs(func.docs)
            self.attributes(func)
            tag = func.kind.tag
            if tag == CONSTRUCTOR:
                self.line(f"{self.function(func)};")
            elif tag >= STATIC:
                self.line(f"{escape_name(func.item_name())}: static {self.function(func)};")
            else:
                self.line(f"{escape_name(func.item_name())}: {self.function(func)};")
        self.close()

    # --------------------------------------------------------------------------- types

    def type_definition(self, id_: int, resource_funcs: dict[int, list[Function]]) -> None:
        """A type's definition, with its docs."""
        found = self.resolve.types[id_]
        self.docs(found.docs)
        self.attributes(found)
        kind = found.kind
        name = found.name
        if name is None:
            raise error(f"document has unnamed {kind.word} type")
        escaped = escape_name(name)
        if isinstance(kind, Record):
            self.open(f"record {escaped}")
            for field in kind.fields:
                self.docs(field.docs)
                self.line(f"{escape_name(field.name)}: {self.type(field.type)},")
            self.close()
        elif isinstance(kind, Variant):
            self.open(f"variant {escaped}")
            for case in kind.cases:
                self.docs(case.docs)
                payload = "" if case.type is None else f"({self.type(case.type)})"
                self.line(f"{escape_name(case.name)}{payload},")
            self.close()
        elif isinstance(kind, Enum):
            self.open(f"enum {escaped}")
            for label in kind.cases:
                self.docs(label.docs)
                self.line(f"{escape_name(label.name)},")
            self.close()
        elif isinstance(kind, Flags):
            self.open(f"flags {escaped}")
            for flag in kind.flags:
                self.docs(flag.docs)
                self.line(f"{escape_name(flag.name)},")
            self.close()
        elif isinstance(kind, Resource):
            self.resource(name, resource_funcs.get(id_) or [])
        elif isinstance(kind, Alias):
            self.line(f"type {escaped} = {self.type(kind.type)};")
        elif isinstance(kind, Own):
            # not just the resource's name, which would mean an alias of the resource
            self.line(f"type {escaped} = own<{self.resource_name(kind.resource)}>;")
        else:
            self.line(f"type {escaped} = {self.kind(kind)};")

    def resource_name(self, id_: int) -> str:
        """The name of the resource of a handle."""
        name = self.resolve.types[id_].name
        if name is None:
            raise error("unnamed resource type")
        return escape_name(name)

    def type(self, type_: Type) -> str:
        """A type as it is referred to."""
        if isinstance(type_, Prim):
            return type_.name
        found = self.resolve.types[type_]
        if found.name is not None:
            return escape_name(found.name)
        return self.kind(found.kind)

    def kind(self, kind: TypeKind) -> str:
        """A type without a name, and those in it without names, to any depth."""
        out: list[str] = []
        todo: list[str | Type | TypeKind] = [kind]
        while todo:
            next_ = todo.pop()
            if isinstance(next_, str):
                out.append(next_)
                continue
            if isinstance(next_, Prim):
                out.append(next_.name)
                continue
            if isinstance(next_, int):
                found = self.resolve.types[next_]
                if found.name is not None:
                    out.append(escape_name(found.name))
                    continue
                next_ = found.kind
            if isinstance(next_, Own):
                out.append(self.resource_name(next_.resource))
            elif isinstance(next_, Borrow):
                out.append(f"borrow<{self.resource_name(next_.resource)}>")
            elif isinstance(next_, Alias):
                todo.append(next_.type)
            else:
                self.generic(next_, todo)
        return "".join(out)

    def generic(self, kind: TypeKind, todo: list[str | Type | TypeKind]) -> None:
        """Puts the parts of a type with arguments on the stack, the first on top."""
        if isinstance(kind, List):
            todo += [">", kind.type, "list<"]
        elif isinstance(kind, Option):
            todo += [">", kind.type, "option<"]
        elif isinstance(kind, Tuple):
            todo.append(">")
            types = kind.types()
            for k in range(len(types) - 1, -1, -1):
                todo.append(types[k])
                if k > 0:
                    todo.append(", ")
            todo.append("tuple<")
        elif isinstance(kind, Result):
            if kind.err is not None:
                todo += [">", kind.err, ", ", "_" if kind.ok is None else kind.ok, "result<"]
            elif kind.ok is not None:
                todo += [">", kind.ok, "result<"]
            else:
                todo.append("result")
        elif isinstance(kind, FixedLengthList):
            todo += [f", {kind.length}>", kind.type, "list<"]
        elif isinstance(kind, Map):
            todo += [">", kind.value_type, ", ", kind.key_type, "map<"]
        elif isinstance(kind, (Future, Stream)):
            if kind.type is None:
                todo.append(kind.word)
            else:
                todo += [">", kind.type, f"{kind.word}<"]
        else:
            raise error(f"resolve has {_UNNAMED[kind.word]}")
