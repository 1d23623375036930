"""What every engine promises, run on each of them: filters, counts, order, pages, writing."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from shop.search import Document, Engine, Query
from tests.search.documents import doc

SHELF = [
    doc(1, "Keripik Singkong Pedas", "Dapur Ibu Sari", kind=["camilan"], place=["Menteng"], price=15_000, tkdn=8_000),
    doc(2, "Keripik Pisang Cokelat", "Dapur Ibu Sari", kind=["camilan"], place=["Gambir"], price=18_000, tkdn=7_000),
    doc(3, "Kopi Bubuk Robusta 250 gr", "Kedai Betawi", kind=["minuman"], place=["Menteng"], price=40_000),
    doc(4, "Nasi Kotak Ayam Bakar", "Katering Melati", kind=["makanan", "katering"], place=["Gambir"], price=35_000),
    doc(5, "Tas Batik Tulis", "Rumah Batik", kind=["kriya"], place=["Tebet"], price=120_000, tkdn=9_500),
    doc(6, "Kue Lapis Keripik", "pedas singkong", kind=["camilan"], place=["Tebet"], price=15_000, tkdn=2_500),
]


@pytest.fixture
def shelf(engine: Engine) -> Engine:
    engine.rebuild(SHELF)
    return engine


def found(engine: Engine, text: str = "", **more: object) -> list[int]:
    return [hit.id for hit in engine.find(replace(Query(text), **more)).hits]


def test_an_empty_question_finds_everything_in_order_of_id(shelf: Engine) -> None:
    result = shelf.find(Query())
    assert result.total == len(SHELF) == shelf.count()
    assert [hit.id for hit in result.hits] == [1, 2, 3, 4, 5, 6]
    assert [hit.card for hit in result.hits] == [one.card for one in SHELF]


def test_every_word_must_be_found_and_the_name_weighs_more_than_the_body(shelf: Engine) -> None:
    assert found(shelf, "keripik singkong") == [1, 6]
    assert found(shelf, "keripik robusta") == []
    assert found(shelf, "dapur sari") == [1, 2]


def test_values_of_one_facet_are_alternatives_and_facets_all_apply(shelf: Engine) -> None:
    assert found(shelf, facets={"place": ("Menteng", "Gambir")}) == [1, 2, 3, 4]
    assert found(shelf, facets={"place": ("Menteng", "Gambir"), "kind": ("camilan",)}) == [1, 2]
    assert found(shelf, facets={"place": ()}) == [1, 2, 3, 4, 5, 6]
    assert found(shelf, facets={"place": ("Bogor",)}) == []
    assert found(shelf, facets={"unheard": ("of",)}) == []


def test_counts_leave_out_only_their_own_filter(shelf: Engine) -> None:
    q = Query(facets={"place": ("Gambir",), "kind": ("camilan",)}, count=("place", "kind", "unheard"))
    result = shelf.find(q)
    assert result.total == 1
    assert result.facets["place"] == {"Gambir": 1, "Menteng": 1, "Tebet": 1}
    assert result.facets["kind"] == {"camilan": 1, "katering": 1, "makanan": 1}
    assert result.facets["unheard"] == {}


def test_ranges_are_closed_and_leave_out_who_has_no_number(shelf: Engine) -> None:
    assert found(shelf, ranges={"price": (15_000, 18_000)}) == [1, 2, 6]
    assert found(shelf, ranges={"tkdn": (7_000, None)}) == [1, 2, 5]
    assert found(shelf, ranges={"tkdn": (None, 7_000)}) == [2, 6]
    assert found(shelf, ranges={"tkdn": (None, None)}) == [1, 2, 3, 4, 5, 6]
    assert found(shelf, ranges={"tkdn": (9_501, None)}) == []
    assert found(shelf, ranges={"price": (18_000, 15_000)}) == []
    assert found(shelf, ranges={"unheard": (1, 2)}) == []


def test_sorting_by_a_number_puts_equals_by_id_and_the_numberless_last(shelf: Engine) -> None:
    assert found(shelf, sort="price") == [1, 6, 2, 4, 3, 5]
    assert found(shelf, sort="-price") == [5, 3, 4, 2, 1, 6]
    assert found(shelf, sort="tkdn") == [6, 2, 1, 5, 3, 4]
    assert found(shelf, sort="-tkdn") == [5, 1, 2, 6, 3, 4]
    assert found(shelf, sort="unheard") == [1, 2, 3, 4, 5, 6]


def test_pages_join_without_gap_or_repetition(shelf: Engine) -> None:
    for sort in ("relevance", "price", "-tkdn"):
        whole = found(shelf, "", sort=sort)
        pages = [found(shelf, "", sort=sort, offset=at, limit=2) for at in range(0, 8, 2)]
        assert list(itertools.chain(*pages)) == whole
    assert shelf.find(Query(limit=0)).total == len(SHELF)
    assert found(shelf, limit=0) == []


def test_excluded_documents_are_neither_hits_nor_counted(shelf: Engine) -> None:
    result = shelf.find(Query("keripik", exclude=frozenset({1, 99}), count=("place",)))
    assert result.total == 2
    assert {hit.id for hit in result.hits} == {2, 6}
    assert "Menteng" not in result.facets["place"]


def test_put_replaces_and_is_seen_at_once(shelf: Engine) -> None:
    shelf.put([doc(3, "Teh Melati", place=["Cilandak"], price=1), doc(7, "Keripik Tempe", place=["Menteng"])])
    assert found(shelf, "kopi") == []
    assert found(shelf, "teh melati") == [3]
    assert shelf.count() == 7
    assert shelf.find(Query("keripik", count=("place",))).facets["place"] == {"Menteng": 2, "Tebet": 1, "Gambir": 1}
    assert found(shelf, sort="price")[0] == 3


def test_of_two_with_one_id_in_a_batch_the_last_stays(engine: Engine) -> None:
    engine.put([doc(1, "lama"), doc(1, "baru")])
    assert engine.count() == 1
    assert found(engine, "baru") == [1]
    assert found(engine, "lama") == []


def test_drop_forgets_and_does_not_mind_the_unknown(shelf: Engine) -> None:
    shelf.drop([1, 2, 999])
    shelf.drop([1])
    assert found(shelf, "keripik") == [6]
    assert shelf.count() == 4
    assert shelf.suggest("keripik pis") == ()


def test_many_small_writes_answer_like_one_rebuild(engine: Engine, open_one: Callable[[], Engine]) -> None:
    chance = random.Random(5)
    held: dict[int, Document] = {}
    for _ in range(30):
        batch = [
            doc(number, f"barang {chance.choice('abcd')}x", kind=[chance.choice("pqr")], price=chance.randint(1, 9))
            for number in chance.sample(range(60), 4)
        ]
        engine.put(batch)
        held.update({one.id: one for one in batch})
        gone = chance.choice(sorted(held))
        engine.drop([gone])
        del held[gone]
    for again in (engine, open_one()):
        for letter in "abcd":
            expected = [one for one in held.values() if one.name == f"barang {letter}x"]
            result = again.find(Query(f"{letter}x", sort="price", count=("kind",), limit=100))
            assert [hit.id for hit in result.hits] == [
                one.id for one in sorted(expected, key=lambda one: (one.numbers["price"], one.id))
            ]
            assert result.facets["kind"] == Counter(one.facets["kind"][0] for one in expected)


def test_rebuild_replaces_everything_and_says_how_many(shelf: Engine) -> None:
    assert shelf.rebuild(iter([doc(10, "Sapu Lidi")])) == 1
    assert found(shelf) == [10]
    assert not shelf.needs_rebuild
    assert shelf.rebuild([]) == 0
    assert shelf.find(Query("sapu")).total == 0
    shelf.put([doc(1, "Sapu Ijuk")])
    assert found(shelf, "sapu") == [1]


def test_the_old_index_serves_while_a_new_one_is_built(shelf: Engine) -> None:
    seen: list[int] = []

    def slowly() -> object:
        seen.append(shelf.find(Query("keripik")).total)
        yield doc(1, "Sapu")
        seen.append(shelf.find(Query("sapu")).total)

    shelf.rebuild(slowly())
    assert seen == [3, 0]
    assert shelf.find(Query("sapu")).total == 1


def test_a_failed_rebuild_leaves_the_old_index(shelf: Engine) -> None:
    def broken() -> object:
        yield doc(1, "Sapu")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        shelf.rebuild(broken())
    assert shelf.find(Query("keripik")).total == 3
    shelf.put([doc(8, "Keripik Bayam")])
    assert shelf.find(Query("keripik")).total == 4


def test_a_reopened_engine_answers_the_same(shelf: Engine, open_one: Callable[[], Engine]) -> None:
    again = open_one()
    q = Query("keripik", sort="-price", count=("kind", "place"), ranges={"price": (1, None)})
    assert again.find(q) == shelf.find(q)
    assert again.suggest("ker") == shelf.suggest("ker")
    assert not again.needs_rebuild


def test_refresh_sees_what_another_engine_wrote(shelf: Engine, open_one: Callable[[], Engine]) -> None:
    other = open_one()
    assert not shelf.refresh()
    other.put([doc(9, "Wedang Uwuh")])
    assert shelf.refresh()
    assert found(shelf, "wedang") == [9]
    assert not shelf.refresh()
    other.rebuild([doc(9, "Wedang Ronde")])
    assert shelf.refresh()
    assert found(shelf) == [9]


def test_an_engine_never_built_says_so(engine: Engine) -> None:
    assert engine.needs_rebuild
    assert engine.find(Query("apa saja", count=("kind",))).facets == {"kind": {}}
    assert engine.suggest("ap") == ()
    engine.put([doc(1, "Sapu")])
    assert engine.needs_rebuild
    assert engine.count() == 1


@pytest.mark.parametrize("seed", range(4))
def test_any_filter_agrees_with_counting_by_hand(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    docs = [
        doc(
            number,
            " ".join(chance.sample(["satu", "dua", "tiga", "empat", "lima", "enam"], 3)),
            f=chance.sample("abcdef", chance.randint(0, 3)),
            g=[str(chance.randint(0, 400))],
            **({"n": chance.randint(-50, 50)} if chance.random() < 0.8 else {}),
        )
        for number in chance.sample(range(5_000), 700)
    ]
    engine.rebuild(docs)
    for _ in range(40):
        word = chance.choice(["", "satu", "empat", "lima enam"])
        fs, low = tuple(chance.sample("abcdef", chance.randint(0, 3))), chance.randint(-60, 60)
        q = Query(word, {"f": fs}, {"n": (low, low + 40)}, sort=chance.choice(["n", "-n"]), limit=50, count=("f", "g"))
        base = [
            d for d in docs if set(word.split()) <= set(d.name.split()) and low <= d.numbers.get("n", 999) <= low + 40
        ]
        hits = [d for d in base if not fs or set(fs) & set(d.facets["f"])]
        sign = -1 if q.sort == "-n" else 1
        result = engine.find(q)
        assert result.total == len(hits)
        assert [hit.id for hit in result.hits] == [
            d.id for d in sorted(hits, key=lambda d: (sign * d.numbers["n"], d.id))
        ][:50]
        assert result.facets["f"] == Counter(value for d in base for value in d.facets["f"])
        assert result.facets["g"] == Counter(d.facets["g"][0] for d in hits)
