"""brat's standoff folders: ``x.txt`` with ``x.ann`` beside it, as deep as one likes.

Offsets are code points (a CRLF may count as one), tried against the text that each span quotes.
A discontinuous span becomes one span for each part. Relations, events, attributes and
normalisations are listed: no span can hold them. brat has no answers: a text on which nothing is
marked is taken for one that nobody has done yet, because brat makes its ``.ann`` beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.counting import counted
from annotator.formats.brat.ann import Standoff, parse
from annotator.formats.brat.pairs import Pair, pairs_of
from annotator.formats.brat.places import Placed, placed, quotes, unlike
from annotator.formats.brat.writer import write
from annotator.formats.document import Account, Document, Entry, Fate
from annotator.formats.fields import DIFFERS, Tally
from annotator.formats.sample import Sample
from annotator.formats.source import LONGEST, Source
from annotator.formats.units import (
    CODE_POINTS,
    CRLF_AS_ONE,
    LF_AS_TWO,
    UTF8,
    UTF16,
    UTF16_CRLF_AS_ONE,
    Detective,
    Quoted,
    Unit,
)

__all__ = ["NAME", "looks", "read", "write"]

NAME = "brat"
UNITS = (CODE_POINTS, CRLF_AS_ONE, UTF16, UTF16_CRLF_AS_ONE, UTF8, LF_AS_TWO)
"""What brat and the tools that write for it count in."""

OPEN = "texts on which nothing is marked, which the files leave open because brat makes them beforehand: {n}"
MARKED = "texts whose byte order mark was taken off, so that their offsets are one less: {n}"

_MARK = b"\xef\xbb\xbf"
_BOUND = re.compile(rb"T[0-9]+\t[^\t\n]+ [0-9]+ [0-9]+(?:;[0-9]+ [0-9]+)*(?:\t|\r?$)", re.MULTILINE)


def looks(sample: Sample) -> str:
    """Return why this looks like brat's, empty if it does not."""
    if sample.is_folder or sample.is_zip:
        names = set(sample.names)
        pairs = sum(n.endswith(".ann") and n[:-4] + ".txt" in names for n in names)
        if pairs:
            return (
                f"it has {counted(pairs, '.ann file beside its .txt file', '.ann files beside .txt files')}"
            )
        return "it has .ann files" if any(n.endswith(".ann") for n in names) else ""
    return "it begins with a span of brat's .ann files" if _BOUND.match(sample.start) else ""


def read(source: Source, log: Account) -> Iterator[Document]:
    """Yield a document for each pair of files; raises SourceError for what cannot be read as such."""
    pairs = pairs_of(source, log)
    unit = _unit(pairs, log, source.name)
    tally = Tally()
    for pair in pairs:
        if pair.txt is None:
            _list_orphan(pair, log)
            continue
        document = _document(pair, *_opened(pair.txt, pair.ann, tally), unit, log)
        tally.add(OPEN, document.answer is None)
        yield document
    tally.add_notes(log)


def _opened(txt: Source, ann: Source, tally: Tally | None = None) -> tuple[str, Standoff]:
    """Return the text and what is marked on it, a byte order mark taken off both.

    brat itself counts such a mark as a character: where the quotes fit only so, the offsets move. A
    mark that lies in a span stays.
    """
    text = txt.text(LONGEST)
    found = parse(ann.text().split("\n"))
    if txt.sample().head.startswith(_MARK):
        quoted = [q for b in found.bounds for q in quotes(b)]
        if _hits("\ufeff" + text, quoted) > _hits(text, quoted):
            if any((quote or "").startswith("\ufeff") for _, _, quote in quoted):
                return "\ufeff" + text, found
            if tally is not None:
                tally.add(MARKED)
            for bound in found.bounds:
                bound.fragments = tuple((max(s - 1, 0), max(e - 1, 0)) for s, e in bound.fragments)
    return text, found


def _hits(text: str, quoted: list[Quoted]) -> int:
    return sum(text[s:e] == quote for s, e, quote in quoted)


def _unit(pairs: list[Pair], log: Account, where: str) -> Unit:
    """Return what all offsets of the folder are counted in, and note it where it is not plain."""
    detector = Detective(UNITS)
    for pair in pairs:
        if pair.txt:
            text, found = _opened(pair.txt, pair.ann)
            quoted = [q for b in found.bounds for q in quotes(b)]
            if text.isascii() and "\r" not in text and _hits(text, quoted) == len(quoted):
                continue  # no other unit can fit better
            detector.add_text(text, quoted)
    unit = detector.unit(where)
    if note := detector.note(unit):
        log.notes.append(note)
    return unit


def _document(pair: Pair, text: str, found: Standoff, unit: Unit, log: Account) -> Document:
    where = pair.ann.name
    _list_others(found, where, log)
    places = placed(found.bounds, text, unit, where, log)
    _list_unlike(places, text, where, log)
    return Document(
        text,
        tuple(s for p in places for s in p.spans),
        answer=Answer.ACCEPT if found.bounds or found.others else None,
        id=pair.id,
        note="\n".join(n.text for n in found.notes),
        meta=_meta(found),
        where=where,
    )


def _meta(found: Standoff) -> dict[str, Any]:
    """Return what the notes are on: one field of a document holds them all."""
    return {"notes": [{"on": n.target, "text": n.text} for n in found.notes]} if found.notes else {}


def _list_others(found: Standoff, where: str, log: Account) -> None:
    """List what is no span, or a span whose line cannot be read."""
    for other in found.others:
        log.read += other.kind == "span"
        entry = Entry(f"{where}:{other.line}", other.id, Fate.LEFT_OUT, other.why, other.content, other.kind)
        log.record(entry)


def _list_unlike(places: list[Placed], text: str, where: str, log: Account) -> None:
    for place in places:
        if unlike(place, text):
            at, bound = f"{where}:{place.bound.line}", place.bound
            log.record(Entry(at, bound.id, Fate.LEFT_OUT, DIFFERS, bound.quote, "quoted text"))


def _list_orphan(pair: Pair, log: Account) -> None:
    """List all that an ``.ann`` file has whose text is missing."""
    found = parse(pair.ann.text().split("\n"))
    _list_others(found, pair.ann.name, log)
    for bound in found.bounds:
        log.read += 1
        at = f"{pair.ann.name}:{bound.line}"
        log.record(Entry(at, bound.id, Fate.LEFT_OUT, "its .txt file is missing", bound.quote))
