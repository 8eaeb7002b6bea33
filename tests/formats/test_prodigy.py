"""Prodigy's files, read as documents and written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.quote_placement import BEGINS_THERE
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.formats import document, prodigy
from annotator.formats.binary_answers import ACCEPTED_AND_REJECTED, ANSWERED_IGNORE, ANSWERED_TWICE
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.offset_units import CODE_POINTS, requested_unit
from annotator.formats.unread_spans import UNREAD_SPANS
from tests.formats.format_samples import (
    assert_accounted,
    fill,
    ledger_lines,
    lost_spans,
    read_aligned,
    records,
    round_trip,
    texts_with_spans,
    words,
)

TEXT = "Ida Holm left Orkenby."
TOKENS = [
    {"text": "Ida", "start": 0, "end": 3, "id": 0},
    {"text": "Holm", "start": 4, "end": 8, "id": 1},
    {"text": "left", "start": 9, "end": 13, "id": 2},
    {"text": "Orkenby", "start": 14, "end": 21, "id": 3},
    {"text": ".", "start": 21, "end": 22, "id": 4},
]
IDA = {"start": 0, "end": 8, "label": "PERSON"}
PLACE = {"start": 14, "end": 21, "label": "VENUE"}


def read(folder: Path, *tasks: dict[str, Any] | bytes) -> tuple[list[Document], ConversionLog]:
    """Read tasks from a file, a line each."""
    lines = (t if isinstance(t, bytes) else json.dumps(t).encode() for t in tasks)
    fill(folder, {"tasks.jsonl": b"\n".join(lines)})
    return read_aligned(prodigy, ImportSource(folder / "tasks.jsonl"))


def test_a_manual_task_keeps_all_that_it_says(tmp_path: Path) -> None:
    """Text, spans, tokens without ``ws``, answer, annotator, time, note, flag and unknown fields are read."""
    task = {
        "text": TEXT, "tokens": TOKENS, "spans": [{**IDA, "token_start": 0, "token_end": 1}],
        "answer": "accept", "_annotator_id": "news-ana", "_session_id": "s", "_timestamp": 1_900_000_000,
        "flagged": True, "meta": {"note": "who?", "source": "wire"}, "url": "a/b", "_input_hash": 1,
    }  # fmt: skip
    (found,), account = read(tmp_path, task)
    assert words(found) == [("Ida Holm", "PERSON")]
    assert [t.text + " " * t.ws for t in found.tokens] == ["Ida ", "Holm ", "left ", "Orkenby", "."]
    assert (found.answer, found.annotator, found.time) == (Answer.ACCEPT, "news-ana", 1_900_000_000)
    assert (found.note, found.flagged, found.meta) == ("who?", True, {"source": "wire", "url": "a/b"})
    assert (account.read, account.kept, account.is_balanced) == (1, 1, True)


def test_a_rejected_manual_task_is_a_bad_example(tmp_path: Path) -> None:
    """In a manual view the answer speaks of the text: its spans are no known-wrong ones."""
    task = {"text": TEXT, "spans": [IDA], "answer": "reject", "_view_id": "spans_manual"}
    (found,), _ = read(tmp_path, task)
    assert (found.answer, words(found), found.rejected) == (Answer.REJECT, [("Ida Holm", "PERSON")], ())


def binary(span: dict[str, Any], answer: str, **more: Any) -> dict[str, Any]:
    """Make a task that asks for one span."""
    return {"text": TEXT, "spans": [span], "answer": answer, "_view_id": "ner", **more}


def test_binary_answers_are_merged_by_text(tmp_path: Path) -> None:
    """Accepted spans of one text come together, rejected ones are known to be wrong, each one is counted."""
    wrong = {**PLACE, "label": "PERSON"}
    tasks = [binary(IDA, "accept"), {"text": "Other."}, binary(wrong, "reject"), binary(PLACE, "accept")]
    (other, found), account = read(tmp_path, *tasks, binary(PLACE, "ignore"), binary(IDA, "accept"))
    assert other.text == "Other."
    assert words(found) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]
    assert found.rejected == (Span(14, 21, "PERSON"),)
    assert found.answer is None
    assert ledger_lines(account) == [("span", "double", ANSWERED_TWICE), ("span", "left out", ANSWERED_IGNORE)]
    assert (account.read, account.kept, account.is_balanced) == (5, 3, True)
    assert prodigy.BINARY_ANSWERS.format(n=5) in account.notes
    assert document.count_losses(account) == 0


def test_the_later_of_two_binary_answers_stands(tmp_path: Path) -> None:
    """By the time stamps where there are some; the earlier answer is listed."""
    late, early = binary(IDA, "accept", _timestamp=9), binary(IDA, "reject", _timestamp=3)
    (found,), account = read(tmp_path, late, early)
    assert (words(found), found.rejected) == ([("Ida Holm", "PERSON")], ())
    assert ledger_lines(account) == [("span", "left out", ACCEPTED_AND_REJECTED)]
    assert account.is_balanced


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_binary_answers_leave_a_text_open(tmp_path: Path, answer: str) -> None:
    """Nobody has said that a text with a right span, or with a wrong one, holds no other."""
    (found,), account = read(tmp_path, binary(IDA, answer))
    assert (found.answer, len(found.spans), len(found.rejected)) == (None, answer == "accept", answer == "reject")
    assert account.is_balanced


@pytest.mark.parametrize(
    "mark",
    [
        {"_is_binary": True},
        {"_view_id": "ner"},
        {"spans": [{**IDA, "answer": "reject"}]},
        {"spans": [{**IDA, "score": 0.4, "input_hash": 7}]},
    ],
)
def test_binary_tasks_are_known_by_their_marks(tmp_path: Path, mark: dict[str, Any]) -> None:
    """Newer files say it; in older ones answers at the spans, or a model's score without tokens, do."""
    (found,), _ = read(tmp_path, {"text": TEXT, "spans": [IDA], "answer": "reject", **mark})
    assert [s.label for s in found.rejected] == ["PERSON"]


