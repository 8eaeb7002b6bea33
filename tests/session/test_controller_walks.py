"""Random walks over the keys: the journal says what the state says, and only a rule may refuse."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import LineVerdict, Sentence
from annotator.core.errors import RuleError
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import is_aligned, tokens_cover_text
from annotator.session.action import OpenReview, SelectTokens
from annotator.session.actions.selection import select_visible_suggestions
from annotator.session.annotation_controller import AnnotationController
from annotator.session.commands import COMMANDS, SCREEN_COMMANDS
from annotator.session.review_queue import LeftQueue
from annotator.session.session import AnnotationSession
from annotator.storage.journal import Journal
from annotator.storage.suggestion_writer import SuggestionWriter
from annotator.storage.suggestions import suggestion_path
from tests import builders

_NAMES = [c.id for c in COMMANDS]
_OFTEN = ["next_stop", "grow", "accept", "undo", "redo", "join", "split", "remove", "sentence_down"]

STEPS = st.one_of(
    st.sampled_from(_NAMES + _OFTEN * 3),
    st.sampled_from([f"key {c}" for c in "jkluiohnmpygertwvcbqxzasdf123456789" + "asdf" * 6]),
    st.tuples(st.sampled_from(["click", "drag"]), st.integers(0, 40), st.integers(0, 40)),
    st.tuples(st.sampled_from(["line", "unline"]), st.integers(0, 7), st.integers(0, 8)),
    st.sampled_from(["%a", "%s", "%d", "left list_yes", "left list_refuse", "left list_leave"]),
    st.just("restart"),
)
FILES = st.tuples(st.just("suggest"), st.integers(0, 3), st.integers(0, 5))
"""Another version of one of two models has written its file, or a private one; 5: the file is gone."""
Step = str | tuple[str, int, int]


@dataclass
class ControllerWalk:
    """A session with a pen at the keys of the registry, without a screen."""

    path: Path
    start: str = ""
    read_only: bool = False
    labels: tuple[str, ...] = ()
    session: AnnotationSession = field(init=False)
    controller: AnnotationController = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Open the corpus."""
        self.session = builders.open_session(self.path, start=self.start, read_only=self.read_only, labels=self.labels)
        self.controller = AnnotationController(self.session)

    @property
    def suggested(self) -> dict[str, tuple[Suggestion, ...]]:
        """Return what the open article's sentences have to be drawn, by sentence."""
        s = self.session
        found = (tuple(s.suggestions_for(i)) for i in range(len(s.article_sentences)))
        pairs = zip(s.article_sentences, found, strict=True)
        return {w.sentence.id: select_visible_suggestions(x, w, s.schema) for w, x in pairs}

    def take(self, step: Step) -> None:
        """Do a step as the screen would: nothing where there is no sentence, and settle after it."""
        if step == "restart":
            self.session.close()
            self.open()
        elif isinstance(step, tuple) and step[0] == "suggest":
            self._suggest(*step[1:])
        elif isinstance(step, tuple) and "line" in step[0]:
            self._line(*step)
        elif self.session.article_sentences:
            self._key(step)
        if self.session.article_sentences:
            self.controller.state()

    def _suggest(self, model: int, version: int) -> None:
        """Let a file come, change or go, and the session take it up as at the next sentence."""
        source, owner = f"m{model % 2}", "ana" if model > 1 else ""
        fingerprint = "rows" if version % 2 else f"model-0000000{model}-{version:08}"
        if version == 5:
            suggestion_path(self.path, source, owner).unlink(missing_ok=True)
        else:
            made = (s for a in self.session.corpus.article_ids() for s in self.session.corpus.sentences(a))
            with SuggestionWriter(
                self.path, source, fingerprint, resumes=False, replaces_others=True, owner=owner
            ) as writer:
                writer.add([(s, self._found(s, version)) for s in made])
                writer.finish()
        self.session.suggestion_updates.load()
        self.session.arrive()

    def _found(self, s: Sentence, version: int) -> list[Suggestion]:
        first = s.tokens[version % len(s.tokens)]
        return (
            [Suggestion(first.start, first.end, "VENUE", "m", 0.3 + version / 10, "GPE")] if first.text.strip() else []
        )

    def _line(self, kind: str, line: int, verdict: int) -> None:
        if kind == "unline":
            self.session.undo_line_verdict(self.session.current_article_id)
            return
        lines = self.session.article(self.session.current_article_id).lines
        self.session.set_line_verdict(self.session.current_article_id, line % len(lines), list(LineVerdict)[verdict])

    def _key(self, step: Step) -> None:
        n = len(self.session.annotated.sentence.tokens)
        if isinstance(step, tuple):
            kind, a, b = step
            self.controller.dispatch(SelectTokens(a % n, None if kind == "click" else b % n))
        elif step[0] == "%":
            self.controller.dispatch("take")
            self._key(f"key {step[1]}")
        elif step.startswith("left "):
            navigation = self.session.navigation
            left = navigation.problem_finder.sentences_with_left(navigation.touched_sentences())
            self.controller.dispatch(OpenReview(LeftQueue(self.session, left)))
            self.controller.dispatch(step.removeprefix("left "))
        elif step.startswith("key "):
            action = self.controller.action_for_key(step[-1], step[-1])
            assert action
            self.controller.dispatch(action)
        else:
            self.controller.set_visible(
                range(len(self.session.article_sentences))[self.session.position.sentence :][:3]
            )
            self.controller.dispatch(step)


