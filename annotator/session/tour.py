"""The first-run tour: what a newcomer does next, one thing at a time, and when it was done.

On the sample each step is a decision that its texts ask for: a suggestion that is right, one that is too long,
one that is wrong, a claim. A step is done when its key has had its effect, so nobody is praised for another
key. On any other corpus, of which the tour cannot know what is right, it teaches the keys on what is there.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.session.actions.selection import Selection
from annotator.session.state import TaskState

TAUGHT_SCORE = 0.9
"""From this score on a suggestion is taken for right where the tour does not know the text."""


class Decision(Struct, frozen=True):
    """A suggestion of the sample on which a step is taught."""

    sentence: str
    """How its sentence begins."""
    words: str
    label: str
    mended: str = ""
    """The words that are right, where it is too long."""
    reason: str = ""
    """Why it is too long or wrong."""

    def index(self, state: TaskState) -> int | None:
        """Return the index of its sentence in the article."""
        found = (i for i, a in enumerate(state.annotated_sentences) if a.sentence.text.startswith(self.sentence))
        return next(found, None)

    def suggestion(self, state: TaskState) -> Suggestion | None:
        """Return it, if it is still open."""
        i = self.index(state)
        if i is None:
            return None
        text = state.annotated_sentences[i].sentence.text
        found = state.visible_suggestions(i)
        return next((s for s in found if (text[s.start : s.end], s.label) == (self.words, self.label)), None)

    def span(self, state: TaskState, words: str = "") -> Span | None:
        """Return the span of its label that shares words with it, of exactly ``words`` if there are any."""
        i = self.index(state)
        if i is None:
            return None
        annotated = state.annotated_sentences[i]
        start = annotated.sentence.text.find(self.words)
        place = Span(start, start + len(self.words), self.label)
        spans = (s for s in annotated.annotation.spans if s.label == self.label and s.overlaps(place))
        return next((s for s in spans if not words or annotated.text_of(s) == words), None)


PORT_AMERY = Decision("The ferry crews and the harbour board", "Port Amery", "VENUE")
SAILORS = Decision("The ferry crews and the harbour board", "about 60 sailors", "COUNT")
TANK = Decision(
    "Fuel is the next worry",
    "Fuel is the next worry: the island’s tank holds enough for nine days",
    "CLAIM",
    "the island’s tank holds enough for nine days",
    "it begins after the colon",
)
MAUD = Decision("Union and board have disagreed", "Maud", "PERSON", reason="the Lady Maud is a ship")
INQUIRY = Decision(
    "An inquiry led by Agathe Roon", "that the engine room had been left unattended for 40 minutes", "CLAIM"
)


class TourMoment(Struct, frozen=True):
    """What one key has changed."""

    before: TaskState
    after: TaskState
    action: str
    """The id of the command, or the name of the request: ``PressLabel``, ``PressHint``."""

    @property
    def spans_added(self) -> int:
        """How many spans more the article has."""
        same = self.before.article_number == self.after.article_number
        return _count_spans(self.after) - _count_spans(self.before) if same else 0


class TourStep(Struct, frozen=True):
    """One thing to do."""

    name: str
    actions: frozenset[str]
    """What does it, by the id of the command or the name of the request."""
    has_effect: Callable[[TourMoment], bool]
    prerequisite: Callable[[TaskState], str] = lambda _: ""
    """The name of what has to be done before in this state; empty where nothing has."""
    is_applicable: Callable[[TaskState], bool] = lambda _: True
    """Whether the article has anything to do it on; a step that has not is left out."""
    decision: Decision | None = None

    def is_done(self, moment: TourMoment) -> bool:
        """Whether a key was that of the step and has had its effect."""
        return moment.action in self.actions and self.has_effect(moment)


def _count_spans(state: TaskState) -> int:
    return sum(len(w.annotation.spans) for w in state.annotated_sentences)


EDGES = frozenset({"right_less", "right_more", "left_less", "left_more"})


# -- steps on the sample's decisions -------------------------------------------------------------


def _take(name: str, decision: Decision) -> TourStep:
    """Return the step that takes a suggestion with its label's key."""

    def needs(state: TaskState) -> str:
        effect = state.label_effects.get(decision.label)
        if decision.suggestion(state) is None:
            return "another_key"
        return "clear" if effect and effect.tokens else ""

    return TourStep(
        name,
        frozenset({"PressLabel"}),
        lambda m: decision.span(m.before) is None and decision.span(m.after, decision.words) is not None,
        needs,
        lambda s: decision.suggestion(s) is not None,
        decision,
    )


