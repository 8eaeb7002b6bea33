"""What CoNLL-U has besides rows and tags: words of several parts, words nobody sees, tags in its last column.

A row ``3-4`` is the word as it stands in the text, the rows 3 and 4 its parts; a row ``8.1`` stands in no
text. Tags are items of the last column, such as ``SpaceAfter=No|NER=B-PER``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from annotator.formats.conll.tags import OUTSIDE, is_tag

COLUMNS = 10
PARTS = "words of several parts whose parts have tags of their own: the first of these counts for the whole"

_KEYS = frozenset({"ner", "ne", "name", "entity"})
"""What the item with the tag is called, small letters aside."""
_WHOLE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_UNSEEN = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")
_NONE = frozenset({"_", "O", ""})

Fields = tuple[str, ...]


def tag_key(rows: Iterable[Fields]) -> str:
    """Return the name of the items in the last column that are tags; empty where none are."""
    for fields in rows:
        for item in fields[-1].split("|"):
            key, _, value = item.partition("=")
            if key.lower() in _KEYS and value not in OUTSIDE and is_tag(value):
                return key
    return ""


def tag_in(value: str, key: str) -> str:
    """Return the tag in a field of the last column, ``O`` where it has none."""
    found = (item.partition("=")[2] for item in value.split("|") if item.partition("=")[0] == key)
    return next(found, "O")


def is_whole(fields: Fields, following: Fields) -> bool:
    """Whether a row is the whole of the parts that follow."""
    fits = _WHOLE.fullmatch(fields[0])
    return fits is not None and int(fits[1]) < int(fits[2]) and following[0] == fits[1]


def is_unseen(fields: Fields) -> bool:
    """Whether a row is a word that stands in no text."""
    return bool(_UNSEEN.fullmatch(fields[0]))


def counts(rows: Iterable[Fields]) -> bool:
    """Whether the first column counts words from 1 on, and has rows besides that are none of these."""
    at, more = 0, False
    for fields in rows:
        description = fields[0]
        if description == str(at + 1):
            at += 1
        elif description.startswith((f"{at + 1}-", f"{at}.")):
            more = True
        else:
            return False
    return more


def parts_of(fields: Fields, following: Sequence[Fields]) -> list[Fields]:
    """Return the rows that are parts of a whole, of those that follow it."""
    last = int(fields[0].partition("-")[2])
    return list(takewhile(lambda r: r[0].isascii() and r[0].isdecimal() and int(r[0][:9]) <= last, following))


def merged(fields: Fields, parts: Sequence[Fields]) -> Fields:
    """Return the whole with what its parts say where it says nothing itself."""
    out = list(fields)
    for n in range(2, len(out)):
        if out[n] in _NONE:
            out[n] = next((p[n] for p in parts if p[n] not in _NONE), out[n])
    return tuple(out)


def differ(parts: Sequence[Fields]) -> bool:
    """Whether the last column gives parts different tags, a tag that goes on left aside."""
    description = {p[-1].removeprefix("B-").removeprefix("I-") for p in parts}
    return len(description) > 1 and any(is_tag(p[-1]) and p[-1] not in OUTSIDE for p in parts)
