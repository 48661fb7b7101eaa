"""Handing on, step by step in this process: what would be started in our place is noted instead."""

from __future__ import annotations

import builtins
import errno
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from conftest import environment

from pywasmtools.cli import handing_on
from pywasmtools.cli.handing_on import (
    ANSWER,
    ASK,
    ASKED,
    BROKEN,
    DOUBTFUL,
    OURS,
    REAL,
    TRIED,
    Answer,
    ask,
    hand_on,
    hand_over,
    identity,
    is_shell_script,
    judged,
    restore_environment,
    run,
)
from pywasmtools.release import VERSION

pytestmark = pytest.mark.skipif(os.name == "nt", reason="scripts of a POSIX shell")

REAL_ONE = '#!/bin/sh\n[ "$1" = refuse ] && exit 7\necho "error: unexpected argument \'--is-this-pywasmtools\' --help"\nexit 2\n'
FAILING = "#!/bin/sh\nexit 1\n"
ABSENT = "#!/bin/sh\nexit 127\n"


class Started(Exception):
    """What was put in our place: the path and the arguments; and what TRIED was then."""

    def __init__(self, path: str, argv: list[str]) -> None:
        super().__init__(path)
        self.path = path
        self.argv = argv
        self.tried = os.environ.get(TRIED)


def start(path: str, argv: list[str]) -> None:
    raise Started(path, argv)


def no_start(number: int) -> object:
    def fail(path: str, argv: list[str]) -> None:
        raise OSError(number, os.strerror(number), path)

    return fail


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    for name in (ASKED, TRIED, "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "execv", start)
    monkeypatch.setattr(handing_on, "in_package", lambda: None)


def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *texts: str) -> list[str]:
    """A `wasm-tools` for each text, in folders that PATH names in order."""
    found = []
    for number, text in enumerate(texts):
        path = tmp_path / str(number) / "wasm-tools"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        found.append(str(path))
    monkeypatch.setenv("PATH", os.pathsep.join(os.path.dirname(path) for path in found))
    return found


def test_the_first_real_one_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = on_path(tmp_path, monkeypatch, ABSENT, FAILING, REAL_ONE, REAL_ONE)
    monkeypatch.setenv(TRIED, "nonsense")
    with pytest.raises(Started) as caught:
        hand_on(["dump", "a", "b"], "dump", "dump")
    assert (caught.value.path, caught.value.argv) == (paths[2], [paths[2], "dump", "a", "b"])
    assert caught.value.tried is None


def test_one_that_was_tried_does_not_start_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = on_path(tmp_path, monkeypatch, REAL_ONE, REAL_ONE)
    monkeypatch.setenv(TRIED, f"1,{identity(paths[0])}")
    with pytest.raises(Started) as caught:
        hand_on(["dump"], "dump", "dump")
    assert caught.value.path == paths[1]


def test_doubtful_ones_start_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = on_path(tmp_path, monkeypatch, FAILING, ABSENT, FAILING)
    monkeypatch.setenv(TRIED, "3:4")
    with pytest.raises(Started) as caught:
        hand_on(["dump"], "dump", "dump")
    assert caught.value.path == paths[0]
    assert caught.value.tried == f"3:4,{identity(paths[0])}"


