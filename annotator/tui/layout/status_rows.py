"""The head row, the rule row with labels, counts and the article strip, and the row of keys."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence

from annotator.core.annotation import AnnotatedSentence
from annotator.core.spans import Span
from annotator.core.tokens import is_aligned
from annotator.session.action import GoInView, PressLabel
from annotator.session.keymap_file import textual_key_name
from annotator.session.state import SaveState, TaskState
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.article_body import answer_indicator
from annotator.tui.layout.prompt import shortened_words
from annotator.tui.layout.styled_text import CellStyle, Glyphs, PressKey, StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text

MAX_STRIP_SENTENCES = 30
"""The most sentences that the article strip shows, those round the active one."""

_MIN_FACTS_ROOM = 24
"""With more cells than this for the title, it is preceded by what is special about the article."""


def header_row(state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the title and, at the right end, where one is and whether all is saved."""
    pass_text = _pass_text(state, width // 4, glyphs)
    filter_text = styled.truncate(screen_text(state.navigation_summary), width // 3, glyphs.cut)
    filter_row = (styled.likely_bold(f"{filter_text} {glyphs.dot} "),) if filter_text else ()
    if state.auto_accept_labels:
        names = " ".join(
            state.schema.short_name(x.name) for x in state.schema.labels if x.name in state.auto_accept_labels
        )
        sure = f"{glyphs.key('take')} {styled.truncate(names, width // 4, glyphs.cut)} {glyphs.dot} "
        filter_row = (*filter_row, styled.likely_bold(sure))
    filter_row = (*pass_text, *filter_row)
    saved = (saved_indicator(state.save_state, glyphs), StyledText(" "))
    place = styled.muted(_position_text(state, width - styled.row_width((*filter_row, *saved)) - 2, glyphs))
    right = (*filter_row, place, *saved)
    room = width - styled.row_width(right) - 3
    facts = [*(["new version"] if state.article.replaces else []), *(["doubtful lines"] if state.article.doubt else [])]
    about = "".join(f"{fact} {glyphs.dot} " for fact in facts) if room > _MIN_FACTS_ROOM else ""
    title = styled.truncate(screen_text(state.article.name), room - len(about), glyphs.cut)
    left = (StyledText(" "), styled.likely_bold(about), styled.title(title))
    gap = width - styled.row_width(left) - styled.row_width(right)
    return styled.clip_row((*left, StyledText(" " * max(0, gap)), *right), width)


def _pass_text(state: TaskState, room: int, glyphs: Glyphs) -> StyledRow:
    """Return which labels are looked at in at most ``room`` cells; nothing where all are."""
    if not state.label_pass.is_partial:
        return ()
    names = (" ".join(state.label_pass.labels), " ".join(map(state.schema.short_name, state.label_pass.labels)))
    text = next((x for x in names if len(x) <= room), f"{len(state.label_pass.labels)} labels")
    return (styled.likely_bold(f"only {screen_text(text)} {glyphs.dot} "),)


def _position_text(state: TaskState, room: int, glyphs: Glyphs) -> str:
    """Return where one is in at most ``room`` cells, in figures alone where words don't fit."""
    sentence = f"{state.active + 1}/{len(state.annotated_sentences)}"
    article = f"{state.article_number}/{state.article_count}"
    full = f"sentence {sentence} {glyphs.dot} article {article} {glyphs.dot} "
    short = f"{sentence} {glyphs.dot} {article} {glyphs.dot} "
    return next((words for words in (full, short) if len(words) <= room), "")


def saved_indicator(saved: SaveState, glyphs: Glyphs) -> StyledText:
    """Return the saved mark; what it shows as saved is on the disk."""
    return {
        SaveState.SAVED: styled.ok(f"{glyphs.accept} saved"),
        SaveState.SAVING: styled.muted(f"{glyphs.cut} saving"),
        SaveState.READ_ONLY: styled.muted("read only"),
        SaveState.FAILED: styled.warn_bold(f"{glyphs.reject} NOT SAVED"),
    }[saved]


def rule_row(state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the labels with their counts in the sentence, and the article strip where it fits."""
    strip = (StyledText(" "), *answer_strip(state, glyphs, MAX_STRIP_SENTENCES), StyledText(" "))
    for named, counted, stripped in (("full", 1, 1), ("short", 1, 1), ("short", 1, 0), ("short", 0, 0)):
        left = _label_legend(state, glyphs, named, bool(counted))
        right: StyledRow = (*(strip if stripped else ()), styled.rule(glyphs.rule * 2))
        gap = width - styled.row_width(left) - styled.row_width(right)
        if gap >= 1:
            return (*left, styled.rule(glyphs.rule * gap), *right)
    return (styled.rule(glyphs.rule * width),)


MAX_BANNER_ROWS = 3
"""The most rows of what must stay on the screen; a low screen has fewer."""


def banner_rows(banner: str, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return what must stay on a screen of ``height`` rows, wrapped; none where there is no such thing."""
    if not banner:
        return ()
    style = CellStyle("warn", bold=True, reverse=True)
    blank, room, most = StyledText(" ", style), width - 2, max(1, min(MAX_BANNER_ROWS, height // 6))
    rows = styled.wrap_row((StyledText(screen_text(banner), style),), room)
    if len(rows) > most:
        rows[most - 1 :] = [styled.clip_words((*rows[most - 1], blank, *rows[most]), room, glyphs.cut)]
    return tuple(styled.fit_row((blank, *row), width, style) for row in rows)


def empty_rule_row(width: int, glyphs: Glyphs) -> StyledRow:
    """Return a rule row without anything on it."""
    return (styled.rule(glyphs.rule * width),)


def _label_legend(state: TaskState, glyphs: Glyphs, named: str, counted: bool) -> StyledRow:
    counts = label_counts(state.annotated)
    row: StyledRow = (styled.rule(glyphs.rule * 2),)
    for n, label in enumerate(state.keyed_labels):
        name = label.name if named == "full" else state.schema.short_name(label.name)
        gap = (styled.rule(glyphs.rule),) if n else ()
        count = (styled.muted(f" {counts[label.name]}"),) if counted else ()
        item = (styled.key(f" {label.key} "), styled.label(name, label.name), *count, StyledText(" "))
        row = (*row, *gap, *styled.clickable(item, PressLabel(label.name)))
    return row


def label_counts(annotated: AnnotatedSentence) -> Counter[str]:
    """Return how many spans of each label a sentence has."""
    return Counter(span.label for span in annotated.annotation.spans)


def answer_strip(state: TaskState, glyphs: Glyphs, most: int) -> StyledRow:
    """Return a character for each sentence of the article: its answer, or where one is."""
    pieces: list[StyledText] = []
    for i in styled.visible_range(len(state.annotated_sentences), state.active, most):
        answer = state.answer_of(i)
        piece = answer_indicator(answer, glyphs) if answer else styled.muted(glyphs.todo)
        piece = StyledText(glyphs.here, CellStyle("active", bold=True)) if i == state.active else piece
        pieces += styled.clickable((piece,), GoInView(i))
    return tuple(pieces)


def keys_row(items: Sequence[tuple[str, str]], last: tuple[str, str], width: int) -> StyledRow:
    """Return keys with what they do, dropped from the right until ``last`` fits at the end."""
    end = _key_with_description(last)
    row: StyledRow = (StyledText(" "),)
    for item in items:
        piece = (*_key_with_description(item), StyledText("  "))
        if styled.row_width(row) + styled.row_width(piece) + styled.row_width(end) > width:
            break
        row = (*row, *piece)
    return styled.clip_row((*row, *end), width)


def _key_with_description(item: tuple[str, str]) -> StyledRow:
    """Return the keys, each to be clicked, and what they do; a click on the words presses the first."""
    keys, words = item
    names = [textual_key_name(re.sub(r"^\^(?=.)", "ctrl+", key)) for key in keys.split()]
    if not names or not all(names):
        return (styled.key(keys), styled.muted(f" {words}"))
    pieces = [p for key, name in zip(keys.split(), names, strict=True) for p in _pressable_key(key, name)]
    return (*pieces[1:], *styled.clickable((styled.muted(f" {words}"),), PressKey(names[0])))


def _pressable_key(key: str, name: str) -> StyledRow:
    return (styled.key(" "), *styled.clickable((styled.key(key),), PressKey(name)))


# -- the side panel ----------------------------------------------------------------------------


GUIDELINE_MIN_WIDTH = 40
"""The panel shows the guideline from this width on."""

_EMPTY_ROW: StyledRow = ()


def side_panel_rows(state: TaskState, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows of ``width`` cells, a wall at the left."""
    inner = width - 3
    top = [*_label_table(state, inner, glyphs), _EMPTY_ROW, *_span_tree(state, inner, glyphs)]
    foot = _status_facts(state, inner, glyphs)
    room = height - len(top) - len(foot) - 1
    if width >= GUIDELINE_MIN_WIDTH and room > 2:
        top += [_EMPTY_ROW, *panel_guideline_rows(state, inner)[: room - 1]]
    top = top[: max(0, height - len(foot))]
    rows = top + [_EMPTY_ROW] * (height - len(top) - len(foot)) + foot
    wall = (styled.rule(f"{glyphs.wall} "),)
    return tuple(styled.fit_row((*wall, *row), width) for row in rows[:height])


def _label_table(state: TaskState, width: int, glyphs: Glyphs) -> list[StyledRow]:
    article = Counter(span.label for each in state.annotated_sentences for span in each.annotation.spans)
    corpus = state.label_counts
    rows: list[StyledRow] = [(styled.muted(f"{'LABELS':<{width - 15}}{'article':>8}{'corpus':>7}"),)]
    numbered = enumerate(state.schema.labels, 1)
    for n, label in sorted(numbered, key=lambda x: not state.label_pass.includes(x[1].name)):
        letter = styled.key(f"{label.key or (n if n <= 9 else ' ')} ")
        name = styled.label(f"{styled.truncate(label.name, width - 17, glyphs.cut):<{width - 17}}", label.name)
        counts = f"{article[label.name] or glyphs.dot:>8}{corpus.get(label.name) or glyphs.dot:>7}"
        if state.label_pass.includes(label.name):
            rows.append(styled.clickable((letter, name, StyledText(counts)), PressLabel(label.name)))
        else:
            rows.append((styled.muted(f"  {name.text}{counts}"),))
    return rows


def _span_tree(state: TaskState, width: int, glyphs: Glyphs) -> list[StyledRow]:
    rows: list[StyledRow] = [(styled.muted("SPANS HERE"),)]
    for span, depth in spans_with_depth(state.annotated):
        focused = span == state.selected_span
        name_style = CellStyle("lane", span.label, reverse=focused, bold=focused)
        name = StyledText(state.schema.short_name(span.label), name_style)
        words = shortened_words(state.annotated.text_of(span), max(4, width - 5 - depth), glyphs)
        style = CellStyle("text", bold=focused)
        message: StyledRow = (StyledText("  " + words, style),)
        if not is_aligned(state.annotated.sentence.tokens, span.start, span.end):
            message = (styled.warn_bold(glyphs.problem), StyledText(" " + words, style))
        rows.append((StyledText(" " * depth), name, *message))
    return rows if len(rows) > 1 else [*rows, (styled.muted("none yet"),)]


def spans_with_depth(annotated: AnnotatedSentence) -> tuple[tuple[Span, int], ...]:
    """Return the spans in reading order with how many others each is in."""
    out: list[tuple[Span, int]] = []
    stack: list[Span] = []
    for span in annotated.annotation.spans:
        while stack and stack[-1].end < span.end:
            stack.pop()
        out.append((span, len(stack)))
        stack.append(span)
    return tuple(out)


def panel_guideline_rows(state: TaskState, width: int) -> list[StyledRow]:
    """Return the guideline of the label last used, wrapped."""
    label = state.schema.label(state.guideline_label) or state.schema.labels[0]
    rows: list[StyledRow] = [
        (StyledText(label.name, CellStyle("lane", label.name, bold=True)), styled.muted("  guideline, ? for all"))
    ]
    for paragraph in label.description.split("\n"):
        rows += [(styled.context(line),) for line in styled.wrap_paragraph(screen_text(paragraph), width)]
    return rows


def _status_facts(state: TaskState, width: int, glyphs: Glyphs) -> list[StyledRow]:
    answer = state.answer_of(state.active)
    clock = time.strftime("%H:%M:%S", time.localtime(state.saved_at)) if state.saved_at else "nothing new"
    saved = StyledText(clock)
    if state.save_state is not SaveState.SAVED:
        saved = saved_indicator(state.save_state, glyphs)
    share = f" {glyphs.dot} {state.done * 100 // state.total} %" if state.total else ""
    rows: list[StyledRow] = [
        _status_fact("ANSWER", (StyledText(f"{answer.value}ed".replace("ee", "e") if answer else "not yet"),)),
        _status_fact("SAVED", (saved,)),
        _status_fact("ARTICLE", answer_strip(state, glyphs, max(5, width - 9))),
    ]
    if state.label_pass.is_partial:
        covered = " ".join(map(state.schema.short_name, state.label_pass.covered(state.annotated.annotation)))
        rows.insert(
            1, _status_fact("COVERED", (StyledText(styled.truncate(covered or "nothing", width - 8, glyphs.cut)),))
        )
    if state.total:
        rows.append(_status_fact("CORPUS", (StyledText(f"{state.done} of {state.total}{share}"),)))
    return rows


def _status_fact(name: str, value: StyledRow) -> StyledRow:
    return (styled.muted(f"{name:<8}"), *value)
