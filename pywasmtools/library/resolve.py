"""`Resolve`: the packages, worlds, interfaces and types of WIT."""

from __future__ import annotations

from pywasmtools.wit import model as _model


class Resolve:
    """WIT, resolved: packages and their worlds, interfaces and types.

    `model` holds the arenas, for who wants ids: `pywasmtools.wit.model.Resolve`. `package_id` is the id of the main package, the
    one that was read; `world_id` that of the world that was read, of a component or a module; None where there is none.
    """

    __slots__ = ("model", "package_id", "world_id")

    model: _model.Resolve
    package_id: int | None
    world_id: int | None

    def __init__(self, model: _model.Resolve, package: int | None = None, world: int | None = None) -> None:
        self.model = model
        self.package_id = package
        self.world_id = world
