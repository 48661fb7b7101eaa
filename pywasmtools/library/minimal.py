"""`minimal`: the smallest WIT that holds one world or interface; `wit_files`: WIT as the files of a package folder."""

from __future__ import annotations

from collections.abc import Iterable

from pywasmtools.diagnostics import error
from pywasmtools.library.items import Interface, World
from pywasmtools.library.reading import parse_wit
from pywasmtools.library.resolve import Resolve
from pywasmtools.library.sources import Source, flags, texts
from pywasmtools.wit.printer import WitPrinter, file_stems
from pywasmtools.wit.transform.minimal import minimal as cut
from pywasmtools.wit.transform.minimal import select_interface
from pywasmtools.wit.transform.select_world import select_world


def minimal(
    wit: Resolve | World | Interface | Source,
    *,
    world: str | None = None,
    interface: str | None = None,
    docs: bool = True,
    features: Iterable[str] = (),
    all_features: bool = False,
) -> Resolve:
    """The world or the interface of that name with all that it reaches, and nothing else.

    `wit` is text, a path, a binary or a `Resolve`; or the world or interface itself. Names are plain ones, of the main package, or
    `ns:package/name` with or without a version; without both it is the only world of the package, or that of a component or
    module. A world is as before: to embed by it gives the same component. What is reached are interfaces, whole; of a package
    the others are left out. What a world includes is part of it then, and features that are off have left out what they gate.
    Without `docs` there are no doc comments. `wit` is not changed.
    """
    texts(world=world, interface=interface)
    flags(docs=docs)
    if world is not None and interface is not None:
        raise ValueError("give `world` or `interface`, not both")
    if isinstance(wit, World | Interface):
        if world is not None or interface is not None:
            raise ValueError("`wit` is a world or an interface already: give no `world` and no `interface`")
        found = wit.resolve
        if isinstance(wit, Interface):
            return Resolve(*cut(found.model, interface=wit.id, docs=docs))
        return _world(found, wit.id, docs)
    found = wit if isinstance(wit, Resolve) else parse_wit(wit, features=features, all_features=all_features)
    main = [] if found.package_id is None else [found.package_id]
    if interface is not None:
        return Resolve(*cut(found.model, interface=select_interface(found.model, main, interface), docs=docs))
    if world is None and found.world_id is not None:
        return _world(found, found.world_id, docs)
    return _world(found, select_world(found.model, main, world), docs)


def _world(found: Resolve, id_: int, docs: bool) -> Resolve:
    """A world with what it reaches. That of a component stays one."""
    kept, package = cut(found.model, world=id_, docs=docs)
    new = Resolve(kept, package)
    if found.world_id == id_:
        new.world_id = kept.packages[package].worlds[found.model.worlds[id_].name]
    return new


def wit_files(wit: Resolve, *, docs: bool = True) -> dict[str, str]:
    """WIT as the files of a folder: the main package's, and one below `deps/` for each of the others.

    Paths have slashes. `component wit --out-dir` writes the same. What the folder holds is read by all commands.
    """
    model = wit.model
    main = wit.package_id
    if main is None:
        raise error("there is no package to be written")
    stems = file_stems(model)
    order = [main, *[id_ for id_ in range(len(model.packages)) if id_ != main]]
    return {
        f"{stems[id_]}.wit" if id_ == main else f"deps/{stems[id_]}.wit": WitPrinter(docs).print(model, id_, [])
        for id_ in order
    }
