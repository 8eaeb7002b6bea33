"""What the keys mean for the hands: nothing is done to other words than one thinks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.core.errors import RuleError
from annotator.core.schema import Label
from annotator.session.pen import Pen
from tests import builders

TEXT = "Mayor Ada Pell told Osmund Lock that more than 40 boats had left Tarn Quay on Monday."


@pytest.fixture
def pen(tmp_path: Path) -> Iterator[Pen]:
    """Return a pen on one sentence with names, a count and a claim."""
    article = builders.article(f"Boats\n{TEXT}", "tb", origin="boats.txt")
    builders.make_corpus(tmp_path / "news", article)
    session = builders.open_session(tmp_path / "news")
    session.move_in_article(-1)
    yield Pen(session)
    session.close()


def label(pen: Pen, key: str) -> Label:
    """Return the label of a key."""
    found = pen.session.schema.by_key(key)
    assert found is not None
    return found


def chosen(pen: Pen) -> str:
    """Return the selected words."""
    state = pen.state()
    assert state.selection is not None
    tokens = state.work.sentence.tokens
    return state.work.sentence.text[
        tokens[state.selection.first].start : tokens[state.selection.last - 1].end
    ]


def spans(pen: Pen) -> list[tuple[str, str]]:
    """Return label and words of the spans in hand."""
    return [(s.label, pen.session.work.text_of(s)) for s in pen.session.work.annotation.spans]


def test_undo_selects_what_was_unlabelled(pen: Pen) -> None:
    """A wrong label, undo, the right label: the second label means the same words."""
    words = chosen(pen)
    pen.label(label(pen, "d"))
    assert chosen(pen) != words
    pen.undo()
    assert chosen(pen) == words
    pen.label(label(pen, "a"))
    assert spans(pen) == [("PERSON", words)]


def test_moving_an_edge_moves_the_span(pen: Pen) -> None:
    """On a span, an edge key and the span's own label key move it; another label adds a span."""
    pen.label(label(pen, "a"))
    pen.visit(-1)
    words = chosen(pen)
    assert spans(pen) == [("PERSON", words)]
    pen.right_edge(1)
    longer = chosen(pen)
    assert longer != words
    assert pen.state().moving is not None
    pen.label(label(pen, "a"))
    assert spans(pen) == [("PERSON", longer)]
    pen.undo()
    assert spans(pen) == [("PERSON", words)]
    pen.select(pen.session.work.annotation.spans[0])
    pen.right_edge(1)
    pen.let_go()
    assert pen.state().moving is None


def test_parts_of_a_labelled_whole_are_not_offered(pen: Pen) -> None:
    """After "more than 40 boats" neither "40 boats" nor "40" is offered as a count."""
    offered = []
    for _ in range(12):
        if pen.selection is None:
            break
        words = chosen(pen)
        offered.append(words)
        key = "d" if words[:1].isdigit() or words.startswith("more") else "f" if " had " in words else "a"
        try:
            pen.label(label(pen, key))
        except RuleError:
            pen.visit(1)
    assert "more than 40 boats" in offered
    assert not {"40", "40 boats"} & set(offered)


def test_tab_goes_on_from_where_one_was(pen: Pen) -> None:
    """After the selection is let go Tab goes on behind it, not back to the sentence's start."""
    pen.visit(1)
    pen.visit(1)
    at = pen.selection
    assert at is not None
    pen.let_go()
    pen.visit(1)
    assert pen.selection is not None
    assert pen.selection.first >= at.first
    assert pen.selection.range != at.range


def test_space_without_anything_to_grow_says_so(pen: Pen) -> None:
    """Space with nothing selected and nothing left to offer is told, as Backspace is."""
    while pen.selection is not None:
        pen.label(label(pen, "f"))
    with pytest.raises(RuleError, match="nothing is selected"):
        pen.grow()
    with pytest.raises(RuleError, match="nothing is selected"):
        pen.shrink()
