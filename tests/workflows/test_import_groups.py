"""Rows of one document are linked by an import, each stays a sentence, and the account says what was grouped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from annotator.core.article import ArticleGroup
from annotator.core.errors import UsageError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import ImportReport, import_files

FERRY = ("The ferry left at noon.", "Lena Pell was late.", "It was full.")
STORM = ("A storm came up.", "The harbour of Skerrin closed.", "It was full.")


def _rows(**documents: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"text": t, "spans": [], "meta": {"doc": doc}} for doc, texts in documents.items() for t in texts]


def _import(folder: Path, rows: list[dict[str, Any]], **options: Any) -> ImportReport:
    file = folder / "rows.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return import_files(folder / "corpus", [file], ImportOptions(**options))


def _groups(folder: Path) -> Mapping[str, ArticleGroup | None]:
    corpus = CorpusFolder.open(folder / "corpus")
    return {a.text: a.group for a in map(corpus.article, corpus.article_ids())}


def test_rows_of_a_document_are_linked_in_their_order(tmp_path: Path) -> None:
    """Each is an article of one sentence; a text twice in a document is one, one in two documents is in none."""
    report = _import(tmp_path, _rows(ferry=(*FERRY, FERRY[0]), storm=STORM))
    groups = _groups(tmp_path)
    assert groups == {
        FERRY[0]: ArticleGroup("doc", "ferry", 0),
        FERRY[1]: ArticleGroup("doc", "ferry", 1),
        FERRY[2]: None,
        STORM[0]: ArticleGroup("doc", "storm", 0),
        STORM[1]: ArticleGroup("doc", "storm", 1),
    }
    assert (report.articles, report.sentences) == (5, 5)
    said = (
        "4 rows are parts of 2 documents by doc (its name means a document, and values repeat in runs); "
        "no span runs over two rows; --group-by none keeps them apart"
    )
    assert said in list(report.lines())
    assert "1 text occurs in several documents by doc, and so in no group" in report.notes
    assert list(report.as_dict()["groups"]) == report.ledger.totals["groups"]
    assert not CorpusFolder.open(tmp_path / "corpus").articles.changed_metadata


def test_a_user_decides(tmp_path: Path) -> None:
    """``none`` groups nothing, and a field that no row has is an error that names those there are."""
    rows = _rows(ferry=FERRY[:2], storm=STORM[:2])
    with pytest.raises(UsageError, match=r"--group-by url: the rows have nothing in this field; name one of doc"):
        _import(tmp_path, rows, group_by="url")
    _import(tmp_path, rows, group_by="none")
    assert set(_groups(tmp_path).values()) == {None}


def test_one_document_is_a_group_if_the_user_asks(tmp_path: Path) -> None:
    """One value for all rows groups nothing by the rule."""
    rows = _rows(ferry=FERRY)
    assert not _import(tmp_path, rows).groups
    (tmp_path / "again").mkdir()
    assert _import(tmp_path / "again", rows, group_by="meta.doc").groups[0].documents == 1
