"""The sources of suggestions by name: those of this package, spaCy pipelines, and plug-ins; their fingerprints."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

import annotator.language
import annotator.suggest
from annotator._version import __version__
from annotator.core.article import Sentence
from annotator.core.errors import UsageError
from annotator.core.schema import Schema
from annotator.core.source_version import model_fingerprint
from annotator.core.suggestion import Suggester, Suggestion, sorted_suggestions
from annotator.core.tokens import is_aligned
from annotator.language import ArticleContext
from annotator.language.span_forms import without_excluded
from annotator.plugin_loader import Plugin, load_plugin, plugin_names
from annotator.suggest.mention_history import HISTORY_SOURCE
from annotator.suggest.pipeline_request import PipelineRequest, pipeline_lineage
from annotator.suggest.rules import RULES_SOURCE, RuleSuggester, plain_kind
from annotator.suggest.spacy_pipeline import load_pipeline, training_paths

# Fingerprints of sources: one changes when what the source suggests may change.


_FINGERPRINT_DIGITS = 16
_PIPELINE_MODULES = ("spacy_pipeline", "pipeline_components", "pipeline_request")
"""What of this package decides over what a pipeline suggests."""


def rules_fingerprint(schema: Schema) -> str:
    """Return the fingerprint of the rules under a schema: its labels, and the code of the rules itself."""
    language = Path(annotator.language.__path__[0])
    files = [*language.rglob("*.py"), *language.rglob("*.txt")]  # the word lists are part of the rules
    return _parts_digest("rules", __version__, _label_settings(schema), _files_digest([*files, _module_file("rules")]))


def _module_file(name: str) -> Path:
    return Path(annotator.suggest.__path__[0]) / f"{name}.py"


def pipeline_fingerprint(
    about: Mapping[str, Any], path: Path | str | None, schema: Schema, request: PipelineRequest
) -> str:
    """Return the fingerprint of a loaded pipeline under a schema: its name, version and weights, and what is taken.

    The rules count as well: they extend its numbers to what is counted.
    """
    meta = {key: about.get(key, "") for key in ("lang", "name", "version", "spacy_git_version")}
    weights = _files_digest(p for p in Path(path).rglob("*") if p.is_file()) if path else ""
    code = _files_digest(map(_module_file, _PIPELINE_MODULES))
    parts = (json.dumps(meta, sort_keys=True), weights, request.key(), code, rules_fingerprint(schema))
    return model_fingerprint(pipeline_lineage(request.model), _parts_digest("model", *parts))


def plugin_fingerprint(distribution: str, own: str, schema: Schema) -> str:
    """Return the fingerprint of a plug-in under a schema: its distribution, and its own one or that of its code."""
    return _parts_digest("plug-in", distribution, own, _label_settings(schema))


def module_fingerprint(name: str) -> str:
    """Return a digest of the file of a loaded module; empty where it has none."""
    path = Path(getattr(sys.modules.get(name), "__file__", None) or "")
    return _files_digest([path]) if path.is_file() else ""


def _label_settings(schema: Schema) -> str:
    return json.dumps([(x.name, x.takes, *([x.excludes] if x.excludes else ())) for x in schema.labels])


def _files_digest(paths: Iterable[Path]) -> str:
    """Return a digest over the contents of files, in the order of their paths."""
    total = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _parts_digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_FINGERPRINT_DIGITS]


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
    finish: Callable[[], None] = lambda: None
    """Called when all sentences are done; raises PipelineError for a pipeline that has set nothing to suggest."""

    is_model: bool = False
    """Whether it has learned from annotations."""
    trained_on: tuple[str, ...] = ()
    """The files or folders with what a pipeline was trained on, as it names them."""

    def suggestions(self, sentences: Iterable[Sentence], schema: Schema) -> Iterator[Sequence[Suggestion]]:
        """Yield the suggestions of each sentence, in their order, without the forms that a label excludes."""
        each = tuple(sentences)
        for sentence, found in zip(each, self.suggest_all(each), strict=True):
            yield without_excluded(schema, sentence.tokens, found)

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


def open_pipeline(request: PipelineRequest, schema: Schema, context: ContextFunction) -> SuggestionSource:
    """Load a spaCy pipeline as a source; raises UsageError, PipelineError."""
    pipeline = load_pipeline(request, schema, context)
    fingerprint = pipeline_fingerprint(pipeline.nlp.meta, getattr(pipeline.nlp, "path", None), schema, request)
    return SuggestionSource(
        pipeline.name,
        fingerprint,
        pipeline.suggest_all,
        pipeline.unmapped,
        pipeline.misaligned,
        finish=pipeline.check_taken,
        is_model=True,
        trained_on=training_paths(pipeline.nlp),
    )


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
