"""Suggestion files that come while a session runs, and those of one annotator alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.errors import JournalError
from annotator.core.suggestion import Suggestion
from annotator.session.annotation_controller import AnnotationController
from annotator.session.session import AnnotationSession
from annotator.storage.suggestion_writer import SuggestionWriter
from annotator.storage.suggestions import session_suggestion_paths, source_names, suggestion_path
from tests import builders


def write(
    session: AnnotationSession, source: str, label: str = "VENUE", owner: str = "", fingerprint: str = "f"
) -> Path:
    """Write a file in which the first word of every sentence has a label."""
    corpus = session.corpus
    with SuggestionWriter(corpus.path, source, fingerprint, owner=owner, resumes=False) as writer:
        for s in (s for a in corpus.article_ids() for s in corpus.sentences(a)):
            first = s.tokens[0]
            writer.add([(s, [Suggestion(first.start, first.end, label, source, 0.9, "k")])])
        writer.finish()
    return suggestion_path(corpus.path, source, owner)


def first_word(session: AnnotationSession) -> set[tuple[str, str]]:
    """Return label and source of what is suggested for the first word of the active sentence, without the rules."""
    found = session.suggestions_for(session.position.sentence)
    return {(x.label, x.source) for x in found if x.start == 0 and x.source not in {"rules", "history"}}


def watched(path: Path, annotator: str = "ana") -> tuple[AnnotationController, list[str]]:
    """Return a controller at the first sentence whose session loads new files at once, and what it reports."""
    session = builders.open_session(path, name=annotator)
    session.navigation.move_in_article(0)
    news: list[str] = []
    session.on_news(session.suggestion_updates.load, news.append)
    session.on_warning(news.append)
    controller = AnnotationController(session)
    controller.state()
    return controller, news


def test_a_new_file_is_used_from_the_sentence_after_the_next_look_on(tmp_path: Path) -> None:
    """The sentence in hand and its selection stay; the file is seen when one goes on, and used when it is loaded."""
    controller, news = watched(builders.make_corpus(tmp_path / "news").path)
    session = controller.session
    write(session, "m")
    controller.dispatch("next_stop")
    chosen = controller.selection
    assert first_word(session) == set()
    controller.dispatch("sentence_down")
    assert news == [], "it is being read"
    assert first_word(session) == set()
    controller.dispatch("sentence_down")
    sentences = sum(len(session.corpus.sentences(a)) for a in session.corpus.article_ids())
    assert news == [f"new suggestions: m, {sentences} sentences"]
    assert first_word(session) == {("VENUE", "m")}
    assert chosen is not None
    write(session, "m", "COUNT", fingerprint="g")
    for _ in range(2):
        assert first_word(session) == {("VENUE", "m")}, "what has replaced the file is not seen before it is loaded"
        controller.dispatch("sentence_down")
    assert first_word(session) == {("COUNT", "m")}
    suggestion_path(session.corpus.path, "m").unlink()
    controller.dispatch("sentence_up")
    controller.dispatch("sentence_up")
    assert (first_word(session), news[-1]) == (set(), "suggestions that are gone: m")
    session.close()


def test_a_broken_file_is_reported_and_the_old_suggestions_stay(tmp_path: Path) -> None:
    """Once, not at each sentence, and with what was learned of them; a sound one is used again."""
    controller, news = watched(builders.make_corpus(tmp_path / "news").path)
    session = controller.session
    path = write(session, "m")
    for _ in range(2):
        controller.dispatch("sentence_down")
    controller.dispatch("accept")
    controller.dispatch("article_down")
    counts_by_key = session.suggestion_service.accuracy.counts_by_key
    assert ("m", "VENUE", "k") in (learned := dict(counts_by_key))
    beside = path.with_suffix(".tmp")
    beside.write_bytes(b"\x00\x01 no suggestions\n")
    beside.replace(path)
    for _ in range(4):
        controller.dispatch("sentence_down")
        assert first_word(session) == {("VENUE", "m")}
        assert counts_by_key == learned
    (warning,) = (x for x in news if "its old suggestions stay" in x)
    assert warning.startswith("m: no line of the file is suggestions; make them again with `annotator suggest`")
    path.unlink()
    write(session, "m", "COUNT")
    for _ in range(2):
        controller.dispatch("sentence_up")
    assert first_word(session) == {("COUNT", "m")}
    session.close()


def test_a_join_takes_nothing_up(tmp_path: Path) -> None:
    """The sentence stays in hand though it has other tokens."""
    controller, news = watched(builders.make_corpus(tmp_path / "news").path)
    session = controller.session
    write(session, "m")
    session.suggestion_updates.load()
    controller.dispatch("join")
    assert (news, first_word(session)) == ([], set())
    controller.dispatch("sentence_down")
    assert len(news) == 1
    session.close()


def test_private_suggestions_are_read_by_their_owner_alone(tmp_path: Path) -> None:
    """Nobody else's session has them, nor has a command; a private file hides one of its name for all."""
    corpus = builders.make_corpus(tmp_path / "news").path
    session = builders.open_session(corpus)
    path = write(session, "learned", owner="ana")
    assert path == corpus / "suggestions" / ".private" / "ana" / "learned.jsonl"
    write(session, "m")
    write(session, "m", "COUNT", owner="ana")
    session.close()
    assert source_names(corpus) == ("m",)
    assert source_names(corpus, "ana") == ("learned", "m")
    assert list(session_suggestion_paths(corpus, "ben")) == ["m"]
    for name, found in (("ana", {("VENUE", "learned"), ("COUNT", "m")}), ("ben", {("VENUE", "m")})):
        controller, _ = watched(corpus, name)
        assert first_word(controller.session) == found
        controller.session.close()


@pytest.mark.parametrize("owner", ["..", "A", "a/b", ".x"])
def test_no_owner_becomes_a_path(tmp_path: Path, owner: str) -> None:
    """Only the name of an annotator names a folder."""
    with pytest.raises(JournalError, match="is no name for an annotator"):
        suggestion_path(tmp_path, "m", owner)
