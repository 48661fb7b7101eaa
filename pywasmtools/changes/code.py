"""Which functions of two core modules are the same ones, and whose code differs: `functions`.

Functions belong together by what they import, by their name, by the name that they are exported under, and else by what
they do: the rest is brought into line by their instructions. Then code is compared with the numbers of one side in the
place of the other's, so that a function more does not change all those that call across it.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from pywasmtools.changes.module import external_kind
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm import spaces
from pywasmtools.wasm.immediates import Indices, with_indices
from pywasmtools.wasm.module import read_locals
from pywasmtools.wasm.operators import OperatorReader, write_operator
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.writer import var_u32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.changes.module import CoreModule

NEW: Final = 0xF0_0000
"""What is added to the number of an item that the other side does not have: more than any number there can be."""

MOST_PAIRS: Final = 25_000_000
"""Where more functions without names than this, one side's times the other's, are left, their order alone counts."""

SPACES: Final = {
    "func": spaces.CORE_FUNC,
    "table": spaces.CORE_TABLE,
    "memory": spaces.CORE_MEMORY,
    "global": spaces.CORE_GLOBAL,
    "tag": spaces.CORE_TAG,
    "type": spaces.CORE_TYPE,
    "elem": spaces.ELEM,
    "data": spaces.DATA,
}
"""The spaces that instructions name, but those inside of a function or a type."""


class _NoNumbers(Indices):
    """All indices are one: what is left of a body is what it does."""

    __slots__ = ()

    def index(self, space: str, index: int) -> int:
        return 0 if space in SPACES else index


class Numbers(Indices):
    """Indices of the second module as the first one has them. `maps` has those by space.

    Of equal types all have the number of the first; `first_types` gives the first module's own types theirs.
    """

    __slots__ = ("first_types", "maps", "same_types")

    def __init__(self) -> None:
        self.maps: dict[int, dict[int, int]] = {}
        self.first_types = FirstTypes()
        self.same_types = False

    def index(self, space: str, index: int) -> int:
        number = SPACES.get(space)
        if number is None:
            return index
        return self.maps[number].get(index, NEW + index)

    def is_identity(self) -> bool:
        """Whether both sides have the same numbers for everything."""
        others = [numbers for space, numbers in self.maps.items() if space != spaces.CORE_TYPE]
        return self.same_types and all(key == value for numbers in others for key, value in numbers.items())


class FirstTypes(Indices):
    """The indices of a module itself, but of equal types that of the first."""

    __slots__ = ("first",)

    def __init__(self) -> None:
        self.first: list[int] = []

    def index(self, space: str, index: int) -> int:
        return self.first[index] if space == "type" and index < len(self.first) else index


def body(module: CoreModule, number: int, indices: Indices) -> bytes:
    """The body of a defined function, written again with other indices; as it is where it can't be read."""
    start, end = module.bodies[number]
    reader = BinaryReader(module.data, start, end)
    out = bytearray()
    try:
        for count, type_ in read_locals(reader):
            out += var_u32(count) + indices.val_type(type_).to_bytes(8, "little")
        operators = OperatorReader(reader)
        while not operators.eof():
            row = operators.next_operator()
            found = operators.immediates
            write_operator(out, row, [with_indices(kind, found[k], indices) for k, kind in enumerate(row.kinds)])
    except WasmToolsError:
        return module.data[start:end]
    return bytes(out)


# ------------------------------------------------------------------------------- names


def plain_name(name: str) -> str:
    """A symbol without the hash that Rust ends it with: it is another one in each build."""
    if name.endswith("E") and name[-20:-17] == "17h" and _is_hash(name[-17:-1]):
        return name[:-20]
    if name[-19:-16] == "::h" and _is_hash(name[-16:]):
        return name[:-19]
    return name


def _is_hash(text: str) -> bool:
    return all(char in "0123456789abcdef" for char in text)


def names_of(module: CoreModule, space: int) -> dict[int, str]:
    """The names that items of a space are known by, no two of which are the same: a name, or else an export's."""
    found: dict[int, str] = {}
    taken: dict[str, int] = {}
    for index, symbol in module.names.get(space, {}).items():
        name = plain_name(symbol)
        if name in taken:
            found.pop(taken[name], None)
        else:
            taken[name] = index
            found[index] = name
    for export in module.exports:
        if export.kind == space and export.index not in found and export.name not in taken:
            taken[export.name] = export.index
            found[export.index] = export.name
    return found


def _imports_of(module: CoreModule, kind: int) -> list[tuple[str, str, int]]:
    """The imports of an external kind: module, name, and the how manieth of these names it is."""
    seen: dict[tuple[str, str], int] = {}
    found: list[tuple[str, str, int]] = []
    for import_ in module.imports:
        if external_kind(import_) == kind:
            name = (import_.module, import_.name)
            seen[name] = seen.get(name, 0) + 1
            found.append((*name, seen[name]))
    return found


# ------------------------------------------------------------------------------- what belongs together


