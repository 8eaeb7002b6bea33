"""The typists: they plan the keys for a gold file and type them into the running app, span by span."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.spans import Span
from annotator.core.suggestion import span_from_suggestion
from annotator.session.actions.annotation_actions import ActionContext
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.suggestions import suggestion_files
from annotator.storage.user_files import Preferences
from annotator.suggest.suggestion_service import SuggestionService
from annotator.tui.app import AnnotatorApp
from tests.benchmarks.gold_corpus import Gold
from tests.benchmarks.key_planner import Key, PlanError, clean, key_of, label_key, missing, next_plan
from tests.scripts.make_picture import KEY, WORD, Clock

NAME = "gold"
"""The annotator who types."""
SURE = 0.8
"""From this score on a suggestion that is passed over must be reported."""

Place = tuple[str, int]
"""A sentence by its article and where it starts: joining it with the next keeps that."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Which sources of suggestions are on; the files lie in the corpus."""

    rules: bool = True
    history: bool = True
    shown: bool = True
    reach: str = "sentence"
    """How far a label's key reaches: ``sentence`` or ``view``."""


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys typed in one go, and the label of the span that they were for; empty for none."""

    keys: tuple[Key, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A suggestion that an accept has passed over, and what spoke of it."""

    sentence: str
    span: Span
    by_message: bool
    in_record: bool


@dataclass
class Typed:
    """What was typed."""

    actions: list[KeyGroup] = field(default_factory=list)
    enters: dict[Place, float] = field(default_factory=dict)
    """Sentence → Enter and ``*`` that it took; one for several sentences is shared out."""
    clean: set[Place] = field(default_factory=set)
    """Sentences of which accepting them as they were first seen gives the gold."""
    proposed: set[Place] = field(default_factory=set)
    """Sentences that hold nothing, or only what was proposed when they were first seen."""

    @property
    def keys(self) -> list[Key]:
        """All keys in order."""
        return [k for d in self.actions for k in d.keys]

    passed: list[Passed] = field(default_factory=list)
    """The gold spans that were suggested and left on purpose, in a trial accept that undo takes back."""

    def joined(self, first: Place, second: Place) -> None:
        """Take note that two sentences are one now."""
        self.enters.pop(second, None)
        self.clean -= {first, second}
        self.proposed -= {first, second}


