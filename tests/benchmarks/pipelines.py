"""How much faster a pipeline suggests in batches over articles, and without the components that its spans do not need.

``python -m tests.benchmarks.pipelines [--articles 200] [--sentences 3]``. The pipeline has the components and sizes of
a small one from spaCy (tagger, parser and ner, each on a tok2vec), with random weights: speed does not depend on them.
All ways run on the same sentences, one after the other in one process, ``--rounds`` times in turn; the best counts.
The figures are sentences a second of processor time, and ratios to the first way. Batches must not change what is
found; a parser with random weights cuts the sentences, and so the entities, so that the third way finds others here.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from annotator.core.article import Sentence
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import build_tokens
from annotator.storage.schemas import load_schema
from annotator.suggest.pipeline_components import unneeded_components
from annotator.suggest.pipeline_request import PipelineRequest
from annotator.suggest.spacy_pipeline import PipelineSuggester

_WORDS = [
    *("Ada", "Pell", "met", "Norhaven", "council", "on", "Monday", "and", "counted", "20", "boats", "in", "the", "old"),
    *("harbour", "of", "Skerrin", "."),
]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--sentences", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    articles = make_articles(args.articles, args.sentences)
    nlp = make_pipeline()
    spare = unneeded_components(nlp, ents=True, groups=True)
    suggester = PipelineSuggester(nlp, load_schema("news"), "m", PipelineRequest("m"))
    every = [s for sentences in articles for s in sentences]
    best: dict[str, float] = {}
    found: dict[str, list[Sequence[Suggestion]]] = {}
    ways: dict[str, tuple[list[str], Callable[[], list[Sequence[Suggestion]]]]] = {
        "by_article": ([], lambda: [x for sentences in articles for x in suggester.suggest_all(sentences)]),
        "in_batches": ([], lambda: list(suggester.suggest_all(every))),
        "in_batches_needed_alone": (spare, lambda: list(suggester.suggest_all(every))),
    }
    for _ in range(args.rounds):
        for name, (disabled, run) in ways.items():
            with nlp.select_pipes(disable=disabled):
                began = time.process_time()
                found[name] = run()
                best[name] = min(best.get(name, 1e9), time.process_time() - began)
    base = best["by_article"]
    figures = {
        "benchmark": "pipelines",
        "sentences": len(every),
        "off": spare,
        "per_second": {name: round(len(every) / seconds) for name, seconds in best.items()},
        "times_as_fast": {name: round(base / seconds, 2) for name, seconds in best.items()},
        "same_in_batches": found["by_article"] == found["in_batches"],
    }
    print(json.dumps(figures))


def make_articles(articles: int, sentences: int) -> list[list[Sentence]]:
    """Return articles of sentences of 12 to 30 words."""
    dice = random.Random(1)
    return [[_make_sentence(dice, f"{a:012x}", n) for n in range(sentences)] for a in range(articles)]


def _make_sentence(dice: random.Random, article: str, n: int) -> Sentence:
    words = dice.choices(_WORDS, k=dice.randint(12, 30))
    tokens = build_tokens(words, [True] * (len(words) - 1) + [False])
    text = " ".join(words)
    return Sentence(article, n, n * 300, n * 300 + len(text), text, tokens)


def make_pipeline() -> Language:
    """Return a pipeline with random weights."""
    nlp = spacy.blank("en")
    for name in ("tagger", "parser", "ner"):
        nlp.add_pipe(name)
    doc = Doc(
        nlp.vocab,
        words=_WORDS,
        tags=["NN"] * len(_WORDS),
        heads=[0] * len(_WORDS),
        deps=["ROOT"] + ["dep"] * (len(_WORDS) - 1),
        ents=["B-PERSON", "I-PERSON", *["O"] * (len(_WORDS) - 2)],
    )
    spacy.util.fix_random_seed(1)
    nlp.initialize(lambda: [Example(doc, doc)])
    return nlp


if __name__ == "__main__":
    main()
