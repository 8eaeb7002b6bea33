"""Predictions in imported files: listed as not taken, or suggestions of a source for each model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.core.article import Sentence
from annotator.core.errors import AnnotatorError
from annotator.core.tokens import Token
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.suggestion_writer import SuggestionWriter
from annotator.storage.suggestions import suggestion_files
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import ImportReport, import_files

FIRST = "Ada Pell met 40 sailors 🛶 in Orkenby. Una Holm left."
SECOND = "Nobody saw Ida Moor."


def region(text: str, quote: str, label: str, **more: Any) -> dict[str, Any]:
    """Return one of Label Studio's regions."""
    start = text.index(quote)
    value = {"start": start, "end": start + len(quote), "text": quote, "labels": [label]}
    return {"id": quote, "type": "labels", "from_name": "label", "to_name": "text", "value": value, **more}


def prediction(model: str | None, *regions: dict[str, Any], score: Any = None) -> dict[str, Any]:
    """Return what a model has predicted."""
    return {"id": 1, "model_version": model, "score": score, "result": list(regions)}


def write(path: Path, *tasks: tuple[str, list[dict[str, Any]] | None, list[dict[str, Any]]]) -> Path:
    """Write tasks: the text, the regions of its annotation (None: no annotation), the predictions."""
    rows = [
        {
            "id": n,
            "data": {"text": text},
            "annotations": [] if regions is None else [{"completed_by": 1, "result": regions}],
            "predictions": predictions,
        }
        for n, (text, regions, predictions) in enumerate(tasks, 1)
    ]
    path.write_text(json.dumps(rows))
    return path


def taken(path: Path, corpus: Path, **options: Any) -> ImportReport:
    """Import with the predictions as suggestions."""
    return import_files(corpus, [path], ImportOptions(predictions="suggest", **options))


def suggested(corpus: Path) -> dict[str, list[tuple[str, str, float, bool]]]:
    """Return by source what a session sees: words, label, score and whether that is a guess."""
    folder = CorpusFolder.open(corpus)
    sentences = [s for a in sorted(folder.article_ids()) for s in folder.sentences(a)]
    return {
        source: sorted((s.text[x.start : x.end], x.label, x.score, x.estimated) for s in sentences for x in file(s))
        for source, file in suggestion_files(corpus).items()
    }


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a corpus that are neither locks nor ledgers."""
    found = [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock" and p.parent.name != "imports"]
    return {str(p.relative_to(folder)): p.read_bytes() for p in found}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Two models on an annotated and on an open task."""
    return write(
        tmp_path / "x.json",
        (
            FIRST,
            [region(FIRST, "Una Holm", "PERSON")],
            [
                prediction(
                    "Big/1.0", region(FIRST, "Ada Pell", "PERSON", score=0.75), region(FIRST, "Orkenby", "VENUE")
                ),
                prediction("small", region(FIRST, "40 sailors", "COUNT"), score=0.5),
            ],
        ),
        (SECOND, None, [prediction("Big/1.0", region(SECOND, "Ida Moor", "PERSON"), score=0.25)]),
    )


def test_by_default_they_are_listed_and_no_loss(tmp_path: Path, export: Path) -> None:
    """Nothing is suggested, and the ledger names each prediction with the option that takes them."""
    report = import_files(tmp_path / "c", [export])
    assert report.lost == 0
    assert not (tmp_path / "c/suggestions").exists() or not suggested(tmp_path / "c")
    (row,) = (x for x in report.ledger.totals["why"] if x["thing"] == "predicted span")
    assert row["count"] == 4
    assert "--predictions suggest" in row["why"]


def test_each_model_is_a_source(tmp_path: Path, export: Path) -> None:
    """Scores of regions go before those of predictions; a model's name is made one for a file."""
    report = taken(export, tmp_path / "c")
    assert report.lost == 0
    assert suggested(tmp_path / "c") == {
        "big-1.0": [
            ("Ada Pell", "PERSON", 0.75, False),
            ("Ida Moor", "PERSON", 0.25, False),
            ("Orkenby", "VENUE", 0.5, True),
        ],
        "small": [("40 sailors", "COUNT", 0.5, False)],
    }
    assert report.ledger.totals["predictions"] == {"in": 4, "big-1.0": 3, "small": 1}
    (journal,) = (tmp_path / "c/annotations").glob("*.jsonl")
    assert {r["text"] for r in map(json.loads, journal.read_text("utf-8").splitlines()) if r["answer"]} == {
        "Ada Pell met 40 sailors 🛶 in Orkenby.",
        "Una Holm left.",
    }


