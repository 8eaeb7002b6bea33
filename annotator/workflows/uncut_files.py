"""Files of several stories that a corpus has as one article: they stay one, so that all work on it is carried over."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from msgspec.structs import replace

from annotator.core.article import Article
from annotator.ingest.sources import ArticleSource, SourceFailure
from annotator.ingest.story_cut import MAYBE_STORIES, cut_stories
from annotator.storage.corpus_folder import CorpusFolder


def with_uncut_files(
    corpus: CorpusFolder, sources: Sequence[ArticleSource | SourceFailure]
) -> Iterator[ArticleSource | SourceFailure]:
    """Yield the sources, the stories of a file that is one article in the corpus as one source.

    A program before the stories of a file were cut has made it: an article has one later version only, and the work
    on the other stories would be done again. Where lines of one story alone are annotated, that one is the version.
    """
    for file, every in groupby(sources, _file_of):
        sources_of_file = [*every]
        first = sources_of_file[0]
        if file and isinstance(first, ArticleSource) and _is_one_article(corpus, first):
            yield _whole_file(first, [x.text for x in sources_of_file if isinstance(x, ArticleSource)])
        else:
            yield from sources_of_file


def relative_origin(corpus: CorpusFolder, came_from: str) -> str:
    """Return a resolved path relative to the corpus, so that it names nothing of the machine."""
    if not came_from:
        return ""
    path, mark, name = came_from.partition("#")
    relative = os.path.relpath(path, os.path.realpath(corpus.path))
    return os.fsencode(relative + mark + name).decode("utf-8", "backslashreplace")


def _file_of(source: ArticleSource | SourceFailure) -> str:
    """Return the file of several stories that a source is of, "" for any other source."""
    return source.part.file if isinstance(source, ArticleSource) and source.part else ""


def _is_one_article(corpus: CorpusFolder, story: ArticleSource) -> bool:
    """Return whether a story's whole file is a damaged article, or a version of one in the queue."""
    part = story.part
    if part is None:
        return False
    is_known = corpus.articles.has(part.whole_id)
    if is_known and corpus.is_damaged(part.whole_id):
        return True
    known_by = relative_origin(corpus, part.file_stable_origin)
    stored = (corpus.article(a) for a in corpus.articles_from_source(known_by) if not corpus.is_damaged(a))
    return any(kept and (is_known or sum(kept) > 1) for kept in map(_kept_stories, stored))


def _kept_stories(article: Article) -> list[bool]:
    """Return of each story of an article whether it has lines to annotate; nothing where it is one story."""
    texts = cut_stories(article.text).texts
    rows = iter(article.lines)
    stories = [[*islice(rows, text.count("\n") + 1)] for text in texts]
    return [any(row.verdict.annotated for row in story) for story in stories] if len(stories) > 1 else []


def _whole_file(first: ArticleSource, texts: Sequence[str]) -> ArticleSource:
    part = first.part
    assert part is not None
    note = f"{len(texts)} stories stay one article, as the corpus has them"
    return replace(
        first,
        origin=part.file,
        text="\n".join(texts),
        stable_origin=part.file_stable_origin,
        notes=(*first.notes, note),
        part=None,
        doubt=MAYBE_STORIES,
    )
