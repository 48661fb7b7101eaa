"""The pictures in `docs/pictures/` are what `scripts/draw_pictures.py` draws now."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

pytest.importorskip("rich")
pytest.importorskip("typer")

if sys.platform == "win32":
    pytest.skip("the scenes are for a POSIX shell", allow_module_level=True)

import draw_pictures as script


@pytest.mark.slow
@pytest.mark.parametrize("scene", script.SCENES, ids=lambda scene: scene.name)
def test_a_picture_is_as_it_would_be_drawn(scene: script.Scene, request: pytest.FixtureRequest) -> None:
    if scene.needs_reference:
        request.getfixturevalue("the_reference")
    path = script.PICTURES / f"{scene.name}.svg"
    assert path.read_text(encoding="utf-8") == script.drawn(scene), "run scripts/draw_pictures.py, and look at it"


def test_pictures_fetch_nothing() -> None:
    charts = {"sizes"}  # of `bench.py`
    assert {path.stem for path in script.PICTURES.glob("*.svg")} == {scene.name for scene in script.SCENES} | charts
    for path in script.PICTURES.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        ElementTree.fromstring(text)
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "") and "@font-face" not in text
