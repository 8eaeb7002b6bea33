"""WebAnno's TSV 3.3 from documents: a file each, all spans in the layer of named entities.

That layer is there in every WebAnno and INCEpTION, so the files open without a word of setup. Spans
over several tokens and stacked ones get a number, those inside a token a row of their own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, field

from annotator.core.spans import Span, reading_order
from annotator.core.tokens import Token, token_range
from annotator.formats import format_writing
from annotator.formats.document import ConversionLog, Document
from annotator.formats.span_fields import NoteCounter
from annotator.formats.webanno.webanno_table import CellValue, escape_text_line, format_cell

TSV_HEADER = "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\n"
GAPS_LOST = "texts whose blanks between sentences come back as line ends, since WebAnno's TSV does not tell them: {n}"

TokenPart = tuple[int, int]


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write a ``.tsv`` for each document into the folder ``out``, one annotator's in one folder.

    What the format cannot hold is listed in ``log``.
    """
    names, tally = format_writing.FileNames(), NoteCounter()
    files = []
    for document in documents:
        path = out / names.unique_name(document.id or document.title, document.annotator)
        text = TSV_HEADER + "".join(_document_lines(document, log, tally))
        files.append(format_writing.write_whole_file(path.with_name(path.name + ".tsv"), text.encode()))
    tally.add_notes(log)
    return files


class _CellValues(Struct):
    """The values on each token, and on each part of one; keys are places in code points."""

    whole: dict[int, list[CellValue]] = field(default_factory=dict)
    parts: dict[int, dict[TokenPart, list[CellValue]]] = field(default_factory=dict)


def _document_lines(document: Document, log: ConversionLog, tally: NoteCounter) -> Iterator[str]:
    log.read += len(document.spans)
    tokens = format_writing.visible_words(document)
    rows = _cell_values(document, tokens, log)
    format_writing.record_unsupported_fields(document, "WebAnno's TSV", log, has_notes=False)
    astral = [n for n, c in enumerate(document.text) if c > "\uffff"]
    sentences = list(_sentence_ranges(document, tokens))
    tally.add(GAPS_LOST, _gaps_change(document.text, tokens, sentences))
    for number, (first, last) in enumerate(sentences, 1):
        text = document.text[tokens[first].start : tokens[last - 1].end]
        yield "\n" + "".join(f"#Text={escape_text_line(line)}\n" for line in text.split("\n"))
        for n in range(first, last):
            yield from _token_rows(f"{number}-{n - first + 1}", tokens[n], n, rows, astral)


def _gaps_change(text: str, tokens: Sequence[Token], sentences: Sequence[tuple[int, int]]) -> bool:
    """Return True if anything is between sentences but what a reader puts there: a line end, and blanks."""
    places = [(tokens[first].start, tokens[last - 1].end) for first, last in sentences]
    gaps = [text[end:start] for (_, end), (start, _) in pairwise(places)]
    return any(gap != ("\n" + " " * (len(gap) - 1) if gap else "") for gap in gaps)


def _token_rows(name: str, token: Token, n: int, rows: _CellValues, astral: Sequence[int]) -> Iterator[str]:
    yield _format_row(name, (token.start, token.end), token.text, rows.whole.get(n, []), astral)
    for k, (place, found) in enumerate(sorted(rows.parts.get(n, {}).items()), 1):
        text = token.text[place[0] - token.start : place[1] - token.start]
        yield _format_row(f"{name}.{k}", place, text, found, astral)


def _format_row(name: str, place: TokenPart, text: str, found: list[CellValue], astral: Sequence[int]) -> str:
    start, end = (at + bisect_right(astral, at - 1) for at in place)
    return f"{name}\t{start}-{end}\t{text}\t{format_cell(found)}\t\n"


def _sentence_ranges(document: Document, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the tokens of each sentence, ``[first, last)``; the whole text is one where there are none."""
    starts = sorted(start for start, _ in document.sentences)[1:]
    edges = [bisect_left(tokens, start, key=lambda t: t.start) for start in [*starts, len(document.text) + 1]]
    yield from ((first, last) for first, last in pairwise([0, *edges]) if last > first)


def _cell_values(document: Document, tokens: Sequence[Token], log: ConversionLog) -> _CellValues:
    """Put the spans on their tokens, the outer before the inner; list those that have no place."""
    rows = _CellValues()
    placed: list[tuple[Span, int, int]] = []
    for span in reading_order(document.spans):
        first, last = token_range(tokens, span.start, span.end)
        if why := _why_unsupported(span, document, tokens[first:last]):
            format_writing.record_span(document, span, why, log)
        else:
            log.kept += 1
            placed.append((span, first, last))
    stacked = _stacked_spans(placed, tokens)
    number = 0
    for n, (span, first, last) in enumerate(placed):
        joins = last - first > 1 or n in stacked
        number += joins
        for at in range(first, last):
            _values_on_row(rows, at, span, tokens[at]).append(CellValue(span.label, number if joins else 0))
    return rows


def _why_unsupported(span: Span, document: Document, tokens: Sequence[Token]) -> str:
    if span.end > len(document.text):
        return format_writing.PAST_TEXT_END
    if not span.label.strip() or "\r" in span.label or span.label != span.label.strip():
        return "WebAnno's rows hold no such label"
    inside = tokens and tokens[0].start <= span.start and span.end <= tokens[-1].end
    return "" if inside else "it begins or ends with a blank"


def _stacked_spans(placed: Sequence[tuple[Span, int, int]], tokens: Sequence[Token]) -> set[int]:
    """Return which spans share a row with another one."""
    seen: dict[tuple[int, TokenPart], int] = {}
    out: set[int] = set()
    for n, (span, first, last) in enumerate(placed):
        for at in range(first, last):
            key = (at, _part_in_token(span, tokens[at]))
            if key in seen:
                out |= {n, seen[key]}
            seen[key] = n
    return out


def _part_in_token(span: Span, token: Token) -> TokenPart:
    """Return what of the token is in the span."""
    return max(span.start, token.start), min(span.end, token.end)


def _values_on_row(rows: _CellValues, at: int, span: Span, token: Token) -> list[CellValue]:
    """Return the values on the row where a span is on a token, or on a part of it."""
    part = _part_in_token(span, token)
    is_whole = part == (token.start, token.end)
    return rows.whole.setdefault(at, []) if is_whole else rows.parts.setdefault(at, {}).setdefault(part, [])
