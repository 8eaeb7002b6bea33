"""Small articles, corpora and sessions to test with: our own texts, cut into tokens without spaCy."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.journal_record import JournalRecord
from annotator.core.label_pass import LabelPass
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import Token, gap_token
from annotator.session.actions.hints import assign_hints
from annotator.session.session import AnnotationSession
from annotator.session.state import TaskState
from annotator.storage.codec import RecordDecoder
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.schemas import parse_schema_text
from annotator.tui.layout.text_cells import token_width

NEWS = """
name = "news"
version = "1"
[[label]]
name = "PERSON"
key = "a"
colour = "blue"
target = "ents"
inside = ["CLAIM"]
description = "The name of an individual, the name only."
examples = [
  { text = "Mayor [[Ilka Moran]] nodded.", note = "No title." },
  { text = "The mayor nodded.", wrong = true, note = "No name." },
]
[[label]]
name = "VENUE"
key = "s"
colour = "green"
target = "ents"
inside = ["COUNT", "CLAIM"]
description = "A named place where something is or happens."
[[label]]
name = "COUNT"
key = "d"
colour = "orange"
inside = ["CLAIM"]
description = "A number with what it counts."
[[label]]
name = "CLAIM"
key = "f"
colour = "pink"
inside = ["CLAIM"]
description = "What the text says that somebody says."
"""

MARKET = """Night market opens on Tarn Quay
By Ilka Moran

More than 40 stalls opened on Tarn Quay on Friday, Mayor Ilka Moran said.
“We counted 1,200 visitors from Sorrel Hall and 36 from the boats on Tarn Quay,” said Jonas Pell, who runs \
the market. He smiled at Moran.
The old hall in Brackwater holds about 300 people.
Subscribe to our letter
Moran left for Sorrel Hall. Pell stayed with 12 volunteers."""
BRIDGE = """Footbridge shut for repairs

The footbridge at Osmund Lock shut on Monday. Engineer Pia Rask counted 14 cracks.
“It will be safe by May,” she said."""

_LETTERS = {
    "t": LineVerdict.TITLE,
    "y": LineVerdict.BYLINE,
    "b": LineVerdict.BODY,
    "x": LineVerdict.BOILERPLATE,
    "-": LineVerdict.BLANK,
}
_END = re.compile(r"(?<=[.!?”]) (?=[A-Z“])")
_PIECE = re.compile(r"\s+|\w+(?:,\d+)*|[^\w\s]")


def tokens_of(text: str) -> tuple[Token, ...]:
    """Cut a text into words, marks and white space, as the contract for tokens wants them."""
    out: list[Token] = []
    for m in _PIECE.finditer(text):
        if m.group().isspace() and out:
            ws, rest = gap_token(m.group(), m.start())
            last = out[-1]
            out[-1] = Token(last.text, last.start, last.end, ws)
            out.extend(rest)
        else:
            out.append(Token(m.group(), m.start(), m.end(), ws=False))
    return tuple(out)


def sentence(text: str, article: str = "0123456789ab", start: int = 0, index: int = 0) -> Sentence:
    """Make a sentence of a text."""
    return Sentence(article, index, start, start + len(text), text, tokens_of(text))


def annotated_sentence(text: str, *spans: Span) -> AnnotatedSentence:
    """Make a work of a text and its spans."""
    return AnnotatedSentence(sentence(text), Annotation().with_spans(spans))


def span(text: str, words: str, label: str) -> Span:
    """Make a span over the first place at which ``words`` stand in the text."""
    at = text.index(words)
    return Span(at, at + len(words), label)


def article(
    text: str, lines: str, *, title: str | None = None, origin: str = "market.txt", byline: str = "", date: str = ""
) -> Article:
    """Make an article; ``lines`` has a letter of ``tybx-`` for each line.

    Without ``title`` the first line is the title; an empty one makes an article without a title.
    """
    verdicts = tuple(SourceLine(_LETTERS[x], f"looks like {_LETTERS[x].value}") for x in lines)
    digest = text_digest(text)
    head = text.split("\n", 1)[0] if title is None else title
    return Article(article_id_from_digest(digest), origin, digest, text, verdicts, title=head, byline=byline, date=date)


def sentences(a: Article) -> tuple[Sentence, ...]:
    """Cut each line of an article that is not blank into sentences."""
    stretches: list[tuple[int, int]] = []
    for at, line in zip(a.line_starts(), a.text.split("\n"), strict=True):
        edges = [0, *itertools.chain(*((m.start(), m.end()) for m in _END.finditer(line))), len(line)]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        stretches += [(at + s, at + e) for s, e in pairs if line[s:e].strip()]
    return tuple(sentence(a.text[s:e], a.id, s, i) for i, (s, e) in enumerate(stretches))


def market() -> Article:
    """Make the article about the market: a title, a byline, boilerplate and five lines of text."""
    return article(MARKET, "ty-bbbxb", byline="Ilka Moran", date="3 May")


def bridge() -> Article:
    """Make the short article about the bridge."""
    return article(BRIDGE, "t-bb", origin="bridge.txt")


def make_corpus(path: Path, *articles: Article, schema: str = NEWS, name: str = "news") -> CorpusFolder:
    """Make a corpus of articles on the disk: those two where none is given."""
    corpus = CorpusFolder.create(path, name=name, lang="en", fingerprint="f1", schema_text=schema)
    for a in articles or (market(), bridge()):
        corpus.add_article(a, sentences(a))
    return corpus


def news_schema() -> Schema:
    """Return the four labels."""
    return parse_schema_text(NEWS, "schema")


class Clock:
    """Counts minutes, one a call: whatever came up on the screen can have been read."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.seconds = 60.0

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


