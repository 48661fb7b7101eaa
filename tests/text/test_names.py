"""Component names: which are names, what they are equal to, and the messages for what isn't one.

Forms and equalities follow the component model's Explainer; messages are the reference's.
"""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.text import names
from pywasmtools.text.names import (
    CONSTRUCTOR,
    GET,
    INTERFACE,
    METHOD,
    PLAIN,
    SET,
    STATIC,
    is_kebab,
    kebab_key,
    parse_component_name,
    with_version_suffix,
)
from pywasmtools.text.semver import split_canonical_version


@pytest.mark.parametrize("text", ["a", "a0", "a-0", "a-B", "ab-cd", "AB-c1-2D", "a0-000-3d4a-54FF"])
def test_kebab(text: str) -> None:
    assert is_kebab(text)


@pytest.mark.parametrize("text", ["", "-", "a-", "-a", "a--b", "0", "0-a", "aB", "a_b", "a.b", "é", "a-é", "a0-54Ff"])
def test_not_kebab(text: str) -> None:
    assert not is_kebab(text)


def test_kebab_keys_drop_case_and_hyphens() -> None:
    assert kebab_key("fo-OB-ar") == kebab_key("foo-bar") == "foobar"
    assert kebab_key("É-X") == "Éx"


@pytest.mark.parametrize(
    ("name", "resource_func", "accessor", "resource", "rest"),
    [
        ("a-b", "", "", "", "a-b"),
        ("[constructor]a-b", CONSTRUCTOR, "", "a-b", "a-b"),
        ("[method]a.b-c", METHOD, "", "a", "b-c"),
        ("[static]a.b", STATIC, "", "a", "b"),
        ("[get]a", "", GET, "", "a"),
        ("[set]a", "", SET, "", "a"),
        ("[method][get]a.b", METHOD, GET, "a", "b"),
        ("[static][set]a.b", STATIC, SET, "a", "b"),
    ],
)
def test_plain_names(name: str, resource_func: str, accessor: str, resource: str, rest: str) -> None:
    parsed = parse_component_name(name)
    assert parsed.kind == PLAIN
    assert parsed.resource_func == resource_func
    assert parsed.accessor == accessor
    assert parsed.resource() == resource
    assert parsed.name() == rest
    assert parsed.is_bare() == (not resource_func and not accessor)
    assert str(parsed) == name


def test_interface_names() -> None:
    parsed = parse_component_name("a:b:c/d/e@1.2.3-x")
    assert parsed.kind == INTERFACE
    assert not parsed.is_bare()
    assert parsed.namespace() == "a:b"
    assert parsed.package() == "c"
    assert parsed.interface() == "d"
    assert parsed.projection() == "d/e"
    assert str(parsed.version()) == "1.2.3-x"
    assert parse_component_name("a:b/c").version() is None


def test_getter_for_setter() -> None:
    assert parse_component_name("[set]foo-BAR").getter_for_setter() == "[get]foo-BAR"
    assert parse_component_name("[static][set]a.b").getter_for_setter() == "[static][get]a.b"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "`` is not in kebab case"),
        ("[foo]a", "`[foo]a` is not in kebab case"),
        ("[method]a", "failed to find `.` character"),
        ("[method]a_.b", "`a_` is not in kebab case"),
        ("[static]a.b.c", "`b.c` is not in kebab case"),
        ("[constructor][get]a", "names with [constructor] cannot contain [get] or [set]"),
        ("a:b", "expected `/` after package name"),
        ("a/b:c", "expected `:` at `/b:c`"),
        ("A:b/c", "character `A` is not lowercase in package name/namespace"),
        ("a:b/", "`` is not in kebab case"),
        ("a:b/c.d", "trailing characters found: `.d`"),
    ],
)
def test_errors(name: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        parse_component_name(name, 0x12)
    assert caught.value.chain() == f"{message} (at offset 0x12)"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("[get]a", "`[get]` and `[set]` names require the component model accessors feature"),
        ("a:b:c/d", "expected `/` after package name"),
        ("a:b/c/d", "trailing characters found: `/d`"),
    ],
)
def test_what_default_features_refuse(name: str, message: str) -> None:
    parse_component_name(name)  # what was read once is not let in by that
    with pytest.raises(WasmToolsError) as caught:
        parse_component_name(name, accessors=False, nested=False)
    assert caught.value.layers[0].message == message


