"""The text of a WebAnno file and where its units stand in it, in code points.

TSV says the text sentence by sentence, and offsets in UTF-16 units. What lies between sentences is
not said: it becomes a line end and blanks, as many as the offsets tell (WebAnno does the same).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from annotator.core.errors import SourceError
from annotator.core.tokens import Token
from annotator.formats.units import CODE_POINTS, UTF16, Detective, Quoted, Ruler, Scale, Unit
from annotator.formats.webanno import table
from annotator.formats.webanno.cells import escaped_text

_WIDEST = 200
"""The most blanks between two tokens or sentences: a small file must not become a huge text."""
UNITS = (UTF16, CODE_POINTS)
"""What WebAnno counts in, and what other programs that write its format do."""


@dataclass(slots=True)
class Layout:
    """A text, its sentences and tokens, and the place of each unit by its line."""

    text: str = ""
    sentences: list[tuple[int, int]] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    places: dict[int, tuple[int, int]] = field(default_factory=dict)


def unit_of(found: table.Table, where: str) -> Unit:
    """Return what the offsets are counted in, told by the tokens' texts where the units differ."""
    detector = Detective(UNITS)
    for sentence in found.sentences:
        text, origin = _text(sentence)
        if max(text, default="") > "\uffff":
            detector.add_text(text, list(_quoted(sentence, origin)))
    return detector.unit(where)


def _quoted(sentence: table.Sentence, origin: int) -> Iterator[Quoted]:
    for unit in sentence.units:
        if origin <= unit.start < unit.end:
            yield unit.start - origin, unit.end - origin, unit.text


def _text(sentence: table.Sentence) -> tuple[str, int]:
    """Return the sentence's text and the offset at which it begins, in the file's unit.

    A sentence begins with its first token, but for blanks.
    """
    first = sentence.units[0] if sentence.units else None
    text = sentence.text
    if text is None:
        return _rebuilt(sentence), first.start if first else 0
    if first is None:
        return text, 0
    at = text.find(first.text)
    return text, first.start - (at if at > 0 and not text[:at].strip() else 0)


def _rebuilt(sentence: table.Sentence) -> str:
    """Return the text of a sentence that has none, blanks where its tokens leave gaps."""
    parts: list[str] = []
    at = sentence.units[0].start
    for unit in sentence.units:
        if not unit.is_part:
            parts += [" " * min(unit.start - at, _WIDEST), unit.text]
            at = unit.end
    return "".join(parts)


def layout(found: table.Table, unit: Unit, where: str) -> Layout:
    """Return the text and all places; raises SourceError, with the line, for offsets at odds with it."""
    out = Layout()
    parts: list[str] = []
    size = declared = 0
    for sentence in found.sentences:
        text, origin = _text(sentence)
        gap = _gap(origin - declared, is_first=not out.sentences) if sentence.units else "\n"
        parts += [gap, text]
        size += len(gap)
        out.sentences.append((size, size + len(text)))
        _place(sentence, Ruler(text, unit), (origin, size, text), out, where)
        size += len(text)
        declared = (origin if sentence.units else declared + len(gap)) + _measure(text, unit)
    out.text = "".join(parts)
    return out


def _gap(wanted: int, *, is_first: bool) -> str:
    """Return the white space between two sentences; where offsets begin anew, a line end.

    A gap that is wider than can be is made narrower: places are counted from their sentence.
    """
    if wanted == 0:
        return ""
    blanks = min(max(wanted - 1, 0), _WIDEST)
    return " " * (blanks + (wanted > 0)) if is_first else "\n" + " " * blanks


def _measure(text: str, unit: Unit) -> int:
    astral = sum(c > "\uffff" for c in text) if unit.scale is Scale.UTF16 else 0
    return len(text) + astral


def _place(
    sentence: table.Sentence, converter: Ruler, base: tuple[int, int, str], layout: Layout, where: str
) -> None:
    """Put the places of a sentence's units and tokens into the layout.

    ``base`` is the offset at which the sentence begins, that place in code points, and its text.
    """
    origin, at, text = base
    for unit in sentence.units:
        start, end = _range(unit, converter, origin, where)
        if end > len(text) or not (unit.is_part or _reads(text[start:end], unit.text)):
            what = f"the token {unit.text[:40]!r} does not stand at its offsets in the text"
            raise SourceError(what, where=f"{where}:{unit.line}", do="export the file again")
        layout.places[unit.line] = (at + start, at + end)
        if not unit.is_part:
            ws = text[end : end + 1] == " "
            layout.tokens.append(Token(text[start:end], at + start, at + end, ws))


def _reads(there: str, description: str) -> bool:
    """Whether a token is what stands there; some versions escape it as they do the text."""
    return there == description or escaped_text(there) == description


def _range(unit: table.Unit, converter: Ruler, origin: int, where: str) -> tuple[int, int]:
    if unit.start < origin:
        raise _at_odds(unit, f"{unit.start} lies before its sentence", where)
    try:
        return converter.range(unit.start - origin, unit.end - origin)
    except ValueError as error:
        raise _at_odds(unit, str(error), where) from None


def _at_odds(unit: table.Unit, what: str, where: str) -> SourceError:
    return SourceError(f"the offset {what}", where=f"{where}:{unit.line}", do="export the file again")