def open_session(
    corpus: Path | CorpusFolder,
    *,
    start: str = "",
    read_only: bool = False,
    name: str = "ana",
    journal: Callable[[Path, str], Journal] | None = None,
    labels: Sequence[str] = (),
) -> AnnotationSession:
    """Open a corpus as one annotator, who looks at some ``labels`` alone, or at all."""
    opened = corpus if isinstance(corpus, CorpusFolder) else CorpusFolder.open(corpus)
    own = journal(opened.path, name) if journal else Journal.open(opened.path, name, read_only=read_only)
    return AnnotationSession(
        opened,
        own,
        schema=opened.schema,
        annotator=name,
        clock=Clock(),
        session_id=f"{name}-1",
        start=start,
        read_only=read_only,
        label_pass=LabelPass.of(opened.schema, labels),
    )


def texts_of(annotated_sentences: Sequence[AnnotatedSentence]) -> list[str]:
    """Return the texts of works."""
    return [w.sentence.text for w in annotated_sentences]


def task_state(
    schema: Schema, annotated_sentences: Sequence[AnnotatedSentence], active: int = 0, **more: Any
) -> TaskState:
    """Make the state of an article of these works without a session; hints as the pen assigns them."""
    tokens = annotated_sentences[active].sentence.tokens
    text = "\n".join(w.sentence.text for w in annotated_sentences)
    hints = assign_hints(tokens, [token_width(t.text) for t in tokens], schema.keys)
    a = article(text, "b" * (text.count("\n") + 1), byline="Ilka Moran", date="3 May")
    return TaskState(schema, a, tuple(annotated_sentences), active, 1, 2, hints, **more)


def records_in(path: Path) -> list[JournalRecord]:
    """Return the records in the lines of a journal or a rescue file, each whole; the head of the latter is none."""
    decoder = RecordDecoder()
    lines = path.read_bytes().split(b"\n")[:-1]
    return [decoder.decode(line) for line in lines if not line.startswith(b'{"_corpus"')]


class FixedSuggestions:
    """Suggests what a test says: words → label and score, wherever the words stand."""

    version = 0

    def __init__(self, found: dict[str, tuple[str, float]]) -> None:
        self._found = found

    def suggestions(self, annotated: AnnotatedSentence) -> tuple[Suggestion, ...]:
        """Return the suggestions for a work in reading order."""
        text = annotated.sentence.text
        hits = (
            Suggestion(m.start(), m.end(), label, "rules", score)
            for words, (label, score) in self._found.items()
            for m in re.finditer(re.escape(words), text)
        )
        return tuple(sorted(hits, key=lambda s: (s.start, -s.end, s.label)))

    def update(self, before: Sequence[AnnotatedSentence], after: Sequence[AnnotatedSentence]) -> None:
        """Learn nothing."""

    def forget(self, article_id: str) -> None:
        """Know nothing of articles."""

    def learn(self, most: int = 100) -> bool:
        """Have nothing left to learn."""
        del most
        return False
