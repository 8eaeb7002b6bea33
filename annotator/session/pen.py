"""Selecting and labelling in the active sentence: what each key of the annotate screen does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from annotator.core import selection as sel
from annotator.core.annotation import Answer, Work
from annotator.core.edits import Edit, add_span, move_span, remove_span, set_answer
from annotator.core.errors import RuleError
from annotator.core.hints import Prefix, resolve
from annotator.core.phrases import extents
from annotator.core.schema import Label
from annotator.core.selection import Selection
from annotator.core.spans import Span
from annotator.core.tokens import Range, Token, token_range
from annotator.session.session import Session
from annotator.session.sheet import Sheet, Sheets, order
from annotator.session.state import Message, TaskState


class Pen:
    """The selection in the active sentence of a session, and the deeds that need it."""

    def __init__(self, session: Session, cells: Callable[[str], int] = len) -> None:
        """Arrive at the session's sentence; ``cells`` tells how wide a token is drawn."""
        self.session = session
        self.guide = session.schema.labels[0].name
        self.selection: Selection | None = None
        self.moving: Span | None = None
        """The span whose edge is being moved: its label moves it instead of adding another."""
        self.typed = ""
        self._sheets = Sheets(session.schema, cells)
        self._sheet = Sheet()
        self._last: Range | None = None
        self.arrive()

    # -- arriving ------------------------------------------------------------------------------

    def arrive(self) -> None:
        """Lay out the hints of the active sentence and offer its first candidate."""
        self.typed = ""
        self._sheet = Sheet()
        self._choose(None)
        self._last = None
        if not self.session.queue or not self.session.here:
            return
        s = self.session.work.sentence
        self._sheet = self._sheets.make(s, self.session.article(s.article))
        if not self.session.work.done:
            self._offer_after(None)

    def settle(self) -> None:
        """Arrive anew if the session has moved to another sentence since."""
        here = self.session.work.sentence.id if self.session.here else ""
        if here != self._sheet.sentence:
            self.arrive()

    # -- selecting -----------------------------------------------------------------------------

    def _choose(self, selection: Selection | None) -> None:
        """Select something else; no edge of a span is being moved any more."""
        self.selection = selection
        self.moving = None
        if selection:
            self._last = selection.range

    def hint(self, letter: str) -> bool:
        """Press a hint letter; False where no hint has it."""
        hit = resolve(self._sheet.hints, self.typed + letter)
        self.typed = self.typed + letter if isinstance(hit, Prefix) else ""
        if isinstance(hit, int):
            self._choose(sel.press(self.selection, self._tokens, hit))
        return hit is not None

    def click(self, token: int) -> None:
        """Select the phrase at a token, as a first hint does."""
        self.typed = ""
        self._choose(sel.press(None, self._tokens, token))

    def drag(self, first: int, last: int) -> None:
        """Select from one token to another, both included."""
        self.typed = ""
        self._choose(sel.chosen(min(first, last), max(first, last) + 1))

    def select(self, span: Span) -> None:
        """Select the tokens of a span."""
        self._choose(sel.chosen(*token_range(self._tokens, span.start, span.end)))

    def let_go(self) -> None:
        """Let go of the selection, or of a half-typed hint."""
        if self.typed:
            self.typed = ""
        else:
            self._choose(None)

    def grow(self) -> None:
        """Grow the selection to its next extent; without one, offer the first candidate."""
        if self.selection is None:
            self._offer_after(None)
            self._selected()
            return
        grown = sel.grow(self.selection, self._tokens)
        if grown is None:
            raise RuleError("the whole sentence is selected", do="Backspace shrinks it")
        self._choose(grown)

    def shrink(self) -> None:
        """Shrink the selection to what it was."""
        self._choose(sel.shrink(self._selected()))

    def step(self, by: int) -> None:
        """Move the token cursor by a word."""
        self._choose(sel.step(self.selection, self._tokens, by))

    def right_edge(self, by: int) -> None:
        """Move the right edge of the selection by a word."""
        self._move_edge(sel.move_right_edge(self._selected(), self._tokens, by))

    def left_edge(self, by: int) -> None:
        """Move the left edge of the selection by a word."""
        self._move_edge(sel.move_left_edge(self._selected(), self._tokens, by))

    def _move_edge(self, moved: Selection) -> None:
        """Select the moved range; on a span remember that it is the one to be moved."""
        span = self.moving or self._exact(self.session.work, self._selected().range)
        self._choose(moved)
        self.moving = span

    def visit(self, by: int) -> None:
        """Select the next (1) or previous (-1) candidate or span in reading order, round."""
        stops = self._sheet.stops(self._labelled())
        if not stops:
            raise RuleError("there is nothing to visit here", do="press a letter above a word to select it")
        at = self.selection.range if self.selection else self._last
        here = order(at) if at else ((-1, 0) if by > 0 else (len(self._tokens), 0))
        later = [r for r in stops if (order(r) > here if by > 0 else order(r) < here)]
        pick = (later[0] if by > 0 else later[-1]) if later else (stops[0] if by > 0 else stops[-1])
        self._choose(sel.chosen(*pick))

    # -- deeds ---------------------------------------------------------------------------------

    def label(self, label: Label) -> None:
        """Label the selection, relabel the span of exactly its range, or move the one whose edge was moved.

        Then the next candidate is offered.
        """
        chosen = self._trimmed(self._selected())
        span = self._span(chosen, label.name)
        work, schema = self.session.work, self.session.schema
        moved = self.moving if self.moving and self.moving.label == label.name else None
        self.session.do(move_span(work, moved, span, schema) if moved else add_span(work, span, schema))
        self.session.spans_made += moved is None
        if self.session.message and self.session.message.text.startswith("+"):
            self.session.message = None  # the lane says it
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
        told = None if answer is Answer.ACCEPT else self.session.message
        if not self.session.next_undone():
            told = Message("every sentence is done: leave with Ctrl+C twice, then `annotator export`")
        self.arrive()
        self.session.message = told

    def undo(self) -> None:
        """Take the last deed back and select what it was about."""
        self._look_at(self.session.undo())

    def redo(self) -> None:
        """Do again what was taken back and select what it was about."""
        self._look_at(self.session.redo())

    def _look_at(self, edit: Edit | None) -> None:
        """Select the span that an edit has changed, so that the next label key means the same words."""
        self.settle()
        if edit is None or len(edit.before) != 1 or len(edit.after) != 1 or not self.session.here:
            return
        before, after = (e[0].annotation.spans for e in (edit.before, edit.after))
        changed = [s for s in after if s not in before] or [s for s in before if s not in after]
        if changed and edit.after[0].sentence.id == self.session.work.sentence.id:
            self.select(changed[0])

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
            moving=self.moving,
            guess=self._sheet.guess(*self._place(chosen)) if chosen else "",
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
        return Span(*self._place(chosen), label)

    def _ranges(self, work: Work) -> list[tuple[Range, Span]]:
        return [(token_range(self._tokens, s.start, s.end), s) for s in work.annotation.spans]

    def _place(self, chosen: Range) -> tuple[int, int]:
        return (self._tokens[chosen[0]].start, self._tokens[chosen[1] - 1].end)

    def _labelled(self) -> list[Range]:
        return [r for r, _ in self._ranges(self.session.work)]

    def _exact(self, work: Work, chosen: Range) -> Span | None:
        return next((s for r, s in self._ranges(work) if r == chosen), None)

    def _innermost(self, work: Work, chosen: Range) -> Span | None:
        round_it = [
            (r[1] - r[0], s) for r, s in self._ranges(work) if r[0] <= chosen[0] and chosen[1] <= r[1]
        ]
        return min(round_it, key=lambda x: x[0])[1] if round_it else None

    def _offer_after(self, done: Range | None) -> None:
        """Offer the first candidate after ``done`` that is not labelled yet, else nothing."""
        found = self._sheet.offer(self._labelled(), done)
        self._choose(sel.offer(found) if found else None)
        self._last = found or done
