"""The articles of a corpus: a JSON file each. Nothing else knows where these files are."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import orjson
from msgspec import Struct, to_builtins

from annotator.core.article import Article
from annotator.core.digest import is_article_id, text_digest
from annotator.core.errors import CorpusError, DamagedArticleError, SourceError
from annotator.storage.atomic import sync_files, sync_folder, write_atomic
from annotator.storage.corpus_layout import ARTICLES_FOLDER
from annotator.storage.file_io import REPAIR_HINT, dump_json, parse_json_line, translate_os_errors

_TEXT_FIELDS = ("title", "byline", "dateline", "date", "source")
_GONE_HINT = "put it back, or leave and open the corpus where it is now: what is not saved there is kept"
_LIST_HINT = "`annotator articles` lists them"


class ArticleOrigin(Struct, frozen=True):
    """What an article's file holds for the corpus alone."""

    came_from: str = ""
    """What its source is known by at a later ingest; empty where that is not known."""
    sentences: int | None = None
    """How many lines of ``sentences.jsonl`` belong to it; None where the file lacks it."""
    replaces: str = ""
    replaced_by: str = ""
    meta_digest: str = ""
    """The digest of title, byline, date and other metadata; empty in a file of an earlier version."""


_article_decoder = msgspec.json.Decoder(Article)
_origin_decoder = msgspec.json.Decoder(ArticleOrigin)
_DECODE_ERRORS = (msgspec.MsgspecError, UnicodeError, RecursionError)


def check_article(article: Article) -> None:
    """Raise CorpusError unless id, digest, text and lines of an article agree with each other."""
    if not is_article_id(article.id):
        what = f"{article.id!r} is no article id"
        raise CorpusError(what, where=article.origin, do="use the first 12 hex digits of the digest")
    try:
        digest = text_digest(article.text)
    except SourceError as error:
        raise CorpusError(error.what, where=f"{article.origin}: {error.where}", do=error.do) from None
    where, do = f"article {article.id}", "ingest the source again"
    if article.digest != digest or not digest.startswith(article.id):
        raise CorpusError("digest and id do not belong to the text", where=where, do=do)
    lines = article.text.count("\n") + 1
    if len(article.lines) != lines:
        raise CorpusError(f"there are {len(article.lines)} verdicts for {lines} lines", where=where, do=do)


_META_FIELDS = ("origin", *_TEXT_FIELDS, "meta")


def metadata_bytes(article: Article) -> bytes:
    """Return title, byline, date and other metadata as the bytes that their digest is made of.

    Raises CorpusError for what JSON can't hold.
    """
    fields = [getattr(article, key) for key in _META_FIELDS]
    return dump_json([*fields, to_builtins(article.group)] if article.group else fields, article.origin, sort=True)


def metadata_digest(data: bytes) -> str:
    """Return the digest of metadata; it is no secret, and 64 bits find every slip."""
    return sha256(data).hexdigest()[:16]


