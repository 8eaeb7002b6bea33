"""Gold annotations to measure suggestions against: a journal, or JSONL with text and spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotator.core.annotation import Annotation, Answer, Work
from annotator.core.article import Sentence
from annotator.core.digest import article_id, digest_of
from annotator.core.errors import AnnotatorError, SourceError
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.formats.prodigy.tasks import Task, read
from annotator.ingest.tokens import Tokenizer
from annotator.storage.failures import telling
from annotator.storage.jsonl import raw_lines
from annotator.suggest.evaluate import Gold, Place


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The sentences of a gold file, those of one article together and in their order."""

    rows: tuple[Gold, ...]

    def article(self, article: str) -> tuple[str, list[Sentence]]:
        """Return the text of an article as far as the file has it, and its sentences."""
        sentences = [g.sentence for g in self.rows if g.sentence.article == article]
        return "\n".join(s.text for s in sentences), sentences


def works_of(rows: tuple[Gold, ...]) -> Iterator[Work]:
    """Yield each gold row as an annotator would have left it."""
    for g in rows:
        spans = [Span(a, b, label) for label, places in g.spans.items() for a, b in places]
        yield Work(g.sentence, Annotation(answer=Answer.ACCEPT).with_spans(spans))


def read_gold(path: Path, schema: Schema, lang: str) -> GoldSet:
    """Return what a JSONL file holds as gold.

    A line is ``{"text","spans","meta"}``; ``meta.doc`` (or ``meta.article``) says which lines are one
    article, ``meta.annotates`` which labels were annotated (all of the schema without it). Of lines
    with an answer only accepted ones count, and of several for one stretch of an article the last.
    Raises AnnotatorError, with file and line, for what cannot be read, or where nothing is left.
    """
    with telling("read", path, SourceError), path.open("rb") as file:
        raw = [line.raw for line in raw_lines(file, str(path))]
    tasks = _last([t for t in read(raw, str(path)) if t.text])
    if not tasks:
        raise AnnotatorError("there is no accepted sentence in it", where=str(path), do="name another file")
    tokenizer = Tokenizer(lang)
    ends: Counter[str] = Counter()
    rows = [_gold(t, schema, tokenizer, ends) for t in tasks]
    order = {a: n for n, a in enumerate(dict.fromkeys(g.sentence.article for g in rows))}
    return GoldSet(tuple(sorted(rows, key=lambda g: (order[g.sentence.article], g.sentence.start))))


def _last(tasks: list[Task]) -> list[Task]:
    """Return the tasks that count: the last one of each stretch, where it was accepted."""
    kept: dict[str, dict[tuple[int, int], Task]] = {}
    loose: list[Task] = []
    for task in tasks:
        place = _place(task)
        if place is None:
            loose.append(task)
            continue
        article = kept.setdefault(str(task.meta["article"]), {})
        for old in [p for p in article if p[0] < place[1] and place[0] < p[1]]:
            del article[old]
        article[place] = task
    every = [*loose, *(t for places in kept.values() for t in places.values())]
    return [t for t in every if t.answer is Answer.ACCEPT or (t.answer is None and not t.view)]


def _place(task: Task) -> tuple[int, int] | None:
    """Return where a task stands in its article, where it tells so."""
    start, end = task.meta.get("start"), task.meta.get("end")
    if "article" in task.meta and isinstance(start, int) and isinstance(end, int):
        return (start, end) if end - start == len(task.text) else None
    return None


def _gold(task: Task, schema: Schema, tokenizer: Tokenizer, ends: Counter[str]) -> Gold:
    place = _place(task)
    name = str(task.meta.get("article", task.meta.get("doc", "")))
    article = name if place else article_id(digest_of(name))
    start = place[0] if place else ends[article]
    ends[article] = start + len(task.text) + 1
    tokens = task.tokens or tokenizer.tokens(task.text)
    sentence = Sentence(article, 0, start, start + len(task.text), task.text, tokens)
    spans: dict[str, list[Place]] = {}
    for span in task.spans:
        spans.setdefault(span.label, []).append((span.start, span.end))
    told = task.meta.get("annotates")
    names = told if isinstance(told, list) else [x.name for x in schema.labels]
    return Gold(sentence, spans, frozenset(map(str, names)))