class Typist:
    """Plans and types a gold file into a running app."""

    def __init__(self, app: AnnotatorApp, pilot: Any, gold: Gold, *, show: bool = False) -> None:
        self.app, self.pilot, self.gold, self.show = app, pilot, gold, show
        self.controller, self.session = app.controller, app.session
        clock = self.session._clock  # another one would not let the program know that time goes by
        assert isinstance(clock, Clock)
        self.clock = clock
        self.typed = Typed()

    async def run(self) -> None:
        """Type until every sentence has an answer."""
        while any(not w.done for a in self.session.queue for w in self.session.sentences_of(a)):
            await self.page()

    async def press(self, *keys: Key, label: str = "") -> None:
        """Type the keys of one deed."""
        if self.show:
            print(f"{self.session.annotated.sentence.text[:90]} | {' '.join(k.name for k in keys)}")
        self.typed.actions.append(KeyGroup(keys, label))
        for key in keys:
            self.clock.now += KEY
            await self.pilot.press(key.name)

    # -- what is to be done ----------------------------------------------------------------------

    def annotated(self, i: int) -> AnnotatedSentence:
        """Return a sentence of the article in hand, by index."""
        return self.session.article_sentences[i]

    def place(self, i: int) -> Place:
        """Return what a sentence of the article in hand is known by."""
        return self.annotated(i).sentence.article, self.annotated(i).sentence.start

    def table(self, i: int) -> ActionContext:
        """Return what would lie before the hand in a sentence of the article."""
        return replace(self.controller.context(), active=i)

    def is_clean(self, i: int) -> bool:
        """Whether accepting a sentence as it is gives just its gold."""
        s = self.annotated(i).sentence
        apart = not self.gold.runs_over(s) and not self.gold.runs_in(s)
        return apart and clean(self.table(i), self.gold.of(s))

    def is_proposed(self, i: int) -> bool:
        """Whether all gold of a sentence is proposed; of what Enter takes no more than that."""
        s, context = self.annotated(i).sentence, self.table(i)
        wanted = {x.key for x in self.gold.of(s)}
        taken = {span_from_suggestion(x).key for x in context.auto_accepted_suggestions(i)}
        offered = {span_from_suggestion(x).key for x in context.visible_suggestions(i)}
        return taken <= wanted <= offered and not self.gold.runs_over(s) and not self.gold.runs_in(s)

    def look(self, seen: Sequence[int]) -> None:
        """Note how sentences are that are on the screen for the first time."""
        for i in seen:
            place = self.place(i)
            if place not in self.typed.enters:
                self.clock.now += WORD * len(self.annotated(i).sentence.tokens)
                self.typed.enters[place] = 0.0
                self.typed.clean |= {place} if self.is_clean(i) else set()
                self.typed.proposed |= {place} if self.is_proposed(i) else set()

    # -- doing it --------------------------------------------------------------------------------

    async def page(self) -> None:
        """Do what the screen shows: mend a sentence that needs it, else accept what is right."""
        here = self.session.position.sentence
        view = self.open_in_view()
        alone = here not in view and not self.annotated(here).done
        self.look([*view, *([here] if alone else [])])
        dirty = [i for i in view if not self.is_clean(i)]
        if alone:
            await (self.accept([here]) if self.is_clean(here) else self.mend(here))
        elif dirty:
            await self.go(dirty[0], by_page=len(dirty) < len(view))
        elif view:
            await self.accept(view)
        else:
            raise PlanError(f"nothing to do at {self.session.annotated.sentence.id}, but not all is done")

    def open_in_view(self) -> list[int]:
        """Return the open sentences that the screen shows whole, by index."""
        return [i for i in self.controller.visible if not self.annotated(i).done]

    async def go(self, i: int, *, by_page: bool) -> None:
        """Go to a sentence in view, by taking a suggestion there if that does it, and mend it.

        On the way down Enter costs no more than an arrow. ``by_page``: leave the sentences on the way open,
        because one ``*`` accepts the whole page in the end.
        """
        while i > 0 and self.gold.runs_in(self.annotated(i).sentence):
            i -= 1  # what runs into it must be joined from where it begins
        here = self.session.position.sentence
        if i != here and (found := self.jump(i)):
            await self.press(Key(found[0], "label"), label=found[1])
        elif not by_page and here < i and self.open_in_view()[0] == here and self.is_clean(here):
            await self.accept([here])
            return
        while (at := self.session.position.sentence) != i:
            suggested = self.controller.next_suggested()
            down = "next_suggested" if suggested is not None and at < suggested <= i else "sentence_down"
            await self.press(key_of(down if i > at else "sentence_up", "move"))
        await self.mend(i)

    def jump(self, i: int) -> tuple[str, str] | None:
        """Return key and name of a label that takes a right suggestion of another sentence, and so goes there."""
        if self.controller.selection_state.user_selection:
            return None
        annotated, schema = self.annotated(i), self.session.schema
        wanted = {s.key for s in missing(annotated, self.gold.of(annotated.sentence))}
        found = self.controller.state().next_suggestions.items()
        for name, (at, s) in sorted(found, key=lambda x: (x[1][1].start, -x[1][1].end)):
            label = schema.label(name)
            key = label_key(schema, label) if label else ""
            if key and at == i and span_from_suggestion(s).key in wanted:
                return key, name
        return None

    async def mend(self, i: int) -> None:
        """Type the cheapest keys that give a sentence just its gold, looking anew after each span."""
        self.look([i])
        for _ in range(10 + 4 * len(self.gold.of(self.annotated(i).sentence))):
            if self.is_clean(i):
                return
            assert self.session.position.sentence == i, "the plan left its sentence"
            if self.gold.runs_over(self.annotated(i).sentence):
                await self.join(i)
            else:
                await self.type_span(i, self.gold.of(self.annotated(i).sentence))
        raise PlanError(f"no end of keys for {self.annotated(i).sentence.id}")

    async def join(self, i: int) -> None:
        """Join a sentence with the next, into which a span runs."""
        first, second = self.place(i), self.place(i + 1)
        over = self.gold.spans[first[0]]
        label = next(s.label for s in over if s.start < self.annotated(i).sentence.end < s.end)
        before = len(self.session.article_sentences)
        await self.press(key_of("join"), label=label)
        if len(self.session.article_sentences) != before - 1:
            raise PlanError(f"+ did not join {first} with {second}")
        self.typed.joined(first, second)

    async def type_span(self, i: int, want: Sequence[Span]) -> None:
        """Type the keys that bring a sentence one span nearer to its gold; PlanError where they don't."""
        plan = next_plan(self.table(i), self.controller.selection_state, want)
        await self.press(*plan.keys, label=plan.label)
        have, planned = self.annotated(i).annotation, plan.context.annotated.annotation
        if [s.key for s in have.spans] != [s.key for s in planned.spans]:
            names = [k.name for k in plan.keys]
            reported = self.app.controller.message
            raise PlanError(f"{names} did not do as planned in {self.annotated(i).sentence.id}: {reported}")

    async def accept(self, view: Sequence[int]) -> None:
        """Accept the sentences in view: one with Enter, several at once."""
        places = [self.place(i) for i in view]
        one = len(view) == 1 and view[0] == self.session.position.sentence
        for place in places:
            self.typed.enters[place] += 1 / len(places)
        await self.press(key_of("accept" if one else "accept_view", "enter"))


