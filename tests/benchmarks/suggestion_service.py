"""What suggestions cost, and how often those of the annotator's own history are wrong.

``python -m tests.benchmarks.suggestion_service [FILE…] [--half tune|test|all] [--articles 40]`` (see
``gold_sets``). The service learns a made-up corpus of ``--articles`` articles with 40 accepted sentences
and 120 mentions each (a large one has 840), then suggests for 400 sentences of it: milliseconds of
processor time, so that other work on the machine does not count. The sentences of each file are learned in
their order, and what the history suggests for the next one is compared with the gold. The last line is one
JSON object.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.storage.schemas import load_schema
from annotator.suggest.mention_history import MentionHistory
from annotator.suggest.suggestion_service import SuggestionService
from annotator.workflows.gold_sets import annotated_sentences_of, read_gold
from tests.benchmarks.gold_sets import gold_parser, rows

SENTENCES = 40
LEAST = (0.25, 0.5, 0.8)
"""The scores from which on suggestions are counted: shown, more likely right, taken with Enter."""
_SYLLABLES = ("Al", "Be", "Cor", "Da", "El", "Fi", "Ga", "Ho", "Il", "Jo")
_ENDS = ("ra", "men", "so", "lin", "vik", "dar", "na", "tho", "bel", "ku")
FIRST = [a + b for a in _SYLLABLES for b in _ENDS]
LAST = [f + b + c for f in FIRST for b in ("st", "ber", "ga") for c in ("son", "ova", "y")]


def main() -> None:
    """Measure and print."""
    parser = gold_parser(__doc__)
    parser.add_argument("--articles", type=int, default=40)
    args = parser.parse_args()
    schema = load_schema("news")
    files = {p.name: repeats(p, args.half, schema) for p in args.files}
    figures = {
        "benchmark": "suggestion_service",
        "half": args.half,
        "speed": speed(args.articles, schema),
        "repeats": files,
    }
    print(json.dumps(figures))


def speed(articles: int, schema: Schema) -> dict[str, object]:
    """Return what a large corpus costs, in milliseconds of processor time."""
    dice = random.Random(1)
    annotated_sentences = [make_sentence(dice, f"{a:012x}", n) for a in range(articles) for n in range(SENTENCES)]
    service = SuggestionService(schema, lambda _: ("", []))
    began = time.process_time()
    service.update((), annotated_sentences)
    loaded = time.process_time() - began
    fresh = [AnnotatedSentence(w.sentence) for w in annotated_sentences[:400]]
    return {
        "mentions": sum(len(w.annotation.spans) for w in annotated_sentences),
        "load_s": round(loaded, 2),
        "history_ms": spread(lambda w: service.history.suggest(w.sentence), fresh),
        "first_ms": spread(service.suggestions, fresh),
        "edit_ms": spread(lambda w: service.update([w], [w]), fresh),
        "after_edit_ms": spread(service.suggestions, fresh),
        "again_ms": spread(service.suggestions, fresh),
    }


def make_sentence(dice: random.Random, article: str, n: int) -> AnnotatedSentence:
    """Return an accepted sentence with two persons and a place."""
    person, place, other = (f"{dice.choice(FIRST)} {dice.choice(LAST)}", dice.choice(LAST) + "burg", dice.choice(LAST))
    words = (
        f"Mayor {person} told reporters in {place} on Monday that about {dice.randint(3, 90)} boats "
        f"had left the harbour before {other} arrived ."
    ).split()
    tokens = build_tokens(words, [True] * (len(words) - 1) + [False])
    text = " ".join(words)
    spans = [
        Span(text.index(x), text.index(x) + len(x), label)
        for x, label in ((person, "PERSON"), (place, "VENUE"), (f"{other} ", "PERSON"))
    ]
    spans[2] = Span(spans[2].start, spans[2].end - 1, "PERSON")
    sentence = Sentence(article, n, n * 400, n * 400 + len(text), text, tokens)
    return AnnotatedSentence(sentence, Annotation(answer=Answer.ACCEPT).with_spans(spans))


def spread(
    call: Callable[[AnnotatedSentence], object], annotated_sentences: Sequence[AnnotatedSentence]
) -> dict[str, float]:
    """Return the median and the 99th percentile of a call, in milliseconds."""
    times = []
    for annotated in annotated_sentences:
        began = time.process_time()
        call(annotated)
        times.append(time.process_time() - began)
    times.sort()
    return {f"p{q}": round(1000 * times[len(times) * q // 100], 3) for q in (50, 99)}


def repeats(path: Path, half: str, schema: Schema) -> dict[str, dict[str, int]]:
    """Return how many of the history's suggestions were right and wrong, by least score."""
    with TemporaryDirectory() as folder:
        part = Path(folder) / path.name
        part.write_text("".join(json.dumps(r) + "\n" for r in rows(path, half)), encoding="utf-8")
        gold = read_gold(part, schema, "en")
    index = MentionHistory(schema)
    counts: Counter[tuple[float, bool]] = Counter()
    for row, annotated in zip(gold.rows, annotated_sentences_of(gold.rows), strict=True):
        for s in index.suggest(row.sentence):
            right = (s.start, s.end) in row.spans.get(s.label, ())
            counts.update((least, right) for least in LEAST if s.score >= least)
        index.add(annotated)
    return {f">={x}": {"right": counts[x, True], "wrong": counts[x, False]} for x in LEAST}


if __name__ == "__main__":
    main()
