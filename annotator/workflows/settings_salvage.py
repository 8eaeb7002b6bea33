"""The settings of a corpus from what is left of ``corpus.toml``, the user's word, and what the stored tokens prove."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from annotator.core.errors import SourceError
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.codec import DataError, decode_sentence
from annotator.storage.corpus_layout import SENTENCES_FILE, CorpusSettings, encode_settings
from annotator.storage.settings_recovery import derived_settings

_COMPARED_SENTENCES = 300
"""How many stored sentences must have the tokens of the installed tokenizer."""
_UNKNOWN_TOKENIZER = "unknown"


def salvaged_settings(corpus: Path, lang: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the settings, with a word on it, if their language can be read or is ``lang``.

    The tokenizer is read, or proved by the stored tokens. With the user's word on the language, one that
    nothing proves is written as unknown. Where a table is damaged the user has to mend it. Raises SourceError for a
    language that spaCy does not have.
    """
    known = derived_settings(corpus)
    if lang:
        Tokenizer(lang, known.tokens or DEFAULT_TOKENS)
        known = replace(known, lang=lang)
    if known.lang and known.split and known.tokens:
        known = _with_proved_tokenizer(corpus, known, known.tokens)
        fingerprint = known.fingerprint or (_UNKNOWN_TOKENIZER if lang else "")
        if fingerprint:
            word = " and from --lang" if lang else ""
            what = f"put together from what can be read of it and from the stored tokens{word}"
            yield what, encode_settings(replace(known, fingerprint=fingerprint))


def _with_proved_tokenizer(corpus: Path, known: CorpusSettings, tokens: TokenSettings) -> CorpusSettings:
    """Return the settings with the tokenizer that the fingerprint proves, or else the stored tokens, if any is proved.

    A table that is lost without a trace may have been that of characters.
    """
    for settings in dict.fromkeys((tokens, TokenSettings("characters"))):
        with suppress(SourceError, DataError, OSError):
            tokenizer = Tokenizer(known.lang, settings)
            made = tokenizer.fingerprint
            if made == known.fingerprint or (not known.fingerprint and _cuts_as_stored(tokenizer, corpus)):
                return replace(known, fingerprint=made, tokens=settings)
    return known


def _cuts_as_stored(tokenizer: Tokenizer, corpus: Path) -> bool:
    """Return True if the tokenizer makes the stored tokens; raises DataError, OSError."""
    with (corpus / SENTENCES_FILE).open("rb") as file:
        found = [decode_sentence(line) for line in islice(file, _COMPARED_SENTENCES)]
    return bool(found) and all(tokenizer.tokens(s.text) == s.tokens for s in found)
