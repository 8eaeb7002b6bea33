"""What must hold of a corpus folder and of an article's sentences, and what tells that files have changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from annotator.core.article import Article, Sentence
from annotator.core.digest import is_article_id
from annotator.core.errors import CorpusError
from annotator.core.tokens import tile
from annotator.storage.journal import FOLDER as ANNOTATIONS
from annotator.storage.sentences import FILE as SENTENCES
from annotator.storage.settings import FILE

ARTICLES = "articles"

_OURS = {FILE, "schema.toml", ARTICLES, ANNOTATIONS, "suggestions", SENTENCES}
_READ_WHOLE = {ARTICLES, ANNOTATIONS, "suggestions"}
"""Folders in which each file means something to the corpus."""


def check_free(path: Path) -> None:
    """Raise CorpusError where a corpus or foreign files are in a folder that is to become a corpus."""
    if (path / FILE).exists():
        raise CorpusError(
            "there is a corpus here already", where=str(path), do="open it, or give another folder"
        )
    if path.is_dir() and any(p.name not in _OURS and not p.name.startswith(".") for p in path.iterdir()):
        raise CorpusError(
            "the folder holds other files and is no corpus",
            where=str(path),
            do="give an empty or a new folder",
        )


def check_corpus(path: Path) -> None:
    """Raise CorpusError unless there is a corpus folder."""
    if not path.exists():
        raise CorpusError(
            "there is no such corpus",
            where=str(path),
            do="make one with `annotator ingest SOURCE --corpus FOLDER`",
        )
    if not path.is_dir():
        raise CorpusError(
            "this is a file, no corpus folder", where=str(path), do="give the folder that holds corpus.toml"
        )
    if not (path / FILE).exists():
        raise CorpusError(
            "this folder is no corpus: it has no corpus.toml",
            where=str(path),
            do="give a corpus folder, or make one with `annotator ingest SOURCE --corpus FOLDER`",
        )


def check_outside(path: Path, new_corpus: Path | None = None) -> None:
    """Raise CorpusError where a path is in a folder that a corpus, or one to be ``made``, reads whole.

    A ledger among the journals would be taken for a journal.
    """
    real = path.resolve()
    for place in (real, *real.parents):
        corpus = place.parent
        if place.name in _READ_WHOLE and (corpus == (new_corpus and new_corpus.resolve()) or (corpus / FILE).is_file()):
            raise CorpusError(
                f"the corpus keeps its {place.name} here, and nothing else",
                where=str(path),
                do="choose another folder",
            )


def check_articles(path: Path) -> None:
    """Raise CorpusError for a corpus that has lost the folder of its articles."""
    if not (path / ARTICLES).is_dir():
        raise CorpusError(
            "the corpus has lost the folder with its articles",
            where=str(path / ARTICLES),
            do="restore it from a copy",
        )


def check_sentences(article: Article, sentences: Sequence[Sentence]) -> None:
    """Raise CorpusError unless the sentences stand in the article's text in order, tokens and all."""
    end = 0
    for s in sentences:
        if s.article != article.id or s.start < end or article.text[s.start : s.end] != s.text or not s.text:
            raise CorpusError(
                "the sentence is not what stands there in the article", where=f"sentence {s.id}", do=_AGAIN
            )
        if not tile(s.tokens, s.text):
            raise CorpusError("the tokens do not spell the sentence", where=f"sentence {s.id}", do=_AGAIN)
        end = s.end


_AGAIN = "ingest the source into a new corpus"


def state_of(path: Path) -> tuple[int, ...]:
    """Return what changes when a file or a folder does."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return ()
    return (now.st_ino, now.st_mtime_ns, now.st_size)


def committed(folder: Path) -> set[str]:
    """Return the ids of the articles in a folder; other files in it mean nothing."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name.removesuffix(".json") for e in entries if e.name.endswith(".json")]
    except FileNotFoundError:
        return set()
    return {n for n in names if is_article_id(n)}
