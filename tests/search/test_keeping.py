"""What must never happen to the stored index: loss, corruption, two writers, a half-seen write."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.search import Query, SearchBusy, open_engine
from shop.search.null_engine import NullEngine
from shop.search.whoosh_engine import WhooshEngine
from shop.search.whoosh_index import SegmentTerms
from tests.search.documents import doc

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def engine(place: Path) -> Iterator[WhooshEngine]:
    opened = WhooshEngine(place, wait=0.1)
    opened.rebuild(doc(n, f"barang nomor {n}", kind=[str(n % 3)], price=n) for n in range(20))
    yield opened
    opened.close()


def totals(place: Path) -> tuple[int, int, bool]:
    """What a freshly opened engine holds, finds, and says about itself."""
    opened = WhooshEngine(place)
    try:
        result = opened.find(Query("barang", {"kind": ("1",)}, sort="price"))
        return opened.count(), result.total, opened.needs_rebuild
    finally:
        opened.close()


def sidecars(place: Path) -> list[Path]:
    return sorted(place.glob("index-*/*.part"))


def test_the_directory_is_for_its_owner_only(engine: WhooshEngine, place: Path) -> None:
    assert place.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["missing", "empty", "torn", "flipped", "foreign"])
def test_a_lost_or_damaged_sidecar_is_written_again(engine: WhooshEngine, place: Path, damage: str) -> None:
    engine.close()
    (path,) = sidecars(place)
    raw = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        where = len(raw) * 3 // 4
        path.write_bytes(
            {
                "empty": b"",
                "torn": raw[:-20],
                "flipped": raw[:where] + bytes([raw[where] ^ 255]) + raw[where + 1 :],
                "foreign": b"PK\3\4" * 50,
            }[damage],
        )
    assert totals(place) == (20, 7, False)
    assert sidecars(place)[0].read_bytes() == raw


def test_a_crash_between_commit_and_head_loses_nothing(engine: WhooshEngine, place: Path) -> None:
    before = (place / "head.json").read_bytes()
    engine.put([doc(100, "barang baru", kind=["1"])])
    engine.close()
    (place / "head.json").write_bytes(before)
    for path in sidecars(place):
        path.unlink()
    assert totals(place) == (21, 8, False)


@pytest.mark.parametrize("head", [b"", b"[]", b"{broken", b'{"index": "index-77"}', b'{"index": 5}'])
def test_a_damaged_head_asks_for_a_rebuild_and_does_not_stop_us(engine: WhooshEngine, place: Path, head: bytes) -> None:
    engine.close()
    (place / "head.json").write_bytes(head)
    assert totals(place) == (0, 0, True)
    again = WhooshEngine(place)
    again.put([doc(1, "barang", kind=["1"])])
    assert (again.count(), again.needs_rebuild) == (1, True)
    again.rebuild([doc(1, "barang", kind=["1"])])
    assert not again.needs_rebuild
    again.close()
    assert totals(place) == (1, 1, False)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves such a file open
def test_a_damaged_index_asks_for_a_rebuild(engine: WhooshEngine, place: Path) -> None:
    engine.close()
    for path in place.glob("index-*/*"):
        path.write_bytes(b"rubbish")
    assert totals(place) == (0, 0, True)


def test_other_word_rules_ask_for_a_rebuild_and_the_old_index_serves(
    engine: WhooshEngine,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shop.search.whoosh_engine.fingerprint", lambda: "tomorrow")
    assert totals(place) == (20, 7, True)


def test_a_rebuild_leaves_one_directory(engine: WhooshEngine, place: Path) -> None:
    for _ in range(3):
        engine.rebuild([doc(1, "barang")])
    assert len(list(place.glob("index-*"))) == 1


def test_small_writes_do_not_pile_up_segments(engine: WhooshEngine, place: Path) -> None:
    for n in range(60):
        engine.put([doc(1_000 + n, "barang kecil")])
    assert len(sidecars(place)) < 14
    assert engine.count() == 80
    assert engine.find(Query("kecil")).total == 60


def test_segments_have_different_names_whatever_the_state_of_chance(engine: WhooshEngine) -> None:
    """Forked workers share the state of `random`, from which Whoosh would name its segments."""
    for n in range(3):
        random.seed(1)
        engine.put([doc(500 + n, "barang")])
    assert engine.count() == 23


def test_a_failed_commit_does_not_keep_the_lock(engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patched:
        patched.setattr("whoosh.writing.SegmentWriter._commit_toc", full)
        with pytest.raises(OSError, match="no space"):
            engine.put([doc(500, "barang gagal")])
    assert engine.find(Query("gagal")).total == 0
    engine.put([doc(501, "barang berhasil")])
    assert engine.count() == 21


def test_a_writer_waits_and_then_says_that_another_one_writes(engine: WhooshEngine, place: Path) -> None:
    started, finish = threading.Event(), threading.Event()
    other = WhooshEngine(place)

    def slowly() -> object:
        started.set()
        finish.wait(10)
        yield doc(1, "barang")

    thread = threading.Thread(target=lambda: other.rebuild(slowly()))
    thread.start()
    started.wait(10)
    with pytest.raises(SearchBusy):
        engine.put([doc(2, "barang")])
    with pytest.raises(SearchBusy):
        other._wait = 0.05
        other.put([doc(2, "barang")])
    assert engine.find(Query("barang")).total == 20
    finish.set()
    thread.join()
    engine.put([doc(2, "barang")])
    assert engine.count() == 2
    other.close()


def test_two_processes_write_in_turn(engine: WhooshEngine, place: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from shop.search import Document, open_engine
        engine = open_engine("whoosh", sys.argv[1])
        for n in range(8):
            engine.put([Document(int(sys.argv[2]) + n, "barang proses")])
        engine.close()
    """)
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(place), str(first)], cwd=ROOT) for first in (1_000, 2_000)
    ]
    assert [one.wait(60) for one in running] == [0, 0]
    assert engine.refresh()
    assert engine.find(Query("proses")).total == 16
    assert totals(place) == (36, 7, False)


