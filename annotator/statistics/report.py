"""The statistics of a corpus as rows of plain text: the command line prints them, the screen colours them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest

from msgspec import Struct

from annotator.core.journal_record import KeystrokeKind
from annotator.statistics.edit_events import (
    ACCEPTED_SPEED,
    MAX_ACCEPTED_IN_A_ROW,
    UNREAD_SENTENCES,
    UNREAD_SPEED,
    SpeedWarning,
    SpeedWarningKind,
)
from annotator.statistics.plots import (
    PlainRow,
    PlainText,
    PlotGlyphs,
    bar_text,
    clip_plain_row,
    duration_text,
    pad_plain_row,
    progress_curve_rows,
    sparkline,
    truncate_text,
    wrap_text,
)
from annotator.statistics.summary import LENGTH_CLASS_BOUNDS, MAX_DENSITY_CLASS, AnnotationStatistics, SuggestionOutcome
from annotator.statistics.throughput import MIN_FORECAST_SENTENCES, RECENT_SENTENCES

TWO_COLUMN_WIDTH = 104
"""From this width on the sections are in two columns."""
_COLUMN_GAP = 3
_NAME_WIDTH = 9
_CURVE_HEIGHT = 8
_MAX_BAR_WIDTH = 40
"""The longest bar: longer ones are no easier to compare."""


_METHODS = f"""\
Times are the gaps between what was saved, in whole seconds; a break (a gap above Tukey's fence of their \
logarithms, 30 to 300 s) counts as a usual gap.
The forecast takes as many seconds a token as the last {RECENT_SENTENCES} sentences (ratio estimate, \
Cochran 1977; interval from batch means and Student's t, Law 2015).
Haste is more than {UNREAD_SPEED:.0f} tokens a second over {UNREAD_SENTENCES} untouched sentences (people \
read 3 to 5, Brysbaert 2019), or more than {MAX_ACCEPTED_IN_A_ROW} suggestions taken in a row at over \
{ACCEPTED_SPEED:.0f}.
Left is what was open when its sentence was accepted: no part of the share that was kept, and not \
recorded before record format 2."""


class PlotStyle(Struct, frozen=True):
    """The cells that a section has, and the characters that it is drawn with."""

    width: int
    marks: PlotGlyphs


def statistics_rows(
    figures: AnnotationStatistics, people: Sequence[AnnotationStatistics], width: int, marks: PlotGlyphs
) -> tuple[PlainRow, ...]:
    """Return all sections: warnings and the table of annotators over the whole width, the others below."""
    wide = PlotStyle(width, marks)
    two = width >= TWO_COLUMN_WIDTH
    half = PlotStyle((width - _COLUMN_GAP) // 2, marks) if two else wide
    left, right = (
        [row for section in sections for row in (*section(figures, half), ())]
        for sections in (
            (pace_rows, progress_rows, keystroke_rows),
            (label_rows, length_rows, answer_rows, suggestion_rows),
        )
    )
    rows = speed_warning_rows(figures.haste, wide)
    if len(people) > 1:
        rows += [*annotator_rows(people, figures, wide), ()]
    if two:
        gap = PlainText(" " * _COLUMN_GAP)
        pairs = zip_longest(left, right, fillvalue=())
        rows += [(*pad_plain_row(a, half.width), gap, *b) for a, b in pairs]
    else:
        rows += left + right
    rows += method_rows(wide)
    return tuple(clip_plain_row(row, width) for row in rows)


# -- the sections --------------------------------------------------------------------------------


def speed_warning_rows(haste: Sequence[SpeedWarning], p: PlotStyle) -> list[PlainRow]:
    """Return a kind warning where sentences were accepted, or suggestions taken, unseen."""
    rows: list[PlainRow] = []
    for kind, words in (
        (SpeedWarningKind.UNREAD, "sentences were accepted faster than one can read them"),
        (SpeedWarningKind.ALL_TAKEN, "suggestions were all taken, none was turned down, and fast"),
    ):
        found = [h for h in haste if h.kind is kind]
        if found:
            speed = max(h.speed for h in found)
            message = f"{sum(h.count for h in found)} {words} (up to {speed:.0f} tokens a second, in "
            message += f"{_counted_noun(len(found), 'stretch', 'stretches')}); look at some of them again"
            rows += [(PlainText(line, "warn"),) for line in wrap_text(message, p.width)]
    return [*rows, ()] if rows else []


def annotator_rows(
    people: Sequence[AnnotationStatistics], everybody: AnnotationStatistics, p: PlotStyle
) -> list[PlainRow]:
    """Return a table with a row for each annotator and one for all together; haste is marked."""
    names = f"{'':<14}{'sentences':>13}{'at work':>13}{'sent./h':>9}{'spans/h':>9}{'keys/span':>11}{'kept':>7}"
    rows = [_title_row("ANNOTATORS", "kept: suggestions that stayed as they were proposed")]
    rows.append((PlainText(names, "muted"),))
    for f in [*people, everybody]:
        name = truncate_text(f.name, 12, p.marks.cut) + (" !" if f.haste and f is not everybody else "")
        keys = f.keys.a_span() if f.keys else None
        cells = f"{name:<14}{f'{f.done}/{f.total}':>13}{duration_text(f.seconds):>13}"
        cells += f"{_whole_or_unknown(f.sentences_an_hour):>9}{_whole_or_unknown(f.spans_an_hour):>9}"
        cells += f"{'?' if keys is None else f'{keys:.2f}':>11}{_kept_share_text(f.suggestions):>7}"
        rows.append((PlainText(cells, "text", bold=f is everybody),))
    return rows


def pace_rows(f: AnnotationStatistics, p: PlotStyle) -> list[PlainRow]:
    """Return sentences and spans an hour, and a sparkline of the sessions and of the days."""
    rows = [_title_row("PACE")]
    if f.sentences_an_hour is None:
        scripted = f"no times: {_counted_noun(f.scripted, 'sentence')} were written by a script"
        return [*rows, *_paragraph_rows(scripted if f.scripted else "less than a minute of work so far", p)]
    sessions = f"{_counted_noun(len(f.sessions), 'session')} on {_counted_noun(len(f.days), 'day')}"
    low, high = (f"{x:.0f}" for x in f.idle)
    idle = low if low == high else f"{low} to {high}"
    values = {
        "at work": f"{duration_text(f.seconds)}, {sessions}",
        "an hour": f"{f.sentences_an_hour:.0f} sentences, {f.spans_an_hour or 0:.0f} spans",
        "idle": f"{_counted_noun(f.breaks, 'break')} of more than {idle} s left out",
    }
    rows += [_named_value_row(name, value, p) for name, value in values.items()]
    for name, stints in (("sessions", f.sessions), ("days", f.days)):
        rates = [s.sentences_an_hour for s in stints]
        known = [r for r in rates if r is not None]
        if len(known) > 1:
            line = sparkline(rates, p.width - _NAME_WIDTH - 21, p.marks)
            room = PlainText(f" {min(known):.0f}{_RANGE_DASH}{max(known):.0f} sentences/h", "muted")
            rows.append((_name_cell(name), PlainText(line, "ok"), room))
    if f.scripted:
        scripted = f"{_counted_noun(f.scripted, 'sentence')} without times, written by a script"
        rows += _paragraph_rows(scripted, p)
    return rows


def progress_rows(f: AnnotationStatistics, p: PlotStyle) -> list[PlainRow]:
    """Return how far the corpus is, what is forecast, and the curve with the band of the forecast."""
    share = f" ({f.done * 100 // f.total} %)" if f.total else ""
    done = f"{f.done} of {_counted_noun(f.total, 'sentence')}{share}"
    rows = [_title_row("PROGRESS"), _named_value_row("done", done, p)]
    if f.done < f.total and f.forecast:
        low, expected, high = map(duration_text, (f.forecast.low, f.forecast.seconds, f.forecast.high))
        rows.append(_named_value_row("to go", f"{expected} ({low} to {high}, 9 times in 10)", p))
    elif f.done < f.total and f.scripted and not f.sentences:
        rows += _paragraph_rows("no forecast: nothing was done at a pace that could be measured", p)
    elif f.done < f.total:
        needs = f"it needs {MIN_FORECAST_SENTENCES}, answered one by one"
        rows += _paragraph_rows(f"too few sentences yet for a forecast: {needs}", p)
    if len(f.curve) < 2:
        return rows
    width = min(72, p.width - 7)
    plot = progress_curve_rows(f.curve, f.total, f.forecast, width, _CURVE_HEIGHT, p.marks)
    names = [f"{f.total:>5} ", *["      "] * (len(plot) - 3), "    0 ", "      "]
    return rows + [(PlainText(name, "muted"), *row) for name, row in zip(names, plot, strict=True)]


def keystroke_rows(f: AnnotationStatistics, p: PlotStyle) -> list[PlainRow]:
    """Return the keys a span, by what they were for."""
    rows = [_title_row("KEYS A SPAN")]
    if f.keys is None or f.keys.spans <= 0:
        return [*rows, *_paragraph_rows("not counted yet", p)]
    each = [(k.value, f.keys.a_span(k.value) or 0.0) for k in KeystrokeKind]
    top = max(n for _, n in each)
    for name, n in each:
        line = bar_text(n / top if top else 0.0, min(_MAX_BAR_WIDTH, p.width - _NAME_WIDTH - 7), p.marks)
        rows.append((_name_cell(name), PlainText(f"{n:>5.2f}  "), PlainText(line, "muted")))
    together = f"{f.keys.a_span() or 0.0:.2f}, over {_counted_noun(f.keys.spans, 'span')}"
    rows.append(_named_value_row("together", together, p))
    return rows


def label_rows(f: AnnotationStatistics, p: PlotStyle) -> list[PlainRow]:
    """Return a bar for each label, with its spans, their share and the time that one takes."""
    rows = [_title_row("LABELS", "spans, share, seconds a span: median (quartiles)")]
    top = max((x.share for x in f.labels), default=0.0)
    room = max(4, min(_MAX_BAR_WIDTH, p.width - _NAME_WIDTH - 31))
    for x in f.labels:
        line = bar_text(x.share / top if top else 0.0, room, p.marks)
        m = x.seconds
        seconds = f"{m.median:.1f} s ({m.low:.0f}{_RANGE_DASH}{m.high:.0f})" if m else ""
        name = f"{truncate_text(x.name, _NAME_WIDTH - 1, p.marks.cut):<{_NAME_WIDTH}}"
        figures = PlainText(f"{x.spans:>6} {x.share * 100:>4.0f} % {seconds:>16}")
        rows.append((PlainText(name, "lane", x.name), PlainText(f"{line:<{room}}", "lane", x.name), figures))
    return rows


def length_rows(f: AnnotationStatistics, p: PlotStyle) -> list[PlainRow]:
    """Return histograms: the lengths of the spans, and how many spans a sentence has."""
    bounds = pairwise((0, *LENGTH_CLASS_BOUNDS))
    names = [str(last) if last == below + 1 else f"{below + 1}{_RANGE_DASH}{last}" for below, last in bounds]
    names.append(f"{LENGTH_CLASS_BOUNDS[-1] + 1}+")
    lengths = _histogram("TOKENS A SPAN", names, f.lengths, p)
    dense = [str(n) if n < MAX_DENSITY_CLASS else f"{n}+" for n in range(MAX_DENSITY_CLASS + 1)]
    return [*lengths, (), *_histogram("SPANS A SENTENCE", dense, f.density, p, "of the accepted ones")]


def _histogram(title: str, names: Sequence[str], counts: Sequence[int], p: PlotStyle, more: str = "") -> list[PlainRow]:
    rows, top = [_title_row(title, more)], max(counts, default=0)
    if not top:
        return [*rows, *_paragraph_rows("nothing yet", p)]
    room = max(4, min(_MAX_BAR_WIDTH, p.width - _NAME_WIDTH - 8))
    for name, n in zip(names, counts, strict=True):
        name_cell = PlainText(f"{name:>{_NAME_WIDTH - 3}}   ", "muted")
        bar = PlainText(bar_text(n / top, room, p.marks), "muted")
        rows.append((name_cell, PlainText(f"{n:>6}  "), bar))
    return rows


def answer_rows(f: AnnotationStatistics, p: PlotStyle) -> list[PlainRow]:
    """Return how many sentences have which answer."""
    a = f.answers
    parts = [f"{a.accept} accepted", f"{a.reject} rejected", f"{a.ignore} ignored", f"{a.begun} begun"]
    return [_title_row("ANSWERS"), *_paragraph_rows(", ".join(parts), p)]


def suggestion_rows(f: AnnotationStatistics, p: PlotStyle) -> list[PlainRow]:
    """Return what became of the suggestions of each source and label."""
    rows = [_title_row("SUGGESTIONS", "in sentences that were worked on")]
    if not f.suggestions:
        return [*rows, *_paragraph_rows("none taken, turned down or left yet", p)]
    room = max(8, p.width - 45)
    heading = f"{'kept':>11}{'changed':>9}{'removed':>9}{'rejected':>10}{'left':>6}"
    rows.append((PlainText(f"{'':<{room}}{heading}", "muted"),))
    for o in f.suggestions:
        name = truncate_text(f"{o.label} {o.source}", room - 1, p.marks.cut)
        share = f"{o.kept_share * 100:>3.0f} %" if o.judged else "  ?  "
        figures = f"{o.kept:>5} {share}{o.changed:>9}{o.removed:>9}{o.rejected:>10}{o.left:>6}"
        rows.append((PlainText(f"{name:<{room}}", "lane", o.label), PlainText(figures)))
    return rows


def method_rows(p: PlotStyle) -> list[PlainRow]:
    """Return how the figures come about, and after whom."""
    return [_title_row("HOW"), *(row for words in _METHODS.split("\n") for row in _paragraph_rows(words, p))]


# -- words ---------------------------------------------------------------------------------------

_RANGE_DASH = "-"


def _counted_noun(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or f'{one}s'}"


def _whole_or_unknown(n: float | None) -> str:
    return "?" if n is None else f"{n:.0f}"


def _kept_share_text(suggestions: Iterable[SuggestionOutcome]) -> str:
    found = list(suggestions)
    judged = sum(o.judged for o in found)
    return f"{sum(o.kept for o in found) * 100 // judged} %" if judged else "?"


def _title_row(words: str, more: str = "") -> PlainRow:
    title = PlainText(words, "title", bold=True)
    return (title, PlainText(f"  {more}", "muted")) if more else (title,)


def _name_cell(name: str) -> PlainText:
    return PlainText(f"{name:<{_NAME_WIDTH}}", "muted")


def _paragraph_rows(words: str, p: PlotStyle) -> list[PlainRow]:
    return [(PlainText(line, "context"),) for line in wrap_text(words, p.width)]


def _named_value_row(name: str, words: str, p: PlotStyle) -> PlainRow:
    return clip_plain_row((_name_cell(name), PlainText(words)), p.width)