def test_a_second_import_changes_nothing(tmp_path: Path, export: Path) -> None:
    """The same file again leaves the same bytes; into a corpus without suggestions it gives those of a new one."""
    taken(export, tmp_path / "c")
    before = files(tmp_path / "c")
    taken(export, tmp_path / "c")
    assert files(tmp_path / "c") == before
    import_files(tmp_path / "later", [export])
    taken(export, tmp_path / "later")
    assert suggested(tmp_path / "later") == suggested(tmp_path / "c")


def test_a_new_prediction_replaces_the_old_one(tmp_path: Path, export: Path) -> None:
    """What the same model suggests later for a sentence counts, nothing included; other sentences stay."""
    taken(export, tmp_path / "c")
    again = write(
        tmp_path / "y.json", (FIRST, None, [prediction("small", region(FIRST, "Una Holm", "PERSON"), score=1)])
    )
    taken(again, tmp_path / "c")
    assert suggested(tmp_path / "c")["small"] == [("Una Holm", "PERSON", 1.0, False)]
    assert len(suggested(tmp_path / "c")["big-1.0"]) == 3


def test_an_error_leaves_the_corpus_as_it_was(tmp_path: Path, export: Path) -> None:
    """A label that the schema lacks, and a file that another process writes, stop all of the import."""
    import_files(tmp_path / "c", [write(tmp_path / "z.json", ("Some Una Holm.", [], []))])
    before = files(tmp_path / "c")
    odd = write(tmp_path / "y.json", (SECOND, None, [prediction("m", region(SECOND, "Ida Moor", "PERSON_X"))]))
    with pytest.raises(AnnotatorError, match="PERSON_X"):
        taken(odd, tmp_path / "c")
    with SuggestionWriter(tmp_path / "c", "small", "import") as held:
        with pytest.raises(AnnotatorError, match="being made by"):
            taken(export, tmp_path / "c")
        held.discard()
    assert files(tmp_path / "c") == before
    assert not any("not in the files" in x for x in taken(odd, tmp_path / "c", labels={"PERSON_X": ""}).notes)
    taken(odd, tmp_path / "c", add_labels=True)
    assert suggested(tmp_path / "c")["m"] == [("Ida Moor", "PERSON_X", 0.5, True)]


def test_another_sources_file_is_not_replaced(tmp_path: Path, export: Path) -> None:
    """A file that was made otherwise, and the built-in sources, keep their names."""
    import_files(tmp_path / "c", [export])
    (tmp_path / "c/suggestions").mkdir(exist_ok=True)
    (tmp_path / "c/suggestions/small.jsonl").write_text(
        '{"meta": {"article": "x", "start": 0, "end": 1}, "spans": []}\n'
    )
    before = files(tmp_path / "c")["suggestions/small.jsonl"]
    taken(export, tmp_path / "c")
    assert files(tmp_path / "c")["suggestions/small.jsonl"] == before
    assert set(suggested(tmp_path / "c")) == {"big-1.0", "small", "small-imported"}
    rules = write(tmp_path / "y.json", (SECOND, None, [prediction("rules", region(SECOND, "Ida Moor", "PERSON"))]))
    taken(rules, tmp_path / "c")
    assert "rules" not in suggested(tmp_path / "c")


@pytest.mark.parametrize("model", ["../../x", "", None, ".", "a" * 300, "模型", "a/b", "A b", "con\n", 7, {"x": 1}])
def test_no_name_of_a_model_is_a_path(tmp_path: Path, model: Any) -> None:
    """Whatever a file calls a model, one file in the corpus's folder of suggestions is made."""
    path = write(tmp_path / "y.json", (SECOND, None, [prediction(model, region(SECOND, "Ida Moor", "PERSON"))]))
    taken(path, tmp_path / "c")
    made = [name for name in files(tmp_path / "c") if name.startswith("suggestions")]
    assert len(made) == len(suggested(tmp_path / "c")) == 1
    assert sorted(x.name for x in tmp_path.iterdir()) == ["c", "y.json"]


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (None, (0.5, True)),
        (87, (0.5, True)),
        (-0.1, (0.5, True)),
        ("0.9", (0.5, True)),
        (True, (0.5, True)),
        (1, (1.0, False)),
    ],
)
def test_scores_that_are_no_probabilities(tmp_path: Path, score: Any, expected: tuple[float, bool]) -> None:
    """A score that is none counts as unknown."""
    path = write(
        tmp_path / "y.json", (SECOND, None, [prediction("m", region(SECOND, "Ida Moor", "PERSON"), score=score)])
    )
    taken(path, tmp_path / "c")
    assert suggested(tmp_path / "c") == {"m": [("Ida Moor", "PERSON", *expected)]}


