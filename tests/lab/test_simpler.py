"""Simpler values of items, as `reduce` tries them: which there are, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from pywasmtools.lab.reduce.component import CUSTOM, Raw
from pywasmtools.lab.reduce.module import Item
from pywasmtools.lab.reduce.simpler import (
    MOST_NAME,
    MOST_RUNS,
    shorter_names,
    shorter_runs,
    simpler,
    simpler_defined,
    simpler_part,
)
from pywasmtools.wasm import component as k
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm import module as m
from pywasmtools.wasm import payloads as p
from pywasmtools.wasm.types import (
    CompositeType,
    FieldType,
    FuncType,
    GlobalType,
    MemoryType,
    RecGroup,
    StructType,
    SubType,
    TableType,
)

I32, I64, F32 = 0x7F, 0x7E, 0x7D


def brief(value: object) -> str:
    """A value by its parts, those that are empty left out at the end."""
    if isinstance(value, tuple):
        return "(" + " ".join([brief(part) for part in value]) + ")"
    slots = getattr(type(value), "__slots__", None)
    if slots is None:
        return repr(value)
    if isinstance(value, t.DefinedForm):
        return value.name
    parts = [brief(getattr(value, slot)) for slot in slots if hasattr(value, slot)]
    return f"{type(value).__name__}({' '.join(parts)})"


def told(values: Iterable[object]) -> list[str]:
    return [brief(value) for value in values]


FUNC = FuncType((I32, I64), (F32, I32))
STRUCT = StructType((FieldType(I32, False), FieldType(I64, True)))

LIMITS = MemoryType(3, 9, True, True, 0)
CASES: dict[str, object] = {
    "function type": SubType(CompositeType(FUNC)),
    "type with a parent": SubType(CompositeType(FuncType((), ())), False, (5,)),
    "open type": SubType(CompositeType(FuncType((), ())), False),
    "shared struct": SubType(CompositeType(STRUCT, True)),
    "struct that is described": SubType(CompositeType(StructType(()), False, 1, None)),
    "struct that describes": SubType(CompositeType(StructType(()), False, None, 2)),
    "import of a function": m.Import("mod", "n", 0, 7, 0),
    "import of the first type": m.Import("", "", 0, 1, 0),
    "import of a memory": m.Import("a", "a", 2, LIMITS, 0),
    "import of a table": m.Import("a", "a", 1, TableType(0x70, 2, 5, True, True), 0),
    "export": m.Export("ab", 3, 9),
    "memory": LIMITS,
    "least memory": MemoryType(0),
    "memory of a page": MemoryType(1),
    "number": 5,
    "small number": 2,
    "text": "x",
}
SECTIONS: dict[str, tuple[int, tuple[object, ...]]] = {
    "function": (p.FUNCTION_SECTION, (7, "body")),
    "table": (p.TABLE_SECTION, (TableType(0x70, 2), b"init")),
    "table with a maximum": (p.TABLE_SECTION, (TableType(0x70, 0, 4), b"")),
    "table of 64 bits": (p.TABLE_SECTION, (TableType(0x70, 0, None, True), b"")),
    "table that is shared": (p.TABLE_SECTION, (TableType(0x70, 0, None, False, True), b"")),
    "global": (p.GLOBAL_SECTION, (GlobalType(I64, True, True), b"x")),
    "global that is shared": (p.GLOBAL_SECTION, (GlobalType(I32, False, True), b"\x41\0\x0b")),
    "global of floats": (p.GLOBAL_SECTION, (GlobalType(F32), b"x")),
    "global of doubles": (p.GLOBAL_SECTION, (GlobalType(0x7C), b"x")),
    "global of another type": (p.GLOBAL_SECTION, (GlobalType(0x7B, True), b"x")),
    "simplest global": (p.GLOBAL_SECTION, (GlobalType(I32), b"\x41\0\x0b")),
    "active data": (p.DATA_SECTION, (2, 1, b"x", b"abcd")),
    "active data at 0": (p.DATA_SECTION, (0, 0, b"\x41\0\x0b", b"a")),
    "passive data": (p.DATA_SECTION, (1, 0, b"", b"")),
    "active elements": (p.ELEMENT_SECTION, (2, 1, b"x", 0x70, [1, 2, 3])),
    "active elements at 0": (p.ELEMENT_SECTION, (4, 1, b"\x41\0\x0b", 0x70, [b"a"])),
    "passive elements": (p.ELEMENT_SECTION, (1, 0, b"", 0x70, [])),
    "declared elements": (p.ELEMENT_SECTION, (7, 0, b"", 0x70, [b"a"])),
    "other section": (p.CODE_SECTION_START, (7, 8)),
}
NAME = t.ExternName("ab", "i", "v", "x")
PARTS: dict[str, object] = {
    "record": t.DefinedType(t.RECORD, ("a", "bc"), (t.STRING, 5)),
    "variant": t.DefinedType(t.VARIANT, ("a", "b"), (t.NO_TYPE, t.U8)),
    "variant with a payload": t.DefinedType(t.VARIANT, ("a",), (t.STRING,)),
    "flags": t.DefinedType(t.FLAGS, ("a", "b", "c")),
    "tuple": t.DefinedType(t.TUPLE, (), (t.STRING, 4, t.U8)),
    "list of a length": t.DefinedType(t.FIXED_LENGTH_LIST, (), (t.STRING,), 4),
    "result": t.DefinedType(t.RESULT, (), (t.STRING, t.U8)),
    "future": t.DefinedType(t.FUTURE, (), (4,)),
    "simplest type": t.DefinedType(t.PRIMITIVE, number=t.U8),
    "function": t.ComponentFuncType((("a", t.STRING), ("bc", t.U8)), t.STRING, True),
    "function of u8": t.ComponentFuncType((), t.U8),
    "resource type": t.ResourceType(I32, 3),
    "resource type without a destructor": t.ResourceType(I32),
    "import": k.ComponentImport(NAME, t.TypeRef(1, 2)),
    "import by name alone": k.ComponentImport(t.ExternName("a"), t.TypeRef(1, 2)),
    "export": k.ComponentExport(NAME, 1, 4, t.TypeRef(1, 2)),
    "export of a declaration": k.ComponentExport(t.ExternName("a"), 1, -1, t.TypeRef(1, 2)),
    "first export": k.ComponentExport(t.ExternName("a"), 1, 0, t.TypeRef(1, 2)),
    "core instance": k.CoreInstance(1, (("a", 1), ("b", 2)), ()),
    "core instance of exports": k.CoreInstance(-1, (), (m.Export("a", 0, 1),)),
    "instance": k.ComponentInstance(1, (("a", 0, 1),), ()),
    "instance of exports": k.ComponentInstance(-1, (), (k.ComponentExport(NAME, 1, 4, None),)),
    "module type": k.ModuleTypeDeclarations((m.Import("a", "b", 0, 7, 0), t.Alias(1, 2, 3, 0, "ab"))),
    "recursion group": RecGroup(
        (SubType(CompositeType(FuncType((I32,), ()))), SubType(CompositeType(STRUCT))), (8, 9), True
    ),
    "alias": t.Alias(1, 2, 3, 0, "ab"),
    "alias of a": t.Alias(1, 2, 3, 0, "a"),
    "alias without a name": t.Alias(1, 2, 3, 4, ""),
    "canonical": (1, 2, (3, 4)),
    "custom section": Raw(CUSTOM, "ab", b"data"),
    "start": Raw("start", "ab", b"data"),
}


SIMPLER = {
    "function type": r"""
        SubType(CompositeType(None None FuncType(() ()) False) True ())
        SubType(CompositeType(None None FuncType(() (125 127)) False) True ())
        SubType(CompositeType(None None FuncType((127 126) ()) False) True ())
        SubType(CompositeType(None None FuncType((126) (125 127)) False) True ())
        SubType(CompositeType(None None FuncType((127) (125 127)) False) True ())
        SubType(CompositeType(None None FuncType((127 126) (127)) False) True ())
        SubType(CompositeType(None None FuncType((127 126) (125)) False) True ())
    """,
    "type with a parent": r"""
        SubType(CompositeType(None None FuncType(() ()) False) True ())
    """,
    "open type": r"""
        SubType(CompositeType(None None FuncType(() ()) False) True ())
    """,
    "shared struct": r"""
        SubType(CompositeType(None None StructType((FieldType(127 False) FieldType(126 True))) False) True ())
        SubType(CompositeType(None None StructType(()) False) True ())
        SubType(CompositeType(None None StructType((FieldType(126 True))) False) True ())
        SubType(CompositeType(None None StructType((FieldType(127 False))) False) True ())
        SubType(CompositeType(None None FuncType(() ()) False) True ())
    """,
    "struct that is described": r"""
        SubType(CompositeType(None None StructType(()) False) True ())
        SubType(CompositeType(None None FuncType(() ()) False) True ())
    """,
    "struct that describes": r"""
        SubType(CompositeType(None None StructType(()) False) True ())
        SubType(CompositeType(None None FuncType(() ()) False) True ())
    """,
    "import of a function": r"""
        Import(0 'mod' '' 0 7)
        Import(0 'mod' 'a' 0 7)
        Import(0 '' 'n' 0 7)
        Import(0 'a' 'n' 0 7)
        Import(0 'od' 'n' 0 7)
        Import(0 'md' 'n' 0 7)
        Import(0 'mo' 'n' 0 7)
        Import(0 'mod' 'n' 0 0)
        Import(0 'mod' 'n' 0 1)
        Import(0 'mod' 'n' 0 2)
    """,
    "import of the first type": r"""
        Import(0 '' '' 0 0)
    """,
    "import of a memory": r"""
        Import(2 'a' '' 0 MemoryType(3 9 True 0 True))
        Import(2 '' 'a' 0 MemoryType(3 9 True 0 True))
        Import(2 'a' 'a' 0 MemoryType(0 None False None False))
        Import(2 'a' 'a' 0 MemoryType(1 None False None False))
        Import(2 'a' 'a' 0 MemoryType(3 None True None False))
        Import(2 'a' 'a' 0 MemoryType(0 9 True 0 True))
    """,
    "import of a table": r"""
        Import(1 'a' '' 0 TableType(112 2 5 True True))
        Import(1 '' 'a' 0 TableType(112 2 5 True True))
        Import(1 'a' 'a' 0 TableType(112 2 None False False))
        Import(1 'a' 'a' 0 TableType(112 0 5 True True))
    """,
    "export": r"""
        Export(9 3 '')
        Export(9 3 'a')
        Export(9 3 'b')
        Export(9 3 'a')
        Export(0 3 'ab')
        Export(1 3 'ab')
        Export(2 3 'ab')
    """,
    "memory": r"""
        MemoryType(0 None False None False)
        MemoryType(1 None False None False)
        MemoryType(3 None True None False)
        MemoryType(0 9 True 0 True)
    """,
    "least memory": r"""
        MemoryType(1 None False None False)
    """,
    "memory of a page": r"""
        MemoryType(0 None False None False)
        MemoryType(0 None False None False)
    """,
    "number": r"""
        0
        1
        2
    """,
    "small number": r"""
        0
        1
    """,
    "text": r"""
    """,
    "section of function": r"""
        (0 'body')
        (1 'body')
        (2 'body')
    """,
    "section of table": r"""
        (TableType(112 0 None False False) b'init')
        (TableType(112 2 None False False) b'')
    """,
    "section of table with a maximum": r"""
        (TableType(112 0 None False False) b'')
    """,
    "section of table of 64 bits": r"""
        (TableType(112 0 None False False) b'')
    """,
    "section of table that is shared": r"""
        (TableType(112 0 None False False) b'')
    """,
    "section of global": r"""
        (GlobalType(126 False False) b'x')
        (GlobalType(126 True True) b'B\x00\x0b')
        (GlobalType(127 True False) b'A\x00\x0b')
    """,
    "section of global that is shared": r"""
        (GlobalType(127 False False) b'A\x00\x0b')
    """,
    "section of global of floats": r"""
        (GlobalType(125 False False) b'C\x00\x00\x00\x00\x0b')
        (GlobalType(127 False False) b'A\x00\x0b')
    """,
    "section of global of doubles": r"""
        (GlobalType(124 False False) b'D\x00\x00\x00\x00\x00\x00\x00\x00\x0b')
        (GlobalType(127 False False) b'A\x00\x0b')
    """,
    "section of global of another type": r"""
        (GlobalType(123 False False) b'x')
        (GlobalType(127 True False) b'A\x00\x0b')
    """,
    "section of simplest global": r"""
    """,
    "section of active data": r"""
        (1 0 b'' b'abcd')
        (2 1 b'A\x00\x0b' b'abcd')
        (2 1 b'x' b'')
        (2 1 b'x' b'cd')
        (2 1 b'x' b'ab')
        (2 1 b'x' b'bcd')
        (2 1 b'x' b'acd')
        (2 1 b'x' b'abd')
        (2 1 b'x' b'abc')
    """,
    "section of active data at 0": r"""
        (1 0 b'' b'a')
        (0 0 b'A\x00\x0b' b'')
    """,
    "section of passive data": r"""
    """,
    "section of active elements": r"""
        (2 1 b'A\x00\x0b' 112 [1, 2, 3])
        (2 1 b'x' 112 [])
        (2 1 b'x' 112 [2, 3])
        (2 1 b'x' 112 [1, 3])
        (2 1 b'x' 112 [1, 2])
    """,
    "section of active elements at 0": r"""
        (4 1 b'A\x00\x0b' 112 [])
    """,
    "section of passive elements": r"""
    """,
    "section of declared elements": r"""
        (7 0 b'' 112 [])
    """,
    "section of other section": r"""
    """,
    "part: record": r"""
        DefinedType(primitive () -3 ())
        DefinedType(record ('bc') 0 (5))
        DefinedType(record ('a') 0 (-13))
        DefinedType(record ('a' 'bc') 0 (-3 5))
        DefinedType(record ('a' 'bc') 0 (-13 -3))
        DefinedType(record ('' 'bc') 0 (-13 5))
        DefinedType(record ('a' '') 0 (-13 5))
        DefinedType(record ('a' 'a') 0 (-13 5))
        DefinedType(record ('a' 'c') 0 (-13 5))
        DefinedType(record ('a' 'b') 0 (-13 5))
    """,
    "part: variant": r"""
        DefinedType(primitive () -3 ())
        DefinedType(variant ('b') 0 (-3))
        DefinedType(variant ('a') 0 (-64))
        DefinedType(variant ('' 'b') 0 (-64 -3))
        DefinedType(variant ('a' '') 0 (-64 -3))
        DefinedType(variant ('a' 'a') 0 (-64 -3))
    """,
    "part: variant with a payload": r"""
        DefinedType(primitive () -3 ())
        DefinedType(variant () 0 ())
        DefinedType(variant ('a') 0 (-64))
        DefinedType(variant ('a') 0 (-3))
        DefinedType(variant ('') 0 (-13))
    """,
    "part: flags": r"""
        DefinedType(primitive () -3 ())
        DefinedType(flags () 0 ())
        DefinedType(flags ('b' 'c') 0 ())
        DefinedType(flags ('a' 'c') 0 ())
        DefinedType(flags ('a' 'b') 0 ())
        DefinedType(flags ('' 'b' 'c') 0 ())
        DefinedType(flags ('a' '' 'c') 0 ())
        DefinedType(flags ('a' 'a' 'c') 0 ())
        DefinedType(flags ('a' 'b' '') 0 ())
        DefinedType(flags ('a' 'b' 'a') 0 ())
    """,
    "part: tuple": r"""
        DefinedType(primitive () -3 ())
        DefinedType(tuple () 0 ())
        DefinedType(tuple () 0 (4 -3))
        DefinedType(tuple () 0 (-13 -3))
        DefinedType(tuple () 0 (-13 4))
        DefinedType(tuple () 0 (-3 4 -3))
        DefinedType(tuple () 0 (-13 -3 -3))
    """,
    "part: list of a length": r"""
        DefinedType(primitive () -3 ())
        DefinedType(list () 4 (-3))
    """,
    "part: result": r"""
        DefinedType(primitive () -3 ())
        DefinedType(result () 0 (-64 -3))
        DefinedType(result () 0 (-3 -3))
    """,
    "part: future": r"""
        DefinedType(primitive () -3 ())
        DefinedType(future () 0 (-64))
        DefinedType(future () 0 (-3))
    """,
    "part: simplest type": r"""
    """,
    "part: function": r"""
        ComponentFuncType(True () -13)
        ComponentFuncType(True (('a' -13) ('bc' -3)) None)
        ComponentFuncType(True (('a' -13) ('bc' -3)) -3)
        ComponentFuncType(False (('a' -13) ('bc' -3)) -13)
        ComponentFuncType(True (('bc' -3)) -13)
        ComponentFuncType(True (('a' -3) ('bc' -3)) -13)
        ComponentFuncType(True (('' -13) ('bc' -3)) -13)
        ComponentFuncType(True (('a' -13)) -13)
        ComponentFuncType(True (('a' -13) ('' -3)) -13)
        ComponentFuncType(True (('a' -13) ('a' -3)) -13)
        ComponentFuncType(True (('a' -13) ('c' -3)) -13)
        ComponentFuncType(True (('a' -13) ('b' -3)) -13)
    """,
    "part: function of u8": r"""
        ComponentFuncType(False () None)
    """,
    "part: resource type": r"""
        ResourceType(None 127)
    """,
    "part: resource type without a destructor": r"""
    """,
    "part: import": r"""
        ComponentImport(ExternName(None None 'ab' None) TypeRef(2 1))
        ComponentImport(ExternName('x' None 'ab' 'v') TypeRef(2 1))
        ComponentImport(ExternName('x' 'i' 'ab' None) TypeRef(2 1))
        ComponentImport(ExternName(None 'i' 'ab' 'v') TypeRef(2 1))
        ComponentImport(ExternName('x' 'i' '' 'v') TypeRef(2 1))
        ComponentImport(ExternName('x' 'i' 'a' 'v') TypeRef(2 1))
        ComponentImport(ExternName('x' 'i' 'b' 'v') TypeRef(2 1))
        ComponentImport(ExternName('x' 'i' 'a' 'v') TypeRef(2 1))
    """,
    "part: import by name alone": r"""
        ComponentImport(ExternName(None None '' None) TypeRef(2 1))
    """,
    "part: export": r"""
        ComponentExport(4 1 ExternName('x' 'i' 'ab' 'v') None)
        ComponentExport(4 1 ExternName(None None 'ab' None) TypeRef(2 1))
        ComponentExport(4 1 ExternName('x' None 'ab' 'v') TypeRef(2 1))
        ComponentExport(4 1 ExternName('x' 'i' 'ab' None) TypeRef(2 1))
        ComponentExport(4 1 ExternName(None 'i' 'ab' 'v') TypeRef(2 1))
        ComponentExport(4 1 ExternName('x' 'i' '' 'v') TypeRef(2 1))
        ComponentExport(4 1 ExternName('x' 'i' 'a' 'v') TypeRef(2 1))
        ComponentExport(4 1 ExternName('x' 'i' 'b' 'v') TypeRef(2 1))
        ComponentExport(4 1 ExternName('x' 'i' 'a' 'v') TypeRef(2 1))
    """,
    "part: export of a declaration": r"""
        ComponentExport(-1 1 ExternName(None None '' None) TypeRef(2 1))
    """,
    "part: first export": r"""
        ComponentExport(0 1 ExternName(None None 'a' None) None)
        ComponentExport(0 1 ExternName(None None '' None) TypeRef(2 1))
    """,
    "part: core instance": r"""
        CoreInstance(() () 1)
        CoreInstance((('b' 2)) () 1)
        CoreInstance((('a' 1)) () 1)
    """,
    "part: core instance of exports": r"""
        CoreInstance(() () -1)
    """,
    "part: instance": r"""
        ComponentInstance(() 1 ())
    """,
    "part: instance of exports": r"""
        ComponentInstance(() -1 ())
    """,
    "part: module type": r"""
        ModuleTypeDeclarations(())
        ModuleTypeDeclarations((Alias(3 2 'ab' 0 1)))
        ModuleTypeDeclarations((Import(0 'a' 'b' 0 7)))
    """,
    "part: recursion group": r"""
        RecGroup(True (8 9) (SubType(CompositeType(None None FuncType(() ()) False) True ()) SubType(CompositeType(None None StructType((FieldType(127 False) FieldType(126 True))) False) True ())))
        RecGroup(True (8 9) (SubType(CompositeType(None None FuncType(() ()) False) True ()) SubType(CompositeType(None None StructType((FieldType(127 False) FieldType(126 True))) False) True ())))
        RecGroup(True (8 9) (SubType(CompositeType(None None FuncType(() ()) False) True ()) SubType(CompositeType(None None StructType((FieldType(127 False) FieldType(126 True))) False) True ())))
        RecGroup(True (8 9) (SubType(CompositeType(None None FuncType((127) ()) False) True ()) SubType(CompositeType(None None StructType(()) False) True ())))
        RecGroup(True (8 9) (SubType(CompositeType(None None FuncType((127) ()) False) True ()) SubType(CompositeType(None None StructType((FieldType(126 True))) False) True ())))
        RecGroup(True (8 9) (SubType(CompositeType(None None FuncType((127) ()) False) True ()) SubType(CompositeType(None None StructType((FieldType(127 False))) False) True ())))
        RecGroup(True (8 9) (SubType(CompositeType(None None FuncType((127) ()) False) True ()) SubType(CompositeType(None None FuncType(() ()) False) True ())))
    """,
    "part: alias": r"""
        Alias(3 2 '' 0 1)
        Alias(3 2 'a' 0 1)
        Alias(3 2 'b' 0 1)
        Alias(3 2 'a' 0 1)
    """,
    "part: alias of a": r"""
    """,
    "part: alias without a name": r"""
    """,
    "part: canonical": r"""
        (1 2 ())
        (1 2 (4))
        (1 2 (3))
    """,
    "part: custom section": r"""
        Raw(b'data' 'custom' '' ())
        Raw(b'data' 'custom' 'a' ())
        Raw(b'data' 'custom' 'b' ())
        Raw(b'data' 'custom' 'a' ())
    """,
    "part: start": r"""
    """,
}


def all_told() -> dict[str, list[str]]:
    found = {name: told(simpler(Item(0, "", 0, value))) for name, value in CASES.items()}
    found |= {f"section of {name}": told(simpler(Item(kind, "", 0, value))) for name, (kind, value) in SECTIONS.items()}
    return found | {f"part: {name}": told(simpler_part(value)) for name, value in PARTS.items()}


def test_simpler_values() -> None:
    found = all_told()
    assert list(found) == list(SIMPLER)
    for name, values in found.items():
        assert values == [line.strip() for line in SIMPLER[name].strip().splitlines()], name


def test_shorter_names() -> None:
    assert list(shorter_names("")) == []
    assert list(shorter_names("a")) == [""]
    assert list(shorter_names("abc")) == ["", "a", "bc", "ac", "ab"]
    assert list(shorter_names("abcd")) == ["", "a", "cd", "ab", "bcd", "acd", "abd", "abc"]
    assert list(shorter_names("x" * MOST_NAME))[2:4] == ["x" * (MOST_NAME // 2)] * 2
    assert list(shorter_names("x" * (MOST_NAME + 1))) == ["", "a"]


def test_shorter_runs() -> None:
    assert list(shorter_runs(b"")) == []
    assert list(shorter_runs([1, 2, 3])) == [[], [2, 3], [1, 3], [1, 2]]
    assert list(shorter_runs(b"abcde")) == [b"", b"cde", b"abe", b"abcd", b"bcde", b"acde", b"abde", b"abce", b"abcd"]
    # Once so many were tried, no shorter runs are.
    assert len(list(shorter_runs(bytes(32)))) == 1 + 2 + 4 + 8 + 16 + 32
    assert len(list(shorter_runs(bytes(64)))) == 1 + 2 + 4 + 8 + 16 + 32 + 64
    assert len(list(shorter_runs(bytes(128)))) == 1 + 2 + 4 + 8 + 16 + 32 + 64
    assert MOST_RUNS == 64


def test_the_simplest_type_has_none() -> None:
    assert list(simpler_defined(t.DefinedType(t.PRIMITIVE, number=t.U8))) == []
    assert told(simpler_defined(t.DefinedType(t.PRIMITIVE, number=t.STRING))) == [
        brief(t.DefinedType(t.PRIMITIVE, number=t.U8))
    ]
