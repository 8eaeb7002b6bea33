"""Keys a span, planned over the app's own state and typed into the real app.

``python -m tests.benchmarks.keystrokes GOLD.jsonl [--suggest SOURCE…] [--take LABEL…] [--half tune|test|all]
[--limit SENTENCES] [--size 80x24] [--pty SENTENCES] [--show]``

GOLD: a JSON object a line, ``{"text","spans":[{"start","end","label"}],"meta"}`` in code points; rows
of one ``meta.doc`` are one article. Spans that don't lie on token edges are listed and left out.
Everything starts unlabelled. For each sentence the cheapest keys are searched over the app's own
hand, its hints, growths and suggestions (nothing is copied), then typed into the app under
Textual's pilot; what the screen shows decides what ``*`` accepts. In the end the saved journal must
hold just the gold, else the benchmark fails; so it does where a span has no keys. ``--pty N`` types
the keys of the first N sentences once more into a real terminal.

Sources: ``rules`` and ``history`` (both by default), ``none``, or a ``suggestions`` JSONL file.
``--take``: labels whose sure suggestions Enter takes (default: none).

Motor seconds: 0.28 for a key, 0.50 for a hint letter, which is arbitrary (Card, Moran and Newell,
The keystroke-level model, 1980). An error-free expert: no time to think or read is counted.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path
from typing import Any

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from annotator.core.annotation import Answer
from annotator.core.provenance import span_of
from annotator.core.spans import Span
from annotator.core.tokens import token_range
from annotator.session.session import Session
from annotator.storage.corpus import Corpus
from annotator.storage.journal import Journal
from annotator.storage.prefs import Preferences
from annotator.tui.app import AnnotatorApp
from tests.benchmarks.gold_corpus import Gold, make_corpus, read_gold
from tests.benchmarks.planner import Key, Plan, clean, key_of, missing, plan_sentence

K, HINT = 0.28, 0.50
MODELS = Path(__file__).resolve().parents[3] / "shared" / "bench" / "keystroke_models.py"


@dataclass
class Typed:
    """What was typed."""

    keys: list[Key] = field(default_factory=list)
    of_label: dict[str, Counter[str]] = field(default_factory=dict)
    """Label → keys by use, and ``spans``."""
    of_sentence: dict[str, float] = field(default_factory=dict)
    """Sentence id → Enter, ``*`` and moves that it took, those of several shared out."""
    clean: set[str] = field(default_factory=set)
    """Sentences that held nothing or only what was proposed rightly."""
    wrong: Counter[str] = field(default_factory=Counter)


class Typist:
    """Plans and types a gold file into a running app."""

    def __init__(self, app: AnnotatorApp, pilot: Any, gold: Gold, *, show: bool) -> None:
        self.app, self.pilot, self.gold, self.show = app, pilot, gold, show
        self.pen, self.session = app.pen, app.session
        self.typed = Typed()

    async def run(self) -> None:
        """Type until every sentence has an answer."""
        while any(not w.done for a in self.session.queue for w in self.session.works_of(a)):
            await self.page()

    async def press(self, *keys: Key) -> None:
        """Type keys; those of one deed are not told apart by the app."""
        for key in keys:
            self.typed.keys.append(key)
            await self.pilot.press(key.name)

    def want(self, i: int) -> tuple[Span, ...]:
        """Return the gold of a sentence of the article in hand."""
        return self.gold.spans.get(self.session.here[i].sentence.id, ())

    def is_clean(self, i: int) -> bool:
        """Whether accepting a sentence as it is gives just its gold."""
        from dataclasses import replace

        return clean(replace(self.pen.table(), active=i), self.want(i))

    async def page(self) -> None:
        """Do what the screen shows: mend the sentences that need it, then accept."""
        here = self.session.place.sentence
        view = [i for i in self.pen.view if not self.session.here[i].done]
        for i in {*view, here}:
            s = self.session.here[i].sentence.id
            if s not in self.typed.of_sentence and self.is_clean(i):
                self.typed.clean.add(s)
            self.typed.of_sentence.setdefault(s, 0.0)
        dirty = [i for i in view if not self.is_clean(i)]
        if here not in view and not self.session.work.done:
            if not self.is_clean(here):
                await self.mend(here)
            await self.accept([here])
        elif dirty:
            await self.go(dirty[0])
        elif view:
            await self.accept(view)
        else:
            raise SystemExit(f"nothing to do at {self.session.work.sentence.id}, but not all is done")

    async def go(self, i: int) -> None:
        """Go to a sentence in view, if it can be by taking a suggestion there, and mend it."""
        here = self.session.place.sentence
        if i != here and not await self.jump(i):
            move = key_of("sentence_down" if i > here else "sentence_up", "move")
            for _ in range(abs(i - here)):
                await self.press(move)
            self.typed.of_sentence[self.session.here[i].sentence.id] += abs(i - here)
        await self.mend(i)

    async def jump(self, i: int) -> bool:
        """Take a right suggestion of a later sentence in view, which makes it the active one."""
        from annotator.core import hand as deeds

        wanted = {s.key for s in missing(self.session.here[i], self.want(i))}
        free = self.pen.hand.selection is None or self.pen.hand.fresh
        if not free:
            return False
        for name, (at, s) in deeds.targets(self.pen.table(), self.pen.hand).items():
            label = self.session.schema.label(name)
            if at == i and span_of(s).key in wanted and label and label.key:
                key = Key(label.key, "label")
                self.count(name, [key])
                await self.press(key)
                return True
        return False

    async def mend(self, i: int) -> None:
        """Type the cheapest keys that give a sentence just its gold."""
        want, rounds = self.want(i), 0
        while not self.is_clean(i):
            assert self.session.place.sentence == i, "the plan left its sentence"
            before = self.session.work.annotation
            plan = plan_sentence(self.pen.table(), self.pen.hand, want)
            if self.show:
                print(" ", self.session.work.sentence.text[:100], "|", " ".join(k.name for k in plan.keys))
            step = self._first_span(plan)
            await self.press(*step)
            rounds += 1
            after = self.session.work.annotation
            if rounds > 60 or (after == before and len(step) == len(plan.keys)):
                raise SystemExit(
                    f"the keys {[k.name for k in plan.keys]} did not do as planned in {self.session.work.sentence.id}"
                )
            new = [s for s in after.spans if s not in before.spans]
            self.count(new[0].label if new else "", step)

    def _first_span(self, plan: Plan) -> list[Key]:
        """Return the keys up to the first span that is done; then one looks again."""
        out: list[Key] = []
        for n, key in enumerate(plan.keys):
            out.append(key)
            later = plan.keys[n + 1 :]
            if key.use == "label" and (
                not later or later[0].use in ("label", "hint") or later[0].name in ("tab",)
            ):
                break
            if key == key_of("remove"):
                break
        return out

    def count(self, label: str, keys: list[Key]) -> None:
        """Note what keys a span took."""
        uses = self.typed.of_label.setdefault(label, Counter())
        uses.update(k.use for k in keys)
        uses["spans"] += 1

    async def accept(self, view: list[int]) -> None:
        """Accept the sentences in view: one with Enter, several at once."""
        here = self.session.place.sentence
        ids = [self.session.here[i].sentence.id for i in view]
        one = len(view) == 1 and view[0] == here
        for s in ids:
            self.typed.of_sentence[s] += 1 / len(ids)
        await self.press(key_of("accept" if one else "accept_view", "enter"))


async def type_gold(corpus: Corpus, gold: Gold, args: argparse.Namespace) -> tuple[Typed, float]:
    """Type the gold into the app and return what was typed, and the seconds that it took."""
    width, height = (int(x) for x in args.size.split("x"))
    journal = Journal.open(corpus.path, "gold")
    session = Session(
        corpus, journal, schema=corpus.schema, annotator="gold", clock=time.time, session_id="keystrokes"
    )
    take = {corpus.schema.name: tuple(args.take)}
    app = AnnotatorApp(session, Preferences(take=take))
    if args.suggest == ["none"]:
        app.pen.proposing = False
    began = time.perf_counter()
    try:
        async with app.run_test(size=(width, height)) as pilot:
            await pilot.pause()
            typist = Typist(app, pilot, gold, show=args.show)
            await typist.run()
            assert session.flush(60)
    finally:
        session.close()
    return typist.typed, time.perf_counter() - began


def check(corpus: Corpus, gold: Gold, name: str) -> None:
    """Fail unless the saved journal holds just the gold, every sentence accepted."""
    last = {}
    for record in Journal.open(corpus.path, name, read_only=True).records:
        last[record.work.sentence.id] = record.work
    wrong = []
    for _, sentences in gold.articles:
        for s in sentences:
            work = last.get(s.id)
            want = sorted(x.key for x in gold.spans.get(s.id, ()))
            have = sorted(x.key for x in work.annotation.spans) if work else None
            if have != want or work is None or work.annotation.answer is not Answer.ACCEPT:
                wrong.append(f"{s.id}: saved {have}, gold {want}")
    if wrong:
        raise SystemExit("the saved JSONL is not the gold:\n" + "\n".join(wrong[:10]))


def figures(gold: Gold, typed: Typed, seconds: float) -> dict[str, Any]:
    """Return keys a span by use and label, Enter a sentence, and motor seconds."""
    uses = Counter(k.use for k in typed.keys)
    n, m = sum(gold.labels.values()), gold.sentences
    motor = sum(HINT if k.use == "hint" else K for k in typed.keys)
    enters = {
        "all": typed.of_sentence.values(),
        "clean": [v for s, v in typed.of_sentence.items() if s in typed.clean],
    }
    by_label = {
        label: {
            "spans": gold.labels[label],
            "label": round(c["label"] / gold.labels[label], 3),
            "selection_and_correction": round((c["hint"] + c["select"]) / gold.labels[label], 3),
        }
        for label, c in sorted(typed.of_label.items())
        if label in gold.labels
    }
    other = typed.of_label.get("", Counter())
    return {
        "sentences": m,
        "spans": n,
        "unaligned": len(gold.unaligned),
        "keys_a_span": {
            "label": round(uses["label"] / n, 3),
            "selection_and_correction": round((uses["hint"] + uses["select"]) / n, 3),
            "enter_and_moves": round((uses["enter"] + uses["move"]) / n, 3),
            "total": round(len(typed.keys) / n, 3),
        },
        "removals": other["hint"] + other["select"],
        "by_label": by_label,
        "enter_a_sentence": {k: round(sum(v) / max(1, len(list(v))), 3) for k, v in enters.items()},
        "clean_sentences": len(typed.clean),
        "motor_seconds_a_span": round(motor / n, 2),
        "seconds_typing": round(seconds, 1),
    }


def slate(gold: Gold) -> dict[str, float]:
    """Return SLATE's keys a span by the model beside the repository; nothing where that is absent."""
    if not MODELS.is_file():
        return {}
    spec = util.spec_from_file_location("keystroke_models", MODELS)
    assert spec and spec.loader
    models = util.module_from_spec(spec)
    spec.loader.exec_module(models)
    docs = [_slate_doc(s, gold) for _, sentences in gold.articles for s in sentences]
    most = max(len(d["spans"]) for d in docs)
    order = "best" if most <= 6 else "reading"
    n = sum(gold.labels.values())
    keys = {
        "one_key_labels_counting": models.run_slate(docs, True, 1, order)[0],
        "default_not_counting": models.run_slate(docs, False, 2, order)[0],
    }
    return {k: round(v / n, 2) for k, v in keys.items()} | {"order": order}


