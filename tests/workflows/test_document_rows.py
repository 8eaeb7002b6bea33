"""``--unit article`` writes the rows of one document as one Doc, or one document of a format."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
import spacy
from msgspec.structs import replace
from spacy.tokens import Doc, DocBin

from annotator.core.annotation import Answer
from annotator.core.article import Article, ArticleGroup
from annotator.core.edits import add_span, set_answer
from annotator.core.spans import Span
from annotator.docbin.token_columns import AttributeSet
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.corpus import Corpus
from annotator.workflows.exporting import export_training
from tests import builders

ROWS = (
    ("tarn", 1, "Ilka Moran opened the gate on Friday."),
    ("osmund", 0, "Pia Rask counted 14 cracks."),
    ("tarn", 0, "The market on Tarn Quay has 40 stalls."),
    ("tarn", 2, "Moran smiled at Ilka Moran."),
)
"""Document, position and text; the last row is open."""
TEXT = "\n".join(ROWS[n][2] for n in (2, 0, 3))


def _row(document: str, position: int, text: str) -> Article:
    article = builders.article(text, "b", title="", origin=f"rows.jsonl:{position}")
    meta = {"doc": document, "desk": "city", "row": position}
    return replace(article, group=ArticleGroup("doc", document, position), meta=meta)


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    """Make a corpus of two documents, accepted but for one row."""
    corpus = builders.make_corpus(tmp_path / "rows", *(_row(*row) for row in ROWS))
    session = builders.open_session(corpus.path)
    for document, position, text in ROWS[:3]:
        (annotated,) = session.sentences_of(_row(document, position, text).id)
        if "Moran" in text:
            session.apply_edit(add_span(annotated, Span(0, 10, "PERSON"), session.schema))
            (annotated,) = session.sentences_of(annotated.sentence.article)
        session.apply_edit(set_answer(annotated, Answer.ACCEPT))
    session.close()
    return CorpusFolder.open(corpus.path)


def _docs(folder: Path) -> dict[str, Doc]:
    vocab = spacy.blank("en").vocab
    docs = DocBin().from_disk(folder / "train.spacy").get_docs(vocab)
    return {doc.text: doc for doc in docs}


def test_the_rows_of_a_document_are_one_doc(corpus: CorpusFolder, tmp_path: Path) -> None:
    """Rows are in order, in lines of their own; what nobody has read is missing; the user data name group and rows."""
    Corpus.open(corpus.path).export(tmp_path / "out", split="100/0/0", unit="article")
    docs = _docs(tmp_path / "out")
    assert set(docs) == {TEXT, ROWS[1][2]}
    doc = docs[TEXT]
    assert [(e.text, e.label_) for e in doc.ents] == [("Ilka Moran", "PERSON")]
    unread = [t.text for t in doc if t.ent_iob == 0 and not t.is_space]
    assert unread == ["Moran", "smiled", "at", "Ilka", "Moran", "."]
    data = doc.user_data["annotator"]
    rows = [_row(*ROWS[n]).id for n in (2, 0, 3)]
    group = {"field": "doc", "value": "tarn", "position": 0}
    assert (data["group"], list(data["rows"])) == ("doc=tarn", rows)
    assert data["meta"] == {"doc": "tarn", "desk": "city", "group": group}
    assert [s["id"].partition(":")[0] for s in data["sentences"]] == rows


@pytest.mark.parametrize("attrs", AttributeSet)
def test_both_engines_make_the_same_docs_of_rows(corpus: CorpusFolder, tmp_path: Path, attrs: str) -> None:
    """The DocBin without spaCy has the bytes of the one that spaCy makes."""
    for engine in ("straight", "spacy"):
        options = ExportOptions(split=(100, 0, 0), unit="article", engine=engine, attrs=str(attrs))  # type: ignore[arg-type]
        export_training(corpus, tmp_path / engine, options)
    one, other = (_docs(tmp_path / engine) for engine in ("straight", "spacy"))
    assert {text: doc.to_json() for text, doc in one.items()} == {text: doc.to_json() for text, doc in other.items()}


@pytest.mark.parametrize("format_", ["plain", "doccano", "labelstudio"])
def test_a_format_has_one_document_for_the_rows(corpus: CorpusFolder, tmp_path: Path, format_: str) -> None:
    """With ``--unit article`` the rows are one document, which comes back as one article with its spans."""
    out = tmp_path / "out"
    Corpus.open(corpus.path).export(out, format=format_, unit="article")
    files = [
        p for p in out.iterdir() if p.suffix in {".jsonl", ".json"} and p.name not in {"ledger.jsonl", "manifest.json"}
    ]
    again = Corpus.create(tmp_path / "again", schema="news")
    again.import_files(files, format=format_)
    articles = [again.folder.article(a) for a in again.folder.article_ids()]
    assert {a.text for a in articles} == {TEXT, ROWS[1][2]}


def test_without_the_option_a_row_is_a_document(corpus: CorpusFolder, tmp_path: Path) -> None:
    """A format whose document is an article keeps rows apart, so that they come back as rows."""
    Corpus.open(corpus.path).export(tmp_path / "out", format="doccano")
    (file,) = [p for p in (tmp_path / "out").glob("*.jsonl") if p.name != "ledger.jsonl"]
    assert {orjson.loads(line)["text"] for line in file.read_bytes().splitlines()} == {r[2] for r in ROWS[:3]}
