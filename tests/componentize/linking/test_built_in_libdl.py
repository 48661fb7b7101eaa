"""What other libraries see of the built-in `libdl.so`: each function with its type, and what it wants of `libc.so`.

Its bytes are the reference's. Whoever asks for something that it does not have is refused, and these goldens need no bytes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Asked, asked  # noqa: F401
from libraries import GO, MEMORY, env, exported, func_address, library, needing
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, link
from pywasmtools.cli.tools.link import libdl_of_real

HAS = {
    "dlclose": "(param i32) (result i32)",
    "dlerror": "(result i32)",
    "dlopen": "(param i32 i32) (result i32)",
    "dlsym": "(param i32 i32) (result i32)",
}
WANTS = {"memcmp": "(param i32 i32 i32) (result i32)", "strlen": "(param i32) (result i32)"}
SIGNATURES = ("", *{*HAS.values(), *WANTS.values()}, "(param i32)", "(param i64) (result i32)", "(param i32 i32)")


def app(fields: str) -> bytes:
    return library(needing("libdl.so", "libc.so") + fields + GO, "go")


def libc(has: dict[str, str]) -> bytes:
    return library(MEMORY + "".join([exported(name, signature) for name, signature in has.items()]))


def told(asked: Asked, fields: str, has: dict[str, str]) -> str:  # noqa: F811
    Path("app.wasm").write_bytes(app(fields))
    Path("libc.wasm").write_bytes(libc(has))
    argv = ["component", "link", "app.wasm", "libc.so=libc.wasm", "--use-built-in-libdl", "-o", "o.wasm"]
    return asked.answer(argv)


def test_functions_that_it_does_not_have(asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    found = ""
    for name in (*HAS, "dlinfo", "memcpy", "dlerr"):
        for signature in sorted(SIGNATURES):
            if HAS.get(name) != signature:
                found += f"== {name} {signature}\n{told(asked, env(name, signature), WANTS)}"
    assert found == golden


def test_what_it_wants_of_libc(asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    found = ""
    cases = [{}, *[{name: signature} for name, signature in WANTS.items()]]
    cases += [
        WANTS | {name: signature} for name in WANTS for signature in sorted(SIGNATURES) if WANTS[name] != signature
    ]
    for has in cases:
        found += f"== {has}\n{told(asked, env('dlerror', HAS['dlerror']), has)}"
    assert found == golden


@pytest.mark.parametrize("name", HAS)
@pytest.mark.parametrize("how", ["import", "address"])
def test_functions_that_it_has(name: str, how: str) -> None:
    # It is there for these, and then its bytes are asked for.
    libraries = {"app": app(env(name, HAS[name]) if how == "import" else func_address(name)), "libc.so": libc(WANTS)}
    with pytest.raises(WasmToolsError, match=r"`libdl.so`, which is needed, is code of wit-component"):
        link(libraries, use_built_in_libdl=True)


@pytest.mark.parametrize("name", HAS)
def test_linked_with_it(
    name: str,
    asked: Asked,  # noqa: F811
    the_reference: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WASM_TOOLS_REFERENCE", str(the_reference))
    fields = env(name, HAS[name]) + func_address(name)
    asked.recording = True
    assert told(asked, fields, WANTS) == "status 0\n"
    ours = link({"app.wasm": app(fields), "libc.so": libc(WANTS)}, use_built_in_libdl=True, libdl=libdl_of_real)
    assert ours == Path("o.wasm").read_bytes()
