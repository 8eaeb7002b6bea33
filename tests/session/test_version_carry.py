"""A new version of an article takes the annotator's work over at the opening, as one edit of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from annotator.core.annotation import Answer
from annotator.core.article import Article
from annotator.core.edits import Op, add_span, set_answer
from annotator.core.search_query import parse_query
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from tests.builders import article, make_corpus, open_session, records_in, sentences, span
from tests.cli.command_runner import call

FIRST = ("Ilka Moran came to Tarn Quay.", "Pell counted 12 boats.", "It rained.")
SECOND = ("Ilka Moran came to Tarn Quay.", "Pell counted 13 boats.", "It rained.", "All went home.")


def version(lines: Sequence[str]) -> Article:
    """Make a version of the article."""
    return article("\n".join(lines), "b" * len(lines), title="Boats")


def add_version(corpus: CorpusFolder, old: Article, lines: Sequence[str]) -> Article:
    """Put a new version in the place of an old one."""
    new = version(lines)
    corpus.add_article(new, sentences(new))
    corpus.replace_article(old.id, new.id)
    return new


def annotate(session: AnnotationSession) -> None:
    """Annotate and accept the first two sentences."""
    for words, label in (("Ilka Moran", "PERSON"), ("Pell", "PERSON")):
        w = next(w for w in session.article_sentences if words in w.sentence.text)
        session.apply_edit(add_span(w, span(w.sentence.text, words, label), session.schema))
        w = next(w for w in session.article_sentences if words in w.sentence.text)
        session.apply_edit(set_answer(w, Answer.ACCEPT))


def _annotated_corpus(path: Path) -> tuple[CorpusFolder, Article]:
    """Make a corpus of the first version, annotated; return both."""
    old = version(FIRST)
    corpus = make_corpus(path, old)
    session = open_session(corpus)
    annotate(session)
    session.close()
    return corpus, old


def _state(session: AnnotationSession) -> list[tuple[Answer | None, list[str]]]:
    return [(w.annotation.answer, [w.text_of(s) for s in w.annotation.spans]) for w in session.article_sentences]


NEW_STATE = [(Answer.ACCEPT, ["Ilka Moran"]), (None, ["Pell"]), (None, []), (None, [])]


def test_next_opening_carries_over(tmp_path: Path) -> None:
    """The opening after an ingest carries over in one batch with the origins, says so, and the next finds nothing."""
    corpus, old = _annotated_corpus(tmp_path / "news")
    add_version(corpus, old, SECOND)
    session = open_session(corpus.path)
    assert _state(session) == NEW_STATE
    message = (
        "article 1 is a new version: 1 unchanged sentence carried over; 1 changed: / and the word problem finds them"
    )
    assert message in session.warnings
    assert session.flush()
    records = records_in(corpus.path / "annotations/ana.jsonl")
    assert [(r.op, r.batch, r.carried_from) for r in records[-2:]] == [
        (Op.CARRY, (5, 2), w.sentence.id) for w in session.annotation_store.touched_sentences_of(old.id)
    ]
    session.close()
    again = open_session(corpus.path)
    assert _state(again) == NEW_STATE
    assert not any("new version" in w for w in again.warnings)
    assert again.flush()
    assert records_in(corpus.path / "annotations/ana.jsonl") == records
    again.close()


def test_problem_finds_what_has_changed_until_it_is_settled(tmp_path: Path) -> None:
    """The search for problems finds the changed sentence, at the next opening too, until it is annotated again."""
    corpus, old = _annotated_corpus(tmp_path / "news")
    add_version(corpus, old, SECOND)
    for _ in range(2):
        session = open_session(corpus.path)
        session.navigation.filter_by(parse_query("problem"))
        assert session.annotated.sentence.text == SECOND[1]
        session.close()
    session = open_session(corpus.path)
    session.apply_edit(set_answer(session.article_sentences[1], Answer.ACCEPT))
    assert not session.navigation.problem_finder.unsettled
    session.close()
    assert not open_session(corpus.path, read_only=True).navigation.problem_finder.unsettled


def test_undo_takes_the_whole_back_and_holds(tmp_path: Path) -> None:
    """One undo takes back all that was carried over; the next opening does not carry it over again, redo does."""
    old = version(FIRST)
    corpus = make_corpus(tmp_path / "news", old)
    session = open_session(corpus)
    annotate(session)
    session.join()
    session.close()
    add_version(corpus, old, ("It rained before.", *FIRST))
    session = open_session(corpus.path)
    carried = session.article_sentences
    assert [len(w.sentence.text.split("\n")) for w in carried] == [1, 2, 1]
    session.close()
    session = open_session(corpus.path)
    session.undo()
    assert [w.sentence for w in session.article_sentences] == list(corpus.sentences(session.current_article_id))
    session.close()
    session = open_session(corpus.path)
    assert not any(w.done or w.annotation.spans for w in session.article_sentences)
    session.redo()
    assert session.article_sentences == carried
    session.close()


def test_versions_between_are_skipped(tmp_path: Path) -> None:
    """Work goes to the newest version, from earlier ones too, and back to a version that has come back."""
    first = version(FIRST)
    corpus = make_corpus(tmp_path / "news", first)
    session = open_session(corpus)
    annotate(session)
    session.close()
    second = add_version(corpus, first, ("Nothing of it.",))
    third = add_version(corpus, second, SECOND)
    session = open_session(corpus.path)
    assert _state(session) == NEW_STATE
    session.apply_edit(set_answer(session.article_sentences[3], Answer.REJECT))
    session.close()
    fourth = add_version(corpus, third, (*SECOND, "Really."))
    corpus.replace_article(fourth.id, first.id)
    session = open_session(corpus.path)
    assert session.current_article_id == first.id
    session.close()


def test_read_only_changes_nothing(tmp_path: Path) -> None:
    """A session that only reads carries nothing over."""
    corpus, old = _annotated_corpus(tmp_path / "news")
    new = add_version(corpus, old, SECOND)
    before = (corpus.path / "annotations/ana.jsonl").read_bytes()
    session = open_session(corpus.path, read_only=True)
    assert session.current_article_id == new.id
    assert not any(w.done for w in session.article_sentences)
    assert (corpus.path / "annotations/ana.jsonl").read_bytes() == before


def test_redo_lists_what_has_changed_again(tmp_path: Path) -> None:
    """After undo and redo the problem is listed as before, at the next opening too, and after undo of an answer."""
    corpus, old = _annotated_corpus(tmp_path / "news")
    add_version(corpus, old, SECOND)
    session = open_session(corpus.path)
    changed = session.navigation.problem_finder.unsettled
    assert changed == {session.article_sentences[1].sentence.id}
    session.undo()
    assert not session.navigation.problem_finder.unsettled
    session.redo()
    assert session.navigation.problem_finder.unsettled == changed
    session.close()
    session = open_session(corpus.path)
    assert session.navigation.problem_finder.unsettled == changed
    session.apply_edit(set_answer(session.article_sentences[1], Answer.ACCEPT))
    assert not session.navigation.problem_finder.unsettled
    session.undo()
    assert session.navigation.problem_finder.unsettled == changed
    session.close()
    assert open_session(corpus.path, read_only=True).navigation.problem_finder.unsettled == changed


def test_a_deleted_sentence_is_listed_by_check(tmp_path: Path) -> None:
    """The message names the command; before the next opening and after it the sentence is listed, and exported."""
    corpus, old = _annotated_corpus(tmp_path / "news")
    add_version(corpus, old, (FIRST[0], FIRST[2]))
    for _ in range(2):
        result = call("check", corpus.path, "--only", "deleted")
        assert result.code == 3
        (line, _) = result.out.splitlines()
        assert f"{sentences(old)[1].id}: warning deleted: the new version " in line
        assert "has no such sentence: it is exported as it was; annotate it where it is now" in line
        session = open_session(corpus.path)
        session.close()
    assert "1 annotated sentence not in it any more: `annotator check` lists them" in " ".join(_carried(corpus, old))
    assert call("export", corpus.path, tmp_path / "out", "--format", "plain").code == 0
    (file,) = (p for p in (tmp_path / "out").iterdir() if p.name not in {"ledger.jsonl", "manifest.json"})
    assert FIRST[1] in file.read_text()


def _carried(corpus: CorpusFolder, old: Article) -> list[str]:
    """Return the warnings of Bo's first opening after Bo has annotated the old version."""
    new = corpus.article(old.id).replaced_by
    corpus.replace_article(new, old.id)
    session = open_session(corpus.path, name="bo")
    annotate(session)
    session.close()
    corpus.replace_article(old.id, new)
    session = open_session(corpus.path, name="bo")
    session.close()
    return session.warnings


