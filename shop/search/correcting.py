"""From a question without hits to the one that was probably meant, if that one has hits under the same filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import product

from shop.search.analysis import LONGEST_QUESTION, stopwords
from shop.search.contract import Query
from shop.search.finding import View, has_hits
from shop.search.lexicon import distance
from shop.search.stems import is_root, stem
from shop.search.words import Word, words_of

_PER_WORD = 4
_MOST_TRIES = 40
# Below four letters nearly every word is one error from another: "atk" is not a misspelt "ati".
_SHORTEST = 4
_SHORTEST_HALF = 3
_LONG_WORD = 6
_PREFIX = 4


def did_you_mean(views: Sequence[View], q: Query) -> str | None:
    """Find the likeliest other spelling of `q.text` that has hits, or None.

    Words the index does not know are replaced first; if it knows them all, one of them at a time.
    """
    words = words_of(q.text[:LONGEST_QUESTION])
    unknown = [at for at, word in enumerate(words) if not _known(views, word)]
    tries: Iterator[str]
    if not unknown:
        tries = (text for at in range(len(words)) for text in _texts(words, {at: _instead(views, words[at])}))
    else:
        tries = _texts(words, {at: _instead(views, words[at]) for at in unknown})
    best: tuple[int, str] | None = None
    for number, text in enumerate(_distinct(tries, q.text)):
        if number >= _MOST_TRIES:
            break
        hits = has_hits(views, replace(q, text=text))
        if hits and unknown:
            return text
        if hits and (best is None or hits > best[0]):
            best = (hits, text)
    return best[1] if best else _shorter(views, q, words, unknown)


def _shorter(views: Sequence[View], q: Query, words: Sequence[Word], unknown: Sequence[int]) -> str | None:
    """Leave out the words nobody uses, or one word, or cut the end off: the thing itself stands first."""
    every = range(len(words))
    left = (
        [[at for at in every if at not in unknown]] if unknown else [[a for a in every if a != b] for b in every[::-1]]
    )
    for kept in left + [list(every[:end]) for end in every[:0:-1]]:
        while kept and words[kept[-1]].whole in stopwords():
            kept.pop()
        text = " ".join(words[at].surface for at in kept)
        if text and has_hits(views, replace(q, text=text)):
            return text
    return None


def _distinct(texts: Iterator[str], asked: str) -> Iterator[str]:
    seen = {asked}
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text


def _texts(words: Sequence[Word], instead: dict[int, list[str]]) -> Iterator[str]:
    """Texts with every combination of replacements, and those with two neighbours written as one word."""
    choices = [instead.get(at) or [word.surface] for at, word in enumerate(words)]
    if all(instead.values()):
        for chosen in sorted(product(*(enumerate(choice) for choice in choices)), key=lambda c: sum(n for n, _ in c)):
            yield " ".join(text for _, text in chosen)
    surfaces = [word.surface for word in words]
    for at in instead:
        for start in (at - 1, at):
            if 0 <= start < len(words) - 1:
                joined = surfaces[start] + surfaces[start + 1]
                yield " ".join((*surfaces[:start], joined, *surfaces[start + 2 :]))


def _correctable(word: Word) -> bool:
    return len(word.whole) >= _SHORTEST and word.whole.isalpha() and word.whole not in stopwords()


def _known(views: Sequence[View], word: Word) -> bool:
    return any(has_hits([view], Query(text=word.surface)) for view in views)


def _frequency(views: Sequence[View], word: str) -> int:
    return sum(view.matcher.part.lexicon.frequency(word) for view in views)


def _instead(views: Sequence[View], word: Word) -> list[str]:
    """Known words near this one, the likeliest first: fewer errors, same first letter, more frequent."""
    if not _correctable(word):
        return []
    typed = word.whole
    right = is_root(stem(typed))
    ranked: dict[str, tuple[int, int, str]] = {}
    for errors in (1, 2) if len(typed) >= _LONG_WORD else (1,):
        near: dict[str, int] = {}
        for view in views:
            for candidate, times in view.matcher.part.lexicon.near(typed, errors):
                near[candidate] = near.get(candidate, 0) + times
        for candidate, times in near.items():
            apart = distance(typed, candidate, errors)
            # The first letter is hardly ever the wrong one.
            apart += candidate[0] != typed[0]
            # A right word that no product has ("rapat") is not another right word misspelt ("rapet").
            if candidate == typed or (right and is_root(stem(candidate))):
                continue
            if apart <= max(errors, len(typed) >= _LONG_WORD):
                ranked[candidate] = (apart, -times, candidate)
        if ranked:
            break
    found = nsmallest(_PER_WORD, ranked, key=ranked.__getitem__)
    return found + _split(views, typed) + ([] if found else _longer(views, typed))


def _split(views: Sequence[View], typed: str) -> list[str]:
    """Two known words written as one: "nasikotak". The pair whose rarer word is most frequent."""
    pairs = [
        (min(_frequency(views, typed[:at]), _frequency(views, typed[at:])), f"{typed[:at]} {typed[at:]}")
        for at in range(_SHORTEST_HALF, len(typed) - _SHORTEST_HALF + 1)
    ]
    times, pair = max(pairs, default=(0, ""))
    return [pair] if times else []


def _longer(views: Sequence[View], typed: str) -> list[str]:
    """Words that were not typed to their end: "kerip"."""
    if len(typed) < _PREFIX:
        return []
    times: dict[str, int] = {}
    for view in views:
        for word, number in view.matcher.part.lexicon.words_from(typed):
            times[word] = times.get(word, 0) + number
    return nsmallest(2, times, key=lambda word: (-times[word], word))
