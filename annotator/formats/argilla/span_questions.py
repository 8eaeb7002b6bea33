"""Which questions of an Argilla dataset ask for spans, and which text field each of them is about.

The records state neither: a question asks for spans if an answer to it has some, and is about the field whose
words its spans fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from annotator.core.errors import SourceError
from annotator.formats import span_fields
from annotator.formats.argilla.argilla_records import ArgillaRecord, unfolded_objects
from annotator.formats.offset_units import CODE_POINTS, OffsetUnitDetector, UnitFit

_USUAL_FIELDS = ("text", "sentence", "content", "document", "body", "passage", "context")
"""What a text field is called, the likelier names first."""


def value_spans(value: Any) -> list[span_fields.RawSpan] | None:
    """Return the spans of an answer, none where it is an empty list; None where it is no list of spans."""
    if isinstance(value, dict):
        value = unfolded_objects(value)
    if not isinstance(value, list):
        return None
    if not all(isinstance(x, dict) and {"start", "end"} <= x.keys() for x in value):
        return None
    return [span_fields.raw_span(x, labels=("label", "labels")) for x in value]


class SpanQuestions(Struct):
    """Gathers what the answers of a file show of its questions."""

    with_spans: Counter[str] = field(default_factory=Counter)
    """How many spans each question has."""
    empty: Counter[str] = field(default_factory=Counter)
    """How many answers to each question are an empty list."""
    others: Counter[str] = field(default_factory=Counter)
    """How many answers to each question are something else."""
    lengths: Counter[str] = field(default_factory=Counter)
    """How many characters each text field has."""
    fits: dict[str, dict[str, UnitFit]] = field(default_factory=dict)
    """By question, how well its spans fit each text field."""

    def add_record(self, record: ArgillaRecord) -> None:
        """Take in a record."""
        for name, text in record.texts.items():
            self.lengths[name] += len(text)
        for question, value in record.values:
            spans = value_spans(value)
            if spans is None:
                self.others[question] += value is not None
            elif spans:
                self.with_spans[question] += len(spans)
                self._add_fit(question, spans, record.texts)
            else:
                self.empty[question] += 1

    def _add_fit(self, question: str, spans: Iterable[span_fields.RawSpan], texts: Mapping[str, str]) -> None:
        quoted = list(span_fields.quoted_ranges((raw, raw.quote) for raw in spans))
        known = self.fits.setdefault(question, {})
        for name, text in texts.items():
            detector = OffsetUnitDetector((CODE_POINTS,))
            detector.add_text(text, quoted)
            known[name] = known.get(name, UnitFit()) + detector.fits.get(CODE_POINTS, UnitFit())

    def choose_fields(self, where: str) -> dict[str, str]:
        """Return the text field of each question that asks for spans.

        Raises SourceError where no question does, or the spans of one fit several fields equally well.
        """
        asked = list(self.with_spans) or [q for q in self.empty if not self.others[q]]
        if not asked and self.others:
            listed = ", ".join(sorted(self.others)[:8])
            what = f"no question in it asks for spans (its questions: {listed})"
            raise SourceError(what, where=where, do="import a dataset with a span question")
        if not self.lengths:
            raise SourceError("its records have no text field", where=where, do="import records with texts")
        if not asked:
            return {"": self._usual_field(list(self.lengths))}
        return {question: self._field_of(question, where) for question in asked}

    def _field_of(self, question: str, where: str) -> str:
        fits = {name: fit for name, fit in self.fits.get(question, {}).items() if fit.inside}
        best = max(fits.values(), default=UnitFit())
        tied = [name for name, fit in fits.items() if fit == best] or list(self.lengths)
        if len(tied) > 1 and fits and not set(tied) & set(_USUAL_FIELDS):
            what = f"the spans of the question {question} may be on the field {tied[0]} or {tied[1]}"
            raise SourceError(what, where=where, do="leave one of the two fields out of the file")
        return self._usual_field(tied)

    def _usual_field(self, names: Sequence[str]) -> str:
        usual = next((n for n in _USUAL_FIELDS if n in names), "")
        return usual or max(names, key=lambda n: (self.lengths[n], n))
