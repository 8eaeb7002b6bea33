"""The forms that a label may exclude: what they are, and that every source and command obeys them."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.checks.consistency import find_inconsistencies
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.errors import SchemaError
from annotator.core.schema import SPAN_FORMS, Schema, parse_schema
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import build_tokens, token_range
from annotator.language.mentions import has_further_mention, label_mentions
from annotator.language.span_forms import span_forms
from annotator.storage.schemas import load_schema
from annotator.suggest.suggestion_service import SuggestionService
from tests import builders
from tests.ingest.call_counts import calls
from tests.language.sentence_samples import cut


def _forms(marked: str) -> set[str]:
    """Return the forms of the words between brackets."""
    start, end = marked.index("["), marked.index("]") - 1
    tokens = cut(marked.replace("[", "").replace("]", ""))
    return set(span_forms(tokens, *token_range(tokens, start, end), SPAN_FORMS))


@pytest.mark.parametrize(
    ("marked", "forms"),
    [
        ("The [US] envoy left.", {"modifier"}),
        ("The [Norhaven] council met the mayor.", {"modifier"}),
        ("He won the [Ohio] primary by far.", {"modifier"}),
        ("It was a [Paris]-based team.", {"modifier"}),
        ("The pro-[Moscow] crowd sang.", {"modifier"}),
        ("[Skerrin]'s roads are narrow.", {"possessive"}),
        ("[Norhaven] agreed to pay for the pumps.", {"speaker"}),
        ("[Norhaven] and the Skerrin Board have not yet agreed.", {"speaker"}),
        ("The crew waited, according to [Norhaven].", {"speaker"}),
        ("Senior [US] and Russian officers met.", {"modifier"}),
        ("They are [US], Skerrin and Russian delegates.", {"modifier"}),
        ("The [Russia]-Ukraine talks went on.", {"modifier"}),
        ("It is the task of the [US] president was his answer.", {"modifier"}),
        ("The [Russian] sailors slept.", {"demonym", "modifier"}),
        ("They held [three-way talks] on the quay.", {"compound"}),
        ("She runs [a 40-bed] ward.", {"compound"}),
    ],
)
def test_a_form_follows_from_the_words(marked: str, forms: set[str]) -> None:
    """Nation adjectives, names before a noun, possessives, speakers and numbers in compounds are known."""
    assert _forms(marked) == forms


@pytest.mark.parametrize(
    "marked",
    [
        "They spoke in the [US].",
        "They met in [Norhaven] last week.",
        "In the [Faroe Islands] people fish.",
        "He flew from the [Punjab] alone.",
        "The war in [Ukraine] continues to spread.",
        "A fire in [Florida] kills three of them.",
        "In [Skerrin] officials said that the road was shut.",
        "The [Skerrin] district was flooded.",
        "In [Kyiv], Russian officers met.",
        "Delegates from [Norhaven], Skerrin and Kyiv agreed.",
        "Delegates from Norhaven, [Skerrin] and Kyiv agreed.",
        "Delegates from Norhaven, Skerrin and [Kyiv] agreed.",
        "They left [Kyiv]—then the rain began.",
        "Harbour staff in [Norhaven] agreed to wait.",
        "The [Fairlight Museum] opens at ten.",
        "[Twenty-one boats] and 20-30 ships left.",
        "[Some 30-odd boats] left.",
        "Die Fähre blieb in [Berlin] also liegen.",  # "also" and "war" are other words in German
        "Der Rat in [Wien] war dagegen.",
        "Le train de [Paris] depuis hier.",
        "Le maire de [Lyon] note une hausse.",
    ],
)
def test_a_name_of_a_place_has_no_form(marked: str) -> None:
    """Where something happens in a place, in English or not, nothing is excluded."""
    assert _forms(marked) == set()


def test_scripts_without_blanks_have_no_modifiers() -> None:
    """Without a blank after a name nothing shows that the next word is its noun."""
    tokens = build_tokens(["東京", "会議", "で", "said"], [False] * 4)
    assert "modifier" not in span_forms(tokens, 0, 1, SPAN_FORMS)


TEXTS = ["They live in the US.", "The US envoy left.", "All US envoys spoke in the US."]


def _schema(**fields: Any) -> Schema:
    return parse_schema({"label": [{"name": "TOWN", **fields}]}, "s.toml")


def _annotated(schema: Schema) -> tuple[list[AnnotatedSentence], SuggestionService]:
    """Return sentences of one article, "US" marked in the first, and a service that knows it."""
    every = [builders.sentence(text, start=100 * n, index=n) for n, text in enumerate(TEXTS)]
    open_ = [AnnotatedSentence(s) for s in every]
    name = schema.labels[-1].name
    done = AnnotatedSentence(
        every[0], Annotation(answer=Answer.ACCEPT).with_spans([builders.span(TEXTS[0], "US", name)])
    )
    service = SuggestionService(schema, lambda _: ("\n".join(TEXTS), every), rules=False)
    service.update([open_[0]], [done])
    return [done, *open_[1:]], service


@pytest.mark.parametrize(("fields", "counts"), [({}, [1, 2]), ({"excludes": ["modifier"]}, [0, 1])])
def test_history_does_not_bring_a_form_back(fields: dict[str, Any], counts: list[int]) -> None:
    """A name that was marked as a place is offered again as a place, not as a modifier; nor by "everywhere"."""
    schema = _schema(**fields)
    annotated, service = _annotated(schema)
    assert [len(service.suggestions(a)) for a in annotated[1:]] == counts
    assert label_mentions(annotated[1:], "US", "TOWN", schema)[1] == sum(counts)


def test_the_first_mention_is_enough_to_know_that_there_is_one() -> None:
    """What a key is drawn for does not read an article of a thousand mentions to the end."""
    every = [AnnotatedSentence(builders.sentence(TEXTS[0], start=100 * n, index=n)) for n in range(1000)]
    schema = _schema()
    assert calls(lambda: has_further_mention(every, "US", "TOWN", schema)) < 500
    assert not has_further_mention(every, "USA", "TOWN", schema)


def test_a_file_does_not_bring_a_form_back() -> None:
    """Suggestions of another program are held to the schema too."""
    sentence = builders.sentence(TEXTS[1])
    model = {"m": lambda _: (Suggestion(4, 6, "GPE", "m", 0.9),)}
    for forms, n in (((), 1), (("modifier",), 0)):
        schema = _schema(takes=["GPE"], excludes=list(forms))
        service = SuggestionService(schema, lambda _: (TEXTS[1], [sentence]), model, rules=False)
        assert len(service.suggestions(AnnotatedSentence(sentence))) == n


def test_no_inconsistency_is_a_form() -> None:
    """A name that is unmarked as the guideline wants it is not listed as forgotten."""
    for forms, n in (((), 1), (("modifier",), 0)):
        schema = _schema(excludes=list(forms))
        annotated, _ = _annotated(schema)
        bare = AnnotatedSentence(annotated[1].sentence, Annotation(answer=Answer.ACCEPT))
        assert len(find_inconsistencies([annotated[0], bare], schema)) == n


def test_the_shipped_schema_offers_what_its_guideline_allows() -> None:
    """The rules offer no modifier, demonym or speaker as VENUE and no compound as COUNT, but the talks' place."""
    schema, text = (
        load_schema("news"),
        "The US envoy and Russian soldiers held three-way talks in Abu Dhabi, Moscow said.",
    )
    sentence = builders.sentence(text)
    service = SuggestionService(schema, lambda _: (text, [sentence]))
    found = service.suggestions(AnnotatedSentence(sentence))
    assert [text[s.start : s.end] for s in found if s.label in ("VENUE", "COUNT")] == ["Abu Dhabi"]


def test_an_unknown_form_is_refused() -> None:
    """The message names the forms that there are."""
    with pytest.raises(SchemaError, match=r"modifer.*modifier"):
        _schema(excludes=["modifer"])
