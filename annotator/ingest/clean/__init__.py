"""The article in a text dump of a news page: a verdict and a reason for every physical line.

A linear score of shallow text traits per line (``traits``, ``weights``) is smoothed into one block
with interruptions by dynamic programming (``blocks``), in the manner of Kohlschütter et al. (2010)
and, for the context of short lines, of Pomikálek's jusText (2011); the lines before, in and after
the block then get their kinds (``head``, ``inside``, ``outside``) by their shape and place.
"""

from annotator.ingest.clean.line_verdicts import clean
from annotator.ingest.clean.metadata import CleanedPage

__all__ = ["CleanedPage", "clean"]
