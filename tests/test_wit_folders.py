"""What may stand in a folder of WIT: links that lead nowhere or in circles, folders, special files, what can't be read."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import Process, process  # noqa: F401
from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and modes of POSIX")

WORLD = "package a:b;\nworld w {}\n"
OTHER = "package c:d;\n"


def files(folder: Path, *names: str, contents: str = WORLD) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(contents)


def links(folder: Path, **targets: str) -> None:
    """Links by name, `__` being a slash and `_` a dot."""
    for name, target in targets.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)


def alone(w: Path) -> None:
    """The file that all have is taken out: in which order a folder lists two is the system's."""
    (w / "a.wit").unlink()


def link_to_itself(w: Path) -> None:
    links(w, s_wit="s.wit")


def links_in_a_circle(w: Path) -> None:
    # One of them alone is read: which of two comes first, the system says.
    links(w, s_wit="t.txt", t_txt="s.wit")


def link_to_nothing(w: Path) -> None:
    links(w, s_wit="nowhere")


def links_that_do_not_count(w: Path) -> None:
    links(w, s_txt="s.txt", t="nowhere", folder_wit="sub", me_wit=".")
    (w / "sub").mkdir()
    (w / "folder.d.wit").mkdir()


def link_to_a_file(w: Path) -> None:
    alone(w)
    files(w.parent, "x.wit", contents="package a:b;\nworld x {}\n")
    links(w, l_wit="../x.wit")


def deps_is_a_link_to_itself(w: Path) -> None:
    links(w, deps="deps")


def deps_is_a_link_to_nothing(w: Path) -> None:
    links(w, deps="nowhere")


def deps_is_a_link_to_a_file(w: Path) -> None:
    files(w.parent, "x")
    links(w, deps="../x")


def deps_is_a_link_to_a_folder(w: Path) -> None:
    files(w.parent, "x/c.wit", contents=OTHER)
    links(w, deps="../x")


def deps_is_the_folder_itself(w: Path) -> None:
    links(w, deps=".")


def deps_has_a_link_to_itself(w: Path) -> None:
    links(w, deps__s_wit="s.wit")


def deps_has_a_link_to_itself_of_another_name(w: Path) -> None:
    links(w, deps__s_txt="s.txt")


def deps_has_a_link_to_nothing(w: Path) -> None:
    links(w, deps__s="nowhere")


def deps_has_a_link_to_a_folder(w: Path) -> None:
    files(w.parent, "c/c.wit", contents=OTHER)
    links(w, deps__c="../../c")


def deps_has_a_link_above(w: Path) -> None:
    links(w, deps__c="..")


def a_dependency_has_a_link_to_itself(w: Path) -> None:
    files(w, "deps/c/c.wit", contents=OTHER)
    links(w, deps__c__x_wit="x.wit")


def socket_in_it(w: Path) -> None:
    made(w, "s.wit")


def socket_in_deps(w: Path) -> None:
    (w / "deps").mkdir()
    made(w, "deps/s.wit")


def made(w: Path, name: str) -> None:
    """A socket; its path has to be short."""
    if sys.platform == "win32":
        pytest.skip("not on Windows")
    here = Path.cwd()
    os.chdir(w)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(name)
    os.chdir(here)


def empty_device(w: Path) -> None:
    links(w, s_wit="/dev/null")


def name_with_controls(w: Path) -> None:
    alone(w)
    files(w, "\u202e\x1b[31m'é\".wit", contents="package a:b;\nworld é {}\n")


def link_whose_name_has_controls(w: Path) -> None:
    (w / "é\x07'\".wit").symlink_to("nowhere")


def name_that_is_too_long(w: Path) -> None:
    alone(w)
    files(w, "n" * 251 + ".wit", contents="package a:b;\nworld x {\n")


def file_that_cannot_be_read(w: Path) -> None:
    (w / "a.wit").chmod(0)


def folder_that_cannot_be_read(w: Path) -> None:
    w.chmod(0o311)


def folder_that_cannot_be_entered(w: Path) -> None:
    alone(w)
    links(w, l_wit="../a.wit")
    w.chmod(0o644)


def deps_that_cannot_be_read(w: Path) -> None:
    files(w, "deps/c/c.wit", contents=OTHER)
    (w / "deps").chmod(0o311)


def deps_that_cannot_be_entered(w: Path) -> None:
    files(w, "deps/c/c.wit", contents=OTHER)
    (w / "deps").chmod(0o644)


