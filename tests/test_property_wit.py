"""Generated WIT packages: text to binary to text is a fixed point, and every form has the reference's bytes.

    python tests/test_property_wit.py FIRST COUNT      as many as one likes; prints those that differ

Under pytest a few dozen fixed seeds run, the comparison only where the reference can be had.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from recorder import reference

from pywasmtools import WasmToolsError, component_embed, component_wit
from pywasmtools.lab.fuzz.wit.made import generate

SEEDS = range(40)


def lay_out(files: dict[str, str], folder: Path) -> Path:
    """Writes a generated folder."""
    for name, text in files.items():
        path = folder / "wit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "wit"


def ours_of(command: str, folder: Path, world: str = "") -> bytes:
    """What the library makes of the folder, or the error's text."""
    try:
        if command == "embed":
            return component_embed(folder, world=world, all_features=True)
        return component_wit(folder, form=command, all_features=True)  # type: ignore[arg-type]
    except WasmToolsError as e:
        return f"error: {e}\n".encode()


def theirs_of(command: str, folder: Path, world: str = "") -> bytes:
    """The same of the reference."""
    argv = {
        "text": ["wit", str(folder)],
        "json": ["wit", "-j", str(folder)],
        "wasm": ["wit", "-w", str(folder)],
        "embed": ["embed", "--only-custom", "-w", world, str(folder)],
    }[command]
    done = subprocess.run([str(reference()), "component", *argv, "--all-features"], capture_output=True)
    return done.stderr if done.returncode else done.stdout


def differences(seed: int, folder: Path) -> list[str]:
    """Where ours and the reference's results differ for one seed: a line each."""
    files, worlds = generate(seed)
    wit = lay_out(files, folder)
    found = []
    for command, world in [("text", ""), ("json", ""), ("wasm", ""), *(("embed", world) for world in worlds)]:
        theirs, ours = theirs_of(command, wit, world), ours_of(command, wit, world)
        if theirs != ours and b"panicked at" not in theirs:
            found.append(f"seed {seed}: {command} {world}\n  reference {theirs!r:.400}\n  ours      {ours!r:.400}")
    return found


def not_fixed(seed: int, folder: Path) -> str:
    """What is not a fixed point for one seed; empty where all is."""
    wit = lay_out(generate(seed)[0], folder)
    binary = ours_of("wasm", wit)
    if binary.startswith(b"error: "):
        return ""
    text = component_wit(binary)
    try:
        again = component_wit(text.decode(), form="wasm", all_features=True)
    except WasmToolsError as e:
        return f"seed {seed}: {e}"
    if component_wit(again) != text:
        return f"seed {seed}: the text changes"
    if component_wit(component_wit(again).decode(), form="wasm", all_features=True) != again:
        return f"seed {seed}: the binary changes"
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_text_to_binary_to_text_is_a_fixed_point(seed: int, tmp_path: Path) -> None:
    assert not not_fixed(seed, tmp_path)


@pytest.mark.slow
def test_nearly_all_generated_packages_are_valid(tmp_path: Path) -> None:
    refused = []
    for seed in SEEDS:
        made = ours_of("wasm", lay_out(generate(seed)[0], tmp_path / str(seed)))
        if made.startswith(b"error: "):
            refused.append(made)
    assert len(refused) <= len(SEEDS) // 5, refused


@pytest.mark.slow
def test_every_form_is_the_reference_s(tmp_path: Path, the_reference: Path) -> None:
    found = [line for seed in SEEDS for line in differences(seed, tmp_path / str(seed))]
    assert not found, "\n".join(found)


def main() -> int:
    first, count = int(sys.argv[1]), int(sys.argv[2])
    bad = refused = 0
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as scratch:
            lines = differences(seed, Path(scratch))
            if os.path.exists(f"{scratch}/wit"):
                lines += filter(None, [not_fixed(seed, Path(scratch))])
                refused += ours_of("wasm", Path(scratch) / "wit").startswith(b"error: ")
        bad += bool(lines)
        for line in lines:
            print(line, flush=True)
    print(f"{count - bad} of {count} seeds alike; {refused} refused by both")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
