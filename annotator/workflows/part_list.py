"""``parts.json``: which article is in which part of an export, and why.

::

    {"split": {…},
     "sizes": {part: {"documents", "sentences", "spans"}, …},
     "parts": [{"article", "group", "part", "why", "sentences"}, …]}

``parts`` has a line for each article with an accepted sentence, several where the article was cut. ``part`` is null for
what is in none. ``sentences`` counts those of the article in the part, or that are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from msgspec import to_builtins

from annotator.export.export_ledger import ARTICLE_QUARANTINED, ARTICLE_WITHOUT_PART
from annotator.export.options import ExportOptions
from annotator.export.split_report import PartSize
from annotator.workflows.export_plan import ExportPlan

_REASONS_OF_NO_PART = {ARTICLE_QUARANTINED: "quarantined", ARTICLE_WITHOUT_PART: "left-out"}


def encode_part_list(plan: ExportPlan, options: ExportOptions, sizes: Mapping[str, PartSize]) -> bytes:
    """Return the file; the same plan gives the same bytes."""
    rule = options.split_rule
    split: dict[str, Any] = {"shares": rule.shares, **({"seed": rule.seed} if rule.seed else {}), "by": rule.unit}
    if options.split_from:
        split = {"from": options.split_from, "else": options.split_else}
    head = b'{\n"split": %b,\n"sizes": %b,\n"parts": [\n' % (orjson.dumps(split), orjson.dumps(to_builtins(sizes)))
    entries = b",\n".join(orjson.dumps(entry) for entry in _entries(plan))
    return head + entries + b"\n]\n}\n"


def _entries(plan: ExportPlan) -> Iterator[dict[str, Any]]:
    """Yield an article's entries, those exported in the order of the export, then those in no part."""
    counts = Counter(zip(plan.article_numbers, plan.split.parts, plan.families, strict=True))
    for (number, part, family), n in counts.items():
        yield _entry(plan, number, part, _why(plan, number, family), n)
    numbers = {article.id: n for n, article in enumerate(plan.articles)}
    left_out: dict[tuple[str, str], set[str]] = {}
    for x in plan.missing.excluded:
        if why := _REASONS_OF_NO_PART.get(x.why):
            sentence = x.item.annotated.sentence
            left_out.setdefault((sentence.article, why), set()).add(sentence.id)
    for (article, why), sentences in left_out.items():
        yield _entry(plan, numbers[article], None, why, len(sentences))


def _entry(plan: ExportPlan, number: int, part: str | None, why: str, sentences: int) -> dict[str, Any]:
    group = plan.groups[number]
    fields = {"article": plan.articles[number].id, "group": group.key if group else None}
    return {**fields, "part": part, "why": why, "sentences": sentences}


def _why(plan: ExportPlan, number: int, family: str) -> str:
    """Return by which rule an article is in its part."""
    article, split = plan.articles[number].id, plan.split
    if plan.predefined:
        return "split-else" if article in plan.predefined.chosen else "split-from"
    if split.too_few:
        return "too-few"
    if split.blocks:
        return "block"
    if len(plan.parts) < 2:
        return "only-part"
    if family in split.stand_ins or family in split.kept:
        return "stand-in"
    if article in plan.drawn.fixed and not plan.torn:
        return "fixed"
    return "hash" if family == plan.documents.keys[article] else "story"
