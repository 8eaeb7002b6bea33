"""The export of a corpus, in whatever format: the one place that decides which workflow makes it."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from annotator.export.options import ExportOptions, ExportReport
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import check_not_in_corpus
from annotator.workflows.opening import ProgressCallback, WarningCallback


def export_corpus(
    corpus: CorpusFolder,
    out: Path,
    options: ExportOptions,
    progress: ProgressCallback,
    warn: WarningCallback,
    *,
    save_groups: bool = True,
) -> ExportReport:
    """Export to a folder, as training data or in the format of another tool, whose module alone is loaded.

    ``save_groups``: whether the groups of a ``rebalance`` are saved in the corpus.
    """
    check_not_in_corpus(out)
    if options.format != "spacy":
        from annotator.workflows.format_export import export_corpus_to_format

        return export_corpus_to_format(corpus, out, options, warn, save_groups=save_groups)
    from annotator.workflows.exporting import export_training

    options = replace(options, lang=corpus.lang)
    return export_training(corpus, out, options, progress=progress, warn=warn, save_groups=save_groups)
