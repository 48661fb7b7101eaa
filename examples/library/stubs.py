"""A generator of Python stubs with types, of any world: stubs.py WIT OUT [WORLD]

A package of `.pyi` files: one for each interface, and `__init__.pyi` with the functions that the world imports by itself and a
protocol for what it exports. `result.pyi` has what `result<T, E>` becomes.
"""

from __future__ import annotations

import keyword
import sys
from pathlib import Path

import pywasmtools as wt

RESULT = """import dataclasses, typing
T = typing.TypeVar("T")
@dataclasses.dataclass
class Ok(typing.Generic[T]):
    value: T
@dataclasses.dataclass
class Err(typing.Generic[T]):
    value: T
"""
HEAD = "import collections.abc\nimport dataclasses\nimport enum\nimport typing\nfrom . import result as _result\n"
PRIMS = {"bool": "bool", "f32": "float", "f64": "float", "char": "str", "string": "str", "error-context": "object"}
MODULES = {"collections", "dataclasses", "enum", "typing"}
TAKEN = MODULES | {"bool", "bytes", "dict", "float", "int", "list", "object", "self", "staticmethod", "str", "tuple"}


def snake(name: str) -> str:
    """A name as Python has those of functions, fields and modules."""
    found = name.replace("-", "_").lower()
    return f"{found}_" if keyword.iskeyword(found) or found in TAKEN else found


def pascal(name: str) -> str:
    """A name as Python has those of classes."""
    found = "".join(word[:1].upper() + word[1:] for word in name.split("-"))
    return f"{found}_" if keyword.iskeyword(found) else found


def comments(docs: str | None, indent: str = "") -> str:
    return "".join(f"{indent}# {line}\n" for line in (docs or "").splitlines())


class Module:
    """The stub of one interface, or of the world."""

    def __init__(self, owner: wt.Interface | wt.World, modules: dict[wt.Interface, str]) -> None:
        self.owner, self.modules = owner, modules
        self.used: set[str] = set()
        self.out = ""

    def text(self) -> str:
        """The file, once everything is in it."""
        uses = "".join(f"from . import {name} as _{name}\n" for name in sorted(self.used))
        return f'"""{self.owner}"""\n\n{HEAD}{uses}\n{self.out}'

    def ref(self, type_: wt.Type | None) -> str:
        """A type as an annotation."""
        if type_ is None:
            return "None"
        if isinstance(type_, wt.Prim) or type_.name is None:
            return self.made_of(type_)
        if type_.owner == self.owner or not isinstance(type_.owner, wt.Interface):
            return pascal(type_.name)
        self.used.add(self.modules[type_.owner])
        return f"_{self.modules[type_.owner]}.{pascal(type_.name)}"

    def made_of(self, type_: wt.Type) -> str:
        """What a type is, whatever it is called."""
        match type_:
            case wt.Prim(name):
                return PRIMS.get(name, "int")
            case wt.List(wt.Prim("u8")):
                return "bytes"
            case wt.List(element) | wt.FixedLengthList(element):
                return f"list[{self.ref(element)}]"
            case wt.Map(key, value):
                return f"dict[{self.ref(key)}, {self.ref(value)}]"
            case wt.Tuple(elements):
                return f"tuple[{', '.join(map(self.ref, elements))}]"
            case wt.Option(some):
                return f"{self.ref(some)} | None"
            case wt.Result(ok, err):
                return f"_result.Ok[{self.ref(ok)}] | _result.Err[{self.ref(err)}]"
            case wt.Future(value):
                return f"collections.abc.Awaitable[{self.ref(value)}]"
            case wt.Stream(value):
                return f"collections.abc.AsyncIterator[{self.ref(value)}]"
            case wt.Own() | wt.Borrow() | wt.Alias():
                return self.ref(type_.type)
            case wt.Record() | wt.Variant() | wt.Enum() | wt.Flags() | wt.Resource():
                raise AssertionError(f"{type_!r} has a name")

    def define(self, name: str, type_: wt.DefinedType) -> None:
        """The definition of a type."""
        called = pascal(name)
        self.out += comments(type_.docs)
        match type_:
            case wt.Record(fields):
                self.dataclass(called, [f"{snake(f.name)}: {self.ref(f.type)}" for f in fields])
            case wt.Variant(cases):
                for case in cases:
                    held = [] if case.type is None else [f"value: {self.ref(case.type)}"]
                    self.dataclass(f"{called}_{pascal(case.name)}", held)
                union = " | ".join(f"{called}_{pascal(case.name)}" for case in cases)
                self.out += f"{called}: typing.TypeAlias = {union}\n"
            case wt.Enum(cases):
                members = "".join(f"    {snake(c.name).upper()} = {c.index}\n" for c in cases)
                self.out += f"class {called}(enum.Enum):\n{members}"
            case wt.Flags(flags):
                members = "".join(f"    {snake(f.name).upper()} = {1 << f.index}\n" for f in flags)
                self.out += f"class {called}(enum.Flag):\n{members}"
            case wt.Resource():
                self.out += f"class {called}:\n" + ("" if type_.functions else "    ...\n")
                for function in type_.functions:
                    self.function(function, "    ", "self")
            case _:
                self.out += f"{called}: typing.TypeAlias = {self.made_of(type_)}\n"

    def dataclass(self, name: str, fields: list[str]) -> None:
        self.out += f"@dataclasses.dataclass\nclass {name}:\n" + "".join(f"    {f}\n" for f in fields or ["..."])

    def protocol(self, name: str, functions: list[wt.Function], members: list[str]) -> None:
        self.out += f"class {name}(typing.Protocol):\n" + "".join(f"    {m}\n" for m in members or ["..."])
        for function in functions:
            self.function(function, "    ", "self")

    def function(self, function: wt.Function, indent: str = "", first: str = "") -> None:
        """A function; a method where `first` is its first parameter."""
        name, result = snake(function.item_name), self.ref(function.result)
        self.out += comments(function.docs, indent)
        if function.is_constructor:
            name, result = "__init__", "None"
        elif function.is_static:
            self.out, first = self.out + f"{indent}@staticmethod\n", ""
        if function.kind.endswith("getter") or function.kind.endswith("setter"):
            name = f"{function.kind[-6:-3]}_{name}"
        params = [f"{snake(p.name)}: {self.ref(p.type)}" for p in function.params[function.is_method :]]
        head = "async def" if function.is_async else "def"
        listed = ", ".join([first, *params] if first else params)
        self.out += f"{indent}{head} {name}({listed}) -> {result}: ...\n"