def test_a_review_gives_the_reviewer_and_each_session(tmp_path: Path) -> None:
    """The reviewed task comes first, under a name of its own; each version is its sessions' work."""
    versions = [
        {"text": TEXT, "spans": [IDA], "answer": "accept", "sessions": ["news-ana", "news-ben"]},
        {"text": TEXT, "spans": [], "answer": "ignore", "sessions": ["news-cy"]},
    ]
    review = {"text": TEXT, "spans": [IDA, PLACE], "answer": "accept", "_view_id": "review",
              "view_id": "ner_manual", "versions": versions, "_session_id": "news-ana"}  # fmt: skip
    found, account = read(tmp_path, review)
    assert [(d.annotator, len(d.spans), d.answer) for d in found] == [
        ("review-news-ana", 2, Answer.ACCEPT),
        ("news-ana", 1, Answer.ACCEPT),
        ("news-ben", 1, Answer.ACCEPT),
        ("news-cy", 0, Answer.IGNORE),
    ]
    assert account.is_balanced
    assert account.notes == ["reviewed versions, read as the work of their sessions: 3"]


def test_choices_and_labels_of_texts_are_listed(tmp_path: Path) -> None:
    """What was asked beside spans has no place; a file with nothing else is read as texts."""
    choice = {"text": TEXT, "options": [{"id": "A"}], "accept": ["A"], "answer": "accept", "_view_id": "choice"}
    label = {"text": TEXT, "label": "SPORT", "relations": [{"head": 1, "child": 2}], "answer": "accept"}
    found, account = read(tmp_path, choice, label)
    assert [(d.text, d.spans) for d in found] == [(TEXT, ())] * 2
    assert [(e.kind, e.id) for e in account.entries] == [
        ("choice", "'A'"),
        ("relation", '{"head": 1, "child": 2}'),
        ("text label", "'SPORT'"),
    ]
    assert prodigy.NO_SPANS_IN_FILE in account.notes


def test_spans_under_another_name_are_a_loss(tmp_path: Path) -> None:
    """A second list of spans is not read: its spans are counted, listed, and leave their places in doubt."""
    (_,), log = read(tmp_path, {"text": TEXT, "spans": [IDA], "ner_spans": [PLACE], "answer": "accept"})
    assert (log.read, log.kept) == (2, 1)
    assert [(e.why, e.text, e.doubtful) for e in log.entries] == [(UNREAD_SPANS, "Orkenby", ((14, 21),))]


def test_tokens_that_do_not_spell_the_text_are_not_taken(tmp_path: Path) -> None:
    """Word pieces and other tokens of models stay out, with a note."""
    pieces = [{"text": "[CLS]", "start": 0, "end": 0}, {"text": "ida", "start": 0, "end": 3}]
    rows = [{"text": TEXT, "tokens": tokens, "spans": [IDA], "answer": "accept"} for tokens in (pieces, TOKENS)]
    found, account = read(tmp_path, *rows)
    assert [len(d.tokens) for d in found] == [0, 5]
    assert account.notes == [prodigy.TOKENS_DO_NOT_SPELL.format(n=1)]