def deps_with_a_file_that_cannot_be_entered(w: Path) -> None:
    files(w, "deps/c.wit", contents=OTHER)
    (w / "deps").chmod(0o644)


def dependency_that_cannot_be_read(w: Path) -> None:
    files(w, "deps/c/c.wit", contents=OTHER)
    (w / "deps/c").chmod(0o311)


CASES: list[Callable[[Path], None]] = [
    *(link_to_itself, links_in_a_circle, link_to_nothing, links_that_do_not_count, link_to_a_file),
    *(deps_is_a_link_to_itself, deps_is_a_link_to_nothing, deps_is_a_link_to_a_file, deps_is_a_link_to_a_folder),
    *(deps_is_the_folder_itself, deps_has_a_link_to_itself, deps_has_a_link_to_itself_of_another_name),
    *(deps_has_a_link_to_nothing, deps_has_a_link_to_a_folder, deps_has_a_link_above),
    *(a_dependency_has_a_link_to_itself, socket_in_it, socket_in_deps, empty_device, name_with_controls),
    *(link_whose_name_has_controls, name_that_is_too_long),
    *(file_that_cannot_be_read, folder_that_cannot_be_read, folder_that_cannot_be_entered, deps_that_cannot_be_read),
    *(deps_that_cannot_be_entered, deps_with_a_file_that_cannot_be_entered, dependency_that_cannot_be_read),
]
LINES = (
    ["component", "wit", "w"],
    ["component", "embed", "w/", "--dummy", "-o", "out"],
    ["component", "wit", "./w//", "-w", "-o", "o"],
)


def without_rights() -> None:
    """In a child of root: modes hold for it too (CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH are not handed on)."""
    if sys.platform == "win32":
        pytest.skip("not on Windows")
    if os.geteuid() == 0 and sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for right in (1, 2):
            libc.prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_folder(
    case: Callable[[Path], None],
    process: Process,  # noqa: F811
    tmp_path: Path,
    golden: SnapshotAssertion,
) -> None:
    w = tmp_path / "work" / "w"
    files(w, "a.wit")
    case(w)
    found = ""
    for line in LINES:
        found += f"== {' '.join(line)}\n{process(line, before=without_rights).told()}"
    for path in (w, *(p for p in w.rglob("*") if p.is_dir() and not p.is_symlink())):
        path.chmod(0o755)
    assert found == golden


OUT_DIRS = (
    *("out", "out/x/y", "new/.", "new/./x/", "new/../x", "new/..", ".", "..", "./new//x//", "new/x"),
    *("file", "file/x", "to-nothing", "to-nothing/x", "to-itself", "to-folder", "to-folder/x", "closed/x"),
    *("taken", "deps-taken", "é/ü", "x" * 300, "x/" + "n" * 300 + "/y"),
)


@pytest.mark.slow
def test_folders_that_are_made(process: Process, tmp_path: Path, golden: SnapshotAssertion) -> None:  # noqa: F811
    """What `--out-dir` makes, and what it leaves where it fails."""
    found = ""
    for k, out in enumerate(OUT_DIRS):
        work = tmp_path / "work" / str(k) / "in"
        files(work, "w/a.wit", "file")
        files(work, "w/deps/c.wit", contents=OTHER)
        links(work, **{"to-nothing": "nowhere", "to-itself": "to-itself", "to-folder": "real"})
        for name in ("real", "closed", "taken/b.wit", "deps-taken"):
            (work / name).mkdir(parents=True)
        files(work, "deps-taken/deps")
        (work / "closed").chmod(0o555)
        before = set(work.parent.rglob("*"))
        done = process(["component", "wit", "w", "--out-dir", out], before=without_rights, folder=work)
        found += f"== {out}\n{done.told()}"
        for path in sorted(set(work.parent.rglob("*")) - before):
            found += f"{path.relative_to(work.parent)}{'/' if path.is_dir() else ''}\n"
    assert found == golden


ADAPTERS = (
    "w/a.wat/.",
    "w/.",
    "w/./",
    "w/a.wat/././",
    ".hidden",
    "..x",
    "x..",
    "w//a.wat//",
    "a.b.c",
    "w/=a",
    "=",
    "x==",
)


def test_names_of_adapters(process: Process, tmp_path: Path, golden: SnapshotAssertion) -> None:  # noqa: F811
    files(tmp_path / "work", "w/a.wat", contents="(module")
    found = "".join(f"== {name}\n{process(['component', 'new', '--adapt', name]).told()}" for name in ADAPTERS)
    assert found == golden
