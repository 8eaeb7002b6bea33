"""The tokenizers of ``[tokens]``: each character a token, and infixes that cut anywhere in a word."""

from __future__ import annotations

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.core.graphemes import split_graphemes
from annotator.core.token_settings import TokenSettings
from annotator.core.tokens import tokens_cover_text
from annotator.ingest.tokenizer import MAX_RUN, Tokenizer, tokenizer_fingerprint

CHARACTERS = TokenSettings("characters")
ENGLISH = Tokenizer("en", CHARACTERS)


def words(tokenizer: Tokenizer, text: str) -> list[str]:
    """Return the texts of the tokens."""
    return [t.text for t in tokenizer.tokens(text)]


@pytest.mark.parametrize("lang", ["en", "de", "xx", "ja", "zh", "th", "ko", "vi"])
def test_characters_need_no_package(lang: str) -> None:
    """Whatever tokenizer spaCy has for the language."""
    assert words(Tokenizer(lang, CHARACTERS), "東京 a1. ไทย") == ["東", "京", "a", "1", ".", "ไ", "ท", "ย"]


@pytest.mark.parametrize(
    "text", ["e\u0301x", "👨‍👩‍👧👍🏽", "🇩🇪🇫🇷", "ก็กำ", "\u1112\u1161\u11ab한", "1️⃣❤️‍🔥", "ｶﾞ", "नम", "~~", "\u0301a"]
)
def test_a_character_has_its_marks(text: str) -> None:
    """As a reader sees it: no token begins inside a flag, or before an accent."""
    assert words(ENGLISH, text) == list(split_graphemes(text))


@given(st.text(max_size=60))
def test_characters_spell_any_text(text: str) -> None:
    """Offsets are exact, and no token of several visible ASCII characters is left."""
    tokens = ENGLISH.tokens(text)
    assert tokens_cover_text(tokens, text)
    assert not [t for t in tokens if len(t.text) > 1 and t.text.isascii() and not t.text.isspace()]


def test_long_runs_are_cut_as_spacy_cuts_them() -> None:
    """No piece ends before a mark."""
    text = "e\u0301" * MAX_RUN
    assert words(ENGLISH, text) == ["e\u0301"] * MAX_RUN


@pytest.mark.parametrize("word", ["a~b", "~a", "a~", "~", "a~~b", "~a~b~"])
def test_an_infix_cuts_wherever_it_is(word: str) -> None:
    """The infixes that spaCy has cut neither the beginning nor the end of a word."""
    made = words(Tokenizer("en", TokenSettings("rules", ("~",))), f"x {word} y")
    assert made == ["x", *word, "y"]


def test_an_infix_may_be_a_place_between_two() -> None:
    """A class of characters before and one behind."""
    assert words(Tokenizer("en", TokenSettings("rules", ("(?<=[a-z])(?=[A-Z])",))), "JoanReyes") == ["Joan", "Reyes"]


def test_each_setting_has_its_fingerprint() -> None:
    """A corpus with other tokens is another one."""
    settings = [TokenSettings(), CHARACTERS, TokenSettings("rules", ("~",)), TokenSettings("rules", ("~", "/"))]
    assert len({tokenizer_fingerprint("en", s) for s in settings}) == len(settings)


@pytest.mark.skipif(importlib.util.find_spec("sudachipy") is not None, reason="the package is here")
def test_a_language_without_its_package_names_the_way_out() -> None:
    """The package, and the option that needs none."""
    with pytest.raises(SourceError) as caught:
        Tokenizer("ja")
    assert "--tokens characters" in str(caught.value)


def test_a_language_without_rules_takes_no_infixes() -> None:
    """Chinese is cut by characters of its own."""
    with pytest.raises(SourceError, match="takes no infixes"):
        Tokenizer("zh", TokenSettings("rules", ("~",)))
