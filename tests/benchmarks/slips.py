"""Wrong keys typed into the real app: what they save, and how many keys take it back.

``python -m tests.benchmarks.slips [GOLD.jsonl] [--reach sentence|view] [--half tune|test|all]
[--limit SENTENCES] [--size 80x24] [--seed N] [--show]``

The gold is typed as by ``keystrokes``. In every group of keys for one span, and after the last one of a sentence,
one slip is made: a kind drawn among those that the keys allow, with a fixed seed. Then two things are measured:

*Wrong inside, wrong outside*: spans that are not gold, saved by a key in the sentence that was active when it was
pressed, or in another (undo aside). *Keys back*: the fewest keys that restore what was there before the slip, found
by breadth-first search over the real controller: undo, ``;``, the label's key, ``0``, up and down, at most three.
Once for the annotations and the active sentence, once for the selection too. Each sequence is tried in a fork of the
process.
The keys found are typed into the app, which must then show what was there, and the work goes on; in the
end the journal must hold just the gold. A slip that gives what was planned needs no keys.

A table for people goes to stderr; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from annotator.core.annotation import Annotation
from annotator.core.spans import Span
from annotator.session.actions.annotation_actions import SelectionState
from annotator.tui.app import AnnotatorApp
from tests.benchmarks.gold_corpus import Gold, make_corpus, read_gold
from tests.benchmarks.gold_sets import sample_file
from tests.benchmarks.key_planner import Plan, key_of, label_key, next_plan
from tests.benchmarks.keystrokes import window_size
from tests.benchmarks.saved import check
from tests.benchmarks.typist import NAME, Sources, Typist, opened, preferences

DEEPEST = 3
"""No way back is searched for with more keys; one that is not found counts as one key more."""
RECOVERIES = ("undo", "let_go", "remove", "sentence_up", "sentence_down")
UNDO, LET_GO, ENTER = key_of("undo").name, key_of("let_go").name, key_of("accept").name
AT_END = "label at the sentence's end"

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a slip may change: annotations by sentence, the active sentence, and what is selected."""

    annotations: Mapping[str, Annotation]
    active: str
    selection: object

    def same_work(self, other: Moment) -> bool:
        """Whether annotations and active sentence are those of another moment."""
        return (self.annotations, self.active) == (other.annotations, other.active)


