"""Links of the repository's pages become links of the site (`scripts/site_pages.py`)."""

from __future__ import annotations

import pytest
import site_pages as script

PAGES = {"index.md", "lab.md", "design.md", "contributing.md", "security.md", "pictures/people.svg"}


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("README.md", "[the lab](docs/lab.md#diff)", "[the lab](lab.md#diff)"),
        ("README.md", "![seen](docs/pictures/people.svg)", "![seen](pictures/people.svg)"),
        ("docs/lab.md", "[how](../CONTRIBUTING.md#add)", "[how](contributing.md#add)"),
        ("docs/lab.md", "[here](#there), [away](https://example.com/a.md)", "[here](#there), [away](https://example.com/a.md)"),
        ("SECURITY.md", "`docs/design.md` says", "[`docs/design.md`](design.md) says"),
        ("SECURITY.md", "`docs/missing.md` and [`docs/design.md`](docs/design.md)", "`docs/missing.md` and [`docs/design.md`](design.md)"),
        ("README.md", "[examples](examples/README.md)", "[examples](https://example.com/p/blob/main/examples/README.md)"),
        ("README.md", "[play](docs/playground/)", "play"),
        ("README.md", "[gone](docs/gone.md)", "gone"),
    ],
)  # fmt: skip
def test_links(source: str, text: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "repository", lambda: "https://example.com/p")
    assert script.turned(text, source, PAGES) == expected


def test_without_a_repository_the_words_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "repository", lambda: "")
    assert script.turned("[examples](examples/README.md)", "README.md", PAGES) == "examples"
