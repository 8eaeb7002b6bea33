"""The training of the public ``Corpus``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from annotator.core.disagreement import ConflictRule
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.arguments import OptionalNames, PathLike, checked_arguments
from annotator.workflows.opening import ProgressCallback, WarningCallback, ignore_progress, warn_in_python

if TYPE_CHECKING:  # it is loaded by the method that needs it
    from annotator.workflows.training import TrainingReport


class TrainingMethods:
    """What a corpus is trained by."""

    @property
    def folder(self) -> CorpusFolder:
        """The folder of the corpus."""
        raise NotImplementedError

    @checked_arguments
    def train(
        self,
        out: PathLike,
        *,
        split: str | None = None,
        split_from: str | None = None,
        split_else: Literal["train", "dev", "test", "leave-out"] | None = None,
        unit: Literal["sentence", "article"] = "sentence",
        annotator: OptionalNames = None,
        on_conflict: ConflictRule | None = None,
        max_steps: int = 0,
        seed: int = 0,
        progress: ProgressCallback = ignore_progress,
        warn: WarningCallback = warn_in_python,
    ) -> TrainingReport:
        """Export to ``out/data``, train spaCy on it, write the pipeline to ``out/model``, and evaluate it.

        ``split`` is that of ``corpus.toml`` by default, else 80/10/10. ``max_steps`` is the most
        batches of a config, 0 as many as the data need. Raises AnnotatorError.
        """
        from annotator.export.options import ExportOptions, parse_split, preferred_annotators
        from annotator.workflows.training import train_model

        names = preferred_annotators(annotator or ())
        options = ExportOptions(
            unit=unit,
            split=parse_split(split) if split is not None else None,
            split_from=split_from,
            split_else=split_else,
            annotator=names,
            on_conflict=on_conflict,
        )
        return train_model(self.folder, Path(out), options, max_steps, seed, progress, warn)