@dataclass(frozen=True, slots=True)
class Slip:
    """What came of one slip."""

    kind: str
    inside: int
    """Wrong spans that it has saved in the active sentence, before the annotator's eyes."""
    outside: int
    """Those that it has saved in others."""
    back: int
    """Keys that restore the annotations and the active sentence."""
    back_selected: int
    """Keys that restore the selection too."""
    as_planned: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A kind of slip in a plan: how many planned keys come before it, and the keys that are typed instead."""

    kind: str
    before: Keys
    typed: Keys


def attempts(
    keys: Keys, label: str, others: Sequence[str], letters: Sequence[str], rnd: random.Random
) -> list[Attempt]:
    """Return the slips that a plan allows: one of each kind. ``label`` is its label's key, empty for none.

    ``others`` are keys of other labels, ``letters`` hint letters of other words.
    """
    out = []
    at = keys.index(label) if label in keys else -1
    if at >= 0:
        head, tail = keys[:at], keys[at + 1 :]
        out = [
            Attempt("label once too often", keys[: at + 1], (label,)),
            Attempt("label after an undo", (*keys[: at + 1], UNDO), (label,)),
            Attempt("label after undo and ;", (*keys[: at + 1], UNDO, LET_GO), (label,)),
            Attempt("Enter too early", head, (ENTER, label, *tail)),
            Attempt("Enter in place of the label", head, (ENTER,)),
        ]
        out += [Attempt("label too early", (), (label, *head))] if head else []
        out += [Attempt("wrong label", head, (rnd.choice(others),))] if others else []
        out += [Attempt("letter in place of a label", head, (rnd.choice(letters),))] if letters else []
        first = keys[0]
        if head and letters and first.isalpha() and len(first) == 1:
            out.append(Attempt("letter of the wrong word", (), (rnd.choice(letters), *keys[1:])))
    if swaps := [i for i in range(len(keys) - 1) if keys[i] != keys[i + 1]]:
        i = rnd.choice(swaps)
        out.append(Attempt("two keys swapped", keys[:i], (keys[i + 1], keys[i])))
    if anything := [*others, *letters, "space", "tab", "full_stop", "comma", "0", LET_GO, ENTER, "asterisk"]:
        out.append(Attempt("random key", keys[: (i := rnd.randrange(len(keys)))], (rnd.choice(anything),)))
    return out


class Slipper(Typist):
    """Types a gold file, and a slip in every group of keys for a span."""

    def __init__(self, app: AnnotatorApp, pilot: Any, gold: Gold, *, seed: int = 0, show: bool = False) -> None:
        super().__init__(app, pilot, gold, show=False)
        self.random, self.aloud = random.Random(seed), show
        self.slips: list[Slip] = []
        self._slipped: set[tuple[str, int, str]] = set()

    async def type_span(self, i: int, want: Sequence[Span]) -> None:
        """Slip in a span's keys once; the next time type them as they are planned."""
        plan = next_plan(self.controller.context(), self.controller.selection_state, want)
        left = len(self.annotated(i).annotation.spans)
        known = (self.annotated(i).sentence.id, left, plan.label)
        if known in self._slipped:
            await super().type_span(i, want)
            return
        self._slipped.add(known)
        label = next((k.name for k in plan.keys if k.use == "label" and k.name != ENTER), "")
        found = attempts(
            tuple(k.name for k in plan.keys), label, self._labels(but=label), self._letters(plan), self.random
        )
        await self.slip(self._draw(found), plan)

    async def mend(self, i: int) -> None:
        """Mend a sentence, then press a label's key once too often."""
        await super().mend(i)
        if self.session.position.sentence == i and self.is_clean(i):
            await self.slip(Attempt(AT_END, (), (self.random.choice(self._labels()),)))

    def _labels(self, but: str = "") -> list[str]:
        schema = self.session.schema
        return [k for x in schema.labels if (k := label_key(schema, x)) and k != but]

    def _letters(self, plan: Plan) -> list[str]:
        """Return the hints of one letter in the active sentence that the plan does not press."""
        planned = {k.name for k in plan.keys}
        hints = self.controller.context().hint_layout.hints
        return [h.letters for h in hints if len(h.letters) == 1 and h.letters not in planned]

    def _draw(self, found: Sequence[Attempt]) -> Attempt:
        """Return the kind that has come up least so far; among several, a random one."""
        counts = {a.kind: sum(s.kind == a.kind for s in self.slips) for a in found}
        least = min(counts.values())
        return self.random.choice([a for a in found if counts[a.kind] == least])

    # -- one slip ------------------------------------------------------------------------------------

    async def slip(self, attempt: Attempt, plan: Plan | None = None) -> None:
        """Type the planned keys before a slip, and the slip; measure it, bring the state back and note it."""
        for key in attempt.before:
            await self.pilot.press(key)
        before, inside, outside = self.moment(), 0, 0
        for key in attempt.typed:
            here, elsewhere = await self._press(key)
            inside, outside = inside + here, outside + elsewhere
        label = next((k for k in attempt.typed if k in self._labels()), "")
        names = [*(key_of(c).name for c in RECOVERIES), *([label] if label else [])]
        assert self.session.flush(60), self.session.banner
        planned = plan is not None and self._is_planned(plan)
        back, whole = ((), ()) if planned else self.ways_back(before, names)
        self.slips.append(Slip(attempt.kind, inside, outside, _length(back), _length(whole), planned))
        if self.aloud:
            print(f"{self.session.annotated.sentence.text[:60]} | {attempt} | {inside} {outside} | {back} | {whole}")
        if back is None:
            await self._undo_to(before)
        for key in whole or back or ():
            await self.pilot.press(key)
        if self.controller.typed_hint:  # of which the planner knows nothing
            await self.pilot.press(LET_GO)
        assert planned or self.moment().same_work(before), f"{attempt}: {whole or back} do not restore it in the app"

    def _is_planned(self, plan: Plan) -> bool:
        here, there = self.session.annotated, plan.context.annotated
        same = here.sentence.id == there.sentence.id and here.annotation.spans == there.annotation.spans
        return same and _selected(self.controller.selection_state) == _selected(plan.state)

    async def _press(self, key: str) -> tuple[int, int]:
        """Press a key; return how many wrong spans it has saved in the sentence that was active, and in others."""
        before = self.moment()
        await self.pilot.press(key)
        found = [] if key == UNDO else list(self._wrong(before, self.moment()))
        return found.count(before.active), len(found) - found.count(before.active)

    def _wrong(self, before: Moment, after: Moment) -> Iterator[str]:
        """Yield the sentence's id for each new span that is not gold."""
        sentences = {w.sentence.id: w.sentence for a in self.session.queue for w in self.session.sentences_of(a)}
        for name, annotation in after.annotations.items():
            had = before.annotations.get(name, Annotation()).spans
            wanted = {s.key for s in self.gold.of(sentences[name])}
            yield from (name for s in annotation.spans if s not in had and s.key not in wanted)

    async def _undo_to(self, before: Moment) -> None:
        """Undo until the annotations are those of a moment, and go to its sentence: what the search has not found."""
        for _ in range(2 * DEEPEST):
            if self.moment().annotations == before.annotations:
                break
            await self.pilot.press(UNDO)
        self.session.navigation.go_to(before.active)
        self.controller.enter_sentence()

    # -- the way back --------------------------------------------------------------------------------

    def moment(self) -> Moment:
        """Return what is there now."""
        session, selected = self.session, _selected(self.controller.selection_state)
        works = (w for a in session.queue for w in session.sentences_of(a))
        annotations = {w.sentence.id: w.annotation for w in works if w.annotation != Annotation()}
        return Moment(annotations, session.annotated.sentence.id, selected)

    def ways_back(self, before: Moment, names: Sequence[str]) -> tuple[Keys | None, Keys | None]:
        """Return the fewest keys to a moment's work, and to its selection too; None for more than ``DEEPEST``."""
        queue: list[Keys] = [()]
        seen: set[int] = set()
        work: Keys | None = None
        for keys in queue:  # which grows
            same, whole, known = self._tried(keys, before)
            work = keys if same and work is None else work
            if whole:
                return work, keys
            if known not in seen and len(keys) < DEEPEST:
                seen.add(known)
                queue += [(*keys, k) for k in names]
        return work, None

    def _tried(self, keys: Keys, before: Moment) -> tuple[bool, bool, int]:
        """Press keys in a fork; return whether work and whole moment are as before, and a hash of what is there."""
        reads, writes = os.pipe()
        child = os.fork()
        if not child:
            for key in keys:
                if action := self.controller.action_for_key(key, key if len(key) == 1 and key != "0" else ""):
                    self.controller.dispatch(action)
            now = self.moment()
            known = hash((frozenset(now.annotations.items()), now.active, now.selection))
            os.write(writes, json.dumps([now.same_work(before), now == before, known]).encode())
            os._exit(0)
        os.close(writes)
        with os.fdopen(reads, "rb") as pipe:
            answer = pipe.read()
        os.waitpid(child, 0)
        same, whole, known = json.loads(answer)
        return same, whole, known


