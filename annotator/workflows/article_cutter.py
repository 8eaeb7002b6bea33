"""Cutting an article again for a repair: by the rules of its language, and by those of earlier versions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property

from annotator.core.article import Article, Sentence
from annotator.core.errors import SourceError
from annotator.core.token_settings import DEFAULT_TOKENS
from annotator.ingest.article_builder import cut_sentences
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_layout import CorpusSettings

_EARLIER_SPLITTER = "en"
"""The splitter by which versions up to 0.2.0 cut every language."""


class ArticleCutter:
    """Cuts as an ingest does; nothing where the tokenizer of the corpus is not known, or is another one now."""

    def __init__(self, settings: CorpusSettings | None) -> None:
        self._settings = settings

    @cached_property
    def _tokenizer(self) -> Tokenizer | None:
        known = self._settings
        with suppress(SourceError):
            made = Tokenizer(known.lang, known.tokens or DEFAULT_TOKENS) if known else None
            return made if made and known and made.fingerprint == known.fingerprint else None
        return None

    def cuts(self, article: Article) -> Sequence[Sequence[Sentence]]:
        """Return the sentences of an article, by each of the rules that may have made them."""
        if self._tokenizer is None:
            return ()
        splitters = dict.fromkeys((self._tokenizer.lang, _EARLIER_SPLITTER))
        return [tuple(cut_sentences(article, self._tokenizer, lang)) for lang in splitters]

    def sentence(self, article: Article, index: int, start: int, end: int) -> Sentence | None:
        """Return the sentence at a place."""
        text = article.text[start:end]
        return Sentence(article.id, index, start, end, text, self._tokenizer.tokens(text)) if self._tokenizer else None
