"""``annotator suggest``: files of suggestions, and figures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from annotator.core.annotation import Answer
from annotator.core.article import Sentence
from annotator.core.edits import add_span, apply_suggestions, set_answer
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, span_from_suggestion
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.suggestions import suggestion_files
from annotator.suggest import spacy_pipeline
from annotator.suggest.rules import RuleSuggester
from tests.builders import open_session
from tests.cli.command_runner import CommandResult, call
from tests.golden.cases import ROOT


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a pipeline that knows a town, a number and a day."""
    nlp = spacy.blank("en")
    patterns = [("GPE", "Norhaven"), ("CARDINAL", "14"), ("DATE", "Tuesday"), ("DATE", "May")]
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": x, "pattern": p} for x, p in patterns])
    nlp.to_disk(tmp_path / "towns")
    return tmp_path / "towns"


def stored(corpus: Path, source: str) -> list[tuple[str, str]]:
    """Return label and text of all stored suggestions of a source, in text order."""
    opened = CorpusFolder.open(corpus)
    file = suggestion_files(corpus)[source]
    every = [s for a in opened.article_ids() for s in opened.active_sentences(opened.article(a))]
    return [(x.label, s.text[x.start : x.end]) for s in every for x in file(s)]


def test_rules_and_a_model_write_a_file_each(corpus: Path, model: Path) -> None:
    """Both in one call; what the schema has no label for is counted, not written."""
    result = call("suggest", corpus, "--rules", "--model", model, "--json")
    assert result.code == 0, result.err
    rules, towns = result.json["sources"]
    n = len(orjson.loads(call("articles", corpus, "--json").out))
    assert rules["source"] == "rules"
    assert rules["sentences"] > n
    assert {k: v for k, v in towns.items() if k != "sentences"} == {
        "source": "towns",
        "file": "suggestions/towns.jsonl",
        "known": 0,
        "renewed": False,
        "spans": {"VENUE": 1, "COUNT": 1},
        "unmapped": {"DATE": 2},
        "misaligned": [],
    }
    assert stored(corpus, "towns") == [("COUNT", "14 roads"), ("VENUE", "Norhaven")]
    assert ("PERSON", "Ilse Brandt") in stored(corpus, "rules")


def test_a_second_run_goes_on(corpus: Path, page: Path) -> None:
    """What is done is done; a new article is added to the same file, and people are told in words."""
    call("suggest", corpus, "--rules")
    before = (corpus / "suggestions" / "rules.jsonl").read_bytes()
    other = page.with_name("other.txt")
    other.write_text("Ferry late\n\nThe ferry came late, Captain Ada Pell said on Monday, with 60 people.\n")
    call("ingest", other, "--corpus", corpus)
    result = call("suggest", corpus, "--rules")
    assert result.code == 0
    assert "rules: 1 sentence, " in result.out
    assert "were done before; " in result.out
    assert (corpus / "suggestions" / "rules.jsonl").read_bytes().startswith(before)
    again = call("suggest", corpus, "--rules", "--json").json["sources"][0]
    assert again["known"] == again["sentences"]
    assert again["spans"] == {}


def test_another_label_map_makes_all_again(corpus: Path) -> None:
    """A changed schema changes the fingerprint."""
    call("suggest", corpus, "--rules")
    schema = corpus / "schema.toml"
    schema.write_text(schema.read_text("utf-8").replace('["PERSON", "PER"]', '["PERSON"]'), "utf-8")
    result = call("suggest", corpus, "--rules", "--json").json["sources"][0]
    assert (result["renewed"], result["known"]) == (True, 0)


