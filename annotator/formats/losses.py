"""What the writers of several formats list alike: spans and fields that a format has no place for."""

from __future__ import annotations

from annotator.core.spans import Span
from annotator.formats.document import ConversionLog, Document, ConversionLogEntry, ConversionOutcome

PAST_TEXT_END = "past the end of the text"


def record_span(document: Document, span: Span, why: str, log: ConversionLog, outcome: ConversionOutcome = ConversionOutcome.LEFT_OUT) -> None:
    """List a span that is not written just as it is."""
    text = document.text[span.start : span.end]
    log.record(ConversionLogEntry(document_place(document), f"{span.start}-{span.end}:{span.label}", outcome, why, text))


def record_if_inside(document: Document, span: Span, log: ConversionLog) -> bool:
    """Count a span, and return whether it lies in the text; list one that does not."""
    log.read += 1
    if span.end > len(document.text):
        record_span(document, span, PAST_TEXT_END, log)
        return False
    log.kept += 1
    return True


def record_loss(document: Document, kind: str, description: str, why: str, log: ConversionLog) -> None:
    """List what is no span and has no place in the format."""
    log.record(ConversionLogEntry(document_place(document), document.id, ConversionOutcome.LEFT_OUT, why, description, kind))


def record_unsupported_fields(document: Document, format_: str, log: ConversionLog, restored: str | None = "accept") -> None:
    """List the answer, unless it comes ``back`` just so, the spans known to be wrong, and the flag."""
    if (document.answer and document.answer.value) != restored:
        description = document.answer.value if document.answer else "not done"
        record_loss(document, "answer", description, f"answers: {format_} has none", log)
    for span in document.rejected:
        description = f"{span.start}-{span.end}:{span.label}"
        record_loss(document, "rejected span", description, f"spans known to be wrong: {format_} has none", log)
    if document.flagged:
        record_loss(document, "flag", "flagged", f"flags: {format_} has none", log)


def record_unsupported_note(document: Document, format_: str, log: ConversionLog) -> None:
    """List a note that has no place."""
    if document.note:
        record_loss(document, "note", document.note, f"notes: {format_} has none", log)


def document_place(document: Document) -> str:
    """Return where a document comes from, as the ledger names it."""
    return document.where or document.id
