"""The sections of components in text.

Forms of types and canonical built-ins come from the rows of `wasm/component_types.py` and `wasm/canonicals.py`.
Types that open a scope (component, instance and module types) nest at most as deep as they can be read.
"""

from __future__ import annotations

from pywasmtools.wasm import canonicals
from pywasmtools.wasm import component as c
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm.module import Import
from pywasmtools.wasm.payloads import (
    COMPONENT_ALIAS_SECTION,
    COMPONENT_CANONICAL_SECTION,
    COMPONENT_EXPORT_SECTION,
    COMPONENT_IMPORT_SECTION,
    COMPONENT_INSTANCE_SECTION,
    COMPONENT_TYPE_SECTION,
    CORE_INSTANCE_SECTION,
    CORE_TYPE_SECTION,
)
from pywasmtools.wasm.spaces import (
    COMPONENT,
    CORE_FUNC,
    CORE_INSTANCE,
    CORE_MODULE,
    CORE_TYPE,
    FUNC,
    INSTANCE,
    TYPE,
    VALUE,
    sort_of,
)
from pywasmtools.wasm.types import RecGroup
from pywasmtools.wat.print.module import KINDS, export_text, import_text, import_type_text
from pywasmtools.wat.print.names import State
from pywasmtools.wat.print.types import val_type_text, write_rec_group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.canonicals import Canon, CanonOption
    from pywasmtools.wasm.component import ComponentType, CoreType
    from pywasmtools.wasm.payloads import ComponentStartFunction, Payload
    from pywasmtools.wat.print.writer import TextWriter


def _space_and_head(kind: int) -> tuple[int, str]:
    """The space of a kind of component item, and the head of its group."""
    sort = sort_of(kind)
    return sort.number, sort.noun + " "


def write_component_section(w: TextWriter, states: list[State], payload: Payload) -> None:
    """Writes a section of the component that is the last of `states`, the others being around it."""
    kind = payload.kind
    state = states[-1]
    reader = payload.section()
    for _ in range(payload.count):
        offset = reader.pos
        if kind == CORE_TYPE_SECTION:
            core_type = c.read_core_type(reader)
            w.newline(offset)
            _write_core_type(w, states, core_type)
        elif kind == COMPONENT_TYPE_SECTION:
            type_ = c.read_component_type(reader)
            w.newline(offset)
            _write_type(w, states, type_)
        elif kind == COMPONENT_IMPORT_SECTION:
            import_ = c.read_component_import(reader)
            w.newline(offset)
            w.out.append(_import_text(w, state, import_))
        elif kind == COMPONENT_EXPORT_SECTION:
            export = c.read_component_export(reader)
            w.newline(offset)
            w.out.append(_export_text(w, state, export, True))
        elif kind == COMPONENT_ALIAS_SECTION:
            alias = c.read_alias(reader)
            w.newline(offset)
            _write_alias(w, states, alias)
        elif kind == COMPONENT_CANONICAL_SECTION:
            canon = canonicals.read_canonical(reader)
            w.newline(offset)
            w.out.append(_canonical_text(w, state, canon))
        elif kind == CORE_INSTANCE_SECTION:
            core_instance = c.read_core_instance(reader)
            w.newline(offset)
            _write_core_instance(w, state, core_instance, offset)
        elif kind == COMPONENT_INSTANCE_SECTION:
            instance = c.read_component_instance(reader)
            w.newline(offset)
            _write_instance(w, state, instance, offset)
        w.flush_if_large()
    reader.finish_section()


def write_component_start(w: TextWriter, state: State, start: ComponentStartFunction, offset: int) -> None:
    """Writes a component's start function, whose section begins at `offset`."""
    w.newline(offset)
    text = state.reference(w, FUNC, start.func_index)
    for value in start.arguments:
        text += " " + w.group("value ", state.reference(w, VALUE, value))
    for _ in range(start.results):
        text += " " + w.group("result ", w.group("value ", _define(w, state, VALUE)))
    w.out.append(w.group("start ", text))


def _define(w: TextWriter, state: State, space: int) -> str:
    """The next item of a space where it is defined; it counts from then on."""
    text = state.definition(w, space)
    state.counts[space] += 1
    return text


# ------------------------------------------------------------------------------- types


