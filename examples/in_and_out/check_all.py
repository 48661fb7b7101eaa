"""Checks files of WIT, modules and components in several processes: check_all.py FILE..."""

import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from pywasmtools import WasmToolsError, component_wit, validate

if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        works = [pool.submit(component_wit if a.endswith(".wit") else validate, Path(a)) for a in sys.argv[1:]]
        errors = [work.exception() for work in as_completed(works)]
    problems = [e for e in errors if isinstance(e, WasmToolsError)]
    print(*sorted(f"{e.path}:{e.line or hex(e.offset or 0)}: {e.message}" for e in problems), sep="\n")
