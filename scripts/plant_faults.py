"""Planted faults: which small changes to the program do the tests notice?

    python scripts/plant_faults.py [--seed N] [--count N] [--room NAME]... [--path GLOB]... [--kind NAME]...
                                   [--map FILE] [--json FILE] [--budget SECONDS] [--jobs N] [--tables] [--list] [--only N,N]
                                   [--fuzz SECONDS [--fuzz-jobs N] [--fuzz-seeds FOLDER]...]

A copy of the tree is made in a temporary folder; the working tree is only read. There one fault at a time is planted,
chosen by the seed: a comparison swapped, a number off by one, `and` for `or`, a `not` dropped, a truth value flipped,
`+` for `-`, a statement deleted, an order reversed, a word of a text changed. Then the tests that reach the line run
until one fails. Which tests reach a line is measured once, with `coverage`, whole processes that tests start included,
and kept in FILE (`--map`), share by share: a run that is ended goes on where it was, and tests that have changed since are
measured again. What stands at module level, and what has changed since, is taken to be reached by every test; delete FILE to
measure all of it again. Of very many tests the
nearest and quickest run, as many as `--budget` allows.

Each fault is noticed (a test failed, hung or could not start), not noticed, or not reached; whether one that is not
noticed could be noticed at all is for a person to judge. The faults that were not noticed are printed with what was
changed, and all of them are written to FILE (`--json`). Files of generated tables are left out unless `--tables`.
`--list` only prints what would be planted. With `--fuzz` no tests run: `pywasmtools fuzz` looks for each fault, so
many seconds at most, in faults that are dealt over all rooms; with a map only in lines that tests reach. The exit status is 0 whatever was found.
"""

from __future__ import annotations

import argparse
import ast
import copy
import fnmatch
import hashlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
COPIED: Final = (
    "pywasmtools",
    "tests",
    "golden",
    "scripts",
    "examples",
    "docs",
    "tree-sitter-wit",
    ".github",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "LICENSE",
    "pyproject.toml",
)
TABLES: Final = ("*_tables.py", "*_lists.py", "*/char_widths.py")
"""Files that hold generated data: a fault there says little about the tests."""

MEMORY: Final = 6 << 30
"""Bytes of address space that a run of tests may take."""

MEASURING: Final = 3600
"""Seconds that the tests of one share of the files may take while the map is measured."""

SHARES: Final = 12
"""The map is kept after each such share of the files of tests."""

ELSEWHERE: Final = "tests/platforms/"
"""Tests that run in machines of their own: these reserve more addresses than MEMORY, and would fail without a fault too."""

PLUGIN: Final = "plant_faults"
"""This file is a plugin of pytest too: see the hooks at its end."""


class Site(NamedTuple):
    """A place where a fault can be planted: what the file holds from `start` to `end` (bytes) becomes `new`."""

    path: str
    kind: str
    start: int
    end: int
    old: str
    new: str
    first: int
    """The first and the last line of the statement it stands in, and whether that is at module level."""
    last: int
    outside: bool


class Reach(NamedTuple):
    """Which tests reach which line: indices into `tests`, whose seconds are in `seconds`.

    `files` are the files of the program and of the tests as they were when that was measured, by their hashes; those of
    `changed`, of the program, are other ones now.
    """

    files: dict[str, str]
    changed: list[str]
    tests: list[str]
    seconds: list[float]
    lines: dict[str, dict[int, list[int]]]


class Outcome(NamedTuple):
    """What came of a planted fault: `noticed`, `not noticed` or `not reached`, by which test, after how many seconds."""

    verdict: str
    by: str
    tests: int
    seconds: float


# --- The faults ---------------------------------------------------------------------------------------------------

COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.FloorDiv: ast.Mult,
}
WORD: Final = re.compile(r"(?<![\\A-Za-z0-9{])[A-Za-z]{3,}(?![A-Za-z0-9}!:])")
"""A word in the source of a text; one right inside braces may be an expression of an f-string."""


