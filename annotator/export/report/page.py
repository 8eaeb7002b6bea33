"""The page itself, section by section; the same data give the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Answer
from annotator.core.schema import COLOURS, Example, Label, Schema
from annotator.core.spans import Span
from annotator.core.tokens import token_range
from annotator.export.pieces import Piece
from annotator.export.report.agreement import Agreement
from annotator.export.report.drawn import drawn
from annotator.export.report.style import PARTS as PART_COLOURS
from annotator.export.report.style import STYLE
from annotator.export.report.svg import bars, lengths
from annotator.export.report.tags import paragraphs, section, table, tag, text
from annotator.export.study import Study
from annotator.export.values import Item

EXAMPLES = 20
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""No script runs and nothing is loaded from anywhere."""
_NOT_STATED = "not stated"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Card:
    """All that the page shows."""

    name: str
    lang: str
    tokenizer: str
    schema: Schema
    sentences: Sequence[Piece]
    items: Sequence[Item]
    """What all annotators left, the export's own among them."""
    agreement: Sequence[Agreement]
    audit: Study
    shares: str
    split_method: str
    """How the split was drawn, in a sentence."""


def page(report: Card) -> bytes:
    """Return the page as UTF-8."""
    body = tag("h1", text(report.name)) + _summary(report)
    body += section("Sources", _sources(report))
    body += section("Annotators", _annotators(report))
    body += section("Agreement", _agreement(report.agreement))
    body += section("Splits", _splits(report), _forms(report.audit), _leaks(report.audit), _listed(report.audit))
    body += section("Labels and lengths", _plots(report))
    body += section("Examples", _examples(report))
    body += section(f"Schema {report.schema.name} {report.schema.version}: the guideline", _guideline(report))
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{text(report.name)}</title><style>{STYLE}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'.encode()


def _classes(schema: Schema) -> dict[str, str]:
    return {x.name: f"c{COLOURS.index(x.colour) + 1}" for x in schema.labels}


def _summary(report: Card) -> str:
    spans = [s for p in report.sentences for s in _spans(p)]
    dates = sorted({d for p in report.sentences if _DATE.fullmatch(d := p.article.date[:10])})
    rows = [
        ("articles", len({p.article.id for p in report.sentences})),
        ("sentences, accepted and exported", len(report.sentences)),
        ("tokens", sum(len(p.sentence.tokens) for p in report.sentences)),
        ("spans", len(spans)),
        ("sentences without a span", sum(not _spans(p) for p in report.sentences)),
        ("language", report.lang),
        ("tokenizer", report.tokenizer),
        ("schema", f"{report.schema.name} {report.schema.version}"),
        ("dates", f"{dates[0]} to {dates[-1]}" if dates else _NOT_STATED),
    ]
    return tag("table", "".join(tag("tr", tag("th", text(a)) + _value(b)) for a, b in rows))


def _value(value: object) -> str:
    return tag("td", text(f"{value:,}" if isinstance(value, int) else value))


def _spans(sentence: Piece) -> tuple[Span, ...]:
    return sentence.item.annotated.annotation.spans if sentence.item else ()


def _sources(report: Card) -> str:
    articles = {p.article.id: p.article for p in report.sentences}
    sentences = Counter(articles[p.article.id].source or _NOT_STATED for p in report.sentences)
    count = Counter(a.source or _NOT_STATED for a in articles.values())
    rows = [(name, count[name], n) for name, n in sorted(sentences.items(), key=lambda x: (-x[1], x[0]))]
    return table(("source", "articles", "sentences"), rows)


def _annotators(report: Card) -> str:
    names = sorted({i.annotator for i in report.items})
    answers = Counter((i.annotator, i.annotated.annotation.answer) for i in report.items)
    exported = Counter(name for p in report.sentences for name in p.annotators)
    head = ("annotator", "accepted", "rejected", "ignored", "unfinished", "exported")
    kinds = (Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None)
    return table(head, [(n, *(answers[n, k] for k in kinds), exported[n]) for n in names])


def _agreement(found: Sequence[Agreement]) -> str:
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
    return table(head, rows)


def _splits(report: Card) -> str:
    parts = list(report.audit.sentences)
    rows: list[Sequence[object]] = [("articles", *(_articles(report.sentences, p) for p in parts))]
    rows.append(("sentences", *report.audit.sentences.values()))
    rows += [(x.name, *(report.audit.labels[p].get(x.name, 0) for p in parts)) for x in report.schema.labels]
    return tag("p", text(f"{report.shares}. {report.split_method}")) + table(("", *parts), rows)


