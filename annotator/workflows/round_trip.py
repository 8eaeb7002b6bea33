"""The round-trip certificate: a corpus is exported, imported again and compared, and the losses are named.

A span has come back where a text has the same words in the same place with the same label. What the
writer has listed as left out is known not to come back; anything else that is missing is a fault.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct, to_builtins

from annotator.core.errors import UsageError
from annotator.core.ledger import Outcome
from annotator.export.atomic_output import EXPORT_LEDGER_FILE
from annotator.export.options import ExportItem, ExportOptions
from annotator.formats import spacy_docbin
from annotator.formats.document import METADATA_FIELD, ConversionLog, Document, shortened_name
from annotator.formats.import_source import ImportSource
from annotator.formats.registry import Format, format_info, load_format
from annotator.formats.span_alignment import align_spans
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.article_metadata import SENTENCES_FIELD
from annotator.workflows.export_plan import plan_export, planned_articles
from annotator.workflows.exporting import export_training
from annotator.workflows.format_export import build_documents, nothing_to_export_error
from annotator.workflows.import_documents import with_stated_sentences
from annotator.workflows.opening import with_damaged_apart, with_replays
from annotator.workflows.record_selection import select_items

# The main export there and back, for the round-trip certificate: corpus → DocBin → documents.


_ONE_PART = (100, 0, 0)


def docbin_round_trip(corpus: CorpusFolder) -> tuple[list[Document], list[Document], ConversionLog]:
    """Return the accepted sentences, the documents read from their export, and what its ledger lists.

    Raises AnnotatorError for annotators in conflict and where nothing is accepted.
    """
    options = ExportOptions(split=_ONE_PART, lang=corpus.lang)
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        out = Path(folder, "out")
        export_training(corpus, out, options)
        log = ConversionLog()
        file = out / "train.spacy"  # with many sentences a folder of shards instead
        source = ImportSource(file if file.exists() else out / "train")
        back = [align_spans(d, log) for d in spacy_docbin.read(source, log)]
        listed = _ledger_log((out / EXPORT_LEDGER_FILE).read_bytes().splitlines())
    items = with_replays(lambda replay: _exported_items(corpus, options, replay))
    return build_documents(items, "sentence", _labels(corpus), answers=False), back, listed


def _labels(corpus: CorpusFolder) -> list[str]:
    return [x.name for x in corpus.schema.labels]


def _exported_items(corpus: CorpusFolder, options: ExportOptions, replay: frozenset[str]) -> list[ExportItem]:
    plan = plan_export(corpus, options, replay=replay)
    with closing(plan.selection):
        return [s.item for a in planned_articles(corpus, plan) for s in a.sentences() if s.item]


def _ledger_log(lines: Sequence[bytes]) -> ConversionLog:
    """Return the ledger of an export as a log: its ids are ``sentence:start-end:label``."""
    log = ConversionLog()
    for line in map(orjson.loads, lines):
        if line.get("what") == Outcome.LEFT_OUT.value:
            article, place, span = line["id"].split(":", 2)
            where = f"{article}:{place}"
            log.leave_out(where, span, line["why"], line["text"])
    return log


_MAX_EXAMPLES = 10


class RoundTripCount(Struct, frozen=True):
    """How often a kind of thing came back as it was."""

    back: int
    of: int


class RoundTripReport(Struct, frozen=True):
    """What a format has held of a corpus."""

    format: str
    texts: RoundTripCount
    """Documents whose text came back character by character."""
    spans: RoundTripCount
    """Spans that came back in place, of those that the corpus has."""
    moved: int
    """Spans that came back with the same words and label, in a text that has changed."""
    left_out: Mapping[str, int]
    """By reason, the spans (and other things) that the writer could not hold and has listed."""
    missing: tuple[str, ...]
    """The first spans that should have come back and did not."""
    missed: int
    extra: int
    """Spans that came back and were never there."""
    count_fault: str
    """What is wrong with the counts in the writer's log; empty if nothing is."""
    fields: Mapping[str, RoundTripCount]
    """By name, the document's other fields: answers, notes, tokens, …"""
    metadata: Mapping[str, RoundTripCount]
    """By name, the fields of the metadata."""
    unlisted: tuple[str, ...]
    """The fields that have not come back though the writer has not listed them."""
    notes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every span came back or was listed, none came from nowhere, and the writer counted them all."""
        return not (self.missed or self.extra or self.count_fault)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the format cannot hold, as the comparison has found it."""
        metadata = {f"{METADATA_PREFIX}{name}": held for name, held in self.metadata.items()}
        return tuple(name for name, held in {**self.fields, **metadata}.items() if held.back < held.of)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return {**to_builtins(self), "passed": self.passed, "lacks": list(self.lacks)}

    def lines(self) -> Iterator[str]:
        """Yield the certificate for people."""
        losses = "every loss of a span" if self.unlisted else "every loss"
        verdict = (f"passed, {losses} is listed" if self.left_out else "passed") if self.passed else "FAILED"
        moved = f", {self.moved} with the same words in a text that has changed" if self.moved else ""
        yield f"{self.format}: {verdict}; {self.spans.back} of {self.spans.of} spans came back in place{moved}"
        yield f"texts: {self.texts.back} of {self.texts.of} came back character by character"
        yield from (f"listed by the writer: {n} ({why})" for why, n in self.left_out.items())
        yield from (f"not held: {n} ({x.back} of {x.of} came back)" for n, x in self.fields.items() if x.back < x.of)
        lost: dict[RoundTripCount, list[str]] = {}
        for name, held in self.metadata.items():
            if held.back < held.of:
                lost.setdefault(held, []).append(shortened_name(name))
        for held, names in lost.items():
            yield f"metadata not held: {', '.join(names)} ({held.back} of {held.of} came back)"
        if self.unlisted:
            yield f"not listed by the writer: {', '.join(self.unlisted)}"
        if self.missed:
            yield f"missing without a word: {self.missed}, such as {'; '.join(self.missing)}"
        if self.extra:
            yield f"came from nowhere: {self.extra}"
        if self.count_fault:
            yield f"wrong counts: {self.count_fault}"
        yield from (f"note: {note}" for note in self.notes)


