"""What the writers of several formats list alike: spans and fields that a format has no place for."""

from __future__ import annotations

from annotator.core.spans import Span
from annotator.formats.document import Account, Document, Entry, Fate

PAST = "past the end of the text"


def list_span(document: Document, span: Span, why: str, account: Account, fate: Fate = Fate.LEFT_OUT) -> None:
    """List a span that is not written just as it is."""
    text = document.text[span.start : span.end]
    account.list(Entry(place(document), f"{span.start}-{span.end}:{span.label}", fate, why, text))


def fits(document: Document, span: Span, account: Account) -> bool:
    """Count a span, and return whether it lies in the text; list one that does not."""
    account.read += 1
    if span.end > len(document.text):
        list_span(document, span, PAST, account)
        return False
    account.kept += 1
    return True


def list_thing(document: Document, thing: str, told: str, why: str, account: Account) -> None:
    """List what is no span and has no place in the format."""
    account.list(Entry(place(document), document.id, Fate.LEFT_OUT, why, told, thing))


def list_fields(document: Document, format_: str, account: Account, back: str | None = "accept") -> None:
    """List the answer, unless it comes ``back`` just so, the spans known to be wrong, and the flag."""
    if (document.answer and document.answer.value) != back:
        told = document.answer.value if document.answer else "not done"
        list_thing(document, "answer", told, f"answers: {format_} has none", account)
    for span in document.rejected:
        told = f"{span.start}-{span.end}:{span.label}"
        list_thing(document, "rejected span", told, f"spans known to be wrong: {format_} has none", account)
    if document.flagged:
        list_thing(document, "flag", "flagged", f"flags: {format_} has none", account)


def list_note(document: Document, format_: str, account: Account) -> None:
    """List a note that has no place."""
    if document.note:
        list_thing(document, "note", document.note, f"notes: {format_} has none", account)


def place(document: Document) -> str:
    """Return where a document comes from, as the ledger names it."""
    return document.where or document.id