def test_a_stopped_run_goes_on(corpus: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C keeps the articles that are done and says how to go on."""
    other = page.with_name("other.txt")
    other.write_text("Ferry late\n\nThe ferry came late, Captain Ada Pell said on Monday, with 60 people.\n")
    call("ingest", other, "--corpus", corpus)
    asked: list[str] = []

    class Stopped(RuleSuggester):
        def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
            asked.append(sentence.id)
            if len(asked) > 3:
                raise KeyboardInterrupt
            return ()

    with monkeypatch.context() as patch:
        patch.setattr("annotator.suggest.registry.RuleSuggester", Stopped)
        result = call("suggest", corpus, "--rules")
    assert result.code == 130
    assert result.err == "stopped: what is made so far is kept; run it again to go on\n"
    assert not (corpus / "suggestions" / "rules.jsonl").exists(), "a file that is not done is not read"
    kept = (corpus / "suggestions" / ".rules.new.tmp").read_bytes().count(b"\n")
    after = call("suggest", corpus, "--rules", "--json").json["sources"][0]
    assert after["known"] == kept > 0


def test_another_model_does_not_replace_a_file_unless_the_user_says_so(corpus: Path, model: Path) -> None:
    """Two models of one name are two files; the same model trained again in its folder replaces its own."""
    assert call("suggest", corpus, "--model", model, "--name", "mine").code == 0
    path = corpus / "suggestions" / "mine.jsonl"
    before = path.read_bytes()
    other = model.with_name("other")
    shutil.copytree(model, other)
    result = call("suggest", corpus, "--model", other, "--name", "mine")
    assert (result.code, path.read_bytes()) == (1, before)
    assert "mine.jsonl: these suggestions are by another model" in result.err
    assert "choose another name with --name, or add --replace" in result.err
    assert call("suggest", corpus, "--model", other, "--name", "mine", "--replace").code == 0
    assert path.read_bytes() != before
    (other / "meta.json").write_text((other / "meta.json").read_text("utf-8").replace("0.0.0", "0.0.1"), "utf-8")
    again = call("suggest", corpus, "--model", other, "--name", "mine", "--json").json["sources"][0]
    assert (again["renewed"], again["known"]) == (True, 0)
    assert call("suggest", corpus, "--model", other).code == 0
    assert sorted(p.stem for p in path.parent.glob("*.jsonl")) == ["mine", "other"]


def test_only_what_is_open_gets_suggestions(corpus: Path, model: Path) -> None:
    """What somebody has finished is left out, or what one annotator has; another run adds the rest."""
    session = open_session(corpus)
    n = len(session.article_sentences)
    first, second, *_ = session.article_sentences
    session.apply_edit(set_answer(first, Answer.ACCEPT))
    session.apply_edit(set_answer(second, Answer.REJECT))
    session.close()

    def made(*args: str) -> dict[str, Any]:
        result = call("suggest", corpus, "--rules", "--json", *args)
        assert result.code == 0, result.err
        return dict(result.json["sources"][0])

    assert (made("--only", "open")["sentences"], made("--only", "open")["known"]) == (n - 2, n - 2)
    assert made("--only", "open", "--as", "ana")["sentences"] == n - 2
    every = made()
    assert (every["known"], every["sentences"]) == (n - 2, n)
    assert "no journal of the annotator 'bo'" in call("suggest", corpus, "--rules", "--only", "open", "--as", "bo").err
    assert "--as goes with --only open" in call("suggest", corpus, "--rules", "--as", "ana").err


def test_a_pipeline_that_sets_nothing_leaves_no_file(corpus: Path, tmp_path: Path) -> None:
    """The error comes when all sentences are done, and the next run begins anew."""
    nlp = spacy.blank("en")
    nlp.add_pipe("test_silent")
    nlp.to_disk(tmp_path / "silent")
    for _ in range(2):
        result = call("suggest", corpus, "--model", tmp_path / "silent")
        assert result.code == 1
        assert "(test_silent) sets no ents and no spans; use one whose component sets doc.ents" in result.err
        assert not list((corpus / "suggestions").glob("*.jsonl"))


@Language.component("test_silent")
def _silent(doc: Doc) -> Doc:
    return doc


def test_labels_are_mapped_by_the_user(corpus: Path, model: Path) -> None:
    """What the schema has no label for becomes one of it, or is left out without a word."""
    result = call("suggest", corpus, "--model", model, "--map", "DATE=CLAIM,GPE=", "--take", "ents", "--json")
    assert (result.json["sources"][0]["spans"], result.json["sources"][0]["unmapped"]) == ({"COUNT": 1, "CLAIM": 2}, {})


def test_what_is_off_the_token_edges_is_listed(corpus: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out in silence: the place is told and the exit code is 3."""

    def half(*_: object) -> Iterator[spacy_pipeline.PipelineSpan]:
        yield spacy_pipeline.PipelineSpan(0, 1, "GPE")

    monkeypatch.setattr(spacy_pipeline, "pipeline_spans", half)
    result = call("suggest", corpus, "--model", model)
    assert result.code == 3
    assert "left out, not on token edges: " in result.out
    assert ":0-1:GPE" in result.out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--json"],
            "no source of suggestions is given; give --rules, --model NAME or --source NAME, or several of them",
        ),
        (["--rules", "--name", "mine"], "--name, --take and --map are about a pipeline; name it with --model"),
        (["--rules", "--schema", "news"], "--schema goes with --evaluate; leave it out"),
    ],
)
def test_wrong_usage_is_reported(corpus: Path, args: list[str], message: str) -> None:
    """One line says what and what to do."""
    result = call("suggest", corpus, *args)
    assert (result.code, result.err) == (2, f"annotator: {message}\n")


