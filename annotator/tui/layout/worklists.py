"""Rows of the search and of the worklists: what is found in its context, and what is proposed.

Head row, list rows and the current sentence are drawn alike for every worklist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct
from rich.cells import cell_len

from annotator.checks.consistency import InconsistencyGroup, InconsistencyKind, WordOccurrence
from annotator.core.annotation import AnnotatedSentence
from annotator.core.search_query import HighlightRange
from annotator.core.span_repair import MisalignedSpan, RepairKind, SpanRepair, misalignment_message
from annotator.core.spans import Span
from annotator.core.suggestion import span_source_names
from annotator.session.commands import REPAIR_COMMANDS
from annotator.session.repair_queue import AlikeSpans
from annotator.session.review_queue import LeftItem
from annotator.session.sentence_search import SearchHit
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.article_body import answer_indicator
from annotator.tui.layout.prompt import shortened_words
from annotator.tui.layout.span_lanes import SPAN_EDGE, drawable_text, text_with_span_edges
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import screen_text

# -- hits of a search, and how a query is written ----------------------------------------------


HIGHLIGHT_STYLE = CellStyle("likely", bold=True, underline=True)
"""What was looked for; underlined too, for screens without colours."""

_QUERY_HELP = (
    ("harbour", "the word or a part of it, in capitals or not"),
    ('"Port Amery"', "exactly these characters"),
    ("label:PERSON", "a span of that label; label: has any span"),
    ("answer:open", "or accept, reject, ignore; answer: has any answer"),
    ("left:0.8", "a suggestion of that score or more was left at the accept; left: any"),
    ("flag   note", "is flagged; has a note"),
    ("note:check", "the word is in the note"),
    ("problem", "not labelled alike elsewhere, a span inside a token, changed in a new version"),
    ("article:ferry", "the article's title or source has the word"),
    ("-word  -flag", "not that"),
)


def query_help_rows(width: int) -> tuple[StyledRow, ...]:
    """Return how a query is written, in rows of at most ``width`` cells."""
    head = (styled.muted("  all of what is written must hold:"),)
    key = Styles.KEY
    rows: list[StyledRow] = []
    for term, does in _QUERY_HELP:
        first, *more = styled.wrap_paragraph(does, width - 17)
        rows += [(StyledText(f"  {term:<15}", key), styled.context(first))]
        rows += [(StyledText(" " * 17), styled.context(line)) for line in more]
    return tuple(styled.fit_row(row, width) for row in ((), head, (), *rows))


def search_hit_rows(
    hits: Sequence[SearchHit], at: int, width: int, height: int, glyphs: Glyphs
) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: the hits round number ``at`` (from 0), one a row."""
    shown = styled.visible_range(len(hits), at, height)
    return styled.fill_height((_search_hit_row(hits[i], width, glyphs, active=i == at) for i in shown), height)


