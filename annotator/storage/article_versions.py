"""The versions of an article in a corpus, as carrying over reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import AnnotatedLineIndex, Article
from annotator.core.carry_over import ArticleVersion
from annotator.storage.corpus_folder import CorpusFolder


def replaced_versions(touched: Iterable[str], article_of: Callable[[str], Article]) -> dict[str, list[str]]:
    """Return the ``touched`` articles that are replaced by the one in force instead of them, the latest first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for old in touched:
        chain = [old]
        while (following := article_of(chain[-1]).replaced_by) and following not in chain:
            chain.append(following)
        if not following and len(chain) > 1:
            found.setdefault(chain[-1], []).append((len(chain), old))
    return {newest: [old for _, old in sorted(olds)] for newest, olds in found.items()}


def read_version(corpus: CorpusFolder, store: AnnotationStore, article: Article) -> ArticleVersion:
    """Return a version with what an annotator has left in it; raises DamagedArticleError."""
    lines, touched = AnnotatedLineIndex(article), store.touched_sentences_of(article.id)
    stored = tuple(s for s in corpus.sentences(article.id) if lines.is_annotated(s.start, s.end))
    if article.replaced_by:
        touched = tuple(w for w in touched if lines.is_annotated(w.sentence.start, w.sentence.end))
    seqs = tuple(store.decision_seq(w.sentence.id) for w in touched)
    return ArticleVersion(article.text, stored, touched, seqs)
