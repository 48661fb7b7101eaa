"""Makes `wasm-tools.pyz`: the whole command as one file, which any Python from 3.11 on runs, on every platform.

    python scripts/build_zipapp.py [FILE]      FILE is `dist/wasm-tools.pyz` without it

The same tree gives the same bytes. `scripts/zipapp_main.py` says how it starts. The lab, which needs other packages, is left out.
"""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pywasmtools"
MAIN = Path(__file__).resolve().parent / "zipapp_main.py"
SHEBANG = b"#!/usr/bin/env python3\n"
LEFT_OUT = {"lab", "__pycache__"}


def packed_files() -> dict[str, bytes]:
    """What is in the archive, by name: the package, its licence."""
    found = {"LICENSE": (ROOT / "LICENSE").read_bytes()}
    for path in sorted(PACKAGE.rglob("*")):
        parts = path.relative_to(PACKAGE).parts
        if path.is_file() and path.suffix in (".py", ".typed") and not LEFT_OUT.intersection(parts):
            found["/".join(("pywasmtools", *parts))] = path.read_bytes()
    return found


def archive() -> bytes:
    """The file's bytes."""
    files = packed_files()
    state = hashlib.sha256(MAIN.read_bytes())
    for name, data in files.items():
        state.update(f"{name}\0{len(data)}\0".encode() + data)
    main = MAIN.read_text(encoding="utf-8").replace("@KEY@", state.hexdigest()[:32])
    out = io.BytesIO()
    out.write(SHEBANG)
    with zipfile.ZipFile(out, "a") as packed:
        for name, data in {"__main__.py": main.encode(), **files}.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            # What every start reads is read without zlib.
            entry.compress_type = zipfile.ZIP_STORED if name == "__main__.py" else zipfile.ZIP_DEFLATED
            packed.writestr(entry, data)
    return out.getvalue()


def main() -> int:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "wasm-tools.pyz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(archive())
    target.chmod(0o755)
    print(f"{target}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
