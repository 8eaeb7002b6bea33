"""The ids that spaCy gives to strings."""

from __future__ import annotations

from importlib import import_module

from hypothesis import given
from hypothesis import strategies as st
from spacy.strings import StringStore

from annotator.docbin.string_ids import SPACY_SYMBOLS, spacy_string_id


def test_the_symbols_are_those_of_the_installed_spacy() -> None:
    """A new spaCy that changes the table would give words and labels other ids."""
    assert dict(import_module("spacy.symbols").IDS) == SPACY_SYMBOLS


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(sorted(SPACY_SYMBOLS)))
def test_ids_are_those_of_spacy(string: str) -> None:
    """Whatever the string and its length in bytes."""
    assert spacy_string_id(string) == StringStore().add(string)