def _articles(sentences: Sequence[Piece], part: str) -> int:
    return len({p.article.id for p in sentences if p.part == part})


def _forms(audit: Study) -> str:
    if not audit.forms:
        return ""
    rows = [(label, f.seen, f.unseen, f.seen / (f.seen + f.unseen)) for label, f in audit.forms.items()]
    description = "The different words that each label marks in dev, and whether it marks them in train too."
    return (
        tag("h3", "Surface forms") + tag("p", description) + table(("label", "seen", "unseen", "share seen"), rows)
    )


def _leaks(audit: Study) -> str:
    if len(audit.sentences) < 2:
        return ""
    names = {
        "articles": "articles of dev or test with sentences in train",
        "stories": "articles with a copy, or the same story, in train",
        "sentences": "sentences that stand in train word for word",
        "alike": "near-duplicates of a sentence in train",
    }
    rows = [(description, getattr(audit.by_chance, key), getattr(audit.leaks, key)) for key, description in names.items()]
    return tag("h3", "Leakage") + table(("in dev or test", "random split", "this split"), rows)


def _listed(audit: Study) -> str:
    description = [f"left out: {bridge.message}" for bridge in audit.quarantined]
    description += [f"moved to another part: {article}" for article in audit.moved]
    return tag("ul", "".join(tag("li", text(x)) for x in description)) if description else ""


def _plots(report: Card) -> str:
    classes = _classes(report.schema)
    rows = {x.name: {p: n[x.name] for p, n in report.audit.labels.items()} for x in report.schema.labels}
    legend = " ".join(tag("span", text(p), cls=f"key {PART_COLOURS[p]}") for p in report.audit.sentences)
    found: dict[str, list[int]] = {x.name: [] for x in report.schema.labels}
    for piece in report.sentences:
        for span in _spans(piece):
            first, last = token_range(piece.sentence.tokens, span.start, span.end)
            found.setdefault(span.label, []).append(max(1, last - first))
    plots = [lengths(n, label, classes.get(label, "c0")) for label, n in found.items() if n]
    return (
        tag("p", f"{legend} (in each bar from left to right)")
        + bars(rows, PART_COLOURS)
        + tag("div", "".join(plots), cls="plots")
    )


def _examples(report: Card) -> str:
    """Return twenty of the sentences with spans, in the order of the hash of their ids."""
    classes = _classes(report.schema)
    marked = sorted((p for p in report.sentences if _spans(p)), key=lambda p: _digest(p.sentence.id))
    out = [
        tag("p", drawn(p.sentence.text, _spans(p), classes), cls="x", dir="auto")
        + tag("p", text(f"{p.article.title or p.article.id} · {p.part}"), cls="of", dir="auto")
        for p in marked[:EXAMPLES]
    ]
    return "".join(out)


def _digest(sentence: str) -> bytes:
    return hashlib.sha256(f"example {sentence}".encode()).digest()


def _guideline(report: Card) -> str:
    classes = _classes(report.schema)
    return "".join(_label(x, classes) for x in report.schema.labels)


def _label(label: Label, classes: Mapping[str, str]) -> str:
    rules = [
        f"{rule} {', '.join(names)}"
        for rule, names in (("inside", label.inside), ("overlaps", label.overlaps))
        if names
    ]
    head = tag("h3", tag("span", text(label.name), cls=f"key {classes[label.name]}"))
    about = f"In {'ents and the span group' if label.target == 'ents' else 'the span group'}"
    description = tag(
        "p",
        text("; ".join([about, *(f"may lie {r}" if r.startswith("inside") else r for r in rules)])),
        cls="of",
    )
    return (
        head
        + paragraphs(label.description)
        + description
        + "".join(_example(e, label, classes) for e in label.examples)
    )


def _example(example: Example, label: Label, classes: Mapping[str, str]) -> str:
    spans = [] if example.wrong else [Span(a, b, label.name) for a, b in example.marked]
    note = f" — {example.note}" if example.note else ""
    lead = "✗ " if example.wrong else ""
    return tag("p", lead + drawn(example.text, spans, classes) + tag("i", text(note)), cls="x", dir="auto")
