"""Good components that WIT can't say, and worlds that use a type too early: refusals and their layers.

Goldens come from the reference, which crashed on most of these before.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from pywasmtools.cli.main import main
from pywasmtools.load import wat_to_binary
from pywasmtools.wasm.writer import custom_section

Run = Callable[..., str]

RESOURCE = '(import "r" (type $t (sub resource)))'
"""`$t`: a resource of the world."""
LIST = '(type $t (list u8)) (import "f" (func (param "l" $t)))'
"""`$t`: a type without a name, which a function has used."""
ENUM = '(type $e (enum "a")) (export "t" (type (eq $e)))'
"""What an interface has that defines a type."""
ALIAS = '(alias outer 1 $t (type $u)) (export "v" (type (eq $u)))'
"""What an interface has that gives the type `$t` of the scope around a name of its own."""


def interface(name: str, type_: str) -> str:
    """An import that defines a type, which is then called `type_`."""
    return f'(import "{name}" (instance ${name} {ENUM})) (alias export ${name} "t" (type {type_}))'


def user(name: str, used: str, type_: str) -> str:
    """An import that has the type `used` of the scope around as its own, which is then called `type_`."""
    alias = f'(alias outer 1 {used} (type $u)) (export "t" (type (eq $u)))'
    return f'(import "{name}" (instance ${name} {alias})) (alias export ${name} "t" (type {type_}))'


def package(**types: str) -> str:
    """A WIT package: the content of a component type for each interface and world."""
    found = ""
    for k, (name, text) in enumerate(types.items()):
        found += f'(type (component {text})) (export "{name}" (type {2 * k}))'
    return found


def world(*items: str) -> str:
    """A WIT package with one world."""
    return package(w=f'(export "a:b/w" (component {" ".join(items)}))')


# An interface has a type that no interface defines. It may be spelled anew where nothing has known it before.
TYPES = {
    "resource of a world, in a foreign interface": f'{RESOURCE} (import "x:y/i" (instance {ALIAS}))',
    "resource of a world, in an inline interface": f'{RESOURCE} (import "i" (instance {ALIAS}))',
    "value type of a world": f'(type $e (enum "a")) (import "e" (type $t (eq $e))) (import "x:y/i" (instance {ALIAS}))',
    "type without a name, in a foreign interface": f'{LIST} (import "x:y/i@1.2.3" (instance {ALIAS}))',
    "type without a name, in an inline interface": f'{LIST} (import "i" (instance {ALIAS}))',
    "type without a name that nothing has used": f'(type $t (list u8)) (import "i" (instance {ALIAS}))',
    "type without a name, inside of one with a name": LIST
    + '(import "i" (instance (alias outer 1 $t (type $u)) (type $o (option $u)) (export "v" (type (eq $o)))))',
    "type without a name, used by functions only": LIST
    + '(import "i" (instance (alias outer 1 $t (type $u)) (export "g" (func (param "l" $u)))))',
    "second type of an interface": f'{RESOURCE} (import "i" (instance (export "s" (type (sub resource))) {ALIAS}))',
    "in an export": f'{RESOURCE} (instance $i (export "v" (type $t))) (export "i" (instance $i))',
    "in an export under a full name": f'{RESOURCE} (instance $i (export "v" (type $t))) (export "x:y/i" (instance $i))',
    "in an import that implements": f'{RESOURCE} (import "i" (implements "x:y/i") (instance {ALIAS}))',
    "before the type would appear twice": LIST
    + '(instance $i (export "v" (type $t))) (export "j" (instance $i)) (export "k" (instance $i))',
    "in a package's world, foreign": world(RESOURCE, f'(import "x:y/i" (instance {ALIAS}))'),
    "in a package's world, inline": world(RESOURCE, f'(import "i" (instance {ALIAS}))'),
    "in a package's world, exported": world(RESOURCE, f'(export "i" (instance {ALIAS}))'),
    "in a package's world, a resource with the same name": world(
        RESOURCE, '(export "i" (instance (export "r" (type (sub resource)))))'
    ),
    "in a package's interface": package(i=f'(type $t (list u8)) (export "a:b/i" (instance {ALIAS}))'),
    "in a package's interface, used before": package(
        i='(type $t (list u8)) (import "x:y/i" (instance (alias outer 1 $t (type $u)) (export "f" (func (param "l" $u)))))'
        f'(export "a:b/i" (instance {ALIAS}))'
    ),
    "in the first encoding": '(type (component (type $t (list u8)) (import "x:y/i" (instance (alias outer 1 $t (type $u))'
    f'(export "f" (func (param "l" $u))))) (export "i" (instance {ALIAS})))) (export "a:b/wit" (type 0))',
    "in an import of the first encoding": '(type (component (type $t (list u8)) (import "x:y/i" (instance (alias outer 1'
    f' $t (type $u)) (export "f" (func (param "l" $u))))) (import "x:y/j" (instance {ALIAS})))) (export "a:b/wit" (type 0))',
    "a world's name for a type without one": f'{LIST} (import "v" (type (eq $t)))',
    "a world's name for an interface's type": f'{interface("x:a/i", "$t")} (import "v" (type (eq $t)))',
    "an interface's name for an interface's type": interface("x:a/i", "$t")
    + f'(import "x:b/j" (instance {ALIAS})) (import "k" (instance {ALIAS}))',
}

CIRCLE = interface("x:a/i", "$a") + user("x:b/i", "$a", "$b") + user("x:a/j", "$b", "$c")
"""Two packages that use each other's types."""
UNNAMED = interface("in", "$n")
"""An inline interface with a type."""

