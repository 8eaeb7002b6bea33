"""Records, articles and corpora to test with; all texts are our own."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.storage.codec import encode_record
from annotator.storage.corpus_folder import CorpusFolder

SCHEMA = """name = "t"
version = "1"
[[label]]
name = "PERSON"
key = "a"
[[label]]
name = "VENUE"
key = "s"
"""
TEXT = "Ferry to Osmund delayed\n\nMayor Lena Okafor — “näïve” 🛶 — met 40 rowers.\nShe left for Osmund.\nRead more"
VERDICTS = (LineVerdict.TITLE, LineVerdict.BLANK, LineVerdict.BODY, LineVerdict.BODY, LineVerdict.BOILERPLATE)


def tokens_of(text: str) -> tuple[Token, ...]:
    """Tokenise at blanks; other white space would be a token of its own."""
    found = [(m.group(), m.start(), m.end()) for m in re.finditer(r"[^ ]+", text)]
    return tuple(Token(t, a, b, text[b : b + 1] == " ") for t, a, b in found)


def article(text: str = TEXT, origin: str = "ferry.txt", verdicts: tuple[LineVerdict, ...] = VERDICTS) -> Article:
    """Make an article of ``text``."""
    digest = text_digest(text)
    lines = tuple(SourceLine(v, f"looks like {v.value}") for v in verdicts)
    return Article(article_id_from_digest(digest), origin, digest, text, lines, title="Ferry", meta={"n": 1})


def sentences(a: Article) -> tuple[Sentence, ...]:
    """Make a sentence of each line that is not blank."""
    stretches = [(at, at + len(x)) for at, x in zip(a.line_starts(), a.text.split("\n"), strict=True) if x]
    return tuple(Sentence(a.id, i, s, e, a.text[s:e], tokens_of(a.text[s:e])) for i, (s, e) in enumerate(stretches))


def body(text: str, origin: str) -> Article:
    """Make an article whose lines are all body."""
    return article(text, origin, (LineVerdict.BODY,) * (text.count("\n") + 1))


def new_corpus(path: Path) -> CorpusFolder:
    """Make an empty corpus."""
    return CorpusFolder.create(path, name="news", lang="en", fingerprint="f1", schema_text=SCHEMA)


def record(seq: int, text: str = "Lena Okafor met 40 rowers.", batch: tuple[int, int] | None = None) -> JournalRecord:
    """Make a record that differs from those with other numbers."""
    sentence = Sentence("0123456789ab", seq % 7, 10 * seq, 10 * seq + len(text), text, tokens_of(text))
    annotation = Annotation((Span(0, 4 + seq % 3, "PERSON"),), list(Answer)[seq % 3])
    return JournalRecord(
        seq, Op.EDIT, AnnotatedSentence(sentence, annotation), None, batch, "ana", "ana-1", float(1_700_000_000 + seq)
    )


def records(first: int, last: int) -> list[JournalRecord]:
    """Make the records numbered ``first`` to ``last``."""
    return [record(n) for n in range(first, last + 1)]


class RecordingFile:
    """Stands in for a function of ``os``, notes each call by name and does what it does."""

    def __init__(self, name: str, calls: list[str]) -> None:
        self.name, self.calls, self.real = name, calls, getattr(os, name)

    def __call__(self, *args: object) -> object:
        self.calls.append(self.name)
        return self.real(*args)


class FailingFile:
    """Stands in for a function of ``os`` and raises from the ``nth`` call on (or writes short)."""

    def __init__(self, real: object, error: OSError, nth: int = 1, only: str = "") -> None:
        self.real, self.error, self.nth, self.only, self.calls = real, error, nth, only, 0
        self.thread = threading.get_ident()

    def __call__(self, *args: object, **kwargs: object) -> object:
        if threading.get_ident() == self.thread and self.only in str(args[0]):
            self.calls += 1
            if self.calls >= self.nth:
                raise self.error
        return self.real(*args, **kwargs)  # type: ignore[operator]


def tree(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder with their bytes, without locks."""
    files: Iterator[Path] = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".lock")
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def journal_of(corpus: Path) -> Path:
    """Return where ana's journal lies."""
    return corpus / "annotations" / "ana.jsonl"


def put_journal(corpus: Path, data: bytes) -> Path:
    """Write ana's journal as it is and return its path."""
    journal_of(corpus).write_bytes(data)
    return journal_of(corpus)


def lines_of(items: list[JournalRecord]) -> bytes:
    """Return records as the lines of a journal."""
    return b"".join(encode_record(r) for r in items)
