"""The `pywasmtools` command, for people: Typer and rich."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pywasmtools.lab.doctor import as_json as to_json
from pywasmtools.lab.doctor import examine
from pywasmtools.lab.doctor import show as show_report
from pywasmtools.lab.grammar import NoGrammar
from pywasmtools.lab.workplace import CannotRun

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tools around the drop-in `wasm-tools`.",
)


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


def failed(e: Exception) -> typer.Exit:
    """Tells what is in the way; the exit that follows."""
    Console(stderr=True).print(f"[bold red]error[/]: {escape(str(e))}", highlight=False, soft_wrap=True)
    return typer.Exit(2)
