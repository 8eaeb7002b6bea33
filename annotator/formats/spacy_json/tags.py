"""Entities from a sequence of tags, BILUO or IOB, as leniently as spaCy reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

TagRun = tuple[int, int, str]
"""Token indexes, half-open, and the label."""

MISSING_TAG = "-"
_OUTSIDE_TAGS = {"O", MISSING_TAG, "", "B-", "U-"}


def tag_runs(tags: Sequence[str]) -> Iterator[TagRun]:
    """Yield the entities; one begins at B or U, or where nothing that it goes on with is open."""
    first, open_ = 0, ""
    for at, tag in enumerate(tags):
        mark, label = ("", "") if tag in _OUTSIDE_TAGS else _tag_parts(tag)
        if open_ and (mark not in {"I", "L", "E"} or label != open_):
            yield first, at, open_
            open_ = ""
        if not label:
            continue
        if not open_:
            first, open_ = at, label
        if mark in {"L", "U", "E", "S"}:
            yield first, at + 1, open_
            open_ = ""
    if open_:
        yield first, len(tags), open_


def _tag_parts(tag: str) -> tuple[str, str]:
    """Return the mark and the label of a tag; one without a mark is a label that goes on."""
    mark, dash, label = tag.partition("-")
    return (mark, label) if dash and mark in set("BILUES") else ("I", tag)
