"""The settings of a corpus from what is left of ``corpus.toml``: the language, and what the stored tokens prove."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from annotator.core.errors import CorpusError, SourceError, path_text
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.codec import DataError, decode_sentence
from annotator.storage.corpus_layout import SCHEMA_FILE, SENTENCES_FILE, SETTINGS_FILE, CorpusSettings, encode_settings
from annotator.storage.file_io import translate_os_errors

_PAIR = re.compile(r'^(\w+)\s*=\s*"([^"\\]*)"', re.MULTILINE)
_COMPARED_SENTENCES = 300
"""How many stored sentences must have the tokens of the installed tokenizer."""


def salvaged_settings(corpus: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the settings, with a word on it, if their language can be read, and their tokenizer read or proved."""
    with suppress(CorpusError), translate_os_errors("read", corpus / SETTINGS_FILE):
        left = (corpus / SETTINGS_FILE).read_bytes().decode("utf-8", "replace")
        known = {key: value for key, value in _PAIR.findall(left) if "\ufffd" not in value}
        if lang := known.get("language"):
            name = known.get("name") or path_text(corpus.resolve().name)
            if fingerprint := known.get("tokenizer") or _proved_fingerprint(corpus, lang):
                settings = CorpusSettings(name, lang, fingerprint, known.get("schema") or SCHEMA_FILE)
                yield "put together from what can be read of it and from the stored tokens", encode_settings(settings)


def _proved_fingerprint(corpus: Path, lang: str) -> str:
    """Return the fingerprint of the installed tokenizer if the stored tokens are its; else nothing."""
    with suppress(SourceError, DataError, OSError):
        tokenizer = Tokenizer(lang)
        with (corpus / SENTENCES_FILE).open("rb") as file:
            found = [decode_sentence(line) for line in islice(file, _COMPARED_SENTENCES)]
        if found and all(tokenizer.tokens(s.text) == s.tokens for s in found):
            return tokenizer.fingerprint
    return ""
