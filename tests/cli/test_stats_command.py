"""``annotator stats`` from the outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.edits import set_answer
from annotator.core.journal_record import KeystrokeCounts
from annotator.storage.codec import RecordDecoder, encode_record, renumber_line
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from tests import builders
from tests.cli.command_runner import call
from tests.statistics.simulated_annotator import SimulatedAnnotator
from tests.storage.storage_helpers import tree

LINE = "Mayor Ilka Moran said that 40 boats had left Tarn Quay before the fog came in at noon"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Return a corpus of two articles with 60 sentences; ana has done 40 of them, bo 25."""
    articles = [
        builders.article("\n".join([f"Fog {n}", *[f"{LINE} {n} {i}." for i in range(30)]]), "t" + "b" * 30)
        for n in range(2)
    ]
    corpus = builders.make_corpus(tmp_path / "fog", *articles)
    for name, done, seconds in (("ana", 40, 5.0), ("bo", 25, 9.0)):
        _annotate(corpus, SimulatedAnnotator(seed=done, seconds=seconds, name=name, session=f"{name}-1"), done)
    return tmp_path / "fog"


def _annotate(corpus: CorpusFolder, worker: SimulatedAnnotator, done: int) -> None:
    """Annotate that many sentences, a span each and an answer."""
    sentences = [s for a in corpus.article_ids() for s in corpus.active_sentences(corpus.article(a))]
    for n, s in enumerate(sentences[:done]):
        worker.annotated_sentences[n] = AnnotatedSentence(s)
        worker.wait()
        worker.keys = KeystrokeCounts(label=1, select=1)
        worker.put(n, builders.span(s.text, "Ilka Moran", "PERSON"))
        worker.wait()
        worker.keys = KeystrokeCounts(enter=1)
        worker.answer(n)
    with Journal.open(corpus.path, worker.name) as journal:
        journal.append(worker.records)


def test_a_table_a_total_and_plots(news: Path) -> None:
    """Each annotator has a row, all together one more, and the sections follow; nothing is touched."""
    before = tree(news)
    result = call("stats", news)
    assert (result.code, result.err) == (0, "")
    assert tree(news) == before
    rows = result.out.splitlines()
    assert [r.split()[:2] for r in rows[2:5]] == [["ana", "40/60"], ["bo", "25/60"], ["everybody", "40/60"]]
    for title in ("PACE", "PROGRESS", "KEYS A SPAN", "LABELS", "TOKENS A SPAN", "ANSWERS", "SUGGESTIONS"):
        assert any(r.startswith(title) for r in rows), title
    assert "done     40 of 60 sentences (66 %)" in rows
    assert any(r.startswith("to go") and "9 times in 10)" in r for r in rows)
    assert "together 3.00, over 65 spans" in rows
    assert "65 accepted, 0 rejected, 0 ignored, 0 begun" in rows
    assert max(len(r) for r in rows) <= 79


def test_one_annotator_as_json(news: Path) -> None:
    """With --as there is that annotator alone; the numbers are those that were put in."""
    report = call("stats", news, "--as", "bo", "--json").json
    assert report["everybody"] is None
    (bo,) = report["annotators"]
    assert (bo["name"], bo["done"], bo["total"], bo["sentences"], bo["spans"]) == ("bo", 25, 60, 25, 25)
    assert bo["keys"]["a_span"] == {
        "label": 1.0, "select": 1.0, "correct": 0.0, "enter": 1.0, "other": 0.0, "total": 3.0,
    }  # fmt: skip
    assert bo["forecast"]["low"] < bo["forecast"]["seconds"] < bo["forecast"]["high"]
    assert bo["sessions"][0]["sentences_an_hour"] == pytest.approx(bo["sentences_an_hour"])
    assert [x["name"] for x in bo["labels"]] == ["PERSON", "VENUE", "COUNT", "CLAIM"]
    assert call("stats", news, "--as", "bo", "--json").out == call("stats", news, "--as", "bo", "--json").out


def test_plain_ascii_and_any_encoding(news: Path) -> None:
    """--ascii draws with ASCII alone."""
    result = call("stats", news, "--ascii")
    assert result.out.isascii()
    assert "|" in result.out


