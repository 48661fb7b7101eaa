"""What an input turned out to hold: a WIT package, or the world of a component or module."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve


class Decoded:
    """A `Resolve`, and what in it the input is: a package, or a world (-1: none) and the package it is in."""

    __slots__ = ("package", "resolve", "world")

    def __init__(self, resolve: Resolve, package: int, world: int = -1) -> None:
        self.resolve = resolve
        self.package = package
        self.world = world

    @property
    def is_package(self) -> bool:
        """Whether the input is a WIT package: text, or a binary that holds nothing but one."""
        return self.world < 0

    def become_world(self, world: int) -> None:
        """From now on this is that world, as of a component."""
        package = self.resolve.worlds[world].package
        assert package is not None
        self.world = world
        self.package = package
