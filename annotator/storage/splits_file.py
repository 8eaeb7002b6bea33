"""``splits.json``: what an export has fixed of the split, so that later ones keep it.

``groups`` are those of ``export --rebalance``: by article id, the id that its group is drawn by. They name no part, so
they hold for all shares. ``stand_ins`` are the documents that fill a part into which none falls by its hash: for the
shares of that split, and its seed, the part by article id. Articles that come later are drawn as without the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from pathlib import Path

from msgspec import Struct, ValidationError, convert, field

from annotator.core.digest import is_article_id
from annotator.core.errors import CorpusError
from annotator.storage.corpus_layout import SPLITS_FILE
from annotator.storage.file_io import dump_json, parse_json_line, translate_os_errors

SPLITS_FORMAT = 2
"""The version of the file; a higher one is refused. A file without a stand-in is written as version 1."""

SplitShares = tuple[int, int, int]
_PARTS = ("train", "dev", "test")


class _StoredStandIns(Struct, frozen=True):
    shares: SplitShares
    parts: dict[str, str]
    seed: int = 0


class FixedSplit(Struct, frozen=True):
    """What is fixed of a split."""

    groups: Mapping[str, str] = field(default_factory=dict)
    """By article id, what its group is drawn by."""
    stand_ins: Mapping[tuple[SplitShares, int], Mapping[str, str]] = field(default_factory=dict)
    """By the shares in lowest terms with the seed, and by article id, the part."""

    def stand_ins_for(self, shares: SplitShares, seed: int) -> Mapping[str, str]:
        """Return the part by article id for these shares and this seed."""
        return self.stand_ins.get((_lowest_terms(shares), seed), {})

    def with_stand_ins(self, shares: SplitShares, seed: int, parts: Mapping[str, str]) -> FixedSplit:
        """Return the same with further ones; what is there stays."""
        kept = {**parts, **self.stand_ins_for(shares, seed)}
        return FixedSplit(self.groups, {**self.stand_ins, (_lowest_terms(shares), seed): kept})


def _lowest_terms(shares: SplitShares) -> SplitShares:
    train, dev, test = shares
    most = gcd(train, dev, test) or 1
    return train // most, dev // most, test // most


def read_fixed_split(corpus: Path) -> FixedSplit:
    """Return what is fixed of the split of a corpus; raises CorpusError where the file is damaged."""
    path = corpus / SPLITS_FILE
    try:
        with translate_os_errors("read", path):
            return decode_fixed_split(path.read_bytes(), str(path)) if path.exists() else FixedSplit()
    except CorpusError as error:
        if error.do.startswith("update"):
            raise
        do = "restore it from a copy, try `annotator repair`, or remove it: then the groups are drawn again"
        raise CorpusError(error.what, where=error.where, do=do) from error.__cause__


def decode_fixed_split(raw: bytes, where: str) -> FixedSplit:
    """Return what is in the file; raises CorpusError that names ``where``."""
    data = parse_json_line(raw, where)
    if isinstance(version := data.get("_v"), int) and version > SPLITS_FORMAT:
        raise CorpusError(f"a newer Annotator wrote this (format {version})", where=where, do="update Annotator")
    do = "remove the file, or restore it from a copy"
    try:
        groups = convert(data.get("groups"), dict[str, str])
    except ValidationError:
        groups = {"": ""}
    if not all(map(is_article_id, (*groups, *groups.values()))):
        raise CorpusError("`groups` does not give article ids by article id", where=where, do=do)
    try:
        stored = convert(data.get("stand_ins", []), list[_StoredStandIns])
    except ValidationError:
        stored = [_StoredStandIns((0, 0, 0), {"": ""})]
    if not all(is_article_id(a) and part in _PARTS for x in stored for a, part in x.parts.items()):
        raise CorpusError("`stand_ins` does not give parts by article id", where=where, do=do)
    return FixedSplit(groups, {(_lowest_terms(x.shares), x.seed): x.parts for x in stored})


def encode_fixed_split(fixed: FixedSplit) -> bytes:
    """Return the text of the file."""
    stand_ins = [
        {"shares": shares, **({"seed": seed} if seed else {}), "parts": dict(sorted(parts.items()))}
        for (shares, seed), parts in sorted(fixed.stand_ins.items())
        if parts
    ]
    groups = dict(sorted(fixed.groups.items()))
    data = {"_v": SPLITS_FORMAT, "groups": groups, "stand_ins": stand_ins} if stand_ins else {"_v": 1, "groups": groups}
    return dump_json(data, SPLITS_FILE, pretty=True) + b"\n"
