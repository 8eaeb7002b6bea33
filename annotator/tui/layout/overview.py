"""The overview: the article's sentences with answers, labels, flags, notes and problems; the articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from annotator.core.inconsistent import Group, Kind, Place
from annotator.core.schema import Schema
from annotator.session.shelf import Progress
from annotator.session.state import TaskState
from annotator.tui.layout.bars import label_counts
from annotator.tui.layout.block import answer_piece, number_text
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.page import byline_of
from annotator.tui.layout.row import Ink, Piece, Row, clip, cut, fit, two_ended, width_of
from annotator.tui.layout.safe_text import screen_text

LIST_WIDTH = 44
"""The list of articles stands at the left where there are so many cells more than a page needs."""
_GAUGE = 8
"""The cells of an article's gauge."""


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article as the list shows it."""

    title: str
    done: int
    total: int
    signs: str = ""
    """What there is to look at: ``!`` problems, ``f`` flags, ``n`` notes."""


@dataclass(frozen=True, slots=True)
class ArticleList:
    """The rows of the list of articles that are on the screen."""

    items: Sequence[ArticleLine]
    position: int
    """The row of the article in hand."""
    order: str
    """How the articles are sorted, in words."""


@dataclass(frozen=True, slots=True)
class Notices:
    """What there is to look at in the article in hand."""

    problems: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Sentence by index → what is inconsistent there, in words."""


def overview_head(state: TaskState, name: str, width: int, glyphs: Glyphs) -> Row:
    """Return the head row: what this is, and how far the corpus is."""
    left = (Piece(f" Overview {glyphs.dot} {screen_text(name)}", Ink("title", bold=True)),)
    article = f"article {state.article_number}/{state.article_count}"
    counted = (f"{state.done} of {state.total} sentences", f"{percent(state.done, state.total)} % ")
    facts = (article, *(counted if state.total else ("counting ",)))
    right = (Piece(f" {glyphs.dot} ".join(facts), Ink("muted")),)
    return two_ended(left, right, width)


def percent(done: int, total: int) -> int:
    """Return the share in whole percent; 0 of nothing."""
    return done * 100 // total if total else 0


