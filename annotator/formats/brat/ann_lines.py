"""The lines of a brat ``.ann`` file: text-bound spans, notes, and the things that no span can hold.

Fields as brat's own server writes them; the text of a span may run over several lines, since older versions wrote
its line ends as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, field

from annotator.core.errors import SourceError

BratFragment = tuple[int, int]
"""A part of a span, in the file's own unit."""

UNREADABLE_LINE = "its label and offsets cannot be read"

_UNTABBED = re.compile(r"T[0-9]+\s+\S+\s+[0-9]{1,12}\s+[0-9]{1,12}(?:;[0-9]{1,12} [0-9]{1,12})*(?:\s.*)?")
"""A span in which a tab is missing, or made of blanks."""
_SPAN_LINE = re.compile(r"T[0-9]+\s")
_ID = re.compile(r"(?:[TREAMN#]\S*|\*)\t")
_OFFSETS = re.compile(r"[0-9]{1,12} [0-9]{1,12}(?:;[0-9]{1,12} [0-9]{1,12})*")
_THINGS = {"R": "relation", "*": "relation", "E": "event", "A": "attribute", "M": "attribute", "N": "normalisation"}


class TextBound(Struct):
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


class BratNote(Struct, frozen=True):
    """A ``#`` line: what somebody wrote on an annotation, ``target`` being its id."""

    line: int
    id: str
    target: str
    text: str


class UnsupportedLine(Struct, frozen=True):
    """A line that makes no span: a relation, an event, …, or a span that cannot be read (``why``)."""

    line: int
    id: str
    kind: str
    content: str
    why: str


class Standoff(Struct):
    """The contents of an ``.ann`` file, in its order."""

    bounds: list[TextBound] = field(default_factory=list)
    notes: list[BratNote] = field(default_factory=list)
    others: list[UnsupportedLine] = field(default_factory=list)


def parse_ann(lines: Iterable[str], where: str) -> Standoff:
    """Return the parsed lines; nothing that isn't blank goes without a record.

    Raises SourceError, with file and line, for a span with blanks for tabs: where its words begin is not sure.
    """
    found = Standoff()
    last: TextBound | None = None
    missing = 0
    for number, raw in enumerate(lines, 1):
        line = raw.removesuffix("\r")
        if _ID.match(line):
            if _lacks_tabs(line):
                raise _tabs_expected(f"{where}:{number}")
            last = _add_line(found, number, line)
            missing = last.missing_characters if last else 0
        elif last and missing > 0:
            last.quote += f"\n{line}"
            missing -= len(line) + 1
        elif _UNTABBED.fullmatch(line):
            raise _tabs_expected(f"{where}:{number}")
        elif line.strip():
            thing, why = ("span", UNREADABLE_LINE) if _SPAN_LINE.match(line) else ("line", "this is no line of brat's")
            found.others.append(UnsupportedLine(number, "", thing, line, why))
    return found


def _lacks_tabs(line: str) -> bool:
    """Return True if a line has a span's label and offsets, but not in one field of tabs."""
    return bool(_UNTABBED.fullmatch(line)) and not _OFFSETS.fullmatch(_label_and_offsets(line.split("\t")[1])[1])


def _tabs_expected(where: str) -> SourceError:
    what = "tabs expected: a span is its id, a tab, label and offsets, a tab, and its text"
    return SourceError(what, where=where, do="put the tabs back, or export the file again")


def _add_line(found: Standoff, number: int, line: str) -> TextBound | None:
    """Put a line that begins with an id where it belongs, and return it where it is a span."""
    name, _, rest = line.partition("\t")
    if name.startswith("T"):
        return _add_bound(found, number, name, rest)
    if name.startswith("#"):
        description, _, text = rest.partition("\t")
        found.notes.append(BratNote(number, name, description.rpartition(" ")[2], text.replace("\\n", "\n")))
    else:
        thing = _THINGS[name[0]]
        found.others.append(UnsupportedLine(number, name, thing, rest, f"{thing}s have no place here"))
    return None


def _label_and_offsets(description: str) -> tuple[str, str]:
    """Return a label, which may have blanks, and the numbers behind it."""
    words = description.split()
    from_end = next((n for n, w in enumerate(reversed(words)) if not w[0].isdigit()), len(words))
    return " ".join(words[: len(words) - from_end]), " ".join(words[len(words) - from_end :])


def _add_bound(found: Standoff, number: int, name: str, rest: str) -> TextBound | None:
    description, _, quote = rest.partition("\t")
    label, offsets = _label_and_offsets(description)
    if quote.strip() and label and not _OFFSETS.fullmatch(offsets):
        found.bounds.append(TextBound(number, name, label.split()[0], (), quote))
        return None
    if not label or not _OFFSETS.fullmatch(offsets):
        found.others.append(UnsupportedLine(number, name, "span", rest, UNREADABLE_LINE))
        return None
    fragments = ((int(start), int(end)) for start, end in (pair.split() for pair in offsets.split(";")))
    bound = TextBound(number, name, label, tuple(fragments), quote)
    found.bounds.append(bound)
    return bound


def escape_note(text: str) -> str:
    r"""Return a note's text as one line, its line ends written as ``\n``."""
    return " ".join(text.replace("\r\n", "\n").replace("\n", "\\n").split("\t"))
