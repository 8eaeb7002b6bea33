"""Too little to train on: labels with few spans, and few finished sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from annotator.core.annotation import Answer
from annotator.core.problems.material import CheckInput
from annotator.core.problems.problem import ProblemKind, ProblemLocation, Problem

MIN_TRAINING_SPANS = 50
"""Spans that a new label needs; the threshold of ``spacy debug data`` (NEW_LABEL_THRESHOLD)."""
MIN_TRAINING_SENTENCES = 100
"""Examples that a blank pipeline needs; below it ``spacy debug data`` fails (BLANK_MODEL_MIN_THRESHOLD)."""


def check_training_size(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the labels with fewer than 50 accepted spans, and a corpus with under 100 accepted sentences.

    What several annotators have marked alike counts once.
    """
    done = [x.annotated for x in check_input.reviewed_sentences if x.annotated.annotation.answer is Answer.ACCEPT]
    sentences = {w.sentence.id for w in done}
    if len(sentences) < MIN_TRAINING_SENTENCES:
        there = (
            "is 1 accepted sentence" if len(sentences) == 1 else f"are {len(sentences)} accepted sentences"
        )
        what = f"there {there}, and training needs {MIN_TRAINING_SENTENCES} at least"
        yield Problem(ProblemKind.FEW, ProblemLocation(file="corpus.toml"), what, "annotate more, or merge another corpus")
    if not sentences:
        return
    spans = {(w.sentence.id, *s.key) for w in done for s in w.annotation.spans}
    counts = Counter(key[-1] for key in spans)
    for label in check_input.schema.labels:
        if (n := counts[label.name]) < MIN_TRAINING_SPANS:
            told = f"{label.name} has {n} accepted spans" if n != 1 else f"{label.name} has 1 accepted span"
            what = f"{told}, and a label needs {MIN_TRAINING_SPANS} at least"
            yield Problem(ProblemKind.FEW, ProblemLocation(file="schema.toml"), what, "annotate more, or leave the label out")
