"""spaCy's JSON: the paragraphs of version 2, its training tuples, and what ``Doc.to_json`` returns.

- ``[{"paragraphs": [{"raw", "sentences": [{"tokens": [{"orth", "ner"}]}]}]}]``, tags in BILUO or IOB
- ``[text, {"entities": [[start, end, label]]}]``, in a JSON list, one a line, or under ``annotations``
- ``{"text", "ents", "sents", "tokens", "spans": {key: […]}}``
"""

from annotator.formats.spacy_json.reading import detect, read
from annotator.formats.spacy_json.writing import write

NAME = "spacy-json"

__all__ = ["NAME", "detect", "read", "write"]
