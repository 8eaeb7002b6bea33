"""The reference engine: Docs from the stored tokens, packed by spaCy's own DocBin.

Nothing is tokenised again, so no span can be misaligned. In ``doc.ents`` the tokens of sentences that
nobody has accepted are *missing* (``ent_iob`` 0), not O: spaCy's NER learns nothing from them.
``doc.spans`` has no such third value. ``annotator.docbin`` writes the same bytes without spaCy.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import msgspec
import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from annotator.docbin.norms import load_norms
from annotator.docbin.srsly_codecs import cached_srsly_codecs
from annotator.docbin.token_columns import ATTRIBUTE_NAMES, AttributeSet, TokenSpans
from annotator.docbin.writer import DocContent, SpanGroups


class SpacyDocBin:
    """One DocBin that spaCy fills; the methods are those of ``DocBinWriter``."""

    def __init__(self, attrs: AttributeSet = AttributeSet.OWN, lang: str = "en", *, mark_inside: bool = True) -> None:
        """Begin with no Doc; ``mark_inside`` is whether tokens inside a sentence are marked as such."""
        self._attrs, self._lang, self._mark_inside = attrs, lang, mark_inside
        # Words are stored as strings: the reader of the bin brings the language. Only norms need it here.
        self._vocab = spacy.blank(lang).vocab if attrs is AttributeSet.FULL else Vocab()
        names = ATTRIBUTE_NAMES[attrs]
        with_data = attrs is AttributeSet.OWN
        self._bin = DocBin(attrs=names, store_user_data=with_data) if names else DocBin(store_user_data=with_data)

    def add(self, doc: DocContent) -> None:
        """Add a Doc."""
        built = build_doc(self._vocab, doc, self._attrs, self._lang, mark_inside=self._mark_inside)
        with cached_srsly_codecs():
            self._bin.add(built)

    def extend(
        self,
        words: Sequence[str],
        spaces: bytes,
        sizes: Sequence[int],
        ents: Sequence[TokenSpans],
        groups: Sequence[SpanGroups],
        user_data: Sequence[bytes],
    ) -> None:
        """Add Docs of one sentence each."""
        at = 0
        with cached_srsly_codecs():
            for size, marks, each, data in zip(sizes, ents, groups, user_data or repeat(b""), strict=False):
                self.add(DocContent(words[at : at + size], spaces[at : at + size], marks, each, user_data=data))
                at += size

    def to_bytes(self) -> bytes:
        """Return the file."""
        with cached_srsly_codecs():
            data: bytes = self._bin.to_bytes()
        return data


def build_doc(vocab: Vocab, content: DocContent, attrs: str, lang: str, *, mark_inside: bool) -> Doc:
    """Build a Doc with the values that a set of attributes stores; ``mark_inside`` is as in ``SpacyDocBin``."""
    firsts = set(content.starts)
    marks: list[bool | int | None] = [n in firsts for n in range(len(content.words))]
    spaces = [bool(x) for x in content.spaces]
    doc = Doc(vocab, words=list(content.words), spaces=spaces, sent_starts=marks if mark_inside else None)
    for key, spans in content.groups:
        doc.spans[key] = [
            Span(doc, first, end, label=label, span_id=next(iter(ids), "")) for label, first, end, _, _, *ids in spans
        ]
    ents = [Span(doc, first, end, label=label) for first, end, label in content.ents]
    doc.set_ents(ents, missing=[Span(doc, *r) for r in content.missing])
    if content.user_data:
        data: dict[str, Any] = msgspec.msgpack.decode(content.user_data)
        doc.user_data.update(data)
    if attrs == AttributeSet.FULL:
        apply_norm_exceptions(doc, lang, mark_inside=mark_inside)
    return doc


def apply_norm_exceptions(doc: Doc, lang: str, *, mark_inside: bool) -> None:
    """Do with the tokens what a tokenizer's exceptions would; see ``docbin/norms.py``."""
    words, spaces = [t.text for t in doc], [bool(t.whitespace_) for t in doc]
    for first, (_, own, bare) in load_norms(lang).find_exceptions(words, spaces):
        if bare and first == 0 and not mark_inside:
            doc[0].is_sent_start = None
        for token, norm in zip(doc[first : first + len(own)], own, strict=True):
            if norm:
                token.norm_ = norm
