"""From the journals of a corpus to what an export takes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Answer, Work
from annotator.core.article import Article, Sentence
from annotator.core.works import Works
from annotator.export.values import Item
from annotator.storage.corpus import Corpus
from annotator.storage.journal import Journal


@dataclass(frozen=True, slots=True)
class Gathered:
    """The works of all annotators, and the sentences that nobody has accepted."""

    items: tuple[Item, ...]
    unreviewed: dict[str, tuple[Sentence, ...]]
    switched_off: int
    """Works in lines that somebody has switched off since."""
    superseded: int
    """Works of an old version of an article whose sentence is annotated in the new one."""
    warnings: tuple[str, ...]


def gather(corpus: Corpus, annotator: str | None) -> Gathered:
    """Return what the journals hold now; ``annotator`` picks one of them."""
    articles = {a: corpus.article(a) for a in corpus.article_ids()}
    items: list[Item] = []
    warnings: list[str] = []
    off = 0
    for name in corpus.annotators():
        if annotator is not None and name != annotator:
            continue
        journal = Journal.open(corpus.path, name, read_only=True)
        warnings += journal.warnings
        mine, dropped = _items_of(corpus, journal, name, articles)
        items += mine
        off += dropped
    kept = _without_superseded(items, articles)
    unreviewed = _unreviewed(corpus, articles, kept)
    return Gathered(tuple(kept), unreviewed, off, len(items) - len(kept), tuple(warnings))


def _items_of(
    corpus: Corpus, journal: Journal, name: str, articles: dict[str, Article]
) -> tuple[list[Item], int]:
    works = Works(corpus.sentences)
    works.replay(journal.records)
    items, off = [], 0
    for article_id in works.articles:
        article = articles.get(article_id)
        if article is None:
            continue
        annotated = _annotated(article)
        for work in works.touched(article_id):
            if not annotated(work):
                off += work.done
                continue
            items.append(
                Item(work, name, article, works.seq(work.sentence.id) or 0, family=_family(article, articles))
            )
    return items, off


def _annotated(article: Article) -> Callable[[Work], bool]:
    starts = article.line_starts()
    return lambda work: article.lines[bisect_right(starts, work.sentence.start) - 1].verdict.annotated


def _family(article: Article, articles: dict[str, Article]) -> str:
    """Return the id of the first version of an article: all versions stay in one part of a split."""
    seen = {article.id}
    while article.replaces in articles and article.replaces not in seen:
        seen.add(article.replaces)
        article = articles[article.replaces]
    return article.replaces or article.id


def _without_superseded(items: Sequence[Item], articles: dict[str, Article]) -> list[Item]:
    """Leave out a finished sentence of an old version that is finished in a newer one, word for word."""
    newer = {(i.family, i.work.sentence.text) for i in items if i.work.done and not i.article.replaced_by}
    return [i for i in items if not (i.article.replaced_by and (i.family, i.work.sentence.text) in newer)]


def _unreviewed(
    corpus: Corpus, articles: dict[str, Article], items: Sequence[Item]
) -> dict[str, tuple[Sentence, ...]]:
    """Return, for each article with an accepted sentence, the others that nobody has answered."""
    answered: dict[str, list[tuple[int, int]]] = {}
    accepted = set()
    for item in items:
        s = item.work.sentence
        if item.work.done:
            answered.setdefault(s.article, []).append((s.start, s.end))
        if item.work.annotation.answer is Answer.ACCEPT:
            accepted.add(s.article)
    out = {}
    for article_id in articles:
        if article_id in accepted:
            places = answered[article_id]
            active = corpus.active_sentences(articles[article_id]) or ()
            out[article_id] = tuple(
                s for s in active if not any(a < s.end and s.start < b for a, b in places)
            )
    return out
