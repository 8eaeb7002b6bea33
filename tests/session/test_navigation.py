"""The way through the work: filter, order, jump, hits and counts, over a real corpus folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import set_answer, set_flag, set_note
from annotator.core.errors import RuleError
from annotator.core.search_query import parse_query
from annotator.core.suggestion import Suggestion
from annotator.session.navigation import Navigation
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.suggest.suggestion_service import SuggestionService
from tests import builders


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make a corpus of two articles: six sentences about the market, three about the bridge."""
    return builders.make_corpus(tmp_path / "news").path


def _at(session: AnnotationSession) -> tuple[int, int]:
    return (session.position.article, session.position.sentence)


def _flag(session: AnnotationSession, *places: tuple[int, int]) -> None:
    for article, sentence in places:
        annotated = session.sentences_of(session.queue[article])[sentence]
        session.apply_edit(set_flag(annotated, flagged=True))


def _hits(session: AnnotationSession, query: str) -> list[tuple[int, int]]:
    way = session.navigation
    found = way.sentence_search.search(
        parse_query(query), way.touched_sentences(), way.problem_finder.problem_sentences(way.touched_sentences())
    )
    way.search_hits = tuple(hit for hits in found for hit in hits)
    return [(h.article, h.index) for h in way.search_hits]


def test_the_finder_sees_what_the_session_sees(corpus: Path) -> None:
    """After edits, joins, splits and switched lines its works are one for one those of the queue."""
    session = builders.open_session(corpus)
    _flag(session, (0, 1), (1, 0))
    session.navigation.move_in_article(4)
    session.join()
    session.split(6)
    session.navigation.move_in_article(0)
    session.join()
    session.set_line_verdict(session.current_article_id, 6, LineVerdict.BODY)
    session.set_line_verdict(session.current_article_id, 5, LineVerdict.BOILERPLATE)
    for article in session.queue:
        seen = session.navigation.sentence_search.sentences_of(
            article, session.annotation_store.touched_sentences_of(article)
        )
        there = session.sentences_of(article)
        assert [w.sentence.text for w in seen] == builders.texts_of(there)
        assert [w.annotation for w in seen] == [w.annotation for w in there]
        assert session.navigation.progress_of(article) == session.article_cache.progress_of(article)
    session.close()


@pytest.mark.parametrize("query", ["", "-flag"])
def test_arrows_pass_over_no_sentence(corpus: Path, query: str) -> None:
    """Down to the end and up again every sentence of every article is come to, also where a filter finds all."""
    made = CorpusFolder.open(corpus)
    for n in range(3):
        article = builders.article(f"Short\n\nNumber {n}. It has two.", "t-b", origin=f"short-{n}.txt")
        made.add_article(article, builders.sentences(article))
    session = builders.open_session(corpus)
    for line in (0, 2):
        session.set_line_verdict(session.queue[3], line, LineVerdict.BOILERPLATE)
    every = [(n, i) for n, a in enumerate(session.queue) for i in range(len(session.sentences_of(a)))]
    assert {n for n, _ in every} == {0, 1, 2, 4}
    if query:
        session.navigation.set_filter(parse_query(query))
    down = [_at(session), *(_at(session) for _ in every if session.navigation.move_sentence(1))]
    up = [_at(session), *(_at(session) for _ in every if session.navigation.move_sentence(-1))]
    assert (down, up) == (every, every[::-1])
    session.close()


def test_hits_come_in_the_order_of_the_queue(corpus: Path) -> None:
    """Text, what is said of a sentence and its article are searched; each hit names its place."""
    session = builders.open_session(corpus)
    _flag(session, (0, 2))
    session.apply_edit(set_note(session.sentences_of(session.queue[1])[0], "is the lock a place?"))
    assert _hits(session, "moran") == [(0, 0), (0, 2), (0, 4)]
    assert _hits(session, "moran -flag") == [(0, 0), (0, 4)]
    assert _hits(session, "flag") == [(0, 2)]
    assert _hits(session, "note:lock") == [(1, 0)]
    assert _hits(session, "article:bridge answer:open") == [(1, 0), (1, 1), (1, 2)]
    assert _hits(session, "subscribe") == [], "its line is switched off"
    session.close()


def test_hits_can_be_gone_through_and_round(corpus: Path) -> None:
    """Next and previous count from where one is; without a search they say so."""
    session = builders.open_session(corpus)
    with pytest.raises(RuleError, match="there are no hits to go through; search with / first"):
        session.navigation.go_to_next_hit(1)
    session.navigation.last_query = parse_query("moran")
    _hits(session, "moran")
    session.navigation.move_in_article(1)
    seen = []
    for by in (1, 1, 1, -1):
        n = session.navigation.go_to_next_hit(by)
        seen.append(_at(session))
    assert seen == [(0, 2), (0, 4), (0, 0), (0, 4)]
    assert n == 2
    session.close()


