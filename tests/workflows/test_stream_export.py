"""The streamed export is the gathered one: the same DocBins, ledger and report, from the same journals."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import LineVerdict
from annotator.core.edits import (
    Edit,
    Op,
    apply_suggestions,
    combine_edits,
    reject_suggestion,
    set_answer,
    set_note,
)
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.export.conflict_resolution import select_items
from annotator.export.exporter import export_corpus
from annotator.export.options import ExportOptions, ExportReport
from annotator.export.resume_manifest import UNFINISHED_FOLDER
from annotator.session.session import AnnotationSession
from annotator.storage.codec import (
    NewerFormatError,
    RecordDecoder,
    RecordLineError,
    decode_row,
    decode_tail,
    line_crc,
)
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.journal_index import (
    ANSWER_BY_NUMBER,
    FastReadError,
    read_journal_index,
)
from annotator.workflows import shard_writer
from annotator.workflows.annotation_loader import select_for_export
from annotator.workflows.export_plan import plan_export
from annotator.workflows.stream_export import export_stream
from tests import builders

ROOT = Path(__file__).resolve().parents[2]
SLOW = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _random_action(session: AnnotationSession, rnd: random.Random) -> None:
    """Do something that an annotator does, whatever the sentence allows."""
    annotated_sentences = session.article_sentences
    annotated = rnd.choice(annotated_sentences)
    session.navigation.go_to(annotated.sentence.id)
    tokens = annotated.sentence.tokens
    pairs = [sorted(rnd.choices(range(len(tokens)), k=2)) for _ in range(rnd.randint(0, 4))]
    label = rnd.choice([x.name for x in session.schema.labels])
    spans = [Span(tokens[a].start, tokens[b].end, label) for a, b in pairs]
    answers = [Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None]
    actions: list[Callable[[], object]] = [
        lambda: session.apply_edit(apply_suggestions(annotated, spans, session.schema, rnd.choice(answers))),
        lambda: session.apply_edit(set_answer(annotated, rnd.choice(answers))),
        lambda: session.apply_edit(reject_suggestion(annotated, spans[0])),
        lambda: session.apply_edit(set_note(annotated, "look again")),
        lambda: session.apply_edit(
            combine_edits([set_answer(w, Answer.ACCEPT) for w in annotated_sentences[::2]], "all")
        ),
        session.join,
        lambda: session.split(rnd.randrange(len(tokens))),
        session.undo,
        session.undo,
        session.redo,
        lambda: session.navigation.move_article(rnd.choice([-1, 1])),
    ]
    try:
        rnd.choice(actions)()
    except (AnnotatorError, IndexError):
        return


def annotated(folder: Path, seed: int, actions: int, names: tuple[str, ...] = ("ana",)) -> CorpusFolder:
    """Return a corpus in which the first annotator has done something, now and then undone.

    The others have repeated much of it, and turned other suggestions down.
    """
    corpus = builders.make_corpus(folder / f"c{seed}-{actions}-{len(names)}")
    rnd = random.Random(seed)
    session = builders.open_session(corpus, name=names[0])
    for _ in range(actions):
        _random_action(session, rnd)
    assert session.close()
    for name in names[1:]:
        _repeat(corpus, names[0], name, rnd)
    if seed % 3 == 0:
        _switch(corpus, names[0], rnd)
    return CorpusFolder.open(corpus.path)


def _switch(corpus: CorpusFolder, whose: str, rnd: random.Random) -> None:
    """Switch off the lines of a sentence that an annotator has touched."""
    annotated_sentences = _annotated_sentences(corpus, whose)
    if not annotated_sentences:
        return
    sentence = rnd.choice(annotated_sentences).sentence
    before = corpus.article(sentence.article).text[: sentence.start].count("\n")
    session = builders.open_session(corpus, name="editor")
    for line in range(before, before + sentence.text.count("\n") + 1):
        session.set_line_verdict(sentence.article, line, LineVerdict.BOILERPLATE)
    assert session.close()


def _repeat(corpus: CorpusFolder, whose: str, name: str, rnd: random.Random) -> None:
    """Let an annotator leave most sentences as another one did, with other suggestions turned down."""
    session = builders.open_session(corpus, name=name)
    for theirs in _annotated_sentences(corpus, whose):
        mine = {w.sentence.id: w for w in session.sentences_of(theirs.sentence.article)}
        if theirs.sentence.id not in mine or rnd.random() < 0.2:
            continue
        annotated, tokens = mine[theirs.sentence.id], theirs.sentence.tokens
        session.navigation.go_to(annotated.sentence.id)
        session.apply_edit(
            apply_suggestions(annotated, theirs.annotation.spans, session.schema, theirs.annotation.answer)
        )
        if rnd.random() < 0.5:
            token = rnd.choice(tokens)
            annotated = session.annotated
            with suppress(AnnotatorError):
                session.apply_edit(reject_suggestion(annotated, Span(token.start, token.end, "VENUE")))
    assert session.close()


def _annotated_sentences(corpus: CorpusFolder, name: str) -> list[AnnotatedSentence]:
    """Return what an annotator has left of each sentence."""
    annotated_sentences = _replay(corpus, name)
    return [
        w for a in annotated_sentences.touched_articles for w in annotated_sentences.touched_sentences_of(a)
    ]


def _replay(corpus: CorpusFolder, name: str) -> AnnotationStore:
    journal = Journal.open(corpus.path, name, read_only=True)
    annotated_sentences = AnnotationStore(corpus.sentences)
    annotated_sentences.replay(journal.records)
    return annotated_sentences


def _replayed(corpus: CorpusFolder, name: str) -> list[tuple[str, int, int, Answer | None, int | None]]:
    annotated_sentences = _replay(corpus, name)
    return [
        (
            a,
            w.sentence.start,
            w.sentence.end,
            w.annotation.answer,
            annotated_sentences.last_seq(w.sentence.id),
        )
        for a in annotated_sentences.touched_articles
        for w in annotated_sentences.touched_sentences_of(a)
    ]


def _indexed(corpus: CorpusFolder, name: str) -> list[tuple[str, int, int, Answer | None, int | None]]:
    x = read_journal_index(corpus.path / "annotations" / f"{name}.jsonl", name)
    return [
        (a, x.starts[n], x.ends[n], ANSWER_BY_NUMBER[x.answers[n]], n + 1)
        for a in x.articles
        for n in x.current_records(a)
    ]


@SLOW
@given(seed=st.integers(0, 10**6), actions=st.integers(1, 60))
def test_the_index_is_what_a_replay_comes_to(
    tmp_path_factory: pytest.TempPathFactory, seed: int, actions: int
) -> None:
    """After joins, splits, batches, undo and redo the same records are in force, or the index declines."""
    corpus = annotated(tmp_path_factory.mktemp("x"), seed, actions)
    try:
        found = _indexed(corpus, "ana")
    except FastReadError:
        return
    assert found == _replayed(corpus, "ana")


def test_the_index_seldom_declines(tmp_path: Path) -> None:
    """It takes most journals of random deeds; undoing a batch over others' heads is left to the replay."""
    declined = 0
    for seed in range(20):
        try:
            _indexed(annotated(tmp_path, seed, 25), "ana")
        except FastReadError:
            declined += 1
    assert declined < 10


