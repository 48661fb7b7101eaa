"""The versions that results name. Goldens have placeholders for them (`versions.py`), so here they are word for word."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from conftest import ROOT, environment
from recorder import recorder
from versions import OURS, due, placeholder, without_versions

from pywasmtools import component_embed, release

WIT = "package a:b;\n\nworld w {}\n"
MODULE = b"\0asm\x01\0\0\0"


def test_all_versions_follow_from_the_release() -> None:
    _, minor, patch = release.VERSION.split(".")
    assert f"0.{minor}.{patch}" == release.CRATE_VERSION
    assert f"{minor}.0.{patch}" == release.WAST_VERSION
    assert release.PROCESSED_BY == ("wit-component", release.CRATE_VERSION)
    assert release.VERSION + release.POST == release.PACKAGE_VERSION
    assert "version" in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dynamic"]


def test_the_reference_is_of_this_release(the_reference: Path) -> None:
    # Behind them an executable that was built from a checkout names its commit.
    assert recorder()[1].split()[:2] == release.VERSION_LINE.split()[:2]


def test_the_command_says_its_release() -> None:
    command = [sys.executable, "-m", "pywasmtools", "--version"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert done.stdout == f"{release.VERSION_LINE}\n"


def test_metadata_name_the_crate() -> None:
    version = release.CRATE_VERSION.encode()
    entry = b"\x0cprocessed-by\x01\x0dwit-component" + bytes([len(version)]) + version
    assert component_embed(WIT, MODULE).endswith(entry)


def test_placeholders_keep_lengths_and_replace_the_exact_version_alone() -> None:
    line = "wasm-tools 1.2.3 (0a1b2c3d4 2026-10-13)"
    data = f"{line}\nwit-component0.2.3 0.2.4 wast 2.0.3 1.2.3".encode()
    kept = without_versions(data, due(line))
    assert kept == b"wasm-tools ?.?.?\nwit-component?.?.? 0.2.4 wast ?.?.? 1.2.3"
    assert without_versions(data, OURS) == data
    assert [len(placeholder(text)) for text in OURS[1:]] == [len(text) for text in OURS[1:]]
