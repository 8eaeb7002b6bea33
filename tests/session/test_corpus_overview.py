"""The list of articles: its orders, and the way along them."""

from __future__ import annotations

from pathlib import Path

from annotator.core.annotation import Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import set_answer, set_flag, set_note
from annotator.session.corpus_overview import CorpusOverview
from tests import builders


def test_each_order_has_its_first_article_and_the_arrows_follow_it(tmp_path: Path) -> None:
    """As they came, the least done, the most flags and notes; an article without sentences is passed over."""
    made = [builders.article(f"Short\n\nIt is {n}. It ends.", "t-b", origin=f"{n}.txt") for n in range(4)]
    session = builders.open_session(builders.make_corpus(tmp_path / "news", *made))
    for article, count in ((0, 2), (2, 1)):
        for annotated in session.sentences_of(session.queue[article])[:count]:
            session.apply_edit(set_answer(annotated, Answer.ACCEPT))
    session.apply_edit(set_flag(session.sentences_of(session.queue[2])[1], flagged=True))
    session.apply_edit(set_note(session.sentences_of(session.queue[1])[0], "is it?"))
    session.apply_edit(set_note(session.sentences_of(session.queue[2])[1], "is it?"))
    for line in (0, 2):
        session.set_line_verdict(session.queue[3], line, LineVerdict.BOILERPLATE)
    overview = CorpusOverview(session)
    orders = [overview.articles]
    for _ in range(4):
        overview.sort_next()
        orders.append(overview.articles)
    assert orders == [[0, 1, 2, 3], [1, 2, 0, 3], [0, 1, 2, 3], [2, 1, 0, 3], [0, 1, 2, 3]]
    assert overview.order == 0
    overview.sort_next()
    session.navigation.go_to_article(2)
    assert (overview.neighbour(1), overview.neighbour(-1)) == (0, 1)
    session.navigation.go_to_article(0)
    assert (overview.neighbour(1), overview.neighbour(-1)) == (None, 2), "the last one has no sentence"
    session.close()
