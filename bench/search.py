"""How fast the search room answers, on a synthetic Indonesian catalogue that is the same on every machine.

    python bench/search.py [documents ...]        (10000 and 100000 when nothing is said)

Measured is CPU time of this process, one thread. The question is the one that matters: two words, four filters
(category, kecamatan, TKDN range, price range), exact total, counts of three facets, the best 24 hits. "warm" has the
word sets in memory but works out every answer; "cold" has forgotten all words; "again" repeats a remembered question.
With the package tantivy installed, its time for the two words and filters alone is shown for comparison.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from shop.search import Document, Query
from shop.search.whoosh_engine import WhooshEngine

_HEADS = """
keripik kerupuk kue roti nasi kopi teh sambal abon rendang dodol brownies donat bolu lumpia pastel risoles bakso
siomay batagor tas dompet kemeja kaos batik kerudung mukena sepatu sandal topi plakat tumbler mug lanyard
gantungan bantal seragam spanduk pulpen map masker sabun parsel tanaman keranjang sirup madu jus wedang
"""
_KINDS = """
singkong pisang kotak basah kering bubuk celup pedas manis original balado keju cokelat pandan premium tulis cap
betawi jakarta khas kulit kain kanvas rajut bordir polos anyaman rotan bambu mini besar kecil hampers paket isi
spesial jahe gula aren susu stroberi vanila organik segar beku siap saji rumahan tradisional modern
"""
_TELLING = """
dibuat oleh perajin binaan jakpreneur dengan bahan pilihan tanpa pengawet cocok untuk rapat kegiatan kantor
acara dinas pengiriman wilayah tersedia kemasan halal bersertifikat produksi harian minimal pemesanan garansi
"""
_SYLLABLES = """
ba bi bu da di du ga gi ka ki ku la li lu ma mi mu na ni nu pa pi pu ra ri ru sa si su ta ti tu wa ya
"""
HEADS, KINDS, TELLING, SYLLABLES = (text.split() for text in (_HEADS, _KINDS, _TELLING, _SYLLABLES))
CATEGORIES = [f"kategori-{n:02}" for n in range(48)]
DISTRICTS = [f"kecamatan-{n:02}" for n in range(44)]


def catalogue(size: int) -> Iterator[Document]:
    """Make the same `size` documents every time, words distributed as in real titles: few common, many rare."""
    chance = random.Random(20_261_122)
    brands = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(max(size // 8, 50))]
    weights = [1 / (rank + 3) for rank in range(len(KINDS))]
    for number in range(1, size + 1):
        head = HEADS[min(int(chance.expovariate(1 / 12)), len(HEADS) - 1)]
        kinds = chance.choices(KINDS, weights, k=chance.randint(1, 4))
        brand = chance.choice(brands)
        amount = f"{chance.choice((50, 100, 200, 250, 500))} g"
        category, district = chance.choice(CATEGORIES), chance.choice(DISTRICTS)
        yield Document(
            number,
            f"{head} {' '.join(kinds)} {brand} {amount}".title(),
            f"{brand} {category} {' '.join(chance.choices(TELLING, k=18))}",
            {"category": (category,), "district": (district,), "badge": tuple(chance.sample("abcdefgh", k=2))},
            {"price": chance.randint(5, 5_000) * 1_000, "tkdn": chance.randint(0, 10_000), "created": number},
            b"c" * 350,
        )


def questions(number: int) -> list[Query]:
    """Two words with four filters, all different."""
    chance = random.Random(7)
    weights = [1 / (rank + 3) for rank in range(len(KINDS))]
    return [
        Query(
            text=f"{HEADS[min(int(chance.expovariate(1 / 12)), len(HEADS) - 1)]} {chance.choices(KINDS, weights)[0]}",
            facets={
                "category": tuple(chance.sample(CATEGORIES, 24)),
                "district": tuple(chance.sample(DISTRICTS, 22)),
            },
            ranges={
                "tkdn": (chance.randrange(0, 5_000, 500), None),
                "price": (None, chance.randrange(10**6, 5 * 10**6)),
            },
            count=("category", "district", "badge"),
        )
        for _ in range(number)
    ]


def measured(work: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1e6


def line(what: str, times: list[float]) -> None:
    """Print one row of the table."""
    times.sort()
    p50, p95, p99 = (times[min(int(len(times) * share), len(times) - 1)] for share in (0.50, 0.95, 0.99))
    print(f"  {what:<34}{p50:>10.3f}{p95:>10.3f}{p99:>10.3f}")


def resident() -> float:
    """Megabytes of memory this process holds now."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(row.split()[1]) for row in status.read_text().splitlines() if row.startswith("VmRSS")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(size: int, directory: Path) -> None:
    """Build, open, ask, change; print one table."""
    builder = WhooshEngine(directory)
    build = measured(lambda: builder.rebuild(catalogue(size)))
    builder.close()
    before = resident()
    opened: list[WhooshEngine] = []
    opening = measured(lambda: opened.append(WhooshEngine(directory, keep_answers=False)))
    engine = opened[0]
    asked = questions(400)
    totals = sorted(engine.find(q).total for q in asked)
    print(f"\n{size:,} documents: build {build / 1000:.1f} s, open {opening:.0f} ms; ", end="")
    print(f"hits of a question: {totals[200]:,} in the middle, {totals[-1]:,} at most")
    print(f"  {'CPU milliseconds':<34}{'p50':>10}{'p95':>10}{'p99':>10}")
    cold = []
    for q in asked[:120]:
        engine.forget()
        cold.append(measured(lambda q=q: engine.find(q)))
    line("two words, four filters, cold", cold)
    for q in asked:
        engine.find(q)
    line("two words, four filters, warm", [measured(lambda q=q: engine.find(q)) for q in asked])
    by_price = [replace(q, sort="price") for q in asked]
    line("the same by price", [measured(lambda q=q: engine.find(q)) for q in by_price])
    wide = [replace(q, facets={}, ranges={}) for q in asked]
    line("two words without filters", [measured(lambda q=q: engine.find(q)) for q in wide])
    browse = [replace(q, text="", facets={}) for q in asked]
    line("no words, ranges only", [measured(lambda q=q: engine.find(q)) for q in browse])
    wrong = [Query(f"{q.text[1:3]}{q.text}") for q in asked[:100]]
    line("misspelt, did you mean", [measured(lambda q=q: engine.find(q)) for q in wrong])
    typed = [q.text[:length] for q in asked[:60] for length in (2, 5, 9)]
    line("suggest", [measured(lambda t=t: engine.suggest(t)) for t in typed])
    line("refresh, nothing new", [measured(engine.refresh) for _ in range(400)])
    print(f"  memory after opening and asking: +{resident() - before:.0f} MB (whole process {resident():.0f} MB)")
    documents = list(catalogue(400))
    line("put 1", [measured(lambda d=d: engine.put([d])) for d in documents[:24]])
    line("put 50", [measured(lambda n=n: engine.put(documents[n : n + 50])) for n in range(0, 400, 50)])
    line("warm after 32 puts", [measured(lambda q=q: engine.find(q)) for q in asked])
    engine.close()
    remembering = WhooshEngine(directory)
    for q in asked:
        remembering.find(q)
    line("again (remembered answer)", [measured(lambda q=q: remembering.find(q)) for q in asked])
    remembering.close()


