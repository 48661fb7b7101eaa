"""The examples of the documentation of the library run as they stand."""

from __future__ import annotations

import doctest
import re

from conftest import ROOT

import pywasmtools

PAGE = ROOT / "docs" / "library.md"


def test_the_examples() -> None:
    text = PAGE.read_text()
    blocks = re.findall(r"^```pycon\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 10 and text.count("```") == 2 * len(blocks)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "page", None, None)
    shown: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=shown.append)
    assert not shown, "".join(shown)


def test_the_reference_has_all_names() -> None:
    names = re.findall(r"^::: pywasmtools\.(\w+)$", (ROOT / "docs" / "reference.md").read_text(), re.MULTILINE)
    assert len(names) == len(set(names)) and set(names) == set(pywasmtools.__all__) - {"__version__"}


def test_the_example_of_the_package() -> None:
    test = doctest.DocTestParser().get_doctest(pywasmtools.__doc__ or "", {}, "package", None, None)
    shown: list[str] = []
    doctest.DocTestRunner().run(test, out=shown.append)
    assert test.examples and not shown, "".join(shown)