def free(interface: wt.Interface) -> list[wt.Function]:
    return [f for f in interface.functions.values() if f.resource is None]


def generate(world: wt.World) -> dict[str, str]:
    """The files of a world's stubs, by name."""
    modules: dict[wt.Interface, str] = {}
    for name, item in [*world.imports.items(), *world.exports.items()]:
        if isinstance(item, wt.Interface) and item not in modules:
            clash = snake(item.name) in [*modules.values(), "result"]
            modules[item] = snake("".join(c if c.isalnum() else "-" for c in name) if clash else item.name)
    files = {"result.pyi": RESULT}
    for interface, name in modules.items():
        module = Module(interface, modules)
        for type_name, type_ in interface.types.items():
            module.define(type_name, type_)
        for function in free(interface):
            module.function(function)
        files[f"{name}.pyi"] = module.text()
    files["__init__.pyi"] = of_world(Module(world, modules), world)
    return files


def of_world(module: Module, world: wt.World) -> str:
    """The stub of the world itself."""
    for name, type_ in world.types.items():
        module.define(name, type_)
    for item in world.imports.values():
        if isinstance(item, wt.Function) and item.resource is None:
            module.function(item)
    interfaces = [item for item in world.exports.values() if isinstance(item, wt.Interface)]
    for item in interfaces:
        module.protocol(f"Exported_{module.modules[item]}", free(item), [])
    members = [f"{module.modules[item]}: Exported_{module.modules[item]}" for item in interfaces]
    functions = [item for item in world.exports.values() if isinstance(item, wt.Function)]
    module.protocol("Exports", functions, members)
    return module.text()


if __name__ == "__main__":
    out = Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for path, text in generate(wt.parse_wit(Path(sys.argv[1])).world(*sys.argv[3:])).items():
        (out / path).write_text(text)