def tantivy_line(size: int, directory: Path) -> None:
    """Show the practical lower limit, when installed: two words, two of the filters, best 24 and total; no facet counts."""
    try:
        import tantivy
    except ImportError:
        return
    build = tantivy.SchemaBuilder()
    build.add_text_field("text")
    build.add_integer_field("price", indexed=True, fast=True)
    build.add_integer_field("tkdn", indexed=True, fast=True)
    directory.mkdir()
    index = tantivy.Index(build.build(), path=str(directory))
    writer = index.writer(100_000_000, 1)
    for doc in catalogue(size):
        writer.add_document(
            tantivy.Document(text=f"{doc.name} {doc.body}", price=doc.numbers["price"], tkdn=doc.numbers["tkdn"]),
        )
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def ask(q: Query) -> object:
        words = " ".join(f"+text:{word}" for word in q.text.split())
        bounds = f" +price:[0 TO {q.ranges['price'][1]}] +tkdn:[{q.ranges['tkdn'][0]} TO 10000]"
        return searcher.search(index.parse_query(words + bounds, ["text"]), 24, count=True)

    asked = questions(400)
    for q in asked:
        ask(q)
    line("tantivy, fewer duties", [measured(lambda q=q: ask(q)) for q in asked])


if __name__ == "__main__":
    for wanted in [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory() as place:
            run(wanted, Path(place) / "index")
            tantivy_line(wanted, Path(place) / "tantivy")
