"""Any spaCy pipeline is a source: what of its Docs is taken, under which labels, and what it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from annotator.core.errors import UsageError
from annotator.core.source_version import fingerprint_lineage, versioned_source, without_versions
from annotator.core.suggestion import Suggestion
from annotator.language import ArticleContext
from annotator.suggest.pipeline_components import unneeded_components
from annotator.suggest.pipeline_request import PipelineRequest, source_name
from annotator.suggest.registry import open_pipeline
from annotator.suggest.spacy_pipeline import PipelineError, PipelineSuggester, load_pipeline
from tests.suggest.suggest_helpers import NEWS, sentence

S = sentence("In Norhaven 20 ships met Ada Pell.")


@Language.component("test_towns")
def _towns(doc: Doc) -> Doc:
    """Set two groups of spans as a component of somebody else's does: undeclared, one with scores."""
    doc.spans["towns"] = [Span(doc, 1, 2, "GPE"), Span(doc, 1, 2, "BOAT"), Span(doc, 2, 2, "GPE")]
    doc.spans["towns"].attrs["scores"] = [0.9, 0.8, 0.7]
    doc.spans["PERSON"] = [Span(doc, 5, 7)]
    doc.spans["PERSON"].attrs["scores"] = [3.5]
    return doc


@Language.component("test_nothing")
def _nothing(doc: Doc) -> Doc:
    return doc


@Language.component("test_failing")
def _failing(doc: Doc) -> Doc:
    raise RuntimeError("no key is set\nsee the log")


def stored(path: Path, *components: str, **meta: str) -> str:
    """Store an English pipeline of these components and return its folder; a ruler knows two labels."""
    nlp = spacy.blank("en", meta=meta)
    for component in components:
        pipe: Any = nlp.add_pipe(component, name=f"my_{component}")
        if component == "entity_ruler":
            pipe.add_patterns([{"label": "GPE", "pattern": "Norhaven"}, {"label": "SHIPS", "pattern": "ships"}])
    nlp.to_disk(path)
    return str(path)


def load(model: str, *take: str, **labels: str) -> PipelineSuggester:
    """Load a pipeline for the news labels."""
    return load_pipeline(PipelineRequest(model, take=take, labels=labels), NEWS)


def words(found: tuple[Suggestion, ...]) -> list[tuple[str, str, float, bool]]:
    """Return label, words, score, and whether that is a guess."""
    return [(x.label, S.text[x.start : x.end], x.score, x.estimated) for x in found]


def test_a_renamed_component_and_one_of_somebody_elses_are_run(tmp_path: Path) -> None:
    """Entities and all groups are taken, with the scores that are probabilities; the rest is counted or listed."""
    pipeline = load(stored(tmp_path / "m", "entity_ruler", "test_towns"))
    assert words(pipeline.suggest(S)) == [("VENUE", "Norhaven", 0.9, False), ("PERSON", "Ada Pell", 0.8, True)]
    assert pipeline.unmapped == {"SHIPS": 1, "BOAT": 1}
    assert [x.rpartition(":")[0].rpartition(":")[2] for x in pipeline.misaligned] == ["12-12"]


@pytest.mark.parametrize(
    ("take", "labels"),
    [
        (("ents",), ["VENUE"]),
        (("spans",), ["VENUE", "PERSON"]),
        (("spans:PERSON",), ["PERSON"]),
        (("ents", "spans:PERSON"), ["VENUE", "PERSON"]),
    ],
)
def test_the_user_names_what_is_taken(tmp_path: Path, take: tuple[str, ...], labels: list[str]) -> None:
    """Entities, all groups of spans, or one of them."""
    pipeline = load(stored(tmp_path / "m", "entity_ruler", "test_towns"), *take)
    assert [x.label for x in pipeline.suggest(S)] == labels
    pipeline.check_taken()


