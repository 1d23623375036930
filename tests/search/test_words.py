"""Words as Indonesians write them, from the single word up to the question answered."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.search import Engine, Query
from shop.search.analysis import MOST_WORDS, question, terms_of
from shop.search.lexicon import distance
from shop.search.stems import stem
from shop.search.synonyms import table
from shop.search.words import fold, words_of
from tests.search.documents import doc

SHELF = [
    doc(1, "Keripik Singkong Pedas 250 gr", "Dapur Ibu Sari"),
    doc(2, "Nasi Kotak Ayam Bakar", "katering"),
    doc(3, "Kue-Kue Kering Lebaran"),
    doc(4, "Kaos T-Shirt Polos"),
    doc(5, "Cincin Emas"),
    doc(6, "Jasa Pengemasan Produk"),
    doc(7, "Air Mineral 1,5 Liter"),
    doc(8, "Café Latté Jakarté"),
    doc(9, "Suvenir Monas", "dan untuk oleh-oleh"),
    doc(10, "Batik Tulis Betawi"),
    doc(11, "Batik Cap"),
    doc(12, "Kain <b>Tenun</b> &amp; Songket"),
    doc(13, "Anyaman Bambu", "kerajinan tangan"),
    doc(14, "Nasi Goreng", "disajikan dalam kotak"),
    doc(15, "Yang Terbaik"),
    doc(16, "Meja Kayu"),
    doc(17, "Kemeja Batik"),
]


@pytest.fixture
def shelf(engine: Engine) -> Engine:
    engine.rebuild(SHELF)
    return engine


def found(engine: Engine, text: str) -> list[int]:
    return [hit.id for hit in engine.find(Query(text)).hits]


@pytest.mark.parametrize(
    ("text", "wholes"),
    [
        ("250 ml", ["250ml"]),
        ("250ML", ["250ml"]),
        ("0,25 liter", ["250ml"]),
        ("1kg", ["1000g"]),
        ("1 Kilo", ["1000g"]),
        ("½ kg", ["500g"]),
        ("1/2 kg", ["500g"]),
        ("1.500 gram", ["1500g"]),
        ("10's", ["10pcs"]),
        ("10x21g", ["10", "x", "21g"]),
        ("160 x 200 cm", ["160", "x", "2000mm"]),
        ("Wall's", ["walls"]),
        ("t-shirt", ["tshirt"]),
        ("kue\u2011kue", ["kuekue"]),
        ("oleh oleh", ["oleholeh"]),
        ("Crème Brûlée", ["creme", "brulee"]),
        ("ＫＯＰＩ", ["kopi"]),
        ("🍜 mie 🍜", ["mie"]),
        ("<b>kopi</b>&nbsp;susu", ["kopi", "susu"]),
        (
            'name:"kopi"~2 AND (susu* OR -gula) [a TO b]',
            ["name", "kopi", "2", "and", "susu", "or", "gula", "a", "to", "b"],
        ),
        ("1/0 kg 999.999.999", ["1", "0g", "999999999"]),
        ("", []),
    ],
)
def test_one_form_for_each_way_of_writing(text: str, wholes: list[str]) -> None:
    assert [word.whole for word in words_of(text)] == wholes


def test_a_repeated_word_is_also_its_single_form() -> None:
    for text in ("kue-kue", "kue2", "kue kue"):
        assert words_of(text)[0].parts == ("kue",)
    assert words_of("co2")[0].parts == ("co2",)


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("pengemasan", "kemas"),
        ("kerajinan", "rajin"),
        ("minuman", "minum"),
        ("kemeja", "kemeja"),
        ("kelapa", "kelapa"),
        ("menyusui", "menyusui"),
        ("gorengan", "gorengan"),
        ("perawatan", "rawat"),
        ("pengering", "kering"),
        ("sereal", "sereal"),
        ("keuangan", "uang"),
        ("mentos", "mentos"),
        ("x", "x"),
    ],
)
def test_roots_and_their_false_friends(word: str, root: str) -> None:
    assert stem(word) == root


def test_what_is_asked_is_found(shelf: Engine) -> None:
    assert found(shelf, "kripik singkong") == [1]
    assert found(shelf, "singkong 0,25kg") == [1]
    assert found(shelf, "dapur sari") == [1]
    assert found(shelf, "kue2 kering") == found(shelf, "kue kering") == found(shelf, "KUE-KUE KERING") == [3]
    assert found(shelf, "tshirt")[0] == found(shelf, "t-shirt")[0] == 4
    assert found(shelf, "air mineral 1500ml") == [7]
    assert found(shelf, "cafe latte") == found(shelf, "CAFÉ LATTÉ") == [8]
    assert found(shelf, "oleh oleh monas") == [9]
    assert found(shelf, "songket tenun") == [12]
    assert found(shelf, "mengemas") == [6]
    assert found(shelf, "kopi; DROP TABLE produk") == []


def test_a_stem_never_finds_a_false_friend(shelf: Engine) -> None:
    assert found(shelf, "pengemasan") == [6]
    assert found(shelf, "emas") == [5]
    assert found(shelf, "meja") == [16]
    assert found(shelf, "kemeja") == [17]


def test_synonyms_of_several_words(shelf: Engine) -> None:
    for text in ("nasi box", "nasi dus", "nasi kotak"):
        assert found(shelf, text)[0] == 2
    assert found(shelf, "nasi box ayam") == [2]
    assert found(shelf, "nasi kotak") == [2, 14]


def test_snack_is_found_as_people_write_it() -> None:
    for text in ("snack", "snak", "snek"):
        assert "~1" in table()[text,].opens
    for text in ("snack box", "snak box", "snack kotak", "snak kotak", "snek kotak"):
        assert "~5" in table()[tuple(word.whole for word in words_of(text))].opens


def test_a_narrow_synonym_does_not_open_its_group(shelf: Engine) -> None:
    assert found(shelf, "batik tulis") == [10]
    assert set(found(shelf, "batik")) == {10, 11, 17}
    assert found(shelf, "rotan") == []
    assert found(shelf, "anyaman") == [13]


def test_stop_words_are_left_out_unless_there_is_nothing_else(shelf: Engine) -> None:
    assert found(shelf, "batik yang tulis") == [10]
    assert found(shelf, "yang") == [15]
    assert found(shelf, "dan untuk") == [9]


@pytest.mark.parametrize("text", ["🍜", "???", "%%%", "\x00", "<>", '"', "-", "(((", "\u200d"])
def test_no_words_find_nothing(shelf: Engine, text: str) -> None:
    assert shelf.find(Query(text)).total == 0
    assert shelf.suggest(text) == ()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=60) | st.text("0123456789.,/ xlgkmKue2-'½<>&", max_size=30))
def test_nothing_a_person_can_type_breaks_the_search(shelf: Engine, text: str) -> None:
    result = shelf.find(Query(text))
    if result.did_you_mean:
        assert shelf.find(Query(result.did_you_mean)).total
    shelf.suggest(text)
    shelf.put([doc(900, text, text)])


def test_spaces_are_no_question(shelf: Engine) -> None:
    assert shelf.find(Query("  \t ")).total == len(SHELF)


def test_very_long_input_is_cut() -> None:
    assert len(question("kopi teh susu " * 100_000).needs) <= MOST_WORDS
    assert len(terms_of("a " * 100_000, "b" * 1_000_000)) < 20


def test_the_exact_word_stands_before_root_and_synonym(engine: Engine) -> None:
    engine.rebuild([doc(1, "Snack Jagung"), doc(2, "Cemilan Jagung"), doc(3, "Camilan Jagung")])
    assert found(engine, "camilan")[0] == 3
    assert found(engine, "cemilan")[0] == 2
    engine.rebuild([doc(1, "Minum Jahe"), doc(2, "Minuman Jahe")])
    assert found(engine, "minuman") == [2, 1]
    assert found(engine, "minum") == [1, 2]


def test_neighbours_and_short_names_stand_first(engine: Engine) -> None:
    engine.rebuild(
        [
            doc(1, "Susu Kocok Rasa Kopi Besar Dingin"),
            doc(2, "Paket Hemat Kopi Susu Gula Aren Besar"),
            doc(3, "Kopi Susu"),
        ],
    )
    assert found(engine, "kopi susu") == [3, 2, 1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kripik singkng", "kripik singkong"),
        ("keripk singkong", "keripik singkong"),
        ("nasi kotka", "nasi kotak"),
        ("nasikotak", "nasi kotak"),
        ("sin gkong", "singkong"),
        ("singkonng pedes", "singkong pedas"),
        ("singkong madura", "singkong"),
    ],
)
def test_a_misspelt_word_gives_the_meant_one(shelf: Engine, typed: str, meant: str) -> None:
    result = shelf.find(Query(typed))
    assert (result.total, result.did_you_mean, result.corrected) == (0, meant, False)
    assert shelf.find(Query(meant)).total


def test_a_correction_is_taken_only_when_asked(shelf: Engine) -> None:
    result = shelf.find(Query("singkng", correct=True))
    assert (result.total, result.did_you_mean, result.corrected) == (1, "singkong", True)


def test_a_correction_has_hits_under_the_same_filters(engine: Engine) -> None:
    engine.rebuild([doc(1, "tumbler", place=["A"]), doc(2, "tumbles", place=["B"])])
    assert engine.find(Query("tumblez", {"place": ("A",)})).did_you_mean == "tumbler"
    assert engine.find(Query("tumblez", {"place": ("B",)})).did_you_mean == "tumbles"
    assert engine.find(Query("tumblez", {"place": ("C",)})).did_you_mean is None


def test_a_right_word_nobody_sells_is_not_corrected(engine: Engine) -> None:
    engine.rebuild([doc(1, "Sate Dapat Bonus"), doc(2, "Ati Ampela")])
    assert engine.find(Query("sate rapat")).did_you_mean == "sate"
    assert engine.find(Query("atk")).did_you_mean is None


def test_suggestions_complete_the_last_word(shelf: Engine) -> None:
    assert "keripik singkong pedas" in shelf.suggest("ker")
    assert shelf.suggest("nasi ko")[0].startswith("nasi kotak")
    assert shelf.suggest("CAFÉ la") == shelf.suggest("cafe LA") == ("cafe latte jakarte", "cafe latte")
    assert "pedas singkong" in shelf.suggest("pedas sin")
    assert len(shelf.suggest("k", 3)) == 3
    assert len(set(shelf.suggest("k", 50))) == len(shelf.suggest("k", 50))
    assert shelf.suggest("k", 0) == ()


def test_every_suggestion_has_hits(shelf: Engine) -> None:
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for text in shelf.suggest(letter, 50):
            assert shelf.find(Query(text)).total, text


@pytest.mark.parametrize(
    ("one", "two", "apart"),
    [("kopi", "kopi", 0), ("kopi", "kpoi", 1), ("kopi", "kop", 1), ("kopi", "kopit", 1), ("kopi", "teh", 3)],
)
def test_distance_counts_typing_errors(one: str, two: str, apart: int) -> None:
    assert distance(one, two, 2) == min(apart, 3)


def test_folding_keeps_what_is_no_markup() -> None:
    assert fold("3 < 5 > 2") == "3 < 5 > 2"
