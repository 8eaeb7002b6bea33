"""A gold file as a corpus: its texts as sentences, its spans as what the journal must hold in the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.graphemes import widen_to_graphemes
from annotator.core.schema import LABEL_COLOURS, Label
from annotator.core.spans import Span, reading_order
from annotator.core.tokens import Token, token_range
from annotator.ingest.segmentation import sentence_ranges
from annotator.ingest.tokenizer import Tokenizer
from annotator.language.span_forms import span_forms
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.schemas import default_schema_path, load_schema
from tests.benchmarks.gold_rows import Row, documents

KEYS = "asdfgewq"
"""The keys of the labels where the gold does not have those of the shipped schema."""
LONG = 1000
"""A row of one line with more code points is cut into sentences as ingest would."""

Part = tuple[Sentence, ...]
"""The sentences of the corpus that are one in the end: several where a span runs over their ends."""


@dataclass
class Gold:
    """What a file holds: articles with their sentences, their spans, and what cannot be entered."""

    articles: list[tuple[Article, tuple[Sentence, ...]]] = field(default_factory=list)
    spans: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    """Article id → its spans in reading order, in code points of the article's text."""
    unaligned: list[str] = field(default_factory=list)

    @property
    def labels(self) -> Counter[str]:
        """How many spans each label has."""
        return Counter(s.label for spans in self.spans.values() for s in spans)

    @property
    def size(self) -> int:
        """How many spans there are."""
        return sum(map(len, self.spans.values()))

    def of(self, sentence: Sentence) -> tuple[Span, ...]:
        """Return the spans that lie in a sentence, in code points of its text."""
        spans = self.spans.get(sentence.article, ())
        inside = (s for s in spans if sentence.start <= s.start and s.end <= sentence.end)
        return tuple(s.shifted(-sentence.start) for s in inside)

    def runs_over(self, sentence: Sentence) -> bool:
        """Whether a span that begins in the sentence runs over its end, so that it must be joined."""
        return any(s.start < sentence.end < s.end for s in self.spans.get(sentence.article, ()))

    def runs_in(self, sentence: Sentence) -> bool:
        """Whether a span that begins before the sentence runs into it."""
        return any(s.start < sentence.start < s.end for s in self.spans.get(sentence.article, ()))

    @property
    def parts(self) -> Iterator[Part]:
        """The sentences as they are in the end."""
        for _, sentences in self.articles:
            part: list[Sentence] = []
            for s in sentences:
                part.append(s)
                if not self.runs_over(s):
                    yield tuple(part)
                    part = []

    def head(self, most: int) -> Gold:
        """Return the gold of the first sentences, as many as asked for."""
        out = Gold()
        for article, sentences in self.articles:
            left = most - sum(len(s) for _, s in out.articles)
            if left <= 0:
                break
            end = sentences[: max(1, left)][-1].end
            short = article if left >= len(sentences) else _article(article.text[:end], article.origin, out)
            kept = tuple(replace(s, article=short.id) for s in sentences[:left])
            out.articles.append((short, kept))
            out.spans[short.id] = tuple(s for s in self.spans.get(article.id, ()) if s.end <= end)
        return out


def read_gold(path: Path, half: str = "all", limit: int = 0) -> Gold:
    """Return the rows of a file as articles, whole ones until there are ``limit`` sentences.

    A row with blank lines, or with several lines where it is an article by itself, is cut into
    sentences by the house; any other row is one sentence. Exits where a row is broken.
    """
    gold, tokenizer = Gold(), Tokenizer()
    count = 0
    for rows in documents(path, half):
        if limit and count >= limit:
            break
        count += _add(gold, rows, tokenizer, path.name)
    if not count:
        raise SystemExit(f"{path}: there is no sentence in it; name another file, or the other half")
    return gold


def _add(gold: Gold, rows: Sequence[Row], tokenizer: Tokenizer, origin: str) -> int:
    """Add an article to the gold and return how many sentences it has."""
    text = "".join(row.text.rstrip("\n") + "\n" for row in rows)
    article = _article(text, f"{origin}:{rows[0].number}", gold)
    sentences: list[Sentence] = []
    spans: list[Span] = []
    at = 0
    for row in rows:
        for a, b in _cut(row, alone=len(rows) == 1):
            tokens = tokenizer.tokens(row.text[a:b])
            sentences.append(Sentence(article.id, len(sentences) + 1, at + a, at + b, row.text[a:b], tokens))
        spans += _spans(gold, sentences, at, row)
        at += len(row.text.rstrip("\n")) + 1
    if sentences:
        gold.articles.append((article, tuple(sentences)))
        unique = {s.key: s for s in spans}
        gold.spans[article.id] = reading_order(list(unique.values()))
    return len(sentences)


def _article(text: str, origin: str, gold: Gold) -> Article:
    """Return a text as an article; one that is there already gets a blank line more, and so another id."""
    while any(text == a.text for a, _ in gold.articles):
        text += "\n"
    digest = text_digest(text)
    lines = tuple(SourceLine(LineVerdict.BODY if x.strip() else LineVerdict.BLANK, "") for x in text.split("\n"))
    return Article(article_id_from_digest(digest), origin, digest, text, lines=lines, title=origin)


def _cut(row: Row, *, alone: bool) -> list[tuple[int, int]]:
    """Return where the sentences of a row are: the row itself, unless it is an article."""
    text = row.text.rstrip("\n")
    a, b = len(text) - len(text.lstrip()), len(text.rstrip())
    if row.parted or (alone and row.lined):
        out, at = [], 0
        for line in text.split("\n"):
            out += list(sentence_ranges(text, at, at + len(line))) if line.strip() else []
            at += len(line) + 1
        return out
    if b - a > LONG and "\n" not in text[a:b]:
        return list(sentence_ranges(text, a, b))
    return [(a, b)] if a < b else []


