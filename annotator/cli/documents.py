"""From the works of a corpus to the documents that a format writes: a sentence or an article each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Literal

from annotator.cli.gather import ExportSelection
from annotator.cli.pieces import SENTENCES_FIELD
from annotator.core.annotation import Answer
from annotator.core.spans import span_id
from annotator.export.values import ExportItem
from annotator.formats.document import ConversionLog, Document, ConversionLogEntry, ConversionOutcome

FORMATS_WITH_ANSWERS = frozenset({"prodigy"})
"""The formats that tell an answer, so that rejected and ignored sentences go along."""


def build_documents(
    gathered: ExportSelection, unit: Literal["sentence", "article"], *, answers: bool
) -> list[Document]:
    """Return a document for each finished sentence, or for each article and annotator.

    Without ``answers`` only accepted sentences count: a format that can't tell an answer would make
    a good example of a bad one. An article's document has its whole text, but sentences and tokens of
    what was accepted alone, so nobody learns from what nobody has read.
    """
    done = [i for i in gathered.items if i.annotated.done]
    chosen = done if answers else [i for i in done if i.annotated.annotation.answer is Answer.ACCEPT]
    if unit == "sentence":
        return [_sentence_document(i) for i in chosen]
    groups = groupby(chosen, key=lambda i: (i.annotator, i.article.id))
    return [_article_document(list(items)) for _, items in groups]


def _sentence_document(item: ExportItem) -> Document:
    s, annotation = item.annotated.sentence, item.annotated.annotation
    return Document(
        text=s.text,
        spans=annotation.spans,
        tokens=s.tokens,
        sentences=((0, len(s.text)),),
        answer=annotation.answer,
        rejected=annotation.rejected,
        annotator=item.annotator,
        id=s.id,
        title=item.article.title,
        note=annotation.note,
        flagged=annotation.flagged,
        meta={"article": s.article, "sentence": s.id, "start": s.start, "end": s.end},
        where=s.id,
    )


def _article_document(items: Sequence[ExportItem]) -> Document:
    article, annotated_sentences = items[0].article, [i.annotated for i in items]
    return Document(
        text=article.text,
        spans=tuple(x.shifted(w.sentence.start) for w in annotated_sentences for x in w.annotation.spans),
        tokens=tuple(t.shifted(w.sentence.start) for w in annotated_sentences for t in w.sentence.tokens),
        sentences=tuple((w.sentence.start, w.sentence.end) for w in annotated_sentences),
        answer=Answer.ACCEPT,
        rejected=tuple(x.shifted(w.sentence.start) for w in annotated_sentences for x in w.annotation.rejected),
        annotator=items[0].annotator,
        id=article.id,
        title=article.title,
        note=" ".join(w.annotation.note for w in annotated_sentences if w.annotation.note),
        flagged=any(w.annotation.flagged for w in annotated_sentences),
        meta=_article_metadata(items),
        where=article.id,
    )


def _article_metadata(items: Sequence[ExportItem]) -> dict[str, Any]:
    article = items[0].article
    fields: dict[str, Any] = {
        "article": article.id,
        "origin": article.origin,
        "date": article.date,
        "source": article.source,
        SENTENCES_FIELD: [[i.annotated.sentence.start, i.annotated.sentence.end] for i in items],
    }
    return {k: v for k, v in fields.items() if v}


def count_partly_annotated(documents: Sequence[Document]) -> int:
    """Return how many documents have visible text that stands in none of their sentences."""
    return sum(any(map(str.strip, _text_outside_sentences(d))) for d in documents)


def _text_outside_sentences(document: Document) -> Iterator[str]:
    at = 0
    for start, end in (*document.sentences, (len(document.text), len(document.text))):
        yield document.text[at:start]
        at = end


def list_left_out(gathered: ExportSelection, account: ConversionLog) -> int:
    """List the spans of accepted sentences that come to no export; return what nobody asked to leave out.

    A sentence without spans is listed itself where nobody asked for that.
    """
    unasked = 0
    for left in gathered.missing.excluded:
        s, spans = left.item.annotated.sentence, left.item.annotated.annotation.spans
        unasked += 0 if left.requested else max(1, len(spans))
        if not (left.requested or spans):
            account.record(ConversionLogEntry(s.id, s.id, ConversionOutcome.LEFT_OUT, left.why, s.text, "sentence"))
        for span in spans:
            account.read += 1
            text = s.text[span.start : span.end]
            account.record(ConversionLogEntry(s.id, span_id(s.id, span), ConversionOutcome.LEFT_OUT, left.why, text))
    return unasked


def sentences_by_answer(items: Sequence[ExportItem]) -> Iterator[tuple[str, int]]:
    """Yield how many sentences have each answer."""
    names = {
        Answer.ACCEPT: "accepted",
        Answer.REJECT: "rejected",
        Answer.IGNORE: "ignored",
        None: "unfinished",
    }
    for answer, name in names.items():
        yield name, sum(i.annotated.annotation.answer is answer for i in items)