class Newcomer(Typist):
    """Types one sentence after the other, each accepted with Enter; no ``*``, no ``%``, no reach over the view.

    Only the letters that are drawn at first are pressed. Where a gold span is suggested with a score from ``SURE``
    on, Enter is tried first with nothing taken: a message or the record must speak of what was left. Undo takes
    that back, and the keys of it are not counted.
    """

    async def page(self) -> None:
        """Mend the active sentence and accept it."""
        here = self.session.position.sentence
        self.look([here])
        await self.try_enter(here)
        await self.mend(here)
        while self.controller.more_lines:  # the next lines of a sentence that is taller than the screen
            await self.accept([here])
        await self.accept([here])

    def table(self, i: int) -> ActionContext:
        """Return what lies before the hand: hints on the likely words alone, as they are drawn at first."""
        context = super().table(i)
        drawn = tuple(h if h.likely else replace(h, letters="") for h in context.hint_layout.hints)
        return replace(context, hint_layout=replace(context.hint_layout, hints=drawn))

    async def try_enter(self, i: int) -> None:
        """Accept a sentence as it is, note what spoke of the suggestions left, and undo it."""
        annotated, wanted = self.annotated(i), {s.key for s in self.gold.of(self.annotated(i).sentence)}
        drawn = [s for s in self.table(i).visible_suggestions(i) if s.score >= SURE]
        left = [span for s in drawn if (span := span_from_suggestion(s)).key in wanted]
        if not left:
            return
        while self.controller.more_lines:
            await self.pilot.press(key_of("accept").name)
        await self.pilot.press(key_of("accept").name)
        message = self.controller.message.text if self.controller.message else ""
        accepted = self.session.sentences_of(annotated.sentence.article)[i].annotation
        recorded = {(x.start, x.end, x.label) for x in accepted.left}
        says = f"{len(drawn)} suggestion" in message
        self.typed.passed += [Passed(annotated.sentence.id, s, says, s.key in recorded) for s in left]
        await self.pilot.press(key_of("undo").name)
        if self.annotated(self.session.position.sentence) != annotated:
            raise PlanError(f"undo did not bring {annotated.sentence.id} back")


def opened(corpus: CorpusFolder, sources: Sources) -> AnnotationSession:
    """Open a session with just these sources of suggestions."""
    journal = Journal.open(corpus.path, NAME)
    schema = corpus.schema
    session = AnnotationSession(corpus, journal, schema=schema, annotator=NAME, clock=Clock(), session_id="keystrokes")
    if not (sources.rules and sources.history):
        files = suggestion_files(corpus.path)
        session.suggestion_service = SuggestionService(
            schema,
            lambda a: (session.article(a).text, [w.sentence for w in session.sentences_of(a)]),
            files,
            rules=sources.rules,
            history=sources.history,
        )
    return session


def preferences(corpus: CorpusFolder, sources: Sources, take: Sequence[str]) -> Preferences:
    """Return the preferences of the annotator who types; no message fades, so that no clock counts."""
    settings = Preferences(proposals=sources.shown, fade=0, reach=sources.reach, hints="all")
    return settings.with_auto_accept(corpus.path, take)


async def _typed(
    corpus: CorpusFolder, gold: Gold, sources: Sources, take: Sequence[str], size: tuple[int, int], **options: Any
) -> Typed:
    session = opened(corpus, sources)
    app = AnnotatorApp(session, preferences(corpus, sources, take))
    try:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            make = Newcomer if options.pop("newcomer", False) else Typist
            typist = make(app, pilot, gold, **options)
            await typist.run()
            assert session.flush(60), session.banner
    finally:
        session.close()
    return typist.typed


def type_gold(
    corpus: CorpusFolder,
    gold: Gold,
    sources: Sources = Sources(),
    take: Sequence[str] = (),
    size: tuple[int, int] = (80, 24),
    *,
    newcomer: bool = False,
    show: bool = False,
) -> Typed:
    """Type the gold into the app under Textual's pilot and return what was typed; raises PlanError."""
    return asyncio.run(_typed(corpus, gold, sources, take, size, newcomer=newcomer, show=show))
