"""Which items are exported."""

from __future__ import annotations

import pytest

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.errors import AnnotatorError
from annotator.core.tokens import build_tokens
from annotator.export.conflict_resolution import select_items
from annotator.export.options import ExportItem
from tests.export.export_samples import item, make_article, sentences

LINES = [[f"Boat {n} left Rosavik ." for n in range(14)]]
ARTICLE = make_article(LINES)
EVERY = sentences(ARTICLE, LINES)


def test_only_accepted_sentences_are_exported() -> None:
    """Rejected, ignored and unfinished sentences are counted, and kept apart as mere text."""
    answers = [Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None]
    items = [item(ARTICLE, s, answer=a) for s, a in zip(EVERY, answers, strict=False)]
    choice = select_items(items)
    assert choice.accepted == (items[0],)
    assert choice.others == tuple(items[1:])
    assert choice.counts == {"accepted": 1, "rejected": 1, "ignored": 1, "unfinished": 1, "double": 0}


def test_annotators_who_agree_are_exported_once() -> None:
    """The same spans and answer by two annotators are one sentence with both their names."""
    items = [item(ARTICLE, EVERY[0], ("Rosavik", "VENUE"), who=who) for who in ("zoe", "ben")]
    choice = select_items(items)
    assert [i.annotator for i in choice.accepted] == ["ben"]
    assert choice.agreeing_annotators[EVERY[0].id] == ("ben", "zoe")
    assert choice.counts["double"] == 1


def test_an_unfinished_sentence_is_no_conflict() -> None:
    """What another annotator has begun and not finished does not stand in the way."""
    items = [item(ARTICLE, EVERY[0]), item(ARTICLE, EVERY[0], ("Rosavik", "VENUE"), answer=None, who="ben")]
    assert select_items(items).accepted == (items[0],)


def test_conflicts_are_listed_and_a_name_settles_them() -> None:
    """The error names each stretch, who differs and in what, and how to choose."""
    joined = _joined(2)
    items = [
        item(ARTICLE, EVERY[0], ("Rosavik", "VENUE")),
        item(ARTICLE, EVERY[0], who="ben"),
        item(ARTICLE, EVERY[1]),
        item(ARTICLE, EVERY[1], answer=Answer.REJECT, who="ben"),
        item(ARTICLE, EVERY[2]),
        joined,
    ]
    with pytest.raises(AnnotatorError) as e:
        select_items(items)
    assert str(e.value) == (
        "3 stretches of text have annotations in conflict: "
        f"{EVERY[0].id} (ana, ben: different spans), "
        f"{EVERY[1].id} (ana, ben: ana accept, ben reject), "
        f"{EVERY[2].id} (ana, ben: cut into different sentences); "
        "choose whose to export with --annotator NAME (ana, ben)"
    )
    assert e.value.exit_code == 1
    bens = [i for i in items if i.annotator == "ben"]
    assert [i.annotated.sentence for i in select_items(bens).accepted] == [
        EVERY[0],
        joined.annotated.sentence,
    ]


def test_of_many_conflicts_ten_are_reported() -> None:
    """A long list of conflicts ends with the number of those not told."""
    items = [i for s in EVERY for i in (item(ARTICLE, s), item(ARTICLE, s, ("Rosavik", "VENUE"), who="ben"))]
    with pytest.raises(AnnotatorError, match=r"and 4 more; choose") as e:
        select_items(items)
    assert e.value.what.count("different spans") == 10


def _joined(first: int) -> ExportItem:
    """Return two sentences as ben joined them."""
    a, b = EVERY[first], EVERY[first + 1]
    text = ARTICLE.text[a.start : b.end]
    words = [t.text for t in (*a.tokens, *b.tokens)]
    spaces = [True] * (len(words) - 1) + [False]
    whole = type(a)(ARTICLE.id, a.index, a.start, b.end, text, build_tokens(words, spaces))
    one = item(ARTICLE, whole, who="ben")
    return ExportItem(AnnotatedSentence(whole, one.annotated.annotation), "ben", ARTICLE)
