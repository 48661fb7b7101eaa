"""Core types in text: value and heap types, function types with their parameters' names, definitions."""

from __future__ import annotations

from pywasmtools.wasm.spaces import CORE_FUNC, CORE_GLOBAL, CORE_MEMORY, CORE_TABLE, CORE_TAG, CORE_TYPE
from pywasmtools.wasm.types import (
    CONCRETE,
    CONT,
    EXACT,
    HEAP_NAMES,
    I8,
    I16,
    NOCONT,
    NULL_NAMES,
    NULLABLE,
    NUMERIC_NAMES,
    REF,
    SHARED,
    ArrayType,
    FuncType,
    StructType,
)
from pywasmtools.wat.print.names import synthetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.types import (
        CompositeType,
        FieldType,
        GlobalType,
        HeapType,
        MemoryType,
        RecGroup,
        RefType,
        StorageType,
        SubType,
        TableType,
        TagType,
        ValType,
    )
    from pywasmtools.wat.print.names import Naming, State
    from pywasmtools.wat.print.writer import TextWriter


# ------------------------------------------------------------------------------- value types


def val_type_text(w: TextWriter, state: State, type_: ValType) -> str:
    """A value type."""
    text = state.val_types.get(type_)
    if text is None:
        if type_ & REF:
            text = ref_type_text(w, state, type_)
        else:
            text = w.type_keyword(NUMERIC_NAMES[type_])
        state.val_types[type_] = text
    return text


def ref_type_text(w: TextWriter, state: State, ref: RefType) -> str:
    """A reference type, by its short name where it has one."""
    heap = ref & ~(REF | NULLABLE)
    if not ref & NULLABLE:
        return w.group("ref ", heap_type_text(w, state, heap))
    byte = ref >> 8
    if ref & (CONCRETE | SHARED) or byte == CONT or byte == NOCONT:
        return w.group("ref", " null " + heap_type_text(w, state, heap))
    return w.type_keyword((NULL_NAMES.get(byte) or HEAP_NAMES[byte]) + "ref")


def heap_type_text(w: TextWriter, state: State, heap: HeapType) -> str:
    """A heap type."""
    if heap & CONCRETE:
        text = state.reference(w, CORE_TYPE, heap >> 8)
        return w.group("exact ", text) if heap & EXACT else text
    text = w.type_keyword(HEAP_NAMES[heap >> 8])
    return w.group("shared ", text) if heap & SHARED else text


# ------------------------------------------------------------------------------- functions


def locals_text(w: TextWriter, state: State, head: str, types: list[ValType], names: dict[int, Naming], k: int) -> str:
    """Groups of parameters or locals, the first being number `k` of `names`: named ones alone, others together."""
    groups = []
    unnamed: list[str] = []
    for type_ in types:
        naming = names.get(k)
        text = val_type_text(w, state, type_)
        if naming is None:
            unnamed.append(text)
        else:
            if unnamed:
                groups.append(w.group(head, " " + " ".join(unnamed)))
                unnamed = []
            groups.append(w.group(head, f" {naming.definition(w)} {text}"))
        k += 1
    if unnamed:
        groups.append(w.group(head, " " + " ".join(unnamed)))
    return " ".join(groups)


def func_type_text(w: TextWriter, state: State, func: FuncType, names: dict[int, Naming]) -> str:
    """Parameters and results, each group after a space."""
    text = ""
    if func.params:
        text = " " + locals_text(w, state, "param", list(func.params), names, 0)
    if func.results:
        text += " " + w.group("result", "".join([" " + val_type_text(w, state, t) for t in func.results]))
    return text


def type_use(w: TextWriter, state: State, index: int, names: dict[int, Naming]) -> str:
    """A function type by its index, spelled out behind it where that is a plain function type."""
    text = w.group("type ", state.reference(w, CORE_TYPE, index))
    func = plain_func_type(state, index)
    return text if func is None else text + func_type_text(w, state, func, names)


def plain_func_type(state: State, index: int) -> FuncType | None:
    """The function type with this index, if it is one, neither shared nor with descriptor clauses."""
    if index >= len(state.types):
        return None
    type_ = state.types[index]
    if type_ is None:
        return None
    composite = type_.composite
    if composite.shared or composite.descriptor is not None or composite.describes is not None:
        return None
    return composite.inner if isinstance(composite.inner, FuncType) else None


# ------------------------------------------------------------------------------- definitions


def write_rec_group(w: TextWriter, state: State, group: RecGroup, in_component: bool, offset: int = -1) -> None:
    """Writes type definitions; the heads in a component say `core`. `offset` is shown for each type of a group."""
    if not group.explicit:
        write_sub_type(w, state, group.types[0], in_component)
        return
    w.open("core rec" if in_component else "rec")
    for type_ in group.types:
        w.newline(offset)
        write_sub_type(w, state, type_, False)
        w.flush_if_large()
    w.close()


