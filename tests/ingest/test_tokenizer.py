"""Tokens: spaCy's own on ordinary text, exact on any text, bounded on strange text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.core.tokens import tokens_cover_text
from annotator.ingest import spacy_tokenizer
from annotator.ingest.tokenizer import MAX_RUN, Tokenizer, _bounded_pieces

SHARED = Path(__file__).resolve().parents[2] / "../shared"
ENGLISH = Tokenizer("en")
NLP = spacy.blank("en")

PROSE = (
    "Lt. Gov. Kim’s aides couldn't say (at 5 p.m.) whether the U.S.-built ferry—worth $4.2m—had left.\n"
    "“We'll see,”  she said… See https://example.org/a?b=1, or write to ana@example.org. \tDon't!"
)


@pytest.mark.parametrize("text", [PROSE, *PROSE.split("\n"), "x" * MAX_RUN, "-" * MAX_RUN, " a", "a ", " ", ""])
def test_ordinary_text_is_cut_as_spacy_cuts_it(text: str) -> None:
    """Words and blanks equal those of ``nlp.make_doc``."""
    doc = NLP.make_doc(text)
    expected = [(t.text, t.idx, bool(t.whitespace_)) for t in doc]
    assert [(t.text, t.start, t.ws) for t in ENGLISH.tokens(text)] == expected


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages are not part of the project")
def test_real_pages_are_cut_as_spacy_cuts_them() -> None:
    """All lines of 50 real page dumps give exactly spaCy's tokens."""
    with (SHARED / "data/news_page_dumps.jsonl").open(encoding="utf-8", newline="\n") as file:
        lines = {line for row in file for line in json.loads(row)["text"].split("\n")}
    for line in sorted(lines):
        doc = NLP.make_doc(line)
        assert [(t.text, t.ws) for t in ENGLISH.tokens(line)] == [(t.text, bool(t.whitespace_)) for t in doc]


@given(st.text(max_size=60))
def test_tokens_spell_the_text(text: str) -> None:
    """Tokens are in order and spell any text exactly, odd white space and all."""
    assert tokens_cover_text(ENGLISH.tokens(text), text)


@given(st.text(st.sampled_from("a$'.😀é(1-/"), min_size=MAX_RUN - 5, max_size=3 * MAX_RUN))
def test_long_runs_spell_the_text(text: str) -> None:
    """A run that is cut into pieces is still spelled exactly."""
    assert tokens_cover_text(ENGLISH.tokens(text), text)


@pytest.mark.parametrize("alphabet", ["$", "😀", "'\"", "$€£", "(", "http://a.b/"])
def test_runs_without_blanks_are_bounded(alphabet: str) -> None:
    """spaCy, which is quadratic on runs without a blank, never sees a longer one than the bound."""
    text = "".join(alphabet[i * i % len(alphabet)] for i in range(16_000))
    pieces = list(_bounded_pieces(text))
    assert "".join(pieces) == text
    assert max(len(run) for piece in pieces for run in piece.split()) <= MAX_RUN
    assert tokens_cover_text(ENGLISH.tokens(text), text)


def test_the_last_token_of_a_sentence_has_no_blank() -> None:
    """A trimmed text ends with a token without ``ws``."""
    assert [t.ws for t in ENGLISH.tokens("The dyke holds.")] == [True, True, False, False]


def test_the_fingerprint_shows_tokenizers_apart() -> None:
    """Equal settings give equal fingerprints; another language or one exception more another."""
    changed = Tokenizer("en")
    changed._tokenize.add_special_case("gimme", [{65: "gim"}, {65: "me"}])
    prints = [ENGLISH.fingerprint, Tokenizer("de").fingerprint, changed.fingerprint]
    assert Tokenizer("en").fingerprint == prints[0]
    assert len(set(prints)) == 3
    assert all(len(p) == 16 for p in prints)


def test_an_unknown_language_is_reported() -> None:
    """A language that spaCy does not have is an error that names it and what to do."""
    with pytest.raises(SourceError) as caught:
        Tokenizer("qq")
    assert str(caught.value).startswith("--lang: spaCy cannot load the language 'qq' (")
    assert "use a code such as en, de, fr or es, or xx for any language" in str(caught.value)


def test_a_missing_package_is_named_without_the_advice_of_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """What spaCy writes on several lines is not cut off in the middle of its addresses and commands."""
    monkeypatch.setattr(spacy_tokenizer, "missing_tokenizer_package", lambda _: "spacy[ja]")
    error = spacy_tokenizer._no_language(
        "ja", ImportError("Japanese support requires SudachiPy (https://a.b/" + "x" * 200)
    )
    assert error.what == "spaCy cannot load the language 'ja' (a package is not installed)"
    assert "spacy[ja]" in error.do
