"""A line of ``sentences.jsonl`` is decoded whole, or refused; nothing in it is guessed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.tokens import tokens_text
from annotator.storage.codec import DataError, decode_sentence, decode_tokenized_text, encode_sentence
from tests import builders

SENTENCE = builders.sentence("Ida’s boat 😀 sank.", start=7)
RAW = orjson.dumps(encode_sentence(SENTENCE))
ODD: st.SearchStrategy[Any] = st.sampled_from([None, True, 1.0, -1, 2**63, "Ida", "", [], {}, [1], 0, 3])
PLACES: tuple[tuple[Any, ...], ...] = (
    ("id",), ("text",), ("tokens",), ("meta",), ("meta", "start"), ("meta", "end"), ("meta", "index"),
    ("meta", "article"), ("tokens", 0), ("tokens", 1, "text"), ("tokens", 1, "start"), ("tokens", 2, "end"),
    ("tokens", 0, "ws"), ("tokens", 3, "id"),
)  # fmt: skip


def test_a_line_comes_back() -> None:
    """What is written is read again."""
    assert decode_sentence(RAW) == SENTENCE
    assert decode_tokenized_text(RAW) == (SENTENCE.text, SENTENCE.tokens)


@given(st.sampled_from(PLACES), ODD)
def test_a_changed_line_is_taken_as_it_is_or_refused(place: tuple[Any, ...], value: Any) -> None:
    """Another value at one place is in the sentence then, and contradicts nothing; else it is an error."""
    line: Any = orjson.loads(RAW)
    at = line
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    try:
        sentence = decode_sentence(orjson.dumps(line))
    except DataError:
        return
    for token in line["tokens"]:
        token.pop("id")  # nobody reads it: a token's place in the list is its number
    again: Any = orjson.loads(orjson.dumps(encode_sentence(sentence)))
    for token in again["tokens"]:
        token.pop("id")
    assert again == line
    assert tokens_text(sentence.tokens) == sentence.text
    assert sentence.end - sentence.start == len(sentence.text)


DIGITS = [at for at, char in enumerate(RAW) if chr(char).isdigit()]


@given(
    st.integers(0, 400) | st.sampled_from(DIGITS),
    st.binary(max_size=3) | st.sampled_from([b"%d" % n for n in range(13)]),
)
def test_damaged_bytes_are_an_error_or_are_read_as_json(at: int, put: bytes) -> None:
    """A cut or overwritten line is refused unless it is JSON with these values.

    Bytes of a field that nobody reads, such as a token's number, are passed over.
    """
    raw = RAW[: at % len(RAW)] + put + RAW[at % len(RAW) + len(put) :]
    try:
        sentence = decode_sentence(raw)
    except DataError:
        return
    if sentence != SENTENCE:
        assert sentence.text == orjson.loads(raw)["text"] == tokens_text(sentence.tokens)


@pytest.mark.parametrize("cut", range(len(RAW)))
def test_a_line_cut_short_is_refused(cut: int) -> None:
    """No prefix of a line is a sentence."""
    with pytest.raises(DataError):
        decode_sentence(RAW[:cut])
