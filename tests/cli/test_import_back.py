"""``annotator export --format NAME`` and ``annotator import``: the same sentences with the same answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from annotator.core.article import ArticleGroup
from annotator.formats.document import Document
from annotator.formats.registry import FORMATS, export_formats
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.import_documents import with_stated_sentences
from tests.cli.command_runner import call
from tests.cli.corpus_reading import answers, imported, jsonl, sentences_by_annotator, spans

TEXT = (
    "Captain Lena Okafor left Osmund at noon. “We are late. We will be early,” she told Tam Reedy.\n\n"
    "The ferry came. It sank\nin Osmund harbour; nobody was hurt. The mayor said so."
)
MARKED = {"Lena Okafor": "PERSON", "noon. “We are late": "CLAIM", "sank\nin Osmund": "CLAIM", "Tam Reedy": "PERSON"}
CUT_AGAIN = ("brat", "conll", "spacy-json")
"""The formats that have no place for sentences, or no more than that; any other must bring them back."""
HOLDS = [name for name in export_formats() if name not in CUT_AGAIN]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus with joined sentences, one over two lines, and a last one that nobody has finished."""
    folder = tmp_path_factory.mktemp("back")
    marks = [[TEXT.index(w), TEXT.index(w) + len(w), label] for w, label in MARKED.items()]
    path = jsonl(folder / "a.jsonl", {"id": "f1", "text": TEXT, "spans": marks})
    assert imported(path, folder / "c", "--as", "ada").code == 0
    journal = folder / "c" / "annotations" / "ada.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    assert [text for text, _ in answers(folder / "c")][-1].endswith("nobody was hurt.")
    return folder / "c"


def _there_and_back(corpus: Path, name: str, folder: Path, *more: str) -> Path:
    split = ("--split", "100/0/0") if name == "spacy" else ()
    result = call("export", corpus, folder / "out", "--format", name, *split, *more)
    assert result.code == 0, result.err
    result = imported(folder / "out", folder / "c")
    assert result.code == 0, result.err
    return folder / "c"


@pytest.mark.parametrize("name", HOLDS)
def test_sentences_come_back_as_they_were(corpus: Path, name: str, tmp_path: Path) -> None:
    """What was finished is finished again, in the same cuts; what was not is claimed by nobody."""
    back = _there_and_back(corpus, name, tmp_path)
    assert answers(back) == answers(corpus)
    assert [x[1:] for x in spans(back)] == [x[1:] for x in spans(corpus)]
    (article,) = CorpusFolder.open(back).article_ids()
    assert "sentences" not in CorpusFolder.open(back).article(article).meta


@pytest.mark.parametrize("name", [n for n in HOLDS if FORMATS[n].has_whole_texts and not FORMATS[n].has_fixed_unit])
def test_an_article_at_a_time_leaves_open_what_nobody_has_read(corpus: Path, name: str, tmp_path: Path) -> None:
    """A missing tag is no O, and a sentence that is not told is not claimed: both stay unfinished."""
    back = _there_and_back(corpus, name, tmp_path, "--unit", "article")
    assert answers(back) == answers(corpus)
    (article,) = CorpusFolder.open(back).article_ids()
    assert CorpusFolder.open(back).article(article).text == TEXT


def test_notes_and_flags_of_a_whole_export_are_on_their_sentences(corpus: Path, tmp_path: Path) -> None:
    """Docs of articles and runs of spancat have the same sentences: nothing moves, and nothing counts as lost."""
    assert call("export", corpus, tmp_path / "tasks", "--format", "prodigy").code == 0
    tasks = [orjson.loads(x) for x in (tmp_path / "tasks" / "annotations.jsonl").read_bytes().splitlines()]
    tasks[0]["meta"]["flagged"] = True
    tasks[1]["meta"]["note"] = "Which Tam?"
    assert imported(jsonl(tmp_path / "noted.jsonl", *tasks), tmp_path / "noted").code == 0
    args = ("--format", "spacy", "--unit", "article", "--split", "100/0/0")
    assert call("export", tmp_path / "noted", tmp_path / "out", *args).code == 0
    result = imported(tmp_path / "out", tmp_path / "back", "--json")
    assert (result.code, result.json["lost"], result.json["totals"]["spans"]["left out"]) == (0, 0, 0)
    assert result.json["records"] == len(tasks)
    assert _remarks(tmp_path / "back") == _remarks(tmp_path / "noted")
    assert _remarks(tmp_path / "noted")[:2] == [("", True), ("Which Tam?", False)]


def _remarks(corpus: Path) -> list[tuple[str, bool]]:
    (found,) = sentences_by_annotator(corpus).values()
    return [(w.annotation.note, w.annotation.flagged) for w in found]


