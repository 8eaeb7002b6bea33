"""What an adjudicator has decided is exported, as long as nobody changes what was compared."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.edits import Op, add_span, remove_span, set_answer
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import Span
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.side_journals import append_to_side_journal
from annotator.workflows.corpus import Corpus
from tests import builders

WORDS = "More than 40 stalls"


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    """Return a corpus of which ana and ben have annotated one sentence differently, and ana another one."""
    folder = builders.make_corpus(tmp_path / "news")
    for name, words, numbers in (("ana", WORDS, (3, 2)), ("ben", WORDS.partition("than ")[2], (2,))):
        session = builders.open_session(folder, name=name)
        for n in numbers:
            annotated = sentence_of(session, n)
            if n == 2:
                span = builders.span(annotated.sentence.text, words, "COUNT")
                session.apply_edit(add_span(annotated, span, folder.schema))
            session.apply_edit(set_answer(sentence_of(session, n), Answer.ACCEPT))
        session.close()
    return folder


def sentence_of(session: builders.AnnotationSession, n: int) -> AnnotatedSentence:
    """Return one of the sentences of the market's article."""
    return session.annotation_store.sentences_of(builders.market().id)[n]


def adjudicate(folder: CorpusFolder, answer: Answer | None, **compared: int) -> None:
    """Let cleo decide for “40”."""
    sentence = folder.sentences(builders.market().id)[2]
    span = builders.span(sentence.text, "40", "COUNT")
    annotation = Annotation((Span(span.start, span.end, "COUNT", of=("ben",)),), answer)
    record = JournalRecord(
        1, Op.ADJUDICATE, AnnotatedSentence(sentence, annotation), annotator="cleo", compared=tuple(compared.items())
    )
    append_to_side_journal(folder.path, "adjudicated", "cleo", [record])


def exported(folder: CorpusFolder, out: Path, **options: object) -> dict[str, list[str]]:
    """Return the words of the spans of each sentence, by whose it is."""
    Corpus.open(folder.path).export(out, format="plain", on_conflict="skip", **options)  # type: ignore[arg-type]
    files = [f for f in out.glob("*.jsonl") if f.name != "ledger.jsonl"]
    rows = [orjson.loads(x) for f in files for x in f.read_bytes().splitlines()]
    return {r["annotator"]: [r["text"][s["start"] : s["end"]] for s in r["spans"]] for r in rows}


def last_seqs(folder: CorpusFolder) -> dict[str, int]:
    """Return the number of each annotator's last record."""
    journals = (folder.path / "annotations").glob("*.jsonl")
    return {p.stem: orjson.loads(p.read_bytes().splitlines()[-1])["_seq"] for p in journals}


def test_an_adjudication_beats_all_and_ends_the_conflict(corpus: CorpusFolder, tmp_path: Path) -> None:
    """Its spans are exported in the place of the parties', in DocBins and other formats; nothing is in conflict."""
    assert exported(corpus, tmp_path / "before") == {"ana": []}
    adjudicate(corpus, Answer.ACCEPT, **last_seqs(corpus))
    assert exported(corpus, tmp_path / "after") == {"ana": [], "adjudicated/cleo": ["40"]}
    report = Corpus.open(corpus.path).export(tmp_path / "docs", split="100/0/0")
    assert (report.parts["train"].docs, report.parts["train"].spans) == (2, {"COUNT": 1})
    assert not report.totals.get("conflicts")
    assert Corpus.open(corpus.path).verify_export(tmp_path / "docs").same


def test_an_undecided_or_reopened_adjudication_does_not_count(corpus: CorpusFolder, tmp_path: Path) -> None:
    """Without an answer nothing is decided; a later change of a party opens it again."""
    seqs = last_seqs(corpus)
    adjudicate(corpus, None, **seqs)
    assert exported(corpus, tmp_path / "open") == {"ana": []}
    (corpus.path / "adjudicated" / "cleo.jsonl").unlink()
    adjudicate(corpus, Answer.ACCEPT, **{**seqs, "ben": seqs["ben"] - 1})
    assert exported(corpus, tmp_path / "reopened") == {"ana": []}


def test_an_adjudication_counts_where_a_party_has_opened_a_new_version(corpus: CorpusFolder, tmp_path: Path) -> None:
    """What the party has carried over is what was compared, until somebody has something else there."""
    adjudicate(corpus, Answer.ACCEPT, **last_seqs(corpus))
    old, new = builders.market(), builders.article(f"{builders.MARKET}\nIt rained.", "ty-bbbxbb")
    corpus.add_article(new, builders.sentences(new))
    corpus.replace_article(old.id, new.id)
    for party in ("ana", "ben"):
        builders.open_session(corpus.path, name=party).close()
        assert exported(corpus, tmp_path / party) == {"ana": [], "adjudicated/cleo": ["40"]}
    session = builders.open_session(corpus.path, name="ana")
    changed = session.annotation_store.sentences_of(new.id)[2]
    session.apply_edit(remove_span(changed, changed.annotation.spans[0]))
    session.close()
    assert exported(corpus, tmp_path / "changed") == {"ana": []}


def test_annotators_who_are_named_count_alone(corpus: CorpusFolder, tmp_path: Path) -> None:
    """With ``--annotator`` no adjudication is exported."""
    adjudicate(corpus, Answer.ACCEPT, **last_seqs(corpus))
    assert exported(corpus, tmp_path / "ben", annotator="ben") == {"ben": ["40 stalls"]}
