"""Prodigy's tasks, line by line and strict: what does not fit is refused, nothing is put right.

Old exports have no ``ws`` in their tokens: it is rebuilt from the text. On writing,
``_input_hash`` and ``_task_hash`` stay out: Prodigy adds them, and wrong ones would stick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from annotator.core.annotation import Answer, Work
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range

_LONGEST = 10_000_000
"""The most bytes that a line may have."""


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a Prodigy file."""

    text: str
    tokens: tuple[Token, ...] = ()
    """None where the file has none."""
    spans: tuple[Span, ...] = ()
    """As in the file: its order, doubles and wrong ones included."""
    answer: Answer | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    annotator: str = ""
    session: str = ""
    time: float = 0.0
    """Seconds since 1970 (UTC), in whole seconds in the file; 0 where it has none."""
    view: str = "spans_manual"
    rejected: tuple[Span, ...] = ()
    """Spans known to be wrong; a field of ours that Prodigy keeps and doesn't show."""
    span_answers: tuple[Answer | None, ...] = ()
    """The answer to each span (binary views); empty where no span has one."""


def task_of(work: Work, annotator: str = "", time: float = 0.0) -> Task:
    """Return the task that says what ``work`` says; ``meta`` holds its place in the article."""
    s = work.sentence
    said = work.annotation
    meta: dict[str, Any] = {"article": s.article, "sentence": s.id, "start": s.start, "end": s.end}
    meta |= {"note": said.note} if said.note else {}
    meta |= {"flagged": True} if said.flagged else {}
    return Task(s.text, s.tokens, said.spans, said.answer, meta, annotator, time=time, rejected=said.rejected)


def write(tasks: Iterable[Task]) -> Iterator[bytes]:
    """Yield a line for each task; raises ValueError for a span that is not on token edges."""
    for task in tasks:
        yield orjson.dumps(_record(task)) + b"\n"


def read(lines: Iterable[bytes], where: str) -> Iterator[Task]:
    """Yield the task of each line that is not blank; ``where`` names the file in errors.

    Raises SourceError, with file and line, for what is not a Prodigy task: no JSON object, no
    text, tokens that don't match it, spans outside of it or at odds with their token indexes.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _task(_json(line, f"{where}:{number}"), f"{where}:{number}")


def _record(task: Task) -> dict[str, Any]:
    answers = task.span_answers or (None,) * len(task.spans)
    record: dict[str, Any] = {
        "text": task.text,
        "meta": dict(task.meta),
        "tokens": [
            {"text": t.text, "start": t.start, "end": t.end, "id": n, "ws": t.ws}
            for n, t in enumerate(task.tokens)
        ],
        "spans": [_span_record(s, a, task) for s, a in zip(task.spans, answers, strict=True)],
        "rejected": [_span_record(s, None, task) for s in task.rejected],
        "answer": task.answer,
        "_view_id": task.view,
        "_annotator_id": task.annotator,
        "_session_id": task.session,
        "_timestamp": int(task.time),
    }
    return {k: v for k, v in record.items() if v or k in {"text", "spans"}}


def _span_record(span: Span, answer: Answer | None, task: Task) -> dict[str, Any]:
    record: dict[str, Any] = {"start": span.start, "end": span.end}
    if task.tokens:
        if not is_aligned(task.tokens, span.start, span.end):
            raise ValueError(f"{span} is not on token edges")
        first, last = token_range(task.tokens, span.start, span.end)
        record |= {"token_start": first, "token_end": last - 1}
    record["label"] = span.label
    if span.source:
        record["source"] = span.source
    if answer:
        record["answer"] = answer
    return record


def _json(line: bytes, where: str) -> dict[str, Any]:
    if len(line) > _LONGEST:
        raise _error(f"the line has {len(line):,} bytes, more than {_LONGEST:,}", where, "split the text")
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as e:
        raise _error(f"this is not JSON ({e})", where, "repair or remove the line") from e
    if not isinstance(record, dict):
        raise _error("a task must be a JSON object", where, "repair or remove the line")
    return record


def _error(what: str, where: str, do: str = "export the file from Prodigy again (db-out)") -> SourceError:
    return SourceError(what, where=where, do=do)


def _task(record: dict[str, Any], where: str) -> Task:
    text = record.get("text")
    if not isinstance(text, str):
        raise _error("the task has no `text`", where)
    tokens = tuple(_token(t, text, where) for t in _list(record, "tokens", where))
    found = _list(record, "spans", where)
    answers = tuple(_answer(s.get("answer"), where) for s in found)
    meta = record.get("meta")
    return Task(
        text=text,
        tokens=tokens,
        spans=tuple(_span(s, text, tokens, where) for s in found),
        rejected=tuple(_span(s, text, tokens, where) for s in _list(record, "rejected", where)),
        answer=_answer(record.get("answer"), where),
        meta=meta if isinstance(meta, dict) else {},
        annotator=_string(record, "_annotator_id"),
        session=_string(record, "_session_id"),
        time=float(_number(record.get("_timestamp"))),
        view=_string(record, "_view_id"),
        span_answers=answers if any(answers) else (),
    )


def _list(record: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    value = record.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
        raise _error(f"`{key}` must be a list of objects", where)
    return value


def _string(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _short(value: Any) -> str:
    """Show a value from the file in an error, the first 40 characters of it."""
    told = repr(value)
    return told if len(told) <= 40 else told[:39] + "…"


def _answer(value: Any, where: str) -> Answer | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in set(Answer):
        raise _error(f"`answer` is {_short(value)}", where, "use accept, reject or ignore")
    return Answer(value)


def _token(record: dict[str, Any], text: str, where: str) -> Token:
    start, end = _range(record, "token", text, where)
    word = record.get("text")
    if word != text[start:end]:
        told = (
            f"the token {_short(word)} does not match the text at {start}-{end} ({_short(text[start:end])})"
        )
        raise _error(told, where)
    ws = record.get("ws")
    return Token(text[start:end], start, end, ws if isinstance(ws, bool) else text[end : end + 1] == " ")


def _span(record: dict[str, Any], text: str, tokens: tuple[Token, ...], where: str) -> Span:
    start, end = _range(record, "span", text, where)
    label = record.get("label")
    if not isinstance(label, str) or not label:
        raise _error(f"the span {start}-{end} has no `label`", where)
    first, last = record.get("token_start"), record.get("token_end")
    if tokens and isinstance(first, int) and isinstance(last, int):
        _check_tokens((first, last), (start, end), tokens, where)
    return Span(start, end, label, _string(record, "source"))


def _check_tokens(
    indexes: tuple[int, int], place: tuple[int, int], tokens: tuple[Token, ...], where: str
) -> None:
    first, last = indexes
    fits = 0 <= first <= last < len(tokens) and (tokens[first].start, tokens[last].end) == place
    if not fits:
        raise _error(f"the span {place[0]}-{place[1]} is not its tokens {first} to {last}", where)


def _range(record: dict[str, Any], what: str, text: str, where: str) -> tuple[int, int]:
    start, end = record.get("start"), record.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or isinstance(start, bool):
        raise _error(f"a {what} has no whole numbers as `start` and `end`", where)
    if not 0 <= start < end <= len(text):
        raise _error(f"the {what} {start}-{end} does not lie in the text ({len(text)} characters)", where)
    return start, end
