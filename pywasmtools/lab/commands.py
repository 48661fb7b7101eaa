"""The `pywasmtools` command, for people: Typer and rich."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pywasmtools.lab.grammar import NoGrammar
from pywasmtools.lab.tools.commands import add_to
from pywasmtools.lab.workplace import CannotRun, needs_fork

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tools around the drop-in `wasm-tools`.",
)
add_to(app)


@app.command()
def diff(
    command: Annotated[list[str], typer.Argument(help="The command line, after `--`: component wit|embed|new …")],
    reference: Annotated[
        Path | None,
        typer.Option(
            envvar="WASM_TOOLS_REFERENCE",
            help="The real wasm-tools; without it, the first one on PATH that is not ours",
        ),
    ] = None,
    subject: Annotated[Path | None, typer.Option(help="What is held against it; without it, ours")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that each run may take")] = 120.0,
    html: Annotated[Path | None, typer.Option(help="Write both sides to this file too, a page of HTML")] = None,
) -> None:
    """Run a command line under a real wasm-tools and under ours, in copies of this folder; show what differs.

    What the command line names outside this folder is copied too; nothing is written outside the copies. Version control,
    environments and build folders are not copied unless named. The exit status is 1 when status, stdout, stderr or a file
    differs, 2 when there is nothing to compare.
    """
    from pywasmtools.lab import programs
    from pywasmtools.lab.diff import compare, read_stdin
    from pywasmtools.lab.show import show

    try:
        pair = (programs.reference(reference), programs.subject(subject))
        comparison = compare(command, pair, Path.cwd(), read_stdin(sys.stdin), timeout)
        if html is not None:
            from pywasmtools.lab.page import page

            html.write_text(page(comparison), encoding="utf-8")
    except (CannotRun, OSError) as e:
        raise failed(e) from None
    show(comparison, Console())
    raise typer.Exit(0 if comparison.same else 1)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON")] = False,
) -> None:
    """Say which `wasm-tools` the PATH finds and whether they are ours, what runs what, how fast ours starts, and what to do.

    The exit status is 1 when something needs doing.
    """
    from pywasmtools.lab.doctor import as_json as to_json
    from pywasmtools.lab.doctor import examine
    from pywasmtools.lab.doctor import show as show_report

    report = examine()
    if as_json:
        print(json.dumps(to_json(report), indent=2))
    else:
        # Nobody looks at what is not a terminal, so paths stay whole there.
        console = Console(emoji=False)
        show_report(report, console if console.is_terminal else Console(width=500, emoji=False))
    raise typer.Exit(0 if report.well else 1)


@app.command()
def fmt(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, folders, or - for stdin; this folder where none is named")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; status 1 where a file would change")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change")] = False,
) -> None:
    """Format WIT files in place: one layout, with comments and order kept.

    Of a folder all .wit files are taken, but those in hidden folders and in deps. A file that is no WIT stays as it is.
    The exit status is 2 where there was one, and 1 where --check found a file to format.
    """
    from pywasmtools.lab.fmt import fmt as format_files

    err = Console(stderr=True)
    try:
        count = format_files(paths or [Path()], check, diff, Console(), err)
    except NoGrammar as e:
        raise failed(e) from None
    raise typer.Exit(2 if count.refused else 1 if check and count.changed else 0)


@app.command()
def fuzz(
    folder: Annotated[
        Path, typer.Option(help="Where causes and the state are kept; an earlier run of the same folder goes on")
    ] = Path("fuzz"),
    time: Annotated[float | None, typer.Option(min=0, help="Seconds to run; without --count it runs until ^C")] = None,
    count: Annotated[int | None, typer.Option(min=0, help="Cases to run, those of earlier runs included")] = None,
    seed: Annotated[int | None, typer.Option(help="Case number N of a seed is always the same [default: 0]")] = None,
    kinds: Annotated[str | None, typer.Option(help="Kinds of inputs, with commas [default: all]")] = None,
    seeds: Annotated[
        list[Path] | None, typer.Option(help="A folder or file of .wit, .wasm and .wat to begin with; may be repeated")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes [default: one a core]")] = None,
    reduce: Annotated[bool, typer.Option("--reduce", help="Make the first case of each cause small at once")] = False,
    first: Annotated[bool, typer.Option("--first", help="Stop at the first difference")] = False,
    guide: Annotated[
        bool,
        typer.Option(
            "--guide", help="Take every fourth input from those that reached new lines of ours (Python 3.12 or later)"
        ),
    ] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that each run may take")] = 10.0,
    reference: Annotated[
        Path | None, typer.Option(envvar="WASM_TOOLS_REFERENCE", help="The real wasm-tools; else the first on PATH")
    ] = None,
    subject: Annotated[Path | None, typer.Option(help="What is held against it; without it, ours")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what it came to as JSON; the view goes to stderr")
    ] = False,
) -> None:
    """Make inputs and command lines, run them under a real wasm-tools and under ours, and keep what differs.

    The smallest case of each cause is kept below the folder, with a script that runs it. The exit status is 1 when a
    difference was found, 2 when it can't run.
    """
    from pywasmtools.lab.fuzz.running.run import Asked, fuzz

    asked = Asked(
        folder, reference, subject, seed, kinds, tuple(seeds or ()), jobs, time, count, timeout, guide, reduce, first
    )
    try:
        needs_fork("fuzz")
        state = fuzz(asked, Console(stderr=as_json, emoji=False, highlight=False))
    except (CannotRun, NoGrammar, OSError) as e:
        raise failed(e) from None
    if as_json:
        print(json.dumps({**state.as_json(), "folder": str(state.folder)}, indent=2))
    raise typer.Exit(1 if state.causes else 0)


@app.command("reduce")
def reduce_command(
    case: Annotated[
        list[str], typer.Argument(help="A folder with a case, of fuzz or shadow; or a command line after `--`")
    ],
    reference: Annotated[
        Path | None, typer.Option(envvar="WASM_TOOLS_REFERENCE", help="The real wasm-tools; else the first on PATH")
    ] = None,
    subject: Annotated[Path | None, typer.Option(help="What is held against it; without it, ours")] = None,
    seconds: Annotated[float, typer.Option("--time", help="Seconds that it may take")] = 120.0,
    output: Annotated[Path, typer.Option("-o", "--output", help="A folder to make, with the smaller case")] = Path(
        "reduced"
    ),
    any_: Annotated[bool, typer.Option("--any", help="Keep that there is a difference, whatever its cause")] = False,
    crash: Annotated[bool, typer.Option("--crash", help="Keep the place where the reference panics")] = False,
) -> None:
    """Make a case small while the cause of its difference stays: files, options, WIT, text, modules, components, bytes.

    The case is written to a new folder, with a script that runs it. The exit status is 0 when that was done, also where the
    case was as small as can be; 1 when there is nothing to reduce, for nothing differs; 2 when it can't be run.
    """
    from pywasmtools.lab import programs
    from pywasmtools.lab.diff import read_stdin
    from pywasmtools.lab.pair import Pair
    from pywasmtools.lab.reduce.inputs import case_of
    from pywasmtools.lab.reduce.passes import reduce_case
    from pywasmtools.lab.reduce.show import Progress, show
    from pywasmtools.lab.reduce.state import ANY, CAUSE, CRASH, Uninteresting

    console = Console()
    try:
        if any_ and crash:
            raise CannotRun("--any and --crash can't be used together")
        needs_fork("reduce")
        if output.exists():
            raise CannotRun(f"`{output}` is there already")
        found = case_of(case, Path.cwd(), b"" if len(case) == 1 else read_stdin(sys.stdin))
        with Pair(programs.reference(reference), programs.subject(subject)) as pair, Progress(console) as progress:
            keep = CRASH if crash else ANY if any_ else CAUSE
            result = reduce_case(found, pair, keep=keep, seconds=seconds, on_progress=progress)
        result.case.save(output, **result.notes())
    except Uninteresting as e:
        print(e)
        raise typer.Exit(1) from None
    except (CannotRun, OSError) as e:
        raise failed(e) from None
    show(result, str(output), console)


shadow_app = typer.Typer(
    no_args_is_help=True,
    help="Compare in a real build: the real wasm-tools answers, ours runs beside it on a copy, differences go to a log.",
)
app.add_typer(shadow_app, name="shadow")

Log = Annotated[
    Path | None, typer.Option(help="The folder of the log; $PYWASMTOOLS_SHADOW, or one in the user's cache")
]


@shadow_app.command("install")
def shadow_install(
    folder: Annotated[Path, typer.Argument(help="Where to write the `wasm-tools` that stands in")],
    reference: Annotated[
        Path | None, typer.Option(envvar="WASM_TOOLS_REFERENCE", help="The real wasm-tools; else the first on PATH")
    ] = None,
    subject: Annotated[Path | None, typer.Option(help="What is held against it; without it, ours")] = None,
    log: Log = None,
) -> None:
    """Write a `wasm-tools` for a build: put its folder first on PATH, or name it in $WASMTOOLS."""
    from pywasmtools.lab import programs, shadow_log

    try:
        needs_fork("shadow")
        pair = (programs.reference(reference), programs.subject(subject))
        script = shadow_log.install(folder, log or shadow_log.default_log(), pair)
    except (CannotRun, OSError) as e:
        raise failed(e) from None
    print(script)


@shadow_app.command("report")
def shadow_report(
    log: Log = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for comparisons that are still to come")] = 60.0,
) -> None:
    """Show what came out differently. The exit status is 1 when something did, 2 when comparisons are still to come."""
    from pywasmtools.lab import shadow_log

    where = log or shadow_log.default_log()
    pending = shadow_log.settle(where, wait)
    shadow_log.report(where, Console(soft_wrap=True))
    if pending:
        print(f"{pending} are still to come")
        raise typer.Exit(2)
    raise typer.Exit(1 if shadow_log.entries(where) else 0)


@shadow_app.command("replay")
def shadow_replay(
    ids: Annotated[list[str] | None, typer.Argument(help="Which differences; all whose inputs are kept")] = None,
    log: Log = None,
) -> None:
    """Run differences again and show them. The exit status is 1 while one of them differs."""
    from pywasmtools.lab import shadow_log
    from pywasmtools.lab.show import show

    where = log or shadow_log.default_log()
    differs = False
    try:
        for case in shadow_log.kept(where, ids or []):
            comparison = shadow_log.replay(where, case)
            show(comparison, Console())
            differs = differs or not comparison.same
    except (CannotRun, OSError) as e:
        raise failed(e) from None
    raise typer.Exit(1 if differs else 0)


@shadow_app.command("export")
def shadow_export(
    id: Annotated[str, typer.Argument(help="Which difference, by the id that the report shows")],
    folder: Annotated[Path, typer.Argument(help="A folder to make, with the inputs and a script that runs them")],
    log: Log = None,
) -> None:
    """Copy a difference to a folder that can be handed on."""
    from pywasmtools.lab import shadow_log

    try:
        [case] = shadow_log.kept(log or shadow_log.default_log(), [id])
        shadow_log.export(case, folder)
    except (CannotRun, OSError) as e:
        raise failed(e) from None


def failed(e: Exception) -> typer.Exit:
    """Tells what is in the way; the exit that follows."""
    Console(stderr=True).print(f"[bold red]error[/]: {escape(str(e))}", highlight=False, soft_wrap=True)
    return typer.Exit(2)
