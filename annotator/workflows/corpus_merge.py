"""Several corpora as one new folder: articles, sentences, suggestions and ledgers of imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from annotator.core.errors import CorpusError
from annotator.storage.articles import decode_article, encode_article_fields
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import (
    ANNOTATIONS_FOLDER,
    ARTICLES_FOLDER,
    LEDGERS_FOLDER,
    MIGRATIONS_FILE,
    SENTENCES_FILE,
    SETTINGS_FILE,
    SPLITS_FILE,
    SUGGESTIONS_FOLDER,
    encode_split_groups,
    read_split_groups,
)
from annotator.storage.file_io import translate_os_errors
from annotator.storage.import_transaction import ImportStaging
from annotator.storage.migrations import read_migrations
from annotator.storage.suggestions import read_suggestion_index, source_names, suggestion_path

_ARTICLE_FIELDS = ("origin", "title", "byline", "dateline", "date", "source", "meta")
_VERSION_FIELDS = ("replaces", "replaced_by")


class ArticleDifferences(Struct):
    """What two corpora have differently of one article; the first one's value stays."""

    conflicts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Without the article, so that what many have in common is listed once."""


def corpora_by_article(corpora: Sequence[CorpusFolder]) -> dict[str, list[CorpusFolder]]:
    """Return the corpora that have each article, by id, in the order of the corpora and of ingest."""
    out: dict[str, list[CorpusFolder]] = {}
    for corpus in corpora:
        for article_id in corpus.article_ids():
            out.setdefault(article_id, []).append(corpus)
    return out


def merge_article(staging: ImportStaging, article_id: str, owners: Sequence[CorpusFolder]) -> ArticleDifferences:
    """Prepare an article as all that have it know it; raises CorpusError for one that is damaged.

    A line that a person has switched in one corpus is switched; a difference between two switches is listed.
    """
    differences = ArticleDifferences()
    data = owners[0].articles.fields(article_id)
    sentences = owners[0].sentences(article_id)
    for other in owners[1:]:
        data = _merge_fields(data, other.articles.fields(article_id), other, differences)
        if other.sentences(article_id) != sentences:
            differences.conflicts.append(f"article {article_id}: {other.path} has cut it into other sentences")
    raw = encode_article_fields(data, article_id)
    decode_article(raw, f"article {article_id}")
    staging.add_prepared_article(article_id, raw, sentences)
    return differences


def _merge_fields(
    a: dict[str, Any], b: dict[str, Any], other: CorpusFolder, differences: ArticleDifferences
) -> dict[str, Any]:
    """Return an article's JSON with what another corpus knows of it."""
    where = f"article {a['id']}"
    if a["digest"] != b["digest"]:
        what = f"two articles have the id {a['id']}, with different texts"
        raise CorpusError(what, where=str(other.path), do="merge the corpora without one of them")
    for key in _ARTICLE_FIELDS:
        if a.get(key) and b.get(key) and a[key] != b[key]:
            differences.notes.append(f"{other.path} has another {key}; the first one stays")
    filled = {k: b[k] for k in (*_ARTICLE_FIELDS, *_VERSION_FIELDS, "came_from") if b.get(k) and not a.get(k)}
    for key in _VERSION_FIELDS:
        if a.get(key) and b.get(key) and a[key] != b[key]:
            differences.conflicts.append(f"{where}: {other.path} names another version under `{key}`")
    lines = [_merge_line(x, y) for x, y in zip(a["lines"], b["lines"], strict=True)]
    unlike = [i for i, line in enumerate(lines, 1) if line is None]
    if unlike:
        numbers = ", ".join(map(str, unlike))
        differences.conflicts.append(f"{where}: {other.path} has another verdict on line {numbers}")
    kept = [x if line is None else line for x, line in zip(a["lines"], lines, strict=True)]
    events = [x for x in b.get("history", []) if x not in a.get("history", [])]
    return {**a, **filled, "lines": kept, "history": [*a.get("history", []), *events]}


