"""Quotations as claims: whole ones, and which marks only quote a title or a few words."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.phrases.clauses import CLAUSE_ENDS, has_finite_verb
from annotator.core.phrases.en import words as en
from annotator.core.phrases.quotations import OPENING_MARKS, Quotation
from annotator.core.phrases.view import SentenceFeatures, is_capital, is_word


def quotation_claims(features: SentenceFeatures) -> Iterator[tuple[int, int, str]]:
    """Yield first, last and rule of each outermost quotation, and of a mark that opens the next sentence."""
    end = -1
    for q in features.quotations:
        if q.last > end:
            yield q.first, q.last, _quotation_rule(features, q)
            end = q.last
    last = len(features) - 1
    if last >= 0 and features.tokens[last].text in OPENING_MARKS and (last == 0 or features.tokens[last - 1].ws):
        yield last, last + 1, "mark"


def _quotation_rule(features: SentenceFeatures, q: Quotation) -> str:
    if not q.has_opening:
        if not features.starts_in_quotation and _looks_like_title(features, q):
            return "title"
        return ("spoken end" if features.starts_in_quotation else "spoken end alone") if q.has_closing else "spoken"
    if not q.has_closing:
        return "open"
    if _looks_like_title(features, q):
        return "title"
    if q.first == 0 and q.last >= features.content_end():
        return "quotation whole"
    before = features.word(q.first - 1)
    if q.first == 0 or before in CLAUSE_ENDS:
        return "quotation start"
    return "quotation point" if before in (",", ":") else "quotation part"


def _looks_like_title(features: SentenceFeatures, q: Quotation) -> bool:
    """Whether a quotation looks like a title: capitals and no finite verb of its own."""
    first, last = q.content
    words = [t.text for t in features.tokens[first:last] if is_word(t.text) and t.text.lower() not in en.FUNCTION_WORDS]
    return 0 < sum(map(is_capital, words)) == len(words) < 7 and not (
        has_finite_verb(features, first, last) and features.word(last - 1) in CLAUSE_ENDS
    )
