"""What the screen draws: one frozen value for each moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, StrEnum

from msgspec import Struct, field

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import Article
from annotator.core.label_pass import ALL_LABELS, LabelPass
from annotator.core.schema import Label, Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.language import Expansion
from annotator.session.actions.hints import Hint
from annotator.session.actions.label_actions import LabelEffect
from annotator.session.actions.selection import Selection


class SaveState(StrEnum):
    """How far saving has come."""

    SAVED = "saved"
    SAVING = "saving"
    FAILED = "failed"
    READ_ONLY = "read only"


class StatusMessage(Struct, frozen=True):
    """A line for the prompt row; a warning names the rule and what to do."""

    text: str
    warning: bool = False
    stays: bool = False
    """Whether it is a question, which stays until the next key."""


Notice = str | StatusMessage
"""A message to show; an empty text is none."""


class PageMotion(Enum):
    """What the page does when another sentence is entered."""

    JUMP = "jump"
    """The sentence moves to its usual row."""
    STAY = "stay"
    """The page stays where it is, if the sentence is on it."""
    TURN = "turn"
    """A new page begins: all sentences in view have been accepted."""


def no_suggestions(i: int) -> tuple[Suggestion, ...]:
    """Offer nothing for a sentence."""
    del i
    return ()


def always_has_effect(command: str) -> bool:
    """Let every command act."""
    del command
    return True


class TaskState(Struct, frozen=True, eq=False):
    """The current article, the active sentence in it and everything that is marked in it.

    Each is a moment of its own, equal to no other, so that what is drawn of it can be remembered.
    """

    schema: Schema
    article: Article
    annotated_sentences: tuple[AnnotatedSentence, ...]
    active: int
    article_number: int
    article_count: int
    hints: tuple[Hint, ...]
    label_pass: LabelPass = ALL_LABELS
    """The labels that are looked at."""
    hint_visibility: str = "all"
    """Which hints are drawn: all, likely ones, or off."""
    letters_active: bool = True
    """Whether a letter selects a word now; else a key calls for the letters first."""
    typed_hint: str = ""
    """The first letter of a two-letter hint, once it is pressed."""
    selection: Selection | None = None
    selected_span: Span | None = None
    """The span that the selection covers exactly."""
    span_just_made: bool = False
    """Whether the span in focus was just made: a label key goes on to the next suggestion."""
    next_extent: Expansion | None = None
    """What Space would take."""
    visible_suggestions: Callable[[int], tuple[Suggestion, ...]] = no_suggestions
    """The suggestions that are drawn for the sentence of an index."""
    auto_accepted_suggestions: Callable[[int], tuple[Suggestion, ...]] = no_suggestions
    """Those of them that Enter takes."""
    auto_accept_labels: frozenset[str] = frozenset()
    """The labels whose sure suggestions Enter takes."""
    top_line: int = 0
    """The first wrapped line of the active sentence to show, where it is taller than the screen."""
    more_lines: int = 0
    """The first wrapped line that was not on the screen yet; 0 if all were."""
    has_effect: Callable[[str], bool] = always_has_effect
    """Whether a command, by its id, would do anything now: what is offered."""
    label_effects: Mapping[str, LabelEffect] = field(default_factory=dict)
    """Label → what its key does now; empty while it chooses what Enter takes."""
    label_toggles_auto_accept: bool = False
    """Whether the next label's key chooses what Enter takes: the message asks for it."""
    armed_label: str = ""
    """The label that the next words to be selected get."""
    asked_label: str = ""
    """The label whose suggestion before the last span is taken if its key is pressed again."""
    message: StatusMessage | None = None
    page_motion: PageMotion = PageMotion.JUMP
    save_state: SaveState = SaveState.SAVED
    saved_at: float = 0.0
    """When the last edit was on the disk, in seconds since 1970 (UTC); 0 before the first."""
    guideline_label: str = ""
    """The label whose guideline is shown: the one last used, the schema's first before that."""
    label_counts: Mapping[str, int] = field(default_factory=dict)
    """How many spans of each label the article has."""
    navigation_summary: str = ""
    """The filter and the order of work, where they are not the plain ones."""
    done: int = 0
    total: int = 0
    """Sentences of the corpus with an answer, and all; 0 while they are not counted yet."""
    spans_made: int = 0
    """How many spans the annotator has made in this corpus: a newcomer is helped until three."""

    @property
    def offered_labels(self) -> tuple[Label, ...]:
        """The labels that are looked at, in the order of the schema."""
        return tuple(x for x in self.schema.labels if self.label_pass.includes(x.name))

    @property
    def keyed_labels(self) -> tuple[Label, ...]:
        """Those of them that have a key."""
        return tuple(x for x in self.offered_labels if x.key)

    def answer_of(self, i: int) -> Answer | None:
        """Return the answer of a sentence, by index, as far as it holds for the labels that are looked at."""
        annotation = self.annotated_sentences[i].annotation
        return annotation.answer if self.label_pass.is_done(annotation) else None

    @property
    def done_here(self) -> int:
        """How many sentences of the article are done for the labels that are looked at."""
        return sum(self.label_pass.is_done(w.annotation) for w in self.annotated_sentences)

    @property
    def next_suggestions(self) -> dict[str, tuple[int, Suggestion]]:
        """Label → the suggestion that its key takes now, and the sentence of it by index, in reading order.

        Pressing the keys in this order passes over none of them.
        """
        found = ((name, e.sentence, e.suggestion) for name, e in self.label_effects.items() if e.takes)
        taken = [(name, (i, s)) for name, i, s in found if s]
        return dict(sorted(taken, key=lambda x: (x[1][0], x[1][1].start, -x[1][1].end)))

    @property
    def annotated(self) -> AnnotatedSentence:
        """The active sentence and its annotation."""
        return self.annotated_sentences[self.active]
