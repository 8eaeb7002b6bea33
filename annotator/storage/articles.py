"""An article as its JSON file, and the switching of its lines with undo."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from annotator.core.article import Article, SourceLine, LineVerdict
from annotator.core.digest import text_digest, is_article_id
from annotator.core.errors import CorpusError, SourceError
from annotator.storage.tokens import require_str

_TEXT_FIELDS = ("title", "byline", "dateline", "date", "source")


def check_article(article: Article) -> None:
    """Raise CorpusError unless id, digest, text and lines of an article agree with each other."""
    if not is_article_id(article.id):
        raise CorpusError(
            f"{article.id!r} is no article id",
            where=article.origin,
            do="use the first 12 hex digits of the digest",
        )
    try:
        digest = text_digest(article.text)
    except SourceError as error:
        raise CorpusError(error.what, where=f"{article.origin}: {error.where}", do=error.do) from None
    if article.digest != digest or not digest.startswith(article.id):
        raise CorpusError(
            "digest and id do not belong to the text",
            where=f"article {article.id}",
            do="ingest the source again",
        )
    if len(article.lines) != article.text.count("\n") + 1:
        raise CorpusError(
            f"there are {len(article.lines)} verdicts for {article.text.count(chr(10)) + 1} lines",
            where=f"article {article.id}",
            do="ingest the source again",
        )


def encode_article(article: Article, sentences: int, came_from: str = "") -> dict[str, Any]:
    """Return the article's JSON; ``sentences`` is how many lines of ``sentences.jsonl`` belong to it.

    ``came_from`` is what its source is known by at a later ingest; left out where it is empty.
    """
    _check_finite_numbers(article.meta, f"article {article.id}")
    return {
        "id": article.id,
        "origin": article.origin,
        **({"came_from": came_from} if came_from else {}),
        "digest": article.digest,
        "text": article.text,
        **{key: getattr(article, key) for key in _TEXT_FIELDS},
        "lines": [_encode_line(line) for line in article.lines],
        "meta": article.meta,
        "replaces": article.replaces,
        "replaced_by": article.replaced_by,
        "sentences": sentences,
        "history": [],
    }


def decode_article(data: Mapping[str, Any], where: str) -> Article:
    """Return the article of such a JSON; raises CorpusError naming ``where`` for anything amiss."""
    try:
        article = Article(
            id=require_str(data, "id"),
            origin=require_str(data, "origin"),
            digest=require_str(data, "digest"),
            text=require_str(data, "text"),
            lines=tuple(_decode_line(x) for x in data["lines"]),
            meta=dict(data.get("meta", {})),
            replaces=str(data.get("replaces", "")),
            replaced_by=str(data.get("replaced_by", "")),
            **{key: str(data.get(key, "")) for key in _TEXT_FIELDS},
        )
        check_article(article)
    except CorpusError as error:
        raise CorpusError(error.what, where=where, do="restore the file from a copy") from None
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(
            f"the article is damaged: {error}", where=where, do="restore the file from a copy"
        ) from None
    return article


def _encode_line(line: SourceLine) -> dict[str, Any]:
    fields = {"verdict": line.verdict.value, "reason": line.reason}
    return fields | {"was": line.was.value} if line.was else fields


def _decode_line(value: Any) -> SourceLine:
    was = LineVerdict(value["was"]) if value.get("was") else None
    return SourceLine(LineVerdict(value["verdict"]), require_str(value, "reason"), was)


def _check_finite_numbers(value: Any, where: str) -> None:
    """Raise CorpusError for a number that JSON can't hold: orjson would write null in silence."""
    if isinstance(value, float) and not math.isfinite(value):
        raise CorpusError(
            f"`meta` holds {value}, which JSON has no word for", where=where, do="correct the source"
        )
    children = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    )
    for child in children:
        _check_finite_numbers(child, where)


def switch_line(data: Mapping[str, Any], line: int, verdict: LineVerdict, by: str, time: float) -> dict[str, Any]:
    """Return an article's JSON with line ``line`` (from 0) switched, the deed noted in ``history``.

    Back to the machine's own verdict means its own reason again. The same verdict changes nothing.
    """
    before = data["lines"][line]
    if before["verdict"] == verdict.value:
        return dict(data)
    was, was_reason = before.get("was", before["verdict"]), before.get("was_reason", before["reason"])
    if verdict.value == was:
        after = {"verdict": was, "reason": was_reason}
    else:
        after = {
            "verdict": verdict.value,
            "reason": f"switched by {by}",
            "was": was,
            "was_reason": was_reason,
        }
    event = {"op": "switch", "line": line, "before": before, "after": after, "by": by, "time": int(time)}
    return _replace_line(data, line, after, event)


def undo_switch(data: Mapping[str, Any], by: str, time: float) -> dict[str, Any] | None:
    """Return an article's JSON with its last switch taken back, or None where there is none.

    The history is only ever added to: an undo is a deed of its own and voids the last open switch.
    """
    try:
        return _undo_last_switch(data, by, time)
    except (KeyError, TypeError) as error:
        raise CorpusError(
            f"the article's history is damaged: {error}",
            where=f"article {data.get('id')}",
            do="restore the file from a copy",
        ) from None


def _undo_last_switch(data: Mapping[str, Any], by: str, time: float) -> dict[str, Any] | None:
    undone = 0
    for event in reversed(data.get("history", [])):
        if event["op"] == "undo":
            undone += 1
        elif undone:
            undone -= 1
        else:
            undo = {"op": "undo", "line": event["line"], "by": by, "time": int(time)}
            return _replace_line(data, event["line"], event["before"], undo)
    return None


def _replace_line(data: Mapping[str, Any], line: int, after: Any, event: dict[str, Any]) -> dict[str, Any]:
    lines = [after if i == line else x for i, x in enumerate(data["lines"])]
    return {**data, "lines": lines, "history": [*data.get("history", []), event]}
