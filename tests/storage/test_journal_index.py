"""The index of a journal knows what a replay knows, whatever the state of the journal."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.edits import Op, set_answer
from annotator.core.errors import JournalError
from annotator.core.journal_record import JournalRecord
from annotator.storage import journal_index
from annotator.storage.codec import NewerFormatError, RecordDecoder, RecordLineError, decode_tail, line_crc
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.journal_index import (
    ANSWER_BY_NUMBER,
    NotPlainError,
    RecordReader,
    load_journal_index,
    read_journal_index,
)
from annotator.storage.record_rows import decode_row
from tests import builders
from tests.export.random_corpora import annotated

SOURCE = "0123456789abcdef:0-20"
"""A sentence of an earlier version."""
SLOW = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
State = list[tuple[str, int, int, Answer | None, int | None, str]]


def _replayed(corpus: CorpusFolder) -> tuple[State, tuple[str, ...], int]:
    journal = Journal.open(corpus.path, "ana", read_only=True)
    store = AnnotationStore(corpus.sentences)
    store.replay(journal.records)
    state = [
        (a, s.start, s.end, w.annotation.answer, store.last_seq(s.id), s.text)
        for a in store.touched_articles
        for w in store.touched_sentences_of(a)
        for s in (w.sentence,)
    ]
    return state, tuple(journal.warnings), journal.unusable_lines


def _indexed(corpus: CorpusFolder) -> tuple[State, tuple[str, ...], int]:
    x = load_journal_index(corpus.path, "ana", corpus.sentences)
    reader = RecordReader()
    state = []
    for a in x.articles:
        for n in x.current_records(a):
            row = reader.read(x, n)
            state.append((a, x.starts[n], x.ends[n], ANSWER_BY_NUMBER[x.answers[n]], x.seqs[n], row.text))
    reader.close()
    return state, x.warnings, x.unusable_lines


@SLOW
@given(seed=st.integers(0, 10**6), deeds=st.integers(1, 60), size=st.sampled_from([300, 2000, 1 << 19]))
def test_the_index_is_what_a_replay_comes_to(
    tmp_path_factory: pytest.TempPathFactory, seed: int, deeds: int, size: int
) -> None:
    """After joins, splits, batches, undo and redo the same records are in force, however much is read at a time."""
    corpus = annotated(tmp_path_factory.mktemp("x"), seed, deeds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_index, "_INDEX_READ_SIZE", size)
        assert _indexed(corpus) == _replayed(corpus)
        plain = load_journal_index(corpus.path, "ana", corpus.sentences)
    whole = load_journal_index(corpus.path, "ana", corpus.sentences, replay=True)
    for name in ("seqs", "starts", "ends", "offsets", "sizes", "crcs", "answers", "text_hashes", "origins", "crc"):
        found, expected = getattr(plain, name), getattr(whole, name)
        assert (list(found), name) == (list(expected), name)


@SLOW
@given(seed=st.integers(0, 50), damage=st.randoms(use_true_random=False))
def test_a_damaged_journal_has_an_index_too(
    tmp_path_factory: pytest.TempPathFactory, seed: int, damage: random.Random
) -> None:
    """Lines that are cut, changed, lost or written twice count for the index as they do for a replay."""
    corpus = annotated(tmp_path_factory.mktemp("x"), seed, 12)
    path = corpus.path / "annotations" / "ana.jsonl"
    data = bytearray(path.read_bytes())
    if not data:
        return
    at = damage.randrange(len(data))
    lines = bytes(data).splitlines(keepends=True)
    line = damage.randrange(len(lines))
    data[at] ^= 1 << damage.randrange(8)
    changed = [
        bytes(data),
        bytes(data[:at]),
        b"".join(lines[:line] + lines[line + 1 :]),
        b"".join(lines[:line] + lines[line : line + 1] + lines[line:]),
        b"".join(x.replace(b"\n", b"\r\n") for x in lines),
        b"\n".join(x[:-1] + b" \t" for x in lines),
    ]
    path.write_bytes(damage.choice(changed))
    assert _indexed(corpus) == _replayed(corpus)


def test_an_edit_of_sentences_that_are_no_neighbours_is_replayed(tmp_path: Path) -> None:
    """A replay decides what becomes of the one between them."""
    corpus = builders.make_corpus(tmp_path / "news", builders.market())
    session = builders.open_session(corpus)
    first, between, last = session.article_sentences[:3]
    session.apply_edit(set_answer(between, Answer.ACCEPT))
    session.close()
    with Journal.open(corpus.path, "ana") as journal:
        pieces = enumerate((first, last), 2)
        journal.append([JournalRecord(n, Op.SPLIT, w, batch=(2, 2), annotator="ana") for n, w in pieces])
    with pytest.raises(NotPlainError):
        read_journal_index(corpus.path / "annotations" / "ana.jsonl", "ana")


def test_the_index_knows_what_was_carried_over(tmp_path: Path) -> None:
    """From the tails of the lines, and by a replay where a line is damaged: the sentence that each record is of."""
    corpus = builders.make_corpus(tmp_path / "news", builders.market())
    session = builders.open_session(corpus)
    made = session.article_sentences[:3]
    session.close()
    with Journal.open(corpus.path, "ana") as journal:
        for n, w in enumerate(made, 1):
            journal.append([JournalRecord(n, Op.CARRY, w, annotator="ana", carried_from=SOURCE)])
    origins = dict.fromkeys(range(3), SOURCE)
    path = corpus.path / "annotations" / "ana.jsonl"
    assert read_journal_index(path, "ana").origins == origins
    path.write_bytes(path.read_bytes() + b"no record\n")
    assert load_journal_index(corpus.path, "ana", corpus.sentences).origins == origins


def test_a_missing_journal_is_an_error(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(JournalError, match=r"bo\.jsonl"):
        load_journal_index(tmp_path, "bo", lambda _: ())


def test_the_index_seldom_needs_a_replay(tmp_path: Path) -> None:
    """Most journals of random actions are indexed from their tails; undoing some batches needs a replay."""
    replayed = 0
    for seed in range(20):
        path = annotated(tmp_path, seed, 25).path / "annotations" / "ana.jsonl"
        try:
            read_journal_index(path, "ana")
        except NotPlainError:
            replayed += 1
    assert replayed < 10


@SLOW
@given(seed=st.integers(0, 50), at=st.floats(0, 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_indexed(
    tmp_path_factory: pytest.TempPathFactory, seed: int, at: float, bit: int
) -> None:
    """Whatever bit of a journal flips, no plain index is made: the checksums see it."""
    corpus = annotated(tmp_path_factory.mktemp("x"), seed, 6)
    path = corpus.path / "annotations" / "ana.jsonl"
    data = bytearray(path.read_bytes())
    if not data:
        return
    data[int(at * (len(data) - 1))] ^= 1 << bit
    path.write_bytes(data)
    with pytest.raises(NotPlainError):
        read_journal_index(path, "ana")


@SLOW
@given(seed=st.integers(0, 10**6), data=st.data())
def test_a_row_is_what_the_record_is(tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject) -> None:
    """A line with a right checksum and wrong contents is never taken as a row where it is no record."""
    corpus = annotated(tmp_path_factory.mktemp("x"), seed % 40, 6)
    lines = (corpus.path / "annotations" / "ana.jsonl").read_bytes().splitlines()
    if not lines:
        return
    raw = data.draw(st.sampled_from(lines))
    old, new = data.draw(st.sampled_from(WRONG))
    body = raw[: raw.rindex(b',"_crc"')].replace(old, new, 1)
    raw = b'%b,"_crc":"%08x"}' % (body, zlib.crc32(body))
    try:
        tail = decode_tail(raw)
        row = decode_row(raw, line_crc(raw), tail.meta.end - tail.meta.start)
    except (RecordLineError, NewerFormatError):
        return
    try:
        record = RecordDecoder().decode(raw)
    except RecordLineError as error:
        raise AssertionError("only the row is taken") from error
    sentence = record.annotated.sentence
    assert (row.text, [t.text for t in row.tokens]) == (sentence.text, [t.text for t in sentence.tokens])
    kept = {(s.start, s.end, s.label) for s in row.spans}
    assert kept == {s.key for s in record.annotated.annotation.spans}
    assert (tail.seq, tail.op, tail.note) == (record.seq, record.op.value, record.annotated.annotation.note)


WRONG = [
    (b'"start":0', b'"start":1'),
    (b'"start":0', b'"start":0.0'),
    (b'"start":0', b'"start":-1'),
    (b'"start":0', b'"start":true'),
    (b'"end":', b'"end":9'),
    (b'"ws":true', b'"ws":false'),
    (b'"ws":true', b'"ws":1'),
    (b'"text":"', b'"text":"\\ud800'),
    (b'"text":"', b'"text":"x'),
    (b'"text":"', b'"text":"\xff'),
    (b'"_op":"answer"', b'"_op":"cook"'),
    (b'"_seq":', b'"_seq":-'),
    (b'"_v":1', b'"_v":3'),
    (b'"_v":1', b'"_v":null'),
    (b'"_batch":null', b'"_batch":{"first":5,"size":1}'),
    (b'"_parent":null', b'"_parent":99'),
    (b'"_digest":"', b'"_digest":"0'),
    (b'"answer":"accept"', b'"answer":"maybe"'),
    (b'"answer":"accept"', b'"answer":"reject","answer":"accept"'),
    (b'"label":"', b'"label":1,"label2":"'),
    (b'"index":', b'"index":1.5,"i":'),
    (b'"_timestamp":', b'"_timestamp":null,"t":'),
    (b'"_keys":{', b'"_keys":{"label":-5,'),
    (b'"spans":[', b'"spans":[{"start":3,"end":3,"label":"VENUE"},'),
    (b'"spans":[', b'"spans":[{"start":1,"end":999999,"label":"VENUE"},'),
    (b'"spans":[', b'"spans":[{"start":0,"end":2,"label":"VENUE","source":"rules"},'),
    (b'"spans":[', b'"spans":[7,'),
    (b'"answer"', b'"note":3,"answer"'),
    (b'"answer"', b'"rejected":[{"start":0,"end":1,"label":"COUNT"}],"answer"'),
]
"""What is put in place of what."""
