"""Times an export against the usual recipe: ``python tests/benchmarks/export.py [SENTENCES] [RUNS]``.

Both make the same Docs from the same stored tokens and spans, alternately, in one process. The
recipe is the one of spaCy's documentation: ``Doc``, ``filter_spans``, ``DocBin.add``,
``to_disk``, no user data, no split, no ledger. The last line is one JSON object; times are CPU
seconds, the median of the runs.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as DocSpan
from spacy.util import filter_spans

from annotator.core.annotation import Annotation, Answer, Work
from annotator.core.article import Article, Line, Sentence, Verdict
from annotator.core.schema import parse_schema
from annotator.core.spans import Span
from annotator.core.tokens import token_range, tokens_of
from annotator.export.corpus import export_corpus
from annotator.export.docbin import known_codecs
from annotator.export.values import ExportOptions, Item

LABELS = {"PERSON": 2, "VENUE": 3, "COUNT": 2, "CLAIM": 11}
SCHEMA = parse_schema(
    {"label": [{"name": x, "target": "spans" if x == "CLAIM" else "ents"} for x in LABELS]}, "benchmark"
)
SYLLABLES = ["ka", "ro", "vemm", "mi", "tan", "os", "bri", "lu", "eff", "dor", "sha", "ne"]


def made(total: int, seed: int = 1) -> list[Item]:
    """Return accepted sentences of 25 invented words with some two spans each, 30 an article."""
    rnd = random.Random(seed)
    lexicon = ["".join(rnd.choices(SYLLABLES, k=rnd.randint(1, 4))) for _ in range(20_000)]
    out: list[Item] = []
    for first in range(0, total, 30):
        article = Article(f"{first:016x}", "made", "", "", (Line(Verdict.BODY, ""),), title=f"Report {first}")
        out += [_item(article, n, lexicon, rnd) for n in range(min(30, total - first))]
    return out


def _item(article: Article, n: int, lexicon: Sequence[str], rnd: random.Random) -> Item:
    words = [*rnd.choices(lexicon, k=rnd.randint(12, 36)), "."]
    tokens = tokens_of(words, [True] * (len(words) - 2) + [False, False])
    text = "".join(t.text + " " * t.ws for t in tokens)
    spans = [_span(tokens[rnd.randrange(len(tokens)) :], rnd) for _ in range(rnd.choice((0, 1, 2, 2, 3, 4)))]
    of = Sentence(article.id, n, n * 1000, n * 1000 + len(text), text, tokens)
    return Item(Work(of, Annotation(answer=Answer.ACCEPT).with_spans(spans)), "ana", article)


def _span(tokens: Sequence[object], rnd: random.Random) -> Span:
    label = rnd.choice(list(LABELS))
    last = tokens[: LABELS[label]][-1]
    return Span(tokens[0].start, last.end, label)  # type: ignore[attr-defined]


def ours(items: Sequence[Item], out: Path) -> None:
    """Export as the program does: splits, ledger, digests, config and all."""
    export_corpus(items, {}, SCHEMA, out, ExportOptions())


def recipe(items: Sequence[Item], out: Path) -> None:
    """Export as most scripts do."""
    out.mkdir(exist_ok=True)
    vocab = spacy.blank("en").vocab
    packed = DocBin()
    for item in items:
        tokens = item.work.sentence.tokens
        doc = Doc(vocab, words=[t.text for t in tokens], spaces=[t.ws for t in tokens])
        spans = [
            DocSpan(doc, *token_range(tokens, s.start, s.end), label=s.label)
            for s in item.work.annotation.spans
        ]
        doc.spans["sc"] = spans
        doc.ents = filter_spans([s for s in spans if s.label_ != "CLAIM"])
        packed.add(doc)
    packed.to_disk(out / "recipe.spacy")


def timed(run: Callable[[Sequence[Item], Path], None], items: Sequence[Item], out: Path) -> float:
    """Return the CPU seconds of one export."""
    before = time.process_time()
    run(items, out)
    return time.process_time() - before


def main(sentences: int = 10_000, runs: int = 3) -> None:
    """Print the figures."""
    items = made(sentences)
    taken: dict[str, list[float]] = {"ours": [], "recipe": [], "cached": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs):
            taken["ours"].append(timed(ours, items, Path(folder) / "ours"))
            taken["recipe"].append(timed(recipe, items, Path(folder) / "recipe"))
            with known_codecs():
                taken["cached"].append(timed(recipe, items, Path(folder) / "recipe"))
    one, other, cached = (statistics.median(taken[x]) for x in ("ours", "recipe", "cached"))
    print(f"{sentences} sentences: {one:.2f} s, the usual recipe {other:.2f} s")
    figures = {
        "sentences": sentences,
        "seconds": round(one, 3),
        "sentences_per_second": round(sentences / one),
        "recipe_seconds": round(other, 3),
        "ratio": round(other / one, 2),
        "recipe_seconds_codecs_cached": round(cached, 3),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
