"""Physical lines put together to the units that are judged: a line, or a hard-wrapped paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from annotator.ingest.clean.patterns import SENTENCE_END, SIGN_OFF

MAX_HEAD_LENGTH, MAX_TAIL_LENGTH = 3000, 200
"""How many code points of a long line's beginning and end are looked at: time stays in bounds."""
WRAP_WIDTHS = range(50, 101)
"""How long the lines of a text are that a mail program or a terminal has wrapped (code points)."""


@dataclass(frozen=True, slots=True)
class TextUnit:
    """The non-blank lines ``first`` to ``last`` (inclusive, from 0) and their text as one line.

    Of a text longer than ``HEAD + TAIL`` only its beginning and its end are kept.
    """

    first: int
    last: int
    text: str


def text_units(lines: list[str]) -> list[TextUnit]:
    """Return the units of the non-blank lines, in order; each such line is in one unit."""
    width = wrap_width(lines)
    runs: list[list[int]] = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if runs and runs[-1][-1] == number - 1 and _is_wrapped(lines[number - 1], line, width):
            runs[-1].append(number)
        else:
            runs.append([number])
    return [_make_unit(lines, run) for run in runs]


def wrap_width(lines: list[str]) -> int:
    """Return the column at which the text is hard-wrapped, 0 where it is not.

    A text is wrapped if a quarter of its pairs of neighbouring lines, and three at least, break off
    in the middle of a sentence where the next word would not have fitted, and if no more than
    one line in twenty is longer than a wrapped one can be.
    """
    full = [line.rstrip() for line in lines if line.strip()]
    too_long = sum(len(line) > WRAP_WIDTHS[-1] for line in full)
    breaks = [a.rstrip() for a, b in pairwise(lines) if _breaks_mid_sentence(a.rstrip(), b)]
    pairs = sum(len(a.rstrip()) in WRAP_WIDTHS and bool(b.strip()) for a, b in pairwise(lines))
    if len(breaks) < 3 or 4 * len(breaks) < pairs or 20 * too_long > len(full):
        return 0
    return max(map(len, breaks))


def _breaks_mid_sentence(line: str, following: str) -> bool:
    """Return whether a line of a wrapped text's length ends amid a sentence that goes on."""
    start = following.lstrip()[:1]
    return len(line) in WRAP_WIDTHS and start.islower() and not SENTENCE_END.search(line)


def _is_wrapped(line: str, following: str, width: int) -> bool:
    """Return whether the first word of ``following`` would not have fitted on ``line``."""
    if not width or SIGN_OFF.match(following):
        return False
    word = following.split(None, 1)[0]
    return WRAP_WIDTHS[0] - 15 <= len(line.rstrip()) <= width < len(line.rstrip()) + 1 + len(word)


def _make_unit(lines: list[str], run: list[int]) -> TextUnit:
    """Return the unit of the lines with the numbers ``run``."""
    return TextUnit(
        first=run[0],
        last=run[-1],
        text=_shortened(" ".join(lines[number].strip() for number in run)),
    )


def _shortened(text: str) -> str:
    """Return a text, or the beginning and the end of a very long one."""
    return text if len(text) <= MAX_HEAD_LENGTH + MAX_TAIL_LENGTH else f"{text[:MAX_HEAD_LENGTH]} {text[-MAX_TAIL_LENGTH:]}"