def _merge_line(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any] | None:
    """Return the line that a person has switched, or either where both are alike; None for a conflict."""
    if a["verdict"] == b["verdict"]:
        return a
    if a.get("was") and not b.get("was"):
        return a
    return b if b.get("was") and not a.get("was") else None


def merge_suggestions(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> None:
    """Prepare the suggestions of all sources; where several corpora have a sentence the first counts.

    Lines that are damaged stay behind: suggestions can be made again.
    """
    for source in sorted({name for c in corpora for name in source_names(c.path)}):
        known: set[tuple[str, int, int]] = set()
        chunks = [
            _new_suggestion_lines(suggestion_path(c.path, source), known)
            for c in corpora
            if source in source_names(c.path)
        ]
        staging.add_file(f"{SUGGESTIONS_FOLDER}/{source}.jsonl", b"".join(chunks))


def _new_suggestion_lines(path: Path, known: set[tuple[str, int, int]]) -> bytes:
    """Return the lines of a suggestion file for places that are not known yet."""
    with translate_os_errors("read", path):
        index, data = read_suggestion_index(path), path.read_bytes()
    new = [e for e in index.entries if (e.article, e.start, e.end) not in known]
    known.update((e.article, e.start, e.end) for e in new)
    return b"".join(data[e.offset : e.offset + e.length] + b"\n" for e in new)


def merge_split_groups(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> list[str]:
    """Prepare the groups that ``export --rebalance`` has fixed, so that no article moves to another part.

    Return the articles that two corpora have fixed in two groups; the first one's stays.
    """
    groups: dict[str, str] = {}
    unlike = []
    for corpus in corpora:
        for article, key in read_split_groups(corpus.path).items():
            if groups.setdefault(article, key) != key:
                unlike.append(f"article {article}: {corpus.path / SPLITS_FILE} has fixed it in another group")
    if groups:
        staging.add_file(SPLITS_FILE, encode_split_groups(groups))
    return unlike


def merge_migrations(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> list[str]:
    """Prepare the list of label migrations where all corpora, copies of one, have had the same.

    Return the lists that are not taken over: their migrations cannot be taken back any more.
    """
    first, *others = (read_migrations(c.path) for c in corpora)
    if all(other == first for other in others):
        if first:
            staging.add_file(MIGRATIONS_FILE, (corpora[0].path / MIGRATIONS_FILE).read_bytes())
        return []
    having = [c.path / MIGRATIONS_FILE for c in corpora if read_migrations(c.path)]
    return [f"{path}: the corpora have had different migrations" for path in having]


def merge_import_ledgers(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> list[str]:
    """Prepare the ledgers of imports; return those whose name another one has."""
    there: dict[str, bytes] = {}
    unlike = []
    for corpus in corpora:
        folder = corpus.path / LEDGERS_FOLDER
        with translate_os_errors("read", folder):
            files = sorted(p for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []
            for path in files:
                data = path.read_bytes()
                if there.setdefault(path.name, data) != data:
                    unlike.append(f"{path}: another corpus has a ledger of this name")
    for name, data in there.items():
        staging.add_file(f"{LEDGERS_FOLDER}/{name}", data)
    return unlike


def unmerged_files(corpora: Iterable[CorpusFolder]) -> list[str]:
    """Return the files and folders of corpora that are no part of one."""
    out = []
    for corpus in corpora:
        ours = {
            SETTINGS_FILE,
            corpus.schema_path.name,
            ARTICLES_FOLDER,
            SENTENCES_FILE,
            ANNOTATIONS_FOLDER,
            SUGGESTIONS_FOLDER,
            LEDGERS_FOLDER,
            SPLITS_FILE,
            MIGRATIONS_FILE,
        }
        with translate_os_errors("read", corpus.path):
            names = sorted(p.name for p in corpus.path.iterdir())
        out += [str(corpus.path / n) for n in names if n not in ours and not n.startswith(".")]
    return out
