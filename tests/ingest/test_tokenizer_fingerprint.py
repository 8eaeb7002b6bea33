"""The fingerprint of a tokenizer is known without loading spaCy, and is the right one."""

from __future__ import annotations

import pytest

from annotator.ingest import tokenizer as module
from annotator.ingest.tokenizer import (
    Tokenizer,
    spacy_files_digest,
    stored_tokenizer_fingerprint,
    tokenizer_fingerprint,
)


def test_what_is_stored_is_the_fingerprint_of_the_installed_spacy() -> None:
    """Where a new spaCy cuts English otherwise, or cuts alike from other files, this says so."""
    assert stored_tokenizer_fingerprint("en") == Tokenizer("en").fingerprint, {
        spacy_files_digest("en"): Tokenizer("en").fingerprint
    }


@pytest.mark.parametrize("lang", ["de", "../../en"])
def test_a_language_that_is_not_stored_is_left_to_spacy(lang: str) -> None:
    """Nothing is made up for a language that nobody has looked at, and its name is no path."""
    assert stored_tokenizer_fingerprint(lang) == ""


def test_other_files_are_left_to_spacy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spaCy with other rules is loaded and asked."""
    monkeypatch.setattr(module, "spacy_files_digest", lambda _: "0" * 16)
    assert stored_tokenizer_fingerprint("en") == ""
    assert tokenizer_fingerprint("en") == Tokenizer("en").fingerprint