def _spans(gold: Gold, sentences: Sequence[Sentence], by: int, row: Row) -> Iterator[Span]:
    """Yield the spans of a row that keys can make, in code points of the article; the others are listed."""
    for start, end, label in row.spans:
        words = row.text[start:end]
        if why := _unfit(sentences, by + start, by + end, words):
            gold.unaligned.append(f"row {row.number}: {label} {start}-{end} “{words[:60]}” {why}")
        else:
            yield Span(by + start, by + end, label)


def _unfit(sentences: Sequence[Sentence], start: int, end: int, words: str) -> str:
    """Return why no keys make a span, or nothing."""
    if words != words.strip() or not words.strip():
        return "has white space at its edges"
    touched = [s for s in sentences if s.start < end and start < s.end]
    tokens = [t.shifted(s.start) for s in touched for t in s.tokens]
    first, last = token_range(tokens, start, end)
    if not first < last or (tokens[first].start, tokens[last - 1].end) != (start, end):
        return "is not on token edges"
    return "" if _whole(touched, start, end) else "cuts what is drawn as one character"


def _whole(touched: Sequence[Sentence], start: int, end: int) -> bool:
    """Whether neither edge of an aligned span lies inside what a terminal draws as one character."""
    one, other = touched[0], touched[-1]
    first, _ = token_range(one.tokens, start - one.start, len(one.text))
    _, last = token_range(other.tokens, 0, end - other.start)
    return widen_to_graphemes(one.tokens, (first, len(one.tokens)))[0] == first and (
        last == len(other.tokens) or widen_to_graphemes(other.tokens, (0, last))[1] == last
    )


def tokens_of_part(part: Part) -> list[Token]:
    """Return the tokens of sentences that are one in the end, in code points of the article's text."""
    return [t.shifted(s.start) for s in part for t in s.tokens]


# -- the schema --------------------------------------------------------------------------------


def schema_for(gold: Gold) -> str:
    """Return the text of the shipped schema, or of one with the gold's own labels where that lacks some.

    Either way labels may lie in and cross those that they lie in and cross in the gold, and exclude no form that
    the gold marks: it follows another guideline then.
    """
    shipped = load_schema(default_schema_path()).labels
    labels, found = list(shipped), gold.labels
    if not set(found) <= {x.name for x in shipped}:
        names = sorted(found, key=lambda x: (-found[x], x))
        labels = [Label(name, KEYS[n : n + 1], LABEL_COLOURS[n % len(LABEL_COLOURS)]) for n, name in enumerate(names)]
    inside, crosses = _relations(gold, labels)
    marked = {(s.label, form) for _, s, forms in _excluded_forms(gold, labels) for form in forms}
    out = ['name = "gold"', 'version = "1"']
    for label in labels:
        out += [
            "[[label]]",
            f"name = {json.dumps(label.name)}",
            *([f"key = {json.dumps(label.key)}"] if label.key else []),
            f"colour = {json.dumps(label.colour)}",
            f"inside = {json.dumps(sorted(inside[label.name]))}",
            f"overlaps = {json.dumps(sorted(crosses[label.name]))}",
            f"takes = {json.dumps(label.takes)}",
            f"excludes = {json.dumps([x for x in label.excludes if (label.name, x) not in marked])}",
        ]
    return "\n".join(out) + "\n"


def _excluded_forms(gold: Gold, labels: Sequence[Label]) -> Iterator[tuple[str, Span, tuple[str, ...]]]:
    """Yield article, span in its code points, and forms of the spans that have some which their label excludes."""
    by_name = {x.name: x.excludes for x in labels}
    for article, sentences in gold.articles:
        for sentence in sentences:
            for span in gold.of(sentence):
                place = token_range(sentence.tokens, span.start, span.end)
                if found := span_forms(sentence.tokens, *place, by_name.get(span.label, ())):
                    yield article.id, span.shifted(sentence.start), found


def by_guideline(gold: Gold) -> Gold:
    """Return the gold without the spans whose form the shipped schema excludes."""
    excluded = {(a, s.key) for a, s, _ in _excluded_forms(gold, load_schema(default_schema_path()).labels)}
    spans = {a: tuple(s for s in each if (a, s.key) not in excluded) for a, each in gold.spans.items()}
    return Gold(gold.articles, spans, gold.unaligned)


def _relations(gold: Gold, labels: Sequence[Label]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    inside = {x.name: set(x.inside) for x in labels}
    crosses = {x.name: set(x.overlaps) for x in labels}
    for spans in gold.spans.values():
        for a, b in _touching(spans):
            if a.crosses(b):
                crosses[a.label].add(b.label)
            else:
                inner, outer = (a, b) if b.contains(a) else (b, a)
                inside[inner.label].add(outer.label)
    return inside, crosses


def _touching(spans: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield the pairs of spans that share text; spans in reading order."""
    for i, a in enumerate(spans):
        for b in spans[i + 1 :]:
            if b.start >= a.end:
                break
            yield a, b


def make_corpus(gold: Gold, folder: Path) -> CorpusFolder:
    """Write the gold's texts as a corpus without annotations."""
    corpus = CorpusFolder.create(
        folder, name="gold", lang="en", fingerprint=Tokenizer().fingerprint, schema_text=schema_for(gold)
    )
    for article, sentences in gold.articles:
        corpus.add_article(article, sentences)
    return corpus
