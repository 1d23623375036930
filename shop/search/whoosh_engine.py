"""The embedded engine: Whoosh for postings, sets of documents in memory for everything else.

A directory holds `head.json`, which names the serving index directory, and index directories. A rebuild writes a new
one and renames the head; a commit renames the head too, so other processes see a change by one `stat`. Whatever a
crash leaves behind is mended or ignored at the next opening: Whoosh commits by renaming its own table of contents,
and the files beside the segments are copies.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from time import monotonic

from whoosh.util.filelock import FileLock, try_for

from shop.search import bits, sidecar
from shop.search.analysis import fingerprint, terms_of
from shop.search.contract import Document, Query, Result, SearchBusy
from shop.search.correcting import did_you_mean
from shop.search.finding import View, find
from shop.search.matching import Matcher
from shop.search.part import Part, Row
from shop.search.suggesting import suggest
from shop.search.whoosh_index import Addition, Segment, SegmentTerms, WhooshIndex

_HEAD = "head.json"
_KEPT_ANSWERS = 512
_WORTH_SWEEPING = 1_000
_REBUILD_MEGABYTES, _MEGABYTES = 96, 32
_MANY = 2_000
"""From so many documents on (an import) the writer gets more memory: it spills less to disk and takes half the time."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """The index between two writes, with what was answered from it: taken together, so no answer outlives its index."""

    views: tuple[View, ...] = ()
    answers: dict[object, Result] = field(default_factory=dict)


class WhooshEngine:
    """`Engine` over one directory. Any number of threads read; one thread of one process writes at a time."""

    def __init__(self, directory: Path | str, *, wait: float = 10.0, keep_answers: bool = True) -> None:
        """`wait` is how many seconds a write waits for another writer before it raises SearchBusy."""
        self._root = Path(directory)
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._wait = wait
        self._keep_answers = keep_answers
        self._writing, self._loading = Lock(), Lock()
        self._head: dict[str, object] = {}
        self._stamp: tuple[int, int] = (0, 0)
        self._index: WhooshIndex | None = None
        self._segments: dict[str, Segment] = {}
        self._matchers: dict[str, Matcher] = {}
        self._moment = _Moment()
        self._open()

    # Reading

    @property
    def needs_rebuild(self) -> bool:
        """True when nothing was ever built here, it was damaged, word rules changed, or half of it is deleted."""
        size = sum(view.matcher.part.size for view in self._moment.views)
        stale = self._head.get("rules") != fingerprint() or not self._head.get("complete")
        return stale or (size > _WORTH_SWEEPING and self.count() * 2 < size)

    def find(self, q: Query) -> Result:
        """See `Engine.find`. An answer is remembered until the next write."""
        moment = self._moment
        views, answers = moment.views, moment.answers
        key = _key(q)
        if self._keep_answers and (known := answers.get(key)):
            return known
        answer = find(views, q)
        if not answer.total and q.text.strip() and (meant := did_you_mean(views, q)):
            answer = replace(answer, did_you_mean=meant)
            if q.correct:
                answer = replace(find(views, replace(q, text=meant)), did_you_mean=meant, corrected=True)
        if self._keep_answers:
            if len(answers) >= _KEPT_ANSWERS:
                answers.clear()
            answers[key] = answer
        return answer

    def suggest(self, prefix: str, limit: int = 10) -> tuple[str, ...]:
        """See `Engine.suggest`."""
        return suggest(self._moment.views, prefix, limit)

    def count(self) -> int:
        """How many documents are held."""
        return sum(view.live.bit_count() for view in self._moment.views)

    def refresh(self) -> bool:
        """See what another process wrote; True when there was something."""
        if self._stat() == self._stamp:
            return False
        with self._loading:
            if (stamp := self._stat()) == self._stamp:
                return False
            self._stamp = stamp
            self._read_head()
            self._load()
        return True

    def forget(self) -> None:
        """Empty every memory of earlier questions (for measuring)."""
        self._moment.answers.clear()
        for view in self._moment.views:
            view.matcher.forget()

    def close(self) -> None:
        """Let go of the files."""
        self._moment, self._matchers = _Moment(), {}
        for segment in self._segments.values():
            segment.reader.close()
        self._segments, self._index = {}, None

    # Writing

    def put(self, docs: Iterable[Document]) -> None:
        """See `Engine.put`."""
        additions = [_addition(doc) for doc in {doc.id: doc for doc in docs}.values()]
        if additions:
            self._write(sorted(additions, key=lambda one: one.row.id), [one.row.id for one in additions])

    def drop(self, ids: Iterable[int]) -> None:
        """See `Engine.drop`."""
        self._write([], ids)

    def rebuild(self, docs: Iterable[Document]) -> int:
        """See `Engine.rebuild`. Holds the write lock throughout; documents in ascending id make the quickest index."""
        with self._write_lock():
            self._read_head()
            name = self._fresh_name()
            fresh = WhooshIndex(self._root / name, create=True)
            written = fresh.write(_last_of_each(docs), megabytes=_REBUILD_MEGABYTES)
            for segment in fresh.segments():
                self._part(self._root / name, segment)
                segment.reader.close()
            self._commit_head(index=name, rules=fingerprint(), complete=True)
            self._remove_others(name)
        return written

    def _write(self, additions: list[Addition], replaced: Iterable[int]) -> None:
        with self._write_lock():
            self.refresh()
            self._ensure_index()
            numbers = list(self._numbers_of(set(replaced)))
            if (numbers or additions) and self._index is not None:
                size = _REBUILD_MEGABYTES if len(additions) >= _MANY else _MEGABYTES
                self._index.write(additions, numbers, megabytes=size)
                self._commit_head()

    def _numbers_of(self, ids: set[int]) -> Iterator[int]:
        """Whoosh's document numbers of the live documents with these ids."""
        base = 0
        for view in self._moment.views:
            part = view.matcher.part
            for document_id in ids:
                slot = part.slot_of(document_id)
                if slot is not None and view.live >> slot & 1:
                    yield base + slot
            base += part.size

    def _ensure_index(self) -> None:
        if self._index is None:
            name = self._fresh_name()
            WhooshIndex(self._root / name, create=True)
            self._commit_head(index=name, rules=fingerprint(), complete=False)

    def _fresh_name(self) -> str:
        """Name of an index directory that never was: another process may still read an old one of the same name."""
        numbers = [int(path.name.partition("-")[2]) for path in self._root.glob("index-[0-9]*")]
        return f"index-{max([int(str(self._head.get('serial', 0))), *numbers]) + 1}"

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        """One writer in this process, then one process. Both released by the system if we die."""
        until = monotonic() + self._wait
        if not self._writing.acquire(timeout=self._wait):
            raise SearchBusy
        try:
            lock = FileLock(str(self._root / "write.lock"))
            if not try_for(lock.acquire, timeout=max(until - monotonic(), 0), delay=0.02):
                raise SearchBusy
            try:
                yield
            finally:
                lock.release()
        finally:
            self._writing.release()

    # Opening

    def _open(self) -> None:
        with self._loading:
            self._stamp = self._stat()
            self._read_head()
            self._load()

    def _stat(self) -> tuple[int, int]:
        with suppress(OSError):
            found = (self._root / _HEAD).stat()
            return found.st_ino, found.st_mtime_ns
        return 0, 0

    def _read_head(self) -> None:
        try:
            told = json.loads((self._root / _HEAD).read_text(encoding="utf-8"))
            self._head = told if isinstance(told, dict) else {}
        except (OSError, ValueError):
            self._head = {}

    def _commit_head(self, **changes: object) -> None:
        """Tell every process, this one first, that something was written."""
        self._head = self._head | {"serial": int(str(self._head.get("serial", 0))) + 1} | changes
        unfinished = self._root / f"{_HEAD}.{os.getpid()}.new"
        unfinished.write_text(json.dumps(self._head), encoding="utf-8")
        unfinished.replace(self._root / _HEAD)
        with self._loading:
            self._stamp = self._stat()
            self._load()

    def _load(self) -> None:
        """Make the views of what the head names. Parts already in memory are used again."""
        name = self._head.get("index")
        if not isinstance(name, str):
            self._index, self._segments, self._moment = None, {}, _Moment()
            return
        try:
            self._index = WhooshIndex(self._root / name)
            opened = {segment.name: segment for segment in self._index.segments()}
            for known in opened.keys() & self._segments.keys():
                opened[known].reader.close()
                opened[known] = replace(opened[known], reader=self._segments[known].reader)
            matchers = {
                s.name: self._matchers.get(s.name) or self._matcher(self._root / name, s) for s in opened.values()
            }
        except Exception:  # noqa: BLE001 - Whoosh raises anything on a damaged file; the cure is always to rebuild
            if self._stat() == self._stamp:
                self._index, self._segments, self._moment, self._head = None, {}, _Moment(), {}
            # Otherwise another process rebuilt and swept this directory away: what is in memory serves till next time.
            return
        views = []
        for segment in opened.values():
            every = (1 << segment.size) - 1
            views.append(View(matchers[segment.name], every ^ bits.from_slots(segment.deleted, segment.size)))
        # Readers of parts that went are closed by the last thread that still asks them something.
        self._segments, self._matchers, self._moment = opened, matchers, _Moment(tuple(views))

    def _matcher(self, directory: Path, segment: Segment) -> Matcher:
        return Matcher(self._part(directory, segment), SegmentTerms(segment.reader))

    @staticmethod
    def _part(directory: Path, segment: Segment) -> Part:
        """Open the part beside the segment, or build one from the stored rows when there is none that can be trusted."""
        path = directory / f"{segment.name}.part"
        stored = sidecar.read(path)
        if stored is not None and stored.head["size"] == segment.size:
            return Part.from_sections(stored)
        part = Part.build(segment.rows(), segment.term_counts())
        with suppress(OSError):  # a reader without the right to write, or a directory swept away meanwhile
            sidecar.write(path, part.to_sections())
        return part

    def _remove_others(self, kept: str) -> None:
        """Old index directories; on systems that refuse to remove open files they go the next time."""
        for path in self._root.glob("index-*"):
            if path.name != kept:
                shutil.rmtree(path, ignore_errors=True)


def _addition(doc: Document) -> Addition:
    return Addition(terms_of(doc.name, doc.body), Row(doc.id, doc.name, doc.facets, doc.numbers, doc.card))


def _last_of_each(docs: Iterable[Document]) -> Iterator[Addition]:
    """Let an id pass once: a rebuild reads a stream and cannot replace, so of two with one id the first stays."""
    seen: set[int] = set()
    for doc in docs:
        if doc.id not in seen:
            seen.add(doc.id)
            yield _addition(doc)


def _key(q: Query) -> object:
    facets = tuple(sorted((name, tuple(sorted(values))) for name, values in q.facets.items()))
    ranges = tuple(sorted((name, bounds) for name, bounds in q.ranges.items()))
    return q.text, facets, ranges, q.exclude, q.sort, q.offset, q.limit, q.count, q.correct
