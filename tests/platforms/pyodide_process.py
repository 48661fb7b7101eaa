"""The pure wheel in CPython made to wasm: Pyodide in a process of Node, which runs command lines one after the other."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

RUNNER = Path(__file__).with_name("pyodide_runner.mjs")


class Answer(NamedTuple):
    """What came of a command line; `files` are all that are there afterwards."""

    status: int
    out: bytes
    err: bytes
    files: dict[str, bytes]


class Pyodide:
    """The interpreter, with the wheel in its own file system. `close` ends it."""

    def __init__(self, node: str, folder: Path, wheel: Path) -> None:
        command = [node, str(RUNNER), str(folder), str(wheel)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.stdout.close()  # type: ignore[union-attr]
        self.process.kill()
        self.process.wait()

    def ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"node has ended with status {self.process.wait(10)}"
        answer: dict[str, Any] = json.loads(line)
        assert "fatal" not in answer, answer["fatal"]
        return answer

    def value(self, code: str) -> str:
        """`str` of what the last expression of a program gives."""
        return str(self.ask({"code": code})["value"])

    def run(
        self, argv: list[str], files: Mapping[str, bytes] | None = None, stdin: bytes = b"", keep: bool = False
    ) -> Answer:
        """Runs a command line in a folder of these files, and of those that are there from the last one if `keep`."""
        request = {
            "argv": argv,
            "files": {name: base64.b64encode(data).decode() for name, data in (files or {}).items()},
            "stdin": base64.b64encode(stdin).decode(),
            "keep": keep,
        }
        answer = self.ask(request)
        made = {name: base64.b64decode(data) for name, data in answer["files"].items()}
        out, err = (base64.b64decode(answer[name]) for name in ("stdout", "stderr"))
        return Answer(answer["status"], out, err, made)
