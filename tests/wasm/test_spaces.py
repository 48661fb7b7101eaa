"""Index spaces, external kinds and section ids: one numbering, held together."""

from __future__ import annotations

from pywasmtools.validation.core import types as core_types
from pywasmtools.wasm import canonicals, payloads, spaces
from pywasmtools.wasm import module as m
from pywasmtools.wasm.payloads import MODULE_ORDER, Parser, section_id
from pywasmtools.wasm.spaces import COMPONENT_SORTS, CORE_SORTS, EXTERNAL_SORTS, MODULE_SORTS, SORTS, sort_of
from pywasmtools.wasm.writer import section
from pywasmtools.wat.sections import SECTION_NAMES


def test_a_sort_stands_at_its_number() -> None:
    assert [sort.number for sort in SORTS] == list(range(len(SORTS)))
    constants = {value for name, value in vars(spaces).items() if name.isupper() and isinstance(value, int)}
    constants.discard(spaces.TYPE_CHECKING)
    assert constants | {0} == set(range(len(SORTS)))


def test_external_kinds_are_the_first_spaces() -> None:
    kinds = [m.FUNC, m.TABLE, m.MEMORY, m.GLOBAL, m.TAG]
    assert kinds == [sort.number for sort in EXTERNAL_SORTS] == [sort.kind for sort in EXTERNAL_SORTS]
    assert [sort.keyword for sort in EXTERNAL_SORTS] == ["func", "table", "memory", "global", "tag"]
    assert list(core_types.EXTERNAL_DESCRIPTIONS.values()) == [*[s.keyword for s in EXTERNAL_SORTS], "func_exact"]


def test_sorts_by_their_byte() -> None:
    """Component model, Binary.md: `core:sort` and `sort`."""
    assert {byte: sort.noun for byte, sort in CORE_SORTS.items()} == {
        0x00: "core func", 0x01: "core table", 0x02: "core memory", 0x03: "core global", 0x04: "core tag",
        0x10: "core type", 0x11: "core module", 0x12: "core instance",
    }  # fmt: skip
    assert {byte: sort.noun for byte, sort in COMPONENT_SORTS.items()} == {
        0x01: "func", 0x02: "value", 0x03: "type", 0x04: "component", 0x05: "instance",
    }  # fmt: skip
    assert [sort_of(kind).noun for kind in (0x01, 0x10, 0x11, 0x12)] == [
        "func", "core type", "core module", "core instance",
    ]  # fmt: skip


def test_immediates_and_names_say_their_space() -> None:
    assert set(canonicals.INDEX_KINDS.values()) <= {sort.number for sort in SORTS}
    assert set(canonicals.OPTION_SPACES.values()) <= {sort.number for sort in SORTS}
    assert sorted(m.NAME_MAP_SPACES.values()) == [sort.number for sort in MODULE_SORTS]
    assert not set(m.NAME_MAP_SPACES) & set(m.INDIRECT_NAMES)


def test_sections_have_the_ids_of_the_specifications() -> None:
    assert sorted(MODULE_ORDER) == list(range(1, 14))
    assert MODULE_ORDER == (1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11)
    assert set(SECTION_NAMES.values()) == set(MODULE_ORDER) - {payloads.DATA_COUNT_SECTION}
    kinds = [value for name, value in vars(payloads).items() if name.endswith("_SECTION") and value >= 0x20]
    assert sorted(section_id(kind) for kind in kinds) == list(range(1, 12))


def test_unknown_sections_of_components_are_no_others() -> None:
    for id_ in (12, 0x21, 0x2B, 0x7F):
        found = list(Parser(b"\0asm\x0d\0\1\0" + section(id_, b"")))
        assert [(payload.kind, payload.id) for payload in found[1:-1]] == [(payloads.UNKNOWN_SECTION, id_)]
