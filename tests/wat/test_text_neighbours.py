"""Neighbours of text modules and components: what the reference answers to each, and so must ours."""

from __future__ import annotations

import pytest
from neighbours import Neighbours, asked, neighbours, of_text
from syrupy.assertion import SnapshotAssertion
from test_component_golden import READ as COMPONENTS
from test_core_golden import READ as MODULES

__all__ = ["asked", "neighbours"]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", MODULES)
def test_modules(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component embed -t w.wit", "in.wat", of_text(MODULES[name])) == golden


@pytest.mark.parametrize("name", COMPONENTS)
def test_components(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component embed -t w.wit", "in.wat", of_text(COMPONENTS[name])) == golden