def with_metadata(fields: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """Return an article's JSON with the metadata in ``data``, and their digest."""
    values = dict(zip((*_META_FIELDS, "group"), orjson.loads(data), strict=False))
    return {**fields, **values, "meta_digest": metadata_digest(data)}


def with_new_metadata(before: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return an article's JSON with the digest of its new metadata, if the old one was right."""
    if before.get("meta_digest") != metadata_digest(metadata_bytes(msgspec.convert(before, Article))):
        return after
    return with_metadata(after, metadata_bytes(msgspec.convert(after, Article)))


def encode_article(article: Article, sentences: int, came_from: str = "") -> bytes:
    """Return the article's file; ``sentences`` is how many lines of ``sentences.jsonl`` belong to it.

    ``came_from`` is what its source is known by at a later ingest; left out where it is empty.
    """
    _check_finite_numbers(article.meta, f"article {article.id}")
    fields = {
        "id": article.id,
        "origin": article.origin,
        **({"came_from": came_from} if came_from else {}),
        "digest": article.digest,
        "text": article.text,
        **{key: getattr(article, key) for key in _TEXT_FIELDS},
        "lines": [
            {"verdict": x.verdict, "reason": x.reason, **({"was": x.was} if x.was else {})} for x in article.lines
        ],
        "meta": article.meta,
        **({"group": to_builtins(article.group, order="sorted")} if article.group else {}),
        "meta_digest": metadata_digest(metadata_bytes(article)),
        "replaces": article.replaces,
        "replaced_by": article.replaced_by,
        **({"doubt": article.doubt} if article.doubt else {}),
        "sentences": sentences,
        "history": [],
    }
    return encode_article_fields(fields, article.origin)


def encode_article_fields(fields: Mapping[str, Any], where: str) -> bytes:
    """Return the bytes of an article's file; raises CorpusError that names ``where``."""
    return dump_json(fields, where, pretty=True) + b"\n"


def decode_article(raw: bytes, where: str, article_id: str = "") -> Article:
    """Return the article in its file's bytes; raises CorpusError that names ``where``.

    With an ``article_id`` it must have this id.
    """
    try:
        article = _article_decoder.decode(raw)
    except _DECODE_ERRORS as error:
        raise _damage_error(error, raw, where) from None
    if article_id and article.id != article_id:
        raise DamagedArticleError("the file's name is not the article's id", where=where, do=REPAIR_HINT)
    try:
        check_article(article)
    except CorpusError as error:
        raise DamagedArticleError(error.what, where=where, do=REPAIR_HINT) from None
    return article


def has_other_metadata(article: Article, origin: ArticleOrigin) -> bool:
    """Return True if the metadata of an article have changed since their digest was made."""
    return bool(origin.meta_digest) and origin.meta_digest != metadata_digest(metadata_bytes(article))


def decode_origin(raw: bytes, where: str) -> ArticleOrigin:
    """Return what an article's file holds for the corpus alone; raises DamagedArticleError that names ``where``."""
    try:
        return _origin_decoder.decode(raw)
    except _DECODE_ERRORS as error:
        raise _damage_error(error, raw, where) from None


def _damage_error(error: Exception, raw: bytes, where: str) -> CorpusError:
    """Return the error for bytes that a typed decoder refuses."""
    try:
        parse_json_line(raw, where)
    except CorpusError as no_json:
        error = ValueError(no_json.what)
    return DamagedArticleError(f"the article is damaged: {error}", where=where, do=REPAIR_HINT)


def _check_finite_numbers(value: Any, where: str) -> None:
    """Raise CorpusError for a number that JSON can't hold: orjson would write null in silence."""
    if isinstance(value, float) and not math.isfinite(value):
        what = f"`meta` holds {value}, which JSON has no word for"
        raise CorpusError(what, where=where, do="correct the source")
    if isinstance(value, Mapping | list | tuple):
        for child in value.values() if isinstance(value, Mapping) else value:
            _check_finite_numbers(child, where)


class ArticleStore:
    """The articles in a corpus folder, or in the folder in which an import is prepared."""

    def __init__(self, corpus: Path) -> None:
        """Point to the folder; nothing is read yet."""
        self.folder = corpus / ARTICLES_FOLDER
        self.changed_metadata: dict[str, None] = {}
        """The articles, among those that were read, whose metadata are not as their digest has them."""

    def path(self, article_id: str) -> Path:
        """Return the file of an article, there or not; raises CorpusError for what is no article id."""
        if not is_article_id(article_id):
            raise CorpusError(f"{article_id!r} is no article id", where=str(self.folder.parent), do=_LIST_HINT)
        return self.folder / f"{article_id}.json"

    def has(self, article_id: str) -> bool:
        """Return True if the article is there."""
        return is_article_id(article_id) and self.path(article_id).is_file()

    def ids(self) -> set[str]:
        """Return the ids of the articles; other files in the folder mean nothing."""
        try:
            with os.scandir(self.folder) as entries:
                names = [e.name.removesuffix(".json") for e in entries if e.name.endswith(".json")]
        except FileNotFoundError:
            return set()
        return {n for n in names if is_article_id(n)}

    def get(self, article_id: str) -> Article:
        """Return an article as it is on the disk now; raises CorpusError."""
        raw = self._read(article_id)
        article = self._decode(article_id, raw)
        if b'"meta_digest"' in raw and has_other_metadata(article, self._decode_origin(article_id, raw)):
            self.changed_metadata[article_id] = None
        else:
            self.changed_metadata.pop(article_id, None)
        return article

    def get_with_origin(self, article_id: str) -> tuple[Article, ArticleOrigin]:
        """Return an article and what its file holds for the corpus alone; raises CorpusError."""
        raw = self._read(article_id)
        return self._decode(article_id, raw), self._decode_origin(article_id, raw)

    def origin(self, article_id: str) -> ArticleOrigin:
        """Return what an article's file holds for the corpus alone; raises CorpusError."""
        return self._decode_origin(article_id, self._read(article_id))

    def fields(self, article_id: str) -> dict[str, Any]:
        """Return the JSON object of an article, with fields of later versions too; raises CorpusError."""
        raw = self._read(article_id)
        self._decode(article_id, raw)
        return parse_json_line(raw, str(self.path(article_id)))

    def add(self, article_id: str, data: bytes) -> None:
        """Write the file of an article durably; raises OSError."""
        write_atomic(self.path(article_id), data)

    def stage(self, article_id: str, data: bytes) -> None:
        """Write the file of an article that ``add_many`` moves into a corpus later; raises OSError."""
        self.path(article_id).write_bytes(data)

    def add_many(self, staged: ArticleStore, ids: Iterable[str]) -> None:
        """Move staged articles here, durably; raises OSError."""
        paths = {article_id: staged.path(article_id) for article_id in ids}
        sync_files(paths.values())
        for article_id, path in paths.items():
            path.replace(self.path(article_id))
        sync_folder(self.folder)

    def replace(self, article_id: str, fields: Mapping[str, Any]) -> Article:
        """Write an article with these fields in place of the old one, and return it; raises CorpusError."""
        where = str(self.path(article_id))
        data = encode_article_fields(fields, where)
        article = decode_article(data, where)
        self.add(article_id, data)
        return article

    def remove(self, ids: Iterable[str]) -> None:
        """Remove articles, as far as they are there; raises OSError."""
        for article_id in ids:
            self.path(article_id).unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            sync_folder(self.folder)

    def _read(self, article_id: str) -> bytes:
        path = self.path(article_id)
        with translate_os_errors("read", path, DamagedArticleError):
            try:
                with path.open("rb", buffering=0) as file:  # read whole: a buffer would only take time
                    return file.read()
            except FileNotFoundError:
                if not self.folder.is_dir():  # no article is damaged: all are back when the folder is
                    where = str(self.folder.parent)
                    raise CorpusError("the corpus folder is gone", where=where, do=_GONE_HINT) from None
                what = f"there is no article {article_id}"
                raise CorpusError(what, where=str(self.folder.parent), do=_LIST_HINT) from None

    def _decode(self, article_id: str, raw: bytes) -> Article:
        return decode_article(raw, str(self.path(article_id)), article_id)

    def _decode_origin(self, article_id: str, raw: bytes) -> ArticleOrigin:
        return decode_origin(raw, str(self.path(article_id)))
