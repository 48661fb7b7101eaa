"""The copy that a command line runs in: which words of it lead where, what is copied, what is not, and what is said of it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("links and modes are those of POSIX", allow_module_level=True)

from pywasmtools.lab import workplace
from pywasmtools.lab.workplace import LEFT_OUT, CannotRun, Kept, Workplace, lies_in


def laid_out(folder: Path, files: dict[str, str]) -> Path:
    """A folder of files; a text that begins with `->` is where a link leads."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("->"):
            path.symlink_to(text[2:])
        else:
            path.write_text(text)
    return folder


def copied(place: Workplace | Kept) -> dict[str, str]:
    """What is below the copy's own folder, links as in `laid_out`."""
    found = {}
    for folder, below, names in os.walk(place.work):
        for name in [*names, *[n for n in below if os.path.islink(os.path.join(folder, n))]]:
            path = Path(folder, name)
            found[str(path.relative_to(place.work))] = (
                f"->{os.readlink(path)}" if path.is_symlink() else path.read_text()
            )
    return found


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Workplace]:
    """Copies of `work`, whose files are given."""

    def made(files: dict[str, str], *argv: str, whole: bool = True) -> Workplace:
        (tmp_path / "up" / "work").mkdir(parents=True, exist_ok=True)
        folder = laid_out(tmp_path / "up" / "work", files)
        place = Workplace(str(folder), list(argv), str(tmp_path / "scratch"), whole)
        place.lay_out()
        return place

    return made


# ------------------------------------------------------------------------------- the command line


def test_absolute_paths_lead_into_the_copy(make: Callable[..., Workplace], tmp_path: Path) -> None:
    there = str(laid_out(tmp_path / "other", {"a.wit": "x", "b.wit": "y"}) / "a.wit")
    words = [
        there,
        f"-o{there}",
        f"--output={there}",
        f"old={there}",
        f"--adapt=old={there}",
        "a.wit",
        "--all",
        "-",
        "x=y=z=/q",
    ]
    place = make({"a.wit": ""}, *words)
    root = place.root
    assert place.argv == [
        *(f"{root}{there}", f"-o{root}{there}", f"--output={root}{there}", f"old={root}{there}"),
        *(f"--adapt=old={root}{there}", "a.wit", "--all", "-", "x=y=z=/q"),
    ]
    assert place.given == words
    assert Path(f"{root}{there}").read_text() == "x" and not Path(f"{root}{there}").with_name("b.wit").exists()
    assert place.work == f"{root}{os.path.realpath(tmp_path)}/up/work"


def test_devices_stay(make: Callable[..., Workplace]) -> None:
    words = ["/dev/null", "-o/dev/stdout", "/proc/self/fd/1", "--output=/dev/fd/2"]
    assert make({}, *words).argv == words
    assert make({}, "/dev/shm/pywasmtools-no-such-file").argv[0].endswith("root/dev/shm/pywasmtools-no-such-file")


def test_paths_that_lead_up_are_copied_where_they_lead(make: Callable[..., Workplace], tmp_path: Path) -> None:
    laid_out(tmp_path / "up", {"near.wit": "n", "side/s.wit": "s", "side/t.wit": "t"})
    place = make({"a.wit": ""}, "../near.wit", "../side", "-o../out/o.wasm", "x/../y")
    assert place.argv == ["../near.wit", "../side", "-o../out/o.wasm", "x/../y"]
    around = Path(place.work).parent
    assert (around / "near.wit").read_text() == "n" and (around / "side" / "t.wit").read_text() == "t"
    assert not (around / "out").exists()
    with pytest.raises(CannotRun, match="leads above the root of the file system"):
        make({}, "../" * 99 + "a")
    depth = os.path.realpath(tmp_path / "up" / "work").count("/")
    assert make({}, "../" * depth + "no-such-file").argv
    with pytest.raises(CannotRun, match="leads above"):
        make({}, "../" * (depth + 1) + "no-such-file")


def test_of_a_part_only_what_is_named(make: Callable[..., Workplace]) -> None:
    """With its folder, where it is not there."""
    files = {"a.wit": "a", "b.wit": "b", "p/c.wit": "c", "q/d.wit": "d"}
    assert set(copied(make(files))) == set(files)
    assert copied(make(files, "a.wit", "x=p", whole=False)) == {"a.wit": "a", "p/c.wit": "c"}
    place = make(files, "q/new.wasm", whole=False)
    assert copied(place) == {} and Path(place.work, "q").is_dir() and not Path(place.work, "p").exists()


# ------------------------------------------------------------------------------- what is copied


def test_folders_that_are_left_out(make: Callable[..., Workplace]) -> None:
    """Not where the command line names what is in them."""
    files = {f"{name}/f": "" for name in LEFT_OUT} | {
        "a.wit": "",
        "env/pyvenv.cfg": "",
        "env/lib": "",
        "deep/.git/f": "",
    }
    place = make(files)
    assert set(copied(place)) == {"a.wit"}
    names = sorted([f"{name}/" for name in (*LEFT_OUT, "env", "deep/.git")])
    assert place.notes == [f"not copied: {', '.join(names)}"]
    named = make({}, "target/f", "env")
    assert set(copied(named)) == {"a.wit", "target/f", "env/pyvenv.cfg", "env/lib"}
    assert named.notes == place.notes  # of the folder as a whole, before what is named
    assert {".git", "target", "node_modules", "__pycache__", ".venv", "venv"} <= LEFT_OUT