def test_words_decide_and_token_indexes_raise_doubt(tmp_path: Path) -> None:
    """A span's text moves it; without one, indexes of other words than at the offsets make both doubtful."""
    quoted = {**IDA, "token_start": 0, "token_end": 0, "text": "Ida"}
    task = {"text": TEXT, "tokens": TOKENS, "answer": "accept"}
    (found,), account = read(tmp_path, {**task, "spans": [quoted]})
    assert (words(found), account.totals) == ([("Ida", "PERSON")], {("moved", BEGINS_THERE): 1})
    for index, doubtful in ((3, [((0, 8), (14, 21))]), (2, [])):  # 2: the end is the token after it, as others write
        span = {**IDA, "token_start": 3 if index == 3 else 0, "token_end": index}
        (found,), account = read(tmp_path, {**task, "spans": [span]})
        assert words(found) == [("Ida Holm", "PERSON")]
        assert [e.doubtful for e in account.entries] == doubtful
        assert account.is_balanced


def test_binary_answers_are_where_their_words_are(tmp_path: Path) -> None:
    """A quote that is nowhere is listed with the document of its text, though that comes last."""
    task = {"text": TEXT, "_view_id": "ner", "answer": "accept"}
    spans = [
        {"start": 1, "end": 4, "label": "A", "text": "Orkenby"},
        {"start": 1, "end": 4, "label": "A", "text": "Per"},
    ]
    manual = {"text": "Per left.", "spans": [], "answer": "accept"}
    found, account = read(tmp_path, *({**task, "spans": [s]} for s in spans), manual)
    assert [words(d) for d in found] == [[], [("Orkenby", "A")]]
    assert [e.outcome.value for e in account.entries] == ["left out", "moved"]
    assert account.is_balanced


def test_offsets_in_utf16_are_found_out(tmp_path: Path) -> None:
    """Tokens tell what a file counts; spans that move by it are listed."""
    task = {
        "text": "🛶 Ida",
        "tokens": [{"text": "🛶", "start": 0, "end": 2}, {"text": "Ida", "start": 3, "end": 6}],
        "spans": [{"start": 3, "end": 6, "label": "PERSON"}], "answer": "accept",
    }  # fmt: skip
    (found,), account = read(tmp_path, task)
    assert words(found) == [("Ida", "PERSON")]
    assert [t.text for t in found.tokens] == ["🛶", "Ida"]
    assert ledger_lines(account) == [("span", "moved", "offsets count UTF-16 units")]
    assert account.is_balanced


@pytest.mark.parametrize(
    ("task", "error"),
    [
        ({"image": "x.jpg", "spans": []}, "the task shows an image, not a text; import texts only"),
        ({"spans": []}, "the task has no `text`; export the file from Prodigy again (db-out)"),
        ({"text": TEXT, "answer": "maybe"}, "`answer` is 'maybe'; use accept, reject or ignore"),
        ({"text": TEXT, "spans": 3}, "`spans` must be a list of objects"),
        ({"text": TEXT, "_seq": 1, "_crc": 2}, "this is an annotator's journal, not an export"),
        (b"[1]", "a task must be a JSON object"),
        (b'{"text": "Ida', "this is not JSON"),
        (b'{"text": "\\ud800"}', "this is not JSON"),
        (b'{"text": "a", "spans": [{"start": NaN}]}', "this is not JSON"),
    ],
)
def test_what_is_no_task_is_named_with_its_line(tmp_path: Path, task: Any, error: str) -> None:
    """The error says what is wrong, in which line, and what to do."""
    with pytest.raises(SourceError) as e:
        read(tmp_path, {"text": "fine"}, task)
    assert f"tasks.jsonl:2: {error}" in str(e.value)


