"""A made-up annotator whose pace, breaks, keys and judgements are known: what the figures must find again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord, KeystrokeCounts
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens

TEXT = "Ilka Moran counted 40 boats off Tarn Quay and said that the ferry left late"
WORDS = TEXT.split()
LABELS = ("PERSON", "VENUE", "COUNT", "CLAIM")


def sentence_of(n: int, article: str, start: int, index: int) -> Sentence:
    """Return a sentence of ``n`` words, a token each."""
    words = [WORDS[i % len(WORDS)] for i in range(n)]
    text = " ".join(words)
    tokens = build_tokens(words, [True] * (n - 1) + [False])
    return Sentence(article, index, start, start + len(text), text, tokens)


@dataclass
class SimulatedAnnotator:
    """Writes records as a session would; ``worked`` counts the seconds that it was really at work."""

    seed: int = 0
    seconds: float = 4.0
    """The median time of a deed."""
    spread: float = 0.6
    """The deviation of its logarithm."""
    break_share: float = 0.01
    keys: KeystrokeCounts | None = None
    article: str = "0123456789ab"
    name: str = "ana"
    records: list[JournalRecord] = field(default_factory=list)
    worked: float = 0.0
    now: float = 1_700_000_000.3
    session: str = "ana-1"
    annotated_sentences: dict[int, AnnotatedSentence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.at = 0

    def new_session(self, name: str, later: float = 40_000.0) -> None:
        """Come back another time."""
        self.session = name
        self.now += later

    def wait(self) -> None:
        """Work on the next deed, perhaps after a break."""
        took = self.rng.lognormvariate(0.0, self.spread) * self.seconds
        if self.records and self.rng.random() < self.break_share:
            self.now += self.rng.uniform(400, 4000)
        self.now += took
        self.worked += took

    def sentence(self, words: int) -> int:
        """Begin a new sentence of so many words and return its number."""
        number = len(self.annotated_sentences)
        made = sentence_of(words, self.article, self.at, number)
        self.annotated_sentences[number] = AnnotatedSentence(made)
        self.at = made.end + 1
        return number

    def write(self, op: Op, changed: dict[int, Annotation]) -> None:
        """Write the record, or the batch, of one deed at this moment."""
        first = len(self.records) + 1
        batch = (first, len(changed)) if len(changed) > 1 else None
        for i, (number, annotation) in enumerate(changed.items()):
            self.annotated_sentences[number] = replace(self.annotated_sentences[number], annotation=annotation)
            keys = self.keys if i == 0 else None
            self.records.append(
                JournalRecord(
                    first + i, op, self.annotated_sentences[number], None, batch, self.name, self.session,
                    float(int(self.now)), keys,
                )
            )  # fmt: skip

    def annotation_of(self, number: int) -> Annotation:
        """Return what is said of a sentence now."""
        return self.annotated_sentences[number].annotation

    def put(self, number: int, *spans: Span, op: Op = Op.EDIT) -> None:
        """Make these the spans of a sentence."""
        self.write(op, {number: self.annotation_of(number).with_spans(spans)})

    def turn_down(self, number: int, *spans: Span) -> None:
        """Make these the suggestions that are turned down."""
        self.write(Op.EDIT, {number: self.annotation_of(number).with_rejected(spans)})

    def answer(self, *numbers: int, answer: Answer | None = Answer.ACCEPT, op: Op = Op.ANSWER) -> None:
        """Answer sentences with one deed."""
        self.write(op, {n: self.annotation_of(n).with_answer(answer) for n in numbers})

    def annotate(self, words: int = 16, spans: int = 2) -> None:
        """Do a whole sentence: so many spans of a word each, then accept."""
        number = self.sentence(words)
        tokens = self.annotated_sentences[number].sentence.tokens
        for i in range(spans):
            self.wait()
            label = LABELS[(number + i) % len(LABELS)]
            self.put(number, *self.annotation_of(number).spans, Span(tokens[i].start, tokens[i].end, label))
        self.wait()
        self.answer(number)
