"""Articles read for an export of a million sentences: typed, checked, without the objects of core.

An article that is not as it should be raises OddError, and the caller reads it as everybody does.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import compress
from pathlib import Path
from typing import Any

import msgspec

from annotator.core.article import LineVerdict
from annotator.storage.fast_index import FastReadError

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
        x.verdict in _ANNOTATED_BY_VERDICT and (x.was is None or x.was in _ANNOTATED_BY_VERDICT) for x in article.lines
    ):
        raise FastReadError("the lines are not those of the text")
    return article