def test_without_a_corpus_there_is_nothing_to_write_to() -> None:
    """The error names the two ways to call it."""
    result = call("suggest", "--rules")
    assert result.code == 2
    assert "there is no corpus; name its folder, or measure with --evaluate GOLD" in result.err


def test_a_missing_model_leaves_no_file(corpus: Path) -> None:
    """A pipeline that is not there is an error before anything is written."""
    result = call("suggest", corpus, "--model", "no_such_model")
    assert result.code == 1
    assert "python -m spacy download no_such_model" in result.err
    assert not (corpus / "suggestions").exists()


GOLD = [
    {
        "text": "Captain Ada Pell sailed from Norhaven with 12 sheep.",
        "spans": [
            {"start": 8, "end": 16, "label": "PERSON"},
            {"start": 29, "end": 37, "label": "VENUE"},
            {"start": 43, "end": 51, "label": "COUNT"},
        ],
        "meta": {"doc": "one", "annotates": ["PERSON", "VENUE", "COUNT"]},
    },
    {
        "text": "Then Pell slept.",
        "spans": [{"start": 5, "end": 9, "label": "PERSON"}],
        "meta": {"doc": "one", "annotates": ["PERSON"]},
    },
]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Return a gold file of two sentences of one article."""
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in GOLD))
    return path


def test_sources_are_measured_without_a_corpus(gold: Path, model: Path) -> None:
    """Each source has its figures, and so have all together; labels that nobody annotated have none."""
    result = call("suggest", "--rules", "--model", model, "--source", "history", "--evaluate", gold, "--json")
    assert result.code == 0, result.err
    sources = result.json["sources"]
    assert list(sources) == ["rules", "towns", "history", "together"]
    assert all(list(x) == ["PERSON", "VENUE", "COUNT"] for x in sources.values())
    assert sources["history"]["PERSON"]["exact"] == {"p": 1.0, "r": 0.5, "f1": 0.667}
    assert sources["towns"]["VENUE"]["exact"]["f1"] == 1.0, "a guess for all places hides none of them"
    assert list(result.json["best_thresholds"]) == ["rules", "history", "together"]
    high = call("suggest", "--model", model, "--evaluate", gold, "--threshold", "0.9")
    assert "a score of 0.9 on; those without a score of their own all count" in high.out.splitlines()[0]
    assert "1.00  1.00  1.00" in next(x for x in high.out.splitlines() if x.startswith("VENUE"))


def test_the_figures_for_people_are_a_table(gold: Path) -> None:
    """One row a label, under the name of the source."""
    result = call("suggest", "--rules", "--evaluate", gold)
    lines = result.out.splitlines()
    assert lines[0] == "2 sentences, suggestions from a score of 0.5 on"
    assert lines[2] == "rules"
    assert [x.split()[0] for x in lines[4:7]] == ["PERSON", "VENUE", "COUNT"]
    assert lines[7] == "exact F1 0.86 from 0.5 on; at best 1.00 from 0.0 on, fitted on these sentences"
    assert lines[4].split()[1] == "2"


def test_a_file_is_measured_against_a_journal(corpus: Path, model: Path) -> None:
    """What was written for a corpus is compared with what somebody accepted there, no other answer."""
    session = open_session(corpus)
    (at,) = [i for i, w in enumerate(session.article_sentences) if "14 roads" in w.sentence.text]
    start = session.article_sentences[at].sentence.text.index("14 roads")
    session.apply_edit(add_span(session.article_sentences[at], Span(start, start + 8, "COUNT"), session.schema))
    session.apply_edit(set_answer(session.article_sentences[at], Answer.ACCEPT))
    session.apply_edit(set_answer(session.article_sentences[at + 1], Answer.IGNORE))
    session.close()
    call("suggest", corpus, "--model", model)
    journal = corpus / "annotations" / "ana.jsonl"
    result = call("suggest", corpus, "--source", "towns", "--evaluate", journal, "--json")
    assert result.json["sentences"] == 1
    assert result.json["sources"]["towns"]["COUNT"]["exact"] == {"p": 1.0, "r": 1.0, "f1": 1.0}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a copy of the sample, and a pipeline whose config names the export of it as its training data."""
    folder = tmp_path_factory.mktemp("trained")
    shutil.copytree(ROOT / "corpus", folder / "news")
    assert call("export", folder / "news", folder / "out").code == 0
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler", name="my_rules")
    ruler.add_patterns([{"label": "PERSON", "pattern": [{"IS_TITLE": True}]}])
    paths = {"train": "../train.spacy", "dev": None, "vectors": None, "init_tok2vec": None}
    nlp.config["paths"] = paths
    (folder / "out" / "training").mkdir()
    nlp.to_disk(folder / "out" / "training" / "model-best")
    return folder / "news", folder / "out" / "training" / "model-best"


