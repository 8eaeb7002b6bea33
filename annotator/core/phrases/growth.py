"""Where a claim ends whose start is known, and what else it may be."""

from __future__ import annotations

from annotator.core.phrases.attitudes import phrase_end
from annotator.core.phrases.claims import claim_readings
from annotator.core.phrases.clauses import is_clause
from annotator.core.phrases.statements import limit, statement_end, trimmed
from annotator.core.phrases.view import View
from annotator.core.tokens import Range


def claim_from(features: View, first: int) -> Range:
    """Return the likeliest claim that starts at a token."""
    starting = [r for r in claim_readings(features) if r.first == first]
    if starting:
        likeliest = max(starting, key=lambda r: (r.score, r.last))
        return likeliest.first, likeliest.last
    quotation = next((q.last for q in features.quotations if q.first == first and q.has_opening), 0)
    ends = statement_end if features.word(first) in _CLAUSE or is_clause(features, first) else phrase_end
    return first, max(first + 1, quotation or ends(features, first))


_CLAUSE = frozenset({"that", "to", "whether", "why", "how", "what", "if"})


def claim_ends(features: View, first: int) -> tuple[int, ...]:
    """Return where a claim from ``first`` may end, the nearest first."""
    ends = {r.last for r in claim_readings(features) if r.first == first}
    ends |= {phrase_end(features, first), statement_end(features, first), trimmed(features, first, limit(features, first))}
    return tuple(sorted(e for e in ends if e > first))
