"""What an import goes into: a corpus that is there, or a new one and what that begins with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from annotator.core.errors import UsageError
from annotator.core.schema import Schema
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import check_folder_unused, is_corpus_folder
from annotator.storage.file_io import translate_os_errors
from annotator.storage.schemas import default_schema_path, load_schema, read_schema_text
from annotator.workflows.corpus_creation import check_token_unit
from annotator.workflows.import_options import ImportOptions


class ImportTarget(Struct, frozen=True):
    """The corpus to import into, or what a new one begins with."""

    folder: Path
    corpus: CorpusFolder | None
    schema: Schema
    schema_text: str
    lang: str
    tokens: TokenSettings = DEFAULT_TOKENS

    @property
    def warnings(self) -> Sequence[str]:
        """What is wrong with the files of the corpus."""
        return self.corpus.warnings if self.corpus else ()


def open_import_target(folder: Path, options: ImportOptions, *, may_create: bool) -> ImportTarget:
    """Open the corpus or prepare a new one; raises AnnotatorError where none can be."""
    with translate_os_errors("read", folder):
        is_new = may_create and not is_corpus_folder(folder)
        if is_new:
            check_folder_unused(folder)
    if is_new:
        path = options.schema or default_schema_path()
        text = read_schema_text(path)
        return ImportTarget(
            folder, None, load_schema(path), text, options.lang or "en", TokenSettings(options.tokens or "rules")
        )
    if options.schema:
        do = "leave it out; --map and --add-labels deal with other labels"
        raise UsageError("--schema is for a new corpus, and this one has its own", where=str(folder), do=do)
    corpus = CorpusFolder.open(folder)
    corpus.check_settings()
    if options.lang and options.lang != corpus.lang:
        what = f"--lang {options.lang}, but the corpus is {corpus.lang}"
        raise UsageError(what, where=str(folder), do="leave it out")
    check_token_unit(corpus, options.tokens)
    return ImportTarget(folder, corpus, corpus.schema, read_schema_text(corpus.schema_path), corpus.lang, corpus.tokens)
