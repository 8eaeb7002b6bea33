"""The fingerprint of the installed spaCy's tokenizer, without the second that importing spaCy takes.

How a blank pipeline cuts a text follows from a few files of ``spacy/lang``. For those that have been
looked at, ``data/tokenizers.json`` has the fingerprint, by language and digest of the files; a test
compares it with the installed spaCy. For any others spaCy itself is asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from annotator.ingest.tokens import Tokenizer

_STORED_FINGERPRINTS = Path(__file__).parent / "data" / "tokenizers.json"
_SHARED_FILES = ("char_classes.py", "punctuation.py", "tokenizer_exceptions.py")


def tokenizer_fingerprint(lang: str) -> str:
    """Return what ``Tokenizer(lang).fingerprint`` is; raises SourceError as that does."""
    return stored_tokenizer_fingerprint(lang) or Tokenizer(lang).fingerprint


def stored_tokenizer_fingerprint(lang: str) -> str:
    """Return the fingerprint if it is stored for the installed spaCy, else an empty string."""
    by_files: Mapping[str, str] = json.loads(_STORED_FINGERPRINTS.read_bytes()).get(lang, {})
    return by_files.get(spacy_files_digest(lang), "") if by_files else ""


def spacy_files_digest(lang: str) -> str:
    """Return the first 16 hex digits of a SHA-256 over the files of spaCy that decide how ``lang`` is cut."""
    spacy = find_spec("spacy")
    if spacy is None or spacy.origin is None:
        return ""
    folder = Path(spacy.origin).parent / "lang"
    files = [*(folder / name for name in _SHARED_FILES), *sorted((folder / lang).glob("*.py"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
