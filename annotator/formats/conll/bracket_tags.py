"""Tags in brackets, as CoNLL-2012 has them: ``(PERSON*``, ``*``, ``*)``, ``(ORG)``, one inside another too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from annotator.formats.tag_schemes import TagChunk

_LABEL = r"[^()*|,\s]+"
_TAG = re.compile(rf"((?:\({_LABEL})*)\*?(\)*)")
_OPENING = re.compile(rf"\(({_LABEL})")
_CHAIN = re.compile(r"[-_*]|\(?[0-9]+\)?(?:\|\(?[0-9]+\)?)*")
_ROLE = re.compile(r"(?:[CR]-)?(?:V|A(?:RG)?[0-9AM](?:-\w+)*)")
_PHRASE_LABELS = """
ADJP ADVP CONJP EDITED EMBED FRAG INTJ LST META NAC NML NP NX PP PRN PRT QP ROOT RRC S SBAR SBARQ
SINV SQ TOP TYPO UCP VP WHADJP WHADVP WHNP WHPP X
"""
_PHRASE_TYPES = frozenset(_PHRASE_LABELS.split())
"""The phrases of the Penn Treebank."""


class UnmatchedBracketError(ValueError):
    """A bracket without its other half."""

    def __init__(self, message: str, row: int) -> None:
        """Keep the row, from 0."""
        super().__init__(message)
        self.row = row


def bracket_labels(values: Iterable[str]) -> set[str]:
    """Return the labels in a column of brackets; none where it has any other value, or no star at all."""
    found: set[str] = set()
    values = list(values)
    for value in values:
        if value in {"-", "_"}:
            continue
        fits = _TAG.fullmatch(value)
        if not fits or not value:
            return set()
        found.update(_OPENING.findall(fits[1]))
    return found if any("*" in value for value in values) else set()


def are_names(labels: set[str]) -> bool:
    """Return True if labels in brackets are those of spans: no numbers of chains, phrases or semantic roles."""
    if not labels or all(label.isdecimal() for label in labels) or are_roles(labels):
        return False
    return not {label.partition("-")[0] for label in labels} <= _PHRASE_TYPES


def are_roles(labels: set[str]) -> bool:
    """Return True if labels in brackets are semantic roles, such as V, ARG0 and ARGM-TMP."""
    return bool(labels) and all(map(_ROLE.fullmatch, labels))


def are_chains(values: Iterable[str]) -> bool:
    """Return True if a column has the numbers of coreference chains: ``(12``, ``(3)|(4``, ``12)``."""
    found = list(values)
    return any("(" in value for value in found) and all(map(_CHAIN.fullmatch, found))


def bracket_chunks(values: Sequence[str]) -> list[TagChunk]:
    """Return the spans of one sentence, by their beginnings; raises UnmatchedBracketError."""
    opened: list[tuple[int, str]] = []
    chunks: list[TagChunk] = []
    for n, value in enumerate(values):
        opened += [(n, label) for label in _OPENING.findall(value)]
        for _ in range(value.count(")")):
            if not opened:
                raise UnmatchedBracketError(f"{value[:40]!r} closes a bracket that is not open", n)
            first, label = opened.pop()
            chunks.append(TagChunk(first, n + 1, label))
    if opened:
        first, label = opened[-1]
        raise UnmatchedBracketError(f"the bracket of {label[:40]!r} is not closed in its sentence", first)
    return sorted(chunks, key=lambda chunk: (chunk.first, -chunk.last))
