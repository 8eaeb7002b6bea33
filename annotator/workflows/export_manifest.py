"""Collects what decides the bytes of an export, for its manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import msgspec
from msgspec.structs import replace

from annotator.core.article import Article
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.export.atomic_output import EXPORT_LEDGER_FILE, FileContent
from annotator.export.manifest import ExportInputs, ExportManifest, effective_options, export_counts
from annotator.export.options import ExportOptions, PartCounts
from annotator.formats.registry import format_software
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import COVERAGE_FILE, SENTENCES_FILE, SPLITS_FILE
from annotator.storage.file_io import file_digest, translate_os_errors
from annotator.storage.journal_index import JournalIndex
from annotator.storage.journal_state import journal_state
from annotator.workflows.split_source import with_corpus_split


def build_manifest(
    corpus: CorpusFolder,
    journals: Iterable[JournalIndex],
    options: ExportOptions,
    totals: Mapping[str, Any],
    parts: Mapping[str, PartCounts],
    ledger: FileContent,
    splits: bytes | None = None,
) -> bytes:
    """Return the text of an export's manifest; raises CorpusError, JournalError.

    ``totals`` are those of the ledger; ``splits`` is what ``splits.json`` will hold, where the export changes it.
    """
    files = dict(sorted({**totals["files"], EXPORT_LEDGER_FILE: content_digest(ledger)}.items()))
    inputs = export_inputs(corpus, journals, options, splits)
    options_in_force = effective_options(options)
    return ExportManifest(
        options=options_in_force, files=files, counts=export_counts(totals, parts), inputs=inputs
    ).encode()


def export_inputs(
    corpus: CorpusFolder, journals: Iterable[JournalIndex], options: ExportOptions, splits: bytes | None = None
) -> ExportInputs:
    """Return what decides the bytes of an export with these options; raises CorpusError, JournalError."""
    path = corpus.path
    with translate_os_errors("read", path):
        return ExportInputs(
            name=corpus.name,
            tokenizer=corpus.fingerprint,
            schema=file_digest(corpus.schema_path),
            sentences=file_digest(path / SENTENCES_FILE),
            split=with_corpus_split(corpus, options).split_rule if options.draws_split else None,
            splits=content_digest(splits) if splits is not None else file_digest(path / SPLITS_FILE),
            coverage=file_digest(path / COVERAGE_FILE),
            software=_software(options, corpus.tokens),
            annotators={x.name: journal_state(path, x) for x in journals},
            articles={a: _article_digest(corpus.article(a)) for a in corpus.article_ids()},
        )


def content_digest(content: FileContent) -> str:
    """Return the SHA-256 (hex) of a file's content."""
    digest = hashlib.sha256()
    for piece in [content] if isinstance(content, bytes) else content:
        digest.update(piece)
    return digest.hexdigest()


def _article_digest(article: Article) -> str:
    """Return a digest of all that an export may take from an article; its own digest is that of the text."""
    return hashlib.sha256(msgspec.json.encode(replace(article, text=""))).hexdigest()[:16]


def _software(options: ExportOptions, tokens: TokenSettings) -> dict[str, str]:
    """Return what else writes the files, with its version: another one may give other bytes."""
    if options.format != "spacy":
        return format_software(options.format)
    uses_spacy = options.engine == "spacy" or options.attrs == "full" or tokens != DEFAULT_TOKENS
    wanted = (*(["spacy"] if uses_spacy else []), *(["jinja2"] if options.report else []))
    return {name: version(name) for name in wanted}