def test_a_filter_leads_enter_and_the_arrows(corpus: Path) -> None:
    """Only what matches is come to, done sentences by the arrows too; without the filter all is as before."""
    session = builders.open_session(corpus)
    _flag(session, (0, 1), (0, 3), (1, 2))
    session.navigation.set_filter(parse_query("flag"))
    session.navigation.move_in_article(0)
    assert session.navigation.summary == "no hit of flag"
    assert session.navigation.go_to_next_open()
    assert session.navigation.summary == "filter: flag"
    assert _at(session) == (0, 1)
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    seen = []
    while session.navigation.go_to_next_open():
        seen.append(_at(session))
        session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    assert seen == [(0, 3), (1, 2)]
    assert session.navigation.move_sentence(-1)
    assert _at(session) == (0, 3)
    assert session.navigation.move_sentence(-1)
    assert not session.navigation.move_sentence(-1)
    assert session.navigation.edge_message(-1) == "no sentence before this one matches the filter"
    session.navigation.set_filter(parse_query(""))
    assert session.navigation.go_to_next_open()
    assert _at(session) == (0, 2)
    session.close()


def test_a_filter_by_answer_follows_the_work(corpus: Path) -> None:
    """What matches is looked up anew at each step."""
    session = builders.open_session(corpus)
    session.navigation.set_filter(parse_query("answer:open"))
    session.navigation.move_in_article(0)
    session.apply_edit(set_answer(session.article_sentences[1], Answer.ACCEPT))
    assert session.navigation.move_sentence(1)
    assert _at(session) == (0, 2)
    session.undo()
    session.navigation.move_in_article(0)
    assert session.navigation.move_sentence(1)
    assert _at(session) == (0, 1)
    session.close()


def test_problems_can_be_filtered_by(corpus: Path) -> None:
    """A sentence that lacks what others have is found; after its change and a new look it is not."""
    session = builders.open_session(corpus)
    for i in (0, 1):
        annotated = session.article_sentences[i]
        spans = [builders.span(annotated.sentence.text, "Tarn Quay", "VENUE")] if i == 0 else []
        annotation = annotated.annotation.with_spans(spans)
        session.apply_edit(set_answer(AnnotatedSentence(annotated.sentence, annotation), Answer.ACCEPT))
    session.navigation.set_filter(parse_query("problem"))
    assert _hits(session, "problem") == [(0, 1)]
    assert session.navigation.move_sentence(1) or session.navigation.move_sentence(-1)
    assert _at(session) == (0, 1)
    session.close()


@pytest.mark.parametrize(("text", "place"), [("3", (0, 2)), ("2.3", (1, 2)), ("2.", (1, 0)), (" 2/1 ", (1, 0))])
def test_any_sentence_can_be_named(corpus: Path, text: str, place: tuple[int, int]) -> None:
    """A number goes to a sentence of the article, two to another article."""
    session = builders.open_session(corpus)
    session.navigation.jump_to(text)
    assert _at(session) == place
    session.close()


def test_a_place_that_is_not_there_is_reported(corpus: Path) -> None:
    """What there is instead is told, and one stays where one was."""
    session = builders.open_session(corpus)
    for text, words in (
        ("7", "there is no sentence 7; article 1 has 6"),
        ("3.1", "there is no article 3; the corpus has 2"),
        ("0", "there is no sentence 0; article 1 has 6"),
        ("x", "that is no place; type 12"),
    ):
        with pytest.raises(RuleError, match=words):
            session.navigation.jump_to(text)
    assert _at(session) == (0, 0)
    session.close()