def _measure(trained: tuple[Path, Path], *args: object) -> CommandResult:
    result = call("suggest", trained[0], "--model", trained[1], *args)
    assert result.code == 0, result.err
    return result


def test_the_part_of_an_export_is_gold_and_so_is_its_docbin(trained: tuple[Path, Path]) -> None:
    """The sentences of the part test are those of test.spacy, with the same figures; nobody warns."""
    name = "out-training-model-best"
    part = _measure(trained, "--part", "test", "--json")
    file = _measure(trained, "--evaluate", trained[1].parents[1] / "test.spacy", "--json")
    assert part.json["sentences"] == file.json["sentences"] > 0
    assert part.json["sources"][name]["PERSON"] == file.json["sources"][name]["PERSON"]
    assert (part.json["part"], part.err, file.err) == ("test", "", "")
    dev = _measure(trained, "--part", "dev").out.splitlines()[0]
    assert "of the part dev, suggestions from a score of 0.5 on" in dev


def test_sentences_that_a_model_has_learned_from_are_named(trained: tuple[Path, Path]) -> None:
    """Its config names its training data; without them a journal is suspect, and another file is not."""
    corpus, model = trained
    journal = corpus / "annotations" / "guide.jsonl"
    known = _measure(trained, "--evaluate", journal).err
    assert "warning: out-training-model-best was trained on 170 of the 213 sentences" in known
    assert "train.spacy): its figures are better than they will be on new texts; measure it with --part test" in known
    train = model.parents[1] / "train.spacy"
    assert "on 170 of the 170 sentences" in _measure(trained, "--evaluate", train).err
    train.rename(train.with_name("moved"))
    try:
        unknown = _measure(trained, "--evaluate", journal).err
        assert "may have been trained on some of these sentences: its figures would be too good" in unknown
        assert not _measure(trained, "--part", "test").err
        assert not _measure(trained, "--evaluate", model.parents[1] / "dev.spacy").err
    finally:
        train.with_name("moved").rename(train)


