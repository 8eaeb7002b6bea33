"""Suggestions by the rules of `annotator.language`: their readings, under labels of the schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import annotator.language
import annotator.suggest
from annotator import __version__
from annotator.core.article import Sentence
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, character_range, sorted_suggestions
from annotator.language import ArticleContext, span_candidates

if TYPE_CHECKING:
    from spacy.language import Language


# Which label of a schema a kind of thing stands for: what the schema says, else told from the names.


LABEL_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "number": ("COUNT", "COUNTS", "NUMBER", "NUMBERS", "QUANTITY", "CARDINAL", "FIGURE", "NUM"),
    "claim": ("CLAIM", "CLAIMS", "STATEMENT", "CONTENT", "QUOTE", "QUOTATION", "SPEECH"),
    "quotation": ("QUOTE", "QUOTES", "QUOTATION", "CLAIM", "CLAIMS", "STATEMENT", "CONTENT", "SPEECH"),
    "person": ("PERSON", "PERSONS", "PEOPLE", "PER", "INDIVIDUAL"),
    "place": ("VENUE", "VENUES", "PLACE", "PLACES", "LOCATION", "LOC", "GPE", "FAC"),
    "organisation": ("ORG", "ORGANISATION", "ORGANIZATION", "COMPANY"),
}
"""The names that a label for each kind may have, the best first."""


@lru_cache(maxsize=256)
def label_for_kind(schema: Schema, kind: str) -> str | None:
    """Return the schema's label for a kind of thing: one that takes it or has such a name, or takes one."""
    names = LABEL_SYNONYMS.get(kind, ())
    takers = (label for name in names if (label := schema.label_taking(name)))
    return schema.label_taking(kind) or first_label_named(schema, names) or next(takers, None)


def first_label_named(schema: Schema, names: Iterable[str]) -> str | None:
    """Return the first label of the schema whose name, in capitals, is one of ``names`` in their order."""
    by_name = {x.name.upper(): x.name for x in reversed(schema.labels)}
    return next((by_name[n] for n in names if n in by_name), None)


RULES_SOURCE = "rules"


def empty_context(_: str) -> ArticleContext:
    """Stand in where nothing is known of an article but the sentence itself."""
    return ArticleContext()


@dataclass(frozen=True, slots=True)
class RuleSuggester:
    """What the rules read in a sentence; ``context`` tells what the rest of its article tells."""

    schema: Schema
    context: Callable[[str], ArticleContext] = field(default=empty_context, repr=False)
    name: str = RULES_SOURCE

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the readings that the schema has a label for, in reading order."""
        return sorted_suggestions(self._labelled(sentence))

    def _labelled(self, sentence: Sentence) -> Iterator[Suggestion]:
        for r in span_candidates(sentence.tokens, self.context(sentence.article)):
            if label := label_for_kind(self.schema, r.kind):
                start, end = character_range(sentence, (r.first, r.last))
                yield Suggestion(start, end, label, self.name, r.score, plain_kind(r.rule or r.kind))


def plain_kind(kind: str) -> str:
    """Return a kind without what sets sources and kinds apart in a span's ``source``."""
    return "".join("-" if c in "+/~" or c.isspace() else c for c in kind)


# The fingerprint of a source: it changes when what the source suggests may change.


_FINGERPRINT_DIGITS = 16
_FINGERPRINTED_MODULES = ("rules", "spacy_pipeline")
"""What of this package decides over what the rules or a pipeline suggest."""


def rules_fingerprint(schema: Schema) -> str:
    """Return the fingerprint of the rules under a schema: its labels, and the code of the rules itself."""
    phrases = Path(annotator.language.__path__[0]).rglob("*.py")
    here = Path(annotator.suggest.__path__[0])
    code = _files_digest([*phrases, *(here / f"{name}.py" for name in _FINGERPRINTED_MODULES)])
    return _parts_digest("rules", __version__, _label_settings(schema), code)


def pipeline_fingerprint(nlp: Language, schema: Schema) -> str:
    """Return the fingerprint of a loaded pipeline under a schema: its name, version and weights.

    The rules count as well: they extend its numbers to what is counted.
    """
    meta = {key: nlp.meta.get(key, "") for key in ("lang", "name", "version", "spacy_git_version")}
    path = getattr(nlp, "path", None)
    weights = _files_digest(p for p in Path(path).rglob("*") if p.is_file()) if path else ""
    return _parts_digest("model", json.dumps(meta, sort_keys=True), weights, rules_fingerprint(schema))


def _label_settings(schema: Schema) -> str:
    return json.dumps([(x.name, x.takes) for x in schema.labels])


def _files_digest(paths: Iterable[Path]) -> str:
    """Return a digest over the contents of files, in the order of their paths."""
    total = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _parts_digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_FINGERPRINT_DIGITS]
