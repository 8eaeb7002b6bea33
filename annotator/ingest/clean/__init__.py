"""The article in a text dump of a news page: a verdict and a reason for every physical line.

The units of a page (``line_features``) get a linear score of shallow text features (``score_weights``), which
dynamic programming smooths into blocks with interruptions (``block_path``), in the manner of Kohlschütter et al. (2010)
and, for the context of short lines, of Pomikálek's jusText (2011). The page is divided into regions (``page_regions``),
and of their blocks one is the article (``candidate_blocks``). The units before, in and after it get their verdicts by
shape and place: ``headline`` and ``header``; ``intruders``, ``reader_appeals``, ``inside_teasers``, ``subheads`` and
``gallery``; ``trailer``.
"""

from annotator.ingest.clean.line_verdicts import clean
from annotator.ingest.clean.metadata import CleanedPage

__all__ = ["CleanedPage", "clean"]
