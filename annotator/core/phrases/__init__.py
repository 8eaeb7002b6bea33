"""What a reader would take as one thing: names, numbers, quotations, claims and what holds them.

All rules work on word shape and on the word lists of `en.words`. In a language that is not
English the lists rarely hit and the shapes remain: capitals, digits, quotation marks, commas.
Ranges are half-open token indexes. Everything is linear in the tokens of one sentence.
"""

from annotator.core.phrases.candidates import Candidate, candidates, snap
from annotator.core.phrases.context import context_of
from annotator.core.phrases.extents import Extent, extents
from annotator.core.phrases.known import Context
from annotator.core.phrases.reading import Reading
from annotator.core.phrases.readings import readings

__all__ = [
    "Candidate",
    "Context",
    "Extent",
    "Reading",
    "candidates",
    "context_of",
    "extents",
    "readings",
    "snap",
]