def window(count: int, at: int, room: int) -> range:
    """Return the numbers of ``count`` rows that are shown in ``room`` of them, ``at`` among them."""
    first = max(0, min(at - room // 2, count - room))
    return range(first, min(count, first + room))


def sentence_rows(
    state: TaskState, notices: Notices, width: int, height: int, glyphs: Glyphs
) -> tuple[Row, ...]:
    """Return exactly ``height`` rows: title, byline, heading, the sentences round the active one, notices."""
    shorts = [x for x in state.schema.labels if x.key]
    text = max(10, width - 7 - 4 * len(shorts) - 4)
    a = state.article
    byline = byline_of(a, glyphs)
    names = tuple(Piece(f"{state.schema.short_name(x.name):>4}", Ink("lane", x.name)) for x in shorts)
    top: list[Row] = [
        (Piece(" " + cut(screen_text(a.title or a.origin), width - 2, glyphs.cut), Ink("text", bold=True)),),
        (Piece(" " + cut(byline, width - 2, glyphs.cut), Ink("muted")),),
        (Piece(f"{'       sentence':<{text + 7}}", Ink("muted")), *names),
    ]
    message = notice_rows(state, notices, width, glyphs)
    message = message[: max(height // 4, height - len(top) - len(state.annotated_sentences) - 1)]
    foot = [(), *message] if message else []
    shown = window(len(state.annotated_sentences), state.active, max(1, height - len(top) - len(foot)))
    rows = [_sentence(state, i, bool(notices.problems.get(i)), text, glyphs) for i in shown]
    rows = [*top, *rows, *foot]
    return tuple(rows + [()] * (height - len(rows)))[:height]


def _sentence(state: TaskState, i: int, problem: bool, width: int, glyphs: Glyphs) -> Row:
    annotated, active = state.annotated_sentences[i], i == state.active
    style = Ink("text", background="row", bold=True) if active else Ink("context")
    mark = (
        Piece(glyphs.here, Ink("active"))
        if active and not annotated.done
        else answer_piece(annotated.annotation.answer, glyphs)
    )
    words = cut(" ".join(screen_text(annotated.sentence.text).split()), width, glyphs.cut)
    head: Row = (
        Piece(glyphs.active if active else " ", Ink("active")),
        mark,
        Piece(number_text(i) + " ", style),
    )
    return (
        *head,
        *fit((Piece(words, style),), width, style),
        *_counts(state.schema, label_counts(state.schema, [annotated]), glyphs),
        Piece(" !" if problem else "  ", Ink("warn", bold=True)),
        Piece("f" if annotated.annotation.flagged else " ", Ink("likely", bold=True)),
        Piece("n" if annotated.annotation.note else " ", Ink("likely", bold=True)),
    )


def _counts(schema: Schema, counts: dict[str, int], glyphs: Glyphs) -> Row:
    return tuple(
        Piece(f"{counts[x.name]:>4}", Ink("lane", x.name))
        if counts[x.name]
        else Piece(f"   {glyphs.dot}", Ink("muted"))
        for x in schema.labels
        if x.key
    )


# -- notices ---------------------------------------------------------------------------------------


def notice_rows(state: TaskState, notices: Notices, width: int, glyphs: Glyphs) -> list[Row]:
    """Return a row for each problem and each note of the article, those of the sentence in hand first."""
    rows: list[tuple[int, Row]] = []
    for i, annotated in enumerate(state.annotated_sentences):
        problems = notices.problems.get(i, ())
        rows += [(i, _notice("!", "warn", i, words, width, glyphs)) for words in problems]
        if annotated.annotation.note:
            rows.append((i, _notice("n", "likely", i, f"note: {annotated.annotation.note}", width, glyphs)))
    return [row for i, row in sorted(rows, key=lambda x: (x[0] != state.active, x[0]))]


def _notice(sign: str, role: str, i: int, words: str, width: int, glyphs: Glyphs) -> Row:
    message = cut(" ".join(screen_text(words).split()), width - 8, glyphs.cut)
    number = Piece(f"{i + 1:>3}  ", Ink("number"))
    return (Piece(f" {sign} ", Ink(role, bold=True)), number, Piece(message, Ink("text")))


def problem_words(group: Group, place: Place, here: Sequence[int]) -> str:
    """Return what is inconsistent at a place: ``Skerrin is unlabelled here and VENUE in 2``.

    ``here``: the numbers, from 1, of the sentences of the same article that are like most.
    """
    if group.kind is Kind.EDGES:
        most = place.annotated.text_of(place.proposed) if place.proposed else group.words
        text = place.annotated.sentence.text[place.start : place.end]
        return f'"{text}" is "{most}" {_where(group, here)}'
    return f"{group.words} is {_label(place.existing_label)} here and {_label(group.label)} {_where(group, here)}"


def _label(label: str) -> str:
    return label or "unlabelled"


def _where(group: Group, here: Sequence[int]) -> str:
    """Return where most places are: in which sentences of the article, else how many there are."""
    if here:
        shown = ", ".join(map(str, here[:4]))
        return f"in {shown} and more" if len(here) > 4 else f"in {shown}"
    n = sum(p.is_consistent for p in group.occurrences)
    return f"in {n} other {'sentence' if n == 1 else 'sentences'}"


# -- articles --------------------------------------------------------------------------------------


def article_rows(articles: ArticleList, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return exactly ``height`` rows: a heading and the articles with how far each is."""
    head = Piece(f" ARTICLES, {articles.order}", Ink("muted"))
    rows: list[Row] = [(), two_ended((head,), (Piece("done ", Ink("muted")),), width)]
    signs = max((len(a.signs) for a in articles.items), default=0)
    counts = max((len(_count(a)) for a in articles.items), default=0)
    for i, a in enumerate(articles.items):
        bar = gauge(Progress(a.done, a.total), _GAUGE if width > LIST_WIDTH else _GAUGE // 2, glyphs)
        right = (
            Piece(f" {a.signs:>{signs}}" if signs else "", Ink("likely", bold=True)),
            Piece(f" {_count(a):>{counts}} ", Ink("context")),
            *bar,
            Piece(" "),
        )
        rows.append(_article(a, right, i == articles.position, width, glyphs))
    return tuple(rows + [()] * (height - len(rows)))[:height]


def _count(a: ArticleLine) -> str:
    return f"{a.done}/{a.total}"


def _article(a: ArticleLine, right: Row, active: bool, width: int, glyphs: Glyphs) -> Row:
    style = Ink("text", bold=True) if active else Ink("context")
    mark = glyphs.here if active else (glyphs.accept if a.total and a.done == a.total else glyphs.dot)
    title = Piece(cut(screen_text(a.title), max(1, width - 4 - width_of(right)), glyphs.cut), style)
    lead = Piece(f" {mark} ", Ink("active" if active else "ok"))
    return clip(two_ended((lead, title), right, width), width)


# -- progress --------------------------------------------------------------------------------------


def gauge(progress: Progress, width: int, glyphs: Glyphs) -> Row:
    """Return how far something is as a bar of ``width`` cells."""
    full = width * progress.done // progress.total if progress.total else 0
    rest = Piece(glyphs.progress_rest * (width - full), Ink("rule"))
    return (Piece(glyphs.progress_done * full, Ink("ok")), rest)


def gauge_row(state: TaskState, width: int, glyphs: Glyphs) -> Row:
    """Return the rule row with the progress of the article, where there is room, and of the corpus."""
    article = Progress(sum(w.done for w in state.annotated_sentences), len(state.annotated_sentences))
    row: Row = (Piece(glyphs.rule * 2 + " ", Ink("rule")),)
    if width >= 60:
        message = f" {article.done}/{article.total} "
        mine = gauge(article, max(4, min(20, width // 6)), glyphs)
        row = (*row, Piece("article ", Ink("muted")), *mine, Piece(message, Ink("muted")))
        row = (*row, Piece(glyphs.rule * 2 + " ", Ink("rule")))
    corpus = Progress(state.done, state.total)
    row = (*row, Piece("corpus ", Ink("muted")))
    share = Piece(f" {percent(state.done, state.total)} % ", Ink("muted"))
    room = width - width_of((*row, share)) - 1
    row = (*row, *gauge(corpus, max(4, min(40, width // 3, room)), glyphs), share)
    return fit((*row, Piece(glyphs.rule * width, Ink("rule"))), width)