def test_what_no_span_can_be_is_listed(tmp_path: Path) -> None:
    """Spans past the text, backwards, empty, without label or offsets are counted and listed."""
    odd = [
        {"start": 0, "end": 2**70, "label": "A"}, {"start": 5, "end": 3, "label": "A"},
        {"start": 3, "end": 3, "label": "A"}, {"start": -1, "end": 3, "label": "A"},
        {"start": "x", "end": 3, "label": "A"}, {"start": 0, "end": 3},
        {"start": 0.0, "end": 3.0, "label": "A"},
    ]  # fmt: skip
    (found,), account = read(tmp_path, {"text": TEXT, "spans": odd, "answer": "accept"})
    assert words(found) == [("Ida", "A")]
    assert [e.why for e in account.entries] == [
        "it ends before it begins", "it covers no character", "it begins before the text",
        "its offsets are not whole numbers", "it has no label", "past the end of the text",
    ]  # fmt: skip
    assert (account.read, account.kept, lost_spans(account), account.is_balanced) == (7, 1, 6, True)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw a document with tokens or without, known-wrong spans and the fields that the format holds."""
    document = draw(texts_with_spans(gaps=(" ",)))
    parts = document.text.split(" ")
    tokens = draw(st.sampled_from([(), build_tokens(parts, [True] * (len(parts) - 1) + [False])]))
    return replace(
        document, id="", tokens=tokens, answer=draw(st.sampled_from([*Answer, None])),
        rejected=draw(st.sampled_from([(), (Span(0, len(parts[0]), "WRONG", group="T7"),)])),
        annotator=draw(st.sampled_from(["", "ana"])), note=draw(st.sampled_from(["", "who?"])),
        flagged=draw(st.booleans()), time=draw(st.sampled_from([0.0, 5.0])),
        meta={"article": "a1", "start": 3},
    )  # fmt: skip


@given(st.lists(documents(), max_size=4))
def test_what_is_written_is_read(every: list[Document]) -> None:
    """All fields of a document survive the file; only the reader counts the spans known to be wrong too."""
    with requested_unit(CODE_POINTS):  # made-up texts mislead a guess by the edges of words
        back, written, account = round_trip(prodigy, every)
    assert [replace(d, where="") for d in back] == every
    assert not written.entries
    assert written.count_fault(sum(len(d.spans) for d in every)) == ""
    assert account.read == written.kept + sum(len(d.rejected) for d in every)


def test_marks_of_another_kind_stay_in_the_metadata() -> None:
    """A note that is no text, a flag that is no truth value, and what a task has at the top are the user's."""
    task = {"text": "Ida left", "spans": [], "note": "top", "meta": {"flagged": "late"}}
    assert prodigy.document_fields(task)["meta"] == {"note": "top", "flagged": "late"}
    fields = prodigy.document_fields({"text": "Ida left", "meta": {"note": 3, "flagged": True}})
    assert (fields["meta"], fields["flagged"]) == ({"note": 3}, True)


def test_a_task_has_the_fields_that_prodigy_reads() -> None:
    """Token indexes are inclusive, and the hashes stay out: Prodigy adds them, and wrong ones would stick."""
    document = Document(
        "Ida Holm left",
        (Span(0, 8, "PERSON", "rules"),),
        build_tokens(["Ida", "Holm", "left"], [True, True, False]),
        annotator="ana", time=7.9, note="who?", meta={"article": "a1", "sentence": "a1:40-53", "start": 40},
    )  # fmt: skip
    assert prodigy.prodigy_task(document, ConversionLog()) == {
        "text": "Ida Holm left",
        "meta": {"article": "a1", "sentence": "a1:40-53", "start": 40, "note": "who?"},
        "tokens": [
            {"text": "Ida", "start": 0, "end": 3, "id": 0, "ws": True},
            {"text": "Holm", "start": 4, "end": 8, "id": 1, "ws": True},
            {"text": "left", "start": 9, "end": 13, "id": 2, "ws": False},
        ],
        "spans": [{"start": 0, "end": 8, "token_start": 0, "token_end": 1, "label": "PERSON", "source": "rules"}],
        "answer": "accept",
        "_view_id": "spans_manual",
        "_annotator_id": "ana",
        "_timestamp": 7,
    }


def test_a_span_inside_a_token_is_listed_on_writing() -> None:
    """Prodigy's spans name their tokens."""
    document = Document("Ida left", (Span(0, 2, "A"), Span(0, 99, "A")), build_tokens(["Ida", "left"], [True, False]))
    (back,), written, _ = round_trip(prodigy, [document])
    assert back.spans == ()
    assert [e.why for e in written.entries] == ["it is not on token edges", "past the end of the text"]
    assert written.is_balanced


KEYS = (
    "text spans tokens start end label answer versions sessions meta id token_start token_end rejected "
    "accept _view_id relations"
)


@given(st.lists(records(*KEYS.split()), max_size=3), st.binary(max_size=40))
def test_no_bytes_are_more_than_refused(tmp_path: Path, values: list[Any], rest: bytes) -> None:
    """Whatever a file holds, it is read with every span accounted for, or a SourceError."""
    lines = [json.dumps(v).encode() for v in values]
    for tail in ([], [rest]):
        assert_accounted(prodigy, tmp_path / "x.jsonl", b"\n".join([*lines, *tail]))
