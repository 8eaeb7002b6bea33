"""The main export there and back, for the round-trip certificate: corpus → DocBin → documents."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import orjson
from msgspec.structs import replace

from annotator.core.ledger import Outcome
from annotator.core.schema import Schema
from annotator.export.atomic_output import EXPORT_LEDGER_FILE
from annotator.export.conflict_resolution import select_items
from annotator.export.exporter import export_corpus
from annotator.export.options import ExportOptions
from annotator.formats import spacy_docbin
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.span_alignment import align_spans
from annotator.workflows.annotation_loader import ExportSelection
from annotator.workflows.format_export import build_documents

_ONE_PART = (100, 0, 0)


def docbin_round_trip(
    gathered: ExportSelection, schema: Schema, lang: str
) -> tuple[list[Document], list[Document], ConversionLog]:
    """Return the accepted sentences, what is read of their export, and what its ledger lists.

    Raises AnnotatorError for annotators in conflict and where nothing is accepted.
    """
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        out = Path(folder, "out")
        options = ExportOptions(split=_ONE_PART, lang=lang)
        export_corpus(gathered.items, gathered.unreviewed, schema, out, options)
        account = ConversionLog()
        back = [align_spans(d, account) for d in spacy_docbin.read(_exported_source(out), account)]
        listed = _ledger_account((out / EXPORT_LEDGER_FILE).read_bytes().splitlines())
    chosen = select_items(gathered.items).accepted
    return build_documents(replace(gathered, items=chosen), "sentence", answers=False), back, listed


def _exported_source(out: Path) -> ImportSource:
    """Return the one part: a file, or a folder of shards."""
    file = out / "train.spacy"
    return ImportSource(file if file.exists() else out / "train")


def _ledger_account(lines: Sequence[bytes]) -> ConversionLog:
    """Return the ledger of an export as an account: its ids are ``sentence:start-end:label``."""
    account = ConversionLog()
    for line in map(orjson.loads, lines):
        if line.get("what") == Outcome.LEFT_OUT.value:
            article, place, span = line["id"].split(":", 2)
            where = f"{article}:{place}"
            account.leave_out(where, span, line["why"], line["text"])
    return account
