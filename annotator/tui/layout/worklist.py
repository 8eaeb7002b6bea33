"""The worklist of inconsistencies: the words in hand, their places in context, what is proposed.

Its head row, the rows of its list and the sentence in hand are drawn alike for every worklist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from annotator.core.annotation import Work
from annotator.core.inconsistent import Group, Kind, Place
from annotator.tui.layout.block import answer_piece
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.hits import LIT, context_row
from annotator.tui.layout.row import Ink, Piece, Row, clip, cut, filled_row, fit, two_ended, width_of
from annotator.tui.layout.safe_text import screen_text

_MARKS = 12
"""The most rows that the sentence in hand takes."""


@dataclass(frozen=True, slots=True)
class Line:
    """A place as the list shows it."""

    place: Place
    sentence_number: str
    """Article and sentence by number."""
    resolved: bool | None = None
    """Whether the proposal was carried out (or the place left); None while it waits, or for no proposal."""


@dataclass(frozen=True, slots=True)
class WorkView:
    """What the worklist shows at a moment."""

    group: Group
    places: tuple[Line, ...]
    """The places with a proposal first, then those that are like most others."""
    position: int
    number: int
    """The group's number, from 1."""
    following_groups: Sequence[tuple[str, int]]
    """The words of each group that follows, and how many proposals wait there."""


def worklist_head(about: str, count_text: str, width: int, glyphs: Glyphs) -> Row:
    """Return the head row: what is listed, and how much waits."""
    name, right = Piece(" Worklist", Ink("title", bold=True)), Piece(f"  {count_text} ", Ink("muted"))
    room = width - width_of((name, right))
    left = (name, Piece(cut(f" {glyphs.dot} {about}", room, glyphs.cut), Ink("muted")))
    return clip(two_ended(left, (right,), width), width)


