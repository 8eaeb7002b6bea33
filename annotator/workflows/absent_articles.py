"""Records of articles that are not in the corpus, or damaged: why they are left out, and the warning of it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

ARTICLE_MISSING = "the article is not in the corpus"
ARTICLE_DAMAGED = "the article is damaged"
RESTORE_ARTICLES = "restore articles/ from a copy, or see that the journal is the right one"
_LISTED_ARTICLES = 5
"""How many articles a warning names."""


def absent_article_warnings(name: str, gone: Mapping[str, int], damaged: Container[str]) -> Iterator[str]:
    """Yield that the sentences of a journal in articles that are not in the corpus, or damaged, are left out.

    ``gone`` has the number of each such article's sentences.
    """
    for why, ids in (
        (ARTICLE_MISSING, [a for a in gone if a not in damaged]),
        (ARTICLE_DAMAGED, [a for a in gone if a in damaged]),
    ):
        if count := sum(gone[a] for a in ids):
            more = f" and {len(ids) - _LISTED_ARTICLES} more" if len(ids) > _LISTED_ARTICLES else ""
            yield (
                f"annotations/{name}.jsonl: {count} {'sentence is' if count == 1 else 'sentences are'} "
                f"left out, because {why}: {', '.join(ids[:_LISTED_ARTICLES])}{more}; "
                f"{'see `annotator repair`' if why == ARTICLE_DAMAGED else RESTORE_ARTICLES}"
            )
