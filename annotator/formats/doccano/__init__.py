"""doccano's JSONL: ``label`` with ``[start, end, "LABEL"]``, or ``entities``, or the old ``annotations``.

The text is ``text``, in some exports ``data``.

An export is a zip with one member an annotator, or ``all.jsonl``. Nothing in it quotes the text, and
offsets count code points, graphemes (``grapheme_mode``) or, in files that went through JavaScript,
UTF-16 units; where texts have characters that make a difference, the words at the spans' edges tell.
"""

from annotator.formats.doccano.reading import detect, read
from annotator.formats.doccano.writing import write

NAME = "doccano"

__all__ = ["NAME", "detect", "read", "write"]
