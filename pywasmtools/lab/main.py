"""The `pywasmtools` command, for people: Typer and rich, an extra (`pip install 'pywasmtools[lab]'`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated


def entry() -> None:
    """The console script; says in one line what to install where Typer or rich is missing."""
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ImportError:
        sys.stderr.write("error: this command needs Typer and rich: pip install 'pywasmtools[lab]'\n")
        raise SystemExit(2) from None
    make_app()()


def make_app() -> object:
    """The Typer application."""
    import typer
    from rich.console import Console

    app = typer.Typer(no_args_is_help=True, add_completion=False, help="Tools around the drop-in `wasm-tools`.")

    @app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def diff(
        command: Annotated[list[str], typer.Argument(help="The command line, after `--`: component wit|embed|new …")],
        reference: Annotated[
            Path | None,
            typer.Option(
                envvar="WASM_TOOLS_REFERENCE",
                help="The real wasm-tools; without it, the first one on PATH that is not ours",
            ),
        ] = None,
        timeout: Annotated[float, typer.Option(help="Seconds that each run may take")] = 120.0,
    ) -> None:
        """Run a command line under a real wasm-tools and under ours, in two copies of this folder; show what differs."""
        from pywasmtools.lab.diff import CannotRun, compare, show

        console = Console()
        try:
            comparison = compare(command, reference, Path.cwd(), sys.stdin, timeout)
        except CannotRun as e:
            Console(stderr=True).print(f"[bold red]error[/]: {e}", highlight=False)
            raise typer.Exit(2) from None
        show(comparison, console)
        raise typer.Exit(0 if comparison.same else 1)

    @app.command()
    def doctor() -> None:
        """Say what is emulated, which `wasm-tools` the PATH finds and whether it is ours, and how we run."""
        from pywasmtools.lab.doctor import report

        raise typer.Exit(0 if report(Console()) else 1)

    return app
