"""Which records count, and where annotators are in conflict."""

from __future__ import annotations

import pytest

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.disagreement import ConflictRule
from annotator.core.errors import AnnotatorError
from annotator.core.tokens import build_tokens
from annotator.export.options import ExportItem, ExportOptions
from annotator.workflows.export_plan import plan_export, planned_articles
from tests.export.export_samples import item, make_article, sample_corpus, sentences

LINES = [[f"Boat {n} left Rosavik ." for n in range(14)]]
ARTICLE = make_article(LINES)
EVERY = sentences(ARTICLE, LINES)


def exported(
    items: list[ExportItem], *annotators: str, on_conflict: ConflictRule | None = None
) -> tuple[list[str], dict[str, int]]:
    """Return the exported sentences with their annotators, and the sentences by answer."""
    with sample_corpus(items) as corpus:
        options = ExportOptions(split=(100, 0, 0), annotator=annotators, on_conflict=on_conflict)
        plan = plan_export(corpus, options)
        names = [
            f"{p.sentence.id} {', '.join(p.annotators)}" for a in planned_articles(corpus, plan) for p in a.sentences()
        ]
        plan.selection.close()
        return names, plan.sentences


def test_only_accepted_sentences_are_exported() -> None:
    """Rejected, ignored and unfinished sentences are counted."""
    answers = [Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None]
    names, counts = exported([item(ARTICLE, s, answer=a) for s, a in zip(EVERY, answers, strict=False)])
    assert names == [f"{EVERY[0].id} ana"]
    assert counts == {
        "accepted": 1, "rejected": 1, "ignored": 1, "unfinished": 1, "double": 0, "unreviewed": 0,
    }  # fmt: skip


def test_annotators_who_agree_are_exported_once() -> None:
    """The same spans and answer by two annotators are one sentence with both their names."""
    names, counts = exported([item(ARTICLE, EVERY[0], ("Rosavik", "VENUE"), who=who) for who in ("zoe", "ben")])
    assert names == [f"{EVERY[0].id} ben, zoe"]
    assert counts["double"] == 1


def test_an_unfinished_sentence_is_no_conflict() -> None:
    """What another annotator has begun and not finished does not stand in the way."""
    items = [item(ARTICLE, EVERY[0]), item(ARTICLE, EVERY[0], ("Rosavik", "VENUE"), answer=None, who="ben")]
    assert exported(items)[0] == [f"{EVERY[0].id} ana"]


def test_a_name_settles_conflicts_and_an_error_lists_them() -> None:
    """The error names each stretch, the kind and who differs, and how to choose; of many it lists ten."""
    joined = _joined(2)
    items = [
        item(ARTICLE, EVERY[0], ("Rosavik", "VENUE")),
        item(ARTICLE, EVERY[0], who="ben"),
        item(ARTICLE, EVERY[1]),
        item(ARTICLE, EVERY[1], answer=Answer.REJECT, who="ben"),
        item(ARTICLE, EVERY[2], ("Rosavik", "VENUE")),
        joined,
    ]
    with pytest.raises(AnnotatorError) as e:
        exported(items, on_conflict="error")
    assert str(e.value) == (
        "3 conflicts of annotators (answer 1, cut 1, missing 1): "
        f"{EVERY[2].id} (cut: ana, ben), {EVERY[0].id} (missing: ana, ben), {EVERY[1].id} (answer: ana, ben); "
        "`annotator check --only conflict` lists them all; choose whose to export with --annotator NAME (ana, ben), "
        "or leave these sentences out with --on-conflict skip"
    )
    assert e.value.exit_code == 1
    assert exported(items, "ben")[0] == [f"{EVERY[0].id} ben", f"{joined.annotated.sentence.id} ben"]
    many = [i for s in EVERY for i in (item(ARTICLE, s), item(ARTICLE, s, ("Rosavik", "VENUE"), who="ben"))]
    with pytest.raises(AnnotatorError, match=r"and 4 more; ") as e:
        exported(many, on_conflict="error")
    assert e.value.what.count("missing: ") == 10


def _joined(first: int) -> ExportItem:
    """Return two sentences as ben joined them."""
    a, b = EVERY[first], EVERY[first + 1]
    text = ARTICLE.text[a.start : b.end]
    words = [t.text for t in (*a.tokens, *b.tokens)]
    spaces = [True] * (len(words) - 1) + [False]
    whole = type(a)(ARTICLE.id, a.index, a.start, b.end, text, build_tokens(words, spaces))
    one = item(ARTICLE, whole, who="ben")
    return ExportItem(AnnotatedSentence(whole, one.annotated.annotation), "ben", ARTICLE)
