"""spaCy's DocBin, one file or a folder of shards, read without spaCy.

A DocBin is a deflated msgpack map of arrays (``spacy/tokens/_serialize.py``). Entities and all span
groups are read, each span once; the group of known-wrong spans becomes ``Document.rejected``. Tags
that are *missing* are told from O: a text in which all are missing is open, and ``Document.open`` names
the stretches that nobody has reviewed in another. Writing is the work of ``annotator.export``.
"""

from annotator.formats.spacy_docbin.reading import detect, read

NAME = "spacy"

__all__ = ["NAME", "detect", "read"]
