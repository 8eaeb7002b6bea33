"""What an export carries of an article beside its text, and what an import takes back of that.

The place of a document in its article, the article's own fields and the metadata of its source are one mapping, by
the rule of ``formats.carried_metadata``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from annotator.core.article import Article, ArticleGroup
from annotator.core.metadata_names import ARTICLE_FIELDS, PLACE_FIELDS, merge_metadata, user_metadata

SENTENCES_FIELD = "sentences"
"""The field of the metadata that lists an article's sentences, for formats that have no other place."""
GROUP_FIELD = "group"
ROWS_FIELD = "group_rows"
"""The field of the metadata that lists the articles of which a document is made."""
_OTHERS_PLACE_FIELDS = ("article", "start", "end", SENTENCES_FIELD)
"""What of another tool's metadata is the place of a sentence in an article that an import puts together."""


def carried_metadata(article: Article, place: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a document: its place, its article's fields and group, and the source's own metadata."""
    fields = {name: value for name in ("origin", *ARTICLE_FIELDS) if (value := getattr(article, name))}
    group = {GROUP_FIELD: to_builtins(article.group)} if article.group else {}
    return merge_metadata({**place, **fields, **group}, article.meta, PLACE_FIELDS, ARTICLE_FIELDS)


def is_carried(meta: Mapping[str, Any]) -> bool:
    """Return True if an export of this program has made the metadata: it has an article, and a place in it or a group.

    Other tools have fields of these names too; their values are their own.
    """
    article, sentence = meta.get("article"), meta.get("sentence")
    if not isinstance(article, str) or not article:
        return False
    in_article = isinstance(sentence, str) and sentence.startswith(f"{article}:")
    return in_article or isinstance(meta.get(SENTENCES_FIELD), list) or carried_group(meta) is not None


def restored_metadata(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the source's own metadata of a document that an export has made; of any other document all of it."""
    if not is_carried(meta):
        return dict(meta)
    return user_metadata(_without(meta, PLACE_FIELDS), (*PLACE_FIELDS, *ARTICLE_FIELDS))


def shared_metadata(metas: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return the metadata that the sentences of one article have in common, and the names in which they differ."""
    known = [restored_metadata(m) if is_carried(m) else _without(m, _OTHERS_PLACE_FIELDS) for m in metas]
    names = dict.fromkeys(name for meta in known for name in meta)
    first, *rest = known
    same = {k: v for k, v in first.items() if all(k in m and m[k] == v for m in rest)}
    return same, [name for name in names if name not in same]


def _without(meta: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {k: v for k, v in meta.items() if k not in names}


def restored_article(article: Article, meta: Mapping[str, Any]) -> Article:
    """Return an article with the fields, the origin and the group that an export has carried."""
    if not is_carried(meta):
        return article
    texts = {name: meta[name] for name in ARTICLE_FIELDS if isinstance(meta.get(name), str) and meta[name].strip()}
    fields = {name: " ".join(text.split()) for name, text in texts.items() if not getattr(article, name)}
    origin = meta.get("origin")
    fields["origin"] = origin if isinstance(origin, str) and origin else article.origin
    return replace(article, **fields, group=article.group or carried_group(meta))


def carried_group(meta: Mapping[str, Any]) -> ArticleGroup | None:
    """Return the group that an export has carried; None where there is none."""
    match meta.get(GROUP_FIELD):
        case {"field": str(name), "value": str(value), "position": int(position)} if name and position >= 0:
            return ArticleGroup(name, value, position)
    return None