def test_what_was_read_is_not_kept_without_bound() -> None:
    for k in range(20_000):
        assert is_kebab(f"a{k}") and not is_kebab(f"{k}a")
        assert parse_component_name(f"[method]a.b{k}").rest == f"a.b{k}"
    long = "a" * 10_000
    assert parse_component_name(long).key == parse_component_name(long.upper()).key
    assert len(names._keys) <= names._MOST_KEPT and long not in names._keys
    assert len(names._names) <= names._MOST_KEPT and long not in names._names


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("a-b", "AB"),
        ("[method]a.b", "[static]A.b"),
        ("[method]r.r", "r"),
        ("[static][set]foo.FOO", "foo"),
        ("[get]a", "a"),
        ("[method][get]r.p", "[static]r.P"),
        ("[constructor]foo", "[constructor]FOO"),
        ("[method][set]r.p", "[static][set]r.P"),
        ("a:b/c-d", "a:b/CD"),
        ("a:b/c@", "a:b/c"),  # an oddity: nothing after the `@` is no part of the name
    ],
)
def test_strongly_equal(name: str, same: str) -> None:
    assert parse_component_name(name) == parse_component_name(same)
    assert hash(parse_component_name(name)) == hash(parse_component_name(same))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("a", "b"),
        ("[constructor]a", "a"),
        ("[set]a", "a"),
        ("[method]a.b", "[method]b.b"),
        ("a:b/c", "a:b/c@1.0.0"),
        ("a:b/c@1.0.0", "a:b/c@1.0.0-A"),
        ("a:b:c/d", "a:b/c/d"),
    ],
)
def test_strongly_unique(name: str, other: str) -> None:
    assert parse_component_name(name) != parse_component_name(other)


def test_version_suffix() -> None:
    assert str(parse_component_name("a:b/c@0.2").version(".1")) == "0.2.1"
    assert with_version_suffix("a:b/c@0.2", ".1") == "a:b/c@0.2.1"
    assert with_version_suffix("a:b/c", ".1") == "a:b/c"
    assert with_version_suffix("a:b/c@1", None) == "a:b/c@1"


@pytest.mark.parametrize(
    ("name", "suffix", "message"),
    [
        ("a:b/c", ".1", "a version suffix requires the name to have a version"),
        ("a:b/c@1.2", ".3", "`1.2` is not the canonical version of `1.2.3`"),
        ("a:b/c@0.0.1", "", "`0.0.1` is not the canonical version of `0.0.1`"),
        ("a:b/c@1", None, "unexpected end of input while parsing major version number"),
        ("a:b/c@", None, "empty string, expected a semver version"),
    ],
)
def test_version_errors(name: str, suffix: str | None, message: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        parse_component_name(name).version(suffix)
    assert caught.value.layers[0].message == message


@pytest.mark.parametrize(
    ("version", "split"),
    [
        ("1.2.3", ("1", ".2.3")),
        ("101.201.301", ("101", ".201.301")),
        ("1.2.3+abc", ("1", ".2.3+abc")),
        ("0.2.1", ("0.2", ".1")),
        ("0.10.0+b.1", ("0.10", ".0+b.1")),
        ("0.0.1", ("0.0.1", None)),
        ("0.0.1+b", ("0.0.1", "+b")),
        ("1.0.0-a-b+c-d", ("1.0.0-a-b", "+c-d")),
        ("0.1.0-a+b-c+d", None),
        ("1.2", None),
        ("01.2.3", None),
        ("1.2.3-", None),
    ],
)
def test_split_canonical_version(version: str, split: tuple[str, str | None] | None) -> None:
    assert split_canonical_version(version) == split
