"""Which world a name means, and every refusal of the reference."""

from __future__ import annotations

import pytest
from wit_worlds import resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.model import Resolve
from pywasmtools.wit.transform.select_world import select_world


def refused(resolve: Resolve, packages: list[int], world: str | None) -> list[str]:
    with pytest.raises(WasmToolsError) as caught:
        select_world(resolve, packages, world)
    return [layer.text() for layer in caught.value.layers]


def test_found() -> None:
    resolve = resolve_of(
        "package a:one; world w {}", "package a:two@1.0.0; world x {} world y {}", "package a:three@2.0.0; world z {}"
    )
    assert select_world(resolve, [0], None) == 0
    assert select_world(resolve, [0], "w") == 0
    assert select_world(resolve, [1], "y") == 2
    assert select_world(resolve, [0, 1], "a:two/x@1.0.0") == 1
    # the only version there is, whatever the main package
    assert select_world(resolve, [0], "a:three/z") == 3
    assert select_world(resolve, [0], "%w") == 0


def test_refused_without_a_name() -> None:
    resolve = resolve_of("package a:one;", "package a:two@1.0.0; world x {} world y {}")
    assert refused(resolve, [], None) == ["No main packages defined"]
    assert refused(resolve, [0], None) == ["The main package `a:one` contains no worlds"]
    assert refused(resolve, [1], None) == [
        "There are multiple worlds in `a:two@1.0.0`; one must be explicitly chosen:\n  a:two/x@1.0.0\n  a:two/y@1.0.0"
    ]
    assert refused(resolve, [0, 1], None) == [
        "There are multiple main packages; a world must be explicitly chosen:\n  a:two/x@1.0.0\n  a:two/y@1.0.0"
    ]


def test_refused_with_a_name() -> None:
    resolve = resolve_of("package a:one@1.0.0; world w {}", "package a:one@2.0.0; world w {}")
    assert refused(resolve, [], "w") == ["No main packages defined"]
    assert refused(resolve, [0, 1], "w") == [
        "There are multiple main packages; a world must be explicitly chosen:\n  a:one/w@1.0.0\n  a:one/w@2.0.0"
    ]
    assert refused(resolve, [0], "x") == ["World `x` not found in package `a:one@1.0.0`"]
    assert refused(resolve, [0], "a:one/w") == [
        "package name `a:one` is available at both versions 1.0.0 and 2.0.0 but which is not specified"
    ]
    assert refused(resolve, [0], "a:one/w@3.0.0") == ["unknown package `a:one@3.0.0`"]
    assert refused(resolve, [0], "a:two/w") == ["unknown package `a:two`"]
    assert refused(resolve, [0], "a b") == [
        "failed to parse world specifier `a b`",
        "trailing tokens in path specifier",
    ]
