"""Imports of compatible versions become one; expectations from the reference's --merge-world-imports-based-on-semver."""

from __future__ import annotations

import pytest
from wit_worlds import flat, names, printed, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver


def versions(*pairs: tuple[str, str]) -> list[str]:
    return [f"package a:dep@{version}; interface i {{ {items} }}" for version, items in pairs]


def test_the_latest_of_each_track_stays() -> None:
    tags = ["1.0.0", "1.2.0", "2.0.0", "0.2.1", "0.2.0", "0.3.0", "0.0.1", "0.0.2", "1.3.0-rc.1"]
    texts = versions(*[(tag, "type t = u32;") for tag in tags])
    world = "world w {" + "".join(f"import a:dep/i@{tag};" for tag in tags) + "}"
    resolve = resolve_of(*texts, f"package c:d; {world}")
    merge_world_imports_based_on_semver(resolve, 0)
    assert names(resolve, resolve.worlds[0].imports) == [
        f"a:dep/i@{tag}" for tag in tags if tag not in ("1.0.0", "0.2.0")
    ]


def test_what_used_the_old_uses_the_new() -> None:
    resolve = resolve_of(
        *versions(("0.2.0", "type t = u32;"), ("0.2.1", "type t = u32; type u = u8;")),
        "package c:d;\n"
        "interface j { use a:dep/i@0.2.0.{t}; f: func() -> t; }\n"
        "world w { import a:dep/i@0.2.1; import j; use a:dep/i@0.2.0.{t}; export j; import l: a:dep/i@0.2.0; }\n"
        "world v { import j; }",
    )
    merge_world_imports_based_on_semver(resolve, 0)
    assert printed(resolve, 2) == flat("""
        package c:d;
        interface j {
        use a:dep/i@0.2.1.{t};
        f: func() -> t;
        }
        world w {
        import a:dep/i@0.2.1;
        import j;
        import l: a:dep/i@0.2.0;
        use a:dep/i@0.2.1.{t};
        export j;
        }
        world v {
        import a:dep/i@0.2.0;
        import a:dep/i@0.2.1;
        import j;
        }
    """)


def test_a_later_version_that_is_not_compatible() -> None:
    resolve = resolve_of(
        *versions(("0.2.0", "f: func();"), ("0.2.1", "f: func() -> u8;")),
        "package c:d; world w { import a:dep/i@0.2.0; import a:dep/i@0.2.1; }",
    )
    with pytest.raises(WasmToolsError) as caught:
        merge_world_imports_based_on_semver(resolve, 0)
    assert [layer.text() for layer in caught.value.layers] == [
        "failed to upgrade `a:dep/i@0.2.0` to `a:dep/i@0.2.1`, was this semver-compatible update not semver compatible?",
        "failed to merge interfaces",
        "mismatch in function `f`",
        "different number of function results",
    ]


def test_a_later_version_without_the_type() -> None:
    # The reference crashes.
    resolve = resolve_of(
        *versions(("0.2.0", "type t = u8;"), ("0.2.1", "")),
        "package c:d; world w { use a:dep/i@0.2.0.{t}; import a:dep/i@0.2.1; }",
    )
    with pytest.raises(WasmToolsError, match="has no type `t`"):
        merge_world_imports_based_on_semver(resolve, 0)
