"""The store of articles: the only owner of their files."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from annotator.core.article import Article, LineVerdict, SourceLine
from annotator.core.errors import CorpusError
from annotator.storage.articles import (
    ArticleOrigin,
    ArticleStore,
    decode_article,
    encode_article,
    metadata_bytes,
    metadata_digest,
)
from tests.storage.storage_helpers import article, body

ARTICLE = article()
RAW = encode_article(ARTICLE, 4, "web")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> ArticleStore:
    """Make a store without articles."""
    (tmp_path / "articles").mkdir()
    return ArticleStore(tmp_path)


def test_an_article_comes_back(store: ArticleStore) -> None:
    """What is written is read again, with what the corpus alone knows of it."""
    store.add(ARTICLE.id, RAW)
    assert store.get(ARTICLE.id) == ARTICLE
    digest = metadata_digest(metadata_bytes(ARTICLE))
    assert store.get_with_origin(ARTICLE.id) == (ARTICLE, ArticleOrigin("web", 4, meta_digest=digest))
    assert store.has(ARTICLE.id)
    assert store.ids() == {ARTICLE.id}
    changed = store.replace(ARTICLE.id, store.fields(ARTICLE.id) | {"replaced_by": "f" * 12, "new": [1]})
    assert changed.replaced_by == "f" * 12
    assert store.fields(ARTICLE.id)["new"] == [1]


def test_staged_articles_are_moved(store: ArticleStore, tmp_path: Path) -> None:
    """Articles of an import wait in a store of their own; ``remove`` takes them out again."""
    other = body("Another one.", "b.txt")
    (tmp_path / "staged" / "articles").mkdir(parents=True)
    staged = ArticleStore(tmp_path / "staged")
    for one in (ARTICLE, other):
        staged.stage(one.id, encode_article(one, 0))
    store.add_many(staged, [ARTICLE.id, other.id])
    assert (store.ids(), staged.ids()) == ({ARTICLE.id, other.id}, set())
    store.remove([other.id, "f" * 12])
    assert store.ids() == {ARTICLE.id}


@pytest.mark.parametrize("name", ["../x", "", "ABCDEF012345", "0123456789a"])
def test_no_name_from_data_becomes_a_path(store: ArticleStore, name: str) -> None:
    """What is no article id is refused before a path is made of it."""
    assert not store.has(name)
    with pytest.raises(CorpusError, match="is no article id"):
        store.path(name)


def test_a_missing_article_is_an_error(store: ArticleStore) -> None:
    """The error names the corpus and says how to see what is there."""
    with pytest.raises(CorpusError, match=r"there is no article f{12}; `annotator articles` lists them"):
        store.get("f" * 12)


@given(st.integers(0, len(RAW) - 1), st.integers(0, 7))
def test_a_flipped_bit_changes_no_text(at: int, bit: int) -> None:
    """Whatever bit of the file flips, id, digest, text and the number of lines stay or it is refused."""
    raw = bytearray(RAW)
    raw[at] ^= 1 << bit
    try:
        found = decode_article(bytes(raw), "x")
    except CorpusError:
        return
    assert (found.text, found.digest, len(found.lines)) == (ARTICLE.text, ARTICLE.digest, len(ARTICLE.lines))
    assert ARTICLE.digest.startswith(found.id)


def test_an_article_of_the_first_version_is_read() -> None:
    """Fields that later versions added may be missing."""
    old = {k: v for k, v in orjson.loads(RAW).items() if k in {"id", "origin", "digest", "text", "lines"}}
    expected = Article(ARTICLE.id, ARTICLE.origin, ARTICLE.digest, ARTICLE.text, ARTICLE.lines)
    assert decode_article(orjson.dumps(old), "x") == expected


def test_nobody_else_names_an_article_file() -> None:
    """Only the store builds the path of an article; a later change of the layout has one place."""
    pattern = re.compile(r"ARTICLES_FOLDER\s*/|/\s*ARTICLES_FOLDER\s*/|[\"']articles[\"']\s*/|articles/\{")
    allowed = {"storage/articles.py", "checks/corpus_checks.py"}  # the latter names it in a message
    found = [
        path.relative_to(ROOT / "annotator").as_posix()
        for path in (ROOT / "annotator").rglob("*.py")
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert set(found) <= allowed


def test_every_field_of_an_article_comes_back() -> None:
    """A file holds all that the program knows of an article, versions included."""
    texts = {f.name: f"the {f.name}" for f in fields(Article) if f.type is str and f.default == ""}
    lines = (SourceLine(LineVerdict.BODY, "a person's", LineVerdict.BOILERPLATE), *ARTICLE.lines[1:])
    whole = replace(ARTICLE, **texts, lines=lines, meta={"paper": "Gazette", "pages": [1, 2]})
    assert {"replaces", "replaced_by", "byline"} <= set(texts)
    assert decode_article(encode_article(whole, 4, "web"), "x") == whole
