"""The overview: an article's sentences, with what is wrong there, and the articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from annotator.checks.consistency import InconsistencyGroup, InconsistencyKind
from annotator.core.annotation import AnnotatedSentence
from annotator.core.label_pass import LabelPass
from annotator.core.pluralize import pluralize
from annotator.core.span_repair import MisalignedSpan
from annotator.session.actions.annotation_actions import count_left
from annotator.session.actions.selection import REPORTED_SCORE
from annotator.session.corpus_overview import ArticleListItem, SentenceProblem
from annotator.session.sentence_search import AnswerProgress
from annotator.session.state import TaskState
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.article_body import answer_indicator, byline_text, sentence_number_text
from annotator.tui.layout.span_lanes import misaligned_span_text
from annotator.tui.layout.status_rows import label_counts
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import screen_text

ARTICLE_LIST_WIDTH = 44
"""The list of articles is at the left where there are this many cells more than a page needs."""
_PROGRESS_BAR_WIDTH = 8
"""The cells of an article's gauge."""


class ArticleList(Struct, frozen=True):
    """The rows of the list of articles that are on the screen."""

    items: Sequence[ArticleListItem]
    position: int
    """The row of the current article."""
    order: str
    """How the articles are sorted, in words."""


def overview_header(state: TaskState, name: str, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the head row: what this is, and how far the corpus is."""
    left = (styled.title(f" Overview {glyphs.dot} {screen_text(name)}"),)
    counted = (f"{state.done} of {state.total} sentences", f"{whole_percent(state.done, state.total)} % ")
    facts = (f"article {state.article_number}/{state.article_count}", *(counted if state.total else ("counting ",)))
    texts = [f" {glyphs.dot} ".join(facts[n:]) for n in range(len(facts))]
    room = width - styled.row_width(left) - 2
    right = (styled.muted(next((x for x in texts if len(x) <= room), texts[-1])),)
    return styled.justify_row(left, right, width, glyphs.cut)


def whole_percent(done: int, total: int) -> int:
    """Return the share in whole percent; 0 of nothing."""
    return done * 100 // total if total else 0


def overview_sentence_rows(
    state: TaskState, notices: Mapping[int, Sequence[str]], width: int, height: int, glyphs: Glyphs
) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: title, byline, heading, the sentences round the active one, notices.

    ``notices``: what is wrong, in words, by the index of the sentence.
    """
    shorts = state.keyed_labels
    text = max(10, width - 7 - 4 * len(shorts) - 5)
    a = state.article
    byline = byline_text(a, glyphs)
    names = tuple(styled.label(f"{state.schema.short_name(x.name):>4}", x.name) for x in shorts)
    top: list[StyledRow] = [
        (styled.bold(" " + styled.truncate(screen_text(a.name), width - 2, glyphs.cut)),),
        (styled.muted(" " + styled.truncate(byline, width - 2, glyphs.cut)),),
        (styled.muted(f"{'       sentence':<{text + 7}}"), *names),
    ]
    message = problem_and_note_rows(state, notices, width, glyphs)
    message = message[: max(height // 4, height - len(top) - len(state.annotated_sentences) - 1)]
    foot = [(), *message] if message else []
    shown = styled.visible_range(len(state.annotated_sentences), state.active, max(1, height - len(top) - len(foot)))
    rows = [_sentence_row(state, i, bool(notices.get(i)), text, glyphs) for i in shown]
    return styled.fill_height([*top, *rows, *foot], height)


def _sentence_row(state: TaskState, i: int, problem: bool, width: int, glyphs: Glyphs) -> StyledRow:
    annotated, active = state.annotated_sentences[i], i == state.active
    style = CellStyle("text", background="row", bold=True) if active else Styles.CONTEXT
    answer = state.answer_of(i)
    mark = styled.active(glyphs.here) if active and answer is None else answer_indicator(answer, glyphs)
    words = styled.truncate(" ".join(screen_text(annotated.sentence.text).split()), width, glyphs.cut)
    counts = label_counts(annotated)
    return (
        styled.mark_active(glyphs.active, active),
        mark,
        StyledText(sentence_number_text(i) + " ", style),
        *styled.fit_row((StyledText(words, style),), width, style),
        *(_label_count_cell(counts[x.name], x.name, glyphs) for x in state.keyed_labels),
        styled.warn_bold(" !" if problem else "  "),
        styled.likely_bold("?" if count_left([annotated], state.label_pass) else " "),
        styled.likely_bold("f" if annotated.annotation.flagged else " "),
        styled.likely_bold("n" if annotated.annotation.note else " "),
    )


def _label_count_cell(count: int, label: str, glyphs: Glyphs) -> StyledText:
    return styled.label(f"{count:>4}", label) if count else styled.muted(f"   {glyphs.dot}")


# -- notices ---------------------------------------------------------------------------------------


def problem_and_note_rows(
    state: TaskState, notices: Mapping[int, Sequence[str]], width: int, glyphs: Glyphs
) -> list[StyledRow]:
    """Return a row for each problem and each note of the article, those of the current sentence first."""
    rows: list[tuple[int, StyledRow]] = []
    for i, annotated in enumerate(state.annotated_sentences):
        problems = notices.get(i, ())
        rows += [(i, _problem_or_note_row("!", "warn", i, words, width, glyphs)) for words in problems]
        if count_left([annotated], state.label_pass):
            rows.append(
                (i, _problem_or_note_row("?", "likely", i, _left_text(annotated, state.label_pass), width, glyphs))
            )
        if annotated.annotation.note:
            note = f"note: {annotated.annotation.note}"
            rows.append((i, _problem_or_note_row("n", "likely", i, note, width, glyphs)))
    return [row for i, row in sorted(rows, key=lambda x: (x[0] != state.active, x[0]))]


def _problem_or_note_row(sign: str, role: str, i: int, words: str, width: int, glyphs: Glyphs) -> StyledRow:
    number = styled.number(f"{i + 1:>3}  ")
    message = StyledText(" ".join(screen_text(words).split()))
    return (
        StyledText(f" {sign} ", CellStyle(role, bold=True)),
        number,
        *styled.clip_words((message,), width - 8, glyphs.cut),
    )


def _left_text(annotated: AnnotatedSentence, label_pass: LabelPass) -> str:
    """Return what was left at the accept that one should hear of: ``left: PERSON Halvard Brekke``."""
    left = [x for x in label_pass.left_in(annotated.annotation) if x.score >= REPORTED_SCORE]
    return "left: " + ", ".join(f"{x.label} {annotated.text_of(x.span)}" for x in left)


def problem_text(problem: SentenceProblem) -> str:
    """Return what is wrong at a place: ``Skerrin is unlabelled here and VENUE in 2``."""
    if isinstance(problem, MisalignedSpan):
        return misaligned_span_text(problem)
    group, place = problem.group, problem.place
    where = _majority_location(group, problem.majority)
    if group.kind is InconsistencyKind.EDGES:
        most = place.annotated.text_of(place.proposed) if place.proposed else group.words
        return f'"{place.annotated.sentence.text[place.start : place.end]}" is "{most}" {where}'
    here_label, most_label = (x or "unlabelled" for x in (place.existing_label, group.label))
    return f"{group.words} is {here_label} here and {most_label} {where}"


def _majority_location(group: InconsistencyGroup, here: Sequence[int]) -> str:
    """Return where most places are: in which sentences of the article, else how many there are."""
    if here:
        shown = ", ".join(map(str, here[:4]))
        return f"in {shown} and more" if len(here) > 4 else f"in {shown}"
    n = sum(p.is_consistent for p in group.occurrences)
    return f"in {n} other {'sentence' if n == 1 else 'sentences'}"


# -- articles --------------------------------------------------------------------------------------


def article_list_rows(articles: ArticleList, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: a heading and the articles with how far each is."""
    head = styled.muted(f" ARTICLES, {articles.order}")
    rows: list[StyledRow] = [(), styled.justify_row((head,), (styled.muted("done "),), width, glyphs.cut)]
    signs = max((len(a.signs) for a in articles.items), default=0)
    counts = max((len(_done_of_total(a)) for a in articles.items), default=0)
    bar_width = _PROGRESS_BAR_WIDTH if width > ARTICLE_LIST_WIDTH else _PROGRESS_BAR_WIDTH // 2
    for i, a in enumerate(articles.items):
        bar = progress_bar(AnswerProgress(a.done, a.total), bar_width, glyphs)
        sign = styled.likely_bold(f" {a.signs:>{signs}}" if signs else "")
        right = (sign, styled.context(f" {_done_of_total(a):>{counts}} "), *bar, StyledText(" "))
        rows.append(_article_row(a, right, i == articles.position, width, glyphs))
    return styled.fill_height(rows, height)


def _done_of_total(a: ArticleListItem) -> str:
    return f"{a.done}/{a.total}"


def _article_row(a: ArticleListItem, right: StyledRow, active: bool, width: int, glyphs: Glyphs) -> StyledRow:
    style = Styles.BOLD if active else Styles.CONTEXT
    mark = glyphs.here if active else (glyphs.accept if a.total and a.done == a.total else glyphs.dot)
    room = max(1, width - 4 - styled.row_width(right))
    title = StyledText(styled.truncate(screen_text(a.title), room, glyphs.cut), style)
    lead = StyledText(f" {mark} ", CellStyle("active" if active else "ok"))
    return styled.clip_row(styled.justify_row((lead, title), right, width, glyphs.cut), width)


# -- progress --------------------------------------------------------------------------------------


def progress_bar(progress: AnswerProgress, width: int, glyphs: Glyphs) -> StyledRow:
    """Return how far something is as a bar of ``width`` cells."""
    full = width * progress.done // progress.total if progress.total else 0
    rest = styled.rule(glyphs.progress_rest * (width - full))
    return (styled.ok(glyphs.progress_done * full), rest)


def progress_bars_row(state: TaskState, width: int, glyphs: Glyphs, left: int = 0) -> StyledRow:
    """Return the rule row with the progress of the article, where there is room, and of the corpus.

    ``left``: how many suggestions accepts have left in the corpus.
    """
    article = AnswerProgress(state.done_here, len(state.annotated_sentences))
    row: StyledRow = (styled.rule(glyphs.rule * 2 + " "),)
    if width >= 60:
        message = f" {article.done}/{article.total} "
        mine = progress_bar(article, max(4, min(20, width // 6)), glyphs)
        row = (*row, styled.muted("article "), *mine, styled.muted(message))
        row = (*row, styled.rule(glyphs.rule * 2 + " "))
    corpus = AnswerProgress(state.done, state.total)
    row = (*row, styled.muted("corpus "))
    share = styled.muted(f" {whole_percent(state.done, state.total)} % ")
    counted = styled.likely(f"{glyphs.rule * 2} {pluralize(left, 'suggestion')} left " if left else "")
    room = width - styled.row_width((*row, share, counted)) - 1
    row = (*row, *progress_bar(corpus, max(4, min(40, width // 3, room)), glyphs), share, counted)
    return styled.fit_row((*row, styled.rule(glyphs.rule * width)), width)
