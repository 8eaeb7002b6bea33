"""What the components of a spaCy pipeline set, and which of them its spans do not need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

_ENTS, _SPANS = "doc.ents", "doc.spans"
_WITHOUT_SPANS = {
    "attribute_ruler", "doc_cleaner", "merge_entities", "merge_noun_chunks", "merge_subtokens", "token_splitter"
}  # fmt: skip
"""spaCy's own components that do not declare what they set, and set no spans."""

_WITHOUT_TOKENS = {"attribute_ruler"}
"""Those of them that leave the tokens as they are."""
_SELF_CONTAINED = {"ner", "beam_ner", "spancat", "spancat_singlelabel", "span_finder"}
"""Trained components that read the tokens and the vectors they listen to, and no other component's work."""
_VECTORS = {"tok2vec", "transformer", "curated_transformer"}
_SUGGESTERS = {"spacy.ngram_suggester.v1", "spacy.ngram_range_suggester.v1", "spacy.preset_spans_suggester.v1"}
"""The suggesters of spancat that read tokens and groups of spans alone."""


def finds_no_spans(nlp: Language) -> bool:
    """Return True if every component declares what it sets, and none sets entities or groups of spans."""
    return not any(_may_set_spans(nlp, name) for name in nlp.pipe_names)


def declared_attributes(nlp: Language) -> frozenset[str]:
    """Return what the components declare that they set, such as ``doc.ents``."""
    return frozenset(what for name in nlp.pipe_names for what in nlp.get_pipe_meta(name).assigns)


def _may_set_spans(nlp: Language, name: str) -> bool:
    meta = nlp.get_pipe_meta(name)
    if not meta.assigns:
        return meta.factory not in _WITHOUT_SPANS
    return bool({_ENTS, _SPANS} & set(meta.assigns))


def unneeded_components(nlp: Language, *, ents: bool, groups: bool) -> list[str]:
    """Return the components without which the entities, the groups of spans or both are the same.

    None where that cannot be known: a rule, a component of somebody else's or a suggester of candidates may read
    whatever the others have set.
    """
    wanted = {*([_ENTS] if ents else ()), *([_SPANS] if groups else ())}
    needed = {name for name in nlp.pipe_names if _is_needed(nlp, name, wanted)}
    if not all(_is_self_contained(nlp, name) for name in needed):
        return []
    vectors = {name for name in nlp.pipe_names if nlp.get_pipe_meta(name).factory in _VECTORS}
    heard = {name for name in vectors if needed & set(_listeners(nlp.get_pipe(name)))}
    return [name for name in nlp.pipe_names if name not in needed | heard]


def _is_needed(nlp: Language, name: str, wanted: set[str]) -> bool:
    meta = nlp.get_pipe_meta(name)
    if meta.factory in _VECTORS:
        return False
    if not meta.assigns:
        return meta.factory not in _WITHOUT_TOKENS
    # A group of spans may be what a later component chooses from.
    return bool((wanted | {_SPANS}) & set(meta.assigns))


def _is_self_contained(nlp: Language, name: str) -> bool:
    if nlp.get_pipe_meta(name).factory not in _SELF_CONTAINED:
        return False
    return all(x in _SUGGESTERS for x in _suggesters(nlp.get_pipe_config(name)))


def _suggesters(config: Any) -> Iterator[str]:
    chosen = config.get("suggester")
    if isinstance(chosen, dict) and "@misc" in chosen:
        yield str(chosen["@misc"])


def _listeners(component: Any) -> list[str]:
    return list(getattr(component, "listening_components", ()))
