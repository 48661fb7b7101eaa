"""What a comparison comes to: `Change`, a thing that is not the same on both sides, and `Part`, a binary on its own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"


class Change:
    """A thing that was added, removed or changed. `what` is its sort: `import`, `function`, `section`…

    `before` and `after` are how it is told on each side, None where it is not there; sizes are in bytes, -1 where that
    says nothing. `parts` are the changes inside it. A world that changed has a `verdict`.
    """

    __slots__ = ("after", "before", "kind", "name", "parts", "size_after", "size_before", "verdict", "what")

    def __init__(
        self,
        kind: str,
        what: str,
        name: str,
        before: str | None = None,
        after: str | None = None,
        parts: list[Change] | None = None,
    ) -> None:
        self.kind: str = kind
        self.what: str = what
        self.name: str = name
        self.before: str | None = before
        self.after: str | None = after
        self.size_before: int = -1
        self.size_after: int = -1
        self.parts: list[Change] = [] if parts is None else parts
        self.verdict: Verdict | None = None

    def sized(self, before: int, after: int) -> Change:
        """The change with its sizes."""
        self.size_before = before
        self.size_after = after
        return self


def change_of(what: str, name: str, before: str | None, after: str | None) -> Change:
    """A change by how a thing is told on each side; one of the two may be None."""
    kind = ADDED if before is None else REMOVED if after is None else CHANGED
    return Change(kind, what, name, before, after)


def changes_of(what: str, before: dict[str, str], after: dict[str, str]) -> list[Change]:
    """What differs between two maps of names to how things are told, in the order of the first, then of the second."""
    found: list[Change] = []
    for name, text in before.items():
        other = after.get(name)
        if other != text:
            found.append(change_of(what, name, text, other))
    for name, text in after.items():
        if name not in before:
            found.append(change_of(what, name, None, text))
    return found


class Verdict:
    """Whether the world of the second may stand where that of the first does; `why` says what is in the way.

    `fits` is None where that can't be told.
    """

    __slots__ = ("fits", "why")

    def __init__(self, fits: bool | None, why: str = "") -> None:
        self.fits: bool | None = fits
        self.why: str = why


class Part:
    """A module or component, or one that is nested in another, on both sides; -1 is the size of one that is not there.

    `kind` is `module` or `component`, of both sides where they differ: `module → component`.
    """

    __slots__ = (
        "code",
        "data",
        "definitions",
        "exports",
        "imports",
        "kind",
        "name",
        "names",
        "notes",
        "parts",
        "producers",
        "renumbered",
        "same",
        "sections",
        "size_after",
        "size_before",
        "verdict",
        "world",
    )

    def __init__(self, kind: str, name: str, size_before: int, size_after: int) -> None:
        self.kind: str = kind
        self.name: str = name
        self.size_before: int = size_before
        self.size_after: int = size_after
        self.same: bool = False
        """Whether both are the same bytes."""
        self.world: list[Change] = []
        self.verdict: Verdict | None = None
        self.imports: list[Change] = []
        self.exports: list[Change] = []
        self.producers: list[Change] = []
        self.names: list[Change] = []
        self.sections: list[Change] = []
        self.definitions: list[Change] = []
        self.code: list[Change] = []
        self.data: list[Change] = []
        self.renumbered: int = 0
        """How many functions are the same but for the numbers of what they refer to."""
        self.parts: list[Part] = []
        self.notes: list[str] = []

    @property
    def change(self) -> str:
        """`same`, or what became of it: ADDED, REMOVED or CHANGED."""
        if self.same:
            return "same"
        return ADDED if self.size_before < 0 else REMOVED if self.size_after < 0 else CHANGED