# Packages that depend on each other, or on what has no package to depend on.
PACKAGES = {
    "circle of two": CIRCLE,
    "circle of three": interface("x:a/i", "$a")
    + user("x:b/i", "$a", "$b")
    + user("x:c/i", "$b", "$c")
    + user("x:a/j", "$c", "$d"),
    "circle further in": '(import "z:z/i" (instance))'
    + interface("x:a/i", "$a")
    + user("x:b/i", "$a", "$b")
    + user("x:c/i", "$b", "$c")
    + user("x:b/j", "$c", "$d"),
    "circle met from outside": interface("x:b/i", "$b")
    + user("x:a/i", "$b", "$a")
    + user("x:c/i", "$a", "$c")
    + user("x:b/j", "$c", "$d"),
    "circle of versions": interface("x:a/i@1.2.0", "$a")
    + user("x:b/i@0.1.0", "$a", "$b")
    + user("x:a/j@1.2.0", "$b", "$c"),
    "no circle, versions differ": interface("x:a/i@1.2.0", "$a")
    + user("x:b/i", "$a", "$b")
    + user("x:a/i@2.0.0", "$b", "$c"),
    "no circle, within a package": interface("x:a/i", "$a") + user("x:a/j", "$a", "$b") + user("x:a/k", "$b", "$c"),
    "no circle, four ways": interface("x:a/i", "$a")
    + user("x:b/i", "$a", "$b")
    + user("x:c/i", "$a", "$c")
    + user("x:d/i", "$c", "$d")
    + user("x:d/j", "$b", "$e"),
    "circle in a world": world(CIRCLE),
    "circle beside an interface": package(i=CIRCLE + '(export "a:b/i" (instance))'),
    "circle over two worlds": package(
        v=f'(export "a:b/v" (component {interface("x:a/i", "$a")} {user("x:b/i", "$a", "$b")}))',
        w=f'(export "a:b/w" (component {interface("x:b/j", "$b")} {user("x:a/j", "$b", "$a")}))',
    ),
    "own package": package(
        i=f'(export "a:b/i" (instance {ENUM}))',
        w=f'(export "a:b/w" (component {interface("a:b/i", "$a")} {user("x:y/i", "$a", "$b")}))',
    ),
    "own package's name, but foreign": world(interface("a:b/i", "$a"), user("x:y/i", "$a", "$b")),
    "interface without a name": UNNAMED + user("x:y/i@0.1.0", "$n", "$b"),
    "interface without a name, in a world": world(UNNAMED, user("x:y/i", "$n", "$b")),
    "interface without a name, then a circle": UNNAMED + user("x:z/i", "$n", "$m") + CIRCLE,
    "circle, then an interface without a name": CIRCLE + UNNAMED + user("x:z/i", "$n", "$m"),
    "both within one package": UNNAMED + CIRCLE + user("x:b/k", "$n", "$m"),
    "a type of the world, then a circle": f'{RESOURCE} (import "x:y/i" (instance {ALIAS}))' + CIRCLE,
    "circle, then a type of the world": CIRCLE + f'{RESOURCE} (import "x:y/i" (instance {ALIAS}))',
    "circle and package-docs": CIRCLE + '(@custom "package-docs" "no docs")',
}

