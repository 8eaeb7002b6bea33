"""The sources of suggestions by name: those of this package, spaCy pipelines, and plug-ins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.article import Sentence
from annotator.core.errors import UsageError
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggester, Suggestion, sorted_suggestions
from annotator.core.tokens import is_aligned
from annotator.language import ArticleContext
from annotator.plugin_loader import Plugin, load_plugin, plugin_names
from annotator.suggest.fingerprints import (
    module_fingerprint,
    pipeline_fingerprint,
    plugin_fingerprint,
    rules_fingerprint,
)
from annotator.suggest.mention_history import HISTORY_SOURCE
from annotator.suggest.rules import RULES_SOURCE, RuleSuggester, plain_kind
from annotator.suggest.spacy_pipeline import load_pipeline

ContextFunction = Callable[[str], ArticleContext]
"""From an article's id to what the rest of the article shows of the names in it."""


class SourceInfo(Struct, frozen=True):
    """What a built-in source is, and what can be done with it."""

    description: str
    has_file: bool = True
    """Whether its suggestions can be written to a file; else they depend on the annotator's last edit."""


BUILT_IN_SOURCES: Mapping[str, SourceInfo] = {
    RULES_SOURCE: SourceInfo("the rules for names, numbers and claims in English news"),
    HISTORY_SOURCE: SourceInfo("what the annotator has already marked", has_file=False),
}


class SuggestionSource(Struct, frozen=True):
    """A source that is open for one schema."""

    name: str
    fingerprint: str
    """It changes when the source may suggest something else."""
    suggest_all: Callable[[Iterable[Sentence]], Iterator[Sequence[Suggestion]]]
    """Yields the suggestions of each sentence, in the order of the sentences."""
    unmapped: Counter[str] = field(default_factory=Counter)
    """The suggestions left out because the schema has no label for theirs, by label; it grows."""
    misaligned: list[str] = field(default_factory=list)
    """The suggestions left out because they are off the token edges, as span ids; it grows."""

    def usable(self, suggestions: Iterable[Suggestion], sentence: Sentence, schema: Schema) -> tuple[Suggestion, ...]:
        """Return the suggestions of others as this source's own, sorted; note those that are left out."""
        kept = []
        for s in suggestions:
            label = s.label if schema.label(s.label) else schema.label_taking(s.label)
            if label is None:
                self.unmapped[s.label] += 1
            elif not (0 <= s.start < s.end and is_aligned(sentence.tokens, s.start, s.end)):
                self.misaligned.append(f"{sentence.id}:{s.start}-{s.end}:{s.label}")
            else:
                kept.append(replace(s, label=label, source=self.name, kind=plain_kind(s.kind)))
        return sorted_suggestions(kept)


def open_source(name: str, schema: Schema, context: ContextFunction) -> SuggestionSource:
    """Open a built-in source, or else the plug-in of that name.

    Raises UsageError for an unknown name, PluginError for a plug-in that cannot be used.
    """
    if name == RULES_SOURCE:
        rules = RuleSuggester(schema, context)
        return SuggestionSource(name, rules_fingerprint(schema), lambda each: map(rules.suggest, each))
    if name in BUILT_IN_SOURCES:
        what = f"there is no file of suggestions by {name}: the screen makes them as the annotator works"
        raise UsageError(what, do="measure them with --evaluate GOLD")
    plugin = load_plugin("suggesters", name)
    if plugin is None:
        there = [name for name, info in BUILT_IN_SOURCES.items() if info.has_file]
        names = ", ".join([*there, *plugin_names("suggesters")])
        raise UsageError(f"there is no source of suggestions {name!r}", do=f"use one of: {names}")
    return _open_plugin(plugin, schema)


def open_pipeline(model: str, schema: Schema, context: ContextFunction) -> SuggestionSource:
    """Load a spaCy pipeline as a source; raises PipelineError."""
    pipeline = load_pipeline(model, schema, context)
    fingerprint = pipeline_fingerprint(pipeline.nlp.meta, getattr(pipeline.nlp, "path", None), schema)
    return SuggestionSource(pipeline.name, fingerprint, pipeline.suggest_all, pipeline.unmapped, pipeline.misaligned)


def _wrong_field(suggestion: object) -> str:
    """Return what is wrong with what a plug-in suggests, or an empty text; Python checks no type by itself."""
    if not isinstance(suggestion, Suggestion):
        return f"it suggests a {type(suggestion).__name__}, not a Suggestion"
    s: Any = suggestion
    for name in ("start", "end"):
        if type(offset := getattr(s, name)) is not int:
            return f"it suggests the {name} {offset!r}, which is no whole number"
    for name in ("label", "kind"):
        if not isinstance(text := getattr(s, name), str) or text != text.encode("utf-8", "replace").decode():
            return f"it suggests the {name} {text!r}, which is no text"
    if isinstance(s.score, bool) or not isinstance(s.score, int | float):
        return f"it suggests the score {s.score!r}, which is no number"
    return "" if 0 <= s.score <= 1 else f"it suggests a score of {s.score}, which is not between 0 and 1"


def _open_plugin(plugin: Plugin, schema: Schema) -> SuggestionSource:
    """Create a plug-in's suggester; raises PluginError that names its distribution."""
    with plugin.blamed():
        suggester: Suggester = plugin.value.create(schema)
        own = str(getattr(suggester, "fingerprint", "")) or module_fingerprint(suggester.suggest.__module__)

    def suggest_all(sentences: Iterable[Sentence]) -> Iterator[Sequence[Suggestion]]:
        for sentence in sentences:
            with plugin.blamed():
                suggestions = list(suggester.suggest(sentence))
            for s in suggestions:
                if wrong := _wrong_field(s):
                    raise plugin.error(wrong)
            yield source.usable(suggestions, sentence, schema)

    source = SuggestionSource(plugin.name, plugin_fingerprint(plugin.distribution, own, schema), suggest_all)
    return source