@settings(max_examples=40)
@given(st.lists(STEPS, min_size=5, max_size=60))
def test_the_journal_holds_what_the_state_holds(steps: list[Step]) -> None:
    """After any keys: the last line of each sentence is its state, and a restart finds all of it again."""
    with tempfile.TemporaryDirectory() as folder:
        walk = ControllerWalk(builders.make_corpus(Path(folder) / "news").path)
        for step in steps:
            walk.take(step)
            _is_sound(walk.session)
        session = walk.session
        assert session.close()
        _journal_is_state(session)
        again = builders.open_session(walk.path)
        for article in session.queue:
            assert again.annotation_store.sentences_of(article) == session.annotation_store.sentences_of(article)
        assert len(again.history.done) == len(session.history.done)
        assert len(again.history.undone) == len(session.history.undone)
        again.close()


@settings(max_examples=40)
@given(st.lists(st.one_of(STEPS, STEPS, STEPS, FILES), min_size=5, max_size=40))
def test_a_restart_draws_what_the_running_session_draws(steps: list[Step]) -> None:
    """After any keys, and new suggestion files, a session that starts with the same files has the same suggestions."""
    with tempfile.TemporaryDirectory() as folder:
        walk = ControllerWalk(builders.make_corpus(Path(folder) / "news").path)
        for step in steps:
            walk.take(step)
            assert walk.session.flush()
            if walk.session.article_sentences:
                fresh = ControllerWalk(walk.path, walk.session.annotated.sentence.id, read_only=True)
                assert fresh.suggested == walk.suggested
                fresh.session.close()
        walk.session.close()


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=12), st.booleans())
def test_a_command_that_changes_nothing_gives_the_reason(steps: list[Step], armed: bool) -> None:
    """Whatever was pressed before, each command of the annotate screen changes what is drawn, or there is a message.

    But for Esc: that nothing is selected then can be seen.
    """
    with tempfile.TemporaryDirectory() as folder:
        walk = ControllerWalk(builders.make_corpus(Path(folder) / "news").path)
        for step in steps:
            walk.take(step)
        if walk.session.article_sentences and armed:
            walk.take("key a")
        for command in sorted({c.id for c in COMMANDS} - SCREEN_COMMANDS - {"let_go"}):
            for _ in range(3):  # what is possible may come to its end
                before = _drawn(walk.controller)
                walk.controller.dispatch(command)
                assert walk.controller.message or _drawn(walk.controller) != before, command
        walk.session.close()


def _drawn(controller: AnnotationController) -> tuple[object, ...]:
    """Return what people see of a state."""
    s = controller.state()
    chosen = s.selection.range if s.selection else None
    keys = (s.typed_hint, s.armed_label, s.asked_label, s.hint_visibility, s.letters_active, s.span_just_made)
    return (s.article.id, s.active, s.annotated_sentences, chosen, *keys, s.top_line, controller.tour, s.message)


def _journal_is_state(session: AnnotationSession) -> None:
    last: dict[str, AnnotatedSentence] = {}
    with Journal.open(session.corpus.path, "ana") as journal:
        assert [r.seq for r in journal.records] == list(range(1, len(journal.records) + 1))
        for record in journal.records:
            last[record.annotated.sentence.id] = record.annotated
    for article in session.queue:
        for annotated in session.annotation_store.touched_sentences_of(article):
            assert last[annotated.sentence.id] == annotated


def _is_sound(session: AnnotationSession) -> None:
    """Hold the active article against the rules that every export counts on."""
    for annotated in session.annotation_store.sentences_of(session.current_article_id):
        s, spans = annotated.sentence, annotated.annotation.spans
        assert tokens_cover_text(s.tokens, s.text)
        for i, span in enumerate(spans):
            assert is_aligned(s.tokens, span.start, span.end)
            assert annotated.text_of(span) == annotated.text_of(span).strip() != ""
            assert session.schema.find_violation(span, [o for o in spans[:i] if o != span]) is None
    assert 0 <= session.position.sentence <= max(0, len(session.article_sentences) - 1)


def test_a_click_forgets_a_half_typed_hint() -> None:
    """After the first letter of a hint a click selects, and the next letter starts a hint anew."""
    with tempfile.TemporaryDirectory() as folder:
        session = builders.open_session(builders.make_corpus(Path(folder) / "news"))
        session.navigation.move_in_article(1)  # a sentence of more words than there are letters
        controller = AnnotationController(session)
        prefix = next(h.letters[0] for h in controller.state().hints if len(h.letters) == 2)
        controller.press_hint(prefix)
        assert controller.typed_hint == prefix
        controller.click(0)
        assert controller.typed_hint == ""
        session.close()


def test_white_space_alone_cannot_be_labelled() -> None:
    """A line break inside a joined sentence is no span, and the rule says so."""
    with tempfile.TemporaryDirectory() as folder:
        session = builders.open_session(builders.make_corpus(Path(folder) / "news"))
        session.navigation.move_in_article(0)
        session.join()
        controller = AnnotationController(session)
        at = next(i for i, t in enumerate(session.annotated.sentence.tokens) if not t.text.strip())
        controller.drag(at, at)
        with pytest.raises(RuleError) as caught:
            controller.label(session.schema.labels[0].name)
        assert str(caught.value) == "only white space is selected; select a word"
        assert not session.annotated.annotation.spans
        session.close()
