"""The library's functions: what each takes, that it gives the bytes of its command, and what its errors say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assemble import assemble

import pywasmtools
from pywasmtools import (
    Dummy,
    Form,
    Resolve,
    WasmToolsError,
    component_embed,
    component_new,
    component_wit,
    decode,
    parse_wit,
    print_wit,
)

WIT = """package a:b@1.2.3;

interface i {
  /// Says so.
  f: func(x: u32) -> string;

  @unstable(feature = more)
  g: func();
}

world w {
  import i;
  export run: func();
}
"""

MODULE = assemble('(module (func (export "run")))')
WRONG = assemble('(module (func (export "run") (result i32) (i32.const 0)))')


@pytest.fixture
def wit_file(tmp_path: Path) -> Path:
    path = tmp_path / "a.wit"
    path.write_text(WIT)
    return path


@pytest.fixture
def command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., bytes]:
    """Runs our command over files, and returns what it wrote to `-o`."""
    from pywasmtools.cli.main import main

    def execute(*args: str | Path, **files: bytes) -> bytes:
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        paths = [str(tmp_path / arg) if (tmp_path / arg).is_file() else str(arg) for arg in args]
        assert main(["component", *paths, "-o", str(tmp_path / "out")]) == 0, capfd.readouterr().err
        return (tmp_path / "out").read_bytes()

    return execute


def test_the_face_has_what_it_lists() -> None:
    for name in pywasmtools.__all__:
        assert hasattr(pywasmtools, name)
    with pytest.raises(AttributeError, match="has no attribute 'component_print'"):
        getattr(pywasmtools, "component_print")  # noqa: B009


@pytest.mark.parametrize("form", ["text", "json", "wasm"])
def test_wit_in_every_form(form: Form, wit_file: Path, command: Callable[..., bytes]) -> None:
    option = {"text": [], "json": ["-j"], "wasm": ["-w"]}[form]
    expected = command("wit", wit_file, *option)
    assert component_wit(WIT, form=form) == expected
    assert component_wit(wit_file, form=form) == expected
    assert component_wit(wit_file.parent, form=form) == expected
    binary = component_wit(WIT, form="wasm")
    assert component_wit(binary, form=form) == command("wit", "in.wasm", *option, **{"in.wasm": binary})


def test_wit_with_options(wit_file: Path, command: Callable[..., bytes]) -> None:
    assert b"Says so" not in component_wit(WIT, docs=False)
    assert component_wit(WIT, docs=False) == command("wit", wit_file, "--no-docs")
    for options in ({"features": ["other", "more"]}, {"all_features": True}):
        assert component_wit(WIT, **options) == command("wit", wit_file, "--features", "more")
    names = component_wit(WIT, form="wasm", emit_canonical_names=True)
    assert names == command("wit", wit_file, "-w", "--emit-canonical-names")
    assert names != component_wit(WIT, form="wasm")
    with pytest.raises(ValueError, match="`form` is one of 'text', 'json', 'wasm', not 'wat'"):
        component_wit(WIT, form="wat")  # type: ignore[arg-type]


def test_resolve_and_back() -> None:
    resolve = parse_wit(WIT, features=("more",))
    assert isinstance(resolve, Resolve)
    assert list(resolve.model.interfaces[0].functions) == ["f", "g"]
    text = print_wit(resolve)
    assert text.encode() == component_wit(WIT, all_features=True)
    assert print_wit(decode(component_wit(text, form="wasm", all_features=True))) == text
    assert "///" not in print_wit(resolve, docs=False)


def test_print_one_of_several_packages() -> None:
    resolve = parse_wit("package a:main;\ninterface i {}\npackage a:inner {\n  interface j {}\n}\n")
    names = [str(package.name) for package in resolve.model.packages]
    text = print_wit(resolve, names.index("a:inner"))
    assert text.startswith("package a:inner;\n") and "package a:main {\n" in text


def test_embed(wit_file: Path, command: Callable[..., bytes]) -> None:
    expected = command("embed", wit_file, "m.wasm", **{"m.wasm": MODULE})
    assert expected.startswith(MODULE)
    for source in (WIT, wit_file, wit_file.parent, component_wit(WIT, form="wasm")):
        assert component_embed(source, MODULE) == expected
    utf16 = component_embed(WIT, MODULE, world="a:b/w@1.2.3", encoding="utf16", all_features=True)
    assert utf16 == command("embed", wit_file, "m.wasm", "-w", "w", "--encoding", "utf16", "--all-features")
    assert component_embed(WIT) == command("embed", wit_file, "--only-custom")
    for module, rest in ((None, ["--only-custom"]), (MODULE, ["m.wasm"])):
        data = component_embed(WIT, module, emit_canonical_names=True)
        assert data == command("embed", wit_file, "--emit-canonical-names", *rest)


def test_new(command: Callable[..., bytes]) -> None:
    embedded = component_embed(WIT, MODULE)
    component = component_new(embedded)
    assert component == command("new", "m.wasm", **{"m.wasm": embedded})
    options: list[tuple[dict[str, Any], str]] = [
        ({"validate": False}, "--validate=false"),
        ({"reject_legacy_names": False}, "--validate=true"),
        ({"realloc_via_memory_grow": True}, "--realloc-via-memory-grow"),
        ({"merge_imports_based_on_semver": False}, "--merge-imports-based-on-semver=false"),
        ({"emit_canonical_names": True}, "--emit-canonical-names"),
        ({"debug_names": False}, "--debug-names=false"),
        ({"return_call_ref": True}, "--return-call-ref=true"),
    ]
    for keywords, option in options:
        assert component_new(embedded, **keywords) == command("new", "m.wasm", option)
    assert "export run: func();" in print_wit(decode(component))


def test_errors_are_those_of_the_commands(wit_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from pywasmtools.cli.main import main

    embedded = component_embed(WIT, WRONG)
    module = wit_file.with_name("m.wasm")
    module.write_bytes(embedded)
    wit_file.write_text("package a:b; world w { import i; }")
    missing = wit_file.parent / "missing"
    cases: list[tuple[Callable[[], object], list[str]]] = [
        (lambda: component_new(embedded), ["new", str(module)]),
        (lambda: component_wit(wit_file), ["wit", str(wit_file)]),
        (lambda: component_wit(missing), ["wit", str(missing)]),
        (lambda: component_embed(wit_file, MODULE), ["embed", str(wit_file), str(module)]),
    ]
    for call, args in cases:
        with pytest.raises(WasmToolsError) as e:
            call()
        assert main(["component", *args]) == 1
        assert capfd.readouterr().err == f"error: {e.value}\n"
    # Text without a name of its own is called `<input>`.
    with pytest.raises(WasmToolsError, match=r"--> <input>:1:31"):
        parse_wit("package a:b; world w { import i; }")


def test_a_dummy_in_each_scheme_of_names(wit_file: Path, command: Callable[..., bytes]) -> None:
    options: dict[Dummy, list[str]] = {
        "standard32": ["--dummy"],
        "legacy": ["--dummy-names", "legacy"],
        "legacy-async-callback": ["--dummy-names", "legacy", "--async-callback"],
        "legacy-async-stackful": ["--dummy-names", "legacy", "--async-stackful"],
    }
    for names, given in options.items():
        assert component_embed(wit_file, dummy=names) == command("embed", wit_file, *given)
    with pytest.raises(WasmToolsError, match="non-legacy mangling not yet supported"):
        component_embed(wit_file, dummy="standard32-async-callback")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`dummy` is one of 'standard32', 'legacy'"):
        component_embed(wit_file, dummy="modern")  # type: ignore[arg-type]


def test_a_module_may_be_a_function_called_once_the_world_is_known(wit_file: Path) -> None:
    assert component_embed(wit_file, lambda: MODULE) == component_embed(wit_file, MODULE)
    with pytest.raises(WasmToolsError, match="nowhere"):
        component_embed(wit_file, lambda: pytest.fail("was read"), world="nowhere")


def test_adapters_come_as_a_dict_or_as_pairs(wit_file: Path) -> None:
    module = component_embed(wit_file, dummy="legacy")
    adapter = component_embed("package c:d; world a {}", MODULE)
    assert component_new(module, adapters={"x": adapter}) == component_new(module, adapters=[("x", adapter)])
