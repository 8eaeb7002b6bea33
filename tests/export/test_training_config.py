"""The config of every language has its own tokenizer: training cuts texts as the corpus does."""

from __future__ import annotations

import pkgutil

import pytest
import spacy.lang
from spacy.util import get_lang_class
from thinc.api import Config

from annotator.export.options import ExportOptions, NgramSuggester
from annotator.export.training_config import TrainingPlan, render_config

LANGUAGES = sorted(m.name for m in pkgutil.iter_modules(spacy.lang.__path__) if m.ispkg)
RULES = {"@tokenizers": "spacy.Tokenizer.v1"}
SIZES = NgramSuggester((1, 2), 95, {f"L{n}": 1.0 for n in range(40)}, 1.0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_config_has_the_tokenizer_of_a_blank_pipeline(lang: str) -> None:
    """What spaCy's defaults say of the tokenizer, and of its preparation, stands in the config."""
    plan = TrainingPlan(("ner", "spancat"), "out/train.spacy", "out/dev.spacy", ExportOptions(lang=lang), 9, 3, SIZES)
    config = Config().from_bytes(render_config(plan), interpolate=False)
    own = getattr(get_lang_class(lang).Defaults, "config", {})
    assert config["nlp"]["tokenizer"] == own.get("nlp", {}).get("tokenizer", RULES)
    assert config["initialize"]["tokenizer"] == own.get("initialize", {}).get("tokenizer", {})