def test_a_map_of_the_user_comes_before_the_schema(tmp_path: Path) -> None:
    """A label becomes another, and an empty one is left out without a word."""
    pipeline = load(stored(tmp_path / "m", "entity_ruler"), GPE="", SHIPS="COUNT")
    assert words(pipeline.suggest(S)) == [("COUNT", "20 ships", 0.5, True)]
    assert not pipeline.unmapped


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (PipelineRequest("m", take=("doc",)), "'doc' is no part of a Doc; name ents, spans"),
        (PipelineRequest("m", take=("spans:",)), "'spans:' is no part of a Doc"),
        (PipelineRequest("m", labels={"GPE": "PLACE"}), "GPE cannot become PLACE: the schema has no such label"),
        (PipelineRequest("m", name="rules"), "rules is the name of a built-in source"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(request_: PipelineRequest, message: str) -> None:
    """Before anything is loaded."""
    with pytest.raises(UsageError, match=message):
        load_pipeline(request_, NEWS)


@pytest.mark.parametrize(("components", "named"), [((), "there are none"), (("tagger", "sentencizer"), "my_tagger")])
def test_a_pipeline_that_declares_no_spans_is_refused(tmp_path: Path, components: tuple[str, ...], named: str) -> None:
    """Before any sentence is run."""
    with pytest.raises(PipelineError, match=f"finds no spans: its components .{named}"):
        load(stored(tmp_path / "bare", *components))


def test_a_pipeline_that_sets_nothing_is_refused_after_the_run(tmp_path: Path) -> None:
    """What a component of somebody else's sets is known when it has run; one that declares it may find nothing."""
    silent = load(stored(tmp_path / "m", "test_nothing"))
    assert silent.suggest(S) == ()
    with pytest.raises(PipelineError, match=r"\(my_test_nothing\) sets no ents and no spans; use one whose component"):
        silent.check_taken()
    other = load(stored(tmp_path / "n", "entity_ruler", "test_towns"), "spans:sc")
    other.suggest(S)
    with pytest.raises(PipelineError, match="sets no spans:sc; take ents, spans:PERSON, spans:towns"):
        other.check_taken()
    ruler = load(stored(tmp_path / "o", "entity_ruler"))
    ruler.suggest(sentence("Nobody came."))
    ruler.check_taken()


def test_a_failing_component_is_reported_in_a_line(tmp_path: Path) -> None:
    """Whatever somebody else's code raises names the pipeline."""
    with pytest.raises(PipelineError, match=r"fails \(RuntimeError: no key is set\)"):
        load(stored(tmp_path / "m", "test_failing")).suggest(S)


@pytest.mark.parametrize(
    ("model", "about", "name"),
    [
        ("en_core_web_md", {"lang": "en", "name": "core_web_md", "version": "3.8.0"}, "en_core_web_md-3.8.0"),
        ("/x/run 3/training/model-best/", {"lang": "en", "name": "pipeline"}, "run-3-training-model-best"),
        ("../m/Best Ever/", {}, "best-ever"),
        ("/model-best", {}, "model-best"),
        ("nowhere/..", {}, "pipeline"),
        ("models/rules", {}, "rules-model"),
    ],
)  # fmt: skip
def test_a_source_name_is_plain_and_tells_models_apart(model: str, about: dict[str, str], name: str) -> None:
    """The metadata of a pipeline that somebody has named, else the folders; no path becomes a file name."""
    assert source_name(model, about) == name


def test_the_fingerprint_has_where_a_model_comes_from_and_what_it_suggests(tmp_path: Path) -> None:
    """A model trained again in its folder keeps its lineage; the same model elsewhere has another one."""

    def fingerprint(model: str, *take: str) -> str:
        return open_pipeline(PipelineRequest(model, take=take), NEWS, lambda _: ArticleContext()).fingerprint

    first = fingerprint(stored(tmp_path / "a", "entity_ruler"))
    assert first == fingerprint(str(tmp_path / "a"))
    changed = [
        fingerprint(str(tmp_path / "a"), "ents"),
        fingerprint(stored(tmp_path / "a", "entity_ruler", "test_towns")),
    ]
    elsewhere = fingerprint(stored(tmp_path / "b", "entity_ruler"))
    assert len({first, *changed, elsewhere}) == 4
    assert {fingerprint_lineage(x) for x in changed} == {fingerprint_lineage(first)} != {fingerprint_lineage(elsewhere)}
    assert without_versions(f"rules+{versioned_source('a', first)}") == "rules+a"
    assert versioned_source("a", first) != versioned_source("a", changed[0])
    assert versioned_source("a", "1") == "a"
    assert not fingerprint_lineage("0123456789abcdef")


def test_only_components_that_the_spans_do_not_need_are_off() -> None:
    """A tagger is not needed by a trained recogniser; a rule or a component of somebody else's may read its tags."""
    nlp = spacy.blank("en")
    for name in ("tok2vec", "tagger", "attribute_ruler", "ner", "spancat", "textcat"):
        nlp.add_pipe(name)
    assert unneeded_components(nlp, ents=True, groups=True) == ["tok2vec", "tagger", "attribute_ruler", "textcat"]
    assert "ner" in unneeded_components(nlp, ents=False, groups=True)
    nlp.add_pipe("test_towns")
    assert unneeded_components(nlp, ents=True, groups=True) == []


def test_what_is_off_changes_no_suggestion() -> None:
    """A recogniser finds the same without the tagger, one that hears the tagger's vectors with them alone."""
    for shared in (False, True):
        nlp = trained_at_random(shared=shared)
        spare = unneeded_components(nlp, ents=True, groups=True)
        assert spare == (["tagger"] if shared else ["tok2vec", "tagger"])
        pipeline = PipelineSuggester(nlp, NEWS, "m", PipelineRequest("m"))
        every = [sentence(f"Ada Pell left Norhaven {n} times .") for n in range(9)]
        with nlp.select_pipes(disable=spare):
            less = list(pipeline.suggest_all(every))
        assert less == list(pipeline.suggest_all(every))
        assert any(less)


def trained_at_random(*, shared: bool) -> Language:
    """Return a tagger on shared vectors and a recogniser on them or on its own, with random weights."""
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec")
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    nlp.add_pipe("tagger", config={"model": {"tok2vec": listener}})
    nlp.add_pipe("ner", config={"model": {"tok2vec": listener}} if shared else {})
    doc = Doc(nlp.vocab, words=["Ada", "slept", "."], tags=["N", "V", "P"], ents=["B-PERSON", "O", "O"])
    spacy.util.fix_random_seed(3)
    nlp.initialize(lambda: [Example(doc, doc)])
    return nlp
