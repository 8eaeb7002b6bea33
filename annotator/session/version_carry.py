"""At the opening of a corpus: what the annotator left in replaced versions of articles goes to the newest ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from annotator.core.annotation import AnnotatedSentence
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Article
from annotator.core.carry_over import CarryOver, carry_over
from annotator.core.edits import Op
from annotator.core.errors import DamagedArticleError
from annotator.core.journal_record import JournalRecord
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.storage.article_versions import read_version, replaced_versions
from annotator.storage.corpus_folder import CorpusFolder


def carry_overs(
    corpus: CorpusFolder,
    store: AnnotationStore,
    schema: Schema,
    article_of: Callable[[str], Article],
    carried: Mapping[str, int],
) -> Iterator[CarryOver]:
    """Yield what is to be carried over, version by version, the latest versions first; each is to be applied at once.

    From versions before the latest in which something was left only unchanged sentences are carried over that were
    not ``carried`` before, or were annotated later than in the record with that number.
    """
    for newest, olds in replaced_versions(store.touched_articles, article_of).items():
        for n, old in enumerate(olds):
            try:
                before, after = (read_version(corpus, store, article_of(a)) for a in (old, newest))
            except DamagedArticleError:  # the session warns of it
                continue
            yield carry_over(before, after, schema, carried if n else None)


def changed_carries(records: Iterable[JournalRecord]) -> Iterator[AnnotatedSentence]:
    """Yield the sentences that were carried over open, because their text has changed, as they were then.

    They wait for their annotator as long as they are so, also again after an undo.
    """
    texts: dict[str, str] = {}
    for record in records:
        s, annotation = record.annotated.sentence, record.annotated.annotation
        if record.op is Op.CARRY and annotation.answer is None and texts.get(record.carried_from) != s.text:
            yield record.annotated
        texts[s.id] = s.text


def carried_message(done: CarryOver, number: int) -> str:
    """Return what was carried over to an article, by its number in the queue from 1."""
    parts = [f"article {number} is a new version: {pluralize(done.unchanged, 'unchanged sentence')} carried over"]
    if done.changed:
        parts.append(f"{len(done.changed)} changed: / and the word problem finds them")
    if done.gone:
        parts.append(
            f"{pluralize(len(done.gone), 'annotated sentence')} not in it any more: `annotator check` lists them"
        )
    return "; ".join(parts)
