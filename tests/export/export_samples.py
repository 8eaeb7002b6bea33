"""Articles, sentences and items in our own words, for the tests of the export."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord
from annotator.core.schema import Schema, parse_schema
from annotator.core.spans import Span
from annotator.core.token_settings import DEFAULT_TOKENS
from annotator.core.tokens import build_tokens
from annotator.export.doc_layout import DocUnit
from annotator.export.docbin_packer import DocBinPacker
from annotator.export.options import ExportItem, ExportOptions, ExportReport
from annotator.export.splits import PartContents
from annotator.storage.codec import encode_record
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.split_settings import SplitSettings
from annotator.workflows.exporting import export_training

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
        SourceLine(LineVerdict.BOILERPLATE if n in gone else LineVerdict.BODY, "test") for n in range(len(lines))
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
    return replace(of, annotated=replace(of.annotated, annotation=replace(of.annotated.annotation, spans=tuple(found))))


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


class SampleCorpus:
    """A corpus of items: real journals in a folder, articles and sentences in memory."""

    warnings: tuple[str, ...] = ()
    damaged_articles: frozenset[str] = frozenset()
    lang = "en"
    name, fingerprint = "samples", "f1"
    split = SplitSettings()
    tokens = DEFAULT_TOKENS

    def __init__(
        self, path: Path, items: Sequence[ExportItem], unreviewed: Mapping[str, Sequence[Sentence]], schema: Schema
    ) -> None:
        """Write the journals; ``unreviewed`` has sentences of the queue beside those of the items."""
        self.path, self.schema = path, schema
        self.schema_path = path / "schema.toml"
        self._articles = {i.article.id: i.article for i in items}
        self._sentences: dict[str, dict[str, Sentence]] = {}
        for s in (*(i.annotated.sentence for i in items), *(s for x in unreviewed.values() for s in x)):
            self._sentences.setdefault(s.article, {})[s.id] = s
        (path / "articles").mkdir()
        (path / "annotations").mkdir()
        for name in self.annotators(items):
            mine = [i for i in items if i.annotator == name]
            records = [JournalRecord(n, Op.EDIT, i.annotated, annotator=name) for n, i in enumerate(mine, 1)]
            (path / "annotations" / f"{name}.jsonl").write_bytes(b"".join(map(encode_record, records)))

    def annotators(self, items: Sequence[ExportItem] = ()) -> tuple[str, ...]:
        """Return the annotators of items, or of the journals."""
        names = {i.annotator for i in items} or {p.stem for p in (self.path / "annotations").iterdir()}
        return tuple(sorted(names))

    def article_ids(self) -> tuple[str, ...]:
        """Return the ids in the order of the items."""
        return tuple(self._articles)

    def article(self, id_: str) -> Article:
        """Return an article."""
        return self._articles[id_]

    def sentences(self, id_: str) -> tuple[Sentence, ...]:
        """Return the sentences of an article, in text order."""
        return tuple(sorted(self._sentences[id_].values(), key=lambda s: s.start))

    sentences_to_replay = sentences

    def active_sentences(self, article: Article) -> tuple[Sentence, ...]:
        """Return the same."""
        return self.sentences(article.id)

    @contextmanager
    def open_sentence_ranges(self) -> Iterator[Any]:
        """Yield what reads the places of sentences."""
        yield self

    def match(self, _article: str, _ranges: object) -> bool:
        """Return False: the places are always compared."""
        return False

    def ranges(self, article: str) -> list[tuple[int, int]]:
        """Return where the sentences of an article are."""
        return [(s.start, s.end) for s in self.sentences(article)]

    def have_text(self, _article: Article) -> bool:
        """Return True: nothing is damaged."""
        return True


@contextmanager
def sample_corpus(
    items: Sequence[ExportItem], unreviewed: Mapping[str, Sequence[Sentence]] | None = None, schema: Schema = SCHEMA
) -> Iterator[CorpusFolder]:
    """Yield a corpus of items."""
    with tempfile.TemporaryDirectory() as folder:
        yield cast("CorpusFolder", SampleCorpus(Path(folder), items, unreviewed or {}, schema))


def export_items(
    items: Sequence[ExportItem],
    unreviewed: Mapping[str, Sequence[Sentence]],
    schema: Schema,
    out: Path,
    options: ExportOptions,
    **more: Any,
) -> ExportReport:
    """Export a corpus of items; each article is drawn by itself."""
    with sample_corpus(items, unreviewed, schema) as corpus:
        return export_training(corpus, out, replace(options, split_by="article"), **more)


def pack_units(units: Iterable[DocUnit], options: ExportOptions) -> tuple[PartContents, bytes]:
    """Return the counts and the file of a DocBin of some Docs."""
    packer = DocBinPacker(SCHEMA, options, "train")
    for unit in units:
        packer.add_unit(unit)
    return packer.contents, packer.docbin.to_bytes()
