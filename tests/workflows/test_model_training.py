"""One command from a corpus to a pipeline with scores; each label is learned from what covers it."""

from __future__ import annotations

import random
from pathlib import Path
from unittest.mock import Mock

import orjson
import pytest
import spacy
from spacy.tokens import Span
from spacy.util import load_config

import annotator.export.span_union
from annotator.core.errors import AnnotatorError
from annotator.core.scoring import MatchCounts
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.suggest.spacy_pipeline import training_paths
from annotator.workflows.gold_sets import read_gold
from annotator.workflows.importing import import_files
from annotator.workflows.model_scores import bootstrap_interval
from annotator.workflows.pipeline_training import StepLogger
from annotator.workflows.training import train_model
from annotator.workflows.training_overlap import overlap_warning, training_files
from tests.cli.command_runner import call

PEOPLE, CLAIMS = ["PERSON", "VENUE", "COUNT"], ["CLAIM"]
UNION = annotator.export.span_union.FACTORY


def _corpus(folder: Path, *coverages: list[str], sentences: int = 60) -> CorpusFolder:
    rnd, rows = random.Random(1), []
    for n in range(sentences):
        name, covers = rnd.choice(["Ada Pell", "Jonas Rask", "Mara Quill"]), coverages[n % len(coverages)]
        text = f"{name} said that {n} boats sank off Skerrin."
        spans = [{"start": 0, "end": len(name), "label": "PERSON"}] if "PERSON" in covers else []
        claim = {"start": len(name) + 11, "end": len(text) - 1, "label": "CLAIM"}
        spans += [claim] if "CLAIM" in covers else []
        rows.append({"text": text, "spans": spans, "meta": {"annotates": covers}})
    (file := folder / "all.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    import_files(folder / "c", [file])
    return CorpusFolder.open(folder / "c")


@pytest.mark.slow
def test_labels_are_learned_from_what_covers_them(tmp_path: Path) -> None:
    """One pipeline finds the labels of both classes; scores and model are there, and the second run gives the same."""
    corpus = _corpus(tmp_path, PEOPLE, CLAIMS)
    report = train_model(corpus, tmp_path / "out", ExportOptions(split=(60, 20, 20)), max_steps=60)
    assert {(s.where, s.label) for s in report.scores} == {("ents", "PERSON"), ("spans", "PERSON"), ("spans", "CLAIM")}
    assert all(s.low <= s.f <= s.high for s in report.scores)
    assert report.part == "test"
    nlp = spacy.load(tmp_path / "out" / "model")
    assert (nlp.meta["name"], nlp.pipe_names[-1]) == ("c", UNION)
    doc = nlp("Ada Pell said that 7 boats sank off Skerrin.")
    assert list(doc.spans) == ["sc"]
    assert {s.label_ for s in doc.spans["sc"]} == {"PERSON", "CLAIM"}
    gold = read_gold(tmp_path / "out" / "data" / "train.CLAIM.spacy", corpus.schema, "en")
    assert [x["labels"] for x in report.trained] == [["PERSON"], ["CLAIM"]]
    assert report.trained[1]["docs"] == len(gold.rows)
    files = training_files(tmp_path / "out" / "model", training_paths(nlp))
    assert overlap_warning("c", files, gold.rows).startswith(
        f"c was trained on {len(gold.rows)} of the {len(gold.rows)} "
    )
    scores = (tmp_path / "out" / "scores.json").read_bytes()
    train_model(corpus, tmp_path / "out", ExportOptions(split=(60, 20, 20)), max_steps=60)
    assert (tmp_path / "out" / "scores.json").read_bytes() == scores
    (mine := tmp_path / "out" / "model" / "notes.txt").write_text("mine")
    with pytest.raises(AnnotatorError, match=r"model/notes.txt is not as `annotator train` has left it"):
        train_model(corpus, tmp_path / "out", ExportOptions())
    assert mine.read_text() == "mine"


@pytest.mark.slow
def test_without_a_test_part_dev_is_evaluated(tmp_path: Path) -> None:
    """The report names the part, and a warning what the scores are worth; articles train two configs."""
    _corpus(tmp_path, ["PERSON", "VENUE", "COUNT", "CLAIM"])
    arguments = ("--split", "80/20/0", "--unit", "article", "--max-steps", "4", "--json")
    result = call("train", tmp_path / "c", tmp_path / "out", *arguments)
    assert (result.code, result.json["part"]) == (0, "dev")
    ner, spancat = result.json["trained"]
    assert (ner["components"], ner["labels"], ner["train"]) == (["ner"], ["PERSON"], "data/train.spacy")
    assert (spancat["labels"], spancat["train"]) == (["PERSON", "CLAIM"], "data/spancat/train.spacy")
    assert any("no test part" in w for w in result.json["warnings"])


def test_of_equal_evaluations_the_last_is_the_one_that_is_kept() -> None:
    """As spaCy does it; each batch is shown."""
    shown: list[int] = []
    log, _ = (logger := StepLogger(shown.append))()
    scores = []
    for step, score in enumerate([0.5, None, 0.75, None, 0.75, None, 0.7501, 0.75]):
        scores += [] if score is None else [(score, step)]
        log(None if score is None else {"step": step, "checkpoints": scores})
        if step == 4:
            assert logger.best_step == 4
    assert (logger.step, logger.best_step, shown) == (7, 6, list(range(8)))


@pytest.mark.slow
def test_a_pipeline_of_one_config_names_the_logger_of_the_config(tmp_path: Path) -> None:
    """So that `spacy train` takes the pipeline's config; each batch is shown, and a part in shards is named."""
    corpus, shown = _corpus(tmp_path, [*PEOPLE, *CLAIMS]), list[tuple[int, int]]()
    (row,) = train_model(
        corpus, tmp_path / "out", ExportOptions(shard=10), max_steps=4, progress=lambda *x: shown.append(x)
    ).trained
    assert (row["labels"], row["train"], shown) == (["PERSON", "CLAIM"], "data/train", [(n, 4) for n in range(5)])
    stated = load_config(tmp_path / "out" / "data" / "config.cfg")["training"]["logger"]
    assert load_config(tmp_path / "out" / "model" / "config.cfg")["training"]["logger"] == stated


@pytest.mark.parametrize("error", [ImportError("no tokenizer\nhere"), RuntimeError("no memory")])
def test_what_spacy_lacks_is_an_error_that_names_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Such as the tokenizer of a language."""
    monkeypatch.setattr("spacy.training.initialize.init_nlp", Mock(side_effect=error))
    with pytest.raises(AnnotatorError, match=r"spaCy cannot train: no \w+") as caught:
        train_model(_corpus(tmp_path, PEOPLE), tmp_path / "out", ExportOptions())
    assert caught.value.where == str(tmp_path / "out" / "data" / "config.cfg")


def test_what_cannot_be_trained_leaves_all_as_it_was(tmp_path: Path) -> None:
    """A train part without spans, another's model and a corpus folder are errors before anything is trained."""
    corpus = _corpus(tmp_path, CLAIMS, sentences=3)
    with pytest.raises(AnnotatorError, match="no spans to learn from"):
        train_model(corpus, tmp_path / "out", ExportOptions(split=(0, 0, 100)))
    for name in ("model/weights", "scores.json"):
        (mine := tmp_path / name.replace("/", "_") / name).parent.mkdir(parents=True)
        mine.write_text('{"f": 0.9}')
        with pytest.raises(AnnotatorError, match=f"{name} is not as `annotator train` has left it"):
            train_model(corpus, tmp_path / name.replace("/", "_"), ExportOptions())
        assert mine.read_text() == '{"f": 0.9}'
    with pytest.raises(AnnotatorError, match="corpus folder"):
        train_model(corpus, tmp_path / "c" / "out", ExportOptions())


def test_an_interval_is_over_documents() -> None:
    """It has the score in it, is a point where all documents are alike, and is the same for the same seed."""
    alike = [MatchCounts(2, 3, 2, 4)] * 8
    assert bootstrap_interval(alike, 0) == pytest.approx((4 / 7, 4 / 7))
    mixed = [MatchCounts(n % 3, 3, n % 3, 3) for n in range(12)]
    low, high = bootstrap_interval(mixed, 0)
    assert low < sum(mixed, MatchCounts()).f1 < high
    assert bootstrap_interval(mixed, 0) == (low, high)
    assert bootstrap_interval([], 0) == (0, 0)


def test_the_spans_of_several_groups_become_one() -> None:
    """They are in text order, with their scores, and the groups that they came from are gone."""
    nlp = spacy.blank("en")
    nlp.add_pipe(UNION, config={"keys": ["a", "b"], "into": "sc"})
    doc = nlp.make_doc("Ada Pell said no.")
    doc.spans["a"], doc.spans["b"] = [Span(doc, 2, 3, "X")], [Span(doc, 0, 2, "Y")]
    doc.spans["a"].attrs["scores"] = [0.5]
    done = nlp(doc)
    assert list(done.spans) == ["sc"]
    assert [(s.text, s.label_) for s in done.spans["sc"]] == [("Ada Pell", "Y"), ("said", "X")]
    assert list(done.spans["sc"].attrs["scores"]) == [1.0, 0.5]