def _component_val_type(w: TextWriter, state: State, type_: int) -> str:
    if type_ >= 0:
        return state.reference(w, TYPE, type_)
    return w.type_keyword(t.PRIMITIVE_NAMES[type_])


def _defined_type_text(w: TextWriter, state: State, type_: t.DefinedType) -> str:
    form = type_.form
    content = form.content
    types = type_.types
    if content == "primitive":
        return w.type_keyword(t.PRIMITIVE_NAMES[type_.number])
    if content == "index":
        return w.group(form.name + " ", state.reference(w, TYPE, type_.number))
    if content == "type" or content == "type type" or content == "type u32":
        text = " ".join([_component_val_type(w, state, type_ref) for type_ref in types])
        return w.group(form.name + " ", f"{text} {type_.number}" if content == "type u32" else text)
    if content == "fields" or content == "cases":
        head = "field " if content == "fields" else "case "
        text = ""
        for k, name in enumerate(type_.names):
            payload = "" if types[k] == t.NO_TYPE else " " + _component_val_type(w, state, types[k])
            text += " " + w.group(head, w.string(name) + payload)
        return w.group(form.name, text)
    if content == "names":
        return w.group(form.name, "".join([" " + w.string(name) for name in type_.names]))
    if content not in ("types", "optional", "optional optional"):
        raise t.unknown_content(form)
    text = ""
    for k, type_ref in enumerate(types):
        if type_ref == t.NO_TYPE:
            continue
        payload = _component_val_type(w, state, type_ref)
        # Of `result`, the second one.
        text += " " + (w.group("error ", payload) if k == 1 and content == "optional optional" else payload)
    return w.group(form.name, text)


def _func_type_text(w: TextWriter, state: State, type_: t.ComponentFuncType) -> str:
    text = w.type_keyword(" async") if type_.is_async else ""
    for name, param in type_.params:
        text += " " + w.group("param ", f"{w.string(name)} {_component_val_type(w, state, param)}")
    if type_.result is not None:
        text += " " + w.group("result ", _component_val_type(w, state, type_.result))
    return w.group("func", text)


def _write_type(w: TextWriter, states: list[State], type_: ComponentType) -> None:
    """Writes a type definition."""
    state = states[-1]
    w.open("type ")
    w.out.append(state.definition(w, TYPE))
    if isinstance(type_, c.TypeDeclarations):
        _write_declarations(w, states, type_)
    elif isinstance(type_, t.ComponentFuncType):
        w.out.append(" " + _func_type_text(w, state, type_))
    elif isinstance(type_, t.ResourceType):
        text = w.group("rep ", val_type_text(w, state, type_.rep))
        if type_.dtor is not None:
            text += " " + w.group("dtor ", state.reference(w, CORE_FUNC, type_.dtor))
        w.out.append(" " + w.group("resource ", text))
    else:
        w.out.append(" " + _defined_type_text(w, state, type_))
    w.close()
    state.counts[TYPE] += 1


def _write_declarations(w: TextWriter, states: list[State], type_: c.TypeDeclarations) -> None:
    """Writes a component or instance type: a scope of its own."""
    state = State(False)
    states.append(state)
    w.newline()
    w.open("component" if type_.is_component else "instance")
    for declaration in type_.declarations:
        w.newline()
        if isinstance(declaration, c.TypeDeclaration):
            _write_type(w, states, declaration.type)
        elif isinstance(declaration, c.CoreTypeDeclaration):
            _write_core_type(w, states, declaration.type)
        elif isinstance(declaration, t.Alias):
            _write_alias(w, states, declaration)
        elif isinstance(declaration, c.ComponentImport):
            w.out.append(_import_text(w, state, declaration))
        else:
            assert declaration.type is not None
            definition = _define(w, state, sort_of(declaration.kind).number)
            name = _extern_name_text(w, declaration.name)
            w.out.append(w.group("export ", f"{definition} {name} {_type_ref_text(w, state, declaration.type, False)}"))
        w.flush_if_large()
    w.close()
    states.pop()


