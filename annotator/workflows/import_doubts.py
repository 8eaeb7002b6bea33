"""Spans of an import that have no sure place: the sentences that they may be about stay open, with a note."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Annotation
from annotator.formats.document import ConversionLogEntry
from annotator.formats.label_mapping import LabelRename

_NOT_SURE = "Place not sure:"
_MAX_NAMED = 3
"""How many doubtful spans the note of a sentence names."""
_MAX_WORDS = 60
"""How many characters of a span's words it shows."""


class Doubt(Struct, frozen=True):
    """A span that may be about a range of a text."""

    start: int
    end: int
    what: str
    """The span and what is wrong with it, for an annotator."""


def doubts_of(entries: Iterable[ConversionLogEntry], rename: LabelRename) -> tuple[Doubt, ...]:
    """Return the doubts that the entries of one document raise, those of labels that are left out not among them."""
    named = ((entry, rename(entry.label) if entry.label else "") for entry in entries if entry.doubtful)
    return tuple(
        Doubt(start, end, _described(entry, label))
        for entry, label in named
        if label or not entry.label
        for start, end in entry.doubtful
    )


def _described(entry: ConversionLogEntry, label: str) -> str:
    """Return a span by its label and its words, or by its id in the file where it has none, and what is wrong."""
    words = " ".join((entry.text or entry.id).split())
    shown = words if len(words) <= _MAX_WORDS else f"{words[:_MAX_WORDS]}…"
    return " ".join(x for x in (label, f"“{shown}”" if entry.text.strip() else shown, f"({entry.why})") if x)


def doubts_by_run(doubts: Sequence[Doubt], ranges: Sequence[tuple[int, int]]) -> Mapping[int, list[str]]:
    """Return what is doubtful in each of some ranges, which follow each other in the text, by their number."""
    starts, ends = [start for start, _ in ranges], [end for _, end in ranges]
    found: dict[int, list[str]] = defaultdict(list)
    for doubt in doubts:
        for n in range(bisect_right(ends, doubt.start), bisect_left(starts, doubt.end)):
            found[n].append(doubt.what)
    return found


def with_doubts(annotation: Annotation, found: Sequence[str]) -> Annotation:
    """Return the annotation open and flagged, with a note on what is doubtful; as it is where nothing is."""
    if not found:
        return annotation
    named = list(dict.fromkeys(found))
    more = f"; and {len(named) - _MAX_NAMED} more" if len(named) > _MAX_NAMED else ""
    note = f"{_NOT_SURE} {'; '.join(named[:_MAX_NAMED])}{more}"
    own = f"{annotation.note} " if annotation.note else ""
    return replace(annotation, answer=None, covers=None, flagged=True, note=own + note)


CONTRADICTED = "The files have this text again, with other annotations."


def with_contradiction(annotation: Annotation) -> Annotation:
    """Return the annotation open and flagged, with a note that its annotator has others on the text; once."""
    if CONTRADICTED in annotation.note:
        return annotation
    note = " ".join(filter(None, (annotation.note, CONTRADICTED)))
    return replace(annotation, answer=None, covers=None, flagged=True, note=note)


def settles_doubt(before: Annotation, annotation: Annotation) -> bool:
    """Return True if a further import finishes a sentence with all the spans of one that was left in doubt."""
    is_doubtful = before.answer is None and before.flagged and _NOT_SURE in before.note
    kept = {span.key for span in before.spans} <= {span.key for span in annotation.spans}
    return is_doubtful and annotation.answer is not None and kept and CONTRADICTED not in before.note
