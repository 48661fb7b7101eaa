"""What people ask of WIT, components and modules: `ls`, `minimal`, `assemble`, `explain`, `json`, `wit-from-json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pywasmtools.lab.tools.files import MISTAKES, features, refused, source, write, write_folder
from pywasmtools.library.sources import Encoding, Source

Input = Annotated[
    Path, typer.Argument(help="WIT (a file, or a folder with deps/), a component or a module; - for stdin")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON")]
Features = Annotated[
    list[str] | None, typer.Option("--features", help="Names of @unstable features that are on, with commas")
]
AllFeatures = Annotated[bool, typer.Option("--all-features", help="Turn on all @unstable features")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file instead of stdout")]
OutDir = Annotated[
    Path | None, typer.Option("--out-dir", help="Write a folder: the package, and what it needs below deps/")
]
NoDocs = Annotated[bool, typer.Option("--no-docs", help="Leave doc comments out")]


def add_to(app: typer.Typer) -> None:
    """Makes them subcommands of an application."""
    app.command("ls")(ls)
    app.command()(minimal)
    app.command()(assemble)
    app.command()(explain)
    app.command("json")(to_json)
    app.command("wit-from-json")(wit_from_json)


def stdout() -> Console:
    """Where results go: lines are broken for a terminal, not where nobody looks at them."""
    console = Console(emoji=False, highlight=False)
    return console if console.is_terminal else Console(width=2000, emoji=False, highlight=False)


def print_json(value: object) -> None:
    """Prints JSON, indented."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def ls(
    input: Input,
    types: Annotated[bool, typer.Option("--types", help="Say what each is, and what interfaces hold")] = False,
    tree: Annotated[bool, typer.Option("--tree", help="Draw a tree, down to what interfaces hold")] = False,
    features_: Features = None,
    all_features: AllFeatures = False,
    as_json: AsJson = False,
) -> None:
    """List what WIT, a component or a module imports and exports, a line each.

    Of WIT each world, and the interfaces of the package. Of a module that has a world embedded that one too.

    Examples:

    \b
      pywasmtools ls component.wasm
      pywasmtools ls --types wit/
      pywasmtools ls --json main.wasm | jq -r '.groups[].items[].name'
    """
    from pywasmtools.lab.tools.listed import show_lines, show_tree
    from pywasmtools.library.listing import listing

    try:
        found = listing(source(input), features=features(features_), all_features=all_features)
    except MISTAKES as e:
        raise refused(e) from None
    if as_json:
        print_json(found.to_json())
        return
    (show_tree if tree else show_lines)(found, stdout(), types)
    for note in found.notes:
        print(f"note: {note}", file=sys.stderr)


def minimal(
    input: Input,
    world: Annotated[
        str | None, typer.Option("-w", "--world", help="A world: name or ns:package/name; else the only one")
    ] = None,
    interface: Annotated[str | None, typer.Option("-i", "--interface", help="An interface instead")] = None,
    output: Output = None,
    out_dir: OutDir = None,
    no_docs: NoDocs = False,
    features_: Features = None,
    all_features: AllFeatures = False,
    as_json: AsJson = False,
) -> None:
    """Print the smallest WIT that holds one world: what it reaches, and no more.

    To embed a module by it gives the same component as by the whole, so it can lie beside code that was made from it.

    Examples:

    \b
      pywasmtools minimal wit/ -w wasi:cli/command -o command.wit
      pywasmtools minimal wit/ -i wasi:io/streams --no-docs
      pywasmtools minimal wit/ -w command --out-dir generated/wit
    """
    from pywasmtools.library.minimal import minimal as cut
    from pywasmtools.library.minimal import wit_files
    from pywasmtools.library.reading import print_wit

    try:
        one_place(output, out_dir)
        found = cut(
            source(input),
            world=world,
            interface=interface,
            docs=not no_docs,
            features=features(features_),
            all_features=all_features,
        )
        if out_dir is not None:
            tell_files(write_folder(out_dir, wit_files(found)), as_json)
        elif as_json:
            write(output, _as_json(found.model))
        else:
            write(output, print_wit(found).encode())
    except MISTAKES as e:
        raise refused(e) from None


def one_place(output: Path | None, out_dir: Path | None) -> None:
    """Refuses two places for one result."""
    if output is not None and out_dir is not None:
        raise ValueError("-o and --out-dir can't be used together")


def tell_files(paths: list[str], as_json: bool) -> None:
    """Says which files were written."""
    if as_json:
        print_json({"files": paths})
    else:
        for path in paths:
            print(path)