def numbers(a: CoreModule, b: CoreModule) -> Numbers:
    """The numbers of the first module for those of the second, in all spaces."""
    found = Numbers()
    _compare_types(a, b, found)
    sizes = {
        spaces.CORE_TABLE: (len(a.tables), len(b.tables)),
        spaces.CORE_MEMORY: (len(a.memories), len(b.memories)),
        spaces.CORE_GLOBAL: (len(a.globals), len(b.globals)),
        spaces.CORE_TAG: (len(a.tags), len(b.tags)),
        spaces.ELEM: (len(a.elements), len(b.elements)),
        spaces.DATA: (len(a.segments), len(b.segments)),
    }
    for space, (size, other) in sizes.items():
        pairs, left, left_after = _by_name(a, b, space, size, other)
        pairs.update(zip(left_after, left, strict=False))
        found.maps[space] = pairs
    found.maps[spaces.CORE_FUNC] = _functions(a, b)
    return found


def _compare_types(a: CoreModule, b: CoreModule, numbers: Numbers) -> None:
    """Types by their structure; the first of equal ones stands for all."""
    first: dict[str, int] = {}
    for index in range(len(a.types)):
        numbers.first_types.first.append(first.setdefault(a.type_text(index), index))
    found: dict[int, int] = {}
    for index in range(len(b.types)):
        same = first.get(b.type_text(index))
        if same is not None:
            found[index] = same
    numbers.maps[spaces.CORE_TYPE] = found
    both = range(min(len(a.types), len(b.types)))
    numbers.same_types = all(a.type_text(index) == b.type_text(index) for index in both)


def _by_name(
    a: CoreModule, b: CoreModule, space: int, size: int, other: int
) -> tuple[dict[int, int], list[int], list[int]]:
    """Items of a space that belong together by import or name, the second's to the first's; and those left of each."""
    imports = {name: index for index, name in enumerate(_imports_of(a, space))}
    imports_after = _imports_of(b, space)
    pairs = {index: imports[name] for index, name in enumerate(imports_after) if name in imports}
    first, first_after = len(imports), len(imports_after)
    # Names and exports may be of items that there are not.
    by_name = {name: index for index, name in names_of(a, space).items() if first <= index < size}
    taken = set(pairs.values())
    for index, name in names_of(b, space).items():
        found = by_name.get(name, -1)
        if first_after <= index < other and index not in pairs and found >= 0 and found not in taken:
            pairs[index] = found
            taken.add(found)
    left = [index for index in range(first, size) if index not in taken]
    return pairs, left, [index for index in range(first_after, other) if index not in pairs]


def _functions(a: CoreModule, b: CoreModule) -> dict[int, int]:
    """Functions of the second module, and which of the first they are."""
    pairs, left, left_after = _by_name(a, b, spaces.CORE_FUNC, len(a.functions), len(b.functions))
    # Where nothing differs there is no need to look at instructions.
    start = 0
    while start < min(len(left), len(left_after)) and _as_bytes(a, left[start]) == _as_bytes(b, left_after[start]):
        pairs[left_after[start]] = left[start]
        start += 1
    left, left_after = left[start:], left_after[start:]
    while left and left_after and _as_bytes(a, left[-1]) == _as_bytes(b, left_after[-1]):
        pairs[left_after.pop()] = left.pop()
    if not left or not left_after:
        return pairs
    does, does_after = _what_they_do(a, left), _what_they_do(b, left_after)
    named, named_after = names_of(a, spaces.CORE_FUNC), names_of(b, spaces.CORE_FUNC)
    for tag, start, end, start_after, end_after in _aligned(does, does_after):
        these, those = left[start:end], left_after[start_after:end_after]
        if tag != "equal":
            # One that has a name on one side is another one than what has none, or another name, there.
            these = [index for index in these if index not in named]
            those = [index for index in those if index not in named_after]
        pairs.update(zip(those, these, strict=False))
    return pairs


def _as_bytes(module: CoreModule, index: int) -> tuple[str, bytes]:
    """A function as it stands there: its type and its body."""
    number = index - (len(module.functions) - len(module.bodies))
    start, end = module.bodies[number] if 0 <= number < len(module.bodies) else (0, 0)
    return (module.type_text(module.functions[index]), module.data[start:end])


def _what_they_do(module: CoreModule, functions: list[int]) -> list[bytes]:
    """What functions do: a text for each, their type and their instructions without numbers."""
    indices = _NoNumbers()
    first = len(module.functions) - len(module.bodies)
    found: list[bytes] = []
    for index in functions:
        code = body(module, index - first, indices) if 0 <= index - first < len(module.bodies) else b""
        found.append(module.type_text(module.functions[index]).encode() + b"\0" + code)
    return found


def _aligned(these: list[bytes], those: list[bytes]) -> list[tuple[str, int, int, int, int]]:
    """Two lists brought into line, as `SequenceMatcher.get_opcodes` has it."""
    start = 0
    while start < min(len(these), len(those)) and these[start] == those[start]:
        start += 1
    end = 0
    while end < min(len(these), len(those)) - start and these[-1 - end] == those[-1 - end]:
        end += 1
    last, last_after = len(these) - end, len(those) - end
    found: list[tuple[str, int, int, int, int]] = [("equal", 0, start, 0, start)]
    if (last - start) * (last_after - start) > MOST_PAIRS:
        found.append(("replace", start, last, start, last_after))
    else:
        matcher = SequenceMatcher(None, these[start:last], those[start:last_after], False)
        for tag, i, j, i_after, j_after in matcher.get_opcodes():
            found.append((tag, i + start, j + start, i_after + start, j_after + start))
    found.append(("equal", last, len(these), last_after, len(those)))
    return found
