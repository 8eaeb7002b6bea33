"""The page itself, section by section; the same data give the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.schema import LABEL_COLOURS, Example, Label, Schema
from annotator.core.scoring import SpanScores, score_spans
from annotator.core.spans import Span
from annotator.core.tokens import token_range
from annotator.export.doc_layout import ExportSentence
from annotator.export.options import ExportItem, SplitAudit
from annotator.export.report_html import (
    PAGE_STYLE,
    bar_chart,
    escape_text,
    html_paragraphs,
    html_section,
    html_table,
    html_tag,
    length_histogram,
    sentence_html,
)
from annotator.export.report_html import PART_CLASSES as PART_COLOURS

# The page that ``export --report`` writes: one HTML file that needs no other, to be opened offline.


# How far two annotators agree: F1 of their spans by label, over the sentences that both accepted.


class PairAgreement(Struct, frozen=True):
    """Two annotators on one label; exact is the same range, relaxed is a shared token or more."""

    pair: tuple[str, str]
    label: str
    sentences: int
    spans: tuple[int, int]
    exact: float
    relaxed: float


def pairwise_agreement(items: Iterable[ExportItem], labels: Sequence[str]) -> list[PairAgreement]:
    """Return each pair of annotators on each label that one of them used in common sentences."""
    works: dict[str, dict[str, AnnotatedSentence]] = {}
    for i in items:
        if i.annotated.annotation.answer is Answer.ACCEPT:
            works.setdefault(i.annotator, {})[i.annotated.sentence.id] = i.annotated
    return [
        found
        for a, b in combinations(sorted(works), 2)
        for label in labels
        if (found := _agreement_of_pair((a, b), works[a], works[b], label))
    ]


def _agreement_of_pair(
    pair: tuple[str, str], one: dict[str, AnnotatedSentence], other: dict[str, AnnotatedSentence], label: str
) -> PairAgreement | None:
    common = sorted(one.keys() & other.keys())
    scores = sum(
        (score_spans(_label_ranges(one[s], label), _label_ranges(other[s], label)) for s in common),
        start=SpanScores(),
    )
    sizes = scores.exact.predicted, scores.exact.gold
    if not sum(sizes):
        return None
    return PairAgreement(pair, label, len(common), sizes, scores.exact.dice, scores.overlapping.dice)


def _label_ranges(annotated: AnnotatedSentence, label: str) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in annotated.annotation.spans if s.label == label]


EXAMPLE_COUNT = 20
_CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""No script runs and nothing is loaded from anywhere."""
_NOT_STATED = "not stated"
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class ReportData(Struct, frozen=True):
    """All that the page shows."""

    name: str
    lang: str
    tokenizer: str
    schema: Schema
    sentences: Sequence[ExportSentence]
    items: Sequence[ExportItem]
    """What all annotators left, the export's own among them."""
    agreement: Sequence[PairAgreement]
    audit: SplitAudit
    shares: str
    split_method: str
    """How the split was drawn, in a sentence."""


def render_report(report: ReportData) -> bytes:
    """Return the page as UTF-8."""
    body = html_tag("h1", escape_text(report.name)) + _summary_table(report)
    body += html_section("Sources", _source_table(report))
    body += html_section("Annotators", _annotator_table(report))
    body += html_section("Agreement", _agreement_table(report.agreement))
    body += html_section(
        "Splits",
        _split_table(report),
        _surface_form_table(report.audit),
        _leakage_table(report.audit),
        _regrouped_list(report.audit),
    )
    body += html_section("Labels and lengths", _label_plots(report))
    body += html_section("Examples", _example_sentences(report))
    body += html_section(
        f"Schema {report.schema.name} {report.schema.version}: the guideline", _guideline_sections(report)
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_CONTENT_SECURITY_POLICY}">'
        f"<title>{escape_text(report.name)}</title><style>{PAGE_STYLE}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'.encode()


