"""Where the types of a component are written: at its root, in an imported instance's type, in a nested component.

All three walk types with `ValtypeEncoder`; they differ in what a name makes of a type: an import, an export,
or nothing.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wasm.component_builder import ComponentBuilder, TypeBuilder, alias_outer, sub_resource, type_eq
from pywasmtools.wasm.component_types import FUTURE, NO_TYPE, STREAM, TYPE, DefinedType
from pywasmtools.wit_binary.valtypes import TypeMaps, ValtypeEncoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.component_types import ComponentFuncType, ExternName
    from pywasmtools.wit.model import Resolve


class RootTypes:
    """The type space of the component: what was encoded into it, and the instances that have types."""

    __slots__ = ("component", "instances", "maps", "resolve", "unit_future", "unit_stream")

    def __init__(self, component: ComponentBuilder, resolve: Resolve) -> None:
        self.component = component
        self.resolve = resolve
        self.maps = TypeMaps()
        self.instances: dict[int, int] = {}
        """Imported and exported instances, by interface."""
        self.unit_future = -1
        self.unit_stream = -1

    def alias_type(self, interface: int, id_: int) -> int:
        """The index of a new alias of a type that an instance exports."""
        name = self.resolve.types[id_].name
        instance = self.instances.get(interface)
        if name is None or instance is None:
            raise error(f"no instance has the type `{name or ''}`")
        return self.component.alias_export(instance, name, TYPE)

    def unit_type(self, is_stream: bool) -> int:
        """The stream or future without a payload."""
        index = self.unit_stream if is_stream else self.unit_future
        if index < 0:
            form = STREAM if is_stream else FUTURE
            index = self.component.type_defined(None, DefinedType(form, types=(NO_TYPE,)))
            if is_stream:
                self.unit_stream = index
            else:
                self.unit_future = index
        return index


class RootTypeEncoder(ValtypeEncoder):
    """Encodes into the component itself. With an interface given, its types stay unnamed: instances have none.

    Without one the world's types are imported (`import_types`) under their names.
    """

    __slots__ = ("import_types", "root")

    def __init__(self, root: RootTypes, interface: int | None, import_types: bool) -> None:
        super().__init__(root.resolve, interface)
        self.root = root
        self.maps = root.maps
        self.import_types = import_types

    def define_type(self, type_: DefinedType) -> int:
        return self.root.component.type_defined(None, type_)

    def define_function_type(self, type_: ComponentFuncType) -> int:
        return self.root.component.type_function(None, type_)

    def export_type(self, index: int, name: ExternName) -> int:
        if self.interface is not None:
            return index
        if self.import_types:
            return self.root.component.import_(name, type_eq(index))
        return self.root.component.export(name, TYPE, index)

    def export_resource(self, name: ExternName) -> int:
        if self.interface is not None or not self.import_types:
            raise error(f"the resource `{name.name}` is used before it is defined")
        return self.root.component.import_(name, sub_resource())

    def import_type(self, interface: int, id_: int) -> int:
        return self.root.alias_type(interface, id_)


class InstanceTypeEncoder(ValtypeEncoder):
    """Encodes into the type of an imported instance; types of others are aliased from outside."""

    __slots__ = ("root", "type")

    def __init__(self, root: RootTypes, interface: int) -> None:
        super().__init__(root.resolve, interface)
        self.root = root
        self.type = TypeBuilder()

    def define_type(self, type_: DefinedType) -> int:
        return self.type.type_defined(type_)

    def define_function_type(self, type_: ComponentFuncType) -> int:
        return self.type.type_function(type_)

    def export_type(self, index: int, name: ExternName) -> int:
        return self.type.export(name, type_eq(index))

    def export_resource(self, name: ExternName) -> int:
        return self.type.export(name, sub_resource())

    def import_type(self, interface: int, id_: int) -> int:
        return self.type.alias(alias_outer(TYPE, 1, self.root.alias_type(interface, id_)))


class NestedTypeEncoder(ValtypeEncoder):
    """Encodes into the component that gives the functions of an exported interface their types.

    It imports each named type, in the beginning, and exports them again afterwards (`export_types`).
    `imports` are the types it imported, by the names it made up for them.
    """

    __slots__ = ("component", "export_types", "imports")

    def __init__(self, resolve: Resolve, interface: int) -> None:
        super().__init__(resolve, interface)
        self.component = ComponentBuilder()
        self.export_types = False
        self.imports: dict[str, int] = {}

    def define_type(self, type_: DefinedType) -> int:
        return self.component.type_defined(None, type_)

    def define_function_type(self, type_: ComponentFuncType) -> int:
        return self.component.type_function(None, type_)

    def export_type(self, index: int, name: ExternName) -> int:
        if self.export_types:
            return self.component.export(name, TYPE, index)
        unique = self._unique(name.name)
        index = self.component.import_(unique, type_eq(index))
        self.imports[unique] = index
        return index

    def export_resource(self, name: ExternName) -> int:
        if self.export_types:
            raise error(f"the resource `{name.name}` is used before it is exported")
        unique = self._unique(name.name)
        index = self.component.import_(unique, sub_resource())
        self.imports[unique] = index
        return index

    def import_type(self, interface: int, id_: int) -> int:
        name = self.resolve.types[id_].name
        raise error(f"the type `{name or ''}` of another interface is used before it is imported")

    def _unique(self, name: str) -> str:
        """A name for the import of a type; one that is taken gets numbers appended until it isn't."""
        unique = f"import-type-{name}"
        number = 0
        while unique in self.imports:
            unique = f"{unique}{number}"
            number += 1
        return unique
