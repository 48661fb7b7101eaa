"""The sources of a release of wasm-tools and of the crates that its lock file pins, fetched by cargo.

python scripts/reference_crates.py [RELEASE]     print each crate, its version and its folder
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from reference import ReferenceUnavailable, cache, cargo, emulated


class Crate(NamedTuple):
    """A crate that the lock file pins, and the folder of its unpacked sources."""

    name: str
    version: str
    folder: Path


def run_cargo(*argv: str) -> str:
    """What cargo prints; raises ReferenceUnavailable with its last lines where it fails."""
    done = subprocess.run([cargo(), *argv], capture_output=True, text=True)
    if done.returncode:
        last = " / ".join(done.stderr.strip().splitlines()[-6:])
        raise ReferenceUnavailable(f"cargo {argv[0]} failed: {last}")
    return done.stdout


def unpacked(release: str) -> Path:
    """The folder of the crate `wasm-tools` itself, with its lock file; fetched if cargo doesn't have it yet."""
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    pattern = f"registry/src/*/wasm-tools-{release}/Cargo.lock"
    found = next(home.glob(pattern), None)
    if found is None:
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fetching-", dir=cache()) as scratch:
            manifest = Path(scratch, "Cargo.toml")
            manifest.write_text(
                '[package]\nname = "fetching"\nversion = "0.0.0"\nedition = "2021"\n'
                f'[lib]\npath = "lib.rs"\n[dependencies]\nwasm-tools = "={release}"\n'
            )
            Path(scratch, "lib.rs").write_text("")
            run_cargo("fetch", "--manifest-path", str(manifest))
        found = next(home.glob(pattern), None)
    if found is None:
        raise ReferenceUnavailable(f"cargo fetched wasm-tools {release}, but its sources are not below {home}")
    return found.parent


def crates(release: str) -> list[Crate]:
    """All crates of a release, in the versions that it is built with, in the order of their names."""
    manifest = str(unpacked(release) / "Cargo.toml")
    said = json.loads(run_cargo("metadata", "--locked", "--format-version", "1", "--manifest-path", manifest))
    return sorted(Crate(p["name"], p["version"], Path(p["manifest_path"]).parent) for p in said["packages"])


if __name__ == "__main__":
    try:
        for crate in crates(*sys.argv[1:2] or [emulated()]):
            print(*crate)
    except ReferenceUnavailable as unavailable:
        raise SystemExit(f"error: {unavailable}") from None
