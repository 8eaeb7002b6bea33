"""Makes an invented corpus of annotated sentences, and the same as Prodigy's JSONL, for the export benchmark.

Lengths, spans and the mix of tokens follow ``../shared/bench/export/gen.py``: some 24 tokens and two
spans a sentence (nested and crossing ones too), names, numbers with commas, quotation marks,
contractions and abbreviations. The tokens are spaCy's own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import orjson
import spacy
from spacy.language import Language

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens, token_range
from annotator.storage.articles import encode_article
from annotator.storage.codec import encode_record, encode_sentence
from annotator.storage.corpus_folder import CorpusFolder

LENGTHS = {"PERSON": (2, 2), "VENUE": (3, 3), "COUNT": (2, 2), "CLAIM": (6, 18)}
"""Tokens of a span, by label: from, to."""
SYLLABLES = tuple(f"{a}{b}" for a in "kmtbldrsnpwchf" for b in ("a", "o", "emm", "i", "an", "os"))
CONTRACTIONS = ["don't", "it's", "can't", "won't", "they're", "Mr.", "U.S.", "he'd", "I'm"]
EACH = 30
"""Sentences of an article."""


class Inventor:
    """Invents sentences; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        """Make up a lexicon of 60,000 words, the shortest most frequent."""
        self.rnd = random.Random(seed)
        words = {"".join(self.rnd.choices(SYLLABLES, k=self.rnd.randint(1, 5))) for _ in range(110_000)}
        self.words = sorted(words, key=lambda w: (len(w), w))[:60_000]
        self.names = [w.capitalize() for w in self.words[3000:9000]]
        self.weights = list(accumulate(_frequency(n) for n in range(len(self.words))))

    def text(self) -> str:
        """Invent a sentence."""
        length = min(60, max(5, int(self.rnd.gauss(20, 6.5))))
        words = self.rnd.choices(self.words, cum_weights=self.weights, k=length)
        text = " ".join(self._varied(w) for w in words)
        return f"{text[0].upper()}{text[1:]}."

    def _varied(self, word: str) -> str:
        r, rnd = self.rnd.random(), self.rnd
        if r < 0.03:
            return f"{rnd.randint(2, 99_999):,}"
        if r < 0.08:
            return f"{rnd.choice(self.names)} {rnd.choice(self.names)}"
        if r < 0.10:
            return rnd.choice(CONTRACTIONS)
        if r < 0.15:
            return f"{word},"
        if r < 0.16:
            return f'"{word}"'
        return f"Café {word}–style" if r < 0.163 else word

    def spans(self, starts: list[int], ends: list[int]) -> list[Span]:
        """Invent spans over the tokens that start and end there; one label a place.

        Of two labels on one place the recipe lets the one stay an entity that stands first in the file, the
        export the one that stands first in the schema: no payload could be the same.
        """
        out = {}
        for _ in range(self.rnd.choices((0, 1, 2, 3, 4, 6), (20, 20, 25, 18, 12, 5))[0]):
            label = self.rnd.choice(list(LENGTHS))
            first = self.rnd.randrange(len(starts))
            last = min(len(starts), first + self.rnd.randint(*LENGTHS[label])) - 1
            out[starts[first], ends[last]] = Span(starts[first], ends[last], label)
        return list(out.values())


def _frequency(rank: int) -> float:
    """Return how frequent a word is, in some unit: Zipf's law in its two regimes.

    Beyond the first 5,000 words or so the frequency falls by the square of the rank (Ferrer i Cancho
    and Solé, 2001).
    """
    return 1 / (rank + 2.7) * min(1.0, 5000 / (rank + 1))


def annotated_articles(total: int, seed: int = 1) -> Iterator[tuple[Article, list[AnnotatedSentence]]]:
    """Yield articles with their accepted sentences, ``EACH`` an article."""
    inventor, nlp = Inventor(seed), spacy.blank("en")
    for first in range(0, total, EACH):
        texts = [inventor.text() for _ in range(min(EACH, total - first))]
        yield _article(texts, inventor, nlp, f"Report {first // EACH}")


def _article(
    texts: list[str], inventor: Inventor, nlp: Language, title: str
) -> tuple[Article, list[AnnotatedSentence]]:
    whole = " ".join(texts)
    digest = text_digest(whole)
    lines = (SourceLine(LineVerdict.BODY, "made"),)
    article = Article(article_id_from_digest(digest), "made.txt", digest, whole, lines, title=title, date="2031-04-05")
    out: list[AnnotatedSentence] = []
    at = 0
    for index, text in enumerate(texts):
        doc = nlp.make_doc(text)
        tokens = build_tokens([t.text for t in doc], [bool(t.whitespace_) for t in doc])
        spans = inventor.spans([t.start for t in tokens], [t.end for t in tokens])
        of = Sentence(article.id, index, at, at + len(text), text, tokens)
        out.append(AnnotatedSentence(of, Annotation(answer=Answer.ACCEPT).with_spans(spans)))
        at += len(text) + 1
    return article, out


def make(folder: Path, total: int, seed: int = 1) -> None:
    """Write ``corpus/`` and ``tasks.jsonl`` with ``total`` sentences into the folder, article by article."""
    labels = "".join(
        f'[[label]]\nname = "{x}"\nkey = "{k}"\ntarget = "ents"\n' for x, k in zip(LENGTHS, "asdf", strict=True)
    )
    schema = f'name = "made"\nversion = 1\n{labels}'
    at = folder / "corpus"
    CorpusFolder.create(at, name="made", lang="en", fingerprint="made", schema_text=schema)
    seq = 0
    with (
        (at / "sentences.jsonl").open("wb") as sentences,
        (at / "annotations" / "ana.jsonl").open("wb") as journal,
        (folder / "tasks.jsonl").open("wb") as tasks,
    ):
        for article, every in annotated_articles(total, seed):
            (at / "articles" / f"{article.id}.json").write_bytes(encode_article(article, len(every)))
            for annotated in every:
                seq += 1
                sentences.write(orjson.dumps(encode_sentence(annotated.sentence)) + b"\n")
                journal.write(
                    encode_record(JournalRecord(seq, Op.ANSWER, annotated, annotator="ana", session="made", time=1.0))
                )
                tasks.write(_task(annotated, seq))


def _task(annotated: AnnotatedSentence, seq: int) -> bytes:
    """Return a line of Prodigy's; ``token_end`` is inclusive."""
    s = annotated.sentence
    fields = encode_sentence(s)
    spans = []
    for x in annotated.annotation.spans:
        first, last = token_range(s.tokens, x.start, x.end)
        spans.append({"start": x.start, "end": x.end, "token_start": first, "token_end": last - 1, "label": x.label})
    task = {
        "text": s.text,
        "meta": {"article": s.article, "sent": s.index},
        "_input_hash": seq * 7919,
        "_task_hash": seq * 104_729,
        "tokens": fields["tokens"],
        "spans": spans,
        "answer": "accept",
    }
    return orjson.dumps(task) + b"\n"