def test_two_sentences_that_became_one_are_exported_once(tmp_path: Path) -> None:
    """When the new one is finished, neither of the old ones is exported beside it."""
    corpus, old = _annotated_corpus(tmp_path / "news")
    merged = "Ilka Moran came to Tarn Quay, and Pell counted 12 boats."
    add_version(corpus, old, (merged, FIRST[2]))
    session = open_session(corpus.path)
    assert session.flush()
    (record,) = (r for r in records_in(corpus.path / "annotations/ana.jsonl") if r.op is Op.CARRY)
    assert record.carried_from == " ".join(s.id for s in sentences(old)[:2])
    session.apply_edit(set_answer(session.article_sentences[0], Answer.ACCEPT))
    session.close()
    assert call("export", corpus.path, tmp_path / "out", "--format", "plain").code == 0
    (file,) = (p for p in (tmp_path / "out").iterdir() if p.name not in {"ledger.jsonl", "manifest.json"})
    assert [orjson.loads(line)["text"] for line in file.read_bytes().splitlines()] == [merged]


def test_a_changed_sentence_without_spans_is_exported_once(tmp_path: Path) -> None:
    """It is open again, and names the old one: the new one is exported in place of it when it is finished."""
    old = version(FIRST)
    corpus = make_corpus(tmp_path / "news", old)
    session = open_session(corpus)
    session.apply_edit(set_answer(session.article_sentences[2], Answer.ACCEPT))
    session.close()
    add_version(corpus, old, (FIRST[0], FIRST[1], "It rained hard."))
    session = open_session(corpus.path)
    assert _state(session)[2] == (None, [])
    assert session.navigation.problem_finder.unsettled == {session.article_sentences[2].sentence.id}
    for answer, text in ((None, FIRST[2]), (Answer.ACCEPT, "It rained hard.")):
        if answer:
            session.apply_edit(set_answer(session.article_sentences[2], answer))
        assert session.flush()
        assert call("export", corpus.path, tmp_path / text, "--format", "plain").code == 0
        (file,) = (p for p in (tmp_path / text).iterdir() if p.name not in {"ledger.jsonl", "manifest.json"})
        assert [orjson.loads(line)["text"] for line in file.read_bytes().splitlines()] == [text]
    session.close()


def test_spans_of_a_replaced_version_are_not_counted(tmp_path: Path) -> None:
    """The line on leaving counts what is in force: what was carried over counts once."""
    old = version(FIRST)
    corpus = make_corpus(tmp_path / "news", old)
    session = open_session(corpus)
    annotate(session)
    assert session.count_spans() == 2
    session.close()
    add_version(corpus, old, SECOND)
    session = open_session(corpus.path)
    assert (_state(session), session.count_spans()) == (NEW_STATE, 2)
    session.close()
