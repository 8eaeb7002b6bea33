"""Known-wrong spans: what an annotator turned down reaches spaCy's ner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy
from msgspec.structs import replace
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from thinc.api import fix_random_seed

from annotator.core.annotation import Answer
from annotator.core.article import Sentence
from annotator.core.errors import UsageError
from annotator.export.options import ExportItem, ExportOptions
from annotator.export.span_outcomes import INCORRECT_SPANS_KEY, incorrect_spans
from tests.export.export_samples import SCHEMA, export_items, item, make_article, sentences, spans

LINES = [["Ida Holm came to Rosavik .", "Rosavik agreed .", "Rosavik slept ."]]
ARTICLE = make_article(LINES)
EVERY = sentences(ARTICLE, LINES)


def turned_down(
    s: Sentence, *wrong: tuple[str, str], answer: Answer | None = Answer.ACCEPT, who: str = "ana"
) -> ExportItem:
    """Return a sentence in which an annotator has turned these down."""
    of = item(ARTICLE, s, answer=answer, who=who)
    annotation = of.annotated.annotation.with_rejected(spans(s.text, *wrong))
    return replace(of, annotated=replace(of.annotated, annotation=annotation))


def exported(items: list[ExportItem], folder: Path, unit: Any = "article") -> list[Doc]:
    """Export the items and return the Docs."""
    export_items(items, {}, SCHEMA, folder, ExportOptions(unit=unit, split=(100, 0, 0)))
    return list(DocBin().from_disk(folder / "train.spacy").get_docs(spacy.blank("en").vocab))


def groups(doc: Doc) -> list[tuple[str, str]]:
    """Return label and text of the known-wrong spans of a Doc."""
    return [(s.label_, s.text) for s in doc.spans.get(INCORRECT_SPANS_KEY, ())]


def test_what_was_turned_down_stands_in_a_span_group(tmp_path: Path) -> None:
    """Also in a sentence that is not finished, where no more is known; a Doc without any has no group."""
    items = [item(ARTICLE, EVERY[0], ("Rosavik", "VENUE")), turned_down(EVERY[1], ("Rosavik", "VENUE"), answer=None)]
    (doc,) = exported(items, tmp_path)
    assert groups(doc) == [("VENUE", "Rosavik")]
    assert [t.ent_iob_ for t in doc][-3:] == ["", "", ""]
    (alone,) = exported(items, tmp_path, "sentence")
    assert INCORRECT_SPANS_KEY not in alone.spans


@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_what_one_of_two_turned_down_is_wrong(tmp_path: Path, unit: str) -> None:
    """Though the sentence, which both left alike, is exported as the other one's."""
    items = [item(ARTICLE, EVERY[1]), turned_down(EVERY[1], ("Rosavik", "VENUE"), who="ben")]
    (doc,) = exported(items, tmp_path, unit)
    assert groups(doc) == [("VENUE", "Rosavik")]


def test_what_anybody_labelled_is_not_wrong() -> None:
    """Nor is what ner does not learn: a claim, half a word. Two refusals are one."""
    items = [
        item(ARTICLE, EVERY[0], ("Rosavik", "VENUE")),
        turned_down(EVERY[0], ("Rosavik", "VENUE"), ("Ida Holm", "VENUE"), who="ben"),
        turned_down(EVERY[0], ("Ida Holm", "VENUE"), ("Ida", "CLAIM"), ("Ros", "PERSON"), who="eve"),
    ]
    assert incorrect_spans(items, SCHEMA) == {EVERY[0].id: (((0, 2), "VENUE"),)}


def test_the_report_counts_them(tmp_path: Path) -> None:
    """People and scripts are told how many there are."""
    report = export_items(
        [turned_down(EVERY[1], ("Rosavik", "VENUE"))], {}, SCHEMA, tmp_path, ExportOptions(split=(1, 0, 0))
    )
    assert report.as_dict()["parts"]["train"]["wrong"] == 1
    assert report.lines()[0].endswith("; 1 known-wrong span")


def test_the_group_cannot_be_the_group_of_all_spans() -> None:
    """A clash of names is refused."""
    with pytest.raises(UsageError, match="is where known-wrong spans go"):
        ExportOptions(spans_key=INCORRECT_SPANS_KEY)


def test_the_config_makes_ner_read_the_group(tmp_path: Path) -> None:
    """Training with the config's ner unlearns a wrong entity where the tokens are missing."""
    items = [
        item(ARTICLE, EVERY[0], ("Ida Holm", "PERSON"), ("Rosavik", "VENUE")),
        turned_down(EVERY[1], ("Rosavik", "VENUE"), answer=None),
    ]
    (doc,) = exported(items, tmp_path)
    config = spacy.util.load_config(tmp_path / "config.cfg")
    assert config["components"]["ner"]["incorrect_spans_key"] == INCORRECT_SPANS_KEY
    fix_random_seed(0)
    nlp = spacy.blank("en")
    ner: Any = nlp.add_pipe("ner", config={"incorrect_spans_key": INCORRECT_SPANS_KEY})
    ner.add_label("VENUE")
    text = Doc(nlp.vocab, words=["Rosavik", "agreed", "."])
    right = Doc(nlp.vocab, words=["Rosavik", "agreed", "."], ents=["B-VENUE", "O", "O"])
    wrong = Doc(nlp.vocab, words=["Rosavik", "agreed", "."])
    wrong.spans[INCORRECT_SPANS_KEY] = [spacy.tokens.Span(wrong, 0, 1, label="VENUE")]
    optimizer = nlp.initialize(lambda: [Example(text, right)])
    _learn(nlp, Example(text, right), optimizer)
    assert [e.label_ for e in nlp("Rosavik agreed .").ents] == ["VENUE"]
    _learn(nlp, Example(text, wrong), optimizer)
    assert "Rosavik" not in [e.text for e in nlp("Rosavik agreed .").ents]
    assert groups(doc) == [("VENUE", "Rosavik")]


def _learn(nlp: Any, example: Example, optimizer: Any) -> None:
    for _ in range(40):
        nlp.update([example], sgd=optimizer, drop=0.0)
