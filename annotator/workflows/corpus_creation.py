"""What a corpus begins with, and what cannot be changed of it later."""

from __future__ import annotations

from pathlib import Path

from annotator.core.errors import CorpusError, UsageError, path_text
from annotator.core.token_settings import TokenSettings, TokenUnit
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.schemas import read_schema_text


def create_corpus(path: Path, *, schema: Path | str, lang: str, tokens: TokenUnit, name: str | None) -> CorpusFolder:
    """Make a corpus without articles; raises CorpusError for a folder in use, SourceError, SchemaError."""
    if name and not name.isprintable():
        raise CorpusError(f"{name!r} is no name for a corpus", do="use a name without control characters")
    settings = TokenSettings(tokens)
    return CorpusFolder.create(
        path,
        name=path_text(name or path.name),
        lang=lang,
        fingerprint=Tokenizer(lang, settings).fingerprint,
        schema_text=read_schema_text(schema),
        tokens=settings,
    )


def check_token_unit(corpus: CorpusFolder, given: TokenUnit | None) -> None:
    """Raise UsageError where ``--tokens`` is not what the corpus was begun with: its tokens are stored."""
    if given and given != corpus.tokens.unit:
        what = f"--tokens {given}, but the corpus was begun with {corpus.tokens}, and its tokens stay as they are"
        raise UsageError(what, where=str(corpus.path), do="leave --tokens out, or begin a new corpus")
