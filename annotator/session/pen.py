"""The pen: carries out on a session what the keys of the annotate screen make of the hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from annotator.core import hand as deeds
from annotator.core import selection as sel
from annotator.core.annotation import Answer
from annotator.core.article import Sentence
from annotator.core.edits import Edit
from annotator.core.graphemes import whole
from annotator.core.hand import Deed, Hand, Table
from annotator.core.hints import HintStyle
from annotator.core.phrases import extents
from annotator.core.schema import Label
from annotator.core.selection import Selection
from annotator.core.sheet import Sheet
from annotator.core.spans import Span
from annotator.core.tokens import Range
from annotator.session.session import Session
from annotator.session.sheet import Sheets
from annotator.session.state import Message, TaskState


class Pen:
    """The hand over the active sentence of a session, and the deeds that need it."""

    def __init__(
        self, session: Session, cells: Callable[[str], int] = len, take: Collection[str] = ()
    ) -> None:
        """Arrive at the session's sentence; ``cells`` tells how wide a token is drawn.

        ``take``: the labels whose sure suggestions Enter takes.
        """
        self.session = session
        self.guide = session.schema.labels[0].name
        self.hand = Hand()
        self.take = frozenset(x for x in take if session.schema.label(x))
        self._view: tuple[tuple[int, str], ...] = ()
        self.strolling = False
        """Whether the sentence was reached by moving in view, so that the page should stay where it is."""
        self._leapt = False
        """Whether a label's key has led to a later sentence: the open ones before it come next."""
        self.turned = False
        """Whether the sentence was reached by accepting all in view: then a new page begins."""
        self.proposing = True
        """Whether suggestions are offered at all."""
        self._sheets = Sheets(session.schema, cells)
        self._sheet = Sheet()
        self._laid: Sentence | None = None
        """The sentence that the sheet is of: another one, or the same with other tokens, needs another."""
        self.arrive()

    # -- arriving ------------------------------------------------------------------------------

    def arrive(self) -> None:
        """Lay out the hints of the active sentence; nothing is in hand."""
        self.hand = Hand()
        self._lay_out()

    def _lay_out(self) -> None:
        self._sheet, self._laid = Sheet(), None
        if self.session.queue and self.session.here:
            s = self._laid = self.session.work.sentence
            self._sheet = self._sheets.make(s, self.session.article(s.article))

    def prepare(self, i: int) -> None:
        """Work out what arriving at a sentence of the article will ask for, by index."""
        s = self.session.here[i].sentence
        self._sheets.make(s, self.session.article(s.article))

    def use_letters(self, style: HintStyle, taken: frozenset[str]) -> None:
        """Make hints of other letters from now on, none of them among ``taken``."""
        self._sheets.use_letters(style, taken)
        self._lay_out()

    def settle(self) -> None:
        """Arrive anew if the session has moved to another sentence since."""
        here = self.session.work.sentence if self.session.here else None
        if here != self._laid:
            self.arrive()

    def table(self) -> Table:
        """Return what lies before the hand."""
        s = self.session
        suggested = s.suggested if self.proposing else _none
        return Table(s.schema, s.here, s.place.sentence, self._sheet, suggested, self.view, self.take)

    def _carry(self, deed: Deed) -> None:
        """Carry out a deed: the edit, then the place, then what is in hand."""
        if deed.edit:
            self.session.do(deed.edit)
        if deed.active is not None:
            self.stroll(deed.active)
            self._leapt = True
            self._lay_out()
        self.hand = deed.hand

    def stroll(self, to: int) -> None:
        """Go to a sentence of the article by index, the page staying where it is if it can."""
        self.strolling = True
        self.session.move_in_article(to)

    def move(self, by: int) -> None:
        """Go ``by`` sentences on, the page staying where it is if it can."""
        self.strolling = True
        self.session.move_sentence(by)

    @property
    def view(self) -> Sequence[int]:
        """The sentences of the article in hand that the screen shows whole, by index; it says so itself.

        Those that are where they were then: a join, a split or another article moves them.
        """
        works = self.session.here if self.session.queue else ()
        return tuple(i for i, known in self._view if i < len(works) and works[i].sentence.id == known)

    def show(self, view: Sequence[int]) -> None:
        """Take in what the screen shows whole."""
        works = self.session.here
        self._view = tuple((i, works[i].sentence.id) for i in view)

    # -- selecting -----------------------------------------------------------------------------

    @property
    def selection(self) -> Selection | None:
        """What is selected."""
        return self.hand.selection

    @property
    def typed(self) -> str:
        """The first letter of a two-letter hint, once it is pressed."""
        return self.hand.typed

    def forget_typed(self) -> None:
        """Let go of a half-typed hint."""
        if self.hand.typed:
            self.hand = deeds.let_go(self.hand).hand

    def hint(self, letter: str) -> bool:
        """Press a hint letter; False where no hint has it."""
        deed = deeds.hint(self.table(), self.hand, letter)
        if deed is None:
            self.forget_typed()
            return False
        self._carry(deed)
        return True

    def click(self, token: int) -> None:
        """Select the phrase at a token, as a first hint does."""
        self._choose(sel.press(None, self.session.work.sentence.tokens, token))

    def drag(self, first: int, last: int) -> None:
        """Select from one token to another, both included."""
        chosen = (min(first, last), max(first, last) + 1)
        self._choose(sel.chosen(*whole(self.session.work.sentence.tokens, chosen)))

    def select(self, span: Span) -> None:
        """Select the tokens of a span."""
        self.hand = deeds.select(self.table(), self.hand, span)

    def _choose(self, selection: Selection | None) -> None:
        self.hand = deeds.choose(self.hand, selection)

    def let_go(self) -> None:
        """Let go of the selection, or of a half-typed hint."""
        self._carry(deeds.let_go(self.hand))

    def grow(self) -> None:
        """Grow the selection, or the span in focus, to its next extent; without one go to the first stop."""
        self._carry(deeds.grow(self.table(), self.hand))

    def shrink(self) -> None:
        """Shrink the selection, or the span in focus, to what it was."""
        self._carry(deeds.shrink(self.table(), self.hand))

    def step(self, by: int) -> None:
        """Move the token cursor by a word."""
        self._carry(deeds.step(self.table(), self.hand, by))

    def right_edge(self, by: int) -> None:
        """Move the right edge of the selection, or of the span in focus, by a word."""
        self._carry(deeds.right_edge(self.table(), self.hand, by))

    def left_edge(self, by: int) -> None:
        """Move the left edge of the selection, or of the span in focus, by a word."""
        self._carry(deeds.left_edge(self.table(), self.hand, by))

    def visit(self, by: int) -> None:
        """Select the next (1) or previous (-1) suggestion, candidate or span in reading order, round."""
        self._carry(deeds.visit(self.table(), self.hand, by))

    # -- deeds ---------------------------------------------------------------------------------

    def label(self, label: Label, *, beside: bool = False) -> None:
        """Label the selection or relabel the span that it is; with nothing in hand take the next suggestion.

        With ``beside`` a span of just the selection's range stays beside the new one.
        """
        had = len(self.session.work.annotation.spans)
        deed = (deeds.label_beside if beside else deeds.label)(self.table(), self.hand, label)
        self._carry(deed)
        self.session.spans_made += deed.active is not None or len(self.session.work.annotation.spans) > had
        if self.session.message and self.session.message.text.startswith("+"):
            self.session.message = None  # the lane says it
        self.guide = label.name

    def remove(self) -> None:
        """Remove the span in focus, turn the suggestion in focus down, else remove the innermost span."""
        self._carry(deeds.remove(self.table(), self.hand))

    def everywhere(self) -> None:
        """Label every other mention of the span in focus in the article."""
        self._carry(deeds.everywhere(self.table(), self.hand))

    def answer(self, answer: Answer) -> None:
        """Answer the sentence and go on to the next that has no answer."""
        edit = deeds.answer(self.table(), answer)
        if edit:
            self.session.do(edit)
        self._go_on(None if answer is Answer.ACCEPT else self.session.message)

    def accept_view(self) -> None:
        """Accept every open sentence that the screen shows whole, and go on to the next open one."""
        here, way = self.session.here, self.session.way
        matching = [i for i in self.view if way.leads_over(here[i])]
        self.session.do(deeds.accept_view(replace(self.table(), view=matching)))
        self._go_on(self.session.message)
        self.turned = True

    def _go_on(self, told: Message | None) -> None:
        self.strolling = self.turned = False
        if not self._back_to_open() and not self.session.next_undone():
            told = Message(self.session.way.finished)
        self.arrive()
        if haste := self.session.meter.haste:
            told = Message(haste.message, warning=True)
        self.session.message = told

    def _back_to_open(self) -> bool:
        """Go back to an open sentence in view that a label's key has leapt over; False for none."""
        leapt, self._leapt = self._leapt, False
        here = self.session.place.sentence
        left = [i for i in self.view if i < here and not self.session.here[i].done] if leapt else []
        if left:
            self.stroll(left[0])
            self._leapt = True
        return bool(left)

    def toggle_take(self, label: Label) -> None:
        """Let Enter take the sure suggestions of a label, or no longer."""
        self.take = self.take ^ {label.name}
        names = ", ".join(x.name for x in self.session.schema.labels if x.name in self.take)
        self.session.message = Message(
            f"Enter takes what is sure of {names}" if names else "Enter takes nothing"
        )

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
        self.session.split(deeds.selected(self.hand).first)
        self.arrive()

    # -- the state -----------------------------------------------------------------------------

    def state(self) -> TaskState:
        """Return everything that the annotate screen draws."""
        self.settle()
        s, table = self.session, self.table()
        chosen = self.hand.selection.range if self.hand.selection else None
        growth = extents(table.tokens, *chosen) if chosen else ()
        counted = s.counted
        return TaskState(
            schema=s.schema,
            article=s.article(s.current),
            works=s.here,
            active=s.place.sentence,
            article_number=s.place.article + 1,
            article_count=len(s.queue),
            hints=self._sheet.hints,
            typed=self.hand.typed,
            selection=self.hand.selection,
            fresh=self.hand.fresh,
            focus=deeds.exact(table, chosen) if chosen else None,
            next_extent=growth[0] if growth else None,
            offers=table.offers,
            taken=table.taken_with_enter,
            targets=deeds.targets(table, self.hand),
            snaps=self._snaps(table),
            message=s.message,
            saved=s.saved,
            saved_at=s.saved_at,
            banner=s.banner,
            guide=self.label_in_hand,
            labels=s.shelf.labels_of(s.current),
            way=s.way.shown,
            done=counted.done,
            total=counted.total,
            spans_made=s.spans_made,
        )

    def _snaps(self, table: Table) -> dict[str, Range]:
        """Return for each label what its key makes of the pressed hint, where that is not the selection."""
        found = ((x.name, deeds.snapped(table, self.hand, x.name)) for x in self.session.schema.labels)
        chosen = self.hand.selection.range if self.hand.selection else None
        return {name: r for name, r in found if r and r != chosen}

    @property
    def label_in_hand(self) -> str:
        """The label of the span that is selected, else the one last used."""
        chosen = self.hand.selection.range if self.hand.selection and self.session.here else None
        focus = deeds.exact(self.table(), chosen) if chosen else None
        return focus.label if focus else self.guide

    @property
    def on_span(self) -> bool:
        """Whether the selection is a span."""
        chosen = self.hand.selection
        return bool(chosen and self.session.here and deeds.exact(self.table(), chosen.range))

    @property
    def in_hand(self) -> Selection:
        """The selection; raises RuleError where there is none."""
        return deeds.selected(self.hand)


def _none(i: int) -> tuple[()]:
    """Suggest nothing for a sentence."""
    del i
    return ()
