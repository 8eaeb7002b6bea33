"""The index of a journal knows what a replay knows, whatever the state of the journal."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.errors import JournalError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.journal_index import ANSWER_BY_NUMBER, FastRecordReader, load_journal_index
from tests.export.random_corpora import annotated

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
    reader = FastRecordReader()
    state = []
    for a in x.articles:
        for n in x.current_records(a):
            at = [(x.offsets[n], x.sizes[n], x.crcs[n])]
            (row,) = reader.read_records(str(x.path), at, [x.ends[n] - x.starts[n]])
            state.append((a, x.starts[n], x.ends[n], ANSWER_BY_NUMBER[x.answers[n]], x.seqs[n], row.text))
    reader.close()
    return state, x.warnings, x.unusable_lines


@SLOW
@given(seed=st.integers(0, 10**6), deeds=st.integers(1, 60))
def test_the_index_is_what_a_replay_comes_to(
    tmp_path_factory: pytest.TempPathFactory, seed: int, deeds: int
) -> None:
    """After joins, splits, batches, undo and redo the same records are in force."""
    corpus = annotated(tmp_path_factory.mktemp("x"), seed, deeds)
    assert _indexed(corpus) == _replayed(corpus)


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
    ]
    path.write_bytes(damage.choice(changed))
    try:
        expected = _replayed(corpus)
    except JournalError as error:  # the flipped bit made a line of a newer format of it
        with pytest.raises(JournalError, match="newer"):
            _indexed(corpus)
        assert "newer" in str(error)  # noqa: PT017  (both must be this error)
        return
    assert _indexed(corpus) == expected


def test_a_missing_journal_is_an_error(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(JournalError, match=r"bo\.jsonl"):
        load_journal_index(tmp_path, "bo", lambda _: ())
