"""Articles, sentences and items in our own words, for the tests of the export."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.schema import parse_schema
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.export.options import ExportItem

SCHEMA = parse_schema(
    {
        "name": "test",
        "label": [
            {"name": "PERSON", "key": "a", "target": "ents", "inside": ["CLAIM"]},
            {"name": "VENUE", "key": "s", "target": "ents", "inside": ["CLAIM", "COUNT"]},
            {"name": "COUNT", "key": "d", "target": "ents", "inside": ["CLAIM"]},
            {"name": "CLAIM", "key": "f", "target": "spans"},
        ],
    },
    "test.toml",
)

_TOKEN = re.compile(r"\w+|[^\w\s]|\n+")


def tokenised(text: str) -> tuple[list[str], list[bool]]:
    """Split a text into words, marks and runs of newlines, as ``Doc`` takes them."""
    found = list(_TOKEN.finditer(text))
    return [m.group() for m in found], [text[m.end() : m.end() + 1] == " " for m in found]


def sentence(article: str, index: int, start: int, text: str) -> Sentence:
    """Build one sentence that starts at ``start``."""
    return Sentence(article, index, start, start + len(text), text, build_tokens(*tokenised(text)))


def make_article(
    lines: Sequence[Sequence[str]], *, title: str = "", dropped: Iterable[int] = (), **more: str
) -> Article:
    """Build an article of lines of sentences; the lines ``dropped`` are boilerplate."""
    text = "\n".join(" ".join(line) for line in lines)
    digest = hashlib.sha256(text.encode()).hexdigest()
    gone = set(dropped)
    verdicts = [
        SourceLine(LineVerdict.BOILERPLATE if n in gone else LineVerdict.BODY, "test")
        for n in range(len(lines))
    ]
    return Article(digest[:16], "made.txt", digest, text, tuple(verdicts), title=title, **more)  # type: ignore[arg-type]


def sentences(article: Article, lines: Sequence[Sequence[str]]) -> list[Sentence]:
    """Return the sentences of an article in the order of its lines, dropped ones too."""
    out: list[Sentence] = []
    at = 0
    for line in lines:
        for text in line:
            out.append(sentence(article.id, len(out), at, text))
            at += len(text) + 1
    return out


def spans(text: str, *marks: tuple[str, str]) -> list[Span]:
    """Return a span for each (words, label), at the first place where the words stand."""
    return [Span(text.index(words), text.index(words) + len(words), label) for words, label in marks]


def item(
    article: Article,
    of: Sentence,
    *marks: tuple[str, str],
    answer: Answer | None = Answer.ACCEPT,
    who: str = "ana",
    seq: int = 1,
) -> ExportItem:
    """Return a sentence as ``who`` left it."""
    annotation = Annotation().with_spans(spans(of.text, *marks)).with_answer(answer)
    return ExportItem(AnnotatedSentence(of, annotation), who, article, seq)


def with_spans(of: ExportItem, found: Sequence[Span]) -> ExportItem:
    """Return the item with these spans instead, unchecked and unordered."""
    return replace(
        of, annotated=replace(of.annotated, annotation=replace(of.annotated.annotation, spans=tuple(found)))
    )


def corpus(articles: int, each: int = 6) -> list[ExportItem]:
    """Return accepted items of invented articles: a person, a place, a number and a claim in each."""
    names = ["Ida Holm", "Tarek Sule", "Mona Birk", "Jonas Reyle", "Petra Quist", "Emil Vargas"]
    places = ["Port Ellen", "Rosavik", "the Tamber Hall", "Nordby Square", "Lake Ostra"]
    out: list[ExportItem] = []
    for n in range(articles):
        texts = [_line(n * each + i, names, places) for i in range(each)]
        lines = [[t for t, _ in texts]]
        article = make_article(lines, title=f"Report {n}")
        every = sentences(article, lines)
        out += [item(article, s, *marks) for s, (_, marks) in zip(every, texts, strict=True)]
    return out


def _line(n: int, names: list[str], places: list[str]) -> tuple[str, list[tuple[str, str]]]:
    name, place, count = names[n % len(names)], places[n % len(places)], f"{n + 3} boats"
    claim = f"{count} had reached {place} by noon"
    marks = [(name, "PERSON"), (place, "VENUE"), (count, "COUNT"), (claim, "CLAIM")]
    return f"{name} said in report {n} that {claim}.", marks