@with_damaged_apart
def check_round_trip(corpus: CorpusFolder, name: str) -> RoundTripReport:
    """Export a corpus to a temporary folder in the format ``name``, read it back and compare.

    Raises UsageError for a format that can't be written, AnnotatorError where nothing is finished.
    """
    info = format_info(name)
    if info.is_training_export:
        out, back, written = docbin_round_trip(corpus)
        return compare_documents(name, out, back, written)
    if not info.can_write:
        raise UsageError(f"the format {name} can only be read", do="choose another")
    selected = select_items(corpus)
    out = build_documents(selected.items, info.unit, _labels(corpus), answers=info.has_answers)
    if not out:
        raise nothing_to_export_error(selected, name)
    back, written = write_and_read(load_format(name), out)
    return compare_documents(name, out, back, written, written.count_fault(sum(len(d.spans) for d in out)))


def write_and_read(writer: Format, out: Sequence[Document]) -> tuple[list[Document], ConversionLog]:
    """Return what is read of the documents after they were written, and the writer's log."""
    written, read = ConversionLog(), ConversionLog()
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        files = writer.write(out, Path(folder), written)
        back = [
            with_stated_sentences(align_spans(d, read))
            for source in _written_sources(writer, Path(folder), files)
            for d in writer.read(source, read)
        ]
    return back, written


def _written_sources(writer: Format, folder: Path, files: Sequence[Path]) -> list[ImportSource]:
    """Return what to read: the file, the folder if the format is one of folders, or each file."""
    whole = ImportSource(folder)
    if len(files) > 1 and writer.detect(whole.sample()):
        return [whole]
    sources = [ImportSource(f) for f in files]
    return [s for s in sources if writer.detect(s.sample())] or sources


def compare_documents(
    name: str, out: Sequence[Document], back: Sequence[Document], written: ConversionLog, count_fault: str = ""
) -> RoundTripReport:
    """Compare what was written with what was read; a writer whose log has a ``count_fault`` fails."""
    listed = {(e.where, e.id) for e in written.entries if e.kind == "span" and e.outcome is Outcome.LEFT_OUT}
    due: Counter[_LabelledRange] = Counter(p for d in out for p in _span_ranges(d, listed))
    came: Counter[_LabelledRange] = Counter(p for d in back for p in _span_ranges(d, set()))
    same = due & came
    lost, extra = due - came, came - due
    moved = _in_other_texts(lost, back) & _in_other_texts(extra, out)
    missed, strange = _count_by_text(lost) - moved, _count_by_text(extra) - moved
    pairs = list(_matching_documents(out, back))
    fields = {field: _count_kept(pairs, value) for field, value in _COMPARED_FIELDS.items()}
    metadata = _count_kept_metadata(pairs)
    return RoundTripReport(
        format=name,
        texts=RoundTripCount(sum(there is not None and there.text == d.text for d, there in pairs), len(out)),
        spans=RoundTripCount(same.total(), sum(len(d.spans) for d in out)),
        moved=moved.total(),
        left_out=_left_out_reasons(written),
        missing=tuple(f"{label} {words!r}" for (words, label), _ in missed.most_common(_MAX_EXAMPLES)),
        missed=missed.total(),
        extra=strange.total(),
        count_fault=count_fault,
        fields=fields,
        metadata=metadata,
        unlisted=tuple(_unlisted_fields(fields, metadata, written)),
        notes=tuple(written.notes),
    )


_LabelledRange = tuple[str, int, int, str]
"""A text, a range in it, and a label."""


def _span_ranges(document: Document, listed: set[tuple[str, str]]) -> Iterator[_LabelledRange]:
    """Yield the spans of a document without those that its writer has listed."""
    for s in document.spans:
        if (document.where or document.id, f"{s.start}-{s.end}:{s.label}") not in listed:
            yield (document.text, s.start, s.end, s.label)


def _in_other_texts(ranges: Counter[_LabelledRange], documents: Sequence[Document]) -> Counter[tuple[str, str]]:
    """Count the places in texts that none of the documents has, by words and label."""
    texts = {d.text for d in documents}
    return _count_by_text(Counter({key: n for key, n in ranges.items() if key[0] not in texts}))


