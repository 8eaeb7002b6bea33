"""From the journals of a corpus to what an export takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.cli.journals import Hand, hands
from annotator.core.annotation import Answer
from annotator.core.article import Article, LineMap, Sentence
from annotator.export.values import Item
from annotator.storage.corpus import Corpus


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


def gather(corpus: Corpus) -> Gathered:
    """Return what the journals of a corpus hold now."""
    articles = {a: corpus.article(a) for a in corpus.article_ids()}
    items: list[Item] = []
    warnings: list[str] = []
    off = 0
    for hand in hands(corpus):
        warnings += hand.warnings
        mine, dropped = _items_of(hand, articles)
        items += mine
        off += dropped
    kept = _without_superseded(items)
    unreviewed = _unreviewed(corpus, articles, kept)
    return Gathered(tuple(kept), unreviewed, off, len(items) - len(kept), tuple(warnings))


def _items_of(hand: Hand, articles: dict[str, Article]) -> tuple[list[Item], int]:
    """Return a hand's works in annotated lines, and how many finished ones stand in others."""
    items, off = [], 0
    for article in (articles[a] for a in hand.works.articles if a in articles):
        lines, family = LineMap(article), _family(article, articles)
        for work in hand.works.touched(article.id):
            if lines.annotates(work.sentence.start, work.sentence.end):
                seq = hand.works.seq(work.sentence.id) or 0
                items.append(Item(work, hand.name, article, seq, family=family))
            else:
                off += work.done
    return items, off


def _family(article: Article, articles: dict[str, Article]) -> str:
    """Return the id of the first version of an article: all versions stay in one part of a split."""
    seen = {article.id}
    while article.replaces in articles and article.replaces not in seen:
        seen.add(article.replaces)
        article = articles[article.replaces]
    return article.replaces or article.id


def _without_superseded(items: Sequence[Item]) -> list[Item]:
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
    for article_id, article in articles.items():
        if article_id in accepted:
            places = answered[article_id]
            active = corpus.active_sentences(article)
            out[article_id] = tuple(
                s for s in active if not any(a < s.end and s.start < b for a, b in places)
            )
    return out
