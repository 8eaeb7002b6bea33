"""Typed decoding takes what looking at each field takes, and nothing else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.article import Sentence
from annotator.core.errors import CorpusError
from annotator.storage.codec import (
    decode_sentence,
    decode_sentence_fast,
    decode_tokenized_text,
    decode_tokens,
    encode_sentence,
    require_str,
)
from annotator.storage.file_io import parse_json
from tests import builders

SENTENCE = builders.sentence("Ida’s boat 😀 sank.", start=7)
ODD: st.SearchStrategy[Any] = st.sampled_from([None, True, 1.0, -1, 2**63, "Ida", "", [], {}, [1], 0, 3])
PLACES: tuple[tuple[Any, ...], ...] = (
    ("id",), ("text",), ("tokens",), ("meta",), ("meta", "start"), ("meta", "end"), ("meta", "index"),
    ("meta", "article"), ("tokens", 0), ("tokens", 1, "text"), ("tokens", 1, "start"), ("tokens", 2, "end"),
    ("tokens", 0, "ws"), ("tokens", 3, "id"),
)  # fmt: skip


def _changed(place: tuple[Any, ...], value: Any) -> bytes:
    """Return the line of the sentence with another value at one place."""
    line: Any = orjson.loads(orjson.dumps(encode_sentence(SENTENCE)))
    at = line
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return orjson.dumps(line)


def _slowly(raw: bytes) -> Sentence | None:
    try:
        return decode_sentence(parse_json(raw, "x"))
    except (ValueError, CorpusError):
        return None


def test_a_line_of_our_own_is_taken_at_once() -> None:
    """What we write needs no second look."""
    raw = orjson.dumps(encode_sentence(SENTENCE))
    assert decode_sentence_fast(raw) == SENTENCE == _slowly(raw)
    assert decode_tokenized_text(raw) == (SENTENCE.text, SENTENCE.tokens)


@given(st.sampled_from(PLACES), ODD)
def test_a_changed_line_is_judged_as_it_was(place: tuple[Any, ...], value: Any) -> None:
    """Another type, number or text at one place is refused, or taken, by both ways alike."""
    raw = _changed(place, value)
    slow = _slowly(raw)
    assert decode_sentence_fast(raw) in (slow, None)
    fields = orjson.loads(raw)
    try:
        text = require_str(fields, "text")
        found: object = (text, decode_tokens(fields.get("tokens"), text))
    except ValueError:
        with pytest.raises(ValueError, match=r"\w"):
            decode_tokenized_text(raw)
    else:
        assert decode_tokenized_text(raw) == found


@given(st.integers(0, 400), st.binary(max_size=3))
def test_damaged_bytes_are_never_taken_for_another_sentence(at: int, put: bytes) -> None:
    """Cut or overwritten lines give what the careful way gives, or nothing, or what was written.

    Bytes of a field that nobody reads, such as a token's number, are passed over.
    """
    raw = orjson.dumps(encode_sentence(SENTENCE))
    raw = raw[: at % len(raw)] + put + raw[at % len(raw) + len(put) :]
    assert decode_sentence_fast(raw) in (_slowly(raw), None, SENTENCE)
