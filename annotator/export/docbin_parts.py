"""The straight writer for Docs of any kind: the same as the reference engine, without spaCy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct, field

from annotator.docbin import msgpack
from annotator.docbin.norms import load_norms
from annotator.docbin.token_columns import AttributeSet
from annotator.docbin.writer import DocBinWriter, GroupSpans
from annotator.export import doc_layout
from annotator.export.doc_layout import USER_DATA_KEY, DocUnit, ExportSentence
from annotator.export.options import PartCounts
from annotator.export.span_outcomes import INCORRECT_SPANS_KEY, IncorrectSpan

# What one DocBin, or all of one part, holds: counted while it grows.


ProgressCallback = Callable[[int], None]
"""Hears how many sentences more are done."""


class PartContents(Struct):
    """The counts of a DocBin, or of several."""

    docs: int = 0
    sentences: int = 0
    tokens: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    ents: Counter[str] = field(default_factory=Counter)
    incorrect: int = 0
    """Known-wrong spans."""
    lengths: dict[str, list[int]] = field(default_factory=dict)
    """Token lengths of the spans in ``doc.spans``, by label."""

    def part_counts(self, labels: Sequence[str]) -> PartCounts:
        """Return what is in it, by label in the schema's order."""
        spans = {x: self.spans[x] for x in labels if self.spans[x]}
        ents = {x: self.ents[x] for x in labels if self.ents[x]}
        return PartCounts(self.docs, self.sentences, self.tokens, spans, ents, self.incorrect)

    def add_doc(self, unit: DocUnit, tokens: int, incorrect: int) -> None:
        """Count a Doc."""
        self.docs += 1
        self.tokens += tokens
        self.sentences += sum(p.reviewed for p in unit)
        self.incorrect += incorrect
        for outcome in (f for p in unit for f in p.outcomes):
            self.ents[outcome.span.label] += outcome.ent is not None
            if outcome.tokens:
                self.spans[outcome.span.label] += 1
                self.lengths.setdefault(outcome.span.label, []).append(outcome.tokens[1] - outcome.tokens[0])

    def merge(self, other: PartContents) -> None:
        """Count what another holds as well."""
        self.docs += other.docs
        self.sentences += other.sentences
        self.tokens += other.tokens
        self.spans += other.spans
        self.ents += other.ents
        self.incorrect += other.incorrect
        for label, lengths in other.lengths.items():
            self.lengths.setdefault(label, []).extend(lengths)


# How a part is cut into files, so that neither writing nor training needs all of it in memory.
#
# A part of at most ``size`` Docs is one file, ``train.spacy``; a bigger one is a folder of files,
# ``train/00000.spacy`` and on, which ``spacy train`` reads one after the other, in their order.


def shard_files(name: str, docs: int, size: int) -> Iterator[tuple[str, int, int]]:
    """Yield for each file of a part its name, its first Doc and the one after its last."""
    if docs <= size:
        yield f"{name}.spacy", 0, docs
        return
    for n, first in enumerate(range(0, docs, size)):
        yield f"{name}/{n:05}.spacy", first, min(docs, first + size)


def shard_path(name: str, docs: int, size: int) -> str:
    """Return what a config names to read a part: its file, or the folder of its shards."""
    return f"{name}.spacy" if docs <= size else name


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
    packed, out = (
        PartContents(),
        DocBinWriter(attrs, load_norms(lang) if attrs is AttributeSet.FULL else None, mark_inside),
    )
    for unit in units:
        wrong = add_doc(out, unit, key)
        packed.add_doc(unit, out.last_doc_length, wrong)
        on_progress(sum(p.reviewed for p in unit))
    return packed, out.to_bytes()


def add_doc(out: DocBinWriter, unit: DocUnit, key: str) -> int:
    """Add the Doc of a stretch and return how many known-wrong spans it has."""
    made = doc_layout.lay_out_doc(unit)
    places = _token_ranges(made.words, made.spaces)
    groups = [(key, _group_spans(doc_layout.doc_spans(unit, made.first_tokens), places))]
    wrong = doc_layout.doc_incorrect_spans(unit, made.first_tokens)
    if wrong:
        groups.append((INCORRECT_SPANS_KEY, _group_spans(wrong, places)))
    out.add(
        made.words,
        made.spaces,
        [(first, end, label) for (first, end), label in doc_layout.doc_ents(unit, made.first_tokens)],
        groups,
        starts=made.first_tokens,
        missing=doc_layout.missing_ranges(unit, made),
        user_data=_packed_user_data(unit, made) if out.attrs is AttributeSet.OWN else b"",
    )
    return len(wrong)


def _packed_user_data(unit: tuple[ExportSentence, ...], laid_out: doc_layout.DocLayout) -> bytes:
    return msgpack.pack_value({USER_DATA_KEY: doc_layout.doc_user_data(unit, laid_out)})


def _token_ranges(words: Iterable[str], spaces: Iterable[bool]) -> list[tuple[int, int]]:
    """Return where each token starts and ends, in code points of the Doc."""
    out, at = [], 0
    for word, ws in zip(words, spaces, strict=True):
        out.append((at, at + len(word)))
        at += len(word) + ws
    return out


def _group_spans(spans: Iterable[IncorrectSpan], token_ranges: list[tuple[int, int]]) -> GroupSpans:
    return [
        (label, first, end, token_ranges[first][0], token_ranges[end - 1][1]) for (first, end), label in spans
    ]
