"""The straight writer: spaCy's DocBin from records, without spaCy.

A DocBin is a deflated msgpack map of arrays (``spacy/tokens/_serialize.py``). Nine tenths of what
spaCy takes to fill it is not its own work (see ``annotator.docbin.srsly_codecs``), and most of the rest
makes Docs that are taken apart again at once. Here the arrays come straight from words, blanks
and spans. A test compares the bytes with those of the installed spaCy; where a new one changes
the format, ``annotator export --engine spacy`` serves.
"""
