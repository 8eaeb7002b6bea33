"""A record as a line and back."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.edits import Op
from annotator.core.errors import JournalError
from annotator.core.journal_record import Assistance, JournalRecord
from annotator.core.spans import Span
from annotator.core.suggestion import LeftSuggestion
from annotator.core.tokens import build_tokens as build
from annotator.storage.codec import NewerFormatError, RecordDecoder, RecordLineError, decode_tail, encode_record
from tests.storage.storage_helpers import record


def _sorted_pairs(by_name: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(by_name.items()))


_WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_PAIRS = {"shown": st.booleans(), "sources": st.dictionaries(_WORD, _WORD, max_size=2).map(_sorted_pairs)}
_ROOT = Path(__file__).parents[2]
_FORMAT_2 = _ROOT / "tests/data/records_2.jsonl"
"""A line for each field of format 2, as the first program that knew them has written it."""


@st.composite
def _records(draw: st.DrawFn) -> JournalRecord:
    words = draw(st.lists(_WORD, min_size=1, max_size=8))
    spaces = [*draw(st.lists(st.booleans(), min_size=len(words) - 1, max_size=len(words) - 1)), False]
    tokens = build(words, spaces)
    text = "".join(w + " " * s for w, s in zip(words, spaces, strict=True))
    start = draw(st.integers(0, 10**6))
    sentence = Sentence("abcdef012345", draw(st.integers(0, 999)), start, start + len(text), text, tokens)
    edges = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda x: x[0] < x[1])
    span = st.builds(
        lambda at, *rest: Span(*at, *rest),
        edges,
        _WORD,
        st.sampled_from(["", "rules"]),
        st.sampled_from(["", "T7"]),
        st.lists(_WORD, max_size=2).map(tuple),
    )
    left = st.builds(lambda at, *rest: LeftSuggestion(*at, *rest), edges, _WORD, st.floats(0, 1), _WORD)
    annotation = Annotation(answer=draw(st.sampled_from([None, *Answer])))
    annotation = annotation.with_spans(draw(st.lists(span, max_size=4))).with_rejected(draw(st.lists(span, max_size=1)))
    annotation = replace(
        annotation,
        left=tuple(draw(st.lists(left, max_size=2))),
        covers=draw(st.none() | st.lists(_WORD, max_size=2).map(tuple)),
    )
    seq = draw(st.integers(1, 2**40))
    size = draw(st.integers(1, 5))
    return JournalRecord(
        seq=seq,
        op=draw(st.sampled_from(list(Op))),
        annotated=AnnotatedSentence(sentence, annotation),
        parent=draw(st.none() | st.integers(1, seq - 1)) if seq > 1 else None,
        batch=draw(st.none() | st.just((seq - draw(st.integers(0, size - 1)), size))),
        annotator=draw(_WORD),
        session=draw(_WORD),
        time=float(draw(st.integers(0, 2**40))),
        assistance=draw(st.none() | st.builds(Assistance, **_PAIRS)),
        carried_from=draw(st.sampled_from(["", "0123456789ab:3-9"])),
        compared=_sorted_pairs(draw(st.dictionaries(_WORD, st.integers(1, 9), max_size=2))),
    )


def _needs_format_2(one: JournalRecord) -> bool:
    annotation = one.annotated.annotation
    grouped = any(s.group or s.of for s in (*annotation.spans, *annotation.rejected))
    own = annotation.left or annotation.covers is not None or one.assistance or one.carried_from or one.compared
    return bool(grouped or own or one.op in {Op.CARRY, Op.ADJUDICATE})


@settings(max_examples=300)
@given(_records())
def test_round_trip(one: JournalRecord) -> None:
    """What is written is read again, whatever characters the text holds; a line has the lowest format for it."""
    line = encode_record(one)
    assert line.count(b"\n") == 1
    assert RecordDecoder().decode(line[:-1]) == one
    assert json.loads(line)["_v"] == 1 + _needs_format_2(one)


@pytest.mark.parametrize(
    ("path", "version"),
    [(_ROOT / "tests/golden/corpus_0_1/fixture/annotations/ana.jsonl", 1), (_FORMAT_2, 2)],
    ids=["written by 0.1", "format 2"],
)
def test_lines_of_every_format_are_read_for_ever(path: Path, version: int) -> None:
    """Each line of an older program is read whole: what is made of it again is the same line."""
    lines = path.read_bytes().splitlines(keepends=True)
    assert lines
    for line in lines:
        assert json.loads(line)["_v"] == version
        assert encode_record(RecordDecoder().decode(line[:-1])) == line


def test_the_fixture_of_format_2_has_all_of_its_fields() -> None:
    """So that none can be renamed without a new format."""
    lines = [json.loads(line) for line in _FORMAT_2.read_text(encoding="utf-8").splitlines()]
    fields = {key for line in lines for key in (*line, *(key for span in line["spans"] for key in span))}
    assert fields >= {"_left", "_covers", "_assist", "_from", "_of", "group", "of"}
    assert {line["_op"] for line in lines} >= {"carry", "adjudicate"}


def test_fields_are_prodigys_and_ours_in_the_contract_order() -> None:
    """A JSON parser alone reads a line; the CRC comes last and covers all before it."""
    line = encode_record(record(3, batch=(3, 1))).decode()
    data = json.loads(line)
    ours = ["_annotator_id", "_session_id", "_timestamp", "_view_id", "_v", "_seq", "_digest", "_op"]
    ends = ["_parent", "_batch", "_crc"]
    assert list(data) == ["text", "tokens", "spans", "answer", "meta", *ours, *ends]
    assert data["spans"] == [{"start": 0, "end": 4, "token_start": 0, "token_end": 0, "label": "PERSON"}]
    assert data["tokens"][1] == {"text": "Okafor", "start": 5, "end": 11, "id": 1, "ws": True}
    assert data["meta"] == {
        "article": "0123456789ab", "sentence": "0123456789ab:30-56", "index": 3, "start": 30, "end": 56
    }  # fmt: skip
    assert (data["_view_id"], data["_v"], data["_batch"]) == ("spans_manual", 1, {"first": 3, "size": 1})
    assert type(data["_timestamp"]) is int
    covered, crc = re.fullmatch(r'(.*),"_crc":"([0-9a-f]{8})"\}\n', line).groups()  # type: ignore[union-attr]
    assert int(crc, 16) == zlib.crc32(covered.encode())


def test_token_end_is_inclusive() -> None:
    """``token_end`` is the last token of the span, as in Prodigy."""
    one = record(1)
    annotated = AnnotatedSentence(one.annotated.sentence, Annotation((Span(0, 11, "PERSON"),)))
    data = json.loads(encode_record(JournalRecord(1, Op.EDIT, annotated)))
    assert (data["spans"][0]["token_start"], data["spans"][0]["token_end"], data["answer"]) == (0, 1, None)


def _signed(change: dict[str, object]) -> bytes:
    data = json.loads(encode_record(record(5))) | change
    del data["_crc"]
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()[:-1]
    return body + b',"_crc":"%08x"}' % zlib.crc32(body)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"_digest": "0" * 64}, "digest is not that"),
        ({"tokens": []}, "tokens do not spell"),
        ({"spans": [{"start": 0, "end": 99, "label": "X"}]}, "ends after the sentence"),
        ({"spans": [{"start": 3, "end": 3, "label": "X"}]}, "0 <= start < end"),
        (
            {"spans": [{"start": True, "end": 3, "label": "X"}]},
            "Expected `int`, got `bool` - at `\\$.spans\\[0\\].start`",
        ),
        ({"_left": [{"start": 0, "end": 99, "label": "X", "score": 0.9, "source": ""}]}, "ends after the sentence"),
        ({"_left": [{"start": 0, "end": 4, "label": "X", "score": 9, "source": ""}]}, "score 9"),
        ({"_assist": {"suggestions": "perhaps"}}, "Invalid enum value 'perhaps'"),
        ({"answer": "yes"}, "Invalid enum value 'yes' - at `\\$.answer`"),
        ({"_parent": 5}, "no earlier record"),
        ({"_batch": {"first": 6, "size": 2}}, "does not hold its own record"),
        (
            {"meta": {"article": "012", "sentence": "012:1-2", "index": 1, "start": 1, "end": 2}, "spans": []},
            "do not fit",
        ),
        (
            {"meta": {"article": "012", "sentence": "012:0-2", "index": 1, "start": 1, "end": 2}},
            "`sentence` is not the place",
        ),
        ({"_annotator_id": None}, "Expected `str`, got `null` - at `\\$._annotator_id`"),
    ],
)
def test_a_right_checksum_is_not_enough(change: dict[str, object], why: str) -> None:
    """A line whose parts contradict each other is refused even if its CRC is right."""
    with pytest.raises(RecordLineError, match=why) as caught:
        RecordDecoder().decode(_signed(change))
    assert not caught.value.torn


@pytest.mark.parametrize("field", ["spans", "rejected", "_left"])
def test_an_index_refuses_what_ends_after_the_sentence(field: str) -> None:
    """It is no line for the export either where it is none for the session."""
    raw = _signed({field: [{"start": 0, "end": 99, "label": "X", "score": 0.9}]})
    for decode in (decode_tail, RecordDecoder().decode):
        with pytest.raises(RecordLineError, match="ends after the sentence"):
            decode(raw)


@pytest.mark.parametrize("change", [{"_v": 3}, {"_v": 2, "_op": "unheard-of"}, {"_op": "unheard-of"}])
def test_a_newer_line_is_refused(change: dict[str, object]) -> None:
    """A format or a deed that this version does not know is not guessed at."""
    with pytest.raises(NewerFormatError):
        RecordDecoder().decode(_signed(change))


def test_lone_surrogate() -> None:
    """Half a character cannot be stored, and the error says so."""
    with pytest.raises(JournalError, match=r"half a character \(a lone surrogate, U\+D83D\)|surrogates not allowed"):
        encode_record(record(1, "half \ud83d boat"))


def test_span_outside_its_text() -> None:
    """A span that ends after its sentence is never written."""
    annotated = AnnotatedSentence(record(1).annotated.sentence, Annotation((Span(0, 99, "PERSON"),)))
    with pytest.raises(JournalError, match="the span 0-99 ends after the sentence"):
        encode_record(JournalRecord(1, Op.EDIT, annotated))


def test_records_of_a_sentence_share_their_tokens() -> None:
    """The history of a sentence costs the memory of one set of tokens."""
    decoder = RecordDecoder()
    one, two = decoder.decode(encode_record(record(1))[:-1]), decoder.decode(encode_record(record(1))[:-1])
    assert one.annotated.sentence.tokens is two.annotated.sentence.tokens
