"""A case: a command line, the files it runs over, and standard input; kept as a folder that can be handed on."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

RECORD = "case.json"
FILES = "files"
STDIN = "stdin"


@dataclass(frozen=True)
class Case:
    """`argv` without the program's name; `files` by their path in the folder that it runs in, with `/` between names."""

    argv: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""

    @property
    def size(self) -> int:
        """Bytes of all that it consists of: what a reduction makes less."""
        return sum(len(arg) + 1 for arg in self.argv) + sum(map(len, self.files.values())) + len(self.stdin)

    @property
    def command(self) -> str:
        """The command line as one would type it."""
        return shlex.join(("wasm-tools", *self.argv))

    def with_file(self, name: str, data: bytes) -> Case:
        """The same case with another content of one file."""
        return replace(self, files={**self.files, name: data})

    def lay_out(self, folder: str) -> None:
        """Writes its files below a folder that is there and empty."""
        for name, data in self.files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)

    def save(self, folder: Path, **notes: Any) -> None:
        """Writes it to a folder, with a script that runs it under `$WASM_TOOLS` or `wasm-tools`, and notes of any kind."""
        (folder / FILES).mkdir(parents=True, exist_ok=True)
        self.lay_out(str(folder / FILES))
        (folder / STDIN).write_bytes(self.stdin)
        text = json.dumps({"argv": self.argv, **notes}, indent=2) + "\n"
        (folder / RECORD).write_text(text, encoding="utf-8")
        script = folder / "run.sh"
        text = (
            "#!/bin/sh\n"
            "# Runs the command line over a copy of the files.\n"
            'here=$(cd "$(dirname "$0")" && pwd) && copy=$(mktemp -d) && cp -R "$here/files/." "$copy" && cd "$copy" || exit\n'
            f'"${{WASM_TOOLS:-wasm-tools}}" {shlex.join(self.argv)} <"$here/stdin"\n'
        )
        script.write_bytes(os.fsencode(text))
        script.chmod(0o755)

    @classmethod
    def load(cls, folder: Path) -> Case:
        """What `save` wrote. Raises OSError, ValueError or KeyError where it is no such folder."""
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        root = folder / FILES
        files = {
            path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
        }
        stdin = folder / STDIN
        return cls(tuple(record["argv"]), files, stdin.read_bytes() if stdin.exists() else b"")


def notes_of(folder: Path) -> dict[str, Any]:
    """The notes that were saved with a case, its command line among them."""
    found: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return found