def _label_classes(schema: Schema) -> dict[str, str]:
    return {x.name: f"c{LABEL_COLOURS.index(x.colour) + 1}" for x in schema.labels}


def _summary_table(report: ReportData) -> str:
    spans = [s for p in report.sentences for s in _sentence_spans(p)]
    dates = sorted({d for p in report.sentences if _ISO_DATE.fullmatch(d := p.article.date[:10])})
    rows = [
        ("articles", len({p.article.id for p in report.sentences})),
        ("sentences, accepted and exported", len(report.sentences)),
        ("tokens", sum(len(p.sentence.tokens) for p in report.sentences)),
        ("spans", len(spans)),
        ("sentences without a span", sum(not _sentence_spans(p) for p in report.sentences)),
        ("language", report.lang),
        ("tokenizer", report.tokenizer),
        ("schema", f"{report.schema.name} {report.schema.version}"),
        ("dates", f"{dates[0]} to {dates[-1]}" if dates else _NOT_STATED),
    ]
    return html_tag(
        "table", "".join(html_tag("tr", html_tag("th", escape_text(a)) + _number_cell(b)) for a, b in rows)
    )


def _number_cell(value: object) -> str:
    return html_tag("td", escape_text(f"{value:,}" if isinstance(value, int) else value))


def _sentence_spans(sentence: ExportSentence) -> tuple[Span, ...]:
    return sentence.item.annotated.annotation.spans if sentence.item else ()


def _source_table(report: ReportData) -> str:
    articles = {p.article.id: p.article for p in report.sentences}
    sentences = Counter(articles[p.article.id].source or _NOT_STATED for p in report.sentences)
    count = Counter(a.source or _NOT_STATED for a in articles.values())
    rows = [(name, count[name], n) for name, n in sorted(sentences.items(), key=lambda x: (-x[1], x[0]))]
    return html_table(("source", "articles", "sentences"), rows)


def _annotator_table(report: ReportData) -> str:
    names = sorted({i.annotator for i in report.items})
    answers = Counter((i.annotator, i.annotated.annotation.answer) for i in report.items)
    exported = Counter(name for p in report.sentences for name in p.annotators)
    head = ("annotator", "accepted", "rejected", "ignored", "unfinished", "exported")
    kinds = (Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None)
    return html_table(head, [(n, *(answers[n, k] for k in kinds), exported[n]) for n in names])


def _agreement_table(found: Sequence[PairAgreement]) -> str:
    if not found:
        return ""
    head = (
        "annotators",
        "label",
        "common sentences",
        "spans",
        "spans of the other",
        "exact F1",
        "relaxed F1",
    )
    rows = [(" and ".join(a.pair), a.label, a.sentences, *a.spans, a.exact, a.relaxed) for a in found]
    return html_table(head, rows)


def _split_table(report: ReportData) -> str:
    parts = list(report.audit.sentences)
    rows: list[Sequence[object]] = [("articles", *(_count_articles(report.sentences, p) for p in parts))]
    rows.append(("sentences", *report.audit.sentences.values()))
    rows += [(x.name, *(report.audit.labels[p].get(x.name, 0) for p in parts)) for x in report.schema.labels]
    return html_tag("p", escape_text(f"{report.shares}. {report.split_method}")) + html_table(
        ("", *parts), rows
    )


def _count_articles(sentences: Sequence[ExportSentence], part: str) -> int:
    return len({p.article.id for p in sentences if p.part == part})


def _surface_form_table(audit: SplitAudit) -> str:
    if not audit.forms:
        return ""
    rows = [(label, f.seen, f.unseen, f.seen / (f.seen + f.unseen)) for label, f in audit.forms.items()]
    description = "The different words that each label marks in dev, and whether it marks them in train too."
    return (
        html_tag("h3", "Surface forms")
        + html_tag("p", description)
        + html_table(("label", "seen", "unseen", "share seen"), rows)
    )