@pytest.mark.parametrize("text", [REAL_ONE, FAILING])
def test_what_cannot_start_is_passed(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    on_path(tmp_path, monkeypatch, text, text)
    monkeypatch.setattr(os, "execv", no_start(errno.ENOMEM))
    assert hand_on(["dump"], "a b", "dump") == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("error: pywasmtools has `")
    assert err.endswith("; for `a b` put a real wasm-tools behind it on PATH\n")
    assert err.count(" and ") == 1


@pytest.mark.parametrize(
    ("words", "args", "says"),
    [
        ("", ["dump", ASK], True),
        ("dump", ["dump", "x"], True),
        ("component wit", ["component", "wit", "x"], True),
        ("component wit", ["component", "x"], False),
        ("dump", ["other"], False),
    ],
)
def test_who_is_asked(
    words: str, args: list[str], says: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(ASKED, words)
    monkeypatch.setattr(sys, "argv", ["some/script"])
    assert hand_on(args, "x", "x") == 0
    package = str(Path(handing_on.__file__).parent.parent)
    line = "\t".join([ANSWER, VERSION, os.path.abspath("some/script"), sys.executable, package]) + "\n"
    assert capfd.readouterr() == ((line, line) if says else ("", ""))


def test_an_answer_without_a_script(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", [])
    assert handing_on.answer() == 0
    assert capfd.readouterr()[0].split("\t")[2] == ""


def test_asked_of_what_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ask(str(tmp_path / "nothing"))
    assert (found.kind, found.problem) == (BROKEN, "it can't be started: No such file or directory")
    for number, kind in (
        *((number, BROKEN) for number in (errno.EACCES, errno.EPERM, errno.ENOEXEC, errno.ENOTDIR, errno.ELOOP)),
        *((number, DOUBTFUL) for number in (errno.ENOMEM, errno.EMFILE, errno.EAGAIN)),
    ):

        def fail(argv: list[str], env: dict[str, str], number: int = number) -> tuple[int, bytes]:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(handing_on, "run", fail)
        assert ask("x").kind == kind


def test_the_question_and_the_second_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The subcommand alone is asked of one that took our argument without a word."""
    runs: list[tuple[list[str], str, str]] = []

    def note(argv: list[str], env: dict[str, str]) -> tuple[int, bytes]:
        runs.append((argv, env[ASKED], env[TRIED]))
        return answers[len(runs) - 1]

    monkeypatch.setattr(handing_on, "run", note)
    usage = f"unexpected {ASK}, try --help".encode()
    for answers, kind in (
        ([(2, usage)], REAL),
        ([(1, usage), (0, b"")], REAL),
        ([(2, ASK.encode()), (0, b"")], REAL),
        ([(0, b""), (0, ANSWER.encode())], OURS),
        ([(0, b""), (1, b"x")], REAL),
        ([(1, b"")], DOUBTFUL),
        ([(0, ANSWER.encode())], OURS),
    ):
        runs.clear()
        assert ask("p", ["component", "wit"]).kind == kind
        assert runs[0] == (["p", "component", "wit", ASK], "component wit", "1")
        assert len(runs) == len(answers)
        assert all(one == (["p", "component", "wit"], "component wit", "1") for one in runs[1:])


@pytest.mark.parametrize(
    ("status", "output", "kind", "problem"),
    [
        (None, "x", DOUBTFUL, "it did not end within 3 seconds"),
        (0, "x error: pywasmtools has y", OURS, ""),
        (1, "No module named 'pywasmtools'\n\n", BROKEN, "it looks for pywasmtools and does not find it: No module named 'pywasmtools'"),
        (126, "", BROKEN, "it found nothing to run (status 126)"),
        (127, "a\n b \n", BROKEN, "it found nothing to run (status 127): b"),
        (125, "", REAL, ""),
        (128, "", REAL, ""),
        (129, "", DOUBTFUL, "what it ran died by signal 1"),
        (159, "", DOUBTFUL, "what it ran died by signal 31"),
        (160, "", REAL, ""),
        (-9, "said", DOUBTFUL, "it died by signal 9: said"),
        (0, "", REAL, ""),
        (1, "", DOUBTFUL, "it failed (status 1)"),
        (1, ASK, REAL, ""),
        (2, "", REAL, ""),
        (2, "why", DOUBTFUL, "it failed (status 2): why"),
        (2, ASK, REAL, ""),
        (3, "why", REAL, ""),
    ],
)  # fmt: skip
def test_what_is_judged(status: int | None, output: str, kind: str, problem: str) -> None:
    found = judged(status, output.encode())
    assert (found.kind, found.problem) == (kind, problem)


def test_details_of_ours() -> None:
    found = judged(1, f"starting\n{ANSWER}\t1.2\ts\tp\tf\nmore\t".encode())
    assert (found.kind, found.problem, list(found.details)) == (OURS, "", ["1.2", "s", "p", "f"])
    assert (Answer("k").problem, list(Answer("k").details)) == ("", [])


def test_a_run_and_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    env = dict(os.environ)
    assert run(["/bin/sh", "-c", "cat; echo 1; echo 2 >&2; exit 3"], env, b"given ") == (3, b"given 1\n2\n")
    assert run(["/bin/sh", "-c", "cat; kill -9 $$"], env) == (-9, b"")
    with pytest.raises(FileNotFoundError):
        run(["/nowhere/at/all"], env)
    monkeypatch.setattr(handing_on, "SECONDS", 0.2)
    status, output = run(["/bin/sh", "-c", "echo 1; sleep 30"], env)
    assert (status, output) == (None, b"1\n")
    monkeypatch.setattr(handing_on, "SECONDS", 20.0)
    status, output = run(["/bin/sh", "-c", "yes"], env)
    assert status is None and len(output) > handing_on.MOST_BYTES
    assert run(["/bin/sh", "-c", "exec >&- 2>&-; sleep 0.1; exit 4"], env) == (4, b"")


def test_shell_scripts(tmp_path: Path) -> None:
    file = tmp_path / "f"
    for data, answer in (
        (b"echo\n", True),
        (b"", False),
        (b"a\0", False),
        (b"x" * 256 + b"\0", True),
        (b"x" * 255 + b"\0", False),
    ):
        file.write_bytes(data)
        assert is_shell_script(str(file), OSError(errno.ENOEXEC, "")) is answer
        assert not is_shell_script(str(file), OSError(errno.EACCES, ""))
    assert not is_shell_script(str(tmp_path / "nothing"), OSError(errno.ENOEXEC, ""))


def test_a_nameless_script_is_handed_over_to_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"echo\n")

    def execv(path: str, argv: list[str]) -> None:
        if path == str(file):
            raise OSError(errno.ENOEXEC, "")
        start(path, argv)

    monkeypatch.setattr(os, "execv", execv)
    with pytest.raises(Started) as caught:
        hand_over(str(file), ["a"])
    assert (caught.value.path, caught.value.argv) == ("/bin/sh", ["/bin/sh", str(file), "a"])
    file.chmod(0o755)
    assert run([str(file)], dict(os.environ)) == (0, b"\n")


@pytest.mark.parametrize(
    ("now", "first", "after"),
    [
        ("C.UTF-8", b"A=1\0LC_CTYPE=POSIX\0B=2", "POSIX"),
        ("C.utf8", b"LC_CTYPE=a=b", "a=b"),
        ("UTF-8", b"A=1\0XLC_CTYPE=c", None),
        ("C.UTF-8", None, "C.UTF-8"),
        ("de_DE", b"LC_CTYPE=C", "de_DE"),
        (None, b"LC_CTYPE=C", None),
    ],
)
def test_the_locale_is_taken_back(
    now: str | None, first: bytes | None, after: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(path: str, mode: str) -> BytesIO:
        assert (path, mode) == ("/proc/self/environ", "rb")
        if first is None:
            raise FileNotFoundError
        return BytesIO(first)

    if now is not None:
        monkeypatch.setenv("LC_CTYPE", now)
    monkeypatch.setattr(builtins, "open", opened)
    restore_environment()
    assert os.environ.get("LC_CTYPE") == after


def test_open_files_that_a_child_would_have() -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    try:
        found = handing_on.inherited()
        assert writing in found and reading not in found and not {0, 1, 2} & set(found)
    finally:
        os.close(reading)
        os.close(writing)


def test_killing_what_is_no_more() -> None:
    child = subprocess.Popen(["/bin/sh", "-c", "sleep 30"], start_new_session=True)
    handing_on.kill(child.pid)
    assert child.poll() is not None
    handing_on.kill(child.pid)


def test_what_a_shell_would_run(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("")
    file.chmod(0o644)
    assert not handing_on.is_executable(str(file))
    file.chmod(0o755)
    assert handing_on.is_executable(str(file))
    assert not handing_on.is_executable(str(tmp_path))
    assert not handing_on.is_executable(str(tmp_path / "nothing"))


def test_words_that_other_releases_know() -> None:
    assert (ASK, ASKED) == ("--is-this-pywasmtools", "PYWASMTOOLS_ASKED")
    assert (ANSWER, TRIED) == ("this is pywasmtools", "PYWASMTOOLS_HANDED_ON")
    assert handing_on.REFUSAL == "error: pywasmtools has "
    assert (handing_on.SECONDS, handing_on.MOST_BYTES, handing_on.SHELL) == (3.0, 65536, "/bin/sh")
