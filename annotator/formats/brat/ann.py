"""The lines of a brat ``.ann`` file: text-bound spans, notes, and the things that no span can hold.

Fields as brat's own server writes them; the text of a span may run over several lines, since
older versions wrote its line ends as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

BratFragment = tuple[int, int]
"""A part of a span, in the file's own unit."""

UNREADABLE_LINE = "its label and offsets cannot be read"

_BLANKS = re.compile(r"T[0-9]+\s")
"""A span whose tabs were made blanks."""
_ID = re.compile(r"(?:[TREAMN#]\S*|\*)\t")
_OFFSETS = re.compile(r"[0-9]{1,12} [0-9]{1,12}(?:;[0-9]{1,12} [0-9]{1,12})*")
_THINGS = {
    "R": "relation",
    "*": "relation",
    "E": "event",
    "A": "attribute",
    "M": "attribute",
    "N": "normalisation",
}


@dataclass(slots=True)
class TextBound:
    """A ``T`` line: a label on one or more fragments, and the text that it quotes."""

    line: int
    id: str
    label: str
    fragments: tuple[BratFragment, ...]
    quote: str

    @property
    def missing_characters(self) -> int:
        """How many of the characters that the fragments promise the quote has not."""
        return sum(e - s for s, e in self.fragments) + len(self.fragments) - 1 - len(self.quote)


@dataclass(frozen=True, slots=True)
class BratNote:
    """A ``#`` line: what somebody wrote on an annotation, ``target`` being its id."""

    line: int
    id: str
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class UnsupportedLine:
    """A line that makes no span: a relation, an event, …, or a span that cannot be read (``why``)."""

    line: int
    id: str
    kind: str
    content: str
    why: str


@dataclass(slots=True)
class Standoff:
    """What an ``.ann`` file says, in its order."""

    bounds: list[TextBound] = field(default_factory=list)
    notes: list[BratNote] = field(default_factory=list)
    others: list[UnsupportedLine] = field(default_factory=list)


def parse_ann(lines: Iterable[str]) -> Standoff:
    """Return what the lines say; nothing that isn't blank goes without a record, and nothing raises."""
    found = Standoff()
    last: TextBound | None = None
    missing = 0
    more: list[str] = []
    for number, raw in enumerate(lines, 1):
        line = raw.removesuffix("\r")
        if _ID.match(line):
            _add_quote_lines(last, more)
            last, more = _add_line(found, number, line), []
            missing = last.missing_characters if last else 0
        elif missing > 0:
            more.append(line)
            missing -= len(line) + 1
        elif line.strip():
            thing, why = (
                ("span", UNREADABLE_LINE) if _BLANKS.match(line) else ("line", "this is no line of brat's")
            )
            found.others.append(UnsupportedLine(number, "", thing, line, why))
    _add_quote_lines(last, more)
    return found


def _add_quote_lines(bound: TextBound | None, more: list[str]) -> None:
    """Put the further lines of a quote behind its first."""
    if bound and more:
        bound.quote = "\n".join([bound.quote, *more])


def _add_line(found: Standoff, number: int, line: str) -> TextBound | None:
    """Put a line that begins with an id where it belongs, and return it where it is a span."""
    name, _, rest = line.partition("\t")
    if name.startswith("T"):
        return _add_bound(found, number, name, rest)
    if name.startswith("#"):
        description, _, text = rest.partition("\t")
        found.notes.append(BratNote(number, name, description.rpartition(" ")[2], _unescape_note(text)))
    else:
        thing = _THINGS[name[0]]
        found.others.append(UnsupportedLine(number, name, thing, rest, f"{thing}s have no place here"))
    return None


def _add_bound(found: Standoff, number: int, name: str, rest: str) -> TextBound | None:
    description, _, quote = rest.partition("\t")
    words = description.split()
    from_end = next((n for n, w in enumerate(reversed(words)) if not w[0].isdigit()), len(words))
    label, offsets = " ".join(words[: len(words) - from_end]), " ".join(words[len(words) - from_end :])
    if not label or not _OFFSETS.fullmatch(offsets):
        found.others.append(UnsupportedLine(number, name, "span", rest, UNREADABLE_LINE))
        return None
    bound = TextBound(number, name, label, tuple(_fragment(f) for f in offsets.split(";")), quote)
    found.bounds.append(bound)
    return bound


def _fragment(offsets: str) -> BratFragment:
    start, end = offsets.split()
    return int(start), int(end)


def _unescape_note(text: str) -> str:
    r"""Return a note's text; brat writes a line end in it as ``\n``."""
    return text.replace("\\n", "\n")


def escape_note(text: str) -> str:
    r"""Return a note's text as one line, its line ends written as ``\n``."""
    return " ".join(text.replace("\r\n", "\n").replace("\n", "\\n").split("\t"))
