"""What a component imports: instances, the world's types and its functions, as far as the modules need them."""

from __future__ import annotations

from pywasmtools.componentize.types import InstanceTypeEncoder, RootTypeEncoder
from pywasmtools.wasm.component_types import FUNC, INSTANCE, ExternName, TypeRef
from pywasmtools.wit.model import Function, TypeItem
from pywasmtools.wit_binary.encoder import interface_extern_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.componentize.state import EncodingState
    from pywasmtools.componentize.world import ImportedInterface


def encode_imports(state: EncodingState) -> None:
    """Imports what the modules need: instances, the world's types, functions."""
    world = state.world
    for name, info in world.import_map.items():
        if name is not None:
            _encode_interface_import(state, world.inputs.import_names.get(name, name), info)
    for item in world.world.imports.values():
        if isinstance(item, TypeItem):
            RootTypeEncoder(state.types, None, True).encode_valtype(item.id)
    functions = world.import_map.get(None)
    if functions is not None:
        _encode_root_imports(state, functions)


def _encode_interface_import(state: EncodingState, name: str, info: ImportedInterface) -> None:
    """Imports an instance with the types and functions of an interface that are needed, if any are."""
    world = state.world
    resolve = world.resolve
    assert info.interface is not None
    interface = resolve.interfaces[info.interface]
    encoder = InstanceTypeEncoder(state.types, info.interface)
    for type_id in world.live_type_imports.get(info.interface, ()):
        encoder.encode_valtype(type_id)
    for func in interface.functions.values():
        if info.is_lowered(func.name):
            index = encoder.encode_function_type(func)
            encoder.type.export(ExternName(func.name, external_id=func.external_id), TypeRef(FUNC, index))
    if encoder.type.count == 0:
        return
    type_ = state.component.type_nested(f"ty-{name}", encoder.type)
    is_interface_name = info.implements is None and interface.name is not None
    extern_name = interface_extern_name(
        resolve,
        name,
        info.interface if is_interface_name else None,
        info.implements,
        info.external_id,
        world.inputs.emit_canonical_names,
    )
    state.types.instances[info.interface] = state.component.import_(extern_name, TypeRef(INSTANCE, type_))


def _encode_root_imports(state: EncodingState, info: ImportedInterface) -> None:
    """Imports the functions that the world itself imports."""
    resolve = state.world.resolve
    for key, item in state.world.world.imports.items():
        if not isinstance(item, Function):
            continue
        name = resolve.name_world_key(key)
        if info.is_lowered(name):
            index = RootTypeEncoder(state.types, None, True).encode_function_type(item)
            extern_name = ExternName(name, external_id=item.external_id)
            state.imported_funcs[name] = state.component.import_(extern_name, TypeRef(FUNC, index))
