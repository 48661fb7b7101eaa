"""What goes in is taken alike by every function, and wrong values are refused clearly; what comes out is what the command gives."""

from __future__ import annotations

import copy
import io
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from assemble import assemble
from conftest import ROOT

import pywasmtools
from pywasmtools import (
    Resolve,
    WasmToolsError,
    add_metadata,
    component_embed,
    component_new,
    component_wit,
    decode,
    link,
    metadata,
    objdump,
    parse_wat,
    parse_wit,
    print_wat,
    print_wit,
    resolve_from_json,
    semver_check,
    strip,
    targets,
    unbundle,
    validate,
)

WIT = "package a:b;\n\ninterface i {\n  f: func(x: u32);\n}\n\nworld w {\n  import i;\n\n  export run: func();\n}\nworld v { import i; export run: func(); }\n"
MODULE_TEXT = '(module (import "a:b/i" "f" (func (param i32))) (func (export "run")))'
MODULE = assemble(MODULE_TEXT)
COMPONENT = component_new(component_embed(WIT, MODULE, world="w"))
JSON = parse_wit(WIT).to_json()


class OwnPath:
    """A path that is no `Path`, of bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> bytes:
        return str(self.path).encode()


def of_wit(text: str) -> dict[str, Callable[[Path], Any]]:
    return {
        "str": lambda _: text,
        "bytes": lambda _: text.encode(),
        "bytearray": lambda _: bytearray(text.encode()),
        "memoryview": lambda _: memoryview(text.encode()),
        "part of a memoryview": lambda _: memoryview(b"  " + text.encode())[2:],
        "Path": lambda folder: written(folder / "in.wit", text.encode()),
        "another path": lambda folder: OwnPath(written(folder / "in.wit", text.encode())),
    }


def of_binary(data: bytes) -> dict[str, Callable[[Path], Any]]:
    text = print_wat(data)
    return {
        "bytes": lambda _: data,
        "bytearray": lambda _: bytearray(data),
        "memoryview": lambda _: memoryview(data),
        "Path": lambda folder: written(folder / "in.wasm", data),
        "another path": lambda folder: OwnPath(written(folder / "in.wasm", data)),
        "text": lambda _: text,
        "text in bytes": lambda _: text.encode(),
        "text in a file": lambda folder: written(folder / "in.wat", text.encode()),
    }


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def printed(resolve: Resolve) -> str:
    return print_wit(resolve)


ADAPTED = component_embed("package c:d; world x { }", assemble('(module (import "env" "g" (func)))'))
ADAPTER = component_embed("package c:d; world x { }", assemble('(module (func (export "g")))'))

TAKE_WIT: dict[str, Callable[[Any], object]] = {
    "parse_wit": lambda wit: printed(parse_wit(wit)),
    "component_wit": component_wit,
    "component_embed": lambda wit: component_embed(wit, MODULE, world="w"),
    "targets": lambda wit: targets(wit, COMPONENT, world="w"),
    "semver_check": lambda wit: semver_check(wit, prev="w", new="v"),
}
TAKE_MODULES: dict[str, Callable[[Any], object]] = {
    "component_embed": lambda module: len(component_embed(WIT, module, world="w")) > len(MODULE),
    "parse_wat": parse_wat,
    "print_wat": print_wat,
    "strip": strip,
    "objdump": lambda module: list(objdump(module)),
    "metadata": lambda module: metadata(module).kind,
    "add_metadata": lambda module: add_metadata(module, name="n"),
    "validate": validate,
    "link": lambda module: strip(link({"l": module}), all=True),
}
TAKE_COMPONENTS: dict[str, Callable[[Any], object]] = {
    "decode": lambda component: printed(decode(component)),
    "parse_wit": lambda component: printed(parse_wit(component)),
    "component_wit": component_wit,
    "unbundle": lambda component: strip(unbundle(component)[0], all=True),
    "targets": lambda component: targets(WIT, component, world="w"),
}
TAKE_EMBEDDED: dict[str, Callable[[Any], object]] = {
    "component_new": component_new,
    "decode": lambda module: printed(decode(module)),
}
TAKE_JSON: dict[str, Callable[[Any], object]] = {
    "resolve_from_json": lambda source: printed(resolve_from_json(source)),
}


def refusal(work: Callable[[], object]) -> WasmToolsError:
    with pytest.raises(WasmToolsError) as caught:
        work()
    return caught.value


MATRIX = [
    *[(f"{name} of WIT", work, kind, of_wit(WIT)[kind]) for name, work in TAKE_WIT.items() for kind in of_wit("")],
    *[
        (f"{name} of a module", work, kind, make)
        for name, work in TAKE_MODULES.items()
        for kind, make in of_binary(MODULE).items()
    ],
    *[
        (f"{name} of a component", work, kind, make)
        for name, work in TAKE_COMPONENTS.items()
        for kind, make in of_binary(COMPONENT).items()
    ],
    *[
        (f"{name} of a module with a world", work, kind, make)
        for name, work in TAKE_EMBEDDED.items()
        for kind, make in of_binary(component_embed(WIT, MODULE, world="w")).items()
    ],
    *[(f"{name} of JSON", work, kind, of_wit(JSON)[kind]) for name, work in TAKE_JSON.items() for kind in of_wit("")],
]


@pytest.mark.parametrize(("name", "work", "kind", "make"), MATRIX, ids=[f"{row[0]}-{row[2]}" for row in MATRIX])
def test_taken_alike(
    name: str, work: Callable[[Any], object], kind: str, make: Callable[[Path], Any], tmp_path: Path
) -> None:
    first = next(row for row in MATRIX if row[0] == name)
    assert work(make(tmp_path)) == first[1](first[3](tmp_path))


def test_adapters_and_libraries_are_taken_alike(tmp_path: Path) -> None:
    expected = component_new(ADAPTED, adapters={"env": ADAPTER})
    for make in of_binary(ADAPTER).values():
        shapes: list[Any] = [{"env": make(tmp_path)}, [("env", make(tmp_path))], iter([["env", make(tmp_path)]])]
        for adapters in shapes:
            assert component_new(ADAPTED, adapters=adapters) == expected


def test_pairs_are_taken_alike() -> None:
    embedded = component_embed(WIT, MODULE, world="w")
    expected = component_new(embedded, import_names={"a:b/i": "c:d/e"})
    assert component_new(embedded, import_names=[("a:b/i", "c:d/e")]) == expected != component_new(embedded)
    assert add_metadata(MODULE, language={"C": "11"}) == add_metadata(MODULE, language=[("C", "11")])


# ------------------------------------------------------------------------------- what is no source

ALL: dict[str, tuple[str, Callable[[Any], object]]] = {
    **{f"{name}(wit)": ("wit" if name != "parse_wit" and name != "component_wit" else "source", work) for name, work in TAKE_WIT.items()},
    "component_embed(module)": ("module", lambda source: component_embed(WIT, source, world="w") if source is not None else component_embed(WIT, 0)),  # type: ignore[arg-type]
    **{f"{name}(module)": ("module", TAKE_MODULES[name]) for name in ("print_wat", "strip", "objdump", "metadata", "add_metadata", "validate")},
    "parse_wat(text)": ("text", parse_wat),
    "decode(binary)": ("binary", decode),
    "unbundle(component)": ("component", unbundle),
    "targets(component)": ("component", lambda source: targets(WIT, source, world="w")),
    "component_new(module)": ("module", component_new),
    "component_new(adapters)": ("adapters['a']", lambda source: component_new(MODULE, adapters={"a": source})),
    "link(libraries)": ("libraries['a']", lambda source: link([("a", source)])),
    "resolve_from_json(source)": ("source", resolve_from_json),
}  # fmt: skip
WRONG_TYPES: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "int": lambda: 5,
    "list": lambda: [b"(module)"],
    "tuple": lambda: ("a", b"b"),
    "generator": lambda: (char for char in "package a:b;"),
    "BytesIO": lambda: io.BytesIO(MODULE),
    "StringIO": lambda: io.StringIO(WIT),
    "object": lambda: object(),
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", WRONG_TYPES)
def test_what_is_no_source_is_a_type_error(name: str, kind: str) -> None:
    what, work = ALL[name]
    with pytest.raises(TypeError) as caught:
        work(WRONG_TYPES[kind]())
    message = str(caught.value)
    assert message.startswith(
        f"`{what}` is text (str), content (bytes, bytearray, memoryview) or a path (os.PathLike), not "
    )
    assert ("open file" in message) == kind.endswith("IO")


@pytest.mark.parametrize("name", ALL)
def test_a_str_that_is_a_path_is_a_value_error(name: str, tmp_path: Path) -> None:
    what, work = ALL[name]
    with_space = tmp_path / "a folder"
    with_space.mkdir()
    for path in (
        str(tmp_path),
        str(with_space),
        "wit/",
        "a/b",
        "in.wit",
        "in.wasm",
        "in.wat",
        "../wit",
        str(tmp_path / "no.wasm"),
    ):
        with pytest.raises(ValueError) as caught:
            work(path)
        assert str(caught.value) == (
            f"`{what}` is a str, so it is text, but {path!r} is a path: give `pathlib.Path({path!r})`"
        )


@pytest.mark.parametrize(
    "text", ["", " ", "interface", "package a:b", "// only this", "/* a/b.wit */", "interface i", "\n"]
)
def test_text_that_is_no_path_is_read(text: str) -> None:
    for work in (component_wit, parse_wat, validate):
        refusal(lambda work=work: work(text))  # type: ignore[misc]


def test_rubbish_is_refused_not_appended_to() -> None:
    translated = component_embed(WIT, b"(module)", world="w")
    assert translated == component_embed(WIT, assemble("(module)"), world="w")
    for module in (b"rubbish", b"\xff\xfe", b"", b"package a:b;", WIT, ""):
        refusal(lambda module=module: component_embed(WIT, module, world="w"))  # type: ignore[misc]


# ------------------------------------------------------------------------------- options

BAD_OPTIONS: list[tuple[str, Callable[[], object], type[Exception], str]] = [
    ("features", lambda: parse_wit(WIT, features="foo"), TypeError, "`features` is a list of str, not one str: give ['foo']"),
    ("features", lambda: component_wit(WIT, features="foo"), TypeError, "not one str"),
    ("features", lambda: component_embed(WIT, features="foo"), TypeError, "not one str"),
    ("features", lambda: targets(WIT, COMPONENT, features="foo"), TypeError, "not one str"),
    ("features", lambda: semver_check(WIT, prev="w", new="v", features="foo"), TypeError, "not one str"),
    ("features", lambda: validate(MODULE, features="gc"), TypeError, "not one str"),
    ("features", lambda: print_wat(MODULE, features="gc"), TypeError, "not one str"),
    ("features", lambda: validate(MODULE, features=["tail"]), ValueError, "`features`: unknown feature `tail`"),
    ("features", lambda: print_wat(MODULE, features=["-mvp"]), ValueError, "`features`: cannot disable `mvp`"),
    ("delete", lambda: strip(MODULE, delete="name"), TypeError, "`delete` is a list of str, not one str: give ['name']"),
    ("clear", lambda: add_metadata(MODULE, clear="name"), TypeError, "not one str"),  # type: ignore[arg-type]
    ("features", lambda: parse_wit(WIT, features=None), TypeError, "`features` is a list of str, not None"),  # type: ignore[arg-type]
    ("features", lambda: parse_wit(WIT, features=b"foo"), TypeError, "`features` is a list of str, not bytes"),  # type: ignore[arg-type]
    ("features", lambda: parse_wit(WIT, features=[1]), TypeError, "and int is in it"),  # type: ignore[list-item]
    ("features", lambda: parse_wit(WIT, features=["a,b"]), ValueError, "give ['a', 'b']"),
    ("form", lambda: component_wit(WIT, form="wat"), ValueError, "`form` is one of 'text', 'json', 'wasm', not 'wat'"),  # type: ignore[arg-type]
    ("form", lambda: component_wit(WIT, form=None), TypeError, "`form` is a str, one of 'text', 'json', 'wasm', not None"),  # type: ignore[arg-type]
    ("encoding", lambda: component_embed(WIT, MODULE, encoding="utf-8"), ValueError, "`encoding` is one of 'utf8', 'utf16', 'compact-utf16', not 'utf-8'"),  # type: ignore[arg-type]
    ("encoding", lambda: component_embed(WIT, MODULE, encoding=b"utf8"), TypeError, "not bytes"),  # type: ignore[arg-type]
    ("dummy", lambda: component_embed(WIT, dummy="modern"), ValueError, "`dummy` is one of 'standard32', 'legacy'"),  # type: ignore[arg-type]
    ("dummy", lambda: component_embed(WIT, dummy=True), TypeError, "`dummy` is a str, one of"),  # type: ignore[arg-type]
    ("dummy", lambda: component_embed(WIT, MODULE, dummy="legacy"), ValueError, "give that or `module`, not both"),
    ("world", lambda: component_embed(WIT, MODULE, world=0), TypeError, "`world` is a str or None, not int"),  # type: ignore[arg-type]
    ("prev", lambda: semver_check(WIT, prev=None, new="v"), TypeError, "`prev` is a str, not None"),  # type: ignore[arg-type]
    ("docs", lambda: component_wit(WIT, docs="no"), TypeError, "`docs` is True or False, not str"),  # type: ignore[arg-type]
    ("validate", lambda: component_new(MODULE, validate=0), TypeError, "`validate` is True or False, not int"),  # type: ignore[arg-type]
    ("all", lambda: strip(MODULE, all=None), TypeError, "`all` is True or False, not None"),  # type: ignore[arg-type]
    ("custom", lambda: validate(MODULE, custom="yes"), TypeError, "`custom` is True or False"),  # type: ignore[arg-type]
    ("indent", lambda: print_wat(MODULE, indent="  "), TypeError, "`indent` is an int, not str"),  # type: ignore[arg-type]
    ("indent", lambda: print_wat(MODULE, indent=-1), ValueError, "`indent` is from 0 to 4294967295, not -1"),
    ("threshold", lambda: unbundle(COMPONENT, threshold=-1), ValueError, "`threshold` is from 0"),
    ("threshold", lambda: unbundle(COMPONENT, threshold=True), TypeError, "`threshold` is an int, not bool"),
    ("stack_size", lambda: link({}, stack_size=2**32), ValueError, "`stack_size` is from 0 to 4294967295"),
    ("adapters", lambda: component_new(MODULE, adapters=None), TypeError, "`adapters` is a dict of name to module, or a list of (name, module), not None"),  # type: ignore[arg-type]
    ("adapters", lambda: component_new(MODULE, adapters="a.wasm"), TypeError, "not str"),  # type: ignore[arg-type]
    ("adapters", lambda: component_new(MODULE, adapters=MODULE), TypeError, "not bytes"),  # type: ignore[arg-type]
    ("adapters", lambda: component_new(MODULE, adapters=Path("a.wasm")), TypeError, f"not pathlib.{type(Path()).__name__}"),  # type: ignore[arg-type]
    ("adapters", lambda: component_new(MODULE, adapters=[MODULE]), TypeError, "and bytes is in it"),  # type: ignore[list-item]
    ("adapters", lambda: component_new(MODULE, adapters=["ab"]), TypeError, "and str is in it"),  # type: ignore[list-item]
    ("adapters", lambda: component_new(MODULE, adapters=("ab", "(module)")), TypeError, "and str is in it"),  # type: ignore[arg-type]
    ("adapters", lambda: component_new(MODULE, adapters=[("a",)]), ValueError, "and one of 1 is in it"),  # type: ignore[list-item]
    ("adapters", lambda: component_new(MODULE, adapters={1: MODULE}), TypeError, "a name in it is int"),  # type: ignore[arg-type]
    ("import_names", lambda: component_new(MODULE, import_names={"a": 1}), TypeError, "`import_names` has pairs of str, but 'a' has int"),  # type: ignore[arg-type]
    ("import_names", lambda: component_new(MODULE, import_names="a=b"), TypeError, "`import_names` is a dict of name to str"),  # type: ignore[arg-type]
    ("language", lambda: add_metadata(MODULE, language=("C", "11")), TypeError, "`language` is a dict of name to str"),  # type: ignore[arg-type]
    ("language", lambda: add_metadata(MODULE, language=["C=11"]), TypeError, "and str is in it"),  # type: ignore[list-item]
    ("name", lambda: add_metadata(MODULE, name=b"n"), TypeError, "`name` is a str or None, not bytes"),  # type: ignore[arg-type]
    ("clear", lambda: add_metadata(MODULE, clear=["x"]), ValueError, "`clear` is one of 'name', 'authors'"),  # type: ignore[list-item]
    ("generate_dwarf", lambda: parse_wat("(module)", generate_dwarf="all"), ValueError, "`generate_dwarf` is one of 'lines', 'full', not 'all'"),  # type: ignore[arg-type]
    ("resolve", lambda: print_wit(WIT), TypeError, "`resolve` is a Resolve, not str"),  # type: ignore[arg-type]
    ("package", lambda: print_wit(parse_wit(WIT), 1), ValueError, "`package` is from 0 to 0, not 1"),
    ("package", lambda: resolve_from_json(JSON, package="c:d"), ValueError, "`package` is one of a:b, not 'c:d'"),
    ("a Resolve as WIT", lambda: component_embed(parse_wit(WIT)), TypeError, "its `to_wit()` is WIT"),  # type: ignore[arg-type]
    ("half a surrogate pair", lambda: parse_wit("package a:b; // \ud800"), ValueError, "surrogates not allowed"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("option", "work", "kind", "message"), BAD_OPTIONS, ids=[f"{k} {row[0]}" for k, row in enumerate(BAD_OPTIONS)]
)
def test_wrong_options(option: str, work: Callable[[], object], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        work()
    assert message in str(caught.value)


def test_lists_of_any_kind_are_taken() -> None:
    text = "package a:b; interface i { @unstable(feature = x) f: func(); }"
    for features in (["x"], ("x",), {"x"}, {"x": 1}, iter(["x"])):
        assert "f: func()" in print_wit(parse_wit(text, features=features))


# ------------------------------------------------------------------------------- what was found is kept


def folders() -> Iterator[Path]:
    for path in sorted((ROOT / "examples").rglob("*.wit")):
        yield path.parent
        yield path


@pytest.mark.parametrize("option", [[], ["--no-docs"], ["-j"], ["-w"]], ids=str)
def test_out_is_what_the_command_gives(option: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from pywasmtools.cli.main import main

    sources = [*dict.fromkeys(folders())]
    sources += [
        written(tmp_path / "component.wasm", COMPONENT),
        written(tmp_path / "component.wat", print_wat(COMPONENT).encode()),
        written(tmp_path / "module.wasm", component_embed(WIT, MODULE, world="w")),
        written(tmp_path / "package.wasm", component_wit(WIT, form="wasm")),
        written(tmp_path / "several.wit", b"package a:main;\ninterface i {}\npackage a:inner {\n  interface j {}\n}\n"),
    ]
    for source in sources:
        out = tmp_path / "out"
        status = main(["component", "wit", str(source), *option, "-o", str(out)])
        told = capfd.readouterr().err
        if status:
            assert told == f"error: {refusal(lambda source=source: parse_wit(source))}\n"  # type: ignore[misc]
            continue
        resolve = parse_wit(source)
        for again in (resolve, copy.deepcopy(resolve), pickle.loads(pickle.dumps(resolve))):
            made = again.to_json() if option == ["-j"] else again.to_wit(docs=not option)
            if option == ["-w"]:
                assert again.to_binary() == out.read_bytes()
            else:
                assert made.encode() == out.read_bytes()
        if source.suffix in (".wasm", ".wat"):
            assert decode(source).to_wit() == resolve.to_wit()


def test_the_world_that_was_found() -> None:
    for binary in (COMPONENT, component_embed(WIT, MODULE, world="w")):
        resolve = decode(binary)
        assert resolve.world_id is not None
        assert resolve.package_id == resolve.model.worlds[resolve.world_id].package
    for source in (WIT, component_wit(WIT, form="wasm")):
        assert parse_wit(source).world_id is None


# ------------------------------------------------------------------------------- JSON


def test_json_there_and_back(tmp_path: Path) -> None:
    for resolve in (parse_wit(WIT), decode(COMPONENT)):
        text = resolve.to_json()
        for source in (text, text.encode(), json.loads(text), written(tmp_path / "a.json", text.encode())):
            again = resolve_from_json(source)
            assert again.to_json() == text
    several = parse_wit("package a:main;\ninterface i {}\npackage a:inner {\n  interface j {}\n}\n")
    main = str(several.model.packages[several.package_id or 0].name)
    assert resolve_from_json(several.to_json(), package=main).to_wit() == several.to_wit()


NOT_JSON = {
    "": ("invalid JSON: expecting value", 1, 1),
    "{": ("invalid JSON: expecting property name enclosed in double quotes", 1, 2),
    '{\n  "worlds": [],,\n}': ("invalid JSON: expecting property name enclosed in double quotes", 2, 16),
    '{} // {"\u4e00"}': ("invalid JSON: extra data", 1, 4),
    '["\u4e00\u4e00" {}]': ("invalid JSON: expecting ',' delimiter", 1, 11),
}


@pytest.mark.parametrize("text", NOT_JSON)
def test_what_is_no_json(text: str, tmp_path: Path) -> None:
    message, line, column = NOT_JSON[text]
    path = written(tmp_path / "a.json", text.encode())
    for source, shown in ((text, "<input>"), (path, str(path))):
        e = refusal(lambda source=source: resolve_from_json(source))  # type: ignore[misc]
        assert (e.message, e.path, e.line, e.column) == (message, shown, line, column)
        assert f"--> {shown}:{line}:{column}\n" in str(e)


def test_json_that_is_no_resolve(tmp_path: Path) -> None:
    wrong: dict[str | bytes, str] = {
        "[" * 100_000: "the JSON is nested too deep",
        '{"worlds": ' + "9" * 5000 + "}": "the JSON has a number of too many digits",
        b"\xff{}": "input was not valid utf-8",
        '{"worlds": [{}, {"a": {"b": 1, "b": 2}}]}': '$.worlds[1].a: there are two members "b"',
        '{"worlds": NaN, "interfaces": [], "types": [], "packages": []}': "$.worlds: expected an array, found nan",
        "{}": '$: member "worlds" is missing',
    }
    for source, message in wrong.items():
        assert str(refusal(lambda source=source: resolve_from_json(source))) == message  # type: ignore[misc]
    path = written(tmp_path / "a.json", b"{}")
    assert refusal(lambda: resolve_from_json(path)).path == str(path)
    assert resolve_from_json('{"worlds": [], "interfaces": [], "types": [], "packages": []}').package_id is None


def test_everything_is_handed_on() -> None:
    for name in ("resolve_from_json", "print_wit", "Source", "Form", "Encoding", "Dummy", "Metadata"):
        assert name in pywasmtools.__all__ and hasattr(pywasmtools, name)


def test_no_name_gives_a_module() -> None:
    """Whatever was loaded before: a room of the package would take the place of a function of its name."""
    import pywasmtools.validation.whole

    assert isinstance(pywasmtools.validation.whole, ModuleType)
    for name in pywasmtools.__all__:
        assert not isinstance(getattr(pywasmtools, name), ModuleType)
    rooms = {path.stem for path in Path(pywasmtools.__file__).parent.iterdir() if not path.name.startswith("_")}
    assert not rooms & set(pywasmtools.__all__)


def test_metadata_shows_itself() -> None:
    data = add_metadata(MODULE, name="n", language={"C": "11"}, licenses="MIT")
    assert (
        repr(metadata(data))
        == f"Metadata of a module 'n' (0x0..{len(data):#x}, Producers(language: C), licenses: 'MIT')"
    )
    nested = metadata(COMPONENT)
    assert repr(nested).startswith("Metadata of a component (0x0..") and "nested" in repr(nested)
