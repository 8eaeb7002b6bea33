"""From the journals of a corpus to what an export takes, and what is left out before it.

The annotator is chosen first. Then each one's works are sorted out:

- the article is not in ``articles/``: left out, a loss;
- the line is switched off: left out, as the user asked;
- the article has a newer version, and the *same annotator* has finished the same words in it:
  left out, because the later decision on the text is the one that counts, a reject or an ignore
  as well. What another annotator decided there supersedes nothing.

Only accepted sentences are listed as left out; the others would not be exported either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from annotator.cli.journals import Hand, hands
from annotator.core.annotation import Answer
from annotator.core.article import Article, LineMap, Sentence
from annotator.core.errors import AnnotatorError
from annotator.export.absent import ANOTHER, NO_ARTICLE, SUPERSEDED, SWITCHED_OFF
from annotator.export.values import Item, LeftOut, Missing
from annotator.storage.corpus import Corpus

_TOLD = 5
"""How many articles a warning names."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The works of the annotators asked for, what is missing, and the sentences that nobody has answered."""

    items: tuple[Item, ...]
    unreviewed: dict[str, tuple[Sentence, ...]]
    missing: Missing
    warnings: tuple[str, ...]


def gather(corpus: Corpus, annotator: str | None = None) -> Gathered:
    """Return what the journals of a corpus hold now, of one annotator or of all.

    Raises AnnotatorError for an annotator who has no journal.
    """
    _check(corpus, annotator)
    versions = _Versions({a: corpus.article(a) for a in corpus.article_ids()})
    items: list[Item] = []
    left: list[LeftOut] = []
    flawed: dict[str, int] = {}
    warnings: list[str] = []
    for loaded in hands(corpus):
        every = _items_of(loaded, versions)
        if annotator not in {None, loaded.annotator}:
            left += _accepted(every, ANOTHER)
            continue
        mine, out = _sorted_out(every, versions)
        items += mine
        left += out
        warnings += [*loaded.warnings, *_orphans(loaded.annotator, every, versions)]
        if loaded.unusable_lines:
            flawed[loaded.annotator] = loaded.unusable_lines
    unreviewed = _unreviewed(corpus, versions.articles, items)
    return Gathered(tuple(items), unreviewed, Missing(tuple(left), flawed), tuple(warnings))


def counted(
    journals: Iterable[Hand], articles: dict[str, Article]
) -> tuple[tuple[Item, ...], tuple[LeftOut, ...]]:
    """Return the works of all annotators that an export would look at, and the accepted ones beside them."""
    versions = _Versions(articles)
    sorted_out = [_sorted_out(_items_of(loaded, versions), versions) for loaded in journals]
    return tuple(i for items, _ in sorted_out for i in items), tuple(
        x for _, left in sorted_out for x in left
    )


def _check(corpus: Corpus, annotator: str | None) -> None:
    names = corpus.annotators()
    if annotator is not None and annotator not in names:
        there = f"use one of: {', '.join(names)}" if names else "nobody has annotated this corpus yet"
        raise AnnotatorError(f"there is no journal of the annotator {annotator!r}", do=there)


@dataclass(slots=True)
class _Versions:
    """The articles of a corpus, and which of them are versions of one another."""

    articles: dict[str, Article]
    _lines: dict[str, LineMap] = field(default_factory=dict)

    def is_annotated(self, sentence: Sentence) -> bool:
        """Whether a sentence stands in a line that is annotated."""
        if sentence.article not in self._lines:
            self._lines[sentence.article] = LineMap(self.articles[sentence.article])
        return self._lines[sentence.article].is_annotated(sentence.start, sentence.end)

    def earlier_versions(self, article: Article) -> list[str]:
        """Return the ids of the earlier versions of an article, the first one last; its own stands first."""
        seen = [article.id]
        while article.replaces and article.replaces not in seen:
            seen.append(article.replaces)
            article = self.articles.get(article.replaces, replace(article, replaces=""))
        return seen


def _items_of(loaded: Hand, versions: _Versions) -> list[Item]:
    """Return all works of a hand; an article that is not there stands in with its id alone."""
    items = []
    for a in loaded.store.touched_articles:
        article = versions.articles.get(a) or Article(a, "", "", "", ())
        family = versions.earlier_versions(article)[-1]
        for annotated in loaded.store.touched_sentences_of(a):
            seq = loaded.store.last_seq(annotated.sentence.id) or 0
            items.append(Item(annotated, loaded.annotator, article, seq, family=family))
    return items


def _accepted(items: Sequence[Item], reason: str, *, requested: bool = True) -> list[LeftOut]:
    return [LeftOut(i, reason, requested) for i in items if i.annotated.annotation.answer is Answer.ACCEPT]


def _sorted_out(items: Sequence[Item], versions: _Versions) -> tuple[list[Item], list[LeftOut]]:
    """Return one annotator's items that are exported, and the accepted ones that are not."""
    there = [i for i in items if i.article.id in versions.articles]
    on = [i for i in there if versions.is_annotated(i.annotated.sentence)]
    off = [i for i in there if not versions.is_annotated(i.annotated.sentence)]
    gone = [i for i in items if i.article.id not in versions.articles]
    kept = _without_superseded(on, versions)
    ids = {id(i) for i in kept}
    old = [i for i in on if id(i) not in ids]
    left = (
        _accepted(gone, NO_ARTICLE, requested=False) + _accepted(off, SWITCHED_OFF) + _accepted(old, SUPERSEDED)
    )
    return kept, left


def _without_superseded(items: Sequence[Item], versions: _Versions) -> list[Item]:
    """Leave out one annotator's finished sentences that are finished, word for word, in a newer version."""
    done = [i for i in items if i.annotated.done]
    later = {(old, i.annotated.sentence.text) for i in done for old in versions.earlier_versions(i.article)[1:]}
    return [i for i in items if not (i.annotated.done and (i.article.id, i.annotated.sentence.text) in later)]


def _orphans(name: str, items: Sequence[Item], versions: _Versions) -> list[str]:
    """Return the warning of sentences whose article is not in the corpus."""
    missing = [i for i in items if i.article.id not in versions.articles]
    if not missing:
        return []
    ids = list(dict.fromkeys(i.article.id for i in missing))
    more = f" and {len(ids) - _TOLD} more" if len(ids) > _TOLD else ""
    message = f"annotations/{name}.jsonl: {len(missing)} {'sentence is' if len(missing) == 1 else 'sentences are'}"
    which = f"{', '.join(ids[:_TOLD])}{more}"
    return [f"{message} left out, because {NO_ARTICLE}: {which}; restore articles/ from a copy"]


def _unreviewed(
    corpus: Corpus, articles: dict[str, Article], items: Sequence[Item]
) -> dict[str, tuple[Sentence, ...]]:
    """Return, for each article with an accepted sentence, the others that nobody has answered."""
    answered: dict[str, list[tuple[int, int]]] = {}
    accepted = set()
    for item in items:
        s = item.annotated.sentence
        if item.annotated.done:
            answered.setdefault(s.article, []).append((s.start, s.end))
        if item.annotated.annotation.answer is Answer.ACCEPT:
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
