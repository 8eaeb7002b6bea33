"""What a reader would take as one thing: names, numbers, quotations, claims and what holds them.

All rules work on word shape and on the word lists of `words_en`. In a language that is not
English the lists rarely hit and the shapes remain: capitals, digits, quotation marks, commas.
Ranges are half-open token indexes. Everything is linear in the tokens of one sentence.
"""

from annotator.core.phrases.candidates import Candidate, candidates, snap
from annotator.core.phrases.extents import Extent, extents

__all__ = ["Candidate", "Extent", "candidates", "extents", "snap"]
