"""The main export there and back, for the round-trip certificate: corpus → DocBin → documents."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import orjson

from annotator.core.ledger import Outcome
from annotator.export.atomic_output import EXPORT_LEDGER_FILE
from annotator.export.options import ExportItem, ExportOptions
from annotator.formats import spacy_docbin
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.span_alignment import align_spans
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.annotation_loader import with_replays
from annotator.workflows.doc_units import planned_articles
from annotator.workflows.export_plan import plan_export
from annotator.workflows.exporting import export_training
from annotator.workflows.format_export import build_documents

_ONE_PART = (100, 0, 0)


def docbin_round_trip(corpus: CorpusFolder) -> tuple[list[Document], list[Document], ConversionLog]:
    """Return the accepted sentences, the documents read from their export, and what its ledger lists.

    Raises AnnotatorError for annotators in conflict and where nothing is accepted.
    """
    options = ExportOptions(split=_ONE_PART, lang=corpus.lang)
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        out = Path(folder, "out")
        export_training(corpus, out, options)
        log = ConversionLog()
        back = [align_spans(d, log) for d in spacy_docbin.read(_exported_source(out), log)]
        listed = _ledger_log((out / EXPORT_LEDGER_FILE).read_bytes().splitlines())
    items = with_replays(lambda replay: _exported_items(corpus, options, replay))
    return build_documents(items, "sentence", answers=False), back, listed


def _exported_items(corpus: CorpusFolder, options: ExportOptions, replay: frozenset[str]) -> list[ExportItem]:
    plan = plan_export(corpus, None, options, replay=replay)
    try:
        return [s.item for a in planned_articles(corpus, plan) for s in a.sentences() if s.item]
    finally:
        plan.selection.close()


def _exported_source(out: Path) -> ImportSource:
    """Return the one part: a file, or a folder of shards."""
    file = out / "train.spacy"
    return ImportSource(file if file.exists() else out / "train")


def _ledger_log(lines: Sequence[bytes]) -> ConversionLog:
    """Return the ledger of an export as a log: its ids are ``sentence:start-end:label``."""
    log = ConversionLog()
    for line in map(orjson.loads, lines):
        if line.get("what") == Outcome.LEFT_OUT.value:
            article, place, span = line["id"].split(":", 2)
            where = f"{article}:{place}"
            log.leave_out(where, span, line["why"], line["text"])
    return log