def test_one_percentage_makes_all_of_them_doubtful(tmp_path: Path) -> None:
    """Of a model that counts to 100 a 0.9 is no near certainty."""
    regions = [region(FIRST, "Ada Pell", "PERSON", score=0.9), region(FIRST, "Orkenby", "VENUE", score=80)]
    report = taken(write(tmp_path / "y.json", (FIRST, None, [prediction("m", *regions)])), tmp_path / "c")
    assert [x[2:] for x in suggested(tmp_path / "c")["m"]] == [(0.5, True)] * 2
    assert "the scores of m (0.9 to 80) are no probabilities and are not used" in report.notes


def test_what_no_suggestion_can_be_is_a_loss(tmp_path: Path) -> None:
    """A span inside a token, without label or without a place is listed with its reason."""
    bad = [
        region(FIRST, "ailors", "COUNT"),
        region(FIRST, "Orkenby", ""),
        {**region(FIRST, "Orkenby", "VENUE"), "value": {"start": 900, "end": 905, "labels": ["VENUE"]}},
    ]
    report = taken(write(tmp_path / "y.json", (FIRST, None, [prediction("m", *bad)])), tmp_path / "c")
    assert report.lost == report.ledger.totals["other things left out"]["predicted span"] == len(bad)
    assert suggested(tmp_path / "c") == {"m": []}


def test_one_text_twice_has_the_suggestions_of_both(tmp_path: Path) -> None:
    """Tasks of one text are one article; what a model says of either is suggested."""
    path = write(
        tmp_path / "y.json",
        (SECOND, None, [prediction("m", region(SECOND, "Ida Moor", "PERSON"))]),
        (SECOND, None, [prediction("m", region(SECOND, "Nobody", "PERSON"))]),
    )
    taken(path, tmp_path / "c")
    assert [words for words, *_ in suggested(tmp_path / "c")["m"]] == ["Ida Moor", "Nobody"]


def test_no_prediction_is_named(tmp_path: Path) -> None:
    """Who asks for suggestions of a file without predictions gets a note."""
    report = taken(write(tmp_path / "y.json", (SECOND, [region(SECOND, "Ida Moor", "PERSON")], [])), tmp_path / "c")
    assert any(note.startswith("no prediction of a model is in the files") for note in report.notes)


def test_a_span_over_the_end_of_a_sentence_is_suggested_for_both_as_one(tmp_path: Path) -> None:
    """Where an annotation joins the sentences it is shown with those inside; alone each sentence has its own."""
    over = region(FIRST, "in Orkenby. Una Holm left", "CLAIM")
    made = [prediction("m", over, region(FIRST, "Una Holm", "PERSON"), region(FIRST, "40 sailors", "COUNT"))]
    report = taken(write(tmp_path / "y.json", (FIRST, [over], made)), tmp_path / "c")
    assert report.lost == 0
    assert [words for words, *_ in suggested(tmp_path / "c")["m"]] == ["40 sailors", "Una Holm"]
    (article,) = CorpusFolder.open(tmp_path / "c").article_ids()
    (journal,) = (tmp_path / "c/annotations").glob("*.jsonl")
    joined = json.loads(journal.read_text("utf-8").splitlines()[-1])
    tokens = tuple(Token(t["text"], t["start"], t["end"], t["ws"]) for t in joined["tokens"])
    whole = Sentence(article, 1, joined["meta"]["start"], joined["meta"]["end"], joined["text"], tokens)
    shown = suggestion_files(tmp_path / "c")["m"](whole)
    assert {whole.text[x.start : x.end] for x in shown} == {"40 sailors", "in Orkenby. Una Holm left", "Una Holm"}


def test_what_prodigy_shows_and_nobody_has_answered_is_a_prediction(tmp_path: Path) -> None:
    """A span with a model's score in a task without an answer is suggested; an answered one is an annotation."""
    span = {"start": 11, "end": 19, "label": "PERSON", "source": "en_news", "score": 0.75}
    rows = [
        {"text": SECOND, "spans": [span]},
        {"text": FIRST, "spans": [], "answer": "accept", "_view_id": "ner_manual"},
    ]
    answered = {"text": "Then Ida Moor left.", "spans": [{**span, "start": 5, "end": 13}], "answer": "accept"}
    path = tmp_path / "y.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, answered]))
    report = taken(path, tmp_path / "c", format="prodigy")
    assert suggested(tmp_path / "c") == {"en_news": [("Ida Moor", "PERSON", 0.75, False)]}
    assert (report.ledger.spans["in"], report.lost) == (1, 0)
