"""Gold sets: which sentences of a file measure a source, and which of their labels."""

from __future__ import annotations

import json
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin, Span

from annotator.workflows.gold_sets import read_gold
from tests.suggest.suggest_helpers import NEWS

WORDS = ["Ada", "Pell", "slept", ".", "“", "We", "wait", ".", "She", "said", ".", "”", "Nobody", "came", "."]


def stored(path: Path, *, missing: range = range(0)) -> Path:
    """Store a Doc of four sentences, a claim that runs over two of them, and tokens of which nothing is known."""
    nlp = spacy.blank("en")
    starts: list[bool | int | None] = [n in (0, 4, 8, 12) for n in range(len(WORDS))]
    doc = Doc(nlp.vocab, words=WORDS, sent_starts=starts)
    doc.set_ents([Span(doc, 0, 2, "PERSON")], missing=[doc[n : n + 1] for n in missing], default="outside")
    doc.spans["sc"] = [Span(doc, 4, 12, "CLAIM")]
    DocBin(docs=[doc, doc], store_user_data=True).to_disk(path)
    return path


def test_a_docbin_of_articles_is_cut_into_its_sentences(tmp_path: Path) -> None:
    """A span keeps the sentences that it crosses together; offsets and tokens are those of each sentence."""
    gold = read_gold(stored(tmp_path / "test.spacy"), NEWS, "en")
    assert [g.sentence.text for g in gold.rows[:3]] == ["Ada Pell slept .", "“ We wait . She said . ”", "Nobody came ."]
    assert [dict(g.spans) for g in gold.rows[:3]] == [{"PERSON": [(0, 8)]}, {"CLAIM": [(0, 24)]}, {}]
    assert len({g.sentence.article for g in gold.rows}) == 2, "each Doc is an article of its own"
    for g in gold.rows:
        assert "".join(t.text + " " * t.ws for t in g.sentence.tokens) == g.sentence.text
        assert g.labels == {x.name for x in NEWS.labels}


def test_what_nobody_has_reviewed_is_no_gold(tmp_path: Path) -> None:
    """A sentence whose entities are missing judges no source."""
    gold = read_gold(stored(tmp_path / "test.spacy", missing=range(12, 15)), NEWS, "en")
    assert [g.sentence.text for g in gold.rows] == ["Ada Pell slept .", "“ We wait . She said . ”"] * 2


def test_a_docbin_of_some_labels_judges_these_alone(tmp_path: Path) -> None:
    """The labels that its sentences cover are in its name."""
    gold = read_gold(stored(tmp_path / "test.PERSON-CLAIM.spacy"), NEWS, "en")
    assert {g.labels for g in gold.rows} == {frozenset({"PERSON", "CLAIM"})}


def test_what_has_no_sure_place_is_no_gold(tmp_path: Path) -> None:
    """A span without a quote, in a text whose quotes are shifted, may be anywhere: its sentence is no gold."""
    quoted = [{"start": n, "end": n + 3, "label": "PERSON", "text": w} for n, w in ((0, "Ida"), (8, "Una"))]
    rows = [
        {"text": "Yes Ida met Una and Liv.", "spans": [*quoted, {"start": 16, "end": 19, "label": "PERSON"}]},
        {"text": "Yes Ida met Una.", "spans": quoted},
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)))
    gold = read_gold(tmp_path / "gold.jsonl", NEWS, "en")
    assert [(g.sentence.text, g.spans) for g in gold.rows] == [("Yes Ida met Una.", {"PERSON": [(4, 7), (12, 15)]})]