def _write_core_type(w: TextWriter, states: list[State], type_: CoreType) -> None:
    """Writes a core type definition of a component: a recursion group or a module type."""
    state = states[-1]
    if isinstance(type_, RecGroup):
        write_rec_group(w, state, type_, True)
        return
    w.open("core type ")
    w.out.append(state.definition_of(w, CORE_TYPE, len(state.types)))
    inner = State(True)
    states.append(inner)
    w.newline()
    w.open("module")
    for declaration in type_.declarations:
        w.newline()
        if isinstance(declaration, RecGroup):
            write_rec_group(w, inner, declaration, False)
        elif isinstance(declaration, t.Alias):
            _write_outer_alias(w, states, declaration, "type ")
        elif isinstance(declaration, Import):
            w.out.append(import_text(w, inner, declaration, False))
        else:
            type_text = import_type_text(w, inner, declaration.kind, declaration.type, False)
            w.out.append(w.group("export ", f"{w.string(declaration.name)} {type_text}"))
        w.flush_if_large()
    w.close()
    states.pop()
    w.close()
    state.types.append(None)


# ------------------------------------------------------------------------------- imports and exports


def _extern_name_text(w: TextWriter, name: t.ExternName) -> str:
    text = w.string(name.name)
    if name.implements is not None:
        text += " " + w.group("implements ", w.string(name.implements))
    if name.version_suffix is not None:
        text += " " + w.group("version-suffix ", w.string(name.version_suffix))
    if name.external_id is not None:
        text += " " + w.group("external-id ", w.string(name.external_id))
    return text


def _type_ref_text(w: TextWriter, state: State, type_: t.TypeRef, named: bool) -> str:
    """The type of an import or export; if `named`, as a definition of the next item of its kind."""
    space, head = _space_and_head(type_.kind)
    text = _define(w, state, space) + " " if named else ""
    index = type_.index
    if type_.kind == t.TYPE:
        if index < 0:
            text += w.group("sub ", w.type_keyword("resource"))
        else:
            text += w.group("eq ", state.reference(w, TYPE, index))
    elif type_.kind == t.VALUE and index < 0:
        text += _component_val_type(w, state, index)
    else:
        text += w.group("type ", state.reference(w, CORE_TYPE if type_.kind == t.MODULE else TYPE, index))
    return w.group(head, text)


def _import_text(w: TextWriter, state: State, import_: c.ComponentImport) -> str:
    return w.group("import ", f"{_extern_name_text(w, import_.name)} {_type_ref_text(w, state, import_.type, True)}")


def _export_text(w: TextWriter, state: State, export: c.ComponentExport, named: bool) -> str:
    """An export, of a component if `named`, for it defines an item again, or of an instance."""
    text = _define(w, state, sort_of(export.kind).number) + " " if named else ""
    text += f"{_extern_name_text(w, export.name)} {_item_text(w, state, export.kind, export.index)}"
    if export.type is not None:
        text += " " + _type_ref_text(w, state, export.type, False)
    return w.group("export ", text)


def _item_text(w: TextWriter, state: State, kind: int, index: int) -> str:
    """An item by kind and index: `(func $f)`."""
    space, head = _space_and_head(kind)
    return w.group(head, state.reference(w, space, index))


# ------------------------------------------------------------------------------- instances


def _write_core_instance(w: TextWriter, state: State, instance: c.CoreInstance, offset: int) -> None:
    w.open("core instance ")
    w.out.append(_define(w, state, CORE_INSTANCE))
    if instance.module >= 0:
        w.out.append(" ")
        w.open("instantiate ")
        w.out.append(state.reference(w, CORE_MODULE, instance.module))
        for name, index in instance.args:
            item = w.group("instance ", state.reference(w, CORE_INSTANCE, index))
            w.newline(offset)
            w.out.append(w.group("with ", f"{w.string(name)} {item}"))
        w.close()
    else:
        for export in instance.exports:
            w.newline(offset)
            w.out.append(export_text(w, state, export))
    w.close()


def _write_instance(w: TextWriter, state: State, instance: c.ComponentInstance, offset: int) -> None:
    w.open("instance ")
    w.out.append(_define(w, state, INSTANCE))
    if instance.component >= 0:
        w.out.append(" ")
        w.open("instantiate ")
        w.out.append(state.reference(w, COMPONENT, instance.component))
        for name, kind, index in instance.args:
            w.newline(offset)
            w.out.append(w.group("with ", f"{w.string(name)} {_item_text(w, state, kind, index)}"))
        w.close()
    else:
        for export in instance.exports:
            w.newline(offset)
            w.out.append(_export_text(w, state, export, False))
    w.close()


# ------------------------------------------------------------------------------- aliases


