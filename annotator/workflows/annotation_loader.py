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

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import AnnotatedLineIndex, Article, Sentence
from annotator.core.errors import AnnotatorError
from annotator.export.export_ledger import (
    ARTICLE_MISSING,
    ARTICLE_SUPERSEDED,
    LINE_SWITCHED_OFF,
    OTHER_ANNOTATOR,
)
from annotator.export.options import ExcludedItem, ExportItem, MissingItems
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.journal_reader import LineFlaw

# What the annotators of a corpus have made of it, read from their journals.


class LoadedJournal(Struct, frozen=True):
    """One annotator's works, and what was found wrong with the journal."""

    annotator: str
    store: AnnotationStore
    warnings: tuple[str, ...]
    unusable_lines: int = 0
    """Lines of the journal that do not count or have others missing before them."""
    flaws: tuple[LineFlaw, ...] = ()
    """The lines that do not count as they should, and why."""


def load_journals(corpus: CorpusFolder) -> Iterator[LoadedJournal]:
    """Yield the works of each annotator, by name; nothing on the disk is touched."""
    for name in corpus.annotators():
        journal = Journal.open(corpus.path, name, read_only=True)
        store = AnnotationStore(corpus.sentences)
        store.replay(journal.records)
        yield LoadedJournal(name, store, tuple(journal.warnings), journal.unusable_lines, journal.flaws)


_MAX_NAMED = 5
"""How many articles a warning names."""


class ExportSelection(Struct, frozen=True):
    """The works of the annotators asked for, what is missing, and the sentences that nobody has answered."""

    items: tuple[ExportItem, ...]
    unreviewed: dict[str, tuple[Sentence, ...]]
    missing: MissingItems
    warnings: tuple[str, ...]


def select_for_export(corpus: CorpusFolder, annotator: str | None = None) -> ExportSelection:
    """Return what the journals of a corpus hold now, of one annotator or of all.

    Raises AnnotatorError for an annotator who has no journal.
    """
    _check_annotator(corpus, annotator)
    versions = _ArticleVersions({a: corpus.article(a) for a in corpus.article_ids()})
    items: list[ExportItem] = []
    left: list[ExcludedItem] = []
    flawed: dict[str, int] = {}
    warnings: list[str] = []
    for loaded in load_journals(corpus):
        every = _items_of_journal(loaded, versions)
        if annotator not in {None, loaded.annotator}:
            left += _accepted_left_out(every, OTHER_ANNOTATOR)
            continue
        mine, out = _select_items(every, versions)
        items += mine
        left += out
        warnings += [*loaded.warnings, *_missing_article_warnings(loaded.annotator, every, versions)]
        if loaded.unusable_lines:
            flawed[loaded.annotator] = loaded.unusable_lines
    unreviewed = _unreviewed_sentences(corpus, versions.articles, items)
    return ExportSelection(tuple(items), unreviewed, MissingItems(tuple(left), flawed), tuple(warnings))


def select_of_all(
    journals: Iterable[LoadedJournal], articles: dict[str, Article]
) -> tuple[tuple[ExportItem, ...], tuple[ExcludedItem, ...]]:
    """Return the works of all annotators that an export would look at, and the accepted ones beside them."""
    versions = _ArticleVersions(articles)
    sorted_out = [_select_items(_items_of_journal(loaded, versions), versions) for loaded in journals]
    return tuple(i for items, _ in sorted_out for i in items), tuple(
        x for _, left in sorted_out for x in left
    )


def _check_annotator(corpus: CorpusFolder, annotator: str | None) -> None:
    names = corpus.annotators()
    if annotator is not None and annotator not in names:
        there = f"use one of: {', '.join(names)}" if names else "nobody has annotated this corpus yet"
        raise AnnotatorError(f"there is no journal of the annotator {annotator!r}", do=there)


