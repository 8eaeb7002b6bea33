"""A gold file as a corpus: its texts as sentences, its spans as what the journal must hold in the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.core.article import Article, Line, Sentence, Verdict
from annotator.core.digest import article_id, digest_of
from annotator.core.schema import COLOURS, Label, Schema
from annotator.core.spans import Span
from annotator.core.tokens import is_aligned
from annotator.ingest.sentences import sentence_ranges
from annotator.ingest.tokens import Tokenizer
from annotator.storage.corpus import Corpus
from annotator.storage.schemas import default_schema_path, load_schema

KEYS = "asdfgewq"
"""The keys of labels that the shipped schema does not have."""


@dataclass
class Gold:
    """What a file holds: articles with their sentences, spans by sentence id, and what cannot be entered."""

    articles: list[tuple[Article, tuple[Sentence, ...]]] = field(default_factory=list)
    spans: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    unaligned: list[str] = field(default_factory=list)
    labels: Counter[str] = field(default_factory=Counter)

    @property
    def sentences(self) -> int:
        """How many sentences there are."""
        return sum(len(s) for _, s in self.articles)


def read_gold(path: Path, half: str = "all", limit: int = 0) -> Gold:
    """Return the rows of a file as articles: rows of one ``meta.doc`` are one, in their order.

    A row of several lines or sentences is an article by itself, cut into sentences by the house.
    """
    gold, tokenizer = Gold(), Tokenizer()
    for number, rows in enumerate(_documents(path, half)):
        if limit and gold.sentences >= limit:
            break
        text, ranges = "", []
        for row in rows:
            ranges.append((len(text), row))
            text += row["text"].rstrip("\n") + "\n"
        _add(gold, text, ranges, tokenizer, f"{path.name}:{number}", whole=len(rows) == 1)
    return gold


def _documents(path: Path, half: str) -> Iterator[list[dict[str, Any]]]:
    from tests.benchmarks.candidates import rows

    found = (
        rows(path, half)
        if half != "all"
        else (json.loads(x) for x in path.open(encoding="utf-8") if x.strip())
    )
    document: list[dict[str, Any]] = []
    for row in found:
        name = row.get("meta", {}).get("doc")
        if (
            document
            and (name is None or name != document[0].get("meta", {}).get("doc"))
            and (name or len(document) >= 20)
        ):
            yield document
            document = []
        document.append(row)
    if document:
        yield document


def _add(
    gold: Gold,
    text: str,
    rows: Sequence[tuple[int, dict[str, Any]]],
    tokenizer: Tokenizer,
    origin: str,
    *,
    whole: bool,
) -> None:
    digest = digest_of(text)
    lines = tuple(Line(Verdict.BODY if x.strip() else Verdict.BLANK, "") for x in text.split("\n"))
    article = Article(article_id(digest), origin, digest, text, lines=lines, title=origin)
    sentences: list[Sentence] = []
    for start, row in rows:
        for a, b in _cut(row["text"], whole=whole):
            part = row["text"][a:b]
            sentences.append(
                Sentence(article.id, len(sentences) + 1, start + a, start + b, part, tokenizer.tokens(part))
            )
        _spans(gold, sentences, start, row)
    gold.articles.append((article, tuple(sentences)))


def _cut(text: str, *, whole: bool) -> list[tuple[int, int]]:
    """Return where the sentences of a row are: the row itself, unless it is a whole article."""
    if not whole or "\n" not in text:
        a, b = len(text) - len(text.lstrip()), len(text.rstrip())
        return [(a, b)] if a < b else []
    out, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            out += list(sentence_ranges(text, at, at + len(line)))
        at += len(line) + 1
    return out


def _spans(gold: Gold, sentences: Sequence[Sentence], start: int, row: dict[str, Any]) -> None:
    for span in row["spans"]:
        a, b = start + span["start"], start + span["end"]
        home = next((s for s in reversed(sentences) if s.start <= a and b <= s.end), None)
        words = row["text"][span["start"] : span["end"]]
        if (
            home is None
            or not is_aligned(home.tokens, a - home.start, b - home.start)
            or not words.strip()
            or words != words.strip()
        ):
            gold.unaligned.append(f"{span['label']} “{words[:60]}”")
            continue
        key = (a - home.start, b - home.start, span["label"])
        if key not in {s.key for s in gold.spans.get(home.id, ())}:
            gold.labels[span["label"]] += 1
            gold.spans[home.id] = (*gold.spans.get(home.id, ()), Span(*key))


def schema_for(gold: Gold) -> str:
    """Return the text of the shipped schema where its labels are enough, with what the gold nests and crosses.

    Else one with the gold's own labels.
    """
    shipped = load_schema(default_schema_path())
    known = (
        [x for x in shipped.labels if x.name in gold.labels]
        if set(gold.labels) <= {x.name for x in shipped.labels}
        else []
    )
    names = [x.name for x in (shipped.labels if known else ())] or sorted(
        gold.labels, key=lambda x: -gold.labels[x]
    )
    inside, crosses = _relations(gold, shipped if known else None)
    out = ['name = "gold"', 'version = "1"']
    for n, name in enumerate(names):
        key = (
            next(x.key for x in shipped.labels if x.name == name)
            if known
            else (KEYS[n] if n < len(KEYS) else "")
        )
        out += [
            "[[label]]",
            f"name = {json.dumps(name)}",
            f"key = {json.dumps(key)}" if key else "",
            f"colour = {json.dumps(COLOURS[n % len(COLOURS)])}",
            f"inside = {json.dumps(sorted(inside.get(name, ())))}",
            f"overlaps = {json.dumps(sorted(crosses.get(name, ())))}",
        ]
    return "\n".join(out) + "\n"


def _relations(gold: Gold, shipped: Schema | None) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    labels: Sequence[Label] = shipped.labels if shipped else ()
    inside = {x.name: set(x.inside) for x in labels}
    crosses = {x.name: set(x.overlaps) for x in labels}
    for spans in gold.spans.values():
        for i, a in enumerate(spans):
            for b in spans[i + 1 :]:
                if a.crosses(b):
                    crosses.setdefault(a.label, set()).add(b.label)
                elif a.touches(b):
                    inner, outer = (a, b) if b.contains(a) else (b, a)
                    inside.setdefault(inner.label, set()).add(outer.label)
    return inside, crosses


def make_corpus(gold: Gold, folder: Path) -> Corpus:
    """Write the gold's texts as a corpus without annotations."""
    corpus = Corpus.create(
        folder, name="gold", lang="en", fingerprint=Tokenizer().fingerprint, schema_text=schema_for(gold)
    )
    for article, sentences in gold.articles:
        corpus.add(article, sentences)
    return corpus
