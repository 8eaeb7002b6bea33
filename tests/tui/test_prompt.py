"""The prompt and the row of keys: at every width what the next key does comes first, and no advice is cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.session.actions.label_actions import LabelEffect, LabelEffectKind
from annotator.session.actions.selection import explicit_selection
from annotator.session.commands import footer_items
from annotator.session.state import StatusMessage, TaskState
from annotator.tui.layout.prompt import prompt_rows
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, row_text, row_width
from tests import builders

NEWS = builders.news_schema()
TEXT = "Ada Pell left Tarn Quay with 40 boats."
PELL = Suggestion(0, 8, "PERSON", "rules", 0.9)
EFFECTS = {
    "PERSON": LabelEffect(LabelEffectKind.TAKE, 0, suggestion=PELL),
    "VENUE": LabelEffect(LabelEffectKind.ASK, 0, suggestion=Suggestion(14, 23, "VENUE", "rules", 0.9)),
    "COUNT": LabelEffect(LabelEffectKind.ARM, 0),
    "CLAIM": LabelEffect(LabelEffectKind.ARM, 0),
}
STATES = {
    "PERSON press a letter, or Tab": {"armed_label": "PERSON"},
    "a again: Ada Pell, before here": {"asked_label": "PERSON"},
    "z + the second letter": {"typed_hint": "z"},
    "Tarn Quay": {"selection": explicit_selection(3, 5)},
    "a s d f relabel": {"selection": explicit_selection(3, 5), "selected_span": Span(14, 23, "VENUE")},
    "VENUE Tarn Quay": {
        "selection": explicit_selection(3, 5), "selected_span": Span(14, 23, "VENUE"), "span_just_made": True
    },
}  # fmt: skip
"""What the prompt begins with → the state in which it does."""

MESSAGES = (
    "undone: COUNT two engineers",
    "3 accepted, 9 suggestions not taken",
    "accepted 1.5 · 2 suggestions left",
    "removed VENUE, not suggested again: known as wrong",
    "no word shows the letter q; ^ shows more letters in this sentence",
)


def _state(**more: object) -> TaskState:
    return builders.task_state(NEWS, [builders.annotated_sentence(TEXT)], label_effects=EFFECTS, **more)


@settings(max_examples=200)
@given(
    st.sampled_from(["", *STATES]),
    st.sampled_from([None, *MESSAGES]),
    st.booleans(),
    st.integers(40, 160),
    st.booleans(),
)
def test_the_next_key_comes_first_and_no_word_is_cut(
    begins: str, message: str | None, warning: bool, width: int, ascii_glyphs: bool
) -> None:
    """In each state, with each message: what the state means is first, the message whole, all else in whole items."""
    glyphs = ASCII_GLYPHS if ascii_glyphs else BOX_GLYPHS
    notice = StatusMessage(message, warning) if message else None
    state = _state(message=notice, **STATES.get(begins, {}))
    rows = prompt_rows(state, width, glyphs)
    assert all(row_width(row) <= width for row in rows)
    texts = [row_text(row)[6:] for row in rows]
    assert texts[0].startswith(begins)
    assert (message or "") in " ".join(texts)
    items = row_text(*prompt_rows(replace(state, message=None), 900, glyphs))[6:].split("  ")
    shown = " ".join(texts).replace(f"{'! ' * warning}{message}", "")
    assert shown.split() in [" ".join(items[:n]).split() for n in range(len(items) + 1)]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_in_few_rows_a_message_ends_after_a_word_with_a_mark(most: int) -> None:
    """Where the window is too low for all rows, the last one says that more was to come."""
    state = _state(message=StatusMessage(MESSAGES[-1], warning=True), armed_label="PERSON")
    rows = [row_text(row) for row in prompt_rows(state, 39, BOX_GLYPHS, most)]
    assert len(rows) == most
    assert rows[0].startswith("▌   ▸ PERSON press a letter, or Tab")
    assert rows[-1].endswith("…")
    whole = f"PERSON press a letter, or Tab ! {MESSAGES[-1]}"
    assert set(rows[-1][6:].removesuffix("…").split()) <= set(whole.split())


@pytest.mark.parametrize("idle", ["", "undo", "next_stop", "remove", "accept_view", "grow"])
def test_only_keys_that_act_are_offered(idle: str) -> None:
    """What has no effect now is neither in the row of keys nor in the prompt; the rest keeps its order."""
    everything = footer_items()
    found = footer_items(has_effect=lambda name: name != idle)
    assert [item for item in everything if item in found] == found
    assert len(everything) - len(found) == bool(idle)
    state = _state(has_effect=lambda name: name != idle, **STATES["a s d f relabel"])
    assert ("0 remove" in row_text(prompt_rows(state, 200, BOX_GLYPHS)[0])) is (idle != "remove")