def test_a_format_without_a_place_says_so(corpus: Path, tmp_path: Path) -> None:
    """Brat has a text and no sentences: it is cut anew, and export and certificate have told it."""
    result = call("export", corpus, tmp_path / "out", "--format", "brat")
    assert "written whole though some of their sentences are not accepted, so that nothing is marked" in result.out
    assert "not held: sentences (0 of 1 came back)" in call("check", corpus, "--round-trip", "brat").out
    assert imported(tmp_path / "out", tmp_path / "c").code == 0
    assert [x[1:] for x in spans(tmp_path / "c")] == [x[1:] for x in spans(corpus)]


@pytest.mark.parametrize(
    "message",
    [None, 3, "0-4", {}, [[0]], [[0, 4, 5]], [["0", 4]], [[0, True]], [[4, 4]], [[5, 2]], [[0, 99]], [[0, 6], [4, 9]]],
)
def test_a_field_of_that_name_may_be_anything(message: Any) -> None:
    """What is no list of ranges in the text, one after another, says nothing of sentences."""
    document = Document("Lena rowed.", meta={"sentences": message})
    assert with_stated_sentences(document) is document


def test_sentences_that_claim_one_place_are_reported_and_lost_in_none(tmp_path: Path) -> None:
    """Two texts for one place of an article cannot both stand there: each is an article of its own."""
    rows = [
        {"text": text, "spans": [[0, len(name), "PERSON"]], "meta": {"article": "x", "start": 0}}
        for text, name in (("Ida Holm left.", "Ida Holm"), ("Tam Reedy came.", "Tam Reedy"))
    ]
    result = imported(jsonl(tmp_path / "a.jsonl", *rows), tmp_path / "c", "--as", "ada")
    assert (result.code, len(CorpusFolder.open(tmp_path / "c").article_ids())) == (0, 2)
    assert "the sentences of 'x' contradict each other in place; each is an article of its own" in result.err
    assert spans(tmp_path / "c") == [("ada", "Ida Holm", "PERSON"), ("ada", "Tam Reedy", "PERSON")]


@pytest.mark.parametrize("end", [16, 17])
def test_fields_of_another_tool_that_are_called_as_ours_stay(end: int, tmp_path: Path) -> None:
    """An article's number, a place that does not fit and a group are metadata, and the article is a document."""
    metas = [{"article": "x", "start": 0, "end": end, "sentence": 1, "group": "a"}, {"article": "x", "sentence": 2}]
    rows = [{"text": f"Ida Holm left {n}.", "spans": [], "meta": meta} for n, meta in enumerate(metas)]
    assert imported(jsonl(tmp_path / "a.jsonl", *rows), tmp_path / "c").code == 0
    corpus = CorpusFolder.open(tmp_path / "c")
    articles = {a.text: a for a in map(corpus.article, corpus.article_ids())}
    assert [articles[row["text"]].meta for row in rows] == metas
    assert [articles[row["text"]].group for row in rows] == [ArticleGroup("article", "x", n) for n in range(2)]


def test_a_part_of_a_sentence_hides_none_of_it(tmp_path: Path) -> None:
    """What covers half of a stored sentence does not take its place: it is an article of its own."""
    whole = {"text": "Ida Holm left Osmund.", "spans": [[0, 8, "PERSON"]]}
    assert imported(jsonl(tmp_path / "a.jsonl", whole), tmp_path / "c", "--as", "ada").code == 0
    (article,) = CorpusFolder.open(tmp_path / "c").article_ids()
    half = {"text": "Ida Holm", "spans": [[0, 8, "PERSON"]], "meta": {"article": article, "start": 0}}
    assert imported(jsonl(tmp_path / "b.jsonl", half), tmp_path / "c", "--as", "bo").code == 0
    corpus = CorpusFolder.open(tmp_path / "c")
    assert len(corpus.article_ids()) == 2
    assert [s.text for a in corpus.article_ids() for s in corpus.sentences(a)] == [whole["text"], "Ida Holm"]
    assert spans(tmp_path / "c") == [("ada", "Ida Holm", "PERSON"), ("bo", "Ida Holm", "PERSON")]
    assert [w.sentence.article == article for w in sentences_by_annotator(tmp_path / "c")["bo"]] == [False]


def test_other_words_in_the_place_of_a_sentence_are_another_article(tmp_path: Path) -> None:
    """What names an article of the corpus and has other words there says nothing of that article."""
    stored = {"text": "Ida Holm left Osmund.", "spans": [[0, 8, "PERSON"]]}
    assert imported(jsonl(tmp_path / "a.jsonl", stored), tmp_path / "c", "--as", "ada").code == 0
    (article,) = CorpusFolder.open(tmp_path / "c").article_ids()
    message = {"spans": stored["spans"], "meta": {"article": article, "start": 0}}
    other = {"text": "Ada Birk left Ostram.", **message}
    assert imported(jsonl(tmp_path / "b.jsonl", other), tmp_path / "c", "--as", "bo").code == 0
    assert len(CorpusFolder.open(tmp_path / "c").article_ids()) == 2
    assert spans(tmp_path / "c") == [("ada", "Ida Holm", "PERSON"), ("bo", "Ada Birk", "PERSON")]
