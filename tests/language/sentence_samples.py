"""Sample sentences for the tests of the phrase rules, the hints and the suggestions."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from hypothesis import strategies as st

from annotator.core.tokens import Token, TokenRange, build_tokens, tokens_text

_TOKEN = re.compile(r"(?:Mr|Mrs|Dr|Lt|Gov|St|No)\.|[ap]\.m\.|U\.S\.|n’t|[’']s\b|\d[\d,.]*\d|\w+(?=n’t)|\w+|[^\w\s]")


def cut(text: str) -> tuple[Token, ...]:
    """Cut a sample sentence into tokens as spaCy's English tokenizer would."""
    found = list(_TOKEN.finditer(text))
    return build_tokens([m.group() for m in found], [text[m.end() : m.end() + 1] == " " for m in found])


def shown(tokens: tuple[Token, ...], r: TokenRange) -> str:
    """Return the text of a range of tokens."""
    return tokens_text(tokens[r[0] : r[1]]).rstrip()


def assert_linear(apply_rules: Callable[[int], object]) -> None:
    """Hold rules to twice the calls for twice the tokens, some added; ``apply_rules`` takes the number of tokens."""
    apply_rules(10)  # what is worked out once for all sentences does not count
    half, whole = _count_calls(apply_rules, 500), _count_calls(apply_rules, 1000)
    assert half >= 500, "every token is examined"
    assert whole <= 2.5 * half + 1000


def _count_calls(apply_rules: Callable[[int], object], n: int) -> int:
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        apply_rules(n)
    finally:
        sys.setprofile(before)
    return calls


_MARKS = [
    "“",
    "”",
    "‘",
    "’",
    '"',
    "'",
    "«",
    "»",
    "„",
    "-",
    "–",
    ",",
    ".",
    ":",
    ";",
    "(",
    ")",
    "%",
    "$",
    "&",
    "/",
    "''",
    "``",
]
_ODD = ["...", "\n", " ", "É", "日本", "👩‍👩‍👧", "e\u0301", "n't", "’s", "'s", "M.D."]
_WORDS = """
The Mr. President van al Brekke Port of the said that told according to who three a half 20 2019
percent million years March I i Kim Jr and or more than one Secretary State Director
"""
SENTENCES = st.lists(st.tuples(st.sampled_from([*_MARKS, *_ODD, *_WORDS.split()]), st.booleans()), max_size=40).map(
    lambda rows: build_tokens([w for w, _ in rows], [ws for _, ws in rows])
)
"""Sentences of words, marks and oddities in any order."""
