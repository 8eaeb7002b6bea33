"""The text of a WebAnno file and where its units stand in it, in code points.

TSV says the text sentence by sentence, and offsets in UTF-16 units. What lies between sentences is
not said: it becomes a line end and blanks, as many as the offsets tell (WebAnno does the same).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from annotator.core.errors import SourceError
from annotator.core.tokens import Token
from annotator.formats.units import CODE_POINTS, UTF16, OffsetUnitDetector, QuotedRange, OffsetConverter, OffsetScale, OffsetUnit
from annotator.formats.webanno import table
from annotator.formats.webanno.cells import escape_text_line

_MAX_GAP = 200
"""The most blanks between two tokens or sentences: a small file must not become a huge text."""
WEBANNO_UNITS = (UTF16, CODE_POINTS)
"""What WebAnno counts in, and what other programs that write its format do."""


@dataclass(slots=True)
class WebAnnoLayout:
    """A text, its sentences and tokens, and the place of each unit by its line."""

    text: str = ""
    sentences: list[tuple[int, int]] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    places: dict[int, tuple[int, int]] = field(default_factory=dict)


def detect_offset_unit(found: table.WebAnnoTable, where: str) -> OffsetUnit:
    """Return what the offsets are counted in, told by the tokens' texts where the units differ."""
    detector = OffsetUnitDetector(WEBANNO_UNITS)
    for sentence in found.sentences:
        text, origin = _sentence_text(sentence)
        if max(text, default="") > "\uffff":
            detector.add_text(text, list(_quoted_tokens(sentence, origin)))
    return detector.unit(where)


def _quoted_tokens(sentence: table.WebAnnoSentence, origin: int) -> Iterator[QuotedRange]:
    for unit in sentence.units:
        if origin <= unit.start < unit.end:
            yield unit.start - origin, unit.end - origin, unit.text


def _sentence_text(sentence: table.WebAnnoSentence) -> tuple[str, int]:
    """Return the sentence's text and the offset at which it begins, in the file's unit.

    A sentence begins with its first token, but for blanks.
    """
    first = sentence.units[0] if sentence.units else None
    text = sentence.text
    if text is None:
        return _rebuild_sentence(sentence), first.start if first else 0
    if first is None:
        return text, 0
    at = text.find(first.text)
    return text, first.start - (at if at > 0 and not text[:at].strip() else 0)


def _rebuild_sentence(sentence: table.WebAnnoSentence) -> str:
    """Return the text of a sentence that has none, blanks where its tokens leave gaps."""
    parts: list[str] = []
    at = sentence.units[0].start
    for unit in sentence.units:
        if not unit.is_part:
            parts += [" " * min(unit.start - at, _MAX_GAP), unit.text]
            at = unit.end
    return "".join(parts)


def lay_out_table(found: table.WebAnnoTable, unit: OffsetUnit, where: str) -> WebAnnoLayout:
    """Return the text and all places; raises SourceError, with the line, for offsets at odds with it."""
    out = WebAnnoLayout()
    parts: list[str] = []
    size = declared = 0
    for sentence in found.sentences:
        text, origin = _sentence_text(sentence)
        gap = _sentence_gap(origin - declared, is_first=not out.sentences) if sentence.units else "\n"
        parts += [gap, text]
        size += len(gap)
        out.sentences.append((size, size + len(text)))
        _place_units(sentence, OffsetConverter(text, unit), (origin, size, text), out, where)
        size += len(text)
        declared = (origin if sentence.units else declared + len(gap)) + _length_in_unit(text, unit)
    out.text = "".join(parts)
    return out


def _sentence_gap(wanted: int, *, is_first: bool) -> str:
    """Return the white space between two sentences; where offsets begin anew, a line end.

    A gap that is wider than can be is made narrower: places are counted from their sentence.
    """
    if wanted == 0:
        return ""
    blanks = min(max(wanted - 1, 0), _MAX_GAP)
    return " " * (blanks + (wanted > 0)) if is_first else "\n" + " " * blanks


def _length_in_unit(text: str, unit: OffsetUnit) -> int:
    astral = sum(c > "\uffff" for c in text) if unit.scale is OffsetScale.UTF16 else 0
    return len(text) + astral


def _place_units(
    sentence: table.WebAnnoSentence, converter: OffsetConverter, base: tuple[int, int, str], layout: WebAnnoLayout, where: str
) -> None:
    """Put the places of a sentence's units and tokens into the layout.

    ``base`` is the offset at which the sentence begins, that place in code points, and its text.
    """
    origin, at, text = base
    for unit in sentence.units:
        start, end = _unit_range(unit, converter, origin, where)
        if end > len(text) or not (unit.is_part or _reads_as(text[start:end], unit.text)):
            what = f"the token {unit.text[:40]!r} does not stand at its offsets in the text"
            raise SourceError(what, where=f"{where}:{unit.line}", do="export the file again")
        layout.places[unit.line] = (at + start, at + end)
        if not unit.is_part:
            ws = text[end : end + 1] == " "
            layout.tokens.append(Token(text[start:end], at + start, at + end, ws))


def _reads_as(there: str, description: str) -> bool:
    """Whether a token is what stands there; some versions escape it as they do the text."""
    return there == description or escape_text_line(there) == description


def _unit_range(unit: table.WebAnnoUnit, converter: OffsetConverter, origin: int, where: str) -> tuple[int, int]:
    if unit.start < origin:
        raise _offset_error(unit, f"{unit.start} lies before its sentence", where)
    try:
        return converter.range(unit.start - origin, unit.end - origin)
    except ValueError as error:
        raise _offset_error(unit, str(error), where) from None


def _offset_error(unit: table.WebAnnoUnit, what: str, where: str) -> SourceError:
    return SourceError(f"the offset {what}", where=f"{where}:{unit.line}", do="export the file again")