def test_a_pipeline_of_several_configs_has_learned_from_the_data_of_each(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    """What `annotator train` notes in the metadata counts, wherever its folder is moved to."""
    (tmp_path / "data").mkdir()
    for name, part in (("train.A.spacy", "train"), ("train.B.spacy", "dev")):
        shutil.copy(trained[1].parents[1] / f"{part}.spacy", tmp_path / "data" / name)
    nlp = spacy.load(trained[1])
    rows = [{"train": "data/train.A.spacy"}, {"train": "data/train.B.spacy"}]
    nlp.config["paths"]["train"] = None
    nlp.meta.update({"name": "both", "annotator": {"trained": rows}})
    nlp.to_disk(tmp_path / "model")
    journal = trained[0] / "annotations" / "guide.jsonl"
    n = _measure(trained, "--part", "dev", "--json").json["sentences"]
    warning = _measure((trained[0], tmp_path / "model"), "--evaluate", journal).err
    assert f"was trained on {170 + n} of the 213 sentences ({tmp_path}/data/train.A.spacy and 1 more)" in warning


def test_a_part_needs_a_corpus_and_no_other_gold(trained: tuple[Path, Path], gold: Path) -> None:
    """The error says what to leave out, or to name."""
    result = call("suggest", trained[0], "--rules", "--part", "test", "--evaluate", gold)
    assert (result.code, result.err) == (
        2,
        "annotator: --part takes the gold of the corpus; leave --evaluate or --part out\n",
    )
    assert "name a file with --evaluate, or a corpus and --part test" in call("suggest", "--rules", "--part", "dev").err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"text": "Pell", "spans": []}\n{', "gold.jsonl:2: this is not JSON"),
        (b'{"text": 3}', "gold.jsonl:1: the record has no `text`"),
        (
            b'{"text": "Pell", "spans": [[0, 9, "PERSON"]]}',
            "gold.jsonl:1: 0-9:PERSON: past the end of the text; repair or remove the line",
        ),
        (
            b'{"text": "Pell", "label": [[0, 4, "PERSON"]]}',
            "gold.jsonl: this is doccano's JSONL or zip, and gold is sentences with spans, or a journal",
        ),
        (b'{"_v": 1, "_seq": 1, "_crc": "0"}', "gold.jsonl:1: the checksum is missing; see what annotator check"),
        (b"", "gold.jsonl: there is no accepted sentence in it; name another file"),
    ],
)
def test_a_bad_gold_file_is_reported_with_its_line(tmp_path: Path, line: bytes, message: str) -> None:
    """No traceback, exit code 1."""
    path = tmp_path / "gold.jsonl"
    path.write_bytes(line + b"\n")
    result = call("suggest", "--rules", "--evaluate", path)
    assert result.code == 1
    assert message in result.err


def test_an_unknown_source_names_those_that_are_there(corpus: Path, gold: Path) -> None:
    """The error lists the suggestion files."""
    call("suggest", corpus, "--rules")
    result = call("suggest", corpus, "--source", "towns", "--evaluate", gold)
    assert result.code == 2
    assert "there are no suggestions by 'towns'; use one of: rules" in result.err


def test_the_screen_has_what_was_written_and_the_journal_shows_where_it_came_from(corpus: Path, model: Path) -> None:
    """From the file over the session's desk into the journal, the source named with what made it."""
    call("suggest", corpus, "--model", model)
    session = open_session(corpus)
    (at,) = [i for i, w in enumerate(session.article_sentences) if "14 roads" in w.sentence.text]
    annotated = session.article_sentences[at]
    (count,) = [s for s in session.suggestion_service.suggestions(annotated) if s.label == "COUNT"]
    name, _, version = count.source.partition("@")
    assert (name, len(version)) == ("rules+towns", 8)
    session.apply_edit(apply_suggestions(annotated, [span_from_suggestion(count)], session.schema, Answer.ACCEPT))
    session.close()
    (record,) = (corpus / "annotations" / "ana.jsonl").read_bytes().splitlines()
    (span,) = orjson.loads(record)["spans"]
    assert span["source"].endswith(f"+towns@{version}/CARDINAL")
    again = open_session(corpus)
    again.suggestion_service.learn()
    assert again.suggestion_service.accuracy.counts_by_key[f"towns@{version}", "COUNT", "CARDINAL"].taken == 1
    again.close()


def test_damaged_lines_are_a_warning_of_the_evaluation(corpus: Path, gold: Path) -> None:
    """The figures leave them out, and stderr names the line."""
    call("suggest", corpus, "--rules")
    with (corpus / "suggestions" / "rules.jsonl").open("a") as file:
        file.write("no\n")
    result = call("suggest", corpus, "--source", "rules", "--evaluate", gold)
    assert result.code == 0
    assert "1 line of the file is no suggestions; make them again" in result.err