class Finder:
    """All sites of one file, in the order of the text."""

    def __init__(self, path: str, source: bytes, rng: random.Random) -> None:
        self.path = path
        self.source = source
        self.rng = rng
        self.sites: list[Site] = []
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.statement: ast.stmt | None = None
        self.depth = 0
        self.visit_body(ast.parse(source).body)

    def place(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node starts and ends, in bytes."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def add(self, kind: str, node: ast.expr | ast.stmt, new: str) -> None:
        start, end = self.place(node)
        self.add_text(kind, start, end, new)

    def add_text(self, kind: str, start: int, end: int, new: str) -> None:
        statement = self.statement
        assert statement is not None
        last = statement.end_lineno or statement.lineno
        body = getattr(statement, "body", None)
        if isinstance(body, list) and body:
            last = max(statement.lineno, body[0].lineno - 1)
        old = self.source[start:end].decode()
        self.sites.append(Site(self.path, kind, start, end, old, new, statement.lineno, last, self.depth == 0))

    def visit_body(self, body: list[ast.stmt]) -> None:
        for at, statement in enumerate(body):
            if is_text(statement) or is_only_for_types(statement):
                continue
            self.statement = statement
            self.visit_statement(statement)
            following = body[at + 1] if at + 1 < len(body) else None
            if following is not None and is_simple(statement) and is_simple(following) and depend(statement, following):
                self.statement = statement
                self.swap(statement, following)

    def visit_statement(self, statement: ast.stmt) -> None:
        if is_simple(statement) and self.depth > 0:  # a name that is not there is noticed by anything
            self.add("deleted statement", statement, "pass")
        inner = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
        for name, value in ast.iter_fields(statement):
            if name in ("annotation", "returns", "type_params"):
                continue
            if name == "args":
                self.visit_defaults(value)
            elif isinstance(value, ast.expr):
                self.visit_expression(value)
            elif isinstance(value, list):
                self.depth += inner
                if value and isinstance(value[0], ast.stmt):
                    self.visit_body(value)
                else:
                    self.visit_parts(value)
                self.depth -= inner
            self.statement = statement

    def visit_parts(self, parts: list[Any]) -> None:
        """Handlers, cases, items of `with`, targets, names."""
        for part in parts:
            if isinstance(part, ast.expr):
                self.visit_expression(part)
            elif isinstance(part, (ast.ExceptHandler, ast.match_case)):
                outer = self.statement
                self.visit_body(part.body)
                self.statement = outer
            elif isinstance(part, ast.withitem):
                self.visit_expression(part.context_expr)

    def visit_defaults(self, args: ast.arguments) -> None:
        for default in [*args.defaults, *args.kw_defaults]:
            if default is not None:
                self.visit_expression(default)

    def visit_expression(self, node: ast.expr) -> None:
        for new, kind in changes(node, self.rng):
            self.add(kind, node, f"({ast.unparse(new)})")
        if is_literal(node):
            self.change_word(node)
        parts: list[ast.expr] | None = None
        if isinstance(node, ast.Call) and not node.keywords:
            parts = node.args
        elif isinstance(node, (ast.Tuple, ast.List)):
            parts = node.elts
        if parts is not None and len(parts) > 1 and not any(isinstance(p, ast.Starred) for p in parts):
            at = self.rng.randrange(len(parts) - 1)
            self.swap(parts[at], parts[at + 1])
        if isinstance(node, ast.JoinedStr):
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.visit_expression(child)
            elif isinstance(child, ast.keyword) and child.arg != "strict":  # of `zip`: an assertion
                self.visit_expression(child.value)
            elif isinstance(child, ast.comprehension):
                self.visit_expression(child.iter)
                for condition in child.ifs:
                    self.visit_expression(condition)

    def swap(self, one: ast.expr | ast.stmt, other: ast.expr | ast.stmt) -> None:
        """Two neighbours in each other's place."""
        (start, middle), (after, end) = self.place(one), self.place(other)
        first, between, second = self.source[start:middle], self.source[middle:after], self.source[after:end]
        if first != second:
            self.add_text("order", start, end, (second + between + first).decode())

    def change_word(self, node: ast.expr) -> None:
        """One word of a text loses its last letter."""
        start, end = self.place(node)
        words = list(WORD.finditer(self.source[start:end].decode()))
        if words:
            word = self.rng.choice(words)
            text = self.source[start:end].decode()
            self.add_text("word", start, end, text[: word.end() - 1] + text[word.end() :])


def changes(node: ast.expr, rng: random.Random) -> Iterator[tuple[ast.expr, str]]:
    """A node with a fault in it, each way that there is, and the kind of fault."""
    new = copy.deepcopy(node)
    if isinstance(new, ast.Compare):
        at = rng.randrange(len(new.ops))
        swapped = COMPARISONS[type(new.ops[at])]
        new.ops[at] = swapped()
        yield new, "comparison"
    elif isinstance(new, ast.BoolOp):
        new.op = ast.Or() if isinstance(new.op, ast.And) else ast.And()
        yield new, "and/or"
    elif isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.Not):
        yield new.operand, "not"
    elif isinstance(new, ast.BinOp) and type(new.op) in ARITHMETIC:
        if not any(is_literal(side) for side in (new.left, new.right)):
            new.op = ARITHMETIC[type(new.op)]()
            yield new, "arithmetic"
    elif isinstance(new, ast.Constant) and type(new.value) is bool:
        new.value = not new.value
        yield new, "truth"
    elif isinstance(new, ast.Constant) and type(new.value) is int:
        new.value += rng.choice((-1, 1))
        yield new, "number"
    elif isinstance(new, ast.Call) and isinstance(new.func, ast.Name) and len(new.args) == 1:
        if new.func.id == "reversed":
            yield new.args[0], "order"
        elif new.func.id == "sorted" and not new.keywords:
            new.keywords.append(ast.keyword("reverse", ast.Constant(True)))
            yield new, "order"


