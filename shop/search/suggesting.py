"""Complete what is being typed: phrases of real names first, then known words after the words already there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import nsmallest

from shop.search.contract import Query
from shop.search.finding import View, has_hits
from shop.search.words import fold, words_of

_MOST_LETTERS = 80
_SPARE = 3


def suggest(views: Sequence[View], prefix: str, limit: int) -> tuple[str, ...]:
    """At most `limit` different texts that begin with what was typed and have hits, the most frequent first."""
    typed = fold(prefix[:_MOST_LETTERS])
    ends_word = typed[-1:].isspace()
    typed = " ".join(word.surface for word in words_of(typed)) + (" " if ends_word else "")
    if not typed.strip() or limit <= 0:
        return ()
    shown: dict[str, None] = {}
    for text in _candidates(views, typed, limit * _SPARE):
        if len(shown) >= limit:
            break
        if text not in shown and has_hits(views, Query(text=text)):
            shown[text] = None
    return tuple(shown)


def _candidates(views: Sequence[View], typed: str, most: int) -> Iterator[str]:
    phrases: Counter[str] = Counter()
    for view in views:
        for phrase, times in view.matcher.part.lexicon.phrases_from(typed):
            phrases[phrase] += times
    yield from _frequent(phrases, most)
    before, _, last = typed.rpartition(" ")
    if not last:
        return
    words: Counter[str] = Counter()
    for view in views:
        for word, times in view.matcher.part.lexicon.words_from(last):
            words[word] += times
    texts = (f"{before} {word}".strip() for word in _frequent(words, most))
    yield from _frequent(Counter({text: has_hits(views, Query(text=text)) for text in texts}), most)


def _frequent(times: Counter[str], most: int) -> list[str]:
    return nsmallest(most, times, key=lambda text: (-times[text], len(text), text))
