"""Shapes of components: types, aliases, imports, canonical functions, nesting."""

from __future__ import annotations

from shapes import Case, shape
from shapes.encoder import WIT, body, code, component, func_type, functions, module, name, section, types, u32, vector

U32, STRING = b"\x79", b"\x73"

CORE_MODULE = section(
    1, module(types(func_type()), functions(1), section(7, vector([name("f") + b"\0\0"])), code(body(b"")))
)
CORE_INSTANCE = section(2, b"\1\0\0\0")


def wit(*sections: bytes) -> Case:
    return {"c.wasm": component(*sections)}, WIT


def plain(text: str) -> bytes:
    """A name of an import or export, without options."""
    return b"\0" + name(text)


def component_types(*items: bytes) -> bytes:
    return section(7, vector(items))


def function(params: list[bytes], result: bytes) -> bytes:
    named = [name(f"p{k}") + param for k, param in enumerate(params)]
    return b"\x40" + vector(named) + (b"\0" + result if result else b"\1\0")


def instance(*declarations: bytes) -> bytes:
    return b"\x42" + vector(declarations)


FUNCTION = function([U32], STRING)
INSTANCE = instance(b"\1" + FUNCTION, b"\4" + plain("f") + b"\1\0")


def imported_instance(type_: bytes) -> list[bytes]:
    return [component_types(type_), section(10, b"\1" + plain("a:b/i") + b"\5\0")]


@shape(80_000)
def small_types(n: int) -> Case:
    """Options, results and tuples of primitives."""
    three = [b"\x6b" + U32, b"\x6a\1" + U32 + b"\1" + STRING, b"\x6f\2" + U32 + STRING]
    return wit(component_types(*(three * (n // 3))))


@shape(400)
def wide_tuples(n: int) -> Case:
    return wit(component_types(*[b"\x6f" + vector([U32] * 500)] * n))


@shape(40)
def records(n: int) -> Case:
    """Records of a thousand fields."""
    fields = vector([name(f"f{k}") + U32 for k in range(1000)])
    return wit(component_types(*[b"\x72" + fields] * n))


@shape(10_000)
def functions_of_an_instance(n: int) -> Case:
    exports = [b"\4" + plain(f"f{k}") + b"\1\0" for k in range(n)]
    return wit(*imported_instance(instance(b"\1" + FUNCTION, *exports)))


@shape(40_000)
def outer_aliases(n: int) -> Case:
    aliases = instance(*[b"\2\3\2\1\0"] * n)
    return wit(component_types(b"\x70" + U32, aliases), section(10, b"\1" + plain("a:b/i") + b"\5\1"))


@shape(40_000)
def aliases_of_exports(n: int) -> Case:
    return wit(*imported_instance(INSTANCE), section(6, vector([b"\1\0\0" + name("f")] * n)))


@shape(40_000)
def core_aliases(n: int) -> Case:
    return wit(CORE_MODULE, CORE_INSTANCE, section(6, vector([b"\0\0\1\0" + name("f")] * n)))


@shape(20_000)
def lifted_functions(n: int) -> Case:
    alias = section(6, b"\1\0\0\1\0" + name("f"))
    lifts = section(8, u32(n) + b"\0\0\0\0\0" * n)
    return wit(CORE_MODULE, CORE_INSTANCE, alias, component_types(function([], b"")), lifts)


@shape(5_000)
def resources(n: int) -> Case:
    """Resources of an instance, and the handles to them."""
    each = [(b"\4" + plain(f"r{k}") + b"\3\1", b"\1\x69" + u32(2 * k)) for k in range(n)]
    return wit(*imported_instance(instance(*[part for pair in each for part in pair])))


@shape(5_000)
def imports(n: int) -> Case:
    names = [plain(f"a:b/i{k}@1.{k}.0") + b"\5\0" for k in range(n)]
    return wit(component_types(INSTANCE), section(10, vector(names)))
