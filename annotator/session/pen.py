"""Selecting and labelling in the active sentence: what each key of the annotate screen does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from annotator.core import selection as sel
from annotator.core.annotation import Answer, Work
from annotator.core.article import Sentence
from annotator.core.edits import add_span, remove_span, set_answer
from annotator.core.errors import RuleError
from annotator.core.hints import Hint, Prefix, assign, resolve
from annotator.core.phrases import Candidate, candidates, extents
from annotator.core.phrases.common import small_words, without_common
from annotator.core.schema import Label
from annotator.core.selection import Selection
from annotator.core.spans import Span
from annotator.core.tokens import Range, Token, token_range
from annotator.session.session import Session
from annotator.session.state import Message, TaskState
from annotator.suggest.rules import Rules


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is worked out once on arrival at a sentence and stays while one works in it."""

    sentence: str
    hints: tuple[Hint, ...]
    candidates: tuple[Candidate, ...]
    guesses: Mapping[tuple[int, int], str]
    """The label that the rules suggest for a range of code points, where they suggest one."""


_NOWHERE = _Sheet("", (), (), {})


class Pen:
    """The selection in the active sentence of a session, and the deeds that need it."""

    def __init__(self, session: Session, cells: Callable[[str], int] = len) -> None:
        """Arrive at the session's sentence; ``cells`` tells how wide a token is drawn."""
        self.session = session
        self.guide = session.schema.labels[0].name
        self._cells = cells
        self._rules = Rules(session.schema)
        self._small: tuple[str, frozenset[str]] = ("", frozenset())
        self.selection: Selection | None = None
        self.typed = ""
        self._sheet = _NOWHERE
        self.arrive()

    # -- arriving ------------------------------------------------------------------------------

    def arrive(self) -> None:
        """Lay out the hints of the active sentence and offer its first candidate."""
        self.typed = ""
        self.selection = None
        if not self.session.queue or not self.session.here:
            self._sheet = _NOWHERE
            return
        s = self.session.work.sentence
        hints = assign(s.tokens, [self._cells(t.text) for t in s.tokens], self.session.schema.keys)
        guesses = {(x.start, x.end): x.label for x in self._rules.suggest(s)}
        self._sheet = _Sheet(s.id, hints, self._candidates(s), guesses)
        if not self.session.work.done:
            self._offer_after(None)

    def _candidates(self, sentence: Sentence) -> tuple[Candidate, ...]:
        """Return the candidates of a sentence, judged by the words of its whole article."""
        if sentence.article != self._small[0]:
            self._small = (sentence.article, small_words(self.session.article(sentence.article).text))
        return without_common(candidates(sentence.tokens), sentence.tokens, self._small[1])

    def settle(self) -> None:
        """Arrive anew if the session has moved to another sentence since."""
        here = self.session.work.sentence.id if self.session.here else ""
        if here != self._sheet.sentence:
            self.arrive()

    # -- selecting -----------------------------------------------------------------------------

    def hint(self, letter: str) -> bool:
        """Press a hint letter; False where no hint has it."""
        hit = resolve(self._sheet.hints, self.typed + letter)
        self.typed = self.typed + letter if isinstance(hit, Prefix) else ""
        if isinstance(hit, int):
            self.selection = sel.press(self.selection, self._tokens, hit)
        return hit is not None

    def click(self, token: int) -> None:
        """Select the phrase at a token, as a first hint does."""
        self.typed = ""
        self.selection = sel.press(None, self._tokens, token)

    def drag(self, first: int, last: int) -> None:
        """Select from one token to another, both included."""
        self.typed = ""
        self.selection = sel.chosen(min(first, last), max(first, last) + 1)

    def select(self, span: Span) -> None:
        """Select the tokens of a span."""
        self.selection = sel.chosen(*token_range(self._tokens, span.start, span.end))

    def let_go(self) -> None:
        """Let go of the selection, or of a half-typed hint."""
        if self.typed:
            self.typed = ""
        else:
            self.selection = None

    def grow(self) -> None:
        """Grow the selection to its next extent; without one, offer the first candidate."""
        if self.selection is None:
            self._offer_after(None)
            return
        grown = sel.grow(self.selection, self._tokens)
        if grown is None:
            raise RuleError("the whole sentence is selected", do="Backspace shrinks it")
        self.selection = grown

    def shrink(self) -> None:
        """Shrink the selection to what it was."""
        self.selection = sel.shrink(self._selected())

    def step(self, by: int) -> None:
        """Move the token cursor by a word."""
        self.selection = sel.step(self.selection, self._tokens, by)

    def right_edge(self, by: int) -> None:
        """Move the right edge of the selection by a word."""
        self.selection = sel.move_right_edge(self._selected(), self._tokens, by)

    def left_edge(self, by: int) -> None:
        """Move the left edge of the selection by a word."""
        self.selection = sel.move_left_edge(self._selected(), self._tokens, by)

    def visit(self, by: int) -> None:
        """Select the next (1) or previous (-1) candidate or span in reading order, round."""
        stops = self._stops()
        if not stops:
            raise RuleError("there is nothing to visit here", do="press a letter above a word to select it")
        at = self.selection.range if self.selection else None
        keys = [(a, -b) for a, b in stops]
        here = (at[0], -at[1]) if at else ((-1, 0) if by > 0 else (len(self._tokens), 0))
        later = [r for r, k in zip(stops, keys, strict=True) if (k > here if by > 0 else k < here)]
        pick = (later[0] if by > 0 else later[-1]) if later else (stops[0] if by > 0 else stops[-1])
        self.selection = sel.chosen(*pick)

    # -- deeds ---------------------------------------------------------------------------------

    def label(self, label: Label) -> None:
        """Label the selection, or relabel the span of exactly its range, then offer the next candidate."""
        chosen = self._trimmed(self._selected())
        span = self._span(chosen, label.name)
        self.session.do(add_span(self.session.work, span, self.session.schema))
        self.session.spans_made += 1
        self.guide = label.name
        self._offer_after(chosen)

    def remove(self) -> None:
        """Remove the span of exactly the selection, else the innermost one round it."""
        work = self.session.work
        chosen = self.selection.range if self.selection else None
        span = self._innermost(work, chosen) if chosen else None
        if span is None:
            raise RuleError("there is no span here to remove", do="Tab goes to the spans")
        self.session.do(remove_span(work, span))
        self.select(span)

    def answer(self, answer: Answer) -> None:
        """Answer the sentence and go on to the next that has no answer."""
        if self.session.work.annotation.answer is not answer:
            self.session.do(set_answer(self.session.work, answer))
        told = self.session.message
        if not self.session.next_undone():
            told = Message("every sentence is done: leave with Ctrl+C twice, then `annotator export`")
        self.arrive()
        self.session.message = told

    def join(self) -> None:
        """Join the sentence with the next."""
        self.session.join()
        self.arrive()

    def split(self) -> None:
        """Split the sentence before the selection."""
        at = self._selected().first
        self.session.split(at)
        self.arrive()

    # -- the state -----------------------------------------------------------------------------

    def state(self) -> TaskState:
        """Return everything that the annotate screen draws."""
        self.settle()
        s = self.session
        chosen = self.selection.range if self.selection else None
        growth = extents(self._tokens, *chosen) if chosen else ()
        focus = self._exact(s.work, chosen) if chosen else None
        counted = s.counted
        return TaskState(
            schema=s.schema,
            article=s.article(s.current),
            works=s.here,
            active=s.place.sentence,
            article_number=s.place.article + 1,
            article_count=len(s.queue),
            hints=self._sheet.hints,
            typed=self.typed,
            selection=self.selection,
            focus=focus,
            guess=self._guess(chosen) if chosen else "",
            next_extent=growth[0] if growth else None,
            message=s.message,
            saved=s.saved,
            saved_at=s.saved_at,
            banner=s.banner,
            guide=self.label_in_hand,
            labels=s.shelf.labels_of(s.current),
            done=counted.done,
            total=counted.total,
            spans_made=s.spans_made,
        )

    @property
    def label_in_hand(self) -> str:
        """The label of the span that is selected, else the one last used."""
        chosen = self.selection.range if self.selection and self.session.here else None
        focus = self._exact(self.session.work, chosen) if chosen else None
        return focus.label if focus else self.guide

    # -- inside --------------------------------------------------------------------------------

    @property
    def _tokens(self) -> Sequence[Token]:
        return self.session.work.sentence.tokens

    def _selected(self) -> Selection:
        if self.selection is None:
            raise RuleError("nothing is selected", do="press a letter above a word, or Tab")
        return self.selection

    def _trimmed(self, chosen: Selection) -> Range:
        """Return the selected tokens without white space at their edges."""
        words = [i for i in range(*chosen.range) if self._tokens[i].text.strip()]
        if not words:
            raise RuleError("only white space is selected", do="select a word")
        return words[0], words[-1] + 1

    def _span(self, chosen: Range, label: str) -> Span:
        return Span(self._tokens[chosen[0]].start, self._tokens[chosen[1] - 1].end, label)

    def _ranges(self, work: Work) -> list[tuple[Range, Span]]:
        return [(token_range(self._tokens, s.start, s.end), s) for s in work.annotation.spans]

    def _guess(self, chosen: Range) -> str:
        place = (self._tokens[chosen[0]].start, self._tokens[chosen[1] - 1].end)
        return self._sheet.guesses.get(place, "")

    def _exact(self, work: Work, chosen: Range) -> Span | None:
        return next((s for r, s in self._ranges(work) if r == chosen), None)

    def _innermost(self, work: Work, chosen: Range) -> Span | None:
        round_it = [
            (r[1] - r[0], s) for r, s in self._ranges(work) if r[0] <= chosen[0] and chosen[1] <= r[1]
        ]
        return min(round_it, key=lambda x: x[0])[1] if round_it else None

    def _stops(self) -> list[Range]:
        spans = {r for r, _ in self._ranges(self.session.work)}
        return sorted(
            spans | {(c.first, c.last) for c in self._sheet.candidates}, key=lambda r: (r[0], -r[1])
        )

    def _offer_after(self, done: Range | None) -> None:
        """Offer the first candidate after ``done`` that is not labelled yet, else nothing."""
        labelled = {r for r, _ in self._ranges(self.session.work)}
        after = (done[0], -done[1]) if done else (-1, 0)
        for c in self._sheet.candidates:
            if (c.first, -c.last) > after and (c.first, c.last) not in labelled:
                self.selection = sel.offer((c.first, c.last))
                return
        self.selection = None
