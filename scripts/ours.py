"""Which pywasmtools a script runs: the one that the script itself would import, or the tree where none is installed."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment() -> dict[str, str]:
    """The environment for processes of ours, whatever their working folder, with nothing that changes results."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "NO_COLOR", "RUST_LOG")
    env = {k: v for k, v in os.environ.items() if k not in dropped and not k.startswith("CLICOLOR")}
    package = importlib.util.find_spec("pywasmtools")
    env["PYTHONSAFEPATH"] = "1"
    env["PYTHONPATH"] = str(Path(package.origin).parent.parent if package and package.origin else ROOT)
    return env
