"""Versions in goldens are placeholders, so that the difference between two releases shows behaviour alone.

`?.???.?` stands in place of `0.262.0`: each digit becomes a question mark, so lengths and offsets stay. Only the exact
text of the version that is due is replaced, so a wrong one is seen. `test_release.py` holds what the versions are.
"""

from __future__ import annotations

import re

from pywasmtools import release

LINE = re.compile(r"wasm-tools (\d+\.\d+\.\d+)(?: \(([0-9a-f]+) (\d{4}-\d\d-\d\d)\))?")
"""What `wasm-tools --version` prints: the release, where known the commit and its date."""


def due(version_line: str) -> list[str]:
    """The texts in which a release names itself and its crates, the longest first.

    wasm-tools 1.M.P has wit-component, wit-parser and wasmparser 0.M.P, and wast M.0.P.
    """
    found = LINE.fullmatch(version_line)
    if found is None:
        raise ValueError(f"no version of wasm-tools: {version_line!r}")
    _, minor, patch = found[1].split(".")
    return [version_line, f"wasm-tools {found[1]}", f"0.{minor}.{patch}", f"{minor}.0.{patch}"]


OURS = due(release.VERSION_LINE)
"""What stands in results of ours."""


def placeholder(text: str) -> str:
    """The text with a question mark for each digit; the commit goes, for a build from the crate registry names none."""
    return re.sub("[0-9]", "?", text.partition(" (")[0])


def without_versions(data: bytes, versions: list[str]) -> bytes:
    """`data` with placeholders in place of `versions`."""
    for text in versions:
        data = data.replace(text.encode(), placeholder(text).encode())
    return data
