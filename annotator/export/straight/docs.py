"""The straight writer for Docs of any kind: the same as the reference engine, without spaCy."""

from __future__ import annotations

from collections.abc import Iterable

from annotator.export import layout
from annotator.export.layout import USER_DATA_KEY
from annotator.export.packed import PartContents, ProgressCallback
from annotator.export.pieces import ExportSentence, DocUnit
from annotator.export.straight import msgpack
from annotator.export.straight.columns import AttributeSet
from annotator.export.straight.norms import load_norms
from annotator.export.straight.payload import DocBinWriter, GroupSpans
from annotator.export.wrong import INCORRECT_SPANS_KEY, IncorrectSpan


def pack_docs(
    units: Iterable[DocUnit],
    key: str,
    on_progress: ProgressCallback = lambda _: None,
    *,
    attrs: AttributeSet = AttributeSet.OWN,
    lang: str = "en",
    mark_inside: bool = True,
) -> tuple[PartContents, bytes]:
    """Write a Doc of each stretch with its spans under ``key``, and return the counts and the file.

    ``told`` hears of each one's pieces; ``bounded`` is whether tokens inside a sentence say so. Raises
    CorpusError where stored tokens do not spell their sentence.
    """
    packed, out = PartContents(), DocBinWriter(attrs, load_norms(lang) if attrs is AttributeSet.FULL else None, mark_inside)
    for unit in units:
        wrong = add_doc(out, unit, key)
        packed.add_doc(unit, out.last_doc_length, wrong)
        on_progress(sum(p.reviewed for p in unit))
    return packed, out.to_bytes()


def add_doc(out: DocBinWriter, unit: DocUnit, key: str) -> int:
    """Add the Doc of a stretch and return how many known-wrong spans it has."""
    made = layout.lay_out_doc(unit)
    places = _token_ranges(made.words, made.spaces)
    groups = [(key, _group_spans(layout.doc_spans(unit, made.first_tokens), places))]
    wrong = layout.doc_incorrect_spans(unit, made.first_tokens)
    if wrong:
        groups.append((INCORRECT_SPANS_KEY, _group_spans(wrong, places)))
    out.add(
        made.words,
        made.spaces,
        [(first, end, label) for (first, end), label in layout.doc_ents(unit, made.first_tokens)],
        groups,
        starts=made.first_tokens,
        missing=layout.missing_ranges(unit, made),
        user_data=_packed_user_data(unit, made) if out.attrs is AttributeSet.OWN else b"",
    )
    return len(wrong)


def _packed_user_data(unit: tuple[ExportSentence, ...], laid_out: layout.DocLayout) -> bytes:
    return msgpack.pack_value({USER_DATA_KEY: layout.doc_user_data(unit, laid_out)})


def _token_ranges(words: Iterable[str], spaces: Iterable[bool]) -> list[tuple[int, int]]:
    """Return where each token starts and ends, in code points of the Doc."""
    out, at = [], 0
    for word, ws in zip(words, spaces, strict=True):
        out.append((at, at + len(word)))
        at += len(word) + ws
    return out


def _group_spans(spans: Iterable[IncorrectSpan], token_ranges: list[tuple[int, int]]) -> GroupSpans:
    return [(label, first, end, token_ranges[first][0], token_ranges[end - 1][1]) for (first, end), label in spans]
