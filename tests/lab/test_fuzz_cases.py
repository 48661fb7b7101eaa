"""The first cases of each kind that `fuzz` makes, and what the reference says to them: ours says the same, and they stay the same.

A case is told by its number, so a change to what makes them is seen here, and its cases come out as from the reference.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator

import pytest

if sys.platform == "win32":
    pytest.skip("forks processes", allow_module_level=True)

from conftest import reference
from syrupy.assertion import SnapshotAssertion
from versions import without_versions

from pywasmtools.lab import programs
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz import kinds, seeds
from pywasmtools.lab.pair import Outcome, Pair

pytestmark = pytest.mark.usefixtures("forks_end_at_once")
HERE = kinds.known(None)
CASES = 300
LATER = 800
LATER_OF = {"roundtrips": 400}
"""Up to which number later cases are made; fewer of those that take long to make."""

CRASHES = {
    "known": (95, 275),
    "wit": (6, 44),
    "worlds": (30, 33, 143, 213, 243),
    "roundtrips": (21, 25, 32, 147, 177, 183, 235),
    "components": (255,),
    "descriptions": (249, 267),
    "mistakes": (198, 200, 205),
}
"""Cases by kind and number that the reference breaks down on: ours refuses them, which no golden can say."""


@pytest.fixture(scope="module")
def pair(recording: bool) -> Iterator[Pair]:
    subject = programs.subject(None)
    real = programs.program([str(reference())]) if recording else subject
    with Pair(real, subject) as made:
        yield made


@pytest.mark.parametrize("kind", HERE, ids=lambda kind: kind.name)
def test_first_cases(
    kind: kinds.Kind, pair: Pair, recording: bool, versions: list[str], golden: SnapshotAssertion
) -> None:
    source, corpus = kind.source(), seeds.built_in_corpus()
    run = pair.run_reference if recording else pair.run_subject
    lines = []
    for number in range(CASES):
        case = source.case(random.Random(number), corpus)
        done = "the reference breaks down"
        if number not in CRASHES.get(kind.name, ()):
            outcome = run(case)
            assert not outcome.crashed, (kind.name, number)
            done = told(outcome, versions)
        lines.append(f"{number}: {asked(case)} -> {done}\n")
    assert "".join(lines) == golden


@pytest.mark.parametrize("kind", HERE, ids=lambda kind: kind.name)
def test_later_cases(kind: kinds.Kind, versions: list[str], golden: SnapshotAssertion) -> None:
    """What is rare comes up in later ones. They are made and not run: a hash for each hundred."""
    source, corpus = kind.source(), seeds.built_in_corpus()
    lines = []
    for first in range(CASES, LATER_OF.get(kind.name, LATER), 100):
        whole = hashlib.sha256()
        for number in range(first, first + 100):
            case = source.case(random.Random(number), corpus)
            text = repr((case.argv, sorted(case.files.items()), case.stdin))
            whole.update(without_versions(text.encode(), versions))
        lines.append(f"from {first}: {whole.hexdigest()[:8]}\n")
    assert "".join(lines) == golden


def asked(case: Case) -> str:
    """A case in short: the beginning of its command, and a hash of all of it."""
    whole = hashlib.sha256(repr((case.argv, sorted(case.files.items()), case.stdin)).encode())
    return f"{' '.join(case.argv)[:70]!a} {whole.hexdigest()[:8]}"


def told(outcome: Outcome, versions: list[str]) -> str:
    """What came of it: the status, the end of what was said, and a hash of streams and files."""
    whole = hashlib.sha256(without_versions(outcome.stdout, versions))
    whole.update(b"\0" + without_versions(outcome.stderr, versions))
    for name, data in outcome.files.items():
        whole.update(f"\0{name}\0".encode("utf-8", "surrogateescape") + without_versions(data or b"", versions))
    said = outcome.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].strip()
    return f"{outcome.status} {said[:70]!a} {whole.hexdigest()[:12]}"
