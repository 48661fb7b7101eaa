"""`scripts/bench.py`: which command lines are run, what is told of their times, and the charts."""

from __future__ import annotations

import re
import shlex
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import bench
import bench_inputs
import charts
import pytest
from bench import Program, Time
from bench_inputs import Growing, Row, Workshop

PROGRAMS = [Program("reference", ["real"]), Program("ours, interpreted", ["our", "s"]), Program("jco", ["node"], True)]
TITLES = [program.title for program in PROGRAMS]


def test_command_lines() -> None:
    row = Row("new", "component new 'a b' -o o", "new 'a b' -o o")
    assert bench.argvs_of(row, PROGRAMS) == {
        "reference": ["real", "component", "new", "a b", "-o", "o"],
        "ours, interpreted": ["our", "s", "component", "new", "a b", "-o", "o"],
        "jco": ["node", "new", "a b", "-o", "o"],
    }
    assert [*bench.argvs_of(Row("validate", "validate x"), PROGRAMS)] == TITLES[:2]


def test_times(tmp_path: Path) -> None:
    """In turn, the first run not counted; a run that fails ends it all."""
    log = tmp_path / "log"
    program = f"import sys; open({str(log)!r}, 'a').write(sys.argv[1]); "
    found = bench.times({n: [sys.executable, "-c", program, n] for n in ("a", "b")}, tmp_path, 3)
    assert log.read_text() == "abababab"
    failing = {"reference": [sys.executable, "-c", ""], "jco": [sys.executable, "-c", "import sys; sys.exit(1)"]}
    assert [*bench.times(failing, tmp_path, 1)] == ["reference"]
    assert all(0.001 < time.seconds < 30 for time in found.values())
    if sys.platform != "win32":
        assert found["a"].memory == 0
    program = "b'x' * (600 << 20)"
    assert (
        sys.platform == "win32" or 600 << 20 < bench.once([sys.executable, "-c", program], tmp_path).memory < 700 << 20
    )
    with pytest.raises(RuntimeError, match="status 3: no"):
        bench.once([sys.executable, "-c", "import sys; sys.stderr.write('no'); sys.exit(3)"], tmp_path)


def test_tables() -> None:
    mib = 1 << 20
    rows = [
        (
            "small",
            {
                "reference": Time(0.004, 13 * mib),
                "ours, interpreted": Time(0.024, 14 * mib),
                "jco": Time(0.25, 0),
                bench.BARE: Time(0.012, 9),
            },
        ),
        ("large", {"reference": Time(0.5, 20 * mib), "ours, interpreted": Time(1.25, 40 * mib)}),
    ]
    assert bench.table(rows, TITLES).splitlines() == [
        "|  | reference | ours, interpreted | jco | × bare | × reference |",
        "| --- | --- | --- | --- | --- | --- |",
        "| small | 4.0 ms, 13 MiB | 24 ms, 14 MiB | 250 ms | 2.0 | 6.0 |",
        "| large | 500 ms, 20 MiB | 1,250 ms, 40 MiB |  |  | 2.5 |",
    ]
    growing = Growing("wit", [(900, Row("wit", "x")), (1_234_567, Row("wit", "y"))])
    found = [{"reference": Time(0.004, 0)}, {"reference": Time(0.04, 0), "jco": Time(2, 0)}]
    assert bench.growth_table([(growing, found)], ["reference", "jco"]).splitlines()[2:] == [
        "| wit | 1 kB | 4.0 ms |  |",
        "| wit | 1,235 kB | 40 ms | 2,000 ms |",
    ]


def test_what_is_written_stands_between_the_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "p.md"
    monkeypatch.setattr(bench, "PAGE", page)
    page.write_text("before\n<!--bench-->\nold\n<!--/bench-->\nafter\n")
    for text in ("new\n", "newer\n"):
        bench.written(text)
        assert page.read_text() == f"before\n<!--bench-->\n{text}<!--/bench-->\nafter\n"
    page.write_text("nothing")
    with pytest.raises(SystemExit):
        bench.written("x")


def test_the_page_has_the_marks() -> None:
    text = bench.PAGE.read_text(encoding="utf-8")
    assert text.count(bench.BEGIN) == text.count(bench.END) == 1
    assert "Measured on " in text.partition(bench.BEGIN)[2].partition(bench.END)[0]


def test_inputs(tmp_path: Path, the_reference: Path) -> None:
    """Every command line over small inputs does what it says, under the reference; so does every one that grows."""
    shop = Workshop(tmp_path / "work", the_reference)
    shop.folder.mkdir()
    rows = bench_inputs.rows(shop, large=False)
    assert len({row.name for row in rows}) == len(rows) > 8
    monkey = [row for growing in small_growth(shop) for _, row in growing.rows]
    for row in (*rows, *monkey):
        bench.once([str(the_reference), *shlex.split(row.line)], shop.folder)


def small_growth(shop: Workshop) -> list[Growing]:
    patch = pytest.MonkeyPatch()
    with patch.context() as context:
        context.setattr(bench_inputs, "ITEMS", (4, 40))
        context.setattr(bench_inputs, "FUNCTIONS", (1, 10))
        found = bench_inputs.growing(shop)
    for growing in found:
        sizes = [size for size, _ in growing.rows]
        assert len(sizes) == 2 and 3 < sizes[1] / sizes[0] < 12
    return found


def test_axes() -> None:
    assert charts.decades([300, 4000, 900_000]) == (2, 6)
    assert charts.decades([0.01]) == (-2, 0)
    assert [charts.size_label(power) for power in (0, 2, 3, 5, 6, 7)] == [
        "1 B",
        "100 B",
        "1 kB",
        "100 kB",
        "1 MB",
        "10 MB",
    ]
    assert [charts.time_label(power) for power in (-6, -4, -3, -1, 0, 1)] == [
        "1 µs",
        "100 µs",
        "1 ms",
        "100 ms",
        "1 s",
        "10 s",
    ]


def test_a_chart() -> None:
    """Points lie where the axes say; a panel without a program has no line of it."""
    panels = [
        charts.Panel("one", {"a": [(100, 0.001), (10_000, 0.1)], "b": [(1000, 0.01)]}),
        charts.Panel("<two>", {"b": [(100, 0.1)]}),
    ]
    text = charts.drawn(panels, ["a", "b"])
    root = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    lines = {(e.get("class"), e.get("points")) for e in root.iter(f"{space}polyline")}
    left, top = charts.LEFT, charts.TOP
    wide, high = charts.PANEL
    corner, opposite = f"{left:.1f},{top + high:.1f}", f"{left + wide:.1f},{top:.1f}"
    assert lines == {
        ("c0", f"{corner} {opposite}"),
        ("c1", f"{left + wide / 2:.1f},{top + high / 2:.1f}"),
        ("c1", f"{left + wide + charts.GAP_X:.1f},{top:.1f}"),
    }
    assert [e.text for e in root.iter(f"{space}text") if e.get("class") == "title"] == ["one", "<two>"]
    assert "prefers-color-scheme:dark" in text
    assert (root.get("aria-label") or "").endswith("a, b. The numbers are in the table.")
    ids = re.findall(r'x2?="([\d.]+)"', text)
    assert max(map(float, ids)) <= charts.WIDTH
