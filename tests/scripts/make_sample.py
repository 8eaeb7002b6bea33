"""Make the sample corpus from ``corpus/sources``: ``python -m tests.scripts.make_sample [FOLDER]``.

Each ``NAME.txt`` is ingested as a user would; the lines that the cleaner judged otherwise than
``NAME.lines`` are switched, sentences are joined or split until they are those of ``NAME.gold``,
and its spans become the accepted annotations of the annotator ``guide``. Same sources, same bytes.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import Edit, Op
from annotator.core.spans import Span
from annotator.ingest.article_builder import build_article
from annotator.ingest.sources import SourceFailure, read_sources
from annotator.ingest.tokenizer import Tokenizer
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.schemas import default_schema_path
from tests.sample.gold_notation import parse_gold

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "corpus" / "sources"
MADE = ("corpus.toml", "schema.toml", "sentences.jsonl", "articles", "annotations", "coverage.json")
TIME = 1_767_225_600.0
"""The first second of 2026: the sample has no clock in it."""


def make(folder: Path) -> list[str]:
    """Make the corpus in an empty folder and return what had to be mended by hand, a line each."""
    tokenizer = Tokenizer("en")
    text = default_schema_path().read_text(encoding="utf-8")
    corpus = CorpusFolder.create(folder, name="sample", lang="en", fingerprint=tokenizer.fingerprint, schema_text=text)
    message: list[str] = []
    ids = {}
    for path in sorted(SOURCES.glob("*.txt")):
        ids[path.stem] = _ingest(corpus, tokenizer, path)
        message += _switch_lines(corpus, ids[path.stem], path.with_suffix(".lines"))
    journal = Journal.open(folder, "guide")
    session = AnnotationSession(
        corpus, journal, schema=corpus.schema, annotator="guide", clock=lambda: TIME, session_id="guide-1"
    )
    for name, article in ids.items():
        gold = SOURCES / f"{name}.gold"
        if gold.exists():
            message += _annotate(session, article, gold)
    if not session.close():
        raise SystemExit(session.banner)
    return message


def _ingest(corpus: CorpusFolder, tokenizer: Tokenizer, path: Path) -> str:
    here = Path.cwd()
    os.chdir(path.parent.parent)
    try:
        (source,) = read_sources([path.relative_to(path.parent.parent)], io.BytesIO())
    finally:
        os.chdir(here)
    assert not isinstance(source, SourceFailure), source
    article, sentences = build_article(source, tokenizer)
    corpus.add_article(article, sentences)
    return article.id


def _switch_lines(corpus: CorpusFolder, article_id: str, lines: Path) -> list[str]:
    message = []
    verdicts = lines.read_text(encoding="utf-8").split()
    for n, (line, wanted) in enumerate(zip(corpus.article(article_id).lines, verdicts, strict=False)):
        if line.verdict.annotated != LineVerdict(wanted).annotated:
            message.append(f"{lines.name}:{n + 1}: {line.verdict} ({line.reason}), not {wanted}")
            corpus.set_line_verdict(article_id, n, LineVerdict(wanted), by="guide", time=TIME)
    return message


def _annotate(session: AnnotationSession, article: str, gold: Path) -> list[str]:
    message, at = [], 0
    source = session.article(article).text
    for n, line in enumerate(gold.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        text, spans = parse_gold(line)
        start = source.index(text, at)
        at = start + len(text)
        mended = _fit(session, article, start, at)
        message += [f"{gold.name}:{n}: {m}" for m in mended]
        annotated = _work_at(session, article, start)
        annotation = annotated.annotation.with_spans([Span(*s) for s in spans]).with_answer(Answer.ACCEPT)
        session.apply_edit(Edit(Op.ANSWER, (annotated,), (AnnotatedSentence(annotated.sentence, annotation),)))
    return message


def _work_at(session: AnnotationSession, article: str, place: int) -> AnnotatedSentence:
    return next(w for w in session.sentences_of(article) if w.sentence.start <= place < w.sentence.end)


def _fit(session: AnnotationSession, article: str, start: int, end: int) -> list[str]:
    """Join and split until a sentence is exactly ``[start, end)``; return what was done."""
    message = []
    while (s := _work_at(session, article, start).sentence) and (s.start, s.end) != (start, end):
        assert session.navigation.go_to(s.id)
        cut = start if s.start < start else end
        if s.end < end:
            session.join()
            message.append(f"joined after {s.text[-30:]!r}")
        else:
            token = next(i for i, t in enumerate(s.tokens) if s.start + t.start >= cut)
            session.split(token)
            message.append(f"split before {s.tokens[token].text!r}")
    return message


def main() -> None:
    """Make the corpus and put it in the place of the old one."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "corpus"
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary) / "corpus"
        for line in make(made):
            print(line)
        for name in MADE:
            old = target / name
            if old.is_dir():
                shutil.rmtree(old)
        target.mkdir(exist_ok=True)
        for name in MADE:
            source = made / name
            if source.is_dir():
                shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(".*"))
            else:
                shutil.copy(source, target / name)


if __name__ == "__main__":
    main()
