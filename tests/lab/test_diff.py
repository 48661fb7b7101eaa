"""`pywasmtools diff`: what it runs and where, what it shows, what it refuses."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")

from rich.console import Console
from typer.testing import CliRunner

from pywasmtools.changes.core import first_difference
from pywasmtools.lab import binaries, programs
from pywasmtools.lab.commands import app
from pywasmtools.lab.diff import Comparison, compare, read_stdin
from pywasmtools.lab.page import page
from pywasmtools.lab.show import show
from pywasmtools.lab.workplace import CannotRun
from pywasmtools.release import VERSION, VERSION_LINE

WIT = "package a:b;\n\nworld w {}\n"
PRINTED = 'printf "package a:b;\\n\\nworld w {\\n}\\n"'

MISSING = 'error: failed to read "%s"\\n\\nCaused by:\\n    0: No such file or directory (os error 2)\\n'


def fake(folder: Path, script: str) -> Path:
    """An executable that stands for the reference; it says its release as the reference does."""
    path = folder / "fake-wasm-tools"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "{VERSION_LINE}"; exit; }}\n{script}\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command line runs in, with one WIT file."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.wit").write_text(WIT)
    monkeypatch.chdir(folder)
    return folder


def held_against(script: str, work: Path, *argv: str, stdin: bytes = b"") -> Comparison:
    """A comparison of a script with ours."""
    pair = (programs.reference(fake(work.parent, script)), programs.subject(None))
    return compare(list(argv), pair, work, stdin, 60)


def shown(comparison: Comparison) -> str:
    out = io.StringIO()
    show(comparison, Console(file=out, width=120))
    return out.getvalue()


# ------------------------------------------------------------------------------- what is shown


def test_same_output_is_said(work: Path) -> None:
    comparison = held_against(PRINTED, work, "component", "wit", "a.wit")
    assert comparison.same
    assert "same: status 0, 26 bytes of stdout, 0 of stderr, no file written" in shown(comparison)


def test_where_both_fail_alike_they_are_heard(work: Path) -> None:
    """Two that fail to find a file are the same, and a typing mistake must not pass for a success."""
    comparison = held_against(f"printf '{MISSING}' b.wit >&2; exit 1", work, "component", "wit", "b.wit")
    assert comparison.same, shown(comparison)
    assert 'both fail alike, and say:\nerror: failed to read "b.wit"\n' in shown(comparison)


def test_text_is_shown_as_a_unified_diff(work: Path) -> None:
    comparison = held_against('printf "package a:c;\\n"; exit 3', work, "component", "wit", "a.wit")
    assert comparison.differing == ["status", "stdout"]
    text = shown(comparison)
    assert "reference 3, subject 0" in text
    assert "-package a:c;" in text
    assert "+package a:b;" in text


def test_a_binary_is_shown_by_section_and_offset(work: Path) -> None:
    script = 'printf "\\0asm\\1\\0\\0\\0\\0\\4\\1aXX" > x.wasm'
    comparison = held_against(script, work, "component", "embed", "a.wit", "--dummy", "-o", "x.wasm")
    assert comparison.differing == ["x.wasm"]
    text = shown(comparison)
    assert "the first difference is at 0x8" in text
    assert "reference: in custom 'a'" in text
    assert "subject:   in type" in text
    assert '-  (@custom "a" (before first) "XX")' in text


def test_files_made_by_one_alone_are_seen(work: Path) -> None:
    comparison = held_against("rm a.wit", work, "component", "wit", "a.wit", "-o", "b.wit")
    assert comparison.differing == ["a.wit", "b.wit"]
    assert "deleted" in shown(comparison)


def test_a_link_that_is_written_through_or_replaced_is_seen(work: Path) -> None:
    (work / "b.wit").symlink_to("c.wit")
    (work / "c.wit").write_text("")
    comparison = held_against("rm b.wit; echo > b.wit", work, "component", "wit", "a.wit", "-o", "b.wit")
    assert comparison.differing == ["b.wit", "c.wit"]


def test_wasm_tools_may_be_the_first_word(work: Path) -> None:
    assert held_against('[ "$1" = component ] && ' + PRINTED, work, "wasm-tools", "component", "wit", "a.wit").same


def test_releases_are_shown_and_another_one_is_said_first(work: Path) -> None:
    path = work.parent / "old"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "wasm-tools 1.0.0"; exit; }}\n{PRINTED}x\n')
    path.chmod(0o755)
    pair = (programs.reference(path), programs.subject(None))
    text = shown(compare(["component", "wit", "a.wit"], pair, work))
    said = f"the real wasm-tools is release 1.0.0, ours is {VERSION}: what differs may be the release"
    assert said in text
    assert text.index(said) < text.index("reference:") < text.index("stdout")
    assert f"reference: {path} (wasm-tools 1.0.0)" in text
    assert f"subject: pywasmtools ({VERSION_LINE})" in text


def test_another_subject_than_ours(work: Path) -> None:
    path = fake(work.parent, PRINTED)
    pair = (programs.reference(path), programs.subject(path))
    assert compare(["anything"], pair, work).same


# ------------------------------------------------------------------------------- where it runs


def test_the_folder_itself_stays_as_it_was(work: Path) -> None:
    held_against("echo > made; rm a.wit", work, "component", "wit", "a.wit", "-o", "b.wit")
    assert sorted(p.name for p in work.iterdir()) == ["a.wit"]


@pytest.mark.parametrize("form", ["../wit/a.wit", "{}/a.wit", "sub/../../wit/a.wit"])
def test_an_input_outside_is_copied_too(work: Path, form: str) -> None:
    wit = work.parent / "wit"
    (work / "sub").mkdir()
    wit.mkdir()
    (wit / "a.wit").write_text(WIT)
    comparison = held_against(f'cat "$3" > /dev/null && {PRINTED}', work, "component", "wit", form.format(wit))
    assert comparison.same
    assert comparison.reference.status == 0


@pytest.mark.parametrize("option", [["-o", "{}"], ["-o{}"], ["--output={}"], ["-o", "../out/made"], ["-o../out/made"]])
def test_nothing_is_written_outside(work: Path, option: list[str]) -> None:
    out = work.parent / "out"
    out.mkdir()
    (out / "made").write_text("mine")
    words = [word.format(out / "made") for word in option]
    script = f'case "$4" in -o) to=$5;; -o*) to=${{4#-o}};; *) to=${{4#*=}};; esac; {PRINTED} > "$to"'
    comparison = held_against(script, work, "component", "wit", "a.wit", *words)
    assert comparison.same, shown(comparison)
    assert list(comparison.subject.files) == [str(out / "made")]
    assert (out / "made").read_text() == "mine"


def test_a_message_tells_paths_as_they_were_given(work: Path) -> None:
    path = work.parent / "wit" / "none.wit"
    script = f"printf '{MISSING}' \"$3\" >&2; exit 1"
    comparison = held_against(script, work, "component", "wit", str(path))
    assert comparison.same, shown(comparison)
    assert str(path).encode() in comparison.subject.stderr


def test_links_that_lead_out_become_what_they_lead_to(work: Path) -> None:
    outside = work.parent / "outside"
    outside.mkdir()
    (outside / "dep.wit").write_text("package c:d;\n")
    (outside / "back").symlink_to(outside)
    (work / "deps").symlink_to(outside)
    (work / "out.wit").symlink_to(outside / "dep.wit")
    (work / "up").symlink_to(work.parent)
    comparison = held_against(
        f"[ -f deps/dep.wit ] && {PRINTED} > out.wit", work, *["component", "wit", "a.wit", "-o", "out.wit"]
    )
    assert comparison.same, shown(comparison)
    assert (outside / "dep.wit").read_text() == "package c:d;\n"
    assert any("up (leads to a folder around it)" in note for note in comparison.notes)


def test_what_is_no_source_is_left_out_unless_named(work: Path) -> None:
    for name in (".git/x", "target/x", "env/x", "target/named.wit"):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text(WIT)
    (work / "env" / "pyvenv.cfg").touch()
    script = f"[ -e .git ] || [ -e target/x ] || [ -e env ] || {PRINTED}"
    comparison = held_against(script, work, "component", "wit", "target/named.wit")
    assert comparison.same, shown(comparison)
    assert comparison.notes == ["not copied: .git/, env/, target/"]
    assert held_against(f"{PRINTED} > target/o", work, *["component", "wit", "a.wit", "-o", "target/o"]).same


def test_code_of_the_folder_is_never_run(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pywasmtools.py", "gc.py", "os.py", "sitecustomize.py"):
        (work / name).write_text("import sys; sys.stdout.write('taken over'); sys.exit(0)\n")
    monkeypatch.setenv("PYTHONPATH", ".")
    assert held_against(PRINTED, work, "component", "wit", "a.wit").same


def test_special_files_are_left_out_or_refused(work: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("not on Windows")
    os.mkfifo(work / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(work / "socket"))
        comparison = held_against(PRINTED, work, "component", "wit", "a.wit")
        assert comparison.same
        assert comparison.notes == ["not copied: pipe (no file), socket (no file)"]
        with pytest.raises(CannotRun, match="`pipe` is a FIFO"):
            held_against(PRINTED, work, "component", "wit", "pipe")
        with pytest.raises(CannotRun, match="`socket` is a socket"):
            held_against(PRINTED, work, "component", "wit", "socket")


def test_devices_stay_what_they_are(work: Path) -> None:
    assert held_against("cat > /dev/null", work, *["component", "wit", "a.wit", "-o", "/dev/null"]).same


def test_what_leads_above_the_root_is_refused(work: Path) -> None:
    with pytest.raises(CannotRun, match="above the root"):
        held_against(PRINTED, work, "component", "wit", "../" * 60 + "etc/passwd")


def test_what_is_too_large_is_refused(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pywasmtools.lab.workplace.MAX_COPY_BYTES", 10)
    with pytest.raises(CannotRun, match="would be copied"):
        held_against(PRINTED, work, "component", "wit", "a.wit")


def test_the_folder_of_scratch_files_is_not_copied_into_itself(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(work))
    with pytest.raises(CannotRun, match="scratch files"):
        held_against(PRINTED, work, "component", "wit", "a.wit")


def test_stdin_goes_to_both(work: Path) -> None:
    comparison = held_against("cat", work, "component", "embed", "--only-custom", "a.wit", "-", stdin=b"x")
    assert comparison.reference.stdout == b"x"
    assert read_stdin(None) == b""
    closed = io.StringIO()
    closed.close()
    assert read_stdin(closed) == b""
    assert read_stdin(io.TextIOWrapper(io.BytesIO(b"abc"))) == b"abc"


def test_a_run_that_hangs_is_ended_with_all_that_it_started(work: Path) -> None:
    pair = (programs.reference(fake(work.parent, "sleep 60 & sleep 60")), programs.subject(None))
    with pytest.raises(CannotRun, match=r"did not end within 0\.2 seconds"):
        compare(["component", "wit", "a.wit"], pair, work, timeout=0.2)


# ------------------------------------------------------------------------------- parts


def test_sections_are_told_from_the_outside_in() -> None:
    # A component: header; core module section (1), 10 bytes: header, empty type section.
    component = bytes.fromhex("00 61 73 6d 0d 00 01 00  01 0a  00 61 73 6d 01 00 00 00  01 00  00 03 01 61 00")
    assert binaries.section_at(component, 3) == "the header"
    assert binaries.section_at(component, 11) == "core module > the header"
    assert binaries.section_at(component, 18) == "core module > type"
    assert binaries.section_at(component, 24) == "custom 'a'"
    assert binaries.section_at(b"text", 1) == "no section"
    assert binaries.section_at(component[:9] + b"\xff\xff\xff\xff\x7f", 10) == "no section"


def test_the_first_difference() -> None:
    a = bytes(range(256)) * 4
    for at in (0, 1, 500, 1022, 1023):
        b = bytearray(a)
        b[at] ^= 1
        assert first_difference(a, bytes(b)) == at
    assert first_difference(a, a[:700]) == 700
    assert first_difference(a, a) == len(a)


def test_the_same_release_is_not_mentioned(tmp_path: Path) -> None:
    assert programs.note_on(programs.release_of(str(fake(tmp_path, "")))) is None
    assert programs.release_of(str(tmp_path / "absent")) is None
    assert programs.release_in("nothing") is None
    assert programs.release_in(f"wasm-tools {VERSION} (abc 2026-01-01)") == VERSION


# ------------------------------------------------------------------------------- the command


def test_without_a_reference_one_line_and_status_2(tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path), "WASM_TOOLS_REFERENCE": ""}
    result = CliRunner().invoke(app, ["diff", "--", "component", "wit"], env=env)
    assert result.exit_code == 2
    assert "no real wasm-tools" in result.output
    result = CliRunner().invoke(app, ["diff", "--reference", str(tmp_path / "none"), "--", "component", "wit"], env=env)
    assert result.exit_code == 2
    assert "there is no such executable" in result.output


def test_the_command_ends_with_1_on_a_difference(work: Path) -> None:
    path = fake(work.parent, "exit 5")
    argv = ["diff", "--reference", str(path), "--html", str(work.parent / "d.html"), "--", "component", "wit", "a.wit"]
    result = CliRunner().invoke(app, argv)
    assert result.exit_code == 1
    assert "reference 5, subject 0" in result.output
    assert (work.parent / "d.html").read_text().startswith("<!DOCTYPE html>")


def test_the_page_holds_both_sides_and_nothing_from_elsewhere(work: Path) -> None:
    (work / "<b>.wit").write_text(WIT)
    script = 'printf "package a:c;\\n\\n\\nworld <w> {\\n}\\n"; printf "\\0asm\\1\\0\\0\\0\\0\\4\\1aXX" > x.wasm; echo > gone'
    comparison = held_against(script, work, "component", "embed", "--dummy", "-o", "x.wasm", "<b>.wit")
    text = page(comparison)
    assert "&lt;b&gt;.wit" in text
    assert "<b>.wit" not in text
    assert "<h2>x.wasm</h2>" in text
    assert "custom &#x27;a&#x27;" in text
    assert "Only the reference has it." in text
    assert "http" not in text
    same = held_against(PRINTED, work, "component", "wit", "a.wit")
    assert '<span class="well">same</span>' in page(same)


@pytest.mark.slow
def test_the_page_in_a_browser(work: Path) -> None:
    """A real browser makes of it the tables that it means, and says nothing on its console."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium here")
    script = 'printf "\\0asm\\1\\0\\0\\0\\0\\4\\1a</" > x.wasm; printf "<table>&amp;"'
    comparison = held_against(script, work, "component", "embed", "--dummy", "-o", "x.wasm", "a.wit")
    path = work.parent / "page.html"
    path.write_text(page(comparison), encoding="utf-8")
    argv = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run([*argv, path.as_uri()], capture_output=True, timeout=120, text=True)
    assert "CONSOLE" not in done.stderr
    dom = done.stdout
    assert dom.count("<h2>") == 2
    assert dom.count("<table") == dom.count("</table>") == 5
    assert "<b>&lt;table&gt;&amp;amp;</b>" in dom
    assert "custom 'a'" in dom
