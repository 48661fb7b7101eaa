"""Stability: how it is written, and what is there under which features."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import UNKNOWN_SPAN, WasmToolsError
from pywasmtools.text.semver import Version, parse_version
from pywasmtools.wit.model import Package, PackageName, Resolve
from pywasmtools.wit.stability import UNKNOWN_STABILITY, Stability, include_stability, is_enabled, stable, unstable


def version(text: str) -> Version:
    return parse_version(text)


ONE = version("1.0.0")
TWO = version("2.0.0")

WRITTEN = [
    (stable(ONE), ["@since(version = 1.0.0)"], ("stable", [("since", "1.0.0")])),
    (
        stable(ONE, TWO),
        ["@since(version = 1.0.0)", "@deprecated(version = 2.0.0)"],
        ("stable", [("since", "1.0.0"), ("deprecated", "2.0.0")]),
    ),
    (unstable("f"), ["@unstable(feature = f)"], ("unstable", [("feature", "f")])),
    (
        unstable("f", ONE),
        ["@unstable(feature = f)", "@deprecated(version = 1.0.0)"],
        ("unstable", [("feature", "f"), ("deprecated", "1.0.0")]),
    ),
]


@pytest.mark.parametrize(("stability", "lines", "fields"), WRITTEN)
def test_written(stability: Stability, lines: list[str], fields: tuple[str, list[tuple[str, str]]]) -> None:
    assert stability.attributes() == lines
    assert stability.fields() == fields


def test_nothing_is_written_of_an_unknown_stability() -> None:
    assert UNKNOWN_STABILITY.attributes() == []


def resolve_with(package_version: str | None, *features: str, all_features: bool = False) -> Resolve:
    resolve = Resolve(features, all_features)
    resolve.add_package(Package(PackageName("a", "b", None if package_version is None else version(package_version))))
    return resolve


def test_features_gate_unstable_items() -> None:
    for resolve, there in (
        (resolve_with(None), False),
        (resolve_with(None, "g"), False),
        (resolve_with(None, "f"), True),
        (resolve_with(None, all_features=True), True),
    ):
        assert include_stability(resolve, unstable("f"), 0, UNKNOWN_SPAN) is there
        assert is_enabled(resolve, unstable("f")) is there
        assert include_stability(resolve, UNKNOWN_STABILITY, 0, UNKNOWN_SPAN)
        assert is_enabled(resolve, stable(TWO))


@pytest.mark.parametrize("since", ["0.9.9", "1.2.2", "1.1.9", "1.2.3-rc.1", "1.2.3"])
def test_since_a_released_version(since: str) -> None:
    assert include_stability(resolve_with("1.2.3"), stable(version(since)), 0, UNKNOWN_SPAN)


@pytest.mark.parametrize("since", ["2.0.0", "1.3.0", "1.2.4", "1.2.3+build"])
def test_since_a_version_to_come(since: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        include_stability(resolve_with("1.2.3"), stable(version(since)), 0, UNKNOWN_SPAN)
    assert f"feature gate cannot reference unreleased version {since} of package [a:b@1.2.3]" in str(caught.value)


def test_since_needs_a_version_of_the_package() -> None:
    with pytest.raises(WasmToolsError) as caught:
        include_stability(resolve_with(None), stable(ONE), 0, UNKNOWN_SPAN)
    assert "package [a:b] contains a feature gate with a version specifier, so it must have a version" in str(
        caught.value
    )
