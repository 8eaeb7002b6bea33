"""One set of spans from several: entities and span groups, which may say the same in two places."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats.document import ConversionLog, ConversionLogEntry, ConversionOutcome

IN_ANOTHER_GROUP = "it stands in another span group as well"

SpanSet = tuple[str, Sequence[Span]]
"""Its name, and its spans."""


def merge_span_sets(span_sets: Sequence[SpanSet], text: str, where: str, log: ConversionLog) -> tuple[Span, ...]:
    """Return the spans of all views, each once; those that an earlier view has are listed as doubles.

    What stands twice in one view stays twice: ``align.settle`` lists that for all formats.
    """
    out: list[Span] = []
    before: set[tuple[int, int, str]] = set()
    for name, spans in span_sets:
        for span in spans:
            if span.key in before:
                id_ = f"{name}:{span.start}-{span.end}:{span.label}"
                log.record(ConversionLogEntry(where, id_, ConversionOutcome.DOUBLE, IN_ANOTHER_GROUP, text[span.start : span.end]))
            else:
                out.append(span)
        before |= {s.key for s in spans}
    return tuple(out)


def unreviewed_ranges(
    text: str, tokens: Sequence[Token], missing: Sequence[bool], spans: Sequence[Span]
) -> list[tuple[int, int]]:
    """Return the stretches of tokens whose tag is missing and that no span touches, in code points.

    A text without any tags but with spans is one whose spans are no entities: nothing is open.
    """
    if all(missing) and spans:
        return []
    touched = bytearray(len(text))
    for span in spans:
        end = min(span.end, len(text))
        touched[span.start : end] = b"\1" * (end - span.start)
    out: list[tuple[int, int]] = []
    before = False
    for token, lacks in zip(tokens, missing, strict=True):
        is_open = lacks and not any(touched[token.start : token.end])
        if is_open:
            out.append((out.pop()[0] if before else token.start, token.end))
        before = is_open
    return out