def _slate_doc(s: Any, gold: Gold) -> dict[str, Any]:
    spans = []
    for x in gold.spans.get(s.id, ()):
        first, last = token_range(s.tokens, x.start, x.end)
        spans.append({"token_start": first, "token_end": last - 1, "label": x.label})
    return {"tokens": [{"text": t.text} for t in s.tokens], "spans": spans}


def main() -> None:
    """Plan, type, check and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--suggest", nargs="*", default=["rules", "history"])
    parser.add_argument("--take", nargs="*", default=[])
    parser.add_argument("--half", choices=("tune", "test", "all"), default="all")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--pty", type=int, default=0)
    parser.add_argument("--no-slate", action="store_true")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    gold = read_gold(args.gold, args.half, args.limit)
    for line in gold.unaligned[:20]:
        print("not on token edges, left out:", line)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = folder
        corpus = make_corpus(gold, Path(folder) / "gold")
        typed, seconds = asyncio.run(type_gold(corpus, gold, args))
        check(corpus, gold, "gold")
    out = {
        "benchmark": "keystrokes",
        "file": args.gold.name,
        "half": args.half,
        "take": args.take,
        **figures(gold, typed, seconds),
    }
    if not args.no_slate:
        out["slate_keys_a_span"] = slate(gold)
    print(json.dumps(out, indent=1), file=sys.stderr)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
