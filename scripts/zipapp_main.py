"""How `wasm-tools.pyz` starts: the first thing of the archive that `scripts/build_zipapp.py` makes.

Python out of an archive is slow to load, for its bytecode isn't kept. So the first run unpacks the package into the user's cache
folder, named by what is in it, and later ones start there as an installed package does. Nothing is run out of a folder
that another user could have written; where there is no such folder, or it can't be written, all is loaded from the archive.
"""

import os
import sys

KEY = "@KEY@"
"""What the archive holds, as a hash. `scripts/build_zipapp.py` writes it here."""


def cache_folder() -> "str | None":
    """Where the user's caches are; None where nothing says so. `$PYWASMTOOLS_ZIPAPP_CACHE` names another; empty, none is used."""
    named = os.environ.get("PYWASMTOOLS_ZIPAPP_CACHE")
    if named is not None:
        return named or None
    if os.name == "nt":
        return os.environ.get("LOCALAPPDATA")
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = os.environ.get("HOME", "")
    if os.path.isabs(base):
        return base
    return (
        os.path.join(home, "Library/Caches" if sys.platform == "darwin" else ".cache") if os.path.isabs(home) else None
    )


def is_ours(folder: str, link: bool = False) -> bool:
    """Whether it is a folder that this user alone can write. Windows has a cache folder a user."""
    try:
        found = os.stat(folder) if link else os.lstat(folder)
    except OSError:
        return False
    if found.st_mode & 0o170000 != 0o040000:
        return False
    return sys.platform == "win32" or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)


def unpack(base: str, folder: str) -> None:
    """Makes the folder, whole or not at all: of several first runs one wins."""
    import shutil
    import tempfile
    import zipfile

    os.makedirs(os.path.dirname(base), mode=0o700, exist_ok=True)
    try:
        os.mkdir(base, 0o700)
    except FileExistsError:
        pass
    if not is_ours(base):
        return
    # Only this user gets in, whatever the umask is.
    scratch = tempfile.mkdtemp(prefix="new-", dir=base)
    try:
        with zipfile.ZipFile(sys.path[0]) as archive:
            archive.extractall(scratch, [name for name in archive.namelist() if name.startswith("pywasmtools/")])
        os.rename(scratch, folder)
    except OSError:
        shutil.rmtree(scratch, ignore_errors=True)


def find() -> None:
    """Puts the unpacked package before the archive, where there is one or can be."""
    cache = cache_folder()
    if cache is None:
        return
    base = os.path.join(cache, "pywasmtools")
    folder = os.path.join(base, KEY)
    for attempt in range(2):
        if is_ours(folder) and is_ours(base) and is_ours(cache, link=True):
            sys.path.insert(0, folder)
            # The folder is there for its bytecode, also where none is to be left beside sources (`PYTHONDONTWRITEBYTECODE`).
            sys.dont_write_bytecode = False
            return
        if attempt == 0:
            try:
                unpack(base, folder)
            except OSError:
                return


find()
from pywasmtools.cli import start  # noqa: E402

start()
