"""Suggestions: labels of the schema, on token edges, from a named source."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from annotator.core.article import Sentence
from annotator.core.schema import Schema, parse_schema
from annotator.core.suggestion import Suggester, Suggestion
from annotator.core.tokens import tokens_text
from annotator.suggest.mention_history import MentionHistory
from annotator.suggest.pipeline_request import PipelineRequest
from annotator.suggest.rules import RuleSuggester
from annotator.suggest.spacy_pipeline import PipelineError, load_pipeline, schema_label
from tests.language.sentence_samples import cut


def schema(*names: str) -> Schema:
    """Return a schema with labels of these names."""
    return parse_schema({"label": [{"name": n} for n in names]}, "a test")


NEWS = schema("PERSON", "VENUE", "COUNT", "CLAIM")


def sentence(text: str, start: int = 0) -> Sentence:
    """Return a sentence at a place of an article."""
    tokens = cut(text)
    return Sentence("a1", 0, start, start + len(text), tokens_text(tokens).rstrip(), tokens)


def suggested_words(s: Sentence, found: tuple[Suggestion, ...]) -> list[tuple[str, str]]:
    """Return label and text of each suggestion that is more likely right than wrong."""
    return [(x.label, s.text[x.start : x.end]) for x in found if x.score >= 0.5]


def test_rules_label_what_the_words_tell() -> None:
    """A title tells a person, "in" a place, a number a count, a verb of speech a claim."""
    s = sentence("Director Halvard Brekke said about 60 sailors met in Port Amery.")
    assert suggested_words(s, RuleSuggester(NEWS).suggest(s)) == [
        ("PERSON", "Halvard Brekke"),
        ("CLAIM", "about 60 sailors met in Port Amery"),
        ("COUNT", "about 60 sailors"),
        ("VENUE", "Port Amery"),
    ]


def test_a_name_without_a_cue_gets_no_label() -> None:
    """Rules are silent where the words tell nothing."""
    s = sentence("The ferry carries Norhaven paint.")
    assert suggested_words(s, RuleSuggester(NEWS).suggest(s)) == []


def test_rules_take_the_labels_that_the_schema_has() -> None:
    """The same kinds stand for other names elsewhere, and for nothing where no label fits."""
    s = sentence("“We wait,” said Ilse Tander of 20 ships.")
    assert suggested_words(s, RuleSuggester(schema("Quote", "quantity", "PER")).suggest(s)) == [
        ("Quote", "“We wait,”"),
        ("PER", "Ilse Tander"),
        ("quantity", "20 ships"),
    ]
    assert RuleSuggester(schema("GENE")).suggest(s) == ()


def test_every_source_is_a_suggester() -> None:
    """What a session drives is the protocol, not a class."""
    sources: list[Suggester] = [RuleSuggester(NEWS), MentionHistory(NEWS)]
    assert [x.name for x in sources] == ["rules", "history"]


def test_a_missing_pipeline_says_how_to_get_it() -> None:
    """The error names the pipeline and the command."""
    with pytest.raises(PipelineError) as caught:
        load_pipeline(PipelineRequest("no_such_model"), NEWS)
    assert caught.value.what.startswith("the spaCy pipeline 'no_such_model' cannot be loaded ([E050] Can't find")
    assert not caught.value.where
    assert "python -m spacy download no_such_model" in str(caught.value)


def test_a_folder_that_is_no_pipeline_says_so(tmp_path: Path) -> None:
    """The error speaks of the folder, not of a download."""
    with pytest.raises(PipelineError, match=r"it must hold a config\.cfg"):
        load_pipeline(PipelineRequest(str(tmp_path)), NEWS)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "meta.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"--model \S+/model$"):
        load_pipeline(PipelineRequest(str(tmp_path)), NEWS)


def test_a_pipeline_labels_stored_tokens(tmp_path: Path) -> None:
    """A loaded pipeline's labels are mapped to the schema's, those it has no label for are dropped."""
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(
        [
            {"label": "GPE", "pattern": "Norhaven"},
            {"label": "CARDINAL", "pattern": "20"},
            {"label": "DATE", "pattern": "Monday"},
            {"label": "claim", "pattern": "sail"},
        ]
    )
    nlp.to_disk(tmp_path / "My Model")
    s = sentence("In Norhaven 20 ships sail on Monday.")
    pipeline = load_pipeline(PipelineRequest(str(tmp_path / "My Model")), NEWS)
    found = pipeline.suggest(s)
    assert [(x.label, s.text[x.start : x.end]) for x in found] == [
        ("VENUE", "Norhaven"),
        ("COUNT", "20 ships"),
        ("CLAIM", "sail"),
    ]
    assert {x.source for x in found} == {"my-model"}
    assert [x.kind for x in found] == ["GPE", "CARDINAL", "claim"]
    assert pipeline.unmapped == {"DATE": 1}


def test_a_label_of_the_same_name_wins() -> None:
    """An own model trained on the schema needs no map."""
    assert schema_label(schema("VENUE", "GPE"), "GPE") == "GPE"
    assert schema_label(NEWS, "FAC") == "VENUE"
    assert schema_label(NEWS, "DATE") is None


def test_what_a_schema_says_of_its_labels_is_all_that_counts() -> None:
    """`takes` replaces the map that is told from the labels' names; it serves the rules as well."""
    own = parse_schema(
        {"label": [{"name": "SUSPECT", "takes": ["person"]}, {"name": "SCENE", "takes": ["FAC"]}]}, "a test"
    )
    assert [schema_label(own, x) for x in ("PERSON", "fac", "GPE", "scene")] == ["SUSPECT", "SCENE", None, "SCENE"]
    s = sentence("Director Halvard Brekke slept.")
    assert suggested_words(s, RuleSuggester(own).suggest(s)) == [("SUSPECT", "Halvard Brekke")]


def test_importing_the_floor_loads_no_spacy() -> None:
    """Nothing loads spaCy until a pipeline is asked for."""
    code = (
        "import sys, annotator.suggest.spacy_pipeline, annotator.suggest.rules, annotator.suggest.suggestion_service;"
        "sys.exit(any(m.split('.')[0] in ('spacy', 'numpy') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