def _needs_span_to_mend(state: TaskState) -> str:
    span = TANK.span(state)
    if span is None:
        return "too_long" if TANK.suggestion(state) else "another_key"
    return "" if state.selected_span == span else "visit"


def _needs_suggestion_selected(state: TaskState) -> str:
    found, chosen = MAUD.suggestion(state), state.selection
    if found is None:
        return "another_key"
    tokens = state.annotated.sentence.tokens
    here = chosen and (tokens[chosen.first].start, tokens[chosen.last - 1].end) == (found.start, found.end)
    return "" if here else "reach"


def _needs_letter(state: TaskState) -> str:
    if INQUIRY.suggestion(state) is None:
        return "another_key"
    return "" if _makes_claim(state) else "letter"


def _makes_claim(state: TaskState) -> bool:
    """Whether words are selected of which the label's key makes the claim."""
    effect, tokens = state.label_effects.get(INQUIRY.label), state.annotated.sentence.tokens
    if effect is None or effect.tokens is None:
        return False
    first, last = effect.tokens
    return state.annotated.sentence.text[tokens[first].start : tokens[last - 1].end] == INQUIRY.words


def _by_letter(moment: TourMoment) -> bool:
    """Whether the claim came of words that were selected, not of its suggestion."""
    return INQUIRY.span(moment.after, INQUIRY.words) is not None and _makes_claim(moment.before)


ACCEPT = TourStep(
    "accept", frozenset({"accept"}), lambda m: m.before.answer_of(m.before.active) is not None or _answered(m)
)
UNDO = TourStep("undo", frozenset({"undo"}), lambda m: m.before.annotated_sentences != m.after.annotated_sentences)


def _answered(moment: TourMoment) -> bool:
    return moment.after.done > moment.before.done or moment.after.done_here > moment.before.done_here


SAMPLE_STEPS = (
    _take("take", PORT_AMERY),
    _take("take_count", SAILORS),
    replace(ACCEPT, decision=SAILORS),
    _take("too_long", TANK),
    TourStep(
        "mend",
        EDGES,
        lambda m: TANK.span(m.after, TANK.mended) is not None,
        _needs_span_to_mend,
        lambda s: TANK.span(s) is not None,
        TANK,
    ),
    TourStep(
        "refuse",
        frozenset({"remove"}),
        lambda m: MAUD.suggestion(m.after) is None and MAUD.span(m.after) is None,
        _needs_suggestion_selected,
        lambda s: MAUD.suggestion(s) is not None,
        MAUD,
    ),
    TourStep(
        "claim",
        frozenset({"PressLabel"}),
        _by_letter,
        _needs_letter,
        lambda s: INQUIRY.suggestion(s) is not None,
        INQUIRY,
    ),
    UNDO,
)


# -- steps on any text ---------------------------------------------------------------------------


def _both_selections(moment: TourMoment) -> tuple[Selection, Selection] | None:
    old, new = moment.before.selection, moment.after.selection
    same = moment.before.annotated.sentence == moment.after.annotated.sentence
    return (old, new) if old and new and same else None


def _has_selected(moment: TourMoment) -> bool:
    """Whether words were selected that are no span: the next steps must not move one that stays."""
    return moment.after.selection is not None and moment.after.selected_span is None


