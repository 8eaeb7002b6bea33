"""Prodigy's tasks, line by line, read and written."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Answer, Work
from annotator.core.article import Sentence
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import tokens_of
from annotator.formats.prodigy.tasks import Task, read, task_of, write

REAL = Path(__file__).resolve().parents[2] / "../shared/data/exports/prodigy"
WORDS = ["Ida", "Holm", "é", "🛶", "\n", "”", "12"]


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Draw a task with tokens, spans on their edges and any of the fields that are kept."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
    tokens = tokens_of(words, [draw(st.booleans()) for _ in words[:-1]] + [False])
    text = "".join(t.text + " " * t.ws for t in tokens)
    edges = draw(st.lists(st.tuples(st.sampled_from(tokens), st.sampled_from(tokens)), max_size=5))
    spans = tuple(Span(min(a.start, b.start), max(a.end, b.end), "PERSON", "rules") for a, b in edges)
    answers = st.sampled_from([*Answer, None])
    return Task(
        text,
        tokens,
        spans,
        draw(answers),
        {"article": "a1"},
        draw(st.sampled_from(["ana", ""])),
        draw(st.sampled_from(["2031", ""])),
        draw(st.sampled_from([0.0, 1_900_000_000.0])),
    )


@given(st.lists(tasks(), max_size=5))
def test_what_is_written_is_read(every: list[Task]) -> None:
    """Tokens, spans, answers, names and times survive the file; the hashes are Prodigy's to add."""
    lines = list(write(every))
    assert list(read(lines, "x.jsonl")) == every
    for line, task in zip(lines, every, strict=True):
        record = json.loads(line)
        assert not {"_input_hash", "_task_hash"} & record.keys()
        for span in record["spans"]:
            assert record["tokens"][span["token_start"]]["start"] == span["start"]
            assert record["tokens"][span["token_end"]]["end"] == span["end"]
        assert len(record["spans"]) == len(task.spans)


@given(tasks())
def test_tokens_of_old_exports_get_their_blanks_back(task: Task) -> None:
    """Without ``ws`` the blanks are read off the text."""
    record = json.loads(next(write([task])))
    for token in record["tokens"]:
        del token["ws"]
    (found,) = read([json.dumps(record).encode()], "x.jsonl")
    assert found.tokens == task.tokens


def test_a_work_becomes_a_task_with_its_place() -> None:
    """``meta`` says where in which article the sentence stands, and what the annotator noted."""
    of = Sentence("a1", 3, 40, 49, "Ida left.", tokens_of(["Ida", "left", "."], [True, False, False]))
    noted = Work(of, Annotation(note="who?", flagged=True))
    assert task_of(noted).meta == {
        "article": "a1", "sentence": "a1:40-49", "start": 40, "end": 49, "note": "who?", "flagged": True,
    }  # fmt: skip
    work = Work(of, Annotation((Span(0, 3, "PERSON"),), Answer.ACCEPT))
    assert json.loads(next(write([task_of(work, "ana", 7.9)]))) == {
        "text": "Ida left.",
        "meta": {"article": "a1", "sentence": "a1:40-49", "start": 40, "end": 49},
        "tokens": [
            {"text": "Ida", "start": 0, "end": 3, "id": 0, "ws": True},
            {"text": "left", "start": 4, "end": 8, "id": 1, "ws": False},
            {"text": ".", "start": 8, "end": 9, "id": 2, "ws": False},
        ],
        "spans": [{"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PERSON"}],
        "answer": "accept",
        "_view_id": "spans_manual",
        "_annotator_id": "ana",
        "_timestamp": 7,
    }


TOKENS = [{"text": "Ida", "start": 0, "end": 3, "id": 0}, {"text": "left", "start": 4, "end": 8, "id": 1}]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (b'{"text": "Ida', "this is not JSON"),
        (b"[1]", "a task must be a JSON object; repair or remove the line"),
        ({"txt": "Ida"}, "the task has no `text`; export the file from Prodigy again (db-out)"),
        ({"text": "Ida", "spans": 3}, "`spans` must be a list of objects"),
        ({"text": "Ida", "answer": ["no"]}, "`answer` is ['no']; use accept, reject or ignore"),
        (
            {"text": "Ida", "spans": [{"start": 0, "end": 9, "label": "A"}]},
            "the span 0-9 does not lie in the text",
        ),
        ({"text": "Ida", "spans": [{"start": 0, "end": 3}]}, "the span 0-3 has no `label`"),
        ({"text": "Ida", "spans": [{"start": "0", "end": 3}]}, "a span has no whole numbers"),
        ({"text": "Ida went", "tokens": TOKENS}, "the token 'left' does not match the text at 4-8 ('went')"),
        (
            {
                "text": "Ida left",
                "tokens": TOKENS,
                "spans": [{"start": 0, "end": 8, "token_start": 0, "token_end": 2, "label": "A"}],
            },
            "the span 0-8 is not its tokens 0 to 2",
        ),
    ],
)
def test_what_is_no_task_is_named_with_its_line(record: object, told: str) -> None:
    """An error says what is wrong in which line; blank lines count and are skipped."""
    line = record if isinstance(record, bytes) else json.dumps(record).encode()
    with pytest.raises(SourceError) as e:
        list(read([b'{"text": "fine"}', b"", line], "old.jsonl"))
    assert str(e.value).startswith(f"old.jsonl:3: {told}")


@given(st.binary(max_size=200))
def test_no_line_is_more_than_refused(line: bytes) -> None:
    """Whatever the bytes, the reader yields a task or raises a SourceError."""
    with suppress(SourceError):
        list(read([line], "x.jsonl"))


def test_a_giant_line_is_refused() -> None:
    """A line of more than ten megabytes is refused before it is parsed."""
    with pytest.raises(SourceError, match=r"x\.jsonl:1: the line has 10,000,011 bytes, more than 10,000,000"):
        list(read([b'{"text":"' + b"a" * 10_000_000 + b'"}'], "x.jsonl"))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not here")
def test_real_exports_are_read_whole() -> None:
    """Each task, span and token of the real files is read, with the characters that it names."""
    for path in sorted(REAL.glob("*.jsonl")):
        lines = path.read_bytes().split(b"\n")
        records = [json.loads(line) for line in lines if line.strip()]
        found = list(read(lines, path.name))
        assert len(found) == len(records)
        for task, record in zip(found, records, strict=True):
            expected = [(s["start"], s["end"], s["label"]) for s in record.get("spans") or []]
            assert [s.key for s in task.spans] == expected
            assert [t.text for t in task.tokens] == [t["text"] for t in record.get("tokens") or []]
            assert str(task.answer) == record["answer"]