def test_links(make: Callable[..., Workplace], tmp_path: Path) -> None:
    """Those that stay within stay links; the others become what they lead to, so that none leads out."""
    laid_out(tmp_path / "other", {"o.wit": "o", "d/e.wit": "e"})
    inside = os.path.realpath(tmp_path / "up" / "work" / "a.wit")
    files = {
        "a.wit": "a",
        "near": "->a.wit",
        "whole": f"->{inside}",
        "far": "->../../other/o.wit",
        "folder": f"->{tmp_path}/other/d",
    }
    files |= {"broken": "->nowhere", "around": "->..", "self": "->.", "sub/up": "->../sub"}
    place = make(files)
    assert copied(place) == {
        "a.wit": "a",
        "near": "->a.wit",
        "whole": f"->{place.root}{inside}",
        "far": "o",
        "folder/e.wit": "e",
        "broken": "->nowhere",
        "self": "->.",
        "sub/up": "->../sub",
    }
    assert place.notes == ["not copied: around (leads to a folder around it)"]


def test_links_in_what_links_lead_to(make: Callable[..., Workplace], tmp_path: Path) -> None:
    """A folder elsewhere that holds a link to itself is copied once."""
    laid_out(tmp_path / "other", {"o.wit": "o", "again": "->../other", "back": "->../up/work/a.wit"})
    place = make({"a.wit": "a", "x": "->../../other", "y": "->../../other"})
    found = copied(place)
    assert {name: found[name] for name in ("x/o.wit", "y/o.wit")} == {"x/o.wit": "o", "y/o.wit": "o"}
    assert not any(name.startswith("x/again") for name in found)
    assert place.notes == [f"not copied: {os.path.realpath(tmp_path)}/other/again (leads to a folder around it)"]


def test_modes_and_second_copies(make: Callable[..., Workplace]) -> None:
    place = make({"a.sh": "#!/bin/sh", "b": "b"}, "b")
    os.chmod(Path(place.folder, "a.sh"), 0o750)
    place.lay_out()
    assert os.stat(Path(place.work, "a.sh")).st_mode & 0o777 == 0o750
    first = place.snapshot()
    Path(place.work, "b").write_text("changed")
    Path(place.work, "more").symlink_to("b")
    changed = place.snapshot()
    assert set(changed) == {"a.sh", "b", "more"} and changed["b"] != first["b"]
    assert changed["more"] == b"link to b" == place.contents("more") and place.contents("b") == b"changed"
    place.lay_out()
    assert place.snapshot() == first and place.copied == len("#!/bin/sh") + 1


def test_what_cannot_be_copied_is_told(make: Callable[..., Workplace], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command line does not name is only told of."""
    files = {"a.wit": "a", "locked.wit": "x", "folder/f": ""}
    real = os.scandir

    def scandir(path: str | int) -> object:
        if str(path).endswith("folder"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    def copy_file(path: str, target: str) -> None:
        if path.endswith("locked.wit"):
            raise PermissionError(13, "Permission denied")
        Path(target).write_bytes(Path(path).read_bytes())

    monkeypatch.setattr(workplace, "copy_file", copy_file)
    monkeypatch.setattr(os, "scandir", scandir)
    place = make(files, "a.wit")
    assert place.notes == ["not copied: folder/ (Permission denied), locked.wit (Permission denied)"]
    with pytest.raises(CannotRun, match=r"^`locked.wit` can't be copied: Permission denied$"):
        make({}, "locked.wit")


def test_what_is_no_file(make: Callable[..., Workplace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = make({"a.wit": "a"})
    os.mkfifo(Path(place.folder, "pipe"))
    monkeypatch.chdir(place.folder)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("sock")
        place.lay_out()
        assert place.notes == ["not copied: pipe (no file), sock (no file)"]
        for name, what in (("pipe", "a FIFO"), ("sock", "a socket")):
            with pytest.raises(CannotRun, match=f"^`{name}` is {what}, and can't be copied$"):
                make({}, name)


def test_too_much_to_copy(make: Callable[..., Workplace], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workplace, "MAX_COPY_BYTES", 1 << 20)
    full = "x" * (1 << 20)
    assert make({"a": full, "empty": ""}).copied == 1 << 20
    with pytest.raises(CannotRun, match=r"^more than 1 MiB would be copied; run the command in a smaller folder$"):
        make({"b": "x"})
    folder = tmp_path / "whole"
    folder.mkdir()
    with pytest.raises(CannotRun, match=r"^`.` holds the folder for scratch files; run the command elsewhere$"):
        Workplace(str(folder), [], str(folder / "scratch")).lay_out()


def test_what_was_copied_before(tmp_path: Path) -> None:
    """Links stay links, and the folder is there even where nothing was in it."""
    folder = tmp_path / "work"
    inside = str(folder).lstrip("/")
    source = laid_out(tmp_path / "kept", {f"{inside}/a.wit": "a", f"{inside}/b": "->a.wit", f"{inside}/c": "->nowhere"})
    place = Kept(str(folder), ["a.wit"], str(tmp_path / "scratch"), str(source))
    place.lay_out()
    Path(place.work, "more").write_text("x")
    place.lay_out()
    assert copied(place) == {"a.wit": "a", "b": "->a.wit", "c": "->nowhere"}
    (tmp_path / "nothing").mkdir()
    empty = Kept(str(folder), [], str(tmp_path / "scratch2"), str(tmp_path / "nothing"))
    empty.lay_out()
    assert Path(empty.work).is_dir()


def test_what_lies_in_a_folder() -> None:
    assert lies_in("/a/b", "/a") and lies_in("/a", "/a") and lies_in("/a", "/") and lies_in("/", "/")
    assert not lies_in("/ab", "/a") and not lies_in("/a", "/a/b")
