"""Components and modules as the builders write them: which items share a section, and the bytes."""

from __future__ import annotations

from pywasmtools.wasm import spaces
from pywasmtools.wasm.canonicals import MEMORY, RESOURCE_DROP, THREAD_YIELD_THEN_PROMOTE, UTF8
from pywasmtools.wasm.component_builder import (
    ComponentBuilder,
    TypeBuilder,
    alias_export,
    alias_outer,
    type_eq,
)
from pywasmtools.wasm.component_types import (
    FUNC,
    INSTANCE,
    LIST,
    STRING,
    SUB_RESOURCE,
    TYPE,
    ComponentFuncType,
    DefinedType,
    ExternName,
    ResourceType,
    TypeRef,
)
from pywasmtools.wasm.module_builder import ModuleBuilder, i32_const
from pywasmtools.wasm.types import FUNCREF, I32, FuncType, MemoryType, TableType

HEADER = "00 61 73 6d 0d 00 01 00 "


def test_items_of_one_kind_share_a_section() -> None:
    builder = ComponentBuilder()
    assert builder.type_defined(None, DefinedType(LIST, types=(STRING,))) == 0
    assert builder.type_function(None, ComponentFuncType((("a", 0),), None)) == 1
    assert builder.import_("f", TypeRef(FUNC, 1)) == 0
    assert builder.type_resource(None, ResourceType(I32)) == 2
    assert builder.lower_func(None, 0, [(UTF8, 0), (MEMORY, 0)]) == 0
    assert builder.canonical((RESOURCE_DROP, (2,), ())) == 1
    assert builder.finish().hex(" ") == (
        HEADER
        + "07 0a 02 70 73 40 01 01 61 00 01 00 "  # two types
        + "0a 06 01 00 01 66 01 01 "  # an import
        + "07 04 01 3f 7f 00 "  # another type section
        + "08 0a 02 01 00 00 02 00 03 00 03 02"  # two canonicals
    )


def test_names_with_attributes() -> None:
    builder = ComponentBuilder()
    builder.import_(ExternName("a", implements="x:y/z", external_id="i"), TypeRef(INSTANCE, 0))
    builder.export("b", TYPE, 0, type_eq(0))
    assert builder.finish().hex(" ") == (
        HEADER + "0a 11 01 02 01 61 02 00 05 78 3a 79 2f 7a 02 01 69 05 00 " + "0b 0a 01 00 01 62 03 00 01 03 00 00"
    )


def test_nested_types_count_what_they_declare() -> None:
    instance = TypeBuilder()
    assert instance.export("r", SUB_RESOURCE) == 0
    assert instance.alias(alias_outer(TYPE, 1, 4)) == 1
    component = TypeBuilder(is_component=True)
    assert component.type_nested(instance) == 0
    assert component.import_("i", TypeRef(INSTANCE, 0)) == 0
    builder = ComponentBuilder()
    builder.type_nested(None, component)
    assert builder.finish().hex(" ") == (
        HEADER + "07 17 01 41 02 " + "01 42 02 04 00 01 72 03 01 02 03 02 01 04 " + "03 00 01 69 05 00"
    )


def test_instances_and_aliases() -> None:
    builder = ComponentBuilder()
    builder.core_instantiate(None, 0, [("env", 1)])
    builder.core_instantiate_exports(None, [("f", 0, 2)])
    builder.instantiate(None, 0, [("i", INSTANCE, 3)])
    assert builder.alias(None, alias_export(0, "t", TYPE)) == 0
    assert builder.core_alias_export(None, 0, "m", 2) == 0
    assert (builder.spaces[spaces.CORE_INSTANCE].count, builder.spaces[spaces.INSTANCE].count) == (2, 1)
    assert builder.finish().hex(" ") == (
        HEADER
        + "02 10 02 00 00 01 03 65 6e 76 12 01 01 01 01 66 00 02 "
        + "05 08 01 00 00 01 01 69 05 03 "
        + "06 0c 02 03 00 00 01 74 00 02 01 00 01 6d"
    )


def test_debug_names_as_wasm_encoder_has_them() -> None:
    # Instances are named twice, and one built-in under another's name.
    builder = ComponentBuilder()
    builder.instantiate("i", 0, [])
    builder.canonical((THREAD_YIELD_THEN_PROMOTE, (), ()))
    builder.append_names()
    data = builder.finish()
    assert data.count(b"\x01\x05\x05\x01\x00\x01i") == 2
    assert b"\x00\x18thread.yield-then-resume" in data


def test_modules() -> None:
    module = ModuleBuilder()
    type_ = module.type_func(FuncType((I32,), (I32,)))
    module.import_("m", "f", 0, type_)
    module.function(type_)
    module.table(TableType(FUNCREF, 1, 1))
    module.memory(MemoryType(1))
    module.export("g", 0, 1)
    module.active_functions(None, i32_const(0), [1])
    module.code([(1, I32)], bytes.fromhex("20 00 0b"))
    module.custom("x", b"y")
    assert module.finish().hex(" ") == (
        "00 61 73 6d 01 00 00 00 "
        "01 06 01 60 01 7f 01 7f "
        "02 07 01 01 6d 01 66 00 00 "
        "03 02 01 00 "
        "04 05 01 70 01 01 01 "
        "05 03 01 00 01 "
        "07 05 01 01 67 00 01 "
        "09 07 01 00 41 00 0b 01 01 "
        "0a 08 01 06 01 01 7f 20 00 0b "
        "00 03 01 78 79"
    )