def _has_changed(moment: TourMoment) -> bool:
    """Whether the selection has other words than before."""
    both = _both_selections(moment)
    return both is not None and both[0].range != both[1].range


def _needs_selection(state: TaskState) -> str:
    return "" if state.selection and not state.selected_span else "select"


def _needs_label(state: TaskState) -> str:
    return "" if state.selected_span else "visit" if state.annotated.annotation.spans else "label"


def first_sure_suggestion(state: TaskState) -> tuple[str, tuple[int, Suggestion]] | None:
    """Return the first suggestion of the active sentence that is probably right and that a label's key takes."""
    sure = [(n, t) for n, t in state.next_suggestions.items() if t[0] == state.active and t[1].score >= TAUGHT_SCORE]
    return min(sure, key=lambda x: x[1][1].start, default=None)


def _needs_sure_suggestion(state: TaskState) -> str:
    return "" if first_sure_suggestion(state) else "clear" if state.selection else "another_key"


PLAIN_STEPS = (
    TourStep(
        "take_sure",
        frozenset({"PressLabel"}),
        lambda m: m.spans_added > 0 and (m.before.selection is None or m.before.span_just_made),
        _needs_sure_suggestion,
        lambda s: first_sure_suggestion(s) is not None,
    ),
    TourStep("select", frozenset({"PressHint", "SelectTokens"}), _has_selected),
    TourStep(
        "grow", frozenset({"grow", "shrink"}), _has_changed, _needs_selection, lambda s: s.next_extent is not None
    ),
    TourStep("edge", EDGES, _has_changed, _needs_selection, lambda s: len(s.annotated.sentence.tokens) > 1),
    TourStep("label", frozenset({"PressLabel"}), lambda m: m.spans_added > 0, _needs_selection),
    TourStep("remove", frozenset({"remove"}), lambda m: m.spans_added < 0, _needs_label),
    ACCEPT,
    UNDO,
)


# -- the tour ------------------------------------------------------------------------------------


class Tour(Struct, frozen=True):
    """How far somebody has come."""

    at: int = 0
    steps: tuple[TourStep, ...] = PLAIN_STEPS
    edits: int = 0
    """How many edits the history had when the tour began: what is after them was done in the tour."""

    @property
    def step(self) -> TourStep:
        """The step of this moment."""
        return self.steps[self.at]

    @property
    def is_over(self) -> bool:
        """Whether its last step is done."""
        return self.at == len(self.steps)

    def is_left_by_work(self, before: TaskState, after: TaskState, action: str) -> bool:
        """Return True if an action works on at the last step: what is done from there on is not the tour's."""
        return self.step is UNDO and action != "undo" and before.annotated_sentences != after.annotated_sentences

    def advance(self, moment: TourMoment) -> Tour:
        """Return the tour after a key: a step on where its thing was done."""
        return replace(self, at=self.at + 1).skip(moment.after) if self.step.is_done(moment) else self

    def skip(self, state: TaskState) -> Tour:
        """Return the tour at the first step from here on that the article has anything for."""
        at = self.at
        while at < len(self.steps) and not self.steps[at].is_applicable(state):
            at += 1
        return replace(self, at=at)

    def sentence(self, state: TaskState) -> AnnotatedSentence | None:
        """Return the sentence in which the step is done, where it is one of the sample's."""
        i = self.step.decision.index(state) if self.step.decision else None
        return None if i is None else state.annotated_sentences[i]

    def current_step(self, state: TaskState) -> str:
        """Return the name of what to do now: the step, or what it needs first."""
        return "disarm" if state.armed_label else self.step.prerequisite(state) or self.step.name


def begin_tour(state: TaskState, edits: int) -> Tour:
    """Return the tour of an article: on the sample's decisions where they are open, else on what is there."""
    known = PORT_AMERY.suggestion(state) is not None
    return Tour(0, SAMPLE_STEPS if known else PLAIN_STEPS, edits).skip(state)