def assemble(
    module: Annotated[Path, typer.Argument(help="A core module, in binary or as text; - for stdin")],
    wit: Annotated[Path, typer.Option("--wit", help="A file, a folder with deps/, or a package in binary")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The component; may be an input")],
    world: Annotated[
        str | None, typer.Option("-w", "--world", help="A world: name or ns:package/name; else the only one")
    ] = None,
    adapt: Annotated[
        list[str] | None,
        typer.Option("--adapt", help="[NAME=]MODULE: satisfies the core imports from NAME; may be repeated"),
    ] = None,
    encoding: Annotated[Encoding, typer.Option("--encoding", help="How the module's strings are encoded")] = "utf8",
    skip_validation: Annotated[bool, typer.Option("--skip-validation", help="Do not validate the component")] = False,
    features_: Features = None,
    all_features: AllFeatures = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was made as JSON")] = False,
) -> None:
    """Make a component of a core module and a world: `component embed` and `component new` in one step, to the byte.

    Examples:

    \b
      pywasmtools assemble main.wasm --wit wit/ -w wasi:cli/command -o component.wasm
      pywasmtools assemble main.wasm --wit wit/ -o main.wasm --adapt wasi_snapshot_preview1.reactor.wasm
    """
    from pywasmtools.library.assemble import assemble as make

    try:
        component = make(
            source(module),
            source(wit),
            world=world,
            adapters=[adapter(text) for text in adapt or []],
            encoding=encoding,
            validate=not skip_validation,
            features=features(features_),
            all_features=all_features,
        )
        write(output, component)
    except MISTAKES as e:
        raise refused(e) from None
    if as_json:
        from pywasmtools.library.listing import listing

        print_json({"output": str(output), "size": len(component), **listing(component).to_json()})


def adapter(text: str) -> tuple[str, Source]:
    """`[NAME=]MODULE`: without a name that of the file, up to its first dot."""
    name, equals, path = text.partition("=")
    if not equals:
        path = text
        name = Path(text).name.partition(".")[0]
    if not name:
        raise ValueError(f"the name of the adapter can't be told from `{text}`: give NAME={path}")
    return (name, Path(path))


def explain(
    a: Annotated[Path, typer.Argument(help="A component, a module, or WIT (a file or folder); - for stdin")],
    b: Annotated[Path, typer.Argument(help="What it is held against: the same, later")],
    everything: Annotated[bool, typer.Option("--all", help="Show all names and sections")] = False,
    features_: Features = None,
    all_features: AllFeatures = False,
    as_json: AsJson = False,
) -> None:
    """Say what differs between two components, modules or packages of WIT, from the outside in.

    Worlds as WIT, and whether the second fits wherever the first does; producers, names, sections; functions whose code
    differs, by name; data. Docs, and the numbers of functions and types, are no difference. The exit status is 0 when nothing
    differs, 1 when something does, 2 when the two can't be held against each other.

    Examples:

    \b
      pywasmtools explain old.wasm new.wasm
      pywasmtools explain wit-1.0/ wit-1.1/
      pywasmtools explain --json a.wasm b.wasm | jq .compatible
    """
    from pywasmtools.lab.tools.explained import show
    from pywasmtools.library.explain import explain as compare

    try:
        if str(a) == str(b) == "-":
            raise ValueError("only one of the two can stand on stdin")
        difference = compare(source(a), source(b), features=features(features_), all_features=all_features)
    except MISTAKES as e:
        raise refused(e) from None
    if as_json:
        print_json(difference.to_json())
    else:
        show(difference, (str(a), str(b)), stdout(), everything)
    raise typer.Exit(0 if difference.same else 1)


def to_json(
    input: Input,
    output: Output = None,
    features_: Features = None,
    all_features: AllFeatures = False,
) -> None:
    """Print WIT as JSON: packages, worlds, interfaces and types, as `component wit --json` has them.

    Examples:

    \b
      pywasmtools json wit/ | jq '.worlds[].name'
    """
    from pywasmtools.library.commands import component_wit

    try:
        write(
            output,
            component_wit(source(input), form="json", features=features(features_), all_features=all_features),
        )
    except MISTAKES as e:
        raise refused(e) from None


def wit_from_json(
    input: Annotated[Path, typer.Argument(help="What `json` or `component wit --json` printed; - for stdin")],
    output: Output = None,
    out_dir: OutDir = None,
    no_docs: NoDocs = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the WIT as a member of JSON")] = False,
) -> None:
    """Print the WIT that JSON stands for: the way back from `json`.

    Examples:

    \b
      pywasmtools json wit/ | sed 's/"guest"/"renamed"/g' | pywasmtools wit-from-json - -o renamed.wit
    """
    from pywasmtools.library.minimal import wit_files
    from pywasmtools.library.reading import print_wit, resolve_from_json

    try:
        one_place(output, out_dir)
        found = resolve_from_json(source(input))
        if out_dir is not None:
            tell_files(write_folder(out_dir, wit_files(found, docs=not no_docs)), as_json)
            return
        text = print_wit(found, docs=not no_docs)
        write(output, (json.dumps({"wit": text}, indent=2) + "\n" if as_json else text).encode())
    except MISTAKES as e:
        raise refused(e) from None


def _as_json(model: object) -> bytes:
    """A model as `component wit --json` prints it."""
    from pywasmtools.wit.model import Resolve
    from pywasmtools.wit.resolve_json import resolve_json

    assert isinstance(model, Resolve)
    return resolve_json(model).encode()