def write_sub_type(w: TextWriter, state: State, type_: SubType, in_component: bool) -> None:
    """Writes a type definition, the next of the module's or component's core types."""
    index = len(state.types)
    text = state.definition_of(w, CORE_TYPE, index) + " "
    composite = _composite_text(w, state, type_.composite, index)
    if type_.is_final and not type_.supertypes:
        text += composite
    else:
        final = "final " if type_.is_final else ""
        supertypes = "".join([state.reference(w, CORE_TYPE, heap >> 8) + " " for heap in type_.supertypes])
        text += w.group("sub", f" {final}{supertypes}{composite}")
    w.out.append(w.group("core type " if in_component else "type ", text))
    state.types.append(type_)


def _composite_text(w: TextWriter, state: State, type_: CompositeType, index: int) -> str:
    clauses = ""
    if type_.describes is not None:
        clauses += w.group("describes", " " + state.reference(w, CORE_TYPE, type_.describes >> 8)) + " "
    if type_.descriptor is not None:
        clauses += w.group("descriptor", " " + state.reference(w, CORE_TYPE, type_.descriptor >> 8)) + " "
    inner = type_.inner
    if isinstance(inner, FuncType):
        text = w.group("func", func_type_text(w, state, inner, state.parameter_names.get(index, {})))
    elif isinstance(inner, ArrayType):
        text = w.group("array", " " + _field_text(w, state, inner.field))
    elif isinstance(inner, StructType):
        names = state.field_names.get(index, {})
        fields = []
        for k, field in enumerate(inner.fields):
            naming = names.get(k)
            name = "" if naming is None else naming.identifier + " "
            if naming is None and w.synthesize:
                name = f"$#field{k} "
            fields.append(f" (field {name}{_field_text(w, state, field)})")
        text = w.group("struct", "".join(fields))
    else:
        text = w.group("cont", " " + state.reference(w, CORE_TYPE, inner.func >> 8))
    return w.group("shared", f" {clauses}{text}") if type_.shared else clauses + text


def _field_text(w: TextWriter, state: State, field: FieldType) -> str:
    text = _storage_text(w, state, field.element_type)
    return f"(mut {text})" if field.mutable else text


def _storage_text(w: TextWriter, state: State, type_: StorageType) -> str:
    """A storage type; the packed ones are not coloured."""
    if type_ == I8 or type_ == I16:
        return NUMERIC_NAMES[type_]
    return val_type_text(w, state, type_)


# ------------------------------------------------------------------------------- external types


def table_text(w: TextWriter, state: State, type_: TableType, named: bool) -> str:
    """A table type without its parentheses closed, for an initialiser may follow. `named`: as a definition."""
    text = f"({w.keyword}table {w.reset}"
    if named:
        text += state.definition(w, CORE_TABLE) + " "
    if type_.shared:
        text += w.type_keyword("shared ")
    if type_.table64:
        text += w.type_keyword("i64 ")
    return f"{text}{_limits(w, type_.initial, type_.maximum)} {ref_type_text(w, state, type_.element_type)}"


def memory_text(w: TextWriter, state: State, type_: MemoryType, named: bool) -> str:
    """A memory type, as a definition if `named`."""
    text = state.definition(w, CORE_MEMORY) + " " if named else ""
    if type_.memory64:
        text += w.type_keyword("i64 ")
    text += _limits(w, type_.initial, type_.maximum)
    if type_.shared:
        text += w.type_keyword(" shared")
    if type_.page_size_log2 is not None:
        text += " " + w.group("pagesize ", hex(1 << type_.page_size_log2))
    return w.group("memory ", text)


def tag_text(w: TextWriter, state: State, type_: TagType, named: bool) -> str:
    """A tag type, as a definition if `named`."""
    if not named:
        return w.group("tag ", type_use(w, state, type_.func_type, {}))
    names = state.tag_parameter_names.get(state.counts[CORE_TAG], {})
    return w.group("tag ", f"{state.definition(w, CORE_TAG)} {type_use(w, state, type_.func_type, names)}")


def global_text(w: TextWriter, state: State, type_: GlobalType, named: bool) -> str:
    """A global type without its parentheses closed, as a definition if `named`."""
    text = f"({w.keyword}global {w.reset}"
    if named:
        text += state.definition(w, CORE_GLOBAL) + " "
    content = val_type_text(w, state, type_.content_type)
    if not type_.shared and not type_.mutable:
        return text + content
    shared = w.type_keyword("shared ") if type_.shared else ""
    mutable = w.type_keyword("mut ") if type_.mutable else ""
    return f"{text}({shared}{mutable}{content})"


def func_text(w: TextWriter, state: State, index: int, exact: bool, named: bool) -> str:
    """An imported function or one that a module type exports; `index` is its type's."""
    text = state.definition(w, CORE_FUNC) + " " if named else ""
    names = state.local_names.get(state.counts[CORE_FUNC], {})
    if w.synthesize:
        names = all_params(state, index, names)
    use = type_use(w, state, index, names)
    return w.group("func ", text + (w.group("exact ", use) if exact else use))


def all_params(state: State, index: int, names: dict[int, Naming]) -> dict[int, Naming]:
    """The names of a function's parameters, made up where they have none; `index` is its type's."""
    func = plain_func_type(state, index)
    count = 0 if func is None else len(func.params)
    return {k: names.get(k) or synthetic("local", k) for k in range(count)} | names


def _limits(w: TextWriter, initial: int, maximum: int | None) -> str:
    return f"{w.literal}{initial}{'' if maximum is None else f' {maximum}'}{w.reset}"
