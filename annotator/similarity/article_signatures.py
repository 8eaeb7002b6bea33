"""What is compared of articles, to know copies and reports of one story: shingles, names and the date."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from msgspec import Struct

from annotator.core.article import Article
from annotator.similarity.shingles import shingle_hashes, shingle_words

# Lines that many articles have word for word: a source's footer makes no two of its articles copies.
#
# A line is left out of the comparison where ten earlier articles had it. Where less than half of an article
# would be left, it stays whole: it is one more copy of what was copied often. Only articles that came before
# count, so that articles that come later change nothing.


BOILERPLATE_THRESHOLD = 10
"""In how many earlier articles a line of boilerplate has stood."""
_COUNTER_SLOTS = 2**24
"""Counters: for a million lines, ten different ones meet in one less than once in 10**18 times."""


class ComparableArticle(NamedTuple):
    """What of an article is looked at: its id, its lines as the cleaner left them, and its date."""

    article_id: str
    text: str
    date: str


def without_boilerplate(articles: Iterable[ComparableArticle]) -> Iterator[ComparableArticle]:
    """Yield the articles, in the order of ingest, without their boilerplate."""
    often = bytearray(_COUNTER_SLOTS)
    for one in articles:
        lines = one.text.split("\n")
        numbers = [crc32(line.encode("utf-8", "surrogatepass")) % _COUNTER_SLOTS for line in lines]
        kept = "\n".join(x for x, n in zip(lines, numbers, strict=True) if often[n] < BOILERPLATE_THRESHOLD)
        for n in set(numbers):
            often[n] = min(BOILERPLATE_THRESHOLD, often[n] + 1)
        yield one._replace(text=kept) if 2 * len(kept) >= len(one.text) else one


NUMPY_THRESHOLD = 200
"""From so many articles on numpy pays, whose import takes a tenth of a second."""
_BATCH_CHARACTERS = 2**18
"""Characters that are looked at together."""
_SURNAME = re.compile(r" (?<=[\w,] )([^\W\d_a-z]\w\w+)\b(?! [^\W\d_a-z]\w\w)")
"""The last word of a name: it has a capital, and so have those before it. A word or a comma precedes
the name, so that no sentence begins with it."""
_COMMON_NAMES_FILE = Path(__file__).parent / "data" / "common_names.txt"


class ArticleSignature(Struct, frozen=True):
    """What is compared of an article."""

    article: str
    family: str
    shingles: array[int]
    """As numbers of 32 bits, sorted: forty thousand articles take 100 MB."""
    names: array[int]
    """Empty where there is no date: they mean nothing without one."""
    day: int | None
    """The date as a day number; None where there is none."""


def comparable_article(article: Article) -> ComparableArticle:
    """Return what of an article is looked at."""
    return ComparableArticle(article.id, article.ingested_text, article.date)


def article_signatures(articles: Iterable[ComparableArticle], use_numpy: bool) -> Iterator[ArticleSignature]:
    """Yield what is compared of articles in the order of ingest, each a family of its own.

    Boilerplate is left out. Numbers made with numpy are not to be compared with those made without.
    """
    read = without_boilerplate(articles)
    if not use_numpy:
        for one in read:
            yield _signature(one, array("I", sorted(shingle_hashes(shingle_words(one.text)))))
        return
    from annotator.similarity.shingle_arrays import shingle_many

    for batch in _batches(read):
        numbers = shingle_many([one.text for one in batch])
        yield from map(_signature, batch, numbers)


def _batches(articles: Iterable[ComparableArticle]) -> Iterator[list[ComparableArticle]]:
    batch: list[ComparableArticle] = []
    size = 0
    for one in articles:
        batch.append(one)
        size += len(one.text)
        if size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _signature(article: ComparableArticle, shingles: array[int]) -> ArticleSignature:
    try:
        day = date.fromisoformat(article.date[:10]).toordinal()
    except ValueError:
        return ArticleSignature(article.article_id, article.article_id, shingles, array("I"), None)
    names = array("I", [crc32(name.encode()) for name in sorted(names_in_text(article.text))])
    return ArticleSignature(article.article_id, article.article_id, shingles, names, day)


def names_in_text(text: str) -> frozenset[str]:
    """Return the last words of the names inside sentences, case folded, but those of any day's news.

    So "President Ida Holm" and "Holm" are one name, and the Senate, Paris and Monday are none.
    """
    found = {word.casefold() for word in _SURNAME.findall(text) if word[0].isupper()}
    return frozenset(found) - _common_names()


@cache
def _common_names() -> frozenset[str]:
    lines = _COMMON_NAMES_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def count_shared(a: Sequence[int], b: Sequence[int]) -> int:
    """Return how many numbers two lists have in common, each without doubles."""
    return len(set(a).intersection(b))
