"""What CoNLL-U has besides rows and tags: words of several parts, words nobody sees, tags in its last column.

A row ``3-4`` is the word as it stands in the text, the rows 3 and 4 its parts; a row ``8.1`` stands in no
text. Tags are items of the last column, such as ``SpaceAfter=No|NER=B-PER``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from annotator.formats.tag_schemes import OUTSIDE_TAGS, is_tag

CONLLU_COLUMNS = 10
PARTS_WITH_TAGS = (
    "words of several parts whose parts have tags of their own: the first of these counts for the whole"
)

_TAG_KEYS = frozenset({"ner", "ne", "name", "entity"})
"""What the item with the tag is called, small letters aside."""
_WORD_RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_EMPTY_NODE = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")
_NO_VALUE = frozenset({"_", "O", ""})

ConllFields = tuple[str, ...]


def tag_key(rows: Iterable[ConllFields]) -> str:
    """Return the name of the items in the last column that are tags; empty where none are."""
    for fields in rows:
        for item in fields[-1].split("|"):
            key, _, value = item.partition("=")
            if key.lower() in _TAG_KEYS and value not in OUTSIDE_TAGS and is_tag(value):
                return key
    return ""


def tag_in_field(value: str, key: str) -> str:
    """Return the tag in a field of the last column, ``O`` where it has none."""
    found = (item.partition("=")[2] for item in value.split("|") if item.partition("=")[0] == key)
    return next(found, "O")


def is_multiword(fields: ConllFields, following: ConllFields) -> bool:
    """Whether a row is the whole of the parts that follow."""
    fits = _WORD_RANGE.fullmatch(fields[0])
    return fits is not None and int(fits[1]) < int(fits[2]) and following[0] == fits[1]


def is_empty_node(fields: ConllFields) -> bool:
    """Whether a row is a word that stands in no text."""
    return bool(_EMPTY_NODE.fullmatch(fields[0]))


def counts_words(rows: Iterable[ConllFields]) -> bool:
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


def parts_of_word(fields: ConllFields, following: Sequence[ConllFields]) -> list[ConllFields]:
    """Return the rows that are parts of a whole, of those that follow it."""
    last = int(fields[0].partition("-")[2])
    return list(takewhile(lambda r: r[0].isascii() and r[0].isdecimal() and int(r[0][:9]) <= last, following))


def merge_parts(fields: ConllFields, parts: Sequence[ConllFields]) -> ConllFields:
    """Return the whole with what its parts say where it says nothing itself."""
    out = list(fields)
    for n in range(2, len(out)):
        if out[n] in _NO_VALUE:
            out[n] = next((p[n] for p in parts if p[n] not in _NO_VALUE), out[n])
    return tuple(out)


def parts_differ(parts: Sequence[ConllFields]) -> bool:
    """Whether the last column gives parts different tags, a tag that goes on left aside."""
    description = {p[-1].removeprefix("B-").removeprefix("I-") for p in parts}
    return len(description) > 1 and any(is_tag(p[-1]) and p[-1] not in OUTSIDE_TAGS for p in parts)
