"""What a split is drawn from: the stories of a corpus, and what earlier exports have fixed; and its recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.errors import CorpusError, UsageError
from annotator.export.options import ExportOptions, SplitRule
from annotator.export.splits import DrawnGroups
from annotator.storage.atomic import write_atomic
from annotator.storage.corpus_folder import CorpusFolder, lock_corpus
from annotator.storage.corpus_layout import SPLITS_FILE
from annotator.storage.file_io import translate_os_errors
from annotator.storage.splits_file import FixedSplit, encode_fixed_split, read_fixed_split

if TYPE_CHECKING:
    from annotator.workflows.export_plan import ExportPlan
    from annotator.workflows.story_split import StorySplit


class SplitSource(Struct, frozen=True):
    """What a split is drawn from."""

    drawn: DrawnGroups = field(default_factory=DrawnGroups)
    stories: StorySplit | None = None
    """None where each document is drawn by itself."""
    options: ExportOptions = field(default_factory=ExportOptions)
    """With what the corpus has where they do not choose."""

    def new_splits(self, corpus: CorpusFolder, plan: ExportPlan, warn: Callable[[str], None]) -> bytes | None:
        """Return what ``splits.json`` is to hold once the export is done; None where it stays as it is.

        It has the groups of a ``--rebalance``, and the documents that fill a part from now on. Raises CorpusError
        where groups could not be written; where only a stand-in could not, that is a warning.
        """
        groups = self.stories.fixed_groups if self.stories else None
        if groups is None and not plan.split.stand_ins:
            return None
        keys, documents = ({} if plan.torn else self.drawn.keys), plan.documents.keys
        parts = {documents[a]: part for a in documents if (part := plan.split.stand_ins.get(keys.get(a, documents[a])))}
        fixed = FixedSplit(groups) if groups is not None else read_fixed_split(corpus.path)
        rule = self.options.split_rule
        data = encode_fixed_split(fixed.with_stand_ins(rule.shares, rule.seed, parts))
        try:
            with _locked(corpus), TemporaryFile(dir=corpus.path) as trial:
                trial.write(data)
        except CorpusError as error:
            if groups is not None:
                raise
            warn(f"what fills a part cannot be recorded, so it may move when the corpus grows: {error.what}")
            return None
        return data


def save_splits(corpus: CorpusFolder, data: bytes) -> None:
    """Write ``splits.json``; raises CorpusError."""
    with _locked(corpus):
        write_atomic(corpus.path / SPLITS_FILE, data)


@contextmanager
def _locked(corpus: CorpusFolder) -> Iterator[None]:
    with translate_os_errors("write", corpus.path), lock_corpus(corpus.path):
        yield


def read_split_source(corpus: CorpusFolder, options: ExportOptions) -> SplitSource:
    """Return what a split of these options is drawn from, and the options with what ``corpus.toml`` has of it.

    Raises UsageError for options that exclude each other; CorpusError where an article, the table ``[split]`` or the
    file of what is fixed cannot be read.
    """
    options = with_corpus_split(corpus, options)
    _check_options(options)
    if options.split_from:
        return SplitSource(stories=_stories(corpus, options), options=options)
    if len(options.parts_with_share) < 2:
        return SplitSource(options=options)
    rule = options.split_rule
    fixed = FixedSplit() if options.rebalance else read_fixed_split(corpus.path)
    stand_ins = fixed.stand_ins_for(rule.shares, rule.seed)
    if rule.unit != "story":
        return SplitSource(DrawnGroups(stand_ins=stand_ins), options=options)
    found = _stories(corpus, options)
    stories = found.stories
    drawn = DrawnGroups(stories.keys, stories.quarantined_ids, frozenset(fixed.groups), stand_ins)
    return SplitSource(drawn, found, options)


def with_corpus_split(corpus: CorpusFolder, options: ExportOptions) -> ExportOptions:
    """Return the options with the table ``[split]`` of ``corpus.toml``, where they draw a split.

    Raises CorpusError where the table is damaged.
    """
    if not options.draws_split:
        return options
    split = corpus.split
    return replace(options, corpus_split=SplitRule(split.shares, split.seed, split.unit))


def _stories(corpus: CorpusFolder, options: ExportOptions) -> StorySplit:
    from annotator.workflows.story_split import split_by_story

    return split_by_story(corpus, options)


def _check_options(options: ExportOptions) -> None:
    """Raise UsageError for options of the split that exclude each other."""
    if options.split_else and not options.split_from:
        raise UsageError("--split-else has no meaning without --split-from", do="leave it out")
    if options.split_from:
        chosen = {"split": options.split, "split-by": options.split_by == "article", "rebalance": options.rebalance}
        for name in (name for name, is_given in chosen.items() if is_given):
            raise UsageError(f"--{name} has no meaning with --split-from", do="leave it out")
    if options.rebalance and options.split_by == "article":
        raise UsageError("--rebalance has no meaning with --split-by article", do="leave it out")
    if options.rebalance and options.split_rule.unit == "article":
        what = 'corpus.toml has unit = "article" in [split], with which --rebalance has no meaning'
        raise UsageError(what, do="leave it out, or add --split-by story")
