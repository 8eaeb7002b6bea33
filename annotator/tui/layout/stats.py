"""The figures of a corpus as rows: the screen draws them, the command line prints their text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from annotator.core.keys import KeyKind
from annotator.core.statistics.figures import Figures
from annotator.core.statistics.forecast import FEW, LATEST, Forecast
from annotator.core.statistics.haste import (
    TAKEN,
    TAKEN_SPEED,
    UNREAD_SENTENCES,
    UNREAD_SPEED,
    Haste,
    HasteKind,
)
from annotator.core.statistics.quantiles import Middle
from annotator.core.statistics.spans import DENSEST, LENGTHS
from annotator.core.statistics.suggestions import Outcome
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.plots import BLOCKS, PLAIN, Ahead, Marks, bar, curve_rows, hours, spark
from annotator.tui.layout.row import Ink, Piece, Row, clip, cut, filled, fit, width_of
from annotator.tui.layout.safe_text import screen_text

TWO_COLUMNS = 104
"""From this width on the sections stand in two columns."""
_GAP = 3
_NAME = 9
_CURVE = 8
_BAR = 40
"""The longest bar: longer ones are no easier to compare."""


_METHODS = f"""\
Times are the gaps between what was saved, in whole seconds; a break (a gap above Tukey's fence of their \
logarithms, 30 to 300 s) counts as a usual gap.
The forecast takes as many seconds a token as the last {LATEST} sentences (ratio estimate, Cochran 1977; \
interval from batch means and Student's t, Law 2015).
Haste is more than {UNREAD_SPEED:.0f} tokens a second over {UNREAD_SENTENCES} untouched sentences (people \
read 3 to 5, Brysbaert 2019), or more than {TAKEN} suggestions taken in a row at over {TAKEN_SPEED:.0f}.
What was shown and passed over is not recorded, so nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Pencil:
    """What a section is drawn with."""

    width: int
    glyphs: Glyphs
    marks: Marks


def pencil(width: int, glyphs: Glyphs) -> Pencil:
    """Return a pencil that draws with blocks, or plain characters where the screen does."""
    return Pencil(width, glyphs, BLOCKS if glyphs.rule == "─" else PLAIN)


def stats_rows(figures: Figures, people: Sequence[Figures], width: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return all sections: warnings and the table of annotators over the whole width, the others below."""
    wide = pencil(width, glyphs)
    two = width >= TWO_COLUMNS
    half = pencil((width - _GAP) // 2, glyphs) if two else wide
    left = [*_section(pace_rows, figures, half), *_section(progress_rows, figures, half)]
    left += _section(key_rows, figures, half)
    right = [*_section(label_rows, figures, half), *_section(length_rows, figures, half)]
    right += [*_section(answer_rows, figures, half), *_section(suggestion_rows, figures, half)]
    rows = [*haste_rows(figures.haste, wide)]
    if len(people) > 1:
        rows += [*people_rows(people, figures, wide), ()]
    rows += _beside(left, right, half.width) if two else left + right
    rows += method_rows(wide)
    return tuple(clip(row, width) for row in rows)


def _section(make: Callable[[Figures, Pencil], list[Row]], figures: Figures, p: Pencil) -> list[Row]:
    return [*make(figures, p), ()]


def _beside(left: Sequence[Row], right: Sequence[Row], width: int) -> list[Row]:
    pairs = zip_longest(left, right, fillvalue=())
    return [(*fit(a, width), Piece(" " * _GAP), *b) for a, b in pairs]


# -- the sections --------------------------------------------------------------------------------


def haste_rows(haste: Sequence[Haste], p: Pencil) -> list[Row]:
    """Return a kind warning where sentences were accepted, or suggestions taken, unseen."""
    rows: list[Row] = []
    for kind, words in (
        (HasteKind.UNREAD, "sentences were accepted faster than one can read them"),
        (HasteKind.ALL_TAKEN, "suggestions were all taken, none was turned down, and fast"),
    ):
        found = [h for h in haste if h.kind is kind]
        if found:
            speed = max(h.speed for h in found)
            message = f"{sum(h.count for h in found)} {words} (up to {speed:.0f} tokens a second, in "
            message += f"{_count(len(found), 'stretch', 'stretches')}); look at some of them again"
            rows += [(Piece(line, Ink("warn")),) for line in filled(message, p.width)]
    return [*rows, ()] if rows else []


def people_rows(people: Sequence[Figures], everybody: Figures, p: Pencil) -> list[Row]:
    """Return a table with a row for each annotator and one for all together; haste is marked."""
    names = (
        f"{'':<14}{'sentences':>13}{'at work':>13}{'sent./h':>9}{'spans/h':>9}{'keys/span':>11}{'kept':>7}"
    )
    rows = [_title("ANNOTATORS", "kept: suggestions that stayed as they were proposed"), _muted(names)]
    for f in [*people, everybody]:
        name = cut(screen_text(f.name), 12, p.glyphs.cut) + (" !" if f.haste and f is not everybody else "")
        keys = f.keys.a_span() if f.keys else None
        cells = f"{name:<14}{f'{f.done}/{f.total}':>13}{hours(f.seconds):>13}"
        cells += f"{_whole(f.sentences_an_hour):>9}{_whole(f.spans_an_hour):>9}"
        cells += f"{'?' if keys is None else f'{keys:.2f}':>11}{_kept(f.suggestions):>7}"
        rows.append((Piece(cells, Ink("text", bold=f is everybody)),))
    return rows


def pace_rows(f: Figures, p: Pencil) -> list[Row]:
    """Return sentences and spans an hour, and a sparkline of the sessions and of the days."""
    rows = [_title("PACE")]
    if f.sentences_an_hour is None:
        return [*rows, *_words(_no_pace(f), p)]
    breaks = _count(f.breaks, "break")
    rows.append(_fact("at work", f"{hours(f.seconds)}, {_sittings(f)}", p))
    rows.append(_fact("an hour", f"{f.sentences_an_hour:.0f} sentences, {f.spans_an_hour or 0:.0f} spans", p))
    rows.append(_fact("idle", f"{breaks} of more than {_between(f.idle)} s left out", p))
    for name, stints in (("sessions", f.sessions), ("days", f.days)):
        rates = [s.sentences_an_hour for s in stints]
        known = [r for r in rates if r is not None]
        if len(known) > 1:
            line = spark(rates, p.width - _NAME - 21, p.marks)
            room = Piece(f" {min(known):.0f}{_DASH}{max(known):.0f} sentences/h", Ink("muted"))
            rows.append((Piece(f"{name:<{_NAME}}", Ink("muted")), Piece(line, Ink("ok")), room))
    if f.scripted:
        rows += _words(f"{_count(f.scripted, 'sentence')} without times, written by a script", p)
    return rows


def _no_pace(f: Figures) -> str:
    if f.scripted:
        return f"no times: {_count(f.scripted, 'sentence')} were written by a script"
    return "less than a minute of work so far"


def _sittings(f: Figures) -> str:
    return f"{_count(len(f.sessions), 'session')} on {_count(len(f.days), 'day')}"


def progress_rows(f: Figures, p: Pencil) -> list[Row]:
    """Return how far the corpus is, what is forecast, and the curve with the band of the forecast."""
    share = f" ({f.done * 100 // f.total} %)" if f.total else ""
    rows = [_title("PROGRESS"), _fact("done", f"{f.done} of {_count(f.total, 'sentence')}{share}", p)]
    if f.done < f.total:
        rows += [_fact("to go", line, p) for line in [_to_go(f.forecast)] if line]
        rows += [] if f.forecast else _words(_too_few(f), p)
    if len(f.curve) < 2:
        return rows
    ahead = Ahead(f.forecast.seconds, f.forecast.low, f.forecast.high) if f.forecast else None
    width = min(72, p.width - 7)
    plot = curve_rows(f.curve, f.total, ahead, width, _CURVE, p.marks)
    names = [f"{f.total:>5} ", *["      "] * (len(plot) - 3), "    0 ", "      "]
    return rows + [(Piece(name, Ink("muted")), *row) for name, row in zip(names, plot, strict=True)]


def _to_go(ahead: Forecast | None) -> str:
    if ahead is None:
        return ""
    return f"{hours(ahead.seconds)} ({hours(ahead.low)} to {hours(ahead.high)}, 9 times in 10)"


def _too_few(f: Figures) -> str:
    if f.scripted and not f.sentences:
        return "no forecast: nothing was done at a pace that could be measured"
    return f"too few sentences yet for a forecast: it needs {FEW}, answered one by one"


def key_rows(f: Figures, p: Pencil) -> list[Row]:
    """Return the keys a span, told apart by what they were for."""
    rows = [_title("KEYS A SPAN")]
    if f.keys is None or f.keys.spans <= 0:
        return [*rows, *_words("not counted yet", p)]
    each = [(k.value, f.keys.a_span(k.value) or 0.0) for k in KeyKind]
    total = f.keys.a_span() or 0.0
    top = max(n for _, n in each)
    for name, n in each:
        line = bar(n / top if top else 0.0, min(_BAR, p.width - _NAME - 7), p.marks)
        rows.append(
            (
                Piece(f"{name:<{_NAME}}", Ink("muted")),
                Piece(f"{n:>5.2f}  ", Ink("text")),
                Piece(line, Ink("muted")),
            )
        )
    rows.append(_fact("together", f"{total:.2f}, over {_count(f.keys.spans, 'span')}", p))
    return rows


def label_rows(f: Figures, p: Pencil) -> list[Row]:
    """Return a bar for each label, with its spans, their share and the time that one takes."""
    rows = [_title("LABELS", "spans, share, seconds a span: median (quartiles)")]
    top = max((x.share for x in f.labels), default=0.0)
    room = max(4, min(_BAR, p.width - _NAME - 31))
    for x in f.labels:
        line = bar(x.share / top if top else 0.0, room, p.marks)
        figures = f"{x.spans:>6} {x.share * 100:>4.0f} % {_middle(x.seconds):>16}"
        name = f"{cut(screen_text(x.name), _NAME - 1, p.glyphs.cut):<{_NAME}}"
        style = Ink("lane", x.name)
        rows.append((Piece(name, style), Piece(f"{line:<{room}}", style), Piece(figures, Ink("text"))))
    return rows


def length_rows(f: Figures, p: Pencil) -> list[Row]:
    """Return histograms: the lengths of the spans, and how many spans a sentence has."""
    names = [_class(a, b) for a, b in zip((0, *LENGTHS), (*LENGTHS, 0), strict=True)]
    lengths = _histogram("TOKENS A SPAN", names, f.lengths, p)
    dense = [str(n) if n < DENSEST else f"{n}+" for n in range(DENSEST + 1)]
    return [*lengths, (), *_histogram("SPANS A SENTENCE", dense, f.density, p, "of the accepted ones")]


def _class(below: int, last: int) -> str:
    if not last:
        return f"{below + 1}+"
    return str(last) if last == below + 1 else f"{below + 1}{_DASH}{last}"


def _histogram(
    title: str, names: Sequence[str], counts: Sequence[int], p: Pencil, more: str = ""
) -> list[Row]:
    top = max(counts, default=0)
    if not top:
        return [_title(title, more), *_words("nothing yet", p)]
    room = max(4, min(_BAR, p.width - _NAME - 8))
    rows = [_title(title, more)]
    for name, n in zip(names, counts, strict=True):
        line = (Piece(f"{n:>6}  ", Ink("text")), Piece(bar(n / top, room, p.marks), Ink("muted")))
        rows.append((Piece(f"{name:>{_NAME - 3}}   ", Ink("muted")), *line))
    return rows


def answer_rows(f: Figures, p: Pencil) -> list[Row]:
    """Return how many sentences have which answer."""
    a = f.answers
    parts = [f"{a.accept} accepted", f"{a.reject} rejected", f"{a.ignore} ignored", f"{a.begun} begun"]
    return [_title("ANSWERS"), *_words(", ".join(parts), p)]


def suggestion_rows(f: Figures, p: Pencil) -> list[Row]:
    """Return what became of the suggestions of each source and label."""
    rows = [_title("SUGGESTIONS", "that were decided on")]
    if not f.suggestions:
        return [*rows, *_words("none taken or turned down yet", p)]
    room = max(8, p.width - 39)
    rows.append(_muted(f"{'':<{room}}{'kept':>11}{'changed':>9}{'removed':>9}{'rejected':>10}"))
    for o in f.suggestions:
        name = cut(f"{screen_text(o.label)} {screen_text(o.source)}", room - 1, p.glyphs.cut)
        figures = f"{o.kept:>5} {o.kept_share * 100:>3.0f} %{o.changed:>9}{o.removed:>9}{o.rejected:>10}"
        rows.append((Piece(f"{name:<{room}}", Ink("lane", o.label)), Piece(figures, Ink("text"))))
    return rows


def method_rows(p: Pencil) -> list[Row]:
    """Return how the figures come about, and after whom."""
    return [_title("HOW"), *(row for words in _METHODS.split("\n") for row in _words(words, p))]


# -- words ---------------------------------------------------------------------------------------

_DASH = "-"


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n} {one}" if n == 1 else f"{n} {many or one + 's'}"


def _whole(n: float | None) -> str:
    return "?" if n is None else f"{n:.0f}"


def _between(pair: tuple[float, float]) -> str:
    low, high = (f"{x:.0f}" for x in pair)
    return low if low == high else f"{low} to {high}"


def _middle(m: Middle | None) -> str:
    return f"{m.median:.1f} s ({m.low:.0f}{_DASH}{m.high:.0f})" if m else ""


def _kept(suggestions: Iterable[Outcome]) -> str:
    found = list(suggestions)
    judged = sum(o.judged for o in found)
    return f"{sum(o.kept for o in found) * 100 // judged} %" if judged else "?"


def _title(words: str, more: str = "") -> Row:
    return (Piece(words, Ink("title", bold=True)), *((Piece(f"  {more}", Ink("muted")),) if more else ()))


def _muted(words: str) -> Row:
    return (Piece(words, Ink("muted")),)


def _words(words: str, p: Pencil) -> list[Row]:
    return [(Piece(line, Ink("context")),) for line in filled(words, p.width)]


def _fact(name: str, words: str, p: Pencil) -> Row:
    row: Row = (Piece(f"{name:<{_NAME}}", Ink("muted")), Piece(words, Ink("text")))
    return row if width_of(row) <= p.width else fit(row, p.width)
