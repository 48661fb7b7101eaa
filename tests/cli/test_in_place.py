"""A file that is written over: links, owners and modes stay, and no run loses what was there, killed or out of room."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import unmeasured

from pywasmtools.cli import output
from pywasmtools.cli.output import write_file

if sys.platform != "linux":
    pytest.skip("files without a name are Linux's", allow_module_level=True)

OLD = b"what was there before"
WIT = "package a:b;\n\nworld w {}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file in a folder of its own."""
    path = tmp_path / "d" / "x"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def command(*argv: str) -> list[str]:
    return [sys.executable, "-m", "pywasmtools", *argv]


def alone(path: Path) -> bool:
    """Whether nothing else is in the file's folder."""
    return os.listdir(path.parent) == [path.name]


# ------------------------------------------------------------------------------- what else a file is


def test_mode_and_folder_stay(path: Path) -> None:
    path.chmod(0o751)
    for data in (b"short", b"longer than it was before, by some bytes"):
        inode = path.stat().st_ino
        write_file(str(path), data)
        assert path.read_bytes() == data
        assert stat.S_IMODE(path.stat().st_mode) == 0o751
        assert path.stat().st_ino != inode
    assert alone(path)


def test_a_new_file_is_as_the_umask_says(path: Path) -> None:
    path.unlink()
    before = os.umask(0o027)
    try:
        write_file(str(path), b"new")
    finally:
        os.umask(before)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o640)
    assert alone(path)


def test_hard_links_stay(path: Path) -> None:
    other = path.with_name("y")
    other.hardlink_to(path)
    write_file(str(path), b"new")
    assert other.read_bytes() == b"new"
    assert path.samefile(other)


def test_symbolic_links_stay(path: Path) -> None:
    folder = path.parent.parent
    (folder / "one").symlink_to("two")
    (folder / "two").symlink_to(Path("d") / "x")
    write_file(str(folder / "one"), b"new")
    assert (folder / "one").is_symlink() and (folder / "two").is_symlink()
    assert path.read_bytes() == b"new"
    assert alone(path)
    (folder / "three").symlink_to(Path("d") / "z")
    write_file(str(folder / "three"), b"made")
    assert (folder / "three").is_symlink()
    assert (path.parent / "z").read_bytes() == b"made"


def test_an_empty_file_is_written_itself(path: Path) -> None:
    """A caller may have made it to read the result through it."""
    path.write_bytes(b"")
    with path.open("rb") as file:
        write_file(str(path), b"new")
        assert file.read() == b"new"


@pytest.mark.parametrize("mode", [0o4755, 0o2755])
def test_special_bits_are_left_to_the_kernel(path: Path, mode: int) -> None:
    path.chmod(mode)
    inode = path.stat().st_ino
    write_file(str(path), b"new")
    assert (path.read_bytes(), path.stat().st_ino) == (b"new", inode)


def test_attributes_stay(path: Path) -> None:
    try:
        os.setxattr(path, "user.kept", b"1")
    except OSError:
        pytest.skip("no extended attributes here")
    write_file(str(path), b"new")
    assert (path.read_bytes(), os.getxattr(path, "user.kept")) == (b"new", b"1")


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives files away")
def test_owners_stay(path: Path) -> None:
    os.chown(path, 12345, 23456)
    write_file(str(path), b"new")
    status = path.stat()
    assert (path.read_bytes(), status.st_uid, status.st_gid) == (b"new", 12345, 23456)


@contextmanager
def without_rights() -> Iterator[None]:
    """As another user than root, whose rights are what the tests are about."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A file in a folder that every user can reach."""
    folder = Path("/tmp") / f"pywasmtools-{os.getpid()}-{random.getrandbits(32):08x}"
    folder.mkdir()
    folder.chmod(0o755)
    path = folder / "x"
    path.write_bytes(OLD)
    try:
        yield path
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written(open_path: Path) -> None:
    open_path.chmod(0o666)
    open_path.parent.chmod(0o555)
    with without_rights():
        write_file(str(open_path), b"new")
    assert open_path.read_bytes() == b"new"


def test_a_file_that_cannot_be_written(open_path: Path) -> None:
    """Its folder can: a rename would succeed where the reference fails."""
    open_path.chmod(0o444)
    open_path.parent.chmod(0o777)
    with without_rights(), pytest.raises(PermissionError):
        write_file(str(open_path), b"new")
    assert open_path.read_bytes() == OLD
    assert alone(open_path)


def test_another_user_s_file(open_path: Path) -> None:
    """It can't be given the owner it had, nor replaced in a sticky folder."""
    open_path.chmod(0o666)
    for mode in (0o777, 0o1755):
        open_path.parent.chmod(mode)
        before = open_path.stat()
        with without_rights():
            write_file(str(open_path), b"new, %o" % mode)
        assert open_path.read_bytes() == b"new, %o" % mode
        if os.geteuid() == 0:
            assert os.path.samestat(open_path.stat(), before)
        assert alone(open_path)


