"""Checks files of WIT, modules and components in several processes: check_all.py FILE..."""

import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from pywasmtools import WasmToolsError, parse_wit, validate


def check(path: str) -> None:
    parse_wit(Path(path)) if path.endswith(".wit") else validate(Path(path))


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        errors = [work.exception() for work in as_completed(pool.submit(check, path) for path in sys.argv[1:])]
    problems = [e for e in errors if isinstance(e, WasmToolsError)]
    print(*sorted(f"{e.path}:{e.line or hex(e.offset or 0)}: {e.message}" for e in problems), sep="\n")
