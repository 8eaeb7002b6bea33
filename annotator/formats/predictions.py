"""Spans that models propose, as files have them."""

from __future__ import annotations

from typing import Any

from annotator.core.ledger import Outcome
from annotator.formats.document import ConversionLog, PredictedSpan
from annotator.formats.offset_units import CODE_POINTS, OffsetUnit
from annotator.formats.span_fields import RawSpan, convert_spans, raw_span_id


def predicted_span(
    raw: RawSpan, source: str, score: Any, text: str, where: str, unit: OffsetUnit = CODE_POINTS
) -> PredictedSpan:
    """Return a predicted span of a file, with its place in the text or the reason why it has none.

    It is placed as an annotated span is, and is not counted as one.
    """
    placing = ConversionLog()
    found = convert_spans([raw], text, where, placing, unit)
    why = next((e.why for e in placing.entries if e.outcome is Outcome.LEFT_OUT), "")
    known = isinstance(score, int | float) and not isinstance(score, bool)
    return PredictedSpan(
        None if why or not found else found[0], source, float(score) if known else None, raw_span_id(raw), why
    )
