"""The text of parts of the model: a type as it is referred to, and definitions of types, functions, interfaces and worlds."""

from __future__ import annotations

from pywasmtools.wit import model, types
from pywasmtools.wit.printer import WitPrinter, escape_name


def type_text(resolve: model.Resolve, type_: types.Type | types.TypeKind) -> str:
    """A type as it is referred to: its name, or what it is made of; a handle with `own<…>` around it."""
    out: list[str] = []
    todo: list[str | types.Type | types.TypeKind] = [type_]
    printer = WitPrinter(False)
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            out.append(part)
            continue
        if isinstance(part, types.Prim):
            out.append(part.name)
            continue
        if isinstance(part, int):
            found = resolve.types[part]
            if found.name is not None:
                out.append(escape_name(found.name))
                continue
            part = found.kind
        if isinstance(part, types.Handle):
            out.append(f"{part.word}<")
            todo += [">", part.resource]
        elif isinstance(part, types.Alias):
            todo.append(part.type)
        else:
            printer.generic(part, todo)
    return "".join(out)


def function_text(resolve: model.Resolve, function: model.Function) -> str:
    """A function on one line, as its definition has it: `f: func(x: u32) -> string`."""
    type_ = _printer(resolve, False).function(function)
    tag = function.kind.tag
    if tag == model.CONSTRUCTOR:
        return type_
    static = "static " if model.STATIC <= tag < model.CONSTRUCTOR else ""
    return f"{escape_name(function.item_name())}: {static}{type_}"


def _printer(resolve: model.Resolve, docs: bool) -> WitPrinter:
    printer = WitPrinter(docs)
    printer.resolve = resolve
    return printer


def function_definition(resolve: model.Resolve, function: model.Function, docs: bool) -> str:
    """A function with its docs and attributes."""
    printer = _printer(resolve, docs)
    printer.docs(function.docs)
    printer.attributes(function)
    printer.line(f"{function_text(resolve, function)};")
    return "".join(printer.out)


def type_definition(resolve: model.Resolve, id_: int, package: int, functions: list[model.Function], docs: bool) -> str:
    """A named type with its docs and attributes, or the `use` that brings it; a resource with its `functions`."""
    found = resolve.types[id_]
    printer = _printer(resolve, docs)
    printer.types(found.owner, package, {found.name or "": id_}, {id_: functions})
    return "".join(printer.out)


def interface_definition(resolve: model.Resolve, id_: int, name: str, docs: bool, more: str = "") -> str:
    """An interface with its docs and attributes. `more` is put at the end of its block."""
    found = resolve.interfaces[id_]
    printer = _printer(resolve, docs)
    printer.docs(found.docs)
    printer.stability(found.stability)
    printer.open(f"interface {escape_name(name)}")
    printer.interface(id_)
    printer.out.append(more)
    printer.close()
    return "".join(printer.out)


def world_definition(resolve: model.Resolve, id_: int, name: str, docs: bool, more: str = "") -> str:
    """A world with its docs and attributes. `more` is put at the end of its block."""
    found = resolve.worlds[id_]
    printer = _printer(resolve, docs)
    printer.docs(found.docs)
    printer.stability(found.stability)
    printer.open(f"world {escape_name(name)}")
    printer.world(id_)
    printer.out.append(more)
    printer.close()
    return "".join(printer.out)


def package_text(resolve: model.Resolve, package: int, nested: list[int], docs: bool) -> str:
    """A package, and those in `nested` behind it as `package … { }`."""
    return WitPrinter(docs).print(resolve, package, nested)