def files_of(out: Path) -> dict[str, Any]:
    """Return what an export wrote: payloads inflated, the ledger without digests, configs."""
    found: dict[str, Any] = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if path.suffix == ".spacy":
            found[path.relative_to(out).as_posix()] = zlib.decompress(data)
        elif path.name == "ledger.jsonl":
            lines = [json.loads(line) for line in data.splitlines()]
            assert set(lines[-1]["totals"].pop("files")) == {p for p in names_of(out) if p != "ledger.jsonl"}
            found[path.name] = lines
        else:
            found[path.name] = data.replace(str(out).encode(), b"")
    return found


def names_of(out: Path) -> Iterator[str]:
    """Yield the names of all files that an export wrote."""
    return (p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())


@SLOW
@given(
    seed=st.integers(0, 10**6),
    actions=st.integers(5, 60),
    attrs=st.sampled_from(["own", "min", "full"]),
    ledger=st.sampled_from(["exceptions", "full"]),
    split=st.sampled_from([(100, 0, 0), (50, 50, 0)]),
    shard=st.sampled_from([2, 20_000]),
    many=st.booleans(),
    names=st.sampled_from([("ana",), ("ana", "bo"), ("zoe", "bo", "ana")]),
    asked=st.sampled_from([None, None, "ana"]),
)
def test_both_ways_write_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    actions: int,
    *,
    many: bool,
    names: tuple[str, ...],
    asked: str | None,
    **chosen: Any,
) -> None:
    """DocBins, configs, ledger, report and warnings are the same; the other side is spaCy's own engine.

    With ``many`` ids are reckoned as they are in files of thousands of sentences.
    """
    folder = tmp_path_factory.mktemp("x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shard_writer, "_NUMPY_THRESHOLD", 0 if many else 5000)
        _check_both(annotated(folder, seed, actions, names), folder, asked, chosen)


def _check_both(corpus: CorpusFolder, folder: Path, asked: str | None, chosen: Mapping[str, Any]) -> bool:
    """Hold a streamed export against a gathered one; return whether it was streamed at all."""
    options = ExportOptions(**chosen)

    def gathered() -> ExportReport:
        found, spacy = select_for_export(corpus, asked), ExportOptions(**chosen, engine="spacy")
        out, missing = folder / "b", found.missing
        return export_corpus(found.items, found.unreviewed, corpus.schema, out, spacy, missing=missing)

    try:
        made = plan_export(corpus, asked, options)
    except AnnotatorError as error:  # too few sentences to split, or a conflict
        with pytest.raises(AnnotatorError, match=re.escape(str(error))):
            gathered()
        return False
    if made is None:
        return False
    x, y = export_stream(made, corpus.schema, folder / "a", options, lambda *_: None), gathered()
    assert files_of(folder / "a") == files_of(folder / "b")
    assert (x.parts, x.suggester, x.warnings, x.lost) == (y.parts, y.suggester, y.warnings, y.lost)
    assert set(x.files) == set(y.files)
    assert not (folder / "a" / UNFINISHED_FOLDER).exists()
    return True


def test_what_becomes_an_entity_is_not_wrong_besides(tmp_path: Path) -> None:
    """A span that loses the white space at its edge is the entity that a suggestion turned down was."""
    text = "Rosavik   agreed ."
    corpus = builders.make_corpus(tmp_path / "c", builders.article(text, "b"))
    session = builders.open_session(corpus)
    annotated = session.annotated
    blank = next(t for t in annotated.sentence.tokens if t.text.isspace())
    annotation = annotated.annotation.with_spans([Span(0, blank.end, "VENUE")]).with_answer(Answer.ACCEPT)
    annotation = annotation.with_rejected([Span(0, len("Rosavik"), "VENUE")])
    session.apply_edit(Edit(Op.EDIT, (annotated,), (replace(annotated, annotation=annotation),)))
    assert session.close()
    assert _check_both(CorpusFolder.open(corpus.path), tmp_path, None, {"split": (100, 0, 0)})


def _answered(corpus: CorpusFolder, name: str, article: int, answer: Answer) -> CorpusFolder:
    session = builders.open_session(corpus, name=name)
    session.navigation.move_article(article)
    session.apply_edit(set_answer(session.article_sentences[1], answer))
    assert session.close()
    return CorpusFolder.open(corpus.path)


def test_a_conflict_is_reported_without_gathering(tmp_path: Path) -> None:
    """What annotators left alike is exported once; a conflict is told as ``choose`` tells it."""
    corpus = builders.make_corpus(tmp_path / "c")
    options = ExportOptions(split=(100, 0, 0))
    for name, article in (("ana", 0), ("bo", 1)):
        corpus = _answered(corpus, name, article, Answer.ACCEPT)
    apart = plan_export(corpus, None, options)
    assert apart
    assert (len(apart.records), apart.sentences["double"], apart.shared_annotators) == (2, 0, {})
    alike = plan_export(_answered(corpus, "bo", -1, Answer.ACCEPT), None, options)
    assert alike
    assert (len(alike.records), alike.sentences["double"]) == (2, 1)
    assert list(alike.shared_annotators.values()) == ["ana, bo"]
    corpus = _answered(corpus, "bo", -1, Answer.REJECT)
    with pytest.raises(AnnotatorError) as found:
        plan_export(corpus, None, options)
    with pytest.raises(AnnotatorError) as message:
        select_items(select_for_export(corpus).items)
    assert str(found.value) == str(message.value)


@SLOW
@given(seed=st.integers(0, 50), at=st.floats(0, 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_exported(
    tmp_path_factory: pytest.TempPathFactory, seed: int, at: float, bit: int
) -> None:
    """Whatever bit of a journal flips, the index declines it: the checksums are on."""
    corpus = annotated(tmp_path_factory.mktemp("x"), seed, 6)
    path = corpus.path / "annotations" / "ana.jsonl"
    data = bytearray(path.read_bytes())
    if not data:
        return
    data[int(at * (len(data) - 1))] ^= 1 << bit
    path.write_bytes(data)
    with pytest.raises(FastReadError):
        read_journal_index(path, "ana")


@SLOW
@given(seed=st.integers(0, 10**6), data=st.data())
def test_what_is_taken_fast_is_taken_slowly_too(
    tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject
) -> None:
    """A line with a right checksum and wrong contents is never taken where the journal refuses it."""
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
        raise AssertionError("only the fast way takes it") from error
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
    (b'"_v":1', b'"_v":2'),
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
