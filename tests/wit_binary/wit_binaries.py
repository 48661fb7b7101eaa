"""What the tests of this folder share: WIT text to a `Resolve` and back, and components from their parts."""

from __future__ import annotations

from pywasmtools.release import CRATE_VERSION
from pywasmtools.wasm.writer import custom_section
from pywasmtools.wasm.writer import name as encode_name
from pywasmtools.wit.model import Resolve
from pywasmtools.wit.printer import WitPrinter
from pywasmtools.wit.transform.push import push_source

HEADER = bytes.fromhex("0061736d 0d000100")
PRODUCERS = custom_section("producers", b"\x01\x0cprocessed-by\x01\x0dwit-component" + encode_name(CRATE_VERSION))


def resolve_of(*texts: str) -> Resolve:
    """A `Resolve` of packages, pushed in the order given."""
    resolve = Resolve((), True)
    for k, text in enumerate(texts):
        push_source(resolve, f"{k}.wit", text.encode())
    return resolve


def printed(resolve: Resolve, package: int) -> str:
    """All packages as WIT, `package` first, each line stripped and no empty ones."""
    others = [k for k in range(len(resolve.packages)) if k != package]
    return flat(WitPrinter(True).print(resolve, package, others))


def flat(text: str) -> str:
    """Expected WIT in the same form."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def component(*parts: str) -> bytes:
    """A component of sections in hex."""
    return HEADER + bytes.fromhex(" ".join(parts))