class _ArticleVersions(Struct):
    """The articles of a corpus, and which of them are versions of one another."""

    articles: dict[str, Article]
    _lines: dict[str, AnnotatedLineIndex] = field(default_factory=dict)

    def is_annotated(self, sentence: Sentence) -> bool:
        """Whether a sentence stands in a line that is annotated."""
        if sentence.article not in self._lines:
            self._lines[sentence.article] = AnnotatedLineIndex(self.articles[sentence.article])
        return self._lines[sentence.article].is_annotated(sentence.start, sentence.end)

    def earlier_versions(self, article: Article) -> list[str]:
        """Return the ids of the earlier versions of an article, the first one last; its own stands first."""
        seen = [article.id]
        while article.replaces and article.replaces not in seen:
            seen.append(article.replaces)
            article = self.articles.get(article.replaces, replace(article, replaces=""))
        return seen


def _items_of_journal(loaded: LoadedJournal, versions: _ArticleVersions) -> list[ExportItem]:
    """Return all works of a hand; an article that is not there stands in with its id alone."""
    items = []
    for a in loaded.store.touched_articles:
        article = versions.articles.get(a) or Article(a, "", "", "", ())
        family = versions.earlier_versions(article)[-1]
        for annotated in loaded.store.touched_sentences_of(a):
            seq = loaded.store.last_seq(annotated.sentence.id) or 0
            items.append(ExportItem(annotated, loaded.annotator, article, seq, family=family))
    return items


def _accepted_left_out(
    items: Sequence[ExportItem], reason: str, *, requested: bool = True
) -> list[ExcludedItem]:
    return [
        ExcludedItem(i, reason, requested) for i in items if i.annotated.annotation.answer is Answer.ACCEPT
    ]


def _select_items(
    items: Sequence[ExportItem], versions: _ArticleVersions
) -> tuple[list[ExportItem], list[ExcludedItem]]:
    """Return one annotator's items that are exported, and the accepted ones that are not."""
    there = [i for i in items if i.article.id in versions.articles]
    on = [i for i in there if versions.is_annotated(i.annotated.sentence)]
    off = [i for i in there if not versions.is_annotated(i.annotated.sentence)]
    gone = [i for i in items if i.article.id not in versions.articles]
    kept = _without_superseded(on, versions)
    ids = {id(i) for i in kept}
    old = [i for i in on if id(i) not in ids]
    left = (
        _accepted_left_out(gone, ARTICLE_MISSING, requested=False)
        + _accepted_left_out(off, LINE_SWITCHED_OFF)
        + _accepted_left_out(old, ARTICLE_SUPERSEDED)
    )
    return kept, left


def _without_superseded(items: Sequence[ExportItem], versions: _ArticleVersions) -> list[ExportItem]:
    """Leave out one annotator's finished sentences that are finished, word for word, in a newer version."""
    done = [i for i in items if i.annotated.done]
    later = {
        (old, i.annotated.sentence.text) for i in done for old in versions.earlier_versions(i.article)[1:]
    }
    return [i for i in items if not (i.annotated.done and (i.article.id, i.annotated.sentence.text) in later)]


def _missing_article_warnings(
    name: str, items: Sequence[ExportItem], versions: _ArticleVersions
) -> list[str]:
    """Return the warning of sentences whose article is not in the corpus."""
    missing = [i for i in items if i.article.id not in versions.articles]
    if not missing:
        return []
    ids = list(dict.fromkeys(i.article.id for i in missing))
    more = f" and {len(ids) - _MAX_NAMED} more" if len(ids) > _MAX_NAMED else ""
    message = (
        f"annotations/{name}.jsonl: {len(missing)} {'sentence is' if len(missing) == 1 else 'sentences are'}"
    )
    which = f"{', '.join(ids[:_MAX_NAMED])}{more}"
    return [f"{message} left out, because {ARTICLE_MISSING}: {which}; restore articles/ from a copy"]


def _unreviewed_sentences(
    corpus: CorpusFolder, articles: dict[str, Article], items: Sequence[ExportItem]
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
