"""All that read a journal take the same decision on each line, and read the same values."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy import blank
from spacy.tokens import DocBin

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Sentence
from annotator.core.errors import JournalError
from annotator.export.options import ExportOptions, parse_split
from annotator.export.span_outcomes import span_outcomes
from annotator.storage.codec import crc32
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.journal_index import RecordReader, load_journal_index, read_journal_index
from annotator.workflows.corpus import Corpus
from annotator.workflows.exporting import export_training
from annotator.workflows.opening import ignore_warning, with_replays
from tests.export.random_corpora import annotated

pytestmark = pytest.mark.filterwarnings("ignore::annotator.core.errors.AnnotatorWarning")

Fields = list[tuple[str, Any]]
"""A JSON object as its fields in the order of the file: a name may come twice."""
Values = tuple[Any, ...]

_ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 3, 1.0, 1.5, 2**31, 2**32, 2**33, 2**63, "", "x", "3", [], {}, [7]),
    *([{"start": 0, "end": 2, "label": "VENUE"}], [{"start": 1, "end": 99999, "label": "VENUE"}], '],"spans":['),
)
_NEW_FIELDS = ("text", "tokens", "spans", "answer", "rejected", "note", "flagged", "_seq", "_v", "_batch", "_keys")


class _Object(Fields):
    """An object among the fields of a line, as opposed to a list."""


def _parsed(raw: bytes) -> _Object:
    fields = json.loads(raw, object_pairs_hook=_Object)
    assert isinstance(fields, _Object)
    return _Object((k, v) for k, v in fields if k != "_crc")


def _encoded(value: object) -> str:
    if isinstance(value, _Object):
        return "{" + ",".join(f"{json.dumps(k)}:{_encoded(v)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_encoded, value)) + "]"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _signed(fields: _Object) -> bytes:
    body = _encoded(fields).encode()[:-1]
    return b'%b,"_crc":"%08x"}' % (body, crc32(body))


def _objects(value: object) -> list[_Object]:
    """Return all objects in a value, itself included."""
    inner = [v for _, v in value] if isinstance(value, _Object) else value if isinstance(value, list) else []
    return ([value] if isinstance(value, _Object) else []) + [x for v in inner for x in _objects(v)]


def _mutate(line: _Object, rnd: random.Random) -> None:
    """Move, drop, change, double or add a field of the line, or of an object in it."""
    fields = line if rnd.random() < 0.6 else rnd.choice(_objects(line))
    at = rnd.randrange(len(fields)) if fields else 0
    odd = rnd.choice(_ODD_VALUES)
    new = rnd.choice(_NEW_FIELDS)
    actions: list[Callable[[], object]] = [
        lambda: fields.insert(rnd.randrange(len(fields) + 1), fields.pop(at)),
        lambda: rnd.shuffle(fields),
        lambda: fields.pop(at),
        lambda: fields.__setitem__(at, (fields[at][0], odd)),
        lambda: fields.insert(rnd.randrange(len(fields) + 1), (fields[at][0], odd)),
        lambda: fields.insert(rnd.randrange(len(fields) + 1), fields[at]),
        lambda: fields.insert(rnd.randrange(len(fields) + 1), (new, odd)),
    ]
    rnd.choice(actions)() if fields else None


def _value_of(annotated_sentence: AnnotatedSentence) -> Values:
    s, annotation = annotated_sentence.sentence, annotated_sentence.annotation
    return s.article, s.start, s.end, s.text, s.tokens, annotation


def _replayed(corpus: CorpusFolder) -> tuple[list[Values], int]:
    """Return what the journal itself comes to, and how many of its lines do not count or are by others."""
    journal = Journal.open(corpus.path, "ana", read_only=True)
    store = AnnotationStore(corpus.sentences)
    store.replay(journal.records)
    found = [
        (*_value_of(w), store.last_seq(w.sentence.id))
        for a in store.touched_articles
        for w in store.touched_sentences_of(a)
    ]
    return found, journal.unusable_lines + len(journal.records_of_others)


def _indexed(corpus: CorpusFolder) -> tuple[list[Values], int]:
    """Return the same by index, which is replayed where a record proves unreadable, as in an export."""

    def read(replay: frozenset[str]) -> tuple[list[Values], int]:
        index = load_journal_index(corpus.path, "ana", corpus.sentences, replay="ana" in replay)
        with closing(RecordReader()) as reader:
            found = [
                (*_value_of(reader.annotated(index, a, n)), index.seqs[n])
                for a in index.articles
                for n in index.current_records(a)
            ]
        return found, index.unusable_lines

    return with_replays(read)


def _exported(corpus: CorpusFolder, out: Path) -> tuple[list[Values], int]:
    """Return sentence, words and spans of all Docs, and how many lines do not count."""
    report = export_training(corpus, out, ExportOptions(split=parse_split("100/0/0")))
    found = []
    for doc in DocBin().from_disk(out / "train.spacy").get_docs(blank("en").vocab):
        spans = sorted((s.start, s.end, s.label_) for s in doc.spans["sc"])
        found.append((doc.user_data["annotator"]["sentence"], [t.text for t in doc], spans))
    return sorted(found), sum(report.totals["journals with flaws"].values())


def _exportable(corpus: CorpusFolder, values: list[Values]) -> list[Values]:
    """Return the same of the accepted sentences of a replay."""
    found = []
    for article, start, end, text, tokens, annotation, _ in values:
        if annotation.answer is Answer.ACCEPT:
            work = AnnotatedSentence(Sentence(article, 0, start, end, text, tokens), annotation)
            outcomes = span_outcomes(work, corpus.schema)
            spans = sorted((*o.tokens, o.span.label) for o in outcomes if o.tokens)
            found.append((work.sentence.id, [t.text for t in tokens], spans))
    return sorted(found)


def _check_readers(corpus: CorpusFolder, out: Path) -> None:
    """Hold all readers of the journal against what it comes to when it is opened."""
    opened = Corpus.open(corpus.path)
    try:
        expected, lost = _replayed(corpus)
    except JournalError as error:  # a line of a newer version
        for read in (
            lambda: _indexed(corpus),
            lambda: list(opened.annotations(warn=ignore_warning)),
            lambda: _exported(corpus, out),
        ):
            with pytest.raises(JournalError, match=re.escape(error.what)):
                read()
        return
    assert _indexed(corpus) == (expected, lost)
    in_corpus = [v for v in expected if v[0] in set(corpus.article_ids())]
    read = [
        (*_value_of(AnnotatedSentence(a.sentence, a.annotation)), a.seq)
        for a in opened.annotations(warn=ignore_warning)
    ]
    assert sorted(read, key=repr) == sorted(in_corpus, key=repr)
    accepted = _exportable(corpus, in_corpus)
    if accepted:
        assert _exported(corpus, out) == (accepted, lost)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    """Return a corpus with a plain journal of some 45 lines, rejected spans and notes among them."""
    made = annotated(tmp_path_factory.mktemp("readers"), 29, 40)
    read_journal_index(made.path / "annotations" / "ana.jsonl", "ana")
    return made


def _lines(corpus: CorpusFolder) -> list[bytes]:
    return (corpus.path / "annotations" / "ana.jsonl").read_bytes().splitlines()


@contextmanager
def _journal_of(corpus: CorpusFolder, lines: Sequence[bytes]) -> Iterator[None]:
    """Give the journal other lines for a while."""
    path = corpus.path / "annotations" / "ana.jsonl"
    before = path.read_bytes()
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    try:
        yield
    finally:
        path.write_bytes(before)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_all_readers_take_the_same_decision(corpus: CorpusFolder, tmp_path: Path, seed: int) -> None:
    """Lines with a right checksum, fields in any order and of odd types: what opens is what is exported."""
    rnd = random.Random(seed)
    lines = _lines(corpus)
    for _ in range(rnd.choice([1, 1, 2])):
        at = rnd.randrange(len(lines))
        line = _parsed(lines[at])
        for _ in range(rnd.choice([1, 1, 1, 2, 4])):
            _mutate(line, rnd)
        lines[at] = _signed(line)
    with _journal_of(corpus, lines):
        _check_readers(corpus, tmp_path / "out")


def _moved_to_the_end(line: _Object, name: str) -> None:
    line.append(line.pop(next(n for n, (key, _) in enumerate(line) if key == name)))


def _first_span(line: _Object) -> _Object:
    span: _Object = dict(line)["spans"][0]
    return span


_EMPTY_TOKEN = _Object([("text", ""), ("start", 0), ("end", 0), ("id", 0), ("ws", False)])
_REJECTED = [_Object([("start", 0), ("end", 3), ("label", "PERSON")])]
ODD_LINES: dict[str, Callable[[_Object], object]] = {
    "spans after the answer": lambda line: _moved_to_the_end(line, "spans"),
    "a text as first token": lambda line: _first_span(line).append(("token_start", "x")),
    "a fraction as first token": lambda line: _first_span(line).append(("token_start", 1.5)),
    "True as last token": lambda line: _first_span(line).append(("token_end", True)),
    "another token as last token": lambda line: _first_span(line).append(("token_end", 0)),
    "rejected before spans": lambda line: line.insert(0, ("rejected", _REJECTED)),
    "a note before spans": lambda line: line.insert(0, ("note", "early")),
    "a flag of a wrong type before spans": lambda line: line.insert(0, ("flagged", "early")),
    "no text after spans": lambda line: line.append(("text", None)),
    "an empty token": lambda line: dict(line)["tokens"].insert(0, _EMPTY_TOKEN),
    "a number past 32 bits": lambda line: line.append(("_seq", 2**33)),
    "a digest of another text": lambda line: line.append(("_digest", "0" * 64)),
    "an answer in meta": lambda line: dict(line)["meta"].extend([("x", []), ("answer", "ignore")]),
}


@pytest.mark.parametrize("kind", ODD_LINES)
@pytest.mark.parametrize("answer", ["accept", "reject", None])
def test_an_odd_line_counts_for_all_or_for_none(
    corpus: CorpusFolder, tmp_path: Path, kind: str, answer: str | None
) -> None:
    """A line that is in force, whatever its answer, is taken by all readers, or is damaged for all."""
    lines = _lines(corpus)
    index = load_journal_index(corpus.path, "ana", corpus.sentences)
    in_force = {n for article in index.articles for n in index.current_records(article)}
    at = max(n for n in in_force if b'"spans":[{' in lines[n] and b'"rejected"' not in lines[n])
    line = _parsed(lines[at])
    line[[key for key, _ in line].index("answer")] = ("answer", answer)
    ODD_LINES[kind](line)
    lines[at] = _signed(line)
    with _journal_of(corpus, lines):
        _check_readers(corpus, tmp_path / "out")


def test_docs_and_parts_read_each_record_at_the_call(corpus: CorpusFolder) -> None:
    """A record that its index takes for sound, and that is none, is a warning before the first Doc."""
    import spacy

    lines = _lines(corpus)
    index = load_journal_index(corpus.path, "ana", corpus.sentences)
    in_force = {n for article in index.articles for n in index.current_records(article)}
    at = max(n for n in in_force if b'"answer":"accept"' in lines[n])
    line = _parsed(lines[at])
    ODD_LINES["an empty token"](line)
    lines[at] = _signed(line)
    with _journal_of(corpus, lines):
        opened = Corpus.open(corpus.path)
        for read in (lambda warn: opened.docs(spacy.blank("en"), warn=warn), lambda warn: opened.splits(warn=warn)):
            warned: list[str] = []
            read(warned.append)
            assert warned
