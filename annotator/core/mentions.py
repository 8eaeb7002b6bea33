"""The other mentions of a labelled text in an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotator.core.annotation import Work
from annotator.core.edits import Edit, Op, add_span
from annotator.core.errors import RuleError
from annotator.core.phrases.en import words as en
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.tokens import Token


def label_mentions(works: Sequence[Work], words: str, label: str, schema: Schema) -> tuple[list[Edit], int]:
    """Return one edit for each sentence that has further mentions of ``words``, and how many these are.

    A mention is left out where it bears a label, was turned down, breaks a rule of the schema, or
    is a part of a longer name.
    """
    edits, count = [], 0
    for work in works:
        now = work
        for start, end in places(work.sentence.text, work.sentence.tokens, words):
            now = _labelled(now, Span(start, end, label), schema)
        if now is not work:
            count += len(now.annotation.spans) - len(work.annotation.spans)
            edits.append(Edit(Op.EDIT, (work,), (now,)))
    return edits, count


def _labelled(work: Work, span: Span, schema: Schema) -> Work:
    said = work.annotation
    if any((s.start, s.end) == (span.start, span.end) for s in said.spans):
        return work
    if any(s.key == span.key for s in said.rejected):
        return work
    try:
        return add_span(work, span, schema).after[0]
    except RuleError:
        return work


def places(text: str, tokens: Sequence[Token], words: str) -> Iterator[tuple[int, int]]:
    """Yield where ``words`` stand on token edges of ``text``, in code points, not in a longer name."""
    starts = {t.start: i for i, t in enumerate(tokens)}
    ends = {t.end: i for i, t in enumerate(tokens)}
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if at in starts and end in ends and not in_longer_name(tokens, starts[at], ends[end]):
            yield at, end
        at = text.find(words, at + max(1, len(words)))


def in_longer_name(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a capitalised word stands right beside a capitalised mention: "Brekke" in "Brekke Street"."""
    if not tokens[first].text[:1].isupper():
        return False
    before = tokens[first - 1] if first > 0 else None
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    led = before is not None and before.ws and before.text[:1].isupper() and first > 1
    followed = after is not None and tokens[last].ws and after.text[:1].isupper()
    return bool(followed or (led and not _title(before)))


def _title(token: Token | None) -> bool:
    """Whether a word before a name is a title rather than a part of it."""
    return token is not None and token.text.lower().rstrip(".") in en.TITLES
