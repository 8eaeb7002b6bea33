"""The page that ``export --report`` writes: one HTML file that needs no other, to be opened offline.

The same data give the same bytes. ``data/report.html.jinja`` is the page; here are its numbers. Every value
that the template prints is escaped, and characters that turn or hide text are made visible.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from itertools import combinations
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from msgspec import Struct, field

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.schema import LABEL_COLOURS, Label, Schema
from annotator.core.scoring import SpanScores, score_spans, scored_spans
from annotator.core.spans import Span, reading_order
from annotator.core.tokens import token_range
from annotator.export.doc_layout import ExportSentence
from annotator.export.options import ExportItem
from annotator.export.split_report import PartSize, SplitAudit, lone_sentences_note, small_evaluation_warning

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
    pairs = combinations(sorted(works), 2)
    found = (_agreement_of_pair((a, b), works[a], works[b], label) for a, b in pairs for label in labels)
    return [agreement for agreement in found if agreement]


def _agreement_of_pair(
    pair: tuple[str, str], one: dict[str, AnnotatedSentence], other: dict[str, AnnotatedSentence], label: str
) -> PairAgreement | None:
    common = sorted(one.keys() & other.keys())
    works = ((one[s].annotation.spans, other[s].annotation.spans) for s in common)
    ranges = ((scored_spans(mine, label), scored_spans(theirs, label)) for mine, theirs in works)
    scores = sum((score_spans(mine, theirs) for mine, theirs in ranges), start=SpanScores())
    sizes = scores.exact.predicted, scores.exact.gold
    if not sum(sizes):
        return None
    return PairAgreement(pair, label, len(common), sizes, scores.exact.dice, scores.overlapping.dice)


EXAMPLE_COUNT = 20
PART_CLASSES = {"train": "p1", "dev": "p2", "test": "p3"}
"""The class of each part."""
_NOT_STATED, _NOT_KNOWN = "not stated", "not known"
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LEAKS = {
    "articles": "documents of dev or test with sentences in train",
    "stories": "documents with a copy, or the same story, in train",
    "sentences": "sentences that are in train word for word",
    "alike": "near-duplicates of a sentence in train",
}


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
    sizes: Mapping[str, PartSize]
    split_method: str
    """How the split was drawn, with its shares."""


def render_report(report: ReportData) -> bytes:
    """Return the page as UTF-8."""
    classes = {x.name: f"c{LABEL_COLOURS.index(x.colour) + 1}" for x in report.schema.labels}
    audit = report.audit
    parts = list(audit.sentences)
    values: dict[str, Any] = {
        "name": report.name,
        "summary": list(_summary(report)),
        "sources": _sources(report.sentences),
        "annotators": _annotators(report),
        "agreement": [
            (" and ".join(a.pair), a.label, a.sentences, *a.spans, a.exact, a.relaxed) for a in report.agreement
        ],
        "split_method": report.split_method,
        "parts": parts,
        "part_classes": PART_CLASSES,
        "split": _split(report, parts),
        "forms": [(x, f.seen, f.unseen, f.seen / (f.seen + f.unseen)) for x, f in audit.forms.items()],
        "leaks": [
            (
                words,
                *(_NOT_KNOWN if n is None else n for n in (getattr(audit.by_chance, key), getattr(audit.leaks, key))),
            )
            for key, words in _LEAKS.items()
            if len(parts) > 1
        ],
        "notes": [
            *([lone_sentences_note(audit.lone_sentences)] if audit.lone_sentences and len(parts) > 1 else []),
            *filter(None, [small_evaluation_warning({p: s for p, s in report.sizes.items() if p != "train"})]),
        ],
        "regrouped": [
            *(f"left out: {bridge.message}" for bridge in audit.quarantined),
            *(f"moved to another part: {article}" for article in audit.moved),
        ],
        "bars": _bar_chart({x.name: {p: audit.labels[p][x.name] for p in parts} for x in report.schema.labels}),
        "lengths": [
            _length_histogram(n, label, classes.get(label, "c0")) for label, n in _span_lengths(report).items() if n
        ],
        "examples": list(_examples(report, classes)),
        "schema": f"{report.schema.name} {report.schema.version}",
        "labels": [_guideline(x, classes) for x in report.schema.labels],
    }
    return str(_template(**values).page()).encode()


_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # turn the reading direction
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # hide text
    "\ud800-\udfff]"  # halves of characters, which no UTF-8 can hold
)


def _escaped(value: object) -> object:
    """Return a value as text of the page; what a macro has made stays as it is."""
    return value if hasattr(value, "__html__") else Markup(escape(_INVISIBLE.sub("\ufffd", str(value))))  # noqa: S704 - escaped here


def _shown(value: object) -> object:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}" if isinstance(value, float) else value


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, finalize=_escaped)
    environment.filters["shown"] = _shown
    return environment


def _template(**values: Any) -> Any:
    """Return the macros of the template, with these values."""
    source = (Path(__file__).parent / "data" / "report.html.jinja").read_text("utf-8")
    return _environment().from_string("".join(map(str.strip, source.splitlines()))).make_module(values)


def _summary(report: ReportData) -> Iterator[tuple[str, object]]:
    """Yield what the data are, each with its name."""
    dates = sorted({d for p in report.sentences if _ISO_DATE.fullmatch(d := p.article.date[:10])})
    yield "articles", len({p.article.id for p in report.sentences})
    yield "sentences, accepted and exported", len(report.sentences)
    yield "tokens", sum(len(p.sentence.tokens) for p in report.sentences)
    yield "spans", sum(len(p.spans) for p in report.sentences)
    yield "sentences without a span", sum(not p.spans for p in report.sentences)
    yield "language", report.lang
    yield "tokenizer", report.tokenizer
    yield "schema", f"{report.schema.name} {report.schema.version}"
    yield "dates", f"{dates[0]} to {dates[-1]}" if dates else _NOT_STATED


def _sources(pieces: Sequence[ExportSentence]) -> list[tuple[str, int, int]]:
    """Return articles and sentences by source, the largest first."""
    articles = {p.article.id: p.article.source or _NOT_STATED for p in pieces}
    sentences, count = Counter(articles[p.article.id] for p in pieces), Counter(articles.values())
    return [(name, count[name], n) for name, n in sorted(sentences.items(), key=lambda x: (-x[1], x[0]))]


def _annotators(report: ReportData) -> list[tuple[object, ...]]:
    """Return the sentences of each annotator by answer, and the exported ones."""
    answers = Counter((i.annotator, i.annotated.annotation.answer) for i in report.items)
    exported = Counter(name for p in report.sentences for name in p.annotators)
    kinds = (Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None)
    names = sorted({i.annotator for i in report.items})
    return [(n, *(answers[n, k] for k in kinds), exported[n]) for n in names]


def _split(report: ReportData, parts: Sequence[str]) -> list[tuple[object, ...]]:
    """Return documents, articles, sentences and spans by part."""
    articles = Counter(part for _, part in {(p.article.id, p.part) for p in report.sentences})
    labels = report.audit.labels
    return [
        ("documents", *(_NOT_KNOWN if (n := report.sizes[p].documents) is None else n for p in parts)),
        ("articles", *(articles[p] for p in parts)),
        ("sentences", *report.audit.sentences.values()),
        *((x.name, *(labels[p].get(x.name, 0) for p in parts)) for x in report.schema.labels),
    ]


def _span_lengths(report: ReportData) -> dict[str, list[int]]:
    """Return the lengths of the spans in tokens, by label."""
    lengths: dict[str, list[int]] = {x.name: [] for x in report.schema.labels}
    for piece in report.sentences:
        for span in piece.spans:
            first, last = token_range(piece.sentence.tokens, span.start, span.end)
            lengths.setdefault(span.label, []).append(max(1, last - first))
    return lengths


def _examples(report: ReportData, classes: Mapping[str, str]) -> Iterator[tuple[_Box, str]]:
    """Yield twenty of the sentences with spans, in the order of the hash of their ids."""

    def order(piece: ExportSentence) -> bytes:
        return hashlib.sha256(f"example {piece.sentence.id}".encode()).digest()

    for p in sorted((p for p in report.sentences if p.spans), key=order)[:EXAMPLE_COUNT]:
        source = f"{p.article.title or p.article.id} · {p.part}"
        yield _sentence_box(p.sentence.text, p.spans, classes), source


def _guideline(label: Label, classes: Mapping[str, str]) -> dict[str, object]:
    """Return what the guideline holds of a label."""
    rules = [f"In {'ents and the span group' if label.target == 'ents' else 'the span group'}"]
    rules += [f"may be inside {', '.join(label.inside)}"] if label.inside else []
    rules += [f"overlaps {', '.join(label.overlaps)}"] if label.overlaps else []
    examples = []
    for e in label.examples:
        spans = [] if e.wrong else [Span(a, b, label.name) for a, b in e.marked]
        examples.append((e.wrong, _sentence_box(e.text, spans, classes), f" — {e.note}" if e.note else ""))
    return {
        "name": label.name,
        "colour": classes[label.name],
        "paragraphs": [" ".join(x.split()) for x in label.description.split("\n\n") if x.strip()],
        "rules": "; ".join(rules),
        "examples": examples,
    }


# Sentences with their spans drawn as nested underlines, each with its label at the end.


class _Box(Struct):
    """A stretch of a span that is whole in the box around it; ``last`` where the span ends with it."""

    text: str
    """The sentence."""
    start: int
    end: int
    label: str = ""
    colour: str = ""
    last: bool = True
    inner: list[_Box] = field(default_factory=list)

    @property
    def height(self) -> int:
        """How many lines are drawn inside of this one."""
        return 1 + max((b.height for b in self.inner), default=-1)

    @property
    def pieces(self) -> Iterator[str | _Box]:
        """The text and the boxes in it, in order."""
        at = self.start
        for inner in self.inner:
            yield self.text[at : inner.start]
            yield inner
            at = inner.end
        yield self.text[at : self.end]


def _sentence_box(text: str, spans: Sequence[Span], classes: Mapping[str, str]) -> _Box:
    """Return a sentence as boxes; a span that crosses another has two, its label at the end of the second."""
    root = _Box(text, 0, len(text))
    last_first = reversed(reading_order(list(spans)))
    waiting = [_Box(text, s.start, s.end, s.label, classes.get(s.label, "c0")) for s in last_first]
    while waiting:
        waiting += _nest_box(root, waiting.pop())
    return root


def _nest_box(box: _Box, new: _Box) -> list[_Box]:
    """Put a box into the innermost one that it begins in; return what reaches out, the last first."""
    around = next((b for b in box.inner if b.start <= new.start < b.end), None)
    if around is None:
        box.inner.append(new)
        return []
    if new.end <= around.end:
        return _nest_box(around, new)
    rest = _Box(new.text, around.end, new.end, new.label, new.colour, new.last)
    new.end, new.last = around.end, False
    return [rest, *_nest_box(around, new)]


# Plots: the values of their rectangles and texts.


_BAR_ROW, _BAR_LEFT, _BAR_WIDTH = 22, 150, 420
_STEP_WIDTH, _STEP_HEIGHT = 40, 70
_NAME_CHARACTERS = 20
"""Characters of a label that have room beside its bar."""
_LENGTH_STEPS = (*range(1, 11), 15, 20, 30, 50)
"""The upper ends of the classes of length, in tokens; what is longer is the last class."""


def _bar_chart(rows: Mapping[str, Mapping[str, int]]) -> dict[str, object]:
    """Return a bar for each row, stacked by part."""
    marks: list[object] = []
    most = max((sum(r.values()) for r in rows.values()), default=0) or 1
    for n, (name, row) in enumerate(rows.items()):
        x, y = float(_BAR_LEFT), n * _BAR_ROW
        marks.append((_short_name(name), _BAR_LEFT - 8, y + 15, "end"))
        for part, count in row.items():
            width, title = count * _BAR_WIDTH / most, f"{name}, {part}: {count}"
            marks.append(_rectangle(f"{x:.1f}", y + 3, f"{width:.1f}", _BAR_ROW - 8, PART_CLASSES[part], title))
            x += width
        marks.append((f"{sum(row.values()):,}", f"{x + 6:.1f}", y + 15, "start"))
    return {"marks": marks, "width": _BAR_LEFT + _BAR_WIDTH + 70, "height": _BAR_ROW * len(rows) + 4}


def _length_histogram(lengths: Sequence[int], name: str, colour: str) -> dict[str, object]:
    """Return how many spans have which length in tokens."""
    last = len(_LENGTH_STEPS)
    classes = Counter(next((n for n, end in enumerate(_LENGTH_STEPS) if x <= end), last) for x in lengths)
    most = max(classes.values(), default=0) or 1
    marks: list[object] = [(f"{_short_name(name)}: {len(lengths):,} spans, by tokens", 0, 12, "start")]
    for n in range(last + 1):
        tall = max(1.0, classes[n] * _STEP_HEIGHT / most) if classes[n] else 0.0
        title = f"{_length_class(n)} tokens: {classes[n]}"
        x, top = n * _STEP_WIDTH, f"{22 + _STEP_HEIGHT - tall:.1f}"
        marks.append(_rectangle(x, top, _STEP_WIDTH - 4, f"{tall:.1f}", colour, title))
        marks.append((_length_class(n), x + (_STEP_WIDTH - 4) / 2, _STEP_HEIGHT + 36, "middle"))
    return {"marks": marks, "width": _STEP_WIDTH * (last + 1) + 4, "height": _STEP_HEIGHT + 42}


def _rectangle(x: object, y: object, width: object, height: object, colour: str, title: str) -> dict[str, object]:
    return {"x": x, "y": y, "width": width, "height": height, "colour": colour, "title": title}


def _length_class(n: int) -> str:
    if n == len(_LENGTH_STEPS):
        return f"{_LENGTH_STEPS[-1] + 1}+"
    low = _LENGTH_STEPS[n - 1] + 1 if n else 1
    return str(low) if low == _LENGTH_STEPS[n] else f"{low}–{_LENGTH_STEPS[n]}"


def _short_name(name: str) -> str:
    return name if len(name) <= _NAME_CHARACTERS else f"{name[: _NAME_CHARACTERS - 1]}…"
