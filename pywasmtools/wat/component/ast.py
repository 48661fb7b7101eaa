"""Text components as they are parsed: fields and types with their names, before names become indices.

Inline imports, lifted and aliased functions and inline aliases are `Import`, `Canon` and `Alias` from the start.
Inline exports stay with their field until `expand.py` appends them, inline types until it names them.

A value type is an int (a primitive of `wasm/component_types.py`), an `Index`, or a `Defined` written inline, which
expansion replaces. The type of a function, component, instance or module is an `ItemRef` or an inline type.
"""

from __future__ import annotations

from pywasmtools.wasm import spaces
from pywasmtools.wasm.spaces import SORTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.canonicals import CanonRow
    from pywasmtools.wasm.component_types import DefinedForm, ExternName
    from pywasmtools.wasm.spaces import Sort
    from pywasmtools.wasm.types import SubType
    from pywasmtools.wat.core.module import Module
    from pywasmtools.wat.core.types import ExportType, Imports, TextType
    from pywasmtools.wat.core.types import Type as CoreTypeNode
    from pywasmtools.wat.cursor import Id, Index

    ValType: TypeAlias = "int | Index | Defined"
    ExternType: TypeAlias = "ItemRef | FuncType | TypeGroup | ModuleType | ValType | None"
    TypeDef: TypeAlias = "Defined | FuncType | TypeGroup | Resource"


# ------------------------------------------------------------------------------- sorts


CORE_FUNC: Final = SORTS[spaces.CORE_FUNC]
CORE_TABLE: Final = SORTS[spaces.CORE_TABLE]
CORE_MEMORY: Final = SORTS[spaces.CORE_MEMORY]
CORE_GLOBAL: Final = SORTS[spaces.CORE_GLOBAL]
CORE_TAG: Final = SORTS[spaces.CORE_TAG]
CORE_TYPE: Final = SORTS[spaces.CORE_TYPE]
CORE_MODULE: Final = SORTS[spaces.CORE_MODULE]
CORE_INSTANCE: Final = SORTS[spaces.CORE_INSTANCE]
FUNC: Final = SORTS[spaces.FUNC]
VALUE: Final = SORTS[spaces.VALUE]
TYPE: Final = SORTS[spaces.TYPE]
COMPONENT: Final = SORTS[spaces.COMPONENT]
INSTANCE: Final = SORTS[spaces.INSTANCE]

CORE_EXPORT_SORTS: Final = (CORE_FUNC, CORE_TABLE, CORE_MEMORY, CORE_GLOBAL, CORE_TAG)
"""What core instances export, by core external kind."""

OUTER_SORTS: Final = (CORE_MODULE, CORE_TYPE, TYPE, COMPONENT)
"""What an outer alias may name."""


class ItemRef:
    """A reference to an item: `index`, or from that instance on the exports that `names` lead through."""

    __slots__ = ("index", "names", "sort")

    def __init__(self, sort: Sort, index: Index, names: list[str]) -> None:
        self.sort = sort
        self.index = index
        self.names = names


# ------------------------------------------------------------------------------- types


class Defined:
    """A defined type; its content as `DefinedForm` has it, but `index` for `own` and `borrow`, and cases' ids."""

    __slots__ = ("case_ids", "form", "index", "names", "number", "types")

    def __init__(self, form: DefinedForm) -> None:
        self.form = form
        self.names: list[str] = []
        self.types: list[ValType | None] = []
        self.number = 0
        self.index: Index | None = None
        self.case_ids: list[Id | None] = []


class FuncType:
    """A component function type: a type for each name in `params`."""

    __slots__ = ("is_async", "params", "result", "types")

    def __init__(self, is_async: bool, params: list[str], types: list[ValType | None], result: ValType | None) -> None:
        self.is_async = is_async
        self.params = params
        self.types = types
        self.result = result


class TypeGroup:
    """A component or instance type: declarations with index spaces of their own."""

    __slots__ = ("decls", "is_component")

    def __init__(self, is_component: bool, decls: list[Field]) -> None:
        self.is_component = is_component
        self.decls = decls


class Resource:
    """A fresh resource type."""

    __slots__ = ("dtor", "rep")

    def __init__(self, rep: TextType, dtor: ItemRef | None) -> None:
        self.rep = rep
        self.dtor = dtor


class ModuleType:
    """A core module type: `CoreType`, `Alias`, `CoreImportDecl` and `CoreExportDecl`."""

    __slots__ = ("decls",)

    def __init__(self, decls: list[Field]) -> None:
        self.decls = decls


# ------------------------------------------------------------------------------- fields


class Field:
    """A field of a component or a declaration of a type.

    `id` is its identifier, `name` what a `@name` annotation says. `exports` are inline exports, of `sort`.
    """

    __slots__ = ("exports", "id", "name", "span")

    def __init__(self, span: int, id_: Id | None = None, name: str | None = None) -> None:
        self.span = span
        self.id = id_
        self.name = name
        self.exports: list[ExternName] = []


class CoreModule(Field):
    """A core module defined in place."""

    __slots__ = ("module",)

    def __init__(self, span: int, module: Module, id_: Id | None, name: str | None) -> None:
        super().__init__(span, id_, name)
        self.module = module


class CoreInstance(Field):
    """A core instance: `module` instantiated with `args`, or, where `module` is None, the exports `items`."""

    __slots__ = ("args", "items", "module")

    def __init__(self, span: int, id_: Id | None, name: str | None) -> None:
        super().__init__(span, id_, name)
        self.module: ItemRef | None = None
        self.args: list[Arg] = []
        self.items: list[Arg] = []


