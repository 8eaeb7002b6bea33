"""What an export reports of its split: sizes, leakage, warnings, and the page that shows the data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from annotator.core.pluralize import pluralize
from annotator.export.doc_layout import ExportSentence
from annotator.export.export_ledger import REPORT_FILE
from annotator.export.options import ExportOptions
from annotator.export.split_audit import TRAIN_PART, audit_split
from annotator.export.split_report import (
    LONE_SENTENCES_SHARE,
    PartSize,
    RegroupedArticles,
    SplitAudit,
    lone_sentences_note,
    small_evaluation_warning,
)
from annotator.export.splits import PartContents, families_needed
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.export_plan import ExportPlan, planned_articles
from annotator.workflows.record_selection import select_items
from annotator.workflows.split_source import SplitSource

if TYPE_CHECKING:
    from annotator.export.report_page import ReportData

_BY_STORY = "By story: copies of an article and articles on one story stay in one part."
_BY_ARTICLE = "By article: copies of an article, and articles on one story, may be in several parts."
_BY_BLOCK = "In blocks of sentences, because there are too few documents: some are in several parts."


def audit_plan(
    corpus: CorpusFolder, plan: ExportPlan, options: ExportOptions, source: SplitSource
) -> tuple[RegroupedArticles | None, dict[str, bytes]]:
    """Return what is known of the split of an export, and by its name the page that shows the data.

    Without ``--report`` there is no page, and leakage is counted for a split that was given alone.
    """
    stories = source.stories
    regrouped = stories.regrouped(plan.missing) if stories else None
    if not (options.report or options.split_from):
        return regrouped, {}
    sentences = [s for article in planned_articles(corpus, plan) for s in article.sentences()]
    labels = [x.name for x in corpus.schema.labels]
    links = stories.stories.links if stories else {}
    audit = audit_split(sentences, labels, links, plan.documents.keys, len(plan.lone_sentences))
    if regrouped:
        audit = replace(audit, quarantined=regrouped.quarantined, moved=regrouped.moved)
    if not options.report:
        return audit, {}
    from annotator.export.report_page import render_report  # it loads jinja2

    return audit, {REPORT_FILE: render_report(_report_data(corpus, plan, options, audit, sentences))}


def _describe_split(plan: ExportPlan, options: ExportOptions) -> str:
    """Return how the split was drawn."""
    if options.split_from:
        return f"As the field {options.split_from} of the metadata has it."
    shares = "/".join(map(str, options.shares))
    shares += f", seed {options.split_rule.seed}" if options.split_rule.seed else ""
    if len(plan.parts) < 2:
        return f"{shares}. All in one part."
    if plan.split.blocks:
        return f"{shares}. {_BY_BLOCK}"
    return f"{shares}. {_BY_STORY if plan.drawn.keys and not plan.torn else _BY_ARTICLE}"


def _report_data(
    corpus: CorpusFolder,
    plan: ExportPlan,
    options: ExportOptions,
    audit: SplitAudit,
    sentences: Sequence[ExportSentence],
) -> ReportData:
    from annotator.export.report_page import ReportData, pairwise_agreement

    if len(corpus.annotators()) > 1:
        items = select_items(corpus).items
    else:
        articles = {s.article.id: s.article for s in sentences}
        items = tuple(plan.selection.items(lambda a: articles.get(a) or corpus.article(a)))
    labels = [x.name for x in corpus.schema.labels]
    agreement = pairwise_agreement(items, labels)
    settings = (corpus.name, corpus.known_lang, corpus.fingerprint, corpus.schema)
    spans = Counter(s.part for s in sentences for _ in s.spans)
    sizes = part_sizes(plan, spans)
    return ReportData(*settings, sentences, items, agreement, audit, sizes, _describe_split(plan, options))


def part_sizes(plan: ExportPlan, spans: Counter[str]) -> dict[str, PartSize]:
    """Return how much each part holds, given its spans."""
    articles, documents = [plan.articles[n].id for n in plan.article_numbers], plan.documents.keys
    pairs = {(part, documents[a]) for part, a in zip(plan.split.parts, articles, strict=True)}
    counts, sentences = Counter(part for part, _ in pairs), Counter(plan.split.parts)
    lone = Counter(p for p, n in zip(plan.split.parts, plan.article_numbers, strict=True) if n in plan.lone_sentences)
    return {
        part: PartSize(counts[part] if 2 * lone[part] < sentences[part] else None, sentences[part], spans[part])
        for part in plan.parts
    }


def spans_by_part(parts: Sequence[str], packed: Mapping[str, PartContents]) -> Counter[str]:
    """Return the spans of each part: those of its file, or of its files for some labels where these have more."""
    found = Counter({part: packed[part].spans.total() for part in parts if part in packed})
    for part in parts:
        some = sum(contents.spans.total() for name, contents in packed.items() if name.startswith(f"{part}."))
        found[part] = max(found[part], some)
    return found


def split_warnings(
    plan: ExportPlan, options: ExportOptions, sizes: dict[str, PartSize], audit: RegroupedArticles | None
) -> Iterator[str]:
    """Yield what leaks between the parts, what fills an empty part, and what is too small to measure by."""
    drawn = plan.split
    if drawn.too_few:
        n, parts = len(drawn.parts), len(options.parts_with_share)
        few = f"{pluralize(n, 'accepted sentence')} {'is' if n == 1 else 'are'} too few for {parts} parts"
        yield f"{few}: all in {drawn.parts[0]}, which is the only part that is written"
    if plan.torn:
        yield _torn_warning(plan, options)
    if drawn.blocks:
        yield _block_split_warning(plan, options)
    for family, part in sorted({**drawn.kept, **drawn.stand_ins}.items()):
        name = plan.document_name(plan.article_numbers[plan.families.index(family)])
        yield f"“{name}” fills {part}, into which no article fell by its hash, and stays there until --rebalance"
    if plan.predefined:
        yield from _predefined_warnings(plan, options, audit)
    if twins := plan.duplicate_count:
        yield f"sentences of dev or test that are in train too, word for word: {twins}"
    if len(plan.parts) > 1:
        lone = len(plan.lone_sentences)
        if lone and lone >= LONE_SENTENCES_SHARE * len(drawn.parts):
            yield lone_sentences_note(lone)
        if warning := small_evaluation_warning({p: size for p, size in sizes.items() if p != TRAIN_PART}):
            yield warning


def _torn_warning(plan: ExportPlan, options: ExportOptions) -> str:
    articles = {plan.articles[n].id for n in plan.article_numbers}
    stories = {plan.drawn.keys[a] for a in articles if a in plan.drawn.keys}
    return (
        f"too few stories to keep each in one part ({len(stories):,}; {'/'.join(map(str, options.shares))} needs "
        f"{families_needed(options.shares):,}): copies of one article, or articles on one story, are in several parts, "
        "which flatters the scores"
    )


def _block_split_warning(plan: ExportPlan, options: ExportOptions) -> str:
    """Return the warning that names the documents that are in several parts."""
    parts: dict[str, dict[str, None]] = defaultdict(dict)
    names: dict[str, str] = {}
    for number, part in zip(plan.article_numbers, plan.split.parts, strict=True):
        key = plan.documents.keys[plan.articles[number].id]
        names.setdefault(key, plan.document_name(number))
        parts[key][part] = None
    kind = "documents" if plan.documents.grouped else "articles"
    needed = f"{len(parts):,}; {'/'.join(map(str, options.shares))} needs {families_needed(options.shares):,}"
    blocks = f"too few {kind} to split by {kind[:-1]} ({needed}), so the sentences were split in blocks"
    torn = [f"“{names[key]}” in {' and '.join(x)}" for key, x in parts.items() if len(x) > 1]
    if not torn:
        return f"{blocks}; none leaks here, but the parts change as the corpus grows"
    return f"{blocks} and {kind} leak from part to part, which flatters the scores: {', '.join(torn)}"


def _predefined_warnings(plan: ExportPlan, options: ExportOptions, audit: RegroupedArticles | None) -> Iterator[str]:
    """Yield what the parts that were given share, and which were chosen by ``--split-else``."""
    assert plan.predefined
    chosen = plan.predefined.chosen
    if chosen and options.split_else != "leave-out":
        where = f"{options.split_from} has no part, or several for one document"
        yield f"{pluralize(len(chosen), 'article')} in {options.split_else} by --split-else: {where}"
    if isinstance(audit, SplitAudit):
        found = audit.leaks
        counts = (
            (found.articles, "document in two parts", "documents in two parts"),
            (
                found.stories,
                "document with a copy or the same story in train",
                "documents with a copy or the same story in train",
            ),
            (found.alike, "near-duplicate sentence", ""),
        )
        if leaks := [pluralize(n, one, many) for n, one, many in counts if n]:
            yield f"the parts of {options.split_from} are not apart, and nothing was moved: {', '.join(leaks)}"
