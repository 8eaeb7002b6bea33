"""Tokenizer drift: the corpus was cut by other rules than those of the installed spaCy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from annotator.core.problems.material import CheckInput
from annotator.core.problems.problem import ProblemKind, ProblemLocation, Problem
from annotator.core.tokens import Token

TokenizeFunction = Callable[[str], Sequence[Token]]
"""A tokenizer: from a text to its tokens."""


def check_tokenizer_drift(check_input: CheckInput, stored: str, now: str, tokenize: TokenizeFunction) -> Iterator[Problem]:
    """Yield a problem where the fingerprint of the corpus is not that of the tokenizer ``cut``.

    It names the sentences that would be cut otherwise now; a model trained on the stored tokens
    would not see them again when it is used. Where there are none, nothing is to be mended.
    """
    if stored == now:
        return
    other, of = [], 0
    for article, sentences in check_input.sentences.items():
        for s in sentences:
            of += 1
            if tuple(tokenize(s.text)) != s.tokens:
                other.append(ProblemLocation(article, "", s.id, s.start, None, s.text))
    if not other:
        return
    what = (
        f"the corpus was cut by another tokenizer ({stored}) than that of the installed spaCy ({now}): "
        f"{len(other)} of {of} sentences would be cut otherwise"
    )
    cure = "install the spaCy that it was made with, or ingest the sources into a new corpus"
    yield Problem(ProblemKind.TOKENIZER, ProblemLocation(file="corpus.toml"), what, cure, tuple(other))
