"""The training config: tok2vec, ner and spancat on the CPU, with nothing but spaCy.

**Which file trains what.** With ``--unit sentence`` one ``config.cfg`` trains ner and spancat
from the same files: each Doc is reviewed as a whole. With ``--unit article`` the two need
different Docs. ``config.cfg`` trains ner from whole articles, whose unreviewed tokens are
missing; ``config-spancat.cfg`` trains spancat from ``spancat/*.spacy``, runs of reviewed
sentences, because its loss takes every n-gram that is not gold as a negative. Where the data
can feed only one of the two, ``config.cfg`` trains that one.

**Paths** begin with the folder as the user gave it, so a config in ``out/`` names
``out/train.spacy`` and works from where the export ran; from elsewhere, pass ``--paths.train``
and ``--paths.dev``. An absolute folder gives absolute paths.

**Memory.** The longest n-gram of the suggester decides how many words a batch may have
(``suggester.py``): that bounds the training batch, the Docs of an evaluation batch, and the
length up to which a run of sentences stays in one piece.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from annotator.core.counting import join_limited
from annotator.export.suggester import MAX_NGRAM_VECTORS, ngram_vectors
from annotator.export.template import CONFIG_TEMPLATE, NER_SECTION, LANGUAGE_TOKENIZERS, TOKENIZER_SETUP, SPANCAT_TEMPLATE, DEFAULT_TOKENIZER
from annotator.export.values import NgramSuggester

CONFIG_COMMENT = "# Training config written by `annotator export`"
"""How a config begins."""

_MAX_BATCH_WORDS = 1000
_EVALUATION_DOCS = 64
_MAX_PASSES = 30
"""How often training goes through the corpus at the most."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What one config trains, and from what."""

    pipes: tuple[str, ...]
    train: str
    dev: str
    """Paths of the two files, as spaCy is to read them."""
    lang: str
    spans_key: str
    tokens: int
    """Tokens in the training file."""
    docs: int
    suggester: NgramSuggester | None = None
    reader: str = "spacy"
    """Whose corpus reader: ``spacy.Corpus.v1``, or ``annotator.Corpus.v1``, which needs Annotator."""


def batch_words(plan: TrainingPlan) -> int:
    """Return the words of the largest training batch."""
    if plan.suggester is None:
        return _MAX_BATCH_WORDS
    return min(_MAX_BATCH_WORDS, MAX_NGRAM_VECTORS // ngram_vectors(plan.suggester.sizes[-1]))


def render_config(plan: TrainingPlan) -> bytes:
    """Write the config as a file."""
    words = batch_words(plan)
    longest = words if plan.suggester and plan.pipes == ("spancat",) else 0
    head = CONFIG_TEMPLATE.substitute(
        mark=CONFIG_COMMENT,
        what=" and ".join(plan.pipes),
        reader=_quoted_json(f"{plan.reader}.Corpus.v1"),
        train=_quoted_json(plan.train),
        dev=_quoted_json(plan.dev),
        lang=_quoted_json(plan.lang),
        tokenizer=LANGUAGE_TOKENIZERS.get(plan.lang, DEFAULT_TOKENIZER),
        prepared=TOKENIZER_SETUP.get(plan.lang, ""),
        pipeline=json.dumps(["tok2vec", *plan.pipes]),
        docs=_evaluation_batch(plan, words),
        max_length=longest,
        start=min(100, words),
        stop=words,
        steps=_max_steps(plan.tokens, words),
        weights=_score_weights(plan),
    )
    return (head + "".join(_component_section(p, plan) for p in plan.pipes)).encode()


def _evaluation_batch(plan: TrainingPlan, words: int) -> int:
    """Return how many Docs are evaluated at a time: for spancat as many as make up a batch."""
    if plan.suggester is None:
        return _EVALUATION_DOCS
    return max(1, min(_EVALUATION_DOCS, words * plan.docs // max(1, plan.tokens)))


def _quoted_json(value: str) -> str:
    """Quote a value."""
    return json.dumps(value, ensure_ascii=False)


def _max_steps(tokens: int, words: int) -> int:
    """Return enough steps for ``_PASSES`` passes, in hundreds, at least 600 and at most 20,000."""
    return min(20_000, max(600, math.ceil(_MAX_PASSES * tokens / words / 100) * 100))


def _score_weights(plan: TrainingPlan) -> str:
    share = 1 / len(plan.pipes)
    names = {"ner": "ents", "spancat": f"spans_{plan.spans_key}"}
    return "\n".join(
        f"{names[p]}_{x} = {share if x == 'f' else 0.0}" for p in plan.pipes for x in ("f", "p", "r")
    )


def _component_section(pipe: str, plan: TrainingPlan) -> str:
    if pipe == "ner":
        return NER_SECTION
    s = plan.suggester
    assert s is not None, "spancat needs spans"
    ceiling = join_limited([f"{label} {share:.1%}" for label, share in s.ceiling.items()])
    return SPANCAT_TEMPLATE.substitute(
        key=_quoted_json(plan.spans_key),
        sizes=json.dumps(s.sizes),
        percentile=s.percentile,
        ceiling=f"{s.overall:.1%} ({ceiling})",
    )
