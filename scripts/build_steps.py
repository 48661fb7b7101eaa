"""Two steps of building a wheel: the command as a script of our own, and compiled modules in a folder of their own.

Where pip builds it to install it, `wasm-tools` is our script, not pip's. The script that pip writes for an entry point imports `re`, which takes half as long as a bare interpreter's start. Ours doesn't,
but pip puts the interpreter's path into its first line as it is, which no system reads where it has blanks
or is long; and Windows runs no such file. So wheels that are published have the entry point, which works everywhere.

mypyc puts extension modules beside the sources, where they would be imported whatever there is to do. Here they come into
`pywasmtools/_compiled/`, and `pywasmtools/compiled.py` decides; nothing of them is left in the tree.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags

SCRIPT = """\
#!python
from pywasmtools.cli import start

start()
"""

FOR_ALL = "PYWASMTOOLS_WHEEL_FOR_ALL"
"""The variable that says of a wheel which pip builds that it is for other machines too."""

LONGEST = 120
"""Linux read so many bytes of a first line, before 5.1."""


def is_wanted() -> bool:
    """Whether pip builds, which installs for the interpreter that builds, and that one's path can stand in a script."""
    builds = "PIP_BUILD_TRACKER" in os.environ or "PIP_REQ_TRACKER" in os.environ
    path = sys.executable
    return (
        builds
        and not os.environ.get(FOR_ALL)
        and os.name == "posix"
        and 0 < len(os.fsencode(path)) <= LONGEST
        and not any(map(str.isspace, path))
    )


def is_mypyc_on() -> bool:
    return os.environ.get("HATCH_BUILD_HOOK_ENABLE_MYPYC", "") not in ("", "0", "false")


class BuildSteps(BuildHookInterface[Any]):
    """Runs after the hook that compiles, which stands before it in `pyproject.toml`."""

    PLUGIN_NAME = "custom"
    folder: tempfile.TemporaryDirectory[str] | None = None
    made: tuple[Path, ...] = ()

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if is_mypyc_on() and version != "editable":
            self.move_compiled(build_data)
        if is_wanted():
            self.put_script(build_data)

    def put_script(self, build_data: dict[str, Any]) -> None:
        """The script in the place of the entry point; the wheel is of this platform then."""
        del self.metadata.core.scripts["wasm-tools"]
        self.folder = tempfile.TemporaryDirectory()
        script = Path(self.folder.name) / "wasm-tools"
        script.write_text(SCRIPT)
        script.chmod(0o755)
        build_data["shared_scripts"][str(script)] = "wasm-tools"
        if not is_mypyc_on():
            platform = next(tag for tag in platform_tags() if "many" not in tag and "musl" not in tag)
            build_data["tag"] = f"py3-none-{platform}"

    def move_compiled(self, build_data: dict[str, Any]) -> None:
        """Extension modules in the place that `pywasmtools/compiled.py` looks at, and the library that they share."""
        root = Path(self.root)
        package = root / "pywasmtools"
        modules = {path: path.relative_to(package) for end in (".so", ".pyd") for path in package.rglob(f"*{end}")}
        shared = {path: Path(path.name) for end in (".so", ".pyd") for path in root.glob(f"*__mypyc*{end}")}
        self.made = (*modules, *shared)
        build_data["artifacts"].clear()
        build_data["force_include"].clear()
        for path, place in (modules | shared).items():
            build_data["force_include"][str(path)] = f"pywasmtools/_compiled/{place.as_posix()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self.folder is not None:
            self.folder.cleanup()
        for path in self.made:
            path.unlink()