def _leakage_table(audit: SplitAudit) -> str:
    if len(audit.sentences) < 2:
        return ""
    names = {
        "articles": "articles of dev or test with sentences in train",
        "stories": "articles with a copy, or the same story, in train",
        "sentences": "sentences that stand in train word for word",
        "alike": "near-duplicates of a sentence in train",
    }
    rows = [
        (description, getattr(audit.by_chance, key), getattr(audit.leaks, key))
        for key, description in names.items()
    ]
    return html_tag("h3", "Leakage") + html_table(("in dev or test", "random split", "this split"), rows)


def _regrouped_list(audit: SplitAudit) -> str:
    description = [f"left out: {bridge.message}" for bridge in audit.quarantined]
    description += [f"moved to another part: {article}" for article in audit.moved]
    return html_tag("ul", "".join(html_tag("li", escape_text(x)) for x in description)) if description else ""


def _label_plots(report: ReportData) -> str:
    classes = _label_classes(report.schema)
    rows = {x.name: {p: n[x.name] for p, n in report.audit.labels.items()} for x in report.schema.labels}
    legend = " ".join(
        html_tag("span", escape_text(p), cls=f"key {PART_COLOURS[p]}") for p in report.audit.sentences
    )
    found: dict[str, list[int]] = {x.name: [] for x in report.schema.labels}
    for piece in report.sentences:
        for span in _sentence_spans(piece):
            first, last = token_range(piece.sentence.tokens, span.start, span.end)
            found.setdefault(span.label, []).append(max(1, last - first))
    plots = [length_histogram(n, label, classes.get(label, "c0")) for label, n in found.items() if n]
    return (
        html_tag("p", f"{legend} (in each bar from left to right)")
        + bar_chart(rows, PART_COLOURS)
        + html_tag("div", "".join(plots), cls="plots")
    )


def _example_sentences(report: ReportData) -> str:
    """Return twenty of the sentences with spans, in the order of the hash of their ids."""
    classes = _label_classes(report.schema)
    marked = sorted(
        (p for p in report.sentences if _sentence_spans(p)), key=lambda p: _example_order_key(p.sentence.id)
    )
    out = [
        html_tag("p", sentence_html(p.sentence.text, _sentence_spans(p), classes), cls="x", dir="auto")
        + html_tag("p", escape_text(f"{p.article.title or p.article.id} · {p.part}"), cls="of", dir="auto")
        for p in marked[:EXAMPLE_COUNT]
    ]
    return "".join(out)


def _example_order_key(sentence: str) -> bytes:
    return hashlib.sha256(f"example {sentence}".encode()).digest()


def _guideline_sections(report: ReportData) -> str:
    classes = _label_classes(report.schema)
    return "".join(_label_section(x, classes) for x in report.schema.labels)


def _label_section(label: Label, classes: Mapping[str, str]) -> str:
    rules = [
        f"{rule} {', '.join(names)}"
        for rule, names in (("inside", label.inside), ("overlaps", label.overlaps))
        if names
    ]
    head = html_tag("h3", html_tag("span", escape_text(label.name), cls=f"key {classes[label.name]}"))
    about = f"In {'ents and the span group' if label.target == 'ents' else 'the span group'}"
    description = html_tag(
        "p",
        escape_text("; ".join([about, *(f"may lie {r}" if r.startswith("inside") else r for r in rules)])),
        cls="of",
    )
    return (
        head
        + html_paragraphs(label.description)
        + description
        + "".join(_example_paragraph(e, label, classes) for e in label.examples)
    )


def _example_paragraph(example: Example, label: Label, classes: Mapping[str, str]) -> str:
    spans = [] if example.wrong else [Span(a, b, label.name) for a, b in example.marked]
    note = f" — {example.note}" if example.note else ""
    lead = "✗ " if example.wrong else ""
    return html_tag(
        "p",
        lead + sentence_html(example.text, spans, classes) + html_tag("i", escape_text(note)),
        cls="x",
        dir="auto",
    )