def test_unsure_sentences_come_first(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter goes to the open sentence that is the least sure of those looked at, then by article."""
    scores = {"He smiled": 0.5, "Moran left": 0.8, "Engineer": 0.6, "“It will": 0.5}

    def suggestions(_: SuggestionService, annotated: AnnotatedSentence) -> tuple[Suggestion, ...]:
        assert annotated.sentence.tokens
        found = [p for start, p in scores.items() if annotated.sentence.text.startswith(start)]
        return tuple(Suggestion(0, 2, "PERSON", "rules", p) for p in found)

    monkeypatch.setattr(SuggestionService, "suggestions", suggestions)
    session = builders.open_session(corpus)
    way: Navigation = session.navigation
    way.uncertain_first = True
    assert way.summary == "unsure first, looked at 0 articles"
    assert list(way.ranking.score(way.touched_sentences()))[-1] == 2
    assert way.summary == "unsure first"
    seen = []
    for _ in range(9):
        session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
        if session.navigation.go_to_next_open():
            seen.append(_at(session))
    assert seen == [(0, 2), (1, 2), (1, 1), (0, 4), (0, 1), (0, 3), (0, 5), (1, 0)]
    session.undo()
    session.navigation.move_in_article(0)
    assert session.navigation.go_to_next_open()
    assert _at(session) == (1, 0)
    session.close()


@pytest.mark.parametrize("every", [1, 2, 3, 8])
def test_the_least_sure_lead_while_the_others_are_looked_at(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    """Asked now and then, the ranking has most of what was looked at, the least sure first; in the end it has all."""

    def suggestions(_: SuggestionService, annotated: AnnotatedSentence) -> tuple[Suggestion, ...]:
        return (Suggestion(0, 2, "PERSON", "rules", 0.5 + len(annotated.sentence.text) / 1000),)

    monkeypatch.setattr(SuggestionService, "suggestions", suggestions)
    session = builders.open_session(corpus)
    ranking, touched = session.navigation.ranking, session.navigation.touched_sentences
    found = ((n, w) for n, a in enumerate(session.queue) for w in session.sentences_of(a))
    sizes = {(n, w.sentence.article, w.sentence.start): len(w.sentence.text) for n, w in found}

    def ranked() -> list[int]:
        return [sizes[place] for place in ranking.open_sentences(touched)]

    for looked_at, _ in enumerate(ranking.score(touched()), 1):
        if looked_at % every == 0:
            assert ranked() == sorted(ranked())
            assert len(ranked()) <= looked_at <= 1.2 * len(ranked()) + len(session.queue)
    assert ranked() == sorted(sizes.values())
    session.close()


def test_counts_of_a_large_corpus_follow_the_work(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once every article was counted the sum is there, and each edit moves it."""
    monkeypatch.setattr("annotator.session.session.MAX_COUNTED_AT_START", 1)
    session = builders.open_session(corpus)
    assert session.corpus_progress.total == 0
    for article in session.queue:
        session.navigation.progress_of(article)
    assert (session.corpus_progress.done, session.corpus_progress.total) == (0, 9)
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.join()
    assert (session.corpus_progress.done, session.corpus_progress.total) == (0, 8)
    session.undo()
    assert (session.corpus_progress.done, session.corpus_progress.total) == (1, 9)
    session.set_line_verdict(session.current_article_id, 5, LineVerdict.BOILERPLATE)
    assert session.corpus_progress.total == 8
    session.close()


def test_an_undone_sentence_is_unsure_again(corpus: Path) -> None:
    """The order by uncertainty comes back to a sentence whose answer was taken back."""
    session = builders.open_session(corpus)
    ranking, touched = session.navigation.ranking, session.navigation.touched_sentences
    list(ranking.score(touched()))
    place = (0, session.current_article_id, session.annotated.sentence.start)
    assert place in list(ranking.open_sentences(touched))
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    assert place not in list(ranking.open_sentences(touched))
    session.undo()
    assert place in list(ranking.open_sentences(touched))
    session.close()


def test_a_replaced_article_has_no_sentence_to_find(tmp_path: Path) -> None:
    """What was annotated in an older version is not found, counted or filtered by."""
    made = builders.make_corpus(tmp_path / "news")
    session = builders.open_session(made.path)
    old = session.current_article_id
    _flag(session, (0, 0))
    session.close()
    new = builders.article("A new market\n\nIt opens.", "t-b", origin="market.txt")
    made.add_article(new, builders.sentences(new))
    made.replace_article(old, new.id)
    session = builders.open_session(made.path)
    touched = session.annotation_store.touched_sentences_of(old)
    assert touched
    assert not session.navigation.sentence_search.sentences_of(old, touched)
    session.close()


def test_what_was_left_as_it_is_is_no_problem(corpus: Path) -> None:
    """Neither a word labelled otherwise elsewhere nor a span inside a token, once the annotator has passed it over."""
    session = builders.open_session(corpus)
    finder, touched = session.navigation.problem_finder, session.navigation.touched_sentences
    for i, words in ((0, "Tarn Quay"), (1, ""), (3, "bout")):
        annotated = session.article_sentences[i]
        spans = [builders.span(annotated.sentence.text, words, "VENUE")] if words else []
        annotation = annotated.annotation.with_spans(spans)
        session.apply_edit(set_answer(AnnotatedSentence(annotated.sentence, annotation), Answer.ACCEPT))
    ids = [w.sentence.id for w in session.article_sentences]
    assert finder.problem_sentences(touched()) == {ids[1], ids[3]}
    finder.skipped_proposals.update(p.key for g in finder.inconsistencies(touched()) for p in g.changes)
    assert finder.problem_sentences(touched()) == {ids[3]}
    finder.skipped_repairs.update(s.key for s in finder.misaligned_spans(touched()))
    assert not finder.problem_sentences(touched())
    session.close()


def test_a_start_without_an_open_sentence_shows_one(corpus: Path) -> None:
    """Everything is done, and the lines of the first article, where one was last, are switched off."""
    session = builders.open_session(corpus)
    for at in (*((1, i) for i in range(3)), *((0, i) for i in range(6))):
        session.apply_edit(set_answer(session.sentences_of(session.queue[at[0]])[at[1]], Answer.ACCEPT))
    first = session.queue[0]
    for number, line in enumerate(session.article(first).lines):
        if line.verdict is LineVerdict.BODY:
            session.set_line_verdict(first, number, LineVerdict.BOILERPLATE)
    while session.sentences_of(first):
        number = next(n for n, x in enumerate(session.article(first).lines) if x.verdict is LineVerdict.TITLE)
        session.set_line_verdict(first, number, LineVerdict.BOILERPLATE)
    session.close()
    session = builders.open_session(corpus)
    assert _at(session) == (1, 0)
    session.close()
