"""The words of a document, for formats that hold no white space."""

from __future__ import annotations

import re
from itertools import pairwise

from annotator.core.tokens import Token
from annotator.formats.document import Document

_NON_BLANK = re.compile(r"\S+")


def visible_words(document: Document) -> list[Token]:
    """Return the document's tokens without white space, those that hold some cut there.

    A document without tokens is cut at blanks and at the edges of its spans.
    """
    if document.tokens:
        pieces = [(t.start, t.end) for t in document.tokens]
    else:
        inside = {e for s in document.spans for e in (s.start, s.end) if e < len(document.text)}
        edges = [0, *sorted(inside - {0}), len(document.text)]
        pieces = list(pairwise(edges))
    return [
        Token(found[0], found.start(), found.end(), ws=False)
        for start, end in pieces
        for found in _NON_BLANK.finditer(document.text, start, end)
    ]
