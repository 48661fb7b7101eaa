"""Items of sections, of modules and of components: what is read, what is refused, and that writing gives it back."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.canonicals import (
    ASYNC,
    LIFT,
    MEMORY,
    REALLOC,
    STREAM_READ,
    TASK_RETURN,
    UTF8,
    WAITABLE_SET_WAIT,
    read_canonical,
    write_canonical,
)
from pywasmtools.wasm.component import (
    ComponentExport,
    TypeDeclaration,
    TypeDeclarations,
    read_alias,
    read_component_export,
    read_component_instance,
    read_component_type,
    read_core_instance,
    read_core_type,
    read_extern_name,
)
from pywasmtools.wasm.component_types import (
    CORE_INSTANCE_EXPORT,
    ENUM,
    FIXED_LENGTH_LIST,
    INSTANCE,
    INSTANCE_EXPORT,
    LIST,
    MAP,
    NO_TYPE,
    OUTER,
    OWN,
    PRIMITIVE,
    RECORD,
    RESULT,
    STREAM,
    STRING,
    SUB_RESOURCE,
    TYPE,
    U8,
    U32,
    VARIANT,
    Alias,
    ComponentFuncType,
    DefinedType,
    ExternName,
    ResourceType,
    write_defined_type,
)
from pywasmtools.wasm.module import (
    ACTIVE,
    COMPACT_ITEMS,
    COMPACT_NAMES,
    DECLARED,
    FUNC,
    GLOBAL,
    NameReader,
    plain_type_end,
    read_data,
    read_element,
    read_export,
    read_global,
    read_imports,
    read_memory_type,
    read_name_map,
    read_rec_group,
    read_table,
    read_tag_type,
)
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import FUNCREF, I32, MemoryType
from pywasmtools.wasm.writer import write_sub_type

Read = Callable[[BinaryReader], object]


def reader(data: str) -> BinaryReader:
    return BinaryReader(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("60 02 7f 7e 01 7d", "(func (param i32 i64) (result f32))"),
        ("60 00 00", "(func)"),
        ("5e 78 01", "(array (mut i8))"),
        ("5f 02 7f 00 63 6e 01", "(struct i32 (mut anyref))"),
        ("5d 03", "(cont (module 3))"),
        ("50 00 5f 00", "(sub (struct))"),
        ("4f 01 00 65 5f 00", "(sub final (module 0) (shared (struct)))"),
    ],
)
def test_types(data: str, text: str) -> None:
    group = read_rec_group(reader(data))
    assert str(group.types[0]) == text
    out = bytearray()
    write_sub_type(out, group.types[0])
    # The one form that is written shorter than it was read: a nullable abstract type.
    assert out.hex(" ") == data.replace("63 6e", "6e")


def test_types_as_debug_prints_them() -> None:
    sub = read_rec_group(reader("50 01 02 60 01 7f 01 64 70")).types[0]
    assert sub.debug() == (
        'SubType { is_final: false, supertype_idxs: [CoreTypeIndex { kind: "module", index: 2 }], '
        "composite_type: CompositeType { inner: Func(FuncType { params: [I32], results: [Ref((ref func))] }), "
        "shared: false, descriptor_idx: None, describes_idx: None } }"
    )


def test_recursion_groups_know_where_their_types_began() -> None:
    group = read_rec_group(reader("4e 02 60 00 00 5f 00"))
    assert (group.explicit, group.offsets) == (True, (2, 5))
    assert group == read_rec_group(reader("4e 02 60 00 00 4f 00 5f 00"))


def test_types_in_single_bytes_end_where_the_reader_ends() -> None:
    for params, results in itertools.product(range(5), repeat=2):
        function = bytes([0x60, params]) + b"\x7f" * params + bytes([results]) + b"\x7e" * results
        struct = bytes([0x5F, params]) + b"\x7f\1" * params
        for data in (function, struct, b"\x5e\x7f\0"):
            whole = reader((data + b"\x60\0\0").hex())
            read_rec_group(whole)
            assert plain_type_end(whole.data, 0, whole.end) == whole.pos == len(data)
            for cut in range(len(data)):
                assert plain_type_end(whole.data, 0, cut) == 0, (data, cut)
    assert plain_type_end(b"\x5d\0\0\0", 0, 4) == 0


def test_imports() -> None:
    single = read_imports(reader("01 6d 01 66 00 03"))
    assert [(i.module, i.name, i.kind, i.type) for i in single.imports()] == [("m", "f", FUNC, 3)]
    items = read_imports(reader("01 6d 00 7f 02 01 61 00 00 01 62 03 7f 00"))
    assert items.form == COMPACT_ITEMS
    assert [(i.name, i.kind, i.offset) for i in items.imports()] == [("a", FUNC, 5), ("b", GLOBAL, 9)]
    names = read_imports(reader("01 6d 00 7e 00 07 02 01 61 01 62"))
    assert names.form == COMPACT_NAMES
    assert [(i.module, i.name, i.type) for i in names.imports()] == [("m", "a", 7), ("m", "b", 7)]


def test_segments() -> None:
    element = read_element(reader("00 41 00 0b 02 05 06"))
    assert (element.mode, element.table, element.count, element.expressions) == (ACTIVE, None, 2, False)
    assert element.offset is not None and element.offset.remaining() == b"\x41\x00\x0b"
    assert [element.items.var_u32() for _ in range(element.count)] == [5, 6]
    element = read_element(reader("07 70 01 d2 00 0b"))
    assert (element.mode, element.ref_type, element.expressions) == (DECLARED, FUNCREF, True)
    data = read_data(reader("02 01 41 80 08 0b 03 61 62 63"))
    assert (data.mode, data.memory, data.data_start, data.end) == (ACTIVE, 1, 7, 10)


def test_memories_and_tables() -> None:
    assert read_memory_type(reader("0f 01 02 00")) == MemoryType(1, 2, True, True, 0)
    table = read_table(reader("40 00 70 00 01 d0 70 0b"))
    assert table.init is not None and (table.init.start, table.init.end) == (5, 8)


@pytest.mark.parametrize(
    ("read", "data", "message"),
    [
        (read_rec_group, "5c", "invalid leading byte (0x5c) for type (at offset 0x0)"),
        (read_rec_group, "5f 01 7f 02", "malformed mutability byte for field type (at offset 0x4)"),
        (read_rec_group, "5d 7f", "invalid continuation type (at offset 0x2)"),
        (read_rec_group, "50 06", "supertype idxs size is out of bounds (at offset 0x1)"),
        (read_rec_group, "60 e9 07", "function params size is out of bounds (at offset 0x1)"),
        (read_imports, "01 6d 01 66 05", "invalid leading byte (0x5) for external kind (at offset 0x4)"),
        (read_export, "01 66 20 00", "Exact type is not allowed in the exports (at offset 0x3)"),
        (read_memory_type, "10", "invalid memory limits flags (at offset 0x0)"),
        (read_memory_type, "08 00 40", "invalid custom page size (at offset 0x0)"),
        (read_table, "40 01", "invalid table encoding (at offset 0x1)"),
        (read_table, "70 08", "invalid table resizable limits flags (at offset 0x1)"),
        (read_tag_type, "01 00", "invalid tag attributes (at offset 0x0)"),
        (read_global, "7f 04", "malformed global flags (at offset 0x1)"),
        (read_global, "7f 00 02 40 0b", "control frames remain at end of expression (at offset 0x5)"),
        (read_global, "7f 00 05", "`else` found outside `If` block (at offset 0x3)"),
        (read_element, "08", "invalid flags byte in element segment (at offset 0x0)"),
        (read_element, "01 01", "only the function external type is supported in elem segment (at offset 0x1)"),
        (read_data, "03", "invalid flags byte in data segment (at offset 0x0)"),
        (read_core_type, "00 60", "invalid leading byte (0x60) for non-final sub type (at offset 0x0)"),
        (read_core_type, "50 01 04", "invalid leading byte (0x4) for type definition (at offset 0x2)"),
        (read_core_instance, "02", "invalid leading byte (0x2) for core instance (at offset 0x0)"),
        (
            read_core_instance,
            "00 00 01 00 11",
            "invalid leading byte (0x11) for instantiation arg kind (at offset 0x4)",
        ),
        (read_alias, "03 00 00 01 61 01", None),
        (read_alias, "06 00", "invalid leading byte (0x6) for component external kind (at offset 0x0)"),
        (read_alias, "00 10 00", "invalid leading byte (0x10) for component external kind (at offset 0x1)"),
        (read_alias, "03 01", "invalid leading byte (0x3) for core instance export kind (at offset 0x0)"),
        (read_alias, "01 02", "invalid leading byte (0x1) for component outer alias kind (at offset 0x0)"),
        (read_alias, "00 20 01", "exact type is not allowed in core export aliases (at offset 0x0)"),
        (read_extern_name, "03 00", "invalid leading byte (0x3) for component name (at offset 0x0)"),
        (read_extern_name, "02 01 61 01 03", "invalid leading byte (0x3) for name option (at offset 0x4)"),
        (
            read_extern_name,
            "02 01 61 02 02 01 62 02 01 63",
            "duplicate 'external-id' option in name (at offset 0x7)",
        ),
        (read_component_type, "6c", "invalid leading byte (0x6c) for component defined type (at offset 0x0)"),
        (read_component_type, "70 40", "invalid leading byte (0x40) for component value type (at offset 0x1)"),
        (read_component_type, "71 01 01 61 00 01", "invalid leading byte (0x1) for zero byte required (at offset 0x5)"),
        (
            read_component_type,
            "42 01 03",
            "invalid leading byte (0x3) for component or instance type declaration (at offset 0x2)",
        ),
        (read_component_type, "3f 7f 02", "invalid leading byte (0x2) for resource destructor (at offset 0x2)"),
        (read_component_type, "40 00 01 01", "invalid leading byte (0x1) for number of results (at offset 0x3)"),
        (read_component_type, "42 01 01" * 101, "component type nesting is too deep (at offset 0x12d)"),
        (read_canonical, "07", "invalid leading byte (0x7) for canonical function (at offset 0x0)"),
        (read_canonical, "00 01", "invalid leading byte (0x1) for canonical function lift (at offset 0x1)"),
        (read_canonical, "01 00 00 01 0a", "invalid leading byte (0xa) for canonical option (at offset 0x4)"),
        (
            read_canonical,
            "0c 01",
            "invalid leading byte (0x1) for zero byte; this was historically accepted as `cancellable` until "
            "WebAssembly/component-model#716 (at offset 0x1)",
        ),
        (read_canonical, "0c 02", "invalid leading byte (0x2) for zero byte (at offset 0x1)"),
    ],
)
def test_errors(read: Read, data: str, message: str | None) -> None:
    if message is None:
        read(reader(data))
        return
    with pytest.raises(WasmToolsError) as e:
        read(reader(data))
    assert e.value.chain() == message


@pytest.mark.parametrize(
    ("data", "defined"),
    [
        ("73", DefinedType(PRIMITIVE, number=STRING)),
        ("64", DefinedType(PRIMITIVE, number=-28)),
        ("72 02 01 61 7d 01 62 00", DefinedType(RECORD, ("a", "b"), (U8, 0))),
        ("71 02 01 61 00 00 01 62 01 73 00", DefinedType(VARIANT, ("a", "b"), (NO_TYPE, STRING))),
        ("70 c0 00", DefinedType(LIST, types=(64,))),
        ("67 7d 20", DefinedType(FIXED_LENGTH_LIST, types=(U8,), number=32)),
        ("63 73 79", DefinedType(MAP, types=(STRING, U32))),
        ("6d 01 01 61", DefinedType(ENUM, ("a",))),
        ("6a 01 73 00", DefinedType(RESULT, types=(STRING, NO_TYPE))),
        ("69 80 01", DefinedType(OWN, number=128)),
        ("66 00", DefinedType(STREAM, types=(NO_TYPE,))),
    ],
)
def test_defined_types(data: str, defined: DefinedType) -> None:
    assert read_component_type(reader(data)) == defined
    out = bytearray()
    write_defined_type(out, defined)
    assert out.hex(" ") == data


def test_nested_types_end_where_they_should() -> None:
    # (component (type (instance (export "a" (type (sub resource))))) (export "f" (func (type 0))))
    outer = read_component_type(reader("41 02 01 42 01 04 00 01 61 03 01 04 00 01 66 01 00"))
    assert isinstance(outer, TypeDeclarations) and outer.is_component and len(outer.declarations) == 2
    inner = outer.declarations[0]
    assert isinstance(inner, TypeDeclaration) and isinstance(inner.type, TypeDeclarations)
    export = inner.type.declarations[0]
    assert isinstance(export, ComponentExport) and export.type == SUB_RESOURCE and export.kind == TYPE


def test_functions_and_resources() -> None:
    func = read_component_type(reader("43 01 01 61 7d 00 73"))
    assert func == ComponentFuncType((("a", U8),), STRING, True)
    resource = read_component_type(reader("3f 7f 01 02"))
    assert isinstance(resource, ResourceType) and (resource.rep, resource.dtor) == (I32, 2)


def test_aliases() -> None:
    assert read_alias(reader("05 00 01 01 61")) == Alias(INSTANCE_EXPORT, INSTANCE, 1, 0, "a")
    assert read_alias(reader("00 02 01 03 03 6d 65 6d")) == Alias(CORE_INSTANCE_EXPORT, 2, 3, 0, "mem")
    alias = read_alias(reader("00 11 02 01 04"))
    assert (alias.target, alias.count, alias.index) == (OUTER, 1, 4)


def test_names_with_attributes() -> None:
    name = read_extern_name(reader("02 05 61 3a 62 40 31 02 01 04 2e 32 2e 33 02 01 78"))
    assert name == ExternName("a:b@1", None, ".2.3", "x")
    assert read_extern_name(reader("01 01 61")) == read_extern_name(reader("00 01 61"))


def test_exports_and_instances() -> None:
    export = read_component_export(reader("00 01 61 01 02 01 01 03"))
    assert (export.kind, export.index, export.type is not None and export.type.index) == (1, 2, 3)
    instance = read_component_instance(reader("01 01 00 01 61 05 07"))
    assert (instance.component, instance.exports[0].index) == (-1, 7)


@pytest.mark.parametrize(
    ("data", "canon"),
    [
        ("00 00 05 03 00 03 01 04 02 07", (LIFT, (5, 7), ((UTF8, 0), (MEMORY, 1), (REALLOC, 2)))),
        ("09 00 73 01 00", (TASK_RETURN, (STRING,), ((UTF8, 0),))),
        ("09 01 00 00", (TASK_RETURN, (NO_TYPE,), ())),
        ("0f 03 01 06", (STREAM_READ, (3,), ((ASYNC, 0),))),
        ("20 00 02", (WAITABLE_SET_WAIT, (2,), ())),
    ],
)
def test_canonical_built_ins(data: str, canon: object) -> None:
    read = read_canonical(reader(data))
    assert read == canon
    out = bytearray()
    write_canonical(out, read)
    assert out.hex(" ") == data


def test_names_in_order_only() -> None:
    # module name "m"; functions 0 "a", 0 "b"
    names = NameReader(reader("00 02 01 6d 01 07 02 00 01 61 00 01 62"))
    module = names.next_subsection()
    assert module is not None and module.name == "m"
    functions = names.next_subsection()
    assert functions is not None
    with pytest.raises(WasmToolsError, match="names out of order"):
        read_name_map(functions.reader, functions.count)
    assert names.next_subsection() is None
