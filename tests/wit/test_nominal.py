"""Nominal type ids: expectations from the reference's `--generate-nominal-type-ids w --json`."""

from __future__ import annotations

from wit_worlds import id_of, names, resolve_of

from pywasmtools.wit.model import InterfaceOwner
from pywasmtools.wit.transform.nominal import generate_nominal_type_ids
from pywasmtools.wit.types import Alias


def test_what_is_imported_and_exported_is_cloned_with_what_depends_on_it() -> None:
    resolve = resolve_of("""package a:b;
interface a { resource r; }
interface b { use a.{r}; f: func(x: r); }
interface c { type t = u8; }
world w { import a; import b; export a; export b; export c; }
""")
    generate_nominal_type_ids(resolve, 0)
    world = resolve.worlds[0]
    assert list(world.imports) == [0, 1]
    assert list(world.exports) == [3, 4, 2]
    assert [resolve.interfaces[k].clone_of for k in (3, 4)] == [0, 1]
    assert names(resolve, world.exports) == ["a:b/a", "a:b/b", "a:b/c"]
    used = resolve.types[resolve.interfaces[4].types["r"]]
    assert used.owner == InterfaceOwner(4)
    assert used.kind == Alias(resolve.interfaces[3].types["r"])


def test_plain_names_get_clones_of_their_own() -> None:
    resolve = resolve_of("""package a:b;
interface a { type t = u32; }
interface b { use a.{t}; }
world w { import x: b; import b; import y: b; export z: b; export a; }
""")
    generate_nominal_type_ids(resolve, 0)
    world = resolve.worlds[0]
    assert [id_of(item) for item in world.imports.values()] == [0, 2, 1, 3]
    # `z` uses the exported `a`, which is a clone by then
    assert id_of(world.exports["z"]) == 5
    assert list(world.exports) == [4, "z"]
    used = resolve.types[resolve.interfaces[5].types["t"]]
    assert used.kind == Alias(resolve.interfaces[4].types["t"])


def test_nothing_to_do() -> None:
    resolve = resolve_of("package a:b; interface a { type t = u8; } world w { import a; }")
    generate_nominal_type_ids(resolve, 0)
    assert len(resolve.interfaces) == 1