def _count_by_text(ranges: Counter[_LabelledRange]) -> Counter[tuple[str, str]]:
    """Count the places by words, blanks levelled, and label."""
    out: Counter[tuple[str, str]] = Counter()
    for (text, start, end, label), n in ranges.items():
        out[" ".join(text[start:end].split()), label] += n
    return out


def _left_out_reasons(log: ConversionLog) -> dict[str, int]:
    """Count what the writer has listed, by reason."""
    found = Counter((e.kind, e.why) for e in log.entries)
    return {why if thing == "span" else f"{thing}: {why}": n for (thing, why), n in sorted(found.items())}


def _matching_documents(
    out: Sequence[Document], back: Sequence[Document]
) -> Iterator[tuple[Document, Document | None]]:
    """Yield each document with the one that came back for it: of its text, else of its id, else in order."""
    left = list(range(len(back)))
    found: list[int | None] = []
    keys: tuple[Callable[[Document], str], ...] = (lambda d: d.text, lambda d: d.id or " ")
    for same in keys:
        index: dict[str, list[int]] = {}
        for n in left:
            index.setdefault(same(back[n]), []).append(n)
        found = [
            there if there is not None else _take_match(index.get(same(d), []), d, back)
            for d, there in zip(out, found or [None] * len(out), strict=True)
        ]
        taken = set(found)
        left = [n for n in left if n not in taken]
    for d, there in zip(out, found, strict=True):
        at = there if there is not None else (left.pop(0) if left else None)
        yield d, None if at is None else back[at]


def _take_match(rivals: list[int], document: Document, back: Sequence[Document]) -> int | None:
    """Take one of the documents that may be it, by the same annotator if there is one."""
    best = next((n for n in rivals if back[n].annotator == document.annotator), rivals[0] if rivals else None)
    if best is not None:
        rivals.remove(best)
    return best


def _count_kept(pairs: Sequence[tuple[Document, Document | None]], value: Callable[[Document], Any]) -> RoundTripCount:
    """Count how often a document with a value came back with the same one."""
    values = [(value(d), value(b) if b else None) for d, b in pairs if value(d)]
    return RoundTripCount(sum(a == b for a, b in values), len(values))


def _count_kept_metadata(pairs: Sequence[tuple[Document, Document | None]]) -> dict[str, RoundTripCount]:
    """Count by name how often a field of the metadata came back with the same value; back there may be more."""
    held: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for document, back in pairs:
        for name, value in document.meta.items():
            if name == SENTENCES_FIELD and document.sentences:
                continue  # compared as sentences
            there[name] += 1
            held[name] += back is not None and name in back.meta and back.meta[name] == value
    return {name: RoundTripCount(held[name], n) for name, n in there.items()}


def _unlisted_fields(
    fields: Mapping[str, RoundTripCount], metadata: Mapping[str, RoundTripCount], written: ConversionLog
) -> Iterator[str]:
    """Yield the fields of which more are lost than the writer has listed; tokens and sentences can be made again."""
    kinds = Counter(e.kind for e in written.entries)
    names: Counter[str] = Counter()
    for (name, why), n in written.lost_fields.items():
        names[f"{METADATA_PREFIX}{name}" if why.startswith(METADATA_PREFIX) else name] += n
    for name, held in fields.items():
        if name not in _DERIVED_FIELDS and held.of - held.back > kinds[_LEDGER_KINDS.get(name, "")] + names[name]:
            yield name
    for name, held in metadata.items():
        if held.of - held.back > names[f"{METADATA_PREFIX}{name}"]:
            yield f"{METADATA_PREFIX}{name}"


def _span_groups(document: Document) -> list[list[tuple[int, int, str]]]:
    """Return the parts of each discontinuous span; what the groups are called does not matter."""
    groups: dict[str, list[tuple[int, int, str]]] = {}
    for span in document.spans:
        if span.group:
            groups.setdefault(span.group, []).append(span.key)
    return sorted(sorted(parts) for parts in groups.values())


_COMPARED_FIELDS: Mapping[str, Callable[[Document], Any]] = {
    "answer": lambda d: d.answer,
    "annotator": lambda d: d.annotator,
    "known-wrong spans": lambda d: sorted(s.key for s in d.rejected),
    "note": lambda d: d.note,
    "flag": lambda d: d.flagged,
    "tokens": lambda d: [t.text for t in d.tokens if t.text.strip()],
    "sentences": lambda d: [" ".join(d.text[a:b].split()) for a, b in d.sentences if len(d.sentences) > 1],
    "span groups": _span_groups,
    "id": lambda d: d.id,
    "title": lambda d: d.title,
}
"""A document's fields beside its text, spans and metadata."""
METADATA_PREFIX = f"{METADATA_FIELD} "
_DERIVED_FIELDS = {"tokens", "sentences"}
_LEDGER_KINDS = {"answer": "answer", "known-wrong spans": "rejected span", "note": "note", "flag": "flag"} | {
    "span groups": "group"
}
"""What a line of the ledger about a field is called."""
