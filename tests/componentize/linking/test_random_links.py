"""Libraries put together at random are linked as the reference links them, or refused in its words."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest
from libraries import GO, I_EXPORTS, REALLOC, data_address, dylink, env, exported, func_address, library, needing

from pywasmtools.cli.main import main

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("PYWASMTOOLS_LINKS", "40"))
"""How many links; a hundred take some ten seconds."""

SIGNATURES = ["", "(param i32)", "(param i32 i64) (result f32)"]
WORLDS = {"": "", "go": GO, "exports": I_EXPORTS, "imports": '(import "t:t/i@1.0.0" "f" (func (param i32 i32 i32)))'}

CONVENTIONS = [
    '(import "env" "memory" (memory 1))',
    '(import "env" "__indirect_function_table" (table 0 funcref))',
    '(import "env" "__memory_base" (global i32))',
    '(import "env" "__table_base" (global i32))',
    '(import "env" "__stack_pointer" (global (mut i32)))',
    '(import "env" "__init_stack_pointer" (global i32))',
    '(import "env" "__asyncify_data" (global (mut i32)))',
    '(import "$root" "[thread-new-indirect-v0]" (func (param i32 i32) (result i32)))',
    *map(
        data_address, ("__heap_base", "__heap_end", "__stack_high", "__wasm_libdl_libraries", "__wasm_program_tls_info")
    ),
    env("__wasm_get_tls_base", "(result i32)"),
    env("__wasm_set_tls_base", "(param i32)"),
    '(global (export "__wasm_library_tls_info") i32 (i32.const 4))',
    '(func (export "__wasm_apply_data_relocs"))',
    '(func (export "__wasm_call_ctors"))',
    '(func (export "__wasm_task_hook") (param i32))',
]

OPTIONS = [
    "--debug-names=false",
    "--return-call-ref",
    "--stack-size=3",
    "--emit-canonical-names",
    "--validate=false",
    "--use-built-in-libdl",
]


def random_library(rng: random.Random, first: bool, others: list[str]) -> bytes:
    """The first one exports nearly all, so that not everything is missing."""
    sizes = [rng.choice([0, 1, 5, 70000]), rng.randrange(5), rng.randrange(3), rng.randrange(3)]
    fields = [dylink(f"mem-info (memory {sizes[0]} {sizes[1]}) (table {sizes[2]} {sizes[3]})")]
    if others and rng.random() < 0.5:
        fields.append(needing(*rng.sample(others, 1)))
    for k in range(6):
        signature = SIGNATURES[k % 3]
        if (first and k) or rng.random() < 0.2:
            fields.append(exported(f"f{k}", signature))
            fields.append(f'(global (export "d{k}") i32 (i32.const {4 * k}))')
        elif rng.random() < 0.4:
            fields.append(env(f"f{k}", signature))
            if rng.random() < 0.3:
                fields.append(dylink(f'import-info "env" "f{k}" binding-weak'))
        if k and rng.random() < 0.2:
            fields += [data_address(f"d{k}"), func_address(f"f{k}")]
    fields += rng.sample(CONVENTIONS, rng.randrange(6))
    if rng.random() < 0.6:
        fields.append(REALLOC)
    world = rng.choice(list(WORLDS))
    return library("".join([*fields, WORLDS[world]]), world, rng.choice(["utf8", "utf16"]))


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_random_link(
    seed: int,
    the_reference: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = random.Random(seed)
    names = rng.sample(["a", "b", "c", "libc.so"], rng.randrange(1, 5))
    argv = ["component", "link"]
    for number, name in enumerate(names):
        others = [other for other in names if other != name]
        Path(f"{number}.wasm").write_bytes(random_library(rng, number == 0, others))
        argv += ["--dl-openable"] * (rng.random() < 0.3) + [f"{name}={number}.wasm"]
    argv += ["--stub-missing-functions"] * (rng.random() < 0.7) + rng.sample(OPTIONS, rng.randrange(3))
    theirs = subprocess.run([str(the_reference), *argv, "-o", "r.wasm"], capture_output=True)
    status = main([*argv, "-o", "o.wasm"])
    if theirs.returncode not in (0, 1):
        assert status == 1, argv  # it crashed
        return
    assert (status, *capfdbinary.readouterr()) == (theirs.returncode, theirs.stdout, theirs.stderr), argv
    if status == 0:
        assert Path("o.wasm").read_bytes() == Path("r.wasm").read_bytes(), argv