def _search_hit_row(hit: SearchHit, width: int, glyphs: Glyphs, *, active: bool) -> StyledRow:
    style = CellStyle("text", background="row") if active else Styles.CONTEXT
    title_width = max(0, min(24, width // 5))
    title = styled.muted(" " + styled.truncate(screen_text(hit.title), title_width - 1, glyphs.cut))
    room = max(4, width - title_width - 12)
    row = (
        styled.mark_active(glyphs.active, active),
        styled.number(f"{f'{hit.article + 1}.{hit.index + 1}':>7} "),
        answer_indicator(hit.annotated.annotation.answer, glyphs),
        *styled.fit_row((title,), title_width + 1),
        StyledText(" "),
        *highlighted_text_row(hit.annotated.sentence.text, hit.highlights, room, style, glyphs),
    )
    return styled.fit_row(row, width, style)


@lru_cache(maxsize=1024)
def highlighted_text_row(
    text: str, highlighted: tuple[HighlightRange, ...], room: int, style: CellStyle, glyphs: Glyphs
) -> StyledRow:
    """Return what fits of a text into ``room`` cells, round the first highlighted place (code points)."""
    safe = screen_text(text)
    start = _excerpt_start(safe, highlighted, room)
    over = [False] * len(safe)
    for a, b in highlighted:
        over[a:b] = [True] * (b - a)
    cells = [(safe[i], HIGHLIGHT_STYLE if over[i] else style) for i in range(start, len(safe))]
    more = cell_len(safe[start:]) > room - bool(start)
    lead: StyledRow = (styled.muted(glyphs.cut),) if start else ()
    if not more:
        return (*lead, *styled.row_of_cells(cells))
    return (*styled.fit_row((*lead, *styled.row_of_cells(cells)), max(1, room - 1)), styled.muted(glyphs.cut))


def _excerpt_start(text: str, highlighted: tuple[HighlightRange, ...], room: int) -> int:
    """Return the code point at which the shown part starts, at a word where there is one."""
    if not highlighted or cell_len(text) <= room or cell_len(text[: highlighted[0][1]]) <= room - 1:
        return 0
    start = max(0, highlighted[0][0] - room // 3)
    fuller = max(0, min(start, len(text) - room + 1))
    if cell_len(text[fuller : highlighted[0][1]]) <= room - 2:
        start = fuller  # a short end leaves room for more of what is before it
    blank = text.find(" ", start, highlighted[0][0])
    return blank + 1 if blank >= 0 else start


def search_header(name: str, count_text: str, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the head row: what this is, and how many hits there are."""
    right = styled.muted(f" {count_text} ")
    left = styled.truncate(f" Search {glyphs.dot} {screen_text(name)}", width - cell_len(right.text), glyphs.cut)
    return (*styled.fit_row((styled.title(left),), width - cell_len(right.text)), right)


_MAX_SENTENCE_ROWS = 12
"""The most rows that the current sentence takes."""


class WorklistPlace(Struct, frozen=True):
    """A place as the list shows it."""

    place: WordOccurrence
    sentence_number: str
    """Article and sentence by number."""
    resolved: bool | None = None
    """Whether the proposal was carried out (or the place left); None while it waits, or for no proposal."""


class ConsistencyView(Struct, frozen=True):
    """What the worklist shows at a moment."""

    group: InconsistencyGroup
    places: tuple[WorklistPlace, ...]
    """The places with a proposal first, then those that are like most others."""
    position: int
    number: int
    """The group's number, from 1."""
    following_groups: Sequence[tuple[str, int]]
    """The words of each group that follows, and how many proposals wait there."""


def worklist_header(about: str, count_text: str, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the head row: what is listed, and how much waits."""
    name, right = (styled.title(" Worklist"), styled.muted(f"  {count_text} "))
    room = width - styled.row_width((name, right))
    left = (name, *styled.clip_words((styled.muted(f" {glyphs.dot} {about}"),), room, glyphs.cut))
    return styled.clip_row(styled.justify_row(left, (right,), width), width)


def consistency_worklist_rows(view: ConsistencyView, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: heading, places, the current sentence and what follows."""
    line = view.places[view.position]
    place = line.place
    sentence = highlighted_sentence_rows(place.annotated, place.start, place.end, width, glyphs)[:_MAX_SENTENCE_ROWS]
    room = max(1, min(len(view.places), height - len(sentence) - 6))
    places = [
        _place_row(view.places[i], width, glyphs, active=i == view.position)
        for i in styled.visible_range(len(view.places), view.position, room)
    ]
    rows = [group_heading(view, width, glyphs), (), *places, (), *sentence, proposal_row(line, width, glyphs), ()]
    rows += _following_groups(view, width, height - len(rows), glyphs)
    return tuple(styled.fit_words(row, width, glyphs.cut) for row in styled.fill_height(rows, height))


def group_heading(view: ConsistencyView, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the current words, what is not alike, and how many places have what."""
    group = view.group
    counts = Counter(_variant_name(p, group) for p in group.occurrences)
    message = f" {glyphs.dot} ".join(f"{name} {n}" for name, n in sorted(counts.items(), key=lambda x: -x[1]))
    words = styled.truncate(" ".join(screen_text(group.words).split()), max(8, width // 3), glyphs.cut)
    return (
        styled.muted(f" {view.number:>2} "),
        styled.bold(words),
        styled.muted(f"  {group.kind.value}:  "),
        styled.label(screen_text(message), group.label),
    )


def _variant_name(place: WordOccurrence, group: InconsistencyGroup) -> str:
    if group.kind is InconsistencyKind.EDGES:
        return f'"{place.annotated.sentence.text[place.start : place.end]}"'
    return place.existing_label or "not labelled"


def _place_row(line: WorklistPlace, width: int, glyphs: Glyphs, *, active: bool) -> StyledRow:
    place = line.place
    is_open = not place.is_consistent and line.resolved is None
    end = StyledText(" " + _place_outcome(line), Styles.KEY if is_open else Styles.MUTED)
    room, style = worklist_text_width(width, end), worklist_row_style(active=active)
    text = highlighted_text_row(place.annotated.sentence.text, ((place.start, place.end),), room, style, glyphs)
    return worklist_row(line.sentence_number, _place_sign(line, glyphs), text, end, width, glyphs, active=active)


def worklist_row_style(*, active: bool) -> CellStyle:
    """Return the style of a row of a worklist: the current item stands out."""
    return CellStyle("text", background="row") if active else Styles.CONTEXT


def worklist_text_width(width: int, end: StyledText) -> int:
    """Return how many cells a row of a worklist has for words."""
    return max(4, width - 11 - cell_len(end.text))


def worklist_row(
    name: str, mark: StyledText, text: StyledRow, end: StyledText, width: int, glyphs: Glyphs, *, active: bool
) -> StyledRow:
    """Return a row of a worklist: where it is, the words, and a remark at the end."""
    head = (styled.mark_active(glyphs.active, active), mark, styled.number(f"{name:>7} "))
    return (*head, *styled.fit_row(text, worklist_text_width(width, end), worklist_row_style(active=active)), end)


def _place_sign(line: WorklistPlace, glyphs: Glyphs) -> StyledText:
    """Return the sign of a place: done, left, waiting, or like most."""
    if line.resolved is None:
        return styled.likely(" " if line.place.is_consistent else glyphs.here)
    return styled.ok(glyphs.accept) if line.resolved else styled.muted(glyphs.ignore)


def _place_outcome(line: WorklistPlace) -> str:
    """Return the text at the end of a place: what it has, what is proposed, or what became of that."""
    if line.place.is_consistent:
        return screen_text(line.place.existing_label) or "not labelled"
    if line.resolved is None:
        return _proposal_text(line.place)
    return _proposal_text(line.place).removesuffix("?") if line.resolved else "left"


def _proposal_text(place: WordOccurrence) -> str:
    """Return what is proposed, in a word or two."""
    if place.proposed is None:
        return "no label?"
    if place.existing and (place.start, place.end) != (place.proposed.start, place.proposed.end):
        return f'"{screen_text(place.annotated.text_of(place.proposed))}"?'
    return f"{screen_text(place.proposed.label)}?"


def highlighted_sentence_rows(
    annotated: AnnotatedSentence, start: int, end: int, width: int, glyphs: Glyphs
) -> list[StyledRow]:
    """Return the whole sentence, ``[start, end)`` highlighted, what has a label in that label's colour."""
    text = screen_text(annotated.sentence.text)
    styles: list[CellStyle] = [Styles.TEXT] * len(text)
    for span in sorted(annotated.annotation.spans, key=lambda s: s.start - s.end):
        styles[span.start : span.end] = [Styles.label(span.label)] * (span.end - span.start)
    styles[start:end] = [HIGHLIGHT_STYLE] * (end - start)
    pieces = tuple(StyledText(c, style) for c, style in zip(text, styles, strict=True))
    first, *more = styled.wrap_row(pieces, max(4, min(96, width - 8)))
    answer = answer_indicator(annotated.annotation.answer, glyphs)
    return [(StyledText("  "), answer, StyledText("   "), *first), *((StyledText("      "), *row) for row in more)]


def proposal_row(line: WorklistPlace, width: int, glyphs: Glyphs) -> StyledRow:
    """Return what is here, and what the keys would make of it."""
    place = line.place
    here = screen_text(place.existing_label) or "not labelled"
    lead = (styled.active(f"    {glyphs.here} "),)
    if line.resolved is not None:
        message = "done" if line.resolved else "left as it is"
        return styled.fit_words(
            (*lead, styled.ok(f"{message}; {glyphs.key('list_undo')} takes it back")), width, glyphs.cut
        )
    if place.is_consistent:
        return styled.fit_row((*lead, styled.muted(f"{here}, like most")), width)
    proposal = styled.muted(f" {_proposal_text(place).removesuffix('?')}   ")
    yes, leave = styled.key(glyphs.key("list_yes")), styled.key(glyphs.key("list_leave"))
    row = (*lead, StyledText(f"{here} here   "), yes, proposal, leave, styled.muted(" leave it"))
    return styled.fit_words(row, width, glyphs.cut)


def _following_groups(view: ConsistencyView, width: int, room: int, glyphs: Glyphs) -> list[StyledRow]:
    """Return the groups that follow, as far as there is room."""
    if room < 2 or not view.following_groups:
        return []
    rows: list[StyledRow] = [(styled.muted("    NEXT"),)]
    for words, n in view.following_groups[: room - 1]:
        safe = styled.truncate(" ".join(screen_text(words).split()), max(8, width - 16), glyphs.cut)
        rows.append((styled.context(f"    {safe}"), styled.muted(f"  {n}")))
    return rows


# -- spans inside tokens -----------------------------------------------------------------------


_DETAIL_ROWS = 10
"""The rows below the list that are not the sentence: gaps, what is wrong, the repairs."""


class RepairView(Struct, frozen=True):
    """What the worklist shows at a moment."""

    misaligned_spans: Sequence[MisalignedSpan]
    """The spans that wait."""
    position: int
    annotated: AnnotatedSentence
    """The sentence of the current span as it is now."""
    repairs: tuple[SpanRepair, ...]
    sentence_number: Callable[[AnnotatedSentence], str]
    """Article and sentence by number."""
    alike: AlikeSpans | None = None
    """The spans that wait and are like the one that was repaired last."""


def repair_worklist_rows(view: RepairView, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: the list, the current sentence, what is wrong and the repairs."""
    span = view.misaligned_spans[view.position].span
    most = max(1, (height - _DETAIL_ROWS) // 2)
    sentence = highlighted_sentence_rows(view.annotated, span.start, span.end, width, glyphs)[:most]
    room = max(1, height - len(sentence) - _DETAIL_ROWS)
    shown = styled.visible_range(len(view.misaligned_spans), view.position, room)
    rows = [_misaligned_span_row(view, i, width, glyphs) for i in shown]
    rows += [(), *sentence, (), _fault_row(view.annotated, span, width, glyphs)]
    rows += [_repair_row(r, span, width, glyphs) for r in view.repairs]
    rows += [_key_row("list_leave", "leave it as it is", (), width, glyphs), _alike_row(view.alike, width, glyphs)]
    return tuple(styled.fit_words(row, width, glyphs.cut) for row in styled.fill_height(rows, height))


def _misaligned_span_row(view: RepairView, i: int, width: int, glyphs: Glyphs) -> StyledRow:
    case, active = view.misaligned_spans[i], i == view.position
    end = styled.label(f" {screen_text(case.span.label)}", case.span.label)
    start, to, text = case.span.start, case.span.end, case.annotated.sentence.text
    parts = [drawable_text(part) for part in (text[:start], text[start:to], text[to:])]
    highlighted = (len(parts[0]), len(parts[0]) + len(parts[1]) + 2)
    room, style = worklist_text_width(width, end), worklist_row_style(active=active)
    words = highlighted_text_row(SPAN_EDGE.join(parts), (highlighted,), room, style, glyphs)
    mark = styled.warn_bold(glyphs.problem)
    return worklist_row(view.sentence_number(case.annotated), mark, words, end, width, glyphs, active=active)


def _fault_row(annotated: AnnotatedSentence, span: Span, width: int, glyphs: Glyphs) -> StyledRow:
    """Return what is wrong with the current span."""
    words = shortened_words(text_with_span_edges(annotated, span), max(8, width // 2), glyphs)
    return (
        styled.warn_bold(f"    {glyphs.problem} "),
        styled.bold(words),
        styled.label(f"  {screen_text(span.label)}", span.label),
        styled.muted(f" {misalignment_message(annotated, span)}"),
    )


def _repair_row(repair: SpanRepair, span: Span, width: int, glyphs: Glyphs) -> StyledRow:
    """Return a repair's key, what it is, and what it would give or why it is not possible here."""
    room, command = max(8, width - 28), REPAIR_COMMANDS[repair.kind]
    if repair.edit is None:
        return _key_row(command, repair.kind.value, (styled.muted(repair.reason),), width, glyphs)
    if repair.kind is RepairKind.DROP:
        gives = StyledText(f"no {screen_text(span.label)} here any more")
    elif repair.kind is RepairKind.SPLIT:
        gives = styled.bold(shortened_words(f" {SPAN_EDGE} ".join(repair.result), room, glyphs))
    else:
        gives = StyledText(shortened_words(repair.result[0], room, glyphs), CellStyle("lane", span.label, bold=True))
    return _key_row(command, repair.kind.value, (gives,), width, glyphs, live=True)


def _alike_row(alike: AlikeSpans | None, width: int, glyphs: Glyphs) -> StyledRow:
    """Return how many spans are like the one that was repaired last, and what their key would do."""
    if alike is None:
        return _key_row("list_all", "all like this", (styled.muted("once one is repaired"),), width, glyphs)
    like = shortened_words(alike.model_text, max(8, width // 4), glyphs)
    if not alike.numbers:
        return _key_row("list_all", "all like this", (styled.muted(f"no other is like {like}"),), width, glyphs)
    labels = ", ".join(f"{screen_text(label)} {n}" for label, n in alike.labels.items())
    gives = (StyledText(f"{alike.kind.value}, as for "), styled.bold(like), styled.muted(f"  {labels}"))
    return _key_row("list_all", f"all {len(alike.numbers)} like this", gives, width, glyphs, live=True)


def _key_row(command: str, does: str, gives: StyledRow, width: int, glyphs: Glyphs, *, live: bool = False) -> StyledRow:
    style = Styles.KEY if live or command == "list_leave" else Styles.MUTED
    name = StyledText(f"{glyphs.key(command):>5} ", style)
    return styled.fit_words((name, styled.muted(f"{does:<18}"), StyledText("  "), *gives), width, glyphs.cut)


# -- suggestions that were open at the accept ----------------------------------------------------


_LEFT_DETAIL_ROWS = 7
"""The rows below the list that are not the sentence: gaps, what is suggested, the keys."""
_LEFT_KEYS = {
    "list_yes": ("take it", "the answer of the sentence stays"),
    "list_refuse": ("turn it down", "these words do not have the label"),
    "list_leave": ("dismiss it", "these words stay undecided"),
}
"""Each command with what it does and what that means."""


class LeftView(Struct, frozen=True):
    """What the worklist shows at a moment."""

    items: Sequence[LeftItem]
    position: int
    annotated: AnnotatedSentence
    """The sentence of the current suggestion as it is now."""
    outcome: Callable[[int], str]
    """What became of an item, by its number; empty while it waits."""
    sentence_number: Callable[[AnnotatedSentence], str]
    """Article and sentence by number."""


def left_worklist_rows(view: LeftView, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: the list, the current sentence, and what the keys make of the suggestion."""
    left = view.items[view.position].left
    most = max(1, (height - _LEFT_DETAIL_ROWS) // 2)
    sentence = highlighted_sentence_rows(view.annotated, left.start, left.end, width, glyphs)[:most]
    room = max(1, height - len(sentence) - _LEFT_DETAIL_ROWS)
    rows = [_left_row(view, i, width, glyphs) for i in styled.visible_range(len(view.items), view.position, room)]
    rows += [(), *sentence, (), *_left_key_rows(view, width, glyphs)]
    return tuple(styled.fit_words(row, width, glyphs.cut) for row in styled.fill_height(rows, height))


def _left_row(view: LeftView, i: int, width: int, glyphs: Glyphs) -> StyledRow:
    """Return a suggestion's row: its words in their sentence, its label and score, or what became of it."""
    item, active, outcome = view.items[i], i == view.position, view.outcome(i)
    left = item.left
    words = f" {screen_text(left.label)}{f' {outcome}' if outcome else f'? {left.score:.2f}'}"
    end = StyledText(words, Styles.MUTED if outcome else Styles.KEY)
    room, style = worklist_text_width(width, end), worklist_row_style(active=active)
    text = highlighted_text_row(item.annotated.sentence.text, ((left.start, left.end),), room, style, glyphs)
    mark = styled.ok(glyphs.accept) if outcome else styled.likely(glyphs.here)
    return worklist_row(view.sentence_number(item.annotated), mark, text, end, width, glyphs, active=active)


def _left_key_rows(view: LeftView, width: int, glyphs: Glyphs) -> list[StyledRow]:
    """Return what is suggested and by which source, and what each key makes of it."""
    left, outcome = view.items[view.position].left, view.outcome(view.position)
    words = shortened_words(view.annotated.text_of(left.span), max(8, width // 3), glyphs)
    source = f"  from {screen_text(span_source_names(left.source))}, {round(100 * left.score)} in 100 are right"
    head = (styled.active(f"    {glyphs.here} "), styled.bold(words), styled.label(f"  {left.label}", left.label))
    if outcome:
        key = glyphs.key("list_undo")
        return [styled.fit_words((*head, styled.ok(f"  {outcome}; {key} takes it back")), width, glyphs.cut)]
    keys = [
        _key_row(command, does, (styled.muted(means),), width, glyphs, live=True)
        for command, (does, means) in _LEFT_KEYS.items()
    ]
    return [styled.fit_words((*head, styled.muted(source)), width, glyphs.cut), *keys]