def _write_alias(w: TextWriter, states: list[State], alias: t.Alias) -> None:
    state = states[-1]
    if alias.target == t.OUTER:
        _write_outer_alias(w, states, alias, sort_of(alias.kind).noun + " ")
        return
    if alias.target == t.INSTANCE_EXPORT:
        space, head = _space_and_head(alias.kind)
        instance = state.reference(w, INSTANCE, alias.instance)
        item = w.group(head, _define(w, state, space))
        w.out.append(w.group("alias export ", f"{instance} {w.string(alias.name)} {item}"))
        return
    instance = state.reference(w, CORE_INSTANCE, alias.instance)
    item = w.group("core " + KINDS[alias.kind], _define(w, state, alias.kind))
    w.out.append(w.group("alias core export ", f"{instance} {w.string(alias.name)} {item}"))


def _scope_text(states: list[State], count: int) -> str:
    """How an outer alias says which scope it means: by its identifier, unless a scope further in has the same."""
    depth = len(states) - 1 - count
    if depth >= 0:
        name = states[depth].name
        if name is not None and states[0].scopes[name.identifier][-1] == depth:
            return name.identifier
    return str(count)


def _write_outer_alias(w: TextWriter, states: list[State], alias: t.Alias, head: str) -> None:
    """Writes an alias of an item of a scope around; a scope that there is not is told in a comment."""
    state = states[-1]
    if alias.count < len(states):
        outer = states[-1 - alias.count]
    else:
        outer = State(False)
        w.out.append(f"(; invalid outer alias count {alias.count} ;) ")
    space = sort_of(alias.kind).number
    scope = _scope_text(states, alias.count)
    item = outer.reference(w, space, alias.index)
    if space == CORE_TYPE:
        definition = state.definition_of(w, CORE_TYPE, len(state.types))
        state.types.append(None)
    else:
        definition = _define(w, state, space)
    w.out.append(w.group("alias outer ", f"{scope} {item} {w.group(head, definition)}"))


# ------------------------------------------------------------------------------- canonical built-ins


_GROUPED: Final = {"func": "func ", "core_func": "core func ", "memory": "memory "}
"""The kinds of immediates that stand in parentheses, and the heads of those."""


def _canonical_text(w: TextWriter, state: State, canon: Canon) -> str:
    row, immediates, options = canon
    if row is canonicals.LIFT:
        core_func, type_index = immediates
        definition = _define(w, state, FUNC)
        type_ref = w.group("type ", state.reference(w, TYPE, type_index))
        item = w.group("core func ", state.reference(w, CORE_FUNC, core_func))
        return w.group(
            "func ", f"{definition} {type_ref} {w.group('canon lift ', item + _options_text(w, state, options))}"
        )
    texts = []
    head = f"canon {row.name}"
    place = 0
    for kind in row.kinds:
        if kind == "0":
            continue
        if kind == "options":
            texts.append(_options_text(w, state, options))
            continue
        value = immediates[place]
        place += 1
        if kind in canonicals.INDEX_KINDS:
            text = state.reference(w, canonicals.INDEX_KINDS[kind], value)
            if kind in _GROUPED:
                text = w.group(_GROUPED[kind], text)
            if texts:
                text = " " + text
            else:
                head += " "
        elif kind == "val_type":
            text = " " + val_type_text(w, state, value)
        elif kind == "async":
            text = w.type_keyword(" async") if value else ""
        elif kind == "result":
            result = "" if value == t.NO_TYPE else _component_val_type(w, state, value)
            text = " " + w.group("result ", result) if result else ""
        elif kind == "u32":
            text = f" {value}"
        else:
            raise canonicals.unknown_kind(kind)
        texts.append(text)
    definition = _define(w, state, CORE_FUNC)
    return w.group("core func ", f"{definition} {w.group(head, ''.join(texts))}")


def _options_text(w: TextWriter, state: State, options: tuple[CanonOption, ...]) -> str:
    """Canonical options, each after a space."""
    text = ""
    for kind, index in options:
        name = canonicals.OPTION_NAMES[kind]
        if kind in canonicals.OPTION_SPACES:
            name = w.group(name + " ", state.reference(w, canonicals.OPTION_SPACES[kind], index))
        elif kind == canonicals.ASYNC:
            name = w.type_keyword(name)
        text += " " + name
    return text
