"""`pywasmtools diff`: what it runs, what it shows, what it refuses."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")

from rich.console import Console
from typer.testing import CliRunner

from pywasmtools.lab import diff
from pywasmtools.lab.commands import app
from pywasmtools.release import VERSION

ROOT = Path(__file__).parent.parent.parent


def fake(folder: Path, script: str) -> Path:
    """An executable that stands for the reference."""
    path = folder / "fake-wasm-tools"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def compare(tmp_path: Path, script: str, *argv: str) -> diff.Comparison:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.wit").write_text("package a:b;\n\nworld w {}\n")
    stdin = io.TextIOWrapper(io.BytesIO(b""))
    return diff.compare(list(argv), fake(tmp_path, script), folder, stdin, 60)


def shown(comparison: diff.Comparison) -> str:
    out = io.StringIO()
    diff.show(comparison, Console(file=out, width=120))
    return out.getvalue()


def test_same_output_is_said(tmp_path: Path) -> None:
    comparison = compare(tmp_path, 'printf "package a:b;\\n\\nworld w {\\n}\\n"', "component", "wit", "a.wit")
    assert comparison.same
    assert "same" in shown(comparison)


def test_text_is_shown_as_a_unified_diff(tmp_path: Path) -> None:
    comparison = compare(tmp_path, 'printf "package a:c;\\n"; exit 3', "component", "wit", "a.wit")
    assert comparison.differing == ["status", "stdout"]
    text = shown(comparison)
    assert "reference 3, ours 0" in text
    assert "-package a:c;" in text
    assert "+package a:b;" in text


def test_a_binary_is_shown_by_section_and_offset(tmp_path: Path) -> None:
    script = 'printf "\\0asm\\1\\0\\0\\0\\0\\4\\1aXX" > x.wasm'
    comparison = compare(tmp_path, script, *["component", "embed", "a.wit", "--dummy", "-o", "x.wasm"])
    assert comparison.differing == ["x.wasm"]
    text = shown(comparison)
    assert "the first difference is at 0x8" in text
    assert "reference: in custom 'a'" in text
    assert "ours:      in type" in text
    assert '-  (@custom "a" (before first) "XX")' in text


def test_files_made_by_one_alone_are_seen(tmp_path: Path) -> None:
    comparison = compare(tmp_path, "rm a.wit", *["component", "wit", "a.wit", "-o", "b.wit"])
    assert comparison.differing == ["a.wit", "b.wit"]
    assert "deleted" in shown(comparison)


def test_the_folder_itself_stays_as_it_was(tmp_path: Path) -> None:
    compare(tmp_path, "echo > made", *["component", "wit", "a.wit", "-o", "b.wit"])
    assert sorted(p.name for p in (tmp_path / "work").iterdir()) == ["a.wit"]


def test_sections_are_told_from_the_outside_in() -> None:
    # A component: header; core module section (1), 10 bytes: header, empty type section.
    component = bytes.fromhex("00 61 73 6d 0d 00 01 00  01 0a  00 61 73 6d 01 00 00 00  01 00  00 03 01 61 00")
    assert diff.section_at(component, 3) == "the header"
    assert diff.section_at(component, 11) == "core module > the header"
    assert diff.section_at(component, 18) == "core module > type"
    assert diff.section_at(component, 24) == "custom 'a'"
    assert diff.section_at(b"text", 1) == "no section"


def test_without_a_reference_one_line_and_status_2(tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path), "WASM_TOOLS_REFERENCE": ""}
    result = CliRunner().invoke(app, ["diff", "--", "component", "wit"], env=env)
    assert result.exit_code == 2
    assert "no real wasm-tools" in result.output.replace("\n", " ")


def test_the_command_ends_with_1_on_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fake(tmp_path, "exit 5")
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, ["diff", "--reference", str(path), "--", "--version"])
    assert result.exit_code == 1
    assert "reference 5, ours 0" in result.output


def test_a_run_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(diff.CannotRun, match="did not end"):
        diff.execute([str(fake(tmp_path, "sleep 20"))], [], tmp_path, b"", 0.2)


def test_another_release_is_said_before_any_difference(tmp_path: Path) -> None:
    said = f"the real wasm-tools is release 1.0.0, ours is {VERSION}: what differs may be the release"
    comparison = compare(tmp_path, 'echo "wasm-tools 1.0.0"', "component", "wit", "a.wit")
    text = shown(comparison)
    assert said in text
    assert text.index(said) < text.index("differs")


def test_the_same_release_is_not_mentioned(tmp_path: Path) -> None:
    assert diff.release_note(str(fake(tmp_path, f'echo "wasm-tools {VERSION} (abc 2026-01-01)"'))) is None
    assert diff.release_note(str(fake(tmp_path, "echo nothing"))) is None
    assert diff.release_note(str(tmp_path / "absent")) is None
