"""An article as its JSON file, and the switching of its lines with undo."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import compress
from pathlib import Path
from typing import Any

import msgspec

from annotator.core.article import Article, LineVerdict, SourceLine
from annotator.core.digest import is_article_id, text_digest
from annotator.core.errors import CorpusError, SourceError
from annotator.storage.journal_index import FastReadError

_TEXT_FIELDS = ("title", "byline", "dateline", "date", "source")


def require_str(value: Mapping[str, Any], key: str) -> str:
    """Return ``value[key]``; raises ValueError unless it is a string."""
    found = value.get(key)
    if not isinstance(found, str):
        raise ValueError(f"`{key}` is no text")  # noqa: TRY004  (stored data)
    return found


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


def switch_line(
    data: Mapping[str, Any], line: int, verdict: LineVerdict, by: str, time: float
) -> dict[str, Any]:
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


# Which articles of a source are in the queue, learnt from each article once.


class SourceIndex:
    """The articles that came from each source, in the order of ingest, and which of them are replaced."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known_ids: set[str] = set()
        self._by_source: dict[str, list[str]] = {}
        self._replaced_ids: set[str] = set()

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._known_ids

    def add(self, data: Mapping[str, Any]) -> None:
        """Take in an article's JSON; again, when it was changed."""
        article_id = data["id"]
        if article_id not in self._known_ids:
            self._known_ids.add(article_id)
            self._by_source.setdefault(str(data.get("came_from", "")), []).append(article_id)
        (self._replaced_ids.add if data.get("replaced_by") else self._replaced_ids.discard)(article_id)

    def article_ids(self, source: str) -> tuple[str, ...]:
        """Return the articles of a source that no other replaces; none where the source is empty."""
        ids = self._by_source.get(source, []) if source else []
        return tuple(x for x in ids if x not in self._replaced_ids)


# Articles read for an export of a million sentences: typed, checked, without the objects of core.
#
# An article that is not as it should be raises OddError, and the caller reads it as everybody does.


_READ_SIZE = 1 << 16
"""How many bytes are read at a time: more than nearly any article has."""
_ANNOTATED_BY_VERDICT = {verdict.value: verdict.annotated for verdict in LineVerdict}


class _FastLine(msgspec.Struct, gc=False):
    verdict: str
    reason: str
    was: str | None = None


class FastArticle(msgspec.Struct, gc=False):
    """An article with its text, checked: what an export tells of it, and whether all lines are annotated."""

    id: str
    origin: str
    digest: str
    text: str
    lines: list[_FastLine]
    title: str = ""
    byline: str = ""
    dateline: str = ""
    date: str = ""
    source: str = ""
    meta: dict[str, Any] = {}
    replaces: str = ""
    replaced_by: str = ""

    @property
    def fully_annotated(self) -> bool:
        """Whether all its lines are annotated."""
        return all([_ANNOTATED_BY_VERDICT[line.verdict] for line in self.lines])  # noqa: C419  (a generator takes longer)

    @property
    def ingested_text(self) -> str:
        """Its lines that were annotated at ingest, whatever a person has switched since."""
        on = [_ANNOTATED_BY_VERDICT[line.was or line.verdict] for line in self.lines]
        return self.text if all(on) else "\n".join(compress(self.text.split("\n"), on))


_decode_fast_article = msgspec.json.Decoder(FastArticle).decode


def read_fast_articles(folder: Path, ids: Iterable[str]) -> Iterator[FastArticle]:
    """Yield the articles of these ids from their files; raises OddError, OSError."""
    there = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        for article_id in ids:
            yield _check_fast_article(_read_article_file(f"{article_id}.json", there), article_id)
    finally:
        os.close(there)


def _read_article_file(name: str, folder: int) -> bytes:
    file = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        data = os.read(file, _READ_SIZE)
        while len(data) % _READ_SIZE == 0 and (more := os.read(file, _READ_SIZE)):
            data += more
    finally:
        os.close(file)
    return data


def _check_fast_article(data: bytes, article_id: str) -> FastArticle:
    try:
        article = _decode_fast_article(data)
        digest = sha256(article.text.encode()).hexdigest()
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise FastReadError(str(error)) from None
    if article.id != article_id or article.digest != digest or not digest.startswith(article_id):
        raise FastReadError("the name, the id, the digest and the text are not of one article")
    if len(article.lines) != article.text.count("\n") + 1 or not all(
        x.verdict in _ANNOTATED_BY_VERDICT and (x.was is None or x.was in _ANNOTATED_BY_VERDICT)
        for x in article.lines
    ):
        raise FastReadError("the lines are not those of the text")
    return article
