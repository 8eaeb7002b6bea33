"""What the writers of several formats list alike: spans and fields that a format has no place for."""

from __future__ import annotations

from annotator.core.spans import Span
from annotator.formats.document import Account, Document, Entry, Fate

PAST = "past the end of the text"


def list_span(document: Document, span: Span, why: str, log: Account, outcome: Fate = Fate.LEFT_OUT) -> None:
    """List a span that is not written just as it is."""
    text = document.text[span.start : span.end]
    log.record(Entry(place(document), f"{span.start}-{span.end}:{span.label}", outcome, why, text))


def fits(document: Document, span: Span, log: Account) -> bool:
    """Count a span, and return whether it lies in the text; list one that does not."""
    log.read += 1
    if span.end > len(document.text):
        list_span(document, span, PAST, log)
        return False
    log.kept += 1
    return True


def list_thing(document: Document, kind: str, description: str, why: str, log: Account) -> None:
    """List what is no span and has no place in the format."""
    log.record(Entry(place(document), document.id, Fate.LEFT_OUT, why, description, kind))


def list_fields(document: Document, format_: str, log: Account, restored: str | None = "accept") -> None:
    """List the answer, unless it comes ``back`` just so, the spans known to be wrong, and the flag."""
    if (document.answer and document.answer.value) != restored:
        description = document.answer.value if document.answer else "not done"
        list_thing(document, "answer", description, f"answers: {format_} has none", log)
    for span in document.rejected:
        description = f"{span.start}-{span.end}:{span.label}"
        list_thing(document, "rejected span", description, f"spans known to be wrong: {format_} has none", log)
    if document.flagged:
        list_thing(document, "flag", "flagged", f"flags: {format_} has none", log)


def list_note(document: Document, format_: str, log: Account) -> None:
    """List a note that has no place."""
    if document.note:
        list_thing(document, "note", document.note, f"notes: {format_} has none", log)


def place(document: Document) -> str:
    """Return where a document comes from, as the ledger names it."""
    return document.where or document.id
