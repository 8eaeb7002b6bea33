"""The tokenizer of a corpus as files of spaCy, from which a training config copies it without code of ours."""

from __future__ import annotations

import tempfile
from pathlib import Path

from annotator.core.errors import AnnotatorError
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.export.training_config import TOKENIZER_FOLDER
from annotator.ingest.spacy_tokenizer import blank_pipeline
from annotator.storage.file_io import translate_os_errors


def tokenizer_files(lang: str, tokens: TokenSettings) -> dict[str, bytes]:
    """Return an empty pipeline with the tokenizer, by file name; none where spaCy makes it from the language alone.

    Raises SourceError where the tokenizer cannot be made.
    """
    if tokens == DEFAULT_TOKENS:
        return {}
    nlp = blank_pipeline(lang, tokens)
    nlp.meta["name"] = TOKENIZER_FOLDER
    with (
        translate_os_errors("write", tempfile.gettempdir(), AnnotatorError),
        tempfile.TemporaryDirectory(prefix="annotator-") as folder,
    ):
        nlp.to_disk(folder, exclude=["vocab"])  # a large table of words, which a tokenizer does not need
        files = sorted(p for p in Path(folder).rglob("*") if p.is_file())
        return {f"{TOKENIZER_FOLDER}/{p.relative_to(folder).as_posix()}": p.read_bytes() for p in files}
