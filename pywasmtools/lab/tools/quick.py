"""`assemble` without Typer and rich, which take longer to load than a component takes to be made: `quick_assemble`.

It takes plain command lines alone. Whatever else there is, a page that is asked for, a mistake, an input that is refused, is left to
the command proper, which begins anew: nothing has been written then.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

VALUES: Final = {
    "--wit": "wit",
    "--world": "world",
    "-w": "world",
    "--output": "output",
    "-o": "output",
    "--adapt": "adapt",
    "--encoding": "encoding",
}
"""The options that are taken, and what each is."""

ENCODINGS: Final = ("utf8", "utf16", "compact-utf16")


def plain_options(argv: Sequence[str]) -> dict[str, list[str]] | None:
    """A command line's values by what they are; None where it is not a plain one."""
    found: dict[str, list[str]] = {}
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            found.setdefault("module", []).append(word)
        elif equals and name in VALUES and name.startswith("--"):
            found.setdefault(VALUES[name], []).append(value)
        elif word in VALUES:
            given = next(words, None)
            if given is None or given.startswith("-"):
                return None
            found.setdefault(VALUES[word], []).append(given)
        else:
            return None
    needed = all(len(found.get(name, ())) == 1 for name in ("module", "wit", "output"))
    return found if needed and found.get("encoding", ["utf8"])[-1] in ENCODINGS else None


def quick_assemble(argv: Sequence[str]) -> bool:
    """Makes the component that a plain command line asks for; False where it is none, or what it names is refused."""
    options = plain_options(argv)
    if options is None:
        return False
    import os

    from pywasmtools import api
    from pywasmtools.cli.options import WitPath
    from pywasmtools.cli.output import write_file
    from pywasmtools.diagnostics import WasmToolsError, path_str
    from pywasmtools.load import read_wasm_file

    def path(text: str) -> str:
        return path_str(os.fsencode(text))

    def adapter(text: str) -> tuple[str, bytes]:
        name, equals, file = text.partition("=")
        if not equals:
            name, file = os.path.basename(text).partition(".")[0], text
        if not name:
            raise ValueError(text)
        return (name, read_wasm_file(path(file)))

    try:
        embedded = api.component_embed(
            WitPath(path(options["wit"][0])),
            lambda: read_wasm_file(path(options["module"][0])),
            world=options.get("world", [None])[-1],
            encoding=options.get("encoding", ["utf8"])[-1],
        )
        component = api.component_new(embedded, adapters=[adapter(text) for text in options.get("adapt", [])])
        write_file(path(options["output"][0]), component)
    except (WasmToolsError, OSError, ValueError):
        return False
    return True