def is_literal(node: ast.expr) -> bool:
    """A text, which can't be subtracted."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def is_text(statement: ast.stmt) -> bool:
    """A docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def is_only_for_types(statement: ast.stmt) -> bool:
    """What is not there at run time, or tells nothing: imports, `TYPE_CHECKING`, `__slots__`, types, assertions."""
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Assert, ast.Pass)):
        return True
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return True
    if isinstance(statement, ast.If):
        return any(isinstance(n, ast.Name) and n.id == "TYPE_CHECKING" for n in ast.walk(statement.test))
    if isinstance(statement, ast.Assign):
        return any(isinstance(n, ast.Name) and n.id in ("TYPE_CHECKING", "__slots__") for n in statement.targets)
    return isinstance(statement, ast.Raise) and statement.exc is not None and "AssertionError" in ast.unparse(statement)


def is_simple(statement: ast.stmt) -> bool:
    """A statement without a body of its own."""
    return not hasattr(statement, "body") and not is_only_for_types(statement) and not is_text(statement)


def depend(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether two neighbours may do something else in the other order: not if both only set names of their own."""
    if not all(isinstance(s, (ast.Assign, ast.AnnAssign)) for s in (one, other)):
        return True
    if any(isinstance(node, (ast.Call, ast.Subscript)) for s in (one, other) for node in ast.walk(s)):
        return True
    names = [{ast.unparse(n) for n in ast.walk(s) if isinstance(n, (ast.Name, ast.Attribute))} for s in (one, other)]
    set_ = [{ast.unparse(t) for t in (s.targets if isinstance(s, ast.Assign) else [s.target])} for s in (one, other)]  # type: ignore[attr-defined]
    return bool(set_[0] & names[1] or set_[1] & names[0])


def is_sound(site: Site, source: bytes) -> bool:
    """Whether the file still parses and is another program than before."""
    changed = source[: site.start] + site.new.encode() + source[site.end :]
    try:
        return ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))
    except (SyntaxError, ValueError):
        return False


def choose(tree: Path, args: argparse.Namespace) -> list[Site]:
    """The faults of this seed: a kind at random, then a site of that kind, none twice, none on the same statement."""
    rng = random.Random(args.seed)
    kinds: dict[str, list[Site]] = {}
    sources: dict[str, bytes] = {}
    for file in sorted((tree / "pywasmtools").rglob("*.py")):
        path = str(file.relative_to(tree))
        if not args.tables and any(fnmatch.fnmatch(path, pattern) for pattern in TABLES):
            continue
        if args.room and not any(path.startswith((f"pywasmtools/{r}/", f"pywasmtools/{r}.py")) for r in args.room):
            continue
        if args.path and not any(fnmatch.fnmatch(path, pattern) for pattern in args.path):
            continue
        sources[path] = file.read_bytes()
        for site in Finder(path, sources[path], rng).sites:
            if not args.kind or site.kind in args.kind:
                kinds.setdefault(site.kind, []).append(site)
    chosen: list[Site] = []
    used: set[tuple[str, int]] = set()
    names = sorted(kinds)
    while len(chosen) < args.count and any(kinds.values()):
        sites = kinds[rng.choice(names)]
        if not sites:
            continue
        site = sites.pop(rng.randrange(len(sites)))
        if (site.path, site.first) not in used and is_sound(site, sources[site.path]):
            used.add((site.path, site.first))
            chosen.append(site)
    return chosen


# --- The tests ----------------------------------------------------------------------------------------------------


def copy_tree(folder: Path) -> Path:
    """A copy of the tree to plant faults in."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, folder / name)
    return folder


def hashes(tree: Path) -> dict[str, str]:
    """The files that the map of reached lines depends on, with hashes of what is in them."""
    files = [*(tree / "pywasmtools").rglob("*.py"), *(tree / "tests").rglob("*.py")]
    return {str(file.relative_to(tree)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(files)}


def pytest(tree: Path, arguments: list[str], seconds: float, **more: str) -> tuple[int | None, str]:
    """pytest in a copy of the tree: its status, none if it took too long, and what it printed."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPATH"] = os.pathsep.join([str(tree), str(tree / "scripts")])
    command = [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", "-q", "--tb=no"]
    command += ["--snapshot-warn-unused", *arguments]  # of some tests, as they are run here, others seem to be
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=tree, env=env | more, stdout=output, stderr=output, start_new_session=True, preexec_fn=limit
        )
        status: int | None
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            status = None
        output.seek(0)
        return status, output.read().decode(errors="replace")


def limit() -> None:
    """A fault may ask for endless memory."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def measure(tree: Path, files: list[str]) -> Reach:
    """Runs the tests of some files, or all, once under coverage, in a copy of the tree without a fault."""
    from coverage import CoverageData
    from coverage.exceptions import CoverageException

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Whole processes that a test starts read this file anew: the context of what they run is that test.
        (folder / "rc").write_text(
            f"[run]\nsource = {tree}/pywasmtools\nparallel = true\npatch = _exit\n"
            f"data_file = {folder}/data\ncontext = ${{PYTEST_CURRENT_TEST}}\n"
        )
        more = {"COVERAGE_PROCESS_START": str(folder / "rc"), "PLANT_FAULTS_MEASURE": str(folder / "tests.json")}
        status, output = pytest(tree, files, MEASURING, **more)
        if status != 0:
            raise SystemExit(f"the tests must pass before a fault is planted:\n{output[-3000:]}")
        seconds: dict[str, float] = json.loads((folder / "tests.json").read_text())
        data = CoverageData(str(folder / "all"))
        for part in sorted(folder.glob("data.*")):
            piece = CoverageData(str(part))
            try:
                piece.read()
                data.update(piece)
            except CoverageException as fault:  # a process that its test ended while it wrote
                print(f"left out of the map: {fault}", file=sys.stderr)
        tests = sorted(seconds)
        index = {test: at for at, test in enumerate(tests)}
        lines: dict[str, dict[int, list[int]]] = {}
        for file in data.measured_files():
            reached = lines.setdefault(str(Path(file).relative_to(tree)), {})
            for line, contexts in data.contexts_by_lineno(file).items():
                names = {re.sub(r" \((setup|call|teardown)\)$", "", c.strip("|").split("|")[-1]) for c in contexts}
                reached[line] = sorted(index[n] for n in names if n in index)
        return Reach(hashes(tree), [], tests, [seconds[t] for t in tests], lines)


def reach_of(trees: list[Path], kept: Path | None) -> Reach:
    """The map of reached lines: of a kept one, what is missing or has changed since is measured, a share of it in each tree.

    The map is kept after each share, so that a run which is ended goes on where it was.
    """
    now = hashes(trees[0])
    if kept is not None and kept.exists():
        stored = json.loads(kept.read_text())
        lines = {path: {int(n): tests for n, tests in reached.items()} for path, reached in stored["lines"].items()}
        program = [p for p, hash_ in now.items() if not p.startswith("tests/") and stored["files"].get(p) != hash_]
        reach = Reach(stored["files"], program, stored["tests"], stored["seconds"], lines)
    else:
        reach = Reach({p: hash_ for p, hash_ in now.items() if not p.startswith("tests/")}, [], [], [], {})
    again = [path for path in now if is_test(path) and reach.files.get(path) != now[path]]
    shares = [share for k in range(SHARES) if (share := again[k::SHARES])]
    free = list(trees)
    lock = threading.Lock()

    def measured(share: list[str]) -> None:
        nonlocal reach
        with lock:
            tree = free.pop()
        try:
            found = measure(tree, share)
        finally:
            with lock:
                free.append(tree)
        with lock:
            reach = merged(reach, found, now, share)
            if kept is not None:
                kept.write_text(json.dumps(reach._asdict()))

    with ThreadPoolExecutor(len(trees)) as pool:
        list(pool.map(measured, shares))
    return reach


def merged(old: Reach, new: Reach, now: dict[str, str], share: list[str]) -> Reach:
    """A map with the tests of some files measured again: of `old` what is of test files that are now as they were."""
    kept = [k for k, test in enumerate(old.tests) if now.get(file := test.split("::")[0]) == old.files.get(file)]
    places = {k: at for at, k in enumerate(kept)}
    lines = {
        path: {line: [places[k] for k in tests if k in places] for line, tests in reached.items()}
        for path, reached in old.lines.items()
    }
    for path, reached in new.lines.items():
        into = lines.setdefault(path, {})
        for line, tests in reached.items():
            into.setdefault(line, []).extend(k + len(kept) for k in tests)
    files = old.files | {path: now[path] for path in share}
    names = [old.tests[k] for k in kept] + new.tests
    return Reach(files, old.changed, names, [old.seconds[k] for k in kept] + new.seconds, lines)


def tests_of(site: Site, reach: Reach, budget: float) -> list[str]:
    """The tests that reach a site, those of its own room first, then the quick ones, as many as `budget` seconds allow."""
    lines = reach.lines.get(site.path, {})
    unsure = site.outside or site.path in reach.changed
    hit = {test for line in range(site.first, site.last + 1) for test in lines.get(line, ())}
    near = {test for reached in lines.values() for test in reached} if unsure else hit
    room = "tests/" + "/".join(site.path.split("/")[1:2])
    rows = [
        (test not in near, not name.startswith(room), reach.seconds[test], name)
        for test, name in enumerate(reach.tests)
        if (unsure or test in hit) and not name.startswith(ELSEWHERE)
    ]
    chosen: list[str] = []
    for *_, seconds, name in sorted(rows):
        budget -= seconds
        if budget < 0:
            break
        chosen.append(name)
    return chosen


def is_test(path: str) -> bool:
    return path.split("/")[-1].startswith("test_")


def try_fault(tree: Path, site: Site, reach: Reach, budget: float) -> Outcome:
    """Plants a fault in a copy of the tree, runs the tests that reach it, and takes it out again."""
    chosen = tests_of(site, reach, budget)
    if not chosen:
        return Outcome("not reached", "", 0, 0.0)
    file = tree / site.path
    source = file.read_bytes()
    selection = tree / "selection.json"
    selection.write_text(json.dumps(chosen))
    files = sorted({test.split("::")[0] for test in chosen})
    known = dict(zip(reach.tests, reach.seconds, strict=True))
    began = time.monotonic()
    try:
        write(file, source[: site.start] + site.new.encode() + source[site.end :])
        allowed = 120 + 10 * sum(known.get(test, 10.0) for test in chosen)
        status, output = pytest(tree, ["-x", *files], allowed, PLANT_FAULTS_SELECTION=str(selection))
    finally:
        write(file, source)
    took = time.monotonic() - began
    if status == 0:
        return Outcome("not noticed", "", len(chosen), took)
    if status is None:
        return Outcome("noticed", "(took too long)", len(chosen), took)
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
    return Outcome("noticed", failed[1] if failed else "(no start)", len(chosen), took)


def write(file: Path, contents: bytes) -> None:
    """Writes a file and drops what was compiled of it: the compiler looks at seconds and sizes only."""
    file.write_bytes(contents)
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


# --- The command --------------------------------------------------------------------------------------------------


def difference(site: Site, tree: Path) -> str:
    """The lines that a fault changes, before and after."""
    source = (tree / site.path).read_bytes()
    start = source.rfind(b"\n", 0, site.start) + 1
    end = source.find(b"\n", site.end)
    before = source[start:end].decode()
    after = (source[start : site.start] + site.new.encode() + source[site.end : end]).decode()
    return "\n".join([*(f"- {line}" for line in before.split("\n")), *(f"+ {line}" for line in after.split("\n"))])


def attempt_all(
    trees: list[Path], sites: list[Site], reach: Reach, budget: float, say: Callable[[int, Outcome], None]
) -> list[Outcome]:
    """All faults, one at a time in each copy of the tree."""
    free = list(trees)
    lock = threading.Lock()

    def attempt(at: int) -> Outcome:
        with lock:
            tree = free.pop()
        try:
            outcome = try_fault(tree, sites[at], reach, budget)
        finally:
            with lock:
                free.append(tree)
        with lock:
            say(at, outcome)
        return outcome

    with ThreadPoolExecutor(len(trees)) as pool:
        return list(pool.map(attempt, range(len(sites))))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--room", action="append", help="a room of the package: wat, validate, load …")
    parser.add_argument("--path", action="append", help="a pattern of paths: pywasmtools/wat/print/*")
    parser.add_argument("--kind", action="append", help="a kind of fault: comparison, number, word …")
    parser.add_argument("--map", type=Path, help="where the map of reached lines is kept")
    parser.add_argument("--json", type=Path, help="where to write all outcomes")
    parser.add_argument("--budget", type=float, default=300, help="seconds of tests for one fault, as they took alone")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="the numbers of faults to plant, of those chosen")
    parser.add_argument("--tables", action="store_true", help="files of generated tables too")
    parser.add_argument("--fuzz", type=float, help="look for each fault with `pywasmtools fuzz`, for so many seconds")
    parser.add_argument("--fuzz-jobs", type=int, default=os.cpu_count() or 1, help="its --jobs")
    parser.add_argument("--fuzz-seeds", action="append", type=Path, help="its --seeds")
    parser.add_argument("--list", action="store_true", help="print the faults and stop")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    if args.fuzz:
        sys.path.insert(0, str(ROOT / "scripts"))
        from fuzz_faults import fuzz_all

        return fuzz_all(args)
    with tempfile.TemporaryDirectory(prefix="planted-") as name:
        trees = [copy_tree(Path(name) / str(at)) for at in range(args.jobs)]
        sites = choose(trees[0], args)
        numbers = [int(n) for n in args.only.split(",")] if args.only else list(range(len(sites)))
        pristine = trees[0]
        shown = [difference(site, pristine) for site in sites]
        if args.list:
            for at in numbers:
                print(f"{at:3} {sites[at].kind}: {sites[at].path}:{sites[at].first}\n{shown[at]}")
            return 0
        reach = reach_of(trees, args.map)

        def say(at: int, outcome: Outcome) -> None:
            site = sites[numbers[at]]
            by = f" by {outcome.by}" if outcome.by else ""
            print(f"{numbers[at]:3} {outcome.verdict}{by} ({outcome.tests} tests, {outcome.seconds:.1f} s): "
                  f"{site.kind}, {site.path}:{site.first}", flush=True)  # fmt: skip
            if outcome.verdict != "noticed":
                print(shown[numbers[at]], flush=True)

        outcomes = attempt_all(trees, [sites[n] for n in numbers], reach, args.budget, say)
    counts = {v: sum(o.verdict == v for o in outcomes) for v in ("noticed", "not noticed", "not reached")}
    print(f"seed {args.seed}: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    if args.json:
        rows = [
            {"number": n, **sites[n]._asdict(), **outcome._asdict(), "difference": shown[n]}
            for n, outcome in zip(numbers, outcomes, strict=True)
        ]
        args.json.write_text(json.dumps({"seed": args.seed, "counts": counts, "faults": rows}, indent=1))
    return 0


# --- The plugin of pytest -----------------------------------------------------------------------------------------

DURATIONS: Final[dict[str, float]] = {}


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Of all tests collected those in the selection, in its order."""
    named = os.environ.get("PLANT_FAULTS_SELECTION")
    if named:
        order = {test: at for at, test in enumerate(json.loads(Path(named).read_text()))}
        places = {item: order.get(item.nodeid, order.get(item.nodeid.split("::")[0], -1)) for item in items}
        config.hook.pytest_deselected(items=[item for item in items if places[item] < 0])
        items[:] = sorted((item for item in items if places[item] >= 0), key=places.__getitem__)


def pytest_runtest_logstart(nodeid: str) -> None:
    """While the map is measured: what runs from here on is this test's."""
    if "PLANT_FAULTS_MEASURE" in os.environ:
        import coverage

        current = coverage.Coverage.current()
        assert current is not None
        current.switch_context(nodeid)


def pytest_runtest_logreport(report: Any) -> None:
    """How long a test takes, for those that are not skipped."""
    if report.when == "call" and report.passed:
        DURATIONS[report.nodeid] = report.duration


def pytest_sessionfinish() -> None:
    if named := os.environ.get("PLANT_FAULTS_MEASURE"):
        Path(named).write_text(json.dumps(DURATIONS))


if __name__ == "__main__":
    sys.exit(main())