SEEN = f'"a:b/j" (instance $j {ENUM})'
"""The interface `j` as a world sees it that has not heard of `i`."""
FROM_J = '(alias export $j "t" (type $t))'


def early(world_: str) -> str:
    """A package where `j` uses a type of `i`, and a world."""
    return package(
        i=f'(export "a:b/i" (instance {ENUM}))',
        j=interface("a:b/i", "$t")
        + '(export "a:b/j" (instance (alias outer 1 $t (type $u)) (export "t" (type (eq $u)))))',
        w=f'(export "a:b/w" (component {world_}))',
    )


def exported(name: str, rest: str) -> str:
    """A component that exports an instance with a list, which is `$t`, and then imports. Worlds' imports stand first."""
    instance = '(type $l (list u8)) (instance $i (export "t" (type $l)))'
    return f'{instance} (export $e "{name}" (instance $i)) (alias export $e "t" (type $t)) {rest}'


EARLY = {
    "import": early(f"(import {SEEN})"),
    "export": early(f"(export {SEEN})"),
    "export-before-export": early(f'(export {SEEN}) (export "a:b/i" (instance {ENUM}))'),
    "export-after-export": early(f'(export "a:b/i" (instance {ENUM})) (export {SEEN})'),
    "import-before-import": early(f'(import {SEEN}) (import "a:b/i" (instance {ENUM}))'),
    "import-after-import": early(f'(import "a:b/i" (instance {ENUM})) (import {SEEN})'),
    "implements": early(f'(import "lab" (implements "a:b/j") (instance {ENUM}))'),
    "inline-interface": early(f'(import {SEEN}) {FROM_J} (import "k" (instance {ALIAS}))'),
    "type-of-the-world": early(f'(import {SEEN}) {FROM_J} (import "v" (type (eq $t)))'),
    "versions": early(f"(import {SEEN})")
    .replace('a:b/i"', 'a:b/i@1.2.3"')
    .replace('a:b/j"', 'a:b/j@1.2.3"')
    .replace('a:b/w"', 'a:b/w@1.2.3"'),
    "other-packages": package(
        v=f'(export "a:b/v" (component {interface("x:a/i@1.2.3", "$a")} {user("x:b/j", "$a", "$b")}))',
        w=f'(export "a:b/w" (component (import "x:b/j" (instance {ENUM}))))',
    ),
    "function-before-export": exported("x:y/i@1.2.3", '(import "f" (func (param "x" $t)))'),
    "function-before-inline-export": exported("in", '(import "f" (func (result $t)))'),
    "inline-before-export": exported(
        "x:y/i", '(import "k" (instance (alias outer 1 $t (type $u)) (export "f" (func (param "x" $u)))))'
    ),
    "import-before-export": exported(
        "x:y/i", '(import "x:y/k" (instance (alias outer 1 $t (type $u)) (export "f" (func (result (option $u))))))'
    ),
    "import-before-inline-export": exported(
        "in", '(import "x:y/k" (instance (alias outer 1 $t (type $u)) (export "f" (func (param "x" $u)))))'
    ),
    # The export of `a:x/k` has the import's functions, which know nothing of `in`.
    "interface-without-a-name": world(
        '(import "a:x/k" (instance (export "f" (func))))',
        '(import "in" (instance $l (export "t" (type (sub resource)))))',
        '(alias export $l "t" (type $t)) (export "a:x/k" (instance (export "g" (func (param "x" (own $t))))))',
    ),
}

MODULE = b"\0asm\1\0\0\0"

