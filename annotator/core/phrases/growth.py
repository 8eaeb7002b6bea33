"""Where a claim ends whose start is known, and what else it may be."""

from __future__ import annotations

from annotator.core.phrases.attitudes import phrase_end
from annotator.core.phrases.claims import claim_readings
from annotator.core.phrases.clauses import is_clause
from annotator.core.phrases.statements import limit, statement_end, trimmed
from annotator.core.phrases.view import View
from annotator.core.tokens import Range


def claim_from(view: View, first: int) -> Range:
    """Return the likeliest claim that starts at a token."""
    starting = [r for r in claim_readings(view) if r.first == first]
    if starting:
        likeliest = max(starting, key=lambda r: (r.score, r.last))
        return likeliest.first, likeliest.last
    quotation = next((q.last for q in view.quotes if q.first == first and q.opened), 0)
    ends = statement_end if view.word(first) in _CLAUSE or is_clause(view, first) else phrase_end
    return first, max(first + 1, quotation or ends(view, first))


_CLAUSE = frozenset({"that", "to", "whether", "why", "how", "what", "if"})


def claim_ends(view: View, first: int) -> tuple[int, ...]:
    """Return where a claim from ``first`` may end, the nearest first."""
    ends = {r.last for r in claim_readings(view) if r.first == first}
    ends |= {phrase_end(view, first), statement_end(view, first), trimmed(view, first, limit(view, first))}
    return tuple(sorted(e for e in ends if e > first))
