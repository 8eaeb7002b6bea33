"""Which spaCy pipeline makes suggestions, what of its Docs is taken, and what its source is called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from annotator.core.errors import UsageError
from annotator.core.schema import Schema
from annotator.suggest.mention_history import HISTORY_SOURCE
from annotator.suggest.rules import RULES_SOURCE

ENTS, SPANS = "ents", "spans"
_GROUP_PREFIX = "spans:"
_TAKE_ADVICE = "name ents, spans (all groups) or spans:KEY, separated by commas"

COMBINED_SOURCES = "together"
"""What an evaluation calls all sources as the screen ranks them."""
_RESERVED_SOURCES = {RULES_SOURCE, HISTORY_SOURCE, COMBINED_SOURCES}
_MAX_NAME = 60
_UNTITLED = {"", "pipeline"}
"""The names in the metadata of pipelines that nobody has named."""
_COMMON_FOLDERS = {"model-best", "model-last", "model", "models", "output", "training", "pipeline"}
"""Folders whose names many pipelines share."""


class PipelineRequest(Struct, frozen=True):
    """A pipeline and what is to be taken of it."""

    model: str
    """The name of an installed package, or a folder."""
    name: str = ""
    """What its source is called; empty: by its metadata, else by its folders."""
    take: tuple[str, ...] = ()
    """``ents``, ``spans`` or ``spans:KEY``; empty: the entities and all groups of spans."""
    labels: Mapping[str, str] = {}
    """Of labels of the pipeline the schema's; an empty one leaves it out."""

    @property
    def takes_ents(self) -> bool:
        """Whether the entities are taken."""
        return not self.take or ENTS in self.take

    def takes_group(self, key: str) -> bool:
        """Return True if the group of spans ``doc.spans[key]`` is taken."""
        return not self.take or SPANS in self.take or f"{_GROUP_PREFIX}{key}" in self.take

    @property
    def takes_groups(self) -> bool:
        """Whether any group of spans is taken."""
        return not self.take or any(word != ENTS for word in self.take)

    def check(self, schema: Schema) -> None:
        """Raise UsageError for a word of ``take``, a name or a label that nothing is known by."""
        for word in self.take:
            if word not in (ENTS, SPANS) and not (word.startswith(_GROUP_PREFIX) and word != _GROUP_PREFIX):
                raise UsageError(f"{word!r} is no part of a Doc", do=_TAKE_ADVICE)
        if self.name in _RESERVED_SOURCES:
            raise UsageError(f"{self.name} is the name of a built-in source", do="give another --name")
        known = [x.name for x in schema.labels]
        for old, new in self.labels.items():
            if new and new not in known:
                what = f"{old} cannot become {new}: the schema has no such label"
                raise UsageError(what, do=f"use one of: {', '.join(known)}; or {old}= to leave it out")

    def key(self) -> str:
        """Return what of the request decides over the suggestions, as a part of their fingerprint."""
        return repr((sorted(self.take), sorted(self.labels.items())))


def split_words(given: Iterable[str]) -> tuple[str, ...]:
    """Return the words of an option that may be repeated, and may hold several separated by commas."""
    return tuple(word.strip() for text in given for word in text.split(",") if word.strip())


def source_name(model: str, about: Mapping[str, Any]) -> str:
    """Return what the source of a pipeline is called unless the user names it.

    ``about`` are its metadata: ``lang_name-version`` where somebody has named it, else the last folder of its path
    whose name few pipelines share, with those below it.
    """
    title = str(about.get("name", ""))
    if title not in _UNTITLED:
        return _plain_name(f"{about.get('lang', '')}_{title}-{about.get('version', '')}")
    parts = [p for p in (str(Path(model).resolve()) if _is_folder(model) else model).split("/") if p]
    at = next((n for n in range(len(parts) - 1, -1, -1) if parts[n] not in _COMMON_FOLDERS), 0)
    return _plain_name("-".join(parts[at:]))


def pipeline_lineage(model: str) -> str:
    """Return a digest of where a pipeline is loaded from: its folder, or its name as a package."""
    place = str(Path(model).resolve()) if _is_folder(model) else f"package {model}"
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()


def _is_folder(model: str) -> bool:
    return Path(model).exists()


def _plain_name(text: str) -> str:
    name = re.sub(r"[^a-z0-9._-]+", "-", text.lower())[-_MAX_NAME:].strip(".-") or "pipeline"
    return f"{name}-model" if name in _RESERVED_SOURCES else name
