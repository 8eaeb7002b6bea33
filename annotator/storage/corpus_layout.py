"""What must hold of a corpus folder and of an article's sentences, and what tells that files have changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotator.core.article import Article, Sentence
from annotator.core.errors import CorpusError
from annotator.core.tokens import tokens_cover_text
from annotator.storage.articles import ARTICLES_FOLDER
from annotator.storage.corpus_settings import SETTINGS_FILE
from annotator.storage.journal import ANNOTATIONS_FOLDER as ANNOTATIONS
from annotator.storage.sentences import SENTENCES_FILE as SENTENCES

_CORPUS_FILES = {SETTINGS_FILE, "schema.toml", ARTICLES_FOLDER, ANNOTATIONS, "suggestions", SENTENCES}
_RESERVED_FOLDERS = {ARTICLES_FOLDER, ANNOTATIONS, "suggestions"}
"""Folders in which each file means something to the corpus."""


def check_folder_unused(path: Path) -> None:
    """Raise CorpusError where a corpus or foreign files are in a folder that is to become a corpus."""
    if (path / SETTINGS_FILE).exists():
        raise CorpusError(
            "there is a corpus here already", where=str(path), do="open it, or give another folder"
        )
    if path.is_dir() and any(
        p.name not in _CORPUS_FILES and not p.name.startswith(".") for p in path.iterdir()
    ):
        raise CorpusError(
            "the folder holds other files and is no corpus",
            where=str(path),
            do="give an empty or a new folder",
        )


def check_is_corpus(path: Path) -> None:
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
    if not (path / SETTINGS_FILE).exists():
        raise CorpusError(
            "this folder is no corpus: it has no corpus.toml",
            where=str(path),
            do="give a corpus folder, or make one with `annotator ingest SOURCE --corpus FOLDER`",
        )


def check_outside_corpus(path: Path, new_corpus: Path | None = None) -> None:
    """Raise CorpusError where a path is in a folder that a corpus, or one to be ``made``, reads whole.

    A ledger among the journals would be taken for a journal.
    """
    real = path.resolve()
    for place in (real, *real.parents):
        corpus = place.parent
        if place.name in _RESERVED_FOLDERS and (
            corpus == (new_corpus and new_corpus.resolve()) or (corpus / SETTINGS_FILE).is_file()
        ):
            raise CorpusError(
                f"the corpus keeps its {place.name} here, and nothing else",
                where=str(path),
                do="choose another folder",
            )


def check_articles_folder(path: Path) -> None:
    """Raise CorpusError for a corpus that has lost the folder of its articles."""
    if not (path / ARTICLES_FOLDER).is_dir():
        raise CorpusError(
            "the corpus has lost the folder with its articles",
            where=str(path / ARTICLES_FOLDER),
            do="restore it from a copy",
        )


def check_article_sentences(article: Article, sentences: Sequence[Sentence]) -> None:
    """Raise CorpusError unless the sentences are in the article's text in order, tokens and all."""
    check_sentences_in_text(article, sentences)
    for s in sentences:
        if not tokens_cover_text(s.tokens, s.text):
            raise CorpusError(
                "the tokens do not spell the sentence", where=f"sentence {s.id}", do=_INGEST_AGAIN
            )


def check_sentences_in_text(article: Article, sentences: Sequence[Sentence]) -> None:
    """Raise CorpusError unless the sentences are in the article's text, in order."""
    end = 0
    for s in sentences:
        if s.article != article.id or s.start < end or article.text[s.start : s.end] != s.text or not s.text:
            raise CorpusError(
                "the sentence is not what stands there in the article",
                where=f"sentence {s.id}",
                do=_INGEST_AGAIN,
            )
        end = s.end


_INGEST_AGAIN = "ingest the source into a new corpus"


def file_state(path: Path) -> tuple[int, ...]:
    """Return what changes when a file or a folder does."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return ()
    return (now.st_ino, now.st_mtime_ns, now.st_size)
