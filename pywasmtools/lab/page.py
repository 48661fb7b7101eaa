"""What a differential run came to, as one page of HTML that needs nothing else: to be kept, or attached to a report."""

from __future__ import annotations

import difflib
from html import escape
from typing import TYPE_CHECKING

from pywasmtools.changes.core import first_difference
from pywasmtools.lab.binaries import MOST_LINES, Section, hex_rows, is_binary, sections, text_of
from pywasmtools.lab.show import as_text, outcome, said, size_of

if TYPE_CHECKING:
    from pywasmtools.lab.diff import Comparison

CONTEXT = 3
"""How many lines that are the same stand around those that differ."""

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --paper: #ffffff; --faint: #59636e; --rule: #d1d9e0;
  --gone: #ffebe9; --come: #dafbe1; --mark-gone: #ffc1bc; --mark-come: #9be9a8; --well: #1a7f37; --ill: #c8102e; --box: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9198a1; --rule: #3d444d;
  --gone: #3c1618; --come: #12331d; --mark-gone: #8e2a2f; --mark-come: #1f6b35; --well: #3fb950; --ill: #ff7b72; --box: #151b23; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.15rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--rule); padding-bottom: .25rem; }
h3 { font-size: .95rem; margin: 1.25rem 0 .4rem; }
code, pre, td.line, td.bytes { font: 12.5px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--box); padding: .75rem; overflow-x: auto; border-radius: 6px; margin: .5rem 0; }
table { border-collapse: collapse; }
th { text-align: left; font-weight: 600; color: var(--faint); }
th, td { padding: .15rem .75rem .15rem 0; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.well { color: var(--well); font-weight: 600; } .ill { color: var(--ill); font-weight: 600; } .faint { color: var(--faint); }
.scroll { overflow-x: auto; }
table.sides { width: 100%; table-layout: fixed; border: 1px solid var(--rule); }
table.sides th { padding: .3rem .5rem; background: var(--box); }
table.sides th.no, table.sides td.no { width: 3.5rem; text-align: right; color: var(--faint); padding: 0 .5rem; user-select: none;
  font: 12.5px/1.45 ui-monospace, monospace; }
table.sides td.line { white-space: pre-wrap; overflow-wrap: anywhere; padding: 0 .5rem; }
td.gone { background: var(--gone); } td.come { background: var(--come); }
td.gone b { background: var(--mark-gone); font-weight: inherit; } td.come b { background: var(--mark-come); font-weight: inherit; }
td.skip { color: var(--faint); text-align: center; background: var(--box); }
tr.differs td { background: var(--gone); }
@media (max-width: 640px) { body { padding: 1rem; } table.sides { min-width: 40rem; } }
"""


def page(comparison: Comparison) -> str:
    """The page: both programs, what each did, and each part that differs side by side."""
    a, b = comparison.reference, comparison.subject
    verdict = '<span class="well">same</span>' if comparison.same else '<span class="ill">differs</span>'
    out = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(comparison.command)}</title><style>{STYLE}</style></head><body><main>",
        f"<h1><code>$ {escape(comparison.command)}</code> {verdict}</h1>",
    ]
    out += [f"<p>Note: {escape(note)}.</p>" for note in comparison.notes]
    out.append("<table><thead><tr><th></th><th>reference</th><th>subject</th></tr></thead><tbody>")
    rows = [("program", *(program.title for program in comparison.programs))]
    rows.append(("says", *(program.says or "nothing" for program in comparison.programs)))
    rows.append(("status", str(a.status), str(b.status)))
    rows += [(name, size_of(a, name), size_of(b, name)) for name in ("stdout", "stderr", *sorted({*a.files, *b.files}))]
    for name, left, right in rows:
        mark = ' class="differs"' if name in comparison.differing else ""
        out.append(f"<tr{mark}><th>{escape(name)}</th><td>{escape(left)}</td><td>{escape(right)}</td></tr>")
    out.append("</tbody></table>")
    if comparison.same:
        out.append(f"<p>{escape(outcome(a))}</p>")
        if a.status:
            out.append(f"<h2>Both fail alike, and say</h2><pre>{escape(said(a.stderr))}</pre>")
    for name in comparison.differing:
        if name != "status":
            out.append(f"<h2>{escape(name)}</h2>")
            out += part(a.part(name), b.part(name))
    out.append("</main></body></html>\n")
    return "\n".join(out)


def part(a: bytes | None, b: bytes | None) -> list[str]:
    """A stream or file of both sides: text as lines, a binary as sections, text and the bytes where they part."""
    if a is None or b is None:
        only = "subject" if a is None else "reference"
        data = b if a is None else a
        return [f"<p>Only the {only} has it.</p>", *(one_side(data) if data is not None else [])]
    left, right = as_text(a), as_text(b)
    if left is not None and right is not None:
        return side_by_side(left.splitlines(), right.splitlines())
    at = first_difference(a, b)
    out = [f"<p>{len(a)} and {len(b)} bytes; the first difference is at {at:#x}.</p>"]
    if is_binary(a) and is_binary(b):
        out += ["<h3>Sections</h3>", *section_table(a, b)]
        out += ["<h3>As text</h3>", *side_by_side(text_of(a), text_of(b))]
    out += ["<h3>Bytes</h3>", '<div class="scroll"><table class="sides"><thead><tr>']
    out.append('<th class="no"></th><th>reference</th><th class="no"></th><th>subject</th></tr></thead><tbody>')
    for k in range(4):
        cells = []
        for data, other, kind in ((a, b, "gone"), (b, a, "come")):
            rows = hex_rows(data, at)
            if k >= len(rows):
                cells.append('<td class="no"></td><td></td>')
                continue
            start, row = rows[k]
            differs = other[start : start + len(row)] != row
            marked = " ".join(
                f"<b>{byte:02x}</b>"
                if differs and other[start + j : start + j + 1] != row[j : j + 1]
                else f"{byte:02x}"
                for j, byte in enumerate(row)
            )
            cells.append(f'<td class="no">{start:x}</td><td class="line {kind if differs else ""}">{marked}</td>')
        out.append(f"<tr>{''.join(cells)}</tr>")
    return [*out, "</tbody></table></div>"]


def one_side(data: bytes) -> list[str]:
    """What one side alone has."""
    text = as_text(data)
    lines = text.splitlines() if text is not None else text_of(data) if is_binary(data) else [f"{len(data)} bytes"]
    more = [f"… {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    return [f"<pre>{escape(chr(10).join([*lines[:MOST_LINES], *more]))}</pre>"]


def section_table(a: bytes, b: bytes) -> list[str]:
    """The sections of two binaries, matched by name and order; those that differ are marked."""
    left, right = sections(a), sections(b)
    matcher = difflib.SequenceMatcher(None, [s.path for s in left], [s.path for s in right], autojunk=False)
    out = ['<div class="scroll"><table><thead><tr><th>section</th><th>reference: at</th><th>bytes</th>']
    out.append("<th>subject: at</th><th>bytes</th></tr></thead><tbody>")

    def cells(section: Section | None) -> str:
        if section is None:
            return '<td class="number">-</td><td class="number">-</td>'
        return f'<td class="number">{section.start:#x}</td><td class="number">{section.end - section.body}</td>'

    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        for k in range(max(i2 - i1, j2 - j1)):
            one = left[i1 + k] if i1 + k < i2 else None
            two = right[j1 + k] if j1 + k < j2 else None
            shown = one or two
            assert shown is not None
            same = one is not None and two is not None and a[one.body : one.end] == b[two.body : two.end]
            name = f"{'&ensp;' * 2 * (len(shown.path) - 1)}{escape(shown.path[-1])}"
            if one is not None and two is not None and one.path != two.path:
                name += f" / {escape(two.path[-1])}"
            mark = "" if same else ' class="differs"'
            out.append(f"<tr{mark}><td>{name}</td>{cells(one)}{cells(two)}</tr>")
    return [*out, "</tbody></table></div>"]


def side_by_side(left: list[str], right: list[str]) -> list[str]:
    """Two texts in two columns: the lines that differ, each with what differs in it marked, and some around them."""
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=len(left) + len(right) > 4000)
    groups = list(matcher.get_grouped_opcodes(CONTEXT))
    if not groups:
        return ['<p class="faint">The same text.</p>']
    out = ['<div class="scroll"><table class="sides"><thead><tr><th class="no"></th><th>reference</th>']
    out.append('<th class="no"></th><th>subject</th></tr></thead><tbody>')
    count = 0
    for k, group in enumerate(groups):
        if k or group[0][1]:
            out.append('<tr><td class="skip" colspan="4">⋯</td></tr>')
        for tag, i1, i2, j1, j2 in group:
            for row in range(max(i2 - i1, j2 - j1)):
                one = left[i1 + row] if i1 + row < i2 else None
                two = right[j1 + row] if j1 + row < j2 else None
                count += 1
                if count <= MOST_LINES:
                    out.append(f"<tr>{cells_of(tag, one, i1 + row, two, j1 + row)}</tr>")
    if count > MOST_LINES:
        out.append(f'<tr><td class="skip" colspan="4">… {count - MOST_LINES} lines more</td></tr>')
    return [*out, "</tbody></table></div>"]


def cells_of(tag: str, one: str | None, i: int, two: str | None, j: int) -> str:
    """The four cells of a row: a number and a line for each side."""
    if tag == "equal":
        assert one is not None and two is not None
        return (
            f'<td class="no">{i + 1}</td><td class="line">{escape(one)}</td>'
            f'<td class="no">{j + 1}</td><td class="line">{escape(two)}</td>'
        )
    head, tail = 0, 0
    if one is not None and two is not None:
        most = min(len(one), len(two))
        while head < most and one[head] == two[head]:
            head += 1
        while tail < most - head and one[-1 - tail] == two[-1 - tail]:
            tail += 1

    def cell(text: str | None, number: int, kind: str) -> str:
        if text is None:
            return '<td class="no"></td><td class="line"></td>'
        stop = len(text) - tail
        marked = f"{escape(text[:head])}<b>{escape(text[head:stop])}</b>{escape(text[stop:])}"
        return f'<td class="no">{number + 1}</td><td class="line {kind}">{marked}</td>'

    return cell(one, i, "gone") + cell(two, j, "come")
