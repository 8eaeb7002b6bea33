"""The groups of articles that ``export --rebalance`` has fixed: ``splits.json`` in the corpus folder.

It holds, by article id, the id that its group is drawn by: no part, so it holds for all shares. A corpus
without the file has fixed nothing; articles that come later are drawn as if it were not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from annotator.core.digest import is_article_id
from annotator.core.errors import CorpusError
from annotator.storage.failures import translate_os_errors
from annotator.storage.jsonl import dump_json, parse_json

SPLITS_FILE = "splits.json"
SPLITS_FORMAT = 1


def read_split_groups(corpus: Path) -> dict[str, str]:
    """Return, by article id, what its group is drawn by; raises CorpusError where the file is damaged."""
    path = corpus / SPLITS_FILE
    with translate_os_errors("read", path):
        if not path.exists():
            return {}
        data = parse_json(path.read_bytes(), str(path))
    if isinstance(version := data.get("_v"), int) and version > SPLITS_FORMAT:
        raise CorpusError(
            f"a newer Annotator wrote this (format {version})", where=str(path), do="update Annotator"
        )
    groups = data.get("groups")
    if not isinstance(groups, dict) or not all(map(_is_article_id_text, (*groups, *groups.values()))):
        raise CorpusError(
            "`groups` does not give article ids by article id",
            where=str(path),
            do="remove the file, or restore it from a copy",
        )
    return groups


def _is_article_id_text(value: object) -> bool:
    return isinstance(value, str) and is_article_id(value)


def encode_split_groups(groups: Mapping[str, str]) -> bytes:
    """Return the text of the file for these groups."""
    return dump_json({"_v": SPLITS_FORMAT, "groups": dict(sorted(groups.items()))}, SPLITS_FILE, pretty=True) + b"\n"
