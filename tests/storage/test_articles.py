"""The store of articles: the only owner of their files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from annotator.core.article import Article, ArticleGroup, LineVerdict, SourceLine
from annotator.core.errors import CorpusError, DamagedArticleError
from annotator.storage.articles import (
    ArticleOrigin,
    ArticleStore,
    check_article,
    decode_article,
    decode_origin,
    encode_article,
    has_other_metadata,
    metadata_bytes,
    metadata_digest,
    with_new_metadata,
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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "../x"}, "ferry.txt: '../x' is no article id; use the first 12 hex digits of the digest"),
        (
            {"text": "a\ud800"},
            (
                "ferry.txt: character 1: the text holds half a character (a lone surrogate, U+D800); "
                "save the source again as UTF-8"
            ),
        ),
        ({"text": "Other"}, "article ID: digest and id do not belong to the text; ingest the source again"),
        ({"digest": "0" * 64}, "article ID: digest and id do not belong to the text; ingest the source again"),
        ({"id": "0" * 12}, "article ID: digest and id do not belong to the text; ingest the source again"),
        ({"lines": ARTICLE.lines[:3]}, "article ID: there are 3 verdicts for 5 lines; ingest the source again"),
        ({"lines": ARTICLE.lines * 2}, "article ID: there are 10 verdicts for 5 lines; ingest the source again"),
    ],
)
def test_an_article_that_contradicts_itself_is_refused(change: dict[str, Any], message: str) -> None:
    """What is wrong, where and what to do; in its file the same is damage, and repair is named."""
    wrong = replace(ARTICLE, **change)
    with pytest.raises(CorpusError) as caught:
        check_article(wrong)
    assert str(caught.value).replace(wrong.id, "ID") == message.replace(wrong.id, "ID")
    if not change.get("text", "").endswith("\ud800"):
        with pytest.raises(DamagedArticleError) as caught:
            decode_article(encode_article(wrong, 4), "x.json")
        assert (caught.value.what, caught.value.where) == (message.partition(": ")[2].partition("; ")[0], "x.json")
        assert caught.value.do == "try `annotator repair`, or restore the file from a copy"


@given(st.dictionaries(st.sampled_from(["title", "byline", "meta"]), st.sampled_from(["x", "y"])), st.booleans())
def test_a_digest_of_metadata_is_renewed_where_it_was_right(change: dict[str, str], was_right: bool) -> None:
    """Then the new metadata have a right one; a wrong or missing one stays, so that the change is still found."""
    before = orjson.loads(RAW) if was_right else orjson.loads(RAW) | {"meta_digest": "0" * 16}
    new = {k: {"n": v} if k == "meta" else v for k, v in change.items()}
    after = with_new_metadata(before, before | new)
    assert {k: v for k, v in after.items() if k != "meta_digest"} == {
        k: v for k, v in (before | new).items() if k != "meta_digest"
    }
    article = decode_article(orjson.dumps(after), "x")
    assert has_other_metadata(article, decode_origin(orjson.dumps(after), "x")) == (not was_right)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_hold_is_refused(number: float) -> None:
    """However deep it is: it would be written as null in silence."""
    for meta in ({"a": number}, {"a": [1, {"b": (number,)}]}):
        with pytest.raises(CorpusError) as caught:
            encode_article(replace(ARTICLE, meta=meta), 4)
        what = f"`meta` holds {number}, which JSON has no word for"
        assert str(caught.value) == f"article {ARTICLE.id}: {what}; correct the source"


def test_every_field_of_an_article_comes_back() -> None:
    """A file holds all that the program knows of an article, versions included."""
    texts = {f.name: f"the {f.name}" for f in fields(Article) if f.type is str and f.default == ""}
    lines = (SourceLine(LineVerdict.BODY, "a person's", LineVerdict.BOILERPLATE), *ARTICLE.lines[1:])
    whole = replace(ARTICLE, **texts, lines=lines, meta={"paper": "Gazette", "pages": [1, 2]})
    assert {"replaces", "replaced_by", "byline"} <= set(texts)
    assert decode_article(encode_article(whole, 4, "web"), "x") == whole


def test_a_group_comes_back_and_a_change_of_it_is_noticed() -> None:
    """The document that an article is a part of is stored, and its digest tells when somebody changes it."""
    grouped = replace(ARTICLE, group=ArticleGroup("doc", "wsj_0001", 3))
    raw = encode_article(grouped, 4, "web")
    assert decode_article(raw, "") == grouped
    changed = raw.replace(b'"wsj_0001"', b'"wsj_0002"')
    assert has_other_metadata(decode_article(changed, ""), decode_origin(changed, ""))
    assert encode_article(ARTICLE, 4, "web").find(b'"group"') == -1
