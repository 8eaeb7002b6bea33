"""The split of an export in the format of another tool: the parts are those of the training data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import UsageError
from annotator.export.export_ledger import ARTICLE_QUARANTINED, ARTICLE_WITHOUT_PART
from annotator.export.options import ExportItem, ExportOptions, MissingItems, no_meaning_error
from annotator.export.split_report import PartSize, RegroupedArticles
from annotator.export.splits import part_of
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.export_plan import ExportPlan, plan_export
from annotator.workflows.opening import WarningCallback, ignore_warning, with_replays
from annotator.workflows.part_list import encode_part_list
from annotator.workflows.split_auditing import audit_plan, part_sizes, split_warnings
from annotator.workflows.split_source import read_split_source

_IN_NO_PART = (ARTICLE_QUARANTINED, ARTICLE_WITHOUT_PART)


class FormatSplit(Struct):
    """A split with the plan that it comes from, whose journals are closed."""

    plan: ExportPlan
    options: ExportOptions
    audit: RegroupedArticles | None
    splits: bytes | None
    """What ``splits.json`` is to hold; None where it stays."""

    def by_part(self, items: Iterable[ExportItem]) -> dict[str, list[ExportItem]]:
        """Return what is in each part, in the order of the items; what is in none is left out."""
        found: dict[str, list[ExportItem]] = {part: [] for part in self.plan.parts}
        parts = _SentenceParts(self.plan, self.options)
        for item in items:
            if part := parts.part(item):
                found[part].append(item)
        return found

    def with_left_out(self, missing: MissingItems) -> MissingItems:
        """Return what is missing together with what is in no part."""
        more = (x for x in self.plan.missing.excluded if x.why in _IN_NO_PART)
        return replace(missing, excluded=(*missing.excluded, *more))

    def sizes(self, spans: Mapping[str, int]) -> dict[str, PartSize]:
        """Return how much each part holds, given its spans."""
        return part_sizes(self.plan, Counter(spans))

    def part_list(self, sizes: Mapping[str, PartSize]) -> bytes:
        """Return ``parts.json``."""
        return encode_part_list(self.plan, self.options, sizes)

    def warnings(self, sizes: dict[str, PartSize]) -> list[str]:
        """Return what leaks, and what is too small to measure by."""
        return list(split_warnings(self.plan, self.options, sizes, self.audit))


def read_format_split(
    corpus: CorpusFolder, options: ExportOptions, warn: WarningCallback, *, can_split: bool
) -> FormatSplit | None:
    """Return the split of an export in another format than spaCy's; None where all goes into one file.

    Raises UsageError for options of the split without one, or with a format that has no parts.
    """
    chosen = {
        "split": options.split is not None,
        "split-from": options.split_from is not None,
        "split-else": options.split_else is not None,
        "split-by": options.split_by == "article",
        "rebalance": options.rebalance,
    }
    given = [name for name, is_given in chosen.items() if is_given]
    if given and not can_split:
        raise no_meaning_error(given[0], options.format)
    if not (chosen["split"] or chosen["split-from"]):
        if given:
            raise UsageError(f"--{given[0]} has no meaning without --split", do="add --split, such as --split 80/10/10")
        return None
    source = read_split_source(corpus, options)
    options = source.options

    def attempt(replay: frozenset[str]) -> FormatSplit:
        plan = plan_export(corpus, options, source.drawn, replay, ignore_warning)
        with closing(plan.selection):
            splits = source.new_splits(corpus, plan, warn)
            audit, _ = audit_plan(corpus, plan, options, source)
            return FormatSplit(plan, options, audit, splits)

    return with_replays(attempt)


class _SentenceParts:
    """The part of each finished sentence, accepted or not, as a plan has it."""

    def __init__(self, plan: ExportPlan, options: ExportOptions) -> None:
        self._plan, self._rule = plan, options.split_rule
        self._places: dict[str, list[tuple[int, str]]] = {}
        """By article, where each of its sentences in the plan starts, and its part; in text order."""
        self._by_document: dict[str, str] = {}
        self._in_none = {x.item.article.id for x in plan.missing.excluded if x.why in _IN_NO_PART}
        rows = zip(plan.article_numbers, plan.journal_numbers, plan.records, plan.split.parts, strict=True)
        for number, journal, record, part in rows:
            article = plan.articles[number].id
            self._places.setdefault(article, []).append((plan.journals[journal].starts[record], part))
            self._by_document.setdefault(plan.documents.keys[article], part)

    def part(self, item: ExportItem) -> str:
        """Return the part of a sentence; empty for one that is in none.

        One that the plan does not have, such as a rejected one, is in the part of the accepted one before it.
        """
        article, start = item.article.id, item.annotated.sentence.start
        if article in self._in_none:
            return ""
        if places := self._places.get(article):
            return _last([part for at, part in places if at <= start]) or places[0][1]
        key = self._plan.documents.keys[article]
        if part := self._by_document.get(key):
            return part
        predefined = self._plan.predefined
        drawn_by = self._plan.drawn.keys.get(article, key)
        part = (
            predefined.parts.get(article, "") if predefined else part_of(drawn_by, self._rule.shares, self._rule.seed)
        )
        return part if part in self._plan.parts or predefined else self._plan.parts[0]


def _last(items: Sequence[str]) -> str:
    return items[-1] if items else ""
