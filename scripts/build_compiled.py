"""Builds the wheel with everything but the command line compiled by mypyc: the same source, the same behaviour.

    python scripts/build_compiled.py [FOLDER]

Needs a C compiler. The wheel goes to FOLDER (`dist/`), for this interpreter and platform. Where this interpreter's path allows it, the
command in it is our quick script (`build_steps.py`), for environments on this machine whose paths are short and without blanks;
with `PYWASMTOOLS_WHEEL_FOR_ALL=1` it is an entry point, which works everywhere, as in the wheels that are published.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig

FLAGS = "-DNDEBUG -fwrapv -fvisibility=hidden"
"""No assertions, numbers that wrap around, and no symbols for others, which are looked up by name at every start. The first two
are among the interpreter's own flags, whose place a variable CFLAGS takes."""

LINKED = "-flto=auto"
"""What GCC is told beside that: to look over the borders of files, and into the runtime library of mypyc. A tenth of the time of
large inputs."""


def is_gcc() -> bool:
    """Whether extension modules are compiled by GCC here; another compiler may have no linker that optimizes."""
    words = (os.environ.get("CC") or str(sysconfig.get_config_var("CC") or "")).split()
    found = shutil.which(words[0]) if words else None
    return found is not None and "gcc" in os.path.basename(os.path.realpath(found))


def main() -> int:
    folder = sys.argv[1] if len(sys.argv) > 1 else "dist"
    env = {**os.environ, "HATCH_BUILD_HOOK_ENABLE_MYPYC": "1"}
    if os.name == "posix":  # as in pyproject.toml
        flags = f"{FLAGS} {LINKED}" if sys.platform == "linux" and is_gcc() else FLAGS
        env["CFLAGS"] = f"{env.get('CFLAGS', '')} {flags}".strip()
    return subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, "."], env=env
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