COMMANDS = (
    "component wit c.wat -j",
    "component wit c.wat -t",
    "component wit c.wat -t --skip-validation",
    "component wit c.wat --out-dir out",
    "component embed c.wat --dummy -t",
    "component embed c.wat --only-custom -o out.wasm",
)


@pytest.mark.slow
@pytest.mark.parametrize("group", [TYPES, PACKAGES], ids=["types", "packages"])
def test_to_text(group: dict[str, str], run: Run, golden: SnapshotAssertion) -> None:
    shown = ""
    for name, text in group.items():
        shown += f"{name}\n" + run("component wit c.wat", {"c.wat": f"(component {text})"})
    assert shown == golden


@pytest.mark.slow
def test_every_command(run: Run, golden: SnapshotAssertion) -> None:
    """The layers in the other commands."""
    shown = ""
    for text in (
        world(RESOURCE, f'(import "i" (instance {ALIAS}))'),
        world(CIRCLE),
        world(UNNAMED, user("x:y/i", "$n", "$m")),
    ):
        for command in COMMANDS:
            shown += f"$ {command}\n" + run(command, {"c.wat": f"(component {text})"})
    assert shown == golden


@pytest.mark.slow
@pytest.mark.parametrize("name", EARLY)
def test_used_too_early(name: str, run: Run, golden: SnapshotAssertion) -> None:
    """As text such a package passes, its binary is refused."""
    shown = ""
    for command in (
        "component wit c.wat",
        "component wit c.wat -t",
        "component wit c.wat -w -o o.wasm --emit-canonical-names",
    ):
        shown += f"$ {command}\n" + run(command, {"c.wat": f"(component {EARLY[name]})"})
    assert shown == golden


def test_commands_over_what_is_used_too_early(run: Run, golden: SnapshotAssertion) -> None:
    shown = ""
    for command in COMMANDS:
        shown += f"$ {command}\n" + run(command, {"c.wat": f"(component {EARLY['import']})"})
    assert shown == golden


def test_metadata_of_a_module(run: Run, golden: SnapshotAssertion) -> None:
    """The layers where a `component-type` section holds such a world."""
    shown = ""
    for text in (
        world(RESOURCE, f'(import "i" (instance {ALIAS}))'),
        world(RESOURCE, f'(import "x:y/i" (instance {ALIAS}))'),
        world(CIRCLE),
        world(UNNAMED, user("x:y/i", "$n", "$m")),
    ):
        head = '(@custom "wit-component-encoding" "\\04\\00")'
        metadata = wat_to_binary(f"(component {head} {text})".encode(), "w.wat")
        module = MODULE + custom_section("component-type:w", metadata)
        for command in ("component new m.wasm -o out.wasm", "component wit m.wasm"):
            shown += f"$ {command}\n" + run(command, {"m.wasm": module})
    assert shown == golden


@pytest.mark.parametrize(
    "command", ["wit c.wat", "embed c.wat --dummy", "embed c.wat --dummy-names legacy", "embed c.wat --only-custom"]
)
def test_where_the_reference_crashes_we_refuse(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An inline interface that uses a type of another one, which would have to be named."""
    monkeypatch.chdir(tmp_path)
    text = world(UNNAMED, f'(import "out" (instance {ALIAS.replace("$t", "$n")}))')
    Path("c.wat").write_text(f"(component {text})")
    assert main(["component", *command.split(), "-o", "out"]) == 1
    assert capfd.readouterr().err == "error: an interface without a name cannot be referred to\n"


@pytest.mark.slow
def test_long_chain_of_packages(run: Run, golden: SnapshotAssertion) -> None:
    """The walk over packages holds its own depth."""
    chain = interface("x:p0/i", "$t0")
    for k in range(1, 900):
        chain += user(f"x:p{k}/i", f"$t{k - 1}", f"$t{k}") + "\n"
    shown = ""
    for text in (chain, user("x:p900/i", "$t899", "$z").join((chain, user("x:p0/j", "$z", "$y")))):
        text = text.replace("(import", "\n(import")
        result = run("component wit c.wat -o out.wit", {"c.wat": f"(component {text})"})
        shown += result if len(result) < 1000 else result[:400]
    assert shown == golden
