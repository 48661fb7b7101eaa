"""`docs/found-upstream.md`: each input still makes the real wasm-tools panic as told, and ours refuses as told."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import ROOT, environment

if sys.platform == "win32":
    pytest.skip("the inputs are made by a POSIX shell", allow_module_level=True)

PAGE = (ROOT / "docs" / "found-upstream.md").read_text(encoding="utf-8")


class Entry(NamedTuple):
    """A crash: the commands that lead to it, where and how the reference panics, what ours says."""

    commands: str
    place: str
    said: str
    ours: str


def entries() -> dict[str, Entry]:
    """The entries of the page, by their titles."""
    found = {}
    for part in PAGE.split("\n### ")[1:]:
        title, _, rest = part.partition("\n")
        match = re.search(r"```sh\n(.*?)```\n\n> panicked at (\S+): (.*?)\n\n```text\n(.*?)```", rest, re.DOTALL)
        assert match is not None, title
        found[title] = Entry(*match.groups())
    return found


ENTRIES = entries()


def run(commands: str, folder: Path, command: list[str]) -> tuple[int, str]:
    """Status and stderr of commands in a new folder, where `wasm-tools` is a program."""
    if "/dev/full" in commands and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    script = folder / "bin" / "wasm-tools"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    script.chmod(0o755)
    (folder / "work").mkdir()
    env = environment()
    env["PATH"] = f"{script.parent}:{env['PATH']}"
    done = subprocess.run(
        ["sh", "-c", commands], cwd=folder / "work", env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    return done.returncode, done.stderr.decode(errors="replace")


def test_the_page_is_complete() -> None:
    assert len(ENTRIES) == PAGE.count("\n### ") > 30
    assert [int(title.partition(".")[0]) for title in ENTRIES] == list(range(1, len(ENTRIES) + 1))


@pytest.mark.parametrize("title", ENTRIES)
def test_ours_refuses(title: str, tmp_path: Path) -> None:
    status, stderr = run(ENTRIES[title].commands, tmp_path, [sys.executable, "-m", "pywasmtools"])
    assert stderr.rstrip() == ENTRIES[title].ours.rstrip()
    assert status == (2 if "For more information, try '--help'." in stderr else 1)


@pytest.mark.parametrize("title", ENTRIES)
def test_the_reference_panics(title: str, tmp_path: Path, the_reference: Path) -> None:
    status, stderr = run(ENTRIES[title].commands, tmp_path, [str(the_reference)])
    assert status == 101
    match = re.search(r"panicked at (\S+):\n(.*)", stderr)
    assert match is not None
    assert match[1].endswith(ENTRIES[title].place)
    assert match[2] == ENTRIES[title].said
