"""The pictures of commands in `docs/pictures/`: what they print in a terminal, drawn as SVG by rich.

    python scripts/draw_pictures.py           draws all
    python scripts/draw_pictures.py --check   status 1 where one is not as it would be drawn now

Each scene runs its command lines in an empty folder, with colours on, and draws what they print. Nothing is typed by hand but the
command lines and their input. A picture names no font that would have to be fetched, and says nothing of this machine: the same
output gives the same bytes. `diff` needs the real wasm-tools; without it that picture is left alone, which is said.
"""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ours import environment
from reference import reference
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"

WORLD = """\
package shop:till@1.0.0;

interface stock {
  enum problem { not-found, closed }
  price: func(item: string) -> result<u32, problem>;
}

world till {
  import stock;
  export total: func(count: u32) -> u32;
}
"""
MODULE = """\
(module $till
  (import "shop:till/stock@1.0.0" "price" (func $price (param i32 i32 i32)))
  (memory (export "memory") 1)
  (func $read (param i32) (result i32) (i32.load offset=4 (local.get 0)))
  (func $total (export "total") (param i32) (result i32)
    (call $price (i32.const 32) (i32.const 5) (i32.const 16))
    (i32.mul (local.get 0) (call $read (i32.const 16))))
  (data (i32.const 32) "apple"))
"""
NEWER_WORLD = WORLD.replace("  price", "  left: func() -> u32;\n  price").replace(
    "  export", "  export close: func();\n  export"
)
FIXED_MODULE = MODULE.replace("offset=4", "offset=8").replace(
    "(func $total", "(func $half (param i32) (result i32) (i32.shr_u (local.get 0) (i32.const 1)))\n  (func $total"
)
PATCHED = """\
#!/bin/sh
"$WASM_TOOLS_REFERENCE" "$@" | sed 's/string/String/'
"""
"""A wasm-tools with a fault, for `diff`."""

TEMPLATE = """\
<svg xmlns="http://www.w3.org/2000/svg" class="rich-terminal" viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px }}
.{unique_id}-title {{ font-family: system-ui, sans-serif; font-size: 16px }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""rich's own, without the fonts that it fetches."""

THEME = TerminalTheme(
    (22, 27, 34),
    (225, 228, 232),
    [
        (72, 79, 88),
        (255, 123, 114),
        (126, 231, 135),
        (242, 204, 96),
        (121, 192, 255),
        (210, 168, 255),
        (118, 227, 234),
        (200, 205, 210),
    ],
)


@dataclass
class Scene:
    """A picture: what lies in the folder, what runs unseen, and what is shown with its command line."""

    name: str
    title: str
    files: dict[str, str]
    unseen: list[str]
    shown: list[str]
    status: int = 0
    """Of the last command line."""
    width: int = 80
    """Columns."""
    needs_reference: bool = False


SCENES = [
    Scene(
        "people",
        "pywasmtools",
        {"old.wit": WORLD, "new.wit": NEWER_WORLD, "old.wat": MODULE, "new.wat": FIXED_MODULE},
        [f"pywasmtools assemble {name}.wat --wit old.wit -o {name}.wasm" for name in ("old", "new")],
        [
            "pywasmtools ls --types old.wasm",
            "pywasmtools explain old.wit new.wit",
            "pywasmtools explain old.wasm new.wasm",
        ],
        status=1,
    ),
    Scene(
        "diff",
        "pywasmtools diff",
        {"shop.wit": WORLD, "patched": PATCHED},
        ["chmod +x patched"],
        ["pywasmtools diff --subject ./patched -- component wit shop.wit"],
        status=1,
        needs_reference=True,
    ),
]


def commands(folder: Path) -> str:
    """A folder with `pywasmtools` and `wasm-tools` that run ours under this interpreter."""
    folder.mkdir()
    for name, code in (
        ("pywasmtools", "from pywasmtools.lab.main import entry; entry()"),
        ("wasm-tools", "from pywasmtools.cli.main import entry; entry()"),
    ):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -c {shlex.quote(code)} "$@"\n')
        script.chmod(0o755)
    return str(folder)


def output(scene: Scene) -> str:
    """What a scene prints, command lines too, with the escapes of its colours."""
    parts = []
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch, "work")
        work.mkdir()
        for name, text in scene.files.items():
            (work / name).write_text(text, encoding="utf-8")
        env = environment() | {
            "FORCE_COLOR": "1",
            "TERM": "xterm-256color",
            "COLUMNS": str(scene.width),
            "PYTHONIOENCODING": "utf-8",
        }
        env.pop("COLORTERM", None)
        env["PATH"] = f"{commands(Path(scratch, 'bin'))}:{env['PATH']}"
        replaced = {f"{os.path.realpath(work)}/": "./", f"{work}/": "./"}
        if scene.needs_reference:
            real = reference()
            env["WASM_TOOLS_REFERENCE"] = str(real)
            replaced[str(real)] = "/usr/local/bin/wasm-tools"
        for line in scene.unseen:
            subprocess.run(["sh", "-c", line], cwd=work, env=env, check=True)
        status = 0
        for line in scene.shown:
            done = subprocess.run(
                ["sh", "-c", line], cwd=work, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120
            )
            status = done.returncode
            parts.append(f"\x1b[32m$\x1b[0m \x1b[1m{line}\x1b[0m\n{done.stdout.decode()}\n")
    if status != scene.status:
        raise SystemExit(f"{scene.name}: status {status}, not {scene.status}:\n{''.join(parts)}")
    text = "".join(parts)
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


def drawn(scene: Scene) -> str:
    """The picture of a scene."""
    console = Console(
        record=True,
        file=io.StringIO(),
        width=scene.width,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    console.print(Text.from_ansi(output(scene).rstrip("\n")))
    svg = console.export_svg(title=scene.title, theme=THEME, code_format=TEMPLATE, unique_id=f"p-{scene.name}")
    return "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"


def main() -> int:
    check = "--check" in sys.argv[1:]
    wrong = 0
    for scene in SCENES:
        path = PICTURES / f"{scene.name}.svg"
        try:
            svg = drawn(scene)
        except (OSError, subprocess.CalledProcessError) as e:
            print(f"{path.name}: left alone: {e}")
            continue
        if check:
            same = path.is_file() and path.read_text(encoding="utf-8") == svg
            wrong += not same
            print(f"{path.name}: {'as drawn' if same else 'NOT as it would be drawn now'}")
        else:
            path.write_text(svg, encoding="utf-8", newline="\n")
            print(path.name)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
