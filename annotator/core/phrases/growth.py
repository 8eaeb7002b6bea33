"""Where a claim ends whose start is known, and what else it may be."""

from __future__ import annotations

from annotator.core.phrases.attitudes import noun_phrase_end
from annotator.core.phrases.claims import claim_candidates
from annotator.core.phrases.clauses import is_clause
from annotator.core.phrases.statements import container_end, statement_end, strip_breaks
from annotator.core.phrases.view import SentenceFeatures
from annotator.core.tokens import TokenRange


def claim_from(features: SentenceFeatures, first: int) -> TokenRange:
    """Return the likeliest claim that starts at a token."""
    starting = [r for r in claim_candidates(features) if r.first == first]
    if starting:
        likeliest = max(starting, key=lambda r: (r.score, r.last))
        return likeliest.first, likeliest.last
    quotation = next((q.last for q in features.quotations if q.first == first and q.has_opening), 0)
    ends = statement_end if features.word(first) in _CLAUSE_STARTS or is_clause(features, first) else noun_phrase_end
    return first, max(first + 1, quotation or ends(features, first))


_CLAUSE_STARTS = frozenset({"that", "to", "whether", "why", "how", "what", "if"})


def claim_ends(features: SentenceFeatures, first: int) -> tuple[int, ...]:
    """Return where a claim from ``first`` may end, the nearest first."""
    ends = {r.last for r in claim_candidates(features) if r.first == first}
    ends |= {noun_phrase_end(features, first), statement_end(features, first), strip_breaks(features, first, container_end(features, first))}
    return tuple(sorted(e for e in ends if e > first))
