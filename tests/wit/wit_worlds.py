"""What the tests of this folder share: WIT text to a `Resolve`, and a `Resolve` to WIT text."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.model import Function, InterfaceItem, Resolve, TypeItem
from pywasmtools.wit.printer import WitPrinter
from pywasmtools.wit.transform.push import push_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import WorldItem, WorldKey


def resolve_of(*texts: str, features: tuple[str, ...] = ()) -> Resolve:
    """A `Resolve` of packages, pushed in the order given."""
    resolve = Resolve(features)
    for k, text in enumerate(texts):
        push_source(resolve, f"{k}.wit", text.encode())
    return resolve


def printed(resolve: Resolve, package: int = 0) -> str:
    """A package as WIT, each line stripped."""
    return "\n".join(line.strip() for line in WitPrinter(True).print(resolve, package, []).splitlines() if line.strip())


def flat(text: str) -> str:
    """Expected WIT in the same form."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def names(resolve: Resolve, items: dict[WorldKey, WorldItem]) -> list[str]:
    """The names of imports or exports, in order."""
    return [resolve.name_world_key(key) for key in items]


def refusal(resolve: Resolve, e: WasmToolsError) -> list[str]:
    """The layers of an error, outermost first, each with its snippet."""
    return [layer.render(resolve.source_map) for layer in e.layers]


def id_of(item: InterfaceItem | Function | TypeItem) -> int:
    """The id of an interface or type of a world."""
    assert not isinstance(item, Function)
    return item.id