def test_a_long_name(tmp_path: Path) -> None:
    path = tmp_path / "d" / ("x" * 255)
    path.parent.mkdir()
    for data in (b"new", b"newer"):
        write_file(str(path), data)
        assert path.read_bytes() == data
        assert alone(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    """A FIFO takes the text as it comes; stdout, by name, too, after what is there."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "m.wasm").write_bytes(b"\0asm\x01\0\0\0")
    argv = command("component", "embed", "--dummy", "-t", "a.wit", "-o")
    (tmp_path / "a.wit").write_text(WIT)
    reader = subprocess.Popen(["cat", "fifo"], cwd=tmp_path, stdout=subprocess.PIPE)
    subprocess.run([*argv, "fifo"], cwd=tmp_path, env=unmeasured(), check=True)
    text = reader.communicate(timeout=30)[0]
    assert text.startswith(b"(module")
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)
    done = subprocess.run([*argv, "/dev/stdout"], cwd=tmp_path, env=unmeasured(), check=True, capture_output=True)
    assert done.stdout == text
    log = tmp_path / "log"
    log.write_bytes(OLD)
    with log.open("ab") as file:
        inode = log.stat().st_ino
        subprocess.run([*argv, "/dev/stdout"], cwd=tmp_path, env=unmeasured(), check=True, stdout=file)
    assert (log.read_bytes(), log.stat().st_ino) == (text, inode)


# ------------------------------------------------------------------------------- other ways to the name


def refuse(*_: object, **__: object) -> int:
    raise OSError(95, "Operation not supported")


def test_file_systems_without_files_without_names(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def only_named(name: bytes, flags: int, mode: int = 0o777) -> int:
        return refuse() if flags & os.O_TMPFILE == os.O_TMPFILE else opened(name, flags, mode)

    monkeypatch.setattr(os, "open", only_named)
    inode = path.stat().st_ino
    write_file(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino != inode
    path.unlink()
    write_file(str(path), b"newer")
    assert path.read_bytes() == b"newer"
    assert alone(path)


@pytest.mark.parametrize("name", ["link", "replace", "fchmod"])
def test_where_a_step_fails_the_file_itself_is_written(path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path.chmod(0o600)
    monkeypatch.setattr(os, name, refuse)
    inode = path.stat().st_ino
    write_file(str(path), b"new")
    assert (path.read_bytes(), path.stat().st_ino) == (b"new", inode)
    assert alone(path)


def test_systems_without_any_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("O_TMPFILE", "posix_fallocate", "lockf"):
        monkeypatch.delattr(os, name)
    write_file(str(path), b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("system", ["win32", "darwin", "freebsd14"])
def test_what_other_systems_have_no_calls_for(path: Path, monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    with path.open("rb") as file:
        same = output.liken(file.fileno(), file.fileno())
        monkeypatch.setattr(sys, "platform", system)
        elsewhere = output.liken(file.fileno(), file.fileno())
        named = output.attributes(file.fileno())
        unnamed = output.open_unnamed(os.fsencode(path.parent))
    assert (same, elsewhere, named, unnamed) == (True, system != "win32", {}, -1)


def test_text_that_cannot_be_printed_to_its_end(path: Path) -> None:
    """As the reference leaves it: what was printed before, and the error."""
    module = path.with_name("m.wasm")
    module.write_bytes(b"\0asm\1\0\0\0\1\4\1\x60\0\0\1\xff")
    path.with_name("a.wit").write_text(WIT)
    done = subprocess.run(
        command("component", "embed", "-t", "a.wit", "m.wasm", "-o", "m.wasm"),
        cwd=path.parent,
        env=unmeasured(),
        capture_output=True,
    )
    assert done.returncode == 1
    assert module.read_bytes().startswith(b"(module")


# ------------------------------------------------------------------------------- ended too early


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, bytes]:
    """A folder with WIT, a module of some MiB, and what it is embedded in place."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "a.wit").write_text(WIT)
    old = b"\0asm\1\0\0\0" + b"".join(b"\0\x86\x80\x40\5large" + bytes([k]) * (1 << 20) for k in range(6))
    (folder / "m.wasm").write_bytes(old)
    subprocess.run(EMBED, cwd=folder, env=unmeasured(), check=True)
    return folder, old, (folder / "m.wasm").read_bytes()


EMBED = command("component", "embed", "a.wit", "m.wasm", "-o", "m.wasm")


def killed(run: tuple[Path, bytes, bytes], times: int, seconds: float) -> Counter[str]:
    """What is in the file after runs in place that were killed at random moments."""
    folder, old, new = run
    module = folder / "m.wasm"
    found: Counter[str] = Counter()
    chance = random.Random(12)
    for _ in range(times):
        module.write_bytes(old)
        running = subprocess.Popen(EMBED, cwd=folder, env=unmeasured())
        time.sleep(chance.uniform(0.3, 1.1) * seconds)
        running.send_signal(signal.SIGKILL)
        running.wait()
        data = module.read_bytes()
        found["old" if data == old else "new" if data == new else "mixture"] += 1
    return found


def duration(run: tuple[Path, bytes, bytes]) -> float:
    began = time.monotonic()
    (run[0] / "m.wasm").write_bytes(run[1])
    subprocess.run(EMBED, cwd=run[0], env=unmeasured(), check=True)
    return time.monotonic() - began


@pytest.mark.slow
def test_killed_at_any_moment(large: tuple[Path, bytes, bytes]) -> None:
    """The old file or the new one; what a kill between two system calls leaves has a name of ours."""
    found = killed(large, 200, duration(large))
    assert found["mixture"] == 0
    left = set(os.listdir(large[0])) - {"a.wit", "m.wasm"}
    assert all(name.startswith(".pywasmtools-") and name.endswith(".tmp") for name in left)


def test_several_writers(path: Path) -> None:
    """Of those who write one file, over another or the first time, one's result remains, whole."""
    results = [bytes([65 + k]) * (300_000 + 50_000 * k) for k in range(4)]

    def write_often(data: bytes) -> None:
        for _ in range(20):
            write_file(str(path), data)

    prepare: list[Callable[[], object]] = [
        lambda: path.write_bytes(OLD),
        lambda: path.unlink(),
        lambda: path.write_bytes(b""),
    ]
    for begin in prepare:
        begin()
        threads = [threading.Thread(target=write_often, args=(data,)) for data in results]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert path.read_bytes() in results
        assert alone(path)


def test_writers_of_a_file_with_two_names(path: Path, tmp_path: Path) -> None:
    """It is written itself, by one after the other."""
    path.with_name("y").hardlink_to(path)
    program = "import sys; from pywasmtools.cli.output import write_file\nfor _ in range(50): write_file(sys.argv[1], "
    program += "sys.argv[2].encode() * int(sys.argv[3]))"
    sizes = {"a": 300_000, "b": 100_000, "c": 200_000}
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(path), letter, str(size)], env=unmeasured())
        for letter, size in sizes.items()
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert path.read_bytes() in [letter.encode() * size for letter, size in sizes.items()]


