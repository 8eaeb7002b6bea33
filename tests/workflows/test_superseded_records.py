"""An export takes exactly one of a sentence's old and new version, whoever has opened the new one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Answer
from annotator.core.article import LineVerdict
from annotator.core.disagreement import ConflictRule
from annotator.core.edits import add_span, join_sentences, remove_span, set_answer, set_note
from annotator.export.export_ledger import ARTICLE_SUPERSEDED
from annotator.export.options import ExportOptions
from annotator.formats.document import ConversionLog
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.export_plan import plan_export
from annotator.workflows.format_export import list_left_out
from annotator.workflows.record_selection import open_selection, select_items
from tests.builders import make_corpus, open_session, span
from tests.session.test_version_carry import FIRST, SECOND, add_version, annotate, version


def _annotated(path: Path, *names: str) -> CorpusFolder:
    corpus = make_corpus(path, version(FIRST))
    for name in names:
        session = open_session(corpus, name=name)
        annotate(session)
        session.close()
    add_version(corpus, version(FIRST), SECOND)
    return CorpusFolder.open(corpus.path)


def _accepted(corpus: CorpusFolder) -> list[tuple[str, str, str]]:
    return sorted(
        (i.annotator, i.annotated.sentence.text, "new" if i.article.id == version(SECOND).id else "old")
        for i in select_items(CorpusFolder.open(corpus.path)).items
        if i.annotated.annotation.answer is Answer.ACCEPT
    )


def test_changed_sentence_counts_until_the_new_one_is_finished(tmp_path: Path) -> None:
    """What was carried over counts in the new version; of a changed sentence the old one, until the new is finished."""
    corpus = _annotated(tmp_path / "news", "ana")
    session = open_session(corpus)
    assert session.flush()
    assert _accepted(corpus) == [("ana", FIRST[0], "new"), ("ana", FIRST[1], "old")]
    session.apply_edit(set_answer(session.article_sentences[1], Answer.ACCEPT))
    assert session.flush()
    assert _accepted(corpus) == [("ana", FIRST[0], "new"), ("ana", SECOND[1], "new")]
    session.undo()
    session.undo()
    session.close()
    assert _accepted(corpus) == [("ana", FIRST[0], "old"), ("ana", FIRST[1], "old")]


def test_superseded_sentence_without_spans_has_a_line_in_other_formats(tmp_path: Path) -> None:
    """What a newer version takes the place of is listed, be there a span in it or not, and is no loss."""
    corpus = make_corpus(tmp_path / "news", version(FIRST))
    with closing(open_session(corpus)) as session:
        for n in range(len(session.article_sentences)):
            session.apply_edit(set_answer(session.article_sentences[n], Answer.ACCEPT))
        assert session.flush()
    add_version(corpus, version(FIRST), SECOND)
    with closing(open_session(CorpusFolder.open(corpus.path))) as session:
        session.apply_edit(set_answer(session.article_sentences[1], Answer.ACCEPT))
        assert session.flush()
    log = ConversionLog()
    selected = select_items(CorpusFolder.open(corpus.path))
    assert list_left_out(selected, log, united=False) == 0
    listed = [(e.kind, e.text, e.why) for e in log.entries]
    assert ("sentence", FIRST[1], ARTICLE_SUPERSEDED) in listed


@pytest.mark.parametrize("names", [("ana", "bob"), ("bob", "ana")])
def test_annotators_open_the_new_version_in_any_order(tmp_path: Path, names: tuple[str, str]) -> None:
    """What two have left alike counts once, before, between and after their openings of the new version."""
    corpus = _annotated(tmp_path / "news", "ana", "bob")
    for name in ("", *names):
        if name:
            open_session(CorpusFolder.open(corpus.path), name=name).close()
        plan = plan_export(CorpusFolder.open(corpus.path), ExportOptions(split=(100, 0, 0)))
        assert len(plan.records) == 2
        plan.selection.close()


def test_difference_between_versions_is_a_conflict(tmp_path: Path) -> None:
    """Where one annotator changes in the new version what both had left alike, neither counts, or the preferred one."""
    corpus = _annotated(tmp_path / "news", "ana", "bob")
    session = open_session(corpus)
    first = session.article_sentences[0]
    session.apply_edit(remove_span(first, first.annotation.spans[0]))
    session.close()
    plan = plan_export(CorpusFolder.open(corpus.path), ExportOptions(split=(100, 0, 0)))
    assert len(plan.records) == 1
    (conflict,) = plan.selection.conflicts
    assert (conflict.kind, conflict.annotators) == ("missing", ("ana", "bob"))
    assert conflict.description.startswith("missing in two versions of the article: ana nothing there, bob ")
    plan.selection.close()
    for names in (("ana", "bob"), ("bob", "ana")):
        options = ExportOptions(split=(100, 0, 0), annotator=names, on_conflict="prefer")
        plan = plan_export(CorpusFolder.open(corpus.path), options)
        assert len(plan.records) == 2
        assert plan.selection.conflicts[0].chosen == names[0]
        plan.selection.close()


@pytest.mark.parametrize("keeping", [("bob",), ("bob", "dee")])
def test_a_majority_over_versions_counts_who_agrees_with_the_new_one(tmp_path: Path, keeping: tuple[str, ...]) -> None:
    """Whoever has left the words as the latest version has them votes too: one of four loses, two of four are a tie."""
    names = ("ana", "bob", "cy", "dee")
    corpus = make_corpus(tmp_path / "news", version(FIRST))
    for name in names:
        with closing(open_session(corpus, name=name)) as session:
            annotate(session)
            if name not in keeping:
                first = session.article_sentences[0]
                session.apply_edit(remove_span(first, first.annotation.spans[0]))
    add_version(corpus, version(FIRST), SECOND)
    open_session(CorpusFolder.open(corpus.path), name="ana").close()
    items = select_items(CorpusFolder.open(corpus.path), rule="majority").items
    found = [i for i in items if i.annotated.sentence.text == FIRST[0]]
    assert [i.annotated.annotation.spans for i in found] == ([] if len(keeping) == 2 else [()])


@pytest.mark.parametrize(
    ("rule", "first", "exported"), [("skip", "", []), ("prefer", "ana", [0]), ("prefer", "cy", [1])]
)
def test_no_text_is_exported_twice_beside_a_difference_between_versions(
    tmp_path: Path, rule: ConflictRule, first: str, exported: list[int]
) -> None:
    """Where another has joined such a sentence with the next, that is one conflict, whatever its version."""
    corpus = _annotated(tmp_path / "news", "ana", "bob")
    with closing(open_session(corpus)) as session:
        changed = session.article_sentences[0]
        session.apply_edit(remove_span(changed, changed.annotation.spans[0]))
    with closing(open_session(CorpusFolder.open(corpus.path), name="cy")) as session:
        one, two = session.article_sentences[:2]
        session.apply_edit(join_sentences(one, two, version(SECOND).text))
        whole = session.article_sentences[0]
        session.apply_edit(set_answer(whole, Answer.ACCEPT))
    names = tuple(dict.fromkeys((first, "ana", "bob", "cy"))) if first else ()
    selected = select_items(CorpusFolder.open(corpus.path), names, rule=rule)
    ids = [i.annotated.sentence.id for i in selected.items if i.annotated.annotation.answer is Answer.ACCEPT]
    assert ids == [(one.sentence.id, whole.sentence.id)[n] for n in exported]
    (cut,) = [c for c in selected.conflicts if c.kind == "cut"]
    assert [(side.annotator, side.sentences) for side in cut.sides] == [
        ("ana", ((0, 29),)),
        ("bob", ((0, 29),)),
        ("cy", ((0, 52),)),
    ]
    listed = {(x.item.annotator, x.item.article.id) for x in selected.missing.excluded}
    assert ("bob", version(FIRST).id) in listed
    assert (("cy", version(SECOND).id) in listed) is (exported != [1])


def test_version_that_came_back_counts(tmp_path: Path) -> None:
    """An earlier version that is in force again counts more than the one that it has replaced."""
    corpus = _annotated(tmp_path / "news", "ana")
    old, new = version(FIRST), version(SECOND)
    open_session(corpus).close()
    corpus.replace_article(new.id, old.id)
    session = open_session(CorpusFolder.open(corpus.path))
    assert session.current_article_id == old.id
    session.apply_edit(set_note(session.article_sentences[0], "here"))
    session.close()
    assert _accepted(corpus) == [("ana", FIRST[0], "old"), ("ana", FIRST[1], "old")]


def test_a_later_decision_on_an_earlier_version_counts(tmp_path: Path) -> None:
    """What another machine has decided on unchanged words, after they were carried over, counts and is carried over."""
    corpus = _annotated(tmp_path / "news", "ana")
    old, new = version(FIRST), version(SECOND)
    open_session(corpus).close()
    corpus.replace_article(new.id, old.id)  # the other machine has not had the new version
    session = open_session(CorpusFolder.open(corpus.path))
    first = session.article_sentences[0]
    session.apply_edit(remove_span(first, first.annotation.spans[0]))
    session.apply_edit(set_answer(session.article_sentences[0], Answer.ACCEPT))
    session.close()
    corpus.replace_article(old.id, new.id)
    for place in ("old", "new"):
        (found,) = (
            i for i in select_items(CorpusFolder.open(corpus.path)).items if i.annotated.sentence.text == FIRST[0]
        )
        assert (found.article.id, found.annotated.annotation.spans) == (old.id if place == "old" else new.id, ())
        open_session(CorpusFolder.open(corpus.path)).close()


def test_no_version_of_a_line_that_is_switched_off_is_exported(tmp_path: Path) -> None:
    """Who switches a line of the new version off wants none of the old ones in its place."""
    corpus = _annotated(tmp_path / "news", "ana")
    session = open_session(corpus)
    session.apply_edit(set_answer(session.article_sentences[1], Answer.ACCEPT))
    session.close()
    for line in (0, 1):
        corpus.set_line_verdict(version(SECOND).id, line, LineVerdict.BOILERPLATE, by="ana", time=0)
    assert _accepted(corpus) == []


def _exported_after(path: Path, first: Sequence[str], *later: Sequence[str], accept: Sequence[str] = ()) -> list[str]:
    """Accept all of the first version, open the later ones, accept there what has certain words; return the export."""
    corpus = make_corpus(path, version(first))
    session = open_session(corpus)
    for i in range(len(first)):
        session.apply_edit(set_answer(session.article_sentences[i], Answer.ACCEPT))
    session.close()
    for old, new in pairwise((first, *later)):
        add_version(CorpusFolder.open(path), version(old), new)
        session = open_session(CorpusFolder.open(path))
        for i, w in enumerate(session.article_sentences):
            if w.sentence.text in accept:
                session.apply_edit(set_answer(session.article_sentences[i], Answer.ACCEPT))
        session.close()
    return sorted(text for _, text, _ in _accepted(CorpusFolder.open(path)))


def test_a_short_sentence_is_no_part_of_a_longer_one(tmp_path: Path) -> None:
    """A subheading that is finished in the new version takes no sentence out that has its words."""
    old, new = "The mayor spoke in Port Amery on Friday.", "The mayor spoke in Port Amery on Saturday."
    assert _exported_after(tmp_path / "a", ("Port Amery", old), ("Port Amery", new)) == ["Port Amery", old]
    kept = _exported_after(tmp_path / "b", ("Port Amery", old), ("Port Amery", new), accept=[new])
    assert kept == ["Port Amery", new]


def test_a_few_of_its_words_are_no_part_of_a_deleted_sentence(tmp_path: Path) -> None:
    """A new sentence that has some words of one that is gone takes it out only where it was split into such parts."""
    gone = "“This is a disaster for all of us,” said Mayor Ilka Moran on Monday."
    new = "Mayor Ilka Moran resigned."
    assert _exported_after(tmp_path / "a", (gone,), (new,), accept=[new]) == sorted([gone, new])
    whole, parts = (
        "Ilka Moran came by boat, and Pell counted 12 seals.",
        ("Ilka Moran came by boat.", "Pell counted 12 seals."),
    )
    assert _exported_after(tmp_path / "b", (whole,), parts, accept=parts[:1]) == [parts[0]]
    changed = (parts[0], "Pell counted 13 seals.")
    assert _exported_after(tmp_path / "c", (whole,), parts, changed, accept=changed[1:]) == [changed[1]]
    assert _exported_after(tmp_path / "d", (whole,), parts[1:], accept=parts[1:]) == [parts[1]]  # “, and” is nobody's


def test_a_deleted_sentence_leaves_no_word_to_another(tmp_path: Path) -> None:
    """Of two that are like one in the new version, that one has become it which has more of its words."""
    brann, lyn, new = "Brann won 3-1 at Voss.", "Lyn won 3-1 at Odda.", "Brann won 3-2 at Voss."
    assert _exported_after(tmp_path / "news", (brann, lyn), (new,), accept=[new]) == [new, lyn]


def test_a_sentence_is_followed_over_a_version_where_it_was_open(tmp_path: Path) -> None:
    """What changes little from version to version is one sentence, however little the last has of the first."""
    first = "Pell said the ferry company would pay everything."
    second = "Pell said the ferry company was late again."
    third = "A court found the ferry company was late again yesterday in winter."
    assert _exported_after(tmp_path / "news", (first,), (second,), (third,), accept=[third]) == [third]


def _line(marker: int, words: int) -> str:
    return f"Nr{marker} of crew{marker} counted {words} seals{marker} off quay{marker}, as boat{marker} did."


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("edit", "insert", "delete", "merge", "move", "back", "open", "accept")), st.integers(0, 9)
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(_STEPS)
@example([("accept", 0), ("edit", 0), ("edit", 1), ("accept", 1)])  # changed, then another sentence changed
@example([("accept", 1), ("edit", 0), ("accept", 0)])
@example([("accept", 0), ("insert", 0), ("edit", 1), ("accept", 0)])
@example([("accept", 0), ("accept", 1), ("merge", 0), ("open", 0), ("accept", 0)])
@example([("accept", 0), ("edit", 0), ("accept", 0), ("back", 0)])
@example([("accept", 0), ("edit", 1), ("accept", 0), ("back", 0), ("open", 0)])
@example([("delete", 0), ("accept", 0), ("back", 0), ("edit", 0), ("open", 0), ("back", 0)])
def test_each_sentence_is_exported_once_through_any_versions(steps: list[tuple[str, int]]) -> None:
    """What was accepted in any version is exported once, with the spans that it was last given where its words stay.

    Of a sentence that has become two, the part that is open is not exported.
    """
    with TemporaryDirectory() as folder:
        history = _Versions(Path(folder) / "news")
        for step, i in steps:
            getattr(history, step)(i)
            exported = [i.annotated for i in select_items(CorpusFolder.open(history.path)).items]
            finished = [w for w in exported if w.annotation.answer is Answer.ACCEPT]
            found = [int(x) for w in finished for x in re.findall(r"Nr(\d+)", w.sentence.text)]
            assert len(found) == len(set(found)), (step, i)
            assert set(found) == history.accepted or "merge" in {name for name, _ in steps}, (step, i)
            spans = {w.sentence.text: {(w.text_of(s), s.label) for s in w.annotation.spans} for w in finished}
            assert all(history.last_spans[text] == found for text, found in spans.items()), (step, i)


@settings(max_examples=30, deadline=None)
@given(_STEPS)
@example([("accept", 0), ("accept", 5), ("edit", 1), ("open", 0), ("open", 5), ("back", 0)])
@example([("accept", 0), ("insert", 0), ("back", 0), ("edit", 0), ("accept", 0)])
@example([("delete", 7), ("accept", 7), ("delete", 4), ("edit", 0), ("accept", 4), ("back", 6)])
@example([("accept", 0), ("edit", 1), ("accept", 5), ("edit", 0), ("accept", 0), ("accept", 5)])
def test_two_annotators_who_agree_lose_nothing(steps: list[tuple[str, int]]) -> None:
    """What somebody has accepted is exported from one version, whoever has opened which, without a conflict."""
    with TemporaryDirectory() as folder:
        history = _Versions(Path(folder) / "news", ("ana", "ben"))
        for step, i in steps:
            getattr(history, step)(i)
            found: dict[str, set[str]] = {}
            with closing(open_selection(CorpusFolder.open(history.path))) as selection:
                corpus = CorpusFolder.open(history.path)
                for a in map(corpus.article, corpus.article_ids()):
                    selection.add_article(a, None)
                selection.finish_articles(corpus.sentences)
                assert not selection.conflicts, (step, i)
                for item in selection.items(corpus.article):
                    if item.annotated.annotation.answer is Answer.ACCEPT:
                        for marker in re.findall(r"Nr(\d+)", item.annotated.sentence.text):
                            found.setdefault(marker, set()).add(item.article.id)
            assert all(len(articles) == 1 for articles in found.values()), (step, i, found)
            assert set(map(int, found)) == history.accepted or "merge" in {name for name, _ in steps}, (step, i)


class _Versions:
    """An article that goes through versions, a sentence a line, and annotators who agree or one who does not."""

    def __init__(self, path: Path, names: Sequence[str] = ("ana",)) -> None:
        self.path = path
        self.names = names
        self.lines = [_line(n, 10) for n in range(3)]
        self.markers = itertools.count(3)
        self.seen = [version(self.lines)]
        make_corpus(path, self.seen[0])
        self.accepted: set[int] = set()
        self.last_spans: dict[str, set[tuple[str, str]]] = {}

    def _ingest(self, lines: list[str]) -> None:
        old, self.lines = version(self.lines), lines
        new, corpus = version(lines), CorpusFolder.open(self.path)
        if new.id == old.id:
            return
        if new.id in corpus.article_ids():
            corpus.replace_article(old.id, new.id)
        else:
            add_version(corpus, old, lines)
        self.seen.append(new)

    def edit(self, i: int) -> None:
        lines, k = list(self.lines), i % len(self.lines)
        lines[k] = re.sub(r"counted (\d+)", lambda m: f"counted {int(m.group(1)) + 1}", lines[k], count=1)
        self._ingest(lines)

    def insert(self, i: int) -> None:
        k = i % (len(self.lines) + 1)
        self._ingest([*self.lines[:k], _line(next(self.markers), 10), *self.lines[k:]])

    def delete(self, i: int) -> None:
        if len(self.lines) > 1:
            self._ingest([x for k, x in enumerate(self.lines) if k != i % len(self.lines)])

    def merge(self, i: int) -> None:
        if (k := i % len(self.lines)) + 1 < len(self.lines):
            merged = f"{self.lines[k][:-1]}, and {self.lines[k + 1]}"
            self._ingest([*self.lines[:k], merged, *self.lines[k + 2 :]])

    def move(self, i: int) -> None:
        k = i % len(self.lines)
        self._ingest([x for n, x in enumerate(self.lines) if n != k] + [self.lines[k]])

    def back(self, i: int) -> None:
        self._ingest(self.seen[i % len(self.seen)].text.split("\n"))

    def open(self, i: int) -> None:
        open_session(CorpusFolder.open(self.path), name=self.names[i // 5 % len(self.names)]).close()

    def accept(self, i: int) -> None:
        session = open_session(CorpusFolder.open(self.path), name=self.names[i // 5 % len(self.names)])
        k = i % len(session.article_sentences)
        w = session.article_sentences[k]
        for s in w.annotation.spans:
            session.apply_edit(remove_span(session.article_sentences[k], s))
        text, label = w.sentence.text, ("PERSON", "VENUE")[i % 2 if len(self.names) == 1 else 0]
        word = span(text, text.split()[0], label)
        session.apply_edit(add_span(session.article_sentences[k], word, session.schema))
        session.apply_edit(set_answer(session.article_sentences[k], Answer.ACCEPT))
        session.close()
        self.accepted |= {int(x) for x in re.findall(r"Nr(\d+)", text)}
        self.last_spans[text] = {(text.split()[0], label)}
