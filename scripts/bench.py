"""How long commands take: ours interpreted, ours compiled, the reference, jco; the tables and charts of `docs/performance.md`.

    python scripts/bench.py                     in a fresh environment that it makes; prints tables
    python scripts/bench.py --compiled WHEEL    beside a compiled wheel (`scripts/build_compiled.py`)
    python scripts/bench.py --write             into docs/performance.md and docs/pictures/
    python scripts/bench.py --quick             small inputs alone, few runs

Whole processes, one program after the other in turn, so that what else the machine does meets all alike; the median of some runs
after one that is not counted. The reference is had as for the tests, jco from npm where there is Node; what can't be had is left
out, and said. Public tools and the standard library do all of it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Final, NamedTuple

if sys.platform != "win32":
    import resource

import bench_inputs
import charts
import make_go_modules
import reference
from bench_inputs import Growing, Row, Workshop

ROOT: Final = bench_inputs.ROOT
PAGE: Final = ROOT / "docs" / "performance.md"
PICTURE: Final = ROOT / "docs" / "pictures" / "sizes.svg"
JCO: Final = "@bytecodealliance/jco@1.35.0"
BARE: Final = "python -c pass"
BEGIN, END = "<!--bench-->", "<!--/bench-->"


class Program(NamedTuple):
    """What is timed: its title, the words before the arguments, and whether it has jco's command line."""

    title: str
    command: list[str]
    is_jco: bool = False


class Time(NamedTuple):
    """The median of some runs in seconds, and the most memory in bytes; 0 where it is not known.

    It is known where it is more than this process has, which a child begins with.
    """

    seconds: float
    memory: int


def once(argv: list[str], folder: Path) -> Time:
    """One run, its output thrown away. Raises RuntimeError where it fails."""
    null = subprocess.DEVNULL
    memory = 0
    start = time.perf_counter()
    process = subprocess.Popen(argv, cwd=folder, stdin=null, stdout=null, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    if sys.platform == "win32":
        status = process.wait()
        seconds = time.perf_counter() - start
    else:
        _, ended, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        status = process.returncode = os.waitstatus_to_exitcode(ended)
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) if usage.ru_maxrss > own * 1.02 else 0
    process.stderr.close()
    if status:
        raise RuntimeError(f"{shlex.join(argv)}: status {status}: {said.decode(errors='replace')[:500]}")
    return Time(seconds, memory)


def times(argvs: dict[str, list[str]], folder: Path, runs: int) -> dict[str, Time]:
    """All of these in turn, so many times. jco is left out where it fails at first: not all of it runs everywhere."""
    found: dict[str, list[Time]] = {}
    for title, argv in argvs.items():
        try:
            once(argv, folder)
            found[title] = []
        except RuntimeError as e:
            if title != "jco":
                raise
            print(f"left out: {e}".partition("\n")[0], file=sys.stderr)
    for _ in range(runs):
        for title, made in found.items():
            made.append(once(argvs[title], folder))
    return {
        t: Time(statistics.median(m.seconds for m in all_), max(m.memory for m in all_)) for t, all_ in found.items()
    }


def argvs_of(row: Row, programs: list[Program]) -> dict[str, list[str]]:
    """A row's command lines by the program's title; without those that the program has no command for."""
    lines = {p.title: (row.jco if p.is_jco else row.line, p.command) for p in programs}
    return {title: [*command, *shlex.split(line)] for title, (line, command) in lines.items() if line}


# ------------------------------------------------------------------------------- programs