class Instance(Field):
    """An instance: `component` instantiated with `args`, or, where `component` is None, the exports `items`."""

    __slots__ = ("args", "component", "items")

    def __init__(self, span: int, id_: Id | None, name: str | None) -> None:
        super().__init__(span, id_, name)
        self.component: ItemRef | None = None
        self.args: list[Arg] = []
        self.items: list[Export] = []


class Arg:
    """A name with an item: an argument of an instantiation, or an export of a core instance.

    Without `item`, the argument is an instance written in place, which expansion makes a field of its own.
    """

    __slots__ = ("bundle", "item", "name")

    def __init__(self, name: str, item: ItemRef | None, bundle: CoreInstance | Instance | None) -> None:
        self.name = name
        self.item = item
        self.bundle = bundle


class CoreType(Field):
    """Core types: one, a recursion group where `is_rec`, or a module type. A field or a declaration.

    `types` are as written, `resolved` what becomes of them. Messages call them `noun`.
    """

    __slots__ = ("is_rec", "module", "noun", "resolved", "types")

    def __init__(self, span: int, id_: Id | None, name: str | None, noun: str = "core type") -> None:
        super().__init__(span, id_, name)
        self.noun = noun
        self.is_rec = False
        self.types: list[CoreTypeNode] = []
        self.resolved: list[SubType] = []
        self.module: ModuleType | None = None


class CoreImportDecl(Field):
    """Imports that a module type declares."""

    __slots__ = ("imports",)

    def __init__(self, imports: Imports) -> None:
        super().__init__(imports.span)
        self.imports = imports


class CoreExportDecl(Field):
    """An export that a module type declares."""

    __slots__ = ("export",)

    def __init__(self, export: ExportType) -> None:
        super().__init__(export.span)
        self.export = export


class Component(Field):
    """A nested component defined in place."""

    __slots__ = ("fields",)

    def __init__(self, span: int, fields: list[Field], id_: Id | None, name: str | None) -> None:
        super().__init__(span, id_, name)
        self.fields = fields


class Alias(Field):
    """An alias of an item of `sort`: an export of `instance`, or, with `outer`, an item `outer` components outward."""

    __slots__ = ("export_name", "index", "instance", "outer", "sort")

    def __init__(
        self,
        span: int,
        sort: Sort,
        instance: Index | None,
        export_name: str,
        outer: Index | None = None,
        index: Index | None = None,
    ) -> None:
        super().__init__(span)
        self.sort = sort
        self.instance = instance
        self.export_name = export_name
        self.outer = outer
        self.index = index

    def is_core_export(self) -> bool:
        """Whether it is an export of a core instance."""
        return self.instance is not None and self.sort.is_core and self.sort is not CORE_MODULE


class Type(Field):
    """A type definition."""

    __slots__ = ("definition",)

    def __init__(self, span: int, definition: TypeDef, id_: Id | None, name: str | None) -> None:
        super().__init__(span, id_, name)
        self.definition = definition


class Canon(Field):
    """A canonical built-in; `lift` defines a function, all others core functions.

    `items`, `numbers` and `core_type` are its immediates by kind: references in order; u32 and `async` in order; the
    core value type. `type` is the type of `lift` or the result of `task.return`.
    """

    __slots__ = ("core_type", "items", "numbers", "options", "row", "type")

    def __init__(self, span: int, row: CanonRow) -> None:
        super().__init__(span)
        self.row = row
        self.items: list[ItemRef] = []
        self.numbers: list[int] = []
        self.core_type: TextType | None = None
        self.type: ExternType = None
        self.options: list[tuple[int, ItemRef | None]] = []


class Start(Field):
    """The start function."""

    __slots__ = ("args", "func", "results")

    def __init__(self, func: Index, args: list[ItemRef], results: list[Id | None]) -> None:
        super().__init__(func.span)
        self.func = func
        self.args = args
        self.results = results


class Import(Field):
    """An import, or an export that a type declares: an item of `sort` and its type.

    For VALUE the type is a value type; for TYPE the index of the equal type, or None for a fresh resource.
    """

    __slots__ = ("extern_name", "is_export", "sort", "type")

    def __init__(self, span: int, extern_name: ExternName, sig: ItemSig, is_export: bool = False) -> None:
        super().__init__(span, sig.id, sig.name)
        self.extern_name = extern_name
        self.sort = sig.sort
        self.type = sig.type
        self.is_export = is_export


class ItemSig:
    """An item as imports declare it and exports ascribe it."""

    __slots__ = ("id", "name", "sort", "span", "type")

    def __init__(self, span: int, sort: Sort, id_: Id | None, name: str | None, type_: ExternType) -> None:
        self.span = span
        self.sort = sort
        self.id = id_
        self.name = name
        self.type = type_


class Export(Field):
    """An export of a component or of an instance, maybe with a type ascribed."""

    __slots__ = ("extern_name", "item", "type")

    def __init__(
        self,
        span: int,
        extern_name: ExternName,
        item: ItemRef,
        type_: ItemSig | None,
        id_: Id | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(span, id_, name)
        self.extern_name = extern_name
        self.item = item
        self.type = type_


class Custom(Field):
    """A custom section, `producers` included."""

    __slots__ = ("data", "section_name")

    def __init__(self, span: int, section_name: str, data: bytes) -> None:
        super().__init__(span)
        self.section_name = section_name
        self.data = data