# ------------------------------------------------------------------------------- no room


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 512 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small file system can't be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    with (folder / "fill").open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                return


def test_a_full_disk(small: Path) -> None:
    """A longer result is refused, one that fits is written; both leave a whole file."""
    path = small / "x"
    path.write_bytes(OLD * 2000)
    fill(small)
    with pytest.raises(OSError, match="No space left"):
        write_file(str(path), bytes(100_000))
    assert path.read_bytes() == OLD * 2000
    write_file(str(path), b"shorter" * 4000)
    assert path.read_bytes() == b"shorter" * 4000
    assert sorted(os.listdir(small)) == ["fill", "x"]


def test_a_sparse_file_on_a_full_disk(small: Path) -> None:
    """Its holes have no room, so that not even a shorter result is sure to fit."""
    path = small / "x"
    with path.open("wb") as file:
        file.seek(1 << 20)
        file.write(OLD)
    before = path.read_bytes()
    fill(small)
    with pytest.raises(OSError, match="No space left"):
        write_file(str(path), bytes(100_000))
    assert path.read_bytes() == before


def test_a_new_file_on_a_full_disk(small: Path) -> None:
    """What fits is left, as by the reference."""
    fill(small)
    os.truncate(small / "fill", os.path.getsize(small / "fill") - 8192)
    with pytest.raises(OSError, match="No space left"):
        write_file(str(small / "x"), b"y" * 100_000)
    assert (small / "x").read_bytes() == b"y" * 8192


def test_text_on_a_full_disk(small: Path) -> None:
    """Text goes over its own input only when there is room for it."""
    (small / "a.wit").write_text(WIT)
    module = b"\0asm\1\0\0\0\1\4\1\x60\0\0" + b"\0\xb1\x97\x06\5large" + bytes(101_291)
    (small / "m.wasm").write_bytes(module)
    fill(small)
    argv = command("component", "embed", "-t", "a.wit", "m.wasm", "-o", "m.wasm")
    done = subprocess.run(argv, cwd=small, env=unmeasured(), capture_output=True)
    assert done.stderr == b"error: No space left on device (os error 28)\n"
    assert done.returncode == 1
    assert (small / "m.wasm").read_bytes() == module
    assert sorted(os.listdir(small)) == ["a.wit", "fill", "m.wasm"]


def test_a_mounted_file(small: Path, path: Path) -> None:
    """No other file can take the place of one that is a mount point."""
    source = small / "x"
    source.write_bytes(OLD)
    subprocess.run(["mount", "--bind", str(source), str(path)], check=True)
    try:
        write_file(str(path), b"new")
    finally:
        subprocess.run(["umount", str(path)], check=True)
    assert source.read_bytes() == b"new"
    assert path.read_bytes() == OLD
    assert alone(path)