def _selected(state: SelectionState) -> object:
    """Return what is selected or armed, and whether it is a span just made."""
    chosen = state.selection.range if state.selection else None
    return (chosen, state.span_just_made and chosen is not None, state.typed_hint, state.armed_label)


def _length(keys: Keys | None) -> int:
    return DEEPEST + 1 if keys is None else len(keys)


# -- running it, and figures -----------------------------------------------------------------------


def main() -> None:
    """Type, slip, check and print."""
    args = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        args.gold = args.gold or sample_file(Path(folder) / "sample.jsonl")
        gold = read_gold(args.gold, args.half, args.limit)
        gold = gold.head(args.limit) if args.limit else gold
        slips = asyncio.run(_typed(gold, Path(folder) / "gold", args))
        check(gold, Path(folder, "gold", "annotations", f"{NAME}.jsonl"))
    out = {"benchmark": "slips", "file": args.gold.name, "half": args.half, "reach": args.reach, "seed": args.seed}
    out |= {"sentences": sum(len(s) for _, s in gold.articles), "spans": gold.size, "all": figures(slips)}
    out["kinds"] = {kind: figures([s for s in slips if s.kind == kind]) for kind in sorted({s.kind for s in slips})}
    print(table(out), file=sys.stderr)
    print(json.dumps(out))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="?", help="default: some sentences of the sample")
    parser.add_argument("--reach", choices=("sentence", "view"), default="sentence")
    parser.add_argument("--half", choices=("tune", "test", "all"), default="all")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--size", type=window_size, default=(80, 24))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    args.limit = args.limit or (0 if args.gold else 10)
    return args


