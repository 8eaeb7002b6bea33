"""The reference engine: Docs from the stored tokens, packed by spaCy's own DocBin.

Nothing is tokenised again, so no span can be misaligned. In ``doc.ents`` the tokens of
sentences that nobody has accepted are *missing* (``ent_iob`` 0), not O: spaCy's NER learns
nothing from them. ``doc.spans`` has no such third value. The straight writer makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from annotator.docbin.norms import load_norms
from annotator.docbin.srsly_codecs import cached_srsly_codecs
from annotator.docbin.token_columns import ATTRIBUTE_NAMES, AttributeSet
from annotator.export import doc_layout
from annotator.export.doc_layout import USER_DATA_KEY, DocLayout, DocUnit
from annotator.export.docbin_parts import PartContents, ProgressCallback
from annotator.export.span_outcomes import INCORRECT_SPANS_KEY, IncorrectSpan

__all__ = ["USER_DATA_KEY", "cached_srsly_codecs", "pack_with_spacy"]


def pack_with_spacy(
    units: Iterable[DocUnit],
    key: str,
    on_progress: ProgressCallback = lambda _: None,
    *,
    attrs: AttributeSet = AttributeSet.OWN,
    lang: str = "en",
    mark_inside: bool = True,
) -> tuple[PartContents, bytes]:
    """Build a Doc of each stretch with its spans under ``key``, and return the counts and the file.

    ``told`` hears of each one's pieces; ``bounded`` is whether tokens inside a sentence say so.
    """
    # Words are stored as strings: whoever loads the bin brings the language. Only norms need it here.
    vocab = spacy.blank(lang).vocab if attrs is AttributeSet.FULL else Vocab()
    names = ATTRIBUTE_NAMES[attrs]
    packed, out = PartContents(), DocBin(store_user_data=attrs is AttributeSet.OWN)
    if names:
        out = DocBin(attrs=names, store_user_data=attrs is AttributeSet.OWN)
    for unit in units:
        doc = build_doc(unit, vocab, key, mark_inside=mark_inside)
        if attrs is AttributeSet.FULL:
            _apply_norm_exceptions(doc, lang, mark_inside=mark_inside)
        out.add(doc)
        packed.add_doc(unit, len(doc), len(doc.spans.get(INCORRECT_SPANS_KEY, ())))
        on_progress(sum(p.reviewed for p in unit))
    return packed, out.to_bytes()


def build_doc(unit: DocUnit, vocab: Vocab, key: str, *, mark_inside: bool = True) -> Doc:
    """Build the Doc of a stretch: words, blanks, sentence starts, entities, spans, user data.

    Raises CorpusError where stored tokens do not spell their sentence.
    """
    made = doc_layout.lay_out_doc(unit)
    starts = _sentence_starts(made) if mark_inside else None
    doc = Doc(vocab, words=made.words, spaces=made.spaces, sent_starts=starts)
    doc.spans[key] = _spacy_spans(doc, doc_layout.doc_spans(unit, made.first_tokens))
    if wrong := _spacy_spans(doc, doc_layout.doc_incorrect_spans(unit, made.first_tokens)):
        doc.spans[INCORRECT_SPANS_KEY] = wrong
    ents = _spacy_spans(doc, doc_layout.doc_ents(unit, made.first_tokens))
    doc.set_ents(ents, missing=[Span(doc, *r) for r in doc_layout.missing_ranges(unit, made)])
    doc.user_data[USER_DATA_KEY] = doc_layout.doc_user_data(unit, made)
    return doc


def _sentence_starts(layout: DocLayout) -> list[bool | int | None]:
    firsts = set(layout.first_tokens)
    return [n in firsts for n in range(len(layout.words))]


def _spacy_spans(doc: Doc, found: Iterable[IncorrectSpan]) -> list[Span]:
    return [Span(doc, first, end, label=label) for (first, end), label in found]


def _apply_norm_exceptions(doc: Doc, lang: str, *, mark_inside: bool) -> None:
    """Do with the tokens what a tokenizer's exceptions would; see ``straight/norms.py``."""
    words, spaces = [t.text for t in doc], [bool(t.whitespace_) for t in doc]
    for first, (_, own, bare) in load_norms(lang).find_exceptions(words, spaces):
        if bare and first == 0 and not mark_inside:
            doc[0].is_sent_start = None
        for token, norm in zip(doc[first : first + len(own)], own, strict=True):
            if norm:
                token.norm_ = norm
