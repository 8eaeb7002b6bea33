"""Arguments of the Python API: wrong ones are an AnnotatorError that names the parameter, single ones a list."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from annotator import AnnotatorError, Corpus
from annotator.core.errors import CorpusError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sample(tmp_path: Path) -> Corpus:
    """Return a copy of the shipped sample."""
    shutil.copytree(ROOT / "corpus", tmp_path / "sample")
    return Corpus.open(tmp_path / "sample")


@pytest.mark.parametrize(
    ("method", "arguments", "text"),
    [
        ("open", {"path": 5}, "path cannot be 5; give a path"),
        ("open", {"path": ""}, "path cannot be ''"),
        ("create", {"path": "x", "schema": 1}, "schema cannot be 1; give a path"),
        ("sentences", {"article": "899a"}, "article cannot be '899a'; give one of the type Article"),
        ("annotations", {"answer": "yes"}, "answer cannot be 'yes'; give 'accept' or 'reject' or 'ignore' or 'open'"),
        ("annotations", {"annotator": b"ana"}, "annotator cannot be b'ana'; give a text or None"),
        ("check", {"level": "info"}, "level cannot be 'info'; give 'error' or 'warning'"),
        ("check", {"only": 5}, "only cannot be 5; give a name, or a list of names"),
        ("check", {"plugins": [None]}, "plugins cannot be"),
        ("stats", {"annotator": 5}, "annotator cannot be 5"),
        ("ingest", {"sources": None}, "sources cannot be None; give a path, or a list of paths"),
        ("ingest", {"sources": b"pages"}, "sources cannot be b'pages'"),
        ("ingest", {"sources": ["a", 5]}, "sources cannot be"),
        ("ingest", {"sources": "pages", "progress": 1}, "progress cannot be 1; give a function"),
        ("import_files", {"files": 7}, "files cannot be 7"),
        ("import_files", {"files": "a", "labels": "LOC=VENUE"}, "labels cannot be 'LOC=VENUE'; give a mapping or None"),
        ("import_files", {"files": "a", "strict": "no"}, "strict cannot be 'no'; give True or False"),
        ("add_suggestions", {"source": "mine", "rows": 5}, "rows cannot be 5; give a list"),
        ("suggest", {"model": object}, "model cannot be <class 'object'>"),
        ("suggest", {}, "no source of suggestions is given; give rules, model NAME or source NAME"),
        ("export", {"out": "out", "shard": "a"}, "shard cannot be 'a'; give a whole number"),
        ("export", {"out": "out", "processes": True}, "processes cannot be True"),
        ("docs", {"nlp": "en"}, "nlp cannot be 'en'; give a spaCy pipeline"),
        ("docs", {"nlp": None, "attrs": "foo"}, "attrs cannot be 'foo'; give 'own' or 'min' or 'full'"),
        ("docs", {"nlp": None, "split": (80, 10, 10)}, "split cannot be (80, 10, 10); give a text"),
        ("splits", {"split": 80}, "split cannot be 80; give a text"),
        ("splits", {"split": "foo"}, "split foo is no split; give three shares"),
    ],
)
def test_wrong_arguments(sample: Corpus, method: str, arguments: dict[str, Any], text: str) -> None:
    """Every method refuses what it cannot take, before it does anything."""
    with pytest.raises(AnnotatorError) as caught:
        getattr(sample, method)(**arguments)
    assert text in str(caught.value)
    assert "--" not in str(caught.value)
    assert caught.value.do


def test_one_path_or_name_is_a_list_of_one(tmp_path: Path, sample: Corpus) -> None:
    """A text is never read letter by letter."""
    corpus = Corpus.create(tmp_path / "news")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "page.txt").write_text("Ferry\n\nThe ferry left at noon, said Ada Pell.\n")
    assert len(corpus.ingest(str(tmp_path / "pages") + "/").added) == 1
    assert len(corpus.ingest(tmp_path / "pages" / "page.txt").known) == 1
    assert len(corpus.ingest(p for p in [tmp_path / "pages"]).known) == 1
    sample.export(tmp_path / "out", format="prodigy")
    assert corpus.import_files(str(tmp_path / "out" / "annotations.jsonl")).records
    assert sample.check(only="label").problems == sample.check(only=["label"]).problems


@pytest.mark.parametrize("folder", ["/", "/proc", "/sys/kernel", "/dev", "sample"])
def test_ingest_stays_out_of_the_system_and_of_corpora(tmp_path: Path, sample: Corpus, folder: str) -> None:
    """Neither the root of the machine nor a corpus is a folder of articles; a corpus below one is passed over."""
    corpus = Corpus.create(tmp_path / "news")
    with pytest.raises(AnnotatorError, match="this is a folder of the system, or of a corpus"):
        corpus.ingest(tmp_path / folder)
    (sample.path / "page.txt").write_text("Ferry\n\nThe ferry left at noon.\n")
    with pytest.raises(AnnotatorError, match="the folder has no source in it"):
        corpus.ingest(tmp_path)


@pytest.mark.parametrize("form", ["spacy", "prodigy"])
def test_an_export_stays_out_of_corpora(tmp_path: Path, sample: Corpus, form: str) -> None:
    """A target at or in a corpus folder is refused, under whatever name."""
    other = Corpus.create(tmp_path / "other")
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to(other.path)
    before = sorted(tmp_path.rglob("*"))
    for out in ("sample", "sample/out", "sample/articles", "out/../other", "link/x"):
        with pytest.raises(CorpusError, match=r"corpus folder.*choose a folder outside"):
            sample.export(tmp_path / out, format=form)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "change",
    [
        {"end": 9999},
        {"start": 3, "end": 0},
        {"start": "0"},
        {"start": 0.5},
        {"label": 5},
        {"label": None},
        {"score": 2},
        {"score": float("nan")},
    ],
)
def test_bad_spans_of_ones_own(sample: Corpus, change: dict[str, Any]) -> None:
    """A span that can be none stops everything, with the number of its row."""
    sentence = sample.sentences(next(sample.articles()))[0]
    meta = {"article": sentence.article, "start": sentence.start, "end": sentence.end}
    good = {"start": 0, "end": sentence.tokens[0].end, "label": "PERSON"}
    rows = [{"meta": meta, "spans": [good]}, {"meta": meta, "spans": [good | change]}]
    with pytest.raises(AnnotatorError) as caught:
        sample.add_suggestions("mine", rows)
    assert caught.value.where == "row 2"
    assert not (sample.path / "suggestions" / "mine.jsonl").exists()


def test_bad_rows_and_spans_left_out(sample: Corpus) -> None:
    """Rows that are none are errors; spans that the schema or the tokens have no place for are reported."""
    sentence = sample.sentences(next(sample.articles()))[0]
    meta = {"article": sentence.article, "start": sentence.start, "end": sentence.end}
    for row in ("text", {"meta": meta}, {"meta": meta, "spans": 5}, {"meta": meta, "spans": ["x"]}, {"meta": 5}):
        with pytest.raises(AnnotatorError, match="row 1: "):
            sample.add_suggestions("mine", [row])  # type: ignore[list-item]
    end = sentence.tokens[0].end
    spans = [{"start": 0, "end": end, "label": "NOPE"}, {"start": 0, "end": end - 1, "label": "PERSON"}]
    report = sample.add_suggestions("mine", [{"meta": meta, "spans": spans}])
    assert (report.unmapped, len(report.misaligned), report.spans) == ({"NOPE": 1}, 1, {})


def test_a_closed_corpus(sample: Corpus) -> None:
    """It says that it is closed, and is not entered again."""
    sample.close()
    assert repr(sample) == "<Corpus: closed>"
    with pytest.raises(AnnotatorError, match="this corpus is closed"), sample:
        pass
