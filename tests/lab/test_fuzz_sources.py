"""The sources of modules, components and texts: the same seed the same case, all rows reached, much of it accepted by ours."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.fuzz.component.whole import random_component
from pywasmtools.lab.fuzz.components import Components
from pywasmtools.lab.fuzz.core.bodies import NOT_ALONE
from pywasmtools.lab.fuzz.core.sections import random_stock
from pywasmtools.lab.fuzz.core.stock import Stock
from pywasmtools.lab.fuzz.core.worlds import random_wit
from pywasmtools.lab.fuzz.lines import ready
from pywasmtools.lab.fuzz.modules import Modules, any_world, embedded
from pywasmtools.lab.fuzz.source import Corpus, Source
from pywasmtools.lab.fuzz.splice import Splicer, join, split
from pywasmtools.lab.fuzz.text.forms import Forms, tokens_of
from pywasmtools.lab.fuzz.text.texts import TEXTS
from pywasmtools.lab.fuzz.text.writer import module_text
from pywasmtools.lab.fuzz.wat import Wat
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.canonicals import ROWS as CANONICALS
from pywasmtools.wasm.canonicals import read_canonical
from pywasmtools.wasm.instructions import ROWS
from pywasmtools.wasm.payloads import COMPONENT_CANONICAL_SECTION, Parser
from pywasmtools.wasm.types import FUNCREF, I32, I64, NULLABLE, REF, FieldType, StructType, concrete_heap
from pywasmtools.wat.parse import wat_to_binary

SOURCES: list[Source] = [Modules(), Components(), Wat()]


def stocks(count: int) -> Iterator[Stock]:
    for seed in range(count):
        yield random_stock(random.Random(seed), imports=seed % 4 == 0)


def accepts(data: bytes) -> bool:
    try:
        validate_all(data, BodyValidator().check)
    except WasmToolsError:
        return False
    return True


def corpus() -> Corpus:
    """A corpus of what the generators make."""
    modules = [stock.module.encode() for stock in stocks(5)]
    components = [random_component(random.Random(seed)).builder.finish() for seed in range(5)]
    return Corpus(modules=modules, components=components, wat=[text.encode() for text in TEXTS])


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_same_seed_makes_the_same_case(source: Source) -> None:
    parts = corpus()
    for seed in range(40):
        one, other = (source.case(random.Random(seed), parts) for _ in range(2))
        assert one == other, seed


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_cases_are_small_and_without_a_corpus_too(source: Source) -> None:
    cases = [source.case(random.Random(seed), Corpus()) for seed in range(60)]
    assert sorted(case.size for case in cases)[30] < 2048
    allowed = {"component new", "component wit", "component embed", *ready()}
    assert all(" ".join(case.argv[:2]) in allowed or case.argv[0] in allowed for case in cases)


def test_every_instruction_comes_up() -> None:
    found: Counter[int] = Counter()
    for stock in stocks(1500):
        found.update(row.key for func in stock.module.funcs for row, _ in func.body)
    missing = [row.name for row in ROWS if row.key not in found and row.key != 0x0B]
    assert not missing
    assert all(found[key] for key in NOT_ALONE)


def test_every_built_in_comes_up() -> None:
    found: Counter[str] = Counter()
    for seed in range(300):
        for payload in Parser(random_component(random.Random(seed)).builder.finish()):
            if payload.kind == COMPONENT_CANONICAL_SECTION:
                reader = payload.section()
                found.update(read_canonical(reader)[0].name for _ in range(payload.count))
    assert not [row.name for row in CANONICALS if row.name not in found]


def test_tables_are_made_of_no_globals_and_globals_of_those_before() -> None:
    """The section of tables stands before that of globals, so what a table is filled with names none."""
    long, named = 0, 0
    for seed in range(100):
        stock = Stock(random.Random(seed))
        for type_ in (I32, I64):
            stock.global_(type_, False)
        struct = stock.add_type(StructType(tuple(FieldType(type_, False) for type_ in (I32, I64) * 8)))
        stock.table(concrete_heap(struct) | REF)
        init = stock.module.tables[-1].init
        assert init is not None
        long += len(init) > 16
        assert "global.get" not in [row.name for row, _ in init]
        named += "global.get" in [row.name for row, _ in stock.const(concrete_heap(struct) | REF)]
    assert long > 20 and named > 20


MAKERS: tuple[Callable[[Stock], object], ...] = (
    lambda stock: stock.table(FUNCREF),
    lambda stock: stock.table(FUNCREF & ~NULLABLE),
    lambda stock: stock.global_(I32),
    lambda stock: stock.add_memory(stock.memory_type()),
    lambda stock: stock.add_function(stock.func_type()),
    lambda stock: stock.tag(),
    lambda stock: stock.data(),
    lambda stock: stock.struct(),
    lambda stock: stock.array(),
    lambda stock: stock.any_func(),
)


@pytest.mark.parametrize("set_", [True, False])
def test_what_a_stock_is_like_stays(set_: bool) -> None:
    """Whatever is asked of it: that its types are final, and that it is small in what it has."""
    for seed in range(30):
        rng = random.Random(seed)
        stock = Stock(rng)
        stock.plain = stock.frugal = set_
        for make in MAKERS:
            make(stock)
            assert (stock.plain, stock.frugal, stock.before_globals) == (set_, set_, False)


def test_what_is_generated_is_mostly_valid() -> None:
    modules = [accepts(stock.module.encode()) for stock in stocks(200)]
    assert 0.6 < sum(modules) / len(modules) < 0.97
    components = [accepts(random_component(random.Random(seed)).builder.finish()) for seed in range(150)]
    assert sum(components) / len(components) > 0.6


def test_modules_that_fit_a_world_become_components() -> None:
    from pywasmtools.api import component_new

    made = 0
    for seed in range(60):
        data = embedded(random.Random(seed))
        try:
            component_new(data)
        except WasmToolsError:
            continue
        made += 1
    assert made > 30


def test_worlds_are_mostly_accepted() -> None:
    from pywasmtools.api import parse_wit

    refused = 0
    for seed in range(100):
        try:
            parse_wit(random_wit(random.Random(seed)))
        except WasmToolsError:
            refused += 1
    assert refused < 15
    assert any_world(random.Random(0))[0].startswith("package a:b")


def test_texts_say_the_same_module() -> None:
    """Text written of a module parses to one that has the same instructions."""
    parsed = same = 0
    for stock in stocks(150):
        text = module_text(stock.rng, stock)
        try:
            data = wat_to_binary(text.encode(), None)
        except WasmToolsError:
            continue
        parsed += 1
        code = [[s.content for s in split(d)[1] if s.id == 10] for d in (data, stock.module.encode())]
        same += code[0] == code[1]
    assert parsed > 120
    assert same > 80


def test_texts_of_components_are_valid() -> None:
    for text in TEXTS:
        assert accepts(wat_to_binary(text.encode(), None)), text


def test_binaries_are_taken_apart_and_joined() -> None:
    for stock in stocks(20):
        data = stock.module.encode()
        assert join(*split(data)) == data
        assert join(*split(data[:-3])) == data[:-3]


def test_changes_are_changes() -> None:
    for seed, stock in enumerate(stocks(20)):
        data = stock.module.encode()
        splicer = Splicer(random.Random(seed), [data])
        assert sum(splicer.change(data) != data for _ in range(10)) >= 5
        forms = Forms(random.Random(seed))
        text = module_text(stock.rng, stock)
        assert "".join(tokens_of(text)) == text
        assert sum(forms.change(text) != text for _ in range(10)) >= 5