async def _typed(gold: Gold, folder: Path, args: argparse.Namespace) -> list[Slip]:
    corpus, sources = make_corpus(gold, folder), Sources(reach=args.reach)
    session = opened(corpus, sources)
    app = AnnotatorApp(session, preferences(corpus, sources, ()))
    try:
        async with app.run_test(size=args.size) as pilot:
            await pilot.pause()
            slipper = Slipper(app, pilot, gold, seed=args.seed, show=args.show)
            await slipper.run()
            assert session.flush(60), session.banner
    finally:
        session.close()
    return slipper.slips


def figures(slips: Sequence[Slip]) -> dict[str, Any]:
    """Return how many slips there were, what they saved outside the active sentence, and the keys back."""
    n = max(1, len(slips))
    out: dict[str, Any] = {"slips": len(slips), "as_planned": sum(s.as_planned for s in slips)}
    out |= {"wrong_spans_inside": sum(s.inside for s in slips), "wrong_spans_outside": sum(s.outside for s in slips)}
    for name, each in {"back": [s.back for s in slips], "back_selected": [s.back_selected for s in slips]}.items():
        out[name] = {"mean": round(sum(each) / n, 2), "most": max(each, default=0), "over_2": sum(x > 2 for x in each)}
    return out


def table(out: Mapping[str, Any]) -> str:
    """Return the figures as a table for people."""
    lines = [f"{out['file']} ({out['half']}): {out['sentences']} sentences, {out['spans']} spans, reach {out['reach']}"]
    lines.append(f"{'':30}{'':>7}{'as':>9}{'wrong':>9}{'wrong':>9}{'keys back':>18}{'with selection':>18}")
    lines.append(
        f"{'slip':30}{'slips':>7}{'planned':>9}{'inside':>9}{'outside':>9}" + f"{'mean':>6}{'most':>6}{'> 2':>6}" * 2
    )
    for name, f in {"all": out["all"], **out["kinds"]}.items():
        row = f"{name:30}{f['slips']:>7}{f['as_planned']:>9}{f['wrong_spans_inside']:>9}{f['wrong_spans_outside']:>9}"
        for x in (f["back"], f["back_selected"]):
            row += f"{x['mean']:>6.2f}{x['most']:>6}{x['over_2']:>6}"
        lines.append(row)
    return "\n".join(lines)


if __name__ == "__main__":
    main()
