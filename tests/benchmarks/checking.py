"""What ``annotator check``, and finding the stories for a split, take in a made-up corpus.

``python -m tests.benchmarks.checking [SENTENCES]`` (10,000 where nothing is said): the sentences are those of
``search``, thirty an article, thirty articles a day. The last line is one JSON object: processor seconds of
the whole command, its problems, and for the stories processor seconds and peak memory (MB, of the process).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import orjson
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Article, LineVerdict, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord
from annotator.export.options import ExportOptions
from annotator.ingest.tokenizer import tokenizer_fingerprint
from annotator.storage.articles import encode_article
from annotator.storage.codec import encode_record, encode_sentence
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.schemas import default_schema_path
from annotator.workflows.story_split import split_by_story
from tests.benchmarks.search import make_sentences

EACH = 30
"""Sentences of an article, and articles of a day."""


def main() -> None:
    """Make the corpus, measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", nargs="?", type=int, default=10_000)
    count = parser.parse_args().sentences
    with tempfile.TemporaryDirectory() as folder:
        corpus = make(Path(folder) / "corpus", count)
        stories = time.process_time()
        split_by_story(corpus, ExportOptions())
        stories = time.process_time() - stories
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        seconds, problems = _checked(corpus.path)
    figures = {
        "benchmark": "checking",
        "sentences": count,
        "check_s": round(seconds, 2),
        "problems": problems,
        "stories_s": round(stories, 2),
        "stories_mb": memory,
    }
    print(json.dumps(figures))


def _checked(corpus: Path) -> tuple[float, int]:
    """Return the processor seconds of the command, and how much it finds."""
    command = [sys.executable, "-m", "annotator.cli.main", "check", str(corpus), "--json"]
    message = subprocess.run(command, capture_output=True, check=False).stdout
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, len(json.loads(message)["problems"])


def make(path: Path, count: int) -> CorpusFolder:
    """Write a corpus of so many accepted sentences."""
    schema = default_schema_path().read_text(encoding="utf-8")
    corpus = CorpusFolder.create(
        path, name="made", lang="en", fingerprint=tokenizer_fingerprint("en"), schema_text=schema
    )
    annotated_sentences = make_sentences(count, random.Random(1))
    with (path / "sentences.jsonl").open("wb") as sentences, (path / "annotations" / "ana.jsonl").open("wb") as journal:
        for first in range(0, count, EACH):
            article, placed = _article(annotated_sentences[first : first + EACH], first // EACH)
            file = path / "articles" / f"{article.id}.json"
            file.write_bytes(encode_article(article, len(placed)))
            for seq, annotated in enumerate(placed, first + 1):
                sentences.write(orjson.dumps(encode_sentence(annotated.sentence)) + b"\n")
                journal.write(
                    encode_record(JournalRecord(seq, Op.ANSWER, annotated, annotator="ana", session="m", time=1.0))
                )
    return corpus


def _article(annotated_sentences: Sequence[AnnotatedSentence], number: int) -> tuple[Article, list[AnnotatedSentence]]:
    """Return an article of these sentences, and the sentences in it."""
    text = " ".join(w.sentence.text for w in annotated_sentences)
    digest, day = text_digest(text), date(2031, 1, 1) + timedelta(days=number // EACH)
    lines = (SourceLine(LineVerdict.BODY, "made"),)
    article = Article(article_id_from_digest(digest), "made", digest, text, lines, date=day.isoformat())
    placed, at = [], 0
    for index, annotated in enumerate(annotated_sentences):
        end = at + len(annotated.sentence.text)
        sentence = replace(annotated.sentence, article=article.id, index=index, start=at, end=end)
        placed.append(replace(annotated, sentence=sentence))
        at = end + 1
    return article, placed


if __name__ == "__main__":
    main()
