"""Versions: the semver crate's messages and order, and the component model's canonical versions."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.text.semver import (
    Version,
    compat_track,
    compat_track_string,
    debug,
    parse_version,
    split_canonical_version,
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty string, expected a semver version"),
        ("1", "unexpected end of input while parsing major version number"),
        ("1.", "unexpected end of input while parsing minor version number"),
        ("1.2", "unexpected end of input while parsing minor version number"),
        ("1.2.", "unexpected end of input while parsing patch version number"),
        ("a.b.c", "unexpected character 'a' while parsing major version number"),
        ("1.q.r", "unexpected character 'q' while parsing minor version number"),
        ("1a.2.3", "unexpected character 'a' after major version number"),
        ("1.2.3 ", "unexpected character ' ' after patch version number"),
        ("1.2.3.4", "unexpected character '.' after patch version number"),
        ("01.2.3", "invalid leading zero in major version number"),
        ("1.00.3", "invalid leading zero in minor version number"),
        ("1.2.18446744073709551616", "value of patch version number exceeds u64::MAX"),
        ("1.2.3-", "empty identifier segment in pre-release identifier"),
        ("1.2.3-a..b", "empty identifier segment in pre-release identifier"),
        ("1.2.3-a.", "empty identifier segment in pre-release identifier"),
        ("1.2.3-.a", "empty identifier segment in pre-release identifier"),
        ("1.2.3-01", "invalid leading zero in pre-release identifier"),
        ("1.2.3-a_b", "unexpected character '_' after pre-release identifier"),
        ("1.2.3-_", "empty identifier segment in pre-release identifier"),
        ("1.2.3+", "empty identifier segment in build metadata"),
        ("1.2.3+4+5", "unexpected character '+' after build metadata"),
        ("1.2.3-a+.b", "empty identifier segment in build metadata"),
    ],
)
def test_messages(text: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        parse_version(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text", ["1.2.3", "0.0.0", "1.2.3-rc.1", "1.2.3+01", "1.2.3-0a.-+x.00", "18446744073709551615.0.0"]
)
def test_round_trip(text: str) -> None:
    assert str(parse_version(text)) == text


def test_fields() -> None:
    version = parse_version("1.2.3-rc.1+b-7")
    assert (version.major, version.minor, version.patch) == (1, 2, 3)
    assert (version.pre, version.build) == ("rc.1", "b-7")


def test_order() -> None:
    """From semver.org, then the crate's `0 < 00 < 1 < 01 < 001 < 2` of build metadata."""
    ordered = [
        "0.9.9",
        "1.0.0-1",
        "1.0.0-9",
        "1.0.0-10",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0",
        "1.0.0+0",
        "1.0.0+00",
        "1.0.0+1",
        "1.0.0+01",
        "1.0.0+001",
        "1.0.0+2",
        "1.0.0+a",
        "1.0.0+a.0",
        "1.0.1",
        "1.10.0",
    ]
    versions = [parse_version(text) for text in ordered]
    shuffled = versions[::-2] + versions[-2::-2]
    assert sorted(shuffled) == versions
    assert sorted(shuffled, key=Version.sort_key) == versions


def test_equality_counts_build_metadata() -> None:
    assert parse_version("1.0.0+a") != parse_version("1.0.0+b")
    assert len({parse_version("1.0.0"), parse_version("1.0.0"), parse_version("1.0.0+a")}) == 2


def test_debug() -> None:
    assert debug(parse_version("1.2.3")) == "Version { major: 1, minor: 2, patch: 3 }"
    assert (
        debug(parse_version("1.2.3-a+b"))
        == 'Version { major: 1, minor: 2, patch: 3, pre: Prerelease("a"), build: BuildMetadata("b") }'
    )


@pytest.mark.parametrize(
    ("text", "track", "suffix", "version"),
    [
        ("1.2.3", "1", ".2.3", "1.0.0"),
        ("101.201.301", "101", ".201.301", "101.0.0"),
        ("0.2.6", "0.2", ".6", "0.2.0"),
        ("0.2.6-rc.1", "0.2.6-rc.1", None, "0.2.6-rc.1"),
        ("0.10.0+build.1", "0.10", ".0+build.1", "0.10.0"),
        ("0.0.1-alpha+build.1", "0.0.1-alpha", "+build.1", "0.0.1-alpha"),
        ("0.0.0", "0.0.0", None, "0.0.0"),
        ("1.0.0-beta.1", "1.0.0-beta.1", None, "1.0.0-beta.1"),
        ("0.0.100+build.1", "0.0.100", "+build.1", "0.0.100"),
        ("1.0.0-a-b+c-d", "1.0.0-a-b", "+c-d", "1.0.0-a-b"),
        ("1.0.0+c-d", "1", ".0.0+c-d", "1.0.0"),
    ],
)
def test_tracks(text: str, track: str, suffix: str | None, version: str) -> None:
    parsed = parse_version(text)
    assert compat_track_string(parsed) == (track, suffix)
    assert compat_track(parsed) == (parse_version(version), suffix)


@pytest.mark.parametrize("text", ["1.2", "", "1.2.3.4", "1.02.3", "1.2.3-", "1.2.3+", "1.2.3-a_b", "a.b.c"])
def test_not_a_version(text: str) -> None:
    assert split_canonical_version(text) is None