def environment(folder: Path, what: str) -> Path:
    """A fresh virtual environment with this installed; its `wasm-tools`, which has run once so that bytecode is there."""
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    command = [str(scripts / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", what]
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, env=env)
    return scripts / ("wasm-tools.exe" if sys.platform == "win32" else "wasm-tools")


def jco(given: Path | None) -> Program | None:
    """jco, from npm into the cache folder on first use; none where it can't be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if given is None and node and npm:
        folder = make_go_modules.cache() / JCO.split("/")[-1]
        given = folder / "node_modules" / "@bytecodealliance" / "jco"
        if not given.exists():
            folder.mkdir(parents=True, exist_ok=True)
            command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", JCO]
            if subprocess.run(command, capture_output=True).returncode:
                return None
    if node is None or given is None:
        return None
    entry = json.loads((given / "package.json").read_text())["bin"]
    return Program("jco", [node, str(given / (entry if isinstance(entry, str) else entry["jco"]))], True)


def machine() -> str:
    """What it was measured on, in a sentence."""
    model = platform.processor()
    if sys.platform == "linux":
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    system = f"{platform.system()} {platform.machine()}"
    today = datetime.date.today().isoformat()
    return (
        f"{model or 'a processor'}, {os.cpu_count()} of them, {system}, CPython {platform.python_version()}, {today}."
    )


# ------------------------------------------------------------------------------- what is shown


def shown(seconds: float) -> str:
    """A time with two digits or three, in milliseconds; `1,234 ms`."""
    return f"{seconds * 1000:.1f} ms" if seconds < 0.01 else f"{seconds * 1000:,.0f} ms"


def cell(found: Time | None) -> str:
    if found is None:
        return ""
    return shown(found.seconds) + (f", {found.memory / (1 << 20):.0f} MiB" if found.memory else "")


def table(results: list[tuple[str, dict[str, Time]]], titles: list[str]) -> str:
    """A table of rows, with how many times the reference ours takes, and a bare interpreter where that ran in turn with it."""
    head = ["", *titles, "× bare", "× reference"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name, found in results:
        ours = found["ours, interpreted"].seconds
        ratios = [f"{ours / found[title].seconds:.1f}" if title in found else "" for title in (BARE, "reference")]
        cells = [name, *(cell(found.get(title)) for title in titles), *ratios]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def growth_table(grown: list[tuple[Growing, list[dict[str, Time]]]], titles: list[str]) -> str:
    """The growing inputs: one row a command and size."""
    lines = [f"| | input | {' | '.join(titles)} |", f"|{' --- |' * (len(titles) + 2)}"]
    for growing, found in grown:
        for (size, _), one in zip(growing.rows, found, strict=True):
            times_ = [shown(one[title].seconds) if title in one else "" for title in titles]
            lines.append(f"| {growing.name} | {size / 1000:,.0f} kB | {' | '.join(times_)} |")
    return "\n".join(lines) + "\n"


def chart(grown: list[tuple[Growing, list[dict[str, Time]]]], titles: list[str]) -> str:
    panels = []
    for growing, found in grown:
        series: dict[str, list[charts.Point]] = {
            title: [
                (size, one[title].seconds) for (size, _), one in zip(growing.rows, found, strict=True) if title in one
            ]
            for title in titles
        }
        panels.append(charts.Panel(growing.name, {title: points for title, points in series.items() if points}))
    return charts.drawn(panels, titles)


def written(text: str) -> None:
    """The page with what was measured between its marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{PAGE} has no {BEGIN} … {END}")
    PAGE.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8", newline="\n")


# ------------------------------------------------------------------------------- the run


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--ours", type=Path, help="an installed `wasm-tools`, in place of one that is installed for this"
    )
    parser.add_argument(
        "--compiled", type=Path, help="a compiled wheel, or the `wasm-tools` of an environment with one"
    )
    parser.add_argument("--reference", type=Path, help="the real wasm-tools, in place of that of the tests")
    parser.add_argument("--jco", type=Path, help="the folder of npm's package")
    parser.add_argument("--runs", type=int, default=7, help="of small inputs; of large ones three")
    parser.add_argument("--quick", action="store_true", help="small inputs alone, three runs")
    parser.add_argument("--write", action="store_true", help="into the documentation")
    return parser.parse_args()


def programs_of(args: argparse.Namespace, scratch: Path) -> list[Program]:
    """The programs that there are, the reference first; those that can't be had are told."""
    real = args.reference or reference.reference()
    ours = args.ours or environment(scratch / "pure", str(ROOT))
    found = [Program("reference", [str(real)]), Program("ours, interpreted", [str(ours)])]
    if args.compiled is not None:
        built = args.compiled.resolve()
        place = environment(scratch / "compiled", str(built)) if built.suffix == ".whl" else built
        found.append(Program("ours, compiled", [str(place)]))
    other = jco(args.jco)
    if other is not None:
        found.append(other)
    for title in ("ours, compiled", "jco"):
        if title not in (p.title for p in found):
            print(f"left out: {title}", file=sys.stderr)
    return found


def main() -> int:
    args = arguments()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    runs = 3 if args.quick else args.runs
    with tempfile.TemporaryDirectory(prefix="pywasmtools-bench-") as name:
        scratch = Path(name)
        programs = programs_of(args, scratch)
        titles = [p.title for p in programs]
        shop = Workshop(scratch / "work", Path(programs[0].command[0]))
        shop.folder.mkdir()
        python = str(Path(programs[1].command[0]).with_name("python"))
        bare = [python, "-c", "pass"]
        results = []
        for row in bench_inputs.rows(shop, large=not args.quick):
            argvs = argvs_of(row, programs)
            found = times(argvs if row.large else {BARE: bare, **argvs}, shop.folder, 3 if row.large else runs)
            results.append((row.name, found))
            print(f"{row.name:<30}" + "".join(f"{title}: {cell(t):<20} " for title, t in found.items()), flush=True)
        grown = []
        for growing in [] if args.quick else bench_inputs.growing(shop):
            rows = [times(argvs_of(row, programs), shop.folder, 3) for _, row in growing.rows]
            grown.append((growing, rows))
    nothing = shown(statistics.median(found[BARE].seconds for _, found in results if BARE in found))
    text = f"Measured on {machine()} A bare `{BARE}` takes {nothing}.\n\n{table(results, titles)}"
    if grown:
        text += f"\n![How long each command takes, by the size of its input](pictures/{PICTURE.name})\n\n"
        text += growth_table(grown, titles)
    if args.write:
        written(text)
        if grown:
            PICTURE.write_text(chart(grown, titles), encoding="utf-8", newline="\n")
    else:
        print("\n" + text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
