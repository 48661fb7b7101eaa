"""The numbers in README.md and in the pages of `docs/`: counted or read here, written between marks.

    python scripts/fill_numbers.py            writes them
    python scripts/fill_numbers.py --check    status 1 where one is not what it should be

A mark is a comment that pages don't show, `<!--n goldens-->1,500<!--/n-->`. Counts that grow with every change are rounded down to
hundreds, so that they change seldom. Times are those of `docs/performance.md`, by row and column of its tables. The release
in `pywasmtools==…` is the one of `pywasmtools/release.py`.
"""

from __future__ import annotations

import ast
import json
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MARK = re.compile(r"(<!--n ([a-z-]+)-->)(.*?)(<!--/n-->)", re.DOTALL)
PINNED = re.compile(r"(?<=pywasmtools==)\d+\.\d+\.\d+(?:\.post\d+)?")


def hundreds(count: int) -> str:
    """A count, rounded down to hundreds."""
    return f"{count // 100 * 100:,}"


def goldens() -> str:
    return hundreds(sum(path.is_file() for path in (ROOT / "golden").rglob("*.txt")))


def tests() -> str:
    """Functions that test; one with many inputs is one."""
    count = 0
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        count += sum(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in ast.walk(tree))
    return hundreds(count)


def coverage() -> str:
    return str(json.loads((ROOT / "tests" / "coverage_floor.json").read_text())["lines"])


def shares() -> dict[str, int]:
    """Suites, and the share of their cases in percent that may not sink."""
    share: dict[str, int] = json.loads((ROOT / "tests" / "conformance_floor.json").read_text())["share"]
    return share


def crashes() -> str:
    page = (ROOT / "docs" / "found-upstream.md").read_text(encoding="utf-8")
    return str(len(re.findall(r"^### \d+\.", page, re.MULTILINE)))


def release() -> str:
    version: str = runpy.run_path(str(ROOT / "pywasmtools" / "release.py"))["PACKAGE_VERSION"]
    return version


def measured(row: str, column: str) -> str:
    """The time in a cell of `docs/performance.md`: of the first row that begins so, in the column whose head begins so."""
    head: list[str] = []
    for line in (ROOT / "docs" / "performance.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            head = []
        elif not head:
            head = cells
        elif cells[0] == row:
            for name, cell in zip(head, cells, strict=False):
                if name.startswith(column) and (time := re.match(r"[\d.,]+ m?s", cell)):
                    return time[0]
    raise SystemExit(f"docs/performance.md has no time in a row `{row}` and a column `{column}`")


NUMBERS: dict[str, Callable[[], str]] = {
    "goldens": goldens,
    "tests": tests,
    "coverage": coverage,
    "suites": lambda: str(len(shares())),
    "suites-whole": lambda: str(sum(share == 100 for share in shares().values())),
    "suites-least": lambda: str(min(shares().values())),
    "crashes": crashes,
    "release": release,
    "new-reference": lambda: measured("new, hello", "reference"),
    "new-ours": lambda: measured("new, hello", "ours"),
    "new-jco": lambda: measured("new, hello", "jco"),
}


def filled(text: str) -> str:
    """A page with its numbers as they are now."""
    text = MARK.sub(lambda found: found[1] + NUMBERS[found[2]]() + found[4], text)
    return PINNED.sub(release(), text)


def main() -> int:
    wrong = []
    for page in PAGES:
        old = page.read_text(encoding="utf-8")
        new = filled(old)
        if old == new:
            continue
        wrong.append(str(page.relative_to(ROOT)))
        if "--check" not in sys.argv[1:]:
            page.write_text(new, encoding="utf-8", newline="\n")
    if "--check" in sys.argv[1:]:
        print("numbers to fill in: " + ", ".join(wrong) if wrong else "all numbers are as they should be")
        return bool(wrong)
    print("filled in: " + (", ".join(wrong) or "nothing new"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