def test_a_journal_in_use_can_be_read(news: Path) -> None:
    """Figures need no lock."""
    with Journal.open(news, "ana"):
        assert call("stats", news).code == 0


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "in the middle": lambda data: data.replace(b'"PERSON"', b'"PURSON"', 3),
    "at the end": lambda data: data[:-40],
}


@pytest.mark.parametrize("where", DAMAGE)
def test_damage_is_reported_and_the_rest_counts(news: Path, where: str) -> None:
    """Lines that do not count are named on stderr, the figures are of the others, and the exit code is 3."""
    path = news / "annotations" / "bo.jsonl"
    path.write_bytes(DAMAGE[where](path.read_bytes()))
    result = call("stats", news, "--json")
    assert result.code == 3
    assert "annotations/bo.jsonl" in result.err
    assert list(result.json["left_out"]) == ["bo"]
    ana, bo = result.json["annotators"]
    assert ana["sentences"] == 40
    assert 20 <= bo["sentences"] <= 25
    assert call("stats", news, "--as", "ana").code == 0


def test_any_time_that_a_journal_can_hold_is_counted(tmp_path: Path) -> None:
    """Beyond all calendars there is no day, and no traceback; what is read can be written again."""
    path = tmp_path / "news"
    session = builders.open_session(builders.make_corpus(path))
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.close()
    journal = path / "annotations" / "ana.jsonl"
    line = journal.read_bytes()
    for n, stamp in enumerate((2**63 - 1, -(2**63), 10**12)):
        raw = renumber_line(re.sub(rb'"_timestamp":\d+', b'"_timestamp":%d' % stamp, line)[:-1], n + 2, n + 1, 0)
        journal.write_bytes(journal.read_bytes() + raw + b"\n")
    result = call("stats", path, "--json")
    assert result.code == 0, result.err
    assert "no date" in [day["name"] for day in result.json["annotators"][0]["days"]]
    assert call("stats", path).code == 0
    assert call("export", path, tmp_path / "out", "--format", "plain").code == 0
    records = [RecordDecoder().decode(encode_record(r)[:-1]) for r in builders.records_in(journal)]
    assert [r.seq for r in records] == [1, 2, 3, 4]


def test_whoever_is_not_there_is_reported(news: Path, corpus: Path) -> None:
    """An unknown annotator is an error with a cure; a corpus without journals has nothing to tell."""
    result = call("stats", news, "--as", "cy")
    assert result.code == 1
    assert result.err == f"annotator: {news}: there is no journal of the annotator 'cy'; use one of: ana, bo\n"
    assert call("stats", corpus).out == "nobody has annotated this corpus yet\n"
    assert call("stats", corpus / "none").code == 1


def test_haste_is_warned_of_kindly(tmp_path: Path) -> None:
    """Who accepts three screens of sentences in as many seconds reads it here."""
    article = builders.article("\n".join(["Fog", *[f"{LINE} {i}." for i in range(60)]]), "t" + "b" * 60)
    corpus = builders.make_corpus(tmp_path / "news", article)
    worker = SimulatedAnnotator()
    for n, s in enumerate(corpus.active_sentences(article)):
        worker.annotated_sentences[n] = AnnotatedSentence(s)
    for first in range(0, 60, 15):
        worker.now += 1
        worker.answer(*range(first, first + 15))
    with Journal.open(corpus.path, "ana") as journal:
        journal.append(worker.records)
    result = call("stats", corpus.path)
    assert result.out.startswith("45 sentences were accepted faster than one can read them (up to ")
    assert "in 1 stretch); look at some of them again" in " ".join(result.out.split())
    assert call("stats", corpus.path, "--json").json["annotators"][0]["haste"][0]["kind"] == "unread"


def test_work_of_a_script_has_no_pace(tmp_path: Path) -> None:
    """A journal that was written in one second has labels and answers, but neither pace nor forecast."""
    article = builders.article("\n".join(["Fog", *[f"{LINE} {i}." for i in range(40)]]), "t" + "b" * 40)
    corpus = builders.make_corpus(tmp_path / "news", article)
    worker = SimulatedAnnotator(spread=0.0, seconds=0.001, break_share=0.0)
    _annotate(corpus, worker, 30)
    result = call("stats", corpus.path)
    assert "no times: 30 sentences were written by a script" in result.out
    assert "no forecast: nothing was done at a pace that could be measured" in result.out
    assert replace(worker.records[0], keystrokes=None).keystrokes is None