def test_readers_never_see_half_a_write(engine: WhooshEngine) -> None:
    """Every batch replaces all ten documents, so a total other than ten would be half a write."""
    engine.rebuild(doc(n, "lama kain") for n in range(10))
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                result = engine.find(Query("kain", count=("kind",)))
                if result.total != 10 or len({hit.card for hit in result.hits}) != 10:
                    wrong.append(result)
                engine.suggest("ka")
                engine.refresh()
            except Exception as error:  # noqa: BLE001 - what a thread raises must reach the test
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(12):
        engine.put([doc(n, f"kain putaran{turn}", kind=["a"]) for n in range(10)])
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_the_quick_way_to_read_postings_agrees_with_the_public_way(engine: WhooshEngine) -> None:
    engine.put([doc(50, "barang lain", "nomor")])
    for segment in engine._segments.values():
        terms = SegmentTerms(segment.reader)
        for _, term in list(segment.reader.all_terms()):
            slots, levels = terms.read(term.decode())
            slots = list(slots)
            expected = terms._one_by_one(segment.reader.postings("terms", term))
            assert (slots, [levels] * len(slots) if isinstance(levels, float) else list(levels)) == expected
        assert terms.read("tak ada") is None


def test_the_public_way_takes_over_when_whoosh_changes_inside(
    engine: WhooshEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def changed(_: object) -> object:
        raise AttributeError

    monkeypatch.setattr(SegmentTerms, "_block_by_block", staticmethod(changed))
    engine.forget()
    assert engine.find(Query("barang", {"kind": ("1",)})).total == 7


def test_engines_are_opened_by_name(tmp_path: Path) -> None:
    assert isinstance(open_engine("null", tmp_path), NullEngine)
    whoosh = open_engine("", tmp_path / "default")
    assert isinstance(whoosh, WhooshEngine)
    whoosh.close()
    with pytest.raises(ValueError, match="solr"):
        open_engine("solr://somewhere", tmp_path)


def test_the_null_engine_has_the_shape_of_an_engine(tmp_path: Path) -> None:
    engine = open_engine("null", tmp_path)
    engine.put([doc(1, "barang")])
    engine.drop([1])
    assert engine.rebuild([doc(1, "barang")]) == 1
    assert engine.find(Query("barang", count=("kind",))).facets == {"kind": {}}
    assert (engine.count(), engine.suggest("b"), engine.refresh(), engine.needs_rebuild) == (0, (), False, False)
    engine.close()
