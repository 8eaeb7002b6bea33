"""WebAnno's TSV 3.3 from documents: a file each, all spans in the layer of named entities.

That layer is there in every WebAnno and INCEpTION, so the files open without a word of setup. Spans
over several tokens and stacked ones get a number, those inside a token a row of their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from annotator.core.spans import Span, reading_order
from annotator.core.tokens import Token, token_range
from annotator.formats.document import Account, Document
from annotator.formats.fields import Tally
from annotator.formats.files import Names, put
from annotator.formats.losses import PAST, list_fields, list_note, list_span
from annotator.formats.webanno.cells import Value, cell, escaped_text
from annotator.formats.words import words_of

HEADER = "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\n"
WORDLESS = "it begins or ends with a blank"
CONTROL = "WebAnno's rows hold no such label"
GAPS = (
    "texts whose blanks between sentences come back as line ends, since WebAnno's TSV does not tell them: {n}"
)

Place = tuple[int, int]


def write(documents: Iterable[Document], out: Path, log: Account) -> list[Path]:
    """Write a ``.tsv`` for each document into the folder ``out``, one annotator's in one folder.

    What the format cannot hold is listed in ``account``.
    """
    names, tally = Names(), Tally()
    files = []
    for document in documents:
        path = out / names.unique_name(document.id or document.title, document.annotator)
        text = HEADER + "".join(_body(document, log, tally))
        files.append(put(path.with_name(path.name + ".tsv"), text.encode()))
    tally.add_notes(log)
    return files


@dataclass(slots=True)
class _Rows:
    """The values on each token, and on each part of one; keys are places in code points."""

    whole: dict[int, list[Value]] = field(default_factory=dict)
    parts: dict[int, dict[Place, list[Value]]] = field(default_factory=dict)


def _body(document: Document, log: Account, tally: Tally) -> Iterator[str]:
    log.read += len(document.spans)
    tokens = words_of(document)
    rows = _rows(document, tokens, log)
    list_fields(document, "WebAnno's TSV", log)
    list_note(document, "WebAnno's TSV", log)
    astral = [n for n, c in enumerate(document.text) if c > "\uffff"]
    sentences = list(_sentences(document, tokens))
    tally.add(GAPS, _gaps_change(document.text, tokens, sentences))
    for number, (first, last) in enumerate(sentences, 1):
        text = document.text[tokens[first].start : tokens[last - 1].end]
        yield "\n" + "".join(f"#Text={escaped_text(line)}\n" for line in text.split("\n"))
        for n in range(first, last):
            yield from _token_rows(f"{number}-{n - first + 1}", tokens[n], n, rows, astral)


def _gaps_change(text: str, tokens: Sequence[Token], sentences: Sequence[tuple[int, int]]) -> bool:
    """Whether anything stands between sentences but what a reader puts there: a line end, and blanks."""
    places = [(tokens[first].start, tokens[last - 1].end) for first, last in sentences]
    gaps = [text[end:start] for (_, end), (start, _) in pairwise(places)]
    return any(gap != ("\n" + " " * (len(gap) - 1) if gap else "") for gap in gaps)


def _token_rows(name: str, token: Token, n: int, rows: _Rows, astral: Sequence[int]) -> Iterator[str]:
    yield _row(name, (token.start, token.end), token.text, rows.whole.get(n, []), astral)
    for k, (place, found) in enumerate(sorted(rows.parts.get(n, {}).items()), 1):
        text = token.text[place[0] - token.start : place[1] - token.start]
        yield _row(f"{name}.{k}", place, text, found, astral)


def _row(name: str, place: Place, text: str, found: list[Value], astral: Sequence[int]) -> str:
    start, end = (at + bisect_right(astral, at - 1) for at in place)
    return f"{name}\t{start}-{end}\t{text}\t{cell(found)}\t\n"


def _sentences(document: Document, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the tokens of each sentence, ``[first, last)``; the whole text is one where there are none."""
    starts = sorted(start for start, _ in document.sentences)[1:]
    first = 0
    for start in [*starts, len(document.text) + 1]:
        last = first
        while last < len(tokens) and tokens[last].start < start:
            last += 1
        if last > first:
            yield first, last
        first = last


def _rows(document: Document, tokens: Sequence[Token], log: Account) -> _Rows:
    """Put the spans on their tokens, the outer before the inner; list those that have no place."""
    rows = _Rows()
    placed: list[tuple[Span, int, int]] = []
    for span in reading_order(document.spans):
        first, last = token_range(tokens, span.start, span.end)
        if why := _refused(span, document, tokens[first:last]):
            list_span(document, span, why, log)
        else:
            log.kept += 1
            placed.append((span, first, last))
    stacked = _stacked(placed, tokens)
    number = 0
    for n, (span, first, last) in enumerate(placed):
        joins = last - first > 1 or n in stacked
        number += joins
        for at in range(first, last):
            _list_of(rows, at, span, tokens[at]).append(Value(span.label, number if joins else 0))
    return rows


def _refused(span: Span, document: Document, tokens: Sequence[Token]) -> str:
    if span.end > len(document.text):
        return PAST
    if not span.label.strip() or "\r" in span.label or span.label != span.label.strip():
        return CONTROL
    inside = tokens and tokens[0].start <= span.start and span.end <= tokens[-1].end
    return "" if inside else WORDLESS


def _stacked(placed: Sequence[tuple[Span, int, int]], tokens: Sequence[Token]) -> set[int]:
    """Return which spans share a row with another one."""
    seen: dict[tuple[int, Place], int] = {}
    out: set[int] = set()
    for n, (span, first, last) in enumerate(placed):
        for at in range(first, last):
            key = (at, _part(span, tokens[at]))
            if key in seen:
                out |= {n, seen[key]}
            seen[key] = n
    return out


def _part(span: Span, token: Token) -> Place:
    """Return what of the token lies in the span."""
    return max(span.start, token.start), min(span.end, token.end)


def _list_of(rows: _Rows, at: int, span: Span, token: Token) -> list[Value]:
    """Return the values on the row where a span lies on a token, or on a part of it."""
    part = _part(span, token)
    if part == (token.start, token.end):
        return rows.whole.setdefault(at, [])
    return rows.parts.setdefault(at, {}).setdefault(part, [])
