"""``--split-from FIELD``: the split that the articles state themselves, each in a field of its metadata.

A document is in one part whatever its articles state: where they state several, or nothing that is a part, the user
chooses with ``--split-else`` what becomes of it. Without that word it is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct, field

from annotator.core.documents import Documents
from annotator.core.errors import AnnotatorError
from annotator.core.pluralize import MAX_LISTED, pluralize

SplitElse = Literal["train", "dev", "test", "leave-out"] | None
_PART_BY_WORD = {
    "train": "train", "dev": "dev", "validation": "dev", "valid": "dev", "val": "dev", "test": "test"
}  # fmt: skip
_MAX_VALUE_LENGTH = 40


class StatedPart(NamedTuple):
    """What an article states of its part."""

    article: str
    name: str
    """What a message calls its document."""
    value: object
    """The value of the field; None where it is missing."""


class PredefinedSplit(Struct, frozen=True):
    """The part of each article; where it was chosen by ``--split-else``, that is known."""

    parts: Mapping[str, str] = field(default_factory=dict)
    """By article id; empty for one that is left out."""
    chosen: frozenset[str] = frozenset()
    """The articles whose part is that of ``--split-else``."""

    @property
    def left_out(self) -> frozenset[str]:
        """The articles that are in no part."""
        return frozenset(a for a, part in self.parts.items() if not part)

    @property
    def present(self) -> frozenset[str]:
        """The parts that some article is in."""
        return frozenset(filter(None, self.parts.values()))


def predefined_split(
    stated: Iterable[StatedPart], documents: Documents, name: str, otherwise: SplitElse, fields: Sequence[str] = ()
) -> PredefinedSplit:
    """Return the part of each article by the values of the field ``name``, which is one of ``fields``.

    An article without a value follows its document. Raises AnnotatorError where ``otherwise`` is None and needed, and
    where no article has the field: that is a slip, which no ``otherwise`` is meant for.
    """
    by_document: dict[str, list[StatedPart]] = {}
    for one in stated:
        by_document.setdefault(documents.keys[one.article], []).append(one)
    parts: dict[str, str] = {}
    problems = _Problems()
    chosen: set[str] = set()
    for every in by_document.values():
        found = Counter(part for one in every if (part := _part_of_value(one.value)))
        problems.add(every, found)
        ids = [one.article for one in every]
        if len(found) == 1:
            parts |= dict.fromkeys(ids, next(iter(found)))
        else:
            parts |= dict.fromkeys(ids, "" if otherwise == "leave-out" else otherwise or "")
            chosen.update(ids)
    if (not otherwise or name not in fields) and (problems.unknown or problems.torn):
        raise problems.error(name, len(parts), fields)
    return PredefinedSplit(parts, frozenset(chosen))


def _part_of_value(value: object) -> str:
    """Return the part that a value names, or an empty text."""
    return _PART_BY_WORD.get(value.strip().casefold(), "") if isinstance(value, str) else ""


class _Problems(Struct):
    """What is no part, with numbers."""

    unknown: Counter[str] = field(default_factory=Counter)
    """Articles by the value that is no part."""
    torn: dict[str, Counter[str]] = field(default_factory=dict)
    """By the name of a document that is in several parts, its articles by part."""

    def add(self, document: Iterable[StatedPart], found: Counter[str]) -> None:
        """Note what is wrong with the articles of one document."""
        for one in document:
            if not _part_of_value(one.value):
                self.unknown["no value" if one.value in (None, "") else f"“{str(one.value)[:_MAX_VALUE_LENGTH]}”"] += 1
            elif len(found) > 1:
                self.torn[one.name] = found

    def error(self, name: str, total: int, fields: Sequence[str]) -> AnnotatorError:
        """Return the error that lists them."""
        what = []
        if self.unknown:
            values = _listed([f"{value} {n:,}" for value, n in self.unknown.most_common()])
            what.append(f"{self.unknown.total():,} of {pluralize(total, 'article')} have no part ({values})")
        if self.torn:
            each = [
                f"{document} ({', '.join(f'{part} {n:,}' for part, n in sorted(found.items()))})"
                for document, found in self.torn.items()
            ]
            what.append(f"{pluralize(len(each), 'document')} in two parts: {_listed(each)}")
        do = (
            "correct the metadata, or choose what becomes of them with --split-else train, dev or test, "
            "or leave them out with --split-else leave-out"
        )
        if name not in fields:
            do = f"name a field of the metadata: {_listed(fields)}" if fields else "leave it out: there is no metadata"
        return AnnotatorError(f"--split-from {name}: {'; '.join(what)}", do=do)


def _listed(items: Sequence[str]) -> str:
    """Return the first of some things in one line, and how many more there are."""
    more = len(items) - MAX_LISTED
    return ", ".join([*items[:MAX_LISTED], *([f"{more:,} more"] if more > 0 else [])])
