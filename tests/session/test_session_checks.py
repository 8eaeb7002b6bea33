"""What is said of a corpus when it is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.label_pass import LabelPass
from annotator.session.opening_warnings import opening_message, others_work_message
from annotator.storage.corpus_folder import CorpusFolder
from tests import builders

FOLDER = "annotations"


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ((), ""),
        (("doccano",), "work of others: --as doccano; bea has annotated nothing here yet"),
        (("a", "b", "c", "d"), "work of others: --as a, b, c and 1 more; bea has annotated nothing here yet"),
    ],
)
def test_whose_work_is_here_is_reported(tmp_path: Path, others: tuple[str, ...], message: str) -> None:
    """Who has done nothing yet is told of those who have; a journal that was only opened is nobody's work."""
    corpus = builders.make_corpus(tmp_path / "c", builders.market())
    (corpus.path / FOLDER).mkdir(exist_ok=True)
    for name in others:
        (corpus.path / FOLDER / f"{name}.jsonl").write_text("{}\n", "utf-8")
    (corpus.path / FOLDER / "zoe.jsonl").touch()
    assert others_work_message(corpus, "bea") == message


def test_who_has_begun_is_reported_of_nobody(tmp_path: Path) -> None:
    """The work of others is nobody's news after that."""
    corpus = builders.make_corpus(tmp_path / "c", builders.market())
    (corpus.path / FOLDER).mkdir(exist_ok=True)
    for name in ("ana", "bea"):
        (corpus.path / FOLDER / f"{name}.jsonl").write_text("{}\n", "utf-8")
    assert others_work_message(corpus, "bea") == ""


@pytest.mark.parametrize(("lang", "has_message"), [("en", False), ("de", True), ("xx", True)])
def test_who_begins_is_told_what_the_rules_are_made_for(tmp_path: Path, lang: str, has_message: bool) -> None:
    """The first start in a corpus of another language says it, a later one no longer."""
    corpus = CorpusFolder.create(tmp_path / "c", name="c", lang=lang, fingerprint="f", schema_text=builders.NEWS)
    message = f"suggestions by rules are made for English: in this corpus ({lang}) many are wrong or missing"
    every = LabelPass.of(corpus.schema)
    assert opening_message(corpus, "bea", every) == (message if has_message else "")
    (corpus.path / FOLDER / "bea.jsonl").write_text("{}\n", "utf-8")
    assert opening_message(corpus, "bea", every) == ""
