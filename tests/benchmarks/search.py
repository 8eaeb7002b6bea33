"""How long the search and the worklist take in a large corpus of made-up sentences.

``python -m tests.benchmarks.search [SENTENCES]`` (10,000 where nothing is said): every sentence is
accepted and has up to three names, of which four in five bear one of two labels. The last line is one
JSON object with the seconds that one look for inconsistencies and one query over all sentences take.
"""

from __future__ import annotations

import argparse
import json
import random
import time

from annotator.checks.consistency import find_inconsistencies
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.search_query import QuerySubject, parse_query
from annotator.core.spans import Span
from tests import builders

_SMALL = ("the", "a", "of", "was", "in", "on", "came", "and", "to", "with", "who", "seen", "boats", "left")
_WORDS = 24


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", nargs="?", type=int, default=10_000)
    count = parser.parse_args().sentences
    annotated_sentences = make_sentences(count, random.Random(1))
    began = time.perf_counter()
    groups = find_inconsistencies(annotated_sentences, builders.news_schema())
    looked = time.perf_counter() - began
    query = parse_query("boats label:VENUE -answer:open")
    began = time.perf_counter()
    hits = sum(query.matches(QuerySubject(w)) for w in annotated_sentences)
    figures = {
        "benchmark": "search",
        "sentences": count,
        "spans": sum(len(w.annotation.spans) for w in annotated_sentences),
        "groups": len(groups),
        "inconsistencies_s": round(looked, 3),
        "hits": hits,
        "query_s": round(time.perf_counter() - began, 3),
    }
    print(json.dumps(figures))


def make_sentences(count: int, rng: random.Random) -> list[AnnotatedSentence]:
    """Return so many accepted sentences with names out of a fifth as many."""
    names = [f"Q{n:x}".translate(str.maketrans("0123456789", "ghijklmnop")) for n in range(max(1, count // 5))]
    return [_make_sentence(n, names, rng) for n in range(count)]


def _make_sentence(n: int, names: list[str], rng: random.Random) -> AnnotatedSentence:
    words = rng.choices(_SMALL, k=_WORDS)
    for at in rng.sample(range(_WORDS), 3):
        words[at] = rng.choice(names)
    sentence = builders.sentence(" ".join(words) + ".", start=n * 1000, index=n)
    spans = [
        Span(t.start, t.end, rng.choices(["PERSON", "VENUE"], [9, 1])[0])
        for t in sentence.tokens
        if t.text.startswith("Q") and rng.random() < 0.8
    ]
    return AnnotatedSentence(sentence, Annotation(answer=Answer.ACCEPT).with_spans(spans))


if __name__ == "__main__":
    main()