def worklist_rows(view: WorkView, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return exactly ``height`` rows: heading, places, the sentence in hand and what follows."""
    line = view.places[view.position]
    place = line.place
    sentence = sentence_rows(place.annotated, place.start, place.end, width, glyphs)[:_MARKS]
    room = max(1, min(len(view.places), height - len(sentence) - 6))
    first = max(0, min(view.position - room // 2, len(view.places) - room))
    places = [_place(view.places[i], width, glyphs, active=i == view.position) for i in range(first, first + room)]
    rows = [heading(view, width, glyphs), (), *places, (), *sentence, proposal_row(line, width, glyphs), ()]
    rows += _next(view, width, height - len(rows), glyphs)
    return tuple(fit(row, width) for row in rows + [()] * (height - len(rows)))[:height]


def heading(view: WorkView, width: int, glyphs: Glyphs) -> Row:
    """Return the words in hand, what is not alike, and how many places have what."""
    group = view.group
    counts = Counter(_sort(p, group) for p in group.occurrences)
    message = f" {glyphs.dot} ".join(f"{name} {n}" for name, n in sorted(counts.items(), key=lambda x: -x[1]))
    words = cut(" ".join(screen_text(group.words).split()), max(8, width // 3), glyphs.cut)
    return (
        Piece(f" {view.number:>2} ", Ink("muted")),
        Piece(words, Ink("text", bold=True)),
        Piece(f"  {group.kind.value}:  ", Ink("muted")),
        Piece(screen_text(message), Ink("lane", group.label)),
    )


def _sort(place: Place, group: Group) -> str:
    if group.kind is Kind.EDGES:
        return f'"{place.annotated.sentence.text[place.start : place.end]}"'
    return place.existing_label or "not labelled"


def _place(line: Line, width: int, glyphs: Glyphs, *, active: bool) -> Row:
    place = line.place
    end = Piece(
        " " + _outcome(line),
        Ink("muted") if place.is_consistent or line.resolved is not None else Ink("key", bold=True),
    )
    highlighted = ((place.start, place.end),)
    style = list_ink(active=active)
    text = context_row(place.annotated.sentence.text, highlighted, list_room(width, end), style, glyphs)
    return list_row(line.sentence_number, _mark(line, glyphs), text, end, width, glyphs, active=active)


def list_ink(*, active: bool) -> Ink:
    """Return the ink of a row of a worklist: the item in hand stands out."""
    return Ink("text", background="row") if active else Ink("context")


def list_room(width: int, end: Piece) -> int:
    """Return how many cells a row of a worklist has for words."""
    return max(4, width - 11 - cell_len(end.text))


def list_row(
    name: str, mark: Piece, text: Row, end: Piece, width: int, glyphs: Glyphs, *, active: bool
) -> Row:
    """Return a row of a worklist: where it is, the words, and what there is to say at the end."""
    head = (
        Piece(glyphs.active if active else " ", Ink("active")),
        mark,
        Piece(f"{name:>7} ", Ink("number")),
    )
    return (*head, *fit(text, list_room(width, end), list_ink(active=active)), end)


def _mark(line: Line, glyphs: Glyphs) -> Piece:
    """Return the sign of a place: done, left, waiting, or like most."""
    if line.resolved is None:
        return Piece(" " if line.place.is_consistent else glyphs.here, Ink("likely"))
    return Piece(glyphs.accept, Ink("ok")) if line.resolved else Piece(glyphs.ignore, Ink("muted"))


def _outcome(line: Line) -> str:
    """Return what stands at the end of a place: what it has, what is proposed, or what became of that."""
    if line.place.is_consistent:
        return screen_text(line.place.existing_label) or "not labelled"
    if line.resolved is None:
        return _proposed(line.place)
    return _proposed(line.place).removesuffix("?") if line.resolved else "left"


def _proposed(place: Place) -> str:
    """Return what is proposed, in a word or two."""
    if place.proposed is None:
        return "no label?"
    if place.existing and (place.start, place.end) != (place.proposed.start, place.proposed.end):
        return f'"{screen_text(place.annotated.text_of(place.proposed))}"?'
    return f"{screen_text(place.proposed.label)}?"


def sentence_rows(annotated: Work, start: int, end: int, width: int, glyphs: Glyphs) -> list[Row]:
    """Return the whole sentence, ``[start, end)`` lit, what bears a label in that label's colour."""
    text = screen_text(annotated.sentence.text)
    styles: list[Ink] = [Ink("text")] * len(text)
    for span in sorted(annotated.annotation.spans, key=lambda s: s.start - s.end):
        styles[span.start : span.end] = [Ink("lane", span.label)] * (span.end - span.start)
    styles[start:end] = [LIT] * (end - start)
    pieces = tuple(Piece(c, style) for c, style in zip(text, styles, strict=True))
    first, *more = filled_row(pieces, max(4, min(96, width - 8)))
    answer = answer_piece(annotated.annotation.answer, glyphs)
    return [(Piece("  "), answer, Piece("   "), *first), *((Piece("      "), *row) for row in more)]


def proposal_row(line: Line, width: int, glyphs: Glyphs) -> Row:
    """Return what is here, and what the keys would make of it."""
    place = line.place
    here = screen_text(place.existing_label) or "not labelled"
    lead = (Piece(f"    {glyphs.here} ", Ink("active")),)
    if line.resolved is not None:
        message = "done" if line.resolved else "left as it is"
        return fit((*lead, Piece(f"{message}; {glyphs.key('list_undo')} takes it back", Ink("ok"))), width)
    if place.is_consistent:
        return fit((*lead, Piece(f"{here}, like most", Ink("muted"))), width)
    return fit(
        (
            *lead,
            Piece(f"{here} here   ", Ink("text")),
            Piece(glyphs.key("list_yes"), Ink("key", bold=True)),
            Piece(f" {_proposed(place).removesuffix('?')}   ", Ink("muted")),
            Piece(glyphs.key("list_leave"), Ink("key", bold=True)),
            Piece(" leave it", Ink("muted")),
        ),
        width,
    )


def _next(view: WorkView, width: int, room: int, glyphs: Glyphs) -> list[Row]:
    """Return the groups that follow, as far as there is room."""
    if room < 2 or not view.following_groups:
        return []
    rows: list[Row] = [(Piece("    NEXT", Ink("muted")),)]
    for words, n in view.following_groups[: room - 1]:
        safe = cut(" ".join(screen_text(words).split()), max(8, width - 16), glyphs.cut)
        rows.append((Piece(f"    {safe}", Ink("context")), Piece(f"  {n}", Ink("muted"))))
    return rows
